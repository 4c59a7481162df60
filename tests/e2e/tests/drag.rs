//! Posts are moved on the real calendar, by a real pointer and by real keys. What became of them is
//! read from the program, not from the page.

use anyhow::{Context, Result};
use e2e::{Desk, Hand, Planner, Session, shots};
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::json;

const MORNING: &str = "Spring sale opens";
const AFTERNOON: &str = "Behind the bench";
const IDEA: &str = "An idea without a date";

/// A calendar that shows the month after this one, with two posts on it and a draft on the shelf.
struct Stage<'a> {
    session: &'a Session,
    planner: Planner<'a>,
    hand: Hand<'a>,
    /// First day of the month on screen.
    first: Date,
    morning: String,
    afternoon: String,
    idea: String,
}

impl<'a> Stage<'a> {
    async fn set(desk: &'a Desk, session: &'a Session) -> Result<Self> {
        let planner = Planner::open(session).await?;
        planner.usual_formats().await?;
        let first = planner.next_month()?;
        let morning = planner
            .plan(MORNING, Some((day(first, 10)?, "09:05")))
            .await?;
        let afternoon = planner
            .plan(AFTERNOON, Some((day(first, 12)?, "14:30")))
            .await?;
        let idea = planner.plan(IDEA, None).await?;
        let mut hand = Hand::over(desk).await?;
        session.listen().await?;
        session.choose("Dismiss").await?;
        hand.take_keyboard(session).await?;
        hand.press(&["Page_Down"]).await?;
        let stage = Self {
            session,
            planner,
            hand,
            first,
            morning,
            afternoon,
            idea,
        };
        session.appears(&chip(&stage.morning)).await?;
        session.appears(&on_shelf(&stage.idea)).await?;
        Ok(stage)
    }

    fn day(&self, number: i8) -> Result<Date> {
        day(self.first, number)
    }

    /// Takes a thing of the page and carries it over a cell, without letting go.
    async fn carry(&mut self, what: &str, to: &str) -> Result<()> {
        let from = self.session.area(what).await?;
        self.hand.move_to(from.at(0.4, 0.5)).await?;
        self.hand.grab().await?;
        self.hover(to).await
    }

    async fn hover(&mut self, to: &str) -> Result<()> {
        let area = self.session.area(to).await?;
        self.hand.move_to(area.at(0.5, 0.55)).await
    }

    /// Carries a thing to a cell and lets go there.
    async fn drop_on(&mut self, what: &str, to: &str) -> Result<()> {
        self.carry(what, to).await?;
        self.session.appears("[data-testid=ghost]").await?;
        self.hand.release().await
    }

    /// Asserts that nothing moved and nothing was added to what can be undone.
    async fn nothing_changed(&self, before: &Snapshot) -> Result<()> {
        assert_eq!(&self.snapshot().await?, before);
        Ok(())
    }

    async fn snapshot(&self) -> Result<Snapshot> {
        let mut places = vec![];
        for id in self.planner.ids().await? {
            let at = self.planner.stands(&id).await?;
            places.push((id, at));
        }
        places.sort();
        Ok((places, self.planner.history().await?))
    }
}

type Snapshot = (Vec<(String, Option<String>)>, (usize, usize));

fn day(first: Date, number: i8) -> Result<Date> {
    Ok(first.with().day(number).build()?)
}

fn cell(day: Date) -> String {
    format!("[data-place=grid] [data-cell='{day}']")
}

fn chip(id: &str) -> String {
    format!("[data-place=grid] [data-chip='{id}']")
}

fn on_shelf(id: &str) -> String {
    format!("[data-place=shelf] [data-chip='{id}']")
}

fn in_cell(day: Date, id: &str) -> String {
    format!("{} [data-chip='{id}']", cell(day))
}

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
    shots::page(&session.client, "drag-over-a-day").await?;
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
    stage.hand.move_to(grid.at(0.5, 0.5)).await?;
    let under = session
        .await_value(
            "a lit day",
            "return document.querySelector('[data-cell].lit')?.dataset.cell",
            vec![],
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
    shots::page(&session.client, "drag-refused").await?;
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
