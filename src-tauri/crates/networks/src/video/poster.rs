//! The moment of a video that a person chose to stand for it: how a network gets it, and what is told where it
//! does not.

use media::video::Tool;
use model::edit::film::Film;
use serde_json::{Map, Value};

use super::Adding;
use crate::catalogue::Cover;
use crate::connector::JobMedia;

/// The moment of a video that is shown while it stands still, in milliseconds of what is sent: the second that an
/// option of the network says, else the one that was chosen in the video. None where it is left to the network.
#[must_use]
pub fn cover_ms(options: &Map<String, Value>, option: &str, file: &JobMedia) -> Option<u64> {
    let second = options.get(option).and_then(Value::as_u64);
    let said = second.filter(|second| *second > 0);
    said.map(|second| second.saturating_mul(1_000))
        .or(file.poster_ms.map(u64::from))
}

impl Adding<'_, '_> {
    /// What becomes of the moment that was chosen, where it does not arrive.
    pub(super) fn poster(&mut self, film: &Film) {
        if film.chosen_moment().is_none() {
            return;
        }
        let (network, becomes) = (self.taken.network, self.becomes());
        match self.taken.cover {
            None => {
                let message = format!(
                    "{network} takes no poster for a video{becomes}, so it chooses by itself what stands for this one."
                );
                self.warning("poster_left_out", message, vec![]);
            }
            Some(Cover::Picture) if self.looked.facts.tool != Tool::Ready => {
                let message = format!(
                    "The poster of this video goes to {network} as a picture, and cutting it out needs ffmpeg. {}",
                    self.looked.facts.tool.advice()
                );
                self.warning("poster_needs_tool", message, vec![]);
            }
            Some(_) => {}
        }
    }
}
