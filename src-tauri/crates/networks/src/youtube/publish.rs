//! Publishing: the upload, whose last piece shows the video, a look whether YouTube can use it, then what
//! comes after it, which never undoes or repeats it.
//!
//! Steps: `segment/0` (the video's id; nothing again when YouTube refused it), and those of what comes after.

use model::failure::Category;
use serde_json::{Map, Value, json};

use super::catalogue::{
    MAX_THUMBNAIL_BYTES, MAX_THUMBNAIL_SIDE, MAX_TITLE, OPTION_CATEGORY, OPTION_EMBED, OPTION_KIDS,
    OPTION_LICENSE, OPTION_PRIVACY, OPTION_SYNTHETIC, OPTION_TAGS, OPTION_TITLE,
};
use super::standing::{self, State};
use super::upload::{Among, Piece, PieceFailed, Reached, gone};
use super::{YouTube, errors};
use crate::api::Failed;
use crate::connector::{Ctx, Delivered, Job, Refusal, SpanKind, StepLog, TextSpan};
use crate::sending::{Ended, Stop};
use crate::spotting;
use crate::tokens::CallFailed;

/// The step that shows the video.
const SHOWN: &str = "segment/0";

/// The id of a video that was shown.
pub(super) fn shown(job: &Job) -> Option<String> {
    job.step(SHOWN).and_then(Value::as_str).map(str::to_owned)
}

impl YouTube {
    pub(super) async fn publish_steps(
        &self,
        job: &Job,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Ended, Stop> {
        let id = if let Some(id) = shown(job) {
            id
        } else {
            let id = self.video(job, steps, ctx).await?;
            steps.finished(SHOWN, json!(id)).await?;
            id
        };
        // A vault that is locked just now keeps an address that is of no use any more.
        let _ = self.over(job, ctx).await;
        let standing = self.settled(job, &id, ctx).await;
        match standing.as_ref().map(|standing| &standing.state) {
            Some(State::Refused(reason)) => {
                // Sent once more it is another video.
                steps.finished(SHOWN, Value::Null).await?;
                return Err(errors::refused(reason).into());
            }
            Some(State::Working) => {
                steps.about_to_show(SHOWN).await?;
                return Err(Stop::Uncertain(errors::working()));
            }
            Some(State::Ready) | None => {}
        }
        let mut lacks = standing
            .as_ref()
            .map_or_else(|| vec![standing::unknown()], |seen| seen.told(job));
        let ready = standing.is_some();
        lacks.extend(self.extras(job, &id, ready, steps, ctx).await?);
        let delivered = delivered(&id).lacking(lacks);
        Ok(Ended::of(delivered, job.place_at.is_some()))
    }

    /// Uploads the video, from where an earlier attempt came to.
    async fn video(
        &self,
        job: &Job,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<String, Stop> {
        let video = job
            .first_video()
            .filter(|v| v.facts.bytes > 0)
            .ok_or_else(|| {
                Refusal::never(Category::Validation, "YouTube needs a video to post.")
            })?;
        let total = video.facts.bytes;
        let mut from = 0;
        let mut address = self.begun(job, ctx).await?;
        if let Some(begun) = &address {
            match self.reached(job, begun, total, ctx).await? {
                Reached::Done(id) => return Ok(id),
                Reached::Bytes(bytes) => from = bytes,
                Reached::Gone => {
                    self.over(job, ctx).await?;
                    address = None;
                }
            }
        }
        let address = if let Some(address) = address {
            address
        } else {
            // Where there are too many to look through, the person was asked before a repetition.
            if let Among::Found(id) = self.among_uploads(job, total, ctx).await? {
                return Ok(id);
            }
            self.begin_upload(job, video, ctx).await?
        };
        while from < total {
            let piece = Piece {
                from,
                bytes: self.piece.min(total - from),
            };
            let last = from + piece.bytes == total;
            if last {
                steps.about_to_show(SHOWN).await?;
            }
            match self.send_piece(job, &address, video, piece, ctx).await {
                Ok(Reached::Done(id)) => return Ok(id),
                Ok(Reached::Bytes(bytes)) if bytes > from => from = bytes,
                Ok(Reached::Bytes(_)) => break,
                Ok(Reached::Gone) => {
                    self.over(job, ctx).await?;
                    return Err(gone().into());
                }
                Err(failed) => return Err(not_sent(failed, job, last, ctx)),
            }
        }
        // It says neither that everything is there nor what is missing.
        let failed = Failed::Cut("the upload does not go on".to_owned());
        let refusal = errors::refusal(&failed, &job.account.handle, ctx.clock.now());
        Err(Stop::after_showing(from >= total, refusal))
    }
}

/// What a piece that did not arrive means.
fn not_sent(failed: CallFailed<PieceFailed>, job: &Job, last: bool, ctx: Ctx<'_>) -> Stop {
    match failed {
        CallFailed::Before(refusal) | CallFailed::Call(PieceFailed::File(refusal)) => {
            Stop::NotSent(refusal)
        }
        CallFailed::Call(PieceFailed::Call(failed)) => {
            let now = ctx.clock.now();
            let refusal = errors::refusal(&failed, &job.account.handle, now);
            Stop::after_showing(last && failed.may_have_worked(), refusal)
        }
    }
}

/// A text option without spaces around it; empty when it is not set.
pub(super) fn option<'a>(options: &'a Map<String, Value>, name: &str) -> &'a str {
    let value = options.get(name).and_then(Value::as_str);
    value.unwrap_or_default().trim()
}

/// A yes or no.
pub(super) fn toggle(options: &Map<String, Value>, name: &str, default: bool) -> bool {
    options
        .get(name)
        .and_then(Value::as_bool)
        .unwrap_or(default)
}

/// The title: as chosen, else the post's, else the first line of the text.
pub(super) fn title(options: &Map<String, Value>, post: &str, text: &str) -> String {
    let first_line = text.trim().lines().next().unwrap_or_default();
    let all = [option(options, OPTION_TITLE), post.trim(), first_line];
    let chosen = all.into_iter().find(|t| !t.is_empty()).unwrap_or_default();
    let cut: String = chosen.chars().take(MAX_TITLE).collect();
    cut.trim().to_owned()
}

/// The title of a job.
pub(super) fn title_of(job: &Job) -> String {
    title(&job.options, &job.title, job.first_text())
}

/// The tags as chosen.
pub(super) fn tags(options: &Map<String, Value>) -> Vec<String> {
    let all = options.get(OPTION_TAGS).and_then(Value::as_array);
    let texts = all.into_iter().flatten().filter_map(Value::as_str);
    texts
        .map(|t| t.trim().trim_start_matches('#').to_owned())
        .filter(|t| !t.is_empty())
        .collect()
}

/// How long tags are as YouTube counts: with commas between them, and quotes around those with spaces.
pub(super) fn tags_length(tags: &[String]) -> usize {
    let each = |tag: &String| tag.chars().count() + if tag.contains(' ') { 2 } else { 0 };
    tags.iter().map(each).sum::<usize>() + tags.len().saturating_sub(1)
}

/// Who is to see a video at once, by YouTube's word.
pub(super) fn privacy(job: &Job) -> &str {
    match option(&job.options, OPTION_PRIVACY) {
        "" => "public",
        chosen => chosen,
    }
}

/// The video's resource as the network wants it.
pub(super) fn resource(job: &Job) -> Value {
    let options = &job.options;
    let or = |name: &str, otherwise: &'static str| match option(options, name) {
        "" => otherwise.to_owned(),
        chosen => chosen.to_owned(),
    };
    let mut snippet = json!({
        "title": title_of(job),
        "description": job.first_text(),
        "categoryId": or(OPTION_CATEGORY, "22"),
    });
    let tags = tags(options);
    if !tags.is_empty() {
        snippet["tags"] = tags.into();
    }
    let mut status = json!({
        "privacyStatus": privacy(job),
        "selfDeclaredMadeForKids": toggle(options, OPTION_KIDS, false),
        "containsSyntheticMedia": toggle(options, OPTION_SYNTHETIC, false),
        "embeddable": toggle(options, OPTION_EMBED, true),
        "license": or(OPTION_LICENSE, "youtube"),
    });
    if let Some(at) = job.place_at {
        // Private until then, and public from then on.
        status["privacyStatus"] = "private".into();
        status["publishAt"] = at.rfc3339().into();
    }
    json!({ "snippet": snippet, "status": status })
}

/// Links and hashtags of a description.
pub(super) fn spans(text: &str) -> Vec<TextSpan> {
    spotting::spans(text, |rest, before| {
        let bytes = spotting::word_after('#', rest, before)?;
        let word = rest.get(..bytes)?;
        word.chars()
            .any(char::is_alphabetic)
            .then_some((bytes, SpanKind::Tag))
    })
}

/// A video as later calls need it.
pub(super) fn delivered(id: &str) -> Delivered {
    Delivered {
        remote_id: id.to_owned(),
        url: Some(format!("https://www.youtube.com/watch?v={id}")),
        remote: json!({ "id": id }),
    }
}

/// What is taken of the picture of a video.
pub(super) fn picture_limits() -> media::Limits {
    media::Limits {
        formats: vec![media::Kind::Jpeg, media::Kind::Png],
        ..media::Limits::bytes(MAX_THUMBNAIL_BYTES).side(MAX_THUMBNAIL_SIDE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_is_chosen_or_found() {
        let options = |title: &str| Map::from_iter([(OPTION_TITLE.to_owned(), json!(title))]);
        assert_eq!(title(&options("Mine"), "Post", "Text"), "Mine");
        assert_eq!(title(&options(" "), "Post", "Text"), "Post");
        assert_eq!(title(&Map::new(), "", " First\nSecond"), "First");
        assert_eq!(
            title(&Map::new(), "", &"ä".repeat(120)).chars().count(),
            100
        );
    }

    #[test]
    fn tags_count_with_their_commas_and_quotes() {
        let all =
            |tags: &[&str]| tags_length(&tags.iter().map(|&t| t.to_owned()).collect::<Vec<_>>());
        assert_eq!(all(&[]), 0);
        assert_eq!(all(&["one"]), 3);
        assert_eq!(all(&["one", "two words"]), 3 + 1 + 9 + 2);
    }

    #[test]
    fn links_and_hashtags_are_shown() {
        let found = spans("🎉 #one, https://example.org. #1");
        let all: Vec<_> = found.iter().map(|s| (s.from, s.to, s.kind)).collect();
        assert_eq!(all, [(3, 7, SpanKind::Tag), (9, 28, SpanKind::Link)]);
    }
}
