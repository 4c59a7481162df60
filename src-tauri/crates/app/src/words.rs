//! Sentences that several areas share: dates as people say them, posts by name, counts.

use jiff::civil;
use model::content::{Segment, first_words};
use model::typed_date::DateOrder;
use model::when::{WallTime, Zone};
use model::{Timestamp, post::Post};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::types::session::{DateOrderSetting, HourCycle, Settings};

/// How dates and hours are written in sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateWords {
    /// 1 to 12 with AM and PM instead of 00 to 23.
    pub twelve_hours: bool,
    /// "May 14" instead of "14 May".
    pub month_first: bool,
    /// Named only when a date lies in another year.
    pub this_year: i16,
}

/// What the system's language says where the settings leave it to the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SystemFormats {
    /// The system said so. Otherwise these are only what is used in its place, and a screen that knows the
    /// language of its own system goes by that.
    pub known: bool,
    /// Hours run from 1 to 12.
    pub twelve_hours: bool,
    /// Order of day, month and year.
    pub order: DateOrder,
    /// First day of the week, 1 = Monday … 7 = Sunday.
    pub week_start: u8,
}

impl Default for SystemFormats {
    fn default() -> Self {
        Self {
            known: false,
            twelve_hours: false,
            order: DateOrder::Dmy,
            week_start: 1,
        }
    }
}

impl DateWords {
    /// From the settings, the system's language and the year it is.
    #[must_use]
    pub fn new(settings: &Settings, system: SystemFormats, this_year: i16) -> Self {
        let twelve_hours = match settings.hour_cycle {
            HourCycle::System => system.twelve_hours,
            HourCycle::H24 => false,
            HourCycle::H12 => true,
        };
        let month_first = match settings.date_order {
            DateOrderSetting::System => system.order == DateOrder::Mdy,
            DateOrderSetting::Mdy => true,
            DateOrderSetting::Dmy | DateOrderSetting::Ymd => false,
        };
        Self {
            twelve_hours,
            month_first,
            this_year,
        }
    }

    /// "Tue 14 May", with the year when it is another one.
    #[must_use]
    pub fn date(self, date: civil::Date) -> String {
        let pattern = match (self.month_first, date.year() == self.this_year) {
            (false, true) => "%a %-d %b",
            (false, false) => "%a %-d %b %Y",
            (true, true) => "%a %b %-d",
            (true, false) => "%a %b %-d %Y",
        };
        date.strftime(pattern).to_string()
    }

    /// "09:05" or "9:05 AM", as the screen writes it.
    #[must_use]
    pub fn time(self, time: civil::Time) -> String {
        if !self.twelve_hours {
            return time.strftime("%H:%M").to_string();
        }
        let half = if time.hour() < 12 { "AM" } else { "PM" };
        format!("{} {half}", time.strftime("%-I:%M"))
    }

    /// "Tue 14 May, 09:05".
    #[must_use]
    pub fn wall(self, wall: WallTime) -> String {
        format!("{}, {}", self.date(wall.0.date()), self.time(wall.0.time()))
    }

    /// An instant as the zone's wall shows it: "today 15:00", "tomorrow 09:00", "Tue 14 May, 09:05".
    #[must_use]
    pub fn near(self, at: Timestamp, now: Timestamp, zone: &Zone) -> String {
        let (Ok(wall), Ok(today)) = (zone.wall_at(at), zone.wall_at(now)) else {
            return at.rfc3339();
        };
        let (date, today) = (wall.0.date(), today.0.date());
        let time = self.time(wall.0.time());
        if date == today {
            format!("today {time}")
        } else if today.tomorrow().is_ok_and(|t| t == date) {
            format!("tomorrow {time}")
        } else {
            self.wall(wall)
        }
    }
}

/// Graphemes of a post's first words in a sentence.
const IN_SENTENCE: usize = 40;

/// A post as sentences name it: its first words, or "This post".
#[must_use]
pub fn name(post: &Post) -> String {
    name_of(&post.title, &post.segments)
}

/// The same from its parts.
#[must_use]
pub fn name_of(title: &str, segments: &[Segment]) -> String {
    let words = first_words(title, segments, IN_SENTENCE);
    if words.is_empty() {
        "This post".to_owned()
    } else {
        format!("\"{words}\"")
    }
}

/// "1 post", "3 posts".
#[must_use]
pub fn posts(count: usize) -> String {
    counted(count, "post", "posts")
}

/// A number with its noun.
#[must_use]
pub fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{} {many}", networks::check::grouped(count as u64))
    }
}

/// "A", "A and B", "A, B and C".
#[must_use]
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(twelve_hours: bool, month_first: bool) -> DateWords {
        DateWords {
            twelve_hours,
            month_first,
            this_year: 2026,
        }
    }

    #[test]
    fn dates_read_as_people_say_them() {
        let wall: WallTime = "2026-05-14T09:05:00".parse().unwrap();
        assert_eq!(words(false, false).wall(wall), "Thu 14 May, 09:05");
        assert_eq!(words(true, true).wall(wall), "Thu May 14, 9:05 AM");
        let next_year: WallTime = "2027-01-01T00:00:00".parse().unwrap();
        assert_eq!(
            words(true, false).wall(next_year),
            "Fri 1 Jan 2027, 12:00 AM"
        );
    }

    #[test]
    fn near_times_are_named_by_the_day_of_the_zone() {
        let zone: Zone = "Pacific/Auckland".parse().unwrap();
        let at = |text: &str| {
            Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
        };
        let now = at("2026-05-14T11:00:00Z"); // 23:00 there
        let near = |text| words(false, false).near(at(text), now, &zone);
        assert_eq!(near("2026-05-14T11:30:00Z"), "today 23:30");
        assert_eq!(near("2026-05-14T12:30:00Z"), "tomorrow 00:30");
        assert_eq!(near("2026-05-16T12:30:00Z"), "Sun 17 May, 00:30");
    }

    #[test]
    fn lists_and_counts() {
        let items = |n: usize| {
            ["X", "Y", "Z"][..n]
                .iter()
                .map(ToString::to_string)
                .collect()
        };
        let all: [Vec<String>; 3] = [items(1), items(2), items(3)];
        assert_eq!(list(&all[0]), "X");
        assert_eq!(list(&all[1]), "X and Y");
        assert_eq!(list(&all[2]), "X, Y and Z");
        assert_eq!(posts(1), "1 post");
        assert_eq!(posts(1_200), "1,200 posts");
    }
}
