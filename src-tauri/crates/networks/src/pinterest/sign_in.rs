//! Signing in through the browser with an app of the person's own, or with a token for trying.

use std::collections::BTreeMap;

use async_trait::async_trait;
use model::AccountId;
use model::account::Account;
use model::failure::Category;
use serde_json::{Value, json};

use super::{Pinterest, errors};
use crate::api::Failed;
use crate::connector::{Begun, Ctx, Refusal, SignInFields, SignedIn};
use crate::oauth::{Memo, Provider};
use crate::tokens::{CallFailed, Renew, Tokens, signed_out};
use crate::vault::Secret;

/// What is asked for: all four are needed to make a pin, and the last names the account.
pub(super) const SCOPES: [&str; 5] = [
    "boards:read",
    "boards:write",
    "pins:read",
    "pins:write",
    "user_accounts:read",
];

fn wrong(message: &str) -> Refusal {
    Refusal::never(Category::Validation, message)
}

impl Pinterest {
    fn provider(&self, id: &str, secret: &str) -> Provider {
        Provider {
            network: "Pinterest".to_owned(),
            authorize: format!("{}/oauth/", self.www),
            token: format!("{}/v5/oauth/token", self.server),
            client_id: id.to_owned(),
            client_secret: Some(Secret::new(secret)),
            basic: true,
            // Pinterest separates them by commas.
            scopes: vec![SCOPES.join(",")],
            extra: vec![],
        }
    }

    pub(super) fn begin_now(
        &self,
        fields: &SignInFields,
        redirect: &str,
        ctx: Ctx<'_>,
    ) -> Result<Begun, Refusal> {
        let (id, secret) = (fields.plain("client_id"), fields.secret("client_secret"));
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong(
                "The app ID of Pinterest is a number. Copy it from your app's page.",
            ));
        }
        if secret.is_empty() {
            return Err(wrong("Enter the app secret key from your app's page."));
        }
        let more = BTreeMap::from([
            ("id".to_owned(), id.to_owned()),
            ("secret".to_owned(), secret.to_owned()),
        ]);
        self.provider(id, secret).begin(redirect, more, ctx)
    }

    pub(super) async fn finish_now(
        &self,
        account: AccountId,
        begun: &Begun,
        answer: &BTreeMap<String, String>,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let memo = Memo::of(begun)?;
        let (id, secret) = (memo.more("id"), memo.more("secret"));
        let code = self.provider(id, secret).code(answer)?;
        let now = ctx.clock.now();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", memo.redirect.as_str()),
        ];
        let given = self.ask_for_tokens(id, secret, &form, now).await;
        let given = given.map_err(|failed| {
            if !errors::token_refused(&failed) {
                return errors::refusal(&failed, "this account", now);
            }
            let message = "Pinterest did not take the sign-in: it took too long, or the app secret key is another one. Check it and start again.";
            Refusal::never(Category::AuthError, message).with_detail(failed.detail())
        })?;
        let has = |scope: &str| given.scopes.iter().any(|s| s == scope);
        let missing: Vec<&str> = SCOPES.into_iter().filter(|scope| !has(scope)).collect();
        if !given.scopes.is_empty() && !missing.is_empty() {
            return Err(Refusal::never(
                Category::AuthError,
                format!(
                    "Pinterest did not allow everything: {} is missing. Start again and allow it.",
                    missing.join(", ")
                ),
            ));
        }
        let tokens = given.tokens;
        let found = self.who(&tokens.access, "this account", ctx).await?;
        self.sessions.keep(account, tokens, ctx).await?;
        Ok(found)
    }

    pub(super) async fn sign_in_with(
        &self,
        account: AccountId,
        fields: &SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let token = fields.secret("token");
        if !token.starts_with("pina_") || token.len() < 20 || token.contains(char::is_whitespace) {
            return Err(wrong(
                "That is not an access token of Pinterest. It begins with pina_.",
            ));
        }
        let token = Secret::new(token);
        let found = self.who(&token, "this account", ctx).await?;
        let kept = Tokens::lasting(token);
        self.sessions.keep(account, kept, ctx).await?;
        Ok(found)
    }

    pub(super) async fn identify_now(
        &self,
        account: &Account,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let path = "/v5/user_account";
        let me = self
            .sessions
            .call(account, self, errors::stale, ctx, |tokens| async move {
                self.get(&tokens.access, path, &[]).await
            })
            .await;
        let me = me.map_err(|failed| told(failed, account, ctx))?;
        signed_in(&me).ok_or_else(|| odd(&account.handle, ctx))
    }

    async fn who(&self, token: &Secret, handle: &str, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        let me = self.get(token, "/v5/user_account", &[]).await;
        let me = me.map_err(|failed| {
            if errors::stale(&failed) && failed.json().is_some() {
                let message = "Pinterest does not know this token. Make a new one and copy it.";
                return Refusal::never(Category::AuthError, message);
            }
            errors::refusal(&failed, handle, ctx.clock.now())
        })?;
        signed_in(&me).ok_or_else(|| odd(handle, ctx))
    }
}

/// What a failed call of an account means.
pub(super) fn told(failed: CallFailed<Failed>, account: &Account, ctx: Ctx<'_>) -> Refusal {
    failed.into_refusal(|failed| errors::refusal(&failed, &account.handle, ctx.clock.now()))
}

fn odd(handle: &str, ctx: Ctx<'_>) -> Refusal {
    let odd = Failed::Cut("an answer without the account".to_owned());
    errors::refusal(&odd, handle, ctx.clock.now())
}

fn signed_in(me: &Value) -> Option<SignedIn> {
    let text = |name: &str| {
        me[name]
            .as_str()
            .filter(|t| !t.is_empty())
            .map(str::to_owned)
    };
    let handle = text("username")?;
    Some(SignedIn {
        remote_id: text("id").unwrap_or_else(|| handle.clone()),
        display_name: text("business_name").unwrap_or_else(|| handle.clone()),
        handle,
        server: String::new(),
        settings: json!({ "kind": text("account_type") }),
    })
}

#[async_trait]
impl Renew for Pinterest {
    fn network(&self) -> &'static str {
        "Pinterest"
    }

    async fn renew(
        &self,
        account: &Account,
        old: &Tokens,
        ctx: Ctx<'_>,
    ) -> Result<Tokens, Refusal> {
        let (id, secret) = (old.more("id"), old.more("secret"));
        let refresh = old.refresh.as_ref().map(Secret::reveal);
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.unwrap_or_default()),
        ];
        let now = ctx.clock.now();
        let given = self.ask_for_tokens(id, secret, &form, now).await;
        let given = given.map_err(|failed| {
            if errors::token_refused(&failed) {
                return signed_out("Pinterest", &account.handle).with_detail(failed.detail());
            }
            errors::refusal(&failed, &account.handle, now)
        })?;
        let mut tokens = given.tokens;
        tokens.refresh = tokens.refresh.or_else(|| old.refresh.clone());
        tokens.sign_in_ends = tokens.sign_in_ends.or(old.sign_in_ends);
        Ok(tokens)
    }
}
