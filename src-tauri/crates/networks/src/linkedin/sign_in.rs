//! Signing in: through the browser with the app's secret, or with a token from the developer site. A
//! token shows whether it is good for a profile, for pages, or for both.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use model::account::Account;
use model::failure::Category;
use model::{AccountId, Timestamp};
use reqwest::{Method, Url};
use serde_json::Value;

use super::catalogue::{PAGES, PROFILE};
use super::client::odd;
use super::{LinkedIn, errors};
use crate::api::Failed;
use crate::connector::{Begun, Ctx, Refusal, SignInFields, SignedIn};
use crate::hex::random;
use crate::oauth::{Memo, Provider};
use crate::tokens::{NEWCOMER, Renew, Tokens};
use crate::vault::Secret;

/// What a profile needs.
pub(super) const PROFILE_SCOPES: [&str; 3] = ["openid", "profile", "w_member_social"];
/// What pages need.
pub(super) const PAGE_SCOPES: [&str; 3] = [
    "r_organization_social",
    "w_organization_social",
    "rw_organization_admin",
];
/// What pages need for first comments besides. Without it everything else works.
const PAGE_COMMENT_SCOPES: [&str; 2] = ["r_organization_social_feed", "w_organization_social_feed"];
/// How long a token lives where nothing else is known.
const TOKEN_LIFE: Duration = Duration::from_hours(24 * 60);
const CLIENT_ID: &str = "clientId";
const CLIENT_SECRET: &str = "clientSecret";
const METHOD: &str = "method";

/// What was granted, as the network says it.
struct Granted {
    tokens: Tokens,
    scopes: Option<String>,
}

impl LinkedIn {
    fn provider(&self, client_id: &str, client_secret: &str) -> Provider {
        Provider {
            network: errors::NAME.to_owned(),
            authorize: format!("{}/oauth/v2/authorization", self.site),
            token: format!("{}/oauth/v2/accessToken", self.site),
            client_id: client_id.to_owned(),
            client_secret: Some(Secret::new(client_secret)),
            basic: false,
            scopes: vec![],
            extra: vec![],
        }
    }

    pub(super) fn begin_in_browser(
        &self,
        method: &str,
        fields: &SignInFields,
        redirect: &str,
        ctx: Ctx<'_>,
    ) -> Result<Begun, Refusal> {
        let (id, secret) = (fields.plain(CLIENT_ID), fields.secret(CLIENT_SECRET));
        if id.is_empty() || secret.is_empty() {
            return Err(Refusal::never(
                Category::Validation,
                "Enter the client ID and the client secret of your LinkedIn app.",
            ));
        }
        let method = if method == PAGES { PAGES } else { PROFILE };
        let state = random(ctx.entropy, 16);
        let mut scopes = scopes_of(method).to_vec();
        if method == PAGES {
            scopes.extend(PAGE_COMMENT_SCOPES);
        }
        let scopes = scopes.join(" ");
        let authorize = self.provider(id, secret).authorize;
        // The usual flow knows no PKCE: the secret of the app stands in its place.
        let query = [
            ("response_type", "code"),
            ("client_id", id),
            ("redirect_uri", redirect),
            ("state", &state),
            ("scope", &scopes),
        ];
        let address = Url::parse_with_params(&authorize, query).map_err(|_| {
            Refusal::never(
                Category::Validation,
                "The address of LinkedIn cannot be used.",
            )
        })?;
        let memo = Memo {
            verifier: String::new(),
            redirect: redirect.to_owned(),
            more: BTreeMap::from([
                (CLIENT_ID.to_owned(), id.to_owned()),
                (CLIENT_SECRET.to_owned(), secret.to_owned()),
                (METHOD.to_owned(), method.to_owned()),
            ]),
        };
        Ok(Begun {
            address: address.into(),
            state: Secret::new(state),
            // Texts always make JSON.
            memo: Secret::new(serde_json::to_string(&memo).unwrap_or_default()),
        })
    }

    pub(super) async fn finish_in_browser(
        &self,
        account: AccountId,
        begun: &Begun,
        answer: &BTreeMap<String, String>,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        let memo = Memo::of(begun)?;
        let (id, secret) = (memo.more(CLIENT_ID), memo.more(CLIENT_SECRET));
        let provider = self.provider(id, secret);
        let code = provider.code(answer)?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &memo.redirect),
            ("client_id", id),
            ("client_secret", secret),
        ];
        let granted = self.exchange(&provider.token, &form, ctx).await?;
        let method = memo.more(METHOD);
        let lacks = granted.lacks(scopes_of(method));
        if !lacks.is_empty() {
            return Err(no_right(method).with_detail(format!("missing: {}", lacks.join(" "))));
        }
        let found = if method == PAGES {
            self.pages(&granted.tokens.access, ctx).await?
        } else {
            vec![self.profile(&granted.tokens.access, ctx).await?]
        };
        self.sessions.keep(account, granted.tokens, ctx).await?;
        Ok(found)
    }

    /// Turns a code into tokens.
    async fn exchange(
        &self,
        address: &str,
        form: &[(&str, &str); 5],
        ctx: Ctx<'_>,
    ) -> Result<Granted, Refusal> {
        let now = ctx.clock.now();
        let answer = async {
            let call = self.api.call(Method::POST, address).await?;
            self.api.json(call.form(form)).await
        };
        let answer = answer.await.map_err(|failed| refused_code(&failed, now))?;
        Granted::read(&answer, form[3].1, form[4].1, now)
            .ok_or_else(|| refused_code(&odd("no token"), now))
    }

    pub(super) async fn sign_in_with_token(
        &self,
        account: AccountId,
        fields: &SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        let token = fields.secret("token");
        if token.len() < 20 || !token.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Refusal::never(
                Category::Validation,
                "Paste the whole access token: a very long line of letters and digits.",
            ));
        }
        let token = Secret::new(token);
        let profile = self.profile(&token, ctx).await;
        let pages = self.pages(&token, ctx).await;
        let found = match (profile, pages) {
            (Ok(person), Ok(pages)) => std::iter::once(person).chain(pages).collect(),
            (Ok(person), Err(_)) => vec![person],
            (Err(_), Ok(pages)) => pages,
            // Which one of the two is told: trouble on the way before a missing permission.
            (Err(a), Err(b)) => {
                let passing = |r: &Refusal| r.category != Category::AuthError;
                return Err(if passing(&b) && !passing(&a) { b } else { a });
            }
        };
        let now = ctx.clock.now();
        let tokens = Tokens {
            sign_in_ends: Some(now.plus(TOKEN_LIFE)),
            ..Tokens::lasting(token)
        };
        self.sessions.keep(account, tokens, ctx).await?;
        Ok(found)
    }

    pub(super) async fn revoke(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        let Some(tokens) = self.sessions.take(account.id, ctx).await? else {
            return Ok(());
        };
        let (id, secret) = (tokens.more(CLIENT_ID), tokens.more(CLIENT_SECRET));
        if id.is_empty() {
            // A pasted token is ended on the developer site; without the app nobody else can.
            return Ok(());
        }
        let address = format!("{}/oauth/v2/revoke", self.site);
        let form = [
            ("token", tokens.access.reveal()),
            ("client_id", id),
            ("client_secret", secret),
        ];
        let ended = async {
            let call = self.api.call(Method::POST, &address).await?;
            self.api.send(call.form(&form)).await
        };
        match ended.await {
            Ok(_) => Ok(()),
            Err(failed) if failed.status().is_some_and(|s| s < 429) => Ok(()),
            Err(failed) => Err(errors::refusal(&failed, &account.handle, ctx.clock.now())),
        }
    }
}

impl Granted {
    fn read(answer: &Value, id: &str, secret: &str, now: Timestamp) -> Option<Self> {
        let text = |name: &str| answer.get(name).and_then(Value::as_str);
        let ends = |name: &str| {
            let seconds = answer.get(name).and_then(Value::as_u64)?;
            Some(now.plus(Duration::from_secs(seconds)))
        };
        let access_ends = ends("expires_in");
        let refresh = text("refresh_token").map(Secret::new);
        let refresh_ends = ends("refresh_token_expires_in").filter(|_| refresh.is_some());
        Some(Self {
            scopes: text("scope").map(str::to_owned),
            tokens: Tokens {
                refresh,
                access_ends,
                sign_in_ends: refresh_ends.or(access_ends),
                more: BTreeMap::from([
                    (CLIENT_ID.to_owned(), Secret::new(id)),
                    (CLIENT_SECRET.to_owned(), Secret::new(secret)),
                ]),
                ..Tokens::lasting(Secret::new(text("access_token").filter(|t| !t.is_empty())?))
            },
        })
    }

    /// Which scopes are missing. LinkedIn writes them with commas or spaces.
    fn lacks(&self, needed: [&str; 3]) -> Vec<String> {
        let Some(scopes) = &self.scopes else {
            return vec![];
        };
        let granted: Vec<&str> = scopes.split([' ', ',']).collect();
        let missing = needed.iter().filter(|n| !granted.contains(n));
        missing.map(|&n| n.to_owned()).collect()
    }
}

#[async_trait]
impl Renew for LinkedIn {
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
        let mut tokens = granted.tokens;
        tokens.sign_in_ends = ends.or(tokens.sign_in_ends);
        Ok(tokens)
    }
}

fn scopes_of(method: &str) -> [&'static str; 3] {
    if method == PAGES {
        PAGE_SCOPES
    } else {
        PROFILE_SCOPES
    }
}

pub(super) fn no_right(method: &str) -> Refusal {
    let message = if method == PAGES {
        "There is no company page that this sign-in may post for. Ask an administrator of the page for the role Content admin, then sign in again and allow everything."
    } else {
        "LinkedIn did not let Almanac post for this account. Add the products the guide names to your app, then sign in again and allow everything."
    };
    Refusal::never(Category::AuthError, message)
}

/// What a refused code means.
fn refused_code(failed: &Failed, now: Timestamp) -> Refusal {
    let body = failed.json().unwrap_or_default();
    let said = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let message = match (failed.status(), said("error")) {
        (Some(400..=401), "invalid_client" | "unauthorized_client") => {
            "LinkedIn does not know this app. Check the client ID and the client secret."
        }
        (Some(400..=401), "invalid_redirect_uri") => {
            "LinkedIn does not know the redirect address. Add it to your app exactly as the guide says."
        }
        (Some(400..=401), error) if !error.is_empty() => {
            "LinkedIn says that this sign-in was used already or took too long. Start it again."
        }
        _ => return failed.usual(errors::NAME, NEWCOMER, now),
    };
    let words = format!("{}: {}", said("error"), said("error_description"));
    Refusal::never(Category::AuthError, message).with_detail(words)
}
