//! The weekly plan: times at which an account likes to post.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{self, Weekday};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::clock::Timestamp;
use crate::id::{AccountId, SlotId};
use crate::when::{WallTime, When, Zone, resolve};

/// A weekly time at which an account likes to post, in wall time of `zone`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Slot {
    /// Identifier.
    pub id: SlotId,
    /// The account.
    pub account_id: AccountId,
    /// 1 = Monday … 7 = Sunday (ISO 8601).
    pub weekday: u8,
    /// Time of day.
    #[ts(type = "string")]
    pub time: civil::Time,
    /// The zone it is meant in.
    pub zone: Zone,
}

/// One occurrence of a slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SlotTime {
    /// The slot.
    pub slot_id: SlotId,
    /// Its account.
    pub account_id: AccountId,
    /// The instant.
    pub at: Timestamp,
    /// The wall time in the slot's zone.
    pub wall: WallTime,
    /// The slot's zone.
    pub zone: Zone,
}

impl SlotTime {
    /// The same as a scheduled time of a post.
    #[must_use]
    pub fn when(&self) -> When {
        When::Scheduled {
            wall: self.wall,
            zone: self.zone.clone(),
            at: self.at,
        }
    }
}

/// How far ahead a free slot is looked for, in days.
const HORIZON_DAYS: i64 = 400;

/// Every occurrence of the slots after `after` and not after `until`, in order of time. Two slots
/// at the same instant give one occurrence per slot.
#[must_use]
pub fn occurrences(slots: &[Slot], after: Timestamp, until: Timestamp) -> Vec<SlotTime> {
    let mut found: Vec<SlotTime> = slots
        .iter()
        .flat_map(|slot| occurrences_of(slot, after, until))
        .collect();
    found.sort_by_key(|s| (s.at, s.slot_id));
    found
}

fn occurrences_of(slot: &Slot, after: Timestamp, until: Timestamp) -> Vec<SlotTime> {
    let (Ok(first), Ok(weekday)) = (
        slot.zone.wall_at(after),
        Weekday::from_monday_one_offset(i8::try_from(slot.weekday).unwrap_or(0)),
    ) else {
        return Vec::new();
    };
    let ahead = i64::from(first.0.weekday().until(weekday));
    let mut out = Vec::new();
    for week in 0_i64.. {
        let Ok(day) = first.0.date().checked_add((ahead + week * 7).days()) else {
            break;
        };
        let wall = WallTime(day.to_datetime(slot.time));
        let Ok(resolved) = resolve(wall, &slot.zone) else {
            break;
        };
        if resolved.at > until {
            break;
        }
        if resolved.at > after {
            out.push(SlotTime {
                slot_id: slot.id,
                account_id: slot.account_id,
                at: resolved.at,
                wall,
                zone: slot.zone.clone(),
            });
        }
    }
    out
}

/// The first occurrence after `after` whose instant is not taken. None when there are no slots or
/// everything within the next year is taken.
#[must_use]
pub fn next_free(
    slots: &[Slot],
    taken: &BTreeSet<Timestamp>,
    after: Timestamp,
) -> Option<SlotTime> {
    const WEEK: i64 = 7 * 86_400_000;
    let mut from = after;
    let end = Timestamp::from_millis(after.as_millis() + HORIZON_DAYS * 86_400_000);
    while from < end {
        let until = Timestamp::from_millis(from.as_millis() + 2 * WEEK).min(end);
        let free = occurrences(slots, from, until)
            .into_iter()
            .find(|s| !taken.contains(&s.at));
        if free.is_some() {
            return free;
        }
        from = until;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn slot(n: u128, weekday: u8, time: &str) -> Slot {
        Slot {
            id: SlotId(Uuid::from_u128(n)),
            account_id: AccountId(Uuid::from_u128(9)),
            weekday,
            time: time.parse().unwrap(),
            zone: "Europe/Berlin".parse().unwrap(),
        }
    }
    fn ts(text: &str) -> Timestamp {
        Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn the_next_free_slot_skips_taken_ones() {
        let slots = [slot(1, 4, "14:30"), slot(2, 1, "09:00")];
        let after = ts("2026-05-13T10:00:00Z"); // a Wednesday
        let first = next_free(&slots, &BTreeSet::new(), after).unwrap();
        assert_eq!(first.wall.to_string(), "2026-05-14T14:30:00");
        let second = next_free(&slots, &BTreeSet::from([first.at]), after).unwrap();
        assert_eq!(second.wall.to_string(), "2026-05-18T09:00:00");
    }

    #[test]
    fn a_slot_later_today_counts_and_one_at_this_very_instant_does_not() {
        let slots = [slot(1, 3, "12:00")];
        let noon = ts("2026-05-13T10:00:00Z");
        let before = Timestamp::from_millis(noon.as_millis() - 1);
        assert_eq!(
            next_free(&slots, &BTreeSet::new(), before).unwrap().at,
            noon
        );
        assert_eq!(
            next_free(&slots, &BTreeSet::new(), noon)
                .unwrap()
                .wall
                .to_string(),
            "2026-05-20T12:00:00"
        );
    }

    #[test]
    fn slots_keep_their_wall_time_across_a_clock_change() {
        let slots = [slot(1, 1, "09:00")];
        let all = occurrences(
            &slots,
            ts("2026-03-20T00:00:00Z"),
            ts("2026-04-02T00:00:00Z"),
        );
        let instants: Vec<_> = all.iter().map(|s| s.at.rfc3339()).collect();
        assert_eq!(
            instants,
            ["2026-03-23T08:00:00.000Z", "2026-03-30T07:00:00.000Z"]
        );
    }

    #[test]
    fn no_slots_no_free_slot() {
        assert_eq!(
            next_free(&[], &BTreeSet::new(), ts("2026-05-13T10:00:00Z")),
            None
        );
    }
}
