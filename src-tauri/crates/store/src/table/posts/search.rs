//! Full-text search: by beginnings of words, and inside the runs of scripts that put no spaces between
//! words.
//!
//! `posts_fts` knows words. Chinese, Japanese, Thai and others write whole sentences as what is one
//! word to it, so posts with such a script are in `posts_runs` as well, by every three characters that
//! follow each other. What is looked for is found anywhere there: three characters or more as a
//! phrase, fewer as the beginning of three.

use std::fmt::Write as _;

use model::post::Chip;
use model::{CalendarId, PostId};
use sqlx::AssertSqlSafe;

use super::chips::{ChipRow, chips};
use crate::conn::Conn;
use crate::error::Result;
use crate::table::words::{id_list, parse};

/// Words a query may have; more only cost time.
const MAX_WORDS: usize = 12;
/// Characters of a word that count.
const MAX_WORD: usize = 40;
/// Characters the index of runs holds together.
const TOGETHER: usize = 3;

/// Posts whose title, text, notes or labels have words beginning with every word of the query, or, in
/// scripts without spaces between words, have every word of the query anywhere; best first. Words
/// without letters or digits are ignored; a query of such words finds nothing.
pub async fn search(
    conn: &mut Conn,
    query: &str,
    calendars: &[CalendarId],
    limit: u32,
) -> Result<Vec<Chip>> {
    let Some(asked) = Asked::of(query) else {
        return Ok(Vec::new());
    };
    let sql = chips!(
        "FROM (
           SELECT pk, min(rank) AS rank FROM (
             SELECT rowid AS pk, bm25(posts_fts, 8.0, 4.0, 4.0, 1.0, 2.0) AS rank
             FROM posts_fts WHERE posts_fts MATCH ?1
             UNION ALL
             SELECT pk, 0.0 FROM ($runs))
           GROUP BY pk) hit
         CROSS JOIN posts p ON p.pk = hit.pk
         WHERE p.deleted_at IS NULL AND p.calendar_id IN (SELECT value FROM json_each(?2))
         ORDER BY hit.rank, p.id LIMIT ?3"
    )
    .replace("$runs", &asked.runs.sql(4));
    // Put together from fixed pieces alone; what was typed is bound.
    let mut statement = sqlx::query_as(AssertSqlSafe(sql))
        .bind(asked.beginnings)
        .bind(id_list(calendars)?)
        .bind(limit);
    for value in asked.runs.values() {
        statement = statement.bind(value);
    }
    let rows: Vec<ChipRow> = statement.fetch_all(conn.sql()).await?;
    chips(rows)
}

/// Which posts of these calendars `search` would find, all of them, in no order.
pub async fn find(conn: &mut Conn, query: &str, calendars: &[CalendarId]) -> Result<Vec<PostId>> {
    let Some(asked) = Asked::of(query) else {
        return Ok(Vec::new());
    };
    let sql = "SELECT p.id FROM (
           SELECT rowid AS pk FROM posts_fts WHERE posts_fts MATCH ?1
           UNION SELECT pk FROM ($runs)) hit
         CROSS JOIN posts p ON p.pk = hit.pk
         WHERE p.deleted_at IS NULL AND p.calendar_id IN (SELECT value FROM json_each(?2))"
        .replace("$runs", &asked.runs.sql(3));
    // Put together from fixed pieces alone; what was typed is bound.
    let mut statement = sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(asked.beginnings)
        .bind(id_list(calendars)?);
    for value in asked.runs.values() {
        statement = statement.bind(value);
    }
    let ids: Vec<String> = statement.fetch_all(conn.sql()).await?;
    ids.iter().map(|id| parse(id)).collect()
}

/// A query, ready for both indexes.
struct Asked {
    /// In the syntax of FTS5.
    beginnings: String,
    runs: Runs,
}

impl Asked {
    /// None when there is nothing to look for.
    fn of(query: &str) -> Option<Self> {
        let words = words_of(query);
        (!words.is_empty()).then(|| Self {
            beginnings: beginnings(&words),
            runs: Runs::of(&words),
        })
    }
}

fn words_of(query: &str) -> Vec<String> {
    query
        .split_whitespace()
        .filter(|w| w.chars().any(char::is_alphanumeric))
        .take(MAX_WORDS)
        .map(|w| w.chars().filter(|c| *c != '\0').take(MAX_WORD).collect())
        .collect()
}

/// In quotes nothing is an operator.
fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('"', "\"\""))
}

/// The query in the syntax of FTS5: each word taken as a beginning.
fn beginnings(words: &[String]) -> String {
    let all: Vec<String> = words.iter().map(|w| format!("{}*", quoted(w))).collect();
    all.join(" ")
}

/// A script that puts no spaces between words, as the index of runs takes it in.
const fn is_running(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1100}'..='\u{11ff}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{2e80}'..='\u{2fdf}'
        | '\u{3005}'..='\u{3007}'
        | '\u{3040}'..='\u{318f}'
        | '\u{31a0}'..='\u{31bf}'
        | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}'
        | '\u{20000}'..='\u{3fffd}')
}

/// What is looked for inside runs.
#[derive(Debug, Default, PartialEq, Eq)]
struct Runs {
    /// Three characters or more, in the syntax of FTS5.
    phrases: Option<String>,
    /// Fewer.
    short: Vec<String>,
}

impl Runs {
    /// Nothing when a word of another script is too short: nearly every post would hold it.
    fn of(words: &[String]) -> Self {
        let is_short = |w: &&String| w.chars().count() < TOGETHER;
        let runs = words.iter().any(|w| w.chars().any(is_running));
        if !runs && words.iter().any(|w| is_short(&w)) {
            return Self::default();
        }
        let long: Vec<String> = words
            .iter()
            .filter(|w| !is_short(w))
            .map(|w| quoted(w))
            .collect();
        Self {
            phrases: (!long.is_empty()).then(|| long.join(" ")),
            short: words
                .iter()
                .filter(is_short)
                .map(|w| w.to_lowercase())
                .collect(),
        }
    }

    /// The posts that hold all of it. Values are bound from this number on.
    fn sql(&self, first: usize) -> String {
        let mut parts = Vec::new();
        let mut n = first;
        if self.phrases.is_some() {
            parts.push(format!(
                "SELECT rowid AS pk FROM posts_runs WHERE posts_runs MATCH ?{n}"
            ));
            n += 1;
        }
        for _ in &self.short {
            let mut part = String::new();
            // Infallible: writing to a String.
            let _ = write!(
                part,
                "SELECT doc AS pk FROM posts_runs_terms WHERE term >= ?{n} AND term < ?{}",
                n + 1
            );
            parts.push(part);
            n += 2;
        }
        if parts.is_empty() {
            return "SELECT 0 AS pk WHERE 0".to_owned();
        }
        parts.join(" INTERSECT ")
    }

    fn values(self) -> Vec<String> {
        let short = self.short.into_iter().flat_map(|word| {
            let beyond = format!("{word}\u{10ffff}");
            [word, beyond]
        });
        self.phrases.into_iter().chain(short).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_typed_is_an_operator() {
        assert_eq!(
            beginnings(&words_of("a OR \"b")),
            r#""a"* "OR"* """b"*"#.to_owned()
        );
        assert!(words_of(" 🎉 -- ").is_empty());
    }

    #[test]
    fn short_words_look_into_runs_only_beside_a_script_of_runs() {
        let runs = |query| Runs::of(&words_of(query));
        assert_eq!(runs("at the"), Runs::default());
        assert_eq!(runs("Fuji photo").phrases.unwrap(), r#""Fuji" "photo""#);
        let mixed = runs("東京 TV 展覧会");
        assert_eq!(mixed.short, ["東京", "tv"]);
        assert_eq!(mixed.phrases.unwrap(), "\"展覧会\"");
    }
}
