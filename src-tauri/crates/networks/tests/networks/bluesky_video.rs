//! Videos on Bluesky: through the service where there is one, else straight to the account's server.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::time::Duration;

use model::failure::Category;
use networks::bluesky::{Bluesky, Config};
use networks::connector::{Job, JobMedia, Outcome};
use networks::http::Reach;
use networks::waiting::Patience;
use serde_json::{Value, json};
use testkit::conformance::{form, http};
use testkit::desk::{Desk, text};
use testkit::sandbox::bluesky::Sandbox;
use testkit::sandbox::{Canned, Fault};

const SERVICE: &str = "app.bsky.video.uploadVideo";
const STATUS: &str = "app.bsky.video.getJobStatus";
const STRAIGHT: &str = "com.atproto.repo.uploadBlob";
const PUT: &str = "com.atproto.repo.putRecord";

struct World {
    sandbox: Sandbox,
    connector: Bluesky,
    desk: Desk,
    job: Job,
    video: JobMedia,
}

impl World {
    /// A server with a video service beside it, or with none, and a post of one video.
    async fn start(service: bool) -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let config = Config {
            entryway: sandbox.origin(),
            directory: sandbox.origin(),
            cards: Reach::PublicAndLoopback,
            video_service: service.then(|| sandbox.origin()),
            video_patience: Patience {
                between: Duration::from_millis(1),
                looks: 3,
            },
            ..Config::default()
        };
        let connector = Bluesky::new(&http(), config).unwrap();
        let desk = Desk::new();
        let ana = sandbox.ana();
        let fields = form(&ana.handle, &ana.password, &sandbox.origin());
        let account = desk.sign_in(&connector, fields).await.unwrap();
        let mut video = desk.video("a.mp4", 200_000);
        (video.facts.width, video.facts.height) = (Some(720), Some(1_280));
        let mut segment = text("A clip");
        segment.media = vec![video.clone()];
        let job = desk.job(&connector, &account, vec![segment]);
        Self {
            sandbox,
            connector,
            desk,
            job,
            video,
        }
    }

    async fn attempt(&mut self) -> Outcome {
        self.desk.attempt(&self.connector, &mut self.job).await
    }

    /// The embed of the only post, after a look whether the video in it is the one that was sent.
    fn embed(&self) -> Value {
        let posts = self.sandbox.posts();
        assert_eq!(posts.len(), 1, "{posts:?}");
        let embed = posts[0]["embed"].clone();
        let link = embed["video"]["ref"]["$link"].as_str().unwrap();
        let sent = std::fs::read(&self.video.path).unwrap();
        assert_eq!(self.sandbox.blob(link), Some(sent));
        embed
    }
}

fn sent(outcome: &Outcome) {
    assert!(matches!(outcome, Outcome::Sent(_)), "{outcome:?}");
}

#[tokio::test]
async fn a_video_goes_through_the_service() {
    let mut world = World::start(true).await;
    sent(&world.attempt().await);
    let embed = world.embed();
    assert_eq!(embed["$type"], "app.bsky.embed.video");
    assert_eq!(embed["alt"], "Description of a.mp4");
    assert_eq!(
        embed["aspectRatio"],
        json!({ "width": 720, "height": 1_280 })
    );
    assert_eq!(world.sandbox.served_videos(), 1);
}

#[tokio::test]
async fn captions_go_beside_the_video_in_each_language() {
    let mut world = World::start(true).await;
    let captions = world.desk.captioned("b.mp4", 99, &["en", "pt-BR"]).captions;
    world.job.segments[0].media[0].captions = captions;
    sent(&world.attempt().await);
    let embed = world.embed();
    let all = embed["captions"].as_array().unwrap();
    let languages: Vec<_> = all.iter().map(|one| &one["lang"]).collect();
    assert_eq!(languages, [&json!("en"), &json!("pt-BR")]);
    let link = all[1]["file"]["ref"]["$link"].as_str().unwrap();
    let file = world.sandbox.blob(link).unwrap();
    let wanted = "WEBVTT\n\n00:00:00.500 --> 00:00:01.500\nWords in pt-BR\n";
    assert_eq!(String::from_utf8(file).unwrap(), wanted);
}

#[tokio::test]
async fn without_a_service_it_goes_straight_to_the_server() {
    let mut world = World::start(false).await;
    sent(&world.attempt().await);
    world.embed();
    assert_eq!(world.sandbox.served_videos(), 0);
    let mut other = World::start(true).await;
    let refused = Canned::xrpc(401, "unconfirmed_email", "confirm the address first");
    other
        .sandbox
        .faults()
        .order(SERVICE, Fault::Answer(refused));
    sent(&other.attempt().await);
    other.embed();
}

#[tokio::test]
async fn a_service_that_is_still_at_work_is_asked_again_and_gets_nothing_twice() {
    let mut world = World::start(true).await;
    for _ in 0..3 {
        let busy = json!({ "jobStatus": { "jobId": "job-0", "state": "JOB_STATE_ENCODING" } });
        let answer = Canned::json(200, &busy);
        world.sandbox.faults().order(STATUS, Fault::Answer(answer));
    }
    let outcome = world.attempt().await;
    let Outcome::NotSent(refusal) = &outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(refusal.category, Category::MediaProcessing);
    sent(&world.attempt().await);
    world.embed();
    assert_eq!(world.sandbox.served_videos(), 1);
}

#[tokio::test]
async fn a_video_the_service_cannot_use_is_told() {
    let mut world = World::start(true).await;
    let failed = json!({ "jobStatus": {
        "jobId": "job-0", "state": "JOB_STATE_FAILED", "failureCode": "encoding_failure", "error": "bad moov",
    }});
    let answer = Canned::json(200, &failed);
    world.sandbox.faults().order(STATUS, Fault::Answer(answer));
    let outcome = world.attempt().await;
    let Outcome::NotSent(refusal) = &outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(refusal.category, Category::MediaError);
    assert!(refusal.detail.as_deref().unwrap().contains("bad moov"));
    assert_eq!(world.sandbox.posts_made(), 0);
}

#[tokio::test]
async fn a_server_that_takes_less_says_so() {
    let mut world = World::start(false).await;
    world.sandbox.limit_uploads(1_000);
    let outcome = world.attempt().await;
    let Outcome::NotSent(refusal) = &outcome else {
        panic!("{outcome:?}");
    };
    assert!(
        refusal.message.contains("larger than the Bluesky server"),
        "{}",
        refusal.message
    );
}

#[tokio::test]
async fn a_video_is_uploaded_once_and_anew_where_the_server_lost_it() {
    let down = || Fault::Answer(Canned::xrpc(503, "InternalServerError", "try again"));
    let mut world = World::start(false).await;
    world.sandbox.faults().order(PUT, down());
    world.attempt().await;
    assert!(world.sandbox.faults().all_used());
    // What nobody asks for cannot fail.
    world.sandbox.faults().order(STRAIGHT, down());
    sent(&world.attempt().await);
    world.embed();
    assert!(!world.sandbox.faults().all_used());

    let mut forgetful = World::start(false).await;
    forgetful.sandbox.faults().order(PUT, down());
    forgetful.attempt().await;
    forgetful.sandbox.collect_blobs();
    sent(&forgetful.attempt().await);
    forgetful.embed();
}
