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

/// A single day on which the weekly plan of an account is paused: its slots of that day are not
/// offered. Posts with times of their own are not touched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DayPause {
    /// The account.
    pub account_id: AccountId,
    /// The day, as the wall in the zone of the slots shows it.
    #[ts(type = "string")]
    pub date: civil::Date,
    /// Why, for people.
    pub reason: String,
}

/// How far ahead a free slot is looked for, in days.
const HORIZON_DAYS: i64 = 400;

/// Every occurrence of the slots after `after` and not after `until`, in order of time. Two slots
/// at the same instant give one occurrence per slot.
fn occurrences(slots: &[Slot], after: Timestamp, until: Timestamp) -> Vec<SlotTime> {
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

/// The weekly plan of an account without the days on which it is paused. Whoever gives slots away
/// asks this, never the slots alone.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    slots: Vec<Slot>,
    paused: BTreeSet<civil::Date>,
}

impl Plan {
    /// The plan of these slots, all of one account, with these days paused.
    #[must_use]
    pub fn new(slots: Vec<Slot>, paused: impl IntoIterator<Item = civil::Date>) -> Self {
        Self {
            slots,
            paused: paused.into_iter().collect(),
        }
    }

    /// The slots.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Days on which no slot is offered.
    #[must_use]
    pub fn paused(&self) -> &BTreeSet<civil::Date> {
        &self.paused
    }

    /// The zone that says what a day is; all slots of an account are meant in one. None without slots.
    #[must_use]
    pub fn zone(&self) -> Option<&Zone> {
        self.slots.first().map(|s| &s.zone)
    }

    /// Whether an instant lies on a paused day.
    #[must_use]
    pub fn is_paused_at(&self, at: Timestamp) -> bool {
        let day = self.zone().and_then(|zone| zone.wall_at(at).ok());
        day.is_some_and(|wall| self.paused.contains(&wall.0.date()))
    }

    /// Every occurrence after `after` and not after `until` on days that are not paused, in order of
    /// time.
    #[must_use]
    pub fn occurrences(&self, after: Timestamp, until: Timestamp) -> Vec<SlotTime> {
        let mut found = occurrences(&self.slots, after, until);
        found.retain(|s| !self.paused.contains(&s.wall.0.date()));
        found
    }

    /// The first of them after `after` whose instant is not taken. None when there are no slots or
    /// everything within the next year is taken.
    #[must_use]
    pub fn next_free(&self, taken: &BTreeSet<Timestamp>, after: Timestamp) -> Option<SlotTime> {
        const WEEK: i64 = 7 * 86_400_000;
        let mut from = after;
        let end = Timestamp::from_millis(after.as_millis() + HORIZON_DAYS * 86_400_000);
        while from < end {
            let until = Timestamp::from_millis(from.as_millis() + 2 * WEEK).min(end);
            let free = self
                .occurrences(from, until)
                .into_iter()
                .find(|s| !taken.contains(&s.at));
            if free.is_some() {
                return free;
            }
            from = until;
        }
        None
    }
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
    fn plan<const N: usize, const M: usize>(slots: [Slot; N], paused: [&str; M]) -> Plan {
        Plan::new(slots.into(), paused.map(|date| date.parse().unwrap()))
    }
    fn ts(text: &str) -> Timestamp {
        Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn the_next_free_slot_skips_taken_ones() {
        let plan = plan([slot(1, 4, "14:30"), slot(2, 1, "09:00")], []);
        let after = ts("2026-05-13T10:00:00Z"); // a Wednesday
        let first = plan.next_free(&BTreeSet::new(), after).unwrap();
        assert_eq!(first.wall.to_string(), "2026-05-14T14:30:00");
        let second = plan.next_free(&BTreeSet::from([first.at]), after).unwrap();
        assert_eq!(second.wall.to_string(), "2026-05-18T09:00:00");
    }

    #[test]
    fn a_slot_later_today_counts_and_one_at_this_very_instant_does_not() {
        let plan = plan([slot(1, 3, "12:00")], []);
        let noon = ts("2026-05-13T10:00:00Z");
        let before = Timestamp::from_millis(noon.as_millis() - 1);
        assert_eq!(plan.next_free(&BTreeSet::new(), before).unwrap().at, noon);
        assert_eq!(
            plan.next_free(&BTreeSet::new(), noon)
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
            plan([], []).next_free(&BTreeSet::new(), ts("2026-05-13T10:00:00Z")),
            None
        );
    }

    #[test]
    fn a_paused_day_offers_none_of_its_slots_and_the_next_week_does_again() {
        let slots = [slot(1, 4, "00:30"), slot(2, 4, "23:30")];
        let plan = plan(slots, ["2026-05-14"]);
        let after = ts("2026-05-13T10:00:00Z");
        let walls = |until| -> Vec<String> {
            let all = plan.occurrences(after, ts(until));
            all.iter().map(|s| s.wall.to_string()).collect()
        };
        assert_eq!(walls("2026-05-20T00:00:00Z"), [""; 0]);
        let next = plan.next_free(&BTreeSet::new(), after).unwrap();
        assert_eq!(next.wall.to_string(), "2026-05-21T00:30:00");
    }

    #[test]
    fn a_day_is_the_one_of_the_zone_of_the_slots() {
        let plan = plan([slot(1, 4, "12:00")], ["2026-05-14"]);
        assert!(!plan.is_paused_at(ts("2026-05-13T21:59:59Z")));
        assert!(plan.is_paused_at(ts("2026-05-13T22:00:00Z")));
        assert!(plan.is_paused_at(ts("2026-05-14T21:59:59Z")));
        assert!(!plan.is_paused_at(ts("2026-05-14T22:00:00Z")));
    }
}
