//! What communities take, and posts that nobody sees.

use std::time::Duration;

use model::failure::{Category, Retry};
use networks::connector::{Confirmation, Job};
use serde_json::{Map, Value, json};
use testkit::conformance::Bench;
use testkit::sandbox::Fault;
use testkit::sandbox::reddit::{FLAIR, FLAIRED, NO_TEXT, OPEN};

use super::World;
use crate::world::{not_sent, sent};

#[tokio::test]
async fn what_a_community_does_not_take_is_told_before_anything_is_uploaded() {
    let world = World::start().await;
    let none = || json!({});
    for (about, wanted, words) in [
        (
            json!({ "allow_images": false }),
            none(),
            "takes no pictures",
        ),
        (
            json!({ "submission_type": "self" }),
            none(),
            "text posts only",
        ),
        (
            none(),
            json!({ "is_flair_required": true }),
            "wants a flair",
        ),
        (
            none(),
            json!({ "title_text_min_length": 30 }),
            "at least 30 characters",
        ),
        (
            none(),
            json!({ "body_restriction_policy": "notAllowed" }),
            "no text below the title",
        ),
    ] {
        world.sandbox().demand(about, wanted);
        // What was known an hour ago is asked again.
        world.desk.clock.pass(Duration::from_hours(1));
        let picture = world.desk.picture("one.jpg", 40, 30);
        let mut job = world.job("A title\nAnd a text", vec![picture], none());
        let refusal = not_sent(world.attempt(&mut job).await);
        assert_eq!(
            (refusal.category, refusal.retry),
            (Category::Validation, Retry::Never)
        );
        assert!(refusal.message.contains(words), "{}", refusal.message);
        assert!(
            refusal.message.starts_with("r/test "),
            "{}",
            refusal.message
        );
    }
    assert!(world.sandbox().stored().is_empty());
    assert_eq!(world.sandbox().made(), 0);
}

#[tokio::test]
async fn a_community_is_asked_once_for_several_posts_and_the_own_profile_never() {
    let world = World::start().await;
    let calls = |mut job: Job| {
        let world = &world;
        async move {
            let before = world.sandbox().calls();
            sent(world.attempt(&mut job).await);
            world.sandbox().calls() - before
        }
    };
    assert_eq!(calls(world.words("One")).await, 4);
    assert_eq!(calls(world.words("Two")).await, 2, "submit, how it stands");
    let own = json!({ "community": "u_ana_films" });
    assert_eq!(calls(world.job("Three", vec![], own)).await, 2);
}

#[tokio::test]
async fn rules_that_cannot_be_read_stop_nothing() {
    let world = World::start().await;
    for method in ["about", "post_requirements"] {
        let faults = world.sandbox().faults();
        faults.order(method, Fault::CutBefore);
    }
    sent(world.attempt(&mut world.words("Words")).await);
    assert_eq!(world.sandbox().made(), 1);
}

#[tokio::test]
async fn the_composer_says_it_once_the_community_was_asked() {
    let world = World::start().await;
    let rules = |place: &str, options: Value| {
        let mut all = json!({ "community": place });
        for (name, value) in options.as_object().unwrap() {
            all[name] = value.clone();
        }
        world.rules("A question\nWith words", &[], all)
    };
    let nothing = [""; 0];
    assert_eq!(rules(FLAIRED, json!({})), nothing);
    for place in [FLAIRED, NO_TEXT, OPEN] {
        let chosen = Map::from_iter([("community".to_owned(), json!(place))]);
        let (connector, ctx) = (world.bench.connector(), world.desk.ctx());
        let found = connector.choices_beside(&world.account, "flair", "", &chosen, ctx);
        found.await.unwrap();
    }
    assert_eq!(rules(FLAIRED, json!({})), ["flair_missing"]);
    assert_eq!(rules(FLAIRED, json!({ "flair": FLAIR })), nothing);
    assert_eq!(rules(NO_TEXT, json!({})), ["community_refuses"]);
    let link = json!({ "link": "https://example.org" });
    assert_eq!(rules(NO_TEXT, link), nothing);
    assert_eq!(rules(OPEN, json!({})), nothing);
}

#[tokio::test]
async fn a_post_that_moderators_hold_back_is_published_and_told() {
    let world = World::start().await;
    world.sandbox().hold("automod_filtered");
    let mut job = world.words("Words");
    let delivered = sent(world.attempt(&mut job).await);
    let lacks = delivered.lacks().unwrap();
    assert!(lacks.contains("held by the moderators"), "{lacks}");
    // A picture is told of by the list in which it is waited for, and so is a post that is looked for.
    world.sandbox().hold("reddit");
    let picture = world.desk.picture("one.jpg", 40, 30);
    let mut shown = world.job("Look at this", vec![picture], json!({}));
    let lacks = sent(world.attempt(&mut shown).await).lacks().unwrap();
    assert!(lacks.contains("spam filter"), "{lacks}");
    job.done.clear();
    let looked = world.confirm(&job).await;
    assert!(
        matches!(&looked, Confirmation::Found(found) if found.lacks() == delivered.lacks()),
        "{looked:?}"
    );
    assert_eq!(world.sandbox().made(), 2);
}
