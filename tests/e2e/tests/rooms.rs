//! Every room of the real window with a month of posts, light and dark: no fault that axe knows, and
//! a picture of each to look at.

use anyhow::{Context, Result};
use e2e::desk::Look;
use e2e::{Desk, Session, axe, shots, until};
use fantoccini::Locator;
use serde_json::{Value, json};

const ROOMS: [&str; 6] = [
    "Calendar", "Queue", "Drafts", "Activity", "Accounts", "Settings",
];
const WORDS: [&str; 8] = [
    "Spring sale opens on Friday",
    "Behind the bench: how we cut the covers",
    "Three things we learned this quarter",
    "Photo of the week",
    "Thank you for 10,000 readers",
    "Workshop in Leipzig, a few seats left",
    "Why we ship plain text",
    "From the archive: our first stall",
];
/// Days after today that get posts; one of them, and every fifth twice as many.
const DAYS: usize = 24;
const DAY_MS: u64 = 86_400_000;

/// Connects a folder and plans posts over the coming weeks, as a person would have.
async fn furnish(desk: &Desk, session: &Session) -> Result<()> {
    let boot = session.call("session.boot", json!({})).await?;
    let folder = desk.folder().join("site");
    std::fs::create_dir_all(&folder)?;
    let account = session
        .call(
            "accounts.connect",
            json!({
                "workspaceId": boot["workspaces"][0]["id"],
                "network": "folder",
                "fields": { "folder": folder },
                "secrets": {},
            }),
        )
        .await?;
    let now = boot["now"].as_u64().context("the time")?;
    for day in 0..DAYS {
        for post in 0..=usize::from(day % 5 == 0) + usize::from(day % 3 == 0) {
            let at = now + (day as u64 + 1) * DAY_MS;
            let wall = session
                .client
                .execute(
                    "return new Date(arguments[0]).toISOString().slice(0, 10)",
                    vec![json!(at)],
                )
                .await?;
            let date = wall.as_str().context("a date")?;
            let time = format!("{:02}:{:02}:00", 8 + (day + post * 3) % 10, (day * 5) % 60);
            session
                .call(
                    "posts.create",
                    json!({
                        "calendarId": boot["calendars"][0]["id"],
                        "draft": {
                            "segments": [{ "text": WORDS[(day + post) % WORDS.len()], "media": [] }],
                            "targets": [{ "accountId": account["value"]["id"] }],
                            "labels": if day % 4 == 0 { json!(["sale"]) } else { json!([]) },
                        },
                        "place": { "kind": "wall", "wall": format!("{date}T{time}") },
                        "scheduling": if day % 6 == 5 { "plan" } else { "must" },
                    }),
                )
                .await?;
        }
    }
    Ok(())
}

/// Opens a room by its name on the rail and waits until it says that it stands.
async fn enter(session: &Session, room: &str) -> Result<()> {
    let door = format!("//nav//*[self::a or self::button][normalize-space(.)='{room}']");
    session
        .client
        .find(Locator::XPath(&door))
        .await?
        .click()
        .await?;
    until::holds("the room to stand", || async {
        let ready = session
            .client
            .execute("return document.body.dataset.ready ?? ''", vec![])
            .await;
        ready.is_ok_and(|label: Value| label == json!(room))
    })
    .await
}

#[tokio::test]
async fn no_room_has_a_fault_in_light_or_dark() -> Result<()> {
    for (name, dark) in [("light", false), ("dark", true)] {
        let desk = Desk::start_as(Look {
            dark,
            ..Look::default()
        })
        .await?;
        let session = Session::open(&desk).await?;
        furnish(&desk, &session).await?;
        until::holds(
            "the posts to reach the calendar through the feed",
            || async {
                let chips = session
                    .client
                    .find_all(Locator::Css("[data-place='grid'] [data-chip]"))
                    .await;
                chips.is_ok_and(|chips| chips.len() > 20)
            },
        )
        .await?;
        for room in ROOMS {
            enter(&session, room).await?;
            let faults = axe::violations(&session).await?;
            assert!(faults.is_empty(), "{room}, {name}: {faults:#?}");
            shots::page(&session.client, &format!("{}-{name}", room.to_lowercase())).await?;
        }
        session.close().await?;
    }
    Ok(())
}
