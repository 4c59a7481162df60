//! Addresses that are told what happens. Their secrets are never here.

use std::sync::atomic::Ordering;

use model::change::Subject;
use model::event::EventKind;
use model::{Timestamp, WebhookId, WorkspaceId};
use serde::{Deserialize, Serialize};

use super::words::{at, id_list, json, parse, to_json};
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::tx::Tx;

/// An address that is told what happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    /// Identifier.
    pub id: WebhookId,
    /// Whose events it gets.
    pub workspace_id: WorkspaceId,
    /// In whose words it is told.
    pub contract: String,
    /// Where it is told.
    pub url: String,
    /// Names of events, as the contract calls them.
    pub events: Vec<String>,
    /// Kinds of events that these names stand for.
    pub kinds: Vec<EventKind>,
    /// Only events of posts to this network; none for all.
    pub network: Option<String>,
    /// How often one is tried again before it is given up.
    pub max_retries: u32,
    /// The person wants it told.
    pub active: bool,
    /// The person allowed an address in a private network or on this computer.
    pub private: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// How it goes with an address; the sender's alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// Since when nothing arrived; none when the last one did.
    pub failing_since: Option<Timestamp>,
    /// Tries in vain since then.
    pub failures: u32,
    /// When and why it was switched off after failures; none while it is told.
    pub off: Option<(Timestamp, String)>,
    /// When it was last tried, and whether that arrived.
    pub last: Option<(Timestamp, bool)>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    workspace_id: String,
    contract: String,
    url: String,
    events: String,
    kinds: String,
    network: Option<String>,
    max_retries: u32,
    active: bool,
    private: bool,
    created_at: i64,
    failing_since: Option<i64>,
    failures: u32,
    off_at: Option<i64>,
    off_reason: Option<String>,
    last_at: Option<i64>,
    last_ok: Option<bool>,
}

impl TryFrom<Row> for (Webhook, Health) {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self> {
        let health = Health {
            failing_since: row.failing_since.map(at),
            failures: row.failures,
            off: row.off_at.map(at).zip(row.off_reason),
            last: row.last_at.map(at).zip(row.last_ok),
        };
        let webhook = Webhook {
            id: parse(&row.id)?,
            workspace_id: parse(&row.workspace_id)?,
            contract: row.contract,
            url: row.url,
            events: json(&row.events)?,
            kinds: json(&row.kinds)?,
            network: row.network,
            max_retries: row.max_retries,
            active: row.active,
            private: row.private,
            created_at: at(row.created_at),
        };
        Ok((webhook, health))
    }
}

macro_rules! webhooks {
    ($rest:literal) => {
        concat!(
            "SELECT id, workspace_id, contract, url, events, kinds, network, max_retries, active,
               private, created_at, failing_since, failures, off_at, off_reason, last_at, last_ok
             FROM webhooks ",
            $rest
        )
    };
}

/// The addresses of a workspace, the oldest first.
pub async fn of_workspace(
    conn: &mut Conn,
    workspace: WorkspaceId,
) -> Result<Vec<(Webhook, Health)>> {
    let rows: Vec<Row> = sqlx::query_as(webhooks!(
        "WHERE workspace_id = ? AND deleted_at IS NULL ORDER BY created_at, id"
    ))
    .bind(workspace.to_string())
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter().map(TryFrom::try_from).collect()
}

/// Every address of every workspace that was not removed, the oldest first.
pub async fn all(conn: &mut Conn) -> Result<Vec<Webhook>> {
    let rows: Vec<Row> = sqlx::query_as(webhooks!(
        "WHERE deleted_at IS NULL ORDER BY created_at, id"
    ))
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|row| Ok(<(Webhook, Health)>::try_from(row)?.0))
        .collect()
}

/// One address that was not removed.
pub async fn get(conn: &mut Conn, id: WebhookId) -> Result<(Webhook, Health)> {
    let row: Option<Row> = sqlx::query_as(webhooks!("WHERE id = ? AND deleted_at IS NULL"))
        .bind(id.to_string())
        .fetch_optional(conn.sql())
        .await?;
    row.ok_or(StoreError::not_found("webhook"))?.try_into()
}

/// Puts an address in, or changes what a person chose of it. How it goes with it stays as it is.
pub async fn put(tx: &mut Tx, webhook: &Webhook) -> Result<()> {
    // Said before it is so: the worst that follows is a look too many.
    tx.may_tell().store(true, Ordering::SeqCst);
    sqlx::query(
        "INSERT INTO webhooks (id, workspace_id, contract, url, events, kinds, network, max_retries,
           active, private, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET url = excluded.url, events = excluded.events,
           kinds = excluded.kinds, max_retries = excluded.max_retries, active = excluded.active,
           private = excluded.private",
    )
    .bind(webhook.id.to_string())
    .bind(webhook.workspace_id.to_string())
    .bind(&webhook.contract)
    .bind(&webhook.url)
    .bind(to_json(&webhook.events)?)
    .bind(to_json(&webhook.kinds)?)
    .bind(&webhook.network)
    .bind(webhook.max_retries)
    .bind(webhook.active)
    .bind(webhook.private)
    .bind(webhook.created_at.as_millis())
    .execute(tx.sql())
    .await?;
    tx.changed(Subject::Webhook, webhook.id);
    Ok(())
}

/// Removes an address. Its row and its secret stay until they are purged, so that this can be undone.
pub async fn remove(tx: &mut Tx, id: WebhookId) -> Result<()> {
    let now = tx.now().as_millis();
    sqlx::query("UPDATE webhooks SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL")
        .bind(now)
        .bind(id.to_string())
        .execute(tx.sql())
        .await?;
    tx.changed(Subject::Webhook, id);
    Ok(())
}

/// The person wants an address told again: what is known of failures is forgotten.
pub async fn turn_on(tx: &mut Tx, id: WebhookId) -> Result<()> {
    sqlx::query(
        "UPDATE webhooks SET off_at = NULL, off_reason = NULL, failing_since = NULL, failures = 0
         WHERE id = ?",
    )
    .bind(id.to_string())
    .execute(tx.sql())
    .await?;
    tx.changed(Subject::Webhook, id);
    Ok(())
}

/// Addresses that were removed before an instant, or whose workspace was: their secrets are to be
/// forgotten.
pub async fn expired(conn: &mut Conn, before: Timestamp) -> Result<Vec<WebhookId>> {
    let rows: Vec<String> = sqlx::query_scalar(
        "SELECT w.id FROM webhooks w JOIN workspaces o ON o.id = w.workspace_id
         WHERE w.deleted_at < ?1 OR o.deleted_at < ?1",
    )
    .bind(before.as_millis())
    .fetch_all(conn.sql())
    .await?;
    rows.iter().map(|id| parse(id)).collect()
}

/// Every address of these workspaces, removed ones included.
pub async fn all_of(conn: &mut Conn, workspaces: &[WorkspaceId]) -> Result<Vec<WebhookId>> {
    let rows: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM webhooks WHERE workspace_id IN (SELECT value FROM json_each(?))",
    )
    .bind(id_list(workspaces)?)
    .fetch_all(conn.sql())
    .await?;
    rows.iter().map(|id| parse(id)).collect()
}

/// Takes removed addresses away for good, with all that was on its way there.
pub async fn purge(tx: &mut Tx, ids: &[WebhookId]) -> Result<()> {
    sqlx::query(
        "DELETE FROM webhooks
         WHERE id IN (SELECT value FROM json_each(?)) AND deleted_at IS NOT NULL",
    )
    .bind(id_list(ids)?)
    .execute(tx.sql())
    .await?;
    Ok(())
}
