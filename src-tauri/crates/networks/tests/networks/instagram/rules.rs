//! Rules, slow files, and deleting.

use super::*;

#[tokio::test]
async fn the_bytes_of_a_video_go_on_where_they_stopped() {
    let world = World::start().await;
    let account = world.account().await;
    let mut job = world.job(&account, with("Reel", world.video()), &[]);
    world
        .bench
        .sandbox
        .faults()
        .order_after("*", 1, Fault::CutAfter);
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::NotSent(_)), "{outcome:?}");
    let before = world.bench.sandbox.calls();
    sent(world.attempt(&mut job).await);
    // A look at what arrived, a look, publishing, and the address: no byte goes twice.
    assert_eq!(world.bench.sandbox.calls() - before, 4);
    assert_eq!(world.bench.sandbox.made(), 1);
}

#[tokio::test]
async fn a_slow_or_unusable_file_has_its_sentence() {
    let world = World::start().await;
    let account = world.account().await;
    world.bench.sandbox.work_for(6);
    let mut job = world.job(&account, with("Slow", world.picture()), &[]);
    let outcome = world.attempt(&mut job).await;
    let Outcome::NotSent(refusal) = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(refusal.category, Category::MediaProcessing);
    sent(world.attempt(&mut job).await);
    world.bench.sandbox.work_for(0);
    world
        .bench
        .sandbox
        .fail_files(Some("Media upload has failed with error code 2207026"));
    let mut job = world.job(&account, with("Odd", world.video()), &[]);
    let outcome = world.attempt(&mut job).await;
    let Outcome::NotSent(refusal) = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        (refusal.category, refusal.retry),
        (Category::MediaError, Retry::Never)
    );
    assert!(
        refusal.message.contains("convert it"),
        "{}",
        refusal.message
    );
    world.bench.sandbox.limit_posts(1);
    world.bench.sandbox.fail_files(None);
    let outcome = world
        .attempt(&mut world.job(&account, with("More", world.picture()), &[]))
        .await;
    let Outcome::NotSent(refusal) = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(refusal.category, Category::RateLimited);
    assert_eq!(world.hosted(), 0);
}

#[tokio::test]
async fn deleting_says_when_only_the_person_can() {
    let world = World::start().await;
    let account = world.own_account().await;
    let mut job = world.job(&account, with("Picture", world.picture()), &[]);
    let delivered = sent(world.attempt(&mut job).await);
    let connector = world.bench.connector();
    let refusal = connector
        .delete(&account, &delivered, world.desk.ctx())
        .await
        .unwrap_err();
    assert!(
        refusal.message.contains("Delete it in Instagram"),
        "{refusal:?}"
    );
    let numbers = connector
        .metrics(&account, &delivered, world.desk.ctx())
        .await;
    assert_eq!(numbers.unwrap().unwrap().likes, Some(3));
}

#[tokio::test]
async fn rules_are_checked() {
    let world = World::start().await;
    let through_page = world.account().await;
    let connector = world.bench.connector();
    let bare = |door: &str| Account {
        settings: json!({ "door": door }),
        ..through_page.clone()
    };
    let own = bare("own");
    assert!(connector.missing(&through_page).is_empty());
    assert!(
        connector.missing(&own)[0]
            .message
            .contains("pictures and videos")
    );
    assert!(
        connector.missing(&bare("page"))[0]
            .message
            .contains("fetches pictures from the web")
    );
    let picture = world.desk.picture("a.jpg", 40, 40).facts;
    let tall = world.desk.picture("tall.jpg", 40, 80).facts;
    let video = world.desk.video("v.mp4", 900).facts;
    let rules = |account: &Account, words: &str, media: &[&MediaFacts], options: Value| {
        let segment = Segment {
            text: words.to_owned(),
            media: media
                .iter()
                .map(|m| MediaUse::new(m.id.clone(), "x"))
                .collect(),
        };
        let draft = TargetDraft {
            account_id: ACCOUNT,
            override_segments: None,
            options: options.as_object().unwrap().clone(),
        };
        let facts: Vec<MediaFacts> = media.iter().map(|m| (*m).clone()).collect();
        let found = connector.check(CheckInput {
            account,
            segments: &[segment],
            draft: &draft,
            media: &facts,
        });
        found.into_iter().map(|p| p.rule).collect::<Vec<_>>()
    };
    let (a, none) = (&through_page, json!({}));
    assert!(rules(a, "x", &[&picture, &video], none.clone()).is_empty());
    assert_eq!(rules(a, "x", &[], none.clone()), ["needs_media"]);
    assert_eq!(rules(a, "x", &[&tall], none.clone()), ["picture_shape"]);
    assert!(rules(a, "", &[&tall], json!({ "kind": "story" })).is_empty());
    assert_eq!(
        rules(a, "x", &[&picture], json!({ "kind": "story" })),
        ["story_text"]
    );
    assert_eq!(
        rules(a, "x", &[&picture], json!({ "kind": "reel" })),
        ["reel_needs_video"]
    );
    assert_eq!(
        rules(&own, "x", &[&video], none.clone()),
        ["needs_public_address"]
    );
    assert!(rules(&bare("page"), "x", &[&video], none.clone()).is_empty());
    assert_eq!(
        rules(&bare("page"), "x", &[&picture], none.clone()),
        ["needs_public_address"]
    );
    assert_eq!(
        rules(a, &"#a ".repeat(31), &[&picture], none.clone()),
        ["too_many_tags"]
    );
    assert_eq!(
        rules(a, &"#a ".repeat(6), &[&picture], none.clone()),
        ["many_tags"]
    );
    assert_eq!(
        rules(a, &"@a ".repeat(21), &[&picture], none),
        ["too_many_mentions"]
    );
    let together = json!({ "collaborators": ["bo"] });
    assert_eq!(
        rules(a, "x", &[&picture, &video], together),
        ["together_left_out"]
    );
}
