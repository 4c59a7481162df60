//! A damaged database: the window that opens all the same puts the newest backup back.

use anyhow::{Context, Result};
use e2e::{Desk, Session, program, until};
use fantoccini::Locator;
use serde_json::json;

#[tokio::test]
async fn the_newest_backup_is_put_back_from_the_window_that_tells_of_the_damage() -> Result<()> {
    let desk = Desk::start().await?;
    let database = desk.data_folder().join("almanac.db");
    {
        let session = Session::open(&desk).await?;
        let boot = session.call("session.boot", json!({})).await?;
        session
            .call(
                "posts.create",
                json!({
                    "calendarId": boot["calendars"][0]["id"],
                    "draft": { "segments": [{ "text": "Kept", "media": [] }], "targets": [] },
                    "place": { "kind": "shelf" },
                }),
            )
            .await?;
        session.call("data.backup", json!({})).await?;
        session.close().await?;
    }
    // The driver ends the program without a goodbye, so the log may hold all of it still.
    for name in ["almanac.db-wal", "almanac.db-shm"] {
        let file = desk.data_folder().join(name);
        if file.exists() {
            std::fs::remove_file(file)?;
        }
    }
    let damaged = "this is no database ".repeat(500);
    std::fs::write(&database, &damaged)?;

    let session = Session::connect(&desk, &program::path()?.to_string_lossy(), &[]).await?;
    let button = Locator::XPath("//button[contains(., 'Go back to the newest backup')]");
    let button = session
        .client
        .wait()
        .at_most(until::PATIENCE)
        .for_element(button)
        .await?;
    button.click().await?;
    session.ready().await?;

    let boot = session.call("session.boot", json!({})).await?;
    let held = boot["publisher"]["held"].as_str().unwrap_or_default();
    assert!(held.contains("A backup was restored"), "{boot}");
    let calendars = json!([boot["calendars"][0]["id"]]);
    let shelf = session
        .call("posts.shelf", json!({ "calendars": calendars }))
        .await?;
    let words = shelf["chips"].to_string();
    assert!(words.contains("Kept"), "{words}");
    // The damaged file is kept.
    let kept = std::fs::read_dir(desk.data_folder().join("broken"))?
        .next()
        .context("a file is kept")??;
    assert_eq!(std::fs::read_to_string(kept.path())?, damaged);
    session.close().await
}
