//! What was told, and whether it arrived: kept for thirty days.

use model::change::Subject;
use model::event::EventKind;
use model::{Timestamp, WebhookDeliveryId, WebhookId};

use super::webhook_line::{Ended, LineState, Try, Verdict, kind_of};
use super::words::{at, json, of_word, parse, to_json};
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::tx::Tx;

/// A delivery as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Identifier.
    pub id: WebhookDeliveryId,
    /// Where it goes.
    pub webhook_id: WebhookId,
    /// Kind of event.
    pub kind: EventKind,
    /// How far it is.
    pub state: LineState,
    /// All tries so far.
    pub attempts: u32,
    /// When it is tried next; none when at once, or never.
    pub not_before: Option<Timestamp>,
    /// The status of the last answer.
    pub status: Option<u16>,
    /// Why it did not arrive.
    pub message: Option<String>,
    /// How the last answer began.
    pub answer: Option<String>,
    /// When it came in line.
    pub created_at: Timestamp,
    /// When it arrived or was given up.
    pub ended_at: Option<Timestamp>,
    /// Its tries, the oldest first.
    pub tries: Vec<Try>,
    /// The text that is sent; none before the first try.
    pub body: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    webhook_id: String,
    kind: String,
    state: String,
    attempts: u32,
    not_before: Option<i64>,
    status: Option<u16>,
    message: Option<String>,
    answer: Option<String>,
    created_at: i64,
    ended_at: Option<i64>,
    tries: String,
    body: Option<String>,
}

impl TryFrom<Row> for Listed {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: parse(&row.id)?,
            webhook_id: parse(&row.webhook_id)?,
            kind: kind_of(&row.kind)?,
            state: of_word(&row.state)?,
            attempts: row.attempts,
            not_before: row.not_before.map(at),
            status: row.status,
            message: row.message,
            answer: row.answer,
            created_at: at(row.created_at),
            ended_at: row.ended_at.map(at),
            tries: json(&row.tries)?,
            body: row.body,
        })
    }
}

macro_rules! deliveries {
    ($rest:literal) => {
        concat!(
            "SELECT id, webhook_id, kind, state, attempts, not_before, status, message, answer,
               created_at, ended_at, tries, body FROM webhook_deliveries ",
            $rest
        )
    };
}

/// Deliveries to an address, newest first.
pub async fn of_webhook(conn: &mut Conn, webhook: WebhookId, limit: u32) -> Result<Vec<Listed>> {
    let rows: Vec<Row> =
        sqlx::query_as(deliveries!("WHERE webhook_id = ? ORDER BY n DESC LIMIT ?"))
            .bind(webhook.to_string())
            .bind(limit)
            .fetch_all(conn.sql())
            .await?;
    rows.into_iter().map(Listed::try_from).collect()
}

/// One delivery.
pub async fn get(conn: &mut Conn, id: WebhookDeliveryId) -> Result<Listed> {
    let row: Option<Row> = sqlx::query_as(deliveries!("WHERE id = ?"))
        .bind(id.to_string())
        .fetch_optional(conn.sql())
        .await?;
    row.ok_or(StoreError::not_found("delivery"))?.try_into()
}

/// Puts a delivery that ended in line again, before all that came after it. Whether it had ended.
pub async fn again(tx: &mut Tx, webhook: WebhookId, id: WebhookDeliveryId) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE webhook_deliveries SET state = 'waiting', round = 0, not_before = NULL,
           ended_at = NULL WHERE id = ? AND webhook_id = ? AND state <> 'waiting'",
    )
    .bind(id.to_string())
    .bind(webhook.to_string())
    .execute(tx.sql())
    .await?;
    tx.changed(Subject::Webhook, webhook);
    Ok(done.rows_affected() > 0)
}

/// Notes a delivery that went past the line: a test.
pub async fn put_test(tx: &mut Tx, ended: &Ended, body: &str) -> Result<()> {
    let (event, now) = (tx.new_id().to_string(), tx.now().as_millis());
    sqlx::query("INSERT INTO webhook_events (id, at, facts) VALUES (?, ?, '{}')")
        .bind(&event)
        .bind(now)
        .execute(tx.sql())
        .await?;
    let state = match ended.verdict {
        Verdict::Delivered => "delivered",
        _ => "failed",
    };
    sqlx::query(
        "INSERT INTO webhook_deliveries (id, webhook_id, event_id, kind, subject_id, state, round,
           attempts, status, message, answer, created_at, ended_at, tries, body)
         VALUES (?1, ?2, ?3, ?4, '', ?5, 1, 1, ?6, ?7, ?8, ?9, ?9, json_array(json(?10)), ?11)",
    )
    .bind(ended.id.to_string())
    .bind(ended.webhook_id.to_string())
    .bind(&event)
    .bind(EventKind::Test.word())
    .bind(state)
    .bind(ended.tried.status)
    .bind(&ended.tried.message)
    .bind(&ended.answer)
    .bind(now)
    .bind(to_json(&ended.tried)?)
    .bind(body)
    .execute(tx.sql())
    .await?;
    tx.changed(Subject::Webhook, ended.webhook_id);
    Ok(())
}

/// Forgets deliveries that came in line before an instant, and what nobody tells any more.
pub async fn clear_old(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    let done = sqlx::query("DELETE FROM webhook_deliveries WHERE created_at < ?")
        .bind(before.as_millis())
        .execute(tx.sql())
        .await?;
    sqlx::query(
        "DELETE FROM webhook_events
         WHERE NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.event_id = webhook_events.id)",
    )
    .execute(tx.sql())
    .await?;
    Ok(done.rows_affected())
}
