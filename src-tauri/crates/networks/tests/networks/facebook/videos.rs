//! Videos on their way.

use super::*;

#[tokio::test]
async fn a_video_goes_up_in_pieces_and_goes_on_where_it_stopped() {
    let world = World::start().await;
    let account = world.account().await;
    world.bench.sandbox.limit_pieces(40_000);
    let video = with("Pieces", vec![world.desk.video("v.mp4", 100_000)]);
    let mut job = world.job(&account, video, &[]);
    // Start, one piece; the second one arrives and its answer is lost.
    world
        .bench
        .sandbox
        .faults()
        .order_after("videos", 2, Fault::CutAfter);
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::NotSent(_)), "{outcome:?}");
    let before = world.bench.sandbox.calls();
    sent(world.attempt(&mut job).await);
    // The piece that was lost, the third one, finish, and two looks.
    assert_eq!(world.bench.sandbox.calls() - before, 5);
    assert_eq!(world.bench.sandbox.made(), 1);
}

#[tokio::test]
async fn a_reel_goes_on_from_the_bytes_that_arrived() {
    let world = World::start().await;
    let account = world.account().await;
    let video = with("Reel", vec![world.desk.video("v.mp4", 100_000)]);
    let mut job = world.job(&account, video, &[("kind", json!("reel"))]);
    world
        .bench
        .sandbox
        .faults()
        .order_after("*", 1, Fault::CutAfter);
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::NotSent(_)), "{outcome:?}");
    let before = world.bench.sandbox.calls();
    sent(world.attempt(&mut job).await);
    // A look at what arrived, finish, and two looks: no byte goes twice.
    assert_eq!(world.bench.sandbox.calls() - before, 4);
}

#[tokio::test]
async fn a_video_that_is_worked_on_for_long_is_decided_later() {
    let world = World::start().await;
    let account = world.account().await;
    world.bench.sandbox.work_for(6);
    let video = with("Slow", vec![world.desk.video("v.mp4", 9_000)]);
    let mut job = world.job(&account, video, &[("kind", json!("reel"))]);
    let outcome = world.attempt(&mut job).await;
    let Outcome::Uncertain(refusal) = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(refusal.category, Category::MediaProcessing);
    for wanted in [false, false, true] {
        let found = matches!(world.confirm(&job).await, Confirmation::Found(_));
        assert_eq!(found, wanted);
    }
    assert_eq!(world.bench.sandbox.made(), 1);
}

#[tokio::test]
async fn a_video_that_facebook_cannot_use_ends_with_a_sentence() {
    let world = World::start().await;
    let account = world.account().await;
    world.bench.sandbox.refuse_videos();
    let video = with("Odd", vec![world.desk.video("v.mp4", 9_000)]);
    let mut job = world.job(&account, video, &[("kind", json!("reel"))]);
    let outcome = world.attempt(&mut job).await;
    let Outcome::NotSent(refusal) = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        (refusal.category, refusal.retry),
        (Category::MediaError, Retry::Never)
    );
    assert!(refusal.message.contains("Convert"), "{}", refusal.message);
}

#[tokio::test]
async fn the_poster_of_a_video_of_the_feed_goes_along_and_that_of_a_reel_stays() {
    for (kind, comes_along) in [("post", true), ("reel", false)] {
        let world = World::start().await;
        let account = world.account().await;
        let video = world.desk.posed("v.mp4", 9_000).await;
        let options = [("kind", json!(kind))];
        let mut job = world.job(&account, with("Look", vec![video]), &options);
        let delivered = sent(world.attempt(&mut job).await);
        let thumb = world.bench.sandbox.thumb(&delivered.remote_id);
        let is_jpeg = thumb.is_some_and(|bytes| bytes.starts_with(&[0xff, 0xd8, 0xff]));
        assert_eq!(is_jpeg, comes_along, "{kind}");
    }
}

#[tokio::test]
async fn a_video_whose_poster_is_refused_goes_out_without_it_and_that_is_told() {
    let world = World::start().await;
    let account = world.account().await;
    let sandbox = &world.bench.sandbox;
    let answer = |code: i64| {
        let error = json!({ "error": { "code": code, "message": "words" } });
        Fault::Answer(Canned::json(400, &error))
    };
    let looks = async || with("Look", vec![world.desk.posed("v.mp4", 9_000).await]);
    let mut job = world.job(&account, looks().await, &[]);
    // Start and one piece go well.
    sandbox.faults().order_after("videos", 2, answer(100));
    let delivered = sent(world.attempt(&mut job).await);
    assert!(sandbox.faults().all_used());
    assert_eq!(sandbox.thumb(&delivered.remote_id), None);
    let lacks = delivered.lacks().unwrap();
    assert!(lacks.starts_with("Its poster is not there"), "{lacks}");
    assert_eq!(sandbox.made(), 1);

    // Neither a call that may have worked nor one that came too soon is made once more.
    for code in [1, 4] {
        let mut job = world.job(&account, looks().await, &[]);
        sandbox.faults().order_after("videos", 2, answer(code));
        let outcome = world.attempt(&mut job).await;
        let open = matches!(outcome, Outcome::Uncertain(_));
        assert_eq!(open, code == 1, "{outcome:?}");
        assert_eq!(sandbox.made(), 1);
    }
}

#[tokio::test]
async fn a_video_that_is_found_out_later_tells_that_its_poster_was_refused() {
    let world = World::start().await;
    let account = world.account().await;
    let sandbox = &world.bench.sandbox;
    sandbox.work_for(6);
    let video = world.desk.posed("v.mp4", 9_000).await;
    let mut job = world.job(&account, with("Slow", vec![video]), &[]);
    let refused = json!({ "error": { "code": 100, "message": "words" } });
    let refused = Fault::Answer(Canned::json(400, &refused));
    sandbox.faults().order_after("videos", 2, refused);
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
    let mut lacks = None;
    for _ in 0..6 {
        if let Confirmation::Found(delivered) = world.confirm(&job).await {
            lacks = delivered.lacks();
        }
    }
    assert!(lacks.unwrap().starts_with("Its poster is not there"));
}

#[tokio::test]
async fn captions_follow_a_video_that_is_out() {
    for kind in ["post", "reel"] {
        let world = World::start().await;
        let account = world.account().await;
        let video = || {
            let video = world
                .desk
                .captioned("v.mp4", 9_000, &["en", "ie", "pt-PT", "sl", "haw"]);
            with("Said", vec![video])
        };
        let mut job = world.job(&account, video(), &[("kind", json!(kind))]);
        let delivered = sent(world.attempt(&mut job).await);
        assert_eq!(
            delivered.lacks(),
            None,
            "the check has told of those without a name"
        );
        let captions = world.bench.sandbox.captions();
        let locales: Vec<&str> = captions.iter().map(|c| c.0.as_str()).collect();
        assert_eq!(locales, ["en_US", "pt_PT", "sl_SI"]);
        assert!(captions[0].1.contains("Words in en"), "{captions:?}");
    }
}

#[tokio::test]
async fn captions_that_are_not_taken_are_told_and_the_video_stays_published() {
    let world = World::start().await;
    let account = world.account().await;
    let refused =
        json!({ "error": { "code": 386, "message": "(#386) The caption file is invalid" } });
    world
        .bench
        .sandbox
        .faults()
        .order("captions", Fault::Answer(Canned::json(400, &refused)));
    let video = world.desk.captioned("v.mp4", 9_000, &["en", "de"]);
    let mut job = world.job(&account, with("Said", vec![video]), &[]);
    let delivered = sent(world.attempt(&mut job).await);
    let lacks = delivered.lacks().unwrap();
    assert!(
        lacks.starts_with("Its captions in en are not there."),
        "{lacks}"
    );
    assert_eq!(world.bench.sandbox.captions().len(), 1);
    // A story takes none, and nothing is tried.
    let video = world.desk.captioned("w.mp4", 9_000, &["en"]);
    let story = [("kind", json!("story"))];
    let mut job = world.job(&account, with("", vec![video]), &story);
    assert_eq!(sent(world.attempt(&mut job).await).lacks(), None);
}

#[tokio::test]
async fn a_video_that_is_found_out_gets_its_captions() {
    let world = World::start().await;
    let account = world.account().await;
    world.bench.sandbox.work_for(6);
    let video = world.desk.captioned("v.mp4", 9_000, &["en"]);
    let mut job = world.job(&account, with("Slow", vec![video]), &[]);
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
    assert!(world.bench.sandbox.captions().is_empty());
    let mut found = false;
    for _ in 0..6 {
        found |= matches!(world.confirm(&job).await, Confirmation::Found(_));
    }
    assert!(found);
    assert_eq!(world.bench.sandbox.captions().len(), 1);
}

#[tokio::test]
async fn a_video_that_another_copy_of_the_calendar_may_have_sent_is_never_called_absent() {
    let world = World::start().await;
    let account = world.account().await;
    let video = with("Reel", vec![world.desk.video("v.mp4", 100_000)]);
    let never_begun = world.job(&account, video, &[("kind", json!("reel"))]);
    let mut begun = never_begun.clone();
    let faults = world.bench.sandbox.faults();
    faults.order_after("*", 1, Fault::CutAfter);
    let outcome = world.attempt(&mut begun).await;
    assert!(matches!(outcome, Outcome::NotSent(_)), "{outcome:?}");
    for mut job in [never_begun, begun] {
        assert_eq!(world.confirm(&job).await, Confirmation::Absent);
        job.unknown_send = true;
        let asked = world.confirm(&job).await;
        assert!(matches!(asked, Confirmation::CannotTell(_)), "{asked:?}");
    }
}
