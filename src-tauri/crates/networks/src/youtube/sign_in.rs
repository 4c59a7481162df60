//! Signing in with Google: a desktop client with PKCE on any free port, or a refresh token made
//! elsewhere. One sign-in is one channel.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use model::AccountId;
use model::account::Account;
use model::failure::Category;
use reqwest::Method;
use serde_json::{Value, json};

use super::{YouTube, errors};
use crate::api::bearer;
use crate::connector::{Begun, Ctx, Refusal, SignInFields, SignedIn};
use crate::oauth::{Granted, Memo, Provider};
use crate::tokens::{NEWCOMER, Renew, Tokens};
use crate::vault::Secret;

/// Covers uploads, thumbnails, playlists, numbers and deleting.
pub(super) const SCOPE: &str = "https://www.googleapis.com/auth/youtube.force-ssl";
/// What a token pasted or kept from earlier may have in its place: everything but comments.
const WITHOUT_COMMENTS: &str = "https://www.googleapis.com/auth/youtube";
/// How long a refresh token is good when it is not used.
const UNUSED_LIFE: Duration = Duration::from_hours(24 * 180);
const CLIENT_ID: &str = "clientId";
const CLIENT_SECRET: &str = "clientSecret";
/// What is asked of the channel.
pub(super) const CHANNEL: &str = "/youtube/v3/channels?part=snippet,contentDetails&mine=true";

impl YouTube {
    fn provider(&self, client_id: &str, client_secret: &str) -> Provider {
        let extra = [("access_type", "offline"), ("prompt", "consent")];
        Provider {
            network: errors::NAME.to_owned(),
            authorize: format!("{}/o/oauth2/v2/auth", self.accounts),
            token: format!("{}/token", self.oauth),
            client_id: client_id.to_owned(),
            client_secret: Some(Secret::new(client_secret)),
            basic: false,
            scopes: vec![SCOPE.to_owned()],
            extra: extra.map(|(k, v)| (k.to_owned(), v.to_owned())).to_vec(),
        }
    }

    pub(super) fn begin_in_browser(
        &self,
        fields: &SignInFields,
        redirect: &str,
        ctx: Ctx<'_>,
    ) -> Result<Begun, Refusal> {
        let (id, secret) = client(fields)?;
        let more = BTreeMap::from([
            (CLIENT_ID.to_owned(), id.to_owned()),
            (CLIENT_SECRET.to_owned(), secret.to_owned()),
        ]);
        self.provider(id, secret).begin(redirect, more, ctx)
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
        let now = ctx.clock.now();
        let mut granted = self
            .provider(id, secret)
            .finish(&self.api, &memo, answer, now)
            .await?;
        granted.tokens.more = app(id, secret);
        self.connected(account, granted, ctx).await
    }

    pub(super) async fn sign_in_with_token(
        &self,
        account: AccountId,
        fields: &SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let (id, secret) = client(fields)?;
        let refresh = fields.secret("refreshToken");
        if refresh.is_empty() || refresh.contains(char::is_whitespace) {
            return Err(Refusal::never(
                Category::Validation,
                "Paste the refresh token: one long line without spaces.",
            ));
        }
        let pasted = Tokens {
            refresh: Some(Secret::new(refresh)),
            more: app(id, secret),
            ..Tokens::lasting(Secret::new(""))
        };
        let now = ctx.clock.now();
        let granted = self
            .provider(id, secret)
            .renew(&self.api, &pasted, NEWCOMER, now)
            .await?;
        self.connected(account, granted, ctx).await
    }

    async fn connected(
        &self,
        account: AccountId,
        granted: Granted,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let has = |scope| granted.lacks(&[scope]).is_empty();
        if !has(SCOPE) && !has(WITHOUT_COMMENTS) {
            return Err(Refusal::never(
                Category::AuthError,
                "Google did not let Almanac manage the channel. Sign in again and leave every box ticked.",
            ));
        }
        let now = ctx.clock.now();
        let address = format!("{}{CHANNEL}", self.origin);
        let token = granted.tokens.access.clone();
        let answer = async {
            let call = self.api.call(Method::GET, &address).await?;
            self.api.json(bearer(call, &token)).await
        };
        let answer = answer
            .await
            .map_err(|failed| errors::refusal(&failed, NEWCOMER, now))?;
        let signed = channel(&answer)?;
        let tokens = Tokens {
            sign_in_ends: granted
                .ends("refresh_token_expires_in", now)
                .or(Some(now.plus(UNUSED_LIFE))),
            ..granted.tokens
        };
        self.sessions.keep(account, tokens, ctx).await?;
        Ok(signed)
    }

    /// Forgets the sign-in on this computer. Google's own way to end it would end every channel of the
    /// same person, so that stays with the person.
    pub(super) async fn forget(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        self.sessions.take(account.id, ctx).await.map(|_| ())
    }
}

#[async_trait]
impl Renew for YouTube {
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
        let ends = granted.ends("refresh_token_expires_in", now);
        Ok(Tokens {
            sign_in_ends: ends.or(Some(now.plus(UNUSED_LIFE))),
            ..granted.tokens
        })
    }
}

fn client(fields: &SignInFields) -> Result<(&str, &str), Refusal> {
    let (id, secret) = (fields.plain(CLIENT_ID), fields.secret(CLIENT_SECRET));
    if id.is_empty() || secret.is_empty() || id.contains(char::is_whitespace) {
        return Err(Refusal::never(
            Category::Validation,
            "Enter the client ID and the client secret of your Google project.",
        ));
    }
    Ok((id, secret))
}

fn app(id: &str, secret: &str) -> BTreeMap<String, Secret> {
    BTreeMap::from([
        (CLIENT_ID.to_owned(), Secret::new(id)),
        (CLIENT_SECRET.to_owned(), Secret::new(secret)),
    ])
}

/// The channel of an answer.
pub(super) fn channel(answer: &Value) -> Result<SignedIn, Refusal> {
    let text = |path: &str| answer.pointer(path).and_then(Value::as_str);
    let Some(id) = text("/items/0/id") else {
        return Err(Refusal::never(
            Category::AuthError,
            "This Google account has no channel on YouTube. Create one there, then sign in again.",
        ));
    };
    let title = text("/items/0/snippet/title").unwrap_or(id);
    let uploads = text("/items/0/contentDetails/relatedPlaylists/uploads");
    Ok(SignedIn {
        remote_id: id.to_owned(),
        handle: text("/items/0/snippet/customUrl")
            .unwrap_or(title)
            .to_owned(),
        display_name: title.to_owned(),
        server: String::new(),
        settings: json!({ "uploads": uploads.unwrap_or_default() }),
    })
}
