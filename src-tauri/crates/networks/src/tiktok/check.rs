//! Rules of TikTok's own, before anything is sent.

use model::error::{Fix, Problem};

use serde_json::{Map, Value};

use super::catalogue::{
    MAX_TITLE, NAME, ONLY_ME, OPTION_AI, OPTION_COMMENTS, OPTION_COVER, OPTION_DUET, OPTION_MUSIC,
    OPTION_PAID, OPTION_PRIVACY, OPTION_STITCH, OPTION_TITLE,
};
use super::creator::Creator;
use super::post::{option, toggle};
use crate::catalogue::Entry;
use crate::check::{self, Found, facts_of};
use crate::connector::CheckInput;
use crate::hosting::{self, Hosting};

/// Everything that is wrong with a post.
pub fn problems(entry: &Entry, input: &CheckInput<'_>, hosting: &Hosting) -> Vec<Problem> {
    let mut found = check::common(entry, input);
    let options = &input.draft.options;
    let set = |name: &str| {
        vec![Fix::SetOption {
            name: name.to_owned(),
        }]
    };
    if toggle(options, OPTION_PAID) && option(options, OPTION_PRIVACY) == ONLY_ME {
        let message = "TikTok takes no paid partnership that only you can see.".to_owned();
        found.error("paid_and_private", None, message, set(OPTION_PRIVACY));
    }
    let title = option(options, OPTION_TITLE).encode_utf16().count();
    if title > MAX_TITLE {
        let message = format!("A title of photos on TikTok has up to {MAX_TITLE} characters.");
        found.error("title_too_long", None, message, set(OPTION_TITLE));
    }
    let segment = input.segments.first();
    let first = |kind: &str| {
        let is = |id| facts_of(input, id).is_some_and(|f| f.mime.starts_with(kind));
        segment.and_then(|s| s.media.iter().position(|m| is(&m.media_id)))
    };
    let (photo, video) = (first("image/"), first("video/"));
    if photo.is_some() != video.is_some() {
        left_out(input, photo.is_some(), &mut found);
    }
    if let Some(index) = photo
        && !hosting.has_place(input.account)
    {
        hosting::problem(&mut found, NAME, 0, index as u32);
    }
    found.into_problems()
}

/// An option with the words for what it stands for.
type Named = (&'static str, &'static str);

/// What exists for videos only, and for photos only.
const OF_VIDEOS: [Named; 4] = [
    (OPTION_DUET, "duets"),
    (OPTION_STITCH, "stitches"),
    (OPTION_AI, "the mark for being made with AI"),
    (OPTION_COVER, "a cover"),
];
const OF_PHOTOS: [Named; 2] = [(OPTION_TITLE, "a title"), (OPTION_MUSIC, "added music")];

/// Whether something was chosen.
fn chosen(options: &Map<String, Value>, name: &str) -> bool {
    match options.get(name) {
        Some(Value::Bool(on)) => *on,
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(Value::String(text)) => !text.trim().is_empty(),
        _ => false,
    }
}

/// Says what was chosen and is not sent: what TikTok does not have for such a post, and what the account has
/// turned off.
fn left_out(input: &CheckInput<'_>, photos: bool, found: &mut Found) {
    let options = &input.draft.options;
    let mut told = |rule: &str, named: Vec<Named>, sentence: &dyn Fn(&str) -> String| {
        let named: Vec<Named> = named
            .into_iter()
            .filter(|(name, _)| chosen(options, name))
            .collect();
        let words: Vec<&str> = named.iter().map(|(_, words)| *words).collect();
        if let Some((first, _)) = named.first() {
            let message = sentence(&words.join(" and "));
            found.warning(rule, None, message, vec![check::clear(first)]);
        }
    };
    if photos {
        told("videos_only", OF_VIDEOS.to_vec(), &|words| {
            format!("TikTok has {words} for videos only: left out here.")
        });
    } else {
        told("photos_only", OF_PHOTOS.to_vec(), &|words| {
            format!("TikTok has {words} for photos only: left out here.")
        });
    }
    let creator = Creator::kept(input.account);
    let off: Vec<Named> = [
        (creator.no_comments, (OPTION_COMMENTS, "comments")),
        (creator.no_duet && !photos, (OPTION_DUET, "duets")),
        (creator.no_stitch && !photos, (OPTION_STITCH, "stitches")),
    ]
    .into_iter()
    .filter_map(|(off, named)| off.then_some(named))
    .collect();
    told("turned_off", off, &|words| {
        format!("This account has {words} turned off in the TikTok app: left out here.")
    });
}
