//! The token call. TikTok calls the client by another name than the standard, writes the PKCE challenge
//! in hexadecimal digits, and may refuse with a good status, so none of it is the common code's.

use std::collections::BTreeMap;
use std::time::Duration;

use model::Timestamp;
use model::failure::Category;
use reqwest::Method;
use serde_json::Value;

use super::TikTok;
use super::catalogue::{CLIENT_KEY, CLIENT_SECRET, NAME};
use crate::api::{Answer, Failed};
use crate::connector::Refusal;
use crate::oauth::{is_meant, odd};
use crate::tokens::{NEWCOMER, Tokens, signed_out};
use crate::vault::Secret;

/// What a token call gave.
pub(super) struct Given {
    pub(super) tokens: Tokens,
    /// What they are good for; empty when TikTok did not say.
    scopes: Vec<String>,
}

impl Given {
    /// Whether they are good for something.
    pub(super) fn may(&self, scope: &str) -> bool {
        self.scopes.is_empty() || self.scopes.iter().any(|s| s == scope)
    }
}

impl TikTok {
    /// Asks for tokens as the app of this key and secret, which are kept with them. `handle` names the
    /// account that is renewed; none when one is connected.
    pub(super) async fn ask_for_tokens(
        &self,
        key: &str,
        secret: &str,
        form: &[(&str, &str)],
        handle: Option<&str>,
        now: Timestamp,
    ) -> Result<Given, Refusal> {
        let address = format!("{}/v2/oauth/token/", self.origin);
        let mut whole = vec![("client_key", key), ("client_secret", secret)];
        whole.extend_from_slice(form);
        let answer = async {
            let call = self.api.call(Method::POST, &address).await?;
            self.api.send(call.form(&whole)).await
        };
        let answer = match answer.await {
            Ok(answer) => answer,
            Err(Failed::Answered(answer))
                if is_meant(answer.status) && refused(&answer).is_some() =>
            {
                answer
            }
            // A token call that is answered by a page says nothing about the account.
            Err(failed) if matches!(failed.status(), Some(400..=428 | 430..=499)) => {
                return Err(odd(NAME).with_detail(failed.detail()));
            }
            Err(failed) => return Err(failed.usual(NAME, handle.unwrap_or(NEWCOMER), now)),
        };
        if let Some((error, words)) = refused(&answer) {
            return Err(told(&error, handle).with_detail(format!("{error}: {words}")));
        }
        let given = answer.json().and_then(|json| read(&json, key, secret, now));
        given.ok_or_else(|| {
            // What it holds instead may be a token, so it is not told.
            let odd = Failed::Cut("an answer without a token".to_owned());
            odd.usual(NAME, handle.unwrap_or(NEWCOMER), now)
        })
    }

    /// Tells TikTok that tokens are not used any more.
    pub(super) async fn end(&self, tokens: &Tokens) -> Result<(), Failed> {
        let address = format!("{}/v2/oauth/revoke/", self.origin);
        let form = [
            ("client_key", tokens.more(CLIENT_KEY)),
            ("client_secret", tokens.more(CLIENT_SECRET)),
            ("token", tokens.access.reveal()),
        ];
        let call = self.api.call(Method::POST, &address).await?;
        match self.api.send(call.form(&form)).await {
            // A token that is not known any more has ended.
            Err(failed) if failed.status().is_some_and(|s| s < 429) => Ok(()),
            other => other.map(drop),
        }
    }
}

/// The error of a token call, with TikTok's words.
fn refused(answer: &Answer) -> Option<(String, String)> {
    let json = answer.json()?;
    let error = json["error"].as_str()?.to_owned();
    let words = json["error_description"].as_str().unwrap_or_default();
    Some((error, words.to_owned()))
}

fn told(error: &str, handle: Option<&str>) -> Refusal {
    let message = match (error, handle) {
        ("invalid_grant" | "access_denied", Some(handle)) => return signed_out(NAME, handle),
        ("invalid_grant", None) => {
            "TikTok says that this sign-in was used already or took too long. Start it again."
        }
        ("invalid_client" | "unauthorized_client", _) => {
            "TikTok does not know this app. Check the client key and the client secret."
        }
        ("invalid_scope", _) => {
            "Your app at TikTok may not do what Almanac needs. Check its scopes, as the guide says."
        }
        // Any other word than these two passes, such as `server_error`.
        (word, Some(_)) if !["invalid_request", "unsupported_grant_type"].contains(&word) => {
            return odd(NAME);
        }
        _ => "TikTok did not sign in. Start it again; the details say why.",
    };
    Refusal::never(Category::AuthError, message)
}

fn read(json: &Value, key: &str, secret: &str, now: Timestamp) -> Option<Given> {
    let text = |name: &str| json[name].as_str().filter(|t| !t.is_empty());
    let ends = |name: &str| {
        let seconds = json[name].as_u64()?;
        Some(now.plus(Duration::from_secs(seconds)))
    };
    let tokens = Tokens {
        refresh: text("refresh_token").map(Secret::new),
        access_ends: ends("expires_in"),
        sign_in_ends: ends("refresh_expires_in"),
        more: BTreeMap::from([
            (CLIENT_KEY.to_owned(), Secret::new(key)),
            (CLIENT_SECRET.to_owned(), Secret::new(secret)),
        ]),
        ..Tokens::lasting(Secret::new(text("access_token")?))
    };
    let scopes = text("scope").unwrap_or_default().split([',', ' ']);
    Some(Given {
        tokens,
        scopes: scopes
            .filter(|s| !s.is_empty())
            .map(str::to_owned)
            .collect(),
    })
}
