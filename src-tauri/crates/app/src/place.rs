//! Where a drop, a typed date or a new post lands: from a [`Place`] to a wall time and an instant.

use std::collections::BTreeSet;

use jiff::{ToSpan, civil};
use model::slot::Plan;
use model::when::{ClockChange, Resolved, WallTime, When, WhenError, Zone, resolve};
use model::{Timestamp, post::TimeSource};

use crate::types::posts::Place;

/// What resolving a place depends on.
pub struct Around<'a> {
    /// Now.
    pub now: Timestamp,
    /// The calendar's zone, for places that name none.
    pub calendar_zone: &'a Zone,
    /// The time of day of days without anything better.
    pub usual_time: civil::Time,
    /// Plan of the post's first account that has one.
    pub plan: &'a Plan,
    /// Instants at which that account has a post already.
    pub taken: &'a BTreeSet<Timestamp>,
}

/// A place in time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The wall time in `zone`.
    pub wall: WallTime,
    /// The zone.
    pub zone: Zone,
    /// The instant.
    pub at: Timestamp,
    /// What a clock change did to it.
    pub clock_change: ClockChange,
    /// A slot's own time, or one that a person chose.
    pub source: TimeSource,
}

impl Spot {
    fn new(wall: WallTime, zone: Zone, source: TimeSource) -> Result<Self, WhenError> {
        let Resolved { at, clock_change } = resolve(wall, &zone)?;
        Ok(Self {
            wall,
            zone,
            at,
            clock_change,
            source,
        })
    }

    /// The same as the time of a scheduled post.
    #[must_use]
    pub fn scheduled(&self) -> When {
        When::Scheduled {
            wall: self.wall,
            zone: self.zone.clone(),
            at: self.at,
        }
    }

    /// The same as the time of a planned post.
    #[must_use]
    pub fn planned(&self) -> When {
        When::Planned {
            date: self.wall.0.date(),
            time: Some(self.wall.0.time()),
            zone: self.zone.clone(),
        }
    }

    /// A sentence when the day's clock change touched the time.
    #[must_use]
    pub fn note(&self, words: crate::words::DateWords) -> Option<String> {
        let time = words.time(self.wall.0.time());
        match self.clock_change {
            ClockChange::None => None,
            ClockChange::Gap => {
                let moved = self.zone.wall_at(self.at).ok()?;
                Some(format!(
                    "The clocks go forward that night and {time} is skipped in {}; it goes out at {}.",
                    self.zone,
                    words.time(moved.0.time())
                ))
            }
            ClockChange::Fold => Some(format!(
                "The clocks go back that night and {time} comes twice in {}; it goes out the first time.",
                self.zone
            )),
        }
    }
}

/// The plan of a place that is a day without a time; none of other places.
pub fn whole_day(place: &Place, calendar_zone: &Zone) -> Option<When> {
    match place {
        Place::Date { date, zone } => Some(When::Planned {
            date: *date,
            time: None,
            zone: zone.as_ref().unwrap_or(calendar_zone).clone(),
        }),
        _ => None,
    }
}

/// Resolves a place for a post that stands at `current`; none for the shelf.
pub fn resolve_place(
    place: &Place,
    current: &When,
    around: &Around<'_>,
) -> Result<Option<Spot>, WhenError> {
    match place {
        Place::Shelf => Ok(None),
        Place::Wall { wall, zone } => {
            let zone = zone.as_ref().unwrap_or(around.calendar_zone).clone();
            // The screen names minutes; seconds would make two posts of one minute look apart.
            let to_minute = wall.0.with().second(0).subsec_nanosecond(0).build();
            let wall = WallTime(to_minute.unwrap_or(wall.0));
            Spot::new(wall, zone, TimeSource::Own).map(Some)
        }
        Place::Date { date, zone } => {
            let zone = zone.as_ref().unwrap_or(around.calendar_zone).clone();
            let wall = WallTime(date.to_datetime(civil::Time::midnight()));
            Spot::new(wall, zone, TimeSource::Own).map(Some)
        }
        Place::Day { date, zone } => {
            let zone = zone.as_ref().unwrap_or(around.calendar_zone);
            match time_of_day(current, zone)? {
                Some(time) => {
                    let wall = WallTime(date.to_datetime(time));
                    Spot::new(wall, zone.clone(), TimeSource::Own).map(Some)
                }
                None => undated(*date, zone, around).map(Some),
            }
        }
    }
}

/// The time of day a post has, as the wall of `zone` shows it.
fn time_of_day(current: &When, zone: &Zone) -> Result<Option<civil::Time>, WhenError> {
    let (wall, own) = match current {
        When::Unplanned | When::Planned { time: None, .. } => return Ok(None),
        When::Planned {
            date,
            time: Some(time),
            zone,
        } => (WallTime(date.to_datetime(*time)), zone),
        When::Scheduled { wall, zone, .. } => (*wall, zone),
    };
    if own == zone {
        return Ok(Some(wall.0.time()));
    }
    let shown = zone.wall_at(resolve(wall, own)?.at)?;
    Ok(Some(shown.0.time()))
}

/// A time for a post that has none: today the next full hour, later the account's next slot of that
/// day, else the usual time.
fn undated(date: civil::Date, zone: &Zone, around: &Around<'_>) -> Result<Spot, WhenError> {
    let now = zone.wall_at(around.now)?.0;
    if date == now.date() {
        return Spot::new(WallTime(next_full_hour(now)), zone.clone(), TimeSource::Own);
    }
    let start = resolve(WallTime(date.to_datetime(civil::Time::midnight())), zone)?.at;
    let end = date
        .checked_add(1.day())
        .map_err(|_| WhenError::OutOfRange)
        .and_then(|next| resolve(WallTime(next.to_datetime(civil::Time::midnight())), zone))?
        .at;
    let (after, until) = (start.as_millis() - 1, end.as_millis() - 1);
    let free = around
        .plan
        .occurrences(
            Timestamp::from_millis(after).max(around.now),
            Timestamp::from_millis(until),
        )
        .into_iter()
        .find(|s| !around.taken.contains(&s.at));
    if let Some(free) = free {
        return Spot::new(free.wall, free.zone, TimeSource::Slot);
    }
    let wall = WallTime(date.to_datetime(around.usual_time));
    Spot::new(wall, zone.clone(), TimeSource::Own)
}

/// The next full hour; in the last hour of the day the next quarter, and at its very end the last
/// minute, so that a post dropped on today stays on today.
fn next_full_hour(now: civil::DateTime) -> civil::DateTime {
    let minutes = i32::from(now.hour()) * 60 + i32::from(now.minute());
    let last = 24 * 60 - 1;
    let hour = (minutes / 60 + 1) * 60;
    let quarter = (minutes / 15 + 1) * 15;
    let chosen = if hour <= last {
        hour
    } else {
        quarter.min(last)
    };
    let time = civil::Time::new((chosen / 60) as i8, (chosen % 60) as i8, 0, 0)
        .unwrap_or_else(|_| civil::Time::midnight());
    now.date().to_datetime(time)
}

#[cfg(test)]
#[path = "place_tests.rs"]
mod tests;
