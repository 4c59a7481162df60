//! A post goes out from the real program, and the desktop tells of it.

use std::path::Path;

use anyhow::{Context, Result};
use e2e::stubs::{Services, notes};
use e2e::{Desk, Session, until, windows};
use serde_json::{Value, json};

const WORDS: &str = "Spring sale starts today";

/// Connects a folder and makes a post for it, without a date. Gives the post's id.
async fn post_for_folder(session: &Session, folder: &Path) -> Result<String> {
    let boot = session.call("session.boot", json!({})).await?;
    let account = session
        .call(
            "accounts.connect",
            json!({
                "workspaceId": boot["workspaces"][0]["id"],
                "network": "folder",
                "fields": { "folder": folder },
                "secrets": {},
            }),
        )
        .await?;
    let text = format!("{WORDS}\n\nCome and see.");
    let written = session
        .call(
            "posts.create",
            json!({
                "calendarId": boot["calendars"][0]["id"],
                "draft": draft(&text, &account["value"]["id"]),
                "place": { "kind": "shelf" },
            }),
        )
        .await?;
    written["value"]["id"]
        .as_str()
        .map(str::to_owned)
        .context("the post has an id")
}

fn draft(text: &str, account: &Value) -> Value {
    json!({
        "segments": [{ "text": text, "media": [] }],
        "targets": [{ "accountId": account }],
    })
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
    std::fs::create_dir(&folder)?;
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
    // The machine was kept awake meanwhile, or it was over before anybody could ask.
    for inhibitor in services.login.inhibitors.all() {
        assert_eq!(
            (inhibitor.who.as_str(), inhibitor.mode.as_str()),
            ("Almanac", "block")
        );
    }

    session
        .script(
            "const done = arguments[0];
             window.__TAURI__.event
               .listen('almanac:open', (event) => { window.opened = event.payload; })
               .then(() => done(true));",
            vec![],
        )
        .await?;
    notes::click(&services, note.id, "default").await?;
    let opened = until::some("the page to be asked", || async {
        let value = session
            .client
            .execute("return window.opened ?? null", vec![])
            .await
            .ok()?;
        (!value.is_null()).then_some(value)
    })
    .await?;
    assert_eq!(opened["postId"], id);
    session.close().await
}

#[tokio::test]
async fn a_post_due_after_the_window_was_closed_still_goes_out() -> Result<()> {
    let desk = Desk::start().await?;
    let services = Services::start(&desk).await?;
    let folder = desk.folder().join("site");
    std::fs::create_dir(&folder)?;
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
    until::holds("the hold to show", || async {
        menu.entries().await.is_ok_and(|entries| {
            entries
                .iter()
                .any(|e| e.label == "Hold all posts" && e.checked == Some(true))
        })
    })
    .await?;
    assert!(markdown_in(&folder).is_empty());
    menu.choose("Hold all posts").await?;
    until::holds("the file", || async { markdown_in(&folder).len() == 1 }).await?;
    assert!(windows::visible(&desk).await.is_none());
    menu.choose("Quit").await?;
    assert_eq!(program.ended().await?, Some(0));
    Ok(())
}
