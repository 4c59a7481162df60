//! Rules of Instagram's own, before anything is sent.

use model::error::{Fix, Problem};
use serde_json::Value;

use super::catalogue::{
    MAX_ITEMS, MAX_MENTIONS, MAX_TAGS, NAME, OPTION_KIND, OPTION_TOGETHER, USUAL_TAGS,
};
use super::{Door, Kind};
use crate::catalogue::Entry;
use crate::check::{self, Found};
use crate::connector::{CheckInput, SpanKind};
use crate::edited::facts_at;
use crate::hosting::{self, Hosting};
use crate::meta::text as graph_text;

/// Everything that is wrong with a post.
pub fn problems(entry: &Entry, input: &CheckInput<'_>, hosting: &Hosting) -> Vec<Problem> {
    let mut found = check::common(entry, input);
    kind(input, hosting, &mut found);
    if let Some(segment) = input.segments.first() {
        caption(&segment.text, &mut found);
    }
    found.into_problems()
}

/// The most upright and the widest shape of a picture that Instagram takes.
const NARROWEST: (u32, u32) = (4, 5);
const WIDEST: (u32, u32) = (191, 100);

/// Whether a picture has a shape that Instagram takes. A pixel lost by rounding does not count.
fn fits(width: u32, height: u32) -> bool {
    let (width, height) = (u64::from(width), u64::from(height));
    let [(least_w, least_h), (most_w, most_h)] =
        [NARROWEST, WIDEST].map(|(w, h)| (u64::from(w), u64::from(h)));
    (width + 1) * least_h >= height * least_w && width * most_h <= (height + 1) * most_w
}

/// What a kind of post needs of its files.
fn kind(input: &CheckInput<'_>, hosting: &Hosting, found: &mut Found) {
    let Some(segment) = input.segments.first() else {
        return;
    };
    let options = &input.draft.options;
    let is_video = |id| check::is_video(input, id);
    let files = segment.media.len();
    let videos = segment
        .media
        .iter()
        .filter(|m| is_video(&m.media_id))
        .count();
    let set = |name: &str| {
        vec![Fix::SetOption {
            name: name.to_owned(),
        }]
    };
    let mut wrong = |rule: &str, message: &str| {
        let mut fixes = set(OPTION_KIND);
        if files > 1 {
            fixes.push(check::beyond(1, files));
        }
        found.error(rule, Some(0), message.to_owned(), fixes);
    };
    let wanted = Kind::of(options);
    match wanted {
        Kind::Reel if files > 0 && (files, videos) != (1, 1) => {
            wrong("reel_needs_video", "A reel on Instagram is one video.");
        }
        Kind::Story if files > 1 => wrong(
            "story_needs_one",
            "A story on Instagram is one picture or one video.",
        ),
        _ => {}
    }
    if wanted == Kind::Story && !segment.text.trim().is_empty() {
        let message = "A story on Instagram shows no text: only the picture or video goes out.";
        found.warning("story_text", Some(0), message.to_owned(), set(OPTION_KIND));
    }
    let together = options.get(OPTION_TOGETHER).and_then(Value::as_array);
    if files > 1 && together.is_some_and(|t| !t.is_empty()) {
        let message = "Instagram takes no other authors for several files: they are left out.";
        let fixes = vec![check::clear(OPTION_TOGETHER)];
        found.warning("together_left_out", Some(0), message.to_owned(), fixes);
    }
    // Everything after the first file is cut to the shape of the first.
    let first = facts_at(input, 0, 0).filter(|f| f.mime.starts_with("image/"));
    if let Some((width, height)) = first.and_then(|f| Some((f.width?, f.height?)))
        && wanted == Kind::Post
        && !fits(width, height)
    {
        let message = "Instagram takes pictures from 4:5 upright to 1.91:1 wide. Crop this one.";
        let crop = Fix::Crop {
            index: 0,
            narrowest: NARROWEST,
            widest: WIDEST,
        };
        let fixes = vec![crop, Fix::RemoveMedia { index: 0 }];
        found.error("picture_shape", Some(0), message.to_owned(), fixes);
    }
    if files > MAX_ITEMS && videos <= MAX_ITEMS && files - videos <= MAX_ITEMS {
        let message = format!("Instagram takes {MAX_ITEMS} files in a post; this has {files}.");
        found.error(
            "too_many_files",
            Some(0),
            message,
            vec![check::beyond(MAX_ITEMS, files)],
        );
    }
    let own = Door::of(input.account) == Door::Own;
    let fetched = segment
        .media
        .iter()
        .position(|m| own || !is_video(&m.media_id));
    if let Some(index) = fetched.filter(|_| !hosting.has_place(input.account)) {
        hosting::problem(found, NAME, 0, index as u32);
    }
}

/// Tags and mentions of a caption.
fn caption(text: &str, found: &mut Found) {
    let tags = graph_text::count(text, SpanKind::Tag);
    let mentions = graph_text::count(text, SpanKind::Mention);
    let tailor = || vec![Fix::Tailor];
    if tags > MAX_TAGS {
        let message = format!("Instagram takes {MAX_TAGS} hashtags; this has {tags}.");
        found.error("too_many_tags", Some(0), message, tailor());
    } else if tags > USUAL_TAGS {
        let message =
            format!("Instagram may refuse more than {USUAL_TAGS} hashtags; this has {tags}.");
        found.warning("many_tags", Some(0), message, tailor());
    }
    if mentions > MAX_MENTIONS {
        let message = format!("Instagram takes {MAX_MENTIONS} mentions; this has {mentions}.");
        found.error("too_many_mentions", Some(0), message, tailor());
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn shapes_are_read() {
        assert!(fits(400, 500) && fits(1_910, 1_000) && fits(1, 1));
        assert!(!fits(300, 400) && !fits(200, 100));
        // What a crop to the shape leaves of a picture of 641 pixels.
        assert!(fits(512, 641) && !fits(511, 641));
    }
}
