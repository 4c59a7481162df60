//! Rules of the first comment.

use model::error::Fix;
use unicode_segmentation::UnicodeSegmentation;

use super::{Found, clear, grouped};
use crate::catalogue::{Entry, OPTION_FIRST_COMMENT};
use crate::connector::CheckInput;

/// A first comment that is too long would be refused once the post is out.
pub(super) fn length(entry: &Entry, input: &CheckInput<'_>, found: &mut Found) {
    let max = entry.first_comment.as_ref().map(|fact| fact.max);
    let Some((max, words)) = max.zip(entry.first_comment_of(&input.draft.options)) else {
        return;
    };
    let count = words.graphemes(true).count();
    if count > max as usize {
        let message = format!(
            "{} allows {} characters in a comment; the first comment has {}.",
            entry.name,
            grouped(max.into()),
            grouped(count as u64)
        );
        let fixes = vec![Fix::SetOption {
            name: OPTION_FIRST_COMMENT.to_owned(),
        }];
        found.error("comment_too_long", None, message, fixes);
    }
}

/// Says that the first comment is left out, and why.
pub fn left_out(entry: &Entry, input: &CheckInput<'_>, why: &str, found: &mut Found) {
    if entry.first_comment_of(&input.draft.options).is_some() {
        let fixes = vec![clear(OPTION_FIRST_COMMENT)];
        found.warning("comment_left_out", None, why.to_owned(), fixes);
    }
}
