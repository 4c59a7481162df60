//! A post goes out from the real program, and the desktop tells of it.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::stubs::{Services, notes};
use e2e::{Desk, Planner, Session, person, until, windows};
use serde_json::json;

const WORDS: &str = "Spring sale starts today";
/// What a post may be late at least, also on a calendar that lets none be late.
const LEAST_GRACE: Duration = Duration::from_mins(2);

/// Connects a folder and makes a post for it, without a date. Gives the post's id.
async fn post_for_folder(session: &Session, folder: &Path) -> Result<String> {
    let planner = Planner::open(session).await?;
    let account = planner.connect_folder(folder).await?;
    let draft = json!({
        "segments": [{ "text": format!("{WORDS}\n\nCome and see."), "media": [] }],
        "targets": [{ "accountId": account }],
    });
    planner
        .post(draft, json!({ "kind": "shelf" }), "plan")
        .await
}

fn markdown_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.path().extension().is_some_and(|kind| kind == "md"))
        .filter_map(|entry| std::fs::read_to_string(entry.path()).ok())
        .collect()
}

#[tokio::test]
async fn published_once_told_on_the_bus_and_opened_by_a_click() -> Result<()> {
    let desk = Desk::start().await?;
    let services = Services::start(&desk).await?;
    let folder = desk.folder().join("site");
    let session = Session::open(&desk).await?;
    let id = post_for_folder(&session, &folder).await?;
    session
        .call("posts.publish_now", json!({ "id": id }))
        .await?;

    let note = until::some("the notification", || async {
        services
            .notes
            .all()
            .into_iter()
            .find(|note| note.summary.contains(WORDS))
    })
    .await?;
    assert_eq!(note.app, "Almanac");
    assert_eq!(note.actions.first().map(String::as_str), Some("default"));
    let files = markdown_in(&folder);
    assert_eq!(files.len(), 1, "{files:?}");
    assert!(files[0].contains("Come and see."));

    session.listen_for_open().await?;
    notes::click(&services, note.id, "default").await?;
    let opened = until::some("the page to be asked", || session.asked_to_open()).await?;
    assert_eq!(opened["postId"], id);
    session.close().await
}

/// Has the first calendar let no post be late.
async fn let_none_be_late(session: &Session) -> Result<()> {
    let boot = session.call("session.boot", json!({})).await?;
    let mut draft = boot["calendars"][0].clone();
    draft["graceMinutes"] = json!(0);
    session
        .call(
            "calendars.update",
            json!({ "id": draft["id"].clone(), "draft": draft }),
        )
        .await?;
    Ok(())
}

#[tokio::test]
async fn missed_while_the_program_was_off_it_is_told_at_the_start_and_opened_by_a_click()
-> Result<()> {
    let desk = Desk::start().await?;
    let services = Services::start(&desk).await?;
    let folder = desk.folder().join("site");
    let session = Session::open(&desk).await?;
    let_none_be_late(&session).await?;
    let id = post_for_folder(&session, &folder).await?;
    let minute = person::minute_ahead()?;
    let moves = json!([{ "id": id, "place": minute.place }]);
    session
        .call(
            "posts.move",
            json!({ "moves": moves, "scheduling": "must" }),
        )
        .await?;
    session.close().await?;

    // The computer is off at its time, and for longer than it may be late.
    let late = minute
        .at
        .checked_add(LEAST_GRACE + Duration::from_secs(1))?;
    let limit = minute.patience() + LEAST_GRACE;
    until::some_within(limit, "its time to be over", || async {
        (person::now() > late).then_some(())
    })
    .await?;
    let session = Session::open(&desk).await?;
    let note = until::some("the notification", || async {
        let notes = services.notes.all();
        notes.into_iter().find(|note| note.summary.contains(WORDS))
    })
    .await?;
    assert!(note.body.contains("missed the time"), "{note:?}");
    ensure!(markdown_in(&folder).is_empty(), "it went out all the same");

    session.listen_for_open().await?;
    notes::click(&services, note.id, "default").await?;
    let opened = until::some("the page to be asked", || session.asked_to_open()).await?;
    assert_eq!(opened["postId"], id);
    session.reads("Post, missed").await?;
    session.close().await
}

#[tokio::test]
async fn a_post_due_after_the_window_was_closed_still_goes_out() -> Result<()> {
    let desk = Desk::start().await?;
    let services = Services::start(&desk).await?;
    let folder = desk.folder().join("site");
    {
        // Written in one run …
        let session = Session::open(&desk).await?;
        let id = post_for_folder(&session, &folder).await?;
        session.call("publisher.hold", json!({})).await?;
        session
            .call("posts.publish_now", json!({ "id": id }))
            .await?;
        session.close().await?;
    }
    // … and sent in another that never had a window.
    let known = services.items.all().len();
    let mut program = e2e::Program::start(&desk, &["--hidden"])?;
    let item = until::some("the tray icon", || async {
        services.items.all().get(known).cloned()
    })
    .await?;
    let menu = e2e::stubs::menu::Menu::of(&services.connection, &item).await?;
    menu.wait_held(true).await?;
    assert!(markdown_in(&folder).is_empty());
    menu.choose("Hold all posts").await?;
    until::holds("the file", || async { markdown_in(&folder).len() == 1 }).await?;
    assert!(windows::visible(&desk).await.is_none());
    // Before it is told it counts as under way, and to quit is asked about.
    let told = || async {
        services
            .notes
            .all()
            .into_iter()
            .find(|n| n.summary.contains(WORDS))
    };
    until::some("the notification", told).await?;
    menu.choose("Quit").await?;
    assert_eq!(program.ended().await?, Some(0));
    Ok(())
}
