//! Sends whose answer was lost.

use std::time::Duration;

use model::failure::{Category, Retry};
use networks::connector::{Confirmation, Job, Outcome};
use serde_json::json;
use testkit::desk::text;
use testkit::sandbox::{Canned, Fault};

use super::{SHOW, World, refusal};

/// Sends a thread whose second part is shown without an answer, then waits.
async fn half_sent(world: &World, wait: Duration) -> Job {
    let account = world.account().await;
    world
        .bench
        .sandbox
        .faults()
        .order_after(SHOW, 1, Fault::CutAfter);
    let words = "Two <b> & @bo@m.example https://example.org/a?b=1";
    let mut job = world.job(
        &account,
        vec![text("One"), text(words), text("Three")],
        &json!({ "contentWarning": "Food" }),
    );
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
    world.desk.clock.pass(wait);
    world.bench.sandbox.pass(wait);
    job
}

#[tokio::test]
async fn within_the_hour_the_key_keeps_a_post_single() {
    let world = World::start().await;
    let mut job = half_sent(&world, Duration::from_mins(5)).await;
    // Without looking first, as after a wrong answer of the person.
    assert!(matches!(world.attempt(&mut job).await, Outcome::Sent(_)));
    assert_eq!(
        (
            world.bench.sandbox.made(),
            world.bench.sandbox.posts().len()
        ),
        (3, 3)
    );
}

#[tokio::test]
async fn after_the_hour_and_on_other_software_the_profile_is_looked_at_first() {
    for (mastodon, wait) in [
        (true, Duration::from_hours(2)),
        (false, Duration::from_mins(5)),
    ] {
        let world = World::start().await;
        world
            .bench
            .sandbox
            .change(|rules| rules.mastodon = mastodon);
        let mut job = half_sent(&world, wait).await;
        let confirmed = world.connector().confirm(&job, world.desk.ctx()).await;
        assert_eq!(
            confirmed,
            Confirmation::Absent,
            "the third part is not there"
        );
        let outcome = world.attempt(&mut job).await;
        assert!(matches!(outcome, Outcome::Sent(_)), "{outcome:?}");
        assert_eq!(world.bench.sandbox.made(), 3, "{mastodon}");
        let confirmed = world.connector().confirm(&job, world.desk.ctx()).await;
        assert!(matches!(confirmed, Confirmation::Found(_)), "{confirmed:?}");
    }
}

#[tokio::test]
async fn two_posts_that_could_be_it_are_a_question_after_the_hour() {
    let world = World::start().await;
    let account = world.account().await;
    world.bench.sandbox.faults().order(SHOW, Fault::CutAfter);
    let mut job = world.job(&account, vec![text("Same words")], &json!({}));
    assert!(matches!(
        world.attempt(&mut job).await,
        Outcome::Uncertain(_)
    ));
    world
        .posted(world.job(&account, vec![text("Same words")], &json!({})))
        .await;
    let ctx = world.desk.ctx();
    assert_eq!(
        world.connector().confirm(&job, ctx).await,
        Confirmation::Absent,
        "the key decides"
    );
    world.desk.clock.pass(Duration::from_hours(2));
    world.bench.sandbox.pass(Duration::from_hours(2));
    let confirmed = world.connector().confirm(&job, ctx).await;
    let Confirmation::CannotTell(why) = &confirmed else {
        panic!("{confirmed:?}")
    };
    assert!(why.contains("Look at the profile"), "{why}");
    let outcome = world.attempt(&mut job).await;
    assert_eq!(
        (refusal(&outcome).category, refusal(&outcome).retry),
        (Category::Duplicate, Retry::Never)
    );
    assert_eq!(world.bench.sandbox.made(), 2);
}

#[tokio::test]
async fn looking_that_fails_is_no_answer() {
    let world = World::start().await;
    let account = world.account().await;
    let job = world.job(&account, vec![text("Hello")], &json!({}));
    for fault in [
        Fault::CutBefore,
        Fault::SilentBefore,
        Fault::Answer(Canned::page(200)),
        Fault::Answer(Canned::json(200, &json!({}))),
    ] {
        world
            .bench
            .sandbox
            .faults()
            .order("GET statuses", fault.clone());
        let confirmed = world.connector().confirm(&job, world.desk.ctx()).await;
        assert!(
            matches!(confirmed, Confirmation::NotNow(_)),
            "{fault:?}: {confirmed:?}"
        );
    }
}

#[tokio::test]
async fn words_that_were_edited_meanwhile_are_not_taken_for_those_that_are_there() {
    let world = World::start().await;
    let account = world.account().await;
    world.bench.sandbox.faults().order(SHOW, Fault::CutAfter);
    let mut job = world.job(&account, vec![text("One")], &json!({}));
    assert!(matches!(
        world.attempt(&mut job).await,
        Outcome::Uncertain(_)
    ));
    job.segments = vec![text("One, better")];
    let outcome = world.attempt(&mut job).await;
    assert_eq!(
        refusal(&outcome).category,
        Category::Duplicate,
        "{outcome:?}"
    );
    job.segments = vec![text("One")];
    assert!(matches!(world.attempt(&mut job).await, Outcome::Sent(_)));
    assert_eq!(world.bench.sandbox.made(), 1);
}
