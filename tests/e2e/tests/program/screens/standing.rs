//! What stands still and why: paused, held, waiting for the next try, signed out, without internet.

use anyhow::Result;
use e2e::stubs::{Services, internet};
use e2e::{Planner, Session};
use serde_json::{Value, json};
use testkit::sandbox::bluesky::Sandbox;

use super::rooms::plans;
use super::stage::{
    Accounts, Album, Variant, connect, desk, draft, furnish, next_month, open_post,
};

/// What finds its network away.
const WAITS: &str = "Half price on marbled paper until Sunday";

/// A post that is tried again later, in the list and in the post itself.
async fn tried_again(
    album: &mut Album<'_>,
    planner: &Planner<'_>,
    accounts: &Accounts,
    network: &mut Sandbox,
) -> Result<()> {
    let session = album.session;
    network.go_away().await;
    let shelf = json!({ "kind": "shelf" });
    let id = planner
        .post(draft(WAITS, &[&accounts.ana]), shelf, "plan")
        .await?;
    session
        .call("posts.publish_now", json!({ "id": id }))
        .await?;
    album.room("Activity").await?;
    session.says("main", "Trying again at").await?;
    album.keep("activity-again").await?;
    open_post(album, WAITS).await?;
    session.reads("(try 2).").await?;
    album.keep("post-again").await?;
    album.shut().await?;
    network.come_back().await?;
    Ok(())
}

/// Opens the calendar at the month after this one, wherever it stood.
async fn calendar_ahead(album: &mut Album<'_>, planner: &Planner<'_>) -> Result<()> {
    album.room("Calendar").await?;
    album.hand.press(&["t"]).await?;
    next_month(album, planner).await
}

/// A calendar and an account that are paused, wherever their posts are seen.
async fn paused(album: &mut Album<'_>, planner: &Planner<'_>, accounts: &Accounts) -> Result<()> {
    let session = album.session;
    for (command, id, reason) in [
        (
            "calendars.pause",
            &planner.calendar,
            "Moving to the new shop, back on Monday",
        ),
        (
            "accounts.pause",
            &accounts.folder,
            "The website is being made anew",
        ),
    ] {
        session
            .call(command, json!({ "id": id, "reason": reason }))
            .await?;
    }
    album.room("Queue").await?;
    session.says("main", "is paused: Moving").await?;
    session.says("main", "Paused: The website").await?;
    album.keep("queue-paused").await?;
    album.choose("By account").await?;
    album.choose("All in one list").await?;
    session.says("main", "is paused: The website").await?;
    album.keep("queue-merged-paused").await?;
    calendar_ahead(album, planner).await?;
    session.appears("[data-grid] [data-halt=paused]").await?;
    album.keep("calendar-paused").await?;
    album.room("Settings").await?;
    album.group("workspaces").await?;
    session.says("#group-workspaces", "Paused: Moving").await?;
    album.keep("settings-workspaces-paused").await?;
    let go_on = json!({ "id": planner.calendar, "reason": Value::Null });
    session.call("calendars.pause", go_on).await?;
    Ok(())
}

/// Everything is held.
async fn held(album: &mut Album<'_>) -> Result<()> {
    let session = album.session;
    session
        .call("publisher.hold", json!({ "reason": "" }))
        .await?;
    album.room("Queue").await?;
    session
        .says("main", "Nothing goes out from this computer:")
        .await?;
    session.says("footer", "All posts are held").await?;
    album.keep("queue-held").await?;
    session.call("publisher.release", json!({})).await?;
    session.says("main", "Hold all posts").await
}

/// An account that its network signed out.
async fn signed_out(
    album: &mut Album<'_>,
    planner: &Planner<'_>,
    accounts: &Accounts,
    network: &Sandbox,
) -> Result<()> {
    let session = album.session;
    network.end_sessions();
    session
        .call("accounts.check", json!({ "id": accounts.ana }))
        .await?;
    album.room("Accounts").await?;
    session.says("main", "Not connected since").await?;
    album.keep("accounts-signed-out").await?;
    album.room("Activity").await?;
    session.says("main", "Connect again").await?;
    album.keep("activity-signed-out").await?;
    calendar_ahead(album, planner).await?;
    session.appears("[data-grid] [data-halt]").await?;
    album.keep("calendar-signed-out").await
}

async fn standing(variant: Variant) -> Result<()> {
    let desk = desk().await?;
    let mut network = Sandbox::start().await?;
    let session = Session::open(&desk).await?;
    let planner = Planner::open(&session).await?;
    planner.usual_formats().await?;
    session.choose("Dismiss").await?;
    let accounts = connect(&desk, &session, &planner, &network).await?;
    plans(&session, &accounts).await?;
    furnish(&planner, &accounts, planner.today.tomorrow()?).await?;
    let mut album = Album::open(&desk, &session, variant).await?;
    tried_again(&mut album, &planner, &accounts, &mut network).await?;
    paused(&mut album, &planner, &accounts).await?;
    held(&mut album).await?;
    signed_out(&mut album, &planner, &accounts, &network).await?;
    album.close();
    session.close().await
}

/// The system said before the program started that there is no internet.
async fn offline(variant: Variant) -> Result<()> {
    let desk = desk().await?;
    let services = Services::start(&desk).await?;
    internet::says(&services, internet::DISCONNECTED).await?;
    let session = Session::open(&desk).await?;
    let planner = Planner::open(&session).await?;
    planner.usual_formats().await?;
    session.choose("Dismiss").await?;
    let mut album = Album::open(&desk, &session, variant).await?;
    session.says("footer", "No internet since").await?;
    album.keep("calendar-offline").await?;
    album.room("Queue").await?;
    session.says("main", "No internet since").await?;
    album.keep("queue-offline").await?;
    album.close();
    session.close().await
}

#[tokio::test]
async fn standing_wide() -> Result<()> {
    standing(Variant::Wide).await?;
    offline(Variant::Wide).await
}

#[tokio::test]
async fn standing_small() -> Result<()> {
    standing(Variant::Small).await?;
    offline(Variant::Small).await
}

#[tokio::test]
async fn standing_enlarged() -> Result<()> {
    standing(Variant::Enlarged).await?;
    offline(Variant::Enlarged).await
}
