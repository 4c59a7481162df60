//! How the system's language writes dates and hours, for the sentences that the core says.

use model::typed_date::DateOrder;

use crate::words::SystemFormats;

/// Languages and regions that write the month first.
const MONTH_FIRST: &[&str] = &["en_US", "en_PH", "es_US"];
/// Languages that write the year first.
const YEAR_FIRST: &[&str] = &["zh", "ja", "ko", "hu", "lt", "sv", "eu", "mn"];
/// Languages and regions that count hours to twelve.
const TWELVE_HOURS: &[&str] = &[
    "en_US", "en_PH", "en_CA", "en_AU", "en_NZ", "en_IN", "es_MX", "hi", "ar_EG",
];

/// From the environment, in the order of POSIX.
#[must_use]
pub fn of_system() -> SystemFormats {
    let locale = ["LC_ALL", "LC_TIME", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty());
    of(locale.as_deref().unwrap_or_default())
}

fn of(locale: &str) -> SystemFormats {
    let name = locale.split(['.', '@']).next().unwrap_or_default();
    let language = name.split('_').next().unwrap_or_default();
    let among = |list: &[&str]| list.contains(&name) || list.contains(&language);
    let order = if among(MONTH_FIRST) {
        DateOrder::Mdy
    } else if among(YEAR_FIRST) {
        DateOrder::Ymd
    } else {
        DateOrder::Dmy
    };
    SystemFormats {
        twelve_hours: among(TWELVE_HOURS),
        order,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_decides() {
        assert_eq!(
            of("en_US.UTF-8"),
            SystemFormats {
                twelve_hours: true,
                order: DateOrder::Mdy
            }
        );
        assert_eq!(
            of("en_GB"),
            SystemFormats {
                twelve_hours: false,
                order: DateOrder::Dmy
            }
        );
        assert_eq!(of("ja_JP.UTF-8").order, DateOrder::Ymd);
        assert_eq!(
            of("C"),
            SystemFormats {
                twelve_hours: false,
                order: DateOrder::Dmy
            }
        );
    }
}
