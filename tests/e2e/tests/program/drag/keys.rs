//! By keys, and what is spoken.

use anyhow::{Context, Result};
use e2e::{Desk, Hand, Session};
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::json;

use super::stage::{Stage, on_shelf};

/// Presses keys together through the driver: the window manager has plans of its own for these.
async fn chord(session: &Session, held: &[Key], key: Key) -> Result<()> {
    let mut keys = KeyActions::new("keys".into());
    for value in held {
        keys = keys.then(KeyAction::Down {
            value: (*value).into(),
        });
    }
    keys = keys
        .then(KeyAction::Down { value: key.into() })
        .then(KeyAction::Up { value: key.into() });
    for value in held {
        keys = keys.then(KeyAction::Up {
            value: (*value).into(),
        });
    }
    session.client.perform_actions(keys).await?;
    Ok(())
}

/// The post that has the focus.
async fn focused_chip(session: &Session, id: &str) -> Result<()> {
    session
        .await_value(
            "the focus on the post",
            "return document.activeElement?.dataset.chip === arguments[0]",
            vec![json!(id)],
        )
        .await?;
    Ok(())
}

#[tokio::test]
async fn keys_move_posts_and_each_step_is_spoken() -> Result<()> {
    let desk = Desk::start().await?;
    let session = Session::open(&desk).await?;
    let stage = Stage::set(&desk, &session).await?;
    let (planner, hand) = (&stage.planner, &stage.hand);
    let (morning, afternoon, idea) = (&stage.morning, &stage.afternoon, &stage.idea);

    // To the day by arrows, into its posts by Tab.
    hand.press(&["t", "Page_Down"]).await?;
    let start = planner.today.checked_add(1.month())?;
    session
        .await_value(
            "the focus on the same day of the next month",
            "return document.activeElement?.closest('[data-cell]')?.dataset.cell === arguments[0]",
            vec![json!(start.to_string())],
        )
        .await?;
    let way = start.until(stage.day(10)?)?.get_days();
    let arrow = if way < 0 { "Left" } else { "Right" };
    hand.press(&vec![arrow; way.unsigned_abs() as usize])
        .await?;
    hand.press(&["Tab"]).await?;
    focused_chip(&session, morning).await?;

    // Picked up, a week on, an hour later, dropped.
    hand.press(&["space"]).await?;
    let spoken = session.heard("Picked up").await?;
    assert_eq!(
        spoken,
        "Picked up Spring sale opens. Arrows move by a day, Shift and arrows by an hour. \
         Enter drops, Escape puts back."
    );
    hand.press(&["Right"]).await?;
    let spoken = session.heard("09:05").await?;
    assert_eq!(spoken, spoken_moment(stage.day(11)?, "09:05"));
    hand.press(&["Down"]).await?;
    session
        .heard(&spoken_moment(stage.day(18)?, "09:05"))
        .await?;
    hand.press(&["shift+Right"]).await?;
    session
        .heard(&spoken_moment(stage.day(18)?, "10:05"))
        .await?;
    assert_eq!(
        planner.stands(morning).await?,
        Some(format!("{}T09:05", stage.day(10)?)),
        "nothing is stored before the drop"
    );
    hand.press(&["Return"]).await?;
    let moved = spoken_moment(stage.day(18)?, "10:05");
    session
        .heard(&format!("Moved to {moved}. Control Z undoes."))
        .await?;
    planner.wait_at(morning, stage.day(18)?, "10:05").await?;
    focused_chip(&session, morning).await?;

    // Escape puts it back.
    hand.press(&["space", "Down", "Down"]).await?;
    session.heard("Picked up").await?;
    hand.press(&["Escape"]).await?;
    session.heard(&format!("Back at {moved}")).await?;
    planner.wait_at(morning, stage.day(18)?, "10:05").await?;
    focused_chip(&session, morning).await?;

    // Into the past: every step says no, and so does the drop.
    let before = stage.snapshot().await?;
    hand.press(&["space"]).await?;
    session.heard("Picked up").await?;
    hand.press(&["Up"; 10]).await?;
    session.heard("In the past, cannot drop here").await?;
    session
        .eval("window.heard.length = 0; return null", vec![])
        .await?;
    hand.press(&["Return"]).await?;
    session.heard("In the past, cannot drop here").await?;
    hand.press(&["Escape"]).await?;
    session.heard("Back at").await?;
    stage.nothing_changed(&before).await?;
    focused_chip(&session, morning).await?;

    // Without picking up: Alt and an arrow, with Shift an hour.
    chord(&session, &[Key::Alt], Key::Right).await?;
    planner.wait_at(morning, stage.day(19)?, "10:05").await?;
    chord(&session, &[Key::Alt, Key::Shift], Key::Up).await?;
    planner.wait_at(morning, stage.day(19)?, "09:05").await?;
    let moved = spoken_moment(stage.day(19)?, "09:05");
    session.heard(&format!("Moved to {moved}")).await?;
    focused_chip(&session, morning).await?;

    // Both selected move as one.
    hand.press(&["x"]).await?;
    session.heard("1 post selected").await?;
    hand.press(&["ctrl+a"]).await?;
    session.heard("2 posts selected").await?;
    hand.press(&["space"]).await?;
    session.heard("Picked up 2 posts.").await?;
    hand.press(&["Right", "Return"]).await?;
    session.heard("Moved 2 posts").await?;
    planner.wait_at(morning, stage.day(20)?, "09:05").await?;
    planner.wait_at(afternoon, stage.day(13)?, "14:30").await?;
    hand.press(&["Escape"]).await?;
    session.heard("Selection cleared").await?;

    // A page on, and with Ctrl it is a copy that is dropped.
    focused_chip(&session, morning).await?;
    let known = planner.ids().await?;
    hand.press(&["space", "Page_Down", "ctrl+Return"]).await?;
    let later = stage.day(20)?.checked_add(1.month())?;
    let spoken = format!("Copied to {}", spoken_moment(later, "09:05"));
    session.heard(&spoken).await?;
    let now = planner.ids().await?;
    let copy = now.iter().find(|id| !known.contains(id));
    planner
        .wait_at(copy.context("the copy")?, later, "09:05")
        .await?;
    planner.wait_at(morning, stage.day(20)?, "09:05").await?;
    hand.press(&["Page_Up", "Tab"]).await?;

    // A typed date, and away with the date.
    focused_chip(&session, morning).await?;
    hand.press(&["period"]).await?;
    session.appears("dialog[open] input").await?;
    hand.type_text("+1w 16:30").await?;
    session.says("dialog[open]", "Moves to").await?;
    hand.press(&["Return"]).await?;
    planner.wait_at(morning, stage.day(27)?, "16:30").await?;
    focused_chip(&session, morning).await?;
    hand.press(&["u"]).await?;
    planner.wait_standing(morning, None).await?;
    session.heard("Put on the shelf").await?;

    // From the shelf onto the calendar: Tab leads to it, arrows go through it.
    session.appears(&on_shelf(morning)).await?;
    reach_shelf(&session, hand, idea).await?;
    hand.press(&["space"]).await?;
    session.heard("Picked up An idea without a date").await?;
    hand.press(&["Right"]).await?;
    let spoken = session.heard(":").await?;
    hand.press(&["Return"]).await?;
    session.heard(&format!("Moved to {spoken}")).await?;
    let tomorrow = planner.today.checked_add(1.day())?;
    let at = planner.stands(idea).await?.context("a time")?;
    assert!(at.starts_with(&tomorrow.to_string()), "{at}");
    session.close().await
}

/// Tab until the shelf is reached, then arrows until the draft has the focus.
async fn reach_shelf(session: &Session, hand: &Hand<'_>, id: &str) -> Result<()> {
    for _ in 0..12 {
        let inside = session
            .eval(
                "return document.activeElement?.closest('[data-place=shelf]') !== null
                   && document.activeElement?.dataset.chip !== undefined",
                vec![],
            )
            .await?;
        if inside == json!(true) {
            break;
        }
        hand.press(&["Tab"]).await?;
    }
    let way = session
        .eval(
            "const chips = [...document.querySelectorAll('[data-place=shelf] [data-chip]')];
             const at = chips.findIndex((chip) => chip.dataset.chip === arguments[0]);
             return at - chips.indexOf(document.activeElement);",
            vec![json!(id)],
        )
        .await?
        .as_i64()
        .context("a way")?;
    let arrow = if way < 0 { "Up" } else { "Down" };
    hand.press(&vec![arrow; way.unsigned_abs() as usize])
        .await?;
    focused_chip(session, id).await
}

/// A moment as it is read out.
fn spoken_moment(day: Date, time: &str) -> String {
    format!("{}, {time}", day.strftime("%A %-d %B"))
}
