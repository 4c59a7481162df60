//! Rules that hold on every network, driven by its catalogue entry. A network adds its own.

use model::error::{Fix, Problem, Severity};
use model::{AccountId, MediaId};

use crate::catalogue::{CountUnit, Entry, TextLimits};
use crate::connector::{CheckInput, Measure, MediaFacts};
use unicode_segmentation::UnicodeSegmentation;

/// A number as people read it: `1,310`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// How long a text is by a network's limits. When both limits are broken, `over_from` is the earlier.
#[must_use]
pub fn measure(limits: &TextLimits, text: &str) -> Measure {
    let mut used: u64 = 0;
    let mut bytes: u64 = 0;
    let mut utf16: u32 = 0;
    let mut over_from = None;
    let over = |count: u64, max: Option<u32>| max.is_some_and(|max| count > u64::from(max));
    for cluster in text.graphemes(true) {
        let units = cluster.encode_utf16().count() as u32;
        used += match limits.unit {
            CountUnit::Graphemes => 1,
            CountUnit::Utf16 => u64::from(units),
            CountUnit::Bytes => cluster.len() as u64,
        };
        bytes += cluster.len() as u64;
        if over_from.is_none() && (over(used, limits.max) || over(bytes, limits.max_bytes)) {
            over_from = Some(utf16);
        }
        utf16 = utf16.saturating_add(units);
    }
    Measure {
        used: u32::try_from(used).unwrap_or(u32::MAX),
        limit: limits.max,
        over_from,
    }
}

/// A problem under construction, with the account filled in.
pub struct Found {
    account: AccountId,
    problems: Vec<Problem>,
}

impl Found {
    /// No problem yet.
    #[must_use]
    pub fn new(account: AccountId) -> Self {
        Self {
            account,
            problems: Vec::new(),
        }
    }

    /// Adds something that stops publishing.
    pub fn error(&mut self, rule: &str, segment: Option<usize>, message: String, fixes: Vec<Fix>) {
        self.add(Severity::Error, rule, segment, message, fixes);
    }

    /// Adds something a person should know.
    pub fn warning(
        &mut self,
        rule: &str,
        segment: Option<usize>,
        message: String,
        fixes: Vec<Fix>,
    ) {
        self.add(Severity::Warning, rule, segment, message, fixes);
    }

    fn add(
        &mut self,
        severity: Severity,
        rule: &str,
        segment: Option<usize>,
        message: String,
        fixes: Vec<Fix>,
    ) {
        self.problems.push(Problem {
            severity,
            rule: rule.to_owned(),
            message,
            account_id: Some(self.account),
            segment: segment.and_then(|s| u32::try_from(s).ok()),
            fixes,
        });
    }

    /// Everything found, in the order it was found.
    #[must_use]
    pub fn into_problems(self) -> Vec<Problem> {
        self.problems
    }
}

/// The facts of a file, when they are known.
#[must_use]
pub fn facts_of<'a>(input: &CheckInput<'a>, id: &MediaId) -> Option<&'a MediaFacts> {
    input.media.iter().find(|f| f.id == *id)
}

/// The rules that follow from the catalogue entry alone.
#[must_use]
pub fn common(entry: &Entry, input: &CheckInput<'_>) -> Found {
    let mut found = Found::new(input.account.id);
    let segments = input.segments;
    if segments.iter().all(model::content::Segment::is_empty) && !entry.publishes.empty {
        found.error(
            "empty",
            Some(0),
            format!("There is nothing to post on {} yet.", entry.name),
            vec![Fix::WriteText, Fix::AddMedia],
        );
        return found;
    }
    if segments.len() > 1 && !entry.publishes.thread {
        found.error(
            "no_threads",
            None,
            format!(
                "{} takes one post at a time, and this has {}.",
                entry.name,
                segments.len()
            ),
            vec![Fix::Tailor],
        );
    }
    for (n, segment) in segments.iter().enumerate() {
        if segment.is_empty() && !entry.publishes.empty {
            found.error(
                "empty_segment",
                Some(n),
                format!(
                    "Part {} is empty; {} needs words or a picture in it.",
                    n + 1,
                    entry.name
                ),
                vec![Fix::WriteText],
            );
        }
        text(entry, input, n, &mut found);
        media(entry, input, n, &mut found);
    }
    found
}

fn text(entry: &Entry, input: &CheckInput<'_>, n: usize, found: &mut Found) {
    let Some(segment) = input.segments.get(n) else {
        return;
    };
    let measured = measure(&entry.text, &segment.text);
    let Some(from) = measured.over_from else {
        return;
    };
    let unit = match entry.text.unit {
        CountUnit::Bytes => "bytes",
        _ => "characters",
    };
    let message = match measured.limit {
        Some(limit) if measured.used > limit => format!(
            "{} allows {} {unit}; this has {}.",
            entry.name,
            grouped(limit.into()),
            grouped(measured.used.into())
        ),
        _ => format!(
            "{} allows {} bytes of text; this has {}. Emoji and some scripts take several bytes a character.",
            entry.name,
            grouped(entry.text.max_bytes.unwrap_or_default().into()),
            grouped(segment.text.len() as u64)
        ),
    };
    let mut fixes = vec![];
    if entry.publishes.thread {
        fixes.push(Fix::SplitThread);
    }
    fixes.push(Fix::Shorten { from });
    found.error("text_too_long", Some(n), message, fixes);
}

fn media(entry: &Entry, input: &CheckInput<'_>, n: usize, found: &mut Found) {
    let Some(segment) = input.segments.get(n) else {
        return;
    };
    let name = &entry.name;
    let mut pictures = 0_u32;
    for (index, file) in segment.media.iter().enumerate() {
        let index = index as u32;
        let facts = facts_of(input, &file.media_id);
        if facts.is_none_or(|f| f.missing) {
            found.error(
                "media_missing",
                Some(n),
                "A file of this post is no longer in the library.".to_owned(),
                vec![Fix::RemoveMedia { index }, Fix::AddMedia],
            );
            continue;
        }
        let is_picture = facts.is_some_and(|f| f.mime.starts_with("image/"));
        if is_picture {
            pictures += 1;
        }
        let taken = if is_picture {
            entry.publishes.images
        } else {
            entry.publishes.video
        };
        if !taken {
            let what = if is_picture {
                "pictures"
            } else {
                "this kind of file"
            };
            found.error(
                "media_kind",
                Some(n),
                format!("{name} does not take {what} from Almanac."),
                vec![Fix::RemoveMedia { index }, Fix::Tailor],
            );
            continue;
        }
        alt(entry, n, index, &file.alt, is_picture, found);
    }
    if let Some(max) = entry.images.as_ref().map(|i| i.max_count)
        && pictures > max
    {
        found.error(
            "too_many_images",
            Some(n),
            format!("{name} takes {max} pictures in a post; this has {pictures}."),
            vec![Fix::RemoveMedia { index: max }, Fix::Tailor],
        );
    }
}

fn alt(entry: &Entry, n: usize, index: u32, alt: &str, is_picture: bool, found: &mut Found) {
    let Some(limits) = entry.images.as_ref().filter(|l| is_picture && l.alt) else {
        return;
    };
    if alt.trim().is_empty() {
        found.warning(
            "alt_missing",
            Some(n),
            "A picture has no description for people who cannot see it.".to_owned(),
            vec![Fix::AddAlt { index }],
        );
    } else if let Some(max) = limits.max_alt
        && alt.graphemes(true).count() > max as usize
    {
        found.error(
            "alt_too_long",
            Some(n),
            format!(
                "{} allows {} characters in a picture's description.",
                entry.name,
                grouped(max.into())
            ),
            vec![Fix::AddAlt { index }],
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: TextLimits = TextLimits {
        unit: CountUnit::Graphemes,
        max: Some(5),
        max_bytes: Some(30),
    };

    #[test]
    fn counts_clusters_and_points_at_the_first_one_too_many() {
        assert_eq!(measure(&LIMITS, "abcde").over_from, None);
        assert_eq!(measure(&LIMITS, "abcdef").over_from, Some(5));
        let combining = "e\u{301}".repeat(6);
        let measured = measure(&LIMITS, &combining);
        assert_eq!((measured.used, measured.over_from), (6, Some(10)));
    }

    #[test]
    fn bytes_count_besides() {
        let families = "👨‍👩‍👧‍👦".repeat(2); // 25 bytes and 11 UTF-16 units each
        let measured = measure(&LIMITS, &families);
        assert_eq!((measured.used, measured.over_from), (2, Some(11)));
    }

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_310), "1,310");
        assert_eq!(grouped(2_000_000), "2,000,000");
    }
}
