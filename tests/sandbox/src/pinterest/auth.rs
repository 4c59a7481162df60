//! Signing in: the page that sends the browser back at once, and tokens for codes and refresh tokens.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::{Access, Answer, CLIENT_ID, CLIENT_SECRET, Code, REDIRECT, Refused, SCOPES, State};

/// How long a code counts.
const CODE_COUNTS: Duration = Duration::from_secs(30);

impl State {
    /// Where the browser is sent back to.
    pub(super) fn authorize(
        &mut self,
        query: &HashMap<String, String>,
    ) -> Result<String, &'static str> {
        let text = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
        if text("client_id") != CLIENT_ID {
            return Err("Client ID could not be found.");
        }
        if text("redirect_uri") != REDIRECT {
            return Err("The provided redirect_uri does not match any registered redirect.");
        }
        if text("response_type") != "code" || text("scope") != SCOPES {
            return Err("The scope has to be a list between commas.");
        }
        let state = text("state");
        if self.denies {
            return Ok(format!("{REDIRECT}?error=access_denied&state={state}"));
        }
        self.tokens_made += 1;
        let code = format!("code{:032}", self.tokens_made);
        let granted = Code {
            at: Instant::now(),
            scopes: self.grants.clone(),
        };
        self.codes.insert(code.clone(), granted);
        Ok(format!("{REDIRECT}?code={code}&state={state}"))
    }

    pub(super) fn token(&mut self, headers: &HeaderMap, body: &str) -> Answer {
        let wanted = STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}"));
        let shown = headers
            .get(header::AUTHORIZATION)
            .and_then(|v| v.to_str().ok());
        if shown != Some(&format!("Basic {wanted}")) {
            return Err(Refused::new(401, 2, "Authentication failed."));
        }
        let odd = || Refused::new(400, 1, "Invalid request");
        let uri: axum::http::Uri = format!("http://x/?{body}").parse().map_err(|_| odd())?;
        let fields = axum::extract::Query::<HashMap<String, String>>::try_from_uri(&uri);
        let fields = fields.map_err(|_| odd())?.0;
        let text = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
        let scopes = match text("grant_type") {
            "authorization_code" => {
                let code = self.codes.remove(text("code"));
                let code = code.filter(|c| c.at.elapsed() < CODE_COUNTS);
                let code = code.filter(|_| text("redirect_uri") == REDIRECT);
                code.ok_or_else(|| Refused::new(400, 1, "Invalid authorization code."))?
                    .scopes
            }
            "refresh_token" => {
                let good = self.refresh.get_mut(text("refresh_token"));
                match good {
                    Some(good) if *good => *good = false,
                    _ => return Err(Refused::new(401, 2, "Authentication failed.")),
                }
                self.grants.clone()
            }
            _ => return Err(odd()),
        };
        self.tokens_made += 1;
        let access = format!("pina_{:048}", self.tokens_made);
        let refresh = format!("pinr_{:048}", self.tokens_made);
        let given = Access {
            good: true,
            scopes: scopes.clone(),
        };
        self.access.insert(access.clone(), given);
        self.refresh.insert(refresh.clone(), true);
        Ok(json!({
            "access_token": access, "token_type": "bearer", "expires_in": 2_592_000,
            "refresh_token": refresh, "refresh_token_expires_in": 5_184_000, "scope": scopes,
            "response_type": "authorization_code",
        }))
    }

    /// Checks the token of a call and what it is good for.
    pub(super) fn authorised(&self, headers: &HeaderMap, needed: &[&str]) -> Result<(), Refused> {
        let shown = headers
            .get(header::AUTHORIZATION)
            .and_then(|v| v.to_str().ok());
        let token = shown
            .and_then(|v| v.strip_prefix("Bearer "))
            .unwrap_or_default();
        let access = self.access.get(token).filter(|a| a.good && !self.closed);
        let access = access.ok_or_else(|| Refused::new(401, 2, "Authentication failed."))?;
        let has = |scope: &&str| access.scopes.split(',').any(|s| s == *scope);
        if needed.iter().all(has) {
            return Ok(());
        }
        Err(Refused::new(
            401,
            3,
            "Authorization failed: insufficient scope.",
        ))
    }
}
