//! Networks whose real servers can be had, from the real window: a WordPress with its database, and a
//! relay of Nostr that others wrote. Each takes a post with a picture, tells it to its readers, and lets it
//! be deleted. The reference server of Bluesky has its stories in `pds.rs`.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use e2e::{Desk, Hand, Session, shots, until};
use serde_json::{Value, json};
use testkit::relay::Relay;
use testkit::sandbox::meta::web;
use testkit::wordpress::Site;

use super::{PICTURE, connect, desk, handle_of, picture_in};

/// A real server does more before it answers than a sandbox.
const WORKED_ON: Duration = Duration::from_mins(1);
const WORDS: &str = "From the window to a real server";
const TITLE: &str = "Größe und Gewicht";
const ALT: &str = "A red square";
/// A key that means nothing to anybody.
const KEY: &str = "67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ffa";

/// A program with an account on a real server.
struct World {
    desk: Desk,
    session: Session,
    /// Name of the network.
    network: &'static str,
    account: Value,
    handle: String,
}

impl World {
    /// Starts it beside the server of a network and connects.
    async fn connected(
        (network, key, way): (&'static str, &str, &str),
        server: &str,
        fields: &[(&str, String)],
    ) -> Result<Self> {
        let desk = desk(&format!("{key}={server}")).await?;
        let session = Session::open(&desk).await?;
        session.choose("Dismiss").await?;
        let account = connect(&desk, &session, (key, way), fields).await?;
        Ok(Self {
            handle: handle_of(&account)?,
            desk,
            session,
            network,
            account,
        })
    }

    /// Begins the post for the account alone.
    async fn write(&self) -> Result<()> {
        self.session.begin_post(&self.desk).await?;
        self.session.fill("Text", WORDS).await?;
        self.session
            .address_only_to(self.network, &self.handle)
            .await
    }

    /// Sends the open post and sees it published.
    async fn send(&self) -> Result<()> {
        let (session, network) = (&self.session, self.network);
        shots::page(session, &format!("real-{network}-written")).await?;
        session.send_open_post().await?;
        session.room("Activity").await?;
        let published = format!("Published on {network} ({})", self.handle);
        session.reads_within(WORKED_ON, &published).await?;
        session.open_from_activity(WORDS).await?;
        session.reads("Post, published").await?;
        shots::page(session, &format!("real-{network}-published")).await
    }

    /// Where the link of the published post leads.
    async fn link(&self) -> Result<String> {
        let before = self.desk.opened().len();
        self.session.answer_delivery(&self.handle, "Open").await?;
        self.desk.opened_after(before).await
    }

    /// Deletes the open post on its network and sees that it is.
    async fn delete(&self) -> Result<()> {
        self.session.delete_there(&self.handle).await?;
        self.session.goes("li[data-target].published").await
    }

    fn is_written_down(&self, secret: &str) -> Result<bool> {
        let kept = e2e::person::written_down(&self.desk)?;
        Ok(kept.windows(secret.len()).any(|p| p == secret.as_bytes()))
    }
}

/// The articles that readers of a site find under the title.
async fn articles(site: &Site) -> Result<Vec<Value>> {
    let mut all = site.articles().await.map_err(anyhow::Error::msg)?;
    all.retain(|article| article["title"]["rendered"] == TITLE);
    Ok(all)
}

#[tokio::test]
async fn an_article_with_title_and_picture_is_on_a_real_wordpress_once() -> Result<()> {
    let site = Site::start().await.map_err(anyhow::Error::msg)?;
    let fields = [
        ("site", site.address.clone()),
        ("user", site.user.clone()),
        ("password", site.password.clone()),
    ];
    let network = ("WordPress", "wordpress", "app_password");
    let world = World::connected(network, &site.address, &fields).await?;
    let session = &world.session;
    let picture = picture_in(world.desk.folder())?;
    let mut hand = Hand::over(&world.desk).await?;
    hand.take_keyboard(session).await?;

    world.write().await?;
    session.attach(&hand, &picture).await?;
    session.describe(PICTURE, ALT).await?;
    session.fill_option("Title", TITLE).await?;
    world.send().await?;

    let there = articles(&site).await?;
    assert_eq!(there.len(), 1, "{there:?}");
    let article = &there[0];
    let text = article["content"]["rendered"].as_str().context("a text")?;
    ensure!(text.contains(&format!("<p>{WORDS}</p>")), "{text}");
    let featured = &article["_embedded"]["wp:featuredmedia"][0];
    assert_eq!(featured["id"], article["featured_media"]);
    assert_eq!(featured["alt_text"], ALT);
    let source = featured["source_url"].as_str().context("a picture")?;
    let bytes = site.file(source).await.map_err(anyhow::Error::msg)?;
    let (sent, kept) = (image::open(&picture)?, image::load_from_memory(&bytes)?);
    assert_eq!(
        (kept.width(), kept.height()),
        (sent.width(), sent.height()),
        "the picture is whole"
    );

    assert_eq!(article["link"], world.link().await?);
    world.delete().await?;
    until::holds("no article for readers", || async {
        articles(&site).await.is_ok_and(|there| there.is_empty())
    })
    .await?;
    ensure!(!world.is_written_down(&site.password)?, "the password");
    world.session.close().await
}

#[tokio::test]
async fn a_note_with_a_picture_is_on_a_real_relay_once() -> Result<()> {
    let relay = Relay::start().await.map_err(anyhow::Error::msg)?;
    let fields = [("key", KEY.to_owned()), ("relays", relay.address.clone())];
    let network = ("Nostr", "nostr", "key");
    let world = World::connected(network, &relay.address, &fields).await?;
    // Nostr keeps no files: a picture lies elsewhere, and the note names its address.
    let public = world.desk.folder().join("public");
    std::fs::create_dir(&public)?;
    picture_in(&public)?;
    let web = web::start(public).await?;
    let picture = format!("{}/public/{PICTURE}", web.origin());
    let mut hand = Hand::over(&world.desk).await?;
    hand.take_keyboard(&world.session).await?;

    world.write().await?;
    let entry = format!("{picture} {ALT}");
    world
        .session
        .add_to_option(&world.desk, "Pictures", &entry)
        .await?;
    world.send().await?;

    // Nobody else writes there.
    let of_notes = json!({ "kinds": [1] });
    let notes = async || relay.ask(&of_notes).await.map_err(anyhow::Error::msg);
    let there = notes().await?;
    assert_eq!(there.len(), 1, "{there:?}");
    let note = &there[0];
    assert_eq!(note["pubkey"], world.account["remoteId"]);
    assert_eq!(note["content"], format!("{WORDS}\n{picture}"));
    let imeta = json!([
        "imeta",
        format!("url {picture}"),
        "m image/png",
        format!("alt {ALT}")
    ]);
    let tags = note["tags"].as_array().context("tags")?;
    ensure!(tags.contains(&imeta), "{tags:?}");

    let link = world.link().await?;
    ensure!(link.starts_with("https://njump.me/note1"), "{link}");
    world.delete().await?;
    until::holds("no note for readers", || async {
        notes().await.is_ok_and(|there| there.is_empty())
    })
    .await?;
    ensure!(!world.is_written_down(KEY)?, "the key");
    world.session.close().await
}
