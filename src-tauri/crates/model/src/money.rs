//! Money: what paid calls cost, in millionths of a US dollar as the networks' prices are given, and
//! the calendar month a budget holds for.

use jiff::ToSpan;
use jiff::civil;

use crate::clock::Timestamp;
use crate::when::{WallTime, WhenError, Zone, resolve};

/// Millionths in a US dollar.
pub const MICROS: u64 = 1_000_000;
/// Millionths in a cent.
const CENT: u64 = MICROS / 100;

/// An amount as sentences name it, to the cent: "$0.02", "$1,240.50".
#[must_use]
pub fn dollars(micros: u64) -> String {
    let cents = micros.saturating_add(CENT / 2) / CENT;
    if cents == 0 && micros > 0 {
        return "less than $0.01".to_owned();
    }
    format!("${}.{:02}", grouped(cents / 100), cents % 100)
}

/// A number with a comma before every three digits.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A calendar month of a zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// Its name as rows keep it: `2026-05`.
    pub name: String,
    /// Its first instant.
    pub from: Timestamp,
    /// One past its last instant.
    pub to: Timestamp,
}

impl Month {
    /// The month that the wall of a zone shows at an instant.
    pub fn at(at: Timestamp, zone: &Zone) -> Result<Self, WhenError> {
        let first = zone.wall_at(at)?.0.date().first_of_month();
        let next = first
            .checked_add(1.month())
            .map_err(|_| WhenError::OutOfRange)?;
        Ok(Self {
            name: first.strftime("%Y-%m").to_string(),
            from: start_of(first, zone)?,
            to: start_of(next, zone)?,
        })
    }
}

/// The first instant of a day in a zone.
pub fn start_of(day: civil::Date, zone: &Zone) -> Result<Timestamp, WhenError> {
    let midnight = WallTime(day.to_datetime(civil::Time::midnight()));
    Ok(resolve(midnight, zone)?.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_to_the_cent_and_never_as_nothing() {
        assert_eq!(dollars(0), "$0.00");
        assert_eq!(dollars(1_000), "less than $0.01");
        assert_eq!(dollars(15_000), "$0.02");
        assert_eq!(dollars(200_000), "$0.20");
        assert_eq!(dollars(9_994_999), "$9.99");
        assert_eq!(dollars(1_240_500_000), "$1,240.50");
        assert_eq!(dollars(1_000_000 * MICROS), "$1,000,000.00");
    }

    #[test]
    fn a_month_is_the_one_on_the_wall_of_the_zone() {
        let at = |text: &str| {
            Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
        };
        let auckland: Zone = "Pacific/Auckland".parse().unwrap();
        let month = Month::at(at("2026-05-31T12:30:00Z"), &auckland).unwrap();
        assert_eq!(month.name, "2026-06");
        assert_eq!(month.from, at("2026-05-31T12:00:00Z"));
        assert_eq!(month.to, at("2026-06-30T12:00:00Z"));
        let before = Month::at(at("2026-05-31T11:59:59Z"), &auckland).unwrap();
        assert_eq!((before.name.as_str(), before.to), ("2026-05", month.from));
        // A month with a clock change in it begins and ends at midnight on the wall all the same.
        let berlin: Zone = "Europe/Berlin".parse().unwrap();
        let march = Month::at(at("2026-03-15T00:00:00Z"), &berlin).unwrap();
        assert_eq!(march.from, at("2026-02-28T23:00:00Z"));
        assert_eq!(march.to, at("2026-03-31T22:00:00Z"));
    }
}
