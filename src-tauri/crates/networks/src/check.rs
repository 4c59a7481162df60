//! Rules that hold on every network, driven by its catalogue entry. A network adds its own.

mod comments;
mod documents;
mod options;

use std::ops::Range;

use model::content::Segment;
use model::error::{Fix, Problem, Severity};
use model::{AccountId, MediaId};

use crate::catalogue::{CountUnit, Entry, TextLimits};
use crate::connector::{CheckInput, Measure, MediaFacts, TextUse};
use crate::edited::facts_at;
use crate::video::{self, Looked, Taken};
use unicode_segmentation::UnicodeSegmentation;

pub use comments::left_out as comment_left_out;

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
    measure_with_links(limits, text, &[])
}

/// The same on networks where every link counts alike: `links` are the byte ranges of the links, in
/// order, and each counts [`TextLimits::link`].
#[must_use]
pub fn measure_with_links(limits: &TextLimits, text: &str, links: &[Range<usize>]) -> Measure {
    let mut used: u64 = 0;
    let mut bytes: u64 = 0;
    let mut utf16: u32 = 0;
    let mut over_from = None;
    let over = |count: u64, max: Option<u32>| max.is_some_and(|max| count > u64::from(max));
    for (at, cluster) in text.grapheme_indices(true) {
        let units = cluster.encode_utf16().count() as u32;
        let link = links.iter().find(|l| l.contains(&at));
        used += match (limits.link, link) {
            (Some(all), Some(link)) if link.start == at => u64::from(all),
            (Some(_), Some(_)) => 0,
            _ => match limits.unit {
                CountUnit::Graphemes => 1,
                CountUnit::Utf16 => u64::from(units),
                CountUnit::Bytes => cluster.len() as u64,
            },
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

/// Takes off the files of a segment from one position on.
#[must_use]
pub fn beyond(most: usize, count: usize) -> Fix {
    let indexes = (most..count).filter_map(|n| u32::try_from(n).ok());
    Fix::RemoveExtra {
        indexes: indexes.collect(),
    }
}

/// Takes an option back to what holds while nothing is set.
#[must_use]
pub fn clear(option: &str) -> Fix {
    Fix::ClearOption {
        name: option.to_owned(),
    }
}

/// The facts of a file, when they are known: of any use of it, where its edits do not matter.
#[must_use]
pub fn facts_of<'a>(input: &CheckInput<'a>, id: &MediaId) -> Option<&'a MediaFacts> {
    input.media.iter().find(|f| f.id == *id)
}

/// Whether a file is known to be a video.
#[must_use]
pub fn is_video(input: &CheckInput<'_>, id: &MediaId) -> bool {
    facts_of(input, id).is_some_and(MediaFacts::is_video)
}

/// The rules that follow from the catalogue entry alone.
#[must_use]
pub fn common(entry: &Entry, input: &CheckInput<'_>) -> Found {
    common_measured(entry, input, |of| measure(&entry.text, of.text))
}

/// The same where the network counts in a way of its own.
#[must_use]
pub fn common_measured(
    entry: &Entry,
    input: &CheckInput<'_>,
    measured: impl Fn(&TextUse<'_>) -> Measure,
) -> Found {
    let mut found = Found::new(input.account.id);
    let segments = input.segments;
    if segments.iter().all(Segment::is_empty) && !entry.publishes.empty {
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
            vec![Fix::JoinParts, Fix::Tailor],
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
        text(
            entry,
            &measured(&TextUse::of(input, segment)),
            &segment.text,
            n,
            &mut found,
        );
        media(entry, input, n, &mut found);
    }
    options::check(entry, input, &mut found);
    comments::length(entry, input, &mut found);
    found
}

fn text(entry: &Entry, measured: &Measure, text: &str, n: usize, found: &mut Found) {
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
            grouped(text.len() as u64)
        ),
    };
    let mut fixes = vec![];
    if entry.publishes.thread {
        fixes.push(Fix::SplitThread);
    }
    fixes.push(Fix::Shorten { from });
    found.error("text_too_long", Some(n), message, fixes);
}

/// What a file is to a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Picture,
    Video,
    File,
}

impl Sort {
    fn of(mime: &str) -> Self {
        if mime.starts_with("image/") {
            Self::Picture
        } else if mime.starts_with("video/") {
            Self::Video
        } else {
            Self::File
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Picture => "pictures",
            Self::Video => "videos",
            Self::File => "files",
        }
    }
}

/// What a network says of a sort of file: most of them, most bytes, formats (where nothing converts
/// them). None when it takes none.
fn limits_of(entry: &Entry, sort: Sort) -> Option<(u32, Option<u64>, &[String])> {
    match sort {
        // Pictures are made to fit.
        Sort::Picture => entry.images.as_ref().map(|l| (l.max_count, None, &[][..])),
        Sort::Video => entry
            .video
            .as_ref()
            .map(|l| (l.max_count, l.max_bytes, &l.formats[..])),
        Sort::File => entry
            .files
            .as_ref()
            .map(|l| (l.max_count, l.max_bytes, &l.formats[..])),
    }
}

fn media(entry: &Entry, input: &CheckInput<'_>, n: usize, found: &mut Found) {
    let Some(segment) = input.segments.get(n) else {
        return;
    };
    let name = &entry.name;
    let mut of_sort: [Vec<u32>; 3] = Default::default();
    for (index, file) in segment.media.iter().enumerate() {
        let facts = facts_at(input, n, index);
        let index = index as u32;
        let Some(facts) = facts.filter(|f| !f.missing) else {
            found.error(
                "media_missing",
                Some(n),
                "A file of this post is no longer in the library.".to_owned(),
                vec![Fix::RemoveMedia { index }, Fix::AddMedia],
            );
            continue;
        };
        let sort = Sort::of(&facts.mime);
        let fixes = vec![Fix::RemoveMedia { index }, Fix::Tailor];
        let Some((_, max_bytes, formats)) = limits_of(entry, sort) else {
            let what = match sort {
                Sort::Picture => "pictures",
                _ => "this kind of file",
            };
            let message = format!("{name} does not take {what} from Almanac.");
            found.error("media_kind", Some(n), message, fixes);
            continue;
        };
        of_sort[sort as usize].push(index);
        if let (Sort::Video, Some(taken)) = (sort, Taken::of(entry, &input.draft.options)) {
            let looked = Looked {
                segment: n,
                index,
                used: file,
                facts,
            };
            video::check(&taken, &looked, found);
        } else if !formats.is_empty() && !formats.contains(&facts.mime) {
            let message = format!("{name} does not take {} of this format.", sort.word());
            found.error("media_format", Some(n), message, fixes);
        } else if let Some(max) = max_bytes.filter(|max| facts.bytes > *max) {
            let message = format!(
                "{name} takes {} up to {} MB; this one has {}.",
                sort.word(),
                grouped(max / 1_000_000),
                grouped(facts.bytes.div_ceil(1_000_000))
            );
            found.error("media_too_large", Some(n), message, fixes);
        } else if let Some(most) = entry.files.as_ref().and_then(|files| files.max_pages)
            && sort == Sort::File
        {
            documents::pages(name, most, facts, (n, index), found);
        }
        alt(entry, n, index, &file.alt, sort == Sort::Picture, found);
    }
    for sort in [Sort::Picture, Sort::Video, Sort::File] {
        let there = &of_sort[sort as usize];
        let count = there.len() as u32;
        let max = limits_of(entry, sort).map_or(u32::MAX, |l| l.0);
        if count > max {
            let rule = match sort {
                Sort::Picture => "too_many_images",
                Sort::Video => "too_many_videos",
                Sort::File => "too_many_files",
            };
            let what = if max == 1 {
                sort.word().trim_end_matches('s')
            } else {
                sort.word()
            };
            let message = format!("{name} takes {max} {what} in a post; this has {count}.");
            let indexes = there.iter().skip(max as usize).copied().collect();
            let fixes = vec![Fix::RemoveExtra { indexes }, Fix::Tailor];
            found.error(rule, Some(n), message, fixes);
        }
    }
    let sorts = of_sort.iter().filter(|there| !there.is_empty()).count();
    if sorts > 1 && !entry.publishes.mixed {
        // What stands first stays.
        let kept = of_sort.iter().find(|there| there.contains(&0));
        let others = of_sort.iter().filter(|there| Some(*there) != kept);
        let mut indexes: Vec<u32> = others.flatten().copied().collect();
        indexes.sort_unstable();
        found.error(
            "mixed_media",
            Some(n),
            format!("{name} takes either pictures or a video in a post, not both."),
            vec![Fix::RemoveExtra { indexes }, Fix::Tailor],
        );
    }
    if sorts == 0 && segment.media.is_empty() && entry.publishes.needs_media {
        let what = match (&entry.images, &entry.video) {
            (Some(_), Some(_)) => "a picture or a video",
            (None, Some(_)) => "a video",
            _ => "a picture",
        };
        let message = format!("{name} needs {what}.");
        found.error("needs_media", Some(n), message, vec![Fix::AddMedia]);
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
        link: None,
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
    fn links_count_alike_where_the_network_says_so() {
        let limits = TextLimits {
            max: Some(10),
            link: Some(4),
            ..LIMITS
        };
        let text = "see https://example.com/long now";
        let link = 4..28;
        let measured = measure_with_links(&limits, text, std::slice::from_ref(&link));
        assert_eq!((measured.used, measured.over_from), (12, Some(30)));
    }

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_310), "1,310");
        assert_eq!(grouped(2_000_000), "2,000,000");
    }
}
