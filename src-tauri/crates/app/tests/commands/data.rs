//! The data folder: backups, going back, moving, bundles for bug reports, bad days at the start.

use app::OpenTrouble;
use serde_json::{Value, json};
use testkit::app::TestApp;

#[tokio::test]
async fn going_back_to_a_backup_happens_at_the_next_start_and_holds_everything() {
    let test = TestApp::start().await;
    let kept = test.draft("Before", &[]).await;
    let status: Value = test.call("data.backup", json!({})).await;
    let backup = status["backups"][0]["path"].clone();
    let lost = test.draft("After", &[]).await;
    let restart = test.app.restart_wanted();
    let strange = test
        .refused("data.restore", json!({ "path": "/etc/passwd" }))
        .await;
    assert!(
        strange.message.contains("not one of the backups"),
        "{strange:?}"
    );
    test.call::<Value>("data.restore", json!({ "path": backup }))
        .await;
    assert!(*restart.borrow());
    let test = test.reopen().await.unwrap();
    assert_eq!(test.post(kept.id).await.segments[0].text, "Before");
    test.refused("posts.get", json!({ "id": lost.id })).await;
    let status: Value = test.call("publisher.status", json!({})).await;
    assert!(
        status["held"]
            .as_str()
            .unwrap()
            .contains("backup was restored"),
        "{status}"
    );
    assert!(
        test.data_dir()
            .join("broken")
            .read_dir()
            .unwrap()
            .next()
            .is_some()
    );
}

#[tokio::test]
async fn a_damaged_database_offers_the_newest_backup_and_keeps_the_broken_file() {
    let test = TestApp::start().await;
    test.draft("Safe", &[]).await;
    test.call::<Value>("data.backup", json!({})).await;
    let dir = test.data_dir();
    let database = dir.join("almanac.db");
    test.app.shutdown().await;
    std::fs::write(
        &database,
        b"this is no database at all, but long enough to look at",
    )
    .unwrap();
    let error = test.reopen().await.err().unwrap();
    assert_eq!(error.trouble, OpenTrouble::Corrupt);
    let backup = error.backup.unwrap();
    assert!(backup.starts_with(dir.join("backups")), "{backup:?}");
}

#[tokio::test]
async fn a_moved_folder_whose_disk_is_not_there_is_told_and_nothing_is_made_in_its_place() {
    let test = TestApp::start().await;
    let kept = test.draft("On the other disk", &[]).await;
    test.app.shutdown().await;
    let (folder, disk) = (test.data_dir(), test.dir().join("disk"));
    std::fs::write(test.dir().join("pointer"), folder.to_str().unwrap()).unwrap();
    std::fs::rename(&folder, &disk).unwrap();
    let error = test.open_again().await.err().unwrap();
    assert_eq!((error.trouble, error.backup), (OpenTrouble::Missing, None));
    assert!(!folder.exists());
    // The bare place where the disk belongs is no folder of Almanac either.
    std::fs::create_dir(&folder).unwrap();
    let error = test.open_again().await.err().unwrap();
    assert_eq!(error.trouble, OpenTrouble::Missing);
    assert!(folder.read_dir().unwrap().next().is_none());

    std::fs::remove_dir(&folder).unwrap();
    std::fs::rename(&disk, &folder).unwrap();
    let again = test.open_again().await.unwrap();
    assert_eq!(
        again.post(kept.id).await.segments[0].text,
        "On the other disk"
    );
}

#[tokio::test]
async fn a_database_that_is_gone_is_no_first_start_where_its_backups_are() {
    let test = TestApp::start().await;
    let kept = test.draft("Safe", &[]).await;
    test.call::<Value>("data.backup", json!({})).await;
    test.app.shutdown().await;
    let database = test.data_dir().join("almanac.db");
    std::fs::remove_file(&database).unwrap();
    let error = test.open_again().await.err().unwrap();
    assert_eq!(error.trouble, OpenTrouble::Missing);
    assert!(!database.exists());
    let backup = error.backup.unwrap();
    app::restore_backup(&test.data_dir(), &backup, test.app.now())
        .await
        .unwrap();
    let again = test.open_again().await.unwrap();
    assert_eq!(again.post(kept.id).await.segments[0].text, "Safe");
}

#[tokio::test]
async fn moving_the_folder_copies_compares_points_and_asks_for_a_new_start() {
    let test = TestApp::start().await;
    test.draft("Moves along", &[]).await;
    let (from, to) = (test.data_dir(), test.dir().join("elsewhere"));
    let inside = json!({ "path": from.join("deeper") });
    let error = test.refused("data.move", inside).await;
    assert!(error.message.contains("lies inside the other"), "{error:?}");
    let full = test.dir().join("full");
    std::fs::create_dir(&full).unwrap();
    std::fs::write(full.join("file"), "x").unwrap();
    let error = test.refused("data.move", json!({ "path": full })).await;
    assert!(
        error.message.contains("something in that folder already"),
        "{error:?}"
    );

    let moved: Value = test.call("data.move", json!({ "path": to })).await;
    assert_eq!(moved["folder"], to.to_string_lossy().as_ref());
    assert!(*test.app.restart_wanted().borrow());
    assert_eq!(
        std::fs::read(from.join("almanac.db")).unwrap(),
        std::fs::read(to.join("almanac.db")).unwrap()
    );
    let pointer = test.dir().join("pointer");
    assert_eq!(app::data_folder(&pointer, from), to);
    // The old folder is not written any more.
    let error = test
        .refused("posts.shelf", json!({ "calendars": [] }))
        .await;
    assert!(error.message.contains("closing"), "{error:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn moving_the_folder_takes_along_what_its_links_lead_to_and_keeps_the_times() {
    let test = TestApp::start().await;
    let (folder, larger) = (test.data_dir(), test.dir().join("larger-disk"));
    std::fs::rename(folder.join("media"), &larger).unwrap();
    std::os::unix::fs::symlink(&larger, folder.join("media")).unwrap();
    let kept = larger.join("kept");
    std::fs::write(&kept, "a picture").unwrap();
    let written = std::time::UNIX_EPOCH + std::time::Duration::from_hours(480_000);
    let file = std::fs::File::options().write(true).open(&kept).unwrap();
    file.set_modified(written).unwrap();

    let to = test.dir().join("elsewhere");
    test.call::<Value>("data.move", json!({ "path": to })).await;
    let moved = to.join("media/kept");
    assert_eq!(std::fs::read(&moved).unwrap(), b"a picture");
    assert_eq!(moved.metadata().unwrap().modified().unwrap(), written);
    assert!(to.join("media").symlink_metadata().unwrap().is_dir());
}

#[cfg(unix)]
#[tokio::test]
async fn the_folder_stays_where_it_is_when_something_in_it_cannot_come_along() {
    let test = TestApp::start().await;
    let link = test.data_dir().join("media/lost");
    std::os::unix::fs::symlink(test.dir().join("not-connected"), &link).unwrap();
    let to = test.dir().join("elsewhere");
    let error = test.refused("data.move", json!({ "path": to })).await;
    assert!(error.message.contains("media/lost"), "{error:?}");
    assert!(!test.dir().join("pointer").exists());
    assert!(test.data_dir().join("almanac.db").exists());
}

#[tokio::test]
async fn whoever_follows_the_changes_learns_of_the_end_and_does_not_hold_the_folder() {
    let test = TestApp::publishing().await;
    let (held, mut changes) = (test.app.clone(), test.app.subscribe());
    let follower = tokio::spawn(async move {
        let mut batches = 0;
        while changes.next().await.is_some() {
            batches += 1;
        }
        batches
    });
    test.draft("Before", &[]).await;
    test.app.shutdown().await;
    let ended = tokio::time::timeout(std::time::Duration::from_secs(20), follower).await;
    assert!(ended.unwrap().unwrap() <= 1);
    let again = test.open_again().await.unwrap();
    assert!(!held.is(&again.app));
    assert!(held.subscribe().next().await.is_none());
}

#[tokio::test]
async fn a_second_program_on_the_same_folder_is_told_so() {
    let test = TestApp::start().await;
    let error = test.open_again().await.err().unwrap();
    assert_eq!(error.trouble, OpenTrouble::InUse);
    assert!(error.message.contains("already open"), "{error:?}");
}

#[tokio::test]
async fn a_bundle_for_a_bug_report_has_no_texts_names_or_secrets() {
    let test = TestApp::start().await;
    let account = test.connect("ana.example.com").await;
    test.draft("A very private text", &[account.id]).await;
    let logs = test.dir().join("logs");
    std::fs::create_dir_all(&logs).unwrap();
    std::fs::write(
        logs.join("almanac.log"),
        "WARN \"A very private text\" was not posted to Testnet (ana.example.com)\nBearer abc.def\n",
    )
    .unwrap();
    let path = test.dir().join("report.zip");
    test.call::<Value>("diagnostics.export", json!({ "path": path }))
        .await;
    let mut zip = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut all = String::new();
    for n in 0..zip.len() {
        std::io::Read::read_to_string(&mut zip.by_index(n).unwrap(), &mut all).unwrap();
    }
    assert!(all.contains("\"version\": \"0.0.0-test\""), "{all}");
    assert!(all.contains("was not posted to Testnet"), "{all}");
    for private in [
        "private text",
        "ana.example.com",
        "abc.def",
        "right-password",
    ] {
        assert!(!all.contains(private), "{private} in {all}");
    }
    let tail: Value = test.call("logs.tail", json!({ "lines": 1 })).await;
    assert_eq!(tail["lines"], json!(["Bearer (hidden)"]));
}

#[tokio::test]
async fn pictures_come_in_and_what_cannot_be_used_is_named() {
    let test = TestApp::start().await;
    let picture = testkit::fakes::picture(test.dir(), "cat.png", 40, 30, [1, 2, 3]);
    let text = test.dir().join("notes.txt");
    std::fs::write(&text, "no picture").unwrap();
    let paths = json!({ "paths": [picture, text, "/gone/away.png", "relative.png"] });
    let taken: Value = test.call("media.import", paths).await;
    assert_eq!(taken["files"][0]["width"], 40);
    let refused = taken["refused"].as_array().unwrap();
    assert_eq!(refused.len(), 3);
    assert!(
        refused
            .iter()
            .all(|r| !r["message"].as_str().unwrap().is_empty())
    );
    let id: model::MediaId = serde_json::from_value(taken["files"][0]["id"].clone()).unwrap();
    let thumb = test
        .app
        .media_file(&id, app::MediaWanted::Thumb)
        .await
        .unwrap()
        .unwrap();
    assert!(thumb.is_file());
    // A file that vanishes from the library is told apart and stays known.
    let original = test
        .app
        .media_file(&id, app::MediaWanted::Original)
        .await
        .unwrap()
        .unwrap();
    std::fs::remove_file(original).unwrap();
    let facts: Value = test.call("media.info", json!({ "ids": [id] })).await;
    assert_eq!(facts[0]["missing"], true);
    let pasted = json!({ "name": "", "data": "bm90IGEgcGljdHVyZQ==" });
    let pasted: Value = test.call("media.import_bytes", pasted).await;
    assert_eq!(pasted["refused"][0]["name"], "Pasted picture");
}

#[tokio::test]
async fn the_folder_on_a_second_machine_starts_held_until_it_takes_over() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    test.scheduled("Once", &[account.id], "2026-05-14T10:00:00")
        .await;
    let test = test.reopen_on("another-machine").await.unwrap();
    let status: Value = test.call("publisher.status", json!({})).await;
    assert!(
        status["held"]
            .as_str()
            .unwrap()
            .contains("another computer"),
        "{status}"
    );
    test.pass(std::time::Duration::from_hours(1)).await;
    assert_eq!(test.network.shown(), []);
    let status: Value = test.call("publisher.release", json!({})).await;
    assert_eq!(status["held"], Value::Null);
}

#[tokio::test]
async fn the_daily_work_makes_the_backup_of_the_day() {
    let test = TestApp::start().await;
    test.app.daily_work().await.unwrap();
    let status: Value = test.call("data.status", json!({})).await;
    let path = status["backups"][0]["path"].as_str().unwrap();
    assert!(path.ends_with("daily-2026-05-14.db"), "{path}");
    assert!(status["databaseBytes"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn a_link_card_never_reaches_into_a_private_network() {
    let test = TestApp::start().await;
    for url in [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest",
        "http://[fd00::1]/",
    ] {
        let error = test.refused("links.card", json!({ "url": url })).await;
        assert!(error.message.contains("gives no card"), "{url}: {error:?}");
    }
    let error = test
        .refused("links.card", json!({ "url": "file:///etc/passwd" }))
        .await;
    assert_eq!(error.message, "That is not a web address.");
}

#[tokio::test]
async fn without_the_internet_the_status_says_since_when() {
    let test = TestApp::publishing().await;
    let now = test.app.now().as_millis();
    test.app.set_online(false);
    test.clock.advance(std::time::Duration::from_mins(5));
    test.app.set_online(false);
    let status: Value = test.call("publisher.status", json!({})).await;
    assert_eq!(status["offlineSince"], now);
    test.app.set_online(true);
    let status: Value = test.call("publisher.status", json!({})).await;
    assert_eq!(status["offlineSince"], Value::Null);
}

#[tokio::test]
async fn a_backup_that_is_damaged_is_told_once_and_nothing_changes() {
    let test = TestApp::start().await;
    let kept = test.draft("Still here", &[]).await;
    let status: Value = test.call("data.backup", json!({})).await;
    let backup = status["backups"][0]["path"].as_str().unwrap().to_owned();
    test.call::<Value>("data.restore", json!({ "path": backup }))
        .await;
    std::fs::write(&backup, "no database, however long one looks at it").unwrap();
    let (error, test) = test.reopen_after_refusal().await;
    assert_eq!(error.trouble, OpenTrouble::NotRestored);
    assert!(error.message.contains("could not be put back"), "{error:?}");
    assert_eq!(test.post(kept.id).await.segments[0].text, "Still here");
}

/// Writes over pages in the middle of a file that is too large to be looked through when it is opened.
fn damage_large(database: &std::path::Path) {
    let mut bytes = std::fs::read(database).unwrap();
    assert!(bytes.len() > 8 * 1024 * 1024, "{}", bytes.len());
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64 * 1024].fill(0xa5);
    std::fs::write(database, bytes).unwrap();
}

#[tokio::test]
async fn damage_in_a_large_database_is_told_while_the_program_runs() {
    let test = TestApp::start().await;
    let text = "word ".repeat(20_000);
    for _ in 0..100 {
        test.draft(&text, &[]).await;
    }
    test.call::<Value>("data.backup", json!({})).await;
    test.app.shutdown().await;
    damage_large(&test.data_dir().join("almanac.db"));

    // It is not looked through at once, so that the window need not wait.
    let test = test.reopen().await.unwrap();
    let mut damage = test.app.damage();
    assert!(damage.borrow().is_none());
    let found = tokio::time::timeout(std::time::Duration::from_mins(1), async {
        while !damage.has_changed().unwrap() {
            test.clock.advance(std::time::Duration::from_secs(30));
            tokio::task::yield_now().await;
        }
        damage.borrow_and_update().clone()
    });
    let error = found.await.unwrap().unwrap();
    assert_eq!(error.trouble, OpenTrouble::Corrupt);
    let backup = error.backup.unwrap();
    assert!(backup.starts_with(test.data_dir().join("backups")));
    // It is never copied over a good backup.
    let status: Value = test.call("data.status", json!({})).await;
    assert_eq!(status["backups"].as_array().unwrap().len(), 1);

    // The way out while the program is closed, as a host goes it.
    test.app.shutdown().await;
    let now = test.app.now();
    app::restore_backup(&test.data_dir(), &backup, now)
        .await
        .unwrap();
    let test = test.reopen().await.unwrap();
    let status: Value = test.call("publisher.status", json!({})).await;
    assert!(status["held"].as_str().unwrap().contains("backup"));
}
