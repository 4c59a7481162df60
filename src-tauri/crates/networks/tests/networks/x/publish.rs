//! Publishing to X: options, files, credits, looking back.

#![allow(
    clippy::wildcard_imports,
    reason = "the file is a part of its neighbour"
)]

use super::*;

#[tokio::test]
async fn each_option_arrives() {
    let world = World::start().await;
    let mut job = world.parts(vec![text("First"), text("Second")]);
    for (name, value) in [
        ("replySettings", json!("following")),
        ("madeWithAi", json!(true)),
        ("paidPartnership", json!(true)),
    ] {
        job.options.insert(name.to_owned(), value);
    }
    let delivered = sent(world.attempt(&mut job).await);
    let posts = world.sandbox().posts();
    assert_eq!(posts[0]["reply_settings"], "following");
    assert_eq!(posts[1].get("reply_settings"), None);
    for post in &posts {
        assert_eq!(post["made_with_ai"], true);
        assert_eq!(post["paid_partnership"], true);
    }
    assert_eq!(
        posts[1]["reply"]["in_reply_to_tweet_id"],
        delivered.remote_id
    );
    let url = delivered.url.unwrap();
    assert_eq!(
        url,
        format!("https://x.com/ana_x/status/{}", delivered.remote_id)
    );
}

#[tokio::test]
async fn a_publish_makes_as_few_calls_as_the_network_allows() {
    let world = World::start().await;
    let calls = |before: usize| world.sandbox().calls() - before;
    let before = world.sandbox().calls();
    sent(world.attempt(&mut world.parts(vec![text("Words")])).await);
    assert_eq!(calls(before), 1);
    let mut segment = text("A picture");
    segment.media = vec![world.desk.picture("a.jpg", 40, 30)];
    let before = world.sandbox().calls();
    sent(world.attempt(&mut world.parts(vec![segment])).await);
    assert_eq!(calls(before), 3, "upload, description, post");
    let mut segment = text("A video");
    segment.media = vec![world.desk.video("a.mp4", 9 << 20)];
    let before = world.sandbox().calls();
    sent(world.attempt(&mut world.parts(vec![segment])).await);
    assert_eq!(calls(before), 6, "begin, three pieces, end, post");
}

fn media_ids(post: &Value) -> Vec<String> {
    let ids = post["media"]["media_ids"].as_array().unwrap();
    ids.iter().map(|i| i.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn files_arrive_whole_and_described() {
    let world = World::start().await;
    let mut segment = text("Pictures");
    segment.media = vec![
        world.desk.picture("a.jpg", 40, 30),
        world.desk.picture("b.png", 30, 40),
    ];
    segment.media[1].alt = String::new();
    sent(world.attempt(&mut world.parts(vec![segment])).await);
    let ids = media_ids(&world.sandbox().posts()[0]);
    let alts: Vec<Option<String>> = ids.iter().map(|id| world.sandbox().alt(id)).collect();
    assert_eq!(alts, [Some("Description of a.jpg".to_owned()), None]);
    let mut segment = text("A video");
    segment.media = vec![world.desk.video("a.mp4", 5 << 20)];
    let path = segment.media[0].path.clone();
    sent(world.attempt(&mut world.parts(vec![segment])).await);
    let id = media_ids(&world.sandbox().posts()[1]).remove(0);
    let (category, bytes) = world.sandbox().file(&id).unwrap();
    assert_eq!(category, "tweet_video");
    assert!(bytes == std::fs::read(path).unwrap());
}

#[tokio::test]
async fn a_moving_gif_stays_a_gif() {
    let world = World::start().await;
    let mut file = world.desk.picture("a.png", 20, 20);
    file.path.set_extension("gif");
    let out = std::fs::File::create(&file.path).unwrap();
    let mut encoder = image::codecs::gif::GifEncoder::new(out);
    for shade in [10, 200] {
        let pixels = image::RgbaImage::from_pixel(20, 20, image::Rgba([shade, 0, 0, 255]));
        encoder.encode_frame(image::Frame::new(pixels)).unwrap();
    }
    drop(encoder);
    file.facts.mime = "image/gif".to_owned();
    let mut segment = text("It moves");
    segment.media = vec![file];
    sent(world.attempt(&mut world.parts(vec![segment])).await);
    let id = media_ids(&world.sandbox().posts()[0]).remove(0);
    let (category, bytes) = world.sandbox().file(&id).unwrap();
    assert_eq!(category, "tweet_gif");
    assert!(bytes.starts_with(b"GIF8"));
    assert_eq!(world.sandbox().alt(&id).unwrap(), "Description of a.png");
}

#[tokio::test]
async fn a_picture_shrinks_until_it_is_taken() {
    let world = World::start().await;
    let mut file = world.desk.picture("noise.png", 640, 480);
    let mut pixels = vec![0; 640 * 480 * 3];
    model::Entropy::fill(&world.desk.entropy, &mut pixels);
    let noise = image::RgbImage::from_raw(640, 480, pixels).unwrap();
    noise.save(&file.path).unwrap();
    file.facts.bytes = std::fs::metadata(&file.path).unwrap().len();
    world.sandbox().limit_uploads(900_000);
    let mut segment = text("Noise");
    segment.media = vec![file];
    sent(world.attempt(&mut world.parts(vec![segment])).await);
}

#[tokio::test]
async fn a_video_that_is_worked_on_is_waited_for_and_taken_up_again() {
    let world = World::start().await;
    let segment = || {
        let mut segment = text("A video");
        segment.media = vec![world.desk.video("a.mp4", 100_000)];
        segment
    };
    world.sandbox().work_on_videos(3);
    sent(world.attempt(&mut world.parts(vec![segment()])).await);
    world.sandbox().delete_posts();
    world.sandbox().work_on_videos(15);
    let mut job = world.parts(vec![segment()]);
    let refusal = not_sent(world.attempt(&mut job).await);
    assert_eq!(
        (refusal.category, refusal.retry),
        (Category::MediaProcessing, Retry::Backoff)
    );
    let before = world.sandbox().calls();
    sent(world.attempt(&mut job).await);
    assert!(
        world.sandbox().calls() - before < 6,
        "nothing is uploaded again"
    );
}

#[tokio::test]
async fn a_video_that_x_cannot_read_is_told_and_not_tried_again() {
    let world = World::start().await;
    world.sandbox().work_on_videos(2);
    world.sandbox().refuse_videos();
    let mut segment = text("A video");
    segment.media = vec![world.desk.video("a.mp4", 100_000)];
    let refusal = not_sent(world.attempt(&mut world.parts(vec![segment])).await);
    assert_eq!(
        (refusal.category, refusal.retry),
        (Category::MediaError, Retry::Never)
    );
    assert_eq!(world.sandbox().made(), 0);
}

#[tokio::test]
async fn an_upload_that_ran_out_begins_anew() {
    let world = World::start().await;
    let mut segment = text("A video");
    segment.media = vec![world.desk.video("a.mp4", 6 << 20)];
    world
        .sandbox()
        .faults()
        .order_after("append", 1, Fault::CutBefore);
    let mut job = world.parts(vec![segment]);
    assert_eq!(
        not_sent(world.attempt(&mut job).await).category,
        Category::NetworkError
    );
    world.sandbox().lose_files();
    assert_eq!(
        not_sent(world.attempt(&mut job).await).retry,
        Retry::Backoff
    );
    sent(world.attempt(&mut job).await);
    assert_eq!(world.sandbox().made(), 1);
}

#[tokio::test]
async fn without_credits_nothing_is_posted_or_tried_again() {
    let world = World::start().await;
    world.sandbox().set_credits(0);
    let refusal = not_sent(world.attempt(&mut world.parts(vec![text("Words")])).await);
    assert_eq!(
        (refusal.category, refusal.retry),
        (Category::Unknown, Retry::Never)
    );
    assert!(refusal.message.contains("credits"), "{}", refusal.message);
    assert_eq!(world.sandbox().made(), 0);
}

#[tokio::test]
async fn the_catalogue_names_what_x_charges() {
    let world = World::start().await;
    let price = |of| {
        let prices = &world.bench.connector().entry().prices;
        i64::from(prices.iter().find(|p| p.of == of).unwrap().micro_dollars)
    };
    for (words, of) in [
        ("Words", PricedFor::Segment),
        ("Read https://example.org", PricedFor::SegmentWithLink),
    ] {
        let before = world.sandbox().spent();
        sent(world.attempt(&mut world.parts(vec![text(words)])).await);
        assert_eq!(world.sandbox().spent() - before, price(of), "{words}");
    }
}

#[tokio::test]
async fn absence_counts_after_two_looks_a_minute_apart() {
    let world = World::start().await;
    world
        .sandbox()
        .faults()
        .order("POST tweets", Fault::CutBefore);
    let mut job = world.parts(vec![text("Lost on the way")]);
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
    assert!(matches!(world.confirm(&job).await, Confirmation::NotNow(_)));
    world.desk.clock.pass(Duration::from_secs(30));
    assert!(matches!(world.confirm(&job).await, Confirmation::NotNow(_)));
    world.desk.clock.pass(Duration::from_secs(30));
    assert_eq!(world.confirm(&job).await, Confirmation::Absent);
    sent(world.attempt(&mut job).await);
    assert_eq!(world.sandbox().made(), 1);
}

#[tokio::test]
async fn a_post_that_went_out_is_found_with_its_links_and_files() {
    let world = World::start().await;
    let mut segment = text("Tom & <I> read https://example.org/a?b=1 today");
    segment.media = vec![world.desk.picture("a.jpg", 40, 30)];
    world
        .sandbox()
        .faults()
        .order("POST tweets", Fault::CutAfter);
    let mut job = world.parts(vec![segment]);
    assert!(matches!(
        world.attempt(&mut job).await,
        Outcome::Uncertain(_)
    ));
    // By its file, and without knowing the file by its words alone.
    assert!(matches!(world.confirm(&job).await, Confirmation::Found(_)));
    job.done.clear();
    assert!(matches!(world.confirm(&job).await, Confirmation::Found(_)));
    // Where the network knows only the new names of fields.
    world.sandbox().rename_fields();
    assert!(matches!(world.confirm(&job).await, Confirmation::Found(_)));
}

#[tokio::test]
async fn a_reply_to_a_part_that_was_deleted_is_refused_and_told() {
    let world = World::start().await;
    let limited = Fault::Answer(Canned::json(429, &json!({ "title": "Too Many Requests" })));
    world
        .sandbox()
        .faults()
        .order_after("POST tweets", 1, limited);
    let mut job = world.parts(vec![text("One"), text("Two")]);
    assert_eq!(
        not_sent(world.attempt(&mut job).await).category,
        Category::RateLimited
    );
    world.sandbox().delete_posts();
    let refusal = not_sent(world.attempt(&mut job).await);
    assert_eq!(refusal.retry, Retry::Never);
    assert_eq!(world.sandbox().posts().len(), 0);
}

#[tokio::test]
async fn x_says_when_it_takes_posts_again() {
    let world = World::start().await;
    world.sandbox().limit_posts(0);
    let refusal = not_sent(world.attempt(&mut world.parts(vec![text("Words")])).await);
    assert_eq!(refusal.category, Category::RateLimited);
}

#[tokio::test]
async fn long_posts_need_a_subscription() {
    let bench = XBench::start().await;
    bench.sandbox.subscribe("Premium");
    let world = World::of(bench).await;
    let long = "word ".repeat(100);
    let problems = |account: &Account| {
        let draft = TargetDraft {
            account_id: ACCOUNT,
            override_segments: None,
            options: serde_json::Map::new(),
        };
        let segments = [Segment::text(long.trim())];
        let found = world.bench.connector().check(CheckInput {
            account,
            segments: &segments,
            draft: &draft,
            media: &[],
        });
        found.into_iter().map(|p| p.rule).collect::<Vec<_>>()
    };
    assert_eq!(problems(&world.account), [""; 0]);
    let plain = Account {
        settings: json!({}),
        ..world.account.clone()
    };
    assert_eq!(problems(&plain), ["text_too_long"]);
    sent(
        world
            .attempt(&mut world.parts(vec![text(long.trim())]))
            .await,
    );
}

#[tokio::test]
async fn numbers_come_from_x() {
    let world = World::start().await;
    let delivered = sent(
        world
            .attempt(&mut world.parts(vec![text("Count me")]))
            .await,
    );
    let metrics = world
        .bench
        .connector()
        .metrics(&world.account, &delivered, world.desk.ctx())
        .await;
    let metrics = metrics.unwrap().unwrap();
    assert_eq!(
        (metrics.likes, metrics.reposts, metrics.views),
        (Some(3), Some(2), Some(50))
    );
}

#[tokio::test]
async fn captions_are_joined_to_their_video_before_the_post() {
    let world = World::start().await;
    let mut segment = text("A video");
    segment.media = vec![
        world
            .desk
            .captioned("a.mp4", 90_000, &["en", "pt-BR", "haw"]),
    ];
    let mut job = world.parts(vec![segment]);
    // The last call fails once: nothing of before is repeated.
    world
        .sandbox()
        .faults()
        .order("tweets", Fault::Answer(Canned::json(503, &json!({}))));
    world.attempt(&mut job).await;
    let calls = world.sandbox().calls();
    sent(world.attempt(&mut job).await);
    assert!(
        world.sandbox().calls() - calls <= 3,
        "captions are not sent again"
    );
    let ids = media_ids(&world.sandbox().posts()[0]);
    let captions = world.sandbox().subtitles(&ids[0]);
    let languages: Vec<_> = captions.keys().collect();
    assert_eq!(languages, ["EN", "PT"], "X has no name for the third");
    assert_eq!(
        captions["EN"],
        "1\n00:00:00,500 --> 00:00:01,500\nWords in en\n\n"
    );
}
