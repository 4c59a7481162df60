//! Splitting a text into a thread: at a paragraph, a sentence, a word, at last between graphemes;
//! never inside a link, a mention or a cluster.

use unicode_segmentation::UnicodeSegmentation;

/// What a split needs to know of the networks: both are asked for every part anew, since a length
/// may depend on what stands in the text.
pub struct Fit<'a> {
    /// UTF-16 offset of the first unit too many on the strictest account, by the number of the part from 0
    /// (files may leave less room in the first); none while it fits.
    pub over_from: &'a dyn Fn(usize, &str) -> Option<u32>,
    /// UTF-16 ranges that must stay whole, in order.
    pub whole: &'a dyn Fn(&str) -> Vec<(u32, u32)>,
}

/// Bytes of text looked at for one part, so that a long text costs no more than its length.
const WINDOW: usize = 4 * 1024;
/// A break in the first third of a part is passed over for a finer one further on.
const EARLIEST_THIRD: usize = 3;

/// The parts, in order, without the white space around breaks. More than `most` parts is an error
/// carrying how many there would be at least.
pub fn split(text: &str, fit: &Fit<'_>, most: usize) -> Result<Vec<String>, usize> {
    let mut rest = text.trim();
    let mut parts = Vec::new();
    while !rest.is_empty() {
        if parts.len() == most {
            return Err(most + 1);
        }
        let cut = first_part(rest, parts.len(), fit);
        parts.push(rest[..cut].trim_end().to_owned());
        rest = rest[cut..].trim_start();
    }
    Ok(parts)
}

/// Byte length of the first part of a rest, which is the part of this number; the whole when it fits.
fn first_part(text: &str, number: usize, fit: &Fit<'_>) -> usize {
    let mut window = WINDOW;
    let (head, over) = loop {
        let head = &text[..text.floor_char_boundary(window.min(text.len()))];
        match (fit.over_from)(number, head) {
            Some(over) => break (head, byte_at(head, over)),
            None if head.len() == text.len() => return text.len(),
            None => window *= 4,
        }
    };
    let whole: Vec<(usize, usize)> = (fit.whole)(head)
        .iter()
        .map(|(a, b)| (byte_at(head, *a), byte_at(head, *b)))
        .collect();
    best_break(head, over, &whole)
}

/// The best place to end a part of `head`, at most `over` bytes long where that is possible.
fn best_break(head: &str, over: usize, whole: &[(usize, usize)]) -> usize {
    let free = |at: usize| at > 0 && !whole.iter().any(|(a, b)| *a < at && at < *b);
    let fits = |at: &usize| *at <= over && !head[..*at].trim().is_empty() && free(*at);
    let last = |ends: Vec<usize>, earliest: usize| {
        ends.into_iter().rfind(|at| fits(at) && *at >= earliest)
    };
    let third = over / EARLIEST_THIRD;
    let finer = [
        paragraph_ends(head, over),
        line_ends(head, over),
        sentence_ends(head, over),
        word_ends(head, over),
    ];
    for ends in &finer {
        if let Some(at) = last(ends.clone(), third) {
            return at;
        }
    }
    for ends in finer {
        if let Some(at) = last(ends, 0) {
            return at;
        }
    }
    let clusters: Vec<usize> = head
        .grapheme_indices(true)
        .map(|(at, _)| at)
        .take_while(|at| *at <= over)
        .collect();
    if let Some(at) = last(clusters, 0) {
        return at;
    }
    // One cluster or one link longer than the network allows: it stays whole, and the check says so.
    let first = head.graphemes(true).next().map_or(head.len(), str::len);
    whole
        .iter()
        .find(|(a, b)| *a < first && first < *b)
        .map_or(first, |(_, b)| *b)
}

/// Ends before blank lines.
fn paragraph_ends(head: &str, over: usize) -> Vec<usize> {
    let blank_follows = |at: &usize| {
        let next = head[*at + 1..].trim_start_matches([' ', '\t', '\r']);
        next.starts_with('\n')
    };
    line_ends(head, over)
        .into_iter()
        .filter(blank_follows)
        .collect()
}

/// Ends before line breaks.
fn line_ends(head: &str, over: usize) -> Vec<usize> {
    head.match_indices('\n')
        .map(|(at, _)| at)
        .take_while(|at| *at <= over)
        .collect()
}

/// Ends of sentences by Unicode Annex 29, without the space behind them.
fn sentence_ends(head: &str, over: usize) -> Vec<usize> {
    head.split_sentence_bound_indices()
        .map(|(at, sentence)| at + sentence.trim_end().len())
        .take_while(|at| *at <= over)
        .collect()
}

/// Ends of runs between white space.
fn word_ends(head: &str, over: usize) -> Vec<usize> {
    head.char_indices()
        .filter(|(_, c)| c.is_whitespace())
        .map(|(at, _)| at)
        .take_while(|at| *at <= over)
        .collect()
}

/// Byte offset of a UTF-16 offset; the end when it lies beyond.
fn byte_at(text: &str, utf16: u32) -> usize {
    let mut units = 0_u32;
    for (at, c) in text.char_indices() {
        if units >= utf16 {
            return at;
        }
        units += c.len_utf16() as u32;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A network that counts graphemes, keeps words with `://` whole and allows `max`.
    fn parts(text: &str, max: usize) -> Vec<String> {
        let over_from = |_: usize, text: &str| {
            let (at, _) = text.grapheme_indices(true).nth(max)?;
            Some(text[..at].encode_utf16().count() as u32)
        };
        let whole = |text: &str| {
            let utf16 = |at: usize| text[..at].encode_utf16().count() as u32;
            text.split_whitespace()
                .filter(|w| w.contains("://") || w.starts_with('@'))
                .map(|w| {
                    let at = w.as_ptr() as usize - text.as_ptr() as usize;
                    (utf16(at), utf16(at + w.len()))
                })
                .collect()
        };
        split(
            text,
            &Fit {
                over_from: &over_from,
                whole: &whole,
            },
            10_000,
        )
        .unwrap()
    }

    #[test]
    fn a_text_that_fits_stays_one() {
        assert_eq!(parts(" short ", 10), ["short"]);
        assert_eq!(parts("   ", 10), Vec::<String>::new());
    }

    #[test]
    fn paragraphs_first_then_sentences_then_words() {
        assert_eq!(
            parts("One two three.\n\nFour five six.", 20),
            ["One two three.", "Four five six."]
        );
        assert_eq!(
            parts("One two. Three four. Five six seven.", 22),
            ["One two. Three four.", "Five six seven."]
        );
        assert_eq!(
            parts("alpha beta gamma delta", 12),
            ["alpha beta", "gamma delta"]
        );
        assert_eq!(
            parts("first line\nsecond line here", 18),
            ["first line", "second line here"]
        );
    }

    #[test]
    fn a_break_near_the_start_is_passed_over_for_a_finer_one() {
        assert_eq!(
            parts("Hi.\n\nalpha beta gamma delta epsilon", 30),
            ["Hi.\n\nalpha beta gamma delta", "epsilon"]
        );
    }

    #[test]
    fn words_too_long_break_between_clusters_only() {
        let family = "👨‍👩‍👧‍👦";
        let got = parts(&family.repeat(5), 2);
        assert_eq!(got, [family.repeat(2), family.repeat(2), family.to_owned()]);
        let combining = "e\u{301}".repeat(3);
        assert_eq!(
            parts(&combining, 2),
            ["e\u{301}".repeat(2), "e\u{301}".to_owned()]
        );
    }

    #[test]
    fn links_and_mentions_stay_whole_even_when_nothing_else_fits() {
        assert_eq!(
            parts("see https://example.com/a/b now", 15),
            ["see", "https://example.com/a/b", "now"]
        );
        assert_eq!(
            parts("hello @ana.example.com", 10),
            ["hello", "@ana.example.com"]
        );
    }

    #[test]
    fn nothing_is_lost_or_doubled() {
        let text =
            "Lorem ipsum dolor. Sit amet, consectetur!\nAdipiscing elit שלום עולם — and so on. "
                .repeat(300);
        let got = parts(&text, 50);
        let squeeze = |t: &str| t.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(squeeze(&got.join(" ")), squeeze(&text));
        assert!(got.iter().all(|p| p.graphemes(true).count() <= 50));
    }

    #[test]
    fn the_first_part_may_have_less_room_than_the_others() {
        let over_from = |number: usize, text: &str| {
            let most = if number == 0 { 5 } else { 20 };
            (text.len() > most).then_some(most as u32)
        };
        let fit = Fit {
            over_from: &over_from,
            whole: &|_| Vec::new(),
        };
        let parts = split("one two three four five", &fit, 10);
        assert_eq!(parts.unwrap(), ["one", "two three four five"]);
    }

    #[test]
    fn too_many_parts_are_reported_and_not_made() {
        let none = |_: &str| Vec::new();
        let one = |_: usize, t: &str| (t.len() > 1).then_some(1);
        assert_eq!(
            split(
                "a b c d",
                &Fit {
                    over_from: &one,
                    whole: &none
                },
                3
            ),
            Err(4)
        );
    }
}
