//! Days on which the weekly plan of an account is paused.

use jiff::civil;
use model::AccountId;
use model::change::Subject;
use model::slot::DayPause;

use super::words::parse;
use crate::conn::Conn;
use crate::error::Result;
use crate::tx::Tx;

/// Every paused day of accounts that are not removed, by account and day.
pub async fn all(conn: &mut Conn) -> Result<Vec<DayPause>> {
    let rows = sqlx::query_as(
        "SELECT d.account_id, d.date, d.reason
         FROM day_pauses d JOIN accounts a ON a.id = d.account_id
         WHERE a.deleted_at IS NULL ORDER BY d.account_id, d.date",
    )
    .fetch_all(conn.sql())
    .await?;
    read(rows)
}

/// Paused days of every account, removed ones included.
pub(super) async fn whole(conn: &mut Conn) -> Result<Vec<DayPause>> {
    let rows =
        sqlx::query_as("SELECT account_id, date, reason FROM day_pauses ORDER BY account_id, date")
            .fetch_all(conn.sql())
            .await?;
    read(rows)
}

fn read(rows: Vec<(String, String, String)>) -> Result<Vec<DayPause>> {
    rows.into_iter()
        .map(|(account, date, reason)| {
            Ok(DayPause {
                account_id: parse(&account)?,
                date: parse(&date)?,
                reason,
            })
        })
        .collect()
}

/// Pauses a day; one that is paused already gets the new reason.
pub async fn put(tx: &mut Tx, pause: &DayPause) -> Result<()> {
    let id = tx.new_id().to_string();
    sqlx::query(
        "INSERT INTO day_pauses (id, account_id, date, reason) VALUES (?, ?, ?, ?)
         ON CONFLICT (account_id, date) DO UPDATE SET reason = excluded.reason",
    )
    .bind(id)
    .bind(pause.account_id.to_string())
    .bind(pause.date.to_string())
    .bind(&pause.reason)
    .execute(tx.sql())
    .await?;
    tx.changed(Subject::Slots, pause.account_id);
    Ok(())
}

/// Lets a day's slots count again; whether it was paused.
pub async fn lift(tx: &mut Tx, account: AccountId, date: civil::Date) -> Result<bool> {
    let gone = sqlx::query("DELETE FROM day_pauses WHERE account_id = ? AND date = ?")
        .bind(account.to_string())
        .bind(date.to_string())
        .execute(tx.sql())
        .await?
        .rows_affected();
    if gone > 0 {
        tx.changed(Subject::Slots, account);
    }
    Ok(gone > 0)
}
