//! Signing in with a token that a person made for themselves, or through the browser with their app.

use std::collections::BTreeMap;

use model::AccountId;
use model::account::Account;
use model::failure::Category;
use serde_json::{Value, json};

use super::catalogue::NAME;
use super::{Threads, errors};
use crate::connector::{Begun, Ctx, Refusal, SignInFields, SignedIn};
use crate::hosting;
use crate::meta::client::{id_of, unreadable};
use crate::meta::door::Door;
use crate::meta::pages::{name_in, pasted};
use crate::meta::tokens::Prolong;
use crate::oauth::Memo;
use crate::tokens::{NEWCOMER, Tokens};
use crate::vault::Secret;

/// What is asked for.
pub(super) const SCOPES: &[&str] = &[
    "threads_basic",
    "threads_content_publish",
    "threads_manage_replies",
    "threads_read_replies",
    "threads_manage_insights",
    "threads_delete",
];

impl Threads {
    fn door(&self) -> Door<'_> {
        Door {
            api: self.graph.api(),
            network: NAME,
            authorize: format!("{}/oauth/authorize", self.dialog),
            code: format!("{}/oauth/access_token", self.origin),
            long: format!("{}/access_token", self.origin),
            grant: "th_exchange_token",
            scopes: SCOPES,
        }
    }

    pub(super) fn prolong(&self) -> Prolong<'_> {
        Prolong {
            api: self.graph.api(),
            network: NAME,
            address: format!("{}/refresh_access_token", self.origin),
            grant: "th_refresh_token",
        }
    }

    pub(super) fn begin_now(
        &self,
        fields: &SignInFields,
        redirect: &str,
        ctx: Ctx<'_>,
    ) -> Result<Begun, Refusal> {
        let settings = hosting::settings(fields)?;
        let more = BTreeMap::from([("settings".to_owned(), settings.to_string())]);
        self.door().begin(fields, redirect, more, ctx)
    }

    pub(super) async fn finish_now(
        &self,
        account: AccountId,
        begun: &Begun,
        answer: &BTreeMap<String, String>,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let memo = Memo::of(begun)?;
        let tokens = self.door().finish(&memo, answer, ctx.clock.now()).await?;
        let settings = serde_json::from_str(memo.more("settings")).unwrap_or_else(|_| json!({}));
        self.keep(account, tokens, settings, ctx).await
    }

    pub(super) async fn sign_in_with(
        &self,
        account: AccountId,
        fields: &SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let token = pasted(fields.secret("token"))?;
        let settings = hosting::settings(fields)?;
        let tokens = self.prolong().adopt(token, ctx.clock.now()).await;
        self.keep(account, tokens, settings, ctx).await
    }

    async fn keep(
        &self,
        account: AccountId,
        tokens: Tokens,
        settings: Value,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let mut signed = self.who(&tokens.access, NEWCOMER, ctx).await?;
        signed.settings = settings;
        self.refuse_without_right(&tokens.access, &signed, ctx)
            .await?;
        self.sessions.keep(account, tokens, ctx).await?;
        Ok(signed)
    }

    /// Nothing says which permissions a token has, but this call needs the one to publish.
    async fn refuse_without_right(
        &self,
        token: &Secret,
        signed: &SignedIn,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        let path = format!("{}/threads_publishing_limit", signed.remote_id);
        let answer = self
            .graph
            .get(&path, token, &[("fields", "quota_usage")])
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(failed) => {
                let refusal = errors::refusal(&failed, &signed.handle, ctx.clock.now());
                if refusal.category != Category::AuthError {
                    return Err(refusal);
                }
                Err(Refusal {
                    message: "This token may not publish on Threads. Add threads_content_publish to your app, then make a new token or sign in again.".to_owned(),
                    ..refusal
                })
            }
        }
    }

    pub(super) async fn who(
        &self,
        token: &Secret,
        handle: &str,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let now = ctx.clock.now();
        let told = |failed| errors::refusal(&failed, handle, now);
        let answer = self
            .graph
            .get("me", token, &[("fields", "id,username,name")])
            .await;
        let answer = answer.map_err(told)?;
        let (username, name) = (name_in(&answer, "username"), name_in(&answer, "name"));
        let display_name = if name.is_empty() {
            username.clone()
        } else {
            name
        };
        Ok(SignedIn {
            remote_id: id_of(&answer, "id").ok_or_else(|| told(unreadable(&answer)))?,
            handle: username,
            display_name,
            server: String::new(),
            settings: json!({}),
        })
    }

    pub(super) async fn token(&self, account: &Account, ctx: Ctx<'_>) -> Result<Secret, Refusal> {
        let prolong = self.prolong();
        let tokens = self.sessions.good(account, &prolong, None, ctx).await?;
        Ok(tokens.access)
    }
}
