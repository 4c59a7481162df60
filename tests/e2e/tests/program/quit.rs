//! Quitting while a post is being sent or due within the hour asks first, with a window and without.

use anyhow::Result;
use e2e::desk::Look;
use e2e::stubs::menu::Menu;
use e2e::stubs::{Item, Services};
use e2e::{Desk, Planner, Program, Session, native, person, processes, shots, until, windows};
use jiff::ToSpan;
use serde_json::json;
use testkit::sandbox::Fault;
use testkit::sandbox::bluesky::Sandbox;

/// Makes a post that is due in half an hour.
async fn post_due_soon(desk: &Desk, session: &Session) -> Result<()> {
    let planner = Planner::open(session).await?;
    let account = planner.connect_folder(&desk.folder().join("site")).await?;
    let at = person::now().checked_add(30.minutes())?.in_tz("UTC")?;
    let draft = json!({
        "segments": [{ "text": "Due in half an hour", "media": [] }],
        "targets": [{ "accountId": account }],
    });
    let wall = at.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    planner
        .post(draft, json!({ "kind": "wall", "wall": wall }), "must")
        .await?;
    Ok(())
}

async fn newest_item(services: &Services, known: usize) -> Result<Item> {
    until::some("the tray icon", || async {
        services.items.all().get(known).cloned()
    })
    .await
}

#[tokio::test]
async fn with_a_window_the_page_asks_and_both_answers_work() -> Result<()> {
    let desk = Desk::start().await?;
    let services = Services::start(&desk).await?;
    let session = Session::open(&desk).await?;
    post_due_soon(&desk, &session).await?;
    let item = newest_item(&services, 0).await?;
    let menu = Menu::of(&services.connection, &item).await?;
    let program = session.program_pid()?;

    // The other lines of the tray open what they name.
    menu.choose("New post").await?;
    session.appears("[data-testid=composer]").await?;
    windows::press(&desk, "Escape").await?;
    session.goes("[data-testid=composer]").await?;
    let entries = menu.entries().await?;
    let next = entries
        .iter()
        .find(|entry| entry.label.starts_with("Next: "));
    let next = next.map(|entry| entry.label.clone()).unwrap_or_default();
    assert!(next.ends_with("Due in half an hour"), "{next}");
    menu.choose(&next).await?;
    session
        .await_value(
            "the post to be open",
            "return [...document.querySelectorAll('[data-testid=composer] textarea')]
               .some((field) => field.value === 'Due in half an hour');",
            vec![],
        )
        .await?;
    windows::press(&desk, "Escape").await?;
    session.goes("[data-testid=composer]").await?;

    menu.choose("Quit").await?;
    session.reads("One post is due within the hour").await?;
    session
        .reads("After quitting it waits until the next start.")
        .await?;
    shots::page(&session, "quit-with-window").await?;
    session.choose("Keep running").await?;
    session.goes("dialog[open]").await?;
    assert!(processes::alive(program));

    menu.choose("Quit").await?;
    session.choose("Quit anyway").await?;
    session.ended().await
}

#[tokio::test]
async fn without_a_window_the_desktop_asks_and_both_answers_work() -> Result<()> {
    let desk = Desk::start().await?;
    let services = Services::start(&desk).await?;
    let session = Session::open(&desk).await?;
    post_due_soon(&desk, &session).await?;
    session.close().await?;

    let known = services.items.all().len();
    let mut program = Program::start(&desk, &["--hidden"])?;
    let item = newest_item(&services, known).await?;
    let menu = Menu::of(&services.connection, &item).await?;
    until::holds("the tray to know the post", || async {
        let entries = menu.entries().await.unwrap_or_default();
        entries
            .iter()
            .any(|entry| entry.label.contains("Due in half an hour"))
    })
    .await?;

    menu.choose("Quit").await?;
    native::message_says(
        &desk,
        "1 post is due within the hour. It goes out only while Almanac runs.",
    )
    .await?;
    native::keep_picture(&desk, "quit-without-window").await?;
    native::press_button(&desk, 1, 2).await?;
    windows::wait_gone(&desk).await?;
    assert!(program.running());

    menu.choose("Quit").await?;
    windows::wait_visible(&desk).await?;
    native::press_button(&desk, 0, 2).await?;
    assert_eq!(program.ended().await?, Some(0));
    Ok(())
}

#[tokio::test]
async fn in_the_middle_of_a_send_the_page_says_so() -> Result<()> {
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
    let faults = network.faults();
    faults.order("com.atproto.repo.putRecord", Fault::SilentBefore);
    session
        .publish_now(&desk, "Broken off by quitting", &["ana.test"])
        .await?;
    until::holds("the call to arrive", || async { faults.all_used() }).await?;

    let item = newest_item(&services, 0).await?;
    let menu = Menu::of(&services.connection, &item).await?;
    menu.choose("Quit").await?;
    session.reads("One post is being sent right now").await?;
    session
        .reads("What is not out within a few seconds goes on at the next start.")
        .await?;
    shots::page(&session, "quit-while-sending").await?;
    session.choose("Quit anyway").await?;
    session.ended().await
}

#[tokio::test]
async fn while_all_is_held_nothing_is_asked_and_the_tray_announces_nothing() -> Result<()> {
    let desk = Desk::start().await?;
    let services = Services::start(&desk).await?;
    let session = Session::open(&desk).await?;
    post_due_soon(&desk, &session).await?;
    let item = newest_item(&services, 0).await?;
    let menu = Menu::of(&services.connection, &item).await?;
    menu.choose("Hold all posts").await?;
    menu.wait_held(true).await?;
    until::holds("the tray to say that nothing goes out", || async {
        let entries = menu.entries().await.unwrap_or_default();
        let says = |words: &str| entries.iter().any(|entry| entry.label.starts_with(words));
        says("Held: You hold all posts.") && !says("Next: ")
    })
    .await?;

    menu.choose("Quit").await?;
    session.ended().await
}
