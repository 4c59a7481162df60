//! Files, and the rules before sending.

use super::*;

#[tokio::test]
async fn a_slow_file_is_gone_on_with_later() {
    let world = World::start().await;
    let account = world.account().await;
    world.bench.sandbox.work_for(6);
    let video = with("Slow", vec![world.desk.video("v.mp4", 9_000)]);
    let mut job = world.thread(&account, vec![video]);
    let outcome = world.attempt(&mut job).await;
    let Outcome::NotSent(refusal) = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        (refusal.category, refusal.retry),
        (Category::MediaProcessing, Retry::Backoff)
    );
    assert_eq!(world.hosted(), 1, "Threads still fetches it");
    sent(world.attempt(&mut job).await);
    assert_eq!(world.hosted(), 0);
}

#[tokio::test]
async fn a_file_that_cannot_be_used_ends_with_a_sentence() {
    for (why, retry) in [
        ("INVALID_DURATION", Retry::Never),
        ("FAILED_DOWNLOADING_VIDEO", Retry::Backoff),
    ] {
        let world = World::start().await;
        let account = world.account().await;
        world.bench.sandbox.fail_files(Some(why));
        let video = with("Odd", vec![world.desk.video("v.mp4", 9_000)]);
        let mut job = world.thread(&account, vec![video]);
        let outcome = world.attempt(&mut job).await;
        let Outcome::NotSent(refusal) = &outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(
            (refusal.category, refusal.retry),
            (Category::MediaError, retry),
            "{why}"
        );
        assert_eq!(world.hosted(), 0, "{why}");
        // Another container is made for another try.
        world.bench.sandbox.fail_files(None);
        sent(world.attempt(&mut job).await);
    }
}

#[tokio::test]
async fn a_web_folder_that_does_not_answer_sends_nothing() {
    let world = World::start().await;
    let account = world.account().await;
    let picture = with("Picture", vec![world.desk.picture("a.jpg", 40, 30)]);
    let mut job = world.thread(&account, vec![picture]);
    for _ in 0..4 {
        world
            .bench
            .web
            .faults()
            .order("*", Fault::Answer(Canned::page(404)));
    }
    let before = world.bench.sandbox.calls();
    let outcome = world.attempt(&mut job).await;
    let Outcome::NotSent(refusal) = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(refusal.category, Category::MediaError);
    assert!(
        refusal.message.contains("public address"),
        "{}",
        refusal.message
    );
    assert_eq!(
        (world.bench.sandbox.calls() - before, world.hosted()),
        (0, 0)
    );
    sent(world.attempt(&mut job).await);
}

#[tokio::test]
async fn rules_are_checked() {
    let world = World::start().await;
    let account = world.account().await;
    let without = Account {
        settings: json!({}),
        ..account.clone()
    };
    let connector = world.bench.connector();
    assert!(connector.missing(&account).is_empty());
    assert_eq!(connector.missing(&without).len(), 1);
    let picture = world.desk.picture("a.jpg", 40, 30).facts;
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
    assert!(rules(&account, "x", &[&picture], json!({})).is_empty());
    assert_eq!(
        rules(&without, "x", &[&picture], json!({})),
        ["needs_public_address"]
    );
    let shaped = |width: u32, height: u32| MediaFacts {
        width: Some(width),
        height: Some(height),
        ..picture.clone()
    };
    assert!(rules(&account, "x", &[&shaped(4_000, 400)], json!({})).is_empty());
    for long in [shaped(4_010, 400), shaped(400, 4_010)] {
        assert_eq!(rules(&account, "x", &[&long], json!({})), ["picture_shape"]);
    }
    assert!(rules(&without, "x", &[], json!({})).is_empty());
    assert_eq!(
        rules(&account, "x", &[], json!({ "topicTag": "a.b" })),
        ["topic_odd"]
    );
    let many = ["a", "b", "c", "d", "e", "f"]
        .map(|n| format!("https://{n}.org "))
        .concat();
    assert_eq!(rules(&account, &many, &[], json!({})), ["too_many_links"]);
    assert_eq!(
        rules(&account, &"🎉".repeat(126), &[], json!({})),
        ["text_too_long"]
    );
}
