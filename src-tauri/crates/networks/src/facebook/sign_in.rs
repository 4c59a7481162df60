//! Signing in: through the browser with the person's own app, or with a pasted token. What is kept is
//! the token of one Page.
//!
//! A Page's token that came through the browser has no end of its own, but the app may read its data
//! for 90 days only, after which the person should sign in again. Publishing is not said to end with that.

use std::collections::BTreeMap;
use std::time::Duration;

use model::failure::Category;
use model::{AccountId, Timestamp};
use serde_json::{Value, json};

use super::catalogue::{NAME, WAY_BUSINESS};
use super::{Facebook, errors};
use crate::api::Failed;
use crate::connector::{Begun, Ctx, Refusal, SignInFields, SignedIn};
use crate::meta::client::{id_of, unreadable};
use crate::meta::errors::{GraphError, lacks_field};
use crate::meta::pages::{PAGES, PagesDoor, keep_all, name_in, pasted};
use crate::meta::pass::{Pass, Signs};
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
/// The same where Pages are reached only through a business that the person has a role in.
pub(super) const BUSINESS_SCOPES: &[&str] = &[
    "pages_show_list",
    "pages_manage_posts",
    "pages_read_engagement",
    "business_management",
];
/// Under which name the memo of a sign-in holds its way.
const WAY: &str = "way";
/// What is asked of a Page.
const PAGE_FIELDS: &str = "id,name,username,access_token,tasks";
/// The right to comment as the Page. Asked for besides: without it everything but the first comment works.
pub(super) const COMMENTS: &str = "pages_manage_engagement";

/// A Page that can be published to.
struct Page {
    signed: SignedIn,
    pass: Pass,
}

impl Facebook {
    /// The door; with the right to see what a business has, where its Pages are wanted.
    fn door(&self, business: bool) -> PagesDoor<'_> {
        PagesDoor {
            graph: &self.graph,
            network: NAME,
            dialog: &self.dialog,
            origin: &self.origin,
            scopes: if business { BUSINESS_SCOPES } else { SCOPES },
            besides: &[COMMENTS],
        }
    }

    pub(super) fn begin_now(
        &self,
        method: &str,
        fields: &SignInFields,
        redirect: &str,
        ctx: Ctx<'_>,
    ) -> Result<Begun, Refusal> {
        let (id, secret) = (fields.plain("client_id"), fields.secret("client_secret"));
        let more = BTreeMap::from([(WAY.to_owned(), method.to_owned())]);
        self.door(method == WAY_BUSINESS)
            .begin(id, secret, redirect, more, ctx)
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
        let business = memo.more(WAY) == WAY_BUSINESS;
        let person = self.door(business).finish(&memo, answer, now).await?;
        let secret = memo.more("client_secret");
        let pass = |token| Pass::proven(token, secret);
        let pages = self.pages(&person, business, pass, now).await?;
        let ends = Some(now.plus(DATA_ACCESS));
        self.keep_pages(account, pages, ends, ctx).await
    }

    /// The Pages that a person's token opens, as far as one may publish to them, each signed as `pass` says.
    async fn pages(
        &self,
        person: &dyn Signs,
        business: bool,
        pass: impl Fn(Secret) -> Pass + Send,
        now: Timestamp,
    ) -> Result<Vec<Page>, Refusal> {
        let mut all = self
            .door(business)
            .list(PAGES, person, PAGE_FIELDS, now)
            .await?;
        let mut refused = None;
        if business {
            let (more, refusal) = self.of_businesses(person, now).await?;
            all.extend(more);
            refused = refusal;
        }
        let mut pages: Vec<Page> = vec![];
        for page in all.iter().filter_map(|page| page_of(page, &pass)) {
            // A person may have a Page of a business by a role of their own as well.
            let id = &page.signed.remote_id;
            if pages.iter().all(|known| known.signed.remote_id != *id) {
                pages.push(page);
            }
        }
        if !pages.is_empty() {
            return Ok(pages);
        }
        if let Some(refusal) = refused.filter(|_| all.is_empty()) {
            return Err(refusal);
        }
        let message = if all.is_empty() {
            "Facebook shows no Page for this sign-in. Sign in again and choose your Pages in the browser; a profile cannot be posted to."
        } else {
            "You may not create posts on any of these Pages. Ask who runs the Page for the right to create content."
        };
        Err(Refusal::never(Category::AuthError, message))
    }

    /// The Pages of the businesses a person has a role in, and what the first of those lists that could not
    /// be read was refused with: a business that keeps its Pages to itself takes no others away.
    async fn of_businesses(
        &self,
        person: &dyn Signs,
        now: Timestamp,
    ) -> Result<(Vec<Value>, Option<Refusal>), Refusal> {
        let door = self.door(true);
        let (mut pages, mut refused) = (vec![], None);
        for one in door.list("me/businesses", person, "id", now).await? {
            let Some(id) = id_of(&one, "id") else {
                continue;
            };
            for edge in ["owned_pages", "client_pages"] {
                let path = format!("{id}/{edge}");
                match door.list(&path, person, PAGE_FIELDS, now).await {
                    Ok(more) => pages.extend(more),
                    Err(refusal) => refused = refused.or(Some(refusal)),
                }
            }
        }
        Ok((pages, refused))
    }

    async fn keep_pages(
        &self,
        account: AccountId,
        pages: Vec<Page>,
        ends: Option<Timestamp>,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        let found = pages.iter().map(|p| p.signed.clone()).collect();
        let tokens = pages.into_iter().map(|p| (p.signed.remote_id, p.pass));
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
                let pass = Pass::plain(token);
                vec![Page { signed, pass }]
            }
            Ok(_) => self.pages(&token, false, Pass::plain, now).await?,
            Err(failed) if lacks_field(&failed) => {
                self.pages(&token, false, Pass::plain, now).await?
            }
            Err(failed) => return Err(refused_token(&failed, now)),
        };
        self.keep_pages(account, pages, None, ctx).await
    }
}

fn page_of(page: &Value, pass: impl Fn(Secret) -> Pass) -> Option<Page> {
    let tasks = page.get("tasks").and_then(Value::as_array)?;
    if !tasks.iter().any(|t| t.as_str() == Some("CREATE_CONTENT")) {
        return None;
    }
    Some(Page {
        signed: signed_in(page)?,
        pass: pass(Secret::new(page.get("access_token")?.as_str()?)),
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

fn refused_token(failed: &Failed, now: Timestamp) -> Refusal {
    let refusal = errors::refusal(failed, "the Page", now);
    let unproven = GraphError::of(failed).is_some_and(|error| error.wants_proof());
    if refusal.category != Category::AuthError || unproven {
        return refusal;
    }
    Refusal {
        message: "Facebook does not take this token any more. Make a new one and paste it whole."
            .to_owned(),
        ..refusal
    }
}
