//! The power goes at every point of a session with the store. Whatever was reported as saved is
//! there, a change is there as a whole or not at all, and the file is never corrupt.
#![allow(missing_docs, reason = "tests name what they show")]

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use model::calendar::{Calendar, CalendarStatus};
use model::change::Actor;
use model::content::Segment;
use model::post::{Draft, TimeSource};
use model::status::EditorialStatus;
use model::when::When;
use model::{CalendarId, Clock, Entropy, Timestamp};
use powercut::{Disk, Event, Fate, Files};
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection};
use store::{Step, Store, StoreConfig, history, posts};

/// Changes of the session.
const CHANGES: u64 = 14;

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_778_742_000_000)
    }
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let n = self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        let len = bytes.len();
        bytes.fill(0);
        bytes[len - 8..].copy_from_slice(&n);
    }
}

fn config(dir: &Path, vfs: Option<&'static str>, seed: u64) -> StoreConfig {
    let entropy = Arc::new(Counting(AtomicU64::new(seed)));
    let mut config = StoreConfig::new(dir, "machine", "0.1.0", Arc::new(Still), entropy);
    config.vfs = vfs;
    config
}

async fn open(dir: &Path, seed: u64) -> Store {
    Store::open(config(dir, Some(powercut::NAME), seed))
        .await
        .expect("the folder opens")
        .store
}

/// Change number `n`: a post whose title is the number, and the number as a setting, in one step. Some
/// are long, so that one commit spans many pages; some are undone and done again on the way.
async fn change(store: &Store, calendar: CalendarId, n: u64) {
    let long = if n.is_multiple_of(7) { 30_000 } else { 200 };
    let new = posts::NewPost {
        calendar_id: calendar,
        draft: Draft {
            title: n.to_string(),
            segments: vec![Segment::text("word ".repeat(long / 5))],
            ..Draft::default()
        },
        when: When::Unplanned,
        time_source: TimeSource::Own,
        editorial: EditorialStatus::Draft,
    };
    let mut tx = store
        .step(Actor::Person, Step::new(n.to_string()))
        .await
        .expect("begins");
    posts::create(&mut tx, &new).await.expect("creates");
    store::settings::set(&mut tx, "n", &n.into())
        .await
        .expect("sets");
    tx.commit().await.expect("commits");
}

async fn undo_and_redo(store: &Store) {
    for redo in [false, true] {
        let mut tx = store.begin(Actor::History).await.expect("begins");
        if redo {
            history::redo(&mut tx).await.expect("is done again");
        } else {
            history::undo(&mut tx).await.expect("is undone");
        }
        tx.commit().await.expect("commits");
    }
}

async fn session(dir: &Path) {
    let store = open(dir, 1).await;
    let mut tx = store.begin(Actor::Program).await.expect("begins");
    let workspace = store::workspaces::create(&mut tx, "Mine")
        .await
        .expect("creates");
    let calendar = Calendar {
        id: store::calendars::new_id(&tx),
        workspace_id: workspace,
        name: "Plan".to_owned(),
        description: String::new(),
        zone: model::when::Zone::utc(),
        working_hours: Vec::new(),
        default_accounts: Vec::new(),
        grace_minutes: 120,
        most_posts: None,
        status: CalendarStatus::Active,
        paused: None,
        created_at: tx.now(),
    };
    store::calendars::put(&mut tx, &calendar)
        .await
        .expect("puts");
    tx.commit().await.expect("commits");
    let mut store = store;
    for n in 1..=CHANGES {
        change(&store, calendar.id, n).await;
        powercut::acknowledge(n);
        if n.is_multiple_of(10) {
            undo_and_redo(&store).await;
        }
        // Closing moves the log into the file and cuts it: the other place where order matters.
        if n.is_multiple_of(6) {
            store.close().await;
            store = open(dir, n << 32).await;
        }
    }
    store.close().await;
}

/// What a program finds in the files of a cut.
#[derive(sqlx::FromRow)]
struct Found {
    /// The last change that stands.
    n: i64,
    posts: i64,
    steps: i64,
    undone: i64,
    /// Posts that are not of this session.
    strange: i64,
}

fn lay_out(files: &Files, dir: &Path) {
    for name in [
        "almanac.db",
        "almanac.db-journal",
        "almanac.db-wal",
        "almanac.db-shm",
    ] {
        let path = dir.join(name);
        match files.get(name) {
            Some(bytes) => std::fs::write(path, bytes).expect("is written"),
            None => drop(std::fs::remove_file(path)),
        }
    }
}

/// Opens the file, which plays the log back, and checks all of it.
async fn whole(dir: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(dir.join("almanac.db"))
        .create_if_missing(true)
        .synchronous(SqliteSynchronous::Off);
    let mut sql = SqliteConnection::connect_with(&options).await?;
    let fault: String = sqlx::query_scalar("PRAGMA integrity_check(1)")
        .fetch_one(&mut sql)
        .await?;
    assert_eq!(fault, "ok");
    Ok(sql)
}

async fn find(dir: &Path) -> Result<Found, sqlx::Error> {
    let mut sql = whole(dir).await?;
    let found = sqlx::query_as(
        "SELECT (SELECT value ->> '$' FROM settings WHERE key = 'n') AS n,
           (SELECT count(*) FROM posts) AS posts,
           (SELECT count(*) FROM undo_steps) AS steps,
           (SELECT count(*) FROM undo_steps WHERE undone_at IS NOT NULL) AS undone,
           (SELECT count(*) FROM posts
            WHERE CAST(title AS INTEGER) > (SELECT count(*) FROM posts)) AS strange",
    )
    .fetch_one(&mut sql)
    .await?;
    sql.close().await?;
    Ok(found)
}

/// Looks at the files of a cut and compares them with what was reported as saved.
async fn look(files: &Files, dir: &Path, acknowledged: u64, at: &str) {
    lay_out(files, dir);
    if acknowledged == 0 {
        // Nothing was promised yet; the file must be whole, or still empty, all the same.
        whole(dir).await.unwrap_or_else(|e| panic!("{at}: {e}"));
        return;
    }
    let found = find(dir).await.unwrap_or_else(|e| panic!("{at}: {e}"));
    // While a step is undone its setting is the one before, and its post waits in the bin.
    let changes = found.n + found.undone;
    assert!(
        changes >= acknowledged as i64,
        "{at}: {acknowledged} were saved, {changes} are there"
    );
    assert_eq!(
        (found.posts, found.steps, found.strange),
        (changes, changes, 0),
        "{at}"
    );
}

#[tokio::test]
async fn no_cut_loses_what_was_saved_or_breaks_the_file() {
    powercut::record();
    let (made, cut) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    session(made.path()).await;
    let events = powercut::take();
    assert!(
        events.len() > 500,
        "only {} events were recorded",
        events.len()
    );

    let mut disk = Disk::default();
    let mut cuts = 0;
    let mut seen = HashSet::new();
    for (index, event) in events.iter().enumerate() {
        disk.happen(event);
        for fate in disk.fates(index as u64) {
            cuts += 1;
            let files = disk.after_cut(fate);
            // Many cuts leave the same files, such as all that lose what the last sync did not reach.
            if !seen.insert(
                BuildHasherDefault::<DefaultHasher>::default()
                    .hash_one((&files, disk.acknowledged())),
            ) {
                continue;
            }
            let at = format!(
                "cut after event {index} of {}, unsynced: {fate:?}",
                events.len()
            );
            look(&files, cut.path(), disk.acknowledged(), &at).await;
            if index % 100 == 7 {
                // In a folder of its own: a store goes on closing for a moment.
                let own = tempfile::tempdir().expect("a folder");
                lay_out(&files, own.path());
                let opened = Store::open(config(own.path(), None, 0)).await;
                opened
                    .unwrap_or_else(|e| panic!("{at}: {e}"))
                    .store
                    .close()
                    .await;
            }
        }
    }
    assert_eq!(disk.acknowledged(), CHANGES);
    println!(
        "{cuts} cuts, {} of them different, over {} events",
        seen.len(),
        events.len()
    );

    // The look must be able to see a loss: on a disk that ignores the syncs of the log there is one.
    let mut careless = Disk::default();
    for event in &events {
        let ignored = matches!(event, Event::Sync { file } if file.ends_with("-wal"));
        if !ignored {
            careless.happen(event);
        }
        if *event == Event::Acknowledged(CHANGES - 1) {
            break;
        }
    }
    lay_out(&careless.after_cut(Fate::Lost), cut.path());
    let found = find(cut.path())
        .await
        .expect("the file as of the last checkpoint");
    assert!(
        found.n < (CHANGES - 1) as i64,
        "{} changes without a synced log",
        found.n
    );
}
