//! Rules of Reddit's own, before anything is sent.

use media::video::Tool;
use model::edit::film::Film;
use model::error::{Fix, Problem};
use reqwest::Url;

use super::catalogue::{MAX_TITLE, OPTION_COMMUNITY, OPTION_FLAIR, OPTION_LINK, OPTION_TITLE};
use super::publish::Kind;
use super::rules::{Draft, Known};
use super::text::{community, option, title_and_text};
use crate::catalogue::Entry;
use crate::check::{self, Found, facts_of, is_video};
use crate::connector::CheckInput;

fn set(name: &str) -> Vec<Fix> {
    vec![Fix::SetOption {
        name: name.to_owned(),
    }]
}

/// Everything that is wrong with a post.
pub fn problems(entry: &Entry, input: &CheckInput<'_>, known: &Known) -> Vec<Problem> {
    let mut found = check::common(entry, input);
    let Some(segment) = input.segments.first().filter(|s| !s.is_empty()) else {
        return found.into_problems();
    };
    let options = &input.draft.options;
    let place = option(options, OPTION_COMMUNITY);
    if !place.is_empty() && community(place).is_empty() {
        let message = "This is not the name of a community on Reddit.".to_owned();
        found.error("community_odd", None, message, set(OPTION_COMMUNITY));
    }
    if option(options, OPTION_TITLE).encode_utf16().count() > MAX_TITLE {
        let message = format!("A title on Reddit has up to {MAX_TITLE} characters.");
        found.error("title_too_long", None, message, set(OPTION_TITLE));
    }
    if title_and_text(options, "", &segment.text).0.is_empty() {
        let message = "A post on Reddit needs a title.".to_owned();
        found.error("title_missing", None, message, set(OPTION_TITLE));
    }
    let link = option(options, OPTION_LINK);
    let good = Url::parse(link)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some());
    if !link.is_empty() && !good {
        let message = "The link has to begin with https://.".to_owned();
        found.error("link_odd", None, message, set(OPTION_LINK));
    }
    if !link.is_empty() && !segment.media.is_empty() {
        let message = "Reddit takes either a link or files in a post, not both.".to_owned();
        found.error("link_and_files", Some(0), message, set(OPTION_LINK));
    }
    video(input, &mut found);
    of_community(input, known, &mut found);
    found.into_problems()
}

/// What the community wants besides, as far as it was asked. It is asked again when the post is sent, so this
/// stops nothing.
fn of_community(input: &CheckInput<'_>, known: &Known, found: &mut Found) {
    let Some(segment) = input.segments.first() else {
        return;
    };
    let options = &input.draft.options;
    let place = community(option(options, OPTION_COMMUNITY));
    let Some(rules) = known.of(input.account.id, place) else {
        return;
    };
    let link = option(options, OPTION_LINK);
    let video = segment.media.iter().any(|m| is_video(input, &m.media_id));
    let kind = Kind::from(segment.media.len(), video, link);
    // Without a title of its own the post's may be taken, which is not known here.
    let chosen = !option(options, OPTION_TITLE).is_empty();
    let words = title_and_text(options, "", &segment.text);
    let draft = Draft {
        kind,
        words: chosen.then_some((words.0.as_str(), words.1.as_str())),
        link,
        has_flair: !option(options, OPTION_FLAIR).is_empty(),
    };
    if let Some(broken) = rules.broken(place, &draft) {
        found.warning(broken.rule, None, broken.sentence, set(broken.option));
    }
}

/// A video stands beside exactly one picture, or the moment that was chosen in it is cut out.
fn video(input: &CheckInput<'_>, found: &mut Found) {
    let media = input.segments.first().map_or(&[][..], |s| &s.media);
    let is = |kind: &str| {
        let files = media.iter().filter_map(|m| facts_of(input, &m.media_id));
        files.filter(|f| f.mime.starts_with(kind)).count()
    };
    let (videos, pictures) = (is("video/"), is("image/"));
    let cut_out = media.iter().any(|m| {
        let ready = facts_of(input, &m.media_id).is_some_and(|f| f.tool == Tool::Ready);
        ready && Film::of(&m.edits).chosen_moment().is_some()
    });
    if videos == 1 && pictures == 0 && !cut_out {
        let message = "A video on Reddit needs a picture that is shown before it plays: one beside it, or the poster that is chosen in it.";
        found.error(
            "video_needs_picture",
            Some(0),
            message.to_owned(),
            vec![Fix::AddMedia],
        );
    }
    if videos == 1 && pictures > 1 {
        let message =
            "A video on Reddit has one picture beside it, which is shown before it plays.";
        let extra = media.iter().rposition(|m| {
            facts_of(input, &m.media_id).is_some_and(|f| f.mime.starts_with("image/"))
        });
        let index = extra.unwrap_or_default() as u32;
        let fixes = vec![Fix::RemoveMedia { index }];
        found.error("video_with_pictures", Some(0), message.to_owned(), fixes);
    }
}
