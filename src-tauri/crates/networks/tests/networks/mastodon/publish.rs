//! What is published, with which calls, and what happens to files on the way.

use model::content::{MediaUse, Segment};
use model::failure::{Category, Retry};
use model::post::TargetDraft;
use networks::connector::{CheckInput, Job, Outcome, TextUse};
use serde_json::{Value, json};
use testkit::desk::{ACCOUNT, text};
use testkit::sandbox::{Canned, Fault};

use super::{SHOW, World, refusal};

#[tokio::test]
async fn limits_are_those_of_the_server() {
    let world = World::start().await;
    world.bench.sandbox.change(|rules| {
        (rules.characters, rules.per_link, rules.files, rules.answers) = (50, 10, 6, 6);
    });
    let account = world.account().await;
    let connector = world.connector();
    let measure = |text: &str, options: Value| {
        connector.measure(&TextUse {
            account: &account,
            text,
            options: options.as_object().unwrap(),
            files: &[],
        })
    };
    let measured = measure(
        "see https://example.org/long/address @bo@m.example",
        json!({}),
    );
    assert_eq!((measured.used, measured.limit), (4 + 10 + 1 + 3, Some(50)));
    let problems = |segments: &[Segment], options: Value| -> Vec<String> {
        let draft = TargetDraft {
            account_id: ACCOUNT,
            override_segments: None,
            options: options.as_object().unwrap().clone(),
        };
        let media = [world.desk.picture("a.jpg", 8, 8).facts];
        let found = connector.check(CheckInput {
            account: &account,
            segments,
            draft: &draft,
            media: &media,
        });
        found.into_iter().map(|p| p.rule).collect()
    };
    let none: [String; 0] = [];
    assert_eq!(problems(&[Segment::text("x".repeat(50))], json!({})), none);
    let warned = json!({ "contentWarning": "Food" });
    assert_eq!(
        problems(&[Segment::text("x".repeat(46))], warned.clone()),
        none
    );
    assert_eq!(
        problems(&[Segment::text("x".repeat(47))], warned.clone()),
        ["text_too_long"]
    );
    // The counter counts what the check refuses.
    let counted = measure(&"x".repeat(47), warned);
    assert_eq!((counted.used, counted.over_from), (51, Some(46)));
    let media_id = world.desk.picture("a.jpg", 8, 8).facts.id;
    let pictures = |n: usize| Segment {
        text: "x".to_owned(),
        media: vec![MediaUse::new(media_id.clone(), "x"); n],
    };
    assert_eq!(problems(&[pictures(6)], json!({})), none);
    assert_eq!(problems(&[pictures(7)], json!({})), ["too_many_images"]);
    let poll = |answers: Value| json!({ "poll": true, "pollAnswers": answers });
    let asks = [Segment::text("Which?")];
    assert_eq!(
        problems(&asks, poll(json!(["1", "2", "3", "4", "5", "6"]))),
        none
    );
    assert_eq!(
        problems(&asks, poll(json!(["1", "2", "3", "4", "5", "6", "7"]))),
        ["poll_too_long"]
    );
    assert_eq!(problems(&asks, poll(json!(["1"]))), ["poll_too_short"]);
    assert_eq!(
        problems(&asks, poll(json!(["1", "1"]))),
        ["poll_answer_twice"]
    );
    assert_eq!(problems(&asks, poll(json!([]))), ["option_missing"]);
    assert_eq!(
        problems(&asks, poll(json!(["1", "x".repeat(51)]))),
        ["poll_answer_too_long"]
    );
    assert_eq!(
        problems(&[pictures(1)], poll(json!(["1", "2"]))),
        ["poll_with_media"]
    );
    assert_eq!(
        problems(&asks, json!({ "language": "english" })),
        ["language_unknown"]
    );
    // The server's rules are asked for anew when the account is looked at.
    world.bench.sandbox.change(|rules| rules.characters = 60);
    let known = connector
        .identify(&account, world.desk.ctx())
        .await
        .unwrap();
    assert_eq!(known.settings["maxCharacters"], 60);
}

#[tokio::test]
async fn options_arrive_in_what_was_published() {
    let world = World::start().await;
    let account = world.account().await;
    let options = json!({
        "visibility": "public", "quietReplies": true, "contentWarning": "Food", "language": "de",
        "poll": true, "pollAnswers": ["Soup", "Cake"], "pollEnds": "3600", "pollMultiple": true, "pollHidden": true,
    });
    let posts = world
        .posted(world.job(&account, vec![text("Which?"), text("And why?")], &options))
        .await;
    let (first, second) = (&posts[0]["asked"], &posts[1]["asked"]);
    assert_eq!(
        *first,
        json!({
            "status": "Which?", "visibility": "public", "spoiler_text": "Food", "language": "de",
            "poll": { "options": ["Soup", "Cake"], "expires_in": 3600, "multiple": true, "hide_totals": true },
        })
    );
    assert_eq!(
        (&second["visibility"], &second["spoiler_text"]),
        (&json!("unlisted"), &json!("Food"))
    );
    assert_eq!(second["in_reply_to_id"], posts[0]["status"]["id"]);
    assert_eq!(second.get("poll"), None);
}

#[tokio::test]
async fn who_sees_it_instead_of_whom_was_chosen_is_told() {
    let world = World::start().await;
    let account = world.account().await;
    world.bench.sandbox.limit("ana");
    let lacks = async |options: &Value| {
        let parts = vec![text("Hello"), text("world")];
        let outcome = world
            .attempt(&mut world.job(&account, parts, options))
            .await;
        let Outcome::Sent(delivered) = outcome else {
            panic!("{outcome:?}");
        };
        delivered.lacks()
    };
    let told = lacks(&json!({ "visibility": "public" })).await.unwrap();
    assert!(
        told.contains("\"Quiet public\", where \"Public\" was chosen"),
        "{told}"
    );
    // Nobody chose anything, or it is what was chosen.
    assert_eq!(lacks(&json!({})).await, None);
    assert_eq!(lacks(&json!({ "visibility": "private" })).await, None);
    // A public thread whose later parts are quiet differs in its first part only.
    let quiet = json!({ "visibility": "unlisted", "quietReplies": true });
    assert_eq!(lacks(&quiet).await, None);
}

#[tokio::test]
async fn files_arrive_with_their_descriptions() {
    let world = World::start().await;
    let account = world.account().await;
    let mut segment = text("Pictures");
    segment.media = vec![
        world.desk.picture("a.jpg", 40, 30),
        world.desk.picture("b.png", 30, 40),
    ];
    let posts = world
        .posted(world.job(&account, vec![segment], &json!({ "sensitive": true })))
        .await;
    assert_eq!(posts[0]["asked"]["sensitive"], true);
    let files = posts[0]["status"]["media_attachments"]
        .as_array()
        .unwrap()
        .clone();
    let said: Vec<&Value> = files.iter().map(|f| &f["description"]).collect();
    assert_eq!(said, ["Description of a.jpg", "Description of b.png"]);
    let mut clip = text("A clip");
    clip.media = vec![world.desk.video("clip.mp4", 200_000)];
    world
        .posted(world.job(&account, vec![clip], &json!({})))
        .await;
    let files = world.bench.sandbox.files();
    assert!(files.contains(&(
        "Description of clip.mp4".to_owned(),
        "video/mp4".to_owned(),
        200_000
    )));
}

#[tokio::test]
async fn a_publish_makes_as_few_calls_as_it_can() {
    let world = World::start().await;
    let account = world.account().await;
    let calls = |job: Job| {
        let world = &world;
        async move {
            let before = world.bench.sandbox.calls();
            world.posted(job).await;
            world.bench.sandbox.calls() - before
        }
    };
    assert_eq!(
        calls(world.job(&account, vec![text("One")], &json!({}))).await,
        1
    );
    assert_eq!(
        calls(world.job(&account, vec![text("A"), text("B"), text("C")], &json!({}))).await,
        3
    );
    let mut pictures = text("Two");
    pictures.media = vec![
        world.desk.picture("a.jpg", 8, 8),
        world.desk.picture("b.jpg", 8, 9),
    ];
    assert_eq!(
        calls(world.job(&account, vec![pictures], &json!({}))).await,
        3
    );
    // Somebody mentioned may be taken for spam, so that is looked at.
    assert_eq!(
        calls(world.job(&account, vec![text("Hi @bo")], &json!({}))).await,
        2
    );
    let mut clip = text("Clip");
    clip.media = vec![world.desk.video("clip.mp4", 1_000)];
    world.bench.sandbox.change(|rules| rules.work = 2);
    assert_eq!(
        calls(world.job(&account, vec![clip], &json!({}))).await,
        1 + 3 + 1
    );
}

#[tokio::test]
async fn the_poster_of_a_video_goes_along_with_it() {
    let world = World::start().await;
    let account = world.account().await;
    let mut clip = text("Look");
    clip.media = vec![world.desk.posed("clip.mp4", 1_000).await];
    world
        .posted(world.job(&account, vec![clip], &json!({})))
        .await;
    let thumbnails = world.bench.sandbox.thumbnails();
    assert_eq!(thumbnails.len(), 1);
    assert!(thumbnails[0].starts_with(&[0xff, 0xd8, 0xff]));
}

#[tokio::test]
async fn a_video_whose_poster_is_refused_goes_up_without_it_and_that_is_told() {
    let world = World::start().await;
    let account = world.account().await;
    let sandbox = &world.bench.sandbox;
    let clip = async || {
        let mut clip = text("Look");
        clip.media = vec![world.desk.posed("clip.mp4", 1_000).await];
        clip
    };
    let mut job = world.job(&account, vec![clip().await], &json!({}));
    for (n, (status, words)) in [
        (422, "Validation failed: Thumbnail content type is invalid"),
        (500, "Error processing thumbnail for uploaded media"),
    ]
    .into_iter()
    .enumerate()
    {
        let refused = Canned::json(status, &json!({ "error": words }));
        sandbox.faults().order("media", Fault::Answer(refused));
        // What shows it fails as well: the next attempt knows of the poster still.
        let busy = Canned::json(429, &json!({ "error": "Too many requests" }));
        sandbox.faults().order(SHOW, Fault::Answer(busy));
        let outcome = world.attempt(&mut job).await;
        assert_eq!(refusal(&outcome).category, Category::RateLimited);
        let Outcome::Sent(delivered) = world.attempt(&mut job).await else {
            panic!("{words}");
        };
        let lacks = delivered.lacks().unwrap();
        assert!(lacks.contains("Its poster is not there"), "{lacks}");
        assert_eq!(sandbox.made(), n + 1);
        job = world.job(&account, vec![clip().await], &json!({}));
    }
    assert!(sandbox.thumbnails().is_empty());
    // In one attempt, and one that comes too soon is not sent once more.
    let refused = Canned::json(422, &json!({ "error": "Validation failed" }));
    sandbox.faults().order("media", Fault::Answer(refused));
    let outcome = world.attempt(&mut job).await;
    let Outcome::Sent(delivered) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(delivered.lacks().is_some());
    let mut job = world.job(&account, vec![clip().await], &json!({}));
    let busy = Canned::json(429, &json!({ "error": "Too many requests" }));
    sandbox.faults().order("media", Fault::Answer(busy));
    let outcome = world.attempt(&mut job).await;
    assert_eq!(refusal(&outcome).category, Category::RateLimited);
    assert_eq!(sandbox.files().len(), 3);
}

#[tokio::test]
async fn a_video_that_is_worked_on_for_long_is_waited_for_and_not_sent_again() {
    let world = World::start().await;
    let account = world.account().await;
    world.bench.sandbox.change(|rules| rules.work = 8);
    let mut clip = text("Clip");
    clip.media = vec![world.desk.video("clip.mp4", 1_000)];
    let mut job = world.job(&account, vec![clip], &json!({}));
    let outcome = world.attempt(&mut job).await;
    assert_eq!(refusal(&outcome).category, Category::MediaProcessing);
    assert_ne!(refusal(&outcome).retry, Retry::Never);
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Sent(_)), "{outcome:?}");
    assert_eq!(world.bench.sandbox.files().len(), 1);
}

#[tokio::test]
async fn a_file_that_cannot_be_converted_is_a_media_error() {
    let world = World::start().await;
    let account = world.account().await;
    let mut clip = text("Clip");
    clip.media = vec![world.desk.video("clip.mp4", 1_000)];
    // The upload goes well; the question whether it is ready does not.
    let cannot = Canned::json(422, &json!({ "error": "Error processing media" }));
    world.bench.sandbox.faults().order("*", Fault::Pass);
    world
        .bench
        .sandbox
        .faults()
        .order("*", Fault::Answer(cannot));
    let outcome = world
        .attempt(&mut world.job(&account, vec![clip], &json!({})))
        .await;
    assert_eq!(
        (refusal(&outcome).category, refusal(&outcome).retry),
        (Category::MediaError, Retry::Never)
    );
    assert_eq!(world.bench.sandbox.made(), 0);
}

#[tokio::test]
async fn pictures_shrink_to_what_the_way_to_a_server_takes() {
    let world = World::start().await;
    let account = world.account().await;
    let mut file = world.desk.picture("noise.png", 640, 480);
    let mut pixels = vec![0; 640 * 480 * 3];
    model::Entropy::fill(&world.desk.entropy, &mut pixels);
    image::RgbImage::from_raw(640, 480, pixels)
        .unwrap()
        .save(&file.path)
        .unwrap();
    file.facts.bytes = std::fs::metadata(&file.path).unwrap().len();
    world
        .bench
        .sandbox
        .change(|rules| rules.body_bytes = 400_000);
    let mut segment = text("Large");
    segment.media = vec![file];
    world
        .posted(world.job(&account, vec![segment], &json!({})))
        .await;
    let mut clip = text("Clip");
    clip.media = vec![world.desk.video("clip.mp4", 500_000)];
    let outcome = world
        .attempt(&mut world.job(&account, vec![clip], &json!({})))
        .await;
    assert_eq!(
        (refusal(&outcome).category, refusal(&outcome).retry),
        (Category::MediaError, Retry::Never)
    );
}

#[tokio::test]
async fn files_that_were_swept_between_two_attempts_are_sent_again() {
    let world = World::start().await;
    let account = world.account().await;
    let mut segment = text("A picture");
    segment.media = vec![world.desk.picture("a.jpg", 20, 10)];
    let mut job = world.job(&account, vec![segment], &json!({}));
    let limited = Canned::json(429, &json!({ "error": "Too many requests" }));
    world
        .bench
        .sandbox
        .faults()
        .order(SHOW, Fault::Answer(limited));
    assert_eq!(
        refusal(&world.attempt(&mut job).await).category,
        Category::RateLimited
    );
    world.bench.sandbox.sweep_files();
    assert!(matches!(world.attempt(&mut job).await, Outcome::Sent(_)));
    let posts = world.bench.sandbox.posts();
    assert_eq!(
        posts[0]["status"]["media_attachments"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_thread_does_not_go_on_below_a_part_that_was_deleted() {
    let world = World::start().await;
    let account = world.account().await;
    let limited = Canned::json(429, &json!({ "error": "Too many requests" }));
    world
        .bench
        .sandbox
        .faults()
        .order_after(SHOW, 1, Fault::Answer(limited));
    let mut job = world.job(&account, vec![text("One"), text("Two")], &json!({}));
    assert_eq!(
        refusal(&world.attempt(&mut job).await).category,
        Category::RateLimited
    );
    world.bench.sandbox.delete_posts();
    let outcome = world.attempt(&mut job).await;
    assert_eq!(
        (refusal(&outcome).category, refusal(&outcome).retry),
        (Category::Validation, Retry::Never)
    );
    assert!(refusal(&outcome).message.contains("deleted"));
    assert_eq!(world.bench.sandbox.posts().len(), 0);
}

#[tokio::test]
async fn a_post_that_the_spam_filter_dropped_is_not_called_sent() {
    let world = World::start().await;
    let account = world.account().await;
    world.bench.sandbox.drop_next_post();
    let outcome = world
        .attempt(&mut world.job(&account, vec![text("Hi @bo")], &json!({})))
        .await;
    assert!(
        refusal(&outcome).message.contains("spam filter"),
        "{outcome:?}"
    );
    assert_eq!(refusal(&outcome).retry, Retry::Never);
}

#[tokio::test]
async fn the_way_out_of_a_rate_limit_is_waited_for() {
    let world = World::start().await;
    let account = world.account().await;
    world.bench.sandbox.change(|rules| rules.posts = 1);
    world
        .posted(world.job(&account, vec![text("One")], &json!({})))
        .await;
    let outcome = world
        .attempt(&mut world.job(&account, vec![text("Two")], &json!({})))
        .await;
    assert_eq!(refusal(&outcome).category, Category::RateLimited);
}

#[tokio::test]
async fn people_are_found_for_mentions() {
    let world = World::start().await;
    let account = world.account().await;
    let (connector, ctx) = (world.connector(), world.desk.ctx());
    let found = connector
        .choices(&account, "mention", "@an", ctx)
        .await
        .unwrap();
    let host = world.bench.sandbox.origin().replace("http://", "");
    assert_eq!(found[0].value, format!("@ana@{host}"));
    assert_eq!(found[0].label, format!("Ana Example (@ana@{host})"));
    let found = connector
        .choices(&account, "mention", "cleo", ctx)
        .await
        .unwrap();
    assert_eq!(found[0].value, "@cleo@elsewhere.example");
    assert_eq!(
        connector
            .choices(&account, "mention", " @ ", ctx)
            .await
            .unwrap(),
        []
    );
}
