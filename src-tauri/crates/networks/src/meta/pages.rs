//! Signing in with an account that runs Pages: through the browser with the person's own app, then
//! the list of Pages, each with a token of its own. One of them is kept; the person's own token, which
//! opens all of them, is not.
//!
//! The code and the short token are exchanged in the body of a POST, which the interface takes as
//! well as the documented GET, so that the app's secret is in no address.

use std::collections::BTreeMap;

use model::failure::Category;
use model::{AccountId, Timestamp};
use reqwest::Method;
use serde_json::Value;

use super::client::{Graph, VERSION, unreadable};
use super::errors::{self, GraphError};
use super::pass::{PROOF, Pass, Signs};
use crate::api::Failed;
use crate::connector::{Begun, Ctx, Refusal, SignedIn};
use crate::oauth::{Memo, Provider};
use crate::tokens::{NEWCOMER, Sessions, Tokens, no_sign_in};
use crate::vault::Secret;

/// Where the Pages of a person are listed.
pub const PAGES: &str = "me/accounts";
/// Most pages of the list of Pages that are read.
const MAX_LISTS: usize = 20;

/// How one signs in.
pub struct PagesDoor<'a> {
    /// The host.
    pub graph: &'a Graph,
    /// The network's name.
    pub network: &'a str,
    /// Where the browser is sent, without a path.
    pub dialog: &'a str,
    /// The host's address, without a path.
    pub origin: &'a str,
    /// What is asked for and needed.
    pub scopes: &'static [&'static str],
    /// What is asked for besides: without it less works.
    pub besides: &'static [&'static str],
}

impl PagesDoor<'_> {
    fn provider(&self, client_id: &str, secret: &str) -> Provider {
        Provider {
            network: self.network.to_owned(),
            authorize: format!("{}/{VERSION}/dialog/oauth", self.dialog),
            token: format!("{}/{VERSION}/oauth/access_token", self.origin),
            client_id: client_id.to_owned(),
            client_secret: Some(Secret::new(secret)),
            basic: false,
            scopes: [self.scopes, self.besides]
                .concat()
                .into_iter()
                .map(str::to_owned)
                .collect(),
            extra: vec![],
        }
    }

    /// Sends the browser away. `more` comes back in the memo.
    pub fn begin(
        &self,
        id: &str,
        secret: &str,
        redirect: &str,
        mut more: BTreeMap<String, String>,
        ctx: Ctx<'_>,
    ) -> Result<Begun, Refusal> {
        if id.is_empty() || secret.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Refusal::never(
                Category::Validation,
                "Enter the App ID, a number, and the App secret of your app.",
            ));
        }
        more.insert("client_id".to_owned(), id.to_owned());
        more.insert("client_secret".to_owned(), secret.to_owned());
        self.provider(id, secret).begin(redirect, more, ctx)
    }

    /// The person's long token for what came back with the browser, with its proof.
    pub async fn finish(
        &self,
        memo: &Memo,
        answer: &BTreeMap<String, String>,
        now: Timestamp,
    ) -> Result<Pass, Refusal> {
        let (id, secret) = (memo.more("client_id"), memo.more("client_secret"));
        let code = self.provider(id, secret).code(answer)?;
        let form = [
            ("client_id", id),
            ("client_secret", secret),
            ("redirect_uri", &memo.redirect),
            ("code", &code),
            ("code_verifier", &memo.verifier),
        ];
        let short = self.exchange(&form, now).await?;
        let form = [
            ("client_id", id),
            ("client_secret", secret),
            ("grant_type", "fb_exchange_token"),
            ("fb_exchange_token", short.reveal()),
        ];
        let long = Pass::proven(self.exchange(&form, now).await?, secret);
        self.refuse_lacking(&long, now).await?;
        Ok(long)
    }

    async fn exchange(&self, form: &[(&str, &str)], now: Timestamp) -> Result<Secret, Refusal> {
        let address = format!("{}/{VERSION}/oauth/access_token", self.origin);
        let answer = async {
            let call = self.graph.api().call(Method::POST, &address).await?;
            self.graph.api().json(call.form(form)).await
        };
        let answer = answer
            .await
            .map_err(|failed| self.refused_app(&failed, now))?;
        let token = answer.get("access_token").and_then(Value::as_str);
        token
            .map(Secret::new)
            .ok_or_else(|| self.told(&unreadable(&Value::Null), now))
    }

    fn told(&self, failed: &Failed, now: Timestamp) -> Refusal {
        errors::refusal(failed, self.network, NEWCOMER, now, |_| None)
    }

    /// The person may have unticked something in the browser.
    async fn refuse_lacking(&self, pass: &dyn Signs, now: Timestamp) -> Result<(), Refusal> {
        let answer = self.graph.get("me/permissions", pass, &[]).await;
        let answer = answer.map_err(|failed| self.told(&failed, now))?;
        let granted = |scope: &str| {
            let all = answer.get("data").and_then(Value::as_array);
            all.into_iter().flatten().any(|p| {
                p.get("permission").and_then(Value::as_str) == Some(scope)
                    && p.get("status").and_then(Value::as_str) == Some("granted")
            })
        };
        let mut lacking = self
            .scopes
            .iter()
            .copied()
            .filter(|s| !granted(s))
            .peekable();
        if lacking.peek().is_none() {
            return Ok(());
        }
        Err(Refusal::never(
            Category::AuthError,
            format!(
                "{} did not grant everything Almanac needs. Sign in again and allow {}; if it is not offered, add it to your app.",
                self.network,
                lacking.collect::<Vec<_>>().join(", ")
            ),
        ))
    }

    /// What the interface lists there, such as the Pages that a person's token opens under
    /// [`PAGES`].
    pub async fn list(
        &self,
        path: &str,
        pass: &dyn Signs,
        fields: &str,
        now: Timestamp,
    ) -> Result<Vec<Value>, Refusal> {
        let mut pages = vec![];
        let mut after = String::new();
        for _ in 0..MAX_LISTS {
            let mut query = vec![("fields", fields), ("limit", "100")];
            if !after.is_empty() {
                query.push(("after", &after));
            }
            let answer = self.graph.get(path, pass, &query).await;
            let answer = answer.map_err(|failed| self.told(&failed, now))?;
            let data = answer.get("data").and_then(Value::as_array);
            pages.extend(data.into_iter().flatten().cloned());
            let next = answer.pointer("/paging/next").is_some();
            let cursor = answer.pointer("/paging/cursors/after");
            match cursor.and_then(Value::as_str) {
                Some(cursor) if next => cursor.clone_into(&mut after),
                _ => break,
            }
        }
        Ok(pages)
    }

    /// What a refused exchange means.
    fn refused_app(&self, failed: &Failed, now: Timestamp) -> Refusal {
        let network = self.network;
        let Some(error) = GraphError::of(failed) else {
            return failed.usual(network, NEWCOMER, now);
        };
        let message = match (error.code, error.subcode) {
            (101, _) => format!("{network} does not know this app. Check the App ID."),
            (1, _) if error.says("client secret") => format!(
                "{network} does not take the App secret. Copy it again from App settings, Basic."
            ),
            (100, _) if error.says("redirect") => format!(
                "{network} does not know the address the browser came back to. Add it to Valid OAuth Redirect URIs of your app, exactly as the guide says."
            ),
            (100, _) if error.says("code") => format!(
                "{network} says that this sign-in was used already or took too long. Start it again."
            ),
            _ => return self.told(failed, now),
        };
        Refusal::never(Category::AuthError, message)
            .with_detail(format!("{}: {}", error.code, error.message))
    }
}

/// A text among what the interface tells of something, made safe to be shown.
#[must_use]
pub fn name_in(value: &Value, name: &str) -> String {
    let text = value.get(name).and_then(Value::as_str).unwrap_or_default();
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// A token that a person pasted, if it can be one.
pub fn pasted(token: &str) -> Result<Secret, Refusal> {
    if token.len() < 20 || token.contains(char::is_whitespace) {
        return Err(Refusal::never(
            Category::Validation,
            "That is no access token. Copy the whole token, a long row of letters and digits.",
        ));
    }
    Ok(Secret::new(token))
}

fn held(id: &str) -> String {
    format!("page:{id}")
}

fn held_proof(id: &str) -> String {
    format!("{PROOF}:{id}")
}

/// A token of one account, with its proof beside it.
fn one(pass: Pass, ends: Option<Timestamp>) -> Tokens {
    let (token, proof) = pass.into_parts();
    Tokens {
        sign_in_ends: ends,
        more: proof.map(|p| (PROOF.to_owned(), p)).into_iter().collect(),
        ..Tokens::lasting(token)
    }
}

/// Keeps the tokens of accounts of which one is chosen later, by the accounts' ids; of one alone,
/// nothing has to be chosen.
pub async fn keep_all(
    sessions: &Sessions,
    account: AccountId,
    mut passes: Vec<(String, Pass)>,
    ends: Option<Timestamp>,
    ctx: Ctx<'_>,
) -> Result<(), Refusal> {
    let kept = if passes.len() == 1 {
        one(passes.swap_remove(0).1, ends)
    } else {
        let mut more = BTreeMap::new();
        for (id, pass) in passes {
            let (token, proof) = pass.into_parts();
            more.insert(held(&id), token);
            more.extend(proof.map(|proof| (held_proof(&id), proof)));
        }
        Tokens {
            more,
            sign_in_ends: ends,
            ..Tokens::lasting(Secret::new(""))
        }
    };
    sessions.keep(account, kept, ctx).await
}

/// One of several accounts was chosen: the tokens of the others go.
pub async fn choose_one(
    sessions: &Sessions,
    account: AccountId,
    chosen: &SignedIn,
    ctx: Ctx<'_>,
) -> Result<(), Refusal> {
    match keep_one(sessions, account, &chosen.remote_id, ctx).await? {
        Some(_) => Ok(()),
        None => Err(no_sign_in(&chosen.handle)),
    }
}

/// The tokens of one account, after which the others are gone; none when there are none of it.
pub async fn keep_one(
    sessions: &Sessions,
    account: AccountId,
    id: &str,
    ctx: Ctx<'_>,
) -> Result<Option<Tokens>, Refusal> {
    let Some(tokens) = sessions.peek(account, ctx).await? else {
        return Ok(None);
    };
    // While none is chosen, none is in use.
    if !tokens.access.reveal().is_empty() {
        return Ok(Some(tokens));
    }
    let Some(token) = tokens.more.get(&held(id)) else {
        return Ok(None);
    };
    let proof = tokens.more.get(&held_proof(id));
    let mut chosen = Tokens {
        sign_in_ends: tokens.sign_in_ends,
        ..Tokens::lasting(token.clone())
    };
    chosen
        .more
        .extend(proof.map(|proof| (PROOF.to_owned(), proof.clone())));
    sessions.keep(account, chosen.clone(), ctx).await?;
    Ok(Some(chosen))
}
