//! Reading a channel back to see whether a message is there. Webhooks cannot.
//!
//! The key of a message is not kept with it, so it is known by its author and by what it says: by the
//! names of its files, which are its own, or by its text. A channel whose history may not be read
//! comes back empty, so an empty answer counts only when nothing newer stands in the channel.

use std::time::Duration;

use model::Timestamp;
use serde_json::Value;

use super::client::Caller;
use super::post::text_of;
use super::publish::{delivered, kept, shown};
use super::{Discord, errors, nonce_of};
use crate::connector::{Confirmation, Ctx, Job, Refusal};

/// How much earlier than this computer says a message may be by Discord's clock.
const CLOCKS_DIFFER: Duration = Duration::from_mins(15);
/// When Discord's numbers begin, in milliseconds since 1970.
const EPOCH: i64 = 1_420_070_400_000;
/// Messages of a page, and most pages that are read.
const PAGE: usize = 100;
const MAX_PAGES: usize = 5;

/// The lowest number that a message of this instant can have.
fn number_at(at: Timestamp) -> u64 {
    let millis = u64::try_from(at.as_millis() - EPOCH).unwrap_or(0);
    millis << 22
}

fn number_of(message: &Value) -> Option<u64> {
    message["id"].as_str()?.parse().ok()
}

/// What a message is known by.
struct Wanted {
    author: String,
    text: String,
    /// How the names of its files begin, and how many files there are.
    files: (String, usize),
    /// Title and text of its card.
    card: Option<(String, String)>,
}

impl Wanted {
    fn of(job: &Job, nonce: &str) -> Self {
        let segment = job.segments.first();
        let has_card = super::post::is_on(&job.options, super::catalogue::OPTION_CARD);
        let card = |name: &str| text_of(&job.options, name).to_owned();
        Self {
            author: job.account.settings["bot"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            text: segment
                .map(|s| s.text.trim().to_owned())
                .unwrap_or_default(),
            files: (
                format!("{}-", nonce.get(..8).unwrap_or(nonce)),
                segment.map_or(0, |s| s.media.len()),
            ),
            card: has_card.then(|| {
                let title = card(super::catalogue::OPTION_CARD_TITLE);
                (title, card(super::catalogue::OPTION_CARD_TEXT))
            }),
        }
    }

    fn is(&self, message: &Value) -> bool {
        if message.pointer("/author/id").and_then(Value::as_str) != Some(&self.author) {
            return false;
        }
        let files = message["attachments"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        if self.files.1 > 0 {
            let own = |file: &&Value| {
                let name = file["filename"].as_str().unwrap_or_default();
                // Covered files used to be named so, and may still come back so.
                let name = name.strip_prefix("SPOILER_").unwrap_or(name);
                name.starts_with(&self.files.0)
            };
            return files.iter().filter(own).count() == self.files.1;
        }
        let text = message["content"].as_str().unwrap_or_default().trim();
        let same_card = self.card.as_ref().is_none_or(|(title, words)| {
            let cards = message["embeds"].as_array();
            cards.into_iter().flatten().any(|card| {
                let part = |name: &str| card[name].as_str().unwrap_or_default();
                part("title") == title && part("description") == words
            })
        });
        files.is_empty() && text == self.text && same_card
    }
}

impl Discord {
    pub(super) async fn confirm_now(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        if let Some(delivered) = shown(job) {
            return Confirmation::Found(delivered);
        }
        let place = &job.account.display_name;
        let caller = match self.caller(&job.account, ctx).await {
            Ok(caller) => caller,
            Err(refusal) => return Confirmation::NotNow(refusal),
        };
        if matches!(caller, Caller::Webhook { .. }) {
            return Confirmation::CannotTell(format!(
                "A webhook cannot look at its channel. Open the channel of {place} in Discord and look whether the post is there."
            ));
        }
        match self.look(job, &caller, ctx).await {
            Ok(confirmation) => confirmation,
            Err(refusal) => Confirmation::NotNow(refusal),
        }
    }

    async fn look(
        &self,
        job: &Job,
        caller: &Caller,
        ctx: Ctx<'_>,
    ) -> Result<Confirmation, Refusal> {
        let wanted = Wanted::of(job, &nonce_of(job)?);
        let began = job.first_sent_try_at.unwrap_or(job.due_at);
        let start = number_at(began.minus(CLOCKS_DIFFER));
        let mut after = start;
        for _ in 0..MAX_PAGES {
            let query = [("after", after.to_string()), ("limit", PAGE.to_string())];
            let page = match self.client.get(caller, &caller.messages(), &query).await {
                Ok(page) => page,
                Err(failed) if errors::not_readable(&failed) => return Ok(unreadable(job)),
                Err(failed) => return Err(told(&failed, job, ctx)),
            };
            let page = page.as_array().map_or(&[][..], Vec::as_slice);
            if let Some(step) = page.iter().find(|m| wanted.is(m)).and_then(kept) {
                return Ok(Confirmation::Found(delivered(job, &step)));
            }
            let newest = page.iter().filter_map(number_of).max();
            match newest {
                None if after == start => return self.nothing_there(job, caller, start, ctx).await,
                Some(newest) if page.len() >= PAGE => after = newest,
                _ => return Ok(Confirmation::Absent),
            }
        }
        Ok(Confirmation::CannotTell(format!(
            "So much was written in {} since that Almanac could not find out whether the post is there. Look in Discord.",
            job.account.display_name
        )))
    }

    /// No message came back: because there is none, or because none may be read.
    async fn nothing_there(
        &self,
        job: &Job,
        caller: &Caller,
        since: u64,
        ctx: Ctx<'_>,
    ) -> Result<Confirmation, Refusal> {
        let channel = self.client.get(caller, &caller.place(), &[]).await;
        let channel = channel.map_err(|failed| told(&failed, job, ctx))?;
        let last = channel["last_message_id"].as_str();
        let last: Option<u64> = last.and_then(|id| id.parse().ok());
        Ok(match last {
            Some(last) if last > since => unreadable(job),
            _ => Confirmation::Absent,
        })
    }
}

fn told(failed: &crate::api::Failed, job: &Job, ctx: Ctx<'_>) -> Refusal {
    errors::refusal(failed, &job.account.display_name, ctx.clock.now())
}

fn unreadable(job: &Job) -> Confirmation {
    Confirmation::CannotTell(format!(
        "The bot may not read the history of {}, so it cannot tell. Look in Discord whether the post is there, and give the bot Read Message History.",
        job.account.display_name
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_follow_the_clock() {
        let at = Timestamp::from_millis(EPOCH + 1_000);
        assert_eq!(number_at(at), 1_000 << 22);
        assert_eq!(number_at(Timestamp::from_millis(0)), 0);
    }

    #[test]
    fn a_message_is_known_by_its_files_or_its_text() {
        let wanted = |files: usize, card: Option<(&str, &str)>| Wanted {
            author: "9".to_owned(),
            text: "hi".to_owned(),
            files: ("abcd1234-".to_owned(), files),
            card: card.map(|(a, b)| (a.to_owned(), b.to_owned())),
        };
        let message = |author: &str, text: &str, files: &[&str]| {
            let files: Vec<Value> = files.iter().map(|f| json!({ "filename": f })).collect();
            json!({
                "author": { "id": author }, "content": text, "attachments": files,
                "embeds": [{ "title": "T", "description": "D" }],
            })
        };
        assert!(wanted(0, None).is(&message("9", "hi", &[])));
        assert!(!wanted(0, None).is(&message("8", "hi", &[])));
        assert!(!wanted(0, None).is(&message("9", "ho", &[])));
        assert!(!wanted(0, None).is(&message("9", "hi", &["x.png"])));
        assert!(wanted(0, Some(("T", "D"))).is(&message("9", "hi", &[])));
        assert!(!wanted(0, Some(("T", "E"))).is(&message("9", "hi", &[])));
        let two = ["abcd1234-1.png", "SPOILER_abcd1234-2.png"];
        assert!(wanted(2, None).is(&message("9", "", &two)));
        assert!(!wanted(2, None).is(&message("9", "hi", &two[..1])));
    }
}
