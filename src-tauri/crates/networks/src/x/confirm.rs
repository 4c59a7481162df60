//! Looking for a send on the own timeline.
//!
//! A post is the one that was sent when it shows a file that was uploaded for it, or when it says the
//! same and answers the same post (or none). It counts as absent after it was looked for in vain
//! twice, a minute apart: how late X shows a post there is not documented.
//!
//! The timeline is read on, page by page, back to when the delivery was prepared, and only as far as it has
//! to be: each page costs.

use std::time::Duration;

use model::failure::Category;
use reqwest::Method;
use serde_json::Value;

use super::catalogue::LOOK_POSTS;
use super::client::told;
use super::publish::{delivered, shown};
use super::text::comparable;
use super::upload::{Uploaded, media_key};
use super::{X, errors};
use crate::catalogue::PricedFor;
use crate::connector::{Confirmation, Ctx, Job, Refusal};
use crate::paging::ReadBack;
use crate::sending::prepared_at;
use crate::tokens::CallFailed;

/// How far clocks may be apart.
const SKEW: Duration = Duration::from_mins(2);
/// How far apart two looks in vain have to be.
const APART: Duration = Duration::from_mins(1);
/// Most pages of the timeline that a look reads.
const MAX_PAGES: usize = 5;

/// What looking for all parts gave.
enum Looked {
    /// The ids of all.
    All(Vec<String>),
    /// One is not there.
    Nothing,
    /// More was posted since than is read.
    TooMuch,
}

/// A timeline of which nothing was read.
pub(super) const fn unread() -> ReadBack {
    ReadBack::of(MAX_PAGES)
}

/// The fields that are read, by the older and the newer spelling.
const FIELDS: [(&str, &str); 2] = [
    (
        "tweet.fields",
        "created_at,text,entities,attachments,referenced_tweets,note_tweet",
    ),
    (
        "post.fields",
        "created_at,text,entities,attachments,referenced_posts,note_post",
    ),
];

/// A part of a delivery as it is looked for.
pub(super) struct Part<'a> {
    text: String,
    parent: Option<&'a str>,
    /// Names of the files that were uploaded for it.
    files: Vec<String>,
}

impl<'a> Part<'a> {
    /// A part; `files` are those of this attempt, those of earlier ones are in the steps.
    pub(super) fn of(job: &Job, n: usize, parent: Option<&'a str>, files: Vec<String>) -> Self {
        let earlier = (0..job.segments[n].media.len())
            .filter_map(|i| job.step(&media_key(n, i)).and_then(Uploaded::read))
            .map(|file| file.key);
        Self {
            text: comparable(&job.segments[n].text),
            parent,
            files: files
                .into_iter()
                .chain(earlier)
                .filter(|k| !k.is_empty())
                .collect(),
        }
    }

    /// The id of the post on the timeline that is this part.
    pub(super) fn among(&self, timeline: &[Value]) -> Option<String> {
        let post = timeline.iter().find(|post| self.is(post))?;
        post.get("id").and_then(Value::as_str).map(str::to_owned)
    }

    fn is(&self, post: &Value) -> bool {
        let keys = post
            .pointer("/attachments/media_keys")
            .and_then(Value::as_array);
        let shows = keys.into_iter().flatten().filter_map(Value::as_str);
        if shows
            .into_iter()
            .any(|key| self.files.iter().any(|f| f == key))
        {
            return true;
        }
        // Files alone have no words to compare.
        !self.text.is_empty()
            && parent(post) == self.parent
            && same_links(&words(post)) == same_links(&self.text)
    }
}

/// What a post answers.
fn parent(post: &Value) -> Option<&str> {
    let either = |a: &str, b: &str| post.get(a).or_else(|| post.get(b));
    let all = either("referenced_tweets", "referenced_posts").and_then(Value::as_array);
    let replied = |r: &&Value| r.get("type").and_then(Value::as_str) == Some("replied_to");
    let reply = all.into_iter().flatten().find(replied)?;
    reply.get("id").and_then(Value::as_str)
}

/// What a post says, with its links as they were written and without those to its own files.
fn words(post: &Value) -> String {
    let note = post.get("note_tweet").or_else(|| post.get("note_post"));
    let source = note.unwrap_or(post);
    let text = source.get("text").and_then(Value::as_str);
    let mut text = text.unwrap_or_default().to_owned();
    let both = [
        source.pointer("/entities/urls"),
        post.pointer("/entities/urls"),
    ];
    for link in both
        .into_iter()
        .flatten()
        .filter_map(Value::as_array)
        .flatten()
    {
        let field = |name: &str| link.get(name).and_then(Value::as_str);
        let Some(short) = field("url").filter(|u| !u.is_empty()) else {
            continue;
        };
        let whole = field("expanded_url").unwrap_or_default();
        let own_file = link.get("media_key").is_some()
            || (whole.contains("/status/")
                && (whole.contains("/photo/") || whole.contains("/video/")));
        text = text.replace(short, if own_file { "" } else { whole });
    }
    comparable(&text)
}

/// Words in which a link without `https://` in front is the same as with it.
fn same_links(text: &str) -> String {
    text.replace("https://", "").replace("http://", "")
}

impl X {
    pub(super) async fn confirm_now(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        match self.look(job, ctx).await {
            Err(refusal) => Confirmation::NotNow(refusal),
            Ok(Looked::All(posted)) => {
                self.missed.found(job);
                Confirmation::Found(delivered(job, &posted))
            }
            // Nothing was ever sent.
            Ok(_) if job.first_sent_try_at.is_none() => Confirmation::Absent,
            Ok(Looked::TooMuch) => Confirmation::CannotTell(format!(
                "{} posted so much since that Almanac could not find out whether this post is there. Look on X.",
                job.account.handle
            )),
            Ok(Looked::Nothing) if self.missed.again(job, ctx.clock.now(), APART) => {
                Confirmation::Absent
            }
            Ok(Looked::Nothing) => Confirmation::NotNow(Refusal::later(
                Category::NetworkError,
                "X does not show this post yet. Almanac looks once more in a minute.",
            )),
        }
    }

    async fn look(&self, job: &Job, ctx: Ctx<'_>) -> Result<Looked, Refusal> {
        let mut posted: Vec<String> = Vec::new();
        let mut timeline = unread();
        for n in 0..job.segments.len() {
            let id = if let Some(id) = shown(job, n) {
                id
            } else {
                let part = Part::of(job, n, posted.last().map(String::as_str), vec![]);
                match self.find(&part, &mut timeline, job, ctx).await? {
                    Some(id) => id,
                    None if timeline.saw_all() => return Ok(Looked::Nothing),
                    None => return Ok(Looked::TooMuch),
                }
            };
            posted.push(id);
        }
        Ok(Looked::All(posted))
    }

    /// Looks for a part in what was read of the timeline, and reads on until it is there.
    pub(super) async fn find(
        &self,
        part: &Part<'_>,
        timeline: &mut ReadBack,
        job: &Job,
        ctx: Ctx<'_>,
    ) -> Result<Option<String>, Refusal> {
        loop {
            if let Some(id) = part.among(timeline.entries()) {
                return Ok(Some(id));
            }
            let Some(place) = timeline.goes_on_at() else {
                return Ok(None);
            };
            let (page, next) = self.timeline(job, &place, ctx).await?;
            // X leaves out by itself what is too old.
            timeline.take(page, next, |_| false);
        }
    }

    /// A page of the account's newest posts since the delivery was prepared, and where the next one begins.
    /// `place` is empty for the first.
    async fn timeline(
        &self,
        job: &Job,
        place: &str,
        ctx: Ctx<'_>,
    ) -> Result<(Vec<Value>, Option<String>), Refusal> {
        let account = &job.account;
        let path = format!("/2/users/{}/tweets", account.remote_id);
        let since = prepared_at(job).minus(SKEW).rfc3339();
        let since = format!("{}Z", since.get(..19).unwrap_or_default());
        let most = LOOK_POSTS.to_string();
        let mut refused = None;
        for (name, fields) in FIELDS {
            let mut query = vec![
                ("max_results", most.as_str()),
                ("start_time", since.as_str()),
                (name, fields),
            ];
            if !place.is_empty() {
                query.push(("pagination_token", place));
            }
            let call = self.call(account, Method::GET, &path, ctx, |call| call.query(&query));
            match self.paid(account, PricedFor::LookUp, ctx, call).await {
                Ok(answer) => {
                    let posts = answer.get("data").and_then(Value::as_array);
                    let next = answer.pointer("/meta/next_token").and_then(Value::as_str);
                    return Ok((posts.cloned().unwrap_or_default(), next.map(str::to_owned)));
                }
                Err(CallFailed::Call(failed)) if errors::names_parameter(&failed, name) => {
                    refused = Some(CallFailed::Call(failed));
                }
                Err(failed) => return Err(told(failed, account, ctx)),
            }
        }
        Err(refused.map_or_else(
            || Refusal::later(Category::NetworkError, "X could not be asked."),
            |failed| told(failed, account, ctx),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn part(text: &str, parent: Option<&'static str>, files: &[&str]) -> Part<'static> {
        Part {
            text: comparable(text),
            parent,
            files: files.iter().map(|&f| f.to_owned()).collect(),
        }
    }

    #[test]
    fn the_same_words_below_the_same_post_are_the_part() {
        let post = json!({ "id": "7", "text": "Tom &amp; I" });
        assert!(part("Tom & I", None, &[]).is(&post));
        assert!(!part("Tom & you", None, &[]).is(&post));
        assert!(!part("Tom & I", Some("1"), &[]).is(&post));
        for field in ["referenced_tweets", "referenced_posts"] {
            let reply = json!({
                "id": "8", "text": "Tom &amp; I", field: [{ "type": "replied_to", "id": "1" }],
            });
            assert!(part("Tom & I", Some("1"), &[]).is(&reply));
            assert!(!part("Tom & I", None, &[]).is(&reply));
        }
    }

    #[test]
    fn short_links_are_read_as_they_were_written() {
        let post = json!({
            "id": "7", "text": "Read https://t.co/abc now https://t.co/pic",
            "entities": { "urls": [
                { "url": "https://t.co/abc", "expanded_url": "https://example.org/a" },
                { "url": "https://t.co/pic", "media_key": "3_1",
                  "expanded_url": "https://x.com/ana/status/7/photo/1" },
            ]},
        });
        assert!(part("Read https://example.org/a now", None, &[]).is(&post));
        assert!(part("Read example.org/a now", None, &[]).is(&post));
    }

    #[test]
    fn a_file_that_was_uploaded_for_it_decides() {
        let post = json!({ "id": "7", "text": "", "attachments": { "media_keys": ["3_1"] } });
        assert!(part("anything", Some("9"), &["3_1"]).is(&post));
        assert!(!part("", None, &["3_2"]).is(&post));
    }

    #[test]
    fn long_posts_are_compared_whole() {
        let post = json!({
            "id": "7", "text": "The beginning…", "note_tweet": { "text": "The beginning and the end" },
        });
        assert!(part("The beginning and the end", None, &[]).is(&post));
    }
}
