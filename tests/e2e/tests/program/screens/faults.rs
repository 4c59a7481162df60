//! What goes wrong: data that cannot be opened or read, a post that is gone, passwords that can be kept nowhere.

use anyhow::Result;
use e2e::{Desk, Planner, Session, program};
use serde_json::json;

use super::stage::{Album, Variant, WORDS, desk, focus_chip, next_month};

/// What the program seems to say.
const FAULT: &str = "The disk with the data does not answer.";

/// Rooms, what they read, and what they say when that fails.
const ROOMS: [(&str, &str, &str); 4] = [
    ("Queue", "queue.view", "The queue could not be read."),
    ("Drafts", "posts.drafts", "Your drafts could not be read."),
    ("Library", "media.list", "The library could not be read."),
    (
        "Activity",
        "activity.list",
        "What happened could not be read.",
    ),
];

/// What groups of the settings read, and what they say when that fails.
const GROUPS: [(&str, &str, &str); 3] = [
    ("programs", "keys.list", "The keys could not be read."),
    ("data", "data.status", "The data folder could not be read."),
    ("money", "workspaces.spending", FAULT),
];

/// What says that a room could not be read has as much room above as below it, but for the space at the end
/// of a room.
const MIDDLE: &str =
    "const said = document.querySelector('main [role=alert]')?.getBoundingClientRect();
     const room = document.querySelector('main .content')?.getBoundingClientRect();
     if (!said || !room) return false;
     const [above, below] = [said.top - room.top, Math.max(room.bottom - said.bottom, 0)];
     return Math.abs(above - below) <= 40;";

async fn rooms(album: &mut Album<'_>) -> Result<()> {
    let session = album.session;
    session.refuse(&ROOMS.map(|room| room.1), FAULT).await?;
    for (room, _, sentence) in ROOMS {
        album.room(room).await?;
        session.says("main [role=alert]", sentence).await?;
        session
            .await_value(
                "what is said to stand in the middle of the room",
                MIDDLE,
                vec![],
            )
            .await?;
        album
            .keep(&format!("{}-failed", room.to_lowercase()))
            .await?;
    }
    session.refuse(&GROUPS.map(|group| group.1), FAULT).await?;
    album.room("Settings").await?;
    for (group, _, sentence) in GROUPS {
        let part = format!("#group-{group} [role=alert]");
        session.says(&part, sentence).await?;
        album.group(group).await?;
        album.keep(&format!("settings-{group}-failed")).await?;
    }
    session.refuse(&["bin.list"], FAULT).await?;
    album.command("Open the bin").await?;
    session
        .says("dialog[open]", "The bin could not be read.")
        .await?;
    album.keep("bin-failed").await?;
    album.shut().await?;
    session.mend().await
}

/// What was read before stays, and says that it is older.
async fn stale(album: &mut Album<'_>, planner: &Planner<'_>) -> Result<()> {
    let session = album.session;
    album.room("Drafts").await?;
    session.says("main", WORDS[0]).await?;
    session.refuse(&["posts.drafts"], FAULT).await?;
    planner.plan(WORDS[1], None).await?;
    session
        .says("main [role=alert]", "Below is what was known before.")
        .await?;
    album.keep("drafts-stale").await?;
    session.mend().await
}

/// A month that cannot be read, and posts that cannot be opened, or are gone meanwhile.
async fn calendar(album: &mut Album<'_>, planner: &Planner<'_>) -> Result<()> {
    let session = album.session;
    let id = planner
        .plan(WORDS[2], Some((planner.next_month()?, "09:05")))
        .await?;
    album.room("Calendar").await?;
    album.hand.press(&["t"]).await?;
    next_month(album, planner).await?;
    let chip = format!("[data-place=grid] [data-chip='{id}']");
    session.refuse(&["posts.get"], FAULT).await?;
    focus_chip(session, &chip).await?;
    album.hand.press(&["Return"]).await?;
    session
        .says("[data-testid=composer]", "This post could not be opened.")
        .await?;
    album.keep("composer-failed").await?;
    album.shut().await?;

    session.mend().await?;
    focus_chip(session, &chip).await?;
    album.hand.press(&["Return"]).await?;
    session.says("[data-testid=composer]", "Preview").await?;
    session.call("posts.remove", json!({ "ids": [id] })).await?;
    session
        .says("[data-testid=composer]", "This post was deleted.")
        .await?;
    album.keep("composer-gone").await?;
    album.shut().await?;

    session.refuse(&["posts.range"], FAULT).await?;
    // Further than the months on either side, which are known already.
    album.hand.press(&["Page_Down"; 6]).await?;
    session
        .says("main [role=alert]", "could not be read.")
        .await?;
    album.keep("calendar-failed").await?;
    session.mend().await
}

/// A computer without a keyring.
async fn no_keyring(album: &mut Album<'_>) -> Result<()> {
    album.room("Settings").await?;
    album.group("secrets").await?;
    album.session.appears("#group-secrets .problem").await?;
    album.keep("settings-secrets-absent").await
}

async fn faults(variant: Variant) -> Result<()> {
    let desk = Desk::start().await?;
    let session = Session::open(&desk).await?;
    let planner = Planner::open(&session).await?;
    planner.usual_formats().await?;
    session.choose("Dismiss").await?;
    planner.plan(WORDS[0], None).await?;
    let mut album = Album::open(&desk, &session, variant).await?;
    rooms(&mut album).await?;
    stale(&mut album, &planner).await?;
    calendar(&mut album, &planner).await?;
    no_keyring(&mut album).await?;
    album.close();
    session.close().await
}

/// Damaged data of which there is a backup.
async fn bad_start(variant: Variant) -> Result<()> {
    let desk = desk().await?;
    {
        let session = Session::open(&desk).await?;
        session.call("data.backup", json!({})).await?;
        session.close().await?;
    }
    // The driver ends the program without a goodbye, so the log may hold all of it still.
    for name in ["almanac.db-wal", "almanac.db-shm"] {
        let file = desk.data_folder().join(name);
        if file.exists() {
            std::fs::remove_file(file)?;
        }
    }
    let database = desk.data_folder().join("almanac.db");
    std::fs::write(database, "this is no database ".repeat(500))?;
    let session = Session::connect(&desk, &program::path()?.to_string_lossy(), &[]).await?;
    session
        .says("main", "Almanac could not open its data.")
        .await?;
    session.says("main", "Go back to the newest backup").await?;
    let mut album = Album::open_by(&desk, &session, variant, "main .error .text").await?;
    album.keep("start-failed").await?;
    album.close();
    session.close().await
}

#[tokio::test]
async fn faults_wide() -> Result<()> {
    faults(Variant::Wide).await?;
    bad_start(Variant::Wide).await
}

#[tokio::test]
async fn faults_small() -> Result<()> {
    faults(Variant::Small).await?;
    bad_start(Variant::Small).await
}

#[tokio::test]
async fn faults_enlarged() -> Result<()> {
    faults(Variant::Enlarged).await?;
    bad_start(Variant::Enlarged).await
}
