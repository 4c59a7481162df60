//! A workspace's mark on its pictures, so that people see whose they are.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::words::{Letters, MAX_WORDS};
use super::{EditError, Operation, WHOLE};
use crate::id::MediaId;

/// What a mark is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum MarkOf {
    /// A picture of the library; what is transparent in it stays so.
    #[serde(rename_all = "camelCase")]
    Picture {
        /// Which.
        media_id: MediaId,
        /// Its longer side, in millionths of the marked picture's shorter side.
        size: u32,
    },
    /// Words.
    Words {
        /// What they say.
        text: String,
        /// How they look.
        letters: Letters,
    },
}

/// Where along one side a mark stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Stand {
    /// At the left or upper edge.
    Start,
    /// In the middle.
    Middle,
    /// At the right or lower edge.
    End,
}

impl Stand {
    /// Where something of this length begins, in pixels, at some distance from both edges.
    #[must_use]
    pub fn begin(self, whole: u32, length: u32, margin: u32) -> i64 {
        let (whole, length, margin) = (i64::from(whole), i64::from(length), i64::from(margin));
        match self {
            Self::Start => margin,
            Self::Middle => (whole - length) / 2,
            Self::End => whole - length - margin,
        }
    }
}

/// A mark on a picture.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Mark {
    /// What it is.
    pub what: MarkOf,
    /// Where it stands from left to right.
    pub across: Stand,
    /// Where it stands from top to bottom.
    pub down: Stand,
    /// How much it covers, in percent; 1 to 100.
    pub strength: u8,
}

/// Distance of a mark from the edges, in millionths of the picture's shorter side.
pub const MARGIN: u32 = 30_000;

impl Mark {
    /// Whether its values make sense.
    pub fn check(&self) -> Result<(), EditError> {
        if !(1..=100).contains(&self.strength) {
            return Err(EditError::OutOfRange);
        }
        match &self.what {
            MarkOf::Picture { size, .. } if (10_000..=WHOLE).contains(size) => Ok(()),
            MarkOf::Picture { .. } => Err(EditError::OutOfRange),
            MarkOf::Words { text, .. } if text.trim().is_empty() => Err(EditError::OutOfRange),
            MarkOf::Words { text, .. } if text.chars().count() > MAX_WORDS => {
                Err(EditError::TooWordy)
            }
            MarkOf::Words { letters, .. } => letters.check(),
        }
    }
}

/// What a workspace wants on its pictures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Watermark {
    /// Whether pictures get it.
    pub on: bool,
    /// The mark; kept while it is off.
    pub mark: Mark,
}

impl Watermark {
    /// A picture's edits with the mark behind them, unless they say that it gets none. A moving
    /// picture would stand still with it, and a picture of the kind that may move
    /// (`image/gif`) gets none.
    #[must_use]
    pub fn on_edits(&self, edits: &[Operation], mime: &str) -> Option<Vec<Operation>> {
        let wanted = self.on
            && mime.starts_with("image/")
            && mime != "image/gif"
            && !edits.contains(&Operation::Unmarked);
        wanted.then(|| {
            let mark = Operation::Mark {
                mark: self.mark.clone(),
            };
            edits.iter().cloned().chain([mark]).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark() -> Watermark {
        Watermark {
            on: true,
            mark: Mark {
                what: MarkOf::Picture {
                    media_id: "a".repeat(64).parse().unwrap(),
                    size: 200_000,
                },
                across: Stand::End,
                down: Stand::Start,
                strength: 60,
            },
        }
    }

    #[test]
    fn it_stands_at_the_edges_and_in_the_middle() {
        assert_eq!(Stand::Start.begin(100, 20, 3), 3);
        assert_eq!(Stand::Middle.begin(100, 20, 3), 40);
        assert_eq!(Stand::End.begin(100, 20, 3), 77);
    }

    #[test]
    fn it_comes_last_and_only_where_it_is_wanted() {
        let turn = Operation::Turn { quarters: 1 };
        let marked = mark().on_edits(std::slice::from_ref(&turn), "image/jpeg");
        let marked = marked.unwrap();
        assert_eq!(marked[0], turn);
        assert!(matches!(marked[1], Operation::Mark { .. }));
        assert_eq!(mark().on_edits(&[turn], "image/gif"), None);
        assert_eq!(mark().on_edits(&[], "video/mp4"), None);
        assert_eq!(mark().on_edits(&[Operation::Unmarked], "image/png"), None);
        let off = Watermark {
            on: false,
            ..mark()
        };
        assert_eq!(off.on_edits(&[], "image/png"), None);
    }

    #[test]
    fn a_mark_of_nothing_is_refused() {
        assert_eq!(mark().mark.check(), Ok(()));
        let mut faint = mark().mark;
        faint.strength = 0;
        assert_eq!(faint.check(), Err(EditError::OutOfRange));
    }
}
