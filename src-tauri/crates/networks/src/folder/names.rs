//! File names a person recognises, in any script, that every system can keep.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// Longest stem in UTF-8 bytes. File systems take 255; the rest is left to folders, suffixes and
/// tools that add to a name.
pub const MAX_STEM_BYTES: usize = 80;

/// Words taken from the text: enough to recognise a post, short enough for a file list.
const MAX_WORDS: usize = 8;

/// The stem of a post's file: the day, then its first words in lower case, joined by hyphens.
///
/// The day comes first, so no stem is a device name of another system (`con`, `nul`), hidden, or
/// ends in a dot or space. `day` is `YYYY-MM-DD`.
#[must_use]
pub fn stem(day: &str, first_words: &str) -> String {
    let mut stem = day.to_owned();
    for word in words(first_words).into_iter().take(MAX_WORDS) {
        if stem.len() + 1 + word.len() <= MAX_STEM_BYTES {
            stem.push('-');
            stem.push_str(&word);
            continue;
        }
        // One word may be a whole sentence where a script has no spaces: keep what fits of it.
        let room = MAX_STEM_BYTES.saturating_sub(stem.len() + 1);
        let head = head_within(&word, room);
        if !head.is_empty() {
            stem.push('-');
            stem.push_str(head);
        }
        break;
    }
    stem
}

/// The `n`th name to try for a stem, from 1: `stem.md`, `stem-2.md`, …
#[must_use]
pub fn nth(stem: &str, n: u32) -> String {
    if n <= 1 {
        format!("{stem}.md")
    } else {
        format!("{stem}-{n}.md")
    }
}

/// The ending of a media file by its type, since a name given by a person is not to be trusted.
#[must_use]
pub fn extension(mime: &str) -> &'static str {
    match mime {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "image/avif" => "avif",
        "video/mp4" => "mp4",
        "video/quicktime" => "mov",
        "video/webm" => "webm",
        _ => "bin",
    }
}

/// Letters, digits and the marks that belong to them; everything else ends a word.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    // Bounded before any work: a text may be very long, a name never is.
    for c in text.chars().take(400).flat_map(char::to_lowercase).nfc() {
        let belongs = c.is_alphanumeric()
            || (is_combining_mark(c)
                // Variation selectors and the key cap dress up emoji; they spell nothing.
                && !matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{20e3}')
                && words.last().is_some_and(|w| !w.is_empty()));
        if belongs {
            if let Some(word) = words.last_mut() {
                word.push(c);
            }
        } else if !matches!(c, '\'' | '’') && words.last().is_some_and(|w| !w.is_empty()) {
            words.push(String::new());
        }
    }
    words.retain(|w| !w.is_empty());
    words
}

/// The longest start of `text` within `bytes` that ends between grapheme clusters.
fn head_within(text: &str, bytes: usize) -> &str {
    let end = text
        .grapheme_indices(true)
        .map(|(at, cluster)| at + cluster.len())
        .take_while(|end| *end <= bytes)
        .last()
        .unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DAY: &str = "2026-05-14";

    #[test]
    fn keeps_letters_of_any_script() {
        assert_eq!(
            stem(DAY, "Spring Sale: it's on!"),
            "2026-05-14-spring-sale-its-on"
        );
        assert_eq!(stem(DAY, "Grüße aus Köln"), "2026-05-14-grüße-aus-köln");
        assert_eq!(stem(DAY, "Скидки весны"), "2026-05-14-скидки-весны");
        assert_eq!(stem(DAY, "हिन्दी में"), "2026-05-14-हिन्दी-में");
        assert_eq!(stem(DAY, "春のセール"), "2026-05-14-春のセール");
        assert_eq!(stem(DAY, "مرحبا بالعالم"), "2026-05-14-مرحبا-بالعالم");
    }

    #[test]
    fn composed_and_decomposed_text_give_one_name() {
        assert_eq!(stem(DAY, "Cafe\u{301}"), stem(DAY, "Café"));
    }

    #[test]
    fn nothing_to_say_leaves_the_day() {
        assert_eq!(stem(DAY, "🎉 !!! …"), DAY);
        assert_eq!(stem(DAY, ""), DAY);
        assert_eq!(stem(DAY, "../../etc/passwd"), "2026-05-14-etc-passwd");
        assert_eq!(stem(DAY, "CON"), "2026-05-14-con");
    }

    #[test]
    fn later_names_count_up() {
        assert_eq!(nth("a", 1), "a.md");
        assert_eq!(nth("a", 2), "a-2.md");
    }

    proptest! {
        #[test]
        fn any_text_gives_a_name_every_system_can_keep(text in ".{0,300}") {
            let stem = stem(DAY, &text);
            prop_assert!(stem.len() <= MAX_STEM_BYTES);
            prop_assert!(stem.starts_with(DAY));
            prop_assert!(!stem.ends_with(['-', '.', ' ']));
            prop_assert!(!stem.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|', '\0', '\n']));
            prop_assert_eq!(stem.nfc().collect::<String>(), stem.clone());
        }
    }
}
