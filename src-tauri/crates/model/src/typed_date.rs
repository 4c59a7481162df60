//! Dates as people type them: "fri 9", "+2w", "14.5. 16:30", "in 2 hours".
//!
//! Everything is wall time: "in 2 hours" adds two hours on the clock on the wall. What can be meant
//! in more than one way means the next time it happens.

mod read;
mod settle;

use jiff::civil;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::when::WallTime;

/// Order of day, month and year in a typed date such as `5/14`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// Day, month, year.
    #[default]
    Dmy,
    /// Month, day, year.
    Mdy,
    /// Year, month, day.
    Ymd,
}

/// What a typed date is relative to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    /// What the clock on the wall shows.
    pub now: WallTime,
    /// The time the post has already; its time of day is kept when only a day is typed, its day when
    /// only a time is, and `+2w` counts from it.
    pub base: Option<WallTime>,
    /// How `5/14` is read where both ways are possible.
    pub order: DateOrder,
    /// First day of the week, 1 = Monday … 7 = Sunday; "next mon" lies in the week after this one.
    pub week_start: u8,
}

/// A typed date, understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Parsed {
    /// The moment. May lie in the past when a past date was typed in full.
    pub wall: WallTime,
    /// A day was typed; otherwise it is the post's, or the next on which the time happens.
    pub date_given: bool,
    /// A time of day was typed; otherwise it is the post's, or 09:00, or the next full hour of today.
    pub time_given: bool,
}

/// What cannot be understood as a date, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TypedDateError {
    /// Nothing was typed.
    #[error("Type a day or a time, such as \"fri 9\", \"+2w\" or \"14.5. 16:30\".")]
    Empty,
    /// Far more was typed than a date takes.
    #[error("That is too long for a date. Type a day or a time, such as \"fri 9\".")]
    TooLong,
    /// A word that is no day and no time.
    #[error("\"{0}\" is not a day or a time. Try \"fri 9\", \"+2w\", \"14.5. 16:30\" or \"noon\".")]
    NotUnderstood(String),
    /// An hour past the end of the day.
    #[error("\"{0}\" has no such hour: hours run from 0 to 23.")]
    NoSuchHour(String),
    /// An hour with am or pm that is not on a clock face.
    #[error("\"{0}\" has no such hour: with am or pm, hours run from 1 to 12.")]
    NoSuchHalfDayHour(String),
    /// A minute past the end of the hour.
    #[error("\"{0}\" has no such minute: minutes run from 00 to 59.")]
    NoSuchMinute(String),
    /// A day that the month does not have.
    #[error("There is no {0}.")]
    NoSuchDay(String),
    /// A month that the year does not have.
    #[error("\"{0}\" has no such month: months run from 1 to 12.")]
    NoSuchMonth(String),
    /// Two days.
    #[error("\"{0}\" names two days; type one.")]
    TwoDays(String),
    /// Two times of day.
    #[error("\"{0}\" names two times; type one.")]
    TwoTimes(String),
    /// Outside the years of the calendar.
    #[error("That date is too far away for the calendar.")]
    TooFar,
}

/// Longest text taken, in characters. Nobody types a longer date.
const MAX_CHARS: usize = 100;

/// Understands a typed date.
///
/// ```
/// use model::typed_date::{Context, DateOrder, parse};
/// let context = Context {
///     now: "2026-05-13T10:15:00".parse()?, // a Wednesday
///     base: None,
///     order: DateOrder::Dmy,
///     week_start: 1,
/// };
/// assert_eq!(parse("fri 9", context)?.wall.to_string(), "2026-05-15T09:00:00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn parse(text: &str, context: Context) -> Result<Parsed, TypedDateError> {
    if text.chars().count() > MAX_CHARS {
        return Err(TypedDateError::TooLong);
    }
    let found = read::read(text, context.order)?;
    settle::settle(&found, context)
}

/// The day that was typed, before it is known which one that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    /// So many days after today.
    FromToday(i32),
    /// A day of the week; of the coming week when `next`.
    Week { day: civil::Weekday, next: bool },
    /// A day of a month, in the next year that has it when none was typed.
    Month {
        day: i8,
        month: i8,
        year: Option<i16>,
    },
    /// So many units after the post's day, or after today.
    Shift {
        count: i32,
        unit: DayUnit,
        from_now: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DayUnit {
    Days,
    Weeks,
    Months,
    Years,
}

/// The time of day that was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Clock {
    /// A time on the clock; `half_day` when am or pm, or 13 or later, leaves no doubt.
    At { time: civil::Time, half_day: bool },
    /// The midnight that comes.
    Midnight,
}

/// A part of the day: gives a usual time alone, and the half of the day beside a bare hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Morning,
    Afternoon,
    Evening,
    Night,
}

impl Part {
    const fn usual(self) -> civil::Time {
        let hour = match self {
            Self::Morning => 9,
            Self::Afternoon => 15,
            Self::Evening => 19,
            Self::Night => 20,
        };
        civil::Time::constant(hour, 0, 0, 0)
    }
}

/// What was found in the words.
#[derive(Debug, Default)]
struct Found {
    day: Option<Day>,
    clock: Option<Clock>,
    part: Option<Part>,
    /// Minutes after the post's time, or after now when the flag says so.
    minutes: Option<(i32, bool)>,
}

#[cfg(test)]
mod tests;
