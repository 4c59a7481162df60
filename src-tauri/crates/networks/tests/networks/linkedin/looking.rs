//! Looking back at a page of LinkedIn when more was posted since than one list holds.

#![allow(
    clippy::wildcard_imports,
    reason = "the file is a part of its neighbour"
)]

use std::time::Duration;

use super::*;
use crate::later::{earlier, later};

impl World {
    /// A post that meets this fault.
    async fn meets(&self, fault: Fault) -> Job {
        self.sandbox().faults().order("POST posts", fault);
        let mut job = self.whole(text("Sent once"));
        let outcome = self.attempt(&mut job).await;
        assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
        job
    }
}

#[tokio::test]
async fn a_post_behind_newer_ones_is_found_in_a_later_list_and_not_sent_again() {
    let world = World::page().await;
    let mut job = world.meets(Fault::CutAfter).await;
    world.sandbox().crowd(&world.account.remote_id, 15, later());
    let before = world.sandbox().calls();
    let looked = world.confirm(&job).await;
    assert!(matches!(looked, Confirmation::Found(_)), "{looked:?}");
    assert_eq!(world.sandbox().calls() - before, 2, "two lists");
    sent(world.attempt(&mut job).await);
    assert_eq!(world.sandbox().made(), 1 + 15);
}

#[tokio::test]
async fn with_too_many_newer_posts_the_person_is_asked() {
    let world = World::page().await;
    let job = world.meets(Fault::CutAfter).await;
    world
        .sandbox()
        .crowd(&world.account.remote_id, 100, later());
    for _ in 0..2 {
        let looked = world.confirm(&job).await;
        let Confirmation::CannotTell(why) = looked else {
            panic!("{looked:?}");
        };
        assert!(why.contains(&world.account.display_name), "{why}");
        world.desk.clock.pass(Duration::from_mins(5));
    }
}

#[tokio::test]
async fn posts_from_before_are_not_looked_through() {
    let world = World::page().await;
    world
        .sandbox()
        .crowd(&world.account.remote_id, 300, earlier());
    let job = world.meets(Fault::CutBefore).await;
    let before = world.sandbox().calls();
    assert!(matches!(world.confirm(&job).await, Confirmation::NotNow(_)));
    assert_eq!(world.sandbox().calls() - before, 1);
    world.desk.clock.pass(Duration::from_mins(1));
    assert_eq!(world.confirm(&job).await, Confirmation::Absent);
}
