//! How Almanac introduces itself to a server, and what it asks for there.
//!
//! A server is met for the first time by registering Almanac there. The registration is kept in the vault
//! for the next account on the same server, once a sign-in with it has worked: one that came to nothing
//! is never used again, so that a server that has forgotten it (old ones sweep unused ones, and some are
//! set up anew) cannot be in the way twice. Only the address the browser comes back to this time is
//! registered, which every software understands.
//!
//! The scopes are the fewest that do the work: `read:accounts` is needed for looking up mentions and
//! covers what `profile` does. Servers that do not know single scopes are asked for `read write`.

use std::collections::BTreeMap;

use model::failure::Category;
use reqwest::Method;
use serde_json::{Value, json};

use super::Mastodon;
use super::server::host;
use crate::api::Failed;
use crate::connector::{Ctx, Refusal};
use crate::oauth::Provider;
use crate::tokens::{NEWCOMER, Tokens, vault_refusal};
use crate::vault::{Secret, app_holder};

/// What is asked for.
pub(super) const SCOPES: [&str; 4] = [
    "read:accounts",
    "read:statuses",
    "write:media",
    "write:statuses",
];
/// What is asked for where single scopes are not known.
const BROAD: [&str; 2] = ["read", "write"];
/// Name of a registration in the vault.
const APP: &str = "app";
/// Almanac as one server knows it.
#[derive(Clone, PartialEq, Eq)]
pub struct App {
    /// Its id there; empty for a token that a person made.
    pub id: String,
    /// Its secret there.
    pub secret: Secret,
    /// Where the browser may come back to.
    pub redirect: String,
    scopes: Vec<String>,
}

impl App {
    /// The app that tokens were given to; empty for a token that a person made.
    #[must_use]
    pub fn of_tokens(tokens: &Tokens) -> Self {
        Self::read(|name| tokens.more(name).to_owned())
    }

    /// Reads it from texts by name.
    #[must_use]
    pub fn read(text: impl Fn(&str) -> String) -> Self {
        Self {
            id: text("client_id"),
            secret: Secret::new(text("client_secret")),
            redirect: text("redirect"),
            scopes: text("scopes").split(' ').map(str::to_owned).collect(),
        }
    }

    /// As texts by name.
    #[must_use]
    pub fn parts(&self) -> BTreeMap<String, String> {
        let parts = [
            ("client_id", self.id.clone()),
            ("client_secret", self.secret.reveal().to_owned()),
            ("redirect", self.redirect.clone()),
            ("scopes", self.scopes.join(" ")),
        ];
        parts.map(|(name, value)| (name.to_owned(), value)).into()
    }
}

/// How a server signs people in.
#[must_use]
pub fn provider(origin: &str, app: &App, name: &str) -> Provider {
    Provider {
        network: name.to_owned(),
        authorize: format!("{origin}/oauth/authorize"),
        token: format!("{origin}/oauth/token"),
        client_id: app.id.clone(),
        client_secret: Some(app.secret.clone()),
        basic: false,
        scopes: app.scopes.clone(),
        extra: vec![],
    }
}

/// Whether granted scopes include one: `write` includes `write:media`.
fn covers(granted: &[String], wanted: &str) -> bool {
    let broad = wanted.split(':').next().unwrap_or_default();
    granted.iter().any(|g| g == wanted || g == broad)
}

/// Refuses a sign-in that does not allow everything that is needed.
pub fn refuse_lacking(granted: &[String]) -> Result<(), Refusal> {
    let lacking: Vec<&str> = SCOPES.into_iter().filter(|s| !covers(granted, s)).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let message = format!(
        "This sign-in does not allow everything Almanac needs; it lacks {}. Start it again and allow them all.",
        lacking.join(", ")
    );
    Err(Refusal::never(Category::AuthError, message))
}

impl Mastodon {
    /// Introduces Almanac to a server.
    pub(super) async fn register(
        &self,
        origin: &str,
        redirect: &str,
        ctx: Ctx<'_>,
    ) -> Result<App, Refusal> {
        let mut last = None;
        for scopes in [&SCOPES[..], &BROAD[..]] {
            match self.register_for(origin, redirect, scopes).await {
                Ok(app) => return Ok(app),
                // A server that does not know a scope refuses the registration.
                Err(Failed::Answered(answer)) if matches!(answer.status, 400 | 422) => {
                    last = Some(Failed::Answered(answer));
                }
                Err(failed) => {
                    last = Some(failed);
                    break;
                }
            }
        }
        let failed = last.unwrap_or_else(|| Failed::Unreached(String::new()));
        let host = host(origin);
        Err(match failed.status() {
            Some(400..=428 | 430..=499) => Refusal::never(
                Category::AuthError,
                format!(
                    "{host} does not let programs introduce themselves. Sign in with an access token instead."
                ),
            )
            .with_detail(failed.detail()),
            _ => failed.usual(host, NEWCOMER, ctx.clock.now()),
        })
    }

    async fn register_for(
        &self,
        origin: &str,
        redirect: &str,
        scopes: &[&str],
    ) -> Result<App, Failed> {
        let address = format!("{origin}/api/v1/apps");
        let request = self.api.call(Method::POST, &address).await?;
        let body = json!({
            "client_name": "Almanac", "redirect_uris": redirect, "scopes": scopes.join(" "),
        });
        let answer = self.api.send(request.json(&body)).await?;
        let json = answer.json().unwrap_or_default();
        let text = |name: &str| json.get(name).and_then(Value::as_str);
        match (text("client_id"), text("client_secret")) {
            (Some(id), Some(secret)) => Ok(App {
                id: id.to_owned(),
                secret: Secret::new(secret),
                redirect: redirect.to_owned(),
                scopes: scopes.iter().map(|&s| s.to_owned()).collect(),
            }),
            _ => Err(Failed::Answered(answer)),
        }
    }
}

/// A server that no longer knows its registration: the next sign-in registers anew.
pub fn forgotten(refusal: Refusal, origin: &str) -> Refusal {
    let client = refusal
        .detail
        .as_deref()
        .is_some_and(|d| d.starts_with("invalid_client"));
    if !client {
        return refusal;
    }
    Refusal {
        message: format!(
            "{} does not know Almanac any more. Start the sign-in again.",
            host(origin)
        ),
        ..refusal
    }
}

/// Texts by name, as tokens keep them.
pub fn secrets(parts: BTreeMap<String, String>) -> BTreeMap<String, Secret> {
    parts
        .into_iter()
        .map(|(name, value)| (name, Secret::new(value)))
        .collect()
}

/// Takes the registration at a server out of the vault.
pub async fn take_app(origin: &str, ctx: Ctx<'_>) -> Result<Option<App>, Refusal> {
    let holder = app_holder(origin);
    let kept = ctx
        .vault
        .get(holder, APP)
        .await
        .map_err(|e| vault_refusal(&e))?;
    let Some(kept) = kept else {
        return Ok(None);
    };
    ctx.vault
        .forget(holder, APP)
        .await
        .map_err(|e| vault_refusal(&e))?;
    let parts: Option<BTreeMap<String, String>> = serde_json::from_str(kept.reveal()).ok();
    Ok(parts.map(|parts| App::read(|name| parts.get(name).cloned().unwrap_or_default())))
}

/// Keeps the registration at a server for the next account there.
pub async fn keep_app(origin: &str, app: &App, ctx: Ctx<'_>) -> Result<(), Refusal> {
    // Texts always make JSON.
    let secret = Secret::new(serde_json::to_string(&app.parts()).unwrap_or_default());
    let kept = ctx.vault.set(app_holder(origin), APP, &secret).await;
    kept.map_err(|e| vault_refusal(&e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broad_scope_covers_its_parts() {
        let all =
            |scopes: &[&str]| -> Vec<String> { scopes.iter().map(|&s| s.to_owned()).collect() };
        assert!(refuse_lacking(&all(&["read", "write"])).is_ok());
        assert!(refuse_lacking(&all(&SCOPES)).is_ok());
        let refused = refuse_lacking(&all(&["read", "write:statuses"])).unwrap_err();
        assert!(
            refused.message.contains("write:media"),
            "{}",
            refused.message
        );
        assert!(
            !refused.message.contains("read:accounts"),
            "{}",
            refused.message
        );
    }
}
