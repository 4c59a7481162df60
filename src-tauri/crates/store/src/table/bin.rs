//! The bin as a whole: everything in it, and removing single things for good.

use model::account::Account;
use model::change::Subject;
use model::{AccountId, CalendarId, Timestamp, WorkspaceId};

use super::accounts;
use super::words::{at, id_list, parse};
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::tx::Tx;

/// Something in the bin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub subject: Subject,
    /// Its identifier.
    pub id: String,
    /// Its name, first words or handle.
    pub words: String,
    /// The network of an account.
    pub network: Option<String>,
    /// When it went there.
    pub deleted_at: Timestamp,
}

/// Everything in the bin, newest first.
pub async fn all(conn: &mut Conn, limit: u32) -> Result<Vec<Entry>> {
    let rows: Vec<(String, String, String, Option<String>, i64)> = sqlx::query_as(
        "SELECT 'post' AS subject, id, words, NULL AS network, deleted_at FROM posts
           WHERE deleted_at IS NOT NULL
         UNION ALL SELECT 'calendar', id, name, NULL, deleted_at FROM calendars
           WHERE deleted_at IS NOT NULL
         UNION ALL SELECT 'workspace', id, name, NULL, deleted_at FROM workspaces
           WHERE deleted_at IS NOT NULL
         UNION ALL SELECT 'account', id, handle, network, deleted_at FROM accounts
           WHERE deleted_at IS NOT NULL AND purged_at IS NULL
         UNION ALL SELECT 'media', id, name, NULL, deleted_at FROM media
           WHERE deleted_at IS NOT NULL
         ORDER BY 5 DESC, 2 LIMIT ?",
    )
    .bind(limit)
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|(subject, id, words, network, deleted_at)| {
            Ok(Entry {
                subject: Subject::from_word(&subject)
                    .ok_or_else(|| StoreError::internal(format!("subject {subject}")))?,
                id,
                words,
                network,
                deleted_at: at(deleted_at),
            })
        })
        .collect()
}

/// Accounts, removed or not, of workspaces: their secrets go with them.
pub async fn accounts_of(conn: &mut Conn, workspaces: &[WorkspaceId]) -> Result<Vec<Account>> {
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM accounts
         WHERE purged_at IS NULL AND workspace_id IN (
           SELECT id FROM workspaces
           WHERE deleted_at IS NOT NULL AND id IN (SELECT value FROM json_each(?)))",
    )
    .bind(id_list(workspaces)?)
    .fetch_all(conn.sql())
    .await?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.push(accounts::get(conn, parse(&id)?).await?);
    }
    Ok(found)
}

/// Removes these for good; what is not in the bin stays. Rows of accounts that posts name stay as
/// well, without a way back. Refused while a send of one of them may be in flight.
pub async fn purge(
    tx: &mut Tx,
    workspaces: &[WorkspaceId],
    calendars: &[CalendarId],
    accounts: &[AccountId],
) -> Result<()> {
    let (workspaces, calendars, accounts) = (
        id_list(workspaces)?,
        id_list(calendars)?,
        id_list(accounts)?,
    );
    let in_flight: bool = sqlx::query_scalar(
        "SELECT EXISTS (
           SELECT 1 FROM targets t JOIN posts p ON p.id = t.post_id
             JOIN calendars c ON c.id = p.calendar_id
           WHERE t.state IN ('sending', 'unconfirmed', 'placed')
             AND (c.id IN (SELECT value FROM json_each(?1))
               OR c.workspace_id IN (SELECT value FROM json_each(?2))
               OR t.account_id IN (SELECT value FROM json_each(?3))))",
    )
    .bind(&calendars)
    .bind(&workspaces)
    .bind(&accounts)
    .fetch_one(tx.sql())
    .await?;
    if in_flight {
        return Err(StoreError::InFlight(
            "A post of it may be on its way to a network. Decide that post first.".to_owned(),
        ));
    }
    for (sql, ids, subject) in [
        (
            "UPDATE accounts SET purged_at = deleted_at, settings = '{}'
             WHERE deleted_at IS NOT NULL AND id IN (SELECT value FROM json_each(?)) RETURNING id",
            &accounts,
            Subject::Account,
        ),
        (
            "DELETE FROM calendars
             WHERE deleted_at IS NOT NULL AND id IN (SELECT value FROM json_each(?)) RETURNING id",
            &calendars,
            Subject::Calendar,
        ),
        (
            "DELETE FROM workspaces
             WHERE deleted_at IS NOT NULL AND id IN (SELECT value FROM json_each(?)) RETURNING id",
            &workspaces,
            Subject::Workspace,
        ),
    ] {
        let gone: Vec<String> = sqlx::query_scalar(sql)
            .bind(ids)
            .fetch_all(tx.sql())
            .await?;
        for id in gone {
            tx.changed(subject, id);
        }
    }
    sqlx::query(
        "DELETE FROM accounts WHERE purged_at IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM targets t WHERE t.account_id = accounts.id)",
    )
    .execute(tx.sql())
    .await?;
    Ok(())
}
