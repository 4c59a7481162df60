//! Signing in through the browser, or with a refresh token made elsewhere. Apps of the kind that is meant
//! for this computer have no secret, and show an empty one.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use model::account::Account;
use model::failure::Category;
use model::{AccountId, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use super::catalogue::{CLIENT_ID, CLIENT_SECRET, NAME, OWNER, REFRESH_TOKEN};
use super::client::{Carry, told};
use super::{Reddit, errors};
use crate::connector::{Begun, Ctx, Refusal, SignInFields, SignedIn};
use crate::oauth::{Granted, Memo, Provider};
use crate::tokens::{NEWCOMER, Renew, Tokens};
use crate::vault::Secret;

/// What is asked for: who it is, posting with flairs, looking at what was posted, deleting, and the
/// communities the account is in.
pub(super) const SCOPES: [&str; 7] = [
    "identity",
    "submit",
    "read",
    "history",
    "flair",
    "edit",
    "mysubreddits",
];
/// Without these nothing can be posted or looked for.
const NEEDED: [&str; 4] = ["identity", "submit", "read", "history"];
/// How long a refresh token is good when it is not used.
const UNUSED_LIFE: Duration = Duration::from_hours(24 * 365);
const ME: &str = "/api/v1/me";

/// The app of a person.
struct App<'a> {
    id: &'a str,
    secret: &'a str,
    owner: &'a str,
}

impl<'a> App<'a> {
    fn of(fields: &'a SignInFields) -> Result<Self, Refusal> {
        let app = Self {
            id: fields.plain(CLIENT_ID),
            secret: fields.secret(CLIENT_SECRET),
            owner: owner(fields.plain(OWNER)),
        };
        let graphic = |text: &str| text.bytes().all(|b| b.is_ascii_graphic());
        if app.id.is_empty() || !graphic(app.id) || !graphic(app.secret) {
            return Err(Refusal::never(
                Category::Validation,
                "Enter the app ID: the letters and digits under the app's name.",
            ));
        }
        if app.owner.is_empty() {
            return Err(Refusal::never(
                Category::Validation,
                "Enter the name on Reddit of whoever the app belongs to, such as u/ana.",
            ));
        }
        Ok(app)
    }

    fn of_memo(memo: &'a Memo) -> Self {
        Self {
            id: memo.more(CLIENT_ID),
            secret: memo.more(CLIENT_SECRET),
            owner: memo.more(OWNER),
        }
    }

    fn of_tokens(tokens: &'a Tokens) -> Self {
        Self {
            id: tokens.more(CLIENT_ID),
            secret: tokens.more(CLIENT_SECRET),
            owner: tokens.more(OWNER),
        }
    }

    fn parts(&self) -> [(&'static str, &str); 3] {
        [
            (CLIENT_ID, self.id),
            (CLIENT_SECRET, self.secret),
            (OWNER, self.owner),
        ]
    }

    fn kept(&self) -> BTreeMap<String, Secret> {
        let parts = self.parts();
        let kept = parts.map(|(name, text)| (name.to_owned(), Secret::new(text)));
        kept.into()
    }
}

/// A name on Reddit without what people write in front of it; empty when it can be none.
fn owner(name: &str) -> &str {
    let name = name.trim_start_matches('/');
    let name = name.strip_prefix("u/").unwrap_or(name);
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    if name.bytes().all(plain) { name } else { "" }
}

impl Reddit {
    fn provider(&self, app: &App<'_>) -> Provider {
        Provider {
            network: NAME.to_owned(),
            authorize: format!("{}/api/v1/authorize", self.www),
            token: format!("{}/api/v1/access_token", self.www),
            client_id: app.id.to_owned(),
            // Also where there is none.
            client_secret: Some(Secret::new(app.secret)),
            basic: true,
            scopes: SCOPES.map(str::to_owned).to_vec(),
            extra: vec![("duration".to_owned(), "permanent".to_owned())],
        }
    }

    pub(super) fn begin_now(
        &self,
        fields: &SignInFields,
        redirect: &str,
        ctx: Ctx<'_>,
    ) -> Result<Begun, Refusal> {
        let app = App::of(fields)?;
        let more = app
            .parts()
            .map(|(name, text)| (name.to_owned(), text.to_owned()));
        self.provider(&app).begin(redirect, more.into(), ctx)
    }

    pub(super) async fn finish_now(
        &self,
        account: AccountId,
        begun: &Begun,
        answer: &BTreeMap<String, String>,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let memo = Memo::of(begun)?;
        let app = App::of_memo(&memo);
        let (api, now) = (self.named(app.owner), ctx.clock.now());
        let granted = self.provider(&app).finish(&api, &memo, answer, now).await?;
        self.connected(account, &app, granted, ctx).await
    }

    pub(super) async fn sign_in_with(
        &self,
        account: AccountId,
        fields: &SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let app = App::of(fields)?;
        let refresh = fields.secret(REFRESH_TOKEN);
        if refresh.is_empty() || refresh.contains(char::is_whitespace) {
            return Err(Refusal::never(
                Category::Validation,
                "Paste the refresh token: one long line without spaces.",
            ));
        }
        let pasted = Tokens {
            refresh: Some(Secret::new(refresh)),
            ..Tokens::lasting(Secret::new(""))
        };
        let (api, now) = (self.named(app.owner), ctx.clock.now());
        let granted = self
            .provider(&app)
            .renew(&api, &pasted, NEWCOMER, now)
            .await?;
        self.connected(account, &app, granted, ctx).await
    }

    /// Asks who signed in and keeps the tokens.
    async fn connected(
        &self,
        account: AccountId,
        app: &App<'_>,
        granted: Granted,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let everything = granted.scopes.as_ref().is_some_and(|s| s == &["*"]);
        let lacks = granted.lacks(&NEEDED);
        if !everything && !lacks.is_empty() {
            let message = "Reddit did not let Almanac post for this account. Sign in again and allow everything.";
            return Err(Refusal::never(Category::AuthError, message)
                .with_detail(format!("missing: {}", lacks.join(" "))));
        }
        let now = ctx.clock.now();
        let tokens = Tokens {
            more: app.kept(),
            ..ends(granted.tokens, now)
        };
        let me = self
            .with_tokens(&tokens, Method::GET, ME, Carry::Query(&[]))
            .await
            .and_then(errors::read)
            .map_err(|failed| errors::refusal(&failed, NEWCOMER, now))?;
        let signed = signed_in(&me)?;
        self.sessions.keep(account, tokens, ctx).await?;
        Ok(signed)
    }

    pub(super) async fn identify_now(
        &self,
        account: &Account,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let me = self.get(account, ME, &[], ctx).await;
        signed_in(&me.map_err(|failed| told(failed, account, ctx))?)
    }

    pub(super) async fn sign_out_now(
        &self,
        account: &Account,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        let Some(tokens) = self.sessions.take(account.id, ctx).await? else {
            return Ok(());
        };
        let app = App::of_tokens(&tokens);
        let (token, kind) = match &tokens.refresh {
            Some(refresh) => (refresh, "refresh_token"),
            None => (&tokens.access, "access_token"),
        };
        let (api, address) = (
            self.named(app.owner),
            format!("{}/api/v1/revoke_token", self.www),
        );
        let form = [("token", token.reveal()), ("token_type_hint", kind)];
        let ended = async {
            let call = api.call(Method::POST, &address).await?;
            let call = call.basic_auth(app.id, Some(app.secret));
            api.send(call.form(&form)).await
        };
        match ended.await {
            Ok(_) => Ok(()),
            Err(failed) if failed.status().is_some_and(|s| s < 429) => Ok(()),
            Err(failed) => Err(errors::refusal(&failed, &account.handle, ctx.clock.now())),
        }
    }
}

#[async_trait]
impl Renew for Reddit {
    fn network(&self) -> &'static str {
        NAME
    }

    async fn renew(
        &self,
        account: &Account,
        old: &Tokens,
        ctx: Ctx<'_>,
    ) -> Result<Tokens, Refusal> {
        let app = App::of_tokens(old);
        let (api, now) = (self.named(app.owner), ctx.clock.now());
        let provider = self.provider(&app);
        let granted = provider.renew(&api, old, &account.handle, now).await?;
        Ok(ends(granted.tokens, now))
    }
}

/// Tokens with the time when a person has to sign in again, if nothing is renewed meanwhile.
fn ends(tokens: Tokens, now: Timestamp) -> Tokens {
    let end = match tokens.refresh {
        Some(_) => Some(now.plus(UNUSED_LIFE)),
        None => tokens.access_ends,
    };
    Tokens {
        sign_in_ends: end,
        ..tokens
    }
}

fn signed_in(me: &Value) -> Result<SignedIn, Refusal> {
    let text = |name: &str| me[name].as_str().filter(|t| !t.is_empty());
    let Some((id, name)) = text("id").zip(text("name")) else {
        return Err(Refusal::later(
            Category::NetworkError,
            "Reddit did not say whose account this is. Try again.",
        ));
    };
    if me["is_suspended"] == true {
        return Err(Refusal::never(
            Category::AuthError,
            format!("Reddit has suspended u/{name}. Its messages on Reddit say why."),
        ));
    }
    let shown = me.pointer("/subreddit/title").and_then(Value::as_str);
    let shown = shown.map(str::trim).filter(|t| !t.is_empty());
    Ok(SignedIn {
        remote_id: format!("t2_{id}"),
        handle: format!("u/{name}"),
        display_name: shown.unwrap_or(name).to_owned(),
        server: String::new(),
        settings: json!({ "name": name }),
    })
}

#[cfg(test)]
mod tests {
    use super::owner;

    #[test]
    fn names_are_read_as_people_write_them() {
        for name in ["ana", "u/ana", "/u/ana"] {
            assert_eq!(owner(name), "ana", "{name}");
        }
        assert_eq!(owner("a(b)"), "");
        assert_eq!(owner(""), "");
    }
}
