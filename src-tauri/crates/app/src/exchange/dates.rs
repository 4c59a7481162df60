//! Dates and times as spreadsheets and schedulers write them.

use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use jiff::{Timestamp as Instant, ToSpan};
use model::typed_date::DateOrder;
use model::when::Zone;

/// A date in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CellDate {
    /// As a clock on some wall shows it.
    Wall {
        date: Date,
        time: Option<Time>,
        /// The zone, when the cell names one.
        zone: Option<Zone>,
    },
    /// An exact instant.
    Instant(Instant),
}

/// How `3/4/2026` is read in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    /// Day before month.
    pub day_first: bool,
    /// Dates that both ways would be possible for, when nothing in the file decides.
    pub unsure: usize,
}

/// Looks at the whole column: one date that is possible only one way decides for all, and where
/// both kinds occur, the more frequent.
pub(super) fn reading<'a>(cells: impl Iterator<Item = &'a str>, usual: DateOrder) -> Reading {
    let (mut day, mut month, mut unsure) = (0_usize, 0_usize, 0_usize);
    for cell in cells {
        let Some((first, second)) = ambiguous_pair(cell) else {
            continue;
        };
        match (first > 12, second > 12) {
            (true, false) => day += 1,
            (false, true) => month += 1,
            (false, false) if first != second => unsure += 1,
            _ => {}
        }
    }
    if day == 0 && month == 0 {
        return Reading {
            day_first: usual != DateOrder::Mdy,
            unsure,
        };
    }
    Reading {
        day_first: day >= month,
        unsure: 0,
    }
}

/// The first two numbers of a date such as `3/4/2026`, when the order is in question.
fn ambiguous_pair(cell: &str) -> Option<(u32, u32)> {
    let word = words(cell).into_iter().next()?;
    let mark = word.chars().find(|c| matches!(c, '/' | '-'))?;
    let fields: Vec<&str> = word.split(mark).collect();
    let [first, second, _] = fields.as_slice() else {
        return None;
    };
    if first.len() > 2 || second.len() > 2 {
        return None;
    }
    Some((first.parse().ok()?, second.parse().ok()?))
}

/// Reads a cell with a date.
pub(super) fn date(cell: &str, reading: Reading) -> Option<CellDate> {
    let cell = cell.trim();
    if cell.len() > 80 {
        return None;
    }
    if let Some(number) = counted(cell) {
        return Some(number);
    }
    let words = words(cell);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (date, used) = match numeric(words.first()?, reading) {
        Some(date) => (date, 1),
        None => (named(words.get(..3)?)?, 3),
    };
    let rest = words.get(used..).unwrap_or(&[]);
    if rest.is_empty() {
        return Some(CellDate::Wall {
            date,
            time: None,
            zone: None,
        });
    }
    let (time, rest) = clock(rest)?;
    let rest = rest.join(" ");
    let rest = rest.trim_matches(['[', ']', '(', ')']);
    if rest.is_empty() {
        return Some(CellDate::Wall {
            date,
            time: Some(time),
            zone: None,
        });
    }
    if let Some(offset) = offset(rest) {
        let instant = offset.to_timestamp(date.to_datetime(time)).ok()?;
        return Some(CellDate::Instant(instant));
    }
    let zone = rest.parse().ok()?;
    Some(CellDate::Wall {
        date,
        time: Some(time),
        zone: Some(zone),
    })
}

/// Reads a cell with a time of day alone.
pub(super) fn time(cell: &str) -> Option<Time> {
    let words = words(cell);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (time, rest) = clock(&words)?;
    rest.is_empty().then_some(time)
}

/// The words of a cell; names of weekdays and "at" say nothing new.
fn words(cell: &str) -> Vec<String> {
    let spaced: String = cell
        .chars()
        .map(|c| if c == ',' { ' ' } else { c })
        .collect();
    let spaced = split_iso(&spaced);
    spaced
        .split_whitespace()
        .filter(|w| !is_filler(w))
        .map(str::to_owned)
        .collect()
}

fn is_filler(word: &str) -> bool {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let lower = word.to_lowercase();
    let weekday = lower.get(..3).is_some_and(|head| DAYS.contains(&head));
    lower == "at" || (weekday && (lower.len() == 3 || lower.ends_with("day")))
}

/// `2026-05-14T09:05` as two words.
fn split_iso(text: &str) -> String {
    let bytes = text.as_bytes();
    let digit = |i: Option<usize>| i.and_then(|i| bytes.get(i)).is_some_and(u8::is_ascii_digit);
    let splits = |i: usize| digit(i.checked_sub(1)) && digit(Some(i + 1));
    text.char_indices()
        .map(|(i, c)| {
            if matches!(c, 'T' | 't') && splits(i) {
                ' '
            } else {
                c
            }
        })
        .collect()
}

/// Seconds or milliseconds since 1970, days since the start of 1900 as spreadsheets count them, or
/// a date without separators.
fn counted(cell: &str) -> Option<CellDate> {
    const SPREADSHEET_DAYS: std::ops::RangeInclusive<f64> = 25_000.0..=75_000.0;
    if !cell.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    match (cell.len(), cell.parse::<i64>()) {
        (10, Ok(seconds)) => return Instant::from_second(seconds).ok().map(CellDate::Instant),
        (13, Ok(millis)) => {
            return Instant::from_millisecond(millis)
                .ok()
                .map(CellDate::Instant);
        }
        (8, Ok(digits)) => {
            let (year, month, day) = (digits / 10_000, digits / 100 % 100, digits % 100);
            let date = Date::new(year as i16, month as i8, day as i8).ok()?;
            return Some(CellDate::Wall {
                date,
                time: None,
                zone: None,
            });
        }
        _ => {}
    }
    let days: f64 = cell.parse().ok().filter(|d| SPREADSHEET_DAYS.contains(d))?;
    if cell.split('.').next()?.len() != 5 {
        return None;
    }
    let minutes = (days.fract() * 1440.0).round() as i64;
    let start = Date::constant(1899, 12, 30).to_datetime(Time::midnight());
    let at = start
        .checked_add((days.trunc() as i64).days().minutes(minutes))
        .ok()?;
    let time = (minutes != 0).then(|| at.time());
    Some(CellDate::Wall {
        date: at.date(),
        time,
        zone: None,
    })
}

fn numeric(word: &str, reading: Reading) -> Option<Date> {
    let mark = word.chars().find(|c| matches!(c, '.' | '/' | '-'))?;
    let fields: Vec<&str> = word.trim_end_matches('.').split(mark).collect();
    let [first, second, third] = fields.as_slice() else {
        return None;
    };
    if let Some(month) = month(second) {
        return made(third, month, first);
    }
    if fields
        .iter()
        .any(|f| f.is_empty() || !f.bytes().all(|b| b.is_ascii_digit()))
    {
        return None;
    }
    if first.len() == 4 {
        return made(first, second.parse().ok()?, third);
    }
    // A dot is only ever written day first.
    let (day, month) = if mark == '.' || reading.day_first {
        (first, second)
    } else {
        (second, first)
    };
    made(third, month.parse().ok()?, day)
}

/// `14 may 2026`, `may 14 2026`.
fn named(words: &[&str]) -> Option<Date> {
    let [first, second, year] = words else {
        return None;
    };
    let day = |w: &str| {
        w.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '.')
            .to_owned()
    };
    match (month(first), month(second)) {
        (Some(month), None) => made(year, month, &day(second)),
        (None, Some(month)) => made(year, month, &day(first)),
        _ => None,
    }
}

fn made(year: &str, month: i8, day: &str) -> Option<Date> {
    let year: i16 = match year.len() {
        4 => year.parse().ok()?,
        2 => 2000 + year.parse::<i16>().ok()?,
        _ => return None,
    };
    Date::new(year, month, day.parse().ok()?).ok()
}

fn month(word: &str) -> Option<i8> {
    const NAMES: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let lower = word.to_lowercase();
    let head = lower
        .get(..3)
        .filter(|_| lower.chars().all(|c| c.is_alphabetic() || c == '.'))?;
    let at = NAMES.iter().position(|n| *n == head)?;
    i8::try_from(at + 1).ok()
}

/// A time at the start of the words, and what is left of them.
fn clock<'a>(words: &[&'a str]) -> Option<(Time, Vec<&'a str>)> {
    let (first, others) = words.split_first()?;
    let of_time = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.');
    let (digits, stuck) = first.split_at(first.find(|c| !of_time(c)).unwrap_or(first.len()));
    let mut fields = digits.split([':', '.']);
    let hour: i8 = fields.next()?.parse().ok()?;
    let minute = fields
        .next()
        .map_or(Some(0), |m| (m.len() == 2).then(|| m.parse().ok())?)?;
    let second = fields.next().map_or(Some(0), |s| s.parse().ok())?;

    let mut rest: Vec<&str> = Some(stuck).filter(|s| !s.is_empty()).into_iter().collect();
    rest.extend(others);
    let half = rest
        .first()
        .and_then(|word| match word.to_lowercase().replace('.', "").as_str() {
            "am" => Some(0),
            "pm" => Some(12),
            _ => None,
        });
    let hour = match half {
        Some(shift) if (1..=12).contains(&hour) => hour % 12 + shift,
        None if digits.contains([':', '.']) => hour,
        _ => return None,
    };
    if half.is_some() {
        rest.remove(0);
    }
    Time::new(hour, minute, second, 0)
        .ok()
        .map(|time| (time, rest))
}

/// `z`, `utc`, `+02:00`, `+0200`, `gmt+2`.
fn offset(text: &str) -> Option<Offset> {
    let lower = text.to_lowercase();
    let rest = lower
        .strip_prefix("utc")
        .or(lower.strip_prefix("gmt"))
        .unwrap_or(&lower)
        .trim();
    if rest.is_empty() || rest == "z" {
        return Some(Offset::UTC);
    }
    let (sign, rest) = match rest.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, rest.strip_prefix(['-', '\u{2212}'])?),
    };
    let digits: String = rest.chars().filter(|c| *c != ':').collect();
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i32, i32) = match digits.len() {
        1 | 2 => (digits.parse().ok()?, 0),
        4 => (digits[..2].parse().ok()?, digits[2..].parse().ok()?),
        _ => return None,
    };
    Offset::from_seconds(sign * (hours * 60 + minutes) * 60).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(cell: &str, day_first: bool) -> String {
        match date(
            cell,
            Reading {
                day_first,
                unsure: 0,
            },
        ) {
            None => "none".into(),
            Some(CellDate::Instant(at)) => at.to_string(),
            Some(CellDate::Wall { date, time, zone }) => {
                let time = time.map(|t| format!(" {t}")).unwrap_or_default();
                let zone = zone.map(|z| format!(" {z}")).unwrap_or_default();
                format!("{date}{time}{zone}")
            }
        }
    }

    #[test]
    fn dates_of_many_programs_are_read() {
        let cases = [
            ("2026-05-14", "2026-05-14"),
            ("2026-05-14 09:05", "2026-05-14 09:05:00"),
            ("2026-05-14 9:05 PM", "2026-05-14 21:05:00"),
            ("2026-05-14T09:05:00", "2026-05-14 09:05:00"),
            ("2026-05-14T09:05:00Z", "2026-05-14T09:05:00Z"),
            ("2026-05-14T09:05:00.000+02:00", "2026-05-14T07:05:00Z"),
            ("2026-05-14 09:05 +0530", "2026-05-14T03:35:00Z"),
            ("2026-05-14 09:05 UTC", "2026-05-14T09:05:00Z"),
            ("2026-05-14 09:05 GMT-3", "2026-05-14T12:05:00Z"),
            (
                "2026-05-14 09:05 Europe/Berlin",
                "2026-05-14 09:05:00 Europe/Berlin",
            ),
            (
                "2026-05-14T09:05:00[Asia/Kolkata]",
                "2026-05-14 09:05:00 Asia/Kolkata",
            ),
            (
                "2026-05-14 09:05 [Asia/Kolkata]",
                "2026-05-14 09:05:00 Asia/Kolkata",
            ),
            ("2026/5/14 9:05", "2026-05-14 09:05:00"),
            ("14.05.2026", "2026-05-14"),
            ("14.5.26 9:05", "2026-05-14 09:05:00"),
            ("4/5/2026 9:05 am", "2026-05-04 09:05:00"),
            ("14/05/2026 09:05:30", "2026-05-14 09:05:30"),
            ("14-May-2026", "2026-05-14"),
            ("14 May 2026 9pm", "2026-05-14 21:00:00"),
            ("May 14, 2026 at 9:05 AM", "2026-05-14 09:05:00"),
            ("Thu, May 14th, 2026, 12:05 a.m.", "2026-05-14 00:05:00"),
            ("Thursday, 14 September 2026", "2026-09-14"),
            ("20260514", "2026-05-14"),
            ("46156.5", "2026-05-14 12:00:00"),
            ("46156", "2026-05-14"),
            ("1778749500", "2026-05-14T09:05:00Z"),
            ("1778749500000", "2026-05-14T09:05:00Z"),
            ("31/02/2026", "none"),
            ("14/05", "none"),
            ("soon", "none"),
            ("2026-05-14 25:00", "none"),
            ("2026-05-14 9", "none"),
            ("2026-05-14 09:05 Mars/Base", "none"),
            ("", "none"),
        ];
        for (cell, want) in cases {
            assert_eq!(shown(cell, true), want, "{cell:?}");
        }
        assert_eq!(shown("4/5/2026", false), "2026-04-05");
        assert_eq!(shown("4.5.2026", false), "2026-05-04");
    }

    #[test]
    fn one_sure_date_decides_for_the_column() {
        let of = |cells: &[&str], usual| reading(cells.iter().copied(), usual);
        assert!(!of(&["3/4/2026", "3/25/2026"], DateOrder::Dmy).day_first);
        assert!(of(&["3/4/2026", "25/3/2026"], DateOrder::Mdy).day_first);
        assert!(of(&["25/3/2026", "26/3/2026", "3/25/2026"], DateOrder::Mdy).day_first);
        assert_eq!(
            of(&["3/4/2026", "4/4/2026", "2026-01-01"], DateOrder::Mdy),
            Reading {
                day_first: false,
                unsure: 1
            }
        );
    }

    #[test]
    fn times_alone() {
        let at = |h, m| Some(Time::constant(h, m, 0, 0));
        assert_eq!(time("9:05"), at(9, 5));
        assert_eq!(time("9:05 pm"), at(21, 5));
        assert_eq!(time("12am"), at(0, 0));
        assert_eq!(time("16.30"), at(16, 30));
        assert_eq!(time("9:05 tomorrow"), None);
        assert_eq!(time("25:00"), None);
        assert_eq!(time("13 pm"), None);
    }

    proptest! {
        #[test]
        fn no_cell_makes_it_panic(cell in "\\PC{0,30}", digits in "[0-9T:./+Zapm -]{0,24}") {
            for cell in [cell, digits] {
                let order = reading(std::iter::once(cell.as_str()), DateOrder::Dmy);
                let _any = (date(&cell, order), time(&cell));
            }
        }
    }
}
