//! Nostr: the suite, and what the suite cannot ask of every network.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use model::account::Account;
use model::failure::Category;
use networks::connector::{Confirmation, Job, JobSegment, Outcome};
use serde_json::{Value, json};
use testkit::conformance::{self, Bench, NostrBench};
use testkit::desk::{Desk, text};
use testkit::sandbox::{Canned, Fault, nostr::Sandbox};

const NPUB: &str = "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg";
const PUBLIC: &str = "7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nostr_conforms() {
    conformance::holds(NostrBench::start).await;
}

struct World {
    bench: NostrBench,
    desk: Desk,
    account: Account,
}

impl World {
    async fn start() -> Self {
        let bench = NostrBench::start().await;
        Self::of(bench).await
    }

    async fn of(bench: NostrBench) -> Self {
        let desk = Desk::new();
        let account = desk.sign_in(bench.connector(), bench.sign_in()).await;
        Self {
            account: account.unwrap(),
            bench,
            desk,
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
}

fn tags(event: &Value, name: &str) -> Vec<Value> {
    let all = event["tags"].as_array().unwrap().iter();
    all.filter(|t| t[0] == name).cloned().collect()
}

#[tokio::test]
async fn an_account_is_known_by_its_key_and_named_by_its_profile() {
    let world = World::start().await;
    assert_eq!(world.account.remote_id, world.bench.sandbox.public());
    assert_eq!(world.account.display_name, "Ana");
    assert_eq!(world.account.handle, "ana@example.org");
    assert_eq!(
        world.account.settings,
        json!({ "relays": [world.bench.sandbox.relay()] })
    );
}

#[tokio::test]
async fn relays_come_from_the_persons_own_list() {
    let bench = NostrBench::start().await;
    let list = json!([
        ["r", "wss://mine.example"],
        ["r", "wss://read.example", "read"]
    ]);
    bench.sandbox.add(10_002, &list, "");
    let world = World::of(bench).await;
    assert_eq!(
        world.account.settings,
        json!({ "relays": ["wss://mine.example"] })
    );
}

#[tokio::test]
async fn every_option_arrives_in_the_note() {
    let world = World::start().await;
    let mut job = world.job(
        vec![text(&format!("Hello @{NPUB} #Spring\u{0}"))],
        &[
            (
                "images",
                json!([
                    "https://example.org/a.jpg A red door",
                    "https://example.org/b"
                ]),
            ),
            ("tags", json!(["#Sale"])),
            ("contentWarning", json!("Loud colours")),
        ],
    );
    let outcome = world.attempt(&mut job).await;
    let Outcome::Sent(delivered) = outcome else {
        panic!("{outcome:?}")
    };
    let note = world.bench.sandbox.posts().pop().unwrap();
    assert_eq!(
        note["content"],
        format!("Hello nostr:{NPUB} #Spring\nhttps://example.org/a.jpg\nhttps://example.org/b")
    );
    assert_eq!(tags(&note, "p"), [json!(["p", PUBLIC])]);
    assert_eq!(
        tags(&note, "t"),
        [json!(["t", "spring"]), json!(["t", "sale"])]
    );
    assert_eq!(
        tags(&note, "content-warning"),
        [json!(["content-warning", "Loud colours"])]
    );
    assert_eq!(
        tags(&note, "imeta"),
        [json!([
            "imeta",
            "url https://example.org/a.jpg",
            "m image/jpeg",
            "alt A red door"
        ])]
    );
    assert_eq!(note["id"], delivered.remote_id);
    assert!(delivered.url.unwrap().starts_with("https://njump.me/note1"));
}

#[tokio::test]
async fn a_picture_goes_with_the_part_that_names_it() {
    let world = World::start().await;
    let (red, blue) = (
        "https://example.org/red.jpg",
        "https://example.org/blue.png",
    );
    let pictures = json!([format!("{red} A red door"), format!("{blue} A blue one")]);
    let mut job = world.job(
        vec![text("Doors"), text(&format!("This one: {blue}"))],
        &[("images", pictures)],
    );
    assert!(matches!(world.attempt(&mut job).await, Outcome::Sent(_)));
    let notes = world.bench.sandbox.posts();
    let shown = |n: usize| (notes[n]["content"].clone(), tags(&notes[n], "imeta"));
    let imeta = |address: &str, kind: &str, alt: &str| {
        let words = [
            format!("url {address}"),
            format!("m {kind}"),
            format!("alt {alt}"),
        ];
        json!(["imeta", words[0], words[1], words[2]])
    };
    assert_eq!(
        shown(0),
        (
            json!(format!("Doors\n{red}")),
            vec![imeta(red, "image/jpeg", "A red door")]
        )
    );
    assert_eq!(
        shown(1),
        (
            json!(format!("This one: {blue}")),
            vec![imeta(blue, "image/png", "A blue one")]
        )
    );
}

#[tokio::test]
async fn an_address_that_begins_another_one_is_not_named_by_it() {
    let world = World::start().await;
    let red = "https://example.org/red.jpg";
    let smaller = format!("Smaller: {red}?w=2");
    let mut job = world.job(
        vec![text("Doors"), text(&smaller)],
        &[("images", json!([format!("{red} A red door")]))],
    );
    assert!(matches!(world.attempt(&mut job).await, Outcome::Sent(_)));
    let notes = world.bench.sandbox.posts();
    assert_eq!(notes[0]["content"], format!("Doors\n{red}"));
    assert_eq!(tags(&notes[0], "imeta").len(), 1);
    assert_eq!(notes[1]["content"], smaller);
    assert!(tags(&notes[1], "imeta").is_empty());
}

#[tokio::test]
async fn a_thread_hangs_together() {
    let world = World::start().await;
    let mut job = world.job(vec![text("One"), text("Two"), text("Three")], &[]);
    assert!(matches!(world.attempt(&mut job).await, Outcome::Sent(_)));
    let notes = world.bench.sandbox.posts();
    assert_eq!(notes.len(), 3);
    assert!(tags(&notes[0], "e").is_empty());
    let marks = |n: usize| {
        let tags = tags(&notes[n], "e").into_iter();
        tags.map(|t| (t[1].clone(), t[3].clone()))
            .collect::<Vec<_>>()
    };
    let root = (notes[0]["id"].clone(), json!("root"));
    assert_eq!(marks(1), std::slice::from_ref(&root));
    assert_eq!(marks(2), [root, (notes[1]["id"].clone(), json!("reply"))]);
}

#[tokio::test]
async fn a_note_is_one_message() {
    let world = World::start().await;
    let before = world.bench.sandbox.messages();
    let mut job = world.job(vec![text("Short")], &[]);
    assert!(matches!(world.attempt(&mut job).await, Outcome::Sent(_)));
    assert_eq!(world.bench.sandbox.messages() - before, 1);
}

/// The desk's account on three relays, of which the third is the bench's.
async fn three() -> (World, Sandbox, Sandbox) {
    let mut world = World::start().await;
    let (a, b) = (
        Sandbox::start().await.unwrap(),
        Sandbox::start().await.unwrap(),
    );
    a.take_any_time();
    b.take_any_time();
    world.account.settings =
        json!({ "relays": [a.relay(), b.relay(), world.bench.sandbox.relay()] });
    (world, a, b)
}

#[tokio::test]
async fn one_relay_is_enough_and_the_others_are_tried_once_more() {
    let (world, a, b) = three().await;
    let no = Canned::json(
        200,
        &json!({ "ok": false, "message": "blocked: members only" }),
    );
    a.faults().order("EVENT", Fault::Answer(no));
    b.faults().order("EVENT", Fault::CutBefore);
    let mut job = world.job(vec![text("Far and wide")], &[]);
    let outcome = world.attempt(&mut job).await;
    let Outcome::Sent(delivered) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!((a.posts().len(), b.posts().len()), (0, 1));
    assert_eq!(b.posts(), world.bench.sandbox.posts());
    let relays = delivered.remote["notes"][0]["relays"].as_array().unwrap();
    assert_eq!(relays.len(), 2);
    // Deleting asks all of them, and the one that never had it may say no.
    let no = Canned::json(
        200,
        &json!({ "ok": false, "message": "blocked: members only" }),
    );
    a.faults().order("EVENT", Fault::Answer(no));
    let (connector, ctx) = (world.bench.connector(), world.desk.ctx());
    connector
        .delete(&world.account, &delivered, ctx)
        .await
        .unwrap();
    assert!(b.posts().is_empty() && world.bench.sandbox.posts().is_empty());
}

#[tokio::test]
async fn when_every_relay_refuses_the_one_worth_another_try_is_told() {
    let (world, a, b) = three().await;
    for (relay, message) in [
        (&a, "blocked: members only"),
        (&b, "rate-limited: slow down"),
        (&world.bench.sandbox, "invalid: too long"),
    ] {
        let no = Canned::json(200, &json!({ "ok": false, "message": message }));
        relay.faults().order("EVENT", Fault::Answer(no));
    }
    let mut job = world.job(vec![text("Nowhere")], &[]);
    let outcome = world.attempt(&mut job).await;
    let Outcome::NotSent(refusal) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(refusal.category, Category::RateLimited);
}

#[tokio::test]
async fn a_relay_that_wants_to_know_who_is_there_is_told() {
    let world = World::start().await;
    world.bench.sandbox.want_auth();
    let mut job = world.job(vec![text("It is me")], &[]);
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Sent(_)), "{outcome:?}");
    let (connector, ctx) = (world.bench.connector(), world.desk.ctx());
    let found = connector.confirm(&job, ctx).await;
    assert!(matches!(found, Confirmation::Found(_)), "{found:?}");
    job.done.clear();
    let found = connector.confirm(&job, ctx).await;
    assert!(matches!(found, Confirmation::Found(_)), "{found:?}");
}

#[tokio::test]
async fn a_note_is_found_by_its_name_whatever_was_edited_since() {
    let world = World::start().await;
    let mut job = world.job(vec![text("Before")], &[]);
    assert!(matches!(world.attempt(&mut job).await, Outcome::Sent(_)));
    // A backup was put back, and the text edited: the handle is chosen anew.
    world.desk.clock.pass(std::time::Duration::from_hours(1));
    job.done.clear();
    job.segments[0].text = "After".to_owned();
    let (connector, ctx) = (world.bench.connector(), world.desk.ctx());
    job.handle = connector.freeze(&job, ctx);
    let found = connector.confirm(&job, ctx).await;
    assert!(matches!(found, Confirmation::Found(_)), "{found:?}");
    // Even when nobody looked: what is out under the name is not doubled.
    let outcome = world.attempt(&mut job).await;
    let Outcome::NotSent(refusal) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(refusal.category, Category::Duplicate);
    assert_eq!(world.bench.sandbox.made(), 1);
}

#[tokio::test]
async fn numbers_count_what_others_made_of_a_note() {
    let world = World::start().await;
    let mut job = world.job(vec![text("One"), text("Two")], &[]);
    let Outcome::Sent(delivered) = world.attempt(&mut job).await else {
        panic!("not sent")
    };
    let of = json!([["e", delivered.remote_id]]);
    for (kind, content) in [(7, "+"), (7, "🤙"), (7, "-"), (6, ""), (1, "Nice")] {
        world.bench.sandbox.add(kind, &of, content);
    }
    let (connector, ctx) = (world.bench.connector(), world.desk.ctx());
    let numbers = connector.metrics(&world.account, &delivered, ctx).await;
    let numbers = numbers.unwrap().unwrap();
    assert_eq!(
        (numbers.likes, numbers.reposts, numbers.replies),
        (Some(2), Some(1), Some(1))
    );
}

#[tokio::test]
async fn what_is_no_relay_is_told() {
    let bench = NostrBench::start().await;
    let site = testkit::sandbox::pages::start().await.unwrap();
    let relay = site.origin().replace("http://", "ws://");
    let fields = NostrBench::form(&bench.sandbox.secret(), &relay);
    let refused = Desk::new()
        .sign_in(bench.connector(), fields)
        .await
        .unwrap_err();
    assert!(
        refused.message.contains("no Nostr relay"),
        "{}",
        refused.message
    );
}
