//! Captions name their language, and seldom a country with it; some networks want both.

use model::captions::Captions;

/// The country of a language that is named alone: the one whose form of it these networks offer. Besides the
/// great ones those of the list of locales that Facebook publishes (`FacebookLocales.xml`), where the second
/// part is the country it stands for.
const USUAL: &[(&str, &str)] = &[
    ("af", "ZA"),
    ("ak", "GH"),
    ("am", "ET"),
    ("ar", "AE"),
    ("as", "IN"),
    ("ay", "BO"),
    ("az", "AZ"),
    ("be", "BY"),
    ("bg", "BG"),
    ("bn", "IN"),
    ("br", "FR"),
    ("bs", "BA"),
    ("ca", "ES"),
    ("co", "FR"),
    ("cs", "CZ"),
    ("cy", "GB"),
    ("da", "DK"),
    ("de", "DE"),
    ("el", "GR"),
    ("en", "US"),
    ("es", "ES"),
    ("et", "EE"),
    ("eu", "ES"),
    ("fa", "IR"),
    ("ff", "NG"),
    ("fi", "FI"),
    ("fo", "FO"),
    ("fr", "FR"),
    ("fy", "NL"),
    ("ga", "IE"),
    ("gl", "ES"),
    ("gn", "PY"),
    ("gu", "IN"),
    ("ha", "NG"),
    ("he", "IL"),
    ("hi", "IN"),
    ("hr", "HR"),
    ("ht", "HT"),
    ("hu", "HU"),
    ("hy", "AM"),
    ("id", "ID"),
    ("ig", "NG"),
    ("is", "IS"),
    ("it", "IT"),
    ("iu", "CA"),
    ("ja", "JP"),
    ("jv", "ID"),
    ("ka", "GE"),
    ("kk", "KZ"),
    ("km", "KH"),
    ("kn", "IN"),
    ("ko", "KR"),
    ("ks", "IN"),
    ("ku", "TR"),
    ("ky", "KG"),
    ("la", "VA"),
    ("lg", "UG"),
    ("li", "NL"),
    ("ln", "CD"),
    ("lo", "LA"),
    ("lt", "LT"),
    ("lv", "LV"),
    ("mg", "MG"),
    ("mi", "NZ"),
    ("mk", "MK"),
    ("ml", "IN"),
    ("mn", "MN"),
    ("mr", "IN"),
    ("ms", "MY"),
    ("mt", "MT"),
    ("my", "MM"),
    ("nb", "NO"),
    ("ne", "NP"),
    ("nl", "NL"),
    ("nn", "NO"),
    ("no", "NO"),
    ("ny", "MW"),
    ("om", "ET"),
    ("or", "IN"),
    ("pa", "IN"),
    ("pl", "PL"),
    ("ps", "AF"),
    ("pt", "BR"),
    ("qu", "PE"),
    ("rm", "CH"),
    ("ro", "RO"),
    ("ru", "RU"),
    ("rw", "RW"),
    ("sa", "IN"),
    ("sc", "IT"),
    ("se", "NO"),
    ("si", "LK"),
    ("sk", "SK"),
    ("sl", "SI"),
    ("sn", "ZW"),
    ("so", "SO"),
    ("sq", "AL"),
    ("sr", "RS"),
    ("ss", "SZ"),
    ("st", "ZA"),
    ("su", "ID"),
    ("sv", "SE"),
    ("sw", "KE"),
    ("ta", "IN"),
    ("te", "IN"),
    ("tg", "TJ"),
    ("th", "TH"),
    ("tk", "TM"),
    ("tl", "PH"),
    ("tn", "BW"),
    ("tr", "TR"),
    ("ts", "ZA"),
    ("tt", "RU"),
    ("uk", "UA"),
    ("ur", "PK"),
    ("uz", "UZ"),
    ("ve", "ZA"),
    ("vi", "VN"),
    ("wo", "SN"),
    ("xh", "ZA"),
    ("yo", "NG"),
    ("zh", "CN"),
    ("zu", "ZA"),
];

/// The country of captions in capital letters: the one they name, else the usual one of their language;
/// none where neither is known.
#[must_use]
pub fn country(captions: &Captions) -> Option<String> {
    let mut tags = captions.language.split('-').skip(1);
    let named = tags.find(|tag| tag.len() == 2 && tag.bytes().all(|b| b.is_ascii_alphabetic()));
    if let Some(named) = named {
        return Some(named.to_ascii_uppercase());
    }
    let language = captions.primary();
    let written = |script: &str| {
        let mut tags = captions.language.split('-');
        tags.any(|tag| tag.eq_ignore_ascii_case(script))
    };
    if language == "zh" && written("Hant") {
        return Some("TW".to_owned());
    }
    let usual = USUAL.iter().find(|(known, _)| *known == language);
    usual.map(|(_, country)| (*country).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_stands_once_in_order() {
        assert!(USUAL.is_sorted_by(|one, next| one.0 < next.0));
    }

    #[test]
    fn a_country_is_the_named_one_or_the_usual_one() {
        let of = |language: &str| {
            country(&Captions {
                language: language.to_owned(),
                cues: vec![],
            })
        };
        for (language, want) in [
            ("en", Some("US")),
            ("en-gb", Some("GB")),
            ("pt-PT", Some("PT")),
            ("zh-Hant", Some("TW")),
            ("zh-Hant-HK", Some("HK")),
            ("zh-Hans", Some("CN")),
            ("es-419", Some("ES")),
            ("sk", Some("SK")),
            ("Sr-Latn", Some("RS")),
            ("haw", None),
        ] {
            assert_eq!(of(language).as_deref(), want, "{language}");
        }
    }
}
