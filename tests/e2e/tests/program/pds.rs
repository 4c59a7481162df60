//! The whole way to a real server: a new person connects a Bluesky account, writes, closes the
//! window, and at the minute the post is on the network, once.

use anyhow::{Context, Result, ensure};
use e2e::desk::Look;
use e2e::person::{self, minute_ahead};
use e2e::stubs::menu::Menu;
use e2e::stubs::{Services, notes};
use e2e::{Desk, Session, shots, until, windows};
use serde_json::Value;
use testkit::pds::{Pds, PdsAccount};

/// The link leads to this computer, so that no test asks the internet for its card.
const WORDS: &str = "Grüße aus Leipzig";
const LINK: &str = "http://127.0.0.1:9/messe";
const TAG: &str = "#lesen";

struct World {
    pds: Pds,
    ana: PdsAccount,
    desk: Desk,
    services: Services,
}

impl World {
    async fn start() -> Result<Self> {
        let pds = Pds::start(&[]).await.map_err(anyhow::Error::msg)?;
        let ana = pds.account("ana").await.map_err(anyhow::Error::msg)?;
        let desk = Desk::start_as(Look {
            keyring: true,
            ..Look::default()
        })
        .await?;
        let services = Services::start(&desk).await?;
        Ok(Self {
            pds,
            ana,
            desk,
            services,
        })
    }

    async fn posts(&self) -> Result<Vec<Value>> {
        let posts = self.pds.posts(&self.ana.did).await;
        posts.map_err(anyhow::Error::msg)
    }

    async fn connect(&self, session: &Session) -> Result<()> {
        let ana = &self.ana;
        session
            .connect_bluesky(&ana.handle, &ana.app_password, &self.pds.origin)
            .await
    }
}

/// What the marked pieces of a record's text are: the piece, and what it leads to.
fn facets(record: &Value) -> Result<Vec<(String, String)>> {
    let text = record["text"].as_str().context("a text")?;
    let facets = record["facets"].as_array().context("facets")?;
    facets
        .iter()
        .map(|facet| {
            let edge = |name: &str| facet["index"][name].as_u64().map(|at| at as usize);
            let (start, end) = edge("byteStart").zip(edge("byteEnd")).context("edges")?;
            let feature = &facet["features"][0];
            let leads = feature["uri"].as_str().or(feature["tag"].as_str());
            Ok((
                text.get(start..end).context("whole characters")?.to_owned(),
                leads.context("a link or a tag")?.to_owned(),
            ))
        })
        .collect()
}

#[tokio::test]
async fn a_new_person_connects_writes_closes_the_window_and_the_post_is_out_once() -> Result<()> {
    let world = World::start().await?;
    let (desk, ana) = (&world.desk, &world.ana);
    let session = Session::open(desk).await?;
    session
        .reads("Write a post now; connect accounts when you are ready.")
        .await?;
    world.connect(&session).await?;
    session.reads("Signed in").await?;
    shots::page(&session, "story-1-connected").await?;

    session.begin_post(desk).await?;
    let text = format!("{WORDS}: {LINK} {TAG}");
    session.fill("Text", &text).await?;
    session.address_to(&ana.handle).await?;
    session.reads("No card for this link.").await?;
    session.choose("Pick a time").await?;
    let minute = minute_ahead()?;
    session
        .fill("Date and time, as you would say it", &minute.typed)
        .await?;
    session.reads("Enter takes it.").await?;
    shots::page(&session, "story-2-written").await?;
    windows::press(desk, "ctrl+Return").await?;
    session
        .reads(&format!("Scheduled for {}.", minute.typed))
        .await?;
    session.goes("[data-testid=composer]").await?;
    session.appears("[data-place='grid'] [data-chip]").await?;
    shots::page(&session, "story-3-scheduled").await?;

    windows::press(desk, "alt+F4").await?;
    windows::wait_gone(desk).await?;
    let item = until::some("the tray icon", || async {
        world.services.items.all().first().cloned()
    })
    .await?;
    let menu = Menu::of(&world.services.connection, &item).await?;
    until::holds("the tray to say what is next", || async {
        let next = format!("Next: {}, {WORDS}", minute.typed);
        let entries = menu.entries().await.unwrap_or_default();
        entries.iter().any(|entry| entry.label.starts_with(&next))
    })
    .await?;
    ensure!(world.posts().await?.is_empty(), "it is too early");

    let posts = until::some_within(minute.patience(), "the post on the server", || async {
        world.posts().await.ok().filter(|posts| !posts.is_empty())
    })
    .await?;
    ensure!(person::now() >= minute.at, "it came too early");
    assert_eq!(posts.len(), 1);
    let record = &posts[0]["value"];
    assert_eq!(record["text"], text.as_str());
    assert_eq!(
        facets(record)?,
        [
            (LINK.to_owned(), LINK.to_owned()),
            (TAG.to_owned(), "lesen".to_owned())
        ]
    );
    assert!(windows::visible(desk).await.is_none());

    let note = until::some("the notification", || async {
        let notes = world.services.notes.all();
        notes.into_iter().find(|note| note.summary.contains(WORDS))
    })
    .await?;
    assert!(note.body.contains("is on Bluesky (ana.test)"), "{note:?}");
    notes::click(&world.services, note.id, "default").await?;
    windows::wait_visible(desk).await?;
    session.switch_to_only_window().await?;
    session.ready().await?;
    session.reads("Post, published").await?;
    session
        .reads(&format!("published {}.", minute.typed))
        .await?;
    let written = session
        .client
        .execute("return document.querySelector('textarea').value", vec![])
        .await?;
    assert_eq!(written, text.as_str());
    shots::page(&session, "story-4-published").await?;

    assert_eq!(world.posts().await?.len(), 1);
    assert_eq!(world.services.notes.all().len(), 1);
    let kept = e2e::person::written_down(desk)?;
    let password = ana.app_password.as_bytes();
    assert!(!kept.windows(password.len()).any(|part| part == password));
    session.close().await
}

#[tokio::test]
async fn a_thread_goes_out_in_order_each_part_below_the_one_before() -> Result<()> {
    let world = World::start().await?;
    let session = Session::open(&world.desk).await?;
    world.connect(&session).await?;
    session.begin_post(&world.desk).await?;
    session.fill("Text", "First of three").await?;
    session.choose("Add a part").await?;
    session
        .fill("Text of part 2 of 2", "Second of three")
        .await?;
    session.choose("Add a part").await?;
    session
        .fill("Text of part 3 of 3", "Third of three")
        .await?;
    session.address_to(&world.ana.handle).await?;
    shots::page(&session, "thread-written").await?;
    session.send_open_post().await?;

    let posts = until::some("three posts on the server", || async {
        let posts = world.posts().await.ok()?;
        (posts.len() == 3).then_some(posts)
    })
    .await?;
    let by_text = |text: &str| {
        let found = posts.iter().find(|post| post["value"]["text"] == text);
        found.with_context(|| format!("{text} is not there"))
    };
    let (first, second, third) = (
        by_text("First of three")?,
        by_text("Second of three")?,
        by_text("Third of three")?,
    );
    let names = |reference: &Value, post: &Value| {
        reference["uri"] == post["uri"] && reference["cid"] == post["cid"]
    };
    assert_eq!(first["value"]["reply"], Value::Null);
    for (part, parent) in [(second, first), (third, second)] {
        let reply = &part["value"]["reply"];
        assert!(names(&reply["root"], first), "{part}");
        assert!(names(&reply["parent"], parent), "{part}");
    }

    session.room("Activity").await?;
    session.reads("Published on Bluesky (ana.test)").await?;
    shots::page(&session, "thread-published").await?;
    assert_eq!(world.posts().await?.len(), 3);
    session.close().await
}
