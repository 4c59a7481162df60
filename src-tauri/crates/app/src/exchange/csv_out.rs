//! Writes posts as CSV: a table for people, and one that reads back without loss.

use std::collections::BTreeMap;
use std::io::Write;

use model::account::Account;
use model::content::Segment;
use model::post::{Post, Target};
use model::when::When;
use serde::Serialize;

use super::accounts::label;
use super::files::alts_cell;
use super::guard::guarded;
use super::row::Tailored;

/// Writes `posts` and gives how many.
///
/// Columns: one `text`, `media` and `alt` for each segment of the longest thread, then what people
/// sort by, then `tailored` (JSON) with what differs from account to account, and at last what
/// happened, which is not read back. A time is written as its zone's wall clock shows it.
pub fn write_csv(out: impl Write, posts: &[Post], accounts: &[Account]) -> Result<u32, csv::Error> {
    let mut out = out;
    // Spreadsheets take a file for Windows-1252 without this mark.
    out.write_all("\u{feff}".as_bytes())?;
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(out);
    let segments = posts
        .iter()
        .map(|p| p.segments.len())
        .max()
        .unwrap_or(1)
        .max(1);
    writer.write_record(headings(segments))?;
    for post in posts {
        let cells = cells(post, segments, accounts);
        writer.write_record(cells.iter().map(|cell| guarded(cell).into_owned()))?;
    }
    writer.flush()?;
    Ok(u32::try_from(posts.len()).unwrap_or(u32::MAX))
}

fn headings(segments: usize) -> Vec<String> {
    let mut out: Vec<String> = ["when", "zone", "status", "title"]
        .into_iter()
        .map(str::to_owned)
        .collect();
    for n in 1..=segments {
        let numbered = |word: &str| {
            if n == 1 {
                word.to_owned()
            } else {
                format!("{word} {n}")
            }
        };
        out.extend(["text", "media", "alt"].map(numbered));
    }
    let last = [
        "accounts", "labels", "type", "priority", "assignee", "notes", "tailored",
    ];
    out.extend(
        last.into_iter()
            .chain(["result", "address"])
            .map(str::to_owned),
    );
    out
}

fn cells(post: &Post, segments: usize, accounts: &[Account]) -> Vec<String> {
    let (when, zone) = when(&post.when);
    let mut out = vec![when, zone, word(post.editorial), post.title.clone()];
    for n in 0..segments {
        let nothing = Segment::default();
        let segment = post.segments.get(n).unwrap_or(&nothing);
        let ids: Vec<&str> = segment.media.iter().map(|m| m.media_id.as_str()).collect();
        let alts = segment.media.iter().map(|m| m.alt.as_str());
        out.extend([segment.text.clone(), ids.join("\n"), alts_cell(alts)]);
    }
    let name = |target: &Target| account_label(target, accounts);
    let goes_to: Vec<String> = post.targets.iter().map(name).collect();
    let addresses: Vec<&str> = post
        .targets
        .iter()
        .filter_map(|t| t.remote_url.as_deref())
        .collect();
    out.extend([
        goes_to.join("\n"),
        labels(&post.labels),
        word(post.content_type),
        word(post.priority),
        post.assignee.clone(),
        post.notes.clone(),
        tailored(post, accounts),
        word(post.status),
        addresses.join("\n"),
    ]);
    out
}

fn when(when: &When) -> (String, String) {
    let clock = |time: jiff::civil::Time| {
        let text = time.to_string();
        text.strip_suffix(":00")
            .filter(|short| short.len() == 5)
            .unwrap_or(&text)
            .to_owned()
    };
    match when {
        When::Unplanned => (String::new(), String::new()),
        When::Planned {
            date,
            time: None,
            zone,
        } => (date.to_string(), zone.to_string()),
        When::Planned {
            date,
            time: Some(time),
            zone,
        } => (format!("{date} {}", clock(*time)), zone.to_string()),
        When::Scheduled { wall, zone, .. } => (
            format!("{} {}", wall.0.date(), clock(wall.0.time())),
            zone.to_string(),
        ),
    }
}

/// A word of one of our lists, as everywhere outside.
fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// With commas where no label has one, else as JSON.
fn labels(labels: &[String]) -> String {
    let plain = |l: &String| {
        !l.is_empty()
            && l.trim() == l
            && !l.contains([',', ';', '|', '\n', '\r'])
            && !l.starts_with('[')
    };
    if labels.iter().all(plain) {
        labels.join(", ")
    } else {
        serde_json::to_string(labels).unwrap_or_default()
    }
}

fn account_label(target: &Target, accounts: &[Account]) -> String {
    let id = target.draft.account_id;
    accounts
        .iter()
        .find(|a| a.id == id)
        .map_or_else(|| id.to_string(), |a| label(a, accounts))
}

fn tailored(post: &Post, accounts: &[Account]) -> String {
    let differs = |t: &&Target| t.draft.override_segments.is_some() || !t.draft.options.is_empty();
    let all: BTreeMap<String, Tailored> = post
        .targets
        .iter()
        .filter(differs)
        .map(|t| {
            let own = Tailored {
                segments: t.draft.override_segments.clone(),
                options: t.draft.options.clone(),
            };
            (account_label(t, accounts), own)
        })
        .collect();
    if all.is_empty() {
        String::new()
    } else {
        serde_json::to_string(&all).unwrap_or_default()
    }
}
