//! What is known of a picture after a person's edits, before it is made.

use std::borrow::Cow;

use model::content::Segment;
use model::edit::Operation;

use crate::connector::{CheckInput, MediaFacts};
use crate::video;

/// The facts of files as they are after a person's edits: kind, size in pixels. Bytes stay those of the
/// original, since nobody knows others before the picture is made. A file that is used more than once has
/// facts for each use, in their order.
#[must_use]
pub fn as_edited<'a>(facts: &'a [MediaFacts], segments: &[Segment]) -> Cow<'a, [MediaFacts]> {
    let uses = || segments.iter().flat_map(|segment| &segment.media);
    let as_it_is = |facts: &MediaFacts| !is_always_made(&facts.mime);
    if uses().all(|file| file.edits.is_empty()) && facts.iter().all(as_it_is) {
        return Cow::Borrowed(facts);
    }
    let mut edited = Vec::with_capacity(facts.len());
    for known in facts {
        let mut add = |edits: &[Operation]| {
            let mut facts = known.clone();
            after(&mut facts, edits);
            edited.push(facts);
        };
        let mut of_it = uses().filter(|file| file.media_id == known.id).peekable();
        if of_it.peek().is_none() {
            add(&[]);
        }
        for file in of_it {
            add(&file.edits);
        }
    }
    Cow::Owned(edited)
}

/// The facts of the file at a place, a part and which of its files, as that use of it is.
#[must_use]
pub fn facts_at<'a>(
    input: &CheckInput<'a>,
    segment: usize,
    index: usize,
) -> Option<&'a MediaFacts> {
    let here = &input.segments.get(segment)?.media;
    let file = here.get(index)?;
    let before = input.segments.iter().take(segment).flat_map(|s| &s.media);
    let before = before.chain(here.iter().take(index));
    let number = before.filter(|f| f.media_id == file.media_id).count();
    let of_it = || input.media.iter().filter(|f| f.id == file.media_id);
    // While nothing is edited, all uses share their facts.
    of_it().nth(number).or_else(|| of_it().next())
}

/// What is known of a picture or video after these edits; of other files nothing changes.
pub fn after(facts: &mut MediaFacts, edits: &[Operation]) {
    if facts.is_video() {
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
    use model::account::{Account, AccountHealth};
    use model::content::MediaUse;
    use model::post::TargetDraft;
    use model::{AccountId, MediaId, Timestamp, WorkspaceId};

    use super::*;

    fn account() -> Account {
        Account {
            id: AccountId(uuid::Uuid::nil()),
            workspace_id: WorkspaceId(uuid::Uuid::nil()),
            network: "net".to_owned(),
            remote_id: String::new(),
            handle: String::new(),
            display_name: String::new(),
            server: String::new(),
            settings: serde_json::Value::Null,
            health: AccountHealth::Ok,
            paused: None,
            created_at: Timestamp::from_millis(0),
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
        let webp = [MediaFacts::of_file(&id, "image/webp")];
        let known = as_edited(&webp, &[turned(&id)]);
        let [picture] = known.as_ref() else { panic!() };
        assert_eq!((picture.width, picture.height), (Some(30), Some(40)));
        assert_eq!(picture.mime, "image/png");
        assert!(matches!(as_edited(&webp, &[]), Cow::Borrowed(_)));
    }

    #[test]
    fn each_use_of_a_picture_is_known_by_its_own_edits() {
        let id: MediaId = "a".repeat(64).parse().unwrap();
        let other: MediaId = "b".repeat(64).parse().unwrap();
        let plain = Segment {
            media: vec![MediaUse::new(id.clone(), "")],
            ..Segment::default()
        };
        let mut both = turned(&id);
        both.media.insert(0, MediaUse::new(other.clone(), ""));
        let segments = [plain, both];
        let account = account();
        let draft = TargetDraft {
            account_id: account.id,
            override_segments: None,
            options: serde_json::Map::new(),
        };
        let known = [
            MediaFacts::of_file(&other, "image/jpeg"),
            MediaFacts::of_file(&id, "image/jpeg"),
        ];
        let edited = as_edited(&known, &segments);
        let widths = |media: &[MediaFacts]| {
            let input = CheckInput {
                account: &account,
                segments: &segments,
                draft: &draft,
                media,
            };
            [(0, 0), (1, 0), (1, 1), (1, 2), (2, 0)]
                .map(|(n, index)| facts_at(&input, n, index).and_then(|facts| facts.width))
        };
        assert_eq!(widths(&edited), [Some(40), Some(40), Some(30), None, None]);
        // What is known of the files alone holds for all their uses.
        assert_eq!(widths(&known), [Some(40), Some(40), Some(40), None, None]);
    }

    #[test]
    fn a_phone_picture_is_known_as_what_it_becomes() {
        let id: MediaId = "a".repeat(64).parse().unwrap();
        let heic = [MediaFacts::of_file(&id, "image/heic")];
        assert_eq!(as_edited(&heic, &[])[0].mime, "image/jpeg");
    }

    #[test]
    fn what_is_neither_picture_nor_video_stays_what_it_is() {
        let id: MediaId = "a".repeat(64).parse().unwrap();
        let document = [MediaFacts::of_file(&id, "application/pdf")];
        assert_eq!(as_edited(&document, &[turned(&id)])[0], document[0]);
    }
}
