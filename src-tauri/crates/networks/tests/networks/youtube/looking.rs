//! Looking back at YouTube when more was uploaded since than one list holds.

use std::time::Duration;

use networks::connector::{Confirmation, Job, Outcome};
use testkit::conformance::Bench;
use testkit::desk::DUE;
use testkit::sandbox::Fault;

use super::{World, sent};
use crate::later::{earlier, later};

/// A video whose last answer was lost, and the address of whose upload ran out.
async fn lost(world: &World) -> Job {
    let faults = world.sandbox().faults();
    faults.order_after("PUT videos", 1, Fault::CutAfter);
    let mut job = world.whole(world.video("Find me", 300_000));
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
    world.sandbox().lose_uploads();
    job
}

#[tokio::test]
async fn a_video_behind_newer_ones_is_found_in_a_later_list_and_not_uploaded_again() {
    let world = World::start().await;
    let mut job = lost(&world).await;
    world.sandbox().crowd(120, later());
    let looked = world.confirm(&job).await;
    assert!(matches!(looked, Confirmation::Found(_)), "{looked:?}");
    sent(world.attempt(&mut job).await);
    assert_eq!(world.sandbox().made(), 1 + 120);
}

#[tokio::test]
async fn with_too_many_newer_videos_the_person_is_asked_and_may_send_again() {
    let world = World::start().await;
    let mut job = lost(&world).await;
    world.sandbox().delete_videos();
    world.sandbox().crowd(501, later());
    for _ in 0..2 {
        let looked = world.confirm(&job).await;
        assert!(matches!(looked, Confirmation::CannotTell(_)), "{looked:?}");
        world.desk.clock.pass(Duration::from_mins(10));
    }
    sent(world.attempt(&mut job).await);
    assert_eq!(world.sandbox().made(), 1 + 501 + 1);
}

#[tokio::test]
async fn videos_from_before_are_not_looked_through() {
    let world = World::start().await;
    world.sandbox().crowd(300, earlier());
    let before = world.sandbox().calls();
    sent(
        world
            .attempt(&mut world.whole(world.video("Words", 100_000)))
            .await,
    );
    let calls = world.sandbox().calls() - before;
    assert_eq!(calls, 4, "one list, begin, a piece, how it stands");
}

#[tokio::test]
async fn one_that_waits_for_its_time_is_found_among_older_ones() {
    let world = World::start().await;
    let instant = |at: model::Timestamp| jiff::Timestamp::from_millisecond(at.as_millis()).unwrap();
    world.sandbox().set_clock(instant(DUE));
    let at = DUE.plus(Duration::from_hours(24));
    let place = |job: &mut Job| job.place_at = Some(at);
    let mut job = world.whole(world.video("Kept", 300_000));
    place(&mut job);
    let outcome = world.attempt(&mut job).await;
    let Outcome::Placed(first) = outcome else {
        panic!("{outcome:?}");
    };
    let meanwhile = DUE.plus(Duration::from_hours(1));
    world.sandbox().crowd(80, instant(meanwhile));
    // A backup was put back that knows nothing of it; hours later its time is still to come.
    world.desk.clock.pass(Duration::from_hours(3));
    let mut restored = world.whole(world.video("Kept", 300_000));
    place(&mut restored);
    restored.first_sent_try_at = Some(at);
    restored.handle = world.bench.connector().freeze(&restored, world.desk.ctx());
    let looked = world.confirm(&restored).await;
    assert!(
        matches!(&looked, Confirmation::Placed(found) if found.remote_id == first.remote_id),
        "{looked:?}"
    );
}
