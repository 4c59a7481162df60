//! What is not taken: a day that is over, a time that is none, a file that is no picture, and a window that
//! would close over files or over words that are saved nowhere.

use std::path::Path;

use anyhow::Result;
use e2e::{Desk, Planner, Session, copied};
use serde_json::{Value, json};

use super::stage::{Album, Variant, WORDS, desk as desktop, draft, focus_chip};

const EDITOR: &str = "[data-testid=composer] textarea, [data-testid=composer] [role=textbox]";

/// A post that has only the day of today, to an account that has slots to move on to.
async fn carried_post(session: &Session, planner: &Planner<'_>, account: &Value) -> Result<String> {
    let slots: Vec<Value> = (1..=7)
        .map(|weekday| json!({ "weekday": weekday, "time": "14:30:00" }))
        .collect();
    session
        .call(
            "slots.replace",
            json!({ "accountId": account, "zone": "Europe/Berlin", "slots": slots, "follow": false }),
        )
        .await?;
    let day = json!({ "kind": "day", "date": planner.today.to_string() });
    planner
        .post(draft(WORDS[11], &[account]), day, "plan")
        .await
}

fn chip(id: &str) -> String {
    format!("[data-place=grid] [data-chip='{id}']")
}

/// Carries a post by keys to a day that is over, looks, and puts it back.
async fn carried(album: &mut Album<'_>, id: &str, name: &str) -> Result<()> {
    let session = album.session;
    focus_chip(session, &chip(id)).await?;
    album.hand.press(&["space"]).await?;
    session.appears("[data-testid=carrying]").await?;
    album.hand.press(&["Left"]).await?;
    session.appears("[data-testid=carrying].refused").await?;
    session.appears("[data-place=grid] .cell.refused").await?;
    album.keep(name).await?;
    album.hand.press(&["Escape"]).await?;
    session.goes("[data-testid=carrying]").await
}

/// A day that is over: in the hand, and typed.
async fn over(album: &mut Album<'_>, post: &str) -> Result<()> {
    let session = album.session;
    carried(album, post, "carry-refused-month").await?;
    album.hand.press(&["t", "w"]).await?;
    session.appears("[data-grid] [data-cell*=':']").await?;
    carried(album, post, "carry-refused-week").await?;

    focus_chip(session, &chip(post)).await?;
    album.hand.press(&["period"]).await?;
    session.appears("dialog[open] input").await?;
    album.hand.type_text("yesterday").await?;
    session
        .says("dialog[open]", "The next free slot is")
        .await?;
    session.says("dialog[open] form", "Use it").await?;
    album.keep("move-to-past").await?;
    album.shut().await?;
    album.hand.press(&["t", "m"]).await?;
    session.appears(&chip(post)).await
}

/// Opens an empty post and waits until letters reach it.
async fn begin(album: &Album<'_>) -> Result<()> {
    album.hand.press(&["ctrl+n"]).await?;
    album
        .session
        .await_value(
            "the focus in the text",
            "return document.activeElement?.matches(arguments[0])",
            vec![json!(EDITOR)],
        )
        .await?;
    Ok(())
}

/// Times that are none, where the time of a post is chosen.
async fn times(album: &mut Album<'_>) -> Result<()> {
    let session = album.session;
    begin(album).await?;
    album.choose("Pick a time").await?;
    album.choose("Date and time, as you would say it").await?;
    album.hand.type_text("yesterday 9:30").await?;
    session.reads("That is in the past.").await?;
    album.keep("composer-past").await?;
    album.hand.press(&["ctrl+a"]).await?;
    album.hand.type_text("when it suits").await?;
    session
        .await_value(
            "the field to say that it is no date",
            "const note = document.querySelector('.picker .note.bad');
             return note !== null && !note.textContent.includes('in the past')",
            vec![],
        )
        .await?;
    album.keep("composer-no-date").await?;
    // The first press empties the field.
    album.hand.press(&["Escape"]).await?;
    album.choose("Calendar and time").await?;
    session.appears(".popover .time input").await?;
    album.choose("Time").await?;
    album.hand.press(&["ctrl+a"]).await?;
    album.hand.type_text("half past two").await?;
    session
        .says(".popover .problem", "Write a time such as 14:30.")
        .await?;
    album.keep("composer-no-time").await?;
    album.hand.press(&["ctrl+a", "BackSpace", "Escape"]).await?;
    session.goes(".popover").await?;
    album.shut().await
}

/// Presses a button of the message of the open window. By the page: a window that was just told to close and
/// stayed does not always have the keyboard.
async fn press(album: &Album<'_>, name: &str) -> Result<()> {
    album
        .session
        .await_value(
            "the button",
            "const all = [...document.querySelectorAll('dialog[open] button')];
             const found = all.find((each) => each.textContent.trim() === arguments[0]);
             found?.click();
             return found !== undefined;",
            vec![json!(name)],
        )
        .await?;
    Ok(())
}

/// Files that are refused or still on their way, and words that can be saved nowhere, when the window is to
/// close.
async fn closing(album: &mut Album<'_>, desk: &Desk, photo: &Path) -> Result<()> {
    let session = album.session;
    let note = photo.with_file_name("note.png");
    std::fs::write(&note, "this is no picture")?;
    begin(album).await?;
    album.hand.type_text("With a picture of the shop").await?;
    let copied = copied::files(desk, &[&note]).await?;
    album.hand.press(&["ctrl+v"]).await?;
    session.says("[data-testid=blocked]", "note.png").await?;
    drop(copied);
    album.keep("composer-file-refused").await?;

    session.leave_waiting(&["media.import"]).await?;
    let copied = copied::files(desk, &[photo]).await?;
    album.hand.press(&["ctrl+v"]).await?;
    session.reads("Taking the files in…").await?;
    drop(copied);
    album.keep("composer-taking-in").await?;
    // The page waits some seconds for them before it says so.
    album.hand.press(&["alt+F4"]).await?;
    session.reads("so the window stays").await?;
    album.keep("composer-close-without-files").await?;
    press(album, "Close without them").await?;
    session.goes("[data-testid=composer]").await?;

    begin(album).await?;
    session
        .refuse(&["posts.create"], "The disk is full.")
        .await?;
    album
        .hand
        .type_text("Words that are saved nowhere yet")
        .await?;
    session.reads("The disk is full.").await?;
    album.keep("composer-not-saved").await?;
    album.hand.press(&["alt+F4"]).await?;
    session.reads("Close without saving").await?;
    album.keep("composer-close-without-saving").await?;
    press(album, "Close without saving").await?;
    session.goes("[data-testid=composer]").await?;
    session.mend().await
}

async fn refused(variant: Variant) -> Result<()> {
    let desk = desktop().await?;
    let session = Session::open(&desk).await?;
    let planner = Planner::open(&session).await?;
    planner.usual_formats().await?;
    session.choose("Dismiss").await?;
    let account = planner
        .connect_folder(&desk.folder().join("website"))
        .await?;
    let post = carried_post(&session, &planner, &account).await?;
    // It is not looked at: what takes it in never answers.
    let photo = e2e::desk::write(&desk, "shop.png", "a picture")?;
    let mut album = Album::open(&desk, &session, variant).await?;
    over(&mut album, &post).await?;
    times(&mut album).await?;
    closing(&mut album, &desk, &photo).await?;
    album.close();
    session.close().await
}

#[tokio::test]
async fn refused_wide() -> Result<()> {
    refused(Variant::Wide).await
}

#[tokio::test]
async fn refused_small() -> Result<()> {
    refused(Variant::Small).await
}

#[tokio::test]
async fn refused_enlarged() -> Result<()> {
    refused(Variant::Enlarged).await
}
