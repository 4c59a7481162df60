//! Making posts and reading them back through the program's own commands, to set a stage and to see
//! what is stored whatever the page shows.

use std::path::Path;

use anyhow::{Context, Result};
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::{Session, until};

/// The workspace and calendar of a fresh program.
pub struct Planner<'a> {
    session: &'a Session,
    /// The first workspace.
    pub workspace: Value,
    /// The first calendar.
    pub calendar: Value,
    /// Today, on the calendar's wall.
    pub today: Date,
}

impl<'a> Planner<'a> {
    /// Asks the program what there is.
    pub async fn open(session: &'a Session) -> Result<Self> {
        let boot = session.call("session.boot", json!({})).await?;
        let now = jiff::Timestamp::from_millisecond(boot["now"].as_i64().context("the time")?)?;
        let zone = boot["calendars"][0]["zone"].as_str().unwrap_or("UTC");
        Ok(Self {
            session,
            workspace: boot["workspaces"][0]["id"].clone(),
            calendar: boot["calendars"][0]["id"].clone(),
            today: now.in_tz(zone)?.date(),
        })
    }

    /// Has times shown the same way whatever system the test runs on: `14:30`, day before month, weeks
    /// from Monday.
    pub async fn usual_formats(&self) -> Result<()> {
        let boot = self.session.call("session.boot", json!({})).await?;
        let mut settings = boot["settings"].clone();
        settings["hourCycle"] = json!("h24");
        settings["dateOrder"] = json!("dmy");
        settings["weekStart"] = json!("monday");
        self.session.call("settings.set", settings).await?;
        Ok(())
    }

    /// The first day of the month after this one: everything on it lies ahead.
    pub fn next_month(&self) -> Result<Date> {
        Ok(self.today.last_of_month().tomorrow()?)
    }

    /// Connects a folder and gives the account's id.
    pub async fn connect_folder(&self, folder: &Path) -> Result<Value> {
        std::fs::create_dir_all(folder)?;
        let account = self
            .session
            .call(
                "accounts.connect",
                json!({
                    "workspaceId": self.workspace,
                    "network": "folder",
                    "fields": { "folder": folder },
                    "secrets": {},
                }),
            )
            .await?;
        Ok(account["written"]["value"]["id"].clone())
    }

    /// Makes a post and gives its id.
    pub async fn post(&self, draft: Value, place: Value, scheduling: &str) -> Result<String> {
        let written = self
            .session
            .call(
                "posts.create",
                json!({
                    "calendarId": self.calendar,
                    "draft": draft,
                    "place": place,
                    "scheduling": scheduling,
                }),
            )
            .await?;
        let id = written["value"]["id"].as_str().context("a post's id")?;
        Ok(id.to_owned())
    }

    /// Makes a post of one text that goes nowhere yet, at a time or on the shelf.
    pub async fn plan(&self, text: &str, at: Option<(Date, &str)>) -> Result<String> {
        let place = at.map_or_else(|| json!({ "kind": "shelf" }), |(day, time)| wall(day, time));
        self.post(text_draft(text), place, "plan").await
    }

    /// The post as it is stored.
    pub async fn get(&self, id: &str) -> Result<Value> {
        self.session.call("posts.get", json!({ "id": id })).await
    }

    /// Where the post stands: `2026-05-14T09:05`, or a day alone, or nothing on the shelf.
    pub async fn stands(&self, id: &str) -> Result<Option<String>> {
        Ok(standing(&self.get(id).await?["when"]))
    }

    /// Waits until the post is stored at a time of a day.
    pub async fn wait_at(&self, id: &str, day: Date, time: &str) -> Result<()> {
        self.wait_standing(id, Some(format!("{day}T{time}"))).await
    }

    /// Waits until the post is stored where this says; nothing is the shelf.
    pub async fn wait_standing(&self, id: &str, wanted: Option<String>) -> Result<()> {
        let done = until::holds(&format!("the post to stand at {wanted:?}"), || async {
            self.stands(id).await.is_ok_and(|now| now == wanted)
        })
        .await;
        match done {
            Ok(()) => Ok(()),
            Err(error) => {
                let now = self.stands(id).await?;
                Err(error.context(format!("it stands at {now:?}")))
            }
        }
    }

    /// Ids of all posts of the calendar that are not in the bin.
    pub async fn ids(&self) -> Result<Vec<String>> {
        let calendars = json!([self.calendar]);
        let dated = self
            .session
            .call(
                "posts.range",
                json!({ "calendars": calendars, "from": -62_135_596_800_000_i64, "to": 253_402_300_799_000_i64 }),
            )
            .await?;
        let shelf = self
            .session
            .call("posts.shelf", json!({ "calendars": calendars }))
            .await?;
        Ok([dated, shelf]
            .iter()
            .filter_map(|answer| answer["chips"].as_array())
            .flatten()
            .filter_map(|chip| chip["id"].as_str().map(str::to_owned))
            .collect())
    }

    /// How many steps can be undone and done again.
    pub async fn history(&self) -> Result<(usize, usize)> {
        let list = self.session.call("history.list", json!({})).await?;
        let count = |name: &str| list[name].as_array().map_or(0, Vec::len);
        Ok((count("undo"), count("redo")))
    }
}

/// A draft of one text.
#[must_use]
pub fn text_draft(text: &str) -> Value {
    json!({ "segments": [{ "text": text, "media": [] }], "targets": [] })
}

/// A wall time as commands take it.
#[must_use]
pub fn wall(day: Date, time: &str) -> Value {
    json!({ "kind": "wall", "wall": format!("{day}T{time}:00") })
}

/// A stored time to the minute.
fn standing(when: &Value) -> Option<String> {
    if let Some(wall) = when["wall"].as_str() {
        return Some(wall.chars().take(16).collect());
    }
    let date = when["date"].as_str()?;
    Some(match when["time"].as_str() {
        Some(time) => format!("{date}T{}", time.chars().take(5).collect::<String>()),
        None => date.to_owned(),
    })
}
