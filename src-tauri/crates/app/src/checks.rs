//! Looking at a draft as every chosen network does, and as Almanac itself does. Pure: the caller
//! reads what is needed, so that the same rules hold while typing, when scheduling and on import.

mod same_text;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use model::account::{Account, AccountHealth};
use model::content::Segment;
use model::error::{Fix, Problem, Severity};
use model::links::LinkRules;
use model::post::{Draft, TargetDraft};
use model::{AccountId, Timestamp};
use networks::catalogue::{Entry, OPTION_NATIVE, wants_native};
use networks::connector::{CheckInput, Connector, MediaFacts};
use networks::edited::as_edited;

use crate::accounts::readiness::keeps_secrets;
use crate::as_sent;
use crate::place::Spot;
use crate::types::session::{VaultKind, VaultStatus};
use crate::words::DateWords;

/// A connector by the key of its network.
pub type FindConnector<'a> = dyn Fn(&str) -> Option<Arc<dyn Connector>> + Send + Sync + 'a;

/// What the rules look at besides the draft.
pub struct World<'a> {
    /// Accounts of the workspace that are not in the bin.
    pub accounts: &'a [Account],
    /// Facts on the files of the draft.
    pub media: &'a [MediaFacts],
    /// Where versions of videos lie that are made already; none where it does not matter.
    pub library: Option<&'a media::Library>,
    /// Connectors.
    pub connectors: &'a FindConnector<'a>,
    /// Accounts that got or get the same text within a month, and when.
    pub repeats: &'a BTreeMap<AccountId, Timestamp>,
    /// Where the post would stand; none on the shelf.
    pub spot: Option<&'a Spot>,
    /// The next free slot, offered instead of a time in the past.
    pub free: Option<Timestamp>,
    /// Now.
    pub now: Timestamp,
    /// How dates are written.
    pub words: DateWords,
    /// What the workspace wants on links; none when it wants nothing.
    pub links: Option<&'a LinkRules>,
    /// What was found when the place for passwords was last asked.
    pub vault: &'a VaultStatus,
    /// The day it goes out, or today: `2026-05-14`.
    pub date: &'a str,
}

/// Everything wrong with a draft, errors first.
#[must_use]
pub fn problems(draft: &Draft, world: &World<'_>) -> Vec<Problem> {
    let mut found = Vec::new();
    if draft.targets.is_empty() {
        found.extend(without_accounts(draft, world));
    }
    for target in &draft.targets {
        found.extend(of_target(draft, target, world));
    }
    found.extend(of_time(world));
    found.sort_by_key(|p| p.severity != Severity::Error);
    found
}

/// Why a draft cannot be scheduled, as one sentence; none when it can.
#[must_use]
pub fn blocked(problems: &[Problem]) -> Option<String> {
    let mut errors = problems.iter().filter(|p| p.severity == Severity::Error);
    let first = errors.next()?;
    Some(match errors.count() {
        0 => first.message.clone(),
        1 => format!("{} One more thing stands in the way.", first.message),
        more => format!("{} {more} more things stand in the way.", first.message),
    })
}

/// The segments that go to one account.
#[must_use]
pub fn segments_of<'a>(draft: &'a Draft, target: &'a TargetDraft) -> &'a [Segment] {
    target
        .override_segments
        .as_deref()
        .unwrap_or(&draft.segments)
}

/// An account as sentences name it: "Bluesky (ana.example.com)".
#[must_use]
pub fn account_name(account: &Account, connector: Option<&dyn Connector>) -> String {
    let network = connector.map_or(account.network.as_str(), |c| c.entry().name.as_str());
    let who = [&account.handle, &account.display_name]
        .into_iter()
        .find(|n| !n.is_empty());
    match who {
        Some(who) => format!("{network} ({who})"),
        None => network.to_owned(),
    }
}

pub(crate) fn find<'a>(
    id: AccountId,
    world: &World<'a>,
) -> Option<(&'a Account, Arc<dyn Connector>)> {
    let account = world.accounts.iter().find(|a| a.id == id)?;
    Some((account, (world.connectors)(&account.network)?))
}

fn problem(
    severity: Severity,
    rule: &str,
    account: Option<AccountId>,
    message: impl Into<String>,
    fixes: Vec<Fix>,
) -> Problem {
    Problem {
        severity,
        rule: rule.to_owned(),
        message: message.into(),
        account_id: account,
        segment: None,
        fixes,
    }
}

/// A draft that goes nowhere yet: what Almanac can tell by itself.
fn without_accounts(draft: &Draft, world: &World<'_>) -> Vec<Problem> {
    let sentence = if world.accounts.is_empty() {
        "No account is connected yet, so this cannot go out."
    } else {
        "No account is chosen, so this cannot go out."
    };
    let mut found = vec![problem(
        Severity::Error,
        "no_account",
        None,
        sentence,
        vec![Fix::AddAccount],
    )];
    if draft.segments.iter().all(Segment::is_empty) {
        let fixes = vec![Fix::WriteText, Fix::AddMedia];
        found.push(problem(
            Severity::Error,
            "empty",
            None,
            "Nothing is written yet.",
            fixes,
        ));
    }
    for (n, segment) in draft.segments.iter().enumerate() {
        for (index, file) in segment.media.iter().enumerate() {
            let facts = world.media.iter().find(|f| f.id == file.media_id);
            let index = index as u32;
            let mut add = |severity, rule, message: &str, fixes| {
                let segment = Some(n as u32);
                found.push(Problem {
                    segment,
                    ..problem(severity, rule, None, message, fixes)
                });
            };
            if facts.is_none_or(|f| f.missing) {
                add(
                    Severity::Error,
                    "media_missing",
                    "A file of this post is no longer in the library.",
                    vec![Fix::RemoveMedia { index }, Fix::AddMedia],
                );
            } else if file.alt.trim().is_empty()
                && facts.is_some_and(|f| f.mime.starts_with("image/"))
            {
                add(
                    Severity::Warning,
                    "alt_missing",
                    "A picture has no description for people who cannot see it.",
                    vec![Fix::AddAlt { index }],
                );
            }
        }
    }
    found
}

fn of_target(draft: &Draft, target: &TargetDraft, world: &World<'_>) -> Vec<Problem> {
    let id = target.account_id;
    let Some(account) = world.accounts.iter().find(|a| a.id == id) else {
        let message = "An account of this post was removed. Choose another, or take it off.";
        return vec![problem(
            Severity::Error,
            "account_removed",
            Some(id),
            message,
            vec![Fix::AddAccount],
        )];
    };
    let Some(connector) = (world.connectors)(&account.network) else {
        let message = format!(
            "This Almanac does not know the network {}. Update it.",
            account.network
        );
        return vec![problem(
            Severity::Error,
            "network_unknown",
            Some(id),
            message,
            vec![],
        )];
    };
    let name = account_name(account, Some(&*connector));
    let sent = as_sent::marked_for(draft, target, account, &*connector, world);
    let as_it_goes = TargetDraft {
        options: sent.options.clone(),
        ..target.clone()
    };
    let media = as_edited(world.media, &sent.segments);
    let input = CheckInput {
        account,
        segments: &sent.segments,
        draft: &as_it_goes,
        media: &media,
    };
    let mut found = connector.check(input);
    as_sent::lead_back(&mut found, &sent);
    if let AccountHealth::NeedsReconnect { reason, .. } = &account.health {
        let message = format!("This waits, since {name} is not connected. {reason}");
        let fixes = vec![Fix::Reconnect];
        found.push(problem(
            Severity::Warning,
            "needs_reconnect",
            Some(id),
            message,
            fixes,
        ));
    }
    found.extend(passwords_shut(id, &name, connector.entry(), world));
    if let Some(reason) = &account.paused {
        let why = if reason.is_empty() {
            String::new()
        } else {
            format!(" ({reason})")
        };
        let message = format!("{name} is paused{why}. This waits until you resume it.");
        let fixes = vec![Fix::ResumeAccount];
        found.push(problem(
            Severity::Warning,
            "account_paused",
            Some(id),
            message,
            fixes,
        ));
    }
    if target
        .override_segments
        .as_ref()
        .is_some_and(|own| *own == draft.segments)
    {
        let message = format!("{name} has a text of its own that says the same as the shared one.");
        let fixes = vec![Fix::UseShared];
        found.push(problem(
            Severity::Warning,
            "own_text_same",
            Some(id),
            message,
            fixes,
        ));
    }
    if let Some(at) = world.repeats.get(&id) {
        found.push(repeated(id, &name, *at, world));
    }
    let this = (account, &*connector);
    found.extend(same_text::elsewhere(draft, target, this, &sent, world));
    found.extend(not_kept(target, &input, &*connector, world));
    found
}

/// Passwords of an account cannot be read just now, by what was last found.
fn passwords_shut(id: AccountId, name: &str, entry: &Entry, world: &World<'_>) -> Option<Problem> {
    let problem_there = world
        .vault
        .problem
        .as_ref()
        .filter(|_| keeps_secrets(entry))?;
    let message = format!("This cannot go to {name} as things are. {problem_there}");
    let fixes = match world.vault.kind {
        VaultKind::Keyring => vec![Fix::AskVault, Fix::OpenSecrets],
        VaultKind::SealedFile => vec![Fix::OpenSecrets],
    };
    let rule = "passwords_shut";
    Some(problem(Severity::Warning, rule, Some(id), message, fixes))
}

/// Why the network will not publish this by itself although it was asked to.
fn not_kept(
    target: &TargetDraft,
    input: &CheckInput<'_>,
    connector: &dyn Connector,
    world: &World<'_>,
) -> Option<Problem> {
    let entry = connector.entry();
    let window = entry
        .native_schedule
        .filter(|_| wants_native(&target.options))?;
    let ahead = world.spot.map(|spot| spot.at.since(world.now));
    let least = Duration::from_mins(window.min_minutes.into());
    let most = window
        .max_days
        .map(|days| Duration::from_hours(24 * u64::from(days)));
    let stays = "this computer has to be on at its time.";
    let (rule, message) = if let Some(why) = connector.cannot_keep(*input) {
        ("not_kept", format!("{why} So {stays}"))
    } else if ahead.is_some_and(|ahead| ahead < least) {
        let minutes = window.min_minutes;
        (
            "not_kept_soon",
            format!(
                "{} takes posts {minutes} minutes ahead at the latest, so {stays}",
                entry.name
            ),
        )
    } else if let (Some(spot), Some(most)) = (world.spot, most.filter(|m| ahead > Some(*m))) {
        let from = world.words.near(spot.at.minus(most), world.now, &spot.zone);
        (
            "not_kept_yet",
            format!(
                "{} takes this from {from} on. Leave this computer on until then.",
                entry.name
            ),
        )
    } else {
        return None;
    };
    let name = OPTION_NATIVE.to_owned();
    let id = Some(target.account_id);
    Some(problem(
        Severity::Warning,
        rule,
        id,
        message,
        vec![Fix::SetOption { name }],
    ))
}

fn repeated(id: AccountId, name: &str, at: Timestamp, world: &World<'_>) -> Problem {
    let zone = world
        .spot
        .map_or_else(model::when::Zone::utc, |s| s.zone.clone());
    let when = world.words.near(at, world.now, &zone);
    let verb = if at <= world.now { "went" } else { "goes" };
    let message = format!("The same text {verb} to {name} already: {when}.");
    problem(
        Severity::Warning,
        "repeated",
        Some(id),
        message,
        vec![Fix::Tailor],
    )
}

fn of_time(world: &World<'_>) -> Vec<Problem> {
    let Some(spot) = world.spot else {
        return Vec::new();
    };
    let mut found = Vec::new();
    if spot.at <= world.now {
        let (message, fixes) = past(spot, world.free, world.now, world.words);
        found.push(problem(Severity::Error, "past", None, message, fixes));
    }
    if let Some(note) = spot.note(world.words) {
        found.push(problem(
            Severity::Warning,
            "clock_change",
            None,
            note,
            vec![],
        ));
    }
    found
}

/// The sentence for a time that has passed, with the next free slot as the way out.
#[must_use]
pub fn past(
    spot: &Spot,
    free: Option<Timestamp>,
    now: Timestamp,
    words: DateWords,
) -> (String, Vec<Fix>) {
    match free {
        Some(at) => (
            format!(
                "That is in the past. The next free slot is {}.",
                words.near(at, now, &spot.zone)
            ),
            vec![Fix::UseTime { at }],
        ),
        None => (
            "That is in the past. Choose a later time.".to_owned(),
            vec![],
        ),
    }
}

#[cfg(test)]
#[path = "checks_tests.rs"]
mod tests;
