//! Writes a calendar file (RFC 5545) that other calendar programs show.
//!
//! Times are written in UTC, which every program turns into its own zone, so the file needs no zone
//! rules of its own and cannot disagree with them.

use std::io::{self, Write};

use model::Timestamp;
use model::account::Account;
use model::content::first_words;
use model::post::Post;
use model::status::ShownStatus;
use model::when::When;

use super::accounts::label;

/// Writes the posts that have a date, as the calendar called `name`, and gives how many.
pub fn write_ics(
    out: impl Write,
    name: &str,
    posts: &[Post],
    accounts: &[Account],
) -> io::Result<u32> {
    let mut lines = Lines { out };
    lines.put("BEGIN", "VCALENDAR")?;
    lines.put("VERSION", "2.0")?;
    lines.put("PRODID", "-//Almanac//Almanac//EN")?;
    lines.put("CALSCALE", "GREGORIAN")?;
    lines.put("NAME", &text(name))?;
    lines.put("X-WR-CALNAME", &text(name))?;
    let mut written = 0;
    for post in posts {
        if let Some(start) = start(&post.when) {
            event(&mut lines, post, start, accounts)?;
            written += 1;
        }
    }
    lines.put("END", "VCALENDAR")?;
    lines.out.flush()?;
    Ok(written)
}

/// The property of the start: a day, or an instant.
fn start(when: &When) -> Option<(&'static str, String)> {
    match when {
        When::Planned {
            date, time: None, ..
        } => Some(("DTSTART;VALUE=DATE", date.strftime("%Y%m%d").to_string())),
        _ => Some(("DTSTART", utc(when.stands_at()?)?)),
    }
}

fn event(
    lines: &mut Lines<impl Write>,
    post: &Post,
    (start_name, start): (&str, String),
    accounts: &[Account],
) -> io::Result<()> {
    let words = first_words(&post.title, &post.segments, 80);
    let status = match post.status {
        ShownStatus::Cancelled => "CANCELLED",
        ShownStatus::Draft | ShownStatus::InReview | ShownStatus::Approved => "TENTATIVE",
        _ => "CONFIRMED",
    };
    lines.put("BEGIN", "VEVENT")?;
    lines.put("UID", &format!("{}@almanac", post.id))?;
    for (name, at) in [
        ("DTSTAMP", post.updated_at),
        ("CREATED", post.created_at),
        ("LAST-MODIFIED", post.updated_at),
    ] {
        if let Some(at) = utc(at) {
            lines.put(name, &at)?;
        }
    }
    lines.put("SEQUENCE", &post.version.max(0).to_string())?;
    lines.put(start_name, &start)?;
    // A post takes nobody's time.
    lines.put("TRANSP", "TRANSPARENT")?;
    lines.put(
        "SUMMARY",
        &text(if words.is_empty() {
            "Post without text"
        } else {
            &words
        }),
    )?;
    lines.put("DESCRIPTION", &text(&description(post, accounts)))?;
    if !post.labels.is_empty() {
        let labels: Vec<String> = post.labels.iter().map(|l| text(l)).collect();
        lines.put("CATEGORIES", &labels.join(","))?;
    }
    lines.put("STATUS", status)?;
    if let Some(address) = post.targets.iter().find_map(|t| t.remote_url.as_deref()) {
        lines.put(
            "URL",
            &address.replace(|c: char| c.is_control() || c == ' ', ""),
        )?;
    }
    lines.put("END", "VEVENT")
}

fn description(post: &Post, accounts: &[Account]) -> String {
    let texts = post.segments.iter().map(|s| s.text.trim().to_owned());
    let names: Vec<String> = post
        .targets
        .iter()
        .filter_map(|t| accounts.iter().find(|a| a.id == t.draft.account_id))
        .map(|a| label(a, accounts))
        .collect();
    let parts = texts.chain([names.join(", "), post.notes.trim().to_owned()]);
    parts
        .filter(|p| !p.is_empty())
        .collect::<Vec<_>>()
        .join("\n\n")
}

/// `20260514T070500Z`; none outside the years 0 to 9999, which the format cannot write.
fn utc(at: Timestamp) -> Option<String> {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?;
    let wall = jiff::tz::Offset::UTC.to_datetime(at);
    (wall.year() >= 0).then(|| wall.strftime("%Y%m%dT%H%M%SZ").to_string())
}

/// A value of type TEXT (section 3.3.11). Other control characters are not allowed and left out.
fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' | '\r' => out.push_str("\\n"),
            '\t' => out.push('\t'),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

struct Lines<W> {
    out: W,
}

impl<W: Write> Lines<W> {
    /// One property, folded at 75 octets and never inside a character (section 3.1).
    fn put(&mut self, name: &str, value: &str) -> io::Result<()> {
        const OCTETS: usize = 75;
        let line = format!("{name}:{value}");
        let mut room = OCTETS;
        let mut encoded = [0_u8; 4];
        for c in line.chars() {
            let bytes = c.encode_utf8(&mut encoded).as_bytes();
            if bytes.len() > room {
                self.out.write_all(b"\r\n ")?;
                room = OCTETS - 1;
            }
            self.out.write_all(bytes)?;
            room -= bytes.len();
        }
        self.out.write_all(b"\r\n")
    }
}

#[cfg(test)]
#[path = "ics_tests.rs"]
mod tests;
