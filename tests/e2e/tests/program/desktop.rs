//! What only a desktop can do: start at login, keys that work everywhere, waking up, the look.

use anyhow::Result;
use e2e::desk::Look;
use e2e::stubs::{Services, login};
use e2e::{Desk, Session, axe, shots, until, windows};
use serde_json::{Value, json};

/// Changes one setting as the page does.
async fn set(session: &Session, key: &str, value: Value) -> Result<()> {
    let boot = session.call("session.boot", json!({})).await?;
    let mut settings = boot["settings"].clone();
    settings[key] = value;
    session.call("settings.set", settings).await?;
    Ok(())
}

fn log(desk: &Desk) -> String {
    let files = std::fs::read_dir(desk.data_folder().join("logs"))
        .into_iter()
        .flatten()
        .flatten();
    files
        .filter_map(|file| std::fs::read_to_string(file.path()).ok())
        .collect()
}

#[tokio::test]
async fn start_at_login_is_off_until_it_is_wanted() -> Result<()> {
    let desk = Desk::start().await?;
    let session = Session::open(&desk).await?;
    let entry = desk.folder().join("home/.config/autostart/Almanac.desktop");
    assert!(!entry.exists());
    set(&session, "startAtLogin", json!(true)).await?;
    // It is made and then filled, so that an empty one is seen at times.
    until::holds("the entry to start it hidden", || async {
        std::fs::read_to_string(&entry).is_ok_and(|text| text.contains("--hidden"))
    })
    .await?;
    set(&session, "startAtLogin", json!(false)).await?;
    until::holds("the entry to go", || async { !entry.exists() }).await?;
    session.close().await
}

#[tokio::test]
async fn the_keys_for_a_new_post_work_from_everywhere() -> Result<()> {
    let desk = Desk::start().await?;
    let session = Session::open(&desk).await?;
    set(&session, "globalShortcut", json!("Ctrl+Alt+KeyN")).await?;
    session.listen_for_open().await?;
    let opened = until::some("the page to be asked", || async {
        // The keys are taken a moment after the setting, so they are pressed until they are.
        windows::press(&desk, "ctrl+alt+n").await.ok()?;
        session.asked_to_open().await
    })
    .await?;
    assert_eq!(opened["compose"], json!(true));
    session.close().await
}

#[tokio::test]
async fn waking_up_is_heard() -> Result<()> {
    let desk = Desk::start().await?;
    let services = Services::start(&desk).await?;
    let session = Session::open(&desk).await?;
    until::holds("the program to hear", || async {
        login::sleep_signal(&services, false).await.is_ok() && log(&desk).contains("woke up")
    })
    .await?;
    session.close().await
}

#[tokio::test]
async fn the_look_follows_the_system_and_has_no_faults() -> Result<()> {
    for (name, dark) in [("light", false), ("dark", true)] {
        let desk = Desk::start_as(Look {
            dark,
            ..Look::default()
        })
        .await?;
        let session = Session::open(&desk).await?;
        let is_dark = session
            .client
            .execute(
                "return matchMedia('(prefers-color-scheme: dark)').matches",
                vec![],
            )
            .await?;
        assert_eq!(is_dark, json!(dark));
        let faults = axe::violations(&session).await?;
        assert!(faults.is_empty(), "{name}: {faults:#?}");
        shots::page(&session, &format!("first-start-{name}")).await?;
        session.close().await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_window_comes_back_where_it_was() -> Result<()> {
    let desk = Desk::start().await?;
    let services = Services::start(&desk).await?;
    let mut first = e2e::Program::start(&desk, &[])?;
    let window = until::some("a visible window", || windows::visible(&desk)).await?;
    desk.command("xdotool")
        .args(["windowsize", &window, "1000", "700"])
        .status()
        .await?;
    until::holds("the new size", || async {
        size(&desk).await == Some((1000, 700))
    })
    .await?;
    let item = until::some("the tray icon", || async {
        services.items.all().first().cloned()
    });
    let item = item.await?;
    e2e::stubs::menu::Menu::of(&services.connection, &item)
        .await?
        .choose("Quit")
        .await?;
    assert_eq!(first.ended().await?, Some(0));

    let _second = e2e::Program::start(&desk, &[])?;
    windows::wait_visible(&desk).await?;
    until::holds("the old size", || async {
        size(&desk).await == Some((1000, 700))
    })
    .await
}

async fn size(desk: &Desk) -> Option<(u32, u32)> {
    let window = windows::visible(desk).await?;
    let out = desk
        .command("xwininfo")
        .args(["-id", &window])
        .output()
        .await
        .ok()?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let number = |label: &str| {
        let line = text
            .lines()
            .find(|line| line.trim_start().starts_with(label))?;
        line.rsplit_once(':')?.1.trim().parse().ok()
    };
    number("Width").zip(number("Height"))
}
