//! Starts that go wrong: the window still opens, says why, and offers the way out. Without a window the
//! desktop and the tray say so.

use std::fs::File;
use std::time::Duration;

use anyhow::Result;
use e2e::stubs::menu::{Entry, Menu};
use e2e::stubs::{Note, Services, notes};
use e2e::{Desk, Program, Session, program, until, windows};
use serde_json::{Value, json};

/// Calls one of the host's own commands.
async fn host(session: &Session, name: &str, input: Value) -> Result<Value> {
    session
        .script(
            "const [name, input, done] = arguments;
             window.__TAURI__.core.invoke(name, input).then(
               (ok) => done({ ok }), (error) => done({ error }));",
            vec![json!(name), input],
        )
        .await
}

#[tokio::test]
async fn a_damaged_database_is_told_and_can_be_tried_again() -> Result<()> {
    let desk = Desk::start().await?;
    let database = desk.data_folder().join("almanac.db");
    std::fs::write(&database, "this is no database ".repeat(500))?;
    let session = Session::connect(&desk, &program::path()?.to_string_lossy(), &[]).await?;
    until::holds("the host's commands", || async {
        let there = session
            .client
            .execute("return !!window.__TAURI__", vec![])
            .await;
        there.is_ok_and(|there| there == json!(true))
    })
    .await?;

    let trouble = host(&session, "start_trouble", json!({})).await?;
    assert_eq!(trouble["ok"]["trouble"], "corrupt", "{trouble}");
    let refused = session.call("session.boot", json!({})).await.err();
    assert!(refused.is_some_and(|error| error.to_string().contains("storage")));
    // There never was a backup, so none can be put back.
    let restore = host(&session, "start_again", json!({ "restore": true })).await?;
    assert_eq!(restore["error"]["code"], "permission", "{restore}");

    std::fs::remove_file(&database)?;
    host(&session, "start_again", json!({ "restore": false })).await?;
    assert_eq!(
        host(&session, "start_trouble", json!({})).await?["ok"],
        Value::Null
    );
    assert_eq!(
        session.call("session.boot", json!({})).await?["firstStart"],
        json!(true)
    );
    session.close().await
}

/// What the tray says while nothing is published.
const STOPPED: &str = "Nothing is published: open Almanac";
/// The folder is tried again every minute.
const TRIED_AGAIN: Duration = Duration::from_secs(100);

/// The notification that nothing is published.
async fn told(services: &Services) -> Result<Note> {
    until::some("the notification", || async {
        let notes = services.notes.all();
        notes
            .into_iter()
            .find(|note| note.summary == "Almanac is not publishing")
    })
    .await
}

/// Waits until the tray has an entry with these words that can be chosen, or cannot.
async fn offers(limit: Duration, menu: &Menu<'_>, label: &str, enabled: bool) -> Result<Entry> {
    until::some_within(limit, &format!("“{label}” in the tray"), || async {
        let entries = menu.entries().await.ok()?;
        let found = entries.iter().find(|entry| entry.label == label)?;
        (found.enabled == enabled).then(|| found.clone())
    })
    .await
}

#[tokio::test]
async fn a_hidden_start_that_fails_is_told_and_the_tray_shows_it() -> Result<()> {
    let desk = Desk::start().await?;
    let services = Services::start(&desk).await?;
    let database = desk.data_folder().join("almanac.db");
    std::fs::write(&database, "this is no database ".repeat(500))?;
    let mut program = Program::start(&desk, &["--hidden"])?;

    let note = told(&services).await?;
    assert!(note.body.contains("damaged"), "{note:?}");
    let item = until::some("the tray icon", || async {
        services.items.all().first().cloned()
    })
    .await?;
    let menu = Menu::of(&services.connection, &item).await?;
    offers(until::PATIENCE, &menu, STOPPED, true).await?;
    let hold = offers(until::PATIENCE, &menu, "Hold all posts", false).await?;
    assert!(windows::visible(&desk).await.is_none());

    // Where nothing can be held a click leaves no mark.
    menu.click(&hold).await?;
    notes::click(&services, note.id, "default").await?;
    windows::wait_visible(&desk).await?;
    menu.wait_held(false).await?;
    menu.choose("Quit").await?;
    assert_eq!(program.ended().await?, Some(0));
    Ok(())
}

#[tokio::test]
async fn a_folder_that_another_program_has_is_told_once_and_tried_again() -> Result<()> {
    let desk = Desk::start().await?;
    let services = Services::start(&desk).await?;
    let other = File::create(desk.data_folder().join("almanac.lock"))?;
    other.lock()?;
    let mut program = Program::start(&desk, &["--hidden"])?;

    let note = told(&services).await?;
    assert!(note.body.contains("already open"), "{note:?}");
    let item = until::some("the tray icon", || async {
        services.items.all().first().cloned()
    })
    .await?;
    let menu = Menu::of(&services.connection, &item).await?;
    offers(until::PATIENCE, &menu, STOPPED, true).await?;

    drop(other);
    offers(TRIED_AGAIN, &menu, "Nothing scheduled", false).await?;
    offers(until::PATIENCE, &menu, "Hold all posts", true).await?;
    let notes = services.notes.all();
    let times = notes.iter().filter(|shown| shown.summary == note.summary);
    assert_eq!(times.count(), 1, "{notes:?}");
    menu.choose("Quit").await?;
    assert_eq!(program.ended().await?, Some(0));
    Ok(())
}
