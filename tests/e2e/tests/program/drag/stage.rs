//! The calendar that posts are moved on, and what its parts are called.

use anyhow::Result;
use e2e::{Desk, Hand, Planner, Session};
use jiff::civil::Date;

pub const MORNING: &str = "Spring sale opens";
pub const AFTERNOON: &str = "Behind the bench";
pub const IDEA: &str = "An idea without a date";

/// A calendar that shows the month after this one, with two posts on it and a draft on the shelf.
pub struct Stage<'a> {
    pub session: &'a Session,
    pub planner: Planner<'a>,
    pub hand: Hand<'a>,
    /// First day of the month on screen.
    pub first: Date,
    pub morning: String,
    pub afternoon: String,
    pub idea: String,
}

impl<'a> Stage<'a> {
    pub async fn set(desk: &'a Desk, session: &'a Session) -> Result<Self> {
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

    pub fn day(&self, number: i8) -> Result<Date> {
        day(self.first, number)
    }

    /// Takes a thing of the page and carries it over a cell, without letting go.
    pub async fn carry(&mut self, what: &str, to: &str) -> Result<()> {
        let from = self.session.area(what).await?;
        self.hand.move_to(from.at(0.4, 0.5)).await?;
        self.hand.grab().await?;
        self.hover(to).await
    }

    pub async fn hover(&mut self, to: &str) -> Result<()> {
        let area = self.session.area(to).await?;
        self.hand.move_to(area.at(0.5, 0.55)).await
    }

    /// Carries a thing to a cell and lets go there.
    pub async fn drop_on(&mut self, what: &str, to: &str) -> Result<()> {
        self.carry(what, to).await?;
        self.session.appears("[data-testid=ghost]").await?;
        self.hand.release().await
    }

    /// Asserts that nothing moved and nothing was added to what can be undone.
    pub async fn nothing_changed(&self, before: &Snapshot) -> Result<()> {
        assert_eq!(&self.snapshot().await?, before);
        Ok(())
    }

    pub async fn snapshot(&self) -> Result<Snapshot> {
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

pub fn day(first: Date, number: i8) -> Result<Date> {
    Ok(first.with().day(number).build()?)
}

pub fn cell(day: Date) -> String {
    format!("[data-place=grid] [data-cell='{day}']")
}

pub fn chip(id: &str) -> String {
    format!("[data-place=grid] [data-chip='{id}']")
}

pub fn on_shelf(id: &str) -> String {
    format!("[data-place=shelf] [data-chip='{id}']")
}

pub fn in_cell(day: Date, id: &str) -> String {
    format!("{} [data-chip='{id}']", cell(day))
}
