//! The data folder is opened anew while the program runs, and everything goes on: with other
//! certificates, after a move that failed and after one that worked.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use e2e::stubs::{Services, internet};
use e2e::{Desk, Session, desk, program, until};
use serde_json::{Value, json};

/// A file of certificates that holds none.
pub const BAD_CERTIFICATES: &str = "own.pem";

/// Remembers events of the host in `window.told`.
async fn listen(session: &Session, event: &str) -> Result<()> {
    session
        .script(
            "const [event, done] = arguments;
             window.told = [];
             window.__TAURI__.event
               .listen(event, (told) => { window.told.push(told.payload); })
               .then(() => done(true));",
            vec![json!(event)],
        )
        .await?;
    Ok(())
}

/// Waits for an event that fits.
async fn told(session: &Session, what: &str, fits: impl Fn(&Value) -> bool) -> Result<()> {
    until::holds(what, || async {
        let told = session.client.execute("return window.told", vec![]).await;
        told.is_ok_and(|told| told.as_array().into_iter().flatten().any(&fits))
    })
    .await
}

async fn draft(session: &Session, text: &str) -> Result<()> {
    let boot = session.call("session.boot", json!({})).await?;
    session
        .call(
            "posts.create",
            json!({
                "calendarId": boot["calendars"][0]["id"],
                "draft": { "segments": [{ "text": text, "media": [] }], "targets": [] },
                "place": { "kind": "shelf" },
            }),
        )
        .await?;
    Ok(())
}

async fn on_the_shelf(session: &Session) -> Result<usize> {
    let boot = session.call("session.boot", json!({})).await?;
    let calendars = json!([boot["calendars"][0]["id"]]);
    let shelf = session
        .call("posts.shelf", json!({ "calendars": calendars }))
        .await?;
    Ok(shelf["chips"].as_array().map_or(0, Vec::len))
}

/// Chooses certificates that cannot be used: reading them says so, in a sentence with the file's name.
pub async fn choose_bad_certificates(desk: &Desk, session: &Session) -> Result<()> {
    let file = desk::write(desk, BAD_CERTIFICATES, "no certificate at all")?;
    let boot = session.call("session.boot", json!({})).await?;
    let mut settings = boot["settings"].clone();
    settings["extraCertificates"] = json!(file);
    session.call("settings.set", settings).await?;
    Ok(())
}

/// Waits for the sentence, which comes when the folder is open again.
async fn certificates_read(session: &Session) -> Result<()> {
    told(session, "the certificates to be read", |problem| {
        let message = problem["message"].as_str().unwrap_or_default();
        message.contains(BAD_CERTIFICATES)
    })
    .await
}

#[tokio::test]
async fn other_certificates_are_used_without_a_new_start() -> Result<()> {
    let desk = Desk::start().await?;
    let session = Session::open(&desk).await?;
    listen(&session, "almanac:problem").await?;
    let before = on_the_shelf(&session).await?;

    choose_bad_certificates(&desk, &session).await?;
    certificates_read(&session).await?;

    // The folder is open again, and what changes is told.
    listen(&session, "almanac:changes").await?;
    draft(&session, "Written afterwards").await?;
    told(&session, "the change", |batch| {
        batch["changes"]
            .as_array()
            .is_some_and(|all| !all.is_empty())
    })
    .await?;
    assert_eq!(on_the_shelf(&session).await?, before + 1);
    session.close().await
}

#[tokio::test]
async fn trying_again_leaves_a_folder_alone_that_is_open_meanwhile() -> Result<()> {
    let desk = Desk::start().await?;
    let session = Session::open(&desk).await?;
    listen(&session, "almanac:changes").await?;
    // As where the try of the minute was under way when it was pressed.
    session
        .script(
            "const [done] = arguments;
             window.__TAURI__.core.invoke('start_again', { restore: false }).then(() => done(true));",
            vec![],
        )
        .await?;
    draft(&session, "Written afterwards").await?;
    // A folder that was opened anew says first that everything may have changed.
    told(&session, "the first change", |batch| {
        assert_ne!(batch["reload"], json!(true), "{batch}");
        true
    })
    .await?;
    session.close().await
}

async fn says_offline(session: &Session) -> bool {
    let status = session.call("publisher.status", json!({})).await;
    status.is_ok_and(|status| status["offlineSince"].is_i64())
}

#[tokio::test]
async fn that_there_is_no_internet_is_known_to_the_folder_opened_anew_as_well() -> Result<()> {
    let desk = Desk::start().await?;
    let services = Services::start(&desk).await?;
    internet::says(&services, internet::DISCONNECTED).await?;
    let session = Session::open(&desk).await?;
    until::holds("the program to know", || says_offline(&session)).await?;
    listen(&session, "almanac:problem").await?;

    choose_bad_certificates(&desk, &session).await?;
    certificates_read(&session).await?;
    assert!(says_offline(&session).await);
    session.close().await
}

/// The program without the data folder that every test names: one that was named cannot be moved.
fn program_with_usual_folder(desk: &Desk) -> Result<String> {
    let program = program::path()?;
    let text = format!(
        "#!/bin/sh\nunset ALMANAC_DATA_DIR\nexec '{}' \"$@\"\n",
        program.display()
    );
    let script = desk::write(desk, "usual-folder", &text)?;
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755))?;
    Ok(script.to_string_lossy().into_owned())
}

async fn folder_in_use(session: &Session) -> Result<String> {
    let status = until::some("the data folder", || async {
        session.call("data.status", json!({})).await.ok()
    })
    .await?;
    let folder = status["folder"].as_str().context("a folder")?;
    Ok(folder.to_owned())
}

async fn moved_to(session: &Session, to: &Path) -> Result<()> {
    // The page is drawn anew on the way, which may cut the answer off.
    let _ = session.call("data.move", json!({ "path": to })).await;
    until::holds("a folder to be open again", || async {
        session.call("session.boot", json!({})).await.is_ok()
    })
    .await?;
    session.ready().await
}

#[tokio::test]
async fn a_move_that_fails_goes_on_with_the_old_folder_and_one_that_works_with_the_new()
-> Result<()> {
    let desk = Desk::start().await?;
    let session = Session::connect(&desk, &program_with_usual_folder(&desk)?, &[]).await?;
    session.ready().await?;
    draft(&session, "Moves along").await?;
    let (count, old) = (
        on_the_shelf(&session).await?,
        folder_in_use(&session).await?,
    );

    // The pointer to the new folder cannot be written.
    let blocked = desk.folder().join("config/almanac/data-folder.part");
    std::fs::create_dir_all(&blocked)?;
    moved_to(&session, &desk.folder().join("first")).await?;
    assert_eq!(folder_in_use(&session).await?, old);
    assert_eq!(on_the_shelf(&session).await?, count);

    std::fs::remove_dir(&blocked)?;
    let new = desk.folder().join("second");
    moved_to(&session, &new).await?;
    until::holds("the new folder to be used", || async {
        folder_in_use(&session)
            .await
            .is_ok_and(|folder| folder == new.to_string_lossy())
    })
    .await?;
    assert_eq!(on_the_shelf(&session).await?, count);
    draft(&session, "Written there").await?;
    assert_eq!(on_the_shelf(&session).await?, count + 1);
    session.close().await
}
