//! The weekly plan: times at which accounts like to post.

use model::AccountId;
use model::SlotId;
use model::change::Subject;
use model::slot::Slot;

use super::words::{id_list, parse};
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::tx::Tx;

/// Every slot of accounts that are not removed, by account, weekday and time.
pub async fn all(conn: &mut Conn) -> Result<Vec<Slot>> {
    let rows: Vec<(String, String, u8, String, String)> = sqlx::query_as(
        "SELECT s.id, s.account_id, s.weekday, s.time, s.zone
         FROM slots s JOIN accounts a ON a.id = s.account_id
         WHERE a.deleted_at IS NULL ORDER BY s.account_id, s.weekday, s.time, s.id",
    )
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|(id, account, weekday, time, zone)| {
            Ok(Slot {
                id: parse(&id)?,
                account_id: parse(&account)?,
                weekday,
                time: parse(&time)?,
                zone: parse(&zone)?,
            })
        })
        .collect()
}

/// A new identifier for a slot.
#[must_use]
pub fn new_id(tx: &Tx) -> SlotId {
    SlotId(tx.new_id())
}

/// Makes these the slots of the account: those with a known identifier are changed, others made,
/// the rest goes.
pub async fn replace(tx: &mut Tx, account: AccountId, slots: &[Slot]) -> Result<()> {
    if slots.iter().any(|s| s.account_id != account) {
        return Err(StoreError::internal("a slot of another account"));
    }
    let kept: Vec<SlotId> = slots.iter().map(|s| s.id).collect();
    sqlx::query(
        "DELETE FROM slots WHERE account_id = ? AND id NOT IN (SELECT value FROM json_each(?))",
    )
    .bind(account.to_string())
    .bind(id_list(&kept)?)
    .execute(tx.sql())
    .await?;
    for slot in slots {
        sqlx::query(
            "INSERT INTO slots (id, account_id, weekday, time, zone) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET weekday = excluded.weekday, time = excluded.time,
               zone = excluded.zone",
        )
        .bind(slot.id.to_string())
        .bind(account.to_string())
        .bind(slot.weekday)
        .bind(slot.time.to_string())
        .bind(slot.zone.name())
        .execute(tx.sql())
        .await?;
    }
    tx.changed(Subject::Slots, account);
    Ok(())
}
