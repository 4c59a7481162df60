//! From what the store holds to the frozen job a connector gets.

use model::content::Segment;
use model::links::LinkMarks;
use networks::connector::{Connector, Job, JobMedia, JobSegment, MediaFacts, StepRecord};
use networks::marking::marked;
use serde_json::Value;
use store::publishing::{Delivery, LINKS_STEP, StepRow};

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
    let hash = content_hash(
        &delivery.title,
        &delivery.labels,
        &delivery.segments,
        &delivery.options,
    );
    let same = delivery.content_hash.as_deref() == Some(hash.as_str());
    let handle = delivery.handle.clone().filter(|_| same);
    let was_edited = delivery.content_hash.is_some() && !same;
    let links = if same {
        kept_links(&delivery.steps)
    } else {
        wanted_links(delivery)
    };
    let sent = marked(
        connector,
        &delivery.segments,
        &delivery.options,
        links.as_ref(),
    );
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
            segments: segments(delivery, &sent.segments, library),
            options: sent.options,
            due_at: delivery.due_at,
            due_wall: due_wall(delivery),
            handle: handle.unwrap_or(Value::Null),
            turn: delivery.turn,
            attempt: number,
            first_sent_try_at: delivery.first_sent_try_at,
            done: done(&delivery.steps, was_edited),
        },
        segments: sent.segments,
        new_links,
    }
}

/// What an earlier attempt put into the links of this very content. Whatever the workspace wants
/// meanwhile, every attempt sends the same, and a look searches for what was sent.
fn kept_links(steps: &[StepRow]) -> Option<LinkMarks> {
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

fn segments(delivery: &Delivery, sent: &[Segment], library: &media::Library) -> Vec<JobSegment> {
    let facts = facts(delivery);
    sent.iter()
        .map(|segment| JobSegment {
            text: segment.text.clone(),
            media: segment
                .media
                .iter()
                .map(|used| {
                    let known = facts.iter().find(|f| f.id == used.media_id).cloned();
                    let found = library.find(&used.media_id).ok();
                    let mut facts = known.unwrap_or_else(|| MediaFacts {
                        id: used.media_id.clone(),
                        mime: String::new(),
                        bytes: 0,
                        width: None,
                        height: None,
                        missing: true,
                    });
                    facts.missing = found.is_none();
                    JobMedia {
                        facts,
                        path: found.unwrap_or_default(),
                        alt: used.alt.clone(),
                    }
                })
                .collect(),
        })
        .collect()
}

/// Facts on the files of a delivery, for the check.
pub(crate) fn facts(delivery: &Delivery) -> Vec<MediaFacts> {
    delivery
        .media
        .iter()
        .map(|m| MediaFacts {
            id: m.id.clone(),
            mime: m.mime.clone(),
            bytes: m.bytes,
            width: m.width,
            height: m.height,
            missing: m.missing,
        })
        .collect()
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
