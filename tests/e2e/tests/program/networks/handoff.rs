//! A network that no program may post to: everything lies ready at the minute, a notification leads to it
//! with the text copied, and only the person says that it is out.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use e2e::signing_in::Way;
use e2e::stubs::{Services, notes};
use e2e::{Desk, Hand, Planner, Session, shots, until, windows};
use serde_json::json;

const WORDS: &str = "For the phone https://a.example/x";
/// With what the workspace puts into links.
const SENT: &str = "For the phone https://a.example/x?utm_source=snap";
const PICTURE: &str = "square.png";

/// Connects an account whose posts are laid ready in a folder, and gives its handle.
async fn connect(desk: &Desk, session: &Session, folder: &Path) -> Result<String> {
    let way = Way::of(session, "handoff", "folder").await?;
    let fields = [
        ("network", "Snapchat".to_owned()),
        ("handle", "ana".to_owned()),
        ("folder", folder.to_string_lossy().into_owned()),
    ];
    session.fill_in(&way, &fields).await?;
    session.go_on(desk, &way).await?;
    session.finish_connecting().await?;
    let boot = session.call("session.boot", json!({})).await?;
    let handle = boot["accounts"][0]["handle"].as_str().context("a handle")?;
    Ok(handle.to_owned())
}

/// The only folder in a folder.
fn only_folder(of: &Path) -> Result<PathBuf> {
    let entries = std::fs::read_dir(of)?.collect::<std::io::Result<Vec<_>>>()?;
    let [only] = entries.as_slice() else {
        anyhow::bail!("{} things lie ready", entries.len());
    };
    Ok(only.path())
}

/// What the clipboard holds, as a person sees it: pasted into a new post.
async fn pasted(desk: &Desk, session: &Session) -> Result<String> {
    session.begin_post(desk).await?;
    session
        .await_value(
            "the keyboard in the text",
            "return document.activeElement?.tagName === 'TEXTAREA'",
            vec![],
        )
        .await?;
    windows::press(desk, "ctrl+v").await?;
    let text = session
        .await_value(
            "the pasted text",
            "return document.activeElement?.value ?? null",
            vec![],
        )
        .await?;
    text.as_str().map(str::to_owned).context("a text")
}

#[tokio::test]
async fn a_post_is_laid_ready_copied_from_its_notification_and_said_to_be_out() -> Result<()> {
    let desk = Desk::start().await?;
    let services = Services::start(&desk).await?;
    let folder = desk.folder().join("phone");
    std::fs::create_dir(&folder)?;
    let picture = desk.folder().join(PICTURE);
    let icon = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../icons/icon.png");
    std::fs::copy(icon, &picture)?;
    let session = Session::open(&desk).await?;
    session.choose("Dismiss").await?;
    let mut hand = Hand::over(&desk).await?;
    hand.take_keyboard(&session).await?;
    let handle = connect(&desk, &session, &folder).await?;
    let planner = Planner::open(&session).await?;
    let patterns = json!({ "source": "snap", "medium": "", "campaign": "" });
    let rules = json!({ "networks": { "handoff": patterns }, "except": [] });
    session
        .call(
            "writing.set_links",
            json!({ "workspaceId": planner.workspace, "rules": rules }),
        )
        .await?;

    session.begin_post(&desk).await?;
    session.fill("Text", WORDS).await?;
    session.address_to(&handle).await?;
    session.attach(&hand, &picture).await?;
    session.send_open_post().await?;

    // At its minute everything lies there, and the desktop says so.
    let note = until::some("the notification", || async {
        let notes = services.notes.all();
        notes
            .into_iter()
            .find(|note| note.body.starts_with("It is your turn: post"))
    })
    .await?;
    assert_eq!(
        note.actions,
        ["default", "Open", "targets.say_published", "I posted it"]
    );
    let ready = only_folder(&folder)?;
    assert_eq!(std::fs::read_to_string(ready.join("text.txt"))?, SENT);
    ensure!(std::fs::metadata(ready.join("01.png"))?.len() > 0);

    // The notification leads to the card, and what is to be pasted there is copied already.
    session.listen().await?;
    notes::click(&services, note.id, "default").await?;
    session.appears("[data-testid=composer]").await?;
    session.heard("The text for Snapchat is copied").await?;
    session.reads("laid ready for you: post it there").await?;
    shots::page(&session, "handoff-card").await?;
    hand.press(&["Escape"]).await?;
    session.goes("[data-testid=composer]").await?;
    assert_eq!(pasted(&desk, &session).await?, SENT);
    hand.press(&["Escape"]).await?;
    session.goes("[data-testid=composer]").await?;

    // It is out when the person says so, and not before.
    session.room("Activity").await?;
    session.choose(&format!("I posted it: {WORDS}")).await?;
    session.open_from_activity("For the phone").await?;
    session.reads("Post, published").await?;
    session.close().await
}
