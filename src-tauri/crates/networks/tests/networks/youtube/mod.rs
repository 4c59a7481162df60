//! YouTube over its sandbox: the suite, signing in, and what is the network's own.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod after;
mod looking;

use std::time::Duration;

use model::failure::{Category, Retry};
use networks::connector::{
    Confirmation, Connector, Job, JobSegment, Outcome, Refusal, SignInFields, SignedIn,
};
use networks::oauth::{self, Listener};
use networks::registry::Addresses;
use networks::vault::Vault;
use networks::youtube::{KEY, YouTube};
use serde_json::json;
use testkit::conformance::{self, Bench, YouTubeBench, http};
use testkit::desk::{ACCOUNT, DUE, Desk, text};
use testkit::sandbox::youtube::{CHANNEL, CLIENT, PLAYLIST, SECRET, Sandbox};
use testkit::sandbox::{Fault, pages};

use crate::world::{Signed, app, browse, not_sent, sent, with};

const BACK: &str = "http://127.0.0.1:50123/callback";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn youtube_conforms() {
    conformance::holds(YouTubeBench::start).await;
}

type World = Signed<YouTubeBench>;

impl World {
    async fn start() -> Self {
        Self::of(YouTubeBench::start().await).await
    }

    fn sandbox(&self) -> &Sandbox {
        &self.bench.sandbox
    }

    fn video(&self, words: &str, bytes: usize) -> JobSegment {
        with(words, vec![self.desk.video("clip.mp4", bytes)])
    }

    fn whole(&self, segment: JobSegment) -> Job {
        self.parts(vec![segment])
    }
}

async fn through_the_browser(
    bench: &YouTubeBench,
    desk: &Desk,
    fields: &SignInFields,
) -> Result<Vec<SignedIn>, Refusal> {
    let connector = bench.connector();
    let begun = connector.begin("oauth", fields, BACK, desk.ctx()).await?;
    let back = browse(&begun.address).await.unwrap();
    let answer = oauth::pasted(&back, &begun.state, "YouTube")?;
    connector.finish(ACCOUNT, &begun, &answer, desk.ctx()).await
}

#[tokio::test]
async fn the_browser_comes_back_to_any_port() {
    let (bench, desk) = (YouTubeBench::start().await, Desk::new());
    let method = bench.connector().entry().sign_in.method("oauth").cloned();
    let redirect = method.unwrap().browser.unwrap().redirect;
    let listener = Listener::bind(&redirect).await.unwrap();
    let address = listener.address().to_owned();
    let fields = app(CLIENT, SECRET);
    let begun = bench
        .connector()
        .begin("oauth", &fields, &address, desk.ctx())
        .await
        .unwrap();
    let state = begun.state.clone();
    let waiting = tokio::spawn(async move { listener.answer(&state).await });
    let back = browse(&begun.address).await.unwrap();
    assert_eq!(browse(&back).await, None);
    let answer = waiting.await.unwrap();
    let signed = bench
        .connector()
        .finish(ACCOUNT, &begun, &answer, desk.ctx())
        .await
        .unwrap();
    assert_eq!(signed[0].remote_id, CHANNEL);
    assert_eq!(signed[0].handle, "@anafilms");
}

#[tokio::test]
async fn what_goes_wrong_in_the_browser_is_told() {
    let desk = Desk::new();
    let told = |refused: Result<Vec<SignedIn>, Refusal>| {
        let refusal = refused.unwrap_err();
        assert!(refusal.message.ends_with('.'), "{}", refusal.message);
        assert!(!format!("{refusal:?}").contains(SECRET));
        refusal.message
    };
    let bench = YouTubeBench::start().await;
    let begun = bench
        .connector()
        .begin("oauth", &app("nobody", SECRET), BACK, desk.ctx())
        .await
        .unwrap();
    assert_eq!(browse(&begun.address).await, None);
    let words = told(through_the_browser(&bench, &desk, &app(CLIENT, "wrong")).await);
    assert!(words.contains("client secret"), "{words}");
    let connector = bench.connector();
    let begun = connector
        .begin("oauth", &app(CLIENT, SECRET), BACK, desk.ctx())
        .await
        .unwrap();
    let back = browse(&begun.address).await.unwrap();
    let answer = oauth::pasted(&back, &begun.state, "YouTube").unwrap();
    bench.sandbox.expire_codes();
    let words = told(connector.finish(ACCOUNT, &begun, &answer, desk.ctx()).await);
    assert!(words.contains("too long"), "{words}");
    bench.sandbox.untick();
    let words = told(through_the_browser(&bench, &desk, &app(CLIENT, SECRET)).await);
    assert!(words.contains("box"), "{words}");
    bench.sandbox.deny();
    let words = told(through_the_browser(&bench, &desk, &app(CLIENT, SECRET)).await);
    assert!(words.contains("not allowed"), "{words}");
    let bench = YouTubeBench::start().await;
    bench.sandbox.take_channel();
    let words = told(through_the_browser(&bench, &desk, &app(CLIENT, SECRET)).await);
    assert!(words.contains("no channel"), "{words}");
}

#[tokio::test]
async fn a_server_that_is_not_youtube_is_found_out() {
    let site = pages::start().await.unwrap();
    let connector = YouTube::new(&http(), &Addresses::one(KEY, &site.origin())).unwrap();
    let form = YouTubeBench::form(SECRET, "a-refresh-token");
    let desk = Desk::new();
    let refused = connector.sign_in(ACCOUNT, "token", form, desk.ctx()).await;
    let refusal = refused.unwrap_err();
    assert_eq!(refusal.category, Category::NetworkError);
    assert!(!format!("{refusal:?}").contains("a-refresh-token"));
}

#[tokio::test]
async fn each_option_arrives_and_what_comes_after_the_video() {
    let world = World::start().await;
    let mut segment = world.video("The description\nhttps://example.org", 600_000);
    segment.media.push(world.desk.picture("thumb.jpg", 64, 36));
    let path = segment.media[0].path.clone();
    let mut job = world.whole(segment);
    for (name, value) in [
        ("title", json!("A title")),
        ("privacy", json!("unlisted")),
        ("tags", json!(["one", "two words"])),
        ("category", json!("27")),
        ("playlist", json!(PLAYLIST)),
        ("madeForKids", json!(true)),
        ("synthetic", json!(true)),
        ("embeddable", json!(false)),
        ("license", json!("creativeCommon")),
    ] {
        job.options.insert(name.to_owned(), value);
    }
    let delivered = sent(world.attempt(&mut job).await);
    let video = world.sandbox().videos().remove(0);
    assert_eq!(
        video,
        json!({
            "snippet": {
                "title": "A title", "description": "The description\nhttps://example.org",
                "categoryId": "27", "tags": ["one", "two words"],
            },
            "status": {
                "privacyStatus": "unlisted", "selfDeclaredMadeForKids": true,
                "containsSyntheticMedia": true, "embeddable": false, "license": "creativeCommon",
            },
        })
    );
    assert!(world.sandbox().newest_bytes() == std::fs::read(path).unwrap());
    assert!(world.sandbox().thumbnail(&delivered.remote_id).is_some());
    assert_eq!(world.sandbox().playlist(), [delivered.remote_id]);
}

#[tokio::test]
async fn captions_follow_the_video_once() {
    let world = World::start().await;
    let mut segment = text("The description");
    segment.media = vec![world.desk.captioned("a.mp4", 300_000, &["en", "pt-BR"])];
    let mut job = world.whole(segment);
    job.options.insert("title".to_owned(), json!("A title"));
    let delivered = sent(world.attempt(&mut job).await);
    assert_eq!(delivered.lacks(), None);
    sent(world.attempt(&mut job).await);
    let all = world.sandbox().captions();
    let named: Vec<_> = all.iter().map(|c| (c.0.as_str(), c.1.as_str())).collect();
    let id = delivered.remote_id.as_str();
    assert_eq!(named, [(id, "en"), (id, "pt-BR")]);
    assert_eq!(
        all[0].2,
        "1\n00:00:00,500 --> 00:00:01,500\nWords in en\n\n"
    );
}

#[tokio::test]
async fn what_comes_after_the_video_never_undoes_it() {
    let world = World::start().await;
    world.sandbox().faults().order("set", Fault::CutBefore);
    world
        .sandbox()
        .faults()
        .order("POST playlistItems", Fault::CutBefore);
    let mut segment = world.video("Words", 100_000);
    segment.media.push(world.desk.picture("thumb.jpg", 64, 36));
    let mut job = world.whole(segment);
    job.options.insert("playlist".to_owned(), json!(PLAYLIST));
    let delivered = sent(world.attempt(&mut job).await);
    assert_eq!(world.sandbox().made(), 1);
    let lacks = delivered.lacks().unwrap();
    assert!(lacks.contains("Its thumbnail is not there."), "{lacks}");
    assert!(lacks.contains("It is not in the playlist."), "{lacks}");
    // The same is told when the record of it was all that was missing.
    let again = sent(world.attempt(&mut job).await);
    assert_eq!(again.lacks(), Some(lacks));
    assert_eq!(world.sandbox().playlist(), [""; 0]);
}

#[tokio::test]
async fn a_publish_makes_as_few_calls_as_the_network_allows() {
    let world = World::start().await;
    let before = world.sandbox().calls();
    sent(
        world
            .attempt(&mut world.whole(world.video("Words", 600_000)))
            .await,
    );
    assert_eq!(
        world.sandbox().calls() - before,
        6,
        "look, begin, three pieces, how it stands"
    );
}

#[tokio::test]
async fn an_upload_goes_on_where_it_stopped_and_its_address_stays_in_the_vault() {
    let world = World::start().await;
    let segment = world.video("Words", 900_000);
    world
        .sandbox()
        .faults()
        .order_after("PUT videos", 2, Fault::CutInBody);
    let mut job = world.whole(segment);
    assert_eq!(
        not_sent(world.attempt(&mut job).await).category,
        Category::NetworkError
    );
    assert!(!format!("{:?}{:?}", job.done, job.handle).contains("upload_id"));
    let before = world.sandbox().calls();
    sent(world.attempt(&mut job).await);
    assert_eq!(
        world.sandbox().calls() - before,
        4,
        "how far, two pieces, how it stands"
    );
    let name = format!("upload/{}/0", job.target_id.0);
    assert_eq!(world.desk.vault.get(ACCOUNT, &name).await, Ok(None));
}

#[tokio::test]
async fn a_video_whose_address_ran_out_is_found_among_the_uploads() {
    let world = World::start().await;
    let mut job = world.whole(world.video("Find me", 300_000));
    world
        .sandbox()
        .faults()
        .order_after("PUT videos", 1, Fault::CutAfter);
    assert!(matches!(
        world.attempt(&mut job).await,
        Outcome::Uncertain(_)
    ));
    world.sandbox().lose_uploads();
    let connector = world.bench.connector();
    let found = connector.confirm(&job, world.desk.ctx()).await;
    assert!(matches!(found, Confirmation::Found(_)), "{found:?}");
    // Another file under the same title is another video.
    world.sandbox().delete_videos();
    let mut other = world.whole(world.video("Find me", 300_001));
    sent(world.attempt(&mut other).await);
    let looked = connector.confirm(&job, world.desk.ctx()).await;
    assert!(matches!(looked, Confirmation::NotNow(_)), "{looked:?}");
    world.desk.clock.pass(Duration::from_mins(5));
    let looked = connector.confirm(&job, world.desk.ctx()).await;
    assert_eq!(looked, Confirmation::Absent);
}

#[tokio::test]
async fn the_day_that_is_full_is_told_with_its_end() {
    let world = World::start().await;
    world.sandbox().limit_uploads(0);
    let refusal = not_sent(
        world
            .attempt(&mut world.whole(world.video("Words", 100_000)))
            .await,
    );
    assert_eq!(refusal.category, Category::RateLimited);
    assert!(matches!(refusal.retry, Retry::At(_)), "{:?}", refusal.retry);
}

#[tokio::test]
async fn playlists_are_found_by_their_names() {
    let world = World::start().await;
    let connector = world.bench.connector();
    let found = |query: &'static str| {
        let (connector, world) = (connector, &world);
        async move {
            let all = connector
                .choices(&world.account, "playlist", query, world.desk.ctx())
                .await;
            all.unwrap()
                .into_iter()
                .map(|c| c.label)
                .collect::<Vec<_>>()
        }
    };
    assert_eq!(found("").await, ["Travels", "Cooking"]);
    assert_eq!(found("trav").await, ["Travels"]);
}

#[tokio::test]
async fn many_calls_renew_once() {
    let world = World::start().await;
    world.sandbox().end_access();
    let before = world.sandbox().renewals();
    let who = || {
        world
            .bench
            .connector()
            .identify(&world.account, world.desk.ctx())
    };
    let (a, b, c) = tokio::join!(who(), who(), who());
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(world.sandbox().renewals(), before + 1);
}

#[tokio::test]
async fn a_video_that_went_out_before_a_backup_was_put_back_is_found_and_not_uploaded_again() {
    let world = World::start().await;
    let at = jiff::Timestamp::from_millisecond(DUE.as_millis()).unwrap();
    world.sandbox().set_clock(at);
    let mut job = world.whole(world.video("Once", 300_000));
    let first = sent(world.attempt(&mut job).await);
    // The backup knows nothing of it, and hours go by until it is put back.
    world.desk.clock.pass(Duration::from_hours(3));
    let mut restored = world.whole(world.video("Once", 300_000));
    restored.first_sent_try_at = Some(DUE);
    restored.handle = world.bench.connector().freeze(&restored, world.desk.ctx());
    let connector = world.bench.connector();
    match connector.confirm(&restored, world.desk.ctx()).await {
        Confirmation::Found(found) => assert_eq!(found.remote_id, first.remote_id),
        other => panic!("{other:?}"),
    }
    let again = sent(world.attempt(&mut restored).await);
    assert_eq!(again.remote_id, first.remote_id);
    assert_eq!(world.sandbox().made(), 1);
}
