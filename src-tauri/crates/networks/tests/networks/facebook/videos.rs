//! Videos on their way.

use super::*;

#[tokio::test]
async fn a_video_goes_up_in_pieces_and_goes_on_where_it_stopped() {
    let world = World::start().await;
    let account = world.account().await;
    world.bench.sandbox.limit_pieces(40_000);
    let video = with("Pieces", vec![world.desk.video("v.mp4", 100_000)]);
    let mut job = world.job(&account, video, &[]);
    // Start, one piece; the second one arrives and its answer is lost.
    world
        .bench
        .sandbox
        .faults()
        .order_after("videos", 2, Fault::CutAfter);
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::NotSent(_)), "{outcome:?}");
    let before = world.bench.sandbox.calls();
    sent(world.attempt(&mut job).await);
    // The piece that was lost, the third one, finish, and two looks.
    assert_eq!(world.bench.sandbox.calls() - before, 5);
    assert_eq!(world.bench.sandbox.made(), 1);
}

#[tokio::test]
async fn a_reel_goes_on_from_the_bytes_that_arrived() {
    let world = World::start().await;
    let account = world.account().await;
    let video = with("Reel", vec![world.desk.video("v.mp4", 100_000)]);
    let mut job = world.job(&account, video, &[("kind", json!("reel"))]);
    world
        .bench
        .sandbox
        .faults()
        .order_after("*", 1, Fault::CutAfter);
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::NotSent(_)), "{outcome:?}");
    let before = world.bench.sandbox.calls();
    sent(world.attempt(&mut job).await);
    // A look at what arrived, finish, and two looks: no byte goes twice.
    assert_eq!(world.bench.sandbox.calls() - before, 4);
}

#[tokio::test]
async fn a_video_that_is_worked_on_for_long_is_decided_later() {
    let world = World::start().await;
    let account = world.account().await;
    world.bench.sandbox.work_for(6);
    let video = with("Slow", vec![world.desk.video("v.mp4", 9_000)]);
    let mut job = world.job(&account, video, &[("kind", json!("reel"))]);
    let outcome = world.attempt(&mut job).await;
    let Outcome::Uncertain(refusal) = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(refusal.category, Category::MediaProcessing);
    for wanted in [false, false, true] {
        let found = matches!(world.confirm(&job).await, Confirmation::Found(_));
        assert_eq!(found, wanted);
    }
    assert_eq!(world.bench.sandbox.made(), 1);
}

#[tokio::test]
async fn a_video_that_facebook_cannot_use_ends_with_a_sentence() {
    let world = World::start().await;
    let account = world.account().await;
    world.bench.sandbox.refuse_videos();
    let video = with("Odd", vec![world.desk.video("v.mp4", 9_000)]);
    let mut job = world.job(&account, video, &[("kind", json!("reel"))]);
    let outcome = world.attempt(&mut job).await;
    let Outcome::NotSent(refusal) = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        (refusal.category, refusal.retry),
        (Category::MediaError, Retry::Never)
    );
    assert!(refusal.message.contains("Convert"), "{}", refusal.message);
}
