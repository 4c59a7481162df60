//! What the suite cannot ask of every network: Bluesky's own bad days.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::time::Duration;

use model::account::Account;
use model::failure::{Category, Retry};
use networks::connector::{Confirmation, Job, JobSegment, Outcome};
use networks::http::Reach;
use serde_json::{Value, json};
use testkit::conformance::{Bench, BlueskyBench};
use testkit::desk::{Desk, text};
use testkit::sandbox::{Canned, Fault, pages};

const PUT: &str = "com.atproto.repo.putRecord";
const PEOPLE: &str = "app.bsky.actor.searchActorsTypeahead";
const UPLOAD: &str = "com.atproto.repo.uploadBlob";

struct World {
    bench: BlueskyBench,
    desk: Desk,
    account: Account,
}

impl World {
    async fn start() -> Self {
        Self::with_cards(Reach::PublicAndLoopback).await
    }

    async fn with_cards(cards: Reach) -> Self {
        let bench = BlueskyBench::with_cards(cards).await;
        let desk = Desk::new();
        let account = desk
            .sign_in(bench.connector(), bench.sign_in())
            .await
            .unwrap();
        Self {
            bench,
            desk,
            account,
        }
    }

    fn job(&self, segments: Vec<JobSegment>) -> Job {
        self.desk
            .job(self.bench.connector(), &self.account, segments)
    }

    async fn attempt(&self, job: &mut Job) -> Outcome {
        self.desk.attempt(self.bench.connector(), job).await
    }

    /// Publishes a text and returns its record.
    async fn posted(&self, words: &str) -> Value {
        let outcome = self.attempt(&mut self.job(vec![text(words)])).await;
        assert!(matches!(outcome, Outcome::Sent(_)), "{outcome:?}");
        self.bench.sandbox.posts().pop().unwrap()
    }
}

fn category(outcome: &Outcome) -> Option<Category> {
    match outcome {
        Outcome::NotSent(refusal) | Outcome::Uncertain(refusal) => Some(refusal.category),
        _ => None,
    }
}

#[tokio::test]
async fn people_are_found_for_mentions() {
    let world = World::start().await;
    let (connector, ctx) = (world.bench.connector(), world.desk.ctx());
    let ask = |query: &'static str| connector.choices(&world.account, "mention", query, ctx);
    let found = ask("@bo").await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].value, "@bo.test");
    assert_eq!(found[0].label, "Bo Example (@bo.test)");
    assert_eq!(ask(" @ ").await.unwrap(), []);
    assert_eq!(
        connector
            .choices(&world.account, "board", "bo", ctx)
            .await
            .unwrap(),
        []
    );
    // A server of one's own has no app view behind it.
    world.bench.sandbox.faults().order(
        PEOPLE,
        Fault::Answer(Canned::xrpc(
            501,
            "MethodNotImplemented",
            "Method Not Implemented",
        )),
    );
    assert_eq!(ask("bo").await.unwrap(), []);
}

#[tokio::test]
async fn a_link_gets_the_card_of_its_page() {
    let world = World::start().await;
    let site = pages::start().await.unwrap();
    let address = format!("{}/article", site.origin());
    let record = world.posted(&format!("Read {address}")).await;
    let card = &record["embed"]["external"];
    assert_eq!(card["uri"], address);
    assert_eq!(card["title"], "An article & more");
    assert_eq!(card["description"], "What it is about");
    assert_eq!(card["thumb"]["mimeType"], "image/png");
}

#[tokio::test]
async fn a_page_without_a_head_is_called_by_its_address() {
    let world = World::start().await;
    let site = pages::start().await.unwrap();
    let address = format!("{}/bare", site.origin());
    let record = world.posted(&format!("Read {address}")).await;
    assert_eq!(record["embed"]["external"]["title"], address);
}

#[tokio::test]
async fn whatever_fails_on_a_page_only_drops_the_card() {
    let world = World::start().await;
    let site = pages::start().await.unwrap();
    site.faults().order("article", Fault::SilentBefore);
    site.faults().order("bare", Fault::CutBefore);
    for path in ["article", "bare", "data", "missing"] {
        let record = world
            .posted(&format!("Read {}/{path}", site.origin()))
            .await;
        assert_eq!(record.get("embed"), None, "{path}");
        assert_eq!(
            record["facets"][0]["features"][0]["$type"],
            "app.bsky.richtext.facet#link"
        );
        world.bench.sandbox.delete_posts();
    }
}

#[tokio::test]
async fn a_card_never_comes_from_a_private_network() {
    let world = World::with_cards(Reach::Public).await;
    let site = pages::start().await.unwrap();
    let port = site.origin().rsplit(':').next().unwrap().to_owned();
    for host in ["127.0.0.1", "localhost.localdomain", "[::ffff:127.0.0.1]"] {
        let record = world
            .posted(&format!("Read http://{host}:{port}/article"))
            .await;
        assert_eq!(record.get("embed"), None, "{host}");
        world.bench.sandbox.delete_posts();
    }
    assert_eq!(site.calls(), 0);
}

#[tokio::test]
async fn a_redirect_into_a_private_network_is_not_followed() {
    let world = World::start().await;
    let site = pages::start().await.unwrap();
    for to in [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "/to",
    ] {
        let record = world
            .posted(&format!("Read {}/to?address={to}", site.origin()))
            .await;
        assert_eq!(record.get("embed"), None, "{to}");
        world.bench.sandbox.delete_posts();
    }
}

#[tokio::test]
async fn no_card_where_it_is_turned_off_or_pictures_are_there() {
    let world = World::start().await;
    let site = pages::start().await.unwrap();
    let words = format!("Read {}/article", site.origin());
    let mut job = world.job(vec![text(&words)]);
    job.options.insert("linkCard".to_owned(), json!(false));
    assert!(matches!(world.attempt(&mut job).await, Outcome::Sent(_)));
    assert_eq!(world.bench.sandbox.posts()[0].get("embed"), None);
    let mut segment = text(&words);
    segment.media = vec![world.desk.picture("a.jpg", 20, 10)];
    world.bench.sandbox.delete_posts();
    assert!(matches!(
        world.attempt(&mut world.job(vec![segment])).await,
        Outcome::Sent(_)
    ));
    assert_eq!(
        world.bench.sandbox.posts()[0]["embed"]["$type"],
        "app.bsky.embed.images"
    );
    assert_eq!(site.calls(), 0);
}

#[tokio::test]
async fn a_thread_does_not_go_on_below_a_part_that_was_deleted() {
    let world = World::start().await;
    world.bench.sandbox.faults().order_after(
        PUT,
        1,
        Fault::Answer(Canned::xrpc(429, "RateLimitExceeded", "")),
    );
    let mut job = world.job(vec![text("One"), text("Two")]);
    assert_eq!(
        category(&world.attempt(&mut job).await),
        Some(Category::RateLimited)
    );
    world.bench.sandbox.delete_posts();
    world.desk.clock.pass(Duration::from_mins(10));
    let outcome = world.attempt(&mut job).await;
    let Outcome::NotSent(refusal) = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        (refusal.category, refusal.retry),
        (Category::Validation, Retry::Never)
    );
    assert!(refusal.message.contains("deleted"), "{}", refusal.message);
    assert_eq!(world.bench.sandbox.posts().len(), 0);
}

#[tokio::test]
async fn a_thread_goes_on_below_the_part_that_is_out_whatever_names_were_chosen_since() {
    let world = World::start().await;
    let limited = Fault::Answer(Canned::xrpc(429, "RateLimitExceeded", ""));
    world.bench.sandbox.faults().order_after(PUT, 1, limited);
    let mut job = world.job(vec![text("One"), text("Two")]);
    assert_eq!(
        category(&world.attempt(&mut job).await),
        Some(Category::RateLimited)
    );
    world.desk.clock.pass(Duration::from_mins(10));
    // An edit forgets every step that showed nothing, and may choose other names.
    let mut edited = world.job(vec![text("One"), text("Two, better")]);
    for key in edited.handle["keys"].as_array_mut().unwrap() {
        let old = key.as_str().unwrap();
        let last = if old.ends_with('2') { '3' } else { '2' };
        *key = json!(format!("{}{last}", &old[..old.len() - 1]));
    }
    edited.done = job.done;
    edited.done.retain(|s| s.key == "segment/0");
    edited.attempt = job.attempt;
    world.bench.sandbox.faults().order(PUT, Fault::CutAfter);
    let outcome = world.attempt(&mut edited).await;
    assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
    let found = world
        .bench
        .connector()
        .confirm(&edited, world.desk.ctx())
        .await;
    let Confirmation::Found(delivered) = found else {
        panic!("{found:?}")
    };
    assert_eq!(delivered.remote["segments"].as_array().unwrap().len(), 2);
    let texts: Vec<Value> = world
        .bench
        .sandbox
        .posts()
        .iter()
        .map(|p| p["text"].clone())
        .collect();
    assert_eq!(texts, ["One", "Two, better"]);
}

#[tokio::test]
async fn a_post_whose_answer_was_lost_is_adopted_and_not_written_again() {
    let world = World::start().await;
    world.bench.sandbox.faults().order(PUT, Fault::CutAfter);
    let mut job = world.job(vec![text("Once")]);
    assert!(matches!(
        world.attempt(&mut job).await,
        Outcome::Uncertain(_)
    ));
    // Without asking first, as after a wrong answer of the person.
    assert!(matches!(world.attempt(&mut job).await, Outcome::Sent(_)));
    assert_eq!(world.bench.sandbox.posts_made(), 1);
}

#[tokio::test]
async fn files_the_server_lost_are_uploaded_again() {
    let world = World::start().await;
    let mut segment = text("A picture");
    segment.media = vec![world.desk.picture("a.jpg", 20, 10)];
    world.bench.sandbox.faults().order(
        PUT,
        Fault::Answer(Canned::xrpc(429, "RateLimitExceeded", "")),
    );
    let mut job = world.job(vec![segment]);
    assert_eq!(
        category(&world.attempt(&mut job).await),
        Some(Category::RateLimited)
    );
    world.bench.sandbox.collect_blobs();
    assert!(matches!(world.attempt(&mut job).await, Outcome::Sent(_)));
    assert_eq!(
        world.bench.sandbox.posts()[0]["embed"]["images"][0]["alt"],
        "Description of a.jpg"
    );
}

#[tokio::test]
async fn pictures_shrink_to_what_a_small_server_takes() {
    let world = World::start().await;
    let noise = image_of_noise(&world.desk);
    assert!(noise.facts.bytes > 600_000, "{}", noise.facts.bytes);
    world.bench.sandbox.limit_uploads(300_000);
    let mut segment = text("Large");
    segment.media = vec![noise];
    assert!(matches!(
        world.attempt(&mut world.job(vec![segment])).await,
        Outcome::Sent(_)
    ));
    let size = world.bench.sandbox.posts()[0]["embed"]["images"][0]["image"]["size"].as_u64();
    assert!(size.unwrap() <= 300_000);
}

/// A picture that does not compress.
fn image_of_noise(desk: &Desk) -> networks::connector::JobMedia {
    let mut file = desk.picture("noise.png", 640, 480);
    let mut pixels = vec![0; 640 * 480 * 3];
    model::Entropy::fill(&desk.entropy, &mut pixels);
    image::RgbImage::from_raw(640, 480, pixels)
        .unwrap()
        .save(&file.path)
        .unwrap();
    file.facts.bytes = std::fs::metadata(&file.path).unwrap().len();
    file
}

#[tokio::test]
async fn a_corrupt_picture_is_a_media_error_with_a_sentence() {
    let world = World::start().await;
    let file = world.desk.picture("a.png", 20, 10);
    std::fs::write(&file.path, b"\x89PNG\r\n\x1a\nbroken").unwrap();
    let mut segment = text("Broken");
    segment.media = vec![file.clone()];
    let outcome = world.attempt(&mut world.job(vec![segment.clone()])).await;
    let Outcome::NotSent(refusal) = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        (refusal.category, refusal.retry),
        (Category::MediaError, Retry::Never)
    );
    std::fs::remove_file(&file.path).unwrap();
    assert_eq!(
        category(&world.attempt(&mut world.job(vec![segment])).await),
        Some(Category::MediaError)
    );
    assert_eq!(world.bench.sandbox.posts_made(), 0);
}

#[tokio::test]
async fn many_calls_renew_a_session_once() {
    let world = World::start().await;
    world.bench.sandbox.end_access();
    let identify = || {
        world
            .bench
            .connector()
            .identify(&world.account, world.desk.ctx())
    };
    let (a, b, c, d) = tokio::join!(identify(), identify(), identify(), identify());
    for result in [a, b, c, d] {
        assert_eq!(result.unwrap().remote_id, world.account.remote_id);
    }
    assert_eq!(world.bench.sandbox.refreshes(), 1);
}

#[tokio::test]
async fn a_session_that_cannot_be_stored_is_not_used() {
    let world = World::start().await;
    world.bench.sandbox.end_access();
    world
        .desk
        .vault
        .fail_with(Some(networks::vault::VaultError::Locked));
    let outcome = world.attempt(&mut world.job(vec![text("Locked")])).await;
    let Outcome::NotSent(refusal) = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(refusal.retry, Retry::Backoff, "the account stays connected");
    assert!(refusal.message.contains("locked"), "{}", refusal.message);
}

#[tokio::test]
async fn renewing_that_fails_for_now_does_not_sign_an_account_out() {
    let world = World::start().await;
    world.bench.sandbox.end_access();
    let refresh = "com.atproto.server.refreshSession";
    for fault in [
        Fault::CutBefore,
        Fault::Answer(Canned::page(502)),
        Fault::Answer(Canned::page(200)),
    ] {
        world.bench.sandbox.faults().order(refresh, fault);
        let outcome = world.attempt(&mut world.job(vec![text("Later")])).await;
        assert_eq!(
            category(&outcome),
            Some(Category::NetworkError),
            "{outcome:?}"
        );
    }
    let outcome = world.attempt(&mut world.job(vec![text("Now")])).await;
    assert!(matches!(outcome, Outcome::Sent(_)), "{outcome:?}");
}

#[tokio::test]
async fn a_suspended_account_is_told_so() {
    let world = World::start().await;
    world.bench.sandbox.take_down(&world.account.remote_id);
    let outcome = world.attempt(&mut world.job(vec![text("Hello")])).await;
    let Outcome::NotSent(refusal) = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(refusal.category, Category::AuthError);
    assert!(refusal.message.contains("suspended"), "{}", refusal.message);
}

#[tokio::test]
async fn looking_that_fails_is_no_answer() {
    let world = World::start().await;
    let job = world.job(vec![text("Hello")]);
    let get = "com.atproto.repo.getRecord";
    let connector = world.bench.connector();
    for fault in [
        Fault::CutBefore,
        Fault::SilentBefore,
        Fault::Answer(Canned::page(200)),
    ] {
        world.bench.sandbox.faults().order(get, fault);
        let confirmed = connector.confirm(&job, world.desk.ctx()).await;
        assert!(
            matches!(confirmed, Confirmation::NotNow(_)),
            "{confirmed:?}"
        );
    }
    assert_eq!(
        connector.confirm(&job, world.desk.ctx()).await,
        Confirmation::Absent
    );
}

#[tokio::test]
async fn mentions_are_linked_only_where_somebody_answers() {
    let world = World::start().await;
    let record = world.posted("Hi @bo.test and @nobody.test").await;
    let facets = record["facets"].as_array().unwrap();
    assert_eq!(facets.len(), 1);
    assert_eq!(
        facets[0]["features"][0]["did"],
        world.bench.sandbox.bo().did
    );
}

#[tokio::test]
async fn an_upload_that_is_refused_early_is_a_media_error() {
    let world = World::start().await;
    let too_large = Fault::Answer(Canned::xrpc(
        413,
        "PayloadTooLarge",
        "request entity too large",
    ));
    for _ in 0..3 {
        world
            .bench
            .sandbox
            .faults()
            .order(UPLOAD, too_large.clone());
    }
    let mut segment = text("Large");
    segment.media = vec![world.desk.picture("a.jpg", 20, 10)];
    let outcome = world.attempt(&mut world.job(vec![segment])).await;
    assert_eq!(
        category(&outcome),
        Some(Category::MediaError),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn numbers_come_from_the_server() {
    let world = World::start().await;
    let outcome = world.attempt(&mut world.job(vec![text("Count me")])).await;
    let Outcome::Sent(delivered) = outcome else {
        panic!("{outcome:?}")
    };
    let connector = world.bench.connector();
    let metrics = connector
        .metrics(&world.account, &delivered, world.desk.ctx())
        .await;
    let metrics = metrics.unwrap().unwrap();
    assert_eq!(
        (metrics.likes, metrics.reposts, metrics.replies),
        (Some(3), Some(2), Some(1))
    );
    assert_eq!(delivered.url.unwrap().split("/post/").count(), 2);
}
