//! Reading a channel back to see whether a message is there, by its name. Webhooks cannot.

use std::time::Duration;

use serde_json::Value;

use super::client::CallFailed;
use super::post::NAME_OF;
use super::publish::{Sending, delivered, shown};
use super::{Slack, errors, is_webhook};
use crate::connector::{Confirmation, Ctx, Job};

/// How much earlier than this computer says a message may be by Slack's clock.
const CLOCKS_DIFFER: Duration = Duration::from_mins(15);
/// Messages of a page, and most pages that are read.
const PAGE: &str = "100";
const MAX_PAGES: usize = 5;

/// What looking told.
pub(super) enum Looked {
    /// It is there, as a step keeps it.
    There(Value),
    NotThere,
    /// The app may not read the channel.
    NotReadable,
    /// More was written since than is read.
    TooMuch,
}

/// Where the next page begins; empty after the last.
pub(super) fn next_page(answer: &Value) -> String {
    let next = answer.pointer("/response_metadata/next_cursor");
    next.and_then(Value::as_str).unwrap_or_default().to_owned()
}

impl Sending<'_> {
    /// Looks for the message in its channel.
    pub(super) async fn look(&self) -> Result<Looked, CallFailed> {
        let began = self.job.first_sent_try_at.unwrap_or(self.job.due_at);
        let oldest = began.minus(CLOCKS_DIFFER).as_millis() / 1_000;
        let mut cursor = String::new();
        for _ in 0..MAX_PAGES {
            let mut input = vec![
                ("channel", self.channel.to_owned()),
                ("oldest", format!("{oldest}.000000")),
                ("inclusive", "true".to_owned()),
                ("include_all_metadata", "true".to_owned()),
                ("limit", PAGE.to_owned()),
            ];
            if !cursor.is_empty() {
                input.push(("cursor", cursor));
            }
            let client = &self.slack.client;
            let answer = client.form(self.token, "conversations.history", &input);
            let answer = match answer.await {
                Err(failed) if failed.says(&errors::NOT_READABLE) => {
                    return Ok(Looked::NotReadable);
                }
                other => other?,
            };
            let messages = answer["messages"].as_array();
            let found = messages.into_iter().flatten().find(|m| self.is(m));
            if let Some(ts) = found.and_then(|message| message["ts"].as_str()) {
                let files = found.and_then(|m| m["files"].as_array());
                let ids: Vec<&Value> = files.into_iter().flatten().map(|f| &f["id"]).collect();
                return Ok(Looked::There(serde_json::json!({
                    "ts": ts, "channel": self.channel, "files": ids,
                })));
            }
            cursor = next_page(&answer);
            if cursor.is_empty() {
                return Ok(Looked::NotThere);
            }
        }
        Ok(Looked::TooMuch)
    }

    fn is(&self, message: &Value) -> bool {
        if self.media().is_empty() {
            let metadata = &message["metadata"];
            return metadata["event_type"] == NAME_OF
                && metadata["event_payload"]["key"] == self.name.as_str();
        }
        let files = message["files"].as_array();
        files.into_iter().flatten().any(|file| {
            let name = file["name"].as_str().unwrap_or_default();
            name.starts_with(&self.tag)
        })
    }
}

impl Slack {
    pub(super) async fn confirm_now(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        if let Some(delivered) = shown(job) {
            return Confirmation::Found(delivered);
        }
        let place = &job.account.display_name;
        if is_webhook(&job.account) {
            return Confirmation::CannotTell(format!(
                "A webhook cannot look at its channel. Open {place} in Slack and look whether the post is there."
            ));
        }
        let token = match self.token(&job.account, ctx).await {
            Ok(token) => token,
            Err(refusal) => return Confirmation::NotNow(refusal),
        };
        let sending = match Sending::of(self, job, &token, ctx) {
            Ok(sending) => sending,
            Err(refusal) => return Confirmation::CannotTell(refusal.message),
        };
        match sending.look().await {
            Ok(Looked::There(step)) => Confirmation::Found(delivered(job, &step)),
            Ok(Looked::NotThere) => Confirmation::Absent,
            Ok(Looked::NotReadable) => Confirmation::CannotTell(format!(
                "The Slack app may not read {place}, so it cannot tell. Look in Slack whether the post is there, and give the app channels:history and groups:history."
            )),
            Ok(Looked::TooMuch) => Confirmation::CannotTell(format!(
                "So much was written in {place} since that Almanac could not find out whether the post is there. Look in Slack."
            )),
            Err(failed) => Confirmation::NotNow(sending.told(&failed)),
        }
    }
}
