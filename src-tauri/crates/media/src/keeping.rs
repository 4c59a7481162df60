//! Where the part of a picture that is kept begins: along one side, since it is as large as it can be.

use std::ops::Range;

use model::edit::{Area, WHOLE};

use crate::faces::Face;

/// How much more the middle counts than the edge, of equally busy parts.
const MIDDLE_COUNTS: f32 = 0.25;
/// Room that a face wants on each side, in parts of its size: above it for hair, else for the head it belongs to.
const ABOVE: f64 = 0.6;
const BESIDE: f64 = 0.4;
const BELOW: f64 = 0.4;
/// By how much a part is longer than a face and its room together, so that it need not begin at one place exactly.
const PLAY: f64 = WHOLE as f64 / 64.0;
/// How much a face without that room counts against one with it, and how much one that is cut: half a face is worse
/// than none where another can be kept whole.
const BARE_COUNTS: f64 = 0.9;
const CUT_COUNTS: f64 = 0.3;
/// From this score on a detector is sure; more of it says nothing more.
const SURE: f64 = 10.0;

/// A face along the side on which the part moves, from where to where in millionths.
#[derive(Debug)]
pub(crate) struct Head {
    /// With the room it wants, as far as there is a picture.
    with_room: Range<f64>,
    /// Without.
    bare: Range<f64>,
    /// How much it counts against others.
    worth: f64,
}

impl Head {
    /// The room is what the part leaves of it. Of a face that is longer than the part, its middle counts.
    pub fn of(face: &Face, sideways: bool, part: u32) -> Self {
        let Area {
            left,
            top,
            width,
            height,
        } = face.area;
        let (from, length, before, behind) = if sideways {
            (left, width, BESIDE, BESIDE)
        } else {
            (top, height, ABOVE, BELOW)
        };
        let (from, length) = (f64::from(from), f64::from(length));
        let (whole, part) = (f64::from(WHOLE), f64::from(part));
        let wanted = (before + behind) * length;
        let room = (part - length - PLAY).clamp(0.0, wanted) / (before + behind);
        let middle = from + length / 2.0;
        let half = length.min(part) / 2.0;
        let bare = middle - half..middle + half;
        Self {
            with_room: (bare.start - before * room).max(0.0)..(bare.end + behind * room).min(whole),
            bare,
            worth: f64::from(width) * f64::from(height) * face.score.clamp(0.0, SURE),
        }
    }

    /// How much of it a stretch holds, from nothing to 1.
    fn share(&self, from: u32, part: u32) -> f64 {
        let (from, to) = (f64::from(from), f64::from(from + part));
        let holds = |range: &Range<f64>| from <= range.start && range.end <= to;
        if holds(&self.with_room) {
            return 1.0;
        }
        if holds(&self.bare) {
            return BARE_COUNTS;
        }
        let common = to.min(self.bare.end) - from.max(self.bare.start);
        CUT_COUNTS * common.max(0.0) / (self.bare.end - self.bare.start)
    }
}

/// How much of all heads a stretch holds, in thousandths: a finer difference is none to see.
fn kept(heads: &[Head], from: u32, part: u32) -> u32 {
    let all: f64 = heads.iter().map(|head| head.worth).sum();
    let held: f64 = heads.iter().map(|h| h.worth * h.share(from, part)).sum();
    if all > 0.0 {
        (held / all * 1_000.0) as u32
    } else {
        0
    }
}

/// Where a stretch of this length (in millionths) holds most of the heads; of places that hold as much of them where
/// it holds most of all else, and of equal ones the one in the middle.
pub(crate) fn best_stretch(lines: &[f32], part: u32, heads: &[Head]) -> u32 {
    let count = lines.len();
    let length = (count as u64 * u64::from(part)).div_ceil(u64::from(WHOLE)) as usize;
    let room = count.saturating_sub(length);
    let spare = WHOLE - part;
    if room == 0 {
        return spare / 2;
    }
    let millionths = |from: usize| (u64::from(spare) * from as u64 / room as u64) as u32;
    let mut sum: f32 = lines.iter().take(length).sum();
    let mut best = (0, f32::MIN, 0);
    for from in 0..=room {
        if from > 0 {
            sum += lines[from + length - 1] - lines[from - 1];
        }
        let off = (from as f32 / room as f32 - 0.5).abs() * 2.0;
        let worth = sum * (1.0 - MIDDLE_COUNTS * off * off) - off;
        let kept = kept(heads, millionths(from), part);
        if kept > best.0 || (kept == best.0 && worth > best.1) {
            best = (kept, worth, from);
        }
    }
    millionths(best.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A face of this size (in thousandths of both sides) whose left and upper edge are there.
    fn face(at: u32, size: u32, score: f64) -> Face {
        let area = Area {
            left: at * 1_000,
            top: at * 1_000,
            width: size * 1_000,
            height: size * 1_000,
        };
        Face { area, score }
    }

    /// Where a part of 300 thousandths begins, with these faces, in a picture that is busy on its right.
    fn begins(faces: &[Face], sideways: bool) -> u32 {
        let lines: Vec<f32> = (0..200)
            .map(|at| if at < 150 { 1.0 } else { 9.0 })
            .collect();
        let part = 300_000;
        let heads: Vec<Head> = faces.iter().map(|f| Head::of(f, sideways, part)).collect();
        best_stretch(&lines, part, &heads) / 1_000
    }

    #[test]
    fn faces_are_kept_before_all_else() {
        let beside = face(100, 100, 5.0);
        let cases: [(&str, &[Face], std::ops::RangeInclusive<u32>); 9] = [
            ("none: the busy end", &[], 690..=700),
            // From 60 to 240 with its room; as far to the right as that allows.
            ("one", &[beside], 55..=60),
            ("one at the edge", &[face(0, 100, 5.0)], 0..=0),
            (
                "both of two that fit",
                &[beside, face(220, 60, 5.0)],
                0..=60,
            ),
            (
                "the larger of two",
                &[face(20, 80, 5.0), face(600, 120, 5.0)],
                530..=555,
            ),
            (
                "two that stand together, not the larger one alone",
                &[face(100, 90, 5.0), face(220, 90, 5.0), face(600, 110, 5.0)],
                45..=65,
            ),
            (
                "the surer of two",
                &[face(100, 100, 9.0), face(600, 100, 3.0)],
                55..=60,
            ),
            // From 468 to 752 with the room that there is, and a little play.
            ("one that hardly fits", &[face(500, 220, 5.0)], 460..=467),
            // From 300 to 800, of which the middle is kept.
            ("one that is too large", &[face(300, 500, 5.0)], 396..=404),
        ];
        for (what, faces, begin) in cases {
            let from = begins(faces, true);
            assert!(begin.contains(&from), "{what}: {from}");
        }
    }

    #[test]
    fn there_is_more_room_above_a_head_than_below() {
        // From 490 to 690 with its room above and below, from 510 to 690 with that beside it.
        let one = [face(550, 100, 5.0)];
        let above = begins(&one, false);
        assert!((485..=490).contains(&above), "{above}");
        let beside = begins(&one, true);
        assert!((505..=510).contains(&beside), "{beside}");
    }
}
