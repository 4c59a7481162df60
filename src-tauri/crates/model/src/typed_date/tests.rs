use proptest::prelude::*;

use super::*;

/// A Wednesday, a quarter past ten.
const NOW: &str = "2026-05-13T10:15:30";

fn context(order: DateOrder, base: Option<&str>) -> Context {
    Context {
        now: NOW.parse().unwrap(),
        base: base.map(|b| b.parse().unwrap()),
        order,
        week_start: 1,
    }
}

fn moment(text: &str, context: Context) -> String {
    match parse(text, context) {
        Ok(parsed) => parsed.wall.to_string(),
        Err(error) => panic!("{text:?}: {error}"),
    }
}

fn check(order: DateOrder, base: Option<&str>, cases: &[(&str, &str)]) {
    for (text, want) in cases {
        let want = format!("2026-{want}:00");
        assert_eq!(moment(text, context(order, base)), want, "{text:?}");
    }
}

#[test]
fn without_a_post_yet() {
    check(
        DateOrder::Dmy,
        None,
        &[
            ("today", "05-13T11:00"),
            ("tomorrow", "05-14T09:00"),
            ("Tomorrow 9:30", "05-14T09:30"),
            ("tom noon", "05-14T12:00"),
            ("fri 9", "05-15T09:00"),
            ("Friday at 9", "05-15T09:00"),
            ("9 fri", "05-15T09:00"),
            ("thurs 16.30", "05-14T16:30"),
            ("wed", "05-20T09:00"),
            ("wed 9", "05-20T09:00"),
            ("wed 11", "05-13T11:00"),
            ("this fri", "05-15T09:00"),
            ("next mon", "05-18T09:00"),
            ("next fri", "05-22T09:00"),
            ("fri next week 8:00", "05-22T08:00"),
            ("next sunday", "05-24T09:00"),
            ("next week", "05-20T09:00"),
            ("next month", "06-13T09:00"),
            ("+2w", "05-27T09:00"),
            ("+3d", "05-16T09:00"),
            ("+3d 8pm", "05-16T20:00"),
            ("+ 2 weeks", "05-27T09:00"),
            ("+1mo", "06-13T09:00"),
            ("+90m", "05-13T11:45"),
            ("in 2 hours", "05-13T12:15"),
            ("in an hour", "05-13T11:15"),
            ("in 45 min", "05-13T11:00"),
            ("in 2h", "05-13T12:15"),
            ("in 3 days", "05-16T09:00"),
            ("in a week 16:00", "05-20T16:00"),
            ("14.5. 16:30", "05-14T16:30"),
            ("14.5 16:30", "05-14T16:30"),
            ("14.05.2026 16:30", "05-14T16:30"),
            ("14. 5. 16:30", "05-14T16:30"),
            ("14.5.26", "05-14T09:00"),
            ("14 may", "05-14T09:00"),
            ("may 14 9am", "05-14T09:00"),
            ("May 14th, 2026 9 pm", "05-14T21:00"),
            ("14. September 9", "09-14T09:00"),
            ("the 14th of sept at 9", "09-14T09:00"),
            ("2026-05-14 9:05", "05-14T09:05"),
            ("2026-05-14T09:05:00", "05-14T09:05"),
            ("2026/05/14 9:05", "05-14T09:05"),
            ("14/5 4pm", "05-14T16:00"),
            ("5/14 4pm", "05-14T16:00"),
            ("4/5/2026", "05-04T09:00"),
            ("9:30", "05-14T09:30"),
            ("10:30", "05-13T10:30"),
            ("9", "05-14T09:00"),
            ("16.30", "05-13T16:30"),
            ("9h30", "05-14T09:30"),
            ("18h", "05-13T18:00"),
            ("16 uhr", "05-13T16:00"),
            ("noon", "05-13T12:00"),
            ("midnight", "05-14T00:00"),
            ("today midnight", "05-14T00:00"),
            ("fri midnight", "05-15T00:00"),
            ("9pm", "05-13T21:00"),
            ("9.05 p.m.", "05-13T21:05"),
            ("12am", "05-14T00:00"),
            ("12pm", "05-13T12:00"),
            ("tonight", "05-13T20:00"),
            ("tonight 9", "05-13T21:00"),
            ("tomorrow morning", "05-14T09:00"),
            ("fri evening 7:30", "05-15T19:30"),
            ("tomorrow morning 8", "05-14T08:00"),
            ("  FRI\u{a0}9 ", "05-15T09:00"),
        ],
    );
}

#[test]
fn of_a_post_that_has_a_time() {
    check(
        DateOrder::Dmy,
        Some("2026-05-20T14:20:00"),
        &[
            ("fri", "05-15T14:20"),
            ("wed", "05-13T14:20"),
            ("14.6.", "06-14T14:20"),
            ("tomorrow", "05-14T14:20"),
            ("today", "05-13T14:20"),
            ("+2w", "06-03T14:20"),
            ("-1d", "05-19T14:20"),
            ("in 3 days", "05-16T14:20"),
            ("next week", "05-27T14:20"),
            ("+90m", "05-20T15:50"),
            ("-2h", "05-20T12:20"),
            ("in 2 hours", "05-13T12:15"),
            ("9:30", "05-20T09:30"),
            ("fri 9", "05-15T09:00"),
        ],
    );
    check(
        DateOrder::Dmy,
        Some("2026-05-12T08:00:00"),
        &[("9:30", "05-14T09:30"), ("11", "05-13T11:00")],
    );
}

#[test]
fn the_order_decides_only_where_both_ways_are_possible() {
    let cases = [("3/6", "06-03T09:00"), ("14.5.", "05-14T09:00")];
    check(DateOrder::Dmy, None, &cases);
    let cases = [
        ("6/3", "06-03T09:00"),
        ("6-3", "06-03T09:00"),
        ("5/14 4pm", "05-14T16:00"),
        ("14/5", "05-14T09:00"),
        ("14.5.", "05-14T09:00"),
        ("6/3/2026", "06-03T09:00"),
    ];
    check(DateOrder::Mdy, None, &cases);
    check(DateOrder::Ymd, None, &[("6/3", "06-03T09:00")]);
}

#[test]
fn a_day_without_a_year_is_the_next_one() {
    let at = |text| moment(text, context(DateOrder::Dmy, None));
    assert_eq!(at("12.5."), "2027-05-12T09:00:00");
    assert_eq!(at("29 feb"), "2028-02-29T09:00:00");
    assert_eq!(at("1 may 2025 8:00"), "2025-05-01T08:00:00");
    assert_eq!(at("31 dec 23:30"), "2026-12-31T23:30:00");
    assert_eq!(at("+1y"), "2027-05-13T09:00:00");
}

#[test]
fn the_week_starts_where_the_person_says() {
    let sunday = Context {
        now: "2026-05-17T10:00:00".parse().unwrap(),
        week_start: 7,
        ..context(DateOrder::Dmy, None)
    };
    assert_eq!(moment("next mon", sunday), "2026-05-25T09:00:00");
    let monday = Context {
        week_start: 1,
        ..sunday
    };
    assert_eq!(moment("next mon", monday), "2026-05-18T09:00:00");
}

#[test]
fn it_says_what_was_typed_and_what_was_added() {
    let of = |text| {
        let parsed = parse(text, context(DateOrder::Dmy, None)).unwrap();
        (parsed.date_given, parsed.time_given)
    };
    assert_eq!(of("fri"), (true, false));
    assert_eq!(of("fri 9"), (true, true));
    assert_eq!(of("9:30"), (false, true));
    assert_eq!(of("in 2 hours"), (true, true));
    assert_eq!(of("tonight"), (true, true));
}

#[test]
fn what_cannot_be_is_said_in_a_sentence() {
    let of = |text: &str| {
        parse(text, context(DateOrder::Dmy, None))
            .unwrap_err()
            .to_string()
    };
    let cases = [
        ("", "Type a day or a time"),
        ("at", "Type a day or a time"),
        ("someday", "\"someday\" is not a day or a time"),
        ("fri 25", "\"fri 25\" has no such hour"),
        ("fri 24:00", "\"fri 24:00\" has no such hour"),
        ("13pm", "with am or pm, hours run from 1 to 12"),
        ("0am", "with am or pm"),
        ("9:75", "has no such minute"),
        ("31 feb", "There is no 31 February."),
        ("29.2.2027", "There is no 29 February 2027."),
        ("31/4", "There is no 31 April."),
        ("14.13.", "has no such month"),
        ("15/15", "has no such month"),
        ("fri mon", "\"fri mon\" names two days"),
        ("fri +2w", "names two days"),
        ("9 10", "\"9 10\" names two times"),
        ("in 2 hours 9:30", "names two times"),
        ("+9999y", "too far away"),
        ("next", "\"next\" is not a day or a time"),
        ("in", "\"in\" is not a day or a time"),
        ("9:3", "\"9:3\" is not a day or a time"),
        ("99999999999999999999", "is not a day or a time"),
    ];
    for (text, want) in cases {
        assert!(of(text).contains(want), "{text:?}: {}", of(text));
    }
    assert_eq!(
        parse(&"9".repeat(101), context(DateOrder::Dmy, None)),
        Err(TypedDateError::TooLong)
    );
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,40}", order in 0_usize..3) {
        let order = [DateOrder::Dmy, DateOrder::Mdy, DateOrder::Ymd][order];
        let _any = parse(&text, context(order, None));
    }

    #[test]
    fn no_pile_of_known_words_makes_it_panic(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "fri", "next", "in", "+", "-", "2", "9999", "w", "h", "14.5.", "5/14", "may", "14th",
                "2026-05-14", "9:30", "pm", "noon", "midnight", "tonight", "a", "mo", "y", "week",
                "-9999-01-01", "+9999y", "9h", "0", "00", "29", "feb", "2028",
            ]),
            0..6,
        ),
        base: bool, week_start: u8,
    ) {
        let base = base.then_some("2026-05-20T14:20:00");
        let context = Context { week_start, ..context(DateOrder::Mdy, base) };
        let _any = parse(&words.join(" "), context);
    }

    #[test]
    fn a_date_written_in_full_is_read_back(day in 1_i8..=28, month in 1_i8..=12, minute in 0_i8..60) {
        let want = civil::date(2027, month, day).at(17, minute, 0, 0);
        let text = format!("2027-{month:02}-{day:02} 17:{minute:02}");
        prop_assert_eq!(parse(&text, context(DateOrder::Mdy, None)).unwrap().wall.0, want);
        let text = format!("{day}.{month}.2027 5:{minute:02}pm");
        prop_assert_eq!(parse(&text, context(DateOrder::Mdy, None)).unwrap().wall.0, want);
        let text = format!("{month}/{day}/27 17.{minute:02}");
        prop_assert_eq!(parse(&text, context(DateOrder::Mdy, None)).unwrap().wall.0, want);
    }
}
