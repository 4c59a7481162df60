//! Signing in where a code becomes a token of an hour, and that one a token of sixty days. The second
//! exchange is documented with the app's secret as a parameter of a GET; the address stands in no
//! error and no log.

use std::collections::BTreeMap;

use model::Timestamp;
use model::failure::Category;
use reqwest::Method;
use serde_json::Value;

use super::client::unreadable;
use super::tokens::read;
use crate::api::{Api, Failed};
use crate::connector::{Begun, Ctx, Refusal, SignInFields};
use crate::oauth::{Memo, Provider};
use crate::tokens::{NEWCOMER, Tokens};
use crate::vault::Secret;

/// How a network signs people in.
pub struct Door<'a> {
    /// Calls.
    pub api: &'a Api,
    /// Its name.
    pub network: &'a str,
    /// Where the browser is sent.
    pub authorize: String,
    /// Where the code becomes a token.
    pub code: String,
    /// Where that token becomes a long one.
    pub long: String,
    /// The grant's name there, such as `th_exchange_token`.
    pub grant: &'static str,
    /// What is asked for.
    pub scopes: &'static [&'static str],
}

impl Door<'_> {
    fn provider(&self, client_id: &str, secret: &str) -> Provider {
        Provider {
            network: self.network.to_owned(),
            authorize: self.authorize.clone(),
            token: self.code.clone(),
            client_id: client_id.to_owned(),
            client_secret: Some(Secret::new(secret)),
            basic: false,
            scopes: self.scopes.iter().map(|&s| s.to_owned()).collect(),
            extra: vec![],
        }
    }

    /// Sends the browser away. `more` comes back in the memo.
    pub fn begin(
        &self,
        fields: &SignInFields,
        redirect: &str,
        mut more: BTreeMap<String, String>,
        ctx: Ctx<'_>,
    ) -> Result<Begun, Refusal> {
        let (id, secret) = (fields.plain("client_id"), fields.secret("client_secret"));
        if id.is_empty() || secret.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Refusal::never(
                Category::Validation,
                format!(
                    "Enter the {} App ID, a number, and its App secret as the guide says.",
                    self.network
                ),
            ));
        }
        more.insert("client_id".to_owned(), id.to_owned());
        more.insert("client_secret".to_owned(), secret.to_owned());
        self.provider(id, secret).begin(redirect, more, ctx)
    }

    /// A token of sixty days for what came back with the browser.
    pub async fn finish(
        &self,
        memo: &Memo,
        answer: &BTreeMap<String, String>,
        now: Timestamp,
    ) -> Result<Tokens, Refusal> {
        let (id, secret) = (memo.more("client_id"), memo.more("client_secret"));
        let code = self.provider(id, secret).code(answer)?;
        let form = [
            ("client_id", id),
            ("client_secret", secret),
            ("grant_type", "authorization_code"),
            ("redirect_uri", &memo.redirect),
            ("code", &code),
        ];
        let short = async {
            let call = self.api.call(Method::POST, &self.code).await?;
            self.api.json(call.form(&form)).await
        };
        let short = short.await.map_err(|failed| self.refused(&failed, now))?;
        // Documented in a list of one, and sent flat.
        let flat = short.pointer("/data/0").unwrap_or(&short);
        let token = flat.get("access_token").and_then(Value::as_str);
        let token = token.ok_or_else(|| self.refused(&unreadable(&Value::Null), now))?;
        let query = [
            ("grant_type", self.grant),
            ("client_secret", secret),
            ("access_token", token),
        ];
        let long = async {
            let call = self.api.call(Method::GET, &self.long).await?;
            self.api.json(call.query(&query)).await
        };
        let long = long.await.map_err(|failed| self.refused(&failed, now))?;
        read(&long, now).ok_or_else(|| self.refused(&unreadable(&Value::Null), now))
    }

    fn refused(&self, failed: &Failed, now: Timestamp) -> Refusal {
        let network = self.network;
        let json = failed.json().unwrap_or_default();
        let words = ["/error_message", "/error/message"];
        let words = words.iter().find_map(|w| json.pointer(w)?.as_str());
        let status = failed.status().unwrap_or_default();
        let Some(words) = words.filter(|_| (400..500).contains(&status)) else {
            return failed.usual(network, NEWCOMER, now);
        };
        let lower = words.to_ascii_lowercase();
        let says = |word: &str| lower.contains(word);
        let message = if says("redirect") {
            format!(
                "{network} does not know the address the browser came back to. Add it to your app exactly as the guide says."
            )
        } else if says("secret") || says("application") || says("client") || says("platform") {
            format!("{network} does not know this app. Check the App ID and the App secret.")
        } else if says("code") {
            format!(
                "{network} says that this sign-in was used already or took too long. Start it again."
            )
        } else {
            format!("{network} did not sign in. Start it again; the details say why.")
        };
        Refusal::never(Category::AuthError, message).with_detail(words)
    }
}
