//! Slack: channels of a workspace, with an app of the person's own or through an incoming webhook.
//!
//! What was looked up: the argument for descriptions of files is `alt_txt`, as the reference and one of
//! the official libraries have it; a webhook that is called without content complains of that
//! with 400, which shows that it is there (see `errors.rs`).

mod catalogue;
mod client;
mod confirm;
mod errors;
mod files;
mod post;
mod publish;
mod sign_in;
mod text;

use std::time::Duration;

use async_trait::async_trait;
use model::AccountId;
use model::account::Account;
use model::error::{Fix, Problem};
use model::failure::Category;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::api::Api;
use crate::catalogue::Entry;
use crate::check;
use crate::connector::{
    CheckInput, Confirmation, Connector, Ctx, Delivered, Job, Measure, Metrics, Outcome,
    PictureUse, Refusal, SignInFields, SignedIn, StepLog, TextSpan, TextUse,
};
use crate::http::{Clients, HttpConfig, HttpError};
use crate::registry::Addresses;
use crate::sending;
use crate::tokens::{Sessions, no_sign_in};
use crate::vault::Secret;
use catalogue::{MAX_FILES, OPTION_BUTTON, OPTION_BUTTON_ADDRESS, WEBHOOK};
use client::Client;

pub use catalogue::KEY;

/// Why a webhook takes no files.
const NO_FILES: &str =
    "A Slack webhook takes text alone. Connect Slack with an app of your own to send files.";

/// The connector of Slack.
pub struct Slack {
    entry: Entry,
    client: Client,
    sessions: Sessions,
    first_wait: Duration,
}

impl Slack {
    /// The connector over its own HTTP clients.
    pub fn new(http: &HttpConfig, addresses: &Addresses) -> Result<Self, HttpError> {
        let web = addresses.of(KEY, "https://slack.com");
        let hooks = addresses.of(KEY, "https://hooks.slack.com");
        let api = Api::new(Clients::new(http)?, http.timeouts);
        Ok(Self {
            entry: catalogue::entry(),
            client: Client::new(api, web, hooks),
            sessions: Sessions::default(),
            first_wait: Self::first_wait(http.timeouts.call),
        })
    }

    /// The token, or the secret part of a webhook's address.
    async fn token(&self, account: &Account, ctx: Ctx<'_>) -> Result<Secret, Refusal> {
        let tokens = self.sessions.peek(account.id, ctx).await?;
        tokens
            .map(|tokens| tokens.access)
            .ok_or_else(|| no_sign_in(&account.handle))
    }
}

fn is_webhook(account: &Account) -> bool {
    account.settings["way"].as_str() == Some(WEBHOOK)
}

/// The name of a delivery, which follows from its target and turn.
fn name_of(job: &Job) -> Result<String, Refusal> {
    let name = job.handle["name"].as_str().map(str::to_owned);
    name.ok_or_else(|| {
        Refusal::never(
            Category::Unknown,
            "Almanac lost the name under which this was to be sent to Slack. Schedule it anew.",
        )
    })
}

#[async_trait]
impl Connector for Slack {
    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn check(&self, input: CheckInput<'_>) -> Vec<Problem> {
        let mut found = check::common(&self.entry, &input);
        let media = input.segments.first().map_or(&[][..], |s| &s.media);
        let settings = &input.account.settings;
        if is_webhook(input.account) && !media.is_empty() {
            let fixes = vec![check::beyond(0, media.len()), Fix::Tailor];
            found.error("webhook_no_files", Some(0), NO_FILES.to_owned(), fixes);
        } else if settings["files"] == json!(false) && !media.is_empty() {
            found.error(
                "no_right_files",
                Some(0),
                "The Slack app may not upload files. Add files:write under OAuth & Permissions, install the app again, then connect the account again."
                    .to_owned(),
                vec![Fix::Reconnect, Fix::Tailor],
            );
        }
        let most = MAX_FILES as usize;
        let count = |is: &str| {
            let facts = media
                .iter()
                .filter_map(|file| check::facts_of(&input, &file.media_id));
            facts.filter(|facts| facts.mime.starts_with(is)).count()
        };
        if media.len() > most
            && ["image/", "video/", "application/"]
                .iter()
                .all(|is| count(is) <= most)
        {
            found.error(
                "too_many_files",
                Some(0),
                format!(
                    "Slack takes {most} files in a post; this has {}.",
                    media.len()
                ),
                vec![check::beyond(most, media.len()), Fix::Tailor],
            );
        }
        let options = &input.draft.options;
        let (label, address) = (
            post::text_of(options, OPTION_BUTTON),
            post::text_of(options, OPTION_BUTTON_ADDRESS),
        );
        if !label.is_empty() && !post::is_address(address) {
            found.error(
                "button_address",
                None,
                "The button needs a link that begins with https://.".to_owned(),
                vec![Fix::SetOption {
                    name: OPTION_BUTTON_ADDRESS.to_owned(),
                }],
            );
        }
        found.into_problems()
    }

    fn picture_limits(&self, _of: &PictureUse<'_>) -> Option<::media::Limits> {
        Some(files::picture_limits())
    }

    fn measure(&self, of: &TextUse<'_>) -> Measure {
        check::measure(&self.entry.text, of.text)
    }

    fn spans(&self, text: &str) -> Vec<TextSpan> {
        text::spans(text)
    }

    fn freeze(&self, job: &Job, _ctx: Ctx<'_>) -> Value {
        let name = format!("slack:{}", job.turn);
        let id = Uuid::new_v5(&job.target_id.0, name.as_bytes());
        json!({ "name": id.simple().to_string() })
    }

    async fn sign_in(
        &self,
        account_id: AccountId,
        method: &str,
        fields: SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        self.sign_in_with(account_id, method, &fields, ctx).await
    }

    fn forget_session(&self, account_id: AccountId) {
        self.sessions.let_go(account_id);
    }

    async fn identify(&self, account: &Account, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        self.identify_now(account, ctx).await
    }

    async fn sign_out(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        // The app may serve other channels and other programs, so its token is only forgotten here.
        self.sessions.take(account.id, ctx).await.map(drop)
    }

    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, ctx: Ctx<'_>) -> Outcome {
        sending::outcome(self.publish_steps(job, steps, ctx).await)
    }

    async fn confirm(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        self.confirm_now(job, ctx).await
    }

    async fn delete(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        if is_webhook(account) {
            return Err(Refusal::never(
                Category::Validation,
                "What was sent through a webhook can be deleted in Slack alone.",
            ));
        }
        let token = self.token(account, ctx).await?;
        let told = |failed| {
            let now = ctx.clock.now();
            errors::refusal(&failed, &account.display_name, now)
        };
        let remote = &delivered.remote;
        if let (Some(ts), Some(channel)) = (remote["ts"].as_str(), remote["channel"].as_str()) {
            let input = json!({ "channel": channel, "ts": ts });
            match self.client.json(&token, "chat.delete", &input).await {
                Err(failed) if !failed.says(&["message_not_found"]) => return Err(told(failed)),
                _ => {}
            }
        }
        for file in remote["files"].as_array().into_iter().flatten() {
            let input = json!({ "file": file });
            match self.client.json(&token, "files.delete", &input).await {
                Err(failed) if !failed.says(&["file_not_found", "file_deleted"]) => {
                    return Err(told(failed));
                }
                _ => {}
            }
        }
        Ok(())
    }

    async fn metrics(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<Option<Metrics>, Refusal> {
        let remote = &delivered.remote;
        let (Some(ts), Some(channel)) = (remote["ts"].as_str(), remote["channel"].as_str()) else {
            return Ok(None);
        };
        let token = self.token(account, ctx).await?;
        let input = [
            ("channel", channel.to_owned()),
            ("ts", ts.to_owned()),
            ("limit", "1".to_owned()),
        ];
        let gone = ["thread_not_found", "message_not_found"];
        let answer = match self
            .client
            .form(&token, "conversations.replies", &input)
            .await
        {
            Ok(answer) => answer,
            Err(failed) if failed.says(&errors::NOT_READABLE) || failed.says(&gone) => {
                return Ok(None);
            }
            Err(failed) => {
                let now = ctx.clock.now();
                return Err(errors::refusal(&failed, &account.display_name, now));
            }
        };
        let message = &answer["messages"][0];
        let reactions = message["reactions"].as_array().into_iter().flatten();
        Ok(Some(Metrics {
            likes: Some(reactions.filter_map(|r| r["count"].as_u64()).sum()),
            replies: Some(message["reply_count"].as_u64().unwrap_or(0)),
            ..Metrics::default()
        }))
    }
}
