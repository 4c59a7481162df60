//! The outbox: what other programs are told of, written in the transaction of the change itself.
//!
//! Temporary triggers on the writing connection note what happens to posts, to posts on accounts and to
//! accounts, whoever changes them and by whatever statement, as long as somebody listens. At the commit
//! the notes become one event with its facts, and a delivery for each address that wants it. Where
//! nobody listens a trigger looks into an empty index and nothing else is done.

mod facts;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::atomic::Ordering;

use model::change::Subject;
use model::event::{EventFacts, EventKind};
use model::{WebhookId, WorkspaceId};
use sqlx::{AssertSqlSafe, SqliteConnection};

use crate::error::{Result, StoreError};
use crate::table::words::{json, parse, to_json};
use crate::tx::Tx;

use facts::Known;

/// Somebody listens.
const LISTENING: &str = "EXISTS (SELECT 1 FROM webhooks
    WHERE active = 1 AND off_at IS NULL AND deleted_at IS NULL)";

/// A trigger: its name, what fires it, when, and what is noted: kind, thing, target.
type Noted = (&'static str, &'static str, &'static str, [&'static str; 3]);

const NOTED: [Noted; 9] = [
    (
        "post_made",
        "INSERT ON main.posts",
        "new.deleted_at IS NULL",
        ["'post_created'", "new.id", "''"],
    ),
    (
        "post_made_with_a_time",
        "INSERT ON main.posts",
        "new.when_kind = 'scheduled' AND new.editorial = 'scheduled' AND new.deleted_at IS NULL",
        ["'post_scheduled'", "new.id", "''"],
    ),
    (
        "post_changed",
        "UPDATE OF version, deleted_at ON main.posts",
        "new.deleted_at IS NULL AND (new.version <> old.version OR old.deleted_at IS NOT NULL)",
        ["'post_updated'", "new.id", "''"],
    ),
    // What a program says of an event beside its post is part of how it is shown (`EVENT_NOTE`).
    (
        "event_noted",
        "INSERT ON main.api_notes",
        "new.kind = 'event'",
        ["'post_updated'", "new.id", "''"],
    ),
    (
        "event_noted_anew",
        "UPDATE OF value ON main.api_notes",
        "new.kind = 'event' AND new.value <> old.value",
        ["'post_updated'", "new.id", "''"],
    ),
    (
        "post_removed",
        "UPDATE OF deleted_at ON main.posts",
        "new.deleted_at IS NOT NULL AND old.deleted_at IS NULL",
        ["'post_removed'", "new.id", "''"],
    ),
    (
        "post_scheduled",
        "UPDATE OF at, when_kind, editorial, deleted_at ON main.posts",
        "new.when_kind = 'scheduled' AND new.editorial = 'scheduled' AND new.deleted_at IS NULL
           AND (old.when_kind <> 'scheduled' OR old.editorial <> 'scheduled'
             OR old.deleted_at IS NOT NULL OR old.at IS NOT new.at)",
        ["'post_scheduled'", "new.id", "''"],
    ),
    // A send that begins is no news, nor one that is put back since the program ends.
    (
        "target_moved",
        "UPDATE OF state ON main.targets",
        "new.state <> old.state AND new.state <> 'sending'
           AND NOT (old.state = 'sending' AND new.state = 'waiting' AND new.failure_category IS NULL)",
        [
            "CASE new.state WHEN 'published' THEN 'post_published' WHEN 'failed' THEN 'post_failed'
               WHEN 'missed' THEN 'post_missed'
               ELSE iif(new.state = 'waiting' AND old.state = 'sending', 'post_retrying', 'post_state')
             END",
            "new.post_id",
            "new.id",
        ],
    ),
    (
        "account_signed_out",
        "UPDATE OF health_reason ON main.accounts",
        "new.health_reason IS NOT NULL AND old.health_reason IS NULL",
        ["'account_disconnected'", "new.id", "''"],
    ),
];

/// Makes the triggers on the writing connection, and says whether there is anybody to tell.
pub(crate) async fn install(sql: &mut SqliteConnection) -> Result<bool> {
    let mut script = "CREATE TEMP TABLE happened (
           n INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, target TEXT NOT NULL,
           UNIQUE (kind, id, target));\n"
        .to_owned();
    for (name, event, when, [kind, id, target]) in NOTED {
        // Infallible: writing to a String.
        let _ = write!(
            script,
            "CREATE TEMP TRIGGER told_{name} AFTER {event} WHEN {when} AND {LISTENING}
             BEGIN
               INSERT INTO happened (kind, id, target) VALUES ({kind}, {id}, {target})
               ON CONFLICT DO NOTHING;
             END;\n"
        );
    }
    sqlx::raw_sql(AssertSqlSafe(script))
        .execute(&mut *sql)
        .await?;
    Ok(
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM webhooks WHERE deleted_at IS NULL)")
            .fetch_one(sql)
            .await?,
    )
}

/// Something that happened in this transaction.
struct Happened {
    kind: EventKind,
    id: String,
    target: String,
}

/// Somebody who listens.
struct Listener {
    id: WebhookId,
    workspace: WorkspaceId,
    kinds: BTreeSet<EventKind>,
    network: Option<String>,
}

impl Listener {
    fn wants(&self, kind: EventKind, workspace: WorkspaceId, facts: &EventFacts) -> bool {
        let account = facts.account.as_ref().map(|a| &a.network);
        let post = facts.post.as_ref().map(|p| &p.networks);
        let of_network = |network: &String| match account {
            Some(account) => account == network,
            None => post.is_some_and(|networks| networks.contains(network)),
        };
        self.workspace == workspace
            && self.kinds.contains(&kind)
            && self.network.as_ref().is_none_or(of_network)
    }
}

/// Writes what the transaction has to tell. Called once, right before its end.
pub(crate) async fn write(tx: &mut Tx) -> Result<()> {
    if !tx.may_tell().load(Ordering::SeqCst) {
        return Ok(());
    }
    let mut happened = take(tx).await?;
    if happened.is_empty() {
        return Ok(());
    }
    // Which trigger of a statement fires first is not for sure: what is made comes before what is done
    // with it.
    happened.sort_by_key(|h| h.kind);
    let listeners = listeners(tx).await?;
    let known = Known::read(tx, &happened, &listeners).await?;
    let made: BTreeSet<&str> = happened
        .iter()
        .filter(|h| h.kind == EventKind::PostCreated)
        .map(|h| h.id.as_str())
        .collect();
    for one in &happened {
        // What is new was not also changed.
        if one.kind == EventKind::PostUpdated && made.contains(one.id.as_str()) {
            continue;
        }
        let Some((workspace, facts)) = known.facts(one)? else {
            continue;
        };
        let told: Vec<WebhookId> = listeners
            .iter()
            .filter(|l| l.wants(one.kind, workspace, &facts))
            .map(|l| l.id)
            .collect();
        if !told.is_empty() {
            tell(tx, one, &facts, &told).await?;
        }
    }
    Ok(())
}

async fn take(tx: &mut Tx) -> Result<Vec<Happened>> {
    let rows: Vec<(String, String, String)> =
        sqlx::query_as("SELECT kind, id, target FROM happened ORDER BY n")
            .fetch_all(tx.sql())
            .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    sqlx::query("DELETE FROM happened")
        .execute(tx.sql())
        .await?;
    rows.into_iter()
        .map(|(kind, id, target)| {
            let kind = EventKind::from_word(&kind)
                .ok_or_else(|| StoreError::internal(format!("event {kind}")))?;
            Ok(Happened { kind, id, target })
        })
        .collect()
}

async fn listeners(tx: &mut Tx) -> Result<Vec<Listener>> {
    let rows: Vec<(String, String, String, Option<String>)> = sqlx::query_as(
        "SELECT id, workspace_id, kinds, network FROM webhooks
         WHERE active = 1 AND off_at IS NULL AND deleted_at IS NULL",
    )
    .fetch_all(tx.sql())
    .await?;
    rows.into_iter()
        .map(|(id, workspace, kinds, network)| {
            Ok(Listener {
                id: parse(&id)?,
                workspace: parse(&workspace)?,
                kinds: json(&kinds)?,
                network,
            })
        })
        .collect()
}

/// Writes an event and its deliveries. A change of a post of which an earlier change was not told yet
/// takes that one's place, unless something else of the post is to be told after it: a composer saves many
/// times before anybody is asked.
async fn tell(tx: &mut Tx, one: &Happened, facts: &EventFacts, told: &[WebhookId]) -> Result<()> {
    let (event, now) = (tx.new_id().to_string(), tx.now().as_millis());
    sqlx::query("INSERT INTO webhook_events (id, at, facts) VALUES (?, ?, ?)")
        .bind(&event)
        .bind(now)
        .bind(to_json(facts)?)
        .execute(tx.sql())
        .await?;
    for webhook in told {
        if one.kind == EventKind::PostUpdated && newer(tx, *webhook, one, &event).await? {
            continue;
        }
        let id = tx.new_id().to_string();
        sqlx::query(
            "INSERT INTO webhook_deliveries (id, webhook_id, event_id, kind, subject_id, created_at)
             VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(id)
        .bind(webhook.to_string())
        .bind(&event)
        .bind(one.kind.word())
        .bind(&one.id)
        .bind(now)
        .execute(tx.sql())
        .await?;
        tx.changed(Subject::Webhook, webhook);
    }
    Ok(())
}

/// Lets what waits to be told of the same thing, and is the last of it, tell this instead. Whether there was
/// something. Before what happened in between it would be told in an order that never was: a post that is
/// back again, then that it is deleted.
async fn newer(tx: &mut Tx, webhook: WebhookId, one: &Happened, event: &str) -> Result<bool> {
    let done = sqlx::query(
        "UPDATE webhook_deliveries SET event_id = ?1
         WHERE webhook_id = ?2 AND kind = ?3 AND subject_id = ?4 AND state = 'waiting' AND body IS NULL
           AND NOT EXISTS (SELECT 1 FROM webhook_deliveries later
             WHERE later.webhook_id = ?2 AND later.n > webhook_deliveries.n AND later.subject_id = ?4)",
    )
    .bind(event)
    .bind(webhook.to_string())
    .bind(one.kind.word())
    .bind(&one.id)
    .execute(tx.sql())
    .await?;
    Ok(done.rows_affected() > 0)
}
