//! Bounds of what is typed: refused with a sentence that says the sizes, so that nothing is cut
//! behind a person's back and nothing grows without end.

use model::content::{
    MAX_ALT_BYTES, MAX_MEDIA_PER_SEGMENT, MAX_NOTES_BYTES, MAX_SEGMENT_BYTES, MAX_SEGMENTS,
    MAX_TITLE_BYTES, Segment,
};
use model::post::Draft;
use networks::check::grouped;

use crate::error::Result;
use crate::types::ApiError;

/// Most labels of a post.
const MAX_LABELS: usize = 50;
/// Longest label, in characters.
const MAX_LABEL_CHARS: usize = 60;
/// Longest name of whoever looks after a post, in characters.
const MAX_ASSIGNEE_CHARS: usize = 200;
/// Most accounts of a post.
const MAX_TARGETS: usize = 200;
/// Largest options of a target as JSON, in bytes.
const MAX_OPTIONS_BYTES: usize = 64 * 1024;
/// Most posts in one batch.
pub(crate) const MAX_BATCH: usize = 10_000;

/// A draft within its bounds and in order: at least one segment, labels trimmed and without repeats.
pub(crate) fn clean(mut draft: Draft) -> Result<Draft> {
    text("title", "The title", &draft.title, MAX_TITLE_BYTES)?;
    text("notes", "The notes are", &draft.notes, MAX_NOTES_BYTES)?;
    segments(&draft.segments)?;
    if draft.assignee.chars().count() > MAX_ASSIGNEE_CHARS {
        return Err(ApiError::invalid(
            "assignee",
            format!(
                "A name has at most {MAX_ASSIGNEE_CHARS} characters. Nothing was lost; shorten it."
            ),
        ));
    }
    if draft.segments.is_empty() {
        draft.segments.push(Segment::default());
    }
    draft.labels = labels(&draft.labels)?;
    if draft.targets.len() > MAX_TARGETS {
        return Err(ApiError::invalid(
            "targets",
            format!("A post goes to at most {MAX_TARGETS} accounts."),
        ));
    }
    let mut seen = std::collections::BTreeSet::new();
    for target in &draft.targets {
        if !seen.insert(target.account_id) {
            return Err(ApiError::invalid("targets", "An account was chosen twice."));
        }
        if let Some(own) = &target.override_segments {
            segments(own)?;
        }
        let options = serde_json::to_string(&target.options).map_or(0, |text| text.len());
        if options > MAX_OPTIONS_BYTES {
            return Err(ApiError::invalid(
                "options",
                "The options of an account are too large.",
            ));
        }
    }
    Ok(draft)
}

/// Labels trimmed, without empty ones and repeats.
pub(crate) fn labels(given: &[String]) -> Result<Vec<String>> {
    let mut kept: Vec<String> = Vec::new();
    for label in given {
        let label = label.split_whitespace().collect::<Vec<_>>().join(" ");
        if label.chars().count() > MAX_LABEL_CHARS {
            return Err(ApiError::invalid(
                "labels",
                format!("A label has at most {MAX_LABEL_CHARS} characters."),
            ));
        }
        if !label.is_empty() && !kept.contains(&label) {
            kept.push(label);
        }
    }
    if kept.len() > MAX_LABELS {
        return Err(ApiError::invalid(
            "labels",
            format!("A post has at most {MAX_LABELS} labels."),
        ));
    }
    Ok(kept)
}

fn segments(segments: &[Segment]) -> Result<()> {
    if segments.len() > MAX_SEGMENTS {
        return Err(ApiError::invalid(
            "segments",
            format!(
                "A thread has at most {MAX_SEGMENTS} parts; this has {}. Nothing was lost; join some.",
                grouped(segments.len() as u64)
            ),
        ));
    }
    for (n, segment) in segments.iter().enumerate() {
        let what = if segments.len() == 1 {
            "The text".to_owned()
        } else {
            format!("Part {}", n + 1)
        };
        text("segments", &what, &segment.text, MAX_SEGMENT_BYTES)?;
        if segment.media.len() > MAX_MEDIA_PER_SEGMENT {
            return Err(ApiError::invalid(
                "segments",
                format!("{what} takes at most {MAX_MEDIA_PER_SEGMENT} files."),
            ));
        }
        for file in &segment.media {
            text(
                "segments",
                "The description of a picture",
                &file.alt,
                MAX_ALT_BYTES,
            )?;
            file.check_edits()
                .map_err(|error| ApiError::invalid("segments", error.to_string()))?;
        }
    }
    Ok(())
}

fn text(field: &str, what: &str, text: &str, most: usize) -> Result<()> {
    if text.len() <= most {
        return Ok(());
    }
    let verb = if what.ends_with(" are") { "" } else { " is" };
    Err(ApiError::invalid(
        field,
        format!(
            "{what}{verb} too long to keep: {} of at most {}. What was saved before is safe; shorten it, or keep it in a file.",
            size(text.len()),
            size(most)
        ),
    ))
}

/// "10.5 MB", "200 kB".
fn size(bytes: usize) -> String {
    if bytes >= 1_000_000 {
        let tenths = bytes.div_ceil(100_000);
        format!("{}.{} MB", grouped((tenths / 10) as u64), tenths % 10)
    } else {
        format!("{} kB", bytes.div_ceil(1_000))
    }
}

/// Between one and ten thousand posts.
pub(crate) fn batch(count: usize) -> Result<()> {
    match count {
        0 => Err(ApiError::invalid("ids", "No post was chosen.")),
        n if n > MAX_BATCH => Err(ApiError::invalid(
            "ids",
            format!(
                "{} posts are too many at once; take at most 10,000.",
                grouped(n as u64)
            ),
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_megabytes_are_refused_with_both_sizes() {
        let draft = Draft {
            segments: vec![Segment::text("x".repeat(10_000_000))],
            ..Draft::default()
        };
        let error = clean(draft).unwrap_err();
        assert!(
            error.message.contains("10.0 MB of at most 200 kB"),
            "{}",
            error.message
        );
        assert!(error.message.contains("is safe"), "{}", error.message);
    }

    #[test]
    fn labels_are_trimmed_and_without_repeats() {
        let given = [" spring  sale ", "", "spring sale", "New"].map(str::to_owned);
        assert_eq!(labels(&given).unwrap(), ["spring sale", "New"]);
        assert!(labels(&["x".repeat(61)]).is_err());
    }

    #[test]
    fn an_empty_draft_gets_its_one_segment() {
        assert_eq!(clean(Draft::default()).unwrap().segments.len(), 1);
    }
}
