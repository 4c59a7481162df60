//! What is known ahead: a day that is fuller than its network takes, and money that does not last.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use e2e::signing_in::Way;
use e2e::{Desk, Planner, Session};
use serde_json::{Value, json};
use testkit::sandbox::{linkedin, x};

use super::stage::{Album, Variant, WORDS, desk, draft, next_month, open_post};
use crate::networks::sign_in;

/// As many posts as LinkedIn takes on a day, and one more.
const TOO_MANY: usize = 51;
/// Less than a post on X costs, in millionths of a dollar.
const BUDGET: u32 = 10_000;
/// What costs more than there is.
const DEAR: &str = "A note on every notebook we ever made";

/// Connects an account over the browser and gives it.
async fn connect(
    desk: &Desk,
    session: &Session,
    network: &str,
    fields: &[(&str, &str)],
) -> Result<Value> {
    let way = Way::of(session, network, "oauth").await?;
    let fields: Vec<(&str, String)> = fields
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect();
    session.fill_in(&way, &fields).await?;
    sign_in(desk, session, &way).await?;
    let boot = session.call("session.boot", json!({})).await?;
    let accounts = boot["accounts"].as_array().context("accounts")?;
    let account = accounts.iter().find(|a| a["network"] == network);
    account.cloned().context("the account")
}

/// Schedules too many posts on the first day of the next month.
async fn crowd(
    desk: &Desk,
    session: &Session,
    planner: &Planner<'_>,
    account: &Value,
) -> Result<()> {
    let day = planner.next_month()?;
    let handle = account["handle"].as_str().context("a handle")?;
    let mut sheet = "when,text,account\n".to_owned();
    for number in 0..TOO_MANY {
        let (hour, minute) = (8 + number / 6, number % 6 * 10);
        let words = WORDS[number % WORDS.len()];
        writeln!(
            sheet,
            "{day} {hour:02}:{minute:02},\"{words} ({number})\",\"linkedin:{handle}\""
        )?;
    }
    let path = e2e::desk::write(desk, "day.csv", &sheet)?;
    session
        .call(
            "csv.import",
            json!({ "path": path, "calendarId": planner.calendar, "zone": null, "schedule": true }),
        )
        .await?;
    Ok(())
}

async fn full_day(album: &mut Album<'_>, planner: &Planner<'_>) -> Result<()> {
    let session = album.session;
    album.room("Calendar").await?;
    album.hand.press(&["t"]).await?;
    next_month(album, planner).await?;
    session.appears("[data-grid] .crowded").await?;
    album.keep("month-full-day").await?;
    album.hand.press(&["a"]).await?;
    session.appears("[data-grid] .crowded").await?;
    album.keep("list-full-day").await?;
    album.hand.press(&["m"]).await?;
    session.appears("[data-grid] [data-more]").await
}

/// A post that costs more than the month's budget holds.
async fn too_dear(album: &mut Album<'_>, planner: &Planner<'_>, account: &Value) -> Result<()> {
    let session = album.session;
    let budget = json!({ "id": planner.workspace, "microDollars": BUDGET });
    session.call("workspaces.set_budget", budget).await?;
    let shelf = json!({ "kind": "shelf" });
    let id = planner
        .post(draft(DEAR, &[&account["id"]]), shelf, "plan")
        .await?;
    session
        .call("posts.publish_now", json!({ "id": id }))
        .await?;
    album.room("Activity").await?;
    session.says("main", "Raise the budget").await?;
    album.keep("activity-over-budget").await?;
    open_post(album, DEAR).await?;
    session.says("[data-testid=composer]", "budget").await?;
    album.keep("post-over-budget").await?;
    album.shut().await?;
    album.room("Settings").await?;
    album.group("money").await?;
    session.says("[data-testid=spending]", "of $0.01").await?;
    album.keep("settings-money-budget").await
}

async fn ahead(variant: Variant) -> Result<()> {
    let (full, dear) = (
        linkedin::Sandbox::start().await?,
        x::Sandbox::start().await?,
    );
    let mut desk = desk().await?;
    let networks = format!("linkedin={},x={}", full.origin(), dear.origin());
    desk.set("ALMANAC_NETWORKS", networks);
    let session = Session::open(&desk).await?;
    let planner = Planner::open(&session).await?;
    planner.usual_formats().await?;
    session.choose("Dismiss").await?;
    let fields = [
        ("clientId", linkedin::CLIENT),
        ("clientSecret", linkedin::SECRET),
    ];
    let linkedin = connect(&desk, &session, "linkedin", &fields).await?;
    let x = connect(&desk, &session, "x", &[("clientId", x::CLIENT)]).await?;
    crowd(&desk, &session, &planner, &linkedin).await?;
    let mut album = Album::open(&desk, &session, variant).await?;
    full_day(&mut album, &planner).await?;
    too_dear(&mut album, &planner, &x).await?;
    album.close();
    session.close().await
}

#[tokio::test]
async fn ahead_wide() -> Result<()> {
    ahead(Variant::Wide).await
}

#[tokio::test]
async fn ahead_small() -> Result<()> {
    ahead(Variant::Small).await
}

#[tokio::test]
async fn ahead_enlarged() -> Result<()> {
    ahead(Variant::Enlarged).await
}
