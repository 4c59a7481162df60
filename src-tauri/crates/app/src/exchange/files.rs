//! Files that a row names.

use model::MediaId;

/// Where a file named in a CSV cell is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileSource {
    /// In the library, by its content hash: our own exports.
    Library(MediaId),
    /// On this computer; a relative path starts at the CSV file's folder.
    Path(String),
    /// On the web.
    Address(String),
}

/// A file a row wants on one of its segments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRef {
    /// The segment, from 0.
    pub segment: usize,
    /// Where the file is.
    pub source: FileSource,
    /// Its description; empty when the row has none.
    pub alt: String,
}

/// The files named in one cell: one a line in our own exports, and separated by commas or bars in
/// others'. An address keeps its commas when only spaces separate.
pub(super) fn sources(cell: &str) -> Vec<FileSource> {
    let cell = cell.trim();
    let by_line: Vec<&str> = cell.lines().collect();
    let parts: Vec<&str> = if by_line.len() > 1 {
        by_line
    } else if cell.matches("://").count() > 1 {
        cell.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|'))
            .collect()
    } else if cell.contains("://") {
        vec![cell]
    } else {
        cell.split(['|', ';', ',']).collect()
    };
    parts
        .into_iter()
        .map(|part| part.trim().trim_matches('"'))
        .filter(|part| !part.is_empty())
        .map(source)
        .collect()
}

fn source(name: &str) -> FileSource {
    let lower = name.to_lowercase();
    if lower.starts_with("https://") || lower.starts_with("http://") {
        return FileSource::Address(name.to_owned());
    }
    match name.parse() {
        Ok(id) => FileSource::Library(id),
        Err(_) => FileSource::Path(name.to_owned()),
    }
}

/// Descriptions as one cell: one a line, line breaks within written as `\n`.
pub(super) fn alts_cell<'a>(alts: impl Iterator<Item = &'a str>) -> String {
    let lines: Vec<String> = alts
        .map(|alt| {
            alt.replace('\\', "\\\\")
                .replace('\n', "\\n")
                .replace('\r', "\\r")
        })
        .collect();
    if lines.iter().all(String::is_empty) {
        String::new()
    } else {
        lines.join("\n")
    }
}

/// The descriptions of one cell.
pub(super) fn alts(cell: &str) -> Vec<String> {
    cell.split('\n').map(unescaped).collect()
}

fn unescaped(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut chars = line.trim_end_matches('\r').chars();
    while let Some(c) = chars.next() {
        match (c, chars.clone().next()) {
            ('\\', Some(next @ ('n' | 'r' | '\\'))) => {
                chars.next();
                out.push(match next {
                    'n' => '\n',
                    'r' => '\r',
                    other => other,
                });
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_told_apart() {
        let hash = "0".repeat(64);
        assert_eq!(
            sources(&format!("{hash}\nsea view.jpg")),
            [
                FileSource::Library(hash.parse().unwrap()),
                FileSource::Path("sea view.jpg".into())
            ]
        );
        let address = |a: &str| FileSource::Address(a.into());
        assert_eq!(
            sources("https://e.com/a,b.jpg"),
            [address("https://e.com/a,b.jpg")]
        );
        assert_eq!(
            sources("https://e.com/a.jpg, https://e.com/b.jpg"),
            [
                address("https://e.com/a.jpg"),
                address("https://e.com/b.jpg")
            ]
        );
        assert_eq!(sources("a.jpg|b.jpg").len(), 2);
        assert!(sources(" ").is_empty());
    }

    #[test]
    fn descriptions_come_back_with_their_line_breaks() {
        let all = ["a\nb", "", "back\\slash\\n", "c\r\nd"];
        assert_eq!(alts(&alts_cell(all.into_iter())), all);
    }
}
