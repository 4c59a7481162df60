//! Looking back at TikTok when more was posted since than one list holds.

use std::time::Duration;

use networks::connector::{Confirmation, Job};
use testkit::desk::DUE;

use super::World;
use crate::later::{earlier, later};
use crate::world::sent;

/// A post that went out and whose name was lost.
async fn forgotten(world: &World) -> Job {
    let mut job = world.video("Find me by these words", 90_000);
    sent(world.attempt(&mut job).await);
    job.done.clear();
    job
}

#[tokio::test]
async fn a_post_behind_newer_ones_is_found_in_a_later_list() {
    let world = World::start().await;
    let job = forgotten(&world).await;
    world.sandbox().crowd(45, later());
    let before = world.sandbox().calls();
    let looked = world.confirm(&job).await;
    assert!(matches!(looked, Confirmation::Found(_)), "{looked:?}");
    assert_eq!(world.sandbox().calls() - before, 3, "three lists");
}

#[tokio::test]
async fn with_too_many_newer_posts_the_person_is_asked() {
    let world = World::start().await;
    let job = forgotten(&world).await;
    world.sandbox().crowd(200, later());
    for _ in 0..2 {
        let looked = world.confirm(&job).await;
        let Confirmation::CannotTell(why) = looked else {
            panic!("{looked:?}");
        };
        assert!(why.contains(&world.account.handle), "{why}");
        world.desk.clock.pass(Duration::from_mins(20));
    }
}

#[tokio::test]
async fn posts_from_before_are_not_looked_through() {
    let world = World::start().await;
    world.sandbox().crowd(300, earlier());
    let mut job = world.video("Never sent", 90_000);
    job.first_sent_try_at = Some(DUE);
    let before = world.sandbox().calls();
    assert!(matches!(world.confirm(&job).await, Confirmation::NotNow(_)));
    assert_eq!(world.sandbox().calls() - before, 1);
    world.desk.clock.pass(Duration::from_mins(5));
    assert_eq!(world.confirm(&job).await, Confirmation::Absent);
    // Nor with posts since of which none is it.
    world.sandbox().crowd(30, later());
    job.attempt += 1;
    assert!(matches!(world.confirm(&job).await, Confirmation::NotNow(_)));
}
