//! Reading everything a delivery needs, for many targets at once.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use model::account::Account;
use model::clip::Clip;
use model::content::Segment;
use model::document::DocumentFacts;
use model::edit::mark::Watermark;
use model::links::LinkRules;
use model::{AccountId, MediaId, PostId, TargetId, Timestamp};
use serde_json::{Map, Value};

use super::restore::{LOOK_BEFORE, LOOK_FIRST};
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::store::Store;
use crate::table::words::{at, json, parse, to_json};
use crate::table::{accounts, files, settings};

/// A finished step of an earlier attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct StepRow {
    /// Its name.
    pub key: String,
    /// What it gave.
    pub value: Value,
    /// It made something visible.
    pub visible: bool,
}

/// A file a delivery uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaRow {
    /// The file.
    pub id: MediaId,
    /// Kind of file.
    pub mime: String,
    /// Size.
    pub bytes: u64,
    /// Pixels across.
    pub width: Option<u32>,
    /// Pixels down.
    pub height: Option<u32>,
    /// What is inside a video.
    pub clip: Option<Clip>,
    /// What is inside a document.
    pub document: Option<DocumentFacts>,
    /// It was not there when last looked at.
    pub missing: bool,
}

/// Everything about a target that is being delivered.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The target.
    pub target_id: TargetId,
    /// Its post.
    pub post_id: PostId,
    /// Its account.
    pub account: Arc<Account>,
    /// Number of the claim.
    pub fence: i64,
    /// Title.
    pub title: String,
    /// First words, for notices.
    pub words: String,
    /// Labels.
    pub labels: Vec<String>,
    /// What to send: its own segments or the post's.
    pub segments: Vec<Segment>,
    /// Options.
    pub options: Map<String, Value>,
    /// When it was due.
    pub due_at: Timestamp,
    /// When it is due on this account: another time only where its network holds it for one.
    pub own_due: Timestamp,
    /// When the last attempt wanted its network to publish it; none when it was to publish at once.
    pub place_at: Option<Timestamp>,
    /// Wall time as typed.
    pub wall: String,
    /// Zone of the wall time.
    pub zone: String,
    /// Handle of an earlier attempt.
    pub handle: Option<Value>,
    /// What that handle was chosen for.
    pub content_hash: Option<String>,
    /// How often it was deleted on its network and goes out anew.
    pub turn: u32,
    /// Tries since a person last gave a time, the present one included.
    pub tries: u32,
    /// Why it waited beyond its minute or was refused, for people; none where nothing kept it.
    pub waits_for: Option<String>,
    /// Number of the last attempt.
    pub last_number: u32,
    /// When the first attempt began that may have sent something.
    pub first_sent_try_at: Option<Timestamp>,
    /// When the last call began that may have shown something.
    pub last_shown_at: Option<Timestamp>,
    /// The last attempt stands for a send nobody here knows of.
    pub unknown_send: bool,
    /// Its post was changed since that send may have been made.
    pub changed_since: bool,
    /// Looks at the network so far.
    pub looks: u32,
    /// Finished steps, oldest first.
    pub steps: Vec<StepRow>,
    /// Facts on every file the segments use and the library knows.
    pub media: Vec<MediaRow>,
    /// What the workspace wants on links now; none when it wants nothing.
    pub link_rules: Option<LinkRules>,
    /// The mark that the workspace wants on pictures now; none when it keeps none.
    pub watermark: Option<Watermark>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    post_id: String,
    account_id: String,
    lease_fence: i64,
    title: String,
    words: String,
    labels: String,
    segments: String,
    options: String,
    due_at: Option<i64>,
    own_due: Option<i64>,
    wall: Option<String>,
    zone: Option<String>,
    handle: Option<String>,
    content_hash: Option<String>,
    turn: u32,
    attempts_made: u32,
    failure_message: Option<String>,
    looks: u32,
    last_number: Option<u32>,
}

/// Accounts as they were read last, so that a burst of deliveries does not read them over and over.
#[derive(Debug, Default)]
pub struct AccountCache {
    /// Number of the last change of accounts that is known here.
    change: u64,
    known: HashMap<AccountId, Arc<Account>>,
}

impl AccountCache {
    /// Forgets everything when an account changed since. Call it before reading through it.
    pub fn refresh(&mut self, store: &Store) {
        let change = store.account_changes();
        if change != self.change {
            self.known.clear();
            self.change = change;
        }
    }

    async fn read(&mut self, conn: &mut Conn, rows: &[Row]) -> Result<()> {
        let wanted: BTreeSet<AccountId> = rows
            .iter()
            .map(|r| parse(&r.account_id))
            .filter(|id| !matches!(id, Ok(id) if self.known.contains_key(id)))
            .collect::<Result<_>>()?;
        if wanted.is_empty() {
            return Ok(());
        }
        for account in accounts::get_many(conn, &to_json(&wanted)?).await? {
            self.known.insert(account.id, Arc::new(account));
        }
        Ok(())
    }
}

/// What earlier attempts tell: when, and the newest handle with what it was chosen for.
#[derive(sqlx::FromRow)]
struct Tried {
    id: String,
    first_sent_try_at: Option<i64>,
    last_shown_at: Option<i64>,
    place_at: Option<i64>,
    unknown_send: bool,
    changed_since: bool,
    handle: Option<String>,
    content_hash: Option<String>,
}

/// Reads deliveries. Targets that are gone are left out.
pub async fn deliveries(conn: &mut Conn, ids: &[TargetId]) -> Result<Vec<Delivery>> {
    deliveries_through(conn, ids, &mut AccountCache::default()).await
}

/// Reads deliveries, taking the accounts out of a cache where it has them.
pub async fn deliveries_through(
    conn: &mut Conn,
    ids: &[TargetId],
    cache: &mut AccountCache,
) -> Result<Vec<Delivery>> {
    let list = to_json(ids)?;
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT t.id, t.post_id, t.account_id, t.lease_fence, p.title, p.words, p.labels,
           coalesce(t.own_segments, p.segments) AS segments, t.options,
           coalesce(p.at, t.due_at) AS due_at, t.due_at AS own_due, p.wall, p.zone, t.handle, t.content_hash,
           t.turn, t.attempts_made, t.failure_message, t.looks,
           (SELECT max(number) FROM attempts WHERE target_id = t.id) AS last_number
         FROM json_each(?) j
         CROSS JOIN targets t ON t.id = j.value
         JOIN posts p ON p.id = t.post_id",
    )
    .bind(&list)
    .fetch_all(conn.sql())
    .await?;
    cache.read(conn, &rows).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let account = cache
            .known
            .get(&parse(&row.account_id)?)
            .cloned()
            .ok_or(StoreError::not_found("account"))?;
        found.push(delivery(row, account)?);
    }
    add_history(conn, &mut found).await?;
    add_media(conn, &mut found).await?;
    add_wishes(conn, &mut found).await?;
    Ok(found)
}

fn delivery(row: Row, account: Arc<Account>) -> Result<Delivery> {
    Ok(Delivery {
        target_id: parse(&row.id)?,
        post_id: parse(&row.post_id)?,
        account,
        fence: row.lease_fence,
        title: row.title,
        words: row.words,
        labels: json(&row.labels)?,
        segments: json(&row.segments)?,
        options: json(&row.options)?,
        due_at: at(row.due_at.unwrap_or(0)),
        own_due: at(row.own_due.or(row.due_at).unwrap_or(0)),
        place_at: None,
        wall: row.wall.unwrap_or_default(),
        zone: row.zone.unwrap_or_default(),
        handle: row.handle.as_deref().map(json).transpose()?,
        content_hash: row.content_hash,
        turn: row.turn,
        tries: row.attempts_made,
        waits_for: row.failure_message,
        last_number: row.last_number.unwrap_or(0),
        first_sent_try_at: None,
        last_shown_at: None,
        unknown_send: false,
        changed_since: false,
        looks: row.looks,
        steps: Vec::new(),
        media: Vec::new(),
        link_rules: None,
        watermark: None,
    })
}

/// Adds what earlier attempts left, for the few deliveries that had any.
async fn add_history(conn: &mut Conn, found: &mut [Delivery]) -> Result<()> {
    let tried: Vec<TargetId> = found
        .iter()
        .filter(|d| d.last_number > 0)
        .map(|d| d.target_id)
        .collect();
    if tried.is_empty() {
        return Ok(());
    }
    let list = to_json(&tried)?;
    let steps: Vec<(String, String, String, bool)> = sqlx::query_as(
        "SELECT s.target_id, s.key, s.value, s.visible
         FROM json_each(?) j CROSS JOIN send_steps s ON s.target_id = j.value
         ORDER BY s.at, s.key",
    )
    .bind(&list)
    .fetch_all(conn.sql())
    .await?;
    // Attempts that stand for a send nobody here knows of have no handle. What is looked for first could not be changed
    // before that, so when its post was changed says nothing.
    let tries: Vec<Tried> = sqlx::query_as(
        "SELECT j.value AS id, n.place_at, n.step IN (?2, ?3) AS unknown_send,
           n.step = ?3 AND p.updated_at > n.started_at AS changed_since,
           (SELECT min(moment) FROM (
              SELECT a.started_at AS moment FROM attempts a WHERE a.target_id = j.value
                AND (a.step_visible = 1 OR a.outcome IN ('uncertain', 'sent'))
                AND a.step <> 'forgotten'
              UNION ALL
              SELECT s.at FROM send_steps s WHERE s.target_id = j.value AND s.visible = 1))
             AS first_sent_try_at,
           (SELECT max(coalesce(a.shown_at, a.started_at)) FROM attempts a
            WHERE a.target_id = j.value AND (a.step_visible = 1 OR a.outcome IN ('uncertain', 'sent'))
              AND a.step <> 'forgotten') AS last_shown_at,
           h.handle, h.content_hash
         FROM json_each(?1) j
         CROSS JOIN attempts n ON n.target_id = j.value AND n.number = (
           SELECT max(number) FROM attempts WHERE target_id = j.value)
         JOIN targets t ON t.id = j.value
         JOIN posts p ON p.id = t.post_id
         LEFT JOIN attempts h ON h.target_id = j.value AND h.number = (
           SELECT max(number) FROM attempts WHERE target_id = j.value AND handle IS NOT NULL)",
    )
    .bind(&list)
    .bind(LOOK_FIRST)
    .bind(LOOK_BEFORE)
    .fetch_all(conn.sql())
    .await?;
    let mut by_id: HashMap<String, &mut Delivery> = found
        .iter_mut()
        .map(|d| (d.target_id.to_string(), d))
        .collect();
    for (id, key, value, visible) in steps {
        if let Some(delivery) = by_id.get_mut(&id) {
            delivery.steps.push(StepRow {
                key,
                value: json(&value)?,
                visible,
            });
        }
    }
    for tried in tries {
        if let Some(delivery) = by_id.get_mut(&tried.id) {
            delivery.first_sent_try_at = tried.first_sent_try_at.map(at);
            delivery.last_shown_at = tried.last_shown_at.map(at);
            delivery.place_at = tried.place_at.map(at);
            delivery.unknown_send = tried.unknown_send;
            delivery.changed_since = tried.changed_since;
            if let Some(handle) = &tried.handle {
                delivery.handle = Some(json(handle)?);
                delivery.content_hash = tried.content_hash;
            }
        }
    }
    Ok(())
}

/// Columns of a file: hash, kind, size, pixels across and down, what is inside a video, missing.
type Facts = (
    String,
    String,
    i64,
    Option<u32>,
    Option<u32>,
    Option<String>,
    Option<String>,
    bool,
);

async fn add_media(conn: &mut Conn, found: &mut [Delivery]) -> Result<()> {
    let used: BTreeSet<&MediaId> = found
        .iter()
        .flat_map(|d| {
            d.segments
                .iter()
                .flat_map(|s| s.media.iter().map(|m| &m.media_id))
        })
        .collect();
    if used.is_empty() {
        return Ok(());
    }
    let rows: Vec<Facts> = sqlx::query_as(
        "SELECT id, mime, bytes, width, height, clip, document, missing FROM media
         WHERE id IN (SELECT value FROM json_each(?))",
    )
    .bind(to_json(&used)?)
    .fetch_all(conn.sql())
    .await?;
    let mut facts: HashMap<MediaId, MediaRow> = HashMap::new();
    for (id, mime, bytes, width, height, clip, document, missing) in rows {
        let id: MediaId = parse(&id)?;
        let bytes = u64::try_from(bytes).unwrap_or(0);
        facts.insert(
            id.clone(),
            MediaRow {
                id,
                mime,
                bytes,
                width,
                height,
                clip: files::read_clip(clip.as_deref())?,
                document: files::read_document(document.as_deref())?,
                missing,
            },
        );
    }
    for delivery in found {
        delivery.media = delivery
            .segments
            .iter()
            .flat_map(|s| &s.media)
            .filter_map(|m| facts.get(&m.media_id).cloned())
            .collect();
    }
    Ok(())
}

async fn add_wishes(conn: &mut Conn, found: &mut [Delivery]) -> Result<()> {
    let workspaces = found.iter().map(|d| d.account.workspace_id).collect();
    let rules = settings::link_rules(conn, &workspaces).await?;
    let marks = settings::watermarks(conn, &workspaces).await?;
    for delivery in found {
        delivery.link_rules = rules.get(&delivery.account.workspace_id).cloned();
        delivery.watermark = marks.get(&delivery.account.workspace_id).cloned();
    }
    Ok(())
}
