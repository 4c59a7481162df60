//! Pictures in the real window: cut by pointer and by keyboard, written on, seen as they are saved, and
//! sent as they were shown.

use anyhow::{Result, ensure};
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

/// How far two pictures differ on average in a channel of a pixel, the second brought to the size of
/// the first.
fn apart(one: &DynamicImage, other: &DynamicImage) -> f64 {
    let (width, height) = one.dimensions();
    let other = other.resize_exact(width, height, FilterType::Triangle);
    let (one, other) = (one.to_rgb8(), other.to_rgb8());
    let pairs = one.as_raw().iter().zip(other.as_raw());
    let sum: u64 = pairs.map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / one.as_raw().len() as f64
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

    // What was drawn is what the program makes of the picture.
    let operations = serde_json::from_value(json!(done))?;
    let library = tempfile::tempdir()?;
    let library = media::Library::open(library.path())?;
    let file = library.import_file(world.desk.folder().join(NAME)).await?;
    let made = library.edited(&file.id, NAME.into(), operations).await?;
    let made = image::open(made.path)?;
    let off = apart(&seen, &made);
    assert!(
        off < 4.0,
        "what was shown and what was saved differ by {off}"
    );
    // A picture without the words and the blurred part is another one.
    let cut = serde_json::from_value(json!([done[0]]))?;
    let plain = library.edited(&file.id, NAME.into(), cut).await?;
    assert!(apart(&seen, &image::open(plain.path)?) > off + 0.5);

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
    assert_eq!(arrived.dimensions(), made.dimensions());
    // Encoded once, so not to the last bit, but no line of it is elsewhere.
    let off = apart(&made, &arrived);
    assert!(off < 4.0, "what was shown and what arrived differ by {off}");
    session.close().await
}
