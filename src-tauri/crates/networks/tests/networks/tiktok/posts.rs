//! Posts at TikTok: each option, how a video goes, what becomes of it afterwards.

use std::time::Duration;

use model::failure::{Category, Retry};
use networks::connector::{Confirmation, MediaFacts, Outcome};
use networks::vault::Vault;
use serde_json::{Value, json};
use testkit::conformance::Bench;
use testkit::desk::ACCOUNT;
use testkit::sandbox::Fault;

use super::World;
use crate::world::{not_sent, sent};

#[tokio::test]
async fn each_option_of_a_video_arrives() {
    let world = World::start().await;
    let video = world.desk.video("clip.mp4", 300_000);
    let path = video.path.clone();
    let options = json!({
        "privacy": "MUTUAL_FOLLOW_FRIENDS", "allowComments": true, "allowDuet": true,
        "allowStitch": true, "ownBrand": true, "paidPartnership": true, "madeWithAi": true,
        "coverSecond": 3,
    });
    let mut job = world.job("Hello #one @ana", vec![video], options);
    let delivered = sent(world.attempt(&mut job).await);
    assert_eq!(
        world.sandbox().posts(),
        [json!({
            "title": "Hello #one @ana", "privacy_level": "MUTUAL_FOLLOW_FRIENDS",
            "disable_comment": false, "disable_duet": false, "disable_stitch": false,
            "brand_organic_toggle": true, "brand_content_toggle": true, "is_aigc": true,
            "video_cover_timestamp_ms": 3_000,
        })]
    );
    assert!(world.sandbox().newest_bytes() == std::fs::read(path).unwrap());
    // Posts that are not public get no number.
    assert_eq!(delivered.url, None);
    assert!(delivered.remote_id.starts_with("v_pub_file~"));
}

#[tokio::test]
async fn the_poster_that_was_chosen_in_a_video_is_its_cover_where_no_other_is_said() {
    for (options, cover) in [(json!({}), 1_500), (json!({ "coverSecond": 3 }), 3_000)] {
        let world = World::start().await;
        let mut video = world.desk.video("clip.mp4", 90_000);
        video.poster_ms = Some(1_500);
        let mut job = world.job("Words", vec![video], options);
        sent(world.attempt(&mut job).await);
        let posts = world.sandbox().posts();
        assert_eq!(posts[0]["video_cover_timestamp_ms"], cover);
    }
}

#[tokio::test]
async fn nothing_is_allowed_unless_it_is_chosen_and_the_account_allows_it() {
    let world = World::start().await;
    let mut job = world.video("Words", 90_000);
    sent(world.attempt(&mut job).await);
    world.sandbox().close_comments();
    let video = world.desk.video("other.mp4", 90_001);
    let mut job = world.job("Words", vec![video], json!({ "allowComments": true }));
    sent(world.attempt(&mut job).await);
    for post in world.sandbox().posts() {
        assert_eq!(post["disable_comment"], true);
        assert_eq!(post["brand_content_toggle"], false);
    }
}

#[tokio::test]
async fn each_option_of_photos_arrives_and_the_folder_is_empty_afterwards() {
    let world = World::start().await;
    let media = vec![
        world.desk.picture("one.jpg", 40, 30),
        world.desk.picture("two.png", 30, 40),
    ];
    let options = json!({ "title": "A title", "addMusic": true });
    let mut job = world.job("What it shows", media, options);
    let delivered = sent(world.attempt(&mut job).await);
    let post = world.sandbox().posts().remove(0);
    assert_eq!(post["title"], "A title");
    assert_eq!(post["description"], "What it shows");
    assert_eq!(post["auto_add_music"], true);
    assert_eq!(world.sandbox().newest_files(), 2);
    let url = delivered.url.unwrap();
    assert!(
        url.starts_with("https://www.tiktok.com/@ana.films/photo/74"),
        "{url}"
    );
    let left = std::fs::read_dir(world.bench.folder()).unwrap().count();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn photos_stay_in_the_folder_while_tiktok_may_fetch_them() {
    let world = World::start().await;
    world.sandbox().work_for(8);
    let media = vec![world.desk.picture("one.jpg", 40, 30)];
    let mut job = world.job("Words", media, json!({}));
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
    let files = || std::fs::read_dir(world.bench.folder()).unwrap().count();
    assert_eq!(files(), 1);
    let mut looked = world.confirm(&job).await;
    while matches!(looked, Confirmation::NotNow(_)) {
        looked = world.confirm(&job).await;
    }
    assert!(matches!(looked, Confirmation::Found(_)), "{looked:?}");
    assert_eq!(files(), 0);
}

#[tokio::test]
async fn a_publish_makes_as_few_calls_as_the_network_allows() {
    let world = World::start().await;
    world.sandbox().work_for(0);
    let before = world.sandbox().calls();
    sent(world.attempt(&mut world.video("Words", 300_000)).await);
    let calls = world.sandbox().calls() - before;
    assert_eq!(calls, 6, "creator, init, three pieces, status");
}

#[tokio::test]
async fn an_upload_goes_on_where_it_stopped_and_its_address_stays_in_the_vault() {
    let world = World::start().await;
    let faults = world.sandbox().faults();
    faults.order_after("PUT upload", 1, Fault::CutAfter);
    let mut job = world.video("Words", 300_000);
    let refusal = not_sent(world.attempt(&mut job).await);
    assert_eq!(refusal.category, Category::NetworkError);
    let told = format!("{:?}{:?}{refusal:?}", job.done, job.handle);
    assert!(!told.contains("upload-proof"), "{told}");
    world.sandbox().work_for(0);
    let before = world.sandbox().calls();
    sent(world.attempt(&mut job).await);
    // The piece whose answer was lost is not sent again.
    assert_eq!(
        world.sandbox().calls() - before,
        3,
        "status, a piece, status"
    );
    let name = format!("upload/{}/0", job.target_id.0);
    assert_eq!(world.desk.vault.get(ACCOUNT, &name).await, Ok(None));
}

#[tokio::test]
async fn an_upload_that_tiktok_forgot_begins_anew() {
    let world = World::start().await;
    let faults = world.sandbox().faults();
    faults.order_after("PUT upload", 1, Fault::CutBefore);
    let mut job = world.video("Words", 300_000);
    not_sent(world.attempt(&mut job).await);
    world.sandbox().lose_uploads();
    sent(world.attempt(&mut job).await);
    assert_eq!(world.sandbox().made(), 1);
}

#[tokio::test]
async fn a_video_that_takes_long_is_waited_for_and_never_sent_twice() {
    let world = World::start().await;
    world.sandbox().work_for(20);
    let mut job = world.video("Words", 90_000);
    let Outcome::Uncertain(refusal) = world.attempt(&mut job).await else {
        panic!("it has to wait");
    };
    assert_eq!(refusal.category, Category::MediaProcessing);
    let looked = world.confirm(&job).await;
    assert!(matches!(looked, Confirmation::NotNow(_)), "{looked:?}");
    // Another attempt only waits as well.
    let again = world.attempt(&mut job).await;
    assert!(matches!(again, Outcome::Uncertain(_)), "{again:?}");
    sent(world.attempt(&mut job).await);
    assert_eq!(world.sandbox().made(), 1);
}

#[tokio::test]
async fn a_private_video_is_found_as_often_as_it_is_looked_for() {
    let world = World::start().await;
    world.sandbox().work_for(8);
    let video = world.desk.video("clip.mp4", 90_000);
    let mut job = world.job("Words", vec![video], json!({ "privacy": "SELF_ONLY" }));
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
    let mut looked = world.confirm(&job).await;
    while matches!(looked, Confirmation::NotNow(_)) {
        looked = world.confirm(&job).await;
    }
    for _ in 0..2 {
        assert!(matches!(looked, Confirmation::Found(_)), "{looked:?}");
        looked = world.confirm(&job).await;
    }
}

#[tokio::test]
async fn a_video_that_tiktok_refuses_after_taking_it_is_told_and_can_be_sent_again() {
    let world = World::start().await;
    world.sandbox().fail_with(Some("duration_check_failed"));
    let mut job = world.video("Words", 90_000);
    let refusal = not_sent(world.attempt(&mut job).await);
    assert_eq!(refusal.category, Category::MediaError);
    assert_eq!(refusal.retry, Retry::Never);
    world.sandbox().fail_with(None);
    sent(world.attempt(&mut job).await);
    assert_eq!(world.sandbox().made(), 1);
}

#[tokio::test]
async fn a_refusal_that_comes_while_nobody_looks_is_told_by_the_next_attempt() {
    let world = World::start().await;
    world.sandbox().work_for(7);
    world.sandbox().fail_with(Some("file_format_check_failed"));
    let mut job = world.video("Words", 90_000);
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
    let mut looked = world.confirm(&job).await;
    while matches!(looked, Confirmation::NotNow(_)) {
        looked = world.confirm(&job).await;
    }
    assert_eq!(looked, Confirmation::Absent);
    let refusal = not_sent(world.attempt(&mut job).await);
    assert_eq!(refusal.category, Category::MediaError);
    assert_eq!(world.sandbox().made(), 0);
}

#[tokio::test]
async fn what_tiktok_no_longer_offers_is_found_before_anything_is_sent() {
    let world = World::start().await;
    world.sandbox().offer(&["SELF_ONLY"]);
    let refusal = not_sent(world.attempt(&mut world.video("Words", 90_000)).await);
    assert_eq!(refusal.category, Category::Validation);
    assert!(
        refusal.message.contains("Who can see it"),
        "{}",
        refusal.message
    );
}

#[tokio::test]
async fn an_app_that_was_not_audited_is_told_what_it_may() {
    let world = World::start().await;
    world.sandbox().unaudit();
    let refusal = not_sent(world.attempt(&mut world.video("Words", 90_000)).await);
    assert_eq!(refusal.category, Category::Validation);
    assert!(refusal.message.contains("audited"), "{}", refusal.message);
    let video = world.desk.video("clip.mp4", 90_000);
    let options = json!({ "privacy": "SELF_ONLY" });
    sent(
        world
            .attempt(&mut world.job("Words", vec![video], options))
            .await,
    );
}

#[tokio::test]
async fn a_full_day_is_waited_out() {
    let world = World::start().await;
    world.sandbox().limit_posts(0);
    let refusal = not_sent(world.attempt(&mut world.video("Words", 90_000)).await);
    assert_eq!(refusal.category, Category::RateLimited);
    assert!(matches!(refusal.retry, Retry::At(_)), "{:?}", refusal.retry);
}

#[tokio::test]
async fn a_private_photo_post_whose_answer_was_lost_is_asked_about() {
    let world = World::start().await;
    world.sandbox().faults().order("POST init", Fault::CutAfter);
    let media = vec![world.desk.picture("one.jpg", 40, 30)];
    let mut job = world.job("Words", media, json!({ "privacy": "SELF_ONLY" }));
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
    let looked = world.confirm(&job).await;
    assert!(matches!(looked, Confirmation::CannotTell(_)), "{looked:?}");
}

#[tokio::test]
async fn a_public_post_whose_name_was_lost_is_found_by_its_words() {
    let world = World::start().await;
    let mut job = world.video("Find me by these words", 90_000);
    sent(world.attempt(&mut job).await);
    job.done.clear();
    let looked = world.confirm(&job).await;
    assert!(matches!(looked, Confirmation::Found(_)), "{looked:?}");
    // With other words it is another post, which counts as absent only after a while.
    let mut other = world.video("Others", 90_001);
    other.first_sent_try_at = Some(testkit::desk::DUE);
    let looked = world.confirm(&other).await;
    assert!(matches!(looked, Confirmation::NotNow(_)), "{looked:?}");
    world.desk.clock.pass(Duration::from_mins(5));
    let looked = world.confirm(&other).await;
    assert_eq!(looked, Confirmation::Absent);
}

#[tokio::test]
async fn whom_a_post_may_be_shown_to_is_offered_and_numbers_are_read() {
    let world = World::start().await;
    let (connector, ctx) = (world.bench.connector(), world.desk.ctx());
    let offered = connector.choices(&world.account, "privacy", "", ctx).await;
    let labels: Vec<String> = offered.unwrap().into_iter().map(|c| c.label).collect();
    assert_eq!(labels.len(), 3);
    assert_eq!(labels[2], "Only you");
    let one = connector
        .choices(&world.account, "privacy", "every", ctx)
        .await;
    assert_eq!(one.unwrap().len(), 1);
    let delivered = sent(world.attempt(&mut world.video("Words", 90_000)).await);
    let numbers = connector.metrics(&world.account, &delivered, ctx).await;
    let numbers = numbers.unwrap().unwrap();
    assert_eq!((numbers.likes, numbers.views), (Some(3), Some(50)));
    let refused = connector.delete(&world.account, &delivered, ctx).await;
    assert!(refused.unwrap_err().message.contains("TikTok app"));
}

#[tokio::test]
async fn rules_are_told_before_anything_is_sent() {
    let world = World::start().await;
    let picture = world.desk.picture("one.jpg", 40, 30).facts;
    let video = world.desk.video("clip.mp4", 900).facts;
    let rules = |media: &[&MediaFacts], options: Value| {
        let media: Vec<MediaFacts> = media.iter().map(|&facts| facts.clone()).collect();
        world.rules("Words", &media, options)
    };
    let public = |name: &str, value: Value| {
        let mut options = json!({ "privacy": "PUBLIC_TO_EVERYONE" });
        options[name] = value;
        options
    };
    let plain = || public("madeWithAi", json!(false));
    assert!(rules(&[&video], plain()).is_empty());
    assert_eq!(rules(&[&video], json!({})), ["option_missing"]);
    assert_eq!(rules(&[], plain()), ["needs_media"]);
    assert_eq!(rules(&[&picture, &video], plain()), ["mixed_media"]);
    let paid = json!({ "privacy": "SELF_ONLY", "paidPartnership": true });
    assert_eq!(rules(&[&video], paid), ["paid_and_private"]);
    let long = public("title", json!("x".repeat(91)));
    assert_eq!(rules(&[&picture], long), ["title_too_long"]);
    let mut without = world.account.clone();
    without.settings = json!({});
    let rules = |facts: MediaFacts| world.rules_for(&without, "Words", &[facts], plain());
    assert_eq!(rules(picture.clone()), ["needs_public_address"]);
    assert!(rules(video.clone()).is_empty());
    let connector = world.bench.connector();
    assert_eq!(connector.missing(&without).len(), 1);
    assert!(connector.missing(&world.account).is_empty());
}
