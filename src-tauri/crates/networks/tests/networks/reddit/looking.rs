//! Looking back at Reddit when more was posted since than one list holds.

use std::time::Duration;

use networks::connector::{Confirmation, Job, Outcome};
use testkit::sandbox::Fault;

use super::World;
use crate::later::{earlier, later};
use crate::world::sent;

/// A post that meets this fault.
async fn meets(world: &World, fault: Fault) -> Job {
    world.sandbox().faults().order("POST submit", fault);
    let mut job = world.words("Sent once");
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
    job
}

#[tokio::test]
async fn a_post_behind_newer_ones_is_found_in_a_later_list() {
    let world = World::start().await;
    let job = meets(&world, Fault::CutAfter).await;
    world.sandbox().crowd(250, later());
    let before = world.sandbox().calls();
    let looked = world.confirm(&job).await;
    assert!(matches!(looked, Confirmation::Found(_)), "{looked:?}");
    assert_eq!(world.sandbox().calls() - before, 3, "three lists");
}

#[tokio::test]
async fn with_too_many_newer_posts_the_person_is_asked() {
    let world = World::start().await;
    let job = meets(&world, Fault::CutAfter).await;
    world.sandbox().crowd(500, later());
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
    world.sandbox().crowd(800, earlier());
    let mut job = meets(&world, Fault::CutBefore).await;
    let before = world.sandbox().calls();
    assert!(matches!(world.confirm(&job).await, Confirmation::NotNow(_)));
    assert_eq!(world.sandbox().calls() - before, 1);
    world.desk.clock.pass(Duration::from_mins(2));
    assert_eq!(world.confirm(&job).await, Confirmation::Absent);
    sent(world.attempt(&mut job).await);
}
