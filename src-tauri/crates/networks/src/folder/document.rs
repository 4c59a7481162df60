//! A post as a Markdown file with YAML front matter, written and read back.

use std::fmt::Write as _;

use model::TargetId;

/// The name of the front-matter field that says which delivery a file is.
const ID_FIELD: &str = "id";

/// A file that belongs to a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// Path from the folder, with `/`.
    pub file: String,
    /// Media type.
    pub mime: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Description; may be empty.
    pub alt: String,
}

/// One segment as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The text, with control characters dropped.
    pub text: String,
    /// Its files.
    pub media: Vec<Attached>,
}

/// Everything that goes into a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The delivery.
    pub id: TargetId,
    /// Title, or the first words.
    pub title: String,
    /// RFC 3339 with the offset of the post's zone.
    pub date: String,
    /// Labels.
    pub labels: Vec<String>,
    /// The account's name.
    pub account: String,
    /// The segments, at least one.
    pub parts: Vec<Part>,
}

/// What is read back from a file to list it in the feed or to recognise it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The delivery.
    pub id: TargetId,
    /// Title.
    pub title: String,
    /// RFC 3339 with offset.
    pub date: String,
    /// Labels.
    pub labels: Vec<String>,
}

/// Whether YAML and XML both take a character; the others cannot be shown and only break readers.
#[must_use]
pub fn is_writable(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r')
        || (c >= ' '
            && !matches!(c, '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}'))
}

/// The text without control characters, with Unix line ends.
#[must_use]
pub fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .map(|c| if c == '\r' { '\n' } else { c })
        .filter(|c| is_writable(*c))
        .collect()
}

/// A YAML double-quoted scalar. JSON strings are valid YAML, and nothing typed by a person can
/// leave the quotes.
fn quoted(text: &str) -> String {
    serde_json::Value::from(clean(text)).to_string()
}

impl Document {
    /// The whole file.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut out = String::from("---\n");
        // Writing into a String cannot fail.
        let _ = writeln!(out, "title: {}", quoted(&self.title));
        let _ = writeln!(out, "date: {}", self.date);
        if self.labels.is_empty() {
            out.push_str("labels: []\n");
        } else {
            out.push_str("labels:\n");
            for label in &self.labels {
                let _ = writeln!(out, "  - {}", quoted(label));
            }
        }
        let _ = writeln!(out, "account: {}", quoted(&self.account));
        let _ = writeln!(out, "{ID_FIELD}: {}", quoted(&self.id.to_string()));
        let _ = writeln!(out, "parts: {}", self.parts.len());
        let media = || {
            self.parts
                .iter()
                .enumerate()
                .flat_map(|(n, p)| p.media.iter().map(move |m| (n, m)))
        };
        if media().next().is_none() {
            out.push_str("media: []\n");
        } else {
            out.push_str("media:\n");
            for (part, file) in media() {
                let _ = writeln!(out, "  - file: {}", quoted(&file.file));
                let _ = writeln!(out, "    alt: {}", quoted(&file.alt));
                let _ = writeln!(out, "    part: {}", part + 1);
            }
        }
        out.push_str("---\n");
        for (n, part) in self.parts.iter().enumerate() {
            if n > 0 {
                let _ = write!(out, "\n---\n\n<!-- part {} -->\n", n + 1);
            }
            let text = part.text.trim_end();
            if !text.is_empty() {
                let _ = write!(out, "\n{text}\n");
            }
            for file in &part.media {
                let mark = if file.mime.starts_with("image/") {
                    "!"
                } else {
                    ""
                };
                let _ = write!(
                    out,
                    "\n{mark}[{}]({})\n",
                    link_text(&file.alt),
                    link_target(&file.file)
                );
            }
        }
        out
    }
}

/// Text between the brackets of a Markdown link: on one line, with the brackets' own signs escaped.
fn link_text(text: &str) -> String {
    let mut out = String::new();
    for c in clean(text).chars() {
        match c {
            '\n' | '\t' => out.push(' '),
            '[' | ']' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// The target of a Markdown link; our own names have neither brackets nor line ends.
fn link_target(file: &str) -> String {
    format!("<{file}>")
}

/// Reads the front matter of a file written here; none when it was written by anything else.
#[must_use]
pub fn read_header(file: &[u8]) -> Option<Header> {
    // A cut in the middle of a character only concerns the end, and the header is at the start.
    let text = String::from_utf8_lossy(file);
    let (head, _) = text.strip_prefix("---\n")?.split_once("\n---\n")?;
    let field = |name: &str| {
        head.lines()
            .find_map(|l| l.strip_prefix(name)?.strip_prefix(": "))
            .map(str::trim)
    };
    let string = |text: &str| serde_json::from_str::<String>(text).ok();
    let labels = head
        .lines()
        .skip_while(|l| *l != "labels:")
        .skip(1)
        .map_while(|l| l.strip_prefix("  - "))
        .filter_map(string)
        .collect();
    Some(Header {
        id: string(field(ID_FIELD)?)?.parse().ok()?,
        title: field("title").and_then(string)?,
        date: field("date")?.to_owned(),
        labels,
    })
}

/// The text below the front matter.
#[must_use]
pub fn read_body(file: &[u8]) -> String {
    let text = String::from_utf8_lossy(file);
    text.strip_prefix("---\n")
        .and_then(|t| t.split_once("\n---\n"))
        .map(|(_, body)| body.trim().to_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Document {
        Document {
            id: TargetId(uuid::Uuid::from_u128(7)),
            title: "\"Sale\": it's\n---\nid: \"x\" 🎉".to_owned(),
            date: "2026-05-14T09:05:00+02:00".to_owned(),
            labels: vec!["spring".to_owned(), "- odd: [label]".to_owned()],
            account: "My notes".to_owned(),
            parts: vec![
                Part {
                    text: "First\u{0}\u{b} part".to_owned(),
                    media: vec![Attached {
                        file: "media/2026-05-14-sale-1.jpg".to_owned(),
                        mime: "image/jpeg".to_owned(),
                        bytes: 12,
                        alt: "A [red] door\nat night".to_owned(),
                    }],
                },
                Part {
                    text: "Second".to_owned(),
                    media: vec![],
                },
            ],
        }
    }

    #[test]
    fn reads_back_what_it_wrote_whatever_the_title_tries() {
        let file = document().to_markdown();
        let header = read_header(file.as_bytes()).unwrap();
        assert_eq!(header.id, document().id);
        assert_eq!(header.title, document().title);
        assert_eq!(header.labels, document().labels);
        assert_eq!(header.date, document().date);
    }

    #[test]
    fn writes_parts_and_pictures_in_order() {
        let file = Document {
            title: "Sale".to_owned(),
            labels: vec![],
            ..document()
        }
        .to_markdown();
        let expected = "---\n\
            title: \"Sale\"\n\
            date: 2026-05-14T09:05:00+02:00\n\
            labels: []\n\
            account: \"My notes\"\n\
            id: \"00000000-0000-0000-0000-000000000007\"\n\
            parts: 2\n\
            media:\n\
            \x20 - file: \"media/2026-05-14-sale-1.jpg\"\n\
            \x20   alt: \"A [red] door\\nat night\"\n\
            \x20   part: 1\n\
            ---\n\
            \nFirst\u{0}\u{b} part\n\
            \n![A \\[red\\] door at night](<media/2026-05-14-sale-1.jpg>)\n\
            \n---\n\n<!-- part 2 -->\n\
            \nSecond\n";
        assert_eq!(file, expected);
        assert_eq!(clean("a\u{0}\u{b}\r\nb\rc\u{ffff}"), "a\nb\nc");
    }

    #[test]
    fn files_of_others_are_not_ours() {
        for other in [
            "",
            "# Title",
            "---\ntitle: Mine\n---\n\ntext",
            "---\nid: \"no uuid\"\n---\n",
        ] {
            assert_eq!(read_header(other.as_bytes()), None, "{other:?}");
        }
    }
}
