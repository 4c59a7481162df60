//! What a post carries: its words, its options, and its files.

use serde_json::{Map, Value, json};

use super::catalogue::{
    MAX_PHOTO_BYTES, OPTION_AI, OPTION_COMMENTS, OPTION_COVER, OPTION_DUET, OPTION_MUSIC,
    OPTION_OWN_BRAND, OPTION_PAID, OPTION_PRIVACY, OPTION_STITCH, OPTION_TITLE,
};
use super::creator::Creator;
use crate::connector::{Job, JobMedia, MediaFacts};
use crate::video::cover_ms;

/// Longest and shortest sides of "1080p", which is how TikTok puts it for photos.
const PHOTO_SIDES: (u32, u32) = (1_920, 1_080);

/// A text option without spaces around it; empty when it is not set.
pub(super) fn option<'a>(options: &'a Map<String, Value>, name: &str) -> &'a str {
    let value = options.get(name).and_then(Value::as_str);
    value.unwrap_or_default().trim()
}

/// A yes or no.
pub(super) fn toggle(options: &Map<String, Value>, name: &str) -> bool {
    options.get(name).and_then(Value::as_bool).unwrap_or(false)
}

/// The words of a job.
pub(super) fn words(job: &Job) -> &str {
    job.first_text().trim()
}

/// The longest side of a photo, so that neither side is more than "1080p" has.
fn side(file: &MediaFacts) -> u32 {
    let (long, short) = PHOTO_SIDES;
    let (Some(width), Some(height)) = (file.width, file.height) else {
        return short;
    };
    let ratio = f64::from(width.max(height)) / f64::from(width.min(height).max(1));
    ((f64::from(short) * ratio) as u32).clamp(short, long)
}

/// What a post carries whatever it shows.
fn info(job: &Job, creator: &Creator) -> Map<String, Value> {
    let options = &job.options;
    let mut info = Map::new();
    let mut set = |name: &str, value: Value| info.insert(name.to_owned(), value);
    set("privacy_level", json!(option(options, OPTION_PRIVACY)));
    let comments = toggle(options, OPTION_COMMENTS) && !creator.no_comments;
    set("disable_comment", json!(!comments));
    set("brand_content_toggle", json!(toggle(options, OPTION_PAID)));
    set(
        "brand_organic_toggle",
        json!(toggle(options, OPTION_OWN_BRAND)),
    );
    info
}

pub(super) fn video_info(job: &Job, video: &JobMedia, creator: &Creator) -> Map<String, Value> {
    let options = &job.options;
    let mut info = info(job, creator);
    let mut set = |name: &str, value: Value| info.insert(name.to_owned(), value);
    let duet = toggle(options, OPTION_DUET) && !creator.no_duet;
    let stitch = toggle(options, OPTION_STITCH) && !creator.no_stitch;
    let cover = cover_ms(options, OPTION_COVER, video);
    set("title", json!(words(job)));
    set("disable_duet", json!(!duet));
    set("disable_stitch", json!(!stitch));
    set("video_cover_timestamp_ms", json!(cover.unwrap_or(0)));
    set("is_aigc", json!(toggle(options, OPTION_AI)));
    info
}

pub(super) fn photo_info(job: &Job, creator: &Creator) -> Map<String, Value> {
    let options = &job.options;
    let mut info = info(job, creator);
    let mut set = |name: &str, value: Value| info.insert(name.to_owned(), value);
    set("title", json!(option(options, OPTION_TITLE)));
    set("description", json!(words(job)));
    set("auto_add_music", json!(toggle(options, OPTION_MUSIC)));
    info
}

/// What is taken of a photo.
pub(super) fn picture_limits(file: &MediaFacts) -> media::Limits {
    media::Limits {
        formats: vec![media::Kind::Jpeg],
        ..media::Limits::bytes(MAX_PHOTO_BYTES).side(side(file))
    }
}
