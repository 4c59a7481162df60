//! The page about the networks, written from the catalogue.

use std::fmt::Write;

use model::clip::{ClipLimits, length_words};

use super::{
    Browser, CaptionFormat, CaptionLimits, Confirms, CountUnit, Cover, Entry, Redirect,
    SignInMethod, Support, VideoLimits,
};
use crate::check::grouped;

/// The whole page, as Markdown.
#[must_use]
pub fn page(entries: &[Entry]) -> String {
    let mut out = String::from(
        "# Networks\n\n<!-- Written by `cargo xtask types` from the catalogue. -->\n\n\
         What Almanac publishes where, how one connects an account, and how it finds out whether a post \
         whose answer was lost is there.\n\n\
         | Network | Support | Text | Pictures | Videos | Threads | Deletes |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for entry in entries {
        row(&mut out, entry);
    }
    for entry in entries {
        section(&mut out, entry);
    }
    out
}

fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

fn support(entry: &Entry) -> &'static str {
    match entry.support {
        Support::Full => "full",
        Support::Partial => "partial",
        Support::HandOff => "hand-off",
    }
}

// Writing into a String cannot fail, here and below.
fn row(out: &mut String, entry: &Entry) {
    let text = match (entry.publishes.text, entry.text.max) {
        (false, _) => "no".to_owned(),
        (true, None) => "yes".to_owned(),
        (true, Some(max)) => format!("{} {}", grouped(max.into()), unit(entry.text.unit)),
    };
    let pictures = entry
        .images
        .as_ref()
        .map_or("no".to_owned(), |l| format!("up to {}", l.max_count));
    let videos = entry
        .video
        .as_ref()
        .map_or("no".to_owned(), |l| format!("up to {}", l.max_count));
    let _ = writeln!(
        out,
        "| {} | {} | {text} | {pictures} | {videos} | {} | {} |",
        entry.name,
        support(entry),
        yes(entry.publishes.thread),
        yes(entry.can_delete)
    );
}

const fn unit(unit: CountUnit) -> &'static str {
    match unit {
        CountUnit::Graphemes => "characters",
        CountUnit::Utf16 => "UTF-16 units",
        CountUnit::Bytes => "bytes",
    }
}

const fn confirms(how: Confirms) -> &'static str {
    match how {
        Confirms::ChosenId => {
            "The post's name is chosen before it is sent, so sending again is safe."
        }
        Confirms::ReadBack => "What is on the account is read back and compared.",
        Confirms::IdempotencyKey => {
            "The network drops a second send with the same key; later, what is on the account is read back."
        }
        Confirms::TwoPhase => {
            "It is prepared first; the call that shows it is harmless when repeated."
        }
        Confirms::AskPerson => "The network cannot be looked at, so you are asked.",
    }
}

fn section(out: &mut String, entry: &Entry) {
    let _ = writeln!(out, "\n## {}\n", entry.name);
    for note in &entry.notes {
        let _ = writeln!(out, "- {note}");
    }
    if let Some(rule) = &entry.same_text_on_several_accounts {
        let _ = writeln!(out, "- {rule}");
    }
    let _ = writeln!(out, "- After a lost answer: {}", confirms(entry.confirms));
    if let Some(video) = &entry.video {
        let _ = writeln!(out, "- Videos: {}.", videos(video));
        let _ = writeln!(out, "- Captions of videos: {}.", captions(video.captions));
        let _ = writeln!(out, "- Poster of videos: {}.", posters(video));
    }
    for limit in entry.limits() {
        let (most, noun) = (grouped(limit.most.into()), &limit.noun);
        let _ = writeln!(out, "- At most {most} {noun} {}.", limit.span.words());
    }
    if !entry.prices.is_empty() {
        let _ = writeln!(out, "- It charges for each of these: {}.", costs(entry));
    }
    for method in &entry.sign_in.methods {
        ways(out, method);
    }
    if !entry.options.is_empty() {
        let _ = writeln!(out, "\nOptions:\n");
        for option in &entry.options {
            let _ = writeln!(out, "- **{}**: {}", option.label, option.help);
        }
    }
}

fn videos(video: &VideoLimits) -> String {
    let one = |becomes: &str, clip: &ClipLimits, bytes: Option<u64>| {
        let length = match (clip.min_ms, clip.max_ms) {
            (Some(least), Some(most)) => {
                format!("{} to {}", length_words(least), length_words(most))
            }
            (None, Some(most)) => format!("up to {}", length_words(most)),
            (Some(least), None) => format!("from {}", length_words(least)),
            (None, None) => "of any length".to_owned(),
        };
        let bytes = bytes.map(|b| match b / 1_000_000_000 {
            0 => format!(", up to {} MB", grouped(b / 1_000_000)),
            gigabytes => format!(", up to {} GB", grouped(gigabytes)),
        });
        let becomes = if becomes.is_empty() {
            String::new()
        } else {
            format!("{becomes} ")
        };
        format!("{becomes}{length}{}", bytes.unwrap_or_default())
    };
    let kinds = video.kinds.iter().map(|kind| {
        let bytes = kind.max_bytes.or(video.max_bytes);
        one(&kind.becomes, &kind.clip, bytes)
    });
    let usual = one("", &video.clip, video.max_bytes);
    let all: Vec<String> = std::iter::once(usual).chain(kinds).collect();
    all.join("; ")
}

/// How the moment arrives that a person chose to stand for a video, and where it does not.
fn posters(video: &VideoLimits) -> String {
    let one = |becomes: &str, cover: Option<Cover>| {
        let how = match cover {
            None => "not taken",
            Some(Cover::Moment) => "sent as its moment",
            Some(Cover::Picture) => "sent as a picture",
        };
        match becomes {
            "" => how.to_owned(),
            becomes => format!("{becomes} {how}"),
        }
    };
    let kinds = video.kinds.iter().filter(|kind| kind.cover != video.cover);
    let kinds = kinds.map(|kind| one(&kind.becomes, kind.cover));
    let all: Vec<String> = std::iter::once(one("", video.cover)).chain(kinds).collect();
    all.join("; ")
}

fn captions(limits: Option<CaptionLimits>) -> String {
    let Some(limits) = limits else {
        return "not taken; the video goes there without them".to_owned();
    };
    let ending = match limits.format {
        CaptionFormat::Srt => ".srt",
        CaptionFormat::Vtt => ".vtt",
    };
    let count = match limits.max_count {
        None => String::new(),
        Some(1) => ", in one language".to_owned(),
        Some(n) => format!(", up to {n} languages"),
    };
    let bytes = limits.max_bytes.map_or_else(String::new, |bytes| {
        format!(", up to {} KB each", grouped(u64::from(bytes) / 1_000))
    });
    format!("sent as {ending}{count}{bytes}")
}

fn costs(entry: &Entry) -> String {
    let each = entry.prices.iter().map(|price| {
        let (what, micros) = (price.of.words(), price.micro_dollars);
        // To a tenth of a cent, as prices are named.
        format!(
            "{what} ${}.{:03}",
            micros / 1_000_000,
            micros % 1_000_000 / 1_000
        )
    });
    each.collect::<Vec<_>>().join(", ")
}

fn ways(out: &mut String, method: &SignInMethod) {
    let _ = writeln!(out, "\n**{}**\n", method.label);
    for (n, step) in method.guide.iter().enumerate() {
        let _ = writeln!(out, "{}. {step}", n + 1);
    }
    let Some(Browser { redirect, .. }) = &method.browser else {
        return;
    };
    let addresses: Vec<String> = match redirect {
        Redirect::Pasted { address } => vec![address.clone()],
        Redirect::Loopback { host, ports, path } => ports
            .iter()
            .filter(|port| **port != 0)
            .map(|port| format!("http://{host}:{port}{path}"))
            .collect(),
    };
    if !addresses.is_empty() {
        let _ = writeln!(out, "\nRedirect addresses: `{}`", addresses.join("`, `"));
    }
}
