//! Words for videos.

use std::borrow::Cow;

use media::video::Plan;
use model::clip::length_words;

use crate::check::grouped;
use crate::connector::MediaFacts;

/// `4:5`, `1.91:1`.
pub(super) fn shape((across, down): (u32, u32)) -> String {
    if down == 100 {
        format!("{}:1", f64::from(across) / 100.0)
    } else {
        format!("{across}:{down}")
    }
}

pub(super) fn format_name(mime: &str) -> Cow<'_, str> {
    Cow::Borrowed(match mime {
        "video/mp4" => "MP4",
        "video/quicktime" => "MOV",
        "video/webm" => "WebM",
        "video/ogg" => "Ogg",
        other => other,
    })
}

pub(super) fn formats(all: &[String]) -> String {
    let names: Vec<_> = all.iter().map(|mime| format_name(mime)).collect();
    match &names[..] {
        [] => String::new(),
        [one] => one.to_string(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// What goes out in the place of a video, in a sentence: "The video is sent as MP4, 1080 × 1920, about
/// 12 MB." `made` is its size in bytes when it is made already.
#[must_use]
pub fn version_words(plan: &Plan, facts: &MediaFacts, made: Option<u64>) -> String {
    if !plan.needs_tool() {
        return "The video is sent as it is, without the place where it was filmed.".to_owned();
    }
    let size = plan.size.or(facts.width.zip(facts.height));
    let size = size
        .map(|(w, h)| format!(", {w} × {h}"))
        .unwrap_or_default();
    let length = plan
        .length_ms
        .map(|ms| format!(", {}", length_words(ms)))
        .unwrap_or_default();
    let kept = matches!(plan.packing, media::video::Packing::Kept).then_some(facts.bytes);
    let bytes = match (made.or(kept), plan.bytes_at_most()) {
        (Some(bytes), _) => format!(", {}", megabytes(bytes)),
        (None, Some(most)) => format!(", up to {}", megabytes(most)),
        (None, None) => String::new(),
    };
    let sound = if plan.silent { ", without sound" } else { "" };
    format!("The video is sent as MP4{size}{length}{bytes}{sound}.")
}

fn megabytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000).max(1);
    if tenths >= 100 {
        format!("{} MB", grouped(tenths.div_ceil(10)))
    } else {
        format!("{}.{} MB", tenths / 10, tenths % 10)
    }
}
