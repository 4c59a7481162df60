//! What TikTok lets one account do: how long its videos may be, and what it has turned off.

use model::clip::Clip;
use model::failure::{Category, Retry};
use networks::connector::{MediaFacts, SignedIn};
use serde_json::{Value, json};
use testkit::conformance::Bench;

use super::World;
use crate::world::{not_sent, sent};

fn running(mut facts: MediaFacts, seconds: u32) -> MediaFacts {
    facts.clip = Some(Clip {
        length_ms: Some(seconds * 1_000),
        frame_rate: None,
        codec: None,
        sound: None,
        located: false,
    });
    facts
}

/// The account with what TikTok says of it now.
async fn asked_again(world: &mut World) {
    let connector = world.bench.connector();
    let found = connector.identify(&world.account, world.desk.ctx()).await;
    let SignedIn { settings, .. } = found.unwrap();
    world.account.settings = settings;
}

#[tokio::test]
async fn a_video_that_is_too_long_for_the_account_is_refused_before_it_is_announced() {
    let mut world = World::start().await;
    world.sandbox().limit_length(60);
    let long = |seconds| {
        let mut video = world.desk.video("clip.mp4", 90_000);
        video.facts = running(video.facts, seconds);
        world.job("Words", vec![video], json!({}))
    };
    let before = world.sandbox().calls();
    let refusal = not_sent(world.attempt(&mut long(61)).await);
    assert_eq!(
        (refusal.category, refusal.retry),
        (Category::MediaError, Retry::Never)
    );
    assert!(
        refusal.message.contains("61 seconds") && refusal.message.contains("up to 60"),
        "{}",
        refusal.message
    );
    assert_eq!(world.sandbox().calls() - before, 1, "what the account may");
    sent(world.attempt(&mut long(60)).await);
    // Once TikTok has said so, the composer says it.
    let entry = |world: &World| {
        let connector = world.bench.connector();
        let entry = connector.entry_for(&world.account).into_owned();
        entry.video.unwrap().clip.max_ms
    };
    assert_eq!(entry(&world), Some(600_000));
    asked_again(&mut world).await;
    assert_eq!(entry(&world), Some(60_000));
    let video = world.desk.video("clip.mp4", 900).facts;
    let rules = |seconds| {
        let options = json!({ "privacy": "PUBLIC_TO_EVERYONE" });
        world.rules("Words", &[running(video.clone(), seconds)], options)
    };
    assert!(!rules(61).is_empty());
    assert!(rules(60).is_empty(), "{:?}", rules(60));
}

#[tokio::test]
async fn what_is_left_out_of_a_post_is_said_beforehand() {
    let mut world = World::start().await;
    world.sandbox().close_comments();
    world.sandbox().close_remixes();
    let picture = world.desk.picture("one.jpg", 40, 30).facts;
    let video = world.desk.video("clip.mp4", 900).facts;
    let rules = |world: &World, facts: &MediaFacts, options: &[(&str, Value)]| {
        let mut all = json!({ "privacy": "PUBLIC_TO_EVERYONE" });
        for (name, value) in options {
            all[*name] = value.clone();
        }
        world.rules("Words", std::slice::from_ref(facts), all)
    };
    let on = |name: &'static str| (name, json!(true));
    // Of photos and videos, whatever the account allows.
    for (name, value) in [
        on("allowDuet"),
        on("allowStitch"),
        on("madeWithAi"),
        ("coverSecond", json!(3)),
    ] {
        let of = |facts| rules(&world, facts, &[(name, value.clone())]);
        assert_eq!(of(&picture), ["videos_only"], "{name}");
        assert_eq!(of(&video), [""; 0], "{name}");
    }
    for (name, value) in [on("addMusic"), ("title", json!("A title"))] {
        let of = |facts| rules(&world, facts, &[(name, value.clone())]);
        assert_eq!(of(&video), ["photos_only"], "{name}");
        assert_eq!(of(&picture), [""; 0], "{name}");
    }
    assert_eq!(
        rules(&world, &picture, &[("coverSecond", json!(0))]),
        [""; 0]
    );
    // What the account has turned off, once TikTok has said so.
    asked_again(&mut world).await;
    for name in ["allowComments", "allowDuet", "allowStitch"] {
        assert_eq!(rules(&world, &video, &[on(name)]), ["turned_off"], "{name}");
    }
    assert_eq!(
        rules(&world, &picture, &[on("allowComments")]),
        ["turned_off"]
    );
    let both = [on("allowDuet"), on("allowComments")];
    assert_eq!(
        rules(&world, &picture, &both),
        ["videos_only", "turned_off"]
    );
    // None of it stops the post.
    let file = world.desk.video("other.mp4", 90_000);
    let options = json!({ "allowComments": true, "allowDuet": true, "allowStitch": true });
    sent(
        world
            .attempt(&mut world.job("Words", vec![file], options))
            .await,
    );
    let post = world.sandbox().posts().remove(0);
    for flag in ["disable_comment", "disable_duet", "disable_stitch"] {
        assert_eq!(post[flag], true, "{flag}");
    }
}
