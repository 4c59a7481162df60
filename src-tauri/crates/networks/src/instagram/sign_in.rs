//! Signing in by either door: at Instagram itself, or through the Facebook Page that the account is
//! linked to. Both through the browser or with a pasted token.

use std::collections::BTreeMap;
use std::time::Duration;

use model::failure::Category;
use model::{AccountId, Timestamp};
use serde_json::{Value, json};

use super::catalogue::{NAME, WAY_PAGE};
use super::{Door, Instagram, errors};
use crate::api::Failed;
use crate::connector::{Begun, Ctx, Refusal, SignInFields, SignedIn};
use crate::hosting;
use crate::meta::client::{id_of, unreadable};
use crate::meta::door::Door as OwnDoor;
use crate::meta::errors::lacks_field;
use crate::meta::pages::{PAGES, PagesDoor, keep_all, name_in, pasted};
use crate::meta::pass::{Pass, Signs};
use crate::meta::tokens::Prolong;
use crate::oauth::Memo;
use crate::tokens::{NEWCOMER, Tokens};
use crate::vault::Secret;

/// How long an app may read data after a sign-in through the Page.
const DATA_ACCESS: Duration = Duration::from_hours(90 * 24);
/// What is asked for at Instagram.
pub(super) const SCOPES: &[&str] = &[
    "instagram_business_basic",
    "instagram_business_content_publish",
    "instagram_business_manage_comments",
];
/// What is asked for through the Page.
pub(super) const PAGE_SCOPES: &[&str] = &[
    "instagram_basic",
    "instagram_content_publish",
    "instagram_manage_comments",
    "instagram_manage_contents",
    "pages_show_list",
    "pages_read_engagement",
];
/// The account behind a Page.
const BEHIND: &str = "instagram_business_account{id,username,name}";

impl Instagram {
    fn own_door(&self) -> OwnDoor<'_> {
        OwnDoor {
            api: self.graph.api(),
            network: NAME,
            authorize: format!("{}/oauth/authorize", self.dialog),
            code: format!("{}/oauth/access_token", self.codes),
            long: format!("{}/access_token", self.origin),
            grant: "ig_exchange_token",
            scopes: SCOPES,
        }
    }

    fn pages_door(&self) -> PagesDoor<'_> {
        PagesDoor {
            graph: &self.page_graph,
            network: NAME,
            dialog: &self.page_dialog,
            origin: &self.page_origin,
            scopes: PAGE_SCOPES,
            besides: &[],
        }
    }

    pub(super) fn prolong(&self) -> Prolong<'_> {
        Prolong {
            api: self.graph.api(),
            network: NAME,
            address: format!("{}/refresh_access_token", self.origin),
            grant: "ig_refresh_token",
        }
    }

    pub(super) fn begin_now(
        &self,
        method: &str,
        fields: &SignInFields,
        redirect: &str,
        ctx: Ctx<'_>,
    ) -> Result<Begun, Refusal> {
        let settings = hosting::settings(fields)?;
        let more = BTreeMap::from([
            ("settings".to_owned(), settings.to_string()),
            ("way".to_owned(), method.to_owned()),
        ]);
        if method == WAY_PAGE {
            let id = fields.plain("page_client_id");
            let secret = fields.secret("page_client_secret");
            return self.pages_door().begin(id, secret, redirect, more, ctx);
        }
        self.own_door().begin(fields, redirect, more, ctx)
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
        let settings = serde_json::from_str(memo.more("settings")).unwrap_or_else(|_| json!({}));
        if memo.more("way") == WAY_PAGE {
            let person = self.pages_door().finish(&memo, answer, now).await?;
            let secret = memo.more("client_secret");
            let pass = |token| Pass::proven(token, secret);
            let found = self.behind_pages(&person, pass, now).await?;
            let ends = Some(now.plus(DATA_ACCESS));
            return self.keep_behind(account, found, ends, &settings, ctx).await;
        }
        let tokens = self.own_door().finish(&memo, answer, now).await?;
        self.keep_own(account, tokens, &settings, ctx).await
    }

    pub(super) async fn sign_in_with(
        &self,
        account: AccountId,
        fields: &SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        let settings = hosting::settings(fields)?;
        let now = ctx.clock.now();
        if fields.secret("page_token").is_empty() {
            let token = pasted(fields.secret("token"))?;
            let tokens = self.prolong().adopt(token, now).await;
            return self.keep_own(account, tokens, &settings, ctx).await;
        }
        let token = pasted(fields.secret("page_token"))?;
        let query = [("fields", BEHIND)];
        let found = match self.page_graph.get("me", &token, &query).await {
            Ok(page) => match behind(&page) {
                Some(signed) => vec![(signed, Pass::plain(token))],
                None => return Err(nothing_behind()),
            },
            // A person's token opens several Pages.
            Err(failed) if lacks_field(&failed) => {
                self.behind_pages(&token, Pass::plain, now).await?
            }
            Err(failed) => return Err(errors::refusal(&failed, NEWCOMER, now)),
        };
        self.keep_behind(account, found, None, &settings, ctx).await
    }

    async fn keep_own(
        &self,
        account: AccountId,
        tokens: Tokens,
        settings: &Value,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        let signed = self.who(&tokens.access, NEWCOMER, ctx).await?;
        let path = format!("{}/content_publishing_limit", signed.remote_id);
        let limit = self
            .graph
            .get(&path, &tokens.access, &[("fields", "quota_usage")]);
        if let Err(failed) = limit.await {
            let refusal = errors::refusal(&failed, &signed.handle, ctx.clock.now());
            // Whether it may publish is told by this call; any other trouble passes.
            if refusal.category == Category::AuthError {
                return Err(Refusal {
                    message: "This sign-in may not publish on Instagram. Allow instagram_business_content_publish, then make a new token or sign in again.".to_owned(),
                    ..refusal
                });
            }
        }
        self.sessions.keep(account, tokens, ctx).await?;
        Ok(vec![by(signed, Door::Own, settings)])
    }

    /// Who the account is, at Instagram's own door.
    pub(super) async fn who(
        &self,
        pass: &dyn Signs,
        handle: &str,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let told = |failed: &Failed| errors::refusal(failed, handle, ctx.clock.now());
        let query = [("fields", "user_id,username,name,account_type")];
        let answer = self.graph.get("me", pass, &query).await;
        let answer = answer.map_err(|failed| told(&failed))?;
        let signed = signed_in(&answer, "user_id");
        let signed = signed.ok_or_else(|| told(&unreadable(&answer)))?;
        match answer.get("account_type").and_then(Value::as_str) {
            Some("BUSINESS" | "MEDIA_CREATOR" | "CREATOR") | None => Ok(signed),
            Some(_) => Err(errors::personal(&signed.handle)),
        }
    }

    /// The accounts behind the Pages that a person's token opens.
    async fn behind_pages(
        &self,
        person: &dyn Signs,
        pass: impl Fn(Secret) -> Pass + Send,
        now: Timestamp,
    ) -> Result<Vec<(SignedIn, Pass)>, Refusal> {
        let fields = format!("id,name,access_token,{BEHIND}");
        let door = self.pages_door();
        let pages = door.list(PAGES, person, &fields, now).await?;
        let found: Vec<(SignedIn, Pass)> = pages
            .iter()
            .filter_map(|page| {
                let token = page.get("access_token")?.as_str()?;
                Some((behind(page)?, pass(Secret::new(token))))
            })
            .collect();
        if found.is_empty() {
            return Err(nothing_behind());
        }
        Ok(found)
    }

    async fn keep_behind(
        &self,
        account: AccountId,
        found: Vec<(SignedIn, Pass)>,
        ends: Option<Timestamp>,
        settings: &Value,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        let (signed, passes): (Vec<SignedIn>, Vec<Pass>) = found.into_iter().unzip();
        let ids = signed.iter().map(|s| s.remote_id.clone());
        let passes = ids.zip(passes).collect();
        keep_all(&self.sessions, account, passes, ends, ctx).await?;
        Ok(signed
            .into_iter()
            .map(|s| by(s, Door::Page, settings))
            .collect())
    }
}

fn by(signed: SignedIn, door: Door, settings: &Value) -> SignedIn {
    let mut settings = settings.as_object().cloned().unwrap_or_default();
    settings.insert("door".to_owned(), json!(door.word()));
    SignedIn {
        settings: Value::Object(settings),
        ..signed
    }
}

/// The account behind a Page.
fn behind(page: &Value) -> Option<SignedIn> {
    signed_in(page.get("instagram_business_account")?, "id")
}

/// An account as the interface tells of it.
pub(super) fn signed_in(answer: &Value, id: &str) -> Option<SignedIn> {
    let handle = name_in(answer, "username");
    let name = name_in(answer, "name");
    Some(SignedIn {
        remote_id: id_of(answer, id)?,
        display_name: if name.is_empty() {
            handle.clone()
        } else {
            name
        },
        handle,
        server: String::new(),
        settings: json!({}),
    })
}

fn nothing_behind() -> Refusal {
    Refusal::never(
        Category::AuthError,
        "No business or creator account on Instagram is linked to these Pages. A personal account cannot be posted to: switch it in Instagram under Settings, Account type and tools, link it in the Page's settings, then connect it again.",
    )
}
