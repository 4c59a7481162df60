//! The tray and life without a window.

use anyhow::Result;
use e2e::stubs::menu::{Entry, Menu};
use e2e::stubs::{Item, Services};
use e2e::{Desk, Program, processes, until, windows};

async fn item(services: &Services) -> Result<Item> {
    until::some("the tray icon", || async {
        services.items.all().first().cloned()
    })
    .await
}

fn labels(entries: &[Entry]) -> Vec<&str> {
    entries
        .iter()
        .filter(|entry| !entry.separator)
        .map(|entry| entry.label.as_str())
        .collect()
}

#[tokio::test]
async fn started_hidden_it_has_a_tray_icon_and_no_window() -> Result<()> {
    let desk = Desk::start().await?;
    let services = Services::start(&desk).await?;
    let mut program = Program::start(&desk, &["--hidden"])?;
    let item = item(&services).await?;
    let menu = Menu::of(&services.connection, &item).await?;
    assert_eq!(
        labels(&menu.entries().await?),
        [
            "Open Almanac",
            "New post",
            "Nothing scheduled",
            "Hold all posts",
            "Quit"
        ]
    );
    assert!(windows::visible(&desk).await.is_none());
    // No web-view: that is what keeps it small.
    assert_eq!(program.tree(), [program.pid()]);

    menu.choose("Open Almanac").await?;
    windows::wait_visible(&desk).await?;

    menu.choose("Quit").await?;
    assert_eq!(program.ended().await?, Some(0));
    Ok(())
}

#[tokio::test]
async fn closing_the_window_leaves_it_running_and_a_second_start_brings_it_back() -> Result<()> {
    let desk = Desk::start().await?;
    let services = Services::start(&desk).await?;
    let mut program = Program::start(&desk, &[])?;
    item(&services).await?;
    windows::wait_visible(&desk).await?;

    windows::press(&desk, "alt+F4").await?;
    windows::wait_gone(&desk).await?;
    until::holds("the page's process to end", || async {
        // What may stay is WebKit's network process, which ends with the program.
        processes::children(program.pid()).len() <= 1
    })
    .await?;
    assert!(program.running());

    let mut second = Program::start(&desk, &[])?;
    assert_eq!(second.ended().await?, Some(0));
    windows::wait_visible(&desk).await?;
    Ok(())
}

#[tokio::test]
async fn hold_all_shows_as_checked_and_can_be_taken_back() -> Result<()> {
    let desk = Desk::start().await?;
    let services = Services::start(&desk).await?;
    let _program = Program::start(&desk, &["--hidden"])?;
    let item = item(&services).await?;
    let menu = Menu::of(&services.connection, &item).await?;
    for (wanted, line) in [
        (true, "Held: You hold all posts."),
        (false, "Nothing scheduled"),
    ] {
        menu.choose("Hold all posts").await?;
        menu.wait_held(wanted).await?;
        // The line changes on its own, a moment before or after the mark.
        until::holds(&format!("the tray to say “{line}”"), || async {
            let lines = ["Open Almanac", "New post", line, "Hold all posts", "Quit"];
            let entries = menu.entries().await.unwrap_or_default();
            labels(&entries) == lines
        })
        .await?;
    }
    Ok(())
}

#[tokio::test]
async fn asked_to_stop_by_the_session_it_ends_cleanly() -> Result<()> {
    let desk = Desk::start().await?;
    let services = Services::start(&desk).await?;
    let mut program = Program::start(&desk, &[])?;
    item(&services).await?;
    windows::wait_visible(&desk).await?;
    processes::terminate(program.pid());
    assert_eq!(program.ended().await?, Some(0));
    Ok(())
}
