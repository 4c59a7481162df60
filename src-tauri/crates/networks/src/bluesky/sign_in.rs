//! Signing in with an app password, and who an account is.

use model::AccountId;
use model::account::Account;
use model::failure::Category;
use serde_json::{Value, json};

use super::client::{Auth, CallError};
use super::errors::{self, Doing};
use super::session::of_answer;
use super::text::is_handle;
use super::{Bluesky, server};
use crate::connector::{Ctx, Refusal, SignInFields, SignedIn};
use crate::refusal::is_app_password;
use crate::vault::Secret;

/// What a person typed, checked.
struct Wanted {
    identifier: String,
    password: Secret,
    /// Origin of the server they named.
    server: Option<String>,
}

fn read(fields: &SignInFields) -> Result<Wanted, Refusal> {
    let identifier = fields
        .plain("identifier")
        .trim_start_matches('@')
        .to_ascii_lowercase();
    let form = is_handle(&identifier) || identifier.starts_with("did:") || identifier.contains('@');
    if !form || identifier.len() > 2_048 {
        return Err(Refusal::never(
            Category::Validation,
            "A Bluesky handle has a dot in it, such as ana.bsky.social.",
        ));
    }
    let password = fields.secret("password");
    // The main password is never sent anywhere, not even to its own server.
    if !is_app_password(password) {
        return Err(errors::main_password());
    }
    let server = match fields.plain("server") {
        "" => None,
        address => Some(server::normalised(address)?),
    };
    Ok(Wanted {
        identifier,
        password: Secret::new(password),
        server,
    })
}

impl Bluesky {
    pub(super) async fn sign_in_with(
        &self,
        account: AccountId,
        fields: &SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let wanted = read(fields)?;
        let asked = match &wanted.server {
            Some(server) => server.clone(),
            None => self.home_of(&wanted.identifier, ctx).await,
        };
        let input =
            json!({ "identifier": wanted.identifier, "password": wanted.password.reveal() });
        let method = "com.atproto.server.createSession";
        let answer = self
            .xrpc
            .procedure(&asked, method, Some(&input), Auth::None, ctx.clock)
            .await
            .map_err(|error| errors::refusal(&error, Doing::SigningIn, &wanted.identifier))?;
        refuse_inactive(&answer, &wanted.identifier)?;
        let text = |name: &str| answer.get(name).and_then(Value::as_str).map(str::to_owned);
        let (Some(did), Some(handle), Some(tokens)) = (
            text("did"),
            text("handle"),
            of_answer(&answer, ctx.clock.now()),
        ) else {
            let odd = CallError::Strange {
                status: 200,
                detail: "createSession without tokens".to_owned(),
            };
            return Err(errors::refusal(&odd, Doing::SigningIn, &wanted.identifier));
        };
        // A server that a person named is kept; the entryway names the server behind it.
        let behind = answer
            .get("didDoc")
            .and_then(|doc| server::endpoint(doc, &asked));
        let server = match (&wanted.server, behind) {
            (None, Some(behind)) => behind,
            _ => asked,
        };
        self.sessions.keep(account, tokens, ctx).await?;
        let display_name = self
            .display_name(&server, &did, ctx)
            .await
            .unwrap_or_else(|| handle.clone());
        Ok(SignedIn {
            remote_id: did,
            handle,
            display_name,
            server,
            settings: json!({}),
        })
    }

    /// The server to sign in at when none was named.
    async fn home_of(&self, identifier: &str, ctx: Ctx<'_>) -> String {
        let entryway = &self.config.entryway;
        server::of_handle(
            &self.xrpc,
            identifier,
            entryway,
            &self.config.directory,
            ctx.clock,
        )
        .await
        .unwrap_or_else(|| entryway.clone())
    }

    pub(super) async fn identify_now(
        &self,
        account: &Account,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let answer = self
            .sessions
            .call(account, ctx, |token| async move {
                let method = "com.atproto.server.getSession";
                self.xrpc
                    .query(
                        &account.server,
                        method,
                        &[],
                        Auth::Bearer(&token),
                        ctx.clock,
                    )
                    .await
            })
            .await
            .map_err(|failed| failed.told(&account.handle))?;
        refuse_inactive(&answer, &account.handle)?;
        let handle = answer
            .get("handle")
            .and_then(Value::as_str)
            .unwrap_or(&account.handle);
        let display_name = self
            .display_name(&account.server, &account.remote_id, ctx)
            .await;
        Ok(SignedIn {
            remote_id: account.remote_id.clone(),
            handle: handle.to_owned(),
            display_name: display_name.unwrap_or_else(|| account.display_name.clone()),
            server: account.server.clone(),
            settings: account.settings.clone(),
        })
    }

    /// The name an account shows, from its profile record. Many have none.
    async fn display_name(&self, server: &str, did: &str, ctx: Ctx<'_>) -> Option<String> {
        let parameters = [
            ("repo", did),
            ("collection", "app.bsky.actor.profile"),
            ("rkey", "self"),
        ];
        let method = "com.atproto.repo.getRecord";
        let answer = self
            .xrpc
            .query(server, method, &parameters, Auth::None, ctx.clock)
            .await
            .ok()?;
        let name = answer.pointer("/value/displayName")?.as_str()?.trim();
        let name: String = name.chars().filter(|c| !c.is_control()).take(640).collect();
        (!name.is_empty()).then_some(name)
    }
}

/// A session may be given for an account that cannot post.
fn refuse_inactive(answer: &Value, handle: &str) -> Result<(), Refusal> {
    if answer.get("active").and_then(Value::as_bool) != Some(false) {
        return Ok(());
    }
    let status = answer
        .get("status")
        .and_then(Value::as_str)
        .unwrap_or("inactive");
    let error = match status {
        "takendown" => "AccountTakedown",
        "suspended" => "AccountSuspended",
        _ => "AccountDeactivated",
    };
    let answered = super::client::XrpcError {
        status: 401,
        error: error.to_owned(),
        message: status.to_owned(),
        reset: None,
    };
    Err(errors::refusal(
        &CallError::Answered(answered),
        Doing::Calling,
        handle,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(identifier: &str, password: &str) -> SignInFields {
        let mut fields = SignInFields::default();
        fields
            .plain
            .insert("identifier".to_owned(), identifier.to_owned());
        fields
            .secret
            .insert("password".to_owned(), Secret::new(password));
        fields
    }

    #[test]
    fn main_passwords_are_refused_before_anything_is_sent() {
        for password in [
            "hunter2",
            "",
            "correct-horse-battery-staple",
            "ABCD-efgh-ijkl-mnop",
        ] {
            let refused = read(&form("ana.test", password)).err().unwrap();
            assert!(refused.message.contains("App passwords"), "{password}");
        }
    }

    #[test]
    fn handles_are_taken_as_people_type_them() {
        for typed in [
            "@Ana.bsky.social ",
            "ana.bsky.social",
            "did:plc:abc",
            "ana@example.com",
        ] {
            let wanted = read(&form(typed, " abcd-efgh-ijkl-mnop ")).ok().unwrap();
            assert!(
                !wanted.identifier.starts_with('@')
                    && wanted.identifier == wanted.identifier.trim()
            );
            assert_eq!(wanted.password.reveal(), "abcd-efgh-ijkl-mnop");
        }
        assert!(read(&form("ana", "abcd-efgh-ijkl-mnop")).is_err());
    }
}
