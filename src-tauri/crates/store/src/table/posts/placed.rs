//! The columns that say when a post happens.

use jiff::civil;
use model::when::{When, Zone};

use crate::error::{Result, StoreError};
use crate::table::words::{at, parse};

/// `when_kind`, `wall`, `zone`, `at` and `all_day`.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Placed {
    pub(crate) when_kind: String,
    pub(crate) wall: Option<String>,
    pub(crate) zone: Option<String>,
    #[sqlx(rename = "at")]
    pub(crate) instant: Option<i64>,
    pub(crate) all_day: bool,
}

impl Placed {
    /// The columns of a time.
    pub(crate) fn of(when: &When) -> Self {
        let (kind, wall, zone, all_day) = match when {
            When::Unplanned => ("none", None, None, false),
            When::Planned {
                date,
                time: None,
                zone,
            } => ("planned", Some(date.to_string()), Some(zone), true),
            When::Planned {
                date,
                time: Some(time),
                zone,
            } => (
                "planned",
                Some(date.to_datetime(*time).to_string()),
                Some(zone),
                false,
            ),
            When::Scheduled { wall, zone, .. } => {
                ("scheduled", Some(wall.to_string()), Some(zone), false)
            }
        };
        Self {
            when_kind: kind.to_owned(),
            wall,
            zone: zone.map(|z| z.name().to_owned()),
            instant: when.stands_at().map(model::Timestamp::as_millis),
            all_day,
        }
    }

    /// The time of the columns.
    pub(crate) fn when(&self) -> Result<When> {
        let missing = || StoreError::internal("a dated post without wall time, zone or instant");
        let wall = || self.wall.as_deref().ok_or_else(missing);
        let zone = || -> Result<Zone> { parse(self.zone.as_deref().ok_or_else(missing)?) };
        match (self.when_kind.as_str(), self.all_day) {
            ("none", _) => Ok(When::Unplanned),
            ("planned", true) => Ok(When::Planned {
                date: parse(wall()?)?,
                time: None,
                zone: zone()?,
            }),
            ("planned", false) => {
                let wall: civil::DateTime = parse(wall()?)?;
                Ok(When::Planned {
                    date: wall.date(),
                    time: Some(wall.time()),
                    zone: zone()?,
                })
            }
            ("scheduled", _) => Ok(When::Scheduled {
                wall: parse(wall()?)?,
                zone: zone()?,
                at: at(self.instant.ok_or_else(missing)?),
            }),
            (other, _) => Err(StoreError::internal(format!("kind of time {other}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_time_survives_its_columns() {
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        let date = civil::date(2026, 5, 14);
        let all = [
            When::Unplanned,
            When::Planned {
                date,
                time: None,
                zone: zone.clone(),
            },
            When::Planned {
                date,
                time: Some(civil::time(9, 5, 0, 0)),
                zone: zone.clone(),
            },
            When::scheduled("2026-05-14T09:05:00".parse().unwrap(), zone).unwrap(),
        ];
        for when in all {
            assert_eq!(Placed::of(&when).when().unwrap(), when);
        }
    }
}
