//! Webhook: a signed JSON delivery to any address the person owns.
//!
//! A delivery is one `POST`. Without files its body is JSON:
//! `{"type":"post.published","timestamp","data":{"id","title","text","tags","scheduled_at","link"?,
//! "language"?,"parts":[{"text","media":[{"filename","mime","size","alt","width","height","sha256"?,
//! "part"?,"data_base64"?}]}]}}`. With files it is a form whose part `payload` is that JSON and whose
//! parts `file0`, `file1`, … are the files; the signature covers `payload` alone, which holds the digest
//! of each file. Headers are those of Standard Webhooks (`webhook-id`, `webhook-timestamp`,
//! `webhook-signature`) and `Idempotency-Key`, which is the same as `webhook-id`.
//!
//! A delivery has the same `webhook-id` however often it is sent, and the specification has receivers
//! drop repeats by it. So a delivery without an answer is decided by sending it once more, except to
//! receivers of which the person said otherwise. Redirects are not followed.

mod catalogue;
mod delivery;
mod errors;
mod send;
mod sign;
mod sign_in;

use async_trait::async_trait;
use model::AccountId;
use model::account::Account;
use model::error::{Fix, Problem};
use model::failure::Category;
use serde_json::{Value, json};

use crate::api::Api;
use crate::catalogue::Entry;
use crate::check::{self, facts_of};
use crate::connector::{
    CheckInput, Confirmation, Connector, Ctx, Delivered, Job, Measure, Metrics, Outcome,
    PictureUse, Refusal, SignInFields, SignedIn, StepLog, TextSpan, TextUse,
};
use crate::http::{Clients, GuardedClient, HttpConfig, HttpError, Reach, Timeouts};
use crate::registry::Addresses;
use crate::sending;
use crate::tokens::{Sessions, Tokens, no_sign_in};
use catalogue::{MAX_INLINE, OPTION_MEDIA};
use delivery::Way;

/// The step that delivers.
const SHOWN: &str = "delivery";

/// The connector of webhooks.
pub struct Webhook {
    entry: Entry,
    api: Api,
    /// Never connects into a private network.
    guarded: GuardedClient,
    timeouts: Timeouts,
    sessions: Sessions,
}

impl Webhook {
    /// The connector over its own HTTP clients. Every account has an address of its own, so none stands
    /// in for a usual one.
    pub fn new(http: &HttpConfig, _addresses: &Addresses) -> Result<Self, HttpError> {
        Ok(Self {
            entry: catalogue::entry(),
            api: Api::new(Clients::new(http)?, http.timeouts),
            guarded: GuardedClient::new(http, Reach::Public)?,
            timeouts: http.timeouts,
            sessions: Sessions::default(),
        })
    }

    async fn tokens(&self, account: &Account, ctx: Ctx<'_>) -> Result<Tokens, Refusal> {
        let held = self.sessions.peek(account.id, ctx).await?;
        held.ok_or_else(|| no_sign_in(&account.display_name))
    }
}

/// A setting of an account that is yes or no.
fn says(account: &Account, setting: &str) -> bool {
    let value = account.settings.get(setting).and_then(Value::as_bool);
    value.unwrap_or(false)
}

fn read_handle(handle: &Value) -> Result<String, Refusal> {
    let id = handle.get("id").and_then(Value::as_str);
    id.map(str::to_owned).ok_or_else(|| {
        Refusal::never(
            Category::Unknown,
            "Almanac lost the name under which this was to be delivered. Schedule it anew.",
        )
    })
}

fn to_json(delivered: &Delivered) -> Value {
    json!({ "id": delivered.remote_id, "url": delivered.url, "remote": delivered.remote })
}

fn kept(value: &Value) -> Option<Delivered> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(Delivered {
        remote_id: text("id")?,
        url: text("url"),
        remote: value.get("remote").cloned().unwrap_or_default(),
    })
}

#[async_trait]
impl Connector for Webhook {
    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn check(&self, input: CheckInput<'_>) -> Vec<Problem> {
        let mut found = check::common(&self.entry, &input);
        if Way::of(&input.draft.options) == Way::Inline {
            let files = input.segments.iter().flat_map(|s| &s.media);
            let facts = files.filter_map(|f| facts_of(&input, &f.media_id));
            // Pictures may become smaller; their size is known when they are made.
            let others = facts.filter(|f| !f.mime.starts_with("image/"));
            if others.map(|f| f.bytes).sum::<u64>() > MAX_INLINE {
                let name = OPTION_MEDIA.to_owned();
                found.error(
                    "files_too_large",
                    None,
                    "Files inside the JSON may have 5 MB together. Send them beside it.".to_owned(),
                    vec![Fix::SetOption { name }],
                );
            }
        }
        found.into_problems()
    }

    fn picture_limits(&self, of: &PictureUse<'_>) -> Option<media::Limits> {
        (delivery::Way::of(of.options) != delivery::Way::None).then(delivery::picture_limits)
    }

    fn measure(&self, of: &TextUse<'_>) -> Measure {
        check::measure(&self.entry.text, of.text)
    }

    fn spans(&self, _text: &str) -> Vec<TextSpan> {
        // What a receiver makes of a text is its own affair.
        vec![]
    }

    fn freeze(&self, job: &Job, _ctx: Ctx<'_>) -> Value {
        json!({ "id": delivery::name(job) })
    }

    fn knows_by_content(&self) -> bool {
        false
    }

    fn shows_at_once(&self, _job: &Job) -> Option<String> {
        Some(SHOWN.to_owned())
    }

    async fn sign_in(
        &self,
        account_id: AccountId,
        _method: &str,
        fields: SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        let (signed, tokens) = sign_in::read(&fields)?;
        self.sessions.keep(account_id, tokens, ctx).await?;
        Ok(vec![signed])
    }

    fn forget_session(&self, account_id: AccountId) {
        self.sessions.let_go(account_id);
    }

    async fn identify(&self, account: &Account, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        // Nothing is ever sent unasked, so the receiver is not.
        self.tokens(account, ctx).await?;
        Ok(SignedIn::known(account))
    }

    async fn sign_out(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        self.sessions.take(account.id, ctx).await.map(|_| ())
    }

    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, ctx: Ctx<'_>) -> Outcome {
        sending::outcome(self.publish_steps(job, steps, ctx).await)
    }

    async fn confirm(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        if let Some(done) = job.step(SHOWN).and_then(kept) {
            return Confirmation::Found(done);
        }
        if job.first_sent_try_at.is_none() {
            return Confirmation::Absent;
        }
        if says(&job.account, "ask") {
            return Confirmation::CannotTell(format!(
                "The delivery may have reached \"{}\", which gave no answer. Look there whether the post arrived.",
                job.account.display_name
            ));
        }
        // Sending it once more is the look, and nothing goes out before its time. At its time it goes out under the same
        // name, and the receiver drops it where it has it.
        if job.due_at > ctx.clock.now() {
            return Confirmation::Absent;
        }
        match self.once_more(job, ctx).await {
            Ok(delivered) => Confirmation::Found(delivered),
            Err(refusal) => Confirmation::NotNow(refusal),
        }
    }

    async fn delete(
        &self,
        _account: &Account,
        _delivered: &Delivered,
        _ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        Err(Refusal::never(
            Category::Validation,
            "What was delivered cannot be taken back. Delete it at the receiver.",
        ))
    }

    async fn metrics(
        &self,
        _account: &Account,
        _delivered: &Delivered,
        _ctx: Ctx<'_>,
    ) -> Result<Option<Metrics>, Refusal> {
        Ok(None)
    }
}
