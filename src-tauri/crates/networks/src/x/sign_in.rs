//! Signing in: through the browser with PKCE, or with a refresh token made elsewhere. X lets a refresh
//! token be used once and gives the next one with every renewal, good for about six months.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use model::account::Account;
use model::failure::{Category, Retry};
use model::{AccountId, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use super::{X, errors};
use crate::api::{Answer, Failed, bearer};
use crate::connector::{Begun, Ctx, Refusal, SignInFields, SignedIn};
use crate::oauth::{Granted, Memo, Provider};
use crate::tokens::{NEWCOMER, Renew, Tokens};
use crate::vault::Secret;

/// What is asked of the account's profile.
pub(super) const ME: [(&str, &str); 1] = [(
    "user.fields",
    "name,username,verified,verified_type,subscription_type",
)];
/// What Almanac needs; nothing more is asked for.
pub(super) const SCOPES: [&str; 5] = [
    "tweet.read",
    "tweet.write",
    "users.read",
    "media.write",
    "offline.access",
];
/// How long a refresh token is good when it is not used.
const REFRESH_LIFE: Duration = Duration::from_hours(24 * 180);
/// How often it is asked who signed in, each time after twice the wait.
const ASKS: u32 = 4;
const CLIENT_ID: &str = "clientId";
const CLIENT_SECRET: &str = "clientSecret";

impl X {
    fn provider(&self, client_id: &str, client_secret: &str) -> Provider {
        let secret = (!client_secret.is_empty()).then(|| Secret::new(client_secret));
        Provider {
            network: errors::NAME.to_owned(),
            authorize: self.authorize.clone(),
            token: format!("{}/2/oauth2/token", self.origin),
            client_id: client_id.to_owned(),
            basic: secret.is_some(),
            client_secret: secret,
            scopes: SCOPES.map(str::to_owned).to_vec(),
            extra: vec![],
        }
    }

    pub(super) fn begin_in_browser(
        &self,
        fields: &SignInFields,
        redirect: &str,
        ctx: Ctx<'_>,
    ) -> Result<Begun, Refusal> {
        let client_id = client_id(fields)?;
        let secret = fields.secret(CLIENT_SECRET);
        let more = BTreeMap::from([
            (CLIENT_ID.to_owned(), client_id.to_owned()),
            (CLIENT_SECRET.to_owned(), secret.to_owned()),
        ]);
        self.provider(client_id, secret).begin(redirect, more, ctx)
    }

    pub(super) async fn finish_in_browser(
        &self,
        account: AccountId,
        begun: &Begun,
        answer: &BTreeMap<String, String>,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let memo = Memo::of(begun)?;
        let (id, secret) = (memo.more(CLIENT_ID), memo.more(CLIENT_SECRET));
        let provider = self.provider(id, secret);
        let now = ctx.clock.now();
        let mut granted = provider.finish(&self.api, &memo, answer, now).await?;
        granted.tokens.more = app(id, secret);
        self.connected(account, granted, ctx).await
    }

    pub(super) async fn sign_in_with_token(
        &self,
        account: AccountId,
        fields: &SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let client_id = client_id(fields)?;
        let secret = fields.secret(CLIENT_SECRET);
        let refresh = fields.secret("refreshToken");
        if refresh.is_empty() || refresh.contains(char::is_whitespace) {
            return Err(Refusal::never(
                Category::Validation,
                "Paste the refresh token: a long line of letters and digits without spaces.",
            ));
        }
        let pasted = Tokens {
            refresh: Some(Secret::new(refresh)),
            more: app(client_id, secret),
            ..Tokens::lasting(Secret::new(""))
        };
        let provider = self.provider(client_id, secret);
        let now = ctx.clock.now();
        let granted = provider.renew(&self.api, &pasted, NEWCOMER, now).await;
        let granted = granted.map_err(|refusal| match refusal.category {
            Category::AuthError if refusal.message.contains("Connect the account again") => Refusal {
                message: "X does not take this refresh token with this client ID. It can be used once; make a new one.".to_owned(),
                ..refusal
            },
            _ => refusal,
        })?;
        let connected = self.connected(account, granted, ctx).await;
        connected.map_err(|refusal| Refusal {
            message: format!(
                "{} This refresh token is used up now: make a new one before you try again.",
                refusal.message
            ),
            ..refusal
        })
    }

    /// Asks who signed in and keeps the tokens.
    async fn connected(
        &self,
        account: AccountId,
        granted: Granted,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let lacks = granted.lacks(&SCOPES[..4]);
        if !lacks.is_empty() {
            let message = "X did not let Almanac post for this account. Set your app to Read and write, then sign in again and allow everything.";
            return Err(Refusal::never(Category::AuthError, message)
                .with_detail(format!("missing: {}", lacks.join(" "))));
        }
        let now = ctx.clock.now();
        let mut tokens = granted.tokens;
        tokens.sign_in_ends = ends(&tokens, now);
        let who = self.who(&tokens.access, now).await?;
        let signed = signed_in(&who).ok_or_else(|| odd_answer(&who))?;
        self.sessions.keep(account, tokens, ctx).await?;
        Ok(signed)
    }

    /// Asks who signed in, once more where that fails in passing: the code or refresh token that was given
    /// for these tokens is spent, and all of it would have to be done anew.
    async fn who(&self, access: &Secret, now: Timestamp) -> Result<Value, Refusal> {
        let address = format!("{}/2/users/me", self.origin);
        let (mut asked, mut wait) = (1, self.second);
        loop {
            let who = async {
                let call = self.api.call(Method::GET, &address).await?.query(&ME);
                self.api.json(bearer(call, access)).await
            };
            let refusal = match who.await {
                Ok(who) => return Ok(who),
                Err(failed) => errors::refusal(&failed, NEWCOMER, now),
            };
            if asked == ASKS || refusal.retry != Retry::Backoff {
                return Err(refusal);
            }
            tokio::time::sleep(wait).await;
            (asked, wait) = (asked + 1, wait * 2);
        }
    }

    pub(super) async fn revoke(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        let Some(tokens) = self.sessions.take(account.id, ctx).await? else {
            return Ok(());
        };
        let (id, secret) = (tokens.more(CLIENT_ID), tokens.more(CLIENT_SECRET));
        let token = tokens.refresh.as_ref().unwrap_or(&tokens.access);
        let address = format!("{}/2/oauth2/revoke", self.origin);
        let ended = async {
            let call = self.api.call(Method::POST, &address).await?;
            let call = if secret.is_empty() {
                call
            } else {
                call.basic_auth(id, Some(secret))
            };
            let form = [("token", token.reveal()), ("client_id", id)];
            self.api.send(call.form(&form)).await
        };
        match ended.await {
            Ok(_) => Ok(()),
            // A token that is not known any more has ended.
            Err(failed) if failed.status().is_some_and(|s| s < 429) => Ok(()),
            Err(failed) => Err(errors::refusal(&failed, &account.handle, ctx.clock.now())),
        }
    }
}

#[async_trait]
impl Renew for X {
    fn network(&self) -> &'static str {
        errors::NAME
    }

    async fn renew(
        &self,
        account: &Account,
        old: &Tokens,
        ctx: Ctx<'_>,
    ) -> Result<Tokens, Refusal> {
        let provider = self.provider(old.more(CLIENT_ID), old.more(CLIENT_SECRET));
        let now = ctx.clock.now();
        let granted = provider.renew(&self.api, old, &account.handle, now).await?;
        let mut tokens = granted.tokens;
        tokens.sign_in_ends = ends(&tokens, now);
        Ok(tokens)
    }
}

fn client_id(fields: &SignInFields) -> Result<&str, Refusal> {
    let id = fields.plain(CLIENT_ID);
    let typed = !id.is_empty() && id.bytes().all(|b| b.is_ascii_graphic());
    if typed {
        return Ok(id);
    }
    Err(Refusal::never(
        Category::Validation,
        "Enter the OAuth 2.0 Client ID of your X app: letters and digits without spaces.",
    ))
}

fn app(client_id: &str, client_secret: &str) -> BTreeMap<String, Secret> {
    BTreeMap::from([
        (CLIENT_ID.to_owned(), Secret::new(client_id)),
        (CLIENT_SECRET.to_owned(), Secret::new(client_secret)),
    ])
}

/// When a person has to sign in again, if nothing is renewed meanwhile.
fn ends(tokens: &Tokens, now: Timestamp) -> Option<Timestamp> {
    match tokens.refresh {
        Some(_) => Some(now.plus(REFRESH_LIFE)),
        None => tokens.access_ends,
    }
}

/// The account of an answer to "who am I".
pub(super) fn signed_in(answer: &Value) -> Option<SignedIn> {
    let text = |name: &str| answer.pointer(&format!("/data/{name}"))?.as_str();
    let (id, username) = (text("id")?, text("username")?);
    let subscription = text("subscription_type").unwrap_or("None");
    Some(SignedIn {
        remote_id: id.to_owned(),
        handle: format!("@{username}"),
        display_name: text("name").unwrap_or(username).to_owned(),
        server: String::new(),
        settings: json!({ "subscriptionType": subscription }),
    })
}

/// A good answer that says nothing about the account.
pub(super) fn odd_answer(answer: &Value) -> Refusal {
    let failed = Failed::Answered(Answer {
        status: 200,
        headers: reqwest::header::HeaderMap::new(),
        body: answer.to_string().into_bytes(),
    });
    Refusal::later(
        Category::NetworkError,
        "X did not say whose account this is. Try again.",
    )
    .with_detail(failed.detail())
}
