//! Files in the library: what is known about each, and where it is used. The bytes are in `media`.

use model::change::Subject;
use model::clip::Clip;
use model::document::DocumentFacts;
use model::{MediaId, PostId, Timestamp};

use super::library::folded;
use super::words::{at, id_list, json, parse, to_json};
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::tx::Tx;

/// What is known about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileInfo {
    /// Hash of its bytes.
    pub id: MediaId,
    /// Kind, found by looking inside.
    pub mime: String,
    /// Size.
    pub bytes: u64,
    /// Pixels across.
    pub width: Option<u32>,
    /// Pixels down.
    pub height: Option<u32>,
    /// The name it came with.
    pub name: String,
    /// Description that a new use starts with.
    pub alt: String,
    /// When it came.
    pub imported_at: Timestamp,
    /// What is inside a video; none of other files, and while nobody could look.
    pub clip: Option<Clip>,
    /// What is inside a document; none of other files, and while nobody could look.
    pub document: Option<DocumentFacts>,
    /// Number of the way in which it was looked into; 0 while nobody did.
    pub probed: u32,
    /// It was not there when last looked at.
    pub missing: bool,
    /// How many posts that are in sight use it; those in the bin are not.
    pub used: u32,
    /// Labels.
    pub labels: Vec<String>,
    /// A note on who owns it and what is allowed.
    pub rights: String,
    /// A picture with more than one frame.
    pub moving: bool,
    /// When it went to the bin.
    pub deleted_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    mime: String,
    bytes: i64,
    width: Option<u32>,
    height: Option<u32>,
    name: String,
    alt: String,
    imported_at: i64,
    clip: Option<String>,
    document: Option<String>,
    probed: u32,
    missing: bool,
    used: u32,
    labels: String,
    rights: String,
    moving: bool,
    deleted_at: Option<i64>,
}

impl TryFrom<Row> for FileInfo {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: parse(&row.id)?,
            mime: row.mime,
            bytes: row.bytes as u64,
            width: row.width,
            height: row.height,
            name: row.name,
            alt: row.alt,
            imported_at: at(row.imported_at),
            clip: read_clip(row.clip.as_deref())?,
            document: read_document(row.document.as_deref())?,
            probed: row.probed,
            missing: row.missing,
            used: row.used,
            labels: json(&row.labels)?,
            rights: row.rights,
            moving: row.moving,
            deleted_at: row.deleted_at.map(at),
        })
    }
}

/// The condition on a post `p` that it is in sight: it is not in the bin, nor are its calendar and workspace, with
/// which it is out of sight and goes nowhere.
macro_rules! in_sight {
    () => {
        "(p.deleted_at IS NULL AND EXISTS (
           SELECT 1 FROM calendars c JOIN workspaces w ON w.id = c.workspace_id
           WHERE c.id = p.calendar_id AND c.deleted_at IS NULL AND w.deleted_at IS NULL))"
    };
}
pub(crate) use in_sight;

macro_rules! files {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.mime, m.bytes, m.width, m.height, m.name, m.alt, m.imported_at,
               m.clip, m.document, m.probed, m.missing, m.labels, m.rights, m.moving, m.deleted_at,
               (SELECT count(DISTINCT u.post_id) FROM post_media u JOIN posts p ON p.id = u.post_id
                WHERE u.media_id = m.id AND ",
            in_sight!(),
            ") AS used ",
            $rest
        )
    };
}

/// These files; unknown ones are left out.
pub async fn get_many(conn: &mut Conn, ids: &[MediaId]) -> Result<Vec<FileInfo>> {
    let rows: Vec<Row> = sqlx::query_as(files!(
        "FROM json_each(?) wanted JOIN media m ON m.id = wanted.value ORDER BY wanted.key"
    ))
    .bind(id_list(ids)?)
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter().map(FileInfo::try_from).collect()
}

/// One file.
pub async fn get(conn: &mut Conn, id: &MediaId) -> Result<FileInfo> {
    get_many(conn, std::slice::from_ref(id))
        .await?
        .pop()
        .ok_or(StoreError::not_found("file"))
}

/// Every file, those of the bin included, newest first.
pub async fn all(conn: &mut Conn) -> Result<Vec<FileInfo>> {
    let rows: Vec<Row> = sqlx::query_as(files!("FROM media m ORDER BY m.imported_at DESC, m.id"))
        .fetch_all(conn.sql())
        .await?;
    rows.into_iter().map(FileInfo::try_from).collect()
}

/// Notes a file that came. One that is known keeps its name, texts, labels and time, counts as there,
/// and comes out of the bin. Tells whether it was in the library before.
pub async fn put(tx: &mut Tx, file: &FileInfo) -> Result<bool> {
    let known: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM media WHERE id = ? AND deleted_at IS NULL)",
    )
    .bind(file.id.as_str())
    .fetch_one(tx.sql())
    .await?;
    sqlx::query(
        "INSERT INTO media (id, mime, bytes, width, height, name, alt, imported_at, clip,
           document, probed, missing, labels, rights, moving, folded, deleted_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET missing = excluded.missing, moving = excluded.moving,
           deleted_at = excluded.deleted_at",
    )
    .bind(file.id.as_str())
    .bind(&file.mime)
    .bind(file.bytes as i64)
    .bind(file.width)
    .bind(file.height)
    .bind(&file.name)
    .bind(&file.alt)
    .bind(file.imported_at.as_millis())
    .bind(file.clip.map(|clip| to_json(&clip)).transpose()?)
    .bind(
        file.document
            .map(|document| to_json(&document))
            .transpose()?,
    )
    .bind(file.probed)
    .bind(file.missing)
    .bind(to_json(&file.labels)?)
    .bind(&file.rights)
    .bind(file.moving)
    .bind(folded(&file.name, &file.labels, &file.alt))
    .bind(file.deleted_at.map(Timestamp::as_millis))
    .execute(tx.sql())
    .await?;
    tx.changed(Subject::Media, &file.id);
    Ok(known)
}

/// What is inside a video, as rows keep it.
pub(crate) fn read_clip(text: Option<&str>) -> Result<Option<Clip>> {
    text.map(json).transpose()
}

/// What is inside a document, as rows keep it.
pub(crate) fn read_document(text: Option<&str>) -> Result<Option<DocumentFacts>> {
    text.map(json).transpose()
}

/// Videos that nobody looked into in the way with this number, a few at a time: an older way may have missed that
/// they tell a place, and what came from elsewhere says of itself what it likes. And such documents, where nothing is
/// known of them.
pub async fn unprobed(conn: &mut Conn, probe: u32) -> Result<Vec<FileInfo>> {
    let rows: Vec<Row> = sqlx::query_as(files!(
        "FROM media m
         WHERE (m.mime LIKE 'video/%'
             OR m.mime = 'application/pdf' AND m.document IS NULL)
           AND m.probed < ? AND NOT m.missing
         ORDER BY m.imported_at DESC, m.id LIMIT 50"
    ))
    .bind(probe)
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter().map(FileInfo::try_from).collect()
}

/// Notes what was found inside a video, and in which way it was looked. Where nothing was found, what is known of it
/// stays.
pub async fn set_clip(
    tx: &mut Tx,
    id: &MediaId,
    size: Option<(u32, u32)>,
    clip: Option<Clip>,
    probe: u32,
) -> Result<()> {
    let (width, height) = size.unzip();
    sqlx::query(
        "UPDATE media SET width = coalesce(?, width), height = coalesce(?, height),
           clip = coalesce(?, clip), probed = ? WHERE id = ?",
    )
    .bind(width)
    .bind(height)
    .bind(clip.map(|clip| to_json(&clip)).transpose()?)
    .bind(probe)
    .bind(id.as_str())
    .execute(tx.sql())
    .await?;
    tx.changed(Subject::Media, id);
    Ok(())
}

/// Notes what was found inside a document, and in which way it was looked. Where nothing was found, what is known of
/// it stays.
pub async fn set_document(
    tx: &mut Tx,
    id: &MediaId,
    document: Option<DocumentFacts>,
    probe: u32,
) -> Result<()> {
    sqlx::query("UPDATE media SET document = coalesce(?, document), probed = ? WHERE id = ?")
        .bind(document.map(|document| to_json(&document)).transpose()?)
        .bind(probe)
        .bind(id.as_str())
        .execute(tx.sql())
        .await?;
    tx.changed(Subject::Media, id);
    Ok(())
}

/// Notes whether the file is there. Writes only on news.
pub async fn set_missing(tx: &mut Tx, id: &MediaId, missing: bool) -> Result<()> {
    let done = sqlx::query("UPDATE media SET missing = ?1 WHERE id = ?2 AND missing <> ?1")
        .bind(missing)
        .bind(id.as_str())
        .execute(tx.sql())
        .await?;
    if done.rows_affected() > 0 {
        tx.changed(Subject::Media, id);
    }
    Ok(())
}

/// The posts that use a file, also those in the bin, newest first.
pub async fn used_in(conn: &mut Conn, id: &MediaId) -> Result<Vec<PostId>> {
    let rows: Vec<String> = sqlx::query_scalar(
        "SELECT p.id FROM posts p
         WHERE p.id IN (SELECT post_id FROM post_media WHERE media_id = ?)
         ORDER BY coalesce(p.at, p.updated_at) DESC, p.id",
    )
    .bind(id.as_str())
    .fetch_all(conn.sql())
    .await?;
    rows.iter().map(|id| parse(id)).collect()
}
