//! Files: the library with what is known of each file and who takes it, the window for an address, and the
//! editors of pictures and videos tool by tool.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use e2e::planner::wall;
use e2e::{Desk, Planner, Session};
use serde_json::{Value, json};
use testkit::sandbox::bluesky::Sandbox;
use tokio::process::Command;

use super::rooms::windows_open;
use super::stage::{Accounts, Album, Variant, connect, desk, draft, open_post, painting};
use crate::video::film;

/// First words of the posts with the files.
const PICTURES: &str = "Edited before the market opened";
const VIDEO: &str = "Cut on the way home";

/// What is opened in the library, by its name, and what it is.
const KINDS: [(&str, &str); 4] = [
    ("harbour.png", "picture"),
    ("clip.mp4", "video"),
    ("counter.gif", "moving"),
    ("terms.pdf", "document"),
];

/// A test picture of this size; one that takes some seconds moves.
async fn drawn(to: &Path, size: &str, seconds: u8) -> Result<()> {
    let source = format!("testsrc=size={size}:rate=5:duration={}", seconds.max(1));
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg
        .args(["-hide_banner", "-loglevel", "error", "-nostdin"])
        .args(["-f", "lavfi", "-i", &source]);
    if seconds == 0 {
        ffmpeg.args(["-frames:v", "1"]);
    }
    let done = ffmpeg
        .arg(to)
        .status()
        .await
        .context("ffmpeg is installed: cargo xtask setup does it")?;
    ensure!(done.success(), "{size} could not be drawn");
    Ok(())
}

/// Takes files of every kind in; gives their ids by their names.
async fn take_in(desk: &Desk, session: &Session) -> Result<BTreeMap<String, Value>> {
    let at = |name: &str| desk.folder().join(name);
    film(&at("clip.mp4")).await?;
    drawn(&at("counter.gif"), "320x240", 1).await?;
    drawn(&at("tower.png"), "120x2400", 0).await?;
    std::fs::write(at("terms.pdf"), b"%PDF-1.7\nterms")?;
    let paths = ["clip.mp4", "counter.gif", "tower.png", "terms.pdf"].map(at);
    let taken = session
        .call("media.import", json!({ "paths": paths }))
        .await?;
    let mut files = BTreeMap::new();
    for file in taken["files"].as_array().context("a list")? {
        let name = file["name"].as_str().context("a name")?;
        files.insert(name.to_owned(), file["id"].clone());
    }
    files.insert(
        "harbour.png".to_owned(),
        painting(session, "harbour.png").await?,
    );
    Ok(files)
}

/// An account on a network that takes only some of the files.
async fn hand_off(desk: &Desk, session: &Session, planner: &Planner<'_>) -> Result<()> {
    let folder = desk.folder().join("to my phone");
    std::fs::create_dir_all(&folder)?;
    let fields = json!({
        "network": "Snapchat", "folder": folder, "page": "https://web.snapchat.com/",
    });
    session
        .call(
            "accounts.connect",
            json!({
                "workspaceId": planner.workspace,
                "network": "handoff",
                "fields": fields,
                "secrets": {},
            }),
        )
        .await?;
    Ok(())
}

/// A mark on every picture of the workspace.
async fn mark(session: &Session, planner: &Planner<'_>) -> Result<()> {
    let letters = json!({
        "font": "", "bold": true, "size": 60_000, "colour": "#ffffff",
        "outline": { "colour": "#000000", "width": 8 }, "ground": null,
    });
    let mark = json!({
        "what": { "of": "words", "text": "Harbour shop", "letters": letters },
        "across": "end", "down": "end", "strength": 60,
    });
    session
        .call(
            "writing.set_watermark",
            json!({ "workspaceId": planner.workspace, "watermark": { "on": true, "mark": mark } }),
        )
        .await?;
    Ok(())
}

/// Posts with pictures, and with a video that is cut and has captions.
async fn write(
    planner: &Planner<'_>,
    accounts: &Accounts,
    files: &BTreeMap<String, Value>,
) -> Result<()> {
    let at = wall(planner.next_month()?, "14:30");
    let mut pictures = draft(PICTURES, &[&accounts.ana, &accounts.folder]);
    pictures["segments"][0]["media"] = json!([
        { "mediaId": files["harbour.png"], "alt": "Sunrise over a calm harbour" },
        { "mediaId": files["tower.png"], "alt": "" },
        { "mediaId": files["counter.gif"], "alt": "A counter that runs" },
    ]);
    planner.post(pictures, at.clone(), "plan").await?;
    let area = json!({ "left": 100_000, "top": 0, "width": 562_500, "height": 1_000_000 });
    let cues = json!([{ "fromMs": 600, "toMs": 2_000, "text": "Down by the harbour" }]);
    let mut video = draft(VIDEO, &[&accounts.ana]);
    video["segments"][0]["media"] = json!([{
        "mediaId": files["clip.mp4"], "alt": "Colours and a counter that runs",
        "edits": [
            { "do": "trim", "fromMs": 500, "toMs": 3_000 },
            { "do": "crop", "area": area },
            { "do": "captions", "captions": { "language": "en", "cues": cues } },
        ],
    }]);
    planner.post(video, at, "plan").await?;
    Ok(())
}

/// Brings something into view.
async fn show(session: &Session, css: &str) -> Result<()> {
    session
        .await_value(
            css,
            "const found = document.querySelector(arguments[0]);
             found?.scrollIntoView({ block: 'end' });
             return found !== null;",
            vec![json!(css)],
        )
        .await?;
    Ok(())
}

/// Gives the focus to a file of the library.
async fn focus(session: &Session, tile: &str) -> Result<()> {
    session
        .await_value(
            "a focused file",
            "const tile = document.querySelector(arguments[0]);
             tile?.focus();
             return tile !== null && document.activeElement === tile;",
            vec![json!(tile)],
        )
        .await?;
    Ok(())
}

async fn library(album: &mut Album<'_>, files: &BTreeMap<String, Value>) -> Result<()> {
    let session = album.session;
    let tile = |name: &str| -> Result<String> {
        let id = files[name].as_str().context("an id")?;
        Ok(format!("[data-file='{id}']"))
    };
    album.room("Library").await?;
    session.appears("[data-file] img").await?;
    album.keep("library-kinds").await?;
    album.hand.press(&["slash"]).await?;
    album.hand.type_text("zzz").await?;
    session
        .says("main", "Nothing matches these filters.")
        .await?;
    album.keep("library-none").await?;
    album.choose("Clear filters").await?;
    for (name, kind) in KINDS {
        focus(session, &tile(name)?).await?;
        album.hand.press(&["Return"]).await?;
        let takers = format!("[data-details={}] .fits li", files[name]);
        session.appears(&takers).await?;
        album.keep(&format!("file-{kind}")).await?;
        show(session, "[data-details] .fits").await?;
        album.keep(&format!("file-{kind}-fits")).await?;
        album.hand.press(&["Escape"]).await?;
        session.goes("[data-details]").await?;
    }

    focus(session, &tile("harbour.png")?).await?;
    album.hand.press(&["x"]).await?;
    session.appears("[data-file][aria-selected=true]").await?;
    album.choose("Labels…").await?;
    session.appears("dialog[open] input").await?;
    album.keep("library-labels").await?;
    album.hand.press(&["Escape"]).await?;
    session.goes("dialog[open]").await?;
    album.choose("Clear the selection").await?;
    session.goes("[data-file][aria-selected=true]").await?;

    album.choose("From an address…").await?;
    session.appears("dialog[open] input").await?;
    album.keep("library-address").await?;
    album.hand.type_text("harbour").await?;
    album.hand.press(&["Return"]).await?;
    session
        .says("dialog[open]", "That is not the address of a file")
        .await?;
    album.keep("library-address-refused").await?;
    album.hand.press(&["Escape"]).await?;
    session.goes("dialog[open]").await
}

/// Takes another choice of a list that shows the one of now.
async fn pick(album: &mut Album<'_>, now: &str, wanted: &str) -> Result<()> {
    album.choose(now).await?;
    album.session.appears(".menu [role=option]").await?;
    album.choose(wanted).await?;
    album.session.goes(".menu [role=option]").await
}

async fn pictures(album: &mut Album<'_>) -> Result<()> {
    let session = album.session;
    open_post(album, PICTURES).await?;
    session.appears("[data-testid=composer] .strip img").await?;
    album.choose("Crop and edit harbour.png").await?;
    session.appears(".editor .area.crop").await?;
    pick(album, "Free", "4:5").await?;
    album.keep("picture-crop").await?;
    pick(album, "None", "Sepia").await?;
    album.keep("picture-look").await?;
    album.choose("Add words").await?;
    session.appears(".editor .box").await?;
    album.choose("Box behind").await?;
    album.keep("picture-words").await?;
    album.choose("Blur a part").await?;
    session.appears(".editor .area.blur").await?;
    album.keep("picture-blur").await?;
    album.choose("Watermark").await?;
    album.keep("picture-unmarked").await?;
    album.choose("Copy edits").await?;
    session.reads("The edits were copied.").await?;
    album.keep("picture-copied").await?;
    album.choose("Cancel").await?;
    session.goes(".editor .stage").await?;
    for (name, title) in [
        ("tower.png", "picture-tall"),
        ("counter.gif", "picture-moving"),
    ] {
        album.choose(&format!("Crop and edit {name}")).await?;
        session.appears(".editor .area.crop").await?;
        album.keep(title).await?;
        album.choose("Cancel").await?;
        session.goes(".editor .stage").await?;
    }
    album.choose("What will be sent").await?;
    session
        .await_value(
            "the pictures that will be sent",
            "const top = [...document.querySelectorAll('dialog[open]')].at(-1);
             return (top?.querySelector('.picture img')?.naturalWidth ?? 0) > 0;",
            vec![],
        )
        .await?;
    album.keep("pictures-sent").await?;
    album.hand.press(&["Escape"]).await?;
    windows_open(session, 1).await?;
    album.hand.press(&["Escape"]).await?;
    session.goes("[data-testid=composer]").await
}

async fn videos(album: &mut Album<'_>) -> Result<()> {
    let session = album.session;
    open_post(album, VIDEO).await?;
    session.appears("[data-testid=composer] .strip img").await?;
    album.choose("Trim and edit clip.mp4").await?;
    session
        .says("[data-testid=stays]", "0:02.50 of 0:04")
        .await?;
    album.keep("video-cut").await?;
    show(session, ".editor .tools > :last-child").await?;
    album.keep("video-tools").await?;
    session.fill("Ends at", "soon").await?;
    album.hand.press(&["Tab"]).await?;
    session.reads("That is no moment of the video.").await?;
    album.keep("video-no-moment").await?;
    album.choose("Cancel").await?;
    session.goes("[data-testid=stays]").await?;
    album.hand.press(&["Escape"]).await?;
    session.goes("[data-testid=composer]").await
}

async fn files(variant: Variant) -> Result<()> {
    let desk = desk().await?;
    let sandbox = Sandbox::start().await?;
    let session = Session::open(&desk).await?;
    let planner = Planner::open(&session).await?;
    planner.usual_formats().await?;
    session.choose("Dismiss").await?;
    let accounts = connect(&desk, &session, &planner, &sandbox).await?;
    hand_off(&desk, &session, &planner).await?;
    mark(&session, &planner).await?;
    let files = take_in(&desk, &session).await?;
    write(&planner, &accounts, &files).await?;
    session.reload().await?;
    let mut album = Album::open(&desk, &session, variant).await?;
    library(&mut album, &files).await?;
    pictures(&mut album).await?;
    videos(&mut album).await?;
    album.close();
    session.close().await
}

#[tokio::test]
async fn files_wide() -> Result<()> {
    files(Variant::Wide).await
}

#[tokio::test]
async fn files_small() -> Result<()> {
    files(Variant::Small).await
}

#[tokio::test]
async fn files_enlarged() -> Result<()> {
    files(Variant::Enlarged).await
}
