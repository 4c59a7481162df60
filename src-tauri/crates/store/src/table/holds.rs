//! Holding everything, and which machine publishes from this folder.

use model::Timestamp;
use model::change::{Actor, Subject};
use sqlx::SqliteConnection;

use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::store::Store;
use crate::tx::Tx;

/// What the hold of a folder begins with that another machine published from.
const OTHER_MACHINE: &str =
    "This data folder was last used on another computer, so nothing is published from here yet.";

/// Why and since when everything is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// A sentence for people.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}

/// How this data folder publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishingState {
    /// The machine that publishes from this folder.
    pub machine_id: Option<String>,
    /// Everything is held.
    pub hold: Option<Hold>,
    /// A backup was put back, or the folder changed machines, at this instant: a waiting target that
    /// was due before it may be on its network already and is confirmed before it is sent.
    pub restored_at: Option<Timestamp>,
}

/// Reads it.
pub async fn state(conn: &mut Conn) -> Result<PublishingState> {
    let (machine_id, reason, since, restored): (
        Option<String>,
        Option<String>,
        Option<i64>,
        Option<i64>,
    ) = sqlx::query_as("SELECT machine_id, hold_reason, held_at, restored_at FROM publishing")
        .fetch_one(conn.sql())
        .await?;
    Ok(PublishingState {
        machine_id,
        hold: reason.map(|reason| Hold {
            reason,
            since: Timestamp::from_millis(since.unwrap_or(0)),
        }),
        restored_at: restored.map(Timestamp::from_millis),
    })
}

/// Holds everything; nothing is claimed until released. A hold that stands keeps its reason.
pub async fn hold_all(tx: &mut Tx, reason: &str) -> Result<()> {
    let now = tx.now().as_millis();
    sqlx::query("UPDATE publishing SET hold_reason = ?, held_at = ? WHERE hold_reason IS NULL")
        .bind(reason)
        .bind(now)
        .execute(tx.sql())
        .await?;
    tx.changed(Subject::Publisher, "");
    Ok(())
}

/// Lets go. Refused while the folder belongs to another machine: that one may be sending.
pub async fn release(tx: &mut Tx, machine_id: &str) -> Result<()> {
    let done = sqlx::query(
        "UPDATE publishing SET hold_reason = NULL, held_at = NULL
         WHERE machine_id IS NULL OR machine_id = ?",
    )
    .bind(machine_id)
    .execute(tx.sql())
    .await?;
    if done.rows_affected() == 0 {
        return Err(StoreError::Conflict(
            "This data folder belongs to another computer. Choose \"Publish from this computer\" first."
                .to_owned(),
        ));
    }
    tx.changed(Subject::Publisher, "");
    Ok(())
}

/// This machine publishes from now on, and the hold ends. What was due until now may have been sent
/// by the other machine and is confirmed first.
pub async fn take_over(tx: &mut Tx, machine_id: &str) -> Result<()> {
    let now = tx.now().as_millis();
    doubt_ends(tx, now).await?;
    sqlx::query(
        "UPDATE publishing SET machine_id = ?, hold_reason = NULL, held_at = NULL, restored_at = ?",
    )
    .bind(machine_id)
    .bind(now)
    .execute(tx.sql())
    .await?;
    tx.changed(Subject::Publisher, "");
    Ok(())
}

/// Everything that was due before the restore has been confirmed.
pub async fn restore_confirmed(tx: &mut Tx) -> Result<()> {
    sqlx::query("UPDATE publishing SET restored_at = NULL")
        .execute(tx.sql())
        .await?;
    tx.changed(Subject::Publisher, "");
    Ok(())
}

/// Targets that ended without being out, and of which it is not noted yet that they may be out all the same.
macro_rules! ended {
    () => {
        "state IN ('failed', 'missed', 'cancelled') AND unknown_since IS NULL"
    };
}

/// Notes that what failed, was missed or was called off before `until` may be out without anybody here knowing: whoever
/// has the newer file may have let it go out after all. That was after the last thing that the publisher wrote here.
pub(crate) async fn doubt_ends(tx: &mut Tx, until: i64) -> Result<()> {
    sqlx::query(concat!(
        "UPDATE targets SET unknown_since = min(?1, coalesce(
           (SELECT max(at) FROM changes WHERE actor = 'publisher' AND at < ?1),
           (SELECT p.created_at FROM posts p WHERE p.id = targets.post_id)))
         WHERE ",
        ended!()
    ))
    .bind(until)
    .execute(tx.sql())
    .await?;
    Ok(())
}

/// The same at opening, where there is anything to note.
async fn doubt_ends_here(store: &Store, until: Timestamp) -> Result<()> {
    let mut conn = store.read().await?;
    let any: bool = sqlx::query_scalar(concat!(
        "SELECT EXISTS (SELECT 1 FROM targets WHERE ",
        ended!(),
        ")"
    ))
    .fetch_one(conn.sql())
    .await?;
    drop(conn);
    if any {
        let mut tx = store.begin(Actor::Program).await?;
        doubt_ends(&mut tx, until.as_millis()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// At opening: the first machine is remembered; on another one everything is held, and says why even
/// where it was held before: letting go there means that this machine publishes from now on. There, and after
/// a backup was put back, it is noted of what nobody knows any more how it ended. Returns the other machine.
/// Writes nothing when all is as it was.
pub(crate) async fn meet_machine(store: &Store) -> Result<Option<String>> {
    let found = state(&mut store.read().await?).await?;
    let mine = store.machine_id();
    let elsewhere = found.machine_id.as_deref().is_some_and(|m| m != mine);
    let now = elsewhere.then(|| store.now());
    if let Some(until) = found.restored_at.or(now) {
        doubt_ends_here(store, until).await?;
    }
    match found.machine_id {
        None => {
            let mut tx = store.begin(Actor::Program).await?;
            sqlx::query("UPDATE publishing SET machine_id = ?")
                .bind(mine)
                .execute(tx.sql())
                .await?;
            tx.commit().await?;
            Ok(None)
        }
        Some(other) if other != mine => {
            let said = |hold: &Hold| hold.reason.starts_with(OTHER_MACHINE);
            if !found.hold.as_ref().is_some_and(said) {
                let mut tx = store.begin(Actor::Program).await?;
                if let Some(hold) = found.hold {
                    say_more(&mut tx, &format!("{OTHER_MACHINE} {}", hold.reason)).await?;
                } else {
                    hold_all(&mut tx, OTHER_MACHINE).await?;
                }
                tx.commit().await?;
            }
            Ok(Some(other))
        }
        Some(_) => Ok(None),
    }
}

/// Gives a hold that stands another reason.
async fn say_more(tx: &mut Tx, reason: &str) -> Result<()> {
    sqlx::query("UPDATE publishing SET hold_reason = ? WHERE hold_reason IS NOT NULL")
        .bind(reason)
        .execute(tx.sql())
        .await?;
    tx.changed(Subject::Publisher, "");
    Ok(())
}

/// Marks a copy that is about to take the database's place.
pub(crate) async fn mark_restored(sql: &mut SqliteConnection, now: Timestamp) -> Result<()> {
    sqlx::query("UPDATE publishing SET hold_reason = ?, held_at = ?, restored_at = ?")
        .bind("A backup was restored. Look through the calendar, then release the hold; posts that were due since are looked up on their networks first.")
        .bind(now.as_millis())
        .bind(now.as_millis())
        .execute(sql)
        .await?;
    Ok(())
}
