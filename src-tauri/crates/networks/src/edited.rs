//! What is known of a picture after a person's edits, before it is made.

use std::borrow::Cow;

use model::content::Segment;
use model::edit::Operation;

use crate::connector::MediaFacts;
use crate::video;

/// The facts of files as they are after a person's edits: kind, size in pixels. Bytes stay those of the
/// original, since nobody knows others before the picture is made.
#[must_use]
pub fn as_edited<'a>(facts: &'a [MediaFacts], segments: &[Segment]) -> Cow<'a, [MediaFacts]> {
    let uses = || segments.iter().flat_map(|segment| &segment.media);
    let as_it_is = |facts: &MediaFacts| !is_always_made(&facts.mime);
    if uses().all(|file| file.edits.is_empty()) && facts.iter().all(as_it_is) {
        return Cow::Borrowed(facts);
    }
    let mut facts = facts.to_vec();
    for known in &mut facts {
        let edited = uses().find(|f| f.media_id == known.id && !f.edits.is_empty());
        after(known, edited.map_or(&[], |file| &file.edits));
    }
    Cow::Owned(facts)
}

/// What is known of a picture or video after these edits; of other files nothing changes.
pub fn after(facts: &mut MediaFacts, edits: &[Operation]) {
    if facts.mime.starts_with("video/") {
        video::after(facts, edits);
        return;
    }
    let made = media::Kind::from_mime(&facts.mime).and_then(media::edited_kind);
    let Some(kind) = made.filter(|_| !edits.is_empty() || is_always_made(&facts.mime)) else {
        return;
    };
    kind.mime().clone_into(&mut facts.mime);
    if let (Some(width), Some(height)) = (facts.width, facts.height) {
        let (width, height) = model::edit::size(edits, width, height);
        (facts.width, facts.height) = (Some(width), Some(height));
    }
}

/// Whether a picture is of a kind that no network is sent: it is made into another one even when
/// nobody edits it.
#[must_use]
pub fn is_always_made(mime: &str) -> bool {
    media::Kind::from_mime(mime).is_some_and(|kind| kind.is_picture() && !kind.is_shown_anywhere())
}

#[cfg(test)]
mod tests {
    use model::MediaId;
    use model::content::MediaUse;

    use super::*;

    fn facts(id: &MediaId, mime: &str) -> MediaFacts {
        MediaFacts {
            id: id.clone(),
            mime: mime.to_owned(),
            bytes: 9,
            width: Some(40),
            height: Some(30),
            clip: None,
            document: None,
            tool: media::video::Tool::Missing,
            missing: false,
        }
    }

    fn turned(id: &MediaId) -> Segment {
        let mut file = MediaUse::new(id.clone(), "");
        file.edits = vec![Operation::Turn { quarters: 1 }];
        Segment {
            media: vec![file],
            ..Segment::default()
        }
    }

    #[test]
    fn a_picture_is_known_as_it_will_be() {
        let id: MediaId = "a".repeat(64).parse().unwrap();
        let webp = [facts(&id, "image/webp")];
        let known = as_edited(&webp, &[turned(&id)]);
        let [picture] = known.as_ref() else { panic!() };
        assert_eq!((picture.width, picture.height), (Some(30), Some(40)));
        assert_eq!(picture.mime, "image/png");
        assert!(matches!(as_edited(&webp, &[]), Cow::Borrowed(_)));
    }

    #[test]
    fn a_phone_picture_is_known_as_what_it_becomes() {
        let id: MediaId = "a".repeat(64).parse().unwrap();
        let heic = [facts(&id, "image/heic")];
        assert_eq!(as_edited(&heic, &[])[0].mime, "image/jpeg");
    }

    #[test]
    fn what_is_neither_picture_nor_video_stays_what_it_is() {
        let id: MediaId = "a".repeat(64).parse().unwrap();
        let document = [facts(&id, "application/pdf")];
        assert_eq!(as_edited(&document, &[turned(&id)])[0], document[0]);
    }
}
