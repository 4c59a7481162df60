//! The lines in which events wait for their addresses: one line an address, told in order.

use model::change::Subject;
use model::event::{EventFacts, EventKind};
use model::{Timestamp, WebhookDeliveryId, WebhookId};
use serde::{Deserialize, Serialize};

use super::webhooks::Webhook;
use super::words::{at, json, parse, to_json};
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::tx::Tx;

/// Tries that are remembered of one delivery.
const TRIES: i64 = 60;

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineState {
    /// In line.
    Waiting,
    /// It arrived.
    Delivered,
    /// It was given up.
    Failed,
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Try {
    /// When.
    pub at: Timestamp,
    /// The status of the answer; none when there was none.
    pub status: Option<u16>,
    /// Why it did not arrive, in a sentence; none when it did.
    pub message: Option<String>,
}

/// A delivery that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Identifier.
    pub id: WebhookDeliveryId,
    /// What is told.
    pub event_id: String,
    /// Kind of event.
    pub kind: EventKind,
    /// When it happened.
    pub at: Timestamp,
    /// What it says.
    pub facts: EventFacts,
    /// Tries since it was last put in line.
    pub round: u32,
    /// The text that is sent; none when it is still to be made.
    pub body: Option<String>,
}

/// The beginning of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Where it goes.
    pub webhook: Webhook,
    /// Since when nothing arrived there, and how many tries were in vain since.
    pub failing: (Option<Timestamp>, u32),
    /// What is to be sent, in order.
    pub waiting: Vec<Waiting>,
}

/// What is due.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// Lines that may go on, the one that waited longest first.
    pub heads: Vec<Head>,
    /// When the next of the others may; none when none waits.
    pub next: Option<Timestamp>,
}

/// Lines of addresses that are told, but for those that somebody is busy with: at most so many, with at
/// most so many deliveries each.
pub async fn due(
    conn: &mut Conn,
    now: Timestamp,
    busy: &[WebhookId],
    lines: usize,
    each: u32,
) -> Result<Due> {
    let rows: Vec<(String, i64, Option<i64>)> = sqlx::query_as(
        "SELECT w.id, d.n, d.not_before FROM webhooks w
         JOIN workspaces o ON o.id = w.workspace_id AND o.deleted_at IS NULL
         JOIN webhook_deliveries d ON d.n = (SELECT min(n) FROM webhook_deliveries
           WHERE webhook_id = w.id AND state = 'waiting')
         WHERE w.active = 1 AND w.off_at IS NULL AND w.deleted_at IS NULL
         ORDER BY d.n",
    )
    .fetch_all(conn.sql())
    .await?;
    let mut due = Due::default();
    for (id, _, not_before) in rows {
        let id: WebhookId = parse(&id)?;
        if busy.contains(&id) {
            continue;
        }
        match not_before.map(at).filter(|at| *at > now) {
            Some(later) => due.next = Some(due.next.map_or(later, |next| next.min(later))),
            None if due.heads.len() < lines => {
                let (webhook, health) = super::webhooks::get(conn, id).await?;
                due.heads.push(Head {
                    waiting: waiting(conn, id, each).await?,
                    webhook,
                    failing: (health.failing_since, health.failures),
                });
            }
            None => {}
        }
    }
    Ok(due)
}

/// Columns of what is to be sent: identifier, event, its kind, instant and facts, tries, text.
type WaitingColumns = (String, String, String, i64, String, u32, Option<String>);

async fn waiting(conn: &mut Conn, webhook: WebhookId, most: u32) -> Result<Vec<Waiting>> {
    let rows: Vec<WaitingColumns> = sqlx::query_as(
        "SELECT d.id, d.event_id, d.kind, e.at, e.facts, d.round, d.body FROM webhook_deliveries d
         JOIN webhook_events e ON e.id = d.event_id
         WHERE d.webhook_id = ? AND d.state = 'waiting' ORDER BY d.n LIMIT ?",
    )
    .bind(webhook.to_string())
    .bind(most)
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|(id, event_id, kind, when, facts, round, body)| {
            Ok(Waiting {
                id: parse(&id)?,
                event_id,
                kind: kind_of(&kind)?,
                at: at(when),
                facts: json(&facts)?,
                round,
                body,
            })
        })
        .collect()
}

pub(super) fn kind_of(word: &str) -> Result<EventKind> {
    EventKind::from_word(word).ok_or_else(|| StoreError::internal(format!("event {word}")))
}

/// Keeps the text of a delivery before it is first sent. False when it tells something newer by now.
pub async fn keep_body(tx: &mut Tx, waiting: &Waiting, body: &str) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE webhook_deliveries SET body = ?
         WHERE id = ? AND event_id = ? AND state = 'waiting' AND body IS NULL",
    )
    .bind(body)
    .bind(waiting.id.to_string())
    .bind(&waiting.event_id)
    .execute(tx.sql())
    .await?;
    Ok(done.rows_affected() > 0)
}

/// What a try led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It arrived.
    Delivered,
    /// It is tried again at this instant.
    Again(Timestamp),
    /// It was not even tried, and is at this instant.
    NotYet(Timestamp),
    /// It is given up.
    Failed,
    /// It is given up, and its address is switched off for this reason.
    Off(String),
}

/// A try that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Where it went.
    pub webhook_id: WebhookId,
    /// What was sent.
    pub id: WebhookDeliveryId,
    /// The try.
    pub tried: Try,
    /// How the answer began.
    pub answer: Option<String>,
    /// What follows.
    pub verdict: Verdict,
}

/// Writes how a try ended. Whatever was settled meanwhile stays as it is.
pub async fn settle(tx: &mut Tx, ended: &Ended) -> Result<()> {
    let now = tx.now().as_millis();
    let (state, not_before) = match &ended.verdict {
        Verdict::Delivered => ("delivered", None),
        Verdict::Again(at) | Verdict::NotYet(at) => ("waiting", Some(at.as_millis())),
        Verdict::Failed | Verdict::Off(_) => ("failed", None),
    };
    tx.changed(Subject::Webhook, ended.webhook_id);
    if let Verdict::NotYet(_) = ended.verdict {
        sqlx::query(
            "UPDATE webhook_deliveries SET not_before = ?, message = ?
             WHERE id = ? AND state = 'waiting'",
        )
        .bind(not_before)
        .bind(&ended.tried.message)
        .bind(ended.id.to_string())
        .execute(tx.sql())
        .await?;
        return Ok(());
    }
    sqlx::query(
        "UPDATE webhook_deliveries SET state = ?2, not_before = ?3, status = ?4, message = ?5,
           answer = ?6, attempts = attempts + 1, round = round + 1,
           ended_at = iif(?2 = 'waiting', NULL, ?7),
           tries = json_insert(
             iif(json_array_length(tries) >= ?9, json_remove(tries, '$[0]'), tries),
             '$[#]', json(?8))
         WHERE id = ?1 AND state = 'waiting'",
    )
    .bind(ended.id.to_string())
    .bind(state)
    .bind(not_before)
    .bind(ended.tried.status)
    .bind(&ended.tried.message)
    .bind(&ended.answer)
    .bind(now)
    .bind(to_json(&ended.tried)?)
    .bind(TRIES)
    .execute(tx.sql())
    .await?;
    let arrived = ended.verdict == Verdict::Delivered;
    sqlx::query(
        "UPDATE webhooks SET last_at = ?2, last_ok = ?3,
           failing_since = iif(?3, NULL, coalesce(failing_since, ?2)),
           failures = iif(?3, 0, failures + 1) WHERE id = ?1",
    )
    .bind(ended.webhook_id.to_string())
    .bind(ended.tried.at.as_millis())
    .bind(arrived)
    .execute(tx.sql())
    .await?;
    if let Verdict::Off(reason) = &ended.verdict {
        switch_off(tx, ended.webhook_id, reason).await?;
    }
    Ok(())
}

/// Switches an address off after failures; what waits in its line is given up.
async fn switch_off(tx: &mut Tx, webhook: WebhookId, reason: &str) -> Result<()> {
    let now = tx.now().as_millis();
    sqlx::query("UPDATE webhooks SET off_at = ?, off_reason = ? WHERE id = ?")
        .bind(now)
        .bind(reason)
        .bind(webhook.to_string())
        .execute(tx.sql())
        .await?;
    sqlx::query(
        "UPDATE webhook_deliveries SET state = 'failed', ended_at = ?, not_before = NULL,
           message = 'Not sent: the address was switched off.'
         WHERE webhook_id = ? AND state = 'waiting'",
    )
    .bind(now)
    .bind(webhook.to_string())
    .execute(tx.sql())
    .await?;
    Ok(())
}
