//! The library in the real window: files dropped in, found, described, used, deleted and taken back.

use anyhow::{Context, Result};
use e2e::{Desk, Hand, Planner, Session, drops, until, windows};
use serde_json::{Value, json};

const PICTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../icons/128x128.png");

fn query(more: &Value) -> Value {
    let mut query = json!({ "words": "", "sorts": [], "order": "newest" });
    if let Some(more) = more.as_object() {
        for (key, value) in more {
            query[key] = value.clone();
        }
    }
    json!({ "query": query, "offset": 0, "limit": 100 })
}

/// The library as the program has it.
async fn files(session: &Session) -> Result<Vec<Value>> {
    let page = session.call("media.list", query(&json!({}))).await?;
    Ok(page["files"].as_array().cloned().unwrap_or_default())
}

async fn one_file(session: &Session, what: &str, holds: impl Fn(&Value) -> bool) -> Result<Value> {
    until::some(what, || async {
        files(session).await.ok()?.into_iter().find(|f| holds(f))
    })
    .await
}

async fn opened<'a>(desk: &'a Desk, session: &Session) -> Result<Hand<'a>> {
    windows::wait_visible(desk).await?;
    session.choose("Dismiss").await?;
    let mut hand = Hand::over(desk).await?;
    hand.take_keyboard(session).await?;
    hand.press(&["ctrl+4"]).await?;
    session
        .says("main", "Drop pictures and videos here.")
        .await?;
    Ok(hand)
}

#[tokio::test]
async fn files_are_dropped_found_described_and_used_and_deleting_is_taken_back() -> Result<()> {
    let desk = Desk::start().await?;
    let session = Session::open(&desk).await?;
    let mut hand = opened(&desk, &session).await?;
    let (sun, terms) = (
        desk.folder().join("sun at sea.png"),
        desk.folder().join("terms.pdf"),
    );
    std::fs::copy(PICTURE, &sun).context("the picture")?;
    std::fs::write(&terms, b"%PDF-1.7\nterms")?;
    let area = session.area("main").await?;
    let (x, y) = hand.in_window(area.middle());
    let _source = drops::drop_files(&desk, &[&sun, &terms], x, y).await?;
    let sun = one_file(&session, "the picture in the library", |f| {
        f["name"] == "sun at sea.png"
    })
    .await?;
    let id = sun["id"].as_str().context("its id")?.to_owned();
    let tile = format!("[data-file='{id}']");
    session.appears(&format!("{tile} img")).await?;

    // By keys alone: found by its name, described, labelled. The file came from another window.
    hand.take_keyboard(&session).await?;
    hand.press(&["slash"]).await?;
    hand.type_text("SUN").await?;
    session.goes("[data-file]:nth-child(2)").await?;
    hand.press(&["Down", "Return"]).await?;
    session.appears(&format!("[data-details='{id}']")).await?;
    session
        .client
        .execute(
            "document.querySelector('[data-details] textarea').focus(); return null",
            vec![],
        )
        .await?;
    hand.type_text("The sun over the sea").await?;
    one_file(&session, "the description", |f| {
        f["alt"] == "The sun over the sea"
    })
    .await?;

    // A new post starts with the file and its description.
    hand.choose(&session, "New post with it").await?;
    session.appears("[data-testid=composer] img").await?;
    let planner = Planner::open(&session).await?;
    hand.type_text("Look").await?;
    hand.press(&["Escape"]).await?;
    session.goes("dialog[open]").await?;
    let post = until::some("the post", || async {
        for one in planner.ids().await.ok()? {
            let post = planner.get(&one).await.ok()?;
            if post["segments"][0]["media"][0]["mediaId"] == id.as_str() {
                return Some(post);
            }
        }
        None
    })
    .await?;
    assert_eq!(
        post["segments"][0]["media"][0]["alt"],
        "The sun over the sea"
    );
    one_file(&session, "the count of its uses", |f| f["used"] == 1).await?;

    // Deleted by key, and back by Ctrl+Z.
    session
        .client
        .execute(
            "document.querySelector(arguments[0]).focus(); return null",
            vec![json!(tile)],
        )
        .await?;
    hand.press(&["Delete"]).await?;
    session.goes(&tile).await?;
    assert!(
        files(&session)
            .await?
            .iter()
            .all(|f| f["id"] != id.as_str())
    );
    hand.press(&["ctrl+z"]).await?;
    one_file(&session, "the file to be back", |f| f["id"] == id.as_str()).await?;
    session.appears(&tile).await?;
    session.close().await
}

#[tokio::test]
async fn a_file_that_has_to_go_out_stays_and_one_from_the_panel_lands_on_a_day() -> Result<()> {
    let desk = Desk::start().await?;
    let session = Session::open(&desk).await?;
    let mut hand = opened(&desk, &session).await?;
    let picture = desk.folder().join("sun.png");
    std::fs::copy(PICTURE, &picture).context("the picture")?;
    let taken = session
        .call("media.import", json!({ "paths": [picture] }))
        .await?;
    let id = taken["files"][0]["id"]
        .as_str()
        .context("its id")?
        .to_owned();

    // From the panel beside the calendar onto a day, by keys.
    hand.press(&["ctrl+1"]).await?;
    session.appears("[data-place='grid']").await?;
    hand.press(&["Page_Down"]).await?;
    // The rail has a door of the same name.
    session
        .click_at("//aside//button[normalize-space(.)=\"Library\"]")
        .await?;
    let row = format!("[data-shelf-file='{id}']");
    session.appears(&row).await?;
    let planner = Planner::open(&session).await?;
    let before = planner.ids().await?;
    session
        .client
        .execute(
            "document.querySelector(arguments[0]).focus(); return null",
            vec![json!(row)],
        )
        .await?;
    hand.press(&["space", "Right", "Return"]).await?;
    let made = until::some("a draft with the file", || async {
        let now = planner.ids().await.ok()?;
        now.into_iter().find(|one| !before.contains(one))
    })
    .await?;
    let tomorrow = planner.today.tomorrow()?;
    let stands = planner.stands(&made).await?.context("a day")?;
    assert!(stands.starts_with(&tomorrow.to_string()), "{stands}");

    // Scheduled, it keeps its file.
    let account = planner.connect_folder(&desk.folder().join("blog")).await?;
    let draft = json!({
        "title": "", "notes": "", "labels": [], "contentType": "post", "priority": "normal", "assignee": "",
        "segments": [{ "text": "Sunny", "media": [{ "mediaId": id, "alt": "Sun" }] }],
        "targets": [{ "accountId": account, "overrideSegments": null, "options": {} }],
    });
    let day = planner.next_month()?;
    let place = json!({ "kind": "wall", "wall": format!("{day}T09:05:00"), "zone": null });
    planner.post(draft, place, "if_ready").await?;
    hand.press(&["ctrl+4"]).await?;
    let tile = format!("[data-file='{id}']");
    session.appears(&tile).await?;
    session
        .client
        .execute(
            "document.querySelector(arguments[0]).focus(); return null",
            vec![json!(tile)],
        )
        .await?;
    hand.press(&["Delete"]).await?;
    session
        .says("footer", "still has to go out with it")
        .await?;
    hand.choose(&session, "Show where it is used").await?;
    session.says("[data-details]", "Sunny").await?;
    assert_eq!(files(&session).await?.len(), 1);
    session.close().await
}
