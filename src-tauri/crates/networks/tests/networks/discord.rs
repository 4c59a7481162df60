//! The suite over Discord, both ways, and what it cannot ask of every network.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use model::failure::Category;
use networks::connector::{Confirmation, JobMedia, MediaFacts, Outcome};
use serde_json::{Value, json};
use testkit::conformance::{self, Bench, DiscordBench};
use testkit::desk::{Desk, text};
use testkit::sandbox::Fault;
use testkit::sandbox::discord::{CHANNEL, FORUM_WEBHOOK, GUILD, Post, WEBHOOK, WEBHOOK_TOKEN};

use crate::world::Signed;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_conform() {
    conformance::holds(DiscordBench::webhook).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bots_conform() {
    conformance::holds(DiscordBench::bot).await;
}

type World = Signed<DiscordBench>;

impl World {
    async fn posted(&self, words: &str, media: Vec<JobMedia>, options: Value) -> Post {
        let outcome = self.attempt(&mut self.job(words, media, options)).await;
        assert!(matches!(outcome, Outcome::Sent(_)), "{outcome:?}");
        self.bench.sandbox.posts().pop().unwrap()
    }
}

#[tokio::test]
async fn a_message_of_a_webhook_is_one_call_with_everything_in_it() {
    let world = World::of(DiscordBench::webhook().await).await;
    let before = world.bench.sandbox.calls();
    let options = json!({
        "silent": true, "previews": false, "mentions": "named", "name": "Ana", "card": true,
        "cardTitle": "T", "cardText": "D", "cardAddress": "https://example.org",
    });
    let post = world.posted(" Hi @everyone ", vec![], options).await;
    assert_eq!(world.bench.sandbox.calls() - before, 1);
    assert_eq!(
        post.input,
        json!({
            "content": "Hi @everyone", "allowed_mentions": { "parse": ["users", "roles"] },
            "flags": 1 << 12, "username": "Ana",
            "embeds": [{ "title": "T", "description": "D", "url": "https://example.org" }],
        })
    );
}

#[tokio::test]
async fn files_carry_their_descriptions_and_covers() {
    for bench in [DiscordBench::webhook().await, DiscordBench::bot().await] {
        let world = World::of(bench).await;
        let picture = world.desk.picture("a.png", 40, 30);
        let video = world.desk.video("a.mp4", 2_000);
        let options = json!({
            "spoiler": true, "card": true, "cardTitle": "T", "cardPicture": true,
        });
        let post = world.posted("", vec![picture, video], options).await;
        let listed = &post.input["attachments"];
        assert_eq!(listed[0]["description"], "Description of a.png");
        assert_eq!(listed[1]["is_spoiler"], true);
        assert_eq!(post.input.get("content"), None);
        let name = listed[0]["filename"].as_str().unwrap();
        assert_eq!(
            post.input["embeds"][0]["image"]["url"],
            format!("attachment://{name}")
        );
        assert_eq!(post.files[0].mime, "image/png");
        assert_eq!(post.files[1].bytes.len(), 2_000);
    }
}

#[tokio::test]
async fn a_post_in_a_forum_has_a_title() {
    let bench = DiscordBench::webhook().await;
    let desk = Desk::new();
    let form = DiscordBench::with_webhook(&bench.sandbox.address(FORUM_WEBHOOK));
    let account = desk.sign_in(bench.connector(), form).await.unwrap();
    let world = World {
        bench,
        desk,
        account,
    };
    let mut job = world.job("x", vec![], json!({ "forumTitle": "Question" }));
    let Outcome::Sent(delivered) = world.attempt(&mut job).await else {
        panic!("it was not posted");
    };
    let ctx = world.desk.ctx();
    let connector = world.bench.connector();
    let deleted = connector.delete(&world.account, &delivered, ctx).await;
    deleted.unwrap();
    assert!(world.bench.sandbox.posts().is_empty());
    let outcome = world.attempt(&mut world.job("x", vec![], json!({}))).await;
    let Outcome::NotSent(refusal) = outcome else {
        panic!("it was posted without a title");
    };
    assert_eq!(refusal.category, Category::Validation);
    assert!(refusal.message.contains("forum"));
}

#[tokio::test]
async fn a_bots_message_is_known_again_long_after() {
    let world = World::of(DiscordBench::bot().await).await;
    world.posted("Something else", vec![], json!({})).await;
    let picture = world.desk.picture("a.png", 40, 30);
    for media in [vec![], vec![picture]] {
        let mut job = world.job("The same words", media, json!({}));
        assert_eq!(world.confirm(&job).await, Confirmation::Absent);
        let faults = world.bench.sandbox.faults();
        faults.order("POST messages", Fault::CutAfter);
        let outcome = world.attempt(&mut job).await;
        assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
        world.bench.sandbox.forget_keys();
        let Confirmation::Found(found) = world.confirm(&job).await else {
            panic!("it was not found");
        };
        let url = format!(
            "https://discord.com/channels/{GUILD}/{CHANNEL}/{}",
            found.remote_id
        );
        assert_eq!(found.url, Some(url));
    }
}

#[tokio::test]
async fn a_second_call_with_the_same_key_adds_nothing() {
    let world = World::of(DiscordBench::bot().await).await;
    let job = world.job("Once", vec![], json!({}));
    for _ in 0..3 {
        assert!(matches!(
            world.attempt(&mut job.clone()).await,
            Outcome::Sent(_)
        ));
    }
    assert_eq!(world.bench.sandbox.made(), 1);
    let mut later = job.clone();
    later.turn = 1;
    later.handle = world.bench.connector().freeze(&later, world.desk.ctx());
    assert!(matches!(world.attempt(&mut later).await, Outcome::Sent(_)));
    assert_eq!(world.bench.sandbox.made(), 2);
}

#[tokio::test]
async fn an_empty_channel_counts_only_when_it_can_be_read() {
    let world = World::of(DiscordBench::bot().await).await;
    let mut job = world.job("Hi", vec![], json!({}));
    world.bench.sandbox.hide_history();
    assert_eq!(world.confirm(&job).await, Confirmation::Absent);
    let faults = world.bench.sandbox.faults();
    faults.order("POST messages", Fault::CutAfter);
    assert!(matches!(
        world.attempt(&mut job).await,
        Outcome::Uncertain(_)
    ));
    let Confirmation::CannotTell(why) = world.confirm(&job).await else {
        panic!("it claims to know");
    };
    assert!(why.contains("Read Message History"), "{why}");
}

#[tokio::test]
async fn what_discord_would_refuse_is_said_before() {
    let world = World::of(DiscordBench::bot().await).await;
    let base = world.desk.picture("a.png", 40, 30).facts;
    let of = |n: u8, mime: &str, bytes: u64| MediaFacts {
        id: format!("{n:02x}").repeat(32).parse().unwrap(),
        mime: mime.to_owned(),
        bytes,
        ..base.clone()
    };
    let video = |n: u8, megabytes: u64| of(n, "video/mp4", megabytes << 20);
    assert!(world.rules("x", &[video(1, 9)], json!({})).is_empty());
    assert_eq!(
        world.rules("x", &[video(1, 11)], json!({})),
        ["media_too_large"]
    );
    let three = [video(1, 9), video(2, 9), video(3, 9)];
    assert_eq!(world.rules("x", &three, json!({})), ["media_too_large"]);
    let mut many: Vec<MediaFacts> = (10..16).map(|n| of(n, "image/png", 10)).collect();
    many.extend((20..25).map(|n| video(n, 0)));
    assert_eq!(world.rules("x", &many, json!({})), ["too_many_files"]);
    assert_eq!(
        world.rules("x", &[], json!({ "card": true })),
        ["card_empty"]
    );
    let odd = json!({ "card": true, "cardTitle": "T", "cardAddress": "example" });
    assert_eq!(world.rules("x", &[], odd), ["card_address"]);
}

#[tokio::test]
async fn reactions_are_counted_for_bots() {
    let world = World::of(DiscordBench::bot().await).await;
    let mut job = world.job("Hi", vec![], json!({}));
    let Outcome::Sent(delivered) = world.attempt(&mut job).await else {
        panic!("it was not posted");
    };
    world.bench.sandbox.react();
    let connector = world.bench.connector();
    let ctx = world.desk.ctx();
    let numbers = connector.metrics(&world.account, &delivered, ctx).await;
    assert_eq!(numbers.unwrap().unwrap().likes, Some(3));
}

#[tokio::test]
async fn nothing_is_claimed_to_be_sent_where_nobody_answers() {
    let mut bench = DiscordBench::webhook().await;
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
    let told = format!("{refusal:?}");
    assert!(
        !told.contains(WEBHOOK_TOKEN) && !told.contains(WEBHOOK),
        "{told}"
    );
}
