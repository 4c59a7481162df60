use super::*;
use model::slot::Slot;
use model::{AccountId, SlotId};
use uuid::Uuid;

fn berlin() -> Zone {
    "Europe/Berlin".parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

fn slot(weekday: u8, time: &str) -> Slot {
    Slot {
        id: SlotId(Uuid::from_u128(u128::from(weekday))),
        account_id: AccountId(Uuid::nil()),
        weekday,
        time: time.parse().unwrap(),
        zone: berlin(),
    }
}

fn land(place: &Place, current: &When, now: &str, slots: &[Slot], taken: &[&str]) -> Option<Spot> {
    let plan = Plan::new(slots.to_vec(), []);
    let around = Around {
        now: at(now),
        calendar_zone: &berlin(),
        usual_time: "09:00".parse().unwrap(),
        plan: &plan,
        taken: &taken.iter().map(|t| at(t)).collect(),
    };
    resolve_place(place, current, &around).unwrap()
}

fn day(date: &str) -> Place {
    Place::Day {
        date: date.parse().unwrap(),
        zone: None,
    }
}

fn scheduled(wall: &str, zone: &str) -> When {
    When::scheduled(wall.parse().unwrap(), zone.parse().unwrap()).unwrap()
}

const NOW: &str = "2026-03-25T13:20:00Z"; // a Wednesday, 14:20 in Berlin

#[test]
fn a_day_keeps_the_time_of_day_across_a_clock_change() {
    let friday = scheduled("2026-03-27T09:05:00", "Europe/Berlin");
    let spot = land(&day("2026-03-30"), &friday, NOW, &[], &[]).unwrap();
    assert_eq!(spot.wall.to_string(), "2026-03-30T09:05:00");
    assert_eq!(spot.at, at("2026-03-30T07:05:00Z"));
    assert_eq!(spot.source, TimeSource::Own);
}

#[test]
fn a_day_keeps_the_time_that_the_view_shows() {
    let new_york = scheduled("2026-03-27T09:05:00", "America/New_York"); // 14:05 in Berlin
    let spot = land(&day("2026-03-30"), &new_york, NOW, &[], &[]).unwrap();
    assert_eq!(spot.wall.to_string(), "2026-03-30T14:05:00");
    assert_eq!(spot.zone, berlin());
}

#[test]
fn a_skipped_time_moves_forward_and_says_so() {
    let saturday = scheduled("2026-03-28T02:30:00", "Europe/Berlin");
    let spot = land(&day("2026-03-29"), &saturday, NOW, &[], &[]).unwrap();
    assert_eq!(spot.at, at("2026-03-29T01:30:00Z"));
    let words = crate::words::DateWords {
        twelve_hours: false,
        month_first: false,
        this_year: 2026,
    };
    let note = spot.note(words).unwrap();
    assert!(
        note.contains("02:30 is skipped") && note.contains("03:30"),
        "{note}"
    );
}

#[test]
fn an_idea_lands_today_on_the_next_full_hour() {
    let spot = land(
        &day("2026-03-25"),
        &When::Unplanned,
        NOW,
        &[slot(3, "18:00")],
        &[],
    )
    .unwrap();
    assert_eq!(spot.wall.to_string(), "2026-03-25T15:00:00");
    let late = land(
        &day("2026-03-25"),
        &When::Unplanned,
        "2026-03-25T22:20:00Z",
        &[],
        &[],
    )
    .unwrap();
    assert_eq!(late.wall.to_string(), "2026-03-25T23:30:00");
}

#[test]
fn an_idea_lands_later_on_the_free_slot_of_that_day_else_at_the_usual_time() {
    let slots = [slot(5, "14:30"), slot(1, "08:00")];
    let friday = day("2026-03-27");
    let spot = land(&friday, &When::Unplanned, NOW, &slots, &[]).unwrap();
    assert_eq!(spot.wall.to_string(), "2026-03-27T14:30:00");
    assert_eq!(spot.source, TimeSource::Slot);
    let taken = land(
        &friday,
        &When::Unplanned,
        NOW,
        &slots,
        &["2026-03-27T13:30:00Z"],
    )
    .unwrap();
    assert_eq!(taken.wall.to_string(), "2026-03-27T09:00:00");
    assert_eq!(taken.source, TimeSource::Own);
    let thursday = land(&day("2026-03-26"), &When::Unplanned, NOW, &slots, &[]).unwrap();
    assert_eq!(thursday.wall.to_string(), "2026-03-26T09:00:00");
}

#[test]
fn a_plan_without_time_gets_one_like_an_idea() {
    let plan = When::Planned {
        date: "2026-03-26".parse().unwrap(),
        time: None,
        zone: berlin(),
    };
    let spot = land(&day("2026-03-31"), &plan, NOW, &[], &[]).unwrap();
    assert_eq!(spot.wall.to_string(), "2026-03-31T09:00:00");
}

#[test]
fn exact_times_are_taken_to_the_minute_in_the_zone_named() {
    let place = Place::Wall {
        wall: "2026-05-14T09:05:31.5".parse().unwrap(),
        zone: Some("Asia/Kolkata".parse().unwrap()),
    };
    let spot = land(&place, &When::Unplanned, NOW, &[], &[]).unwrap();
    assert_eq!(spot.at, at("2026-05-14T03:35:00Z"));
    assert_eq!(land(&Place::Shelf, &When::Unplanned, NOW, &[], &[]), None);
}
