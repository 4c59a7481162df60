//! Publishing in two phases: the article is made as a draft, which nobody sees, and then published by
//! its number, which is harmless when it is repeated.
//!
//! Steps: `media/i` (an uploaded file), `terms` (numbers of categories and tags), `draft` (the number of
//! the article), `article` (the published article). Before a draft is made, the site is asked for one
//! under the name that was chosen: an answer may have been lost, or a backup put back.

use model::failure::Category;
use serde_json::{Value, json};

use super::article::{self, Around, Handle};
use super::catalogue::OPTION_FEATURED;
use super::confirm::{FIELDS, Seen};
use super::errors::{self, Doing};
use super::{WordPress, told};
use crate::api::Failed;
use crate::connector::{Ctx, Job, Refusal, StepLog};
use crate::sending::{Ended, Stop};
use crate::tokens::Tokens;

/// The step that lets people see the article.
pub(super) const SHOWN: &str = "article";
/// The step that makes the draft.
pub(super) const DRAFT: &str = "draft";

/// An article being published.
pub(super) struct Sending<'a> {
    pub(super) wordpress: &'a WordPress,
    pub(super) job: &'a Job,
    pub(super) handle: Handle,
    pub(super) tokens: Tokens,
    pub(super) ctx: Ctx<'a>,
}

/// The number of the draft that an attempt made.
pub(super) fn draft_of(job: &Job) -> Option<u64> {
    job.step(DRAFT)?.get("id")?.as_u64()
}

impl WordPress {
    pub(super) async fn publish_steps(
        &self,
        job: &Job,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Ended, Stop> {
        if let Some(seen) = job.step(SHOWN).and_then(Seen::read) {
            return Ok(seen.ended());
        }
        let sending = Sending {
            wordpress: self,
            job,
            handle: Handle::read(&job.handle)?,
            tokens: self.tokens(&job.account, ctx).await?,
            ctx,
        };
        let mut draft = draft_of(job);
        if draft.is_none() {
            let often = job.attempt > 1 || job.first_sent_try_at.is_some();
            let there = self.look(job, &sending.handle, &sending.tokens, often, ctx);
            if let Some(seen) = there.await? {
                if seen.is_out(article::status_option(&job.options)) {
                    return Ok(seen.ended());
                }
                draft = Some(seen.id);
            }
        }
        let around = sending.around(steps).await?;
        let id = match draft {
            Some(id) => id,
            None => sending.make(&around, steps).await?,
        };
        let seen = if let Some(seen) = sending.show(id, &around, steps).await? {
            seen
        } else {
            // Somebody deleted the draft in the meantime, so nothing of this is to be seen.
            let id = sending.make(&around, steps).await?;
            let again = sending.show(id, &around, steps).await?;
            again.ok_or_else(deleted)?
        };
        steps.finished(SHOWN, seen.to_json()).await?;
        Ok(seen.ended())
    }
}

fn deleted() -> Stop {
    Stop::NotSent(Refusal::never(
        Category::Validation,
        "The article was deleted on the site while it was published.",
    ))
}

impl Sending<'_> {
    pub(super) fn refused(&self, failed: &Failed, doing: Doing) -> Refusal {
        told(failed, doing, &self.job.account, self.ctx)
    }

    /// Files and terms of the article.
    async fn around(&self, steps: &mut dyn StepLog) -> Result<Around, Stop> {
        let mut figures = self.files(steps).await?;
        let wanted = self
            .job
            .options
            .get(OPTION_FEATURED)
            .and_then(Value::as_bool);
        let first = figures.iter().position(|f| !f.video);
        let featured = first
            .filter(|_| wanted.unwrap_or(true))
            .map(|at| figures.remove(at).id);
        let (categories, tags) = if let Some(done) = self.job.step("terms") {
            (numbers(done, "categories"), numbers(done, "tags"))
        } else {
            let (account, options) = (&self.job.account, &self.job.options);
            let terms = self
                .wordpress
                .terms(account, options, &self.tokens, self.ctx);
            let (categories, tags) = terms.await?;
            if !categories.is_empty() || !tags.is_empty() {
                let value = json!({ "categories": categories, "tags": tags });
                steps.finished("terms", value).await?;
            }
            (categories, tags)
        };
        Ok(Around {
            featured,
            figures,
            categories,
            tags,
        })
    }

    /// Makes the draft.
    async fn make(&self, around: &Around, steps: &mut dyn StepLog) -> Result<u64, Stop> {
        let mut body = article::body(self.job, &self.handle, around);
        body.insert("status".to_owned(), "draft".into());
        let route = "/wp/v2/posts?_fields=id";
        let id = match self.post(route, body).await {
            Ok(answer) => answer.get("id").and_then(Value::as_u64),
            // A draft is seen by nobody, and the next attempt looks for it.
            Err(failed) => return Err(self.refused(&failed, Doing::Calling).into()),
        };
        let id = id.ok_or_else(|| {
            Refusal::later(
                Category::NetworkError,
                "The site took the article and did not say under which number.",
            )
        })?;
        steps.finished(DRAFT, json!({ "id": id })).await?;
        Ok(id)
    }

    /// Lets people see the article; none when it is not there any more.
    async fn show(
        &self,
        id: u64,
        around: &Around,
        steps: &mut dyn StepLog,
    ) -> Result<Option<Seen>, Stop> {
        let mut body = article::body(self.job, &self.handle, around);
        article::show(self.job, &mut body);
        steps.about_to_show(SHOWN).await?;
        let route = format!("/wp/v2/posts/{id}?_fields={FIELDS}");
        let answer = match self.post(&route, body).await {
            Ok(answer) => answer,
            Err(failed) if errors::is_gone(&failed) => return Ok(None),
            Err(failed) => {
                let refusal = self.refused(&failed, Doing::Calling);
                return Err(Stop::after_showing(failed.may_have_worked(), refusal));
            }
        };
        let Some(seen) = Seen::read(&answer) else {
            return Err(Stop::Uncertain(Refusal::later(
                Category::NetworkError,
                "The site did not say whether it published the article.",
            )));
        };
        if seen.is_out(article::status_option(&self.job.options)) {
            return Ok(Some(seen));
        }
        Err(Stop::NotSent(Refusal::never(
            Category::Validation,
            "The site kept the article back as a draft or for review. Publish it there.",
        )))
    }

    async fn post(
        &self,
        route: &str,
        body: serde_json::Map<String, Value>,
    ) -> Result<Value, Failed> {
        let (site, server) = (&self.wordpress.site, &self.job.account.server);
        // On sites with plain links the route is a parameter itself.
        let route = if server.contains("rest_route=") {
            route.replacen('?', "&", 1)
        } else {
            route.to_owned()
        };
        let body = Value::Object(body);
        Ok(site.post(server, &route, &body, &self.tokens).await?.json)
    }
}

fn numbers(value: &Value, name: &str) -> Vec<u64> {
    let all = value.get(name).and_then(Value::as_array);
    all.into_iter()
        .flatten()
        .filter_map(Value::as_u64)
        .collect()
}
