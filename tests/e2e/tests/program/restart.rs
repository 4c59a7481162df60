//! The program is killed in the middle of a send: after the next start there is one post, never two
//! and never none, or the person is asked.

use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::desk::Look;
use e2e::stubs::Services;
use e2e::{Desk, Planner, Session, shots, until};
use serde_json::json;
use testkit::sandbox::bluesky::Sandbox;
use testkit::sandbox::{Canned, Fault};

const WORDS: &str = "Sent in the middle of a power cut";
/// A dead program's lease has to run out before another may touch what it was sending.
const LEASE_AND_LOOK: Duration = Duration::from_secs(45);
/// The call that makes a post visible.
const PUT: &str = "com.atproto.repo.putRecord";
/// The call that reads one back.
const GET: &str = "com.atproto.repo.getRecord";

struct World {
    network: Sandbox,
    desk: Desk,
    services: Services,
}

impl World {
    async fn start() -> Result<Self> {
        let network = Sandbox::start().await?;
        let desk = Desk::start_as(Look {
            keyring: true,
            ..Look::default()
        })
        .await?;
        let services = Services::start(&desk).await?;
        Ok(Self {
            network,
            desk,
            services,
        })
    }

    /// Opens the window with this many of the network's accounts connected.
    async fn open_connected(&self, accounts: usize) -> Result<Session> {
        let session = Session::open(&self.desk).await?;
        for person in [self.network.ana(), self.network.bo()]
            .iter()
            .take(accounts)
        {
            session
                .connect_bluesky(&person.handle, &person.password, &self.network.origin())
                .await?;
        }
        Ok(session)
    }

    async fn told(&self, words: &str) -> Result<()> {
        until::holds(&format!("a notification with “{words}”"), || async {
            let notes = self.services.notes.all();
            notes.iter().any(|note| note.body.contains(words))
        })
        .await
    }
}

#[tokio::test]
async fn killed_after_the_post_was_written_it_is_found_and_not_sent_again() -> Result<()> {
    let world = World::start().await?;
    let session = world.open_connected(1).await?;
    world.network.faults().order(PUT, Fault::SilentAfter);
    session
        .publish_now(&world.desk, WORDS, &["ana.test"])
        .await?;
    until::holds("the post on the network", || async {
        world.network.posts_made() == 1
    })
    .await?;
    session.reads(&format!("Sending {WORDS}")).await?;
    let login = &world.services.login;
    until::holds("the machine to be kept awake", || async {
        login.held() == 1
    })
    .await?;
    let awake = login.inhibitors.all();
    assert_eq!((&*awake[0].who, &*awake[0].mode), ("Almanac", "block"));
    assert!(awake[0].what.contains("sleep"), "{awake:?}");
    shots::page(&session, "killed-1-while-sending").await?;
    session.kill().await?;

    let session = Session::open(&world.desk).await?;
    session.room("Activity").await?;
    session.reads("Being sent to Bluesky (ana.test)").await?;
    session
        .reads_within(LEASE_AND_LOOK, "Published on Bluesky (ana.test)")
        .await?;
    shots::page(&session, "killed-2-found").await?;
    world.told("is on Bluesky (ana.test)").await?;
    session.open_from_activity(WORDS).await?;
    session.reads("Post, published").await?;
    assert_eq!(world.network.posts_made(), 1);
    assert_eq!(world.network.posts()[0]["text"], WORDS);
    until::holds("the machine to be let sleep", || async {
        login.held() == 0
    })
    .await?;
    session.close().await
}

#[tokio::test]
async fn what_the_network_refuses_is_told_and_is_not_sent_again() -> Result<()> {
    let world = World::start().await?;
    let session = world.open_connected(1).await?;
    let refusal = Canned::xrpc(400, "InvalidRequest", "Invalid app.bsky.feed.post record");
    world.network.faults().order(PUT, Fault::Answer(refusal));
    session
        .publish_now(&world.desk, WORDS, &["ana.test"])
        .await?;
    world.told("was not posted to Bluesky (ana.test)").await?;
    session.room("Activity").await?;
    session.reads("Needs you").await?;
    assert_eq!(world.network.posts_made(), 0);
    session.close().await
}

#[tokio::test]
async fn killed_before_the_post_was_written_it_goes_out_once_after_the_start() -> Result<()> {
    let world = World::start().await?;
    let session = world.open_connected(1).await?;
    world.network.faults().order(PUT, Fault::SilentBefore);
    session
        .publish_now(&world.desk, WORDS, &["ana.test"])
        .await?;
    until::holds("the call to arrive", || async {
        world.network.faults().all_used()
    })
    .await?;
    session.kill().await?;
    assert_eq!(world.network.posts_made(), 0);

    let session = Session::open(&world.desk).await?;
    session.room("Activity").await?;
    session
        .reads_within(LEASE_AND_LOOK, "Published on Bluesky (ana.test)")
        .await?;
    world.told("is on Bluesky (ana.test)").await?;
    assert_eq!(world.network.posts_made(), 1);
    assert_eq!(world.network.posts()[0]["text"], WORDS);
    session.close().await
}

#[tokio::test]
async fn while_nobody_can_look_the_person_answers_and_no_answer_makes_a_second_post() -> Result<()>
{
    let world = World::start().await?;
    let session = world.open_connected(2).await?;
    for _ in 0..2 {
        world.network.faults().order(PUT, Fault::SilentAfter);
    }
    session
        .publish_now(&world.desk, WORDS, &["ana.test", "bo.test"])
        .await?;
    until::holds("both posts on the network", || async {
        world.network.posts_made() == 2
    })
    .await?;
    session.kill().await?;
    for _ in 0..20 {
        let trouble = Canned::xrpc(500, "InternalServerError", "Internal Server Error");
        world.network.faults().order(GET, Fault::Answer(trouble));
    }

    let session = Session::open(&world.desk).await?;
    session.room("Activity").await?;
    session
        .reads_within(LEASE_AND_LOOK, "Perhaps published on Bluesky (ana.test)")
        .await?;
    session
        .reads_within(LEASE_AND_LOOK, "Perhaps published on Bluesky (bo.test)")
        .await?;
    session.open_from_activity(WORDS).await?;
    session
        .reads("may be published; look whether it is there.")
        .await?;
    session.reads("Almanac looks for it again today").await?;
    shots::page(&session, "killed-3-question").await?;

    session.answer_delivery("ana.test", "It is there").await?;
    session.reads("Marked as published.").await?;
    // The person is wrong about the other one: it is there. Sending it again finds that out.
    world.network.faults().clear();
    session.answer_delivery("bo.test", "Send again").await?;
    session.reads("Post, published").await?;
    shots::page(&session, "killed-4-answered").await?;
    assert_eq!(world.network.posts_made(), 2);
    assert_eq!(world.network.posts().len(), 2);
    session.close().await
}

#[tokio::test]
async fn after_going_back_to_a_backup_what_is_out_is_found_and_not_sent_again() -> Result<()> {
    let world = World::start().await?;
    let session = world.open_connected(1).await?;
    session.call("publisher.hold", json!({})).await?;
    let planner = Planner::open(&session).await?;
    let boot = session.call("session.boot", json!({})).await?;
    let account = boot["accounts"][0]["id"].clone();
    for words in ["It is out", "It is out too"] {
        let draft = json!({
            "segments": [{ "text": words, "media": [] }],
            "targets": [{ "accountId": account }],
        });
        let id = planner
            .post(draft, json!({ "kind": "shelf" }), "plan")
            .await?;
        session
            .call("posts.publish_now", json!({ "id": id }))
            .await?;
    }
    session.room("Settings").await?;
    session.choose("Make a backup now").await?;
    session.reads("Made a backup.").await?;
    session.call("publisher.release", json!({})).await?;
    until::holds("both posts on the network", || async {
        world.network.posts_made() == 2
    })
    .await?;

    session
        .click_at("//button[starts-with(@aria-label, \"Go back to it…\")]")
        .await?;
    session.reads("All posts are held afterwards").await?;
    session.choose("Go back").await?;
    session.reads("All posts are held").await?;
    world.told("A backup was restored.").await?;
    assert_eq!(world.network.posts_made(), 2);

    session.room("Queue").await?;
    session.choose("Let posts go out").await?;
    session.room("Activity").await?;
    // Their names follow from the posts, so that both can be looked for though the backup knows
    // nothing of their sending.
    session
        .await_value(
            "both posts to be known as published",
            "return document.body.innerText.split('Published on Bluesky (ana.test)').length > 2",
            vec![],
        )
        .await?;
    shots::page(&session, "restored-found").await?;
    let times = |words: &str| {
        let posts = world.network.posts();
        posts.iter().filter(|post| post["text"] == words).count()
    };
    ensure!(times("It is out") == 1 && times("It is out too") == 1);
    session.close().await
}
