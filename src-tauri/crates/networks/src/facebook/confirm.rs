//! Deciding an uncertain send: a video by its own state, everything else by looking for it among the
//! Page's posts.

use std::time::Duration;

use serde_json::Value;

use super::publish::{POST, delivered, ended, shown};
use super::video::{State, VIDEO, still_working};
use super::{Facebook, Kind, errors};
use crate::after::Unrecorded;
use crate::connector::{Confirmation, Ctx, Delivered, Job, Kept, Refusal};
use crate::meta::client::id_of;
use crate::meta::errors as graph_errors;
use crate::meta::pass::Pass;
use model::Timestamp;
use model::failure::Category;

/// Clocks may differ by this much.
const SLACK: Duration = Duration::from_mins(2);
/// A post may be missing from the list for this long.
const SETTLE: Duration = Duration::from_mins(1);
/// Posts that are looked through.
const LIMIT: &str = "25";

impl Facebook {
    pub(super) async fn confirm_now(
        &self,
        job: &Job,
        ctx: Ctx<'_>,
    ) -> Result<Confirmation, Refusal> {
        if let Some(shown) = job.step(POST) {
            return Ok(self.found(job, shown, ctx).await);
        }
        let token = self.token(&job.account, ctx).await?;
        let kind = Kind::of(&job.options);
        let known = match job.step(VIDEO).and_then(|v| v.get("id")?.as_str()) {
            Some(id) => Some(self.confirm_video(job, kind, id, &token, ctx).await?),
            // Nothing of it was ever uploaded.
            None => has_video(job).then_some(Confirmation::Absent),
        };
        match known {
            // Another copy of the calendar may have sent it with an upload of its own.
            None => {}
            Some(Confirmation::Absent) if job.unknown_send => {}
            Some(known) => return Ok(known),
        }
        let found = if kind == Kind::Story {
            self.find_story(job, &token, ctx).await?
        } else {
            self.find_post(job, &token, ctx).await?
        };
        if let Some(shown) = found {
            return Ok(Confirmation::Found(delivered(&shown)));
        }
        if job.place_at.is_some()
            && let Some(shown) = self.find_kept(job, &token, ctx).await?
        {
            return Ok(Confirmation::Placed(delivered(&shown)));
        }
        let fresh = |shown_at| ctx.clock.now().since(shown_at) < SETTLE;
        if job.last_shown_at.is_some_and(fresh) {
            return Ok(Confirmation::NotNow(Refusal::later(
                Category::NetworkError,
                "Facebook does not show it yet. Almanac looks again in a minute.",
            )));
        }
        Ok(Confirmation::CannotTell(
            "Almanac looked through the latest posts of the Page and did not find it. Facebook's list is not always complete: look at the Page itself.".to_owned(),
        ))
    }

    /// What is there, with what comes after it.
    async fn found(&self, job: &Job, shown: &Value, ctx: Ctx<'_>) -> Confirmation {
        let lacks = self.captions(job, shown, &mut Unrecorded, ctx).await;
        ended(shown, job, lacks.unwrap_or_default()).found()
    }

    async fn confirm_video(
        &self,
        job: &Job,
        kind: Kind,
        id: &str,
        token: &Pass,
        ctx: Ctx<'_>,
    ) -> Result<Confirmation, Refusal> {
        let state = self.video_state(id, token).await;
        let told = |failed| errors::refusal(&failed, &job.account.handle, ctx.clock.now());
        let word = match kind {
            Kind::Post => "video",
            Kind::Reel => "reel",
            Kind::Story => "story",
        };
        Ok(match state.map_err(told)? {
            State::Published => self.found(job, &shown(word, id), ctx).await,
            State::Working => Confirmation::NotNow(still_working()),
            // The same upload is gone on with; it is published once.
            State::Uploading(_) | State::Uploaded | State::Failed => Confirmation::Absent,
        })
    }

    /// A post with these pictures or words among those that are kept until their time.
    async fn find_kept(
        &self,
        job: &Job,
        token: &Pass,
        ctx: Ctx<'_>,
    ) -> Result<Option<Value>, Refusal> {
        let fields = "id,message,attachments{target{id},subattachments{target{id}}}";
        let query = [("fields", fields), ("limit", LIMIT)];
        let path = format!("{}/scheduled_posts", job.account.remote_id);
        let posts = self.list(&path, token, &query, job, ctx).await?;
        Ok(same_post(&posts, job))
    }

    /// Looks at a post that Facebook keeps until its time.
    pub(super) async fn look_at_kept_now(&self, job: &Job, kept: &Delivered, ctx: Ctx<'_>) -> Kept {
        let token = match self.token(&job.account, ctx).await {
            Ok(token) => token,
            Err(refusal) => return Kept::NotNow(refusal),
        };
        let kind = kept.remote.get("kind").and_then(Value::as_str);
        let out = if kind == Some("post") {
            "is_published"
        } else {
            "published"
        };
        let fields = format!("{out},scheduled_publish_time");
        let answer = self
            .graph
            .get(&kept.remote_id, &token, &[("fields", &fields)])
            .await;
        let now = ctx.clock.now();
        let answer = match answer {
            Ok(answer) => answer,
            Err(failed) if graph_errors::is_gone(&failed) => return Kept::Gone,
            Err(failed) => {
                return Kept::NotNow(errors::refusal(&failed, &job.account.handle, now));
            }
        };
        if answer.get(out).and_then(Value::as_bool) == Some(true) {
            return Kept::Published(kept.clone());
        }
        let time = answer.get("scheduled_publish_time");
        let time = time.and_then(|t| t.as_i64().or_else(|| t.as_str()?.parse().ok()));
        match time {
            Some(seconds) => Kept::Until(Timestamp::from_millis(seconds.saturating_mul(1_000))),
            None => Kept::CannotTell(
                "Facebook has it as a draft now, without a time. Look at the Page itself."
                    .to_owned(),
            ),
        }
    }

    /// A post of the feed with these pictures, or with these very words since the sending began.
    async fn find_post(
        &self,
        job: &Job,
        token: &Pass,
        ctx: Ctx<'_>,
    ) -> Result<Option<Value>, Refusal> {
        let since = job.first_sent_try_at.unwrap_or(job.due_at).minus(SLACK);
        let since = super::publish::seconds(since);
        let fields = "id,message,created_time,attachments{target{id},subattachments{target{id}}}";
        let query = [("fields", fields), ("since", &since), ("limit", LIMIT)];
        let path = format!("{}/published_posts", job.account.remote_id);
        let posts = self.list(&path, token, &query, job, ctx).await?;
        Ok(same_post(&posts, job))
    }

    /// A story of the picture. The Page's archive has to be on for that.
    async fn find_story(
        &self,
        job: &Job,
        token: &Pass,
        ctx: Ctx<'_>,
    ) -> Result<Option<Value>, Refusal> {
        let photos = photos_of(job);
        let path = format!("{}/stories", job.account.remote_id);
        let query = [("fields", "post_id,media_id"), ("limit", LIMIT)];
        let stories = self.list(&path, token, &query, job, ctx).await?;
        let found = stories.iter().find(|story| {
            let media = story.get("media_id").and_then(Value::as_str);
            media.is_some_and(|m| photos.contains(&m))
        });
        Ok(found.and_then(|story| Some(shown("story", &id_of(story, "post_id")?))))
    }

    async fn list(
        &self,
        path: &str,
        token: &Pass,
        query: &[(&str, &str)],
        job: &Job,
        ctx: Ctx<'_>,
    ) -> Result<Vec<Value>, Refusal> {
        let answer = self.graph.get(path, token, query).await;
        let answer = answer
            .map_err(|failed| errors::refusal(&failed, &job.account.handle, ctx.clock.now()))?;
        let data = answer.get("data").and_then(Value::as_array);
        Ok(data.cloned().unwrap_or_default())
    }
}

fn has_video(job: &Job) -> bool {
    let mut files = job.segments.iter().flat_map(|s| &s.media);
    files.any(|file| file.facts.is_video())
}

fn photos_of(job: &Job) -> Vec<&str> {
    let steps = job.done.iter().filter(|s| s.key.starts_with("photo/"));
    steps.filter_map(|s| s.value.as_str()).collect()
}

/// Ids of what is attached to a post.
fn targets(post: &Value) -> Vec<&str> {
    let attached = post.pointer("/attachments/data").and_then(Value::as_array);
    let mut found = vec![];
    for one in attached.into_iter().flatten() {
        let below = one
            .pointer("/subattachments/data")
            .and_then(Value::as_array);
        for thing in std::iter::once(one).chain(below.into_iter().flatten()) {
            found.extend(thing.pointer("/target/id").and_then(Value::as_str));
        }
    }
    found
}

/// The one of these posts that has the job's pictures, or its very words.
fn same_post(posts: &[Value], job: &Job) -> Option<Value> {
    let photos = photos_of(job);
    let words = job.first_text().trim();
    let found = posts.iter().find(|post| {
        let message = post.get("message").and_then(Value::as_str);
        if photos.is_empty() {
            !words.is_empty() && message.unwrap_or_default().trim() == words
        } else {
            targets(post).iter().any(|t| photos.contains(t))
        }
    })?;
    Some(shown("post", &id_of(found, "id")?))
}
