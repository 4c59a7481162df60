//! What a list of operations does to a video: which stretch of it stays, and what else is done.

use super::Operation;

/// Longest video that is edited, in milliseconds: a day.
pub const MAX_MS: u32 = 24 * 60 * 60 * 1_000;
/// Shortest stretch that may stay, in milliseconds: about a picture.
pub const LEAST_MS: u32 = 40;

/// Whether a stretch makes sense.
#[must_use]
pub fn is_stretch(from_ms: u32, to_ms: u32) -> bool {
    to_ms <= MAX_MS
        && from_ms
            .checked_add(LEAST_MS)
            .is_some_and(|least| least <= to_ms)
}

/// Everything a list does to a video besides its picture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Film {
    /// Where it begins, in milliseconds of the original.
    pub from_ms: u32,
    /// Where it ends; none where the original ends.
    pub to_ms: Option<u32>,
    /// Without its sound.
    pub mute: bool,
    /// The moment that stands for it, in milliseconds of the original; none when nobody chose one.
    pub poster_ms: Option<u32>,
    /// It has to be packed anew: what is seen changes, or a person wants it.
    pub repack: bool,
}

impl Film {
    /// What these operations do.
    #[must_use]
    pub fn of(operations: &[Operation]) -> Self {
        let mut film = Self::default();
        for operation in operations {
            match *operation {
                Operation::Trim { from_ms, to_ms } => {
                    let end = film.from_ms.saturating_add(to_ms);
                    film.to_ms = Some(film.to_ms.map_or(end, |before| before.min(end)));
                    film.from_ms = film.from_ms.saturating_add(from_ms);
                }
                Operation::Poster { at_ms } => {
                    film.poster_ms = Some(film.from_ms.saturating_add(at_ms));
                }
                Operation::Mute => film.mute = true,
                Operation::Convert => film.repack = true,
                _ => film.repack = film.repack || shapes_video(operation),
            }
        }
        film
    }

    /// Whether anything has to be made of the original: a chosen moment alone changes nothing in it.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.from_ms > 0 || self.to_ms.is_some() || self.mute || self.repack
    }

    /// How long it runs after them, in milliseconds, when the original runs so long.
    #[must_use]
    pub fn length(&self, original_ms: u32) -> u32 {
        let end = self.to_ms.map_or(original_ms, |to| to.min(original_ms));
        end.saturating_sub(self.from_ms)
    }

    /// The moment a person chose to stand for it, in milliseconds of what is sent; none when nobody chose one, or it
    /// does not stay.
    #[must_use]
    pub fn chosen_moment(&self) -> Option<u32> {
        let at = self.poster_ms?;
        let stays = at >= self.from_ms && self.to_ms.is_none_or(|to| at < to);
        stays.then(|| at - self.from_ms)
    }

    /// The moment that stands for it, in milliseconds of the original: the one chosen if it stays, else a
    /// little after the beginning, since many begin in the dark.
    #[must_use]
    pub fn moment(&self, original_ms: Option<u32>) -> u32 {
        let inside = |at: &u32| {
            *at >= self.from_ms
                && self.to_ms.is_none_or(|to| *at < to)
                && original_ms.is_none_or(|end| *at < end)
        };
        self.poster_ms.filter(inside).unwrap_or_else(|| {
            let length = original_ms.map_or(0, |ms| self.length(ms));
            self.from_ms + (length / 10).min(1_000)
        })
    }
}

/// Whether an operation changes what is seen of a video.
fn shapes_video(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::Crop { .. }
            | Operation::Turn { .. }
            | Operation::Flip { .. }
            | Operation::Resize { .. }
    )
}

/// Whether an operation can be done to a video at all.
#[must_use]
pub fn suits_video(operation: &Operation) -> bool {
    shapes_video(operation)
        || matches!(
            operation,
            Operation::Trim { .. }
                | Operation::Poster { .. }
                | Operation::Mute
                | Operation::Convert
                | Operation::Captions { .. }
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn trim(from_ms: u32, to_ms: u32) -> Operation {
        Operation::Trim { from_ms, to_ms }
    }

    #[test]
    fn a_cut_of_a_cut_counts_from_the_first() {
        let film = Film::of(&[trim(10_000, 40_000), trim(5_000, 90_000), Operation::Mute]);
        assert_eq!((film.from_ms, film.to_ms), (15_000, Some(40_000)));
        assert!(film.mute && film.changes() && !film.repack);
        assert_eq!(film.length(60_000), 25_000);
        assert_eq!(film.length(20_000), 5_000);
        assert_eq!(film.length(10_000), 0);
    }

    #[test]
    fn the_moment_lies_in_what_stays() {
        let chosen = [trim(10_000, 20_000), Operation::Poster { at_ms: 2_000 }];
        assert_eq!(Film::of(&chosen).moment(Some(60_000)), 12_000);
        let outside = [Operation::Poster { at_ms: 2_000 }, trim(10_000, 20_000)];
        assert_eq!(Film::of(&outside).moment(Some(60_000)), 11_000);
        assert_eq!(Film::of(&chosen).chosen_moment(), Some(2_000));
        assert_eq!(Film::of(&outside).chosen_moment(), None);
        // Cut once more, for one account alone.
        let again = [chosen[0].clone(), chosen[1].clone(), trim(500, 9_000)];
        assert_eq!(Film::of(&again).chosen_moment(), Some(1_500));
        assert_eq!(Film::default().moment(Some(4_000)), 400);
        assert_eq!(Film::default().moment(None), 0);
    }

    #[test]
    fn a_moment_alone_changes_nothing() {
        assert!(!Film::of(&[Operation::Poster { at_ms: 7 }]).changes());
        assert!(Film::of(&[Operation::Convert]).changes());
        assert!(Film::of(&[Operation::Turn { quarters: 1 }]).repack);
        assert!(!suits_video(&Operation::Adjust {
            brightness: 1,
            contrast: 0,
            saturation: 0,
            warmth: 0
        }));
    }

    #[test]
    fn a_stretch_has_a_length_and_an_end() {
        assert!(is_stretch(0, LEAST_MS) && !is_stretch(0, LEAST_MS - 1));
        assert!(!is_stretch(5, 3) && !is_stretch(0, MAX_MS + 1) && !is_stretch(u32::MAX, 3));
    }
}
