//! By the pointer.

use anyhow::{Context, Result};
use e2e::{Desk, Session, shots};
use jiff::civil::Date;
use serde_json::json;

use super::stage::{Stage, cell, chip, in_cell, on_shelf};

#[tokio::test]
async fn the_pointer_moves_posts_between_shelf_days_and_months() -> Result<()> {
    let desk = Desk::start().await?;
    let session = Session::open(&desk).await?;
    let mut stage = Stage::set(&desk, &session).await?;
    let (morning, afternoon, idea) = (
        stage.morning.clone(),
        stage.afternoon.clone(),
        stage.idea.clone(),
    );

    // A draft from the shelf gets the usual time of the day it lands on.
    let target = stage.day(11)?;
    stage.drop_on(&on_shelf(&idea), &cell(target)).await?;
    stage.planner.wait_at(&idea, target, "09:00").await?;
    session.appears(&in_cell(target, &idea)).await?;

    // A post keeps its time of day, and the line at the bottom says where it is and how to go back.
    let target = stage.day(17)?;
    stage.carry(&chip(&morning), &cell(target)).await?;
    session.says("[data-testid=ghost]", "09:05").await?;
    shots::page(&session, "drag-over-a-day").await?;
    stage.hand.release().await?;
    stage.planner.wait_at(&morning, target, "09:05").await?;
    session.says("footer .message", "Moved to").await?;
    session.says("footer .message", "Undo").await?;
    session.heard("09:05. Control Z undoes.").await?;

    // Where it was: nothing happens and nothing is to be undone.
    let before = stage.snapshot().await?;
    stage.carry(&chip(&morning), &cell(stage.day(18)?)).await?;
    stage.hover(&cell(target)).await?;
    stage.hand.release().await?;
    session.heard("Back at").await?;
    stage.nothing_changed(&before).await?;

    // Escape in the middle puts it back, and letting go afterwards does nothing.
    stage.carry(&chip(&morning), &cell(stage.day(20)?)).await?;
    session.appears("[data-testid=ghost]").await?;
    stage.hand.press(&["Escape"]).await?;
    session.goes("[data-testid=ghost]").await?;
    stage.hand.release().await?;
    session.heard("Back at").await?;
    stage.nothing_changed(&before).await?;
    session.appears(&in_cell(target, &morning)).await?;

    // Several move together and keep their distance.
    stage.hand.hold("ctrl").await?;
    for id in [&morning, &afternoon] {
        let at = session.area(&chip(id)).await?.at(0.4, 0.5);
        stage.hand.click(&session, at, 1).await?;
    }
    stage.hand.let_go("ctrl").await?;
    session
        .appears(&format!("{}[aria-pressed=true]", chip(&afternoon)))
        .await?;
    stage.carry(&chip(&morning), &cell(stage.day(19)?)).await?;
    session.says("[data-testid=ghost] .count", "2").await?;
    stage.hand.release().await?;
    stage
        .planner
        .wait_at(&morning, stage.day(19)?, "09:05")
        .await?;
    stage
        .planner
        .wait_at(&afternoon, stage.day(14)?, "14:30")
        .await?;
    let steps = stage.planner.history().await?.0;
    assert_eq!(steps, before.1.0 + 1, "both moved in one step");
    stage.hand.press(&["Escape"]).await?;
    session.heard("Selection cleared").await?;

    // With Ctrl a copy is made, and what was dragged stays.
    let known = stage.planner.ids().await?;
    stage.hand.hold("ctrl").await?;
    stage
        .carry(&chip(&afternoon), &cell(stage.day(21)?))
        .await?;
    session.says("[data-testid=ghost]", "Copy").await?;
    stage.hand.release().await?;
    stage.hand.let_go("ctrl").await?;
    session.heard("Copied to").await?;
    let now = stage.planner.ids().await?;
    let copy = now
        .iter()
        .find(|id| !known.contains(id))
        .context("the copy")?;
    stage.planner.wait_at(copy, stage.day(21)?, "14:30").await?;
    stage
        .planner
        .wait_at(&afternoon, stage.day(14)?, "14:30")
        .await?;

    // Back on the shelf it has no date.
    stage
        .drop_on(&chip(&afternoon), "[data-place=shelf]")
        .await?;
    stage.planner.wait_standing(&afternoon, None).await?;
    session.heard("Put on the shelf").await?;

    // Drawn anew from what is stored, the page shows the same.
    session.reload().await?;
    session.appears(&in_cell(stage.day(19)?, &morning)).await?;
    session.appears(&in_cell(stage.day(21)?, copy)).await?;
    session.appears(&on_shelf(&afternoon)).await?;
    session.close().await
}

#[tokio::test]
async fn the_pointer_leafs_at_the_edge_and_the_past_refuses() -> Result<()> {
    let desk = Desk::start().await?;
    let session = Session::open(&desk).await?;
    let mut stage = Stage::set(&desk, &session).await?;
    let (morning, idea) = (stage.morning.clone(), stage.idea.clone());

    // Held at the right edge the calendar leafs on, and the post can be dropped there.
    let heading = session.text("h1").await?;
    stage.carry(&chip(&morning), &cell(stage.day(13)?)).await?;
    let grid = session.area("[data-leaf]").await?;
    stage.hand.move_to(grid.at(0.993, 0.5)).await?;
    session
        .await_value(
            "the next month",
            "return document.querySelector('h1').textContent !== arguments[0]",
            vec![json!(heading)],
        )
        .await?;
    // The pointer comes by other days on its way: the lit one counts once it lies under its end.
    let (x, y) = grid.at(0.5, 0.5);
    stage.hand.move_to((x, y)).await?;
    let under = session
        .await_value(
            "the day under the pointer, lit",
            "const lit = document.querySelector('[data-cell].lit');
             const under = document.elementsFromPoint(arguments[0], arguments[1]);
             return lit && under.includes(lit) ? lit.dataset.cell : null",
            vec![json!(x), json!(y)],
        )
        .await?;
    stage.hand.release().await?;
    let target: Date = under.as_str().context("a day")?.parse()?;
    assert!(target > stage.first.last_of_month(), "{target}");
    stage.planner.wait_at(&morning, target, "09:05").await?;

    // Held at the left edge it leafs into the past, where a drop is refused with a reason.
    let before = stage.snapshot().await?;
    stage
        .carry(&on_shelf(&idea), "[data-leaf] [data-cell]:first-child")
        .await?;
    stage.hand.move_to(grid.at(0.007, 0.5)).await?;
    session
        .await_value(
            "a month that is over",
            "const days = [...document.querySelectorAll('[data-cell]')];
             return days.every((day) => day.dataset.cell < arguments[0])",
            vec![json!(stage.planner.today.to_string())],
        )
        .await?;
    stage.hand.move_to(grid.at(0.5, 0.5)).await?;
    session.appears("[data-cell].refused").await?;
    session
        .says("[data-testid=ghost]", "In the past, cannot drop here")
        .await?;
    shots::page(&session, "drag-refused").await?;
    stage.hand.release().await?;
    session
        .says("footer .message", "In the past, cannot drop here")
        .await?;
    session
        .heard("In the past, cannot drop here. Back on the shelf")
        .await?;
    stage.nothing_changed(&before).await?;
    session.appears(&on_shelf(&idea)).await?;
    session.close().await
}

#[tokio::test]
async fn the_pointer_sets_the_hour_in_the_week() -> Result<()> {
    let desk = Desk::start().await?;
    let session = Session::open(&desk).await?;
    let mut stage = Stage::set(&desk, &session).await?;
    let idea = stage.idea.clone();
    stage.hand.press(&["w"]).await?;
    session.appears("[data-cell$=':12']").await?;
    // The week on screen lies around the day that the month was turned to.
    let days = session
        .eval(
            "return [...document.querySelectorAll(\"[data-cell$=':12']\")]
               .map((cell) => cell.dataset.cell.slice(0, 10))",
            vec![],
        )
        .await?;
    let days: Vec<String> = serde_json::from_value(days)?;
    let (from, to): (Date, Date) = (days[2].parse()?, days[4].parse()?);
    let post = stage
        .planner
        .plan("Seats left", Some((from, "10:10")))
        .await?;
    session.appears(&chip(&post)).await?;

    stage
        .carry(&chip(&post), &format!("[data-cell='{to}:15']"))
        .await?;
    session.says("[data-testid=ghost]", "15:30").await?;
    stage.hand.release().await?;
    stage.planner.wait_at(&post, to, "15:30").await?;
    session
        .appears(&format!("[data-cell='{to}:15'] [data-chip='{post}']"))
        .await?;

    // A draft from the shelf gets the hour it is dropped on, too.
    stage
        .drop_on(&on_shelf(&idea), &format!("[data-cell='{from}:13']"))
        .await?;
    stage.planner.wait_at(&idea, from, "13:30").await?;
    session.reload().await?;
    session
        .appears(&format!("[data-cell='{from}:13'] [data-chip='{idea}']"))
        .await?;
    session.close().await
}
