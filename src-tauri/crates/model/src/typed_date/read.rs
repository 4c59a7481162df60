//! From words to what they name.

use jiff::civil::{self, Weekday};

use super::{Clock, DateOrder, Day, DayUnit, Found, Part, TypedDateError};

/// Reads the words one after the other; each names a day, a time or a part of the day.
pub(super) fn read(text: &str, order: DateOrder) -> Result<Found, TypedDateError> {
    let shown = text.trim();
    let lower = shown.to_lowercase().replace([',', '\u{a0}'], " ");
    let lower = split_iso(&lower);
    let words: Vec<&str> = lower
        .split_whitespace()
        .filter(|w| !matches!(*w, "at" | "on" | "the" | "of" | "@"))
        .collect();
    if words.is_empty() {
        return Err(TypedDateError::Empty);
    }
    let mut reader = Reader {
        words,
        at: 0,
        shown,
        order,
        found: Found::default(),
    };
    while reader.at < reader.words.len() {
        reader.step()?;
    }
    let found = reader.found;
    // "in 2 hours" is a day and a time already.
    if found.minutes.is_some() && found.day.is_some() {
        return Err(TypedDateError::TwoDays(shown.to_owned()));
    }
    if found.minutes.is_some() && (found.clock.is_some() || found.part.is_some()) {
        return Err(TypedDateError::TwoTimes(shown.to_owned()));
    }
    Ok(found)
}

/// `2026-05-14t09:05` as two words.
fn split_iso(text: &str) -> String {
    let bytes = text.as_bytes();
    let splits = |i: usize| {
        bytes[i] == b't'
            && i.checked_sub(1).is_some_and(|b| bytes[b].is_ascii_digit())
            && bytes.get(i + 1).is_some_and(u8::is_ascii_digit)
    };
    text.char_indices()
        .map(|(i, c)| if c == 't' && splits(i) { ' ' } else { c })
        .collect()
}

struct Reader<'a> {
    words: Vec<&'a str>,
    at: usize,
    /// The text as typed, for sentences.
    shown: &'a str,
    order: DateOrder,
    found: Found,
}

impl<'a> Reader<'a> {
    fn word(&self, ahead: usize) -> &'a str {
        self.words.get(self.at + ahead).copied().unwrap_or("")
    }

    fn step(&mut self) -> Result<(), TypedDateError> {
        if let Some(used) = self.shift()? {
            self.at += used;
            return Ok(());
        }
        if let Some((day, used)) = self.day()? {
            if self.found.day.replace(day).is_some() {
                return Err(TypedDateError::TwoDays(self.shown.to_owned()));
            }
            self.at += used;
            return Ok(());
        }
        if let Some((part, today)) = part_of_day(self.word(0)) {
            if self.found.part.replace(part).is_some() {
                return Err(TypedDateError::TwoTimes(self.shown.to_owned()));
            }
            if today && self.found.day.replace(Day::FromToday(0)).is_some() {
                return Err(TypedDateError::TwoDays(self.shown.to_owned()));
            }
            self.at += 1;
            return Ok(());
        }
        if let Some((clock, used)) = self.clock()? {
            if self.found.clock.replace(clock).is_some() {
                return Err(TypedDateError::TwoTimes(self.shown.to_owned()));
            }
            self.at += used;
            return Ok(());
        }
        Err(TypedDateError::NotUnderstood(self.word(0).to_owned()))
    }

    /// `+2w`, `in 2 hours`, `in a week`, `next week`.
    fn shift(&mut self) -> Result<Option<usize>, TypedDateError> {
        let (count, unit, used, from_now) = if self.word(0) == "in" {
            let (count, rest, used) = match self.word(1) {
                "a" | "an" | "one" => (1, self.word(2), 3),
                word => match leading_number(word) {
                    Some((n, "")) => (n, self.word(2), 3),
                    Some((n, rest)) => (n, rest, 2),
                    None => return Ok(None),
                },
            };
            (count, rest, used, true)
        } else if self.word(0) == "next" {
            (1, self.word(1), 2, false)
        } else {
            let Some((sign, digits)) = sign_of(self.word(0)) else {
                return Ok(None);
            };
            let (digits, taken) = if digits.is_empty() {
                (self.word(1), 2)
            } else {
                (digits, 1)
            };
            let Some((n, rest)) = leading_number(digits) else {
                return Ok(None);
            };
            let (unit, used) = if rest.is_empty() && unit_of(self.word(taken)).is_some() {
                (self.word(taken), taken + 1)
            } else {
                (rest, taken)
            };
            (sign * n, unit, used, false)
        };
        let Some(unit) = unit_of(unit) else {
            return Ok(None);
        };
        match unit {
            Unit::Minutes(each) => {
                let minutes = count.checked_mul(each).ok_or(TypedDateError::TooFar)?;
                if self.found.minutes.replace((minutes, from_now)).is_some() {
                    return Err(TypedDateError::TwoTimes(self.shown.to_owned()));
                }
            }
            Unit::Day(unit) => {
                let day = Day::Shift {
                    count,
                    unit,
                    from_now,
                };
                if self.found.day.replace(day).is_some() {
                    return Err(TypedDateError::TwoDays(self.shown.to_owned()));
                }
            }
        }
        Ok(Some(used))
    }

    fn day(&self) -> Result<Option<(Day, usize)>, TypedDateError> {
        let (word, next) = (self.word(0), self.word(1));
        let whole = |day| Ok(Some((day, 1)));
        match word {
            "today" | "tod" => return whole(Day::FromToday(0)),
            "tomorrow" | "tom" | "tmrw" => return whole(Day::FromToday(1)),
            "yesterday" => return whole(Day::FromToday(-1)),
            "next" | "this" => {
                return Ok(weekday(next).map(|day| {
                    let next = word == "next";
                    (Day::Week { day, next }, 2)
                }));
            }
            _ => {}
        }
        if let Some(day) = weekday(word) {
            let next = next == "next" && self.word(2) == "week";
            return Ok(Some((Day::Week { day, next }, if next { 3 } else { 1 })));
        }
        if let (Some(day), Some(month)) = (ordinal(word), month(next)) {
            return self.named(day, month);
        }
        if let (Some(month), Some(day)) = (month(word), ordinal(next)) {
            return self.named(day, month);
        }
        if let (Some(day), Some(month)) = (dotted(word), dotted(next)) {
            let (year, used) = year_of(self.word(2)).map_or((None, 2), |y| (Some(y), 3));
            return self.checked(day, month, year, used);
        }
        self.numeric(word)
    }

    /// `14 may`, with a year behind it or not.
    fn named(&self, day: u32, month: u32) -> Result<Option<(Day, usize)>, TypedDateError> {
        let (year, used) = year_of(self.word(2)).map_or((None, 2), |y| (Some(y), 3));
        self.checked(day, month, year, used)
    }

    /// `14.5.`, `14.5.26`, `5/14`, `2026-05-14`.
    fn numeric(&self, word: &str) -> Result<Option<(Day, usize)>, TypedDateError> {
        let Some(mark) = word.chars().find(|c| matches!(c, '.' | '/' | '-')) else {
            return Ok(None);
        };
        let fields: Vec<&str> = word.trim_end_matches('.').split(mark).collect();
        let short =
            |f: &&str| matches!(f.len(), 1 | 2 | 4) && f.bytes().all(|b| b.is_ascii_digit());
        if !(2..=3).contains(&fields.len()) || !fields.iter().all(short) {
            return Ok(None);
        }
        let number = |i: usize| fields[i].parse::<u32>().unwrap_or(0);
        if fields[0].len() == 4 {
            if fields.len() != 3 {
                return Ok(None);
            }
            return self.checked(number(2), number(1), year_of(fields[0]), 1);
        }
        let year = match fields.get(2) {
            None if fields[1].len() == 4 => return Ok(None),
            None => None,
            Some(f) if f.len() == 4 => year_of(f),
            Some(f) => f.parse::<i16>().ok().map(|y| 2000 + y),
        };
        // A dot is only ever written day first. Otherwise the order decides, unless just one way
        // gives a month.
        let day_first = mark == '.' || self.order == DateOrder::Dmy;
        let (mut day, mut month) = (number(0), number(1));
        if !day_first {
            (day, month) = (month, day);
        }
        if mark != '.' && month > 12 && day <= 12 {
            (day, month) = (month, day);
        }
        // `16.30` is a time to some; it is one when it cannot be a date or the day is known.
        let is_time = mark == '.' && fields.len() == 2 && !word.ends_with('.');
        let no_date = self.found.day.is_some() || month > 12 || is_half(self.word(1));
        if is_time && fields[1].len() == 2 && no_date {
            return Ok(None);
        }
        self.checked(day, month, year, 1)
    }

    fn checked(
        &self,
        day: u32,
        month: u32,
        year: Option<i16>,
        used: usize,
    ) -> Result<Option<(Day, usize)>, TypedDateError> {
        let month_number = month as i8;
        if !(1..=12).contains(&month) {
            return Err(TypedDateError::NoSuchMonth(self.shown.to_owned()));
        }
        // Without a year, one that has 29 February is looked for.
        let in_year = year.unwrap_or(2024);
        let exists = i8::try_from(day)
            .ok()
            .filter(|d| civil::Date::new(in_year, month_number, *d).is_ok());
        let Some(day) = exists else {
            let of_year = year.map(|y| format!(" {y}")).unwrap_or_default();
            let name = MONTHS[month as usize - 1].1;
            return Err(TypedDateError::NoSuchDay(format!("{day} {name}{of_year}")));
        };
        let month = month_number;
        Ok(Some((Day::Month { day, month, year }, used)))
    }

    /// `9`, `9:30`, `9.30`, `9h30`, `9pm`, `9:30 pm`, `noon`.
    fn clock(&self) -> Result<Option<(Clock, usize)>, TypedDateError> {
        let word = self.word(0);
        let sure = |time| Clock::At {
            time,
            half_day: true,
        };
        match word {
            "noon" | "midday" => {
                return Ok(Some((sure(civil::Time::constant(12, 0, 0, 0)), 1)));
            }
            "midnight" => return Ok(Some((Clock::Midnight, 1))),
            _ => {}
        }
        let Some((hour, rest)) = leading_number(word) else {
            return Ok(None);
        };
        let (minute, rest) = match rest.strip_prefix([':', '.', 'h']) {
            Some(rest) => match leading_number(rest) {
                Some((minute, after)) if rest.len() - after.len() == 2 => (minute, after),
                None if word.contains('h') => (0, rest),
                _ => return Ok(None),
            },
            None => (0, rest),
        };
        // Seconds are read and dropped: a post has none.
        let rest = match rest.strip_prefix(':').map(leading_number) {
            Some(Some((0..=59, after))) => after,
            Some(_) => return Ok(None),
            None => rest,
        };
        let (half, used) = match (rest, self.word(1)) {
            ("", after) if is_half(after) => (Some(after), 2),
            ("", "o'clock" | "h" | "uhr") => (None, 2),
            ("", _) => (None, 1),
            (half, _) if is_half(half) => (Some(half), 1),
            _ => return Ok(None),
        };
        let shown = || self.shown.to_owned();
        if minute > 59 {
            return Err(TypedDateError::NoSuchMinute(shown()));
        }
        let hour = match half.map(|h| h.starts_with('p')) {
            Some(_) if !(1..=12).contains(&hour) => {
                return Err(TypedDateError::NoSuchHalfDayHour(shown()));
            }
            Some(afternoon) => hour % 12 + if afternoon { 12 } else { 0 },
            None => hour,
        };
        let time = civil::Time::new(hour as i8, minute as i8, 0, 0)
            .ok()
            .filter(|_| hour <= 23)
            .ok_or_else(|| TypedDateError::NoSuchHour(shown()))?;
        let half_day = half.is_some() || hour >= 13;
        Ok(Some((Clock::At { time, half_day }, used)))
    }
}

/// The number a word begins with, of at most four digits, and what follows it.
fn leading_number(word: &str) -> Option<(i32, &str)> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=4).contains(&digits) {
        return None;
    }
    Some((word[..digits].parse().ok()?, &word[digits..]))
}

fn is_half(word: &str) -> bool {
    matches!(word, "am" | "pm" | "a.m." | "p.m.")
}

fn sign_of(word: &str) -> Option<(i32, &str)> {
    let minus = word.strip_prefix(['-', '\u{2212}']).map(|rest| (-1, rest));
    word.strip_prefix('+').map(|rest| (1, rest)).or(minus)
}

enum Unit {
    /// A unit of so many minutes.
    Minutes(i32),
    Day(DayUnit),
}

fn unit_of(word: &str) -> Option<Unit> {
    Some(match word {
        "m" | "min" | "mins" | "minute" | "minutes" => Unit::Minutes(1),
        "h" | "hr" | "hrs" | "hour" | "hours" => Unit::Minutes(60),
        "d" | "day" | "days" => Unit::Day(DayUnit::Days),
        "w" | "wk" | "week" | "weeks" => Unit::Day(DayUnit::Weeks),
        "mo" | "month" | "months" => Unit::Day(DayUnit::Months),
        "y" | "yr" | "year" | "years" => Unit::Day(DayUnit::Years),
        _ => return None,
    })
}

/// The part of the day a word names, and whether it means today.
fn part_of_day(word: &str) -> Option<(Part, bool)> {
    Some(match word {
        "morning" => (Part::Morning, false),
        "afternoon" => (Part::Afternoon, false),
        "evening" => (Part::Evening, false),
        "night" => (Part::Night, false),
        "tonight" => (Part::Night, true),
        _ => return None,
    })
}

/// A day of the week by its name or at least its first three letters.
fn weekday(word: &str) -> Option<Weekday> {
    const DAYS: [(Weekday, &str); 7] = [
        (Weekday::Monday, "monday"),
        (Weekday::Tuesday, "tuesday"),
        (Weekday::Wednesday, "wednesday"),
        (Weekday::Thursday, "thursday"),
        (Weekday::Friday, "friday"),
        (Weekday::Saturday, "saturday"),
        (Weekday::Sunday, "sunday"),
    ];
    let word = word.trim_end_matches('.');
    let found = DAYS.into_iter().find(|(_, name)| begins(name, word));
    found.map(|(day, _)| day)
}

const MONTHS: [(&str, &str); 12] = [
    ("january", "January"),
    ("february", "February"),
    ("march", "March"),
    ("april", "April"),
    ("may", "May"),
    ("june", "June"),
    ("july", "July"),
    ("august", "August"),
    ("september", "September"),
    ("october", "October"),
    ("november", "November"),
    ("december", "December"),
];

/// A month, from 1, by its name or at least its first three letters.
fn month(word: &str) -> Option<u32> {
    let word = word.trim_end_matches('.');
    let at = MONTHS.iter().position(|(name, _)| begins(name, word))?;
    u32::try_from(at + 1).ok()
}

fn begins(name: &str, word: &str) -> bool {
    word.len() >= 3 && name.starts_with(word)
}

/// `14`, `14.`, `14th` as the day of a named month.
fn ordinal(word: &str) -> Option<u32> {
    let (number, rest) = leading_number(word)?;
    let fits = matches!(rest, "" | "." | "st" | "nd" | "rd" | "th") && word.len() - rest.len() <= 2;
    fits.then(|| number.unsigned_abs())
}

/// `14.` as one field of a date written with spaces.
fn dotted(word: &str) -> Option<u32> {
    word.ends_with('.').then(|| ordinal(word)).flatten()
}

/// A year of four digits.
fn year_of(word: &str) -> Option<i16> {
    let year = (word.len() == 4).then(|| word.parse().ok()).flatten()?;
    (1000..=9999).contains(&year).then_some(year)
}
