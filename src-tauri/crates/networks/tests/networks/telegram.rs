//! The suite over Telegram, and what it cannot ask of every network.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]
#![expect(
    clippy::needless_pass_by_value,
    reason = "options are written down where they are used"
)]

use model::account::Account;
use model::content::{MediaUse, Segment};
use model::failure::Category;
use model::post::TargetDraft;
use networks::connector::{CheckInput, Job, JobMedia, MediaFacts, Outcome, Refusal, TextUse};
use serde_json::{Value, json};
use testkit::conformance::{self, Bench, TelegramBench};
use testkit::desk::{ACCOUNT, Desk, text};
use testkit::sandbox::telegram::{CHANNEL_ID, GROUP_ID, GROWN_ID, Post, TOKEN};
use testkit::sandbox::{Canned, Fault};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn telegram_conforms() {
    conformance::holds(TelegramBench::start).await;
}

struct World {
    bench: TelegramBench,
    desk: Desk,
    account: Account,
}

impl World {
    async fn start() -> Self {
        Self::at("@ana_news").await
    }

    async fn at(chat: &str) -> Self {
        let bench = TelegramBench::start().await;
        let desk = Desk::new();
        let form = TelegramBench::form(TOKEN, chat, "");
        let account = desk.sign_in(bench.connector(), form).await.unwrap();
        Self {
            bench,
            desk,
            account,
        }
    }

    fn job(&self, words: &str, media: Vec<JobMedia>, options: Value) -> Job {
        let mut segment = text(words);
        segment.media = media;
        let mut job = self
            .desk
            .job(self.bench.connector(), &self.account, vec![segment]);
        job.options.clone_from(options.as_object().unwrap());
        job
    }

    async fn outcome(&self, words: &str, media: Vec<JobMedia>, options: Value) -> Outcome {
        let mut job = self.job(words, media, options);
        self.desk.attempt(self.bench.connector(), &mut job).await
    }

    async fn posted(&self, words: &str, media: Vec<JobMedia>, options: Value) -> Post {
        let outcome = self.outcome(words, media, options).await;
        assert!(matches!(outcome, Outcome::Sent(_)), "{outcome:?}");
        self.bench.sandbox.posts().pop().unwrap()
    }

    /// The number that its network says an account has by now.
    async fn number_now(&self, account: &Account) -> Result<Option<String>, Refusal> {
        let connector = self.bench.connector();
        connector.number_now(account, self.desk.ctx()).await
    }

    fn rules(&self, words: &str, media: &[MediaFacts], options: Value) -> Vec<(String, Value)> {
        let segment = Segment {
            text: words.to_owned(),
            media: media
                .iter()
                .map(|facts| MediaUse::new(facts.id.clone(), ""))
                .collect(),
        };
        let draft = TargetDraft {
            account_id: ACCOUNT,
            override_segments: None,
            options: options.as_object().unwrap().clone(),
        };
        let input = CheckInput {
            account: &self.account,
            segments: std::slice::from_ref(&segment),
            draft: &draft,
            media,
        };
        let found = self.bench.connector().check(input);
        found
            .into_iter()
            .map(|p| (p.rule, serde_json::to_value(&p.fixes).unwrap()))
            .collect()
    }
}

#[tokio::test]
async fn a_message_is_one_call_and_arrives_as_it_was_meant() {
    let world = World::start().await;
    let before = world.bench.sandbox.calls();
    let options = json!({
        "format": "marks", "silent": true, "preview": "large", "protect": true, "topic": 7,
    });
    let post = world.posted("**Hi** 🎉 there", vec![], options).await;
    assert_eq!(world.bench.sandbox.calls() - before, 1);
    assert_eq!(post.method, "sendMessage");
    assert_eq!(
        Value::Object(post.fields),
        json!({
            "chat_id": CHANNEL_ID.to_string(), "text": "Hi 🎉 there",
            "entities": [{ "type": "bold", "offset": 0, "length": 2 }],
            "disable_notification": true, "protect_content": true, "message_thread_id": 7,
            "link_preview_options": { "prefer_large_media": true },
        })
    );
}

#[tokio::test]
async fn text_as_written_keeps_its_marks() {
    let world = World::start().await;
    let post = world.posted("**Hi** & <b>", vec![], json!({})).await;
    assert_eq!(post.fields["text"], "**Hi** & <b>");
    assert_eq!(post.fields.get("entities"), None);
}

#[tokio::test]
async fn every_kind_of_file_has_its_method() {
    let world = World::start().await;
    let desk = &world.desk;
    let picture = || desk.picture("a.jpg", 40, 30);
    let video = || desk.video("a.mp4", 2_000);
    let spoiler = json!({ "spoiler": true, "captionAbove": true });
    let post = world.posted("x", vec![picture()], spoiler).await;
    assert_eq!(post.method, "sendPhoto");
    assert_eq!(post.fields["has_spoiler"], true);
    assert_eq!(post.fields["show_caption_above_media"], true);
    assert_eq!(post.files[0].mime, "image/jpeg");
    let post = world.posted("", vec![video()], json!({})).await;
    assert_eq!(post.method, "sendVideo");
    assert_eq!(post.fields.get("caption"), None);
    assert_eq!(post.files[0].bytes.len(), 2_000);
    let as_file = json!({ "asFile": true, "silent": true });
    let post = world.posted("x", vec![picture()], as_file).await;
    assert_eq!(
        (post.method.as_str(), post.files.len()),
        ("sendDocument", 1)
    );
    let post = world.posted("x", vec![picture(), video()], json!({})).await;
    assert_eq!(post.method, "sendMediaGroup");
    let media = post.fields["media"].as_array().unwrap();
    assert_eq!(media[0]["caption"], "x");
    assert_eq!(media[1].get("caption"), None);
    assert_eq!(
        [&media[0]["type"], &media[1]["type"]],
        [&json!("photo"), &json!("video")]
    );
    assert_eq!(post.messages.len(), 2);
}

#[tokio::test]
async fn what_telegram_would_refuse_is_said_before() {
    let world = World::start().await;
    let picture = world.desk.picture("a.jpg", 40, 30).facts;
    let long = "x".repeat(1_025);
    let rules = |words: &str, media: &[MediaFacts], options: Value| {
        let rules = world.rules(words, media, options);
        rules.into_iter().map(|r| r.0).collect::<Vec<_>>()
    };
    let one = std::slice::from_ref(&picture);
    assert_eq!(rules(&long, one, json!({})), ["text_too_long"]);
    assert!(rules(&long, &[], json!({})).is_empty());
    let marked = format!("**{}**", "x".repeat(4_096));
    assert!(rules(&marked, &[], json!({ "format": "marks" })).is_empty());
    let over = world.rules(
        &format!("**{}**", "x".repeat(4_097)),
        &[],
        json!({ "format": "marks" }),
    );
    assert_eq!(over[0].0, "text_too_long");
    assert_eq!(over[0].1[0]["from"], 4_098);
    let of = |mime: &str, width: u32, height: u32| MediaFacts {
        mime: mime.to_owned(),
        width: Some(width),
        height: Some(height),
        ..picture.clone()
    };
    let narrow = [of("image/png", 2_100, 100)];
    assert_eq!(rules("x", &narrow, json!({})), ["picture_shape"]);
    assert!(rules("x", &narrow, json!({ "asFile": true })).is_empty());
}

#[tokio::test]
async fn the_counter_counts_what_the_check_refuses() {
    let world = World::start().await;
    let picture = MediaUse::new(world.desk.picture("a.jpg", 40, 30).facts.id, "");
    let counted = |words: &str, files: &[MediaUse], options: Value| {
        let measure = world.bench.connector().measure(&TextUse {
            account: &world.account,
            text: words,
            options: options.as_object().unwrap(),
            files,
        });
        (measure.used, measure.limit, measure.over_from)
    };
    let long = "x".repeat(1_025);
    let (one, marks) = ([picture], json!({ "format": "marks" }));
    assert_eq!(counted(&long, &[], json!({})), (1_025, Some(4_096), None));
    let beside = (1_025, Some(1_024), Some(1_024));
    assert_eq!(counted(&long, &one, json!({})), beside);
    assert_eq!(counted("**x**", &one, marks).0, 1);
    assert_eq!(counted("**x**", &one, json!({})).0, 5);
}

#[tokio::test]
async fn the_poster_of_a_video_is_its_cover_and_its_thumbnail() {
    let world = World::start().await;
    let video = async || world.desk.posed("a.mp4", 2_000).await;
    let picture = world.desk.picture("a.jpg", 40, 30);
    for (media, method) in [
        (vec![video().await], "sendVideo"),
        (vec![picture, video().await], "sendMediaGroup"),
    ] {
        let several = media.len();
        let post = world.posted("x", media, json!({})).await;
        assert_eq!((post.method.as_str(), post.files.len()), (method, several));
        let sides: Vec<(&str, u32)> = post
            .posters
            .iter()
            .map(|(field, file)| {
                let picture = image::load_from_memory(&file.bytes).unwrap();
                (field.as_str(), picture.width())
            })
            .collect();
        assert_eq!(sides, [("cover", 640), ("thumbnail", 320)]);
    }
}

#[tokio::test]
async fn a_video_whose_poster_is_refused_goes_out_without_it_and_that_is_told() {
    let world = World::start().await;
    let sandbox = &world.bench.sandbox;
    let video = async || world.desk.posed("a.mp4", 2_000).await;
    let answer = |status: u16, words: &str| {
        let body = json!({ "ok": false, "error_code": status, "description": words });
        Fault::Answer(Canned::json(status, &body))
    };
    let picture = world.desk.picture("a.jpg", 40, 30);
    for (media, method) in [
        (vec![video().await], "sendVideo"),
        (vec![picture, video().await], "sendMediaGroup"),
    ] {
        let (several, made) = (media.len(), sandbox.made());
        let refused = answer(400, "Bad Request: PHOTO_INVALID_DIMENSIONS");
        sandbox.faults().order(method, refused);
        let outcome = world.outcome("x", media, json!({})).await;
        let Outcome::Sent(delivered) = outcome else {
            panic!("{outcome:?}");
        };
        let lacks = delivered.lacks().unwrap();
        assert!(lacks.starts_with("Its poster is not there"), "{lacks}");
        let post = sandbox.posts().pop().unwrap();
        assert_eq!((post.posters.len(), post.files.len()), (0, several));
        assert!(sandbox.made() > made);
    }
    // Neither a call that may have worked nor one that came too soon is made once more.
    for (status, open) in [(500, true), (429, false)] {
        let made = sandbox.made();
        sandbox.faults().order("sendVideo", answer(status, "words"));
        let outcome = world.outcome("x", vec![video().await], json!({})).await;
        let told = matches!(outcome, Outcome::Uncertain(_));
        assert_eq!(told, open, "{outcome:?}");
        assert_eq!(sandbox.made(), made);
    }
}

#[tokio::test]
async fn pictures_videos_and_files_mix_only_as_telegram_lets_them() {
    let world = World::start().await;
    let base = world.desk.picture("a.jpg", 40, 30).facts;
    let of = |n: u8, mime: &str| MediaFacts {
        id: format!("{n:02x}").repeat(32).parse().unwrap(),
        mime: mime.to_owned(),
        ..base.clone()
    };
    let rules = |media: &[MediaFacts]| {
        let rules = world.rules("x", media, json!({}));
        rules.into_iter().map(|r| r.0).collect::<Vec<_>>()
    };
    let (picture, video) = (of(1, "image/png"), of(2, "video/mp4"));
    let (file, moving) = (of(3, "application/pdf"), of(4, "image/gif"));
    assert!(rules(&[picture.clone(), video.clone()]).is_empty());
    assert_eq!(rules(&[picture.clone(), file]), ["mixed_media"]);
    assert_eq!(rules(&[picture, moving]), ["gif_in_album"]);
    let mut many: Vec<MediaFacts> = (10..18).map(|n| of(n, "image/png")).collect();
    many.extend((20..23).map(|n| of(n, "video/mp4")));
    assert_eq!(rules(&many), ["too_many_files"]);
}

#[tokio::test]
async fn a_group_that_got_another_number_is_followed() {
    let world = World::at(&GROUP_ID.to_string()).await;
    world.bench.sandbox.grow();
    let media = || vec![world.desk.picture("a.jpg", 40, 30)];
    let Outcome::Sent(delivered) = world.outcome("Hello", media(), json!({})).await else {
        panic!("the group was not followed");
    };
    let post = world.bench.sandbox.posts().pop().unwrap();
    assert_eq!((post.chat, world.bench.sandbox.made()), (GROWN_ID, 1));
    // The account is known by its new number from then on, and the next post goes straight there.
    let numbers = (GROUP_ID.to_string(), GROWN_ID.to_string());
    assert_eq!(
        delivered.renumbering(),
        Some((numbers.0.as_str(), numbers.1.as_str()))
    );
    let account = Account {
        remote_id: numbers.1.clone(),
        ..world.account.clone()
    };
    let before = world.bench.sandbox.calls();
    let connector = world.bench.connector();
    let mut job = world.desk.job(connector, &account, vec![text("Again")]);
    let Outcome::Sent(delivered) = world.desk.attempt(connector, &mut job).await else {
        panic!("the group is not there");
    };
    assert_eq!(delivered.renumbering(), None);
    assert_eq!(world.bench.sandbox.calls() - before, 1);
    let connector = world.bench.connector();
    let known = connector.identify(&world.account, world.desk.ctx()).await;
    assert_eq!(known.unwrap().remote_id, world.account.remote_id);
}

#[tokio::test]
async fn a_group_that_grew_before_anything_was_posted_is_known_under_both_its_numbers() {
    let world = World::at(&GROUP_ID.to_string()).await;
    let sandbox = &world.bench.sandbox;
    assert_eq!(world.number_now(&world.account).await, Ok(None));
    sandbox.grow();
    let grown = Some(GROWN_ID.to_string());
    assert_eq!(world.number_now(&world.account).await, Ok(grown));
    for named in [GROUP_ID, GROWN_ID] {
        let form = TelegramBench::form(TOKEN, &named.to_string(), "");
        let again = world.desk.sign_in(world.bench.connector(), form).await;
        let again = again.unwrap();
        assert_eq!(again.remote_id, GROWN_ID.to_string());
        // It does not grow a second time, so that nobody is asked.
        let before = sandbox.calls();
        assert_eq!(world.number_now(&again).await, Ok(None));
        assert_eq!(sandbox.calls(), before);
    }
    sandbox.revoke();
    let refused = world.number_now(&world.account).await.unwrap_err();
    assert_eq!(refused.category, Category::AuthError);
}

#[tokio::test]
async fn a_message_from_before_a_group_grew_is_out_of_a_bots_reach() {
    let world = World::at(&GROUP_ID.to_string()).await;
    let Outcome::Sent(delivered) = world.outcome("Hello", vec![], json!({})).await else {
        panic!("it was not posted");
    };
    world.bench.sandbox.grow();
    let connector = world.bench.connector();
    let deleted = connector.delete(&world.account, &delivered, world.desk.ctx());
    let refused = deleted.await.unwrap_err();
    assert!(
        refused.message.contains("before the group grew"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_right_that_was_taken_away_asks_for_the_account() {
    let world = World::start().await;
    world.bench.sandbox.take_right(CHANNEL_ID);
    let Outcome::NotSent(refusal) = world.outcome("x", vec![], json!({})).await else {
        panic!("it was posted");
    };
    assert_eq!(refusal.category, Category::AuthError);
    assert!(refusal.message.contains("Post Messages"), "{refusal:?}");
    let connector = world.bench.connector();
    let known = connector.identify(&world.account, world.desk.ctx()).await;
    assert_eq!(known.unwrap_err().category, Category::AuthError);
}

#[tokio::test]
async fn a_full_group_is_waited_for() {
    let world = World::at(&GROUP_ID.to_string()).await;
    for n in 0..20 {
        world.posted(&format!("Part {n}"), vec![], json!({})).await;
    }
    let outcome = world.outcome("One more", vec![], json!({})).await;
    assert!(
        matches!(&outcome, Outcome::NotSent(r) if r.category == Category::RateLimited),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_server_of_ones_own_is_asked_and_takes_larger_files() {
    let bench = TelegramBench::start().await;
    let desk = Desk::new();
    let form = TelegramBench::form(TOKEN, "@ana_news", &bench.sandbox.origin());
    let account = desk.sign_in(bench.connector(), form).await.unwrap();
    assert_eq!(account.server, bench.sandbox.origin());
    let world = World {
        bench,
        desk,
        account,
    };
    let large = MediaFacts {
        bytes: 200_000_000,
        ..world.desk.video("a.mp4", 100).facts
    };
    let large = std::slice::from_ref(&large);
    assert!(world.rules("x", large, json!({})).is_empty());
    let usual = World::start().await;
    assert_eq!(usual.rules("x", large, json!({}))[0].0, "media_too_large");
}
