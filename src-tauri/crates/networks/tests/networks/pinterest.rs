//! The suite over Pinterest, and what it cannot ask of every network.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]
#![expect(
    clippy::needless_pass_by_value,
    reason = "options are written down where they are used"
)]

use std::collections::BTreeMap;

use model::account::{Account, AccountHealth};
use model::failure::Category;
use model::{Clock, WorkspaceId};
use networks::connector::{Begun, Confirmation, Job, JobMedia, Outcome, Refusal, SignedIn};
use networks::http::choose_cryptography;
use serde_json::{Value, json};
use testkit::conformance::{self, Bench, PinterestBench, filled};
use testkit::desk::{ACCOUNT, DUE, Desk, text};
use testkit::sandbox::Fault;
use testkit::sandbox::pinterest::{BOARD, CLIENT_ID, CLIENT_SECRET, REDIRECT};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pictures_conform() {
    conformance::holds(PinterestBench::pictures).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn videos_conform() {
    conformance::holds(PinterestBench::videos).await;
}

struct World {
    bench: PinterestBench,
    desk: Desk,
}

impl World {
    async fn start() -> Self {
        Self {
            bench: PinterestBench::pictures().await,
            desk: Desk::new(),
        }
    }

    async fn begin(&self, id: &str, secret: &str, redirect: &str) -> Result<Begun, Refusal> {
        let form = filled(&[("client_id", id)], &[("client_secret", secret)]);
        let connector = self.bench.connector();
        connector
            .begin("oauth", &form, redirect, self.desk.ctx())
            .await
    }

    /// What the browser comes back with; none when Pinterest shows an error instead.
    async fn browser(&self, begun: &Begun) -> Option<BTreeMap<String, String>> {
        choose_cryptography();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let answer = client.get(&begun.address).send().await.unwrap();
        let back = answer
            .headers()
            .get("location")?
            .to_str()
            .unwrap()
            .to_owned();
        assert!(back.starts_with(REDIRECT), "{back}");
        let back = reqwest::Url::parse(&back).unwrap();
        Some(back.query_pairs().into_owned().collect())
    }

    async fn finish(
        &self,
        begun: &Begun,
        answer: &BTreeMap<String, String>,
    ) -> Result<SignedIn, Refusal> {
        let connector = self.bench.connector();
        let found = connector
            .finish(ACCOUNT, begun, answer, self.desk.ctx())
            .await;
        found.map(|mut all| all.swap_remove(0))
    }

    async fn account(&self) -> Account {
        let begun = self
            .begin(CLIENT_ID, CLIENT_SECRET, REDIRECT)
            .await
            .unwrap();
        let answer = self.browser(&begun).await.unwrap();
        assert_eq!(answer["state"], begun.state.reveal());
        let signed = self.finish(&begun, &answer).await.unwrap();
        Account {
            id: ACCOUNT,
            workspace_id: WorkspaceId(ACCOUNT.0),
            network: "pinterest".to_owned(),
            remote_id: signed.remote_id,
            handle: signed.handle,
            display_name: signed.display_name,
            server: signed.server,
            settings: signed.settings,
            health: AccountHealth::Ok,
            paused: None,
            created_at: DUE,
        }
    }

    fn job(&self, account: &Account, media: JobMedia, options: Value) -> Job {
        let mut segment = text("A garden in May");
        segment.media = vec![media];
        let connector = self.bench.connector();
        let mut job = self.desk.job(connector, account, vec![segment]);
        job.options.clone_from(options.as_object().unwrap());
        job.options.insert("board".to_owned(), json!(BOARD));
        job
    }

    async fn attempt(&self, job: &mut Job) -> Outcome {
        self.desk.attempt(self.bench.connector(), job).await
    }
}

#[tokio::test]
async fn the_browser_way_signs_in_and_renews() {
    let world = World::start().await;
    let account = world.account().await;
    assert_eq!(account.display_name, "Ana's shop");
    let connector = world.bench.connector();
    world.bench.sandbox.end_access();
    let picture = world.desk.picture("a.jpg", 40, 30);
    let mut job = world.job(&account, picture, json!({}));
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Sent(_)), "{outcome:?}");
    let known = connector.identify(&account, world.desk.ctx()).await;
    assert_eq!(known.unwrap().remote_id, account.remote_id);
    world.bench.sandbox.end_sessions();
    let known = connector.identify(&account, world.desk.ctx()).await;
    assert_eq!(known.unwrap_err().category, Category::AuthError);
}

#[tokio::test]
async fn each_way_a_sign_in_goes_wrong_has_its_sentence() {
    let world = World::start().await;
    let begun = world.begin("999", CLIENT_SECRET, REDIRECT).await.unwrap();
    assert_eq!(world.browser(&begun).await, None);
    let begun = world
        .begin(CLIENT_ID, CLIENT_SECRET, "http://localhost:9/")
        .await
        .unwrap();
    assert_eq!(world.browser(&begun).await, None);
    assert!(
        world
            .begin("my app", CLIENT_SECRET, REDIRECT)
            .await
            .is_err()
    );
    assert!(world.begin(CLIENT_ID, "", REDIRECT).await.is_err());

    let begun = world.begin(CLIENT_ID, "wrong", REDIRECT).await.unwrap();
    let answer = world.browser(&begun).await.unwrap();
    let refusal = world.finish(&begun, &answer).await.unwrap_err();
    assert!(refusal.message.contains("secret key"), "{refusal:?}");

    let begun = world
        .begin(CLIENT_ID, CLIENT_SECRET, REDIRECT)
        .await
        .unwrap();
    let answer = world.browser(&begun).await.unwrap();
    world.bench.sandbox.age_codes();
    assert!(world.finish(&begun, &answer).await.is_err());

    world.bench.sandbox.grant("boards:read,pins:read");
    let answer = world.browser(&begun).await.unwrap();
    let refusal = world.finish(&begun, &answer).await.unwrap_err();
    assert!(refusal.message.contains("pins:write"), "{refusal:?}");

    world.bench.sandbox.deny();
    let answer = world.browser(&begun).await.unwrap();
    let refusal = world.finish(&begun, &answer).await.unwrap_err();
    assert!(refusal.message.contains("not allowed"), "{refusal:?}");
}

#[tokio::test]
async fn a_pin_is_one_call_and_has_everything_in_it() {
    let world = World::start().await;
    let account = world.account().await;
    let picture = world.desk.picture("a.png", 40, 60);
    let options = json!({ "title": "Garden", "link": "https://example.org/garden" });
    let before = world.bench.sandbox.calls();
    let mut job = world.job(&account, picture, options);
    let Outcome::Sent(delivered) = world.attempt(&mut job).await else {
        panic!("it was not posted");
    };
    assert_eq!(world.bench.sandbox.calls() - before, 1);
    let pin = world.bench.sandbox.pins().pop().unwrap();
    for (name, want) in [
        ("board_id", BOARD),
        ("title", "Garden"),
        ("description", "A garden in May"),
        ("link", "https://example.org/garden"),
        ("alt_text", "Description of a.png"),
    ] {
        assert_eq!(pin[name], want, "{name}");
    }
    let (connector, ctx) = (world.bench.connector(), world.desk.ctx());
    let numbers = connector.metrics(&account, &delivered, ctx).await;
    assert_eq!(numbers.unwrap().unwrap().views, Some(40));
    for _ in 0..2 {
        connector.delete(&account, &delivered, ctx).await.unwrap();
    }
    assert!(world.bench.sandbox.pins().is_empty());
}

#[tokio::test]
async fn a_video_is_waited_for_and_not_uploaded_twice() {
    let world = World::start().await;
    let account = world.account().await;
    world.bench.sandbox.work_for(8);
    let video = world.desk.video("a.mp4", 200_000);
    let mut job = world.job(&account, video, json!({ "coverSecond": 3 }));
    let outcome = world.attempt(&mut job).await;
    assert!(
        matches!(&outcome, Outcome::NotSent(r) if r.category == Category::MediaProcessing),
        "{outcome:?}"
    );
    let before = world.bench.sandbox.calls();
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Sent(_)), "{outcome:?}");
    // Three more looks and the pin.
    assert_eq!(world.bench.sandbox.calls() - before, 4);
}

#[tokio::test]
async fn boards_are_offered_from_every_page() {
    let world = World::start().await;
    let account = world.account().await;
    let (connector, ctx) = (world.bench.connector(), world.desk.ctx());
    let all = connector.choices(&account, "board", "", ctx).await.unwrap();
    let names: Vec<&str> = all.iter().map(|board| board.label.as_str()).collect();
    assert_eq!(names, ["Garden", "Recipes"]);
    let some = connector.choices(&account, "board", "rec", ctx).await;
    assert_eq!(some.unwrap().len(), 1);
}

#[tokio::test]
async fn an_absence_counts_only_when_pins_had_time_to_be_listed() {
    let world = World::start().await;
    let account = world.account().await;
    let picture = world.desk.picture("a.png", 40, 60);
    let mut job = world.job(&account, picture, json!({}));
    let faults = world.bench.sandbox.faults();
    faults.order("POST pins", Fault::CutBefore);
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
    let connector = world.bench.connector();
    let seen = connector.confirm(&job, world.desk.ctx()).await;
    assert!(matches!(seen, Confirmation::NotNow(_)), "{seen:?}");
    let later = world
        .desk
        .clock
        .now()
        .plus(std::time::Duration::from_mins(6));
    world.desk.clock.set(later);
    let seen = connector.confirm(&job, world.desk.ctx()).await;
    assert_eq!(seen, Confirmation::Absent);
    // Each call has that time, and not only the first.
    faults.order("POST pins", Fault::CutBefore);
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
    let seen = connector.confirm(&job, world.desk.ctx()).await;
    assert!(matches!(seen, Confirmation::NotNow(_)), "{seen:?}");
}
