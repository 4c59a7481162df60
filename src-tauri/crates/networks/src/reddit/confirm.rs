//! Looking for a send in the account's own list of posts: made since, in the same community, of the same
//! kind, with the same title and the same text or link. The list is read back to when the delivery was
//! prepared.

use std::time::Duration;

use model::Timestamp;
use model::failure::Category;
use serde_json::{Value, json};

use super::Reddit;
use super::catalogue::KEY;
use super::client::told;
use super::publish::{HELD, Kind, Post, accepted, delivered, shown, working};
use super::text::comparable;
use crate::connector::{Confirmation, Ctx, Job, Refusal};
use crate::paging::ReadBack;
use crate::sending::prepared_at;

/// How far clocks may be apart.
const SKEW: Duration = Duration::from_mins(2);
/// How long posts of text and links may take until they are listed.
const LISTED: Duration = Duration::from_mins(2);
/// Posts that one call lists.
const PAGE: &str = "100";
/// Most calls of a look. Reddit lists no more than a thousand posts, and does not say when it leaves some out.
const MAX_PAGES: usize = 5;

/// What looking gave.
pub(super) enum Looked {
    /// It is there: what its step holds.
    One(Value),
    /// It is not.
    None,
    /// Several could be it.
    Several,
    /// It is not among those that were read, and there are more.
    TooMuch,
}

impl Reddit {
    pub(super) async fn confirm_now(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        if let Some(delivered) = shown(job) {
            return Confirmation::Found(delivered);
        }
        let post = Post::of(job);
        match self.look_for(job, &post, ctx).await {
            Err(refusal) => Confirmation::NotNow(refusal),
            Ok(Looked::One(step)) => {
                self.missed.found(job);
                Confirmation::Found(delivered(&step))
            }
            Ok(Looked::Several) => Confirmation::CannotTell(format!(
                "{} has several new posts with this title there. Look on Reddit whether this one is among them.",
                job.account.handle
            )),
            Ok(Looked::None) => self.absent(job, post.kind, ctx),
            // Nothing was ever sent.
            Ok(Looked::TooMuch) if job.first_sent_try_at.is_none() && !accepted(job) => {
                Confirmation::Absent
            }
            Ok(Looked::TooMuch) => Confirmation::CannotTell(format!(
                "{} posted so much since that Almanac could not find out whether this post is there. Look on Reddit.",
                job.account.handle
            )),
        }
    }

    fn absent(&self, job: &Job, kind: Kind, ctx: Ctx<'_>) -> Confirmation {
        let taken = accepted(job);
        if job.first_sent_try_at.is_none() && !taken {
            return Confirmation::Absent;
        }
        let apart = if kind.named_at_once() {
            LISTED
        } else {
            self.media_listed_after
        };
        match (self.missed.again(job, ctx.clock.now(), apart), taken) {
            (true, true) => Confirmation::CannotTell(format!(
                "Reddit took this post and does not list it. Look at the profile of {} on Reddit; a post that waits for a moderator shows there.",
                job.account.handle
            )),
            (true, false) => Confirmation::Absent,
            (false, true) => Confirmation::NotNow(working()),
            (false, false) => Confirmation::NotNow(Refusal::later(
                Category::NetworkError,
                "Reddit does not list this post yet. Almanac looks again in some minutes.",
            )),
        }
    }

    /// Looks for the post of a job among those of the account.
    pub(super) async fn look_for(
        &self,
        job: &Job,
        post: &Post,
        ctx: Ctx<'_>,
    ) -> Result<Looked, Refusal> {
        let account = &job.account;
        let name = account.settings["name"].as_str();
        let name = name.unwrap_or_else(|| account.handle.trim_start_matches("u/"));
        let path = format!("/user/{name}/submitted");
        let since = prepared_at(job).minus(SKEW);
        let mut list = ReadBack::of(MAX_PAGES);
        while let Some(place) = list.goes_on_at() {
            let mut query = vec![("sort", "new"), ("limit", PAGE)];
            if !place.is_empty() {
                query.push(("after", place.as_str()));
            }
            let answer = self.get(account, &path, &query, ctx).await;
            let mut answer = answer.map_err(|failed| told(failed, account, ctx))?;
            let next = answer.pointer("/data/after").and_then(Value::as_str);
            let next = next.map(str::to_owned);
            let children = answer.pointer_mut("/data/children").map(Value::take);
            let Some(Value::Array(children)) = children else {
                return Err(Refusal::later(
                    Category::NetworkError,
                    "Reddit did not give the account's posts. Almanac asks again.",
                ));
            };
            list.take(children, next, |child| !recent(&child["data"], since));
        }
        let found: Vec<Value> = list
            .entries()
            .iter()
            .map(|child| &child["data"])
            .filter(|listed| is_it(listed, post, since))
            .filter_map(step_of)
            .collect();
        Ok(match found.as_slice() {
            [] if list.saw_all() => Looked::None,
            [] => Looked::TooMuch,
            [one] => Looked::One(one.clone()),
            _ => Looked::Several,
        })
    }
}

/// What the step of a listed post holds.
fn step_of(listed: &Value) -> Option<Value> {
    let id = listed["name"].as_str()?;
    let path = listed["permalink"].as_str();
    let url = path.map(|path| format!("https://www.{KEY}.com{path}"));
    Some(json!({ "id": id, "url": url, HELD: listed["removed_by_category"] }))
}

fn same_address(one: &str, other: &str) -> bool {
    let read = |address: &str| reqwest::Url::parse(address).ok();
    one == other || read(one).is_some_and(|one| Some(one) == read(other))
}

/// Whether a post was made since.
fn recent(listed: &Value, since: Timestamp) -> bool {
    let made = listed["created_utc"].as_f64().unwrap_or_default();
    (made * 1_000.0) as i64 >= since.as_millis()
}

fn is_it(listed: &Value, post: &Post, since: Timestamp) -> bool {
    let text = |name: &str| listed[name].as_str().unwrap_or_default();
    let flag = |name: &str| listed[name].as_bool().unwrap_or(false);
    let there = text("subreddit").eq_ignore_ascii_case(&post.community);
    let titled = comparable(text("title")) == comparable(&post.title);
    let files = flag("is_video") || flag("is_gallery");
    let same = match post.kind {
        Kind::Text => flag("is_self") && comparable(text("selftext")) == comparable(&post.text),
        Kind::Link => !flag("is_self") && same_address(text("url"), &post.link),
        Kind::Gallery => flag("is_gallery"),
        Kind::Video => flag("is_video"),
        // Its address is a new one of Reddit's own.
        Kind::Picture => !flag("is_self") && !files,
    };
    recent(listed, since) && there && titled && same
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(kind: Kind) -> Post {
        Post {
            kind,
            community: "Test".to_owned(),
            title: "A title".to_owned(),
            text: "Some text".to_owned(),
            link: "https://example.org/?a=1&b=2".to_owned(),
        }
    }

    #[test]
    fn a_post_is_known_by_all_that_was_sent() {
        let since = Timestamp::from_millis(1_000_000);
        let listed = json!({
            "name": "t3_a", "title": "A  title", "subreddit": "test", "created_utc": 1_000.0,
            "is_self": true, "selftext": "Some\n\ntext", "permalink": "/r/test/comments/a/",
        });
        assert!(is_it(&listed, &post(Kind::Text), since));
        for (field, value) in [
            ("title", json!("Another")),
            ("subreddit", json!("other")),
            ("created_utc", json!(999.0)),
            ("selftext", json!("Other text")),
            ("is_self", json!(false)),
        ] {
            let mut other = listed.clone();
            other[field] = value;
            assert!(!is_it(&other, &post(Kind::Text), since), "{field}");
        }
        let mut link = listed.clone();
        link["is_self"] = json!(false);
        link["url"] = json!("https://example.org/?a=1&b=2");
        assert!(is_it(&link, &post(Kind::Link), since));
        assert!(!is_it(&listed, &post(Kind::Link), since));
        assert!(is_it(&link, &post(Kind::Picture), since));
        link["is_gallery"] = json!(true);
        assert!(is_it(&link, &post(Kind::Gallery), since));
        assert!(!is_it(&link, &post(Kind::Picture), since));
        let step = step_of(&listed).unwrap();
        assert_eq!(step["url"], "https://www.reddit.com/r/test/comments/a/");
    }
}
