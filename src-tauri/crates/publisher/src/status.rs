//! What the publisher is doing, for the tray and the screen.

use model::{PostId, Timestamp};
use serde::Serialize;
use ts_rs::TS;

/// The publisher in one word, for the tray's icon.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Mood {
    /// Nothing to do now.
    #[default]
    Idle,
    /// Posts are going out.
    Sending,
    /// A person has to look at something.
    NeedsYou,
    /// Everything is held.
    Held,
}

/// The post that goes out next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NextDue {
    /// The post.
    pub post_id: PostId,
    /// Its first words.
    pub words: String,
    /// When.
    pub at: Timestamp,
}

/// What the publisher is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// In one word: the first of held, sending, needs you and idle that is true.
    pub mood: Mood,
    /// How many posts are going out right now.
    pub sending: u32,
    /// First words of some of them.
    pub titles: Vec<String>,
    /// How many posts need a person.
    pub needs_you: u32,
    /// Why everything is held; none when it is not.
    pub held: Option<String>,
    /// Why sending is delayed though nothing is held: no internet, a locked keyring, a full disk.
    pub delayed: Option<String>,
    /// What goes out next.
    pub next: Option<NextDue>,
}

impl Status {
    /// Sets the word that sums the rest up.
    #[must_use]
    pub fn summed(mut self) -> Self {
        self.mood = if self.held.is_some() {
            Mood::Held
        } else if self.sending > 0 {
            Mood::Sending
        } else if self.needs_you > 0 {
            Mood::NeedsYou
        } else {
            Mood::Idle
        };
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_pressing_word_wins() {
        let all = Status {
            sending: 1,
            needs_you: 1,
            held: Some("Held.".to_owned()),
            ..Status::default()
        };
        assert_eq!(all.clone().summed().mood, Mood::Held);
        let free = Status { held: None, ..all };
        assert_eq!(free.clone().summed().mood, Mood::Sending);
        let quiet = Status { sending: 0, ..free };
        assert_eq!(quiet.clone().summed().mood, Mood::NeedsYou);
        assert_eq!(
            Status {
                needs_you: 0,
                ..quiet
            }
            .summed()
            .mood,
            Mood::Idle
        );
    }
}
