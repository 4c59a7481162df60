//! The suite over Slack, both ways, and what it cannot ask of every network.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use model::failure::Category;
use networks::connector::{Confirmation, JobMedia, Outcome};
use serde_json::{Value, json};
use testkit::conformance::{self, Bench, SlackBench};
use testkit::desk::{ACCOUNT, Desk, text};
use testkit::sandbox::slack::{CHANNEL, HOOK_SECRET, OTHER, Post, SCOPES, TOKEN};
use testkit::sandbox::{Canned, Fault};

use crate::world::Signed;

const COMPLETE: &str = "files.completeUploadExternal";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_conform() {
    conformance::holds(SlackBench::token).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_conform() {
    conformance::holds(SlackBench::webhook).await;
}

type World = Signed<SlackBench>;

impl World {
    async fn posted(&self, words: &str, media: Vec<JobMedia>, options: Value) -> Post {
        let outcome = self.attempt(&mut self.job(words, media, options)).await;
        assert!(matches!(outcome, Outcome::Sent(_)), "{outcome:?}");
        self.bench.sandbox.posts().pop().unwrap()
    }
}

#[tokio::test]
async fn a_message_is_one_call_and_arrives_as_it_was_meant() {
    let world = World::of(SlackBench::token().await).await;
    let before = world.bench.sandbox.calls();
    let options = json!({
        "format": "marks", "headline": "News", "button": "Read",
        "buttonAddress": "https://example.org/a", "previews": false,
    });
    let mut job = world.job("*Hi* & <!here>", vec![], options);
    let Outcome::Sent(delivered) = world.attempt(&mut job).await else {
        panic!("it was not posted");
    };
    assert_eq!(world.bench.sandbox.calls() - before, 1);
    let post = world.bench.sandbox.posts().pop().unwrap();
    assert_eq!(post.input["channel"], CHANNEL);
    assert_eq!(post.input["text"], "*Hi* &amp; <!here>");
    assert_eq!(post.input["unfurl_links"], false);
    let blocks = &post.input["blocks"];
    assert_eq!(blocks[0]["text"]["text"], "News");
    assert_eq!(blocks[1]["text"]["text"], "*Hi* &amp; <!here>");
    assert_eq!(blocks[2]["elements"][0]["url"], "https://example.org/a");
    let url = delivered.url.unwrap();
    assert!(
        url.starts_with("https://ana.slack.com/archives/C0000000001/p"),
        "{url}"
    );
}

#[tokio::test]
async fn files_take_two_calls_each_and_two_for_all() {
    let world = World::of(SlackBench::token().await).await;
    let media = vec![
        world.desk.picture("a.png", 40, 30),
        world.desk.video("a.mp4", 200_000),
    ];
    let before = world.bench.sandbox.calls();
    let post = world.posted("Look", media, json!({})).await;
    // An address and the bytes of each, the call that shows, and one look at where it stands.
    assert_eq!(world.bench.sandbox.calls() - before, 6);
    assert_eq!(post.input["initial_comment"], "Look");
    assert_eq!(post.files[0].alt, "Description of a.png");
    assert_eq!(post.files[1].bytes.size(), 200_000);
}

#[tokio::test]
async fn files_that_are_shared_late_are_waited_for() {
    let world = World::of(SlackBench::token().await).await;
    world.bench.sandbox.hide_files(3);
    let media = vec![world.desk.picture("a.png", 40, 30)];
    world.posted("Look", media, json!({})).await;
    world.bench.sandbox.hide_files(7);
    let media = vec![world.desk.picture("b.png", 40, 30)];
    let mut job = world.job("Look again", media, json!({}));
    let outcome = world.attempt(&mut job).await;
    assert!(
        matches!(&outcome, Outcome::Uncertain(r) if r.category == Category::MediaProcessing),
        "{outcome:?}"
    );
    for _ in 0..2 {
        assert_eq!(world.confirm(&job).await, Confirmation::Absent);
    }
    assert!(matches!(world.confirm(&job).await, Confirmation::Found(_)));
}

#[tokio::test]
async fn files_that_were_shared_are_not_shown_again_although_the_channel_lists_them_late() {
    // Without the scope to look at files the channel is read once more.
    let without: Vec<&str> = SCOPES.into_iter().filter(|s| *s != "files:read").collect();
    for (scopes, looks, calls) in [(SCOPES.to_vec(), 20, 1), (without, 1, 2)] {
        let world = World::of(SlackBench::token().await).await;
        world.bench.sandbox.grant(&scopes);
        world.bench.sandbox.hide_files(looks);
        let media = vec![world.desk.picture("a.png", 40, 30)];
        let mut job = world.job("Look", media, json!({}));
        world
            .bench
            .sandbox
            .faults()
            .order(COMPLETE, Fault::CutAfter);
        let outcome = world.attempt(&mut job).await;
        assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
        assert_eq!(world.confirm(&job).await, Confirmation::Absent);
        let before = world.bench.sandbox.calls();
        let outcome = world.attempt(&mut job).await;
        let Outcome::Sent(delivered) = outcome else {
            panic!("{outcome:?}");
        };
        assert!(delivered.url.is_some(), "{delivered:?}");
        assert_eq!(world.bench.sandbox.calls() - before, calls);
        assert_eq!(world.bench.sandbox.made(), 1);
    }
}

#[tokio::test]
async fn files_that_slack_cleared_away_are_uploaded_again() {
    let world = World::of(SlackBench::token().await).await;
    let media = vec![world.desk.picture("a.png", 40, 30)];
    let mut job = world.job("Look", media, json!({}));
    let faults = world.bench.sandbox.faults();
    faults.order(COMPLETE, Fault::Answer(Canned::page(429)));
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::NotSent(_)), "{outcome:?}");
    world.bench.sandbox.lose_files();
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Sent(_)), "{outcome:?}");
    assert_eq!(world.bench.sandbox.made(), 1);
}

#[tokio::test]
async fn an_uploaded_file_is_not_uploaded_twice() {
    let world = World::of(SlackBench::token().await).await;
    let media = vec![
        world.desk.picture("a.png", 40, 30),
        world.desk.picture("b.png", 30, 40),
    ];
    let mut job = world.job("Look", media, json!({}));
    let faults = world.bench.sandbox.faults();
    faults.order_after("send", 1, Fault::CutBefore);
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::NotSent(_)), "{outcome:?}");
    assert!(matches!(world.attempt(&mut job).await, Outcome::Sent(_)));
    // The second one was announced twice, the first once.
    assert_eq!(world.bench.sandbox.files(), 3);
}

#[tokio::test]
async fn a_message_is_found_by_its_name_and_not_by_its_words() {
    let world = World::of(SlackBench::token().await).await;
    world.posted("The same words", vec![], json!({})).await;
    let mut job = world.job("The same words", vec![], json!({}));
    let faults = world.bench.sandbox.faults();
    faults.order("chat.postMessage", Fault::CutBefore);
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
    assert_eq!(world.confirm(&job).await, Confirmation::Absent);
    faults.order("chat.postMessage", Fault::CutAfter);
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
    assert!(matches!(world.confirm(&job).await, Confirmation::Found(_)));
}

#[tokio::test]
async fn slacks_own_trouble_leaves_it_open() {
    let world = World::of(SlackBench::token().await).await;
    let trouble = Canned::json(200, &json!({ "ok": false, "error": "internal_error" }));
    let faults = world.bench.sandbox.faults();
    faults.order("chat.postMessage", Fault::AnswerAfter(trouble));
    let mut job = world.job("Hi", vec![], json!({}));
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
    assert!(matches!(world.confirm(&job).await, Confirmation::Found(_)));
}

#[tokio::test]
async fn without_the_scope_to_read_the_person_is_asked() {
    let bench = SlackBench::token().await;
    bench
        .sandbox
        .grant(&["chat:write", "files:write", "channels:read"]);
    let world = World::of(bench).await;
    let faults = world.bench.sandbox.faults();
    faults.order("chat.postMessage", Fault::CutAfter);
    let mut job = world.job("Hi", vec![], json!({}));
    assert!(matches!(
        world.attempt(&mut job).await,
        Outcome::Uncertain(_)
    ));
    let Confirmation::CannotTell(why) = world.confirm(&job).await else {
        panic!("it claims to know");
    };
    assert!(why.contains("channels:history"), "{why}");
    // Files whose place cannot be read are taken by Slack's word.
    let media = vec![world.desk.picture("a.png", 40, 30)];
    world.posted("Look", media, json!({})).await;
}

#[tokio::test]
async fn what_is_missing_is_said_before() {
    let bench = SlackBench::token().await;
    bench.sandbox.grant(&["chat:write", "channels:read"]);
    let world = World::of(bench).await;
    let picture = world.desk.picture("a.png", 40, 30).facts;
    let one = std::slice::from_ref(&picture);
    assert_eq!(world.rules("x", one, json!({})), ["no_right_files"]);
    let button = json!({ "button": "Read", "buttonAddress": "example" });
    assert_eq!(world.rules("x", &[], button), ["button_address"]);
    let hook = World::of(SlackBench::webhook().await).await;
    assert_eq!(hook.rules("x", one, json!({})), ["webhook_no_files"]);
}

#[tokio::test]
async fn without_a_channel_every_one_the_app_is_in_can_be_chosen() {
    let bench = SlackBench::token().await;
    let desk = Desk::new();
    let signed = async |channel: &str| {
        let form = SlackBench::with_token(TOKEN, channel);
        let connector = bench.connector();
        connector.sign_in(ACCOUNT, "token", form, desk.ctx()).await
    };
    let names = |found: Vec<networks::connector::SignedIn>| {
        found.into_iter().map(|s| s.handle).collect::<Vec<_>>()
    };
    assert_eq!(names(signed("").await.unwrap()), ["#news"]);
    let mut scopes = SCOPES.to_vec();
    scopes.push("chat:write.public");
    bench.sandbox.grant(&scopes);
    assert_eq!(names(signed("").await.unwrap()), ["#random", "#news"]);
    assert_eq!(names(signed(OTHER).await.unwrap()), ["#random"]);
    bench.sandbox.grant(&["chat:write"]);
    let refusal = signed("#news").await.unwrap_err();
    assert!(refusal.message.contains("channels:read"), "{refusal:?}");
    bench.sandbox.grant(&["channels:read"]);
    let refusal = signed(CHANNEL).await.unwrap_err();
    assert!(refusal.message.contains("chat:write"), "{refusal:?}");
}

#[tokio::test]
async fn reactions_and_answers_are_counted() {
    let world = World::of(SlackBench::token().await).await;
    let mut job = world.job("Hi", vec![], json!({}));
    let Outcome::Sent(delivered) = world.attempt(&mut job).await else {
        panic!("it was not posted");
    };
    world.bench.sandbox.react();
    let connector = world.bench.connector();
    let ctx = world.desk.ctx();
    let numbers = connector.metrics(&world.account, &delivered, ctx).await;
    let numbers = numbers.unwrap().unwrap();
    assert_eq!((numbers.likes, numbers.replies), (Some(2), Some(4)));
}

#[tokio::test]
async fn a_webhook_posts_blocks_and_nothing_while_signing_in() {
    let world = World::of(SlackBench::webhook().await).await;
    assert_eq!(world.bench.sandbox.made(), 0);
    let post = world
        .posted("*Hi*", vec![], json!({ "headline": "News" }))
        .await;
    assert_eq!(post.input["blocks"][1]["type"], "rich_text");
    assert_eq!(post.input.get("metadata"), None);
    let connector = world.bench.connector();
    let known = connector.identify(&world.account, world.desk.ctx()).await;
    assert_eq!(known.unwrap().remote_id, world.account.remote_id);
    assert_eq!(world.bench.sandbox.made(), 1);
}

#[tokio::test]
async fn nothing_is_claimed_to_be_sent_where_nobody_answers() {
    let mut bench = SlackBench::webhook().await;
    let desk = Desk::new();
    let account = desk
        .sign_in(bench.connector(), bench.sign_in())
        .await
        .unwrap();
    bench.sandbox.go_away().await;
    let mut job = desk.job(bench.connector(), &account, vec![text("Hi")]);
    let outcome = desk.attempt(bench.connector(), &mut job).await;
    let Outcome::NotSent(refusal) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(refusal.category, Category::NetworkError);
    assert!(!format!("{refusal:?}").contains(HOOK_SECRET));
}
