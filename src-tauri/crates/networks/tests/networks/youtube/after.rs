//! What becomes of a video after its last byte: YouTube refuses it, takes its time, shows it to others than
//! was chosen, or does not take what comes after it.

use std::time::Duration;

use model::failure::{Category, Retry};
use networks::connector::{Confirmation, Job, Outcome};
use testkit::sandbox::youtube::PLAYLIST;

use super::{World, not_sent, sent, with};
use serde_json::json;

/// A video with a picture that becomes its thumbnail.
fn with_thumbnail(world: &World) -> Job {
    let mut segment = world.video("Words", 100_000);
    segment.media.push(world.desk.picture("thumb.jpg", 64, 36));
    world.whole(segment)
}

async fn waits(world: &World, job: &mut Job) {
    let Outcome::Uncertain(refusal) = world.attempt(job).await else {
        panic!("it has to wait");
    };
    assert_eq!(refusal.category, Category::MediaProcessing);
}

/// Looks until something is decided.
async fn decided(world: &World, job: &Job) -> Confirmation {
    for _ in 0..50 {
        let looked = world.confirm(job).await;
        if !matches!(looked, Confirmation::NotNow(_)) {
            return looked;
        }
    }
    panic!("nothing is decided");
}

#[tokio::test]
async fn a_video_that_is_refused_after_its_upload_is_told_and_can_be_sent_again() {
    for (end, reason, category, words) in [
        ("rejected", "copyright", Category::Unknown, "rights"),
        ("rejected", "duplicate", Category::Duplicate, "already"),
        ("rejected", "length", Category::MediaError, "phone number"),
        ("failed", "codec", Category::MediaError, "H.264"),
        ("failed", "brand-new", Category::MediaError, "refused"),
    ] {
        let world = World::start().await;
        world.sandbox().refuse_with(Some((end, reason)));
        let mut job = with_thumbnail(&world);
        let refusal = not_sent(world.attempt(&mut job).await);
        assert_eq!(
            (refusal.category, refusal.retry),
            (category, Retry::Never),
            "{reason}"
        );
        assert!(refusal.message.contains(words), "{}", refusal.message);
        assert!(refusal.message.ends_with('.'), "{}", refusal.message);
        assert_eq!(refusal.detail.as_deref(), Some(reason));
        // The person tries once more: the refused one is not taken for it.
        world.sandbox().refuse_with(None);
        let delivered = sent(world.attempt(&mut job).await);
        assert_eq!(delivered.lacks(), None);
        assert_eq!(world.sandbox().made(), 2);
        assert!(world.sandbox().thumbnail(&delivered.remote_id).is_some());
    }
}

#[tokio::test]
async fn an_upload_that_broke_off_there_is_sent_again_by_itself() {
    let world = World::start().await;
    world
        .sandbox()
        .refuse_with(Some(("failed", "uploadAborted")));
    let refusal = not_sent(
        world
            .attempt(&mut world.whole(world.video("Words", 100_000)))
            .await,
    );
    assert_eq!(refusal.retry, Retry::Backoff);
}

#[tokio::test]
async fn a_video_that_is_worked_on_is_waited_for() {
    let world = World::start().await;
    world.sandbox().work_for(3);
    let delivered = sent(world.attempt(&mut with_thumbnail(&world)).await);
    assert_eq!(delivered.lacks(), None);
    assert!(world.sandbox().thumbnail(&delivered.remote_id).is_some());
}

#[tokio::test]
async fn the_poster_of_a_video_is_its_thumbnail_unless_a_picture_lies_beside_it() {
    let world = World::start().await;
    let posed = async || world.desk.posed("clip.mp4", 100_000).await;
    let beside = world.desk.picture("thumb.jpg", 64, 36);
    let mut widths = vec![];
    for (title, media) in [
        ("One", vec![posed().await]),
        ("Two", vec![posed().await, beside]),
    ] {
        let mut job = world.whole(with("Words", media));
        job.options.insert("title".to_owned(), json!(title));
        let delivered = sent(world.attempt(&mut job).await);
        assert_eq!(delivered.lacks(), None);
        let thumbnail = world.sandbox().thumbnail(&delivered.remote_id).unwrap();
        let thumbnail = image::load_from_memory(&thumbnail).unwrap();
        widths.push(thumbnail.width());
    }
    assert_eq!(widths, [640, 64]);
}

#[tokio::test]
async fn a_poster_that_cannot_be_cut_out_is_told_and_the_video_stays_published() {
    let world = World::start().await;
    let mut video = world.desk.posed("clip.mp4", 100_000).await;
    let poster = video.poster.as_mut().unwrap();
    poster.id = "0".repeat(64).parse().unwrap();
    let delivered = sent(
        world
            .attempt(&mut world.whole(with("Words", vec![video])))
            .await,
    );
    let lacks = delivered.lacks().unwrap();
    assert!(lacks.contains("cut out of the video"), "{lacks}");
    assert_eq!(world.sandbox().thumbnail(&delivered.remote_id), None);
}

#[tokio::test]
async fn what_takes_long_is_looked_for_and_gets_what_comes_after_it_then() {
    let world = World::start().await;
    world.sandbox().work_for(8);
    let mut job = with_thumbnail(&world);
    job.options.insert("playlist".to_owned(), json!(PLAYLIST));
    waits(&world, &mut job).await;
    assert_eq!(world.sandbox().playlist(), [""; 0]);
    let Confirmation::Found(found) = decided(&world, &job).await else {
        panic!("it is there");
    };
    assert_eq!(found.lacks(), None);
    assert!(world.sandbox().thumbnail(&found.remote_id).is_some());
    assert_eq!(world.sandbox().playlist(), [found.remote_id]);
    assert_eq!(world.sandbox().made(), 1);
}

#[tokio::test]
async fn what_takes_very_long_counts_as_published_and_a_short_has_no_thumbnail_then() {
    let world = World::start().await;
    world.sandbox().work_for(1_000);
    let mut job = with_thumbnail(&world);
    waits(&world, &mut job).await;
    assert!(matches!(world.confirm(&job).await, Confirmation::NotNow(_)));
    // Another attempt only waits as well.
    waits(&world, &mut job).await;
    assert!(matches!(world.confirm(&job).await, Confirmation::NotNow(_)));
    world.desk.clock.pass(Duration::from_mins(10));
    let Confirmation::Found(found) = world.confirm(&job).await else {
        panic!("it counts as published");
    };
    let lacks = found.lacks().unwrap();
    assert!(lacks.contains("still working on the video when"), "{lacks}");
    assert!(lacks.contains("Its thumbnail is not there"), "{lacks}");
    assert_eq!(world.sandbox().thumbnail(&found.remote_id), None);
    assert_eq!(world.sandbox().made(), 1);
    // One that lies across is no Short: its thumbnail needs no waiting.
    let mut wide = with_thumbnail(&world);
    let facts = &mut wide.segments[0].media[0].facts;
    (facts.width, facts.height) = (Some(1_920), Some(1_080));
    wide.options.insert("title".to_owned(), json!("Wide"));
    waits(&world, &mut wide).await;
    assert!(matches!(
        world.confirm(&wide).await,
        Confirmation::NotNow(_)
    ));
    world.desk.clock.pass(Duration::from_mins(10));
    let Confirmation::Found(found) = world.confirm(&wide).await else {
        panic!("it counts as published");
    };
    assert!(world.sandbox().thumbnail(&found.remote_id).is_some());
}

#[tokio::test]
async fn a_refusal_that_comes_while_nobody_looks_is_told_by_the_next_attempt() {
    let world = World::start().await;
    world.sandbox().work_for(8);
    world
        .sandbox()
        .refuse_with(Some(("rejected", "inappropriate")));
    let mut job = world.whole(world.video("Words", 100_000));
    waits(&world, &mut job).await;
    assert_eq!(decided(&world, &job).await, Confirmation::Absent);
    let refusal = not_sent(world.attempt(&mut job).await);
    assert!(refusal.message.contains("rules"), "{}", refusal.message);
    assert_eq!(world.sandbox().made(), 1);
}

#[tokio::test]
async fn other_people_than_were_chosen_are_told() {
    let world = World::start().await;
    world.sandbox().force_privacy("private");
    let delivered = sent(
        world
            .attempt(&mut world.whole(world.video("Words", 100_000)))
            .await,
    );
    let lacks = delivered.lacks().unwrap();
    assert!(
        lacks.contains("private, where public was chosen"),
        "{lacks}"
    );
    let mut job = world.whole(world.video("Others", 100_001));
    job.options.insert("privacy".to_owned(), json!("private"));
    assert_eq!(sent(world.attempt(&mut job).await).lacks(), None);
}

#[tokio::test]
async fn a_channel_that_may_set_no_thumbnails_is_told_why() {
    let world = World::start().await;
    world.sandbox().forbid_thumbnails();
    let delivered = sent(world.attempt(&mut with_thumbnail(&world)).await);
    let lacks = delivered.lacks().unwrap();
    assert!(lacks.contains("confirmed phone number"), "{lacks}");
    assert!(lacks.contains("YouTube Studio"), "{lacks}");
}

#[tokio::test]
async fn a_video_that_is_found_after_a_backup_says_what_is_not_known_of_it() {
    let world = World::start().await;
    let mut job = with_thumbnail(&world);
    sent(world.attempt(&mut job).await);
    let mut restored = with_thumbnail(&world);
    restored.first_sent_try_at = job.first_sent_try_at;
    let Confirmation::Found(found) = world.confirm(&restored).await else {
        panic!("it is there");
    };
    let lacks = found.lacks().unwrap();
    assert!(lacks.contains("does not know"), "{lacks}");
}

#[tokio::test]
async fn one_that_waits_for_its_time_and_is_refused_is_asked_about() {
    use networks::connector::Kept;
    use testkit::conformance::Bench;

    let world = World::start().await;
    let at = testkit::desk::DUE.plus(Duration::from_hours(24));
    let now = jiff::Timestamp::from_millisecond(testkit::desk::DUE.as_millis()).unwrap();
    world.sandbox().set_clock(now);
    let mut job = world.whole(world.video("Kept", 100_000));
    job.place_at = Some(at);
    let outcome = world.attempt(&mut job).await;
    let Outcome::Placed(kept) = outcome else {
        panic!("{outcome:?}");
    };
    let connector = world.bench.connector();
    let looked = connector.look_at_kept(&job, &kept, world.desk.ctx()).await;
    assert_eq!(looked, Kept::Until(at));
    world.sandbox().refuse_now("rejected", "trademark");
    let looked = connector.look_at_kept(&job, &kept, world.desk.ctx()).await;
    assert!(
        matches!(&looked, Kept::CannotTell(why) if why.contains("rights")),
        "{looked:?}"
    );
}
