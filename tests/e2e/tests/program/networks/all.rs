//! As a new person does it, network by network: connect, write, publish, see it published, open it,
//! delete it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use e2e::signing_in::{Way, entry};
use e2e::{Desk, Hand, Session, shots, until};
use serde_json::{Value, json};
use testkit::sandbox::meta::web;

use super::table::{Attached, Row, other_ways, rows};
use super::{desk, sign_in};

/// Networks that publish without a server of anybody's.
const OWN: [&str; 2] = ["folder", "handoff"];
/// Some networks work on files for a while, and are asked now and then.
const WORKED_ON: Duration = Duration::from_mins(1);
/// Square, as every network with pictures takes it.
const PICTURE: &str = "square.png";
const VIDEO: &str = "clip.mp4";

/// Files to post and the public folder that some networks fetch from.
struct Files {
    folder: PathBuf,
    public: PathBuf,
    web: testkit::sandbox::Server,
}

impl Files {
    async fn lay_out(desk: &Desk) -> Result<Self> {
        let folder = desk.folder().join("files");
        let public = desk.folder().join("public");
        std::fs::create_dir(&folder)?;
        std::fs::create_dir(&public)?;
        let icon = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../icons/icon.png");
        std::fs::copy(icon, folder.join(PICTURE))?;
        std::fs::write(folder.join(VIDEO), testkit::film::video(300_000, None))?;
        Ok(Self {
            folder,
            web: web::start(public.clone()).await?,
            public,
        })
    }

    fn fields(&self, row: &Row) -> Vec<(&'static str, String)> {
        let mut fields = row.fields.clone();
        if row.hosts {
            let address = format!("{}/public/", self.web.origin());
            fields.push(("webAddress", address));
            fields.push(("webFolder", self.public.to_string_lossy().into_owned()));
        }
        fields
    }
}

/// Connects the account of a row as its network wants it, and gives its handle.
async fn connect(desk: &Desk, session: &Session, row: &Row, files: &Files) -> Result<String> {
    let way = Way::of(session, row.key, row.way).await?;
    session.fill_in(&way, &files.fields(row)).await?;
    sign_in(desk, session, &way).await?;
    let boot = session.call("session.boot", json!({})).await?;
    let accounts = boot["accounts"].as_array().context("accounts")?;
    let account = accounts.iter().find(|a| a["network"] == row.key);
    let account = account.context("the account is not there")?;
    ensure!(account["health"]["kind"] == "ok", "{account}");
    let handle = account["handle"].as_str().context("a handle")?;
    Ok(handle.to_owned())
}

/// What one post looks like on its way.
struct Post<'a> {
    entry: &'a Value,
    name: &'a str,
    handle: &'a str,
    words: String,
}

async fn write(
    desk: &Desk,
    session: &Session,
    hand: &Hand<'_>,
    (row, files): (&Row, &Files),
    post: &Post<'_>,
) -> Result<()> {
    session.begin_post(desk).await?;
    session.fill("Text", &post.words).await?;
    session.address_only_to(post.name, post.handle).await?;
    match row.attached {
        Attached::Nothing => {}
        Attached::Picture => {
            session.attach(hand, &files.folder.join(PICTURE)).await?;
            session.describe(PICTURE, "A red square").await?;
        }
        Attached::Video => session.attach(hand, &files.folder.join(VIDEO)).await?,
    }
    if let Some((option, letters, choice)) = row.look_up {
        let options = post.entry["options"].as_array().context("options")?;
        let field = options.iter().find(|field| field["name"] == option);
        let label = field.context("the option")?["label"].as_str();
        let label = format!("{} (needed)", label.unwrap_or_default());
        session.open_options().await?;
        session.look_up(&label, letters, choice).await?;
    }
    Ok(())
}

/// Looks at the published post, follows its link, and deletes it where the network lets one.
async fn look_and_delete(
    desk: &Desk,
    session: &Session,
    hand: &Hand<'_>,
    row: &Row,
    post: &Post<'_>,
) -> Result<()> {
    session.open_from_activity(&post.words).await?;
    session.reads("Post, published").await?;
    let has_link = session
        .eval(
            "return [...document.querySelectorAll('li[data-target] button')]
               .some((button) => button.textContent.trim() === 'Open')",
            vec![],
        )
        .await?;
    if has_link == json!(true) {
        let before = desk.opened().len();
        session.answer_delivery(post.handle, "Open").await?;
        let link = desk.opened_after(before).await?;
        ensure!(link.starts_with("http"), "{link}");
    }
    if post.entry["canDelete"] == json!(true) && !row.stays {
        session.delete_there(post.handle).await?;
        let shown = format!("nothing shown on {}", row.key);
        until::holds(&shown, || async { (row.count)() == (1, 0) }).await?;
        session.goes("li[data-target].published").await?;
    }
    hand.press(&["Escape"]).await?;
    session.goes("[data-testid=composer]").await
}

async fn there_and_back(
    desk: &Desk,
    session: &Session,
    hand: &Hand<'_>,
    row: &Row,
    files: &Files,
) -> Result<()> {
    let entry = entry(session, row.key).await?;
    let handle = connect(desk, session, row, files).await?;
    let name = entry["name"].as_str().context("a name")?;
    let post = Post {
        entry: &entry,
        name,
        handle: &handle,
        words: format!("From the window to {name}"),
    };
    write(desk, session, hand, (row, files), &post).await?;
    shots::page(session, &format!("network-{}-{}", row.key, row.way)).await?;
    session.send_open_post().await?;
    session.room("Activity").await?;
    session
        .reads_within(WORKED_ON, &format!("Published on {name} ({handle})"))
        .await?;
    ensure!((row.count)() == (1, 1), "{:?} posts", (row.count)());
    look_and_delete(desk, session, hand, row, &post).await
}

/// A desktop on which the servers of these rows play the networks.
async fn desk_of(rows: &[Row]) -> Result<Desk> {
    let addresses = rows.iter().map(|row| format!("{}={}", row.key, row.origin));
    desk(&addresses.collect::<Vec<_>>().join(",")).await
}

/// Each row in its turn; nothing secret of any is written down.
async fn go_through(desk: &Desk, session: &Session, rows: &[Row]) -> Result<()> {
    let files = Files::lay_out(desk).await?;
    session.choose("Dismiss").await?;
    let mut hand = Hand::over(desk).await?;
    hand.take_keyboard(session).await?;
    for row in rows {
        let done = there_and_back(desk, session, &hand, row, &files).await;
        done.with_context(|| format!("on {}, {}", row.key, row.way))?;
    }
    // The key of each app is kept, and nothing of it is written down.
    let kept = e2e::person::written_down(desk)?;
    for row in rows {
        for (name, secret) in row.fields.iter().filter(|(name, _)| is_secret(name)) {
            let found = kept.windows(secret.len()).any(|p| p == secret.as_bytes());
            assert!(!found, "{name} of {} was written down", row.key);
        }
    }
    Ok(())
}

#[tokio::test]
async fn every_network_is_connected_published_to_and_deleted_from() -> Result<()> {
    let rows = rows().await?;
    let desk = desk_of(&rows).await?;
    let session = Session::open(&desk).await?;
    let boot = session.call("session.boot", json!({})).await?;
    let entries = boot["catalogue"].as_array().context("the catalogue")?;
    let known: BTreeSet<&str> = entries.iter().filter_map(|e| e["key"].as_str()).collect();
    let tried: BTreeSet<&str> = rows.iter().map(|row| row.key).chain(OWN).collect();
    assert_eq!(known, tried, "each network has a row");
    go_through(&desk, &session, &rows).await?;
    session.close().await
}

#[tokio::test]
async fn the_other_ways_to_sign_in_are_published_through_as_well() -> Result<()> {
    let rows = other_ways().await?;
    let desk = desk_of(&rows).await?;
    let session = Session::open(&desk).await?;
    go_through(&desk, &session, &rows).await?;
    session.close().await
}

fn is_secret(field: &str) -> bool {
    let name = field.to_ascii_lowercase();
    ["secret", "token", "password", "key"]
        .iter()
        .any(|word| name.ends_with(word))
}
