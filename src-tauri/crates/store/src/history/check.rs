//! Whether a step may be undone or done again: rows are as the step left them, and no send would be
//! contradicted.

use serde_json::{Map, Value};

use super::apply::Row;
use super::record::Recorded;
use crate::error::{Result, StoreError};

/// A row's image, read.
pub(crate) type Image = Map<String, Value>;

/// Columns of posts that a published post keeps: what it says and when it was.
const PUBLISHED_KEEPS: &[&str] = &["segments", "when_kind", "wall", "zone", "editorial"];
/// Columns of posts that decide whether and when it goes out.
const DECIDES_SENDING: &[&str] = &["when_kind", "wall", "zone", "editorial", "deleted_at"];

/// Columns of posts that say when it goes out.
const TIMES: &[&str] = &["when_kind", "wall", "zone", "deleted_at"];

/// Whether two images differ in one of these columns.
fn differ(a: Option<&Image>, b: Option<&Image>, columns: &[&str]) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => columns.iter().any(|c| a.get(*c) != b.get(*c)),
        (None, None) => false,
        _ => true,
    }
}

/// The step changes whether or when a post goes out.
pub(super) fn changes_sending(row: &Row) -> bool {
    match row.table.table {
        "posts" => differ(row.from.as_ref(), row.to.as_ref(), DECIDES_SENDING),
        "targets" => differ(row.from.as_ref(), row.to.as_ref(), &["called_off"]),
        _ => false,
    }
}

/// The step does more than calling a post off, or for again, at the time it has.
pub(super) fn changes_time(row: &Row) -> bool {
    if row.table.table != "posts" {
        return false;
    }
    let off = |image: Option<&Image>| {
        image.is_some_and(|image| image.get("editorial").is_some_and(|e| e == "cancelled"))
    };
    let (from, to) = (row.from.as_ref(), row.to.as_ref());
    differ(from, to, TIMES) || (differ(from, to, &["editorial"]) && !off(from) && !off(to))
}

/// The step changes what a published post keeps.
pub(super) fn changes_published(row: &Row) -> bool {
    match row.table.table {
        "posts" => differ(row.from.as_ref(), row.to.as_ref(), PUBLISHED_KEEPS),
        "targets" => true,
        _ => false,
    }
}

/// Refuses when the row is not as the step left it. `made_here`: the post of a target was made by
/// the same step; such a target stays when its post goes to the bin.
pub(super) fn unchanged(row: &Row, current: Option<&Image>, made_here: bool) -> Result<()> {
    let as_left = match (&row.from, current) {
        (None, None) => true,
        (None, Some(current)) => {
            made_here || current.get("deleted_at").is_some_and(|d| !d.is_null())
        }
        (Some(_), None) => false,
        (Some(from), Some(current)) => same(row.table, from, current),
    };
    if as_left {
        return Ok(());
    }
    let what = match row.table.table {
        "posts" | "targets" => "The post",
        "accounts" => "The account",
        "calendars" => "The calendar",
        "workspaces" => "The workspace",
        "slots" | "day_pauses" => "The weekly plan",
        "settings" => "The setting",
        "webhooks" => "The webhook",
        _ => "The file",
    };
    Err(StoreError::Conflict(format!(
        "{what} was changed by something else since, so this step stays as it is. Nothing was changed."
    )))
}

fn same(table: &Recorded, a: &Image, b: &Image) -> bool {
    table
        .columns
        .iter()
        .filter(|c| !table.volatile.contains(c))
        .all(|c| a.get(*c).unwrap_or(&Value::Null) == b.get(*c).unwrap_or(&Value::Null))
}
