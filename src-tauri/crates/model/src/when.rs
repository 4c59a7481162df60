//! Wall time, zones, and when a post happens.
//!
//! A person schedules in wall time of a zone. Both are kept as typed, beside the instant computed
//! from them, so that the instant can be computed again when a government changes its zone.

use std::fmt;
use std::str::FromStr;

use jiff::civil;
use jiff::tz::{AmbiguousOffset, TimeZone};
use serde::{Deserialize, Deserializer, Serialize};
use ts_rs::TS;

use crate::clock::Timestamp;

/// A date, a wall time or a zone that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WhenError {
    /// The zone is not in the IANA database.
    #[error("There is no time zone called \"{0}\". Choose one such as Europe/Berlin.")]
    UnknownZone(String),
    /// The text is not a date and time.
    #[error("\"{0}\" is not a date and time.")]
    NotATime(String),
    /// The date lies outside the years the calendar can hold (-9999 to 9999).
    #[error("That date is too far away for the calendar.")]
    OutOfRange,
}

/// An IANA time zone name that exists, such as `Europe/Berlin`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct Zone(String);

impl Zone {
    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self("UTC".to_owned())
    }

    /// The zone's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }

    /// The zone's rules. Rules may vanish from the database after an update of the system; then UTC
    /// is used for display, and `resolve` reports the zone as unknown.
    fn rules(&self) -> Result<TimeZone, WhenError> {
        TimeZone::get(&self.0).map_err(|_| WhenError::UnknownZone(self.0.clone()))
    }

    /// The wall time this zone shows at an instant.
    pub fn wall_at(&self, at: Timestamp) -> Result<WallTime, WhenError> {
        let instant =
            jiff::Timestamp::from_millisecond(at.as_millis()).map_err(|_| WhenError::OutOfRange)?;
        Ok(WallTime(self.rules()?.to_datetime(instant)))
    }
}

impl FromStr for Zone {
    type Err = WhenError;
    fn from_str(name: &str) -> Result<Self, WhenError> {
        let short: String = name.chars().take(80).collect();
        // A bare offset or a POSIX rule is no zone whose rules can change with a government.
        match TimeZone::get(name) {
            Ok(zone) => Ok(Self(zone.iana_name().unwrap_or(name).to_owned())),
            Err(_) => Err(WhenError::UnknownZone(short)),
        }
    }
}

impl TryFrom<String> for Zone {
    type Error = WhenError;
    fn try_from(name: String) -> Result<Self, WhenError> {
        name.parse()
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.0
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A date and time as a clock on the wall shows it, without zone: `2026-05-14T09:05:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct WallTime(pub civil::DateTime);

impl fmt::Display for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for WallTime {
    type Err = WhenError;
    fn from_str(text: &str) -> Result<Self, WhenError> {
        let bad = || WhenError::NotATime(text.chars().take(60).collect());
        // The library would leave out where it is meant: nine o'clock there is another time than nine here.
        if says_where(text) {
            return Err(bad());
        }
        text.parse().map(Self).map_err(|_| bad())
    }
}

/// Whether a text says besides a wall time where it is meant: by an offset or a zone.
fn says_where(text: &str) -> bool {
    let time = text.split_once(['T', 't', ' ']).map(|(_, time)| time);
    text.contains('[') || time.is_some_and(|time| time.contains(['+', '-', 'Z', 'z']))
}

impl<'de> Deserialize<'de> for WallTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// How a wall time met the zone's clock changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ClockChange {
    /// The time exists once.
    None,
    /// The time is skipped by a spring-forward; the instant is moved forward by the gap.
    Gap,
    /// The time happens twice; the instant is the first.
    Fold,
}

/// A wall time turned into an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Resolved {
    /// The instant.
    pub at: Timestamp,
    /// Whether a clock change was met on the way.
    pub clock_change: ClockChange,
}

/// Turns a wall time of a zone into an instant: a time in a gap moves forward by the gap, a time
/// that happens twice is the first.
pub fn resolve(wall: WallTime, zone: &Zone) -> Result<Resolved, WhenError> {
    let ambiguous = zone.rules()?.to_ambiguous_timestamp(wall.0);
    let clock_change = match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => ClockChange::None,
        AmbiguousOffset::Gap { .. } => ClockChange::Gap,
        AmbiguousOffset::Fold { .. } => ClockChange::Fold,
    };
    let at = ambiguous.compatible().map_err(|_| WhenError::OutOfRange)?;
    Ok(Resolved {
        at: Timestamp::from_millis(at.as_millisecond()),
        clock_change,
    })
}

/// When a post happens.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum When {
    /// No date: an idea on the shelf.
    #[default]
    Unplanned,
    /// On the calendar, but it never publishes by itself.
    Planned {
        /// The day.
        #[ts(type = "string")]
        date: civil::Date,
        /// The time of day, when one was given.
        #[ts(type = "string | null")]
        time: Option<civil::Time>,
        /// The zone both are meant in.
        zone: Zone,
    },
    /// It publishes at this instant.
    Scheduled {
        /// The wall time as typed.
        wall: WallTime,
        /// The zone it is meant in.
        zone: Zone,
        /// The instant computed from both; computed again when zone rules change.
        at: Timestamp,
    },
}

impl When {
    /// A scheduled time, resolved.
    pub fn scheduled(wall: WallTime, zone: Zone) -> Result<Self, WhenError> {
        let at = resolve(wall, &zone)?.at;
        Ok(Self::Scheduled { wall, zone, at })
    }

    /// The instant it stands at on a calendar: of a planned date without time, the start of the
    /// day. None without a date.
    #[must_use]
    pub fn stands_at(&self) -> Option<Timestamp> {
        match self {
            Self::Unplanned => None,
            Self::Planned { date, time, zone } => {
                let wall = WallTime(date.to_datetime(time.unwrap_or_else(civil::Time::midnight)));
                resolve(wall, zone).ok().map(|r| r.at)
            }
            Self::Scheduled { at, .. } => Some(*at),
        }
    }

    /// The same time of day on another day, by wall clock: 09:05 stays 09:05 across a clock change.
    pub fn on_date(&self, day: civil::Date) -> Result<Self, WhenError> {
        match self {
            Self::Unplanned => Ok(Self::Unplanned),
            Self::Planned { time, zone, .. } => Ok(Self::Planned {
                date: day,
                time: *time,
                zone: zone.clone(),
            }),
            Self::Scheduled { wall, zone, .. } => {
                Self::scheduled(WallTime(day.to_datetime(wall.0.time())), zone.clone())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(wall: &str, zone: &str) -> Resolved {
        resolve(wall.parse().unwrap(), &zone.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_time_in_the_spring_gap_moves_forward_by_the_gap() {
        let gap = at("2026-03-29T02:30:00", "Europe/Berlin");
        assert_eq!(gap.clock_change, ClockChange::Gap);
        assert_eq!(gap.at.rfc3339(), "2026-03-29T01:30:00.000Z"); // 03:30 summer time
    }

    #[test]
    fn a_time_that_happens_twice_is_the_first() {
        let fold = at("2026-10-25T02:30:00", "Europe/Berlin");
        assert_eq!(fold.clock_change, ClockChange::Fold);
        assert_eq!(fold.at.rfc3339(), "2026-10-25T00:30:00.000Z"); // still summer time
    }

    #[test]
    fn half_hour_gaps_move_by_half_an_hour() {
        let gap = at("2026-10-04T02:10:00", "Australia/Lord_Howe");
        assert_eq!(gap.clock_change, ClockChange::Gap);
        assert_eq!(gap.at.rfc3339(), "2026-10-03T15:40:00.000Z"); // 02:40 at +11
    }

    #[test]
    fn another_day_keeps_the_wall_time_across_a_clock_change() {
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        let friday = When::scheduled("2026-03-27T09:05:00".parse().unwrap(), zone).unwrap();
        let monday = friday.on_date(civil::date(2026, 3, 30)).unwrap();
        let When::Scheduled { wall, at, .. } = monday else {
            panic!("still scheduled")
        };
        assert_eq!(wall.to_string(), "2026-03-30T09:05:00");
        assert_eq!(at.rfc3339(), "2026-03-30T07:05:00.000Z");
    }

    #[test]
    fn unknown_zones_are_refused_with_a_sentence() {
        let error = "Mars/Olympus".parse::<Zone>().unwrap_err();
        assert!(error.to_string().contains("Mars/Olympus"));
        assert!(serde_json::from_str::<Zone>("\"Nowhere\"").is_err());
    }

    #[test]
    fn a_wall_time_that_says_where_it_is_meant_is_none() {
        for wall in [
            "2026-05-20T09:30",
            "2026-05-20T09:30:00",
            "2026-05-20 09:30",
        ] {
            assert!(wall.parse::<WallTime>().is_ok(), "{wall}");
        }
        for there in [
            "2026-05-20T09:30+02",
            "2026-05-20T09:30:00-04:00",
            "2026-05-20T09:30Z",
            "2026-05-20T09:30[Asia/Tokyo]",
        ] {
            assert!(there.parse::<WallTime>().is_err(), "{there}");
            let read = serde_json::from_value::<WallTime>(there.into());
            assert!(read.is_err(), "{there}");
        }
    }

    #[test]
    fn when_survives_json() {
        let zone: Zone = "Asia/Kolkata".parse().unwrap();
        let when = When::scheduled("2026-05-14T09:05:00".parse().unwrap(), zone).unwrap();
        let text = serde_json::to_string(&when).unwrap();
        assert_eq!(serde_json::from_str::<When>(&text).unwrap(), when);
        assert!(text.contains(r#""kind":"scheduled""#), "{text}");
    }
}
