//! Looking through an account's latest posts: how an uncertain send is decided.
//!
//! A post is ours when it came after the first try, answers what it has to answer, has as many files, the
//! same content warning and the same words. The clocks of both sides may differ: the server's `Date` says
//! by how much.

use html5gum::{Token, Tokenizer};
use model::Timestamp;
use model::failure::Category;
use serde_json::Value;

use super::client::Carry;
use super::instance::Instance;
use super::options::Wanted;
use super::publish::{Shown, delivered, key_holds, shown};
use super::{Mastodon, catalogue, id_of, text};
use crate::api::Answer;
use crate::connector::{Confirmation, Ctx, Job, Refusal};

/// Most posts of a page.
const PAGE: &str = "40";
/// Most pages that are looked through.
const MAX_PAGES: usize = 5;
/// Most posts whose source is asked for, on software that rewrites what was sent.
const MAX_SOURCES: usize = 5;
/// How much earlier than the first try a post may seem to be, in milliseconds.
const MARGIN: i64 = 2 * 60_000;
/// The same where the server does not say what time it has.
const WIDE_MARGIN: i64 = 15 * 60_000;

/// What looking for a part gave.
pub(super) enum Looked {
    /// It is there.
    Found(Shown),
    /// It is not there.
    Nothing,
    /// Several posts could be it, or there are too many to look through.
    Unclear,
}

/// What a part looks like on the network.
struct Sought<'a> {
    text: String,
    warning: String,
    files: usize,
    reply_to: Option<&'a str>,
    known: Vec<&'a str>,
}

impl Mastodon {
    pub(super) async fn confirm_now(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        if job.place_at.is_some() {
            return self.confirm_kept(job, ctx).await;
        }
        let mut posted = Vec::new();
        for n in 0..job.segments.len() {
            if let Some(part) = shown(job, n) {
                posted.push(part);
                continue;
            }
            match self.look(job, n, &posted, ctx).await {
                Ok(Looked::Found(part)) => posted.push(part),
                Ok(Looked::Nothing) => return Confirmation::Absent,
                // Sent once more under its key, the server gives the right one.
                Ok(Looked::Unclear) if key_holds(job, ctx) => return Confirmation::Absent,
                Ok(Looked::Unclear) => {
                    let (name, handle) = (catalogue::NAME, &job.account.handle);
                    return Confirmation::CannotTell(format!(
                        "Almanac looked for these words among the latest posts of {handle} on {name} and could not tell which one it is. Look at the profile there."
                    ));
                }
                Err(refusal) => return Confirmation::NotNow(refusal),
            }
        }
        Confirmation::Found(delivered(job, &posted))
    }

    /// Looks for part `n` below the parts that are known.
    pub(super) async fn look(
        &self,
        job: &Job,
        n: usize,
        posted: &[Shown],
        ctx: Ctx<'_>,
    ) -> Result<Looked, Refusal> {
        let sought = Sought {
            text: text::squeezed(&job.segments[n].text),
            warning: text::squeezed(&Wanted::read(&job.options).warning),
            files: job.segments[n].media.len(),
            reply_to: posted.last().map(|s| s.id.as_str()),
            known: posted.iter().map(|s| s.id.as_str()).collect(),
        };
        let rewrites = !Instance::of(&job.account).keyed;
        let path = format!("/api/v1/accounts/{}/statuses", id_of(&job.account));
        let since = job.first_sent_try_at.unwrap_or(job.due_at);
        let (mut older, mut fits, mut sources) = (String::new(), Vec::new(), 0);
        for _ in 0..MAX_PAGES {
            let mut parameters = vec![("limit", PAGE), ("exclude_reblogs", "true")];
            if !older.is_empty() {
                parameters.push(("max_id", older.as_str()));
            }
            let answer = self
                .read(&job.account, &path, Carry::Query(&parameters), ctx)
                .await?;
            let from = since_there(&answer, since, ctx.clock.now());
            let Some(Value::Array(page)) = answer.json() else {
                return Err(no_list());
            };
            let mut all_seen = page.is_empty();
            for status in &page {
                if created(status).is_some_and(|at| at < from) {
                    all_seen = true;
                } else if sought.could_be(status) {
                    let mut same = words_of(status) == sought.text;
                    if !same && rewrites && sources < MAX_SOURCES {
                        sources += 1;
                        same = self.source(job, status, ctx).await.as_ref() == Some(&sought.text);
                    }
                    fits.extend(Shown::read(status).filter(|_| same));
                }
            }
            if all_seen {
                let first = fits.pop();
                return Ok(match first {
                    Some(part) if fits.is_empty() => Looked::Found(part),
                    Some(_) => Looked::Unclear,
                    None => Looked::Nothing,
                });
            }
            let last = page.last().and_then(|s| s.get("id")?.as_str());
            last.unwrap_or_default().clone_into(&mut older);
        }
        Ok(Looked::Unclear)
    }

    /// The words of a post as they were sent; none when the server does not tell.
    pub(super) async fn source(&self, job: &Job, status: &Value, ctx: Ctx<'_>) -> Option<String> {
        let id = status.get("id")?.as_str()?;
        let path = format!("/api/v1/statuses/{id}/source");
        let answer = self
            .read(&job.account, &path, Carry::Nothing, ctx)
            .await
            .ok()?;
        Some(text::squeezed(answer.json()?.get("text")?.as_str()?))
    }
}

impl Sought<'_> {
    /// Whether everything but the words is as it has to be.
    fn could_be(&self, status: &Value) -> bool {
        let id = |name: &str| status.get(name).and_then(Value::as_str);
        let files = status.get("media_attachments").and_then(Value::as_array);
        let warning = id("spoiler_text").unwrap_or_default();
        status.get("reblog").is_none_or(Value::is_null)
            && id("id").is_some_and(|id| !self.known.contains(&id))
            && id("in_reply_to_id") == self.reply_to
            && files.map_or(0, Vec::len) == self.files
            && text::squeezed(warning) == self.warning
    }
}

fn no_list() -> Refusal {
    Refusal::later(
        Category::NetworkError,
        "The server did not give the latest posts of the account. Almanac asks again.",
    )
}

fn created(status: &Value) -> Option<i64> {
    let at: jiff::Timestamp = status.get("created_at")?.as_str()?.parse().ok()?;
    Some(at.as_millisecond())
}

/// The first instant by the server's clock at which a post may be ours.
fn since_there(answer: &Answer, since: Timestamp, now: Timestamp) -> i64 {
    let date = answer.header("date");
    let there = date.and_then(|d| jiff::fmt::rfc2822::parse(d).ok());
    match there {
        Some(there) => {
            let ahead = there.timestamp().as_millisecond() - now.as_millis();
            since.as_millis() + ahead - MARGIN
        }
        None => since.as_millis() - WIDE_MARGIN,
    }
}

/// The words of a post for comparing.
pub(super) fn words_of(status: &Value) -> String {
    let html = status.get("content").and_then(Value::as_str);
    let html = html.unwrap_or_default();
    let mut words = String::new();
    for Ok(token) in Tokenizer::new(html) {
        match token {
            Token::String(text) => words.push_str(&String::from_utf8_lossy(&text)),
            // A mention begins only after a space.
            Token::StartTag(tag) if matches!(&**tag.name, b"br" | b"p") => words.push('\n'),
            _ => {}
        }
    }
    text::squeezed(&words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_server_made_of_a_text_is_known_again() {
        let html = r#"<p>Hi <span class="h-card"><a href="https://b.example/@bo" class="u-url mention">@<span>bo</span></a></span> &amp; all &lt;3<br />see <a href="https://example.org/a"><span class="invisible">https://</span><span class="ellipsis">example.o</span><span class="invisible">rg/a</span></a></p><p><a href="x">#<span>tag</span></a></p>"#;
        let status = json!({ "content": html });
        let sent = "Hi @bo@b.example & all <3\nsee https://example.org/a\n\n#tag";
        assert_eq!(words_of(&status), text::squeezed(sent));
    }

    #[test]
    fn a_post_of_another_kind_is_not_ours() {
        let sought = Sought {
            text: String::new(),
            warning: "Food".to_owned(),
            files: 1,
            reply_to: Some("1"),
            known: vec!["1"],
        };
        let good = json!({ "id": "2", "in_reply_to_id": "1", "spoiler_text": " Food", "media_attachments": [{}], "reblog": null });
        assert!(sought.could_be(&good));
        for (field, value) in [
            ("id", json!("1")),
            ("in_reply_to_id", json!(null)),
            ("spoiler_text", json!("")),
            ("media_attachments", json!([])),
            ("reblog", json!({})),
        ] {
            let mut other = good.clone();
            other[field] = value;
            assert!(!sought.could_be(&other), "{field}");
        }
    }

    #[test]
    fn clocks_that_differ_are_taken_into_account() {
        let now = Timestamp::from_millis(1_779_000_000_000);
        let answer = |headers: &[(&'static str, &str)]| Answer {
            status: 200,
            headers: headers
                .iter()
                .map(|(k, v)| (k.parse().unwrap(), v.parse().unwrap()))
                .collect(),
            body: vec![],
        };
        // The server is a minute ahead.
        let ahead = answer(&[("date", "Sun, 17 May 2026 06:41:00 GMT")]);
        assert_eq!(
            since_there(&ahead, now, now),
            now.as_millis() + 60_000 - MARGIN
        );
        assert_eq!(
            since_there(&answer(&[]), now, now),
            now.as_millis() - WIDE_MARGIN
        );
    }
}
