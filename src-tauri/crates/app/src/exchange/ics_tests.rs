use icalendar::parser::{read_calendar, unfold};
use icalendar::{Calendar, CalendarDateTime, Component, DatePerhapsTime};
use model::content::Segment;
use model::post::{Draft, TargetDraft};
use model::status::EditorialStatus;
use proptest::prelude::*;

use super::super::testing::{accounts, post, scheduled, text_post};
use super::*;

fn written(posts: &[Post]) -> String {
    let mut out = Vec::new();
    write_ics(&mut out, "Spring; and \"more\"", posts, &accounts()).unwrap();
    String::from_utf8(out).unwrap()
}

fn read(text: &str) -> Calendar {
    Calendar::from(read_calendar(&unfold(text)).unwrap())
}

#[test]
fn another_program_reads_the_same_posts() {
    let draft = Draft {
        segments: vec![
            Segment::text("Sale, today; \\o/\nSecond line"),
            Segment::text("Part two"),
        ],
        labels: vec!["spring, summer".into(), "sale".into()],
        targets: vec![TargetDraft {
            account_id: accounts()[0].id,
            override_segments: None,
            options: serde_json::Map::new(),
        }],
        ..Draft::default()
    };
    let when = scheduled("2026-05-14T09:05:00", "Europe/Berlin");
    let posts = [
        post(1, draft, when, EditorialStatus::Scheduled),
        text_post(2, "An idea", When::Unplanned),
        text_post(
            3,
            "All day",
            When::Planned {
                date: "2026-05-15".parse().unwrap(),
                time: None,
                zone: "Europe/Berlin".parse().unwrap(),
            },
        ),
    ];
    let text = written(&posts);
    let calendar = read(&text);
    assert!(text.contains("\r\nX-WR-CALNAME:Spring\\; and \"more\"\r\n"));
    let events: Vec<_> = calendar
        .components
        .iter()
        .filter_map(|c| c.as_event())
        .collect();
    assert_eq!(events.len(), 2);
    let first = events[0];
    assert_eq!(
        first.get_uid(),
        Some("00000000-0000-0000-0000-000000000001@almanac")
    );
    assert_eq!(first.get_summary(), Some("Sale, today; \\o/"));
    let description = first.get_description().unwrap();
    assert!(
        description.starts_with("Sale, today; \\o/\nSecond line\n\nPart two"),
        "{description}"
    );
    assert!(description.ends_with("bluesky:ana.example.com"));
    let Some(DatePerhapsTime::DateTime(CalendarDateTime::Utc(start))) = first.get_start() else {
        panic!("{text}");
    };
    assert_eq!(start.to_rfc3339(), "2026-05-14T07:05:00+00:00");
    assert!(
        text.contains("\r\nCATEGORIES:spring\\, summer,sale\r\n"),
        "{text}"
    );
    assert!(text.contains("\r\nSTATUS:CONFIRMED\r\n"));
    assert!(
        text.contains("\r\nDTSTART;VALUE=DATE:20260515\r\n"),
        "{text}"
    );
    assert_eq!(text, written(&posts), "the same posts give the same file");
}

#[test]
fn a_text_cannot_add_lines_of_its_own() {
    let text = written(&[text_post(
        1,
        "hi\r\nEND:VEVENT\u{7}\nBEGIN:VALARM",
        scheduled("2026-05-14T09:05:00", "UTC"),
    )]);
    assert_eq!(text.matches("\r\nBEGIN:").count(), 1);
    assert!(!text.contains('\u{7}'));
}

proptest! {
    #[test]
    fn every_line_is_short_enough_and_every_text_survives(words in "[a-z][ -~äß漢😀;,\n]{0,300}") {
        let words = words.trim().to_owned();
        let text = written(&[text_post(1, &words, scheduled("2026-05-14T09:05:00", "UTC"))]);
        prop_assert!(text.ends_with("\r\n"));
        prop_assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')));
        let calendar = read(&text);
        let event = calendar.components.iter().find_map(|c| c.as_event()).unwrap();
        prop_assert_eq!(event.get_description(), Some(words.as_str()));
    }
}
