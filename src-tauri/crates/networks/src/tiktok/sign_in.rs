//! Signing in through the browser with an app of the person's own, or with a refresh token of such an
//! app. A refresh token counts once: the next one comes with every renewal.

use std::collections::BTreeMap;

use async_trait::async_trait;
use model::AccountId;
use model::account::Account;
use model::failure::Category;
use reqwest::Url;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::catalogue::{CLIENT_KEY, CLIENT_SECRET, NAME, REFRESH_TOKEN};
use super::client::told;
use super::creator::Creator;
use super::token::Given;
use super::{TikTok, errors};
use crate::connector::{Begun, Ctx, Refusal, SignInFields, SignedIn};
use crate::hex::{hex, random};
use crate::hosting;
use crate::oauth::{Memo, Provider};
use crate::tokens::{NEWCOMER, Renew, Tokens};
use crate::vault::Secret;

/// What is asked for: who it is, posting, and looking at what was posted.
pub(super) const SCOPES: [&str; 3] = ["user.info.basic", PUBLISH, LIST];
const PUBLISH: &str = "video.publish";
const LIST: &str = "video.list";
const WHO: &str = "/v2/user/info/?fields=open_id,display_name";
/// Name in the memo under which the web folder's settings wait.
const FOLDER: &str = "folder";

/// The PKCE challenge as TikTok wants it: hexadecimal digits where the standard has base64.
fn challenge(verifier: &str) -> String {
    hex(digest(&SHA256, verifier.as_bytes()).as_ref())
}

/// Only for what the common code reads of a browser's answer.
fn provider() -> Provider {
    Provider {
        network: NAME.to_owned(),
        authorize: String::new(),
        token: String::new(),
        client_id: String::new(),
        client_secret: None,
        basic: false,
        scopes: vec![],
        extra: vec![],
    }
}

impl TikTok {
    pub(super) fn begin_now(
        &self,
        fields: &SignInFields,
        redirect: &str,
        ctx: Ctx<'_>,
    ) -> Result<Begun, Refusal> {
        let (key, secret) = client(fields)?;
        let folder = hosting::settings(fields)?;
        let verifier = random(ctx.entropy, 32);
        let state = random(ctx.entropy, 16);
        let scopes = SCOPES.join(",");
        let challenge = challenge(&verifier);
        let query = [
            ("client_key", key),
            ("response_type", "code"),
            ("scope", &scopes),
            ("redirect_uri", redirect),
            ("state", &state),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let address = format!("{}/v2/auth/authorize/", self.www);
        let address = Url::parse_with_params(&address, query).map_err(|_| {
            Refusal::never(
                Category::Validation,
                "The address of TikTok cannot be used.",
            )
        })?;
        let memo = Memo {
            verifier,
            redirect: redirect.to_owned(),
            more: BTreeMap::from([
                (CLIENT_KEY.to_owned(), key.to_owned()),
                (CLIENT_SECRET.to_owned(), secret.to_owned()),
                (FOLDER.to_owned(), folder.to_string()),
            ]),
        };
        Ok(Begun {
            address: address.into(),
            state: Secret::new(state),
            // Texts always make JSON.
            memo: Secret::new(serde_json::to_string(&memo).unwrap_or_default()),
        })
    }

    pub(super) async fn finish_now(
        &self,
        account: AccountId,
        begun: &Begun,
        answer: &BTreeMap<String, String>,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let memo = Memo::of(begun)?;
        let (key, secret) = (memo.more(CLIENT_KEY), memo.more(CLIENT_SECRET));
        let code = provider().code(answer)?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &memo.redirect),
            ("code_verifier", &memo.verifier),
        ];
        let now = ctx.clock.now();
        let given = self.ask_for_tokens(key, secret, &form, None, now).await?;
        let folder = serde_json::from_str(memo.more(FOLDER)).unwrap_or_default();
        self.connected(account, given, folder, ctx).await
    }

    pub(super) async fn sign_in_with(
        &self,
        account: AccountId,
        fields: &SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let (key, secret) = client(fields)?;
        let refresh = fields.secret(REFRESH_TOKEN);
        if refresh.is_empty() || refresh.contains(char::is_whitespace) {
            return Err(Refusal::never(
                Category::Validation,
                "Paste the refresh token: one long line without spaces.",
            ));
        }
        let folder = hosting::settings(fields)?;
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        let now = ctx.clock.now();
        let given = self.ask_for_tokens(key, secret, &form, None, now).await?;
        self.connected(account, given, folder, ctx).await
    }

    /// Asks who signed in and keeps the tokens.
    async fn connected(
        &self,
        account: AccountId,
        given: Given,
        mut settings: Value,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        if !given.may(SCOPES[0]) || !given.may(PUBLISH) {
            return Err(Refusal::never(
                Category::AuthError,
                "TikTok did not let Almanac post for this account. Sign in again and leave every switch on.",
            ));
        }
        let now = ctx.clock.now();
        let told = |failed| errors::refusal(&failed, NEWCOMER, now);
        let token = &given.tokens.access;
        let who = self.with_token(token, WHO, None).await.map_err(told)?;
        let creator = self.creator_of(token).await.map_err(told)?;
        // Without it numbers and looking for a lost send are left out.
        settings["lists"] = json!(given.may(LIST));
        let signed = signed_in(&who, &creator, settings)?;
        self.sessions.keep(account, given.tokens, ctx).await?;
        Ok(signed)
    }

    pub(super) async fn identify_now(
        &self,
        account: &Account,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let who = self.ask(account, WHO, None, ctx).await;
        let who = who.map_err(|failed| told(failed, account, ctx))?;
        let creator = self.creator(account, ctx).await?;
        signed_in(&who, &creator, account.settings.clone())
    }

    pub(super) async fn sign_out_now(
        &self,
        account: &Account,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        let Some(tokens) = self.sessions.take(account.id, ctx).await? else {
            return Ok(());
        };
        let ended = self.end(&tokens).await;
        ended.map_err(|failed| errors::refusal(&failed, &account.handle, ctx.clock.now()))
    }
}

#[async_trait]
impl Renew for TikTok {
    fn network(&self) -> &'static str {
        NAME
    }

    async fn renew(
        &self,
        account: &Account,
        old: &Tokens,
        ctx: Ctx<'_>,
    ) -> Result<Tokens, Refusal> {
        let (key, secret) = (old.more(CLIENT_KEY), old.more(CLIENT_SECRET));
        let refresh = old.refresh.as_ref().map(Secret::reveal).unwrap_or_default();
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        let now = ctx.clock.now();
        let handle = Some(account.handle.as_str());
        let given = self.ask_for_tokens(key, secret, &form, handle, now).await?;
        let mut tokens = given.tokens;
        tokens.refresh = tokens.refresh.or_else(|| old.refresh.clone());
        tokens.sign_in_ends = tokens.sign_in_ends.or(old.sign_in_ends);
        Ok(tokens)
    }
}

fn client(fields: &SignInFields) -> Result<(&str, &str), Refusal> {
    let (key, secret) = (fields.plain(CLIENT_KEY), fields.secret(CLIENT_SECRET));
    if key.is_empty() || secret.is_empty() || key.contains(char::is_whitespace) {
        return Err(Refusal::never(
            Category::Validation,
            "Enter the client key and the client secret of your TikTok app.",
        ));
    }
    Ok((key, secret))
}

fn signed_in(who: &Value, creator: &Creator, mut settings: Value) -> Result<SignedIn, Refusal> {
    let text = |name: &str| {
        who.pointer(&format!("/user/{name}"))
            .and_then(Value::as_str)
    };
    let Some(id) = text("open_id").filter(|id| !id.is_empty()) else {
        return Err(Refusal::later(
            Category::NetworkError,
            "TikTok did not say whose account this is. Try again.",
        ));
    };
    let name = text("display_name").unwrap_or(&creator.username);
    settings["username"] = json!(creator.username);
    creator.keep(&mut settings);
    Ok(SignedIn {
        remote_id: id.to_owned(),
        handle: format!("@{}", creator.username),
        display_name: if name.is_empty() { id } else { name }.to_owned(),
        server: String::new(),
        settings,
    })
}

#[cfg(test)]
mod tests {
    use super::challenge;

    #[test]
    fn the_challenge_is_written_in_hexadecimal_digits() {
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(challenge("abc"), known);
    }
}
