//! Looking for a send: TikTok tells what became of a post by the name it gave it. Where that name was
//! lost, the public videos of the account are read; of others programs learn nothing.

use std::time::Duration;

use model::Timestamp;
use model::failure::Category;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use super::catalogue::{OPTION_PRIVACY, PUBLIC};
use super::client::told;
use super::post::{option, words};
use super::publish::{delivered, shown, step};
use super::upload::Standing;
use super::{TikTok, errors};
use crate::connector::{Confirmation, Ctx, Job, Refusal};
use crate::paging::ReadBack;
use crate::sending::prepared_at;

/// How far clocks may be apart.
const SKEW: Duration = Duration::from_mins(2);
/// How much of a text TikTok gives back, in characters.
const WORDS_BACK: usize = 150;
/// Posts that one call lists, which is as many as TikTok gives, and most calls of a look.
const LISTED: usize = 20;
const MAX_PAGES: usize = 10;
const LIST: &str = "/v2/video/list/?fields=id,create_time,title,video_description";

/// A text as it compares: normalised, with single spaces, and no longer than TikTok gives it back.
fn plain(text: &str) -> String {
    let text: String = text.nfc().collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.chars().take(WORDS_BACK).collect()
}

/// Whether two texts may be the same: one is the other, or what TikTok left of it.
fn same(ours: &str, theirs: &str) -> bool {
    let (ours, theirs) = (plain(ours), plain(theirs));
    let theirs = theirs.trim_end_matches(['.', '…']).trim_end();
    ours.trim_end_matches(['.', '…']).trim_end() == theirs
        || (theirs.chars().count() >= WORDS_BACK / 2 && ours.starts_with(theirs))
}

impl TikTok {
    pub(super) async fn confirm_now(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        if let Some(delivered) = shown(job) {
            return Confirmation::Found(delivered);
        }
        match self.look(job, ctx).await {
            Ok(confirmation) => confirmation,
            Err(refusal) => Confirmation::NotNow(refusal),
        }
    }

    async fn look(&self, job: &Job, ctx: Ctx<'_>) -> Result<Confirmation, Refusal> {
        if let Some(upload) = self.begun(job, ctx).await? {
            let id = &upload.publish_id;
            let total = job.first_video().map(|video| video.facts.bytes);
            match self.standing(&job.account, id, ctx).await? {
                Standing::Published(posts) => {
                    // Its name stays known until that is recorded: nothing else finds a private post.
                    self.tidy(job, ctx).await;
                    return Ok(Confirmation::Found(delivered(job, &step(id, &posts))));
                }
                // Going on says why, and begins anew only where that can help.
                Standing::Failed(_) => return Ok(Confirmation::Absent),
                Standing::Working(Some(uploaded)) if total.is_some_and(|t| uploaded < t) => {
                    // TikTok waits for the rest: going on cannot make a second post.
                    return Ok(Confirmation::Absent);
                }
                Standing::Working(_) => return Ok(Confirmation::NotNow(errors::working())),
                Standing::Unknown => {}
            }
        }
        self.look_among_posts(job, ctx).await
    }

    async fn look_among_posts(&self, job: &Job, ctx: Ctx<'_>) -> Result<Confirmation, Refusal> {
        let never_sent = job.first_sent_try_at.is_none();
        let listed =
            job.account.settings["lists"] == true && option(&job.options, OPTION_PRIVACY) == PUBLIC;
        if !listed {
            return Ok(if never_sent {
                Confirmation::Absent
            } else {
                Confirmation::CannotTell(
                    "TikTok shows programs only public posts. Look at the profile in the TikTok app whether this one is there."
                        .to_owned(),
                )
            });
        }
        let mut list = ReadBack::of(MAX_PAGES);
        let found = self.among_posts(job, &mut list, ctx).await?;
        Ok(match found.as_slice() {
            [id] => {
                self.missed.found(job);
                let step = json!({ "publishId": null, "postId": id });
                Confirmation::Found(delivered(job, &step))
            }
            [] if never_sent => Confirmation::Absent,
            [] if !list.saw_all() => Confirmation::CannotTell(format!(
                "{} posted so much since that Almanac could not find out whether this post is there. Look on TikTok.",
                job.account.handle
            )),
            [] if self.missed.again(job, ctx.clock.now(), self.listed_after) => {
                Confirmation::Absent
            }
            [] => Confirmation::NotNow(Refusal::later(
                Category::NetworkError,
                "TikTok does not show this post yet. Almanac looks again in some minutes.",
            )),
            _ => Confirmation::CannotTell(
                "The account has several new posts with these words. Look on TikTok whether this one is among them."
                    .to_owned(),
            ),
        })
    }

    /// The posts of the account with the words of a job, made since it was prepared.
    async fn among_posts(
        &self,
        job: &Job,
        list: &mut ReadBack,
        ctx: Ctx<'_>,
    ) -> Result<Vec<String>, Refusal> {
        let since = prepared_at(job).minus(SKEW);
        let recent = |post: &Value| {
            let made = post["create_time"].as_i64().unwrap_or_default();
            Timestamp::from_millis(made.saturating_mul(1_000)) >= since
        };
        while let Some(place) = list.goes_on_at() {
            let mut input = json!({ "max_count": LISTED });
            if let Ok(cursor) = place.parse::<i64>() {
                input["cursor"] = cursor.into();
            }
            let data = self.ask(&job.account, LIST, Some(&input), ctx).await;
            let data = data.map_err(|failed| told(failed, &job.account, ctx))?;
            let more = data["has_more"] == true;
            let next = data["cursor"].as_i64().filter(|_| more);
            let posts = data["videos"].as_array().cloned().unwrap_or_default();
            list.take(posts, next.map(|n| n.to_string()), |post| !recent(post));
        }
        let is_it = |post: &&Value| {
            let text = |name: &str| post[name].as_str().unwrap_or_default();
            let theirs = if text("video_description").is_empty() {
                text("title")
            } else {
                text("video_description")
            };
            recent(post) && same(words(job), theirs)
        };
        let posts = list.entries().iter().filter(is_it);
        Ok(posts
            .filter_map(|post| post["id"].as_str().map(str::to_owned))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn words_are_known_again_although_tiktok_cuts_them() {
        let long = "a word ".repeat(60);
        assert!(same("Hello  there\n#tag", "Hello there #tag"));
        assert!(same("", ""));
        assert!(same(&long, long.get(..150).unwrap()));
        assert!(same(&long, &format!("{}…", long.get(..140).unwrap())));
        assert!(!same(&long, "a word"));
        assert!(!same("Hello", ""));
        assert!(!same("Hello", "Hello you"));
    }
}
