//! Looking whether an article is on the site: by its number, else by the name that was chosen for it.

use model::Timestamp;
use model::account::Account;
use serde_json::{Value, json};

use super::article::{self, Handle};
use super::errors::{self, Doing};
use super::publish::{SHOWN, draft_of};
use super::{WordPress, told};
use crate::connector::{Confirmation, Ctx, Delivered, Job, Kept, Refusal};
use crate::sending::Ended;
use crate::tokens::Tokens;

/// What is asked of an article.
pub(super) const FIELDS: &str = "id,slug,status,link,date_gmt";

/// An article as the site knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) id: u64,
    pub(super) slug: String,
    pub(super) status: String,
    pub(super) link: String,
    /// Its time, in UTC without saying so.
    pub(super) date: String,
}

impl Seen {
    pub(super) fn read(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            id: value.get("id")?.as_u64()?,
            slug: text("slug")?,
            status: text("status")?,
            link: text("link")?,
            date: text("date_gmt").unwrap_or_default(),
        })
    }

    fn time(&self) -> Option<Timestamp> {
        let date = format!("{}Z", self.date.trim_end_matches('Z'));
        let at: jiff::Timestamp = date.parse().ok()?;
        Some(Timestamp::from_millis(at.as_millisecond()))
    }

    pub(super) fn to_json(&self) -> Value {
        json!({ "id": self.id, "slug": self.slug, "status": self.status, "link": self.link })
    }

    /// Whether it became what was wanted of it, or is to be seen all the same.
    pub(super) fn is_out(&self, wanted: &str) -> bool {
        self.status == wanted || matches!(self.status.as_str(), "publish" | "future" | "private")
    }

    pub(super) fn delivered(&self) -> Delivered {
        Delivered {
            remote_id: self.id.to_string(),
            url: Some(self.link.clone()).filter(|l| !l.is_empty()),
            remote: json!({ "id": self.id, "slug": self.slug }),
        }
    }

    /// Published, or kept by the site until its time.
    pub(super) fn ended(&self) -> Ended {
        Ended::of(self.delivered(), self.status == "future")
    }
}

impl WordPress {
    pub(super) async fn confirm_now(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        match self.seen(job, ctx).await {
            Ok(Some(seen)) => seen.ended().found(),
            Ok(None) => Confirmation::Absent,
            Err(refusal) => Confirmation::NotNow(refusal),
        }
    }

    /// The article, when it is out.
    async fn seen(&self, job: &Job, ctx: Ctx<'_>) -> Result<Option<Seen>, Refusal> {
        if let Some(seen) = job.step(SHOWN).and_then(Seen::read) {
            return Ok(Some(seen));
        }
        let handle = Handle::read(&job.handle)?;
        let tokens = self.tokens(&job.account, ctx).await?;
        let there = match draft_of(job) {
            Some(id) => self.by_number(&job.account, id, &tokens, ctx).await?,
            None => self.look(job, &handle, &tokens, true, ctx).await?,
        };
        let wanted = article::status_option(&job.options);
        Ok(there.filter(|seen| seen.is_out(wanted)))
    }

    /// Looks at an article that the site keeps until its time. Sites publish late when nobody visits them.
    pub(super) async fn look_at_kept_now(&self, job: &Job, kept: &Delivered, ctx: Ctx<'_>) -> Kept {
        let id = kept.remote_id.parse().unwrap_or_default();
        let seen = match self.tokens(&job.account, ctx).await {
            Ok(tokens) => self.by_number(&job.account, id, &tokens, ctx).await,
            Err(refusal) => Err(refusal),
        };
        match seen {
            Err(refusal) => Kept::NotNow(refusal),
            Ok(Some(seen)) => match seen.status.as_str() {
                "publish" | "private" => Kept::Published(seen.delivered()),
                "future" => Kept::Until(seen.time().unwrap_or(job.due_at)),
                // Somebody took its time away, or deleted it.
                _ => Kept::Gone,
            },
            Ok(None) => Kept::Gone,
        }
    }

    async fn by_number(
        &self,
        account: &Account,
        id: u64,
        tokens: &Tokens,
        ctx: Ctx<'_>,
    ) -> Result<Option<Seen>, Refusal> {
        let route = format!("/wp/v2/posts/{id}");
        let query = [("context", "edit"), ("_fields", FIELDS)];
        match self.site.get(&account.server, &route, &query, tokens).await {
            Ok(good) => Ok(Seen::read(&good.json)),
            Err(failed) if errors::is_gone(&failed) => Ok(None),
            Err(failed) => Err(told(&failed, Doing::Calling, account, ctx)),
        }
    }

    /// Looks for the article under its name. With `often`, also among the author's latest, whose
    /// addresses may have been edited or given a number by the site.
    pub(super) async fn look(
        &self,
        job: &Job,
        handle: &Handle,
        tokens: &Tokens,
        often: bool,
        ctx: Ctx<'_>,
    ) -> Result<Option<Seen>, Refusal> {
        let same = ("status", "any");
        let rest = [same, ("context", "edit"), ("_fields", FIELDS)];
        let mut by_name = vec![("slug", handle.slug.as_str())];
        by_name.extend(rest);
        let found = self.listed(job, handle, &by_name, tokens, ctx).await?;
        if found.is_some() || !often {
            return Ok(found);
        }
        let author = job.account.settings.get("userId").and_then(Value::as_u64);
        let author = author.unwrap_or_default().to_string();
        let mut latest = vec![
            ("author", author.as_str()),
            ("orderby", "modified"),
            ("per_page", "100"),
        ];
        latest.extend(rest);
        self.listed(job, handle, &latest, tokens, ctx).await
    }

    async fn listed(
        &self,
        job: &Job,
        handle: &Handle,
        query: &[(&str, &str)],
        tokens: &Tokens,
        ctx: Ctx<'_>,
    ) -> Result<Option<Seen>, Refusal> {
        let account = &job.account;
        let found = self
            .site
            .get(&account.server, "/wp/v2/posts", query, tokens)
            .await
            .map_err(|failed| told(&failed, Doing::Calling, account, ctx))?;
        let all = found.json.as_array().into_iter().flatten();
        let mut mine: Vec<Seen> = all
            .filter_map(Seen::read)
            .filter(|seen| handle.is_of(&seen.slug))
            .collect();
        // One that is out goes before a draft.
        let wanted = article::status_option(&job.options);
        mine.sort_by_key(|seen| (!seen.is_out(wanted), seen.id));
        Ok(mine.into_iter().next())
    }
}
