//! Facebook Pages over its sandbox: the suite, signing in, and what is its own.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod signing_in;
mod videos;

use std::time::Duration;

use model::account::Account;
use model::content::{MediaUse, Segment};
use model::failure::{Category, Retry};
use model::post::TargetDraft;
use networks::connector::{
    CheckInput, Confirmation, JobMedia, MediaFacts, Outcome, Refusal, SignInFields, SignedIn,
};
use networks::vault::Vault;
use serde_json::{Value, json};
use testkit::conformance::{self, Bench, FacebookBench, filled};
use testkit::desk::{ACCOUNT, DUE, Desk, text};
use testkit::sandbox::{Canned, Fault};

use crate::world::{sent, with};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn facebook_conforms() {
    conformance::holds(FacebookBench::start).await;
}

type World = crate::world::World<FacebookBench>;

impl World {
    async fn start() -> Self {
        Self::of(FacebookBench::start().await)
    }

    /// Signs in through the browser and gives what came.
    async fn through_browser(&self) -> Result<Vec<SignedIn>, Refusal> {
        self.through_browser_with(|_| {}).await
    }

    async fn through_browser_with(
        &self,
        meanwhile: impl FnOnce(&FacebookBench),
    ) -> Result<Vec<SignedIn>, Refusal> {
        let app = self.bench.sandbox.app();
        let form = app_form(&app.id, &app.secret);
        self.browse("oauth", &form, &app.redirect, meanwhile).await
    }
}

fn app_form(id: &str, secret: &str) -> SignInFields {
    filled(&[("client_id", id)], &[("client_secret", secret)])
}

#[tokio::test]
async fn each_kind_and_option_arrives() {
    let world = World::start().await;
    let account = world.account().await;
    let post = |words: &str, media, options: &[(&str, Value)]| {
        world.job(&account, with(words, media), options)
    };
    let link = [("link", json!("https://example.org/a"))];
    let delivered = sent(world.attempt(&mut post("See", vec![], &link)).await);
    assert!(
        delivered
            .url
            .unwrap()
            .starts_with("https://www.facebook.com/501_")
    );
    let pictures = vec![
        world.desk.picture("a.jpg", 40, 30),
        world.desk.picture("b.png", 30, 40),
    ];
    sent(world.attempt(&mut post("Two", pictures, &[])).await);
    let title = ("title", json!("Baking"));
    let video = || vec![world.desk.video("v.mp4", 90_000)];
    sent(
        world
            .attempt(&mut post("Long", video(), std::slice::from_ref(&title)))
            .await,
    );
    let reel = [("kind", json!("reel")), title];
    sent(world.attempt(&mut post("Short", video(), &reel)).await);
    let story = [("kind", json!("story"))];
    sent(world.attempt(&mut post("", video(), &story)).await);
    let picture = vec![world.desk.picture("c.jpg", 90, 160)];
    sent(world.attempt(&mut post("", picture, &story)).await);

    let posts = world.bench.sandbox.posts();
    let kinds: Vec<&str> = posts.iter().map(|p| p.kind).collect();
    assert_eq!(kinds, ["post", "post", "video", "reel", "story", "story"]);
    assert_eq!(posts[0].fields["link"], "https://example.org/a");
    assert_eq!(posts[1].photos.len(), 2);
    assert_eq!(
        world.bench.sandbox.alt_of(&posts[1].photos[1]),
        "Description of b.png"
    );
    assert_eq!(posts[2].fields["title"], "Baking");
    assert_eq!(posts[2].fields["description"], "Long");
    assert_eq!(posts[3].fields["description"], "Short");
    assert_eq!(posts[3].fields["video_state"], "PUBLISHED");
}

#[tokio::test]
async fn facebook_keeps_posts_and_reels_until_their_minute() {
    let world = World::start().await;
    let account = world.account().await;
    world
        .bench
        .sandbox
        .set_clock(DUE.as_millis() / 1_000 - 3_600);
    world.desk.clock.set(DUE.minus(Duration::from_hours(1)));
    let placed = |outcome| assert!(matches!(outcome, Outcome::Placed(_)), "{outcome:?}");
    let mut later = world.job(&account, text("Later"), &[]);
    later.place_at = Some(DUE);
    placed(world.attempt(&mut later).await);
    sent(
        world
            .attempt(&mut world.job(&account, text("Now, since nobody asked"), &[]))
            .await,
    );
    let reel = [("kind", json!("reel"))];
    let video = with("Reel", vec![world.desk.video("v.mp4", 9_000)]);
    let mut later = world.job(&account, video, &reel);
    later.place_at = Some(DUE);
    placed(world.attempt(&mut later).await);
    let posts = world.bench.sandbox.posts();
    let due = (DUE.as_millis() / 1_000).to_string();
    assert_eq!(posts[0].fields["scheduled_publish_time"], due);
    assert_eq!(posts[0].fields["published"], "false");
    assert!(!posts[1].fields.contains_key("scheduled_publish_time"));
    assert_eq!(posts[2].fields["video_state"], "SCHEDULED");
}

#[tokio::test]
async fn a_post_takes_as_few_calls_as_can_be() {
    let world = World::start().await;
    let account = world.account().await;
    let picture = || vec![world.desk.picture("a.jpg", 40, 30)];
    let video = || vec![world.desk.video("v.mp4", 90_000)];
    let reel = [("kind", json!("reel"))];
    let cases = [
        (world.job(&account, text("One call"), &[]), 1),
        (
            world.job(&account, with("Upload and post", picture()), &[]),
            2,
        ),
        // Start, bytes, finish, and two looks while it is worked on.
        (world.job(&account, with("Video", video()), &[]), 5),
        (world.job(&account, with("Reel", video()), &reel), 5),
    ];
    for (mut job, calls) in cases {
        let before = world.bench.sandbox.calls();
        sent(world.attempt(&mut job).await);
        assert_eq!(
            world.bench.sandbox.calls() - before,
            calls,
            "{:?}",
            job.segments[0].text
        );
    }
}

#[tokio::test]
async fn whatever_happens_after_the_last_call_it_is_found_and_published_once() {
    let broken = Canned {
        body: "{\"id\":\"5".to_owned(),
        ..Canned::broken()
    };
    let faults = [
        Fault::CutAfter,
        Fault::CutInAnswer,
        Fault::SilentAfter,
        Fault::AnswerAfter(Canned::page(502)),
        Fault::AnswerAfter(Canned::page(200)),
        Fault::AnswerAfter(broken),
    ];
    for fault in faults {
        let world = World::start().await;
        let account = world.account().await;
        let picture = vec![world.desk.picture("a.jpg", 40, 30)];
        let video = || vec![world.desk.video("v.mp4", 9_000)];
        let cases = [
            ("feed", 0, world.job(&account, text("Words"), &[])),
            (
                "feed",
                0,
                world.job(&account, with("", picture.clone()), &[]),
            ),
            (
                "photo_stories",
                0,
                world.job(&account, with("", picture), &[("kind", json!("story"))]),
            ),
            (
                "videos",
                2,
                world.job(&account, with("Video", video()), &[]),
            ),
            (
                "video_reels",
                1,
                world.job(&account, with("Reel", video()), &[("kind", json!("reel"))]),
            ),
        ];
        let mut published = 0;
        for (method, passes, mut job) in cases {
            world
                .bench
                .sandbox
                .faults()
                .order_after(method, passes, fault.clone());
            let outcome = world.attempt(&mut job).await;
            assert!(
                matches!(outcome, Outcome::Uncertain(_)),
                "{fault:?} {method}: {outcome:?}"
            );
            world.desk.clock.pass(Duration::from_secs(20));
            let mut confirmed = world.confirm(&job).await;
            while matches!(confirmed, Confirmation::NotNow(_)) {
                world.desk.clock.pass(Duration::from_mins(1));
                confirmed = world.confirm(&job).await;
            }
            assert!(
                matches!(confirmed, Confirmation::Found(_)),
                "{fault:?} {method}: {confirmed:?}"
            );
            published += 1;
            assert_eq!(world.bench.sandbox.made(), published, "{fault:?} {method}");
        }
    }
}

#[tokio::test]
async fn the_person_is_asked_only_a_minute_after_the_last_call() {
    let world = World::start().await;
    let account = world.account().await;
    let mut job = world.job(&account, with("Lost", vec![]), &[]);
    for _ in 0..2 {
        let faults = world.bench.sandbox.faults();
        faults.order("feed", Fault::CutBefore);
        let outcome = world.attempt(&mut job).await;
        assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
        let soon = world.confirm(&job).await;
        assert!(matches!(soon, Confirmation::NotNow(_)), "{soon:?}");
        world.desk.clock.pass(Duration::from_mins(1));
        let asked = world.confirm(&job).await;
        assert!(matches!(asked, Confirmation::CannotTell(_)), "{asked:?}");
    }
}

#[tokio::test]
async fn pictures_shrink_to_what_facebook_takes() {
    let world = World::start().await;
    let account = world.account().await;
    world.bench.sandbox.limit_photos(2_500_000);
    let file = noise(&world.desk);
    let mut job = world.job(&account, with("Large", vec![file]), &[]);
    sent(world.attempt(&mut job).await);
}

/// A picture that does not compress.
fn noise(desk: &Desk) -> JobMedia {
    let mut file = desk.picture("noise.png", 1_500, 1_200);
    let mut pixels = vec![0; 1_500 * 1_200 * 3];
    model::Entropy::fill(&desk.entropy, &mut pixels);
    image::RgbImage::from_raw(1_500, 1_200, pixels)
        .unwrap()
        .save(&file.path)
        .unwrap();
    file.facts.bytes = std::fs::metadata(&file.path).unwrap().len();
    file
}

#[tokio::test]
async fn rules_of_each_kind_are_checked() {
    let world = World::start().await;
    let account = world.account().await;
    let picture = world.desk.picture("a.jpg", 40, 30).facts;
    let video = world.desk.video("v.mp4", 900).facts;
    let rules = |media: &[&MediaFacts], words: &str, options: Value| {
        let segment = Segment {
            text: words.to_owned(),
            media: media
                .iter()
                .map(|m| MediaUse::new(m.id.clone(), "x"))
                .collect(),
        };
        let draft = TargetDraft {
            account_id: ACCOUNT,
            override_segments: None,
            options: options.as_object().unwrap().clone(),
        };
        let facts: Vec<MediaFacts> = media.iter().map(|m| (*m).clone()).collect();
        let found = world.bench.connector().check(CheckInput {
            account: &account,
            segments: &[segment],
            draft: &draft,
            media: &facts,
        });
        found.into_iter().map(|p| p.rule).collect::<Vec<_>>()
    };
    assert!(rules(&[&video], "fine", json!({ "kind": "reel" })).is_empty());
    assert_eq!(
        rules(&[&picture], "x", json!({ "kind": "reel" })),
        ["reel_needs_video"]
    );
    assert_eq!(
        rules(&[], "x", json!({ "kind": "story" })),
        ["story_needs_one"]
    );
    assert_eq!(
        rules(&[&picture], "x", json!({ "kind": "story" })),
        ["story_text"]
    );
    let link = json!({ "link": "https://example.org" });
    assert_eq!(rules(&[&picture], "x", link), ["link_with_media"]);
    assert_eq!(
        rules(&[], "x", json!({ "link": "example.org" })),
        ["link_odd"]
    );
    assert_eq!(rules(&[&picture, &video], "x", json!({})), ["mixed_media"]);
}

#[tokio::test]
async fn numbers_come_back() {
    let world = World::start().await;
    let account = world.account().await;
    let delivered = sent(
        world
            .attempt(&mut world.job(&account, text("Count"), &[]))
            .await,
    );
    let connector = world.bench.connector();
    let numbers = connector
        .metrics(&account, &delivered, world.desk.ctx())
        .await;
    let numbers = numbers.unwrap().unwrap();
    assert_eq!(
        (numbers.likes, numbers.replies, numbers.reposts),
        (Some(3), Some(1), Some(2))
    );
}
