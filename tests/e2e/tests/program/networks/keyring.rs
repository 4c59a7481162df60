//! The keyring locks, and is not there at all: connecting and sending wait and say so, and the rest
//! goes on.

use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::signing_in::Way;
use e2e::{Planner, Session, shots, until};
use serde_json::json;
use testkit::sandbox::slack::{self, Sandbox};

use super::desk;

const LOCKED: &str = "The keyring of this computer is locked. Unlock it, then try again.";
const ABSENT: &str = "This computer has no keyring running, so passwords cannot be kept. Start one, \
                      or choose a sealed file in Settings.";
/// What waited for its password is tried again within a minute.
const MINUTE: Duration = Duration::from_secs(90);

#[tokio::test]
async fn a_keyring_that_locks_or_goes_stops_only_connecting_and_sending() -> Result<()> {
    let network = Sandbox::start().await?;
    let mut desk = desk(&format!("slack={}", network.origin())).await?;
    let session = Session::open(&desk).await?;
    let way = Way::of(&session, "slack", "token").await?;
    let fields = [
        ("token", slack::TOKEN.to_owned()),
        ("channel", slack::CHANNEL.to_owned()),
    ];
    session.fill_in(&way, &fields).await?;
    session.go_on(&desk, &way).await?;
    session.finish_connecting().await?;
    let boot = session.call("session.boot", json!({})).await?;
    let handle = boot["accounts"][0]["handle"].as_str().unwrap_or_default();

    desk.lock_keyring().await?;
    session.fill_in(&way, &fields).await?;
    session.go_on(&desk, &way).await?;
    session.reads(LOCKED).await?;
    shots::page(&session, "keyring-locked-form").await?;

    // What was typed stays, and the next sentence is another.
    desk.stop_keyring().await?;
    session.go_on(&desk, &way).await?;
    session.reads(ABSENT).await?;
    session.choose("Cancel").await?;

    session
        .publish_now(&desk, "Waits for its password", &[handle])
        .await?;
    session.room("Activity").await?;
    session.reads(ABSENT).await?;
    session.reads("Trying again at").await?;
    shots::page(&session, "keyring-absent-activity").await?;
    // Writing and planning go on.
    let planner = Planner::open(&session).await?;
    let day = planner.next_month()?;
    let other = planner
        .plan("Planned meanwhile", Some((day, "09:05")))
        .await?;
    ensure!(planner.stands(&other).await?.is_some());
    ensure!(network.made() == 0);

    // Another keyring takes its place, with what the first one kept.
    desk.start_keyring().await?;
    until::some_within(MINUTE, "the post that waited", || async {
        (network.made() == 1).then_some(())
    })
    .await?;
    session
        .reads(&format!("Published on Slack ({handle})"))
        .await?;
    ensure!(network.posts().len() == 1);
    session.close().await
}
