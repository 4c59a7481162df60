//! Started at login, in the tray: posts go out with no window, and the tray brings one.

use anyhow::{Context, Result, ensure};
use e2e::desk::Look;
use e2e::person::{self, minute_ahead};
use e2e::stubs::Services;
use e2e::stubs::menu::Menu;
use e2e::{Desk, Session, shots, until, windows};
use testkit::sandbox::bluesky::Sandbox;

const WORDS: &str = "Out before anybody looked";

/// The program and its arguments, as the desktop starts them at login.
fn command_at_login(desk: &Desk) -> Result<(String, Vec<String>)> {
    let entry = desk.folder().join("home/.config/autostart/Almanac.desktop");
    let text = std::fs::read_to_string(entry).context("the entry for login")?;
    let line = text.lines().find_map(|line| line.strip_prefix("Exec="));
    let mut words = line
        .context("a command")?
        .split_whitespace()
        .map(|word| word.trim_matches('"').to_owned());
    Ok((words.next().context("a program")?, words.collect()))
}

#[tokio::test]
async fn started_at_login_it_publishes_without_a_window_and_the_tray_brings_one() -> Result<()> {
    let network = Sandbox::start().await?;
    let ana = network.ana();
    let desk = Desk::start_as(Look {
        keyring: true,
        ..Look::default()
    })
    .await?;
    let services = Services::start(&desk).await?;
    let session = Session::open(&desk).await?;
    session
        .connect_bluesky(&ana.handle, &ana.password, &network.origin())
        .await?;
    session.room("Settings").await?;
    session
        .click_at("//button[@role=\"switch\" and @aria-labelledby=//span[normalize-space(.)=\"Start when I sign in to this computer\"]/@id]")
        .await?;
    let (program, arguments) = until::some("the entry for login", || async {
        command_at_login(&desk).ok()
    })
    .await?;
    session.begin_post(&desk).await?;
    session.fill("Text", WORDS).await?;
    session.address_to(&ana.handle).await?;
    session.choose("Pick a time").await?;
    let minute = minute_ahead()?;
    session
        .fill("Date and time, as you would say it", &minute.typed)
        .await?;
    windows::press(&desk, "ctrl+Return").await?;
    session
        .reads(&format!("Scheduled for {}.", minute.typed))
        .await?;
    session.close().await?;

    // The computer is off at the minute, and goes on a moment later.
    until::some_within(minute.patience(), "the minute", || async {
        (person::now() > minute.at).then_some(())
    })
    .await?;
    ensure!(network.posts_made() == 0, "nothing could have sent it");
    let known = services.items.all().len();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    assert!(arguments.contains(&"--hidden"), "{arguments:?}");
    // The driver waits for a window, which only comes when the tray is used.
    let window = Session::connect(&desk, &program, &arguments);
    let life = async {
        let item = until::some("the tray icon", || async {
            services.items.all().get(known).cloned()
        })
        .await?;
        until::holds("the post on the network", || async {
            network.posts_made() == 1
        })
        .await?;
        until::holds("the notification", || async {
            let notes = services.notes.all();
            notes.iter().any(|note| note.summary.contains(WORDS))
        })
        .await?;
        ensure!(windows::visible(&desk).await.is_none(), "there is a window");
        let menu = Menu::of(&services.connection, &item).await?;
        menu.choose("Open Almanac").await
    };
    let (session, ()) = tokio::try_join!(window, life)?;
    session.ready().await?;
    windows::wait_visible(&desk).await?;
    session.room("Activity").await?;
    session.reads(WORDS).await?;
    session.reads("Published on Bluesky (ana.test)").await?;
    shots::page(&session, "hidden-published").await?;
    assert_eq!(network.posts_made(), 1);
    session.close().await
}
