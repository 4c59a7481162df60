//! The answer is lost after a post went out, on a network that lets nobody look: the person is asked,
//! and answers in the list of what happened, at the notification, or in the post.

use anyhow::{Result, ensure};
use e2e::stubs::{Note, Services, notes};
use e2e::{Desk, Session, shots, until};
use testkit::sandbox::Fault;
use testkit::sandbox::telegram::{self, Sandbox};

use super::{connect, desk, handle_of};

/// How long a press may take to have its effect.
const HEARD: std::time::Duration = std::time::Duration::from_secs(10);
/// The call that shows a message.
const SEND: &str = "sendMessage";

struct World {
    network: Sandbox,
    desk: Desk,
    services: Services,
    session: Session,
    handle: String,
}

impl World {
    async fn start() -> Result<Self> {
        let network = Sandbox::start().await?;
        let desk = desk(&format!("telegram={}", network.origin())).await?;
        let services = Services::start(&desk).await?;
        let session = Session::open(&desk).await?;
        let fields = [
            ("token", telegram::TOKEN.to_owned()),
            ("chat", telegram::CHANNEL.to_owned()),
        ];
        let account = connect(&desk, &session, ("telegram", "token"), &fields).await?;
        Ok(Self {
            handle: handle_of(&account)?,
            network,
            desk,
            services,
            session,
        })
    }

    /// Publishes a post whose answer is lost, and waits until the person is asked about it.
    async fn send(&self, words: &str, fault: Fault) -> Result<Note> {
        self.network.faults().order(SEND, fault);
        self.session
            .publish_now(&self.desk, words, &[&self.handle])
            .await?;
        until::some("the question on the desktop", || async {
            let notes = self.services.notes.all();
            notes.into_iter().find(|note| {
                note.summary.contains(words) && note.body.contains("may or may not be on")
            })
        })
        .await
    }

    async fn settles(&self, words: &str, status: &str) -> Result<()> {
        self.session.room("Activity").await?;
        self.session.open_from_activity(words).await?;
        self.session.reads(&format!("Post, {status}")).await?;
        e2e::windows::press(&self.desk, "Escape").await?;
        self.session.goes("[data-testid=composer]").await
    }
}

#[tokio::test]
async fn a_lost_answer_is_a_question_that_is_answered_wherever_it_is_asked() -> Result<()> {
    let world = World::start().await?;
    let session = &world.session;

    // It is out, and the person says so in the list of what happened.
    world
        .send("Out, answered in the list", Fault::CutAfter)
        .await?;
    session.room("Activity").await?;
    session.reads("Perhaps published on Telegram").await?;
    session
        .reads("Look there, then say which. Telegram cannot be asked whether it is there.")
        .await?;
    shots::page(session, "question-in-the-list").await?;
    for answer in ["Send again", "Give up", "It is there"] {
        session
            .appears(&format!(
                "[aria-label=\"{answer}: Out, answered in the list\"]"
            ))
            .await?;
    }
    session
        .choose("It is there: Out, answered in the list")
        .await?;
    world
        .settles("Out, answered in the list", "published")
        .await?;
    ensure!(world.network.made() == 1);

    // It is not out, and a button of the notification sends it again.
    let note = world
        .send("Not out, answered outside", Fault::CutBefore)
        .await?;
    assert_eq!(
        note.actions,
        [
            "default",
            "Open",
            "targets.say_published",
            "It is there",
            "targets.send_again",
            "Send again"
        ]
    );
    ensure!(world.network.made() == 1);
    // A press before the program knows the number of its notification is not heard: a person presses again.
    until::some("the second post", || async {
        let pressed = notes::click(&world.services, note.id, "targets.send_again");
        pressed.await.ok()?;
        let made = async || (world.network.made() == 2).then_some(());
        until::some_within(HEARD, "it", made).await.ok()
    })
    .await?;
    world
        .settles("Not out, answered outside", "published")
        .await?;

    // Pressed once more on the old notification, nothing goes out, and the post is shown instead.
    notes::click(&world.services, note.id, "targets.send_again").await?;
    session.reads("Post, published").await?;
    e2e::windows::press(&world.desk, "Escape").await?;
    session.goes("[data-testid=composer]").await?;

    // The notification itself leads to the post, where the same can be said.
    let note = world
        .send("Out, answered in the post", Fault::CutInAnswer)
        .await?;
    notes::click(&world.services, note.id, "default").await?;
    session
        .reads("may be published; look whether it is there.")
        .await?;
    session
        .answer_delivery(&world.handle, "It is there")
        .await?;
    session.reads("Post, published").await?;
    ensure!(world.network.made() == 3 && world.network.posts().len() == 3);
    world.session.close().await
}
