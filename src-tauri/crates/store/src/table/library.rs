//! The library as a person uses it: looking through it, describing, labelling and deleting files.
//!
//! # The bin and the bytes
//!
//! A file that a post still to go out uses is not deleted. Any other one goes to the bin: it leaves the
//! library at once, its bytes stay where they are. After 30 days it is gone for good, bytes and all,
//! but only once no post that is kept here uses it, published ones and those in the bin included: what
//! was published keeps its picture in the history for as long as the post itself is kept, and a draft
//! keeps what it was written with.

use std::collections::BTreeMap;

use model::change::Subject;
use model::library::{FileOrder, FileQuery, FileUse};
use model::{MediaId, PostId};
use sqlx::AssertSqlSafe;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::files::{self, FileInfo, in_sight};
use super::posts::BIN_KEEPS;
use super::words::{id_list, parse, to_json};
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::tx::Tx;

/// Words of a query that count.
const MAX_WORDS: usize = 12;

/// A text as search compares it: small letters, without accents.
#[must_use]
pub fn fold(text: &str) -> String {
    let bare = text.nfkd().filter(|c| !is_combining_mark(*c));
    bare.flat_map(char::to_lowercase).collect()
}

/// What search looks through for one file.
pub(crate) fn folded(name: &str, labels: &[String], alt: &str) -> String {
    fold(&format!("{name}\n{}\n{alt}", labels.join("\n")))
}

/// Some files of a query, and how many there are in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePage {
    /// The files asked for.
    pub files: Vec<FileInfo>,
    /// How many the query finds.
    pub total: u32,
    /// How many the library has.
    pub whole: u32,
}

/// What every query asks; `?1` to `?5` are bound by `bound!`.
const MATCHES: &str = concat!(
    "FROM media m
  WHERE m.deleted_at IS NULL
    AND (?1 = '[]' OR
      CASE WHEN m.mime LIKE 'video/%' THEN 'video'
           WHEN m.mime LIKE 'image/%' THEN iif(m.moving, 'moving', 'picture')
           ELSE 'document' END IN (SELECT value FROM json_each(?1)))
    AND (?2 IS NULL OR ?2 = EXISTS (
      SELECT 1 FROM post_media u JOIN posts p ON p.id = u.post_id
      WHERE u.media_id = m.id AND ",
    in_sight!(),
    "))
    AND (?3 IS NULL OR m.id IN (SELECT media_id FROM post_media WHERE post_id = ?3))
    AND (?4 IS NULL OR EXISTS (SELECT 1 FROM json_each(m.labels) l WHERE l.value = ?4))
    AND NOT EXISTS (SELECT 1 FROM json_each(?5) w
      WHERE instr(coalesce(m.folded, lower(m.name || char(10) || m.alt)), w.value) = 0)"
);

const fn order_of(order: FileOrder) -> &'static str {
    match order {
        FileOrder::Newest => "ORDER BY m.imported_at DESC, m.id DESC",
        FileOrder::Name => "ORDER BY m.name COLLATE NOCASE, m.id",
        FileOrder::Largest => "ORDER BY m.bytes DESC, m.id",
        FileOrder::UnusedFirst => concat!(
            "ORDER BY EXISTS (
               SELECT 1 FROM post_media u JOIN posts p ON p.id = u.post_id
               WHERE u.media_id = m.id AND ",
            in_sight!(),
            "),
             m.imported_at DESC, m.id DESC"
        ),
    }
}

/// Binds what [`MATCHES`] asks for.
macro_rules! bound {
    ($statement:expr, $query:expr) => {{
        let query: &FileQuery = $query;
        let sorts: Vec<&str> = query.sorts.iter().map(|s| s.word()).collect();
        let words: Vec<String> = query
            .words
            .split_whitespace()
            .take(MAX_WORDS)
            .map(fold)
            .collect();
        $statement
            .bind(to_json(&sorts)?)
            .bind(query.usage.map(|u| u == FileUse::Used))
            .bind(query.used_in.map(|id| id.to_string()))
            .bind(query.label.clone())
            .bind(to_json(&words)?)
    }};
}

/// Files of a query from a place in its order on.
pub async fn page(conn: &mut Conn, query: &FileQuery, offset: u32, limit: u32) -> Result<FilePage> {
    let whole: u32 = sqlx::query_scalar("SELECT count(*) FROM media WHERE deleted_at IS NULL")
        .fetch_one(conn.sql())
        .await?;
    let everything = FileQuery {
        order: query.order,
        ..FileQuery::default()
    };
    let total = if *query == everything {
        whole
    } else {
        let sql = AssertSqlSafe(format!("SELECT count(*) {MATCHES}"));
        bound!(sqlx::query_scalar(sql), query)
            .fetch_one(conn.sql())
            .await?
    };
    let ids = some_ids(conn, query, offset, limit).await?;
    Ok(FilePage {
        files: files::get_many(conn, &ids).await?,
        total,
        whole,
    })
}

/// Every file of a query, in order.
pub async fn ids(conn: &mut Conn, query: &FileQuery) -> Result<Vec<MediaId>> {
    some_ids(conn, query, 0, u32::MAX).await
}

async fn some_ids(
    conn: &mut Conn,
    query: &FileQuery,
    offset: u32,
    limit: u32,
) -> Result<Vec<MediaId>> {
    // Put together from fixed pieces alone; what was typed is bound.
    let sql = AssertSqlSafe(format!(
        "SELECT m.id {MATCHES} {} LIMIT ?6 OFFSET ?7",
        order_of(query.order)
    ));
    let rows: Vec<String> = bound!(sqlx::query_scalar(sql), query)
        .bind(limit)
        .bind(offset)
        .fetch_all(conn.sql())
        .await?;
    rows.iter().map(|id| parse(id)).collect()
}

/// Every label of files that are not in the bin, and how many have it.
pub async fn labels(conn: &mut Conn) -> Result<Vec<(String, u32)>> {
    Ok(sqlx::query_as(
        "SELECT l.value, count(*) FROM media m, json_each(m.labels) l
         WHERE m.deleted_at IS NULL AND m.labels <> '[]'
         GROUP BY l.value ORDER BY l.value COLLATE NOCASE",
    )
    .fetch_all(conn.sql())
    .await?)
}

/// Words about a file; what is none stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    /// Its name.
    pub name: Option<String>,
    /// What new uses start with as their description.
    pub alt: Option<String>,
    /// Who owns it and what is allowed.
    pub rights: Option<String>,
    /// Its labels.
    pub labels: Option<Vec<String>>,
}

/// Sets words about a file that is not in the bin.
pub async fn describe(tx: &mut Tx, id: &MediaId, words: &Description) -> Result<FileInfo> {
    let mut file = files::get(tx, id).await?;
    if file.deleted_at.is_some() {
        return Err(StoreError::not_found("file"));
    }
    let take = |to: &mut String, from: &Option<String>| {
        if let Some(text) = from {
            to.clone_from(text);
        }
    };
    take(&mut file.name, &words.name);
    take(&mut file.alt, &words.alt);
    take(&mut file.rights, &words.rights);
    if let Some(labels) = &words.labels {
        file.labels.clone_from(labels);
    }
    sqlx::query(
        "UPDATE media SET name = ?, alt = ?, rights = ?, labels = ?, folded = ? WHERE id = ?",
    )
    .bind(&file.name)
    .bind(&file.alt)
    .bind(&file.rights)
    .bind(to_json(&file.labels)?)
    .bind(folded(&file.name, &file.labels, &file.alt))
    .bind(id.as_str())
    .execute(tx.sql())
    .await?;
    tx.changed(Subject::Media, id);
    Ok(file)
}

/// Makes what search looks through for files that came before it was kept.
pub async fn fold_old(tx: &mut Tx) -> Result<()> {
    let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM media WHERE folded IS NULL")
        .fetch_all(tx.sql())
        .await?;
    for id in ids {
        let file = files::get(tx, &parse(&id)?).await?;
        sqlx::query("UPDATE media SET folded = ? WHERE id = ?")
            .bind(folded(&file.name, &file.labels, &file.alt))
            .bind(&id)
            .execute(tx.sql())
            .await?;
    }
    Ok(())
}

/// A file that was not deleted, since a post still to go out uses it, or a workspace marks its pictures
/// with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StillNeeded {
    /// The file.
    pub id: MediaId,
    /// Its name.
    pub name: String,
    /// First words of one of the posts; may be empty.
    pub post: String,
    /// How many posts need it; none of a watermark.
    pub posts: u32,
}

/// Every use of some files, those in unconfirmed edits included, with `wanted` as the files.
const USES: &str = "WITH wanted (id) AS (SELECT value FROM json_each(?1)),
  uses (media_id, post_id) AS (
    SELECT u.media_id, u.post_id FROM post_media u WHERE u.media_id IN (SELECT id FROM wanted)
    UNION
    SELECT wanted.id, w.post_id FROM working_copies w JOIN wanted ON instr(w.draft, wanted.id))";

/// Of these files, those that are the watermark of a workspace.
async fn marks(conn: &mut Conn, ids: &[MediaId]) -> Result<Vec<MediaId>> {
    let rows: Vec<String> = sqlx::query_scalar(
        "SELECT w.value FROM json_each(?) w
         WHERE EXISTS (SELECT 1 FROM settings s
           WHERE s.key LIKE 'workspace.%.watermark' AND instr(s.value, w.value))",
    )
    .bind(id_list(ids)?)
    .fetch_all(conn.sql())
    .await?;
    rows.iter().map(|id| parse(id)).collect()
}

/// Of these files, those that posts still to go out use, and watermarks.
pub async fn needed(conn: &mut Conn, ids: &[MediaId]) -> Result<Vec<StillNeeded>> {
    const IN_SIGHT: &str = in_sight!();
    let sql = AssertSqlSafe(format!(
        "{USES}
         SELECT m.id, m.name, p.words, count(*)
         FROM uses u JOIN posts p ON p.id = u.post_id JOIN media m ON m.id = u.media_id
         WHERE {IN_SIGHT} AND p.editorial = 'scheduled'
           AND EXISTS (SELECT 1 FROM targets t
             WHERE t.post_id = p.id AND t.called_off = 0
               AND t.state NOT IN ('published', 'cancelled'))
         GROUP BY m.id ORDER BY m.name, m.id"
    ));
    let rows: Vec<(String, String, String, u32)> = sqlx::query_as(sql)
        .bind(id_list(ids)?)
        .fetch_all(conn.sql())
        .await?;
    let mut needed: Vec<StillNeeded> = rows
        .into_iter()
        .map(|(id, name, post, posts)| {
            Ok(StillNeeded {
                id: parse(&id)?,
                name,
                post,
                posts,
            })
        })
        .collect::<Result<_>>()?;
    let mut marking = marks(conn, ids).await?;
    marking.retain(|id| needed.iter().all(|known| known.id != *id));
    for file in files::get_many(conn, &marking).await? {
        needed.push(StillNeeded {
            id: file.id,
            name: file.name,
            post: String::new(),
            posts: 0,
        });
    }
    Ok(needed)
}

/// Of these files, how many posts that are kept here use each, those in the bin included; a watermark
/// counts as one.
pub async fn uses(conn: &mut Conn, ids: &[MediaId]) -> Result<BTreeMap<MediaId, u32>> {
    let sql = AssertSqlSafe(format!(
        "{USES} SELECT media_id, count(DISTINCT post_id) FROM uses GROUP BY media_id"
    ));
    let rows: Vec<(String, u32)> = sqlx::query_as(sql)
        .bind(id_list(ids)?)
        .fetch_all(conn.sql())
        .await?;
    let mut uses: BTreeMap<MediaId, u32> = rows
        .into_iter()
        .map(|(id, count)| Ok((parse(&id)?, count)))
        .collect::<Result<_>>()?;
    for id in marks(conn, ids).await? {
        *uses.entry(id).or_default() += 1;
    }
    Ok(uses)
}

/// Puts files into the bin. The caller has left out those that are [`needed`].
pub async fn remove(tx: &mut Tx, ids: &[MediaId]) -> Result<()> {
    let now = tx.now().as_millis();
    mark(
        tx,
        "UPDATE media SET deleted_at = ?2
         WHERE id IN (SELECT value FROM json_each(?1)) AND deleted_at IS NULL RETURNING id",
        ids,
        now,
    )
    .await
    .map(drop)
}

/// Takes files out of the bin.
pub async fn restore(tx: &mut Tx, ids: &[MediaId]) -> Result<()> {
    mark(
        tx,
        "UPDATE media SET deleted_at = NULL
         WHERE id IN (SELECT value FROM json_each(?1)) AND deleted_at IS NOT NULL
           AND ?2 IS NOT NULL RETURNING id",
        ids,
        0,
    )
    .await
    .map(drop)
}

/// Forgets files of the bin for good; their bytes are the caller's to remove once this is on disk.
/// Refused for files that posts kept here use.
pub async fn purge(tx: &mut Tx, ids: &[MediaId]) -> Result<Vec<MediaId>> {
    let used = uses(tx, ids).await?;
    if let Some((id, posts)) = used.first_key_value() {
        let name = files::get(tx, id).await?.name;
        let those = if *posts == 1 {
            "a post that is".to_owned()
        } else {
            format!("{posts} posts that are")
        };
        return Err(StoreError::Conflict(format!(
            "\"{name}\" stays, since {those} kept here shows it. It goes by itself once nothing does."
        )));
    }
    mark(
        tx,
        "DELETE FROM media
         WHERE id IN (SELECT value FROM json_each(?1)) AND deleted_at IS NOT NULL
           AND ?2 IS NOT NULL RETURNING id",
        ids,
        0,
    )
    .await
}

/// Forgets for good what was in the bin for 30 days and no post that is kept here uses.
pub async fn purge_expired(tx: &mut Tx) -> Result<Vec<MediaId>> {
    let before = tx.now().minus(BIN_KEEPS).as_millis();
    let ids: Vec<String> =
        sqlx::query_scalar("SELECT id FROM media WHERE deleted_at IS NOT NULL AND deleted_at < ?")
            .bind(before)
            .fetch_all(tx.sql())
            .await?;
    let ids: Vec<MediaId> = ids.iter().map(|id| parse(id)).collect::<Result<_>>()?;
    let used = uses(tx, &ids).await?;
    let gone: Vec<MediaId> = ids
        .into_iter()
        .filter(|id| !used.contains_key(id))
        .collect();
    purge(tx, &gone).await
}

async fn mark(
    tx: &mut Tx,
    sql: &'static str,
    ids: &[MediaId],
    moment: i64,
) -> Result<Vec<MediaId>> {
    let rows: Vec<String> = sqlx::query_scalar(sql)
        .bind(id_list(ids)?)
        .bind(moment)
        .fetch_all(tx.sql())
        .await?;
    let done: Vec<MediaId> = rows.iter().map(|id| parse(id)).collect::<Result<_>>()?;
    for id in &done {
        tx.changed(Subject::Media, id);
    }
    Ok(done)
}

/// Of these files, those that no row of the library and no post knows.
pub async fn unknown(conn: &mut Conn, ids: &[MediaId]) -> Result<Vec<MediaId>> {
    let sql = AssertSqlSafe(format!(
        "{USES} SELECT id FROM wanted
         WHERE id NOT IN (SELECT id FROM media) AND id NOT IN (SELECT media_id FROM uses)"
    ));
    let rows: Vec<String> = sqlx::query_scalar(sql)
        .bind(id_list(ids)?)
        .fetch_all(conn.sql())
        .await?;
    rows.iter().map(|id| parse(id)).collect()
}

/// The posts of [`files::used_in`] that are in sight, at most so many, and how many there are.
pub async fn shown_in(conn: &mut Conn, id: &MediaId, limit: u32) -> Result<(Vec<PostId>, u32)> {
    let rows: Vec<String> = sqlx::query_scalar(concat!(
        "SELECT p.id FROM posts p
         WHERE ",
        in_sight!(),
        " AND p.id IN (SELECT post_id FROM post_media WHERE media_id = ?)
         ORDER BY coalesce(p.at, p.updated_at) DESC, p.id",
    ))
    .bind(id.as_str())
    .fetch_all(conn.sql())
    .await?;
    let total = rows.len() as u32;
    let some = rows.iter().take(limit as usize).map(|id| parse(id));
    Ok((some.collect::<Result<_>>()?, total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_compares_without_capitals_and_accents() {
        assert_eq!(fold("Übersicht STRASSE"), "ubersicht strasse");
        assert_eq!(fold("Ｃafé"), "cafe");
        assert_eq!(fold("東京タワー.JPG"), "東京タワー.jpg");
        assert_eq!(
            folded("A.png", &["Spring Sale".to_owned()], "Élan"),
            "a.png\nspring sale\nelan"
        );
    }
}
