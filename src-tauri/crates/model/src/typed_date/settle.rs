//! From what was named to one moment.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::{Span, ToSpan};

use super::{Clock, Context, Day, DayUnit, Found, Parsed, Part, TypedDateError};
use crate::when::WallTime;

pub(super) fn settle(found: &Found, context: Context) -> Result<Parsed, TypedDateError> {
    let now = context.now.0;
    if let Some((minutes, from_now)) = found.minutes {
        return shifted(context, minutes, from_now);
    }
    let time = typed_time(found);
    let kept = context.base.map(|b| b.0.time());
    let wall = match found.day {
        Some(day) => {
            let date = date_of(day, time.or(kept), context)?;
            // "tonight midnight" is the one that comes, not the one that was.
            let coming = found.clock == Some(Clock::Midnight) && date == now.date();
            let date = if coming { next_day(date)? } else { date };
            let time = time.or(kept);
            time.map_or_else(|| usual_time(date, now), |t| Ok(date.to_datetime(t)))?
        }
        // `Found` is never without both: there was at least one word and each named something.
        None => next_at(time.unwrap_or_else(|| now.time()), context)?,
    };
    Ok(Parsed {
        wall: WallTime(wall),
        date_given: found.day.is_some(),
        time_given: time.is_some(),
    })
}

/// "in 2 hours", "+90m".
fn shifted(context: Context, minutes: i32, from_now: bool) -> Result<Parsed, TypedDateError> {
    let from = match context.base {
        Some(base) if !from_now => base.0,
        _ => whole_minute(context.now.0),
    };
    let wall = later(from, i64::from(minutes).minutes())?;
    Ok(Parsed {
        wall: WallTime(wall),
        date_given: true,
        time_given: true,
    })
}

fn typed_time(found: &Found) -> Option<Time> {
    match (found.clock, found.part) {
        (Some(Clock::Midnight), _) => Some(Time::midnight()),
        // "tonight 9" is nine in the evening.
        (Some(Clock::At { time, half_day }), Some(part)) => {
            let late = part != Part::Morning && !half_day && (1..12).contains(&time.hour());
            let hour = time.hour() + if late { 12 } else { 0 };
            Some(Time::new(hour, time.minute(), 0, 0).unwrap_or(time))
        }
        (Some(Clock::At { time, .. }), None) => Some(time),
        (None, part) => part.map(Part::usual),
    }
}

fn date_of(day: Day, time: Option<Time>, context: Context) -> Result<Date, TypedDateError> {
    let now = context.now.0;
    let today = now.date();
    match day {
        Day::FromToday(days) => add(today, i64::from(days).days()),
        Day::Week { day, next: false } => {
            let ahead = i64::from(today.weekday().until(day));
            let passed = time.is_none_or(|t| today.to_datetime(t) <= now);
            let ahead = if ahead == 0 && passed { 7 } else { ahead };
            add(today, ahead.days())
        }
        Day::Week { day, next: true } => {
            let start = Weekday::from_monday_one_offset(context.week_start as i8)
                .unwrap_or(Weekday::Monday);
            let into_this = i64::from(today.weekday().since(start));
            let into_next = i64::from(day.since(start));
            add(today, (7 - into_this + into_next).days())
        }
        Day::Month {
            day,
            month,
            year: Some(year),
        } => Date::new(year, month, day).map_err(|_| TypedDateError::TooFar),
        Day::Month { day, month, .. } => {
            // 29 February may be up to eight years away.
            let mut years = (0..=8).filter_map(|n| Date::new(today.year() + n, month, day).ok());
            years
                .find(|date| *date >= today)
                .ok_or(TypedDateError::TooFar)
        }
        Day::Shift {
            count,
            unit,
            from_now,
        } => {
            let from = match context.base {
                Some(base) if !from_now => base.0.date(),
                _ => today,
            };
            let count = i64::from(count);
            let span = match unit {
                DayUnit::Days => count.days(),
                DayUnit::Weeks => count.weeks(),
                DayUnit::Months => count.months(),
                DayUnit::Years => count.years(),
            };
            add(from, span)
        }
    }
}

/// A time alone: on the post's day, else today, else tomorrow, whichever is first still to come.
fn next_at(time: Time, context: Context) -> Result<DateTime, TypedDateError> {
    let now = context.now.0;
    let on_base = context.base.map(|b| b.0.date().to_datetime(time));
    let on_today = now.date().to_datetime(time);
    match on_base.into_iter().chain([on_today]).find(|at| *at > now) {
        Some(at) => Ok(at),
        None => next_day(now.date()).map(|d| d.to_datetime(time)),
    }
}

/// The time of a day without one: today the next full hour, later nine o'clock.
fn usual_time(date: Date, now: DateTime) -> Result<DateTime, TypedDateError> {
    if date != now.date() {
        return Ok(date.to_datetime(Part::Morning.usual()));
    }
    let this_hour = date.at(now.hour(), 0, 0, 0);
    later(this_hour, 1.hour())
}

fn whole_minute(at: DateTime) -> DateTime {
    at.date().at(at.hour(), at.minute(), 0, 0)
}

fn next_day(date: Date) -> Result<Date, TypedDateError> {
    date.tomorrow().map_err(|_| TypedDateError::TooFar)
}

fn add(date: Date, span: Span) -> Result<Date, TypedDateError> {
    date.checked_add(span).map_err(|_| TypedDateError::TooFar)
}

fn later(at: DateTime, span: Span) -> Result<DateTime, TypedDateError> {
    at.checked_add(span).map_err(|_| TypedDateError::TooFar)
}
