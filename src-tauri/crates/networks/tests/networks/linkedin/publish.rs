//! Publishing to LinkedIn: options, files, looking back.

#![allow(
    clippy::wildcard_imports,
    reason = "the file is a part of its neighbour"
)]

use std::time::Duration;

use super::*;

#[tokio::test]
async fn each_option_arrives() {
    let world = World::profile().await;
    let post = world
        .posted(
            text("Read (this) #now"),
            &[
                ("visibility", json!("CONNECTIONS")),
                ("disableReshare", json!(true)),
                ("link", json!("https://example.org/a")),
                ("linkTitle", json!("A title")),
                ("linkDescription", json!("About it")),
            ],
        )
        .await;
    assert_eq!(post["commentary"], "Read \\(this\\) #now");
    assert_eq!(post["visibility"], "CONNECTIONS");
    assert_eq!(post["isReshareDisabledByAuthor"], true);
    assert_eq!(
        post["content"]["article"],
        json!({ "source": "https://example.org/a", "title": "A title", "description": "About it" })
    );
    let plain = world.posted(text("Plain"), &[]).await;
    assert_eq!(plain.get("content"), None);
    assert_eq!(plain["visibility"], "PUBLIC");
}

#[tokio::test]
async fn files_arrive_whole_each_in_its_shape() {
    for world in [World::profile().await, World::page().await] {
        let mut one = text("One");
        one.media = vec![world.desk.picture("a.jpg", 40, 30)];
        let post = world.posted(one, &[]).await;
        assert_eq!(post["content"]["media"]["altText"], "Description of a.jpg");
        let mut two = text("Two");
        two.media = vec![
            world.desk.picture("b.jpg", 40, 30),
            world.desk.picture("c.png", 30, 40),
        ];
        let post = world.posted(two, &[]).await;
        assert_eq!(
            post["content"]["multiImage"]["images"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
        let mut video = text("A video");
        video.media = vec![world.desk.video("a.mp4", 9 << 20)];
        let path = video.media[0].path.clone();
        let post = world.posted(video, &[]).await;
        let urn = post["content"]["media"]["id"].as_str().unwrap().to_owned();
        assert!(world.sandbox().file(&urn).unwrap() == std::fs::read(path).unwrap());
        let mut document = text("A document");
        document.media = vec![world.desk.picture("a.png", 4, 4)];
        std::fs::write(&document.media[0].path, b"%PDF-1.7 pages").unwrap();
        document.media[0].facts.mime = "application/pdf".to_owned();
        document.media[0].facts.bytes = 14;
        let post = world
            .posted(document, &[("documentTitle", json!("The pages"))])
            .await;
        assert_eq!(post["content"]["media"]["title"], "The pages");
    }
}

#[tokio::test]
async fn a_picture_beside_the_card_of_a_link_becomes_its_own() {
    let world = World::page().await;
    let mut segment = text("Read");
    segment.media = vec![world.desk.picture("a.jpg", 40, 30)];
    let link = [
        ("link", json!("https://example.org/a")),
        ("linkTitle", json!("A title")),
    ];
    let post = world.posted(segment, &link).await;
    let card = &post["content"]["article"];
    assert_eq!(card["title"], "A title");
    assert_eq!(card["thumbnailAltText"], "Description of a.jpg");
    let urn = card["thumbnail"].as_str().unwrap();
    assert!(urn.starts_with("urn:li:image:"), "{urn}");
    assert!(world.sandbox().file(urn).is_some());
}

#[tokio::test]
async fn captions_go_along_with_their_video() {
    let world = World::profile().await;
    let mut segment = text("A video");
    segment.media = vec![
        world
            .desk
            .captioned("a.mp4", 90_000, &["haw", "pt", "en-GB"]),
    ];
    let post = world.posted(segment, &[]).await;
    let urn = post["content"]["media"]["id"].as_str().unwrap();
    let (metadata, file) = world.sandbox().captions(urn).unwrap();
    assert_eq!(
        metadata["locale"],
        json!({ "language": "PT", "country": "BR" })
    );
    assert_eq!(file, "1\n00:00:00,500 --> 00:00:01,500\nWords in pt\n\n");
}

#[tokio::test]
async fn a_video_whose_captions_are_refused_goes_out_and_that_is_told() {
    let world = World::profile().await;
    let odd = json!({ "status": 400, "code": "INVALID_VALUE_FOR_FIELD", "message": "locale" });
    world
        .sandbox()
        .faults()
        .order("POST put-captions", Fault::Answer(Canned::json(400, &odd)));
    let mut segment = text("A video");
    segment.media = vec![world.desk.captioned("a.mp4", 90_000, &["en"])];
    let mut job = world.whole(segment);
    // The last call fails once: what is told stays known.
    world
        .sandbox()
        .faults()
        .order("POST posts", Fault::Answer(Canned::json(429, &json!({}))));
    not_sent(world.attempt(&mut job).await);
    let delivered = sent(world.attempt(&mut job).await);
    let lacks = delivered.lacks().unwrap();
    assert!(lacks.contains("captions in en"), "{lacks}");
    assert_eq!(world.sandbox().made(), 1);
}

#[tokio::test]
async fn captions_come_along_later_where_linkedin_has_trouble_of_its_own() {
    let world = World::profile().await;
    world.sandbox().faults().order(
        "POST put-captions",
        Fault::Answer(Canned::json(503, &json!({}))),
    );
    let mut segment = text("A video");
    segment.media = vec![world.desk.captioned("a.mp4", 90_000, &["en"])];
    let mut job = world.whole(segment);
    let refusal = not_sent(world.attempt(&mut job).await);
    assert_eq!(
        (refusal.category, refusal.retry),
        (Category::NetworkError, Retry::Backoff)
    );
    let delivered = sent(world.attempt(&mut job).await);
    assert_eq!(delivered.lacks(), None);
    assert_eq!(world.sandbox().made(), 1);
}

#[tokio::test]
async fn a_publish_makes_as_few_calls_as_the_network_allows() {
    let world = World::profile().await;
    let before = world.sandbox().calls();
    world.posted(text("Words"), &[]).await;
    assert_eq!(world.sandbox().calls() - before, 1);
    let mut one = text("One");
    one.media = vec![world.desk.picture("a.jpg", 40, 30)];
    let before = world.sandbox().calls();
    world.posted(one, &[]).await;
    assert_eq!(world.sandbox().calls() - before, 3, "begin, bytes, post");
}

#[tokio::test]
async fn a_file_that_is_worked_on_is_waited_for_and_taken_up_again() {
    let world = World::page().await;
    let mut segment = text("A video");
    segment.media = vec![world.desk.video("a.mp4", 100_000)];
    world.sandbox().work_on_files(12);
    let mut job = world.whole(segment.clone());
    let refusal = not_sent(world.attempt(&mut job).await);
    assert_eq!(
        (refusal.category, refusal.retry),
        (Category::MediaProcessing, Retry::Backoff)
    );
    let before = world.sandbox().calls();
    sent(world.attempt(&mut job).await);
    assert!(
        world.sandbox().calls() - before <= 4,
        "nothing is uploaded again"
    );
    world.sandbox().delete_posts();
    world.sandbox().refuse_files();
    let refusal = not_sent(world.attempt(&mut world.whole(segment)).await);
    assert_eq!(
        (refusal.category, refusal.retry),
        (Category::MediaError, Retry::Never)
    );
}

#[tokio::test]
async fn an_upload_goes_nowhere_but_to_linkedin() {
    let world = World::profile().await;
    let elsewhere = json!({ "value": {
        "image": "urn:li:image:C1", "uploadUrl": "https://linkedin.com.example.org/dms",
    }});
    world
        .sandbox()
        .faults()
        .order("POST images", Fault::Answer(Canned::json(200, &elsewhere)));
    let mut one = text("One");
    one.media = vec![world.desk.picture("a.jpg", 40, 30)];
    let refusal = not_sent(world.attempt(&mut world.whole(one)).await);
    assert_eq!(refusal.category, Category::NetworkError);
    assert_eq!(world.sandbox().made(), 0);
}

#[tokio::test]
async fn a_person_is_asked_and_a_repetition_finds_the_first_post() {
    let world = World::profile().await;
    world
        .sandbox()
        .faults()
        .order("POST posts", Fault::CutAfter);
    let mut job = world.whole(text("Once"));
    assert!(matches!(
        world.attempt(&mut job).await,
        Outcome::Uncertain(_)
    ));
    let asked = world
        .bench
        .connector()
        .confirm(&job, world.desk.ctx())
        .await;
    assert!(
        matches!(&asked, Confirmation::CannotTell(why) if why.contains("profile")),
        "{asked:?}"
    );
    // The person says "send again": LinkedIn refuses and names the first one.
    let delivered = sent(world.attempt(&mut job).await);
    assert_eq!(world.sandbox().made(), 1);
    assert!(delivered.url.unwrap().contains("urn:li:share:"));
}

#[tokio::test]
async fn an_older_post_is_never_taken_for_one_that_is_a_duplicate_of_it() {
    let world = World::profile().await;
    let weekly = || world.whole(text("Every week"));
    sent(world.attempt(&mut weekly()).await);
    let mut job = weekly();
    for _ in 0..2 {
        let refusal = not_sent(world.attempt(&mut job).await);
        assert_eq!(refusal.category, Category::Duplicate);
    }
    // Nor where the call without an answer was long ago.
    let faults = world.sandbox().faults();
    faults.order("POST posts", Fault::CutBefore);
    let mut job = weekly();
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
    world.desk.clock.pass(Duration::from_mins(8));
    let refusal = not_sent(world.attempt(&mut job).await);
    assert_eq!(refusal.category, Category::Duplicate);
    // Nor where there are files, which are new ones each time.
    faults.order("POST posts", Fault::CutAfter);
    let mut segment = text("A picture");
    segment.media = vec![world.desk.picture("a.jpg", 40, 30)];
    let mut job = world.whole(segment);
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
    let refusal = not_sent(world.attempt(&mut job).await);
    assert_eq!(refusal.category, Category::Duplicate);
    assert_eq!(world.sandbox().made(), 2);
}

#[tokio::test]
async fn a_page_finds_its_post_with_hashtags_and_signs() {
    let world = World::page().await;
    world
        .sandbox()
        .faults()
        .order("POST posts", Fault::CutAfter);
    let mut job = world.whole(text(
        "#one (two) @[Page 501](urn:li:organization:501) a_b #größe",
    ));
    assert!(matches!(
        world.attempt(&mut job).await,
        Outcome::Uncertain(_)
    ));
    let found = world
        .bench
        .connector()
        .confirm(&job, world.desk.ctx())
        .await;
    assert!(matches!(found, Confirmation::Found(_)), "{found:?}");
}

#[tokio::test]
async fn a_version_that_is_gone_and_a_day_that_is_full_are_told() {
    let world = World::profile().await;
    let gone = json!({ "status": 426, "code": "NONEXISTENT_VERSION", "message": "not active" });
    world
        .sandbox()
        .faults()
        .order("POST posts", Fault::Answer(Canned::json(426, &gone)));
    let refusal = not_sent(world.attempt(&mut world.whole(text("One"))).await);
    assert!(refusal.message.contains("Update"), "{}", refusal.message);
    world.sandbox().limit_calls(0);
    let refusal = not_sent(world.attempt(&mut world.whole(text("Two"))).await);
    assert_eq!(refusal.category, Category::RateLimited);
}

#[tokio::test]
async fn what_does_not_fit_is_told_beforehand() {
    let world = World::page().await;
    let file = world.desk.picture("a.jpg", 40, 30).facts;
    let problems = |options: &[(&str, &str)], pictures: usize| {
        let segment = Segment {
            text: "Words".to_owned(),
            media: vec![MediaUse::new(file.id.clone(), "x"); pictures],
        };
        let options = options.iter().map(|(k, v)| ((*k).to_owned(), json!(v)));
        let draft = TargetDraft {
            account_id: ACCOUNT,
            override_segments: None,
            options: options.collect::<Map<String, Value>>(),
        };
        let found = world.bench.connector().check(CheckInput {
            account: &world.account,
            segments: &[segment],
            draft: &draft,
            media: std::slice::from_ref(&file),
        });
        found.into_iter().map(|p| p.rule).collect::<Vec<_>>()
    };
    let link = ("link", "https://example.org");
    assert_eq!(
        problems(&[("visibility", "CONNECTIONS")], 0),
        ["visibility"]
    );
    assert_eq!(problems(&[("link", "example")], 0), ["link_odd"]);
    assert_eq!(problems(&[link], 0), ["link_title"]);
    assert_eq!(problems(&[link, ("linkTitle", "T")], 2), ["link_and_media"]);
    for pictures in [0, 1] {
        let found = problems(&[link, ("linkTitle", "T")], pictures);
        assert_eq!(found, [""; 0], "one becomes the picture of the card");
    }
}

#[tokio::test]
async fn numbers_come_for_pages_only() {
    for (world, likes) in [
        (World::page().await, Some(3)),
        (World::profile().await, None),
    ] {
        let delivered = sent(world.attempt(&mut world.whole(text("Count me"))).await);
        let metrics = world
            .bench
            .connector()
            .metrics(&world.account, &delivered, world.desk.ctx())
            .await;
        assert_eq!(metrics.unwrap().and_then(|m| m.likes), likes);
    }
}
