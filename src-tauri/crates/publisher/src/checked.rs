//! What is looked at before a delivery is sent, by the same rules as on screen.

use model::Timestamp;
use model::content::{Segment, for_account};
use model::error::Severity;
use model::failure::{Category, Retry};
use model::post::TargetDraft;
use networks::connector::{CheckInput, Connector, MediaFacts, Refusal};
use networks::edited::as_edited;
use serde_json::{Map, Value};
use store::publishing::Delivery;

use crate::config;
use crate::job;
use crate::verdict::own_refusal;

/// When the network is to publish it: none when its minute has come. What was claimed ahead of time
/// and cannot be handed over waits for its minute, with the reason.
pub(crate) fn placing(
    delivery: &Delivery,
    connector: &dyn Connector,
    now: Timestamp,
) -> Result<Option<Timestamp>, Refusal> {
    let due = delivery.due_at;
    if due <= now {
        return Ok(None);
    }
    let entry = connector.entry();
    let here = |why: String| {
        let sentence = format!("{why} So this computer has to be on at its time.");
        own_refusal(Category::Validation, Retry::Never, sentence)
    };
    let window = entry.native_schedule;
    if window.is_none_or(|w| due < now.plus(config::least_ahead(&w))) {
        return Err(here(format!("It was too late for {}.", entry.name)));
    }
    let draft = draft_of(delivery, &delivery.options);
    let segments = for_account(&delivery.segments, delivery.account.id);
    let facts = job::facts(delivery);
    let facts = as_edited(&facts, &segments);
    match connector.cannot_keep(check_input(delivery, &segments, &draft, &facts)) {
        Some(why) => Err(here(why)),
        None => Ok(Some(due)),
    }
}

fn draft_of(delivery: &Delivery, options: &Map<String, Value>) -> TargetDraft {
    TargetDraft {
        account_id: delivery.account.id,
        override_segments: None,
        options: options.clone(),
    }
}

fn check_input<'a>(
    delivery: &'a Delivery,
    segments: &'a [Segment],
    draft: &'a TargetDraft,
    media: &'a [MediaFacts],
) -> CheckInput<'a> {
    CheckInput {
        account: &delivery.account,
        segments,
        draft,
        media,
    }
}

/// The same check as on screen, of segments and options as they go out: what it calls an error is not
/// sent. `known` are the files as they lie in the library.
pub(crate) fn check(
    delivery: &Delivery,
    connector: &dyn Connector,
    segments: &[Segment],
    options: &Map<String, Value>,
    known: &[MediaFacts],
) -> Option<Refusal> {
    let draft = draft_of(delivery, options);
    let facts = as_edited(known, segments);
    let problems = connector.check(check_input(delivery, segments, &draft, &facts));
    let error = problems
        .into_iter()
        .find(|p| p.severity == Severity::Error)?;
    Some(own_refusal(
        Category::Validation,
        Retry::Never,
        error.message,
    ))
}
