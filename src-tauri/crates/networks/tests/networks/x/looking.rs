//! Looking back at X when more was posted since than one page of the timeline holds.

#![allow(
    clippy::wildcard_imports,
    reason = "the file is a part of its neighbour"
)]

use super::*;
use crate::later::later;

/// A thread or post that went out and whose last answer was lost.
async fn lost(world: &World, texts: &[&str]) -> Job {
    let faults = world.sandbox().faults();
    faults.order_after("POST tweets", texts.len() - 1, Fault::CutAfter);
    let mut job = world.parts(texts.iter().map(|words| text(words)).collect());
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
    job
}

#[tokio::test]
async fn a_post_behind_newer_ones_is_found_on_a_later_page_and_not_sent_again() {
    let world = World::start().await;
    let mut job = lost(&world, &["Sent once"]).await;
    world.sandbox().crowd(25, later());
    let before = world.sandbox().calls();
    let looked = world.confirm(&job).await;
    assert!(matches!(looked, Confirmation::Found(_)), "{looked:?}");
    assert_eq!(world.sandbox().calls() - before, 2, "two pages");
    sent(world.attempt(&mut job).await);
    assert_eq!(world.sandbox().made(), 1 + 25);
}

#[tokio::test]
async fn parts_of_a_thread_are_found_on_different_pages() {
    let world = World::start().await;
    let mut job = lost(&world, &["One"]).await;
    world.sandbox().crowd(22, later());
    // As after a backup was put back: nothing is known of either part.
    let mut thread = world.parts(vec![text("One"), text("Two")]);
    thread.first_sent_try_at = job.first_sent_try_at;
    let first = sent(world.attempt(&mut job).await).remote_id;
    let delivered = sent(world.attempt(&mut thread).await);
    assert_eq!(delivered.remote_id, first);
    thread.done.clear();
    let before = world.sandbox().calls();
    let looked = world.confirm(&thread).await;
    assert!(
        matches!(&looked, Confirmation::Found(found) if found.remote_id == first),
        "{looked:?}"
    );
    assert_eq!(
        world.sandbox().calls() - before,
        2,
        "each page is read once"
    );
    assert_eq!(world.sandbox().made(), 2 + 22);
}

#[tokio::test]
async fn with_too_many_newer_posts_the_person_is_asked_and_each_page_was_paid_for() {
    let world = World::start().await;
    let job = lost(&world, &["Sent once"]).await;
    world.sandbox().crowd(100, later());
    for _ in 0..2 {
        let before = world.sandbox().calls();
        let looked = world.confirm(&job).await;
        let Confirmation::CannotTell(why) = looked else {
            panic!("{looked:?}");
        };
        assert!(why.contains("@ana_x"), "{why}");
        assert_eq!(world.sandbox().calls() - before, 5);
        // Time proves nothing here.
        world.desk.clock.pass(Duration::from_mins(5));
    }
}

#[tokio::test]
async fn a_list_that_ends_just_there_still_proves_that_it_is_absent() {
    let world = World::start().await;
    world
        .sandbox()
        .faults()
        .order("POST tweets", Fault::CutBefore);
    let mut job = world.parts(vec![text("Lost on the way")]);
    world.attempt(&mut job).await;
    world.sandbox().crowd(99, later());
    assert!(matches!(world.confirm(&job).await, Confirmation::NotNow(_)));
    world.desk.clock.pass(Duration::from_mins(1));
    assert_eq!(world.confirm(&job).await, Confirmation::Absent);
}
