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

/// Countries whose weeks start on Sunday, by the Unicode CLDR.
const SUNDAY_FIRST: &[&str] = &[
    "AG", "AS", "BD", "BR", "BS", "BT", "BW", "BZ", "CA", "CO", "DM", "DO", "ET", "GT", "GU", "HK",
    "HN", "ID", "IL", "IN", "JM", "JP", "KE", "KH", "KR", "LA", "MH", "MM", "MO", "MT", "MX", "MZ",
    "NI", "NP", "PA", "PE", "PH", "PK", "PR", "PT", "PY", "SA", "SG", "SV", "TH", "TT", "TW", "UM",
    "US", "VE", "VI", "WS", "YE", "ZA", "ZW",
];
/// Countries whose weeks start on Saturday, by the same.
const SATURDAY_FIRST: &[&str] = &[
    "AE", "AF", "BH", "DJ", "DZ", "EG", "IQ", "IR", "JO", "KW", "LY", "OM", "QA", "SD", "SY",
];

/// From the environment, in the order of POSIX. A system that says nothing there (Windows, macOS) is not
/// known.
#[must_use]
pub fn of_system() -> SystemFormats {
    first_of(|name| std::env::var(name).ok())
}

/// The first of the variables that is set decides; POSIX has dates and hours follow `LC_TIME` rather than
/// the language of the words.
fn first_of(read: impl Fn(&str) -> Option<String>) -> SystemFormats {
    let locale = ["LC_ALL", "LC_TIME", "LANG"]
        .into_iter()
        .filter_map(read)
        .find(|value| !value.is_empty());
    match locale {
        Some(locale) => of(&locale),
        None => SystemFormats::default(),
    }
}

fn of(locale: &str) -> SystemFormats {
    let name = locale.split(['.', '@']).next().unwrap_or_default();
    let (language, country) = name.split_once('_').unwrap_or((name, ""));
    let among = |list: &[&str]| list.contains(&name) || list.contains(&language);
    let order = if among(MONTH_FIRST) {
        DateOrder::Mdy
    } else if among(YEAR_FIRST) {
        DateOrder::Ymd
    } else {
        DateOrder::Dmy
    };
    let week_start = if SUNDAY_FIRST.contains(&country) {
        7
    } else if SATURDAY_FIRST.contains(&country) {
        6
    } else {
        1
    };
    SystemFormats {
        known: true,
        twelve_hours: among(TWELVE_HOURS),
        order,
        week_start,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(twelve_hours: bool, order: DateOrder, week_start: u8) -> SystemFormats {
        SystemFormats {
            known: true,
            twelve_hours,
            order,
            week_start,
        }
    }

    #[test]
    fn the_locale_decides() {
        assert_eq!(of("en_US.UTF-8"), said(true, DateOrder::Mdy, 7));
        assert_eq!(of("en_GB"), said(false, DateOrder::Dmy, 1));
        assert_eq!(of("de_DE@euro"), said(false, DateOrder::Dmy, 1));
        assert_eq!(of("ar_EG.UTF-8"), said(true, DateOrder::Dmy, 6));
        assert_eq!(of("ja_JP.UTF-8"), said(false, DateOrder::Ymd, 7));
        assert_eq!(of("C"), said(false, DateOrder::Dmy, 1));
    }

    #[test]
    fn dates_follow_lc_time_and_not_the_language_of_the_words() {
        let system = |set: &'static [(&str, &str)]| {
            first_of(move |name| {
                set.iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| (*value).to_owned())
            })
        };
        let german = of("de_DE.UTF-8");
        assert_eq!(
            system(&[("LANG", "en_US.UTF-8"), ("LC_TIME", "de_DE.UTF-8")]),
            german
        );
        assert_eq!(
            system(&[("LC_TIME", "en_US.UTF-8"), ("LC_ALL", "de_DE.UTF-8")]),
            german
        );
        assert_eq!(system(&[("LC_ALL", ""), ("LANG", "de_DE.UTF-8")]), german);
        assert!(!system(&[]).known);
    }
}
