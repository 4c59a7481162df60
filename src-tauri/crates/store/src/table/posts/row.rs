//! Rows of posts and targets and how they become the model's types.

use model::content::{Segment, first_words};
use model::delivery::DeliveryState;
use model::failure::Category;
use model::post::{Failure, FirstComment, Post, Target, TargetDraft};
use model::status::{self, EditorialStatus};
use serde::Deserialize;

use super::placed::Placed;
use crate::error::{Result, StoreError};
use crate::table::words::{at, json, of_word, parse};

/// First words kept for chips, in grapheme clusters.
const WORDS: usize = 80;

/// A post with its targets as one json list and its working copy.
#[derive(sqlx::FromRow)]
pub(super) struct PostRow {
    id: String,
    calendar_id: String,
    #[sqlx(flatten)]
    placed: Placed,
    editorial: String,
    time_source: String,
    held: bool,
    version: i64,
    created_at: i64,
    updated_at: i64,
    deleted_at: Option<i64>,
    content_type: String,
    priority: String,
    assignee: String,
    labels: String,
    title: String,
    segments: String,
    notes: String,
    working_copy: Option<String>,
    targets: String,
}

/// A target as the json list holds it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TargetJson {
    id: model::TargetId,
    account_id: model::AccountId,
    own_segments: Option<Vec<Segment>>,
    options: serde_json::Map<String, serde_json::Value>,
    state: String,
    not_before: Option<i64>,
    published_at: Option<i64>,
    remote_id: Option<String>,
    remote_url: Option<String>,
    failure_category: Option<String>,
    failure_message: Option<String>,
    failure_detail: Option<String>,
    failure_attempt: Option<u32>,
    next_try_at: Option<i64>,
    first_comment: Option<FirstComment>,
}

pub(crate) fn state(word: &str) -> Result<DeliveryState> {
    DeliveryState::from_word(word).ok_or_else(|| StoreError::internal(format!("state {word}")))
}

pub(crate) fn editorial(word: &str) -> Result<EditorialStatus> {
    EditorialStatus::from_word(word)
        .ok_or_else(|| StoreError::internal(format!("editorial status {word}")))
}

impl TryFrom<TargetJson> for Target {
    type Error = StoreError;
    fn try_from(row: TargetJson) -> Result<Self> {
        let failure = match row.failure_category {
            None => None,
            Some(word) => Some(Failure {
                category: Category::from_word(&word)
                    .ok_or_else(|| StoreError::internal(format!("category {word}")))?,
                message: row.failure_message.unwrap_or_default(),
                detail: row.failure_detail,
                next_try_at: row.next_try_at.map(at),
                attempt: row.failure_attempt.unwrap_or(1),
            }),
        };
        Ok(Self {
            id: row.id,
            draft: TargetDraft {
                account_id: row.account_id,
                override_segments: row.own_segments,
                options: row.options,
            },
            state: state(&row.state)?,
            not_before: row.not_before.map(at),
            published_at: row.published_at.map(at),
            remote_id: row.remote_id,
            remote_url: row.remote_url,
            failure,
            first_comment: row.first_comment,
        })
    }
}

impl TryFrom<PostRow> for Post {
    type Error = StoreError;
    fn try_from(row: PostRow) -> Result<Self> {
        let targets: Vec<TargetJson> = json(&row.targets)?;
        let targets: Vec<Target> = targets
            .into_iter()
            .map(Target::try_from)
            .collect::<Result<_>>()?;
        let editorial = editorial(&row.editorial)?;
        let states: Vec<(DeliveryState, bool)> =
            targets.iter().map(|t| (t.state, t.your_turn())).collect();
        Ok(Self {
            id: parse(&row.id)?,
            calendar_id: parse(&row.calendar_id)?,
            title: row.title,
            segments: json(&row.segments)?,
            notes: row.notes,
            labels: json(&row.labels)?,
            content_type: of_word(&row.content_type)?,
            priority: of_word(&row.priority)?,
            assignee: row.assignee,
            editorial,
            when: row.placed.when()?,
            time_source: of_word(&row.time_source)?,
            status: status::shown_with(editorial, &states),
            targets,
            working_copy: row.working_copy.as_deref().map(json).transpose()?,
            held: row.held,
            version: row.version,
            created_at: at(row.created_at),
            updated_at: at(row.updated_at),
            deleted_at: row.deleted_at.map(at),
        })
    }
}

/// What is computed from title and segments and kept beside them.
pub(crate) struct Derived {
    pub(crate) media_count: u32,
    pub(crate) thumb: Option<String>,
    pub(crate) words: String,
    pub(crate) text_hash: Option<i64>,
}

impl Derived {
    pub(crate) fn of(title: &str, segments: &[Segment]) -> Self {
        let mut media = segments.iter().flat_map(|s| &s.media);
        let thumb = media.clone().next().map(|m| m.media_id.to_string());
        Self {
            media_count: u32::try_from(media.by_ref().count()).unwrap_or(u32::MAX),
            thumb,
            words: first_words(title, segments, WORDS),
            text_hash: text_hash(segments),
        }
    }
}

/// A hash of the text that ignores case and white space, to find repeats; none without text. A
/// clash of two texts costs a needless warning, nothing more.
pub(crate) fn text_hash(segments: &[Segment]) -> Option<i64> {
    let mut hasher = blake3::Hasher::new();
    let mut empty = true;
    for word in segments.iter().flat_map(|s| s.text.split_whitespace()) {
        empty = false;
        hasher.update(word.to_lowercase().as_bytes());
        hasher.update(b" ");
    }
    if empty {
        return None;
    }
    let mut first = [0_u8; 8];
    first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    Some(i64::from_le_bytes(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_are_found_in_spite_of_case_and_spaces() {
        let hash = |t: &str| text_hash(&[Segment::text(t)]);
        assert_eq!(hash("Hello  World\n"), hash("hello world"));
        assert_ne!(hash("hello world"), hash("helloworld"));
        assert_eq!(hash(" \n"), None);
    }
}
