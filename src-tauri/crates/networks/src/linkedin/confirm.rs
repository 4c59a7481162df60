//! Looking for a send: among the posts of a page, back to those that were last changed before the delivery
//! was prepared. A person's posts cannot be read.
//!
//! What that rests on: the finder `q=author` with `sortBy=LAST_MODIFIED` is an example of the Posts API's
//! documentation, and `start` and `count` are those of its page on pagination, which holds for every
//! collection and calls a list that is shorter than `count` the last one. That posts carry `lastModifiedAt`,
//! in milliseconds since 1970, and that `start` works on this finder, is what programs of others do; neither
//! is said of it in so many words.

use std::time::Duration;

use model::Timestamp;
use model::failure::Category;
use serde_json::Value;

use super::publish::{delivered, lacks_of, shown};
use super::upload::media_key;
use super::{LinkedIn, is_page, text};
use crate::connector::{Confirmation, Ctx, Job, Refusal};
use crate::paging::ReadBack;
use crate::sending::prepared_at;

/// How far clocks may be apart.
const SKEW: Duration = Duration::from_mins(2);
/// How far apart two looks in vain have to be.
const APART: Duration = Duration::from_mins(1);
/// Most lists of posts that a look reads.
const MAX_LISTS: usize = 10;

/// A page's posts of which nothing was read.
pub(super) const fn unread() -> ReadBack {
    ReadBack::of(MAX_LISTS)
}

/// The post of a job in a feed: it shows a file that was uploaded for it, or says the same, and was
/// made since the job was prepared. `files` are those of this attempt.
fn among(feed: &[Value], job: &Job, files: &[String]) -> Option<String> {
    let count = job.first_media().len();
    let earlier = (0..count).filter_map(|i| job.step(&media_key(i))?.as_str());
    let ours: Vec<&str> = files.iter().map(String::as_str).chain(earlier).collect();
    let words = job.first_text().trim();
    let since = prepared_at(job).minus(SKEW);
    let post = feed.iter().find(|post| {
        let made = ["createdAt", "publishedAt"]
            .iter()
            .find_map(|name| post.get(*name)?.as_i64());
        let recent = made.is_some_and(|at| Timestamp::from_millis(at) >= since);
        let says = post.get("commentary").and_then(Value::as_str);
        let same = !words.is_empty() && says.is_some_and(|s| text::plain(s).trim() == words);
        recent && (same || files_of(post).any(|file| ours.contains(&file)))
    })?;
    post.get("id").and_then(Value::as_str).map(str::to_owned)
}

/// The files a post shows.
fn files_of(post: &Value) -> impl Iterator<Item = &str> {
    let one = post.pointer("/content/media/id");
    let card = post.pointer("/content/article/thumbnail");
    let many = post.pointer("/content/multiImage/images");
    let many = many.and_then(Value::as_array).into_iter().flatten();
    let all = many
        .filter_map(|image| image.get("id"))
        .chain(one)
        .chain(card);
    all.filter_map(Value::as_str)
}

impl LinkedIn {
    pub(super) async fn confirm_now(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        if let Some(urn) = shown(job) {
            return Confirmation::Found(delivered(&urn).lacking(lacks_of(job)));
        }
        if !is_page(&job.account) {
            return Confirmation::CannotTell(
                "LinkedIn does not let programs read a person's own posts. Look on LinkedIn at your profile, under Activity, whether this post is there."
                    .to_owned(),
            );
        }
        let mut feed = unread();
        match self.find(job, &[], &mut feed, ctx).await {
            Err(refusal) => Confirmation::NotNow(refusal),
            Ok(Some(urn)) => {
                self.missed.found(job);
                Confirmation::Found(delivered(&urn).lacking(lacks_of(job)))
            }
            // Nothing was ever sent.
            Ok(None) if job.first_sent_try_at.is_none() => Confirmation::Absent,
            Ok(None) if !feed.saw_all() => Confirmation::CannotTell(format!(
                "{} posted so much since that Almanac could not find out whether this post is there. Look on LinkedIn.",
                job.account.display_name
            )),
            Ok(None) if self.missed.again(job, ctx.clock.now(), APART) => Confirmation::Absent,
            Ok(None) => Confirmation::NotNow(Refusal::later(
                Category::NetworkError,
                "LinkedIn does not show this post yet. Almanac looks once more in a minute.",
            )),
        }
    }

    /// Looks for the post of a job in what was read of a page's posts, and reads on until it is there.
    pub(super) async fn find(
        &self,
        job: &Job,
        files: &[String],
        feed: &mut ReadBack,
        ctx: Ctx<'_>,
    ) -> Result<Option<String>, Refusal> {
        let since = prepared_at(job).minus(SKEW);
        loop {
            if let Some(urn) = among(feed.entries(), job, files) {
                return Ok(Some(urn));
            }
            let Some(place) = feed.goes_on_at() else {
                return Ok(None);
            };
            let start = place.parse().unwrap_or(0);
            let (posts, next) = self.feed(&job.account, start, ctx).await?;
            // The order is that of the last change, which is never before a post was made.
            let too_old = |post: &Value| {
                let changed = post.get("lastModifiedAt").and_then(Value::as_i64);
                changed.is_some_and(|at| Timestamp::from_millis(at) < since)
            };
            feed.take(posts, next.map(|start| start.to_string()), too_old);
        }
    }
}
