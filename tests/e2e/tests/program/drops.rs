//! Files from the desktop reach the page, and the day they are dropped on, in whatever size the page
//! is drawn.

use anyhow::{Context, Result};
use e2e::{Desk, Hand, Planner, Session, drops, until, windows};

#[tokio::test]
async fn a_file_dropped_from_the_desktop_reaches_the_page_with_its_place() -> Result<()> {
    let desk = Desk::start().await?;
    let session = Session::open(&desk).await?;
    windows::wait_visible(&desk).await?;
    session
        .script(
            "const done = arguments[0];
             window.dropped = null;
             window.__TAURI__.event
               .listen('tauri://drag-drop', (event) => { window.dropped = event.payload; })
               .then(() => done(true));",
            vec![],
        )
        .await?;
    let file = desk.folder().join("a picture é.png");
    std::fs::write(&file, b"not looked at")?;
    let _source = drops::drop_files(&desk, &[&file], 300, 200).await?;
    let dropped = until::some("the drop", || async {
        let value = session
            .client
            .execute("return window.dropped", vec![])
            .await
            .ok()?;
        (!value.is_null()).then_some(value)
    })
    .await?;
    assert_eq!(dropped["paths"][0], file.to_string_lossy().as_ref());
    let (x, y) = (
        dropped["position"]["x"].as_f64(),
        dropped["position"]["y"].as_f64(),
    );
    assert!(x.is_some_and(|x| (x - 300.0).abs() < 4.0), "{dropped}");
    assert!(y.is_some_and(|y| (y - 200.0).abs() < 4.0), "{dropped}");
    session.close().await
}

/// Drops a picture onto a day of the next month, in a page drawn in another size: the post with it
/// stands on that day.
async fn lands_on_its_day(key: &str, often: u8, factor: f64) -> Result<()> {
    let desk = Desk::start().await?;
    let session = Session::open(&desk).await?;
    let planner = Planner::open(&session).await?;
    session.choose("Dismiss").await?;
    let mut hand = Hand::over(&desk).await?;
    hand.take_keyboard(&session).await?;
    hand.press(&["Page_Down"]).await?;
    hand.zoom(&session, key, often, factor).await?;
    let before = planner.ids().await?;
    let day = planner.next_month()?.with().day(17).build()?;
    let area = session.area(&format!("[data-drop='day:{day}']")).await?;
    let (x, y) = hand.in_window(area.middle());
    let picture = desk.folder().join("picture.png");
    std::fs::copy(
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../icons/128x128.png"),
        &picture,
    )
    .context("the picture")?;
    let _source = drops::drop_files(&desk, &[&picture], x, y).await?;
    let post = until::some("a post with the picture", || async {
        let now = planner.ids().await.ok()?;
        now.into_iter().find(|id| !before.contains(id))
    })
    .await?;
    let stands = planner.stands(&post).await?.context("a day")?;
    assert!(
        stands.starts_with(&day.to_string()),
        "it stands at {stands}"
    );
    session.appears("[data-testid=composer] img").await?;
    session.close().await
}

#[tokio::test]
async fn a_file_lands_on_its_day_in_a_page_twice_as_large() -> Result<()> {
    lands_on_its_day("ctrl+plus", 5, 2.0).await
}

#[tokio::test]
async fn a_file_lands_on_its_day_in_a_page_half_as_large() -> Result<()> {
    lands_on_its_day("ctrl+minus", 4, 0.5).await
}
