//! The token call. Pinterest answers it in its own form where it refuses, which the common code cannot
//! read, so it is made here.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::Timestamp;
use reqwest::Method;
use serde_json::Value;

use super::Pinterest;
use crate::api::{Failed, secret_header};
use crate::tokens::Tokens;
use crate::vault::Secret;

/// What a token call gave.
pub(super) struct Given {
    pub(super) tokens: Tokens,
    /// What they are good for; empty when Pinterest did not say.
    pub(super) scopes: Vec<String>,
}

impl Pinterest {
    /// Asks for tokens as the app of this number and secret, which are kept with them.
    pub(super) async fn ask_for_tokens(
        &self,
        id: &str,
        secret: &str,
        form: &[(&str, &str)],
        now: Timestamp,
    ) -> Result<Given, Failed> {
        let address = format!("{}/v5/oauth/token", self.server);
        let request = self.api.call(Method::POST, &address).await?.form(form);
        let app = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        let answer = self
            .api
            .send(secret_header(request, "authorization", &app))
            .await?;
        let given = answer.json().and_then(|json| read(&json, id, secret, now));
        // What it holds instead may be a token, so it is not told.
        given.ok_or_else(|| Failed::Cut("an answer without a token".to_owned()))
    }
}

fn read(json: &Value, id: &str, secret: &str, now: Timestamp) -> Option<Given> {
    let text = |name: &str| json[name].as_str().filter(|t| !t.is_empty());
    let ends = |name: &str| {
        let seconds = json[name].as_u64()?;
        Some(now.plus(Duration::from_secs(seconds)))
    };
    let mut tokens = Tokens::lasting(Secret::new(text("access_token")?));
    tokens.refresh = text("refresh_token").map(Secret::new);
    tokens.access_ends = ends("expires_in");
    tokens.sign_in_ends = ends("refresh_token_expires_in");
    for (name, value) in [("id", id), ("secret", secret)] {
        tokens.more.insert(name.to_owned(), Secret::new(value));
    }
    // Between commas, or between spaces as the standard has it.
    let scopes = text("scope").unwrap_or_default().split([',', ' ']);
    Some(Given {
        tokens,
        scopes: scopes
            .filter(|s| !s.is_empty())
            .map(str::to_owned)
            .collect(),
    })
}
