//! Captions name their language, and seldom a country with it; some networks want both.

use model::captions::Captions;

/// The country of a language that is named alone: the one whose form of it these networks offer.
const USUAL: [(&str, &str); 37] = [
    ("ar", "AE"),
    ("bg", "BG"),
    ("bn", "IN"),
    ("ca", "ES"),
    ("cs", "CZ"),
    ("da", "DK"),
    ("de", "DE"),
    ("el", "GR"),
    ("en", "US"),
    ("es", "ES"),
    ("et", "EE"),
    ("fa", "IR"),
    ("fi", "FI"),
    ("fr", "FR"),
    ("he", "IL"),
    ("hi", "IN"),
    ("hr", "HR"),
    ("hu", "HU"),
    ("id", "ID"),
    ("it", "IT"),
    ("ja", "JP"),
    ("ko", "KR"),
    ("lt", "LT"),
    ("lv", "LV"),
    ("ms", "MY"),
    ("nb", "NO"),
    ("nl", "NL"),
    ("pl", "PL"),
    ("pt", "BR"),
    ("ro", "RO"),
    ("ru", "RU"),
    ("sv", "SE"),
    ("th", "TH"),
    ("tr", "TR"),
    ("uk", "UA"),
    ("vi", "VN"),
    ("zh", "CN"),
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
    let usual = USUAL.into_iter().find(|(known, _)| *known == language);
    usual.map(|(_, country)| country.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("haw", None),
        ] {
            assert_eq!(of(language).as_deref(), want, "{language}");
        }
    }
}
