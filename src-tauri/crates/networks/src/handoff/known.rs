//! What is known of networks that a person posts to: nobody but the network refuses anything, so all of
//! it is advice. Only networks whose own pages say something are here.

use model::account::Account;
use model::clip::length_words;
use model::content::Segment;
use model::error::Fix;
use unicode_segmentation::UnicodeSegmentation;

use super::catalogue::FIELD_NETWORK;
use crate::check::{self, Found, grouped};
use crate::connector::{CheckInput, MediaFacts};
use crate::edited::facts_at;

/// What one network takes.
struct Known {
    /// Its name as people type it into the form, in lower case.
    typed: &'static str,
    /// Its name in sentences.
    name: &'static str,
    /// Most files of one post.
    files: usize,
    /// The shape it shows whole: width and height.
    shape: (u32, u32),
    /// The longest video, in milliseconds.
    longest_ms: u32,
    /// The shortest video, in milliseconds.
    shortest_ms: u32,
    /// Most characters beside a file, as people count them.
    words: usize,
    /// Media types of pictures and videos, and the largest of each in bytes.
    formats: &'static [(&'static str, u64)],
}

/// Snapchat. That videos of its Spotlight are upright and run up to 60 seconds is on its own page "How to
/// submit to Spotlight" (creators.snap.com); one file a post, 5 seconds, the formats, sizes and 160
/// characters are what others tell of it.
const SNAPCHAT: Known = Known {
    typed: "snapchat",
    name: "Snapchat",
    files: 1,
    shape: (9, 16),
    longest_ms: 60_000,
    shortest_ms: 5_000,
    words: 160,
    formats: &[
        ("image/jpeg", 20_000_000),
        ("image/png", 20_000_000),
        ("video/mp4", 500_000_000),
    ],
};

const ALL: [&Known; 1] = [&SNAPCHAT];

/// What is known of the network of an account.
fn of(account: &Account) -> Option<&'static Known> {
    let typed = account.settings.get(FIELD_NETWORK)?.as_str()?.trim();
    ALL.into_iter()
        .find(|known| known.typed == typed.to_lowercase())
}

/// Says where a post is not as its network is known to take it.
pub fn advise(input: &CheckInput<'_>, found: &mut Found) {
    let Some(known) = of(input.account) else {
        return;
    };
    for (n, segment) in input.segments.iter().enumerate() {
        words(known, n, segment, found);
        count(known, n, segment, found);
        for index in 0..segment.media.len() {
            if let Some(facts) = facts_at(input, n, index).filter(|f| !f.missing) {
                advise_on_file(known, (n, index as u32), facts, found);
            }
        }
    }
}

fn words(known: &Known, n: usize, segment: &Segment, found: &mut Found) {
    let clusters = segment.text.graphemes(true);
    let used = clusters.count();
    if used <= known.words {
        return;
    }
    let kept = segment.text.graphemes(true).take(known.words);
    let from: usize = kept.map(|cluster| cluster.encode_utf16().count()).sum();
    let message = format!(
        "{} takes about {} characters beside a file; this has {}.",
        known.name,
        known.words,
        grouped(used as u64)
    );
    let fixes = vec![Fix::Shorten { from: from as u32 }, Fix::Tailor];
    found.warning("words_by_hand", Some(n), message, fixes);
}

fn count(known: &Known, n: usize, segment: &Segment, found: &mut Found) {
    let files = segment.media.len();
    if files > known.files {
        let message = format!(
            "{} takes one picture or video at a time; post these {files} one after the other.",
            known.name
        );
        let fixes = vec![check::beyond(known.files, files), Fix::Tailor];
        found.warning("files_by_hand", Some(n), message, fixes);
    }
}

fn advise_on_file(known: &Known, (n, index): (usize, u32), facts: &MediaFacts, found: &mut Found) {
    let name = known.name;
    let format = known.formats.iter().find(|(mime, _)| *mime == facts.mime);
    let is_picture = facts.mime.starts_with("image/");
    match format {
        None => {
            let wanted = if is_picture { "JPEG or PNG" } else { "MP4" };
            let message = format!("{name} may not take a file of this format; use {wanted}.");
            let fixes = vec![Fix::RemoveMedia { index }, Fix::Tailor];
            found.warning("format_by_hand", Some(n), message, fixes);
        }
        Some((_, most)) if facts.bytes > *most => {
            let message = format!(
                "{name} may not take files above {} MB; this one has {}.",
                grouped(most / 1_000_000),
                grouped(facts.bytes.div_ceil(1_000_000))
            );
            let fixes = vec![Fix::RemoveMedia { index }, Fix::Tailor];
            found.warning("size_by_hand", Some(n), message, fixes);
        }
        Some(_) => {}
    }
    if let Some((width, height)) = facts.width.zip(facts.height)
        && !is_shaped(known.shape, width, height)
    {
        let (across, down) = known.shape;
        let message = format!(
            "{name} shows pictures and videos upright, {across} to {down}; this one is cut or gets bars."
        );
        let fixes = if is_picture {
            vec![Fix::Crop {
                index,
                narrowest: known.shape,
                widest: known.shape,
            }]
        } else {
            vec![]
        };
        found.warning("shape_by_hand", Some(n), message, fixes);
    }
    length(known, (n, index), facts, found);
}

fn length(known: &Known, (n, index): (usize, u32), facts: &MediaFacts, found: &mut Found) {
    let Some(is) = facts.clip.and_then(|clip| clip.length_ms) else {
        return;
    };
    let (name, runs) = (known.name, length_words(is));
    if is > known.longest_ms {
        let most_ms = known.longest_ms;
        let message = format!(
            "The video runs {runs}; {name} takes up to {}.",
            length_words(most_ms)
        );
        let fixes = vec![Fix::Trim { index, most_ms }];
        found.warning("length_by_hand", Some(n), message, fixes);
    } else if is < known.shortest_ms {
        let message = format!(
            "The video runs {runs}; {name} may want {} or more.",
            length_words(known.shortest_ms)
        );
        found.warning("length_by_hand", Some(n), message, vec![Fix::Tailor]);
    }
}

/// Whether a file has this shape. A pixel lost by rounding does not count.
fn is_shaped((across, down): (u32, u32), width: u32, height: u32) -> bool {
    let (across, down) = (u64::from(across), u64::from(down));
    let (width, height) = (u64::from(width), u64::from(height));
    (width * down).abs_diff(height * across) <= across.max(down)
}
