//! The calendar in all its views, and what opens over it.

use std::fmt::Write as _;

use anyhow::Result;
use e2e::{Desk, Planner, Session};
use serde_json::json;
use testkit::sandbox::bluesky::Sandbox;

use super::stage::{Album, Variant, WORDS, connect, desk, focus_chip, furnish, next_month};

/// The window of a program that was never used.
async fn first_start(album: &mut Album<'_>, planner: &Planner<'_>) -> Result<()> {
    let shelf = "[data-place=shelf] [data-chip]";
    if album.narrow() {
        album.keep("first-start").await?;
        album.hand.press(&["bracketleft"]).await?;
        album.session.appears(shelf).await?;
        album.keep("first-start-shelf").await?;
        album.hand.press(&["bracketleft"]).await?;
        album.session.goes(shelf).await?;
    } else {
        album.session.appears(shelf).await?;
        album.keep("first-start").await?;
    }
    next_month(album, planner).await?;
    album.keep("first-start-next-month").await?;
    album.choose("Today").await?;
    album.choose("Dismiss").await?;
    next_month(album, planner).await?;
    album.session.says("main", "Nothing planned in").await?;
    album.keep("month-empty").await
}

/// All views of a month that has posts.
async fn views(album: &mut Album<'_>, of: &str) -> Result<()> {
    let session = album.session;
    for (key, name, sign) in [
        ("m", "month", "[data-more], [data-chip]"),
        ("w", "week", "[data-cell*=':']"),
        ("d", "day", "[data-cell*=':']"),
        ("a", "list", "[data-day]"),
    ] {
        album.hand.press(&[key]).await?;
        session.appears(&format!("[data-grid] {sign}")).await?;
        album.keep(&format!("{of}-{name}")).await?;
    }
    album.hand.press(&["m"]).await?;
    session.appears("[data-grid] [data-chip]").await
}

/// Menus, windows and cards over a month that has posts.
async fn over(album: &mut Album<'_>) -> Result<()> {
    let session = album.session;
    let chip = "[data-place=grid] [data-chip]";
    let at = session.area(chip).await?.middle();
    album.hand.click(session, at, 3).await?;
    session.appears("[role=menu]").await?;
    album.keep("context-menu").await?;
    album.hand.press(&["Escape"]).await?;
    session.goes("[role=menu]").await?;

    let empty = "[data-cell]:not(:has([data-chip]))";
    let at = session.area(empty).await?.middle();
    album.hand.click(session, at, 3).await?;
    session.says("[role=menu]", "Show this day alone").await?;
    album.keep("day-menu").await?;
    // A press beside it closes it and does nothing else.
    let last = "[role=row]:last-child > [data-cell]:last-child";
    let beside = session.area(last).await?.middle();
    album.hand.click(session, beside, 1).await?;
    session.goes("[role=menu]").await?;

    focus_chip(session, chip).await?;
    album.hand.press(&["v"]).await?;
    session.appears("[data-testid=peek]").await?;
    album.keep("peek").await?;
    album.hand.press(&["Escape"]).await?;
    session.goes("[data-testid=peek]").await?;

    focus_chip(session, chip).await?;
    album.hand.press(&["period"]).await?;
    session.appears("dialog[open] input").await?;
    album.hand.type_text("next mon 14:30").await?;
    session.says("dialog[open]", "Moves to").await?;
    album.keep("move-to").await?;
    album.hand.press(&["Escape"]).await?;
    session.goes("dialog[open]").await?;

    let at = session.area(chip).await?.middle();
    album.hand.click(session, at, 3).await?;
    session.appears("[role=menu]").await?;
    album.choose("Publish now…").await?;
    session.says("dialog[open]", "cannot be undone").await?;
    album.keep("publish-now").await?;
    album.hand.press(&["Escape"]).await?;
    session.goes("dialog[open]").await?;

    focus_chip(session, chip).await?;
    album.hand.press(&["l"]).await?;
    session.appears("dialog[open] input").await?;
    album.keep("labels").await?;
    album.hand.press(&["Escape"]).await?;
    session.goes("dialog[open]").await?;

    album.hand.press(&["slash"]).await?;
    session
        .appears("input[placeholder='Words in the post']:focus")
        .await?;
    album.keep("filter").await?;
    album.hand.type_text("zeppelin").await?;
    session
        .says("main", "Nothing matches these filters.")
        .await?;
    album.hand.press(&["Escape"]).await?;
    album.keep("filter-no-result").await?;
    album.choose("Clear filters").await?;
    session.appears(chip).await
}

async fn day_window(album: &mut Album<'_>) -> Result<()> {
    let more = album.session.area("[data-more]").await?.middle();
    album.hand.click(album.session, more, 1).await?;
    album
        .session
        .appears("[data-day-window] [data-chip]")
        .await?;
    album.keep("day-window").await?;
    album.hand.press(&["Escape"]).await?;
    album.session.goes("[data-day-window]").await
}

/// Fills the next month with so many posts by way of a sheet.
async fn crowd(desk: &Desk, session: &Session, planner: &Planner<'_>, posts: usize) -> Result<()> {
    let first = planner.next_month()?;
    let mut sheet = "when,text\n".to_owned();
    for number in 0..posts {
        let day = first.with().day(i8::try_from(number % 28 + 1)?).build()?;
        let (hour, minute) = (7 + number * 5 % 14, number * 7 % 60);
        let words = WORDS[number % WORDS.len()];
        writeln!(sheet, "{day} {hour:02}:{minute:02},\"{words}\"")?;
    }
    let path = desk.folder().join("month.csv");
    std::fs::write(&path, sheet)?;
    session
        .call(
            "csv.import",
            json!({ "path": path, "calendarId": planner.calendar, "zone": null, "schedule": true }),
        )
        .await?;
    Ok(())
}

async fn plausible_month(variant: Variant) -> Result<()> {
    let desk = desk().await?;
    let sandbox = Sandbox::start().await?;
    let session = Session::open(&desk).await?;
    let planner = Planner::open(&session).await?;
    planner.usual_formats().await?;
    let mut album = Album::open(&desk, &session, variant).await?;
    first_start(&mut album, &planner).await?;
    let accounts = connect(&desk, &session, &planner, &sandbox).await?;
    furnish(&planner, &accounts, planner.next_month()?).await?;
    session.appears("[data-place=grid] [data-chip]").await?;
    views(&mut album, "calendar").await?;
    over(&mut album).await?;
    album.close();
    session.close().await
}

async fn crowded_month(variant: Variant) -> Result<()> {
    let desk = desk().await?;
    let session = Session::open(&desk).await?;
    let planner = Planner::open(&session).await?;
    planner.usual_formats().await?;
    session.choose("Dismiss").await?;
    let mut album = Album::open(&desk, &session, variant).await?;
    next_month(&album, &planner).await?;
    crowd(&desk, &session, &planner, 500).await?;
    session.appears("[data-more]").await?;
    views(&mut album, "500").await?;
    day_window(&mut album).await?;
    album.close();
    session.close().await
}

#[tokio::test]
async fn a_month_wide() -> Result<()> {
    plausible_month(Variant::Wide).await
}

#[tokio::test]
async fn a_month_small() -> Result<()> {
    plausible_month(Variant::Small).await
}

#[tokio::test]
async fn a_crowded_month_wide() -> Result<()> {
    crowded_month(Variant::Wide).await
}

#[tokio::test]
async fn a_crowded_month_small() -> Result<()> {
    crowded_month(Variant::Small).await
}

#[tokio::test]
async fn a_month_enlarged() -> Result<()> {
    plausible_month(Variant::Enlarged).await
}

#[tokio::test]
async fn a_crowded_month_enlarged() -> Result<()> {
    crowded_month(Variant::Enlarged).await
}
