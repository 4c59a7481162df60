//! The same text on several accounts of one network, where that network minds.

use model::account::Account;
use model::error::{Fix, Problem, Severity};
use model::post::{Draft, TargetDraft};
use networks::connector::Connector;
use networks::marking::Marked;

use super::{World, account_name, problem};
use crate::as_sent;

/// Warns of a text that an earlier account of the draft gets as well. `sent` is what goes out to this one.
pub(super) fn elsewhere(
    draft: &Draft,
    target: &TargetDraft,
    (account, connector): (&Account, &dyn Connector),
    sent: &Marked,
    world: &World<'_>,
) -> Option<Problem> {
    let rule = connector.entry().same_text_on_several_accounts.as_ref()?;
    let words = words_of(sent);
    if words.is_empty() {
        return None;
    }
    let earlier = draft
        .targets
        .iter()
        .take_while(|other| other.account_id != target.account_id);
    let twin = earlier
        .filter_map(|other| {
            let twin = world.accounts.iter().find(|a| a.id == other.account_id)?;
            (twin.network == account.network).then_some((other, twin))
        })
        .find(|(other, twin)| {
            let theirs = as_sent::marked_for(draft, other, twin, connector, world);
            words_of(&theirs) == words
        });
    let (_, twin) = twin?;
    let [one, two] = [twin, account].map(|a| account_name(a, Some(connector)));
    let message = format!("{one} and {two} get the same text. {rule}");
    Some(problem(
        Severity::Warning,
        "same_text_elsewhere",
        Some(account.id),
        message,
        vec![Fix::Tailor],
    ))
}

/// The words that go out, however they are spaced; empty where only files do.
fn words_of(sent: &Marked) -> Vec<&str> {
    let texts = sent.segments.iter();
    texts.flat_map(|s| s.text.split_whitespace()).collect()
}
