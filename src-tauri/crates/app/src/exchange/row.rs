//! From the cells of one row to a post.

use std::collections::BTreeMap;

use model::account::Account;
use model::content::{
    MAX_MEDIA_PER_SEGMENT, MAX_NOTES_BYTES, MAX_SEGMENT_BYTES, MAX_TITLE_BYTES, MediaUse, Segment,
    first_words,
};
use model::post::{ContentType, Draft, Priority, TargetDraft};
use model::status::EditorialStatus;
use model::when::{WallTime, When, Zone};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::accounts;
use super::columns::{Meaning, plain_words};
use super::csv_in::{CsvContext, Problem};
use super::dates::{self, CellDate, Reading};
use super::files::{self, FileRef};
use super::guard::bare;

/// A post as a row gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct RowDraft {
    /// What it says and where it goes; the files are in `files`, not yet in its segments.
    pub draft: Draft,
    /// When it happens: scheduled only when it was asked for.
    pub when: When,
    /// How far the writing is; `Scheduled` exactly when `when` is.
    pub editorial: EditorialStatus,
    /// Files it wants, in order.
    pub files: Vec<FileRef>,
}

impl RowDraft {
    /// The draft with its files, as `found` finds them. A file that is not found is left out.
    #[must_use]
    pub fn with_files(&self, mut found: impl FnMut(&FileRef) -> Option<MediaUse>) -> Draft {
        let mut draft = self.draft.clone();
        for file in &self.files {
            if let (Some(media), Some(segment)) =
                (found(file), draft.segments.get_mut(file.segment))
            {
                segment.media.push(media);
            }
        }
        draft
    }
}

/// What differs on one account, as the column "tailored" holds it by the account's label.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Tailored {
    /// Segments of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segments: Option<Vec<Segment>>,
    /// Options.
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    pub options: serde_json::Map<String, serde_json::Value>,
}

/// A row with what its cells mean.
pub(super) struct Row<'a> {
    pub cells: &'a [String],
    pub meanings: &'a [Option<Meaning>],
    pub reading: Reading,
}

impl Row<'_> {
    /// Cells with this meaning that have something in them.
    fn all<'a>(&'a self, meaning: &'a Meaning) -> impl Iterator<Item = &'a str> {
        let with_cells = self.meanings.iter().zip(self.cells);
        with_cells
            .filter(move |(m, cell)| m.as_ref() == Some(meaning) && !cell.is_empty())
            .map(|(_, cell)| bare(cell))
    }

    fn one(&self, meaning: &Meaning) -> Option<&str> {
        let at = self
            .meanings
            .iter()
            .position(|m| m.as_ref() == Some(meaning))?;
        let cell = self.cells.get(at).map(|c| bare(c))?;
        (!cell.trim().is_empty()).then_some(cell)
    }

    fn owned(&self, meaning: &Meaning) -> String {
        self.one(meaning).unwrap_or("").to_owned()
    }
}

/// The first words of the row, and its post or why it is none.
pub(super) fn draft(row: &Row, context: CsvContext) -> (String, Result<RowDraft, Problem>) {
    let mut segments = segments(row);
    let title = row.owned(&Meaning::Title);
    let words = first_words(&title, &segments, 80);
    let result = (|| {
        let files = files(row, &mut segments)?;
        if files.is_empty() && segments.iter().all(Segment::is_empty) {
            return Err(Problem::Nothing);
        }
        let labels = labels(row);
        let draft = Draft {
            title,
            notes: row.owned(&Meaning::Notes),
            labels,
            content_type: content_type(row, segments.len()),
            priority: word(row.one(&Meaning::Priority)).unwrap_or(Priority::Normal),
            assignee: row.owned(&Meaning::Assignee),
            targets: targets(row, context.accounts)?,
            segments,
        };
        bounded(&draft)?;
        let (when, editorial) = when(row, context)?;
        Ok(RowDraft {
            draft,
            when,
            editorial,
            files,
        })
    })();
    (words, result)
}

fn segments(row: &Row) -> Vec<Segment> {
    let filled = row
        .meanings
        .iter()
        .zip(row.cells)
        .filter_map(|(meaning, cell)| match meaning {
            Some(Meaning::Text(n) | Meaning::Files(n)) if !cell.trim().is_empty() => Some(n + 1),
            _ => None,
        });
    let count = filled.max().unwrap_or(1);
    let mut out: Vec<Segment> = (0..count)
        .map(|n| Segment::text(row.one(&Meaning::Text(n)).unwrap_or("")))
        .collect();
    let first = &mut out[0].text;
    for (meaning, between) in [(Meaning::Hashtags, "\n\n"), (Meaning::Link, "\n\n")] {
        if let Some(more) = row
            .one(&meaning)
            .map(str::trim)
            .filter(|m| !first.contains(m))
        {
            let space = if first.trim().is_empty() { "" } else { between };
            *first = format!("{first}{space}{more}");
        }
    }
    out
}

fn files(row: &Row, segments: &mut [Segment]) -> Result<Vec<FileRef>, Problem> {
    let mut out = Vec::new();
    for segment in 0..segments.len() {
        let alts: Vec<String> = row
            .all(&Meaning::Alts(segment))
            .flat_map(files::alts)
            .collect();
        let cells = Meaning::Files(segment);
        let sources = row.all(&cells).flat_map(files::sources);
        let before = out.len();
        for (i, source) in sources.enumerate() {
            let alt = alts.get(i).cloned().unwrap_or_default();
            out.push(FileRef {
                segment,
                source,
                alt,
            });
        }
        if out.len() - before > MAX_MEDIA_PER_SEGMENT {
            return Err(Problem::TooManyFiles(out.len() - before));
        }
    }
    Ok(out)
}

fn labels(row: &Row) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for cell in row.all(&Meaning::Labels) {
        let exact: Option<Vec<String>> = serde_json::from_str(cell).ok();
        let found = exact.unwrap_or_else(|| {
            let parts = cell
                .split([',', ';', '|', '\n'])
                .map(|l| l.trim().to_owned());
            parts.filter(|l| !l.is_empty()).collect()
        });
        for label in found {
            if !out.contains(&label) {
                out.push(label);
            }
        }
    }
    out
}

fn content_type(row: &Row, segments: usize) -> ContentType {
    let usual = if segments > 1 {
        ContentType::Thread
    } else {
        ContentType::Post
    };
    word(row.one(&Meaning::ContentType)).unwrap_or(usual)
}

/// A word of one of our lists, written in any case and with spaces; none when it is not in it.
fn word<T: DeserializeOwned>(cell: Option<&str>) -> Option<T> {
    let word = plain_words(cell?).replace(' ', "_");
    serde_json::from_value(serde_json::Value::String(word)).ok()
}

fn targets(row: &Row, all: &[Account]) -> Result<Vec<TargetDraft>, Problem> {
    let mut chosen: Vec<&Account> = Vec::new();
    let mut choose = |account| {
        if !chosen.contains(&account) {
            chosen.push(account);
        }
    };
    let networks: Vec<&str> = row
        .all(&Meaning::Networks)
        .flat_map(|cell| cell.split([',', ';', '|', '\n']))
        .collect();
    let networks: Vec<&str> = networks
        .into_iter()
        .map(str::trim)
        .filter(|n| !n.is_empty())
        .collect();
    let named = row.one(&Meaning::Accounts);
    if let Some(cell) = named {
        let network = if let [one] = networks.as_slice() {
            Some(*one)
        } else {
            None
        };
        for line in cell.lines().filter(|l| !l.trim().is_empty()) {
            // A name may have a comma in it, so the whole line is tried first.
            if let Ok(account) = accounts::find(line, network, all) {
                choose(account);
                continue;
            }
            for name in line.split([',', ';', '|']).filter(|n| !n.trim().is_empty()) {
                choose(accounts::find(name, network, all)?);
            }
        }
    } else {
        for network in networks {
            choose(only_one(network, all)?);
        }
    }
    for (meaning, cell) in row.meanings.iter().zip(row.cells) {
        if let Some(Meaning::Network(network)) = meaning
            && yes(cell)
        {
            choose(only_one(network, all)?);
        }
    }
    tailor(row, chosen, all)
}

fn only_one<'a>(network: &str, all: &'a [Account]) -> Result<&'a Account, Problem> {
    let on_it: Vec<&Account> = all
        .iter()
        .filter(|a| accounts::same_network(a, network))
        .collect();
    let network = || network.chars().take(60).collect();
    match on_it.as_slice() {
        [] => Err(Problem::Network(network())),
        [one] => Ok(one),
        several => {
            let labels: Vec<String> = several
                .iter()
                .take(4)
                .map(|a| accounts::label(a, all))
                .collect();
            Err(Problem::WhichOf {
                network: network(),
                labels: labels.join(", "),
            })
        }
    }
}

fn yes(cell: &str) -> bool {
    matches!(
        plain_words(cell).as_str(),
        "true" | "yes" | "y" | "1" | "x" | "ja"
    )
}

fn tailor(row: &Row, chosen: Vec<&Account>, all: &[Account]) -> Result<Vec<TargetDraft>, Problem> {
    let cell = row.one(&Meaning::Tailored).unwrap_or("{}");
    let mut tailored: BTreeMap<String, Tailored> =
        serde_json::from_str(cell).map_err(|_| Problem::Garbled("tailored"))?;
    let drafts = chosen.into_iter().map(|account| {
        let own = tailored
            .remove(&accounts::label(account, all))
            .unwrap_or_default();
        TargetDraft {
            account_id: account.id,
            override_segments: own.segments,
            options: own.options,
        }
    });
    Ok(drafts.collect())
}

fn bounded(draft: &Draft) -> Result<(), Problem> {
    let within = |what, text: &str, limit| {
        let bytes = text.len();
        if bytes > limit {
            Err(Problem::TooLong { what, bytes, limit })
        } else {
            Ok(())
        }
    };
    within("title", &draft.title, MAX_TITLE_BYTES)?;
    within("note", &draft.notes, MAX_NOTES_BYTES)?;
    let own = draft
        .targets
        .iter()
        .flat_map(|t| t.override_segments.iter().flatten());
    for segment in draft.segments.iter().chain(own) {
        within("text", &segment.text, MAX_SEGMENT_BYTES)?;
    }
    Ok(())
}

/// What the row's status asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    /// Nothing: as the whole import.
    AsAll,
    Schedule,
    /// A plan with this status.
    Plan(EditorialStatus),
}

fn wish(row: &Row) -> Result<Wish, Problem> {
    if row.one(&Meaning::DraftFlag).is_some_and(yes) {
        return Ok(Wish::Plan(EditorialStatus::Draft));
    }
    let Some(cell) = row.one(&Meaning::Status) else {
        return Ok(Wish::AsAll);
    };
    Ok(match plain_words(cell).as_str() {
        "scheduled" | "schedule" | "queued" | "active" | "ready" | "publish" => Wish::Schedule,
        "draft" | "drafts" | "idea" | "unscheduled" | "todo" | "to do" | "planned" => {
            Wish::Plan(EditorialStatus::Draft)
        }
        "in review" | "review" | "pending" | "pending approval" | "needs approval"
        | "awaiting approval" => Wish::Plan(EditorialStatus::InReview),
        "approved" => Wish::Plan(EditorialStatus::Approved),
        "cancelled" | "canceled" => Wish::Plan(EditorialStatus::Cancelled),
        "published" | "sent" | "posted" | "live" | "done" => return Err(Problem::Published),
        _ => return Err(Problem::Status(cell.chars().take(60).collect())),
    })
}

fn when(row: &Row, context: CsvContext) -> Result<(When, EditorialStatus), Problem> {
    let wish = wish(row)?;
    let planned = match wish {
        Wish::Plan(status) => status,
        Wish::AsAll | Wish::Schedule => EditorialStatus::Draft,
    };
    let zone = match row.one(&Meaning::Zone) {
        Some(name) => name.trim().parse::<Zone>()?,
        None => context.zone.clone(),
    };
    let Some((date, time, zone)) = moment(row, zone)? else {
        return Ok((When::Unplanned, planned));
    };
    let scheduled = time.map(|t| When::scheduled(WallTime(date.to_datetime(t)), zone.clone()));
    let plan = When::Planned { date, time, zone };
    // A plan in the past is kept when the row says itself that it is one; otherwise it is a slip.
    let past = match &scheduled {
        Some(Ok(When::Scheduled { at, .. })) => *at <= context.now,
        Some(Err(error)) => return Err(error.clone().into()),
        _ => day_is_over(&plan, context.now),
    };
    if past && !matches!(wish, Wish::Plan(_)) {
        let shown = row
            .one(&Meaning::When)
            .unwrap_or("The date")
            .trim()
            .chars()
            .take(60);
        return Err(Problem::Past(shown.collect()));
    }
    match scheduled {
        Some(Ok(when)) if context.schedule && !matches!(wish, Wish::Plan(_)) => {
            Ok((when, EditorialStatus::Scheduled))
        }
        _ => Ok((plan, planned)),
    }
}

fn day_is_over(plan: &When, now: model::Timestamp) -> bool {
    const DAY: std::time::Duration = std::time::Duration::from_hours(24);
    plan.stands_at().is_some_and(|start| start.plus(DAY) <= now)
}

type Moment = (jiff::civil::Date, Option<jiff::civil::Time>, Zone);

fn moment(row: &Row, zone: Zone) -> Result<Option<Moment>, Problem> {
    let short = |cell: &str| cell.trim().chars().take(60).collect::<String>();
    let time = row.one(&Meaning::Time);
    let Some(cell) = row.one(&Meaning::When) else {
        return if time.is_some() {
            Err(Problem::NoDay)
        } else {
            Ok(None)
        };
    };
    let of_column = match time {
        Some(cell) => Some(dates::time(cell).ok_or_else(|| Problem::Time(short(cell)))?),
        None => None,
    };
    match dates::date(cell, row.reading).ok_or_else(|| Problem::Date(short(cell)))? {
        CellDate::Wall {
            date,
            time,
            zone: own,
        } => Ok(Some((date, of_column.or(time), own.unwrap_or(zone)))),
        CellDate::Instant(at) => {
            let at = model::Timestamp::from_millis(at.as_millisecond());
            let wall = zone.wall_at(at)?.0;
            Ok(Some((wall.date(), Some(wall.time()), zone)))
        }
    }
}
