//! Webhooks: the suite, and what the suite cannot ask of every network.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::time::Duration;

use model::account::Account;
use model::content::{MediaUse, Segment};
use model::failure::{Category, Retry};
use model::post::TargetDraft;
use networks::connector::{CheckInput, Confirmation, Job, JobSegment, Outcome, Refusal};
use networks::vault::Vault;
use serde_json::{Value, json};
use testkit::conformance::{self, Bench, WebhookBench};
use testkit::desk::{ACCOUNT, DUE, Desk, text};
use testkit::sandbox::{Canned, Fault};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhook_conforms() {
    conformance::holds(WebhookBench::start).await;
}

struct World {
    bench: WebhookBench,
    desk: Desk,
    account: Account,
}

impl World {
    async fn start() -> Self {
        Self::with(&[]).await
    }

    async fn with(more: &[(&str, &str)]) -> Self {
        let bench = WebhookBench::start().await;
        let desk = Desk::new();
        let mut fields = bench.sign_in();
        for (name, value) in more {
            fields.plain.insert((*name).to_owned(), (*value).to_owned());
        }
        let account = desk.sign_in(bench.connector(), fields).await.unwrap();
        Self {
            bench,
            desk,
            account,
        }
    }

    fn job(&self, segments: Vec<JobSegment>, options: &[(&str, Value)]) -> Job {
        let mut job = self
            .desk
            .job(self.bench.connector(), &self.account, segments);
        for (name, value) in options {
            job.options.insert((*name).to_owned(), value.clone());
        }
        job
    }

    async fn attempt(&self, job: &mut Job) -> Outcome {
        self.desk.attempt(self.bench.connector(), job).await
    }

    async fn refused(&self, job: &mut Job) -> Refusal {
        match self.attempt(job).await {
            Outcome::NotSent(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn connecting_sends_nothing_and_a_post_is_one_call() {
    let world = World::with(&[("name", "My site")]).await;
    assert_eq!(world.account.display_name, "My site");
    assert_eq!(world.bench.sandbox.calls(), 0);
    let mut job = world.job(vec![text("One"), text("Two")], &[]);
    job.title = "Title".to_owned();
    let outcome = world.attempt(&mut job).await;
    let Outcome::Sent(delivered) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(world.bench.sandbox.calls(), 1);
    assert_eq!(
        delivered.url.as_deref(),
        Some("https://receiver.example/posts/1")
    );
    let post = world.bench.sandbox.posts().pop().unwrap();
    assert_eq!(post["data"]["title"], "Title");
    assert_eq!(post["data"]["text"], "One\n\nTwo");
    assert_eq!(post["data"]["parts"][1]["text"], "Two");
    assert_eq!(post["data"]["tags"], json!(["almanac"]));
    assert_eq!(post["data"]["scheduled_at"], "2026-05-14T07:05:00.000Z");
}

#[tokio::test]
async fn every_option_arrives() {
    let world = World::start().await;
    let options = [
        ("link", json!("https://example.org/a")),
        ("tags", json!(["x", "y"])),
        ("language", json!("pt-BR")),
    ];
    let mut job = world.job(vec![text("Words")], &options);
    assert!(matches!(world.attempt(&mut job).await, Outcome::Sent(_)));
    let data = world.bench.sandbox.posts()[0]["data"].clone();
    assert_eq!(data["link"], "https://example.org/a");
    assert_eq!(data["tags"], json!(["x", "y"]));
    assert_eq!(data["language"], "pt-BR");
}

#[tokio::test]
async fn files_go_beside_the_json_inside_it_or_by_name_alone() {
    for way in ["form", "inline", "none"] {
        let world = World::start().await;
        let mut segment = text("With files");
        segment.media = vec![
            world.desk.picture("a.jpg", 40, 30),
            world.desk.video("clip.mp4", 300_000),
        ];
        let mut job = world.job(vec![segment], &[("media", json!(way))]);
        let outcome = world.attempt(&mut job).await;
        assert!(matches!(outcome, Outcome::Sent(_)), "{way}: {outcome:?}");
        let post = world.bench.sandbox.posts().pop().unwrap();
        let media = &post["data"]["parts"][0]["media"];
        assert_eq!(media[0]["alt"], "Description of a.jpg");
        assert_eq!(media[0]["width"], 40);
        assert_eq!(media[1]["mime"], "video/mp4");
        assert_eq!(media[1]["size"], 300_000);
        // The receiver checked the digest of each.
        let files = world.bench.sandbox.files();
        assert_eq!(
            files.get("file1").copied(),
            (way == "form").then_some(300_000)
        );
        assert_eq!(media[1].get("data_base64").is_some(), way == "inline");
        assert_eq!(media[1].get("sha256").is_some(), way != "none");
    }
}

#[tokio::test]
async fn too_much_inside_the_json_is_told_before_and_stopped_after() {
    let world = World::start().await;
    let video = world.desk.video("large.mp4", 5_000_001);
    let facts = video.facts.clone();
    let draft = TargetDraft {
        account_id: ACCOUNT,
        override_segments: None,
        options: serde_json::Map::from_iter([("media".to_owned(), json!("inline"))]),
    };
    let segments = [Segment {
        text: "x".to_owned(),
        media: vec![MediaUse::new(facts.id.clone(), "")],
    }];
    let input = CheckInput {
        account: &world.account,
        segments: &segments,
        draft: &draft,
        media: &[facts],
    };
    let rules = world.bench.connector().check(input);
    assert_eq!(rules[0].rule, "files_too_large");
    let mut segment = text("x");
    segment.media = vec![video];
    let mut job = world.job(vec![segment], &[("media", json!("inline"))]);
    assert_eq!(world.refused(&mut job).await.category, Category::MediaError);
    assert_eq!(world.bench.sandbox.calls(), 0);
}

#[tokio::test]
async fn a_lost_answer_is_decided_by_sending_again_under_the_same_name() {
    let world = World::start().await;
    for fault in [Fault::CutAfter, Fault::CutBefore, Fault::CutInAnswer] {
        world.bench.sandbox.faults().order("hook", fault);
        let mut job = world.job(vec![text("Once")], &[]);
        let before = world.bench.sandbox.posts().len();
        assert!(matches!(
            world.attempt(&mut job).await,
            Outcome::Uncertain(_)
        ));
        let found = world
            .bench
            .connector()
            .confirm(&job, world.desk.ctx())
            .await;
        assert!(matches!(found, Confirmation::Found(_)), "{found:?}");
        assert_eq!(world.bench.sandbox.posts().len(), before + 1);
    }
    assert_eq!(world.bench.sandbox.repeats(), 2);
}

#[tokio::test]
async fn a_person_who_wants_to_be_asked_is_asked() {
    let world = World::with(&[("ask", "true")]).await;
    world.bench.sandbox.faults().order("hook", Fault::CutAfter);
    let mut job = world.job(vec![text("Once")], &[]);
    assert!(matches!(
        world.attempt(&mut job).await,
        Outcome::Uncertain(_)
    ));
    let found = world
        .bench
        .connector()
        .confirm(&job, world.desk.ctx())
        .await;
    assert!(matches!(found, Confirmation::CannotTell(_)), "{found:?}");
    assert_eq!(world.bench.sandbox.calls(), 1);
}

#[tokio::test]
async fn a_receiver_that_has_it_already_counts_as_success() {
    let world = World::start().await;
    let seen = Fault::Answer(Canned::json(409, &json!({})));
    world.bench.sandbox.faults().order("hook", seen);
    let mut job = world.job(vec![text("Once")], &[]);
    assert!(matches!(world.attempt(&mut job).await, Outcome::Sent(_)));
}

#[tokio::test]
async fn redirects_are_not_followed_and_a_receiver_that_is_gone_is_not_asked_again() {
    let world = World::start().await;
    for (canned, category) in [
        (
            Canned::json(307, &json!({})).with("location", "https://elsewhere.example/"),
            Category::Unknown,
        ),
        (Canned::json(410, &json!({})), Category::AuthError),
    ] {
        world
            .bench
            .sandbox
            .faults()
            .order("hook", Fault::Answer(canned));
        let mut job = world.job(vec![text("x")], &[]);
        let refusal = world.refused(&mut job).await;
        assert_eq!((refusal.category, refusal.retry), (category, Retry::Never));
    }
}

#[tokio::test]
async fn without_the_persons_word_no_private_network_is_reached() {
    let world = World::start().await;
    let port = world
        .bench
        .sandbox
        .origin()
        .rsplit(':')
        .next()
        .unwrap()
        .to_owned();
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"] {
        let mut job = world.job(vec![text("x")], &[]);
        job.account.settings = json!({ "private": false, "ask": false });
        job.account.server = format!("http://{host}:{port}/hook");
        let refusal = world.refused(&mut job).await;
        assert_eq!(
            refusal.category,
            Category::Validation,
            "{host}: {refusal:?}"
        );
        assert!(refusal.message.contains("private network"), "{host}");
    }
    assert_eq!(world.bench.sandbox.calls(), 0);
}

#[tokio::test]
async fn a_wrong_secret_is_told_at_the_first_delivery() {
    let bench = WebhookBench::start().await;
    let desk = Desk::new();
    let address = bench.sandbox.address();
    let plain = [("address", address.as_str()), ("private", "true")];
    let other = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let fields = WebhookBench::form(&plain, other, "");
    let account = desk.sign_in(bench.connector(), fields).await.unwrap();
    let mut job = desk.job(bench.connector(), &account, vec![text("x")]);
    let outcome = desk.attempt(bench.connector(), &mut job).await;
    let Outcome::NotSent(refusal) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(refusal.category, Category::AuthError);
    bench
        .connector()
        .sign_out(&account, desk.ctx())
        .await
        .unwrap();
    assert_eq!(desk.vault.get(ACCOUNT, "session").await, Ok(None));
}

#[tokio::test]
async fn nothing_is_delivered_before_its_time_to_find_out_whether_it_arrived() {
    let world = World::start().await;
    let ahead = Duration::from_mins(1);
    let mut job = world.job(vec![text("Later")], &[]);
    job.due_at = DUE.plus(ahead);
    job.unknown_send = true;
    job.first_sent_try_at = Some(DUE);
    let connector = world.bench.connector();
    let before = connector.confirm(&job, world.desk.ctx()).await;
    assert_eq!(before, Confirmation::Absent);
    assert_eq!(world.bench.sandbox.calls(), 0);
    world.desk.clock.pass(ahead);
    let found = connector.confirm(&job, world.desk.ctx()).await;
    assert!(matches!(found, Confirmation::Found(_)), "{found:?}");
    assert_eq!(world.bench.sandbox.calls(), 1);
}
