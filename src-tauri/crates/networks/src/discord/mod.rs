//! Discord: channels of a server, through a webhook or with a bot of the person's own.
//!
//! What was looked up: the key of a message (`nonce`) is dropped by Discord within "a few minutes" only
//! for bots, and is not among what a channel gives back later, so messages are known again by what
//! they say (see `confirm.rs`).

mod catalogue;
mod client;
mod confirm;
mod errors;
mod post;
mod publish;
mod rights;
mod sign_in;

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
use catalogue::{
    BOT, MAX_ALL_BYTES, MAX_FILES, OPTION_CARD, OPTION_CARD_ADDRESS, OPTION_CARD_TEXT,
    OPTION_CARD_TITLE,
};
use client::{Caller, Client};

pub use catalogue::KEY;

/// The connector of Discord.
pub struct Discord {
    entry: Entry,
    origin: String,
    client: Client,
    sessions: Sessions,
}

impl Discord {
    /// The connector over its own HTTP clients.
    pub fn new(http: &HttpConfig, addresses: &Addresses) -> Result<Self, HttpError> {
        let origin = addresses.of(KEY, "https://discord.com");
        let api = Api::new(Clients::new(http)?, http.timeouts);
        Ok(Self {
            entry: catalogue::entry(),
            client: Client::new(api, &origin, &http.version),
            origin,
            sessions: Sessions::default(),
        })
    }

    /// Who calls for an account.
    async fn caller(&self, account: &Account, ctx: Ctx<'_>) -> Result<Caller, Refusal> {
        let tokens = self.sessions.peek(account.id, ctx).await?;
        let token = tokens
            .map(|tokens| tokens.access)
            .ok_or_else(|| no_sign_in(&account.handle))?;
        let text = |name: &str| account.settings[name].as_str().map(str::to_owned);
        Ok(if is_bot(account) {
            Caller::Bot {
                token,
                channel: account.remote_id.clone(),
            }
        } else {
            Caller::Webhook {
                id: text("webhook").unwrap_or_default(),
                token,
                thread: text("thread"),
            }
        })
    }
}

fn is_bot(account: &Account) -> bool {
    account.settings["way"].as_str() == Some(BOT)
}

/// The name of a delivery, which follows from its target and turn: 24 letters, of the 25 that Discord
/// takes.
fn nonce_of(job: &Job) -> Result<String, Refusal> {
    let name = job.handle["nonce"].as_str().map(str::to_owned);
    name.ok_or_else(|| {
        Refusal::never(
            Category::Unknown,
            "Almanac lost the name under which this was to be sent to Discord. Schedule it anew.",
        )
    })
}

#[async_trait]
impl Connector for Discord {
    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn check(&self, input: CheckInput<'_>) -> Vec<Problem> {
        let mut found = check::common(&self.entry, &input);
        let media = input.segments.first().map_or(&[][..], |s| &s.media);
        let facts = media
            .iter()
            .filter_map(|file| check::facts_of(&input, &file.media_id));
        let (mut others, mut bytes) = (0, 0);
        for file in facts.filter(|f| !f.mime.starts_with("image/")) {
            others += 1;
            bytes += file.bytes;
        }
        let most = MAX_FILES as usize;
        let pictures = media.len() - others;
        if media.len() > most && pictures <= most && others <= most {
            found.error(
                "too_many_files",
                Some(0),
                format!(
                    "Discord takes {most} files in a post; this has {}.",
                    media.len()
                ),
                vec![check::beyond(most, media.len()), Fix::Tailor],
            );
        }
        // Pictures are made smaller; half a megabyte for each is little enough.
        let room = MAX_ALL_BYTES - (pictures as u64 + 1) * (512 << 10);
        if others > 1 && bytes > room || others == 1 && pictures > 0 && bytes > room {
            found.error(
                "media_too_large",
                Some(0),
                "Discord takes 25 MB of files in a post altogether.".to_owned(),
                vec![Fix::Tailor],
            );
        }
        if !media.is_empty() && input.account.settings["files"] == json!(false) {
            found.error(
                "no_right_files",
                Some(0),
                "The bot may not attach files in this channel. Give it Attach Files in Discord, then connect the account again."
                    .to_owned(),
                vec![Fix::Reconnect, Fix::Tailor],
            );
        }
        let options = &input.draft.options;
        let fix = |name: &str| {
            vec![Fix::SetOption {
                name: name.to_owned(),
            }]
        };
        if post::is_on(options, OPTION_CARD) {
            let says = |name: &str| !post::text_of(options, name).is_empty();
            if !says(OPTION_CARD_TITLE) && !says(OPTION_CARD_TEXT) {
                found.error(
                    "card_empty",
                    None,
                    "The card needs a title or a text.".to_owned(),
                    fix(OPTION_CARD_TITLE),
                );
            }
            let address = post::text_of(options, OPTION_CARD_ADDRESS);
            if !address.is_empty() && !post::is_address(address) {
                found.error(
                    "card_address",
                    None,
                    "The card's link has to begin with https://.".to_owned(),
                    fix(OPTION_CARD_ADDRESS),
                );
            }
        }
        found.into_problems()
    }

    fn picture_limits(&self, of: &PictureUse<'_>) -> Option<media::Limits> {
        Some(media::Limits::bytes(post::for_each(of.together.iter())))
    }

    fn measure(&self, of: &TextUse<'_>) -> Measure {
        check::measure(&self.entry.text, of.text)
    }

    fn spans(&self, text: &str) -> Vec<TextSpan> {
        post::spans(text)
    }

    fn freeze(&self, job: &Job, _ctx: Ctx<'_>) -> Value {
        let name = format!("discord:{}", job.turn);
        let id = Uuid::new_v5(&job.target_id.0, name.as_bytes());
        let letters = id.simple().to_string();
        json!({ "nonce": letters.get(..24).unwrap_or(&letters) })
    }

    async fn sign_in(
        &self,
        account_id: AccountId,
        method: &str,
        fields: SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        let found = self.sign_in_with(account_id, method, &fields, ctx).await?;
        Ok(vec![found])
    }

    fn forget_session(&self, account_id: AccountId) {
        self.sessions.let_go(account_id);
    }

    async fn identify(&self, account: &Account, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        self.identify_now(account, ctx).await
    }

    async fn sign_out(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        // A webhook may serve others, and only the portal can end a bot's token: it is forgotten here.
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
        let mut caller = self.caller(account, ctx).await?;
        if let Caller::Webhook { thread, .. } = &mut caller {
            // A message that began a post in a forum stands in a thread of its own.
            let stands_in = delivered.remote["channel"].as_str();
            let elsewhere = stands_in.filter(|id| account.settings["channel"] != **id);
            if let Some(id) = elsewhere {
                *thread = Some(id.to_owned());
            }
        }
        match self.client.delete(&caller, &delivered.remote_id).await {
            Err(failed) if !errors::already_gone(&failed) => {
                let now = ctx.clock.now();
                Err(errors::refusal(&failed, &account.display_name, now))
            }
            _ => Ok(()),
        }
    }

    async fn metrics(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<Option<Metrics>, Refusal> {
        if !is_bot(account) {
            return Ok(None);
        }
        let caller = self.caller(account, ctx).await?;
        let message = match self.client.message(&caller, &delivered.remote_id).await {
            Ok(message) => message,
            Err(failed) if errors::already_gone(&failed) => return Ok(None),
            Err(failed) => {
                let now = ctx.clock.now();
                return Err(errors::refusal(&failed, &account.display_name, now));
            }
        };
        let reactions = message["reactions"].as_array();
        let counts = reactions.into_iter().flatten();
        Ok(Some(Metrics {
            likes: Some(counts.filter_map(|r| r["count"].as_u64()).sum()),
            ..Metrics::default()
        }))
    }
}
