//! From bytes to a table of cells: encoding, separator, bounds.

use csv::{ReaderBuilder, StringRecord};

use super::columns::Meaning;
use crate::text_file::decoded;

/// Largest CSV file read, in bytes.
pub const MAX_CSV_BYTES: usize = 50_000_000;
/// Most rows read.
pub const MAX_CSV_ROWS: usize = 20_000;
/// Most columns read; no scheduler writes more than a hundred.
const MAX_COLUMNS: usize = 400;

/// A file that is no table of posts, in a sentence.
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    /// Nothing in it.
    #[error("Nothing was imported: the file is empty.")]
    Empty,
    /// Too many bytes.
    #[error("Nothing was imported: the file is larger than 50 MB. Split it and import the parts.")]
    TooBig,
    /// Too many rows.
    #[error(
        "Nothing was imported: the file has more than 20,000 rows. Split it and import the parts."
    )]
    TooManyRows,
    /// Too many columns.
    #[error("Nothing was imported: the file has more than 400 columns, so it is no list of posts.")]
    TooManyColumns,
    /// A workbook and not a text file.
    #[error(
        "Nothing was imported: this is an Excel or OpenDocument file. Save it as CSV and import that."
    )]
    Workbook,
    /// Some other binary file.
    #[error("Nothing was imported: this is not a text file. Choose a file that ends in .csv.")]
    NotText,
    /// No column could be the text.
    #[error(
        "Nothing was imported: no column looks like the text of a post. Name one \"text\" in the \
         first row and import the file again."
    )]
    NoText,
}

/// A table of cells.
pub(super) struct Table {
    /// Rows with the line each begins on, from 1. The first may be headings.
    pub rows: Vec<(u32, Vec<String>)>,
}

/// Reads the table.
pub(super) fn table(bytes: &[u8]) -> Result<Table, CsvError> {
    if bytes.len() > MAX_CSV_BYTES {
        return Err(CsvError::TooBig);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(CsvError::Workbook);
    }
    let text = decoded(bytes).ok_or(CsvError::NotText)?;
    let (named, text, skipped) = named_separator(&text);
    let separator = named.unwrap_or_else(|| likely_separator(text));
    let mut rows = Vec::new();
    let mut reader = reader(text, separator);
    let mut record = StringRecord::new();
    // A text in memory that is valid UTF-8 and may have rows of any length gives no errors.
    while reader.read_record(&mut record).unwrap_or(false) {
        if record.len() > MAX_COLUMNS {
            return Err(CsvError::TooManyColumns);
        }
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if rows.len() > MAX_CSV_ROWS {
            return Err(CsvError::TooManyRows);
        }
        let line = record.position().map_or(0, |at| first_line(text, at)) + skipped;
        let cells = record.iter().map(str::to_owned).collect();
        rows.push((u32::try_from(line).unwrap_or(u32::MAX), cells));
    }
    if rows.is_empty() {
        Err(CsvError::Empty)
    } else {
        Ok(Table { rows })
    }
}

/// The line a row begins on. The reader counts from the end of the row before, so empty lines in
/// between are added.
fn first_line(text: &str, at: &csv::Position) -> u64 {
    let from = text.as_bytes().get(at.byte() as usize..).unwrap_or(&[]);
    let between = from.iter().take_while(|b| matches!(b, b'\n' | b'\r'));
    at.line() + between.filter(|b| **b == b'\n').count() as u64
}

fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes())
}

/// A first line such as `sep=;`, which Excel writes and reads: the separator, the rest, and how many
/// lines it took.
fn named_separator(text: &str) -> (Option<u8>, &str, u64) {
    let named = |rest: &str| {
        let (line, rest) = rest.split_once('\n')?;
        let mark = line.trim_end_matches('\r').as_bytes();
        (mark.len() == 1).then(|| (mark[0], text.len() - rest.len()))
    };
    match text.strip_prefix("sep=").and_then(named) {
        Some((mark, at)) => (Some(mark), &text[at..], 1),
        None => (None, text, 0),
    }
}

/// The separator under which most headings are known and most rows are equally long.
fn likely_separator(text: &str) -> u8 {
    const LOOKED_AT: usize = 20;
    let score = |separator: &u8| {
        let rows: Vec<StringRecord> = reader(text, *separator)
            .records()
            .take(LOOKED_AT)
            .filter_map(Result::ok)
            .collect();
        let Some(first) = rows.first() else {
            return (0, 0, 0);
        };
        let known = first
            .iter()
            .filter(|cell| Meaning::of_heading(cell).is_some())
            .count();
        let alike = rows.iter().filter(|row| row.len() == first.len()).count();
        let columns = first.len();
        (known, if columns > 1 { alike } else { 0 }, columns)
    };
    // The first of equals: a comma.
    *b",;\t|"
        .iter()
        .rev()
        .max_by_key(|s| score(s))
        .unwrap_or(&b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
        table(bytes)
            .unwrap()
            .rows
            .into_iter()
            .map(|(_, cells)| cells)
            .collect()
    }

    #[test]
    fn every_usual_separator_and_encoding_gives_the_same_table() {
        let want = vec![
            vec!["date", "text"],
            vec!["2026-05-14", "Grüße, alle; zusammen"],
        ];
        let with = |separator: char| {
            format!("date{separator}text\r\n2026-05-14{separator}\"Grüße, alle; zusammen\"\r\n")
        };
        let (comma, semicolon, tab) = (with(','), with(';'), with('\t'));
        let utf16 = |text: &str, mark: &[u8], big: bool| {
            let units = text.encode_utf16().flat_map(|u| {
                if big {
                    u.to_be_bytes()
                } else {
                    u.to_le_bytes()
                }
            });
            mark.iter().copied().chain(units).collect::<Vec<u8>>()
        };
        let windows = encoding_rs::WINDOWS_1252.encode(&semicolon).0.into_owned();
        let files: [Vec<u8>; 8] = [
            comma.clone().into_bytes(),
            semicolon.clone().into_bytes(),
            tab.clone().into_bytes(),
            format!("\u{feff}{comma}").into_bytes(),
            format!("sep=|\r\n{}", with('|')).into_bytes(),
            utf16(&tab, b"\xff\xfe", false),
            utf16(&comma, b"", true),
            windows,
        ];
        for file in files {
            assert_eq!(cells(&file), want);
        }
    }

    #[test]
    fn lines_are_counted_as_an_editor_does() {
        let text = "text\n\n\"two\nlines\"\nlast";
        let lines: Vec<u32> = table(text.as_bytes())
            .unwrap()
            .rows
            .iter()
            .map(|r| r.0)
            .collect();
        assert_eq!(lines, [1, 3, 5]);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        assert!(matches!(table(b""), Err(CsvError::Empty)));
        assert!(matches!(table(b"\n\n , \n"), Err(CsvError::Empty)));
        assert!(matches!(table(b"PK\x03\x04rest"), Err(CsvError::Workbook)));
        assert!(matches!(
            table(b"\x89\x00\xff\x01\x02\x03\x04\x05\x06"),
            Err(CsvError::NotText)
        ));
        let many = "text\n".repeat(MAX_CSV_ROWS + 2);
        assert!(matches!(table(many.as_bytes()), Err(CsvError::TooManyRows)));
        assert!(matches!(
            table(&vec![b'a'; MAX_CSV_BYTES + 1]),
            Err(CsvError::TooBig)
        ));
        assert!(matches!(
            table(",".repeat(500).as_bytes()),
            Err(CsvError::TooManyColumns)
        ));
    }
}
