//! Reads posts from CSV, and says of each row that cannot be one why.

use model::account::Account;
use model::typed_date::DateOrder;
use model::when::Zone;
use model::{Timestamp, when};

use super::columns::Meaning;
use super::dates::{self, Reading};
use super::row::{self, Row, RowDraft};
pub use super::sheet::CsvError;
use super::sheet::{Table, table};

/// What the rows are read against.
#[derive(Debug, Clone, Copy)]
pub struct CsvContext<'a> {
    /// Accounts of the workspace, those in the bin not among them.
    pub accounts: &'a [Account],
    /// The zone of times that name none.
    pub zone: &'a Zone,
    /// The present.
    pub now: Timestamp,
    /// How `3/4/2026` is read when nothing in the file decides.
    pub order: DateOrder,
    /// Rows with a time are to be scheduled, unless their own status says otherwise; otherwise all
    /// become plans.
    pub schedule: bool,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// Each column's heading and what it was taken for; none when it is not used.
    pub columns: Vec<(String, Option<String>)>,
    /// Every row, in order.
    pub rows: Vec<PreviewRow>,
    /// Sentences about the file as a whole, such as dates that could be read two ways.
    pub notes: Vec<String>,
}

/// One row: a post, or the reason why it is none.
#[derive(Debug, Clone, PartialEq)]
pub struct PreviewRow {
    /// The line it begins on, from 1, as an editor counts.
    pub line: u32,
    /// First words of its text, at most 80 graphemes; empty when it has none.
    pub words: String,
    /// The post, when the row is fine.
    pub ok: Option<RowDraft>,
    /// Why the row is left out, in a sentence.
    pub problem: Option<String>,
}

/// A row that is left out, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Neither text nor files.
    #[error("It has neither text nor a picture.")]
    Nothing,
    /// A cell that is no date.
    #[error("\"{0}\" is not a date that can be read. Write it as 2026-05-14 09:05.")]
    Date(String),
    /// A cell that is no time of day.
    #[error("\"{0}\" is not a time of day. Write it as 09:05.")]
    Time(String),
    /// A time without a day.
    #[error("It has a time of day and no date.")]
    NoDay,
    /// A time that is over.
    #[error("{0} is in the past. Give it a later date.")]
    Past(String),
    /// It went out before it was exported.
    #[error("It was published already.")]
    Published,
    /// A zone that does not exist, or a date out of all bounds.
    #[error(transparent)]
    When(#[from] when::WhenError),
    /// An account that cannot be told.
    #[error(transparent)]
    Account(#[from] super::accounts::AccountNameError),
    /// A network with no account.
    #[error("There is no account on {0} here. Connect one, or take it out of the row.")]
    Network(String),
    /// A network with several accounts and no name beside it.
    #[error("There are several accounts on {network}. Write one of these instead: {labels}.")]
    WhichOf {
        /// The network.
        network: String,
        /// What would be clear.
        labels: String,
    },
    /// A text that is longer than anything can take.
    #[error("The {what} is {bytes} bytes long; at most {limit} are taken. Shorten it.")]
    TooLong {
        /// Which text.
        what: &'static str,
        /// Its length in UTF-8 bytes.
        bytes: usize,
        /// The most taken.
        limit: usize,
    },
    /// Too many files on one segment.
    #[error("It has {0} files; at most {max} are taken.", max = model::content::MAX_MEDIA_PER_SEGMENT)]
    TooManyFiles(usize),
    /// A status that is not known.
    #[error("\"{0}\" is not a status. Write draft, in review, approved, scheduled or cancelled.")]
    Status(String),
    /// A cell of our own format that was changed so that it cannot be read.
    #[error("The cell \"{0}\" was changed and cannot be read. Empty it or export the posts again.")]
    Garbled(&'static str),
}

/// Reads a CSV file: our own, or one of another scheduler.
pub fn read_csv(bytes: &[u8], context: CsvContext) -> Result<Preview, CsvError> {
    let Table { mut rows } = table(bytes)?;
    let (headings, meanings) = head(&mut rows, context)?;
    if rows.is_empty() {
        return Err(CsvError::Empty);
    }
    let (reading, notes) = reading(&rows, &meanings, context.order);
    let rows = rows
        .iter()
        .map(|(line, cells)| {
            let row = Row {
                cells,
                meanings: &meanings,
                reading,
            };
            let (words, result) = row::draft(&row, context);
            let (ok, problem) = match result {
                Ok(draft) => (Some(draft), None),
                Err(problem) => (None, Some(problem.to_string())),
            };
            PreviewRow {
                line: *line,
                words,
                ok,
                problem,
            }
        })
        .collect();
    let columns = headings
        .into_iter()
        .zip(&meanings)
        .map(|(heading, meaning)| (heading, meaning.as_ref().map(Meaning::word)))
        .collect();
    Ok(Preview {
        columns,
        rows,
        notes,
    })
}

type Rows = Vec<(u32, Vec<String>)>;

/// Takes the headings off the rows and finds what each column means.
fn head(
    rows: &mut Rows,
    context: CsvContext,
) -> Result<(Vec<String>, Vec<Option<Meaning>>), CsvError> {
    let first = &rows[0].1;
    let known = |cell: &String| {
        let cell = super::guard::bare(cell);
        Meaning::of_heading(cell).or_else(|| network_heading(cell, context.accounts))
    };
    let has_date = first.iter().any(|cell| is_date(cell));
    let mut meanings: Vec<Option<Meaning>> = first.iter().map(known).collect();
    let headings = if has_date || meanings.iter().all(Option::is_none) {
        // Some schedulers take tables without headings: date, text, link.
        meanings = guessed(rows);
        vec![String::new(); meanings.len()]
    } else {
        rows.remove(0).1
    };
    let mut seen: Vec<Meaning> = Vec::new();
    for slot in &mut meanings {
        if let Some(meaning) = slot {
            if seen.contains(meaning) && !meaning.may_repeat() {
                *slot = None;
            } else {
                seen.push(meaning.clone());
            }
        }
    }
    // A column called "posting time" holds the date as well when no other does.
    let has_when = seen.contains(&Meaning::When);
    for slot in &mut meanings {
        if *slot == Some(Meaning::Time) && !has_when {
            *slot = Some(Meaning::When);
        }
    }
    let says_something = |m: &Meaning| matches!(m, Meaning::Text(_) | Meaning::Files(_));
    if seen.iter().any(says_something) {
        Ok((headings, meanings))
    } else {
        Err(CsvError::NoText)
    }
}

/// A column named after a network that one of the accounts is on.
fn network_heading(heading: &str, accounts: &[Account]) -> Option<Meaning> {
    let account = accounts
        .iter()
        .find(|a| super::accounts::same_network(a, heading))?;
    Some(Meaning::Network(account.network.clone()))
}

fn is_date(cell: &str) -> bool {
    let either = [true, false].map(|day_first| Reading {
        day_first,
        unsure: 0,
    });
    cell.contains(|c: char| !c.is_ascii_digit())
        && either.iter().any(|r| dates::date(cell, *r).is_some())
}

/// Meanings of columns without headings: the first of dates, the longest of words, and addresses.
fn guessed(rows: &Rows) -> Vec<Option<Meaning>> {
    let columns = rows.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
    let cell = |row: &(u32, Vec<String>), i: usize| row.1.get(i).cloned().unwrap_or_default();
    let mostly = |i: usize, is: &dyn Fn(&str) -> bool| {
        let full: Vec<String> = rows
            .iter()
            .map(|r| cell(r, i))
            .filter(|c| !c.trim().is_empty())
            .collect();
        !full.is_empty() && full.iter().filter(|c| is(c)).count() * 2 > full.len()
    };
    let address = |c: &str| c.trim().starts_with("http") && !c.trim().contains(char::is_whitespace);
    let mut out: Vec<Option<Meaning>> = vec![None; columns];
    for (i, slot) in out.iter_mut().enumerate() {
        if mostly(i, &is_date) {
            *slot = Some(Meaning::When);
        } else if mostly(i, &address) {
            *slot = Some(Meaning::Link);
        }
    }
    let length = |i: usize| {
        rows.iter()
            .map(|r| cell(r, i).chars().count())
            .sum::<usize>()
    };
    let longest = (0..columns)
        .filter(|i| out[*i].is_none())
        .max_by_key(|i| length(*i));
    if let Some(longest) = longest {
        out[longest] = Some(Meaning::Text(0));
    }
    out
}

/// How the file's dates are read, and what to tell about it.
fn reading(rows: &Rows, meanings: &[Option<Meaning>], usual: DateOrder) -> (Reading, Vec<String>) {
    let column = meanings.iter().position(|m| *m == Some(Meaning::When));
    let cells = rows
        .iter()
        .filter_map(|(_, cells)| cells.get(column?))
        .map(String::as_str);
    let reading = dates::reading(cells, usual);
    let mut notes = Vec::new();
    if reading.unsure > 0 {
        let how = if reading.day_first {
            "day/month"
        } else {
            "month/day"
        };
        notes.push(format!(
            "Dates such as 3/4 are read as {how}. If that is wrong, change the order of dates in \
             the settings and import the file again."
        ));
    }
    (reading, notes)
}

#[cfg(test)]
#[path = "csv_tests.rs"]
mod tests;
