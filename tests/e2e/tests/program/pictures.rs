//! Pictures in the real window: cut by pointer and by keyboard, written on, seen as they are saved, and
//! sent as they were shown.

use anyhow::{Context, Result, ensure};
use e2e::desk::Look;
use e2e::{Desk, Hand, Session, copied, until, windows};
use fantoccini::Locator;
use image::{DynamicImage, GenericImageView, Rgb, RgbImage};
use serde_json::{Value, json};
use testkit::sandbox::bluesky::Sandbox;

use crate::likeness::apart;

const NAME: &str = "harbour.png";
const WORDS: &str = "Low tide";
/// Written from left to right, in signs of more than one code, and from right to left.
const SCRIPTS: &str = "Low tide 🌊☀️\nשלום, עולם";

/// Soft colours with an edge every so often, so that a shift by a pixel shows.
fn harbour() -> DynamicImage {
    RgbImage::from_fn(1200, 900, |x, y| {
        let edge = if (x / 60 + y / 45) % 2 == 0 { 30 } else { 0 };
        Rgb([
            (x / 6) as u8 + edge,
            (y / 5) as u8 + edge,
            ((x + y) / 12) as u8,
        ])
    })
    .into()
}

struct World {
    network: Sandbox,
    desk: Desk,
}

impl World {
    async fn start() -> Result<Self> {
        let network = Sandbox::start().await?;
        let desk = Desk::start_as(Look {
            keyring: true,
            ..Look::default()
        })
        .await?;
        harbour().save(desk.folder().join(NAME))?;
        Ok(Self { network, desk })
    }

    /// The window with the network's account.
    async fn signed_in(&self) -> Result<Session> {
        let session = Session::open(&self.desk).await?;
        let ana = self.network.ana();
        session
            .connect_bluesky(&ana.handle, &ana.password, &self.network.origin())
            .await?;
        Ok(session)
    }

    /// Opens the composer with the picture in it, addressed to the network's account, and the picture in
    /// the editor.
    async fn edit(&self, session: &Session) -> Result<()> {
        session.begin_post(&self.desk).await?;
        session.fill("Text", "The harbour").await?;
        session.address_to(&self.network.ana().handle).await?;
        let hand = Hand::over(&self.desk).await?;
        session
            .attach(&hand, &self.desk.folder().join(NAME))
            .await?;
        session.describe(NAME, "A harbour").await?;
        session.choose(&format!("Crop and edit {NAME}")).await?;
        session.appears(".editor .area.crop").await?;
        session.rests().await
    }

    /// Sends the open post; gives the picture that arrives.
    async fn arrived(&self, session: &Session) -> Result<DynamicImage> {
        session.send_open_post().await?;
        until::holds("the post on the network", || async {
            !self.network.posts().is_empty()
        })
        .await?;
        let uploads = self.network.uploads();
        let [arrived] = uploads.as_slice() else {
            anyhow::bail!("{} files arrived", uploads.len())
        };
        Ok(image::load_from_memory(arrived)?)
    }
}

/// The edits of the only picture of the only post.
async fn edits(session: &Session) -> Result<Vec<Value>> {
    let id = session
        .call("posts.drafts", json!({ "calendars": [] }))
        .await?;
    let id = id["chips"][0]["id"].clone();
    let post = session.call("posts.get", json!({ "id": id })).await?;
    let file = &post["segments"][0]["media"][0];
    Ok(file["edits"].as_array().cloned().unwrap_or_default())
}

/// Takes away what lies over the picture to hold it by, so that only the picture is seen.
const BARE: &str = "
  const style = document.createElement('style');
  style.textContent = `.editor .area, .editor .box { outline: none !important; box-shadow: none !important;
    -webkit-backdrop-filter: none !important; } .editor .grip { display: none !important; }`;
  document.head.append(style);
  document.activeElement?.blur();
  const images = [...document.querySelectorAll('.editor .cut img')];
  return images.length === arguments[0] && images.every((image) =>
    image.complete && image.naturalWidth > 0 && getComputedStyle(image).visibility === 'visible');
";

/// What the window shows of the picture as it was cut, with so many things on it.
async fn seen(session: &Session, layers: u8) -> Result<DynamicImage> {
    session
        .await_value("the layers", BARE, vec![json!(layers)])
        .await?;
    session.rests().await?;
    let cut = session.client.find(Locator::Css(".editor .cut")).await?;
    Ok(image::load_from_memory(&cut.screenshot().await?)?)
}

/// Where the words' upper edge is, in percent of the picture.
async fn words_top(session: &Session) -> Result<f64> {
    let top = session
        .eval(
            "return parseFloat(document.querySelector('.editor .box').style.top)",
            vec![],
        )
        .await?;
    top.as_f64().context("the words are not there")
}

/// Pulls the words up by half of the picture, and moves them down again by two presses of a key. Gives
/// where they are.
async fn place_words(session: &Session, desk: &Desk, hand: &mut Hand<'_>) -> Result<f64> {
    let before = words_top(session).await?;
    let (words, cut) = (
        session.area(".editor .box").await?,
        session.area(".editor .cut").await?,
    );
    let (across, down) = words.at(0.5, 0.5);
    hand.move_to(hand.in_window((across, down))).await?;
    hand.grab().await?;
    let up = down - (cut.height / 2.0) as i32;
    hand.move_to(hand.in_window((across, up))).await?;
    hand.release().await?;
    until::holds("the words to be pulled up", || async {
        let top = words_top(session).await.unwrap_or(before);
        (before - top - 50.0).abs() < 3.0
    })
    .await?;
    let pulled = words_top(session).await?;
    for _ in 0..2 {
        windows::press(desk, "Down").await?;
    }
    until::holds("the words to be moved down", || async {
        let top = words_top(session).await.unwrap_or(before);
        (top - pulled - 2.0).abs() < 0.01
    })
    .await?;
    words_top(session).await
}

/// What the program makes of the picture with a list of edits.
async fn made_of(world: &World, list: &[Value]) -> Result<DynamicImage> {
    let operations = serde_json::from_value(json!(list))?;
    let folder = tempfile::tempdir()?;
    let library = media::Library::open(folder.path())?;
    let file = library.import_file(world.desk.folder().join(NAME)).await?;
    let made = library.edited(&file.id, NAME.into(), operations).await?;
    Ok(image::open(made.path)?)
}

#[tokio::test]
async fn a_picture_is_cut_written_on_and_sent_as_it_was_shown() -> Result<()> {
    let world = World::start().await?;
    let session = world.signed_in().await?;
    world.edit(&session).await?;

    // By pointer: the lower right corner is pulled to the middle.
    let mut hand = Hand::over(&world.desk).await?;
    let frame = session.area(".editor .stage").await?;
    hand.move_to(hand.in_window(frame.at(0.995, 0.995))).await?;
    hand.grab().await?;
    hand.move_to(hand.in_window(frame.at(0.75, 0.75))).await?;
    hand.release().await?;
    let pulled = session
        .await_value(
            "the part to be smaller",
            "const box = document.querySelector('.editor .area.crop');
             const wide = parseFloat(box.style.width);
             return wide < 85 && wide > 60 ? wide : null;",
            vec![],
        )
        .await?;
    ensure!(pulled.as_f64().is_some());
    // By keyboard: moved to the right.
    session
        .eval(
            "document.querySelector('.editor .area.crop').focus(); return null",
            vec![],
        )
        .await?;
    windows::press(&world.desk, "Right").await?;
    session
        .await_value(
            "the part to have moved",
            "return parseFloat(document.querySelector('.editor .area.crop').style.left) === 1",
            vec![],
        )
        .await?;

    session.choose("Add words").await?;
    session.fill("Words 1", WORDS).await?;
    let top = place_words(&session, &world.desk, &mut hand).await?;
    session.choose("Blur a part").await?;
    let seen = seen(&session, 2).await?;
    session.choose("Done").await?;
    session.goes(".editor .stage").await?;
    let done = until::some("the edits to be saved", || async {
        let list = edits(&session).await.ok()?;
        (list.len() == 3).then_some(list)
    })
    .await?;
    let kinds: Vec<&str> = done.iter().filter_map(|one| one["do"].as_str()).collect();
    assert_eq!(kinds, ["crop", "blur", "words"]);
    let kept = done[2]["words"]["top"]
        .as_f64()
        .context("where words are")?;
    assert!((kept / 10_000.0 - top).abs() < 0.01, "{kept} and {top}");

    // What is shown beforehand is what arrives.
    session.choose("What will be sent").await?;
    session.appears("dialog .picture img").await?;
    let shown = session
        .await_value(
            "the picture that will be sent",
            "const image = document.querySelector('dialog .picture img');
             return image?.complete && image.naturalWidth > 0
               ? [image.naturalWidth, image.naturalHeight] : null;",
            vec![],
        )
        .await?;
    let shown: (u32, u32) = serde_json::from_value(shown)?;
    session.reads("as you edited it").await?;
    session.choose("Close").await?;
    let arrived = world.arrived(&session).await?;
    assert_eq!(arrived.dimensions(), shown);
    // What was drawn in the editor is what arrived, in every part of it.
    let off = apart(&seen, &arrived);
    assert!(off.same(), "what was shown and what arrived: {off:?}");
    // It would have been seen if it were not: without the words and the blur, and with the words a little
    // lower.
    let mut lower = done.clone();
    lower[2]["words"]["top"] = json!(kept as u32 + 30_000);
    for other in [&done[..1], &done[..2], &lower] {
        let off = apart(&seen, &made_of(&world, other).await?);
        assert!(
            !off.same(),
            "another picture is taken for the same: {off:?}"
        );
    }
    session.close().await
}

/// Makes words the mark of the workspace in the settings, as strong as can be. Gives the mark.
async fn mark(world: &World, session: &Session) -> Result<Value> {
    session.room("Settings").await?;
    session.choose("Use words").await?;
    let marked = async |strength: Option<u8>| {
        until::some("the mark of the workspace", || async {
            let boot = session.call("session.boot", json!({})).await.ok()?;
            let workspace = boot["workspaces"][0]["id"].as_str()?;
            let kept = &boot["writing"][workspace]["watermark"];
            let wanted = strength.is_none_or(|strength| kept["mark"]["strength"] == strength);
            (kept["on"] == true && wanted).then(|| kept["mark"].clone())
        })
        .await
    };
    marked(None).await?;
    session
        .await_value(
            "the slider for its strength",
            "const slider = document.querySelector('main input[aria-label=Strength]');
             slider?.focus();
             return slider !== null && document.activeElement === slider;",
            vec![],
        )
        .await?;
    windows::press(&world.desk, "End").await?;
    marked(Some(100)).await
}

/// Writes words of two scripts in the place of those that new words say, and waits until they are drawn.
async fn write_scripts(world: &World, session: &Session) -> Result<()> {
    let tall = "return parseFloat(document.querySelector('.editor .box')?.style.height ?? 0)";
    session.choose("Add words").await?;
    // The mark and the words that they begin with.
    session
        .await_value(
            "the words to be drawn",
            "return document.querySelectorAll('.editor .cut img').length === 2",
            vec![],
        )
        .await?;
    let line = session.eval(tall, vec![]).await?;
    session
        .await_value(
            "the cursor in the words",
            "const field = document.querySelector('.editor fieldset textarea');
             field?.focus();
             field?.select();
             return field !== null && document.activeElement === field;",
            vec![],
        )
        .await?;
    let copied = copied::text(&world.desk, SCRIPTS).await?;
    windows::press(&world.desk, "ctrl+v").await?;
    session
        .await_value(
            "two lines of words to be drawn",
            &format!("const tall = (() => {{ {tall} }})(); return tall > 1.6 * arguments[0];"),
            vec![line],
        )
        .await?;
    drop(copied);
    Ok(())
}

#[tokio::test]
async fn words_of_any_script_and_the_mark_are_sent_as_they_were_shown() -> Result<()> {
    let world = World::start().await?;
    let session = world.signed_in().await?;
    let mark = mark(&world, &session).await?;
    world.edit(&session).await?;
    write_scripts(&world, &session).await?;
    let seen = seen(&session, 2).await?;
    session.choose("Done").await?;
    session.goes(".editor .stage").await?;
    let done = until::some("the edits to be saved", || async {
        let list = edits(&session).await.ok()?;
        (list.len() == 1).then_some(list)
    })
    .await?;
    assert_eq!(done[0]["words"]["text"], SCRIPTS);

    let arrived = world.arrived(&session).await?;
    let off = apart(&seen, &arrived);
    assert!(off.same(), "what was shown and what arrived: {off:?}");
    // It would have been seen if they were not: without the mark, without the words, and with the line from
    // right to left at the other edge.
    let marked = json!({ "do": "mark", "mark": mark });
    let mut elsewhere = vec![done[0].clone(), marked.clone()];
    elsewhere[0]["words"]["align"] = json!("start");
    for other in [&done[..], &[marked], &elsewhere] {
        let off = apart(&seen, &made_of(&world, other).await?);
        assert!(
            !off.same(),
            "another picture is taken for the same: {off:?}"
        );
    }
    session.close().await
}
