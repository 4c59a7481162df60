//! Who a token is good for: a person's profile, or the company pages they may post for.

use model::Timestamp;
use model::account::Account;
use model::failure::Category;
use reqwest::Method;
use serde_json::{Value, json};

use super::catalogue::PAGES;
use super::client::{CallError, odd, signed, told};
use super::sign_in::no_right;
use super::{LinkedIn, errors, is_page};
use crate::api::Failed;
use crate::connector::{Ctx, Refusal, SignedIn};
use crate::tokens::{CallFailed, NEWCOMER};
use crate::vault::Secret;

/// Roles at a page that may post.
const ROLES: [&str; 3] = ["ADMINISTRATOR", "CONTENT_ADMINISTRATOR", "CONTENT_ADMIN"];
/// Most pages that are offered.
const MAX_PAGES: usize = 50;

impl LinkedIn {
    /// Reads something before there is an account.
    async fn read(&self, path: &str, token: &Secret) -> Result<Value, Failed> {
        let address = format!("{}{path}", self.origin);
        let call = self.api.call(Method::GET, &address).await?;
        self.api.json(signed(call, token)).await
    }

    pub(super) async fn profile(&self, token: &Secret, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        let now = ctx.clock.now();
        match self.read("/v2/userinfo", token).await {
            Ok(answer) => {
                person(&answer).ok_or_else(|| errors::refusal(&odd("no name"), NEWCOMER, now))
            }
            Err(failed) => Err(bad_token(&failed, now)),
        }
    }

    pub(super) async fn pages(
        &self,
        token: &Secret,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        let now = ctx.clock.now();
        let path = "/rest/organizationAcls?q=roleAssignee&state=APPROVED";
        let answer = self.read(path, token).await;
        let answer = answer.map_err(|failed| bad_token(&failed, now))?;
        let text =
            |acl: &Value, name: &str| acl.get(name).and_then(Value::as_str).map(str::to_owned);
        let mut urns: Vec<String> = answer
            .get("elements")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter(|acl| text(acl, "role").is_some_and(|r| ROLES.contains(&r.as_str())))
            .filter_map(|acl| text(acl, "organization"))
            .collect();
        urns.sort();
        urns.dedup();
        urns.truncate(MAX_PAGES);
        let mut found = Vec::new();
        for urn in urns {
            let Some(path) = page_path(&urn) else {
                continue;
            };
            match self.read(&path, token).await {
                Ok(answer) => found.push(page(&urn, &answer)),
                Err(failed) if failed.status() == Some(403) => found.push(page(&urn, &Value::Null)),
                Err(failed) => return Err(bad_token(&failed, now)),
            }
        }
        if found.is_empty() {
            return Err(no_right(PAGES));
        }
        Ok(found)
    }

    pub(super) async fn identify_now(
        &self,
        account: &Account,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let path = if is_page(account) {
            page_path(&account.remote_id).unwrap_or_default()
        } else {
            "/v2/userinfo".to_owned()
        };
        let answer: Result<Value, CallError> = self.get(account, &path, ctx).await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(CallFailed::Call(failed)) if failed.status() == Some(404) => {
                return Err(Refusal::never(
                    Category::AuthError,
                    format!("{} is no longer on LinkedIn.", account.handle),
                ));
            }
            Err(failed) => return Err(told(failed, account, ctx)),
        };
        if is_page(account) {
            return Ok(page(&account.remote_id, &answer));
        }
        let now = ctx.clock.now();
        person(&answer).ok_or_else(|| errors::refusal(&odd("no name"), &account.handle, now))
    }
}

/// What it means that a new token is not taken.
fn bad_token(failed: &Failed, now: Timestamp) -> Refusal {
    let message = match failed.status() {
        Some(401) => {
            "LinkedIn does not take this token. Make a new one on the developer site and paste all of it."
        }
        Some(403) => {
            "This sign-in may not do what Almanac needs. Add the products the guide names to your app and allow everything."
        }
        _ => return errors::refusal(failed, NEWCOMER, now),
    };
    if failed.json().is_none() {
        return errors::refusal(failed, NEWCOMER, now);
    }
    Refusal::never(Category::AuthError, message).with_detail(failed.detail())
}

fn person(answer: &Value) -> Option<SignedIn> {
    let text = |name: &str| answer.get(name).and_then(Value::as_str);
    let sub = text("sub").filter(|s| !s.is_empty())?;
    let name = text("name").filter(|n| !n.is_empty()).unwrap_or(sub);
    Some(SignedIn {
        remote_id: format!("urn:li:person:{sub}"),
        handle: name.to_owned(),
        display_name: name.to_owned(),
        server: String::new(),
        settings: json!({ "kind": "person" }),
    })
}

fn page_path(urn: &str) -> Option<String> {
    let id = urn.strip_prefix("urn:li:organization:")?;
    let digits = !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| format!("/rest/organizations/{id}"))
}

fn page(urn: &str, answer: &Value) -> SignedIn {
    let text = |name: &str| answer.get(name).and_then(Value::as_str);
    let id = urn.rsplit(':').next().unwrap_or(urn);
    let name = text("localizedName").unwrap_or(id).to_owned();
    SignedIn {
        remote_id: urn.to_owned(),
        handle: text("vanityName").map_or_else(|| name.clone(), str::to_owned),
        display_name: name,
        server: String::new(),
        settings: json!({ "kind": "page" }),
    }
}
