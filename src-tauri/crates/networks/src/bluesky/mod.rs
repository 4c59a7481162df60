//! Bluesky and every other server of the AT Protocol, by app password.

pub mod card;
mod catalogue;
mod client;
mod confirm;
mod errors;
mod make;
mod people;
mod publish;
mod record;
mod server;
mod session;
mod sign_in;
mod text;
mod tid;
mod video;

use std::time::Duration;

use async_trait::async_trait;
use model::account::Account;
use model::error::{Fix, Problem};
use model::failure::Category;
use model::{AccountId, Timestamp};
use serde_json::{Value, json};

use crate::api::Api;
use crate::catalogue::Entry;
use crate::check;
use crate::connector::{
    CheckInput, Choice, Confirmation, Connector, Ctx, Delivered, Job, Measure, Metrics, Outcome,
    PictureUse, Refusal, SignInFields, SignedIn, StepLog, TextSpan, TextUse,
};
use crate::http::{Clients, GuardedClient, HttpConfig, HttpError, Reach};
use crate::sending;
use crate::waiting::Patience;
use client::{Auth, CallError, Xrpc};
use record::{COLLECTION, Strong};
use session::Sessions;

/// Settings of the connector. The defaults are the public network.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where people sign in who name no server.
    pub entryway: String,
    /// The directory of `did:plc` identities.
    pub directory: String,
    /// Where link cards may be read from.
    pub cards: Reach,
    /// What a link card may take altogether.
    pub card_limit: Duration,
    /// The service that works on videos before they are posted; none where there is none.
    pub video_service: Option<String>,
    /// How long one waits for it.
    pub video_patience: Patience,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            entryway: "https://bsky.social".to_owned(),
            directory: "https://plc.directory".to_owned(),
            cards: Reach::Public,
            card_limit: Duration::from_secs(20),
            video_service: Some("https://video.bsky.app".to_owned()),
            video_patience: Patience {
                between: Duration::from_secs(1),
                looks: 120,
            },
        }
    }
}

/// The connector of Bluesky.
pub struct Bluesky {
    entry: Entry,
    config: Config,
    xrpc: Xrpc,
    sessions: Sessions,
    pages: GuardedClient,
}

impl Bluesky {
    /// The connector over its own HTTP clients.
    pub fn new(http: &HttpConfig, config: Config) -> Result<Self, HttpError> {
        let xrpc = Xrpc::new(Api::new(Clients::new(http)?, http.timeouts));
        Ok(Self {
            entry: catalogue::entry(),
            pages: GuardedClient::new(http, config.cards)?,
            config,
            sessions: Sessions::new(xrpc.clone()),
            xrpc,
        })
    }
}

/// What is chosen before the first attempt and never changes after.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Handle {
    /// The record key of each part.
    keys: Vec<String>,
    /// When the first part was made.
    created: Timestamp,
}

impl Handle {
    fn to_json(&self) -> Value {
        json!({ "keys": self.keys, "createdAt": self.created.as_millis() })
    }

    /// Reads a handle for a post of so many parts.
    fn read(value: &Value, parts: usize) -> Result<Self, Refusal> {
        let keys: Option<Vec<String>> = value.get("keys").and_then(Value::as_array).map(|all| {
            all.iter()
                .filter_map(|k| k.as_str().map(str::to_owned))
                .collect()
        });
        let created = value.get("createdAt").and_then(Value::as_i64);
        match (keys, created) {
            (Some(keys), Some(created)) if parts > 0 && keys.len() == parts => Ok(Self {
                keys,
                created: Timestamp::from_millis(created),
            }),
            _ => Err(Refusal::never(
                Category::Unknown,
                "Almanac lost the name under which this was to be sent to Bluesky. Schedule it anew.",
            )),
        }
    }

    /// Parts are a millisecond apart, so that they sort as they are meant.
    fn created_at(&self, part: usize) -> String {
        self.created
            .plus(Duration::from_millis(part as u64))
            .rfc3339()
    }
}

#[async_trait]
impl Connector for Bluesky {
    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn check(&self, input: CheckInput<'_>) -> Vec<Problem> {
        let mut found = check::common(&self.entry, &input);
        let fix = || {
            vec![
                Fix::SetOption {
                    name: catalogue::OPTION_LANGUAGES.to_owned(),
                },
                check::clear(catalogue::OPTION_LANGUAGES),
            ]
        };
        match record::languages(&input.draft.options) {
            Err(odd) => {
                let message =
                    format!("\"{odd}\" is no language code. Write en, pt-BR or the like.");
                found.error("language_unknown", None, message, fix());
            }
            Ok(languages) if record::too_many(&languages) => {
                let message = format!(
                    "Bluesky takes up to {} languages; this has {}.",
                    catalogue::MAX_LANGUAGES,
                    languages.len()
                );
                found.error("too_many_languages", None, message, fix());
            }
            Ok(_) => {}
        }
        found.into_problems()
    }

    fn picture_limits(&self, _of: &PictureUse<'_>) -> Option<::media::Limits> {
        Some(make::picture_limits())
    }

    fn measure(&self, of: &TextUse<'_>) -> Measure {
        check::measure(&self.entry.text, of.text)
    }

    fn spans(&self, text: &str) -> Vec<TextSpan> {
        text::spans(text)
    }

    fn freeze(&self, job: &Job, ctx: Ctx<'_>) -> Value {
        Handle {
            keys: tid::keys(job.target_id, job.turn, job.segments.len()),
            created: ctx.clock.now(),
        }
        .to_json()
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

    async fn choices(
        &self,
        account: &Account,
        option: &str,
        query: &str,
        ctx: Ctx<'_>,
    ) -> Result<Vec<Choice>, Refusal> {
        let query = query.trim().trim_start_matches('@');
        if option != "mention" || query.is_empty() {
            return Ok(vec![]);
        }
        self.people(account, query, ctx).await
    }

    fn forget_session(&self, account_id: AccountId) {
        self.sessions.let_go(account_id);
    }

    async fn identify(&self, account: &Account, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        self.identify_now(account, ctx).await
    }

    async fn sign_out(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        self.sessions.end(account, ctx).await
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
        // From the end, so that what is left after a failure is still a whole thread.
        for strong in segments_of(delivered).iter().rev() {
            let input = json!({
                "repo": account.remote_id, "collection": COLLECTION, "rkey": strong.key(),
            });
            let (xrpc, input) = (&self.xrpc, &input);
            self.sessions
                .call(account, ctx, |token| async move {
                    let method = "com.atproto.repo.deleteRecord";
                    let auth = Auth::Bearer(&token);
                    xrpc.procedure(&account.server, method, Some(input), auth, ctx.clock)
                        .await
                })
                .await
                .map_err(|failed| failed.told(&account.handle))?;
        }
        Ok(())
    }

    async fn metrics(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<Option<Metrics>, Refusal> {
        let (xrpc, uri) = (&self.xrpc, delivered.remote_id.as_str());
        let answer = self
            .sessions
            .call(account, ctx, |token| async move {
                let method = "app.bsky.feed.getPosts";
                let auth = Auth::Bearer(&token);
                xrpc.query(&account.server, method, &[("uris", uri)], auth, ctx.clock)
                    .await
            })
            .await;
        match answer {
            Ok(answer) => Ok(answer.pointer("/posts/0").map(numbers)),
            // A server without an app view behind it has no numbers to give.
            Err(session::Failed::Call(CallError::Answered(e))) if e.has_no_app_view() => Ok(None),
            Err(failed) => Err(failed.told(&account.handle)),
        }
    }
}

fn numbers(post: &Value) -> Metrics {
    let number = |name: &str| post.get(name).and_then(Value::as_u64);
    Metrics {
        likes: number("likeCount"),
        reposts: number("repostCount"),
        replies: number("replyCount"),
        quotes: number("quoteCount"),
        views: None,
    }
}

fn segments_of(delivered: &Delivered) -> Vec<Strong> {
    let all = delivered.remote.get("segments").and_then(Value::as_array);
    all.into_iter().flatten().filter_map(Strong::read).collect()
}
