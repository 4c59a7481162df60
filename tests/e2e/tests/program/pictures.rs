//! Pictures in the real window: cut by pointer and by keyboard, written on, seen as they are saved, and
//! sent as they were shown.

use anyhow::{Context, Result, ensure};
use e2e::desk::Look;
use e2e::{Desk, Hand, Session, until, windows};
use fantoccini::Locator;
use image::imageops::FilterType;
use image::{DynamicImage, GenericImageView, Rgb, RgbImage};
use serde_json::{Value, json};
use testkit::sandbox::bluesky::Sandbox;

const NAME: &str = "harbour.png";
const WORDS: &str = "Low tide";

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

    /// The composer with the picture in it, addressed to the network's account.
    async fn composing(&self) -> Result<Session> {
        let session = Session::open(&self.desk).await?;
        let ana = self.network.ana();
        session
            .connect_bluesky(&ana.handle, &ana.password, &self.network.origin())
            .await?;
        session.begin_post(&self.desk).await?;
        session.fill("Text", "The harbour").await?;
        session.address_to(&ana.handle).await?;
        let hand = Hand::over(&self.desk).await?;
        session
            .attach(&hand, &self.desk.folder().join(NAME))
            .await?;
        session.describe(NAME, "A harbour").await?;
        Ok(session)
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
  return images.length === 2 && images.every((image) =>
    image.complete && image.naturalWidth > 0 && getComputedStyle(image).visibility === 'visible');
";

/// What the window shows of the picture as it was cut, with everything on it.
async fn seen(session: &Session) -> Result<DynamicImage> {
    session.await_value("the layers", BARE, vec![]).await?;
    session.rests().await?;
    let cut = session.client.find(Locator::Css(".editor .cut")).await?;
    Ok(image::load_from_memory(&cut.screenshot().await?)?)
}

/// How far two pictures differ, in a channel of a pixel.
#[derive(Debug)]
struct Apart {
    /// On average.
    mean: f64,
    /// On average in the tile where they differ most: a word that lies elsewhere is lost in the mean of a
    /// whole picture.
    worst: f64,
}

impl Apart {
    /// As close as two ways of scaling and one of encoding leave them.
    fn same(&self) -> bool {
        self.mean < MEAN && self.worst < WORST
    }
}

/// Side of a tile in pixels.
const TILE: u32 = 16;
/// Most that pictures which are the same differ by.
const MEAN: f64 = 4.0;
const WORST: f64 = 30.0;

/// Compares two pictures, the second brought to the size of the first.
fn apart(one: &DynamicImage, other: &DynamicImage) -> Apart {
    let (width, height) = one.dimensions();
    let other = other.resize_exact(width, height, FilterType::Triangle);
    let (one, other) = (one.to_rgb8(), other.to_rgb8());
    let mean = |left: u32, top: u32, across: u32, down: u32| {
        let mut sum = 0_u64;
        for y in top..top + down {
            for x in left..left + across {
                let pair = one
                    .get_pixel(x, y)
                    .0
                    .into_iter()
                    .zip(other.get_pixel(x, y).0);
                sum += pair.map(|(a, b)| u64::from(a.abs_diff(b))).sum::<u64>();
            }
        }
        sum as f64 / f64::from(across * down * 3)
    };
    let mut worst = 0.0_f64;
    for top in (0..height).step_by(TILE as usize) {
        for left in (0..width).step_by(TILE as usize) {
            let (across, down) = (TILE.min(width - left), TILE.min(height - top));
            worst = worst.max(mean(left, top, across, down));
        }
    }
    Apart {
        mean: mean(0, 0, width, height),
        worst,
    }
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
    let session = world.composing().await?;
    session.choose(&format!("Crop and edit {NAME}")).await?;
    session.appears(".editor .area.crop").await?;
    session.rests().await?;

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
    let seen = seen(&session).await?;
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
    session.send_open_post().await?;
    until::holds("the post on the network", || async {
        !world.network.posts().is_empty()
    })
    .await?;
    let uploads = world.network.uploads();
    let [arrived] = uploads.as_slice() else {
        anyhow::bail!("{} files arrived", uploads.len())
    };
    let arrived = image::load_from_memory(arrived)?;
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
