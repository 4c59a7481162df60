//! Sending a delivery: by the client that may go there, signed, under the name that was chosen.

use std::time::Duration;

use model::Timestamp;
use model::account::Account;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder, Url};
use serde_json::{Value, json};

use super::delivery::Delivery;
use super::sign_in::{SECRET, TOKEN};
use super::{SHOWN, Webhook, errors, kept, read_handle, says, sign, to_json};
use crate::api::{Answer, Failed, bearer, secret_header};
use crate::connector::{Ctx, Delivered, Job, Refusal, StepLog};
use crate::http::PageError;
use crate::sending::Stop;
use crate::tokens::Tokens;

/// The slowest upload that is waited for, in bytes a second.
const SLOWEST_UPLOAD: u64 = 50_000;
/// Longest address or name that is taken from an answer.
const MAX_ANSWERED: usize = 2_000;

impl Webhook {
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
        let time = if bytes > 0 {
            self.timeouts.upload + Duration::from_secs(bytes / SLOWEST_UPLOAD)
        } else {
            self.timeouts.call
        };
        match self.guarded.call(Method::POST, &url, time).await {
            Ok(request) => Ok(request),
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

    pub(super) async fn publish_steps(
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
    pub(super) async fn once_more(&self, job: &Job, ctx: Ctx<'_>) -> Result<Delivered, Refusal> {
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
