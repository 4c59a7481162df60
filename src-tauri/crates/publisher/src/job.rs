//! From what the store holds to the frozen job a connector gets.

use media::video::Tool;
use model::MediaId;
use model::content::{MediaUse, Segment, for_account};
use model::edit::captions_sent;
use model::edit::film::Film;
use model::links::LinkMarks;
use networks::connector::{Connector, Job, JobMedia, JobSegment, MediaFacts, Original, StepRecord};
use networks::edited::after;
use networks::marking::marked;
use serde_json::Value;
use store::publishing::{Delivery, LINKS_STEP, MediaRow, StepRow};

use crate::hash::content_hash;

/// A job, and whether its handle has to be chosen first.
pub(crate) struct Frozen {
    pub(crate) job: Job,
    pub(crate) content_hash: String,
    /// An earlier attempt froze a handle for this very content.
    pub(crate) has_handle: bool,
    /// An earlier attempt froze a handle for other content.
    pub(crate) was_edited: bool,
    /// The segments as they go out, for the check.
    pub(crate) segments: Vec<Segment>,
    /// What is put into links for the first time, to be kept with the intent.
    pub(crate) new_links: Option<Value>,
}

/// Builds the job of a delivery. `number` is the attempt's.
pub(crate) fn build(
    delivery: &Delivery,
    connector: &dyn Connector,
    number: u32,
    library: &media::Library,
) -> Frozen {
    let own = for_account(&delivery.segments, delivery.account.id);
    let hash = content_hash(&delivery.title, &delivery.labels, &own, &delivery.options);
    let same = delivery.content_hash.as_deref() == Some(hash.as_str());
    let handle = delivery.handle.clone().filter(|_| same);
    let was_edited = delivery.content_hash.is_some() && !same;
    let links = links_of(delivery, same);
    let mut sent = marked(connector, &own, &delivery.options, links.as_ref());
    put_marks(&mut sent.segments, delivery);
    let new_links = links
        .filter(|_| !same)
        .map(|links| serde_json::json!(links));
    Frozen {
        has_handle: handle.is_some(),
        was_edited,
        content_hash: hash,
        job: Job {
            target_id: delivery.target_id,
            account: (*delivery.account).clone(),
            title: delivery.title.clone(),
            labels: delivery.labels.clone(),
            segments: segments(&sent.segments, &delivery.media, library),
            options: sent.options,
            due_at: delivery.due_at,
            place_at: delivery.place_at,
            due_wall: due_wall(delivery),
            handle: handle.unwrap_or(Value::Null),
            turn: delivery.turn,
            attempt: number,
            first_sent_try_at: delivery.first_sent_try_at,
            last_shown_at: delivery.last_shown_at,
            unknown_send: delivery.unknown_send,
            done: done(&delivery.steps, was_edited),
        },
        segments: sent.segments,
        new_links,
    }
}

/// The workspace's mark as the last edit of each picture that gets it. What the post says does not
/// change by it, so it is not part of the content's hash.
fn put_marks(segments: &mut [Segment], delivery: &Delivery) {
    let Some(watermark) = &delivery.watermark else {
        return;
    };
    for file in segments.iter_mut().flat_map(|segment| &mut segment.media) {
        let known = delivery.media.iter().find(|row| row.id == file.media_id);
        let mime = known.map_or("", |row| &row.mime);
        if let Some(edits) = watermark.on_edits(&file.edits, mime) {
            file.edits = edits;
        }
    }
}

/// The texts of a delivery as they go out, or as they did when this content was tried already: with the
/// parameters that its workspace wants in links.
#[must_use]
pub fn texts_sent(delivery: &Delivery, connector: &dyn Connector) -> Vec<String> {
    let own = for_account(&delivery.segments, delivery.account.id);
    let hash = content_hash(&delivery.title, &delivery.labels, &own, &delivery.options);
    let same = delivery.content_hash.as_deref() == Some(hash.as_str());
    let links = links_of(delivery, same);
    let sent = marked(connector, &own, &delivery.options, links.as_ref());
    sent.segments.into_iter().map(|s| s.text).collect()
}

/// What is put into the links of a delivery; `same` says that an attempt was made with this content.
fn links_of(delivery: &Delivery, same: bool) -> Option<LinkMarks> {
    if same {
        kept_links(&delivery.steps)
    } else {
        wanted_links(delivery)
    }
}

/// What an earlier attempt put into the links of this very content. Whatever the workspace wants
/// meanwhile, every attempt sends the same, and a look searches for what was sent.
pub(crate) fn kept_links(steps: &[StepRow]) -> Option<LinkMarks> {
    let kept = steps.iter().find(|s| s.key == LINKS_STEP)?;
    serde_json::from_value(kept.value.clone()).ok()
}

/// What the workspace wants in the links now.
fn wanted_links(delivery: &Delivery) -> Option<LinkMarks> {
    let date = delivery.wall.get(..10).unwrap_or_default();
    delivery.link_rules.as_ref()?.marks(
        &delivery.account,
        date,
        &delivery.title,
        &delivery.segments,
    )
}

/// Steps that need not be repeated. After an edit uploads belong to other content; what is visible
/// stays visible and is never shown again.
fn done(steps: &[StepRow], was_edited: bool) -> Vec<StepRecord> {
    steps
        .iter()
        .filter(|s| s.key != LINKS_STEP && (s.visible || !was_edited))
        .map(|s| StepRecord {
            key: s.key.clone(),
            value: s.value.clone(),
        })
        .collect()
}

fn segments(own: &[Segment], known: &[MediaRow], library: &media::Library) -> Vec<JobSegment> {
    own.iter()
        .map(|segment| JobSegment {
            text: segment.text.clone(),
            media: segment
                .media
                .iter()
                .map(|used| file(used, known, library))
                .collect(),
        })
        .collect()
}

fn file(used: &MediaUse, known: &[MediaRow], library: &media::Library) -> JobMedia {
    let known = known.iter().find(|row| row.id == used.media_id);
    let mut facts = known.map_or_else(|| lost(&used.media_id), facts_of);
    let found = library.find(&used.media_id).ok();
    facts.missing = found.is_none();
    let kind = media::Kind::from_mime(&facts.mime);
    let is_picture = kind.is_some_and(media::Kind::is_picture) && !facts.missing;
    let made_of = || Original {
        library: library.clone(),
        id: used.media_id.clone(),
        edits: used.edits.clone(),
    };
    let poster_ms = Film::of(&used.edits).chosen_moment();
    let has_poster = poster_ms.is_some() && kind.is_some_and(media::Kind::is_video);
    let poster = (has_poster && !facts.missing).then(made_of);
    let original = is_picture.then(made_of);
    after(&mut facts, &used.edits);
    JobMedia {
        facts,
        path: found.unwrap_or_default(),
        original,
        alt: used.alt.clone(),
        captions: captions_sent(&used.edits),
        poster_ms,
        poster,
    }
}

fn lost(id: &MediaId) -> MediaFacts {
    MediaFacts {
        id: id.clone(),
        mime: String::new(),
        bytes: 0,
        width: None,
        height: None,
        clip: None,
        document: None,
        tool: Tool::Missing,
        missing: true,
    }
}

/// What is kept about the files of a delivery.
pub(crate) fn facts(delivery: &Delivery) -> Vec<MediaFacts> {
    delivery.media.iter().map(facts_of).collect()
}

fn facts_of(row: &MediaRow) -> MediaFacts {
    MediaFacts {
        id: row.id.clone(),
        mime: row.mime.clone(),
        bytes: row.bytes,
        width: row.width,
        height: row.height,
        clip: row.clip,
        document: row.document,
        tool: Tool::default(),
        missing: row.missing,
    }
}

/// Wall time and zone as typed: `2026-05-14T09:05:00[Europe/Berlin]`.
fn due_wall(delivery: &Delivery) -> String {
    format!("{}[{}]", delivery.wall, delivery.zone)
}

/// The time of day of a delivery as typed, for sentences: `09:05`.
pub(crate) fn due_clock(delivery: &Delivery) -> String {
    delivery.wall.get(11..16).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_an_edit_only_what_is_visible_counts_as_done() {
        let step = |key: &str, visible| StepRow {
            key: key.to_owned(),
            value: Value::Null,
            visible,
        };
        let steps = [
            step("upload/0/0", false),
            step("segment/0", true),
            step(LINKS_STEP, false),
        ];
        assert_eq!(done(&steps, false).len(), 2);
        let left = done(&steps, true);
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].key, "segment/0");
    }
}
