//! Telegram: channels and groups, by a bot of the person's own (Bot API).
//!
//! What was looked up and is not stated by the documentation: the unit in which texts are counted (see
//! the catalogue), and that an album is posted whole or not at all, which the one call for it implies.

mod catalogue;
mod client;
mod errors;
mod post;
mod publish;
mod sign_in;
mod text;

use async_trait::async_trait;
use model::AccountId;
use model::account::Account;
use model::error::{Fix, Problem};
use serde_json::{Value, json};
use std::borrow::Cow;

use crate::api::Api;
use crate::catalogue::{Entry, TextLimits};
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
use catalogue::{MAX_ALBUM, MAX_CAPTION, OPTION_AS_FILE};
use client::Bot;
use text::Formatted;

pub use catalogue::KEY;

/// Most often that a picture may be wider than high, or the other way round.
const MAX_SHAPE: u32 = 20;

/// The connector of Telegram.
pub struct Telegram {
    entry: Entry,
    own_server_entry: Entry,
    api: Api,
    server: String,
    sessions: Sessions,
}

impl Telegram {
    /// The connector over its own HTTP clients.
    pub fn new(http: &HttpConfig, addresses: &Addresses) -> Result<Self, HttpError> {
        Ok(Self {
            entry: catalogue::entry(),
            own_server_entry: catalogue::own_server_entry(),
            api: Api::new(Clients::new(http)?, http.timeouts),
            server: addresses.of(KEY, "https://api.telegram.org"),
            sessions: Sessions::default(),
        })
    }

    fn server_of<'a>(&'a self, account: &'a Account) -> &'a str {
        if account.server.is_empty() {
            &self.server
        } else {
            &account.server
        }
    }

    async fn token(&self, account: &Account, ctx: Ctx<'_>) -> Result<Secret, Refusal> {
        let tokens = self.sessions.peek(account.id, ctx).await?;
        tokens
            .map(|tokens| tokens.access)
            .ok_or_else(|| no_sign_in(&account.handle))
    }
}

/// How long a text is: what is shown of it counts.
fn measured(limits: TextLimits, text: &str, with_marks: bool) -> Measure {
    let read = Formatted::read(text, with_marks);
    let shown = check::measure(&limits, &read.text);
    Measure {
        over_from: shown.over_from.map(|at| read.typed_at(at)),
        ..shown
    }
}

#[async_trait]
impl Connector for Telegram {
    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn entry_for(&self, account: &Account) -> Cow<'_, Entry> {
        Cow::Borrowed(if account.server.is_empty() {
            &self.entry
        } else {
            &self.own_server_entry
        })
    }

    fn check(&self, input: CheckInput<'_>) -> Vec<Problem> {
        let entry = &*self.entry_for(input.account);
        let options = &input.draft.options;
        let media = input.segments.first().map_or(&[][..], |s| &s.media);
        let mut found = check::common_measured(entry, &input, |of| self.measure(of));
        let facts: Vec<_> = media
            .iter()
            .filter_map(|file| check::facts_of(&input, &file.media_id))
            .collect();
        let count = |is: &dyn Fn(&str) -> bool| facts.iter().filter(|f| is(&f.mime)).count();
        let as_file = post::is_on(options, OPTION_AS_FILE);
        let pictures = count(&|mime| mime.starts_with("image/"));
        let videos = count(&|mime| mime.starts_with("video/"));
        let shown = if as_file { videos } else { pictures + videos };
        let files = facts.len() - shown;
        if files > 0 && shown > 0 {
            found.error(
                "mixed_media",
                Some(0),
                "Telegram takes either pictures and videos or files in a post, not both."
                    .to_owned(),
                vec![Fix::Tailor],
            );
        }
        let most = MAX_ALBUM as usize;
        if facts.len() > most && pictures <= most && videos <= most {
            found.error(
                "too_many_files",
                Some(0),
                format!(
                    "Telegram takes {most} files in a post; this has {}.",
                    facts.len()
                ),
                vec![check::beyond(most, facts.len()), Fix::Tailor],
            );
        }
        if facts.len() > 1 && !as_file && facts.iter().any(|f| f.mime == "image/gif") {
            found.warning(
                "gif_in_album",
                Some(0),
                "A moving picture stands still beside others on Telegram.".to_owned(),
                vec![Fix::Tailor],
            );
        }
        for (index, file) in facts.iter().enumerate() {
            let (Some(width), Some(height)) = (file.width, file.height) else {
                continue;
            };
            let (long, short) = (width.max(height), width.min(height));
            let narrow = long > short.saturating_mul(MAX_SHAPE);
            if narrow && !as_file && file.mime.starts_with("image/") {
                let name = OPTION_AS_FILE.to_owned();
                let index = index as u32;
                found.error(
                    "picture_shape",
                    Some(0),
                    "Telegram takes no picture that is more than twenty times as long as it is wide, unless it goes out as a file."
                        .to_owned(),
                    vec![Fix::SetOption { name }, Fix::RemoveMedia { index }],
                );
            }
        }
        found.into_problems()
    }

    fn picture_limits(&self, of: &PictureUse<'_>) -> Option<media::Limits> {
        let as_file = post::is_on(of.options, OPTION_AS_FILE);
        Some(post::picture_limits(as_file, of.together.len() > 1))
    }

    fn measure(&self, of: &TextUse<'_>) -> Measure {
        let mut limits = self.entry_for(of.account).text;
        if !of.files.is_empty() {
            limits.max = Some(MAX_CAPTION);
        }
        measured(limits, of.text, post::with_marks(of.options))
    }

    fn spans(&self, text: &str) -> Vec<TextSpan> {
        text::spans(text)
    }

    fn freeze(&self, _job: &Job, _ctx: Ctx<'_>) -> Value {
        // Telegram has no key that a post could be known by.
        json!({})
    }

    async fn sign_in(
        &self,
        account_id: AccountId,
        _method: &str,
        fields: SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        Ok(vec![self.sign_in_with(account_id, &fields, ctx).await?])
    }

    fn forget_session(&self, account_id: AccountId) {
        self.sessions.let_go(account_id);
    }

    async fn identify(&self, account: &Account, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        self.identify_now(account, ctx).await
    }

    async fn number_now(&self, account: &Account, ctx: Ctx<'_>) -> Result<Option<String>, Refusal> {
        self.number_of_group(account, ctx).await
    }

    async fn sign_out(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        // Only @BotFather can end a token; here it is forgotten.
        self.sessions.take(account.id, ctx).await.map(drop)
    }

    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, ctx: Ctx<'_>) -> Outcome {
        sending::outcome(self.publish_steps(job, steps, ctx).await)
    }

    async fn confirm(&self, job: &Job, _ctx: Ctx<'_>) -> Confirmation {
        publish::confirm(job)
    }

    async fn delete(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        let token = self.token(account, ctx).await?;
        let bot = Bot {
            server: self.server_of(account),
            token: &token,
        };
        let messages = delivered.remote["messages"].as_array();
        for message in messages.into_iter().flatten() {
            let input = json!({ "chat_id": delivered.remote["chat"], "message_id": message });
            match bot.call(&self.api, "deleteMessage", &input).await {
                Ok(_) => {}
                Err(failed) if errors::already_gone(&failed) => {}
                Err(failed) if errors::moved_to(&failed).is_some() => {
                    return Err(errors::left_behind(&failed));
                }
                Err(failed) => {
                    let now = ctx.clock.now();
                    return Err(errors::refusal(&failed, &account.display_name, now));
                }
            }
        }
        Ok(())
    }

    async fn metrics(
        &self,
        _account: &Account,
        _delivered: &Delivered,
        _ctx: Ctx<'_>,
    ) -> Result<Option<Metrics>, Refusal> {
        // Bots see neither views nor forwards.
        Ok(None)
    }
}
