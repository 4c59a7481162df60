//! Videos: what is known of them, what is said before they are sent, and what a network gets.

#![expect(clippy::expect_used, reason = "a test without ffmpeg cannot go on")]

use std::path::{Path, PathBuf};
use std::process::Command;

use app::MediaWanted;
use media::video::look_at;
use model::MediaId;
use model::clip::Clip;
use serde_json::{Value, json};
use testkit::app::TestApp;

/// A clip of four seconds, filmed in Berlin.
fn film(folder: &Path) -> PathBuf {
    let to = folder.join("clip.mov");
    let done = Command::new("ffmpeg")
        .args(["-hide_banner", "-loglevel", "error", "-nostdin"])
        .args([
            "-f",
            "lavfi",
            "-i",
            "testsrc=size=320x180:rate=25:duration=4",
        ])
        .args(["-f", "lavfi", "-i", "sine=frequency=440:duration=4"])
        .args(["-pix_fmt", "yuv420p", "-c:v", "libx264", "-c:a", "aac"])
        .args(["-movflags", "use_metadata_tags"])
        .args([
            "-metadata",
            "com.apple.quicktime.location.ISO6709=+52.5200+013.4050/",
        ])
        .arg(&to)
        .status();
    assert!(
        done.expect("ffmpeg is installed: cargo xtask setup does it")
            .success()
    );
    to
}

/// Says where `ffmpeg` is, as a person does.
async fn with_ffmpeg(test: &TestApp) {
    let path = std::env::var_os("PATH").unwrap();
    let file = std::env::split_paths(&path)
        .map(|folder| folder.join("ffmpeg"))
        .find(|f| f.is_file());
    let boot: Value = test.call("session.boot", json!({})).await;
    let mut settings = boot["settings"].clone();
    settings["ffmpeg"] = json!(file.expect("ffmpeg is installed"));
    let _: Value = test.call("settings.set", settings).await;
    let tool: Value = test.call("media.tools", json!({})).await;
    assert_eq!(tool["ready"], true, "{tool}");
}

async fn clip(test: &TestApp) -> MediaId {
    let taken: Value = test
        .call("media.import", json!({ "paths": [film(test.dir())] }))
        .await;
    let file = &taken["files"][0];
    assert_eq!(
        (&file["width"], &file["clip"]["codec"]),
        (&json!(320), &json!("h264"))
    );
    assert_eq!(file["clip"]["located"], true, "{taken}");
    serde_json::from_value(file["id"].clone()).unwrap()
}

fn draft(id: &MediaId, accounts: &[model::AccountId], edits: &Value) -> Value {
    let targets: Vec<Value> = accounts
        .iter()
        .map(|id| json!({ "accountId": id }))
        .collect();
    json!({
        "segments": [{ "text": "A walk", "media": [{ "mediaId": id, "alt": "", "edits": edits }] }],
        "targets": targets,
    })
}

async fn checked(test: &TestApp, draft: &Value) -> Value {
    let calendar = test.calendar().await.id;
    let input = json!({ "draft": draft, "calendarId": calendar });
    test.call("posts.check", input).await
}

fn rules(checked: &Value) -> Vec<&str> {
    let problems = checked["problems"].as_array().unwrap();
    problems
        .iter()
        .map(|p| p["rule"].as_str().unwrap())
        .collect()
}

async fn inside(path: &Path) -> Clip {
    let found = look_at(path.to_owned(), "it".to_owned(), media::Kind::Mp4).await;
    found.unwrap().unwrap().clip
}

#[tokio::test]
async fn a_file_of_captions_is_read_and_told_where_it_does_not_arrive() {
    let test = TestApp::publishing().await;
    let file = test.dir().join("walk.de.srt");
    // As Windows writes it in Western Europe.
    std::fs::write(
        &file,
        b"1\r\n00:00:01,000 --> 00:00:02,000\r\nGr\xfc\xdfe\r\n",
    )
    .unwrap();
    let read: Value = test.call("media.captions", json!({ "path": file })).await;
    let cues = json!([{ "fromMs": 1_000, "toMs": 2_000, "text": "Gr\u{fc}\u{df}e" }]);
    assert_eq!(read, json!({ "language": "de", "cues": cues }));

    std::fs::write(&file, b"no captions").unwrap();
    let refused = test
        .refused("media.captions", json!({ "path": file }))
        .await;
    assert_eq!(refused.field.as_deref(), Some("path"));
    let nowhere = json!({ "path": test.dir().join("nowhere.srt") });
    test.refused("media.captions", nowhere).await;
    test.refused("media.captions", json!({ "path": test.dir() }))
        .await;

    let account = test.connect("ana").await;
    let id = clip(&test).await;
    let captions = json!({ "do": "captions", "captions": { "language": "de", "cues": cues } });
    let told = checked(&test, &draft(&id, &[account.id], &json!([captions]))).await;
    assert!(rules(&told).contains(&"captions_left_out"), "{told}");
}

#[tokio::test]
async fn a_network_gets_the_stretch_that_stays_and_no_place() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    let id = clip(&test).await;
    with_ffmpeg(&test).await;
    let trim = json!([{ "do": "trim", "fromMs": 1_000, "toMs": 2_500 }, { "do": "mute" }]);
    let draft = draft(&id, &[account.id], &trim);
    let told = checked(&test, &draft).await;
    assert_eq!(rules(&told), [""; 0], "{told}");
    let sent = &told["accounts"][0]["videos"][0];
    let words = sent["words"].as_str().unwrap();
    assert!(
        words.starts_with("The video is sent as MP4, 320 × 180, 1.5 seconds"),
        "{words}"
    );
    assert!(words.ends_with(", without sound."), "{words}");

    test.published(draft.clone()).await;
    let shown = test.network.shown();
    let found = inside(&shown[0].files[0]).await;
    assert!(
        (1_400..1_650).contains(&found.length_ms.unwrap()),
        "{found:?}"
    );
    assert!(!found.located && found.sound.is_none());
    // It is made once: the same post says now how large it is.
    let again = checked(&test, &draft).await;
    assert_eq!(again["accounts"][0]["videos"][0]["ready"], true);
}

#[tokio::test]
async fn without_ffmpeg_a_video_goes_out_as_it_is_and_edits_wait_for_it() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    let id = clip(&test).await;
    let plain = draft(&id, &[account.id], &json!([]));
    let told = checked(&test, &plain).await;
    // It takes only MP4, and it is told where it was filmed.
    assert_eq!(rules(&told), ["media_format"], "{told}");
    let message = told["problems"][0]["message"].as_str().unwrap();
    assert!(message.contains("this is MOV"), "{message}");
    assert!(message.contains("ffmpeg is not installed"), "{message}");
    let muted = draft(&id, &[account.id], &json!([{ "do": "mute" }]));
    assert_eq!(
        rules(&checked(&test, &muted).await),
        ["video_edits_need_tool"]
    );
    let shown = test.app.media_file(&id, MediaWanted::Thumb).await;
    assert_eq!(shown.unwrap(), None);
}

#[tokio::test]
async fn a_place_does_not_go_out_without_ffmpeg_either() {
    const PLACE: &str = "+52.5200+013.4050/";
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    let file = test.dir().join("walk.mp4");
    std::fs::write(&file, testkit::film::video(3_000, Some(PLACE))).unwrap();
    let odd = test.dir().join("odd.mp4");
    std::fs::write(&odd, b"\0\0\0\x18ftypisom\0\0\x02\0isommp42rest").unwrap();
    let taken: Value = test
        .call("media.import", json!({ "paths": [file, odd] }))
        .await;
    let id = |n: usize| serde_json::from_value::<MediaId>(taken["files"][n]["id"].clone()).unwrap();
    assert_eq!(taken["files"][0]["clip"]["located"], true, "{taken}");
    let told = checked(&test, &draft(&id(1), &[account.id], &json!([]))).await;
    assert_eq!(rules(&told), ["video_unreadable"], "{told}");

    let filmed = draft(&id(0), &[account.id], &json!([]));
    let told = checked(&test, &filmed).await;
    assert_eq!(rules(&told), [""; 0], "{told}");
    let words = &told["accounts"][0]["videos"][0]["words"];
    assert_eq!(
        words,
        "The video is sent as it is, without the place where it was filmed."
    );
    test.published(filmed).await;
    let sent = std::fs::read(&test.network.shown()[0].files[0]).unwrap();
    let original = testkit::film::video(3_000, Some(PLACE));
    assert_eq!(sent.len(), original.len());
    assert_eq!(
        sent[sent.len() - 3_000..],
        original[original.len() - 3_000..]
    );
    let tells = |bytes: &[u8]| {
        bytes
            .windows(PLACE.len())
            .any(|part| part == PLACE.as_bytes())
    };
    assert!(tells(&original) && !tells(&sent));
}

#[tokio::test]
async fn too_long_is_said_with_a_way_out() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let id = clip(&test).await;
    with_ffmpeg(&test).await;
    let mut reel = draft(&id, &[account.id], &json!([]));
    reel["targets"][0]["options"] = json!({ "short": true });
    let told = checked(&test, &reel).await;
    let problem = &told["problems"][0];
    assert_eq!(
        problem["message"],
        "The video runs 0:04; Testnet takes up to 0:02 as a short."
    );
    assert_eq!(
        problem["fixes"][0],
        json!({ "kind": "trim", "index": 0, "mostMs": 2_000 })
    );
    assert_eq!(
        problem["fixes"][1],
        json!({ "kind": "clear_option", "name": "short" })
    );
}

#[tokio::test]
async fn files_that_came_before_anybody_looked_are_looked_into() {
    let old = TestApp::start().await;
    let id = clip(&old).await;
    let bundle = json!({ "path": old.dir().join("all.zip") });
    let _: Value = old.call("bundle.export", bundle.clone()).await;
    let test = TestApp::start().await;
    let _: Value = test.call("bundle.import", bundle).await;
    with_ffmpeg(&test).await;
    let before: Value = test.call("media.info", json!({ "ids": [id] })).await;
    assert_eq!(before[0]["clip"], Value::Null);
    test.app.daily_work().await.unwrap();
    let after: Value = test.call("media.info", json!({ "ids": [id] })).await;
    assert_eq!(after[0]["clip"]["frameRate"], 25_000);
    let thumb = test.app.media_file(&id, MediaWanted::Thumb).await.unwrap();
    assert!(thumb.is_some_and(|path| path.is_file()));
}

#[tokio::test]
async fn what_is_due_soon_is_made_ready_before_its_minute() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await;
    let id = clip(&test).await;
    with_ffmpeg(&test).await;
    let edits = json!([{ "do": "mute" }]);
    let draft = draft(&id, &[account.id], &edits);
    let ready = async || {
        let told = checked(&test, &draft).await;
        told["accounts"][0]["videos"][0]["ready"].clone()
    };
    let scheduled = async |at: &str| {
        let input = json!({
            "calendarId": test.calendar().await.id, "draft": draft,
            "place": { "kind": "wall", "wall": at }, "scheduling": "must",
        });
        let _: Value = test.call("posts.create", input).await;
        test.app.daily_work().await.unwrap();
    };
    // It is nine o'clock.
    scheduled("2026-05-14T20:00:00").await;
    assert_eq!(ready().await, false);
    scheduled("2026-05-14T10:00:00").await;
    assert_eq!(ready().await, true);
}
