//! Bad days: two openers, another machine, damage, no room, no permission, locks.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use model::PostId;
use model::change::Actor;
use model::when::When;
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use store::{Store, StoreError, backup, holds, posts};

use crate::fixture::{DAY, NOW, TestClock, World, clock, config, furnish, open};

async fn opening(dir: &Path, clock: Arc<TestClock>) -> StoreError {
    Store::open(config(dir, clock))
        .await
        .err()
        .expect("it must be refused")
}

async fn text_of(store: &Store, id: PostId) -> String {
    let mut conn = store.read().await.unwrap();
    posts::get(&mut conn, id).await.unwrap().segments[0]
        .text
        .clone()
}

async fn raw(dir: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(dir.join("almanac.db"));
    SqliteConnection::connect_with(&options).await.unwrap()
}

#[tokio::test]
async fn a_second_opener_of_the_folder_is_refused() {
    let world = World::new().await;
    let error = opening(world.dir.path(), clock()).await;
    assert!(matches!(error, StoreError::FolderInUse { .. }), "{error:?}");
    assert!(
        error
            .to_string()
            .contains(&*world.dir.path().to_string_lossy()),
        "{error}"
    );
}

/// The same with a process of its own: the test runs itself again with the folder in a variable.
#[tokio::test]
async fn a_second_process_on_the_folder_is_refused() {
    const FOLDER: &str = "ALMANAC_TEST_FOLDER";
    if let Some(dir) = std::env::var_os(FOLDER) {
        let error = opening(Path::new(&dir), clock()).await;
        assert!(matches!(error, StoreError::FolderInUse { .. }), "{error:?}");
        return;
    }
    let world = World::new().await;
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "opening::a_second_process_on_the_folder_is_refused",
            "--exact",
        ])
        .env(FOLDER, world.dir.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

#[tokio::test]
async fn of_many_openers_at_once_one_makes_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let mut openers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        openers.spawn(Store::open(config(dir.path(), clock())));
    }
    let opened: Vec<_> = openers.join_all().await;
    let (good, bad): (Vec<_>, Vec<_>) = opened.into_iter().partition(Result::is_ok);
    assert_eq!(good.len(), 1);
    for error in bad {
        assert!(matches!(error.err(), Some(StoreError::FolderInUse { .. })));
    }
}

#[tokio::test]
async fn a_closed_store_opens_again_with_everything_in_it() {
    let World {
        store, clock, dir, ..
    } = {
        let world = World::new().await;
        world.post("kept", When::Unplanned).await;
        world
    };
    store.clone().close().await;
    let error = store
        .begin(Actor::Person)
        .await
        .err()
        .expect("it is closed");
    assert!(matches!(error, StoreError::Closed), "{error:?}");
    drop(store);
    let opened = open(dir.path(), clock).await;
    assert!(!opened.fresh && opened.backup.is_none() && opened.other_machine.is_none());
    let mut conn = opened.store.read().await.unwrap();
    let seq = store::feed::newest(&mut conn).await.unwrap();
    assert_eq!(
        store::feed::changes_since(&mut conn, seq - 1, 9)
            .await
            .unwrap()
            .len(),
        1
    );
    assert_eq!(*opened.store.subscribe().borrow(), seq);
}

#[tokio::test]
async fn closing_lets_go_of_the_folder_and_the_files_whoever_still_holds_the_store() {
    let world = World::new().await;
    world.post("kept", When::Unplanned).await;
    let late = world.store.clone();
    let mut changes = late.subscribe();
    changes.mark_unchanged();
    world.store.clone().close().await;
    assert!(late.is_closed());
    assert!(changes.has_changed().unwrap(), "nobody was woken");
    // The last connection takes the log away.
    assert!(!world.dir.path().join("almanac.db-wal").exists());

    let again = open(world.dir.path(), Arc::clone(&world.clock)).await;
    let mut tx = again.store.begin(Actor::Program).await.unwrap();
    store::workspaces::create(&mut tx, "After").await.unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(late.backup_now().await, Err(StoreError::Closed)));
    // A connection that ended only now would delete the log of the store that is open.
    drop(late);
    drop(world.store);
    assert!(world.dir.path().join("almanac.db-wal").exists());
}

#[tokio::test]
async fn a_file_of_a_newer_program_is_refused_and_left_alone() {
    let World {
        store, clock, dir, ..
    } = World::new().await;
    store.close().await;
    let mut sql = raw(dir.path()).await;
    sqlx::raw_sql("PRAGMA user_version = 99; UPDATE meta SET value = '9.9'")
        .execute(&mut sql)
        .await
        .unwrap();
    sql.close().await.unwrap();
    let before = fs::read(dir.path().join("almanac.db")).unwrap();
    let error = opening(dir.path(), clock).await;
    assert!(
        matches!(error, StoreError::NewerFile { found: 99, .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains("9.9"), "{error}");
    assert_eq!(fs::read(dir.path().join("almanac.db")).unwrap(), before);
}

#[tokio::test]
async fn on_another_machine_everything_is_held_until_it_takes_over() {
    let World {
        store, clock, dir, ..
    } = World::new().await;
    store.close().await;
    let mut other = config(dir.path(), Arc::clone(&clock));
    other.machine_id = "machine-b".to_owned();
    let opened = Store::open(other.clone()).await.unwrap();
    assert_eq!(opened.other_machine.as_deref(), Some("machine-a"));
    let store = opened.store;
    let state = async |store: &Store| {
        holds::state(&mut store.read().await.unwrap())
            .await
            .unwrap()
    };
    assert!(state(&store).await.hold.is_some());

    let mut tx = store.begin(Actor::Person).await.unwrap();
    assert!(holds::release(&mut tx, "machine-b").await.is_err());
    holds::take_over(&mut tx, "machine-b").await.unwrap();
    tx.commit().await.unwrap();
    let now = state(&store).await;
    assert_eq!(
        (now.hold, now.machine_id.as_deref()),
        (None, Some("machine-b"))
    );
    assert_eq!(now.restored_at.map(model::Timestamp::as_millis), Some(NOW));
    store.close().await;
    assert_eq!(Store::open(other).await.unwrap().other_machine, None);
}

#[tokio::test]
async fn on_another_machine_a_hold_that_came_along_says_that_it_is_another_one() {
    let World {
        store, clock, dir, ..
    } = World::new().await;
    let mut tx = store.begin(Actor::Person).await.unwrap();
    holds::hold_all(&mut tx, "You hold all posts.")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    let mut other = config(dir.path(), Arc::clone(&clock));
    other.machine_id = "machine-b".to_owned();
    let mut reasons = Vec::new();
    for _ in 0..2 {
        let store = Store::open(other.clone()).await.unwrap().store;
        let state = holds::state(&mut store.read().await.unwrap())
            .await
            .unwrap();
        reasons.push(state.hold.unwrap().reason);
        store.close().await;
    }
    assert!(reasons[0].contains("another computer"), "{reasons:?}");
    assert!(reasons[0].ends_with("You hold all posts."), "{reasons:?}");
    // The next opening has nothing to add.
    assert_eq!(reasons[0], reasons[1]);
}

/// Writes over pages in the middle of a file.
fn damage(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[4096..middle].fill(0xa5);
    fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn a_damaged_file_is_told_with_its_backup_which_comes_back_held() {
    let World {
        store, clock, dir, ..
    } = {
        let world = World::new().await;
        world.post("saved", When::Unplanned).await;
        world
    };
    let saved = store.backup_if_due().await.unwrap().unwrap();
    assert_eq!(store.backup_if_due().await.unwrap(), None);
    store.close().await;
    let file = dir.path().join("almanac.db");
    damage(&file);
    let damaged = fs::read(&file).unwrap();

    let error = opening(dir.path(), Arc::clone(&clock)).await;
    let StoreError::Corrupt {
        backup: Some(offered),
    } = &error
    else {
        panic!("{error:?}")
    };
    assert_eq!(offered, &saved);
    assert!(error.to_string().contains("daily-2026-05-14.db"), "{error}");

    clock.advance(DAY);
    let now = model::Timestamp::from_millis(NOW + DAY);
    let broken = backup::restore(dir.path(), offered, now).await.unwrap();
    assert_eq!(fs::read(broken).unwrap(), damaged);
    let opened = open(dir.path(), clock).await;
    let mut conn = opened.store.read().await.unwrap();
    let state = holds::state(&mut conn).await.unwrap();
    assert!(state.hold.is_some());
    assert_eq!(state.restored_at, Some(now));
    let calendars = store::calendars::all(&mut conn).await.unwrap();
    let shelf = posts::shelf(&mut conn, &[calendars[0].id], 9)
        .await
        .unwrap();
    assert_eq!(shelf[0].words, "saved");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_damaged_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("almanac.db"), b"Dear diary, ".repeat(1000)).unwrap();
    let error = opening(dir.path(), clock()).await;
    assert!(
        matches!(error, StoreError::Corrupt { backup: None }),
        "{error:?}"
    );
    assert!(
        fs::read(dir.path().join("almanac.db"))
            .unwrap()
            .starts_with(b"Dear diary")
    );
}

#[tokio::test]
async fn a_backup_that_is_damaged_itself_does_not_take_the_place() {
    let World {
        store, clock, dir, ..
    } = World::new().await;
    let saved = store.backup_if_due().await.unwrap().unwrap();
    store.close().await;
    damage(&saved);
    let now = model::Timestamp::from_millis(NOW);
    let error = backup::restore(dir.path(), &saved, now).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
    assert!(!open(dir.path(), clock).await.fresh);
}

#[tokio::test]
async fn a_full_disk_loses_the_last_change_alone_and_says_so() {
    let world = World::new().await;
    let id = world.post("kept", When::Unplanned).await;
    let mut tx = world.store.begin(Actor::Program).await.unwrap();
    store::testing::limit_size(&mut tx, 4).await.unwrap();
    let error = posts::save(&mut tx, id, 1, &world.draft(&"x".repeat(100_000)))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::DiskFull), "{error:?}");
    assert!(error.to_string().contains("Free some space"), "{error}");
    drop(tx);
    assert_eq!(text_of(&world.store, id).await, "kept");
    let mut tx = world.store.begin(Actor::Program).await.unwrap();
    store::testing::limit_size(&mut tx, 1000).await.unwrap();
    posts::save(&mut tx, id, 1, &world.draft("goes on"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(text_of(&world.store, id).await, "goes on");
}

#[tokio::test]
async fn a_lock_of_another_program_is_told_and_passes() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = config(dir.path(), clock());
    config.busy_timeout = Some(Duration::from_millis(20));
    let store = Store::open(config).await.unwrap().store;
    furnish(&store).await;
    let mut other = raw(dir.path()).await;
    sqlx::raw_sql("BEGIN IMMEDIATE")
        .execute(&mut other)
        .await
        .unwrap();
    let error = store
        .begin(Actor::Person)
        .await
        .err()
        .expect("it is locked");
    assert!(matches!(error, StoreError::Locked), "{error:?}");
    assert!(
        store::calendars::all(&mut store.read().await.unwrap())
            .await
            .is_ok()
    );
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    store
        .begin(Actor::Person)
        .await
        .unwrap()
        .commit()
        .await
        .unwrap();
}

#[tokio::test]
async fn readers_cannot_write() {
    let world = World::new().await;
    let mut conn = world.store.read().await.unwrap();
    // Any write function needs a Tx; this shows that even a slip inside the store is refused.
    let error = store::testing::scribble(&mut conn).await.unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error:?}");
}

/// The superuser may write anywhere, so under it the test runs itself again as nobody.
#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_told() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;

    let (made, dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let store = open(made.path(), clock()).await.store;
        store.close().await;
    });
    // A copy: SQLite would use the writable handle of the first opening again.
    fs::copy(
        made.path().join("almanac.db"),
        dir.path().join("almanac.db"),
    )
    .unwrap();
    fs::write(dir.path().join("almanac.lock"), "").unwrap();
    let read_only = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    read_only(&dir.path().join("almanac.db"), 0o444);
    if fs::OpenOptions::new()
        .write(true)
        .open(dir.path().join("almanac.db"))
        .is_ok()
    {
        let name = "opening::a_folder_that_cannot_be_written_is_told";
        let exit = std::process::Command::new(std::env::current_exe().unwrap())
            .args([name, "--exact"])
            .uid(65534)
            .current_dir("/")
            .status()
            .unwrap();
        assert!(exit.success());
        return;
    }
    let refused = |dir: &Path| {
        let error = runtime.block_on(opening(dir, clock()));
        assert!(matches!(error, StoreError::ReadOnly { .. }), "{error:?}");
        assert!(
            error.to_string().contains(&*dir.to_string_lossy()),
            "{error}"
        );
    };
    refused(dir.path());
    read_only(&dir.path().join("almanac.lock"), 0o444);
    read_only(dir.path(), 0o555);
    refused(dir.path());
    read_only(dir.path(), 0o755);
}
