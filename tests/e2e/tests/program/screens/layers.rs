//! What opens over every room: palette, search, keys, bin, log, import, workspace and calendar.

use anyhow::Result;
use e2e::{Planner, Session};
use serde_json::json;

use super::stage::{Album, Variant, WORDS, desk};

const SHEET: &str = "when,text,account\n\
    2030-05-14 09:05,Spring sale opens on Friday,\n\
    soon,When is that,\n\
    2019-05-14 09:05,Long ago,\n\
    2030-05-15 09:05,Whose is it,nobody\n\
    2030-05-16 11:30,Photo of the week: the old press at work,\n";

async fn tour(album: &mut Album<'_>, sheet: &std::path::Path) -> Result<()> {
    let session = album.session;
    album.hand.press(&["ctrl+k"]).await?;
    session.appears("dialog[open] [role=option]").await?;
    album.keep("palette").await?;
    album.hand.type_text("sale").await?;
    session.says("dialog[open]", WORDS[0]).await?;
    album.keep("search").await?;
    album.hand.type_text(" zzz").await?;
    session.says("dialog[open]", "Nothing found for").await?;
    album.keep("search-nothing").await?;
    album.shut().await?;

    album.hand.press(&["question"]).await?;
    session.appears("dialog[open] dl").await?;
    album.keep("keys").await?;
    album.shut().await?;

    album.command("Open the bin").await?;
    session.appears("dialog[open] li").await?;
    album.keep("bin").await?;
    album.shut().await?;

    album.command("Show the log").await?;
    session.appears("dialog[open] pre").await?;
    album.keep("log").await?;
    album.shut().await?;

    album.command("Go to a date").await?;
    session.appears("dialog[open] input").await?;
    album.hand.type_text("next mon").await?;
    album.keep("go-to-date").await?;
    album.shut().await?;

    album.command("Import posts from a CSV file").await?;
    album
        .hand
        .answer_file_window("Import posts from a CSV file", sheet)
        .await?;
    session.appears("dialog[open] tbody tr").await?;
    album.keep("import").await?;
    album.shut().await?;

    let switcher = session.area("nav .switcher").await?.middle();
    album.hand.click(session, switcher, 1).await?;
    session.appears("[role=menu]").await?;
    album.keep("switcher").await?;
    album.hand.press(&["Escape"]).await?;
    session.goes("[role=menu]").await
}

async fn layers(variant: Variant) -> Result<()> {
    let desk = desk().await?;
    let session: Session = Session::open(&desk).await?;
    let planner = Planner::open(&session).await?;
    planner.usual_formats().await?;
    session.choose("Dismiss").await?;
    let sheet = e2e::desk::write(&desk, "posts.csv", SHEET)?;
    let day = planner.next_month()?;
    let mut gone = vec![];
    for (number, text) in WORDS.iter().enumerate() {
        let id = planner.plan(text, Some((day, "09:05"))).await?;
        if number % 4 == 3 {
            gone.push(id);
        }
    }
    session.call("posts.remove", json!({ "ids": gone })).await?;
    let mut album = Album::open(&desk, &session, variant).await?;
    album.hand.take_keyboard(&session).await?;
    tour(&mut album, &sheet).await?;
    album.close();
    session.close().await
}

#[tokio::test]
async fn layers_wide() -> Result<()> {
    layers(Variant::Wide).await
}

#[tokio::test]
async fn layers_small() -> Result<()> {
    layers(Variant::Small).await
}

#[tokio::test]
async fn layers_enlarged() -> Result<()> {
    layers(Variant::Enlarged).await
}
