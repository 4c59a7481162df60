//! Posts at Reddit: each kind and option, files, waiting, looking, and its ways to refuse.

use std::time::Duration;

use media::video::Tool;
use model::content::{MediaUse, Segment};
use model::edit::Operation;
use model::failure::{Category, Retry};
use model::post::TargetDraft;
use networks::connector::{CheckInput, Choice, Confirmation, MediaFacts, Outcome, Refusal};
use serde_json::{Map, Value, json};
use testkit::conformance::Bench;
use testkit::desk::{ACCOUNT, DUE};
use testkit::sandbox::Fault;
use testkit::sandbox::reddit::{CLOSED, FLAIR, FLAIRED, NO_TEXT, OPEN};

use super::World;
use crate::world::{not_sent, sent};

/// The fields of the newest post that differ from those every post has.
fn newest(world: &World) -> Value {
    let mut post = world.sandbox().posts().pop().unwrap();
    let usual = [
        ("api_type", "json"),
        ("validate_on_submit", "true"),
        ("sendreplies", "true"),
        ("nsfw", "false"),
        ("spoiler", "false"),
    ];
    for (name, value) in usual {
        if post[name] == value {
            post.as_object_mut().unwrap().remove(name);
        }
    }
    post
}

#[tokio::test]
async fn a_text_post_is_made_by_one_call_and_each_option_arrives() {
    let world = World::start().await;
    let options = json!({
        "community": format!("r/{FLAIRED}"), "title": "A  title", "flair": FLAIR,
        "flairText": "My words", "nsfw": true, "spoiler": true, "sendReplies": false,
    });
    let before = world.sandbox().calls();
    let mut job = world.job("First line\n#tag & <b>", vec![], options);
    let delivered = sent(world.attempt(&mut job).await);
    let calls = world.sandbox().calls() - before;
    assert_eq!(calls, 4, "what the community takes, submit, how it stands");
    assert_eq!(delivered.lacks(), None);
    assert_eq!(
        newest(&world),
        json!({
            "kind": "self", "sr": FLAIRED, "title": "A title", "text": "First line\n\\#tag & <b>",
            "flair_id": FLAIR, "flair_text": "My words", "nsfw": "true", "spoiler": "true",
            "sendreplies": "false",
        })
    );
    assert!(delivered.remote_id.starts_with("t3_"));
    assert!(delivered.url.is_some());
    job.done.clear();
    let looked = world.confirm(&job).await;
    assert!(matches!(looked, Confirmation::Found(d) if d.remote_id == delivered.remote_id));
}

#[tokio::test]
async fn the_first_line_is_the_title_where_there_is_no_other() {
    let world = World::start().await;
    sent(
        world
            .attempt(&mut world.words("A question\n\nWith words below"))
            .await,
    );
    let post = newest(&world);
    assert_eq!(post["title"], "A question");
    assert_eq!(post["text"], "With words below");
    let mut job = world.words("All of it");
    job.title = "The post's title".to_owned();
    sent(world.attempt(&mut job).await);
    let post = newest(&world);
    assert_eq!(post["title"], "The post's title");
    assert_eq!(post["text"], "All of it");
}

#[tokio::test]
async fn a_link_is_posted_once_unless_it_is_meant() {
    let world = World::start().await;
    let link = json!({ "link": "https://example.org/?a=1&b=2" });
    sent(
        world
            .attempt(&mut world.job("Read this", vec![], link.clone()))
            .await,
    );
    let post = newest(&world);
    assert_eq!(post["kind"], "link");
    assert_eq!(post["url"], "https://example.org/?a=1&b=2");
    assert_eq!(post["resubmit"], "false");
    // Another post with the same link, under other words.
    let refusal = not_sent(
        world
            .attempt(&mut world.job("Read that", vec![], link.clone()))
            .await,
    );
    assert_eq!(refusal.category, Category::Duplicate);
    let mut meant = link;
    meant["resubmit"] = json!(true);
    sent(
        world
            .attempt(&mut world.job("Read that", vec![], meant))
            .await,
    );
    assert_eq!(world.sandbox().made(), 2);
}

#[tokio::test]
async fn a_link_whose_answer_was_lost_is_found_when_it_is_refused_as_a_second_one() {
    let world = World::start().await;
    let link = json!({ "link": "https://example.org/lost" });
    let mut job = world.job("Read this", vec![], link);
    world
        .sandbox()
        .faults()
        .order("POST submit", Fault::CutAfter);
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
    sent(world.attempt(&mut job).await);
    assert_eq!(world.sandbox().made(), 1);
}

#[tokio::test]
async fn a_picture_is_waited_for_in_the_own_list() {
    let world = World::start().await;
    let picture = world.desk.picture("one.jpg", 40, 30);
    let before = world.sandbox().calls();
    let mut job = world.job("Look at this", vec![picture], json!({}));
    let delivered = sent(world.attempt(&mut job).await);
    let calls = world.sandbox().calls() - before;
    assert_eq!(
        calls, 7,
        "what the community takes, lease, storage, submit, two looks"
    );
    let post = newest(&world);
    assert_eq!(post["kind"], "image");
    assert!(post["url"].as_str().unwrap().contains("/storage/bucket/"));
    assert_eq!(world.sandbox().stored().len(), 1);
    let url = delivered.url.unwrap();
    assert!(
        url.starts_with("https://www.reddit.com/r/test/comments/"),
        "{url}"
    );
}

#[tokio::test]
async fn a_picture_that_reddit_took_is_never_sent_again() {
    let world = World::start().await;
    world.sandbox().work_for(1_000);
    let picture = world.desk.picture("one.jpg", 40, 30);
    let mut job = world.job("Look at this", vec![picture], json!({}));
    let Outcome::Uncertain(refusal) = world.attempt(&mut job).await else {
        panic!("it has to wait");
    };
    assert_eq!(refusal.category, Category::MediaProcessing);
    let looked = world.confirm(&job).await;
    assert!(matches!(looked, Confirmation::NotNow(_)), "{looked:?}");
    // Also when somebody tries once more.
    let again = world.attempt(&mut job).await;
    assert!(matches!(again, Outcome::Uncertain(_)), "{again:?}");
    let looked = world.confirm(&job).await;
    assert!(matches!(looked, Confirmation::NotNow(_)), "{looked:?}");
    world.desk.clock.pass(Duration::from_mins(15));
    let looked = world.confirm(&job).await;
    assert!(matches!(looked, Confirmation::CannotTell(_)), "{looked:?}");
    assert_eq!(world.sandbox().made(), 1);
}

#[tokio::test]
async fn a_picture_whose_answer_was_lost_counts_as_absent_only_after_a_while() {
    let world = World::start().await;
    world
        .sandbox()
        .faults()
        .order("POST submit", Fault::CutBefore);
    let picture = world.desk.picture("one.jpg", 40, 30);
    let mut job = world.job("Look at this", vec![picture], json!({}));
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
    for minutes in [0, 10] {
        world.desk.clock.pass(Duration::from_mins(minutes));
        let looked = world.confirm(&job).await;
        assert!(matches!(looked, Confirmation::NotNow(_)), "{looked:?}");
    }
    world.desk.clock.pass(Duration::from_mins(5));
    let looked = world.confirm(&job).await;
    assert_eq!(looked, Confirmation::Absent);
    // The file is there already.
    let before = world.sandbox().stored().len();
    sent(world.attempt(&mut job).await);
    assert_eq!(world.sandbox().stored().len(), before);
}

#[tokio::test]
async fn a_gallery_keeps_its_order_and_a_video_has_its_picture() {
    let world = World::start().await;
    let media = vec![
        world.desk.picture("one.jpg", 40, 30),
        world.desk.picture("two.png", 30, 40),
    ];
    sent(
        world
            .attempt(&mut world.job("Two of them\nWith words", media, json!({})))
            .await,
    );
    let post = world.sandbox().posts().remove(0);
    let ids: Vec<&str> = post["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["media_id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["asset00000001", "asset00000002"]);
    assert_eq!(post["text"], "With words");

    let media = vec![
        world.desk.picture("poster.jpg", 40, 30),
        world.desk.video("clip.mp4", 200_000),
    ];
    sent(
        world
            .attempt(&mut world.job("A film", media, json!({})))
            .await,
    );
    let post = newest(&world);
    assert_eq!(post["kind"], "video");
    assert!(post["url"].as_str().unwrap().ends_with("asset00000004"));
    assert!(
        post["video_poster_url"]
            .as_str()
            .unwrap()
            .ends_with("asset00000003")
    );
    assert_eq!(world.sandbox().stored()[3], 200_000);
}

#[tokio::test]
async fn a_video_whose_storage_broke_off_is_uploaded_again_without_a_second_post() {
    let world = World::start().await;
    let faults = world.sandbox().faults();
    faults.order_after("POST bucket", 1, Fault::CutInBody);
    let media = vec![
        world.desk.picture("poster.jpg", 40, 30),
        world.desk.video("clip.mp4", 200_000),
    ];
    let mut job = world.job("A film", media, json!({}));
    let refusal = not_sent(world.attempt(&mut job).await);
    assert_eq!(refusal.category, Category::NetworkError);
    let before = world.sandbox().calls();
    sent(world.attempt(&mut job).await);
    let calls = world.sandbox().calls() - before;
    assert_eq!(
        calls, 5,
        "lease, storage, submit, two looks; the picture is there"
    );
    assert_eq!(world.sandbox().made(), 1);
}

#[tokio::test]
async fn the_poster_of_a_video_that_lies_alone_is_uploaded_once() {
    let world = World::start().await;
    let faults = world.sandbox().faults();
    faults.order_after("POST bucket", 1, Fault::CutInBody);
    let media = vec![world.desk.posed("clip.mp4", 200_000).await];
    let mut job = world.job("A film", media, json!({}));
    not_sent(world.attempt(&mut job).await);
    let before = world.sandbox().calls();
    sent(world.attempt(&mut job).await);
    let calls = world.sandbox().calls() - before;
    assert_eq!(calls, 5, "lease, storage, submit, two looks");
    let post = newest(&world);
    assert_eq!(post["kind"], "video");
    assert_ne!(post["url"], post["video_poster_url"]);
    // What cannot be cut out is told, and nothing is posted.
    let alone = vec![world.desk.video("other.mp4", 200_000)];
    let refusal = not_sent(
        world
            .attempt(&mut world.job("Another", alone, json!({})))
            .await,
    );
    assert_eq!(refusal.retry, Retry::Never);
    assert!(refusal.message.contains("Add one"), "{}", refusal.message);
    assert_eq!(world.sandbox().made(), 1);
}

#[tokio::test]
async fn a_video_with_a_poster_needs_no_picture_where_it_can_be_cut_out() {
    let world = World::start().await;
    let mut facts = world.desk.video("clip.mp4", 900).facts;
    let mut used = MediaUse::new(facts.id.clone(), "x");
    used.edits = vec![Operation::Poster { at_ms: 500 }];
    let segment = Segment {
        text: "A film".to_owned(),
        media: vec![used],
    };
    let draft = TargetDraft {
        account_id: ACCOUNT,
        override_segments: None,
        options: Map::from_iter([("community".to_owned(), json!(OPEN))]),
    };
    for (tool, rules) in [
        (Tool::Ready, &[][..]),
        (
            Tool::Missing,
            &[
                "poster_needs_tool",
                "video_unreadable",
                "video_needs_picture",
            ][..],
        ),
    ] {
        facts.tool = tool;
        let found = world.bench.connector().check(CheckInput {
            account: &world.account,
            segments: std::slice::from_ref(&segment),
            draft: &draft,
            media: std::slice::from_ref(&facts),
        });
        let found: Vec<String> = found.into_iter().map(|p| p.rule).collect();
        assert_eq!(found, rules);
    }
}

#[tokio::test]
async fn a_picture_that_is_too_large_for_storage_is_made_smaller() {
    let world = World::start().await;
    let picture = world.desk.picture("one.png", 2_000, 1_500);
    let largest = picture.facts.bytes as usize / 2;
    world.sandbox().limit_files(largest);
    sent(
        world
            .attempt(&mut world.job("Small", vec![picture], json!({})))
            .await,
    );
    let stored = world.sandbox().stored();
    assert!(stored.len() == 1 && stored[0] <= largest, "{stored:?}");
}

#[tokio::test]
async fn what_communities_refuse_is_told_and_the_account_stays() {
    let world = World::start().await;
    for (options, words) in [
        (json!({ "community": CLOSED }), "does not take posts"),
        (json!({ "community": NO_TEXT }), "no text posts"),
        (json!({ "community": FLAIRED }), "flair"),
        (json!({ "community": "no_such_place" }), "no community"),
        (json!({ "community": OPEN, "flair": "made-up" }), "flair"),
        (json!({ "link": "ftp://example.org" }), "https://"),
    ] {
        let refusal = not_sent(
            world
                .attempt(&mut world.job("Words", vec![], options))
                .await,
        );
        assert_eq!(refusal.category, Category::Validation, "{refusal:?}");
        assert!(refusal.message.contains(words), "{}", refusal.message);
        assert_eq!(refusal.retry, Retry::Never);
    }
    assert_eq!(world.sandbox().made(), 0);
}

#[tokio::test]
async fn the_brake_is_waited_out_and_so_is_the_pace() {
    let world = World::start().await;
    world.sandbox().brake(Some(9));
    let refusal = not_sent(world.attempt(&mut world.words("Words")).await);
    assert_eq!(refusal.category, Category::RateLimited);
    assert_eq!(refusal.retry, Retry::At(DUE.plus(Duration::from_mins(9))));
    world.sandbox().brake(None);
    // The last call that is let through says so, and no more are made. What the community takes is known.
    world.sandbox().limit_calls(1, 120);
    sent(world.attempt(&mut world.words("Words")).await);
    let before = world.sandbox().calls();
    let refusal = not_sent(world.attempt(&mut world.words("More words")).await);
    assert_eq!(refusal.retry, Retry::At(DUE.plus(Duration::from_mins(2))));
    assert_eq!(world.sandbox().calls(), before);
    world.sandbox().limit_calls(100, 300);
    world.desk.clock.pass(Duration::from_mins(2));
    sent(world.attempt(&mut world.words("More words")).await);
}

#[tokio::test]
async fn two_posts_with_the_same_words_are_not_told_apart() {
    let world = World::start().await;
    for _ in 0..2 {
        sent(world.attempt(&mut world.words("The same")).await);
    }
    let mut job = world.words("The same");
    job.first_sent_try_at = Some(DUE);
    let looked = world.confirm(&job).await;
    assert!(matches!(looked, Confirmation::CannotTell(_)), "{looked:?}");
}

#[tokio::test]
async fn places_and_their_flairs_are_offered() {
    let world = World::start().await;
    let (connector, ctx) = (world.bench.connector(), world.desk.ctx());
    let account = &world.account;
    let found = |all: Result<Vec<Choice>, Refusal>| {
        let all = all.unwrap().into_iter();
        all.map(|c| (c.value, c.label))
            .unzip::<String, String, Vec<String>, Vec<String>>()
    };
    for (query, places) in [
        ("", vec!["u_ana_films", OPEN, FLAIRED]),
        ("r/flair", vec![FLAIRED]),
        ("ana", vec!["u_ana_films"]),
    ] {
        let all = connector.choices(account, "community", query, ctx).await;
        let (values, _) = found(all);
        assert_eq!(values, places, "{query}");
    }
    for (place, flairs) in [(FLAIRED, vec!["Question", "News"]), (OPEN, vec![])] {
        let chosen = Map::from_iter([("community".to_owned(), json!(place))]);
        let all = connector.choices_beside(account, "flair", "", &chosen, ctx);
        let (_, labels) = found(all.await);
        assert_eq!(labels, flairs, "{place}");
    }
    let none = connector.choices(account, "flair", "", ctx).await;
    assert!(none.unwrap().is_empty());
}

#[tokio::test]
async fn rules_are_told_before_anything_is_sent() {
    let world = World::start().await;
    let picture = world.desk.picture("one.jpg", 40, 30).facts;
    let video = world.desk.video("clip.mp4", 900).facts;
    let rules = |words: &str, media: &[&MediaFacts], name: &str, value: &str| {
        let media: Vec<MediaFacts> = media.iter().map(|&facts| facts.clone()).collect();
        let mut options = json!({ "community": OPEN });
        options[name] = json!(value);
        world.rules(words, &media, options)
    };
    let plain = |media: &[&MediaFacts]| rules("Words", media, "link", "");
    assert!(plain(&[]).is_empty());
    assert!(plain(&[&picture, &video]).is_empty());
    assert_eq!(plain(&[&video]), ["video_needs_picture"]);
    assert_eq!(
        plain(&[&picture, &video, &picture]),
        ["video_with_pictures"]
    );
    assert_eq!(rules("Words", &[], "community", ""), ["option_missing"]);
    assert_eq!(rules("Words", &[], "community", "a b"), ["community_odd"]);
    assert_eq!(rules("", &[&picture], "link", ""), ["title_missing"]);
    let long = "x".repeat(301);
    assert_eq!(rules("Words", &[], "title", &long), ["title_too_long"]);
    assert_eq!(rules("Words", &[], "link", "example"), ["link_odd"]);
    let link = "https://example.org";
    assert_eq!(
        rules("Words", &[&picture], "link", link),
        ["link_and_files"]
    );
}
