//! Signing in, and who an account is.

use std::collections::BTreeMap;

use model::AccountId;
use model::account::Account;
use model::failure::Category;
use reqwest::Method;
use serde_json::Value;

use super::app::{App, forgotten, keep_app, provider, refuse_lacking, secrets, take_app};
use super::catalogue::NAME;
use super::errors::{self, Doing};
use super::instance::Instance;
use super::server::{self, Server, host};
use super::{Mastodon, client};
use crate::api::{Failed, bearer};
use crate::connector::{Begun, Ctx, Refusal, SignInFields, SignedIn};
use crate::oauth::Memo;
use crate::tokens::Tokens;
use crate::vault::Secret;

/// Longest name that is kept, in characters.
const MAX_NAME: usize = 200;

impl Mastodon {
    /// The server a person named, asked and found to be one.
    async fn server(&self, fields: &SignInFields, ctx: Ctx<'_>) -> Result<Server, Refusal> {
        let mut typed = server::typed(fields.plain("server"))?;
        let local = |origin: &str| origin.starts_with("http://");
        if !self.stand_in.is_empty() && !local(&typed.origin) {
            typed.origin.clone_from(&self.stand_in);
        }
        server::find(&self.api, &typed, ctx).await
    }

    /// Signs in with a token that a person made.
    pub(super) async fn sign_in_with_token(
        &self,
        account: AccountId,
        fields: &SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let token = fields.secret("token");
        if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Refusal::never(
                Category::Validation,
                "That is no access token. Copy the whole line from Preferences, Development.",
            ));
        }
        let server = self.server(fields, ctx).await?;
        let token = Secret::new(token);
        let signed = self.who(&server, &token, ctx).await?;
        if let Some(granted) = self.scopes_of(&server.origin, &token).await {
            refuse_lacking(&granted)?;
        }
        self.sessions
            .keep(account, Tokens::lasting(token), ctx)
            .await?;
        Ok(signed)
    }

    pub(super) async fn begin_in_browser(
        &self,
        fields: &SignInFields,
        redirect: &str,
        ctx: Ctx<'_>,
    ) -> Result<Begun, Refusal> {
        let origin = self.server(fields, ctx).await?.origin;
        let kept = take_app(&origin, ctx).await?;
        let again = kept.is_some();
        let app = match kept.filter(|app| app.redirect == redirect) {
            Some(app) => app,
            None => self.register(&origin, redirect, ctx).await?,
        };
        let mut provider = provider(&origin, &app, host(&origin));
        if again {
            // Whoever has an account here already means another one.
            provider
                .extra
                .push(("force_login".to_owned(), "true".to_owned()));
        }
        let mut more = app.parts();
        more.insert("server".to_owned(), origin);
        provider.begin(redirect, more, ctx)
    }

    pub(super) async fn finish_in_browser(
        &self,
        account: AccountId,
        begun: &Begun,
        answer: &BTreeMap<String, String>,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let memo = Memo::of(begun)?;
        let app = App::read(|name| memo.more(name).to_owned());
        let origin = memo.more("server").to_owned();
        let provider = provider(&origin, &app, host(&origin));
        let granted = provider
            .finish(&self.api, &memo, answer, ctx.clock.now())
            .await;
        let mut granted = granted.map_err(|refusal| forgotten(refusal, &origin))?;
        if let Some(scopes) = &granted.scopes {
            refuse_lacking(scopes)?;
        }
        let server = Server {
            origin: origin.clone(),
            instance: None,
        };
        let signed = self.who(&server, &granted.tokens.access, ctx).await?;
        granted.tokens.more = secrets(app.parts());
        self.sessions.keep(account, granted.tokens, ctx).await?;
        keep_app(&origin, &app, ctx).await?;
        Ok(signed)
    }

    /// Whose token it is, and what their server allows.
    async fn who(
        &self,
        server: &Server,
        token: &Secret,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let now = ctx.clock.now();
        let told = |failed: Failed| match failed.status() {
            Some(401) => Refusal::never(
                Category::AuthError,
                format!(
                    "{} does not know this access token. Copy it again, or make a new one.",
                    host(&server.origin)
                ),
            )
            .with_detail(failed.detail()),
            _ => errors::refusal(&failed, Doing::Calling, "this account", now),
        };
        let address = format!("{}/api/v1/accounts/verify_credentials", server.origin);
        let request = self.api.call(Method::GET, &address).await.map_err(told)?;
        let profile = self.api.json(bearer(request, token)).await.map_err(told)?;
        let instance = match &server.instance {
            Some(instance) => Some(instance.clone()),
            None => server::ask(&self.api, &server.origin, Some(token))
                .await
                .map_err(told)?,
        };
        signed_in(&profile, &server.origin, instance.unwrap_or_default()).ok_or_else(|| {
            Refusal::later(
                Category::NetworkError,
                format!("{NAME} did not say whose account this is. Try again."),
            )
        })
    }

    /// What a token allows; none where the server does not say (before 4.3, and other software).
    async fn scopes_of(&self, origin: &str, token: &Secret) -> Option<Vec<String>> {
        let address = format!("{origin}/api/v1/apps/verify_credentials");
        let request = self.api.call(Method::GET, &address).await.ok()?;
        let app = self.api.json(bearer(request, token)).await.ok()?;
        let scopes = app.get("scopes")?.as_array()?;
        Some(
            scopes
                .iter()
                .filter_map(|s| s.as_str().map(str::to_owned))
                .collect(),
        )
    }

    pub(super) async fn identify_now(
        &self,
        account: &Account,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let path = "/api/v1/accounts/verify_credentials";
        let answer = self
            .read(account, path, client::Carry::Nothing, ctx)
            .await?;
        // A server that does not tell its limits this time keeps the ones it told before.
        let tokens = self.sessions.peek(account.id, ctx).await?;
        let token = tokens.as_ref().map(|t| &t.access);
        let instance = match server::ask(&self.api, &account.server, token).await {
            Ok(Some(instance)) => instance,
            _ => Instance::of(account),
        };
        let signed = answer
            .json()
            .and_then(|profile| signed_in(&profile, &account.server, instance));
        signed.ok_or_else(|| {
            Refusal::later(
                Category::NetworkError,
                format!("{NAME} did not say whose account this is. Try again."),
            )
        })
    }

    /// Ends the session on the server, as far as it was made by Almanac: a token that a person made ends
    /// when they delete their application.
    pub(super) async fn end_session(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        let Some(tokens) = self.sessions.take(account.id, ctx).await? else {
            return Ok(());
        };
        let app = App::of_tokens(&tokens);
        if app.id.is_empty() {
            return Ok(());
        }
        let now = ctx.clock.now();
        let told = |failed: Failed| failed.usual(NAME, &account.handle, now);
        let address = format!("{}/oauth/revoke", account.server);
        let form = [
            ("client_id", app.id.as_str()),
            ("client_secret", app.secret.reveal()),
            ("token", tokens.access.reveal()),
        ];
        let request = self.api.call(Method::POST, &address).await.map_err(told)?;
        match self.api.send(request.form(&form)).await {
            Ok(_) => Ok(()),
            // Gone already, or a software that has no such call.
            Err(failed) if matches!(failed.status(), Some(400 | 401 | 403 | 404)) => Ok(()),
            Err(failed) => Err(told(failed)),
        }
    }
}

/// An account from its profile.
fn signed_in(profile: &Value, origin: &str, mut instance: Instance) -> Option<SignedIn> {
    let text = |path: &str| profile.pointer(path).and_then(Value::as_str);
    let clean = |text: &str| -> String {
        text.chars()
            .filter(|c| !c.is_control())
            .take(MAX_NAME)
            .collect()
    };
    let (id, name) = (text("/id")?, clean(text("/username")?));
    let shown = clean(text("/display_name").unwrap_or_default().trim());
    if let Some(visibility) = text("/source/privacy") {
        instance.visibility = clean(visibility);
    }
    if instance.domain.is_empty() {
        host(origin).clone_into(&mut instance.domain);
    }
    Some(SignedIn {
        // Ids are a server's own: two servers may give the same one.
        remote_id: format!("{}/{id}", host(origin)),
        handle: format!("{name}@{}", instance.domain),
        display_name: if shown.is_empty() { name } else { shown },
        server: origin.to_owned(),
        settings: serde_json::to_value(&instance).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_account_is_known_by_its_server_and_id() {
        let profile = json!({ "id": "7", "username": "ana", "display_name": " ", "source": { "privacy": "private" } });
        let signed = signed_in(
            &profile,
            "https://m.example.org",
            Instance {
                domain: "example.org".to_owned(),
                ..Instance::default()
            },
        )
        .unwrap();
        assert_eq!(
            (
                signed.remote_id.as_str(),
                signed.handle.as_str(),
                signed.display_name.as_str()
            ),
            ("m.example.org/7", "ana@example.org", "ana")
        );
        assert_eq!(signed.settings["visibility"], "private");
        assert_eq!(
            signed_in(
                &json!({ "username": "ana" }),
                "https://m.example.org",
                Instance::default()
            ),
            None
        );
    }
}
