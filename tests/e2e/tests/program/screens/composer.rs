//! The composer: begun, with problems, as a thread, with pictures, with a video, with its menus.

use std::path::Path;

use anyhow::{Context, Result};
use e2e::{Planner, Session, planner::wall};
use serde_json::json;
use testkit::sandbox::bluesky::Sandbox;

use super::stage::{Accounts, Album, Variant, WORDS, connect, desk, draft, open_post, painting};
use crate::video::film;

const EDITOR: &str = "[data-testid=composer] textarea, [data-testid=composer] [role=textbox]";

async fn close(album: &mut Album<'_>) -> Result<()> {
    album.hand.press(&["Escape"]).await?;
    album.session.goes("[data-testid=composer]").await
}

/// First words of the posts that the composer opens: what is wrong, what is long, what is shown, what
/// is filmed, what was changed after it was scheduled.
const WRONG: &str = "Everything we did this year";
const THREAD: &str = "Three lessons from the workshop";
const PICTURES: &str = "The harbour this morning";
const VIDEO: &str = "A walk along the river";
const EDITED: &str = "A last word before the holidays";

/// Writes those posts, one of them with a clip from the desktop.
async fn write(
    session: &Session,
    planner: &Planner<'_>,
    accounts: &Accounts,
    clip: &Path,
) -> Result<()> {
    let both = [&accounts.ana, &accounts.folder];
    let day = planner.next_month()?;
    let long = format!("{WRONG}. {}.", WORDS.join(". "));
    let mut wrong = draft(&long, &both);
    let photo = painting(session, "harbour.png").await?;
    wrong["segments"][0]["media"] = json!([{ "mediaId": photo, "alt": "" }]);
    wrong["targets"][1]["overrideSegments"] =
        json!([{ "text": "A text of its own for the website.", "media": [] }]);
    let mut thread = draft("", &both);
    thread["segments"] = json!([
        { "text": format!("{THREAD}. A thread. #bookbinding"), "media": [] },
        { "text": "1. Paper remembers how it was stored. https://example.org/paper", "media": [] },
        { "text": "2. Glue wants patience, and so do customers. Ask @ana.test", "media": [] },
    ]);
    let mut pictures = draft(&format!("{PICTURES}, before the market opened."), &both);
    pictures["segments"][0]["media"] = json!([
        { "mediaId": photo, "alt": "Sunrise over a calm harbour, hills in the dark" },
        { "mediaId": photo, "alt": "" },
    ]);
    let at = wall(day.tomorrow()?, "14:30");
    let edited = planner
        .post(draft(EDITED, &both), at.clone(), "must")
        .await?;
    let version = planner.get(&edited).await?["version"].clone();
    session
        .call(
            "posts.save",
            json!({
                "id": edited, "version": version, "session": "an edit",
                "draft": draft(&format!("{EDITED}, and a wish"), &both),
            }),
        )
        .await?;
    let taken = session
        .call("media.import", json!({ "paths": [clip] }))
        .await?;
    let filmed = taken["files"][0]["id"].as_str().context("the clip's id")?;
    let mut video = draft(&format!("{VIDEO}, filmed from the bridge."), &both);
    video["segments"][0]["media"] = json!([
        { "mediaId": filmed, "alt": "Colours and a counter that runs" },
    ]);
    planner.post(video, at.clone(), "plan").await?;
    planner.post(wrong, at.clone(), "plan").await?;
    planner.post(thread, at.clone(), "plan").await?;
    planner.post(pictures, at, "must").await?;
    Ok(())
}

async fn tour(album: &mut Album<'_>) -> Result<()> {
    let session = album.session;
    album.hand.press(&["ctrl+n"]).await?;
    session.appears(EDITOR).await?;
    album.keep("composer-empty").await?;
    album.choose("Emoji").await?;
    album.keep("composer-emoji").await?;
    album.hand.press(&["Escape"]).await?;
    album.choose("Pick a time").await?;
    album.choose("Calendar and time").await?;
    album.keep("composer-time").await?;
    album.hand.press(&["Escape"]).await?;
    close(album).await?;

    open_post(album, WRONG).await?;
    session.says("[data-testid=composer]", "too many").await?;
    album.keep("composer-problems").await?;
    close(album).await?;

    open_post(album, THREAD).await?;
    session
        .says("[data-testid=composer]", "Part 3 of 3")
        .await?;
    album.keep("composer-thread").await?;
    close(album).await?;

    open_post(album, PICTURES).await?;
    session.appears("[data-testid=composer] img").await?;
    album.keep("composer-pictures").await?;
    album.choose("Crop and edit harbour.png").await?;
    session.appears(".editor .area.crop").await?;
    album.keep("picture-editor").await?;
    album.hand.press(&["Escape"]).await?;
    session.goes(".editor .stage").await?;
    album.choose("Insert from library").await?;
    session.appears("dialog[open] [data-file] img").await?;
    album.keep("library-picker").await?;
    album.hand.press(&["Escape"]).await?;
    session.goes("dialog[open] [data-file]").await?;
    close(album).await?;

    open_post(album, VIDEO).await?;
    session.appears("[data-testid=composer] .strip img").await?;
    album.keep("composer-video").await?;
    album.choose("Trim and edit clip.mp4").await?;
    session.says("[data-testid=stays]", "0:04").await?;
    album.keep("video-editor").await?;
    album.hand.press(&["Escape"]).await?;
    session.goes("[data-testid=stays]").await?;
    close(album).await?;

    open_post(album, EDITED).await?;
    session
        .says("[data-testid=composer]", "This post is scheduled.")
        .await?;
    album.keep("composer-edited").await?;
    close(album).await
}

async fn composer(variant: Variant) -> Result<()> {
    let desk = desk().await?;
    let sandbox = Sandbox::start().await?;
    let session = Session::open(&desk).await?;
    let planner = Planner::open(&session).await?;
    planner.usual_formats().await?;
    session.choose("Dismiss").await?;
    let mut album = Album::open(&desk, &session, variant).await?;
    if variant == Variant::Wide {
        // Before there is any account: writing works all the same.
        album.hand.take_keyboard(&session).await?;
        album.hand.press(&["n"]).await?;
        session.appears(EDITOR).await?;
        album.keep("composer-no-account").await?;
        close(&mut album).await?;
    }
    let accounts = connect(&desk, &session, &planner, &sandbox).await?;
    let clip = desk.folder().join("clip.mp4");
    film(&clip).await?;
    write(&session, &planner, &accounts, &clip).await?;
    session.reload().await?;
    album.hand.take_keyboard(&session).await?;
    tour(&mut album).await?;
    album.close();
    session.close().await
}

#[tokio::test]
async fn writing_wide() -> Result<()> {
    composer(Variant::Wide).await
}

#[tokio::test]
async fn writing_small() -> Result<()> {
    composer(Variant::Small).await
}

#[tokio::test]
async fn writing_enlarged() -> Result<()> {
    composer(Variant::Enlarged).await
}
