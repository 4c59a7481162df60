//! Reading a board back to see whether a pin is there. Pins carry no name of one's own, so a pin is
//! known by its words and by when it was made.
//!
//! How soon a new pin is listed is not stated, so that it is not there counts only some minutes later.

use std::time::Duration;

use model::Timestamp;
use model::failure::Category;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use super::catalogue::OPTION_BOARD;
use super::publish::{delivered, shown, text_of, words};
use super::sign_in::told;
use super::{Pinterest, errors, next_page};
use crate::connector::{Confirmation, Ctx, Job, Refusal};

/// How much earlier than this computer says a pin may be by Pinterest's clock.
const CLOCKS_DIFFER: Duration = Duration::from_mins(15);
/// How long a new pin may take until it is listed.
const LISTED: Duration = Duration::from_mins(5);
/// Most pages that are read.
const MAX_PAGES: usize = 5;

fn made_at(pin: &Value) -> Option<Timestamp> {
    let text = pin["created_at"].as_str()?;
    // Without a zone it is in UTC.
    let at: Option<jiff::Timestamp> = text
        .parse()
        .ok()
        .or_else(|| format!("{text}Z").parse().ok());
    at.map(|at| Timestamp::from_millis(at.as_millisecond()))
}

/// A text as it compares: normalised, with single spaces.
fn plain(text: &str) -> String {
    let text: String = text.nfc().collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_it(pin: &Value, job: &Job, since: Timestamp) -> bool {
    let wanted = words(job);
    let same = ["title", "description", "link", "alt_text"]
        .iter()
        .all(|name| {
            let text =
                |value: Option<&Value>| plain(value.and_then(Value::as_str).unwrap_or_default());
            text(pin.get(*name)) == text(wanted.get(*name))
        });
    let own = pin["is_owner"].as_bool().unwrap_or(true);
    same && own && made_at(pin).is_some_and(|at| at >= since)
}

impl Pinterest {
    pub(super) async fn confirm_now(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        if let Some(delivered) = shown(job) {
            return Confirmation::Found(delivered);
        }
        match self.look(job, ctx).await {
            Ok(confirmation) => confirmation,
            Err(refusal) => Confirmation::NotNow(refusal),
        }
    }

    async fn look(&self, job: &Job, ctx: Ctx<'_>) -> Result<Confirmation, Refusal> {
        let began = job.first_sent_try_at.unwrap_or(job.due_at);
        let since = began.minus(CLOCKS_DIFFER);
        let board = text_of(&job.options, OPTION_BOARD);
        let path = format!("/v5/boards/{board}/pins");
        let mut found = Vec::new();
        let mut bookmark = String::new();
        for _ in 0..MAX_PAGES {
            let mut query = vec![("page_size", "100".to_owned())];
            if !bookmark.is_empty() {
                query.push(("bookmark", bookmark));
            }
            let page = self
                .sessions
                .call(&job.account, self, errors::stale, ctx, |tokens| {
                    let (path, query) = (&path, &query);
                    async move { self.get(&tokens.access, path, query).await }
                })
                .await;
            let page = page.map_err(|failed| told(failed, &job.account, ctx))?;
            let pins = page["items"].as_array();
            found.extend(
                pins.into_iter()
                    .flatten()
                    .filter(|pin| is_it(pin, job, since))
                    .filter_map(|pin| pin["id"].as_str().map(str::to_owned)),
            );
            bookmark = next_page(&page);
            if bookmark.is_empty() {
                break;
            }
        }
        Ok(match found.as_slice() {
            [id] => Confirmation::Found(delivered(&serde_json::json!({ "id": id }))),
            [] if !bookmark.is_empty() => Confirmation::CannotTell(
                "The board has too many pins for Almanac to find out whether this one is there. Look on Pinterest.".to_owned(),
            ),
            [] if job.last_shown_at.is_some_and(|at| ctx.clock.now() < at.plus(LISTED)) => {
                Confirmation::NotNow(Refusal::later(
                    Category::NetworkError,
                    "Pinterest lists new pins only after some minutes.",
                ))
            }
            [] => Confirmation::Absent,
            _ => Confirmation::CannotTell(
                "The board has several pins with these words. Look on Pinterest whether this one is among them.".to_owned(),
            ),
        })
    }
}
