//! Signing in: through the browser with the person's own app, or with a pasted token. What is kept is
//! the token of one Page.
//!
//! A Page's token that came through the browser has no end of its own, but the app may read its data
//! for 90 days only, after which the person has to sign in again.

use std::collections::BTreeMap;
use std::time::Duration;

use model::failure::Category;
use model::{AccountId, Timestamp};
use serde_json::{Value, json};

use super::catalogue::NAME;
use super::{Facebook, errors};
use crate::api::Failed;
use crate::connector::{Begun, Ctx, Refusal, SignInFields, SignedIn};
use crate::meta::client::{id_of, unreadable};
use crate::meta::errors::GraphError;
use crate::meta::pages::{PagesDoor, keep_all, name_in, pasted};
use crate::oauth::Memo;
use crate::vault::Secret;

/// How long an app may read a Page's data after a sign-in.
const DATA_ACCESS: Duration = Duration::from_hours(90 * 24);
/// What is asked for.
pub(super) const SCOPES: &[&str] = &[
    "pages_show_list",
    "pages_manage_posts",
    "pages_read_engagement",
];
/// The right to comment as the Page. Asked for besides: without it everything but the first comment works.
pub(super) const COMMENTS: &str = "pages_manage_engagement";

/// A Page that can be published to.
struct Page {
    signed: SignedIn,
    token: Secret,
}

impl Facebook {
    fn door(&self) -> PagesDoor<'_> {
        PagesDoor {
            graph: &self.graph,
            network: NAME,
            dialog: &self.dialog,
            origin: &self.origin,
            scopes: SCOPES,
            besides: &[COMMENTS],
        }
    }

    pub(super) fn begin_now(
        &self,
        fields: &SignInFields,
        redirect: &str,
        ctx: Ctx<'_>,
    ) -> Result<Begun, Refusal> {
        let (id, secret) = (fields.plain("client_id"), fields.secret("client_secret"));
        self.door()
            .begin(id, secret, redirect, BTreeMap::new(), ctx)
    }

    pub(super) async fn finish_now(
        &self,
        account: AccountId,
        begun: &Begun,
        answer: &BTreeMap<String, String>,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        let memo = Memo::of(begun)?;
        let now = ctx.clock.now();
        let token = self.door().finish(&memo, answer, now).await?;
        let pages = self.pages(&token, now).await?;
        let ends = Some(now.plus(DATA_ACCESS));
        self.keep_pages(account, pages, ends, ctx).await
    }

    /// The Pages that a person's token opens, as far as one may publish to them.
    async fn pages(&self, token: &Secret, now: Timestamp) -> Result<Vec<Page>, Refusal> {
        let fields = "id,name,username,access_token,tasks";
        let all = self.door().list(token, fields, now).await?;
        let pages: Vec<Page> = all.iter().filter_map(page_of).collect();
        if !pages.is_empty() {
            return Ok(pages);
        }
        let message = if all.is_empty() {
            "Facebook shows no Page for this sign-in. Sign in again and choose your Pages in the browser; a profile cannot be posted to."
        } else {
            "You may not create posts on any of these Pages. Ask who runs the Page for the right to create content."
        };
        Err(Refusal::never(Category::AuthError, message))
    }

    async fn keep_pages(
        &self,
        account: AccountId,
        pages: Vec<Page>,
        ends: Option<Timestamp>,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        let found = pages.iter().map(|p| p.signed.clone()).collect();
        let tokens = pages.into_iter().map(|p| (p.signed.remote_id, p.token));
        keep_all(&self.sessions, account, tokens.collect(), ends, ctx).await?;
        Ok(found)
    }

    /// With a token that was pasted: a Page's own, or a person's that opens several.
    pub(super) async fn sign_in_with(
        &self,
        account: AccountId,
        fields: &SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        let token = pasted(fields.secret("token"))?;
        let now = ctx.clock.now();
        // Only Pages have a category.
        let fields = [("fields", "id,name,username,category")];
        let pages = match self.graph.get("me", &token, &fields).await {
            Ok(answer) if answer.get("category").is_some() => {
                let told = || errors::refusal(&unreadable(&answer), "the Page", now);
                let signed = signed_in(&answer).ok_or_else(told)?;
                vec![Page { signed, token }]
            }
            Ok(_) => self.pages(&token, now).await?,
            Err(failed) if nonexistent(&failed) => self.pages(&token, now).await?,
            Err(failed) => return Err(refused_token(&failed, now)),
        };
        self.keep_pages(account, pages, None, ctx).await
    }
}

fn page_of(page: &Value) -> Option<Page> {
    let tasks = page.get("tasks").and_then(Value::as_array)?;
    if !tasks.iter().any(|t| t.as_str() == Some("CREATE_CONTENT")) {
        return None;
    }
    Some(Page {
        signed: signed_in(page)?,
        token: Secret::new(page.get("access_token")?.as_str()?),
    })
}

fn signed_in(page: &Value) -> Option<SignedIn> {
    let id = id_of(page, "id")?;
    let named = |name: &str| Some(name_in(page, name)).filter(|text| !text.is_empty());
    let name = named("name").unwrap_or_else(|| id.clone());
    Some(SignedIn {
        remote_id: id,
        handle: named("username").unwrap_or_else(|| name.clone()),
        display_name: name,
        server: String::new(),
        settings: json!({}),
    })
}

/// A field that the thing behind the token does not have.
fn nonexistent(failed: &Failed) -> bool {
    GraphError::of(failed).is_some_and(|e| e.code == 100 && e.says("nonexisting field"))
}

fn refused_token(failed: &Failed, now: Timestamp) -> Refusal {
    let refusal = errors::refusal(failed, "the Page", now);
    if refusal.category != Category::AuthError {
        return refusal;
    }
    Refusal {
        message: "Facebook does not take this token any more. Make a new one and paste it whole."
            .to_owned(),
        ..refusal
    }
}
