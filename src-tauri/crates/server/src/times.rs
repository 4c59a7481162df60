//! Dates and times as programs write them.
//!
//! A time without an offset is meant in the calendar's zone; answers are in UTC with `Z`.

use app::types::posts::Place;
use jiff::civil;
use model::Timestamp;
use model::when::{WallTime, When, Zone, resolve};

use crate::fault::Fault;

/// An instant as `2026-03-19T10:00:00Z`.
pub(crate) fn seconds(at: Timestamp) -> String {
    let text = at.rfc3339();
    match text.split_once('.') {
        Some((whole, _)) => format!("{whole}Z"),
        None => text,
    }
}

/// An instant as `2024-01-01T00:00:00.000Z`.
pub(crate) fn millis(at: Timestamp) -> String {
    at.rfc3339()
}

/// A day as `2026-03-25`. Nothing else is taken for one.
pub(crate) fn date(field: &str, text: &str) -> Result<civil::Date, Fault> {
    let plain = text.len() == 10 && text.is_ascii();
    let day = plain.then(|| text.parse::<civil::Date>().ok()).flatten();
    day.ok_or_else(|| {
        Fault::invalid(field, format!("{field} has to be a day as YYYY-MM-DD.")).given(text)
    })
}

/// A time of day as `14:00`.
pub(crate) fn time(field: &str, text: &str) -> Result<civil::Time, Fault> {
    let bad =
        || Fault::invalid(field, format!("{field} has to be a time of day as HH:MM.")).given(text);
    let (hour, minute) = text.split_once(':').ok_or_else(bad)?;
    let two = |part: &str| {
        let digits = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| part.parse::<i8>().ok()).flatten()
    };
    let (hour, minute) = (two(hour).ok_or_else(bad)?, two(minute).ok_or_else(bad)?);
    civil::Time::new(hour, minute, 0, 0).map_err(|_| bad())
}

/// A zone by its name.
pub(crate) fn zone(field: &str, name: &str) -> Result<Zone, Fault> {
    name.parse::<Zone>()
        .map_err(|error| Fault::invalid(field, error.to_string()).given(name))
}

/// An instant that a program names: with an offset, or in the zone.
pub(crate) fn instant(field: &str, text: &str, zone: &Zone) -> Result<Timestamp, Fault> {
    let bad = || {
        Fault::invalid(
            field,
            format!("{field} has to be a date and time such as 2027-01-25T14:00:00Z."),
        )
        .given(text)
    };
    if text.len() > 60 {
        return Err(bad());
    }
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Ok(Timestamp::from_millis(at.as_millisecond()));
    }
    let wall: WallTime = text.parse().map_err(|_| bad())?;
    resolve(wall, zone).map(|found| found.at).map_err(|_| bad())
}

/// A bound of a list: an instant, or a day that begins (or, as an end, is over) in the zone.
pub(crate) fn bound(field: &str, text: &str, zone: &Zone, end: bool) -> Result<Timestamp, Fault> {
    if text.len() == 10 {
        let day = date(field, text)?;
        return if end {
            day_end(day, zone)
        } else {
            day_start(day, zone)
        };
    }
    instant(field, text, zone)
}

/// When a day begins.
pub(crate) fn day_start(day: civil::Date, zone: &Zone) -> Result<Timestamp, Fault> {
    let wall = WallTime(day.to_datetime(civil::Time::midnight()));
    resolve(wall, zone)
        .map(|found| found.at)
        .map_err(|error| Fault::invalid("date", error.to_string()))
}

/// When a day is over.
pub(crate) fn day_end(day: civil::Date, zone: &Zone) -> Result<Timestamp, Fault> {
    let next = day
        .tomorrow()
        .map_err(|_| Fault::invalid("date", "That date is too far away for the calendar."))?;
    day_start(next, zone)
}

/// The place of an instant: its wall time in the zone, or in UTC where that would be another instant.
pub(crate) fn place(at: Timestamp, zone: &Zone) -> Result<Place, Fault> {
    let wall_in = |zone: &Zone| {
        zone.wall_at(at)
            .map_err(|error| Fault::invalid("date", error.to_string()))
    };
    let wall = wall_in(zone)?;
    let same = resolve(wall, zone).is_ok_and(|found| found.at == at);
    if same {
        return Ok(Place::Wall {
            wall,
            zone: Some(zone.clone()),
        });
    }
    let utc = Zone::utc();
    Ok(Place::Wall {
        wall: wall_in(&utc)?,
        zone: Some(utc),
    })
}

/// Day and time of a plan in a zone; none on the shelf.
pub(crate) fn shown(when: &When, zone: &Zone) -> Option<(civil::Date, Option<civil::Time>)> {
    if let When::Planned {
        date, time: None, ..
    } = when
    {
        return Some((*date, None));
    }
    let wall = zone.wall_at(when.stands_at()?).ok()?.0;
    Some((wall.date(), Some(wall.time())))
}

/// `14:00`.
pub(crate) fn clock(time: civil::Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_an_offset_is_meant_in_the_zone() {
        let zone: Zone = "America/New_York".parse().unwrap();
        let at = |text| seconds(instant("at", text, &zone).unwrap());
        assert_eq!(at("2026-03-25T14:00:00"), "2026-03-25T18:00:00Z");
        assert_eq!(at("2026-03-25T14:00:00Z"), "2026-03-25T14:00:00Z");
        assert_eq!(at("2026-03-25T14:00:00+02:00"), "2026-03-25T12:00:00Z");
        for bad in [
            "",
            "soon",
            "2026-13-01T00:00:00Z",
            "2026-03-25T25:00:00",
            "2026-03-25T14:00:00[Asia/Tokyo]",
        ] {
            assert!(instant("at", bad, &zone).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_second_of_two_equal_hours_keeps_its_instant() {
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        let at = instant("at", "2026-10-25T01:30:00Z", &zone).unwrap();
        let Place::Wall { wall, zone } = place(at, &zone).unwrap() else {
            panic!("a wall time")
        };
        assert_eq!(resolve(wall, &zone.unwrap()).unwrap().at, at);
    }

    #[test]
    fn days_and_times_are_taken_in_one_spelling() {
        assert!(date("d", "2026-03-25").is_ok());
        for bad in [
            "2026-3-25",
            "20260325",
            "2026-02-30",
            "2026-03-25T00",
            "２026-03-2",
        ] {
            assert!(date("d", bad).is_err(), "{bad}");
        }
        assert_eq!(clock(time("t", "09:05").unwrap()), "09:05");
        for bad in ["9:05", "24:00", "14:00:00", "-1:00", "1４:00", ""] {
            assert!(time("t", bad).is_err(), "{bad}");
        }
    }
}
