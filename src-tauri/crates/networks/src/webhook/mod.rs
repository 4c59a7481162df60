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
mod sign;
mod sign_in;

use std::time::Duration;

use async_trait::async_trait;
use model::account::Account;
use model::error::{Fix, Problem};
use model::failure::Category;
use model::{AccountId, Timestamp};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder, Url};
use serde_json::{Value, json};

use crate::api::{Answer, Api, Failed, bearer, secret_header};
use crate::catalogue::Entry;
use crate::check::{self, facts_of};
use crate::connector::{
    CheckInput, Confirmation, Connector, Ctx, Delivered, Job, Measure, Metrics, Outcome, Refusal,
    SignInFields, SignedIn, StepLog, TextSpan,
};
use crate::http::{Clients, GuardedClient, HttpConfig, HttpError, PageError, Reach, Timeouts};
use crate::registry::Addresses;
use crate::sending::Stop;
use crate::tokens::{Sessions, Tokens, no_sign_in};
use catalogue::{MAX_INLINE, OPTION_MEDIA};
use delivery::{Delivery, Way};
use sign_in::{SECRET, TOKEN};

/// The step that delivers.
const SHOWN: &str = "delivery";
/// The slowest upload that is waited for, in bytes a second.
const SLOWEST_UPLOAD: u64 = 50_000;
/// Longest address or name that is taken from an answer.
const MAX_ANSWERED: usize = 2_000;

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

    /// A call on an account's address, by the client that may go there.
    async fn call(&self, account: &Account, bytes: u64) -> Result<RequestBuilder, Refusal> {
        let address = &account.server;
        if says(account, "private") {
            let made = if bytes > 0 {
                self.api.upload(Method::POST, address, bytes).await
            } else {
                self.api.call(Method::POST, address).await
            };
            return made.map_err(|failed| {
                errors::refusal(&failed, &account.display_name, Timestamp::from_millis(0))
            });
        }
        let url = Url::parse(address).map_err(|_| errors::private_address())?;
        let made = self.guarded.call(Method::POST, &url).await;
        let time = if bytes > 0 {
            self.timeouts.upload + Duration::from_secs(bytes / SLOWEST_UPLOAD)
        } else {
            self.timeouts.call
        };
        match made {
            Ok(request) => Ok(request.timeout(time)),
            Err(PageError::Refused) => Err(errors::private_address()),
            Err(error) => Err(errors::refusal(
                &Failed::Unreached(error.to_string()),
                &account.display_name,
                Timestamp::from_millis(0),
            )),
        }
    }

    /// Sends a delivery once. The refusal of the outer result means that nothing was sent.
    async fn deliver(
        &self,
        job: &Job,
        ready: &Delivery<'_>,
        tokens: &Tokens,
        ctx: Ctx<'_>,
    ) -> Result<Result<Delivered, Failed>, Refusal> {
        let id = read_handle(&job.handle)?;
        let at = ctx.clock.now().as_millis().div_euclid(1_000);
        let mut request = self
            .call(&job.account, ready.bytes())
            .await?
            .header("webhook-id", &id)
            .header("idempotency-key", &id)
            .header("webhook-timestamp", at);
        if let Some(key) = sign::key(tokens.more(SECRET)) {
            let signature = sign::signature(&key, &id, at, &ready.json);
            request = secret_header(request, "webhook-signature", &signature);
        }
        if let Some(token) = tokens.more.get(TOKEN) {
            request = bearer(request, token);
        }
        let request = match ready.form().await? {
            Some(form) => request.multipart(form),
            None => request
                .header(CONTENT_TYPE, "application/json")
                .body(ready.json.clone()),
        };
        Ok(match self.api.send(request).await {
            Ok(answer) if is_page(&answer) => Err(Failed::Answered(answer)),
            Ok(answer) => Ok(delivered(&id, &answer)),
            // Seen before: that is what was wanted.
            Err(Failed::Answered(answer)) if answer.status == 409 => Ok(delivered(&id, &answer)),
            Err(failed) => Err(failed),
        })
    }

    async fn publish_steps(
        &self,
        job: &Job,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Delivered, Stop> {
        if let Some(done) = job.step(SHOWN).and_then(kept) {
            return Ok(done);
        }
        let id = read_handle(&job.handle)?;
        let tokens = self.tokens(&job.account, ctx).await?;
        let ready = Delivery::make(job, &id).await?;
        steps.about_to_show(SHOWN).await?;
        match self.deliver(job, &ready, &tokens, ctx).await? {
            Ok(delivered) => {
                steps.finished(SHOWN, to_json(&delivered)).await?;
                Ok(delivered)
            }
            Err(failed) => {
                let refusal = told(&failed, job, ctx);
                Err(Stop::after_showing(may_have_worked(&failed), refusal))
            }
        }
    }

    /// Sends a delivery once more under its name: the receiver drops it when it has it.
    async fn once_more(&self, job: &Job, ctx: Ctx<'_>) -> Result<Delivered, Refusal> {
        let id = read_handle(&job.handle)?;
        let tokens = self.tokens(&job.account, ctx).await?;
        let ready = Delivery::make(job, &id).await?;
        match self.deliver(job, &ready, &tokens, ctx).await? {
            Ok(delivered) => Ok(delivered),
            Err(failed) => Err(told(&failed, job, ctx)),
        }
    }
}

fn told(failed: &Failed, job: &Job, ctx: Ctx<'_>) -> Refusal {
    errors::refusal(failed, &job.account.display_name, ctx.clock.now())
}

/// Whether a delivery may have arrived. A receiver that asks to wait, in the words of the
/// specification, did not take it.
fn may_have_worked(failed: &Failed) -> bool {
    match failed {
        Failed::Answered(answer) if answer.status == 503 => answer.header("retry-after").is_none(),
        Failed::Answered(answer) if answer.status == 425 => false,
        other => other.may_have_worked(),
    }
}

/// Whether a whole web page came in place of an answer: a sign-in page, or an address that is none for
/// deliveries.
fn is_page(answer: &Answer) -> bool {
    let start = answer.body.get(..answer.body.len().min(200));
    let start = String::from_utf8_lossy(start.unwrap_or_default()).to_ascii_lowercase();
    let start = start.trim_start();
    answer.kind() == "text/html" && (start.starts_with("<!doctype") || start.starts_with("<html"))
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

/// What a receiver told of the post it took.
fn delivered(id: &str, answer: &Answer) -> Delivered {
    let json = answer.json().unwrap_or_default();
    let text = |name: &str| {
        let value = json.get(name).and_then(Value::as_str);
        value.filter(|v| !v.is_empty() && v.len() <= MAX_ANSWERED)
    };
    let link = text("url").or_else(|| text("link"));
    let web =
        |link: &&str| Url::parse(link).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    Delivered {
        remote_id: id.to_owned(),
        url: link.filter(web).map(str::to_owned),
        remote: json!({ "id": text("id") }),
    }
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

    fn measure(&self, _account: &Account, text: &str) -> Measure {
        check::measure(&self.entry.text, text)
    }

    fn spans(&self, _text: &str) -> Vec<TextSpan> {
        // What a receiver makes of a text is its own affair.
        vec![]
    }

    fn freeze(&self, job: &Job, _ctx: Ctx<'_>) -> Value {
        json!({ "id": delivery::name(job) })
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
        Ok(SignedIn {
            remote_id: account.remote_id.clone(),
            handle: account.handle.clone(),
            display_name: account.display_name.clone(),
            server: account.server.clone(),
            settings: account.settings.clone(),
        })
    }

    async fn sign_out(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        self.sessions.take(account.id, ctx).await.map(|_| ())
    }

    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, ctx: Ctx<'_>) -> Outcome {
        match self.publish_steps(job, steps, ctx).await {
            Ok(delivered) => Outcome::Sent(delivered),
            Err(stop) => stop.into_outcome(),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(kind: &str, body: &str) -> Answer {
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        Answer {
            status: 200,
            headers,
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn a_whole_page_is_no_answer_and_a_word_is() {
        assert!(is_page(&answer(
            "text/html; charset=utf-8",
            " <!DOCTYPE html><p>Hi"
        )));
        assert!(!is_page(&answer("text/html", "OK")));
        assert!(!is_page(&answer("application/json", "<html>")));
    }

    #[test]
    fn only_web_addresses_are_taken_for_the_published_link() {
        let of = |body: &str| delivered("msg_1", &answer("application/json", body)).url;
        assert_eq!(
            of(r#"{"url":"https://a.b/1"}"#).as_deref(),
            Some("https://a.b/1")
        );
        assert_eq!(
            of(r#"{"link":"https://a.b/2"}"#).as_deref(),
            Some("https://a.b/2")
        );
        assert_eq!(of(r#"{"url":"javascript:alert(1)"}"#), None);
        assert_eq!(of("accepted"), None);
    }
}
