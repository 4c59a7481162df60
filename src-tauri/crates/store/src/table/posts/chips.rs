//! Posts as a calendar, a list or the shelf shows them: light, and one statement a screen.

use model::delivery::DeliveryState;
use model::post::{Chip, ChipTarget, TimeSource};
use model::{CalendarId, PostId, Timestamp, status};

use super::row;
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::table::words::{at, id_list, json, parse};

#[derive(sqlx::FromRow)]
pub(super) struct ChipRow {
    id: String,
    calendar_id: String,
    at: Option<i64>,
    all_day: bool,
    words: String,
    editorial: String,
    labels: String,
    media_count: u32,
    thumb: Option<String>,
    time_source: String,
    editing: bool,
    version: i64,
    /// `position account state` of each target, separated by commas; none without targets.
    targets: Option<String>,
    /// Accounts it lies ready for, to be posted by the person; none nearly always.
    your_turn: Option<String>,
}

/// The columns of a chip, from `posts p`. A month has ten thousand of them, so targets come as short
/// text rather than as json, unordered (a sort for each would cost more than the rest), and out of
/// an index that holds all of it.
macro_rules! chips {
    ($rest:literal) => {
        concat!(
            "SELECT p.id, p.calendar_id, p.at, p.all_day, p.words, p.editorial, p.labels,
               p.media_count, p.thumb, p.time_source, p.version,
               (p.held OR p.id IN (SELECT post_id FROM working_copies WHERE differs)) AS editing,
               (SELECT group_concat(t.position || ' ' || t.account_id || ' ' || t.state)
                FROM targets t INDEXED BY targets_as_chips WHERE t.post_id = p.id) AS targets,
               CASE WHEN EXISTS (SELECT 1 FROM targets WHERE failure_category = 'your_turn')
                   AND p.id IN (SELECT post_id FROM targets INDEXED BY targets_in_hand
                     WHERE failure_category = 'your_turn' AND state = 'unconfirmed')
                 THEN (SELECT group_concat(h.account_id) FROM targets h
                   WHERE h.post_id = p.id AND h.failure_category = 'your_turn'
                     AND h.state = 'unconfirmed')
               END AS your_turn ",
            $rest
        )
    };
}

fn targets(text: Option<&str>, your_turn: Option<&str>) -> Result<Vec<ChipTarget>> {
    let Some(text) = text else {
        return Ok(Vec::new());
    };
    let mut all = text
        .split(',')
        .map(one_target)
        .collect::<Result<Vec<(u32, ChipTarget)>>>()?;
    all.sort_by_key(|(position, target)| (*position, target.account_id));
    for account in your_turn.into_iter().flat_map(|ids| ids.split(',')) {
        let account = parse(account)?;
        for (_, target) in all.iter_mut().filter(|(_, t)| t.account_id == account) {
            target.your_turn = true;
        }
    }
    Ok(all.into_iter().map(|(_, target)| target).collect())
}

fn one_target(text: &str) -> Result<(u32, ChipTarget)> {
    let bad = || StoreError::internal(format!("target {text}"));
    let (position, rest) = text.split_once(' ').ok_or_else(bad)?;
    let (account, state) = rest.split_once(' ').ok_or_else(bad)?;
    let target = ChipTarget {
        account_id: parse(account)?,
        state: row::state(state)?,
        your_turn: false,
    };
    Ok((position.parse().map_err(|_| bad())?, target))
}

impl TryFrom<ChipRow> for Chip {
    type Error = StoreError;
    fn try_from(row: ChipRow) -> Result<Self> {
        let targets = targets(row.targets.as_deref(), row.your_turn.as_deref())?;
        let states: Vec<(DeliveryState, bool)> =
            targets.iter().map(|t| (t.state, t.your_turn)).collect();
        Ok(Self {
            id: parse(&row.id)?,
            calendar_id: parse(&row.calendar_id)?,
            at: row.at.map(at),
            all_day: row.all_day,
            words: row.words,
            status: status::shown_with(row::editorial(&row.editorial)?, &states),
            targets,
            labels: if row.labels == "[]" {
                Vec::new()
            } else {
                json(&row.labels)?
            },
            media_count: row.media_count,
            thumb: row.thumb.as_deref().map(parse).transpose()?,
            time_source: if row.time_source == "slot" {
                TimeSource::Slot
            } else {
                TimeSource::Own
            },
            editing: row.editing,
            version: row.version,
        })
    }
}

pub(super) fn chips(rows: Vec<ChipRow>) -> Result<Vec<Chip>> {
    rows.into_iter().map(Chip::try_from).collect()
}

/// Every dated post of the calendars in `from..to`, by time.
pub async fn range(
    conn: &mut Conn,
    from: Timestamp,
    to: Timestamp,
    calendars: &[CalendarId],
) -> Result<Vec<Chip>> {
    let rows: Vec<ChipRow> = sqlx::query_as(chips!(
        "FROM posts p INDEXED BY posts_in_time
         WHERE p.deleted_at IS NULL AND p.at IS NOT NULL AND p.at >= ? AND p.at < ?
           AND p.calendar_id IN (SELECT value FROM json_each(?))
         ORDER BY p.at, p.id"
    ))
    .bind(from.as_millis())
    .bind(to.as_millis())
    .bind(id_list(calendars)?)
    .fetch_all(conn.sql())
    .await?;
    chips(rows)
}

/// A place in the list of dated posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Instant of a post.
    pub at: Timestamp,
    /// The post; none for the start of that instant.
    pub id: Option<PostId>,
}

/// The dated posts after a place, earliest first; the place itself is not among them.
pub async fn list_after(
    conn: &mut Conn,
    place: Place,
    calendars: &[CalendarId],
    limit: u32,
) -> Result<Vec<Chip>> {
    let rows: Vec<ChipRow> = sqlx::query_as(chips!(
        "FROM posts p INDEXED BY posts_in_time
         WHERE p.deleted_at IS NULL AND p.at IS NOT NULL AND (p.at, p.id) > (?, ?)
           AND p.calendar_id IN (SELECT value FROM json_each(?))
         ORDER BY p.at, p.id LIMIT ?"
    ))
    .bind(place.at.as_millis())
    .bind(place.id.map(|id| id.to_string()).unwrap_or_default())
    .bind(id_list(calendars)?)
    .bind(limit)
    .fetch_all(conn.sql())
    .await?;
    chips(rows)
}

/// The dated posts before a place, the nearest first.
pub async fn list_before(
    conn: &mut Conn,
    place: Place,
    calendars: &[CalendarId],
    limit: u32,
) -> Result<Vec<Chip>> {
    let rows: Vec<ChipRow> = sqlx::query_as(chips!(
        "FROM posts p INDEXED BY posts_in_time
         WHERE p.deleted_at IS NULL AND p.at IS NOT NULL AND (p.at, p.id) < (?, ?)
           AND p.calendar_id IN (SELECT value FROM json_each(?))
         ORDER BY p.at DESC, p.id DESC LIMIT ?"
    ))
    .bind(place.at.as_millis())
    .bind(place.id.map(|id| id.to_string()).unwrap_or_default())
    .bind(id_list(calendars)?)
    .bind(limit)
    .fetch_all(conn.sql())
    .await?;
    chips(rows)
}

/// How many dated posts there are, for the length of a list.
pub async fn count_dated(conn: &mut Conn, calendars: &[CalendarId]) -> Result<u64> {
    let count: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM posts
         WHERE deleted_at IS NULL AND at IS NOT NULL
           AND calendar_id IN (SELECT value FROM json_each(?))",
    )
    .bind(id_list(calendars)?)
    .fetch_one(conn.sql())
    .await?;
    Ok(count as u64)
}

/// The posts without a date, last changed first.
pub async fn shelf(conn: &mut Conn, calendars: &[CalendarId], limit: u32) -> Result<Vec<Chip>> {
    Ok(shelf_after(conn, None, calendars, limit).await?.0)
}

/// A place on the shelf: when a post was changed, and which it is.
pub type ShelfPlace = (Timestamp, PostId);

/// The posts without a date after a place, last changed first, and the place of the last of them.
pub async fn shelf_after(
    conn: &mut Conn,
    after: Option<ShelfPlace>,
    calendars: &[CalendarId],
    limit: u32,
) -> Result<(Vec<Chip>, Option<ShelfPlace>)> {
    #[derive(sqlx::FromRow)]
    struct ShelfRow {
        #[sqlx(flatten)]
        chip: ChipRow,
        changed: i64,
    }
    let (at_most, id) = match after {
        Some((changed, id)) => (changed.as_millis(), id.to_string()),
        None => (i64::MAX, String::new()),
    };
    // Which they are comes first: what a chip has more is looked up for those alone.
    let rows: Vec<ShelfRow> = sqlx::query_as(chips!(
        ", s.changed FROM (
           SELECT id, updated_at AS changed FROM posts
           WHERE deleted_at IS NULL AND at IS NULL
             AND calendar_id IN (SELECT value FROM json_each(?1))
             AND updated_at <= ?2 AND (updated_at < ?2 OR id > ?3)
           ORDER BY updated_at DESC, id LIMIT ?4) s
         JOIN posts p ON p.id = s.id
         ORDER BY s.changed DESC, s.id"
    ))
    .bind(id_list(calendars)?)
    .bind(at_most)
    .bind(id)
    .bind(limit)
    .fetch_all(conn.sql())
    .await?;
    let changed = rows.last().map(|row| row.changed);
    let chips: Vec<Chip> = rows
        .into_iter()
        .map(|row| Chip::try_from(row.chip))
        .collect::<Result<_>>()?;
    let last = changed.zip(chips.last());
    let last = last.map(|(changed, chip)| (at(changed), chip.id));
    Ok((chips, last))
}

/// Some posts as chips, also from the bin, in the order asked for; those that are gone are left out.
/// This is what a window fetches after a change.
pub async fn chips_of(conn: &mut Conn, ids: &[PostId]) -> Result<Vec<Chip>> {
    let rows: Vec<ChipRow> = sqlx::query_as(chips!(
        "FROM json_each(?) wanted JOIN posts p ON p.id = wanted.value ORDER BY wanted.key"
    ))
    .bind(id_list(ids)?)
    .fetch_all(conn.sql())
    .await?;
    chips(rows)
}

/// A post in the bin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binned {
    /// The post.
    pub chip: Chip,
    /// When it went there; it is gone for good 30 days later.
    pub deleted_at: Timestamp,
}

/// The bin, newest first.
pub async fn bin(conn: &mut Conn, limit: u32) -> Result<Vec<Binned>> {
    #[derive(sqlx::FromRow)]
    struct BinRow {
        #[sqlx(flatten)]
        chip: ChipRow,
        deleted_at: i64,
    }
    let rows: Vec<BinRow> = sqlx::query_as(chips!(
        ", p.deleted_at FROM posts p WHERE p.deleted_at IS NOT NULL
         ORDER BY p.deleted_at DESC, p.id LIMIT ?"
    ))
    .bind(limit)
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(Binned {
                chip: r.chip.try_into()?,
                deleted_at: at(r.deleted_at),
            })
        })
        .collect()
}
