//! What lies over pictures, the mark of a workspace, and what accounts get of a picture.

use std::path::PathBuf;

use app::MediaWanted;
use model::{AccountId, MediaId};
use serde_json::{Value, json};
use testkit::app::TestApp;

async fn picture(test: &TestApp, name: &str, side: u32, colour: [u8; 3]) -> MediaId {
    let file = testkit::fakes::picture(test.dir(), name, side, side, colour);
    let taken: Value = test.call("media.import", json!({ "paths": [file] })).await;
    serde_json::from_value(taken["files"][0]["id"].clone()).unwrap()
}

async fn publish(test: &TestApp, account: AccountId, media: Value) -> PathBuf {
    let draft = json!({
        "segments": [{ "text": "Sea", "media": [media] }],
        "targets": [{ "accountId": account }],
    });
    let target = test.published(draft).await.targets[0].id;
    let shown = test.network.shown();
    let shown = shown.iter().find(|s| s.target_id == target).unwrap();
    shown.files[0].clone()
}

/// Red, green and blue in the lower right corner, a little inside.
fn corner(path: &PathBuf) -> [u8; 3] {
    let bytes = std::fs::read(path).unwrap();
    let limits = media::Limits {
        formats: vec![media::Kind::Png],
        always_reencode: true,
        ..media::Limits::bytes(1_000_000)
    };
    let made = media::render("x", &bytes, &limits).unwrap();
    let picture = image::load_from_memory(&made.bytes).unwrap().into_rgb8();
    let (width, height) = picture.dimensions();
    picture
        .get_pixel(width - width / 12, height - height / 12)
        .0
}

#[tokio::test]
async fn the_mark_of_a_workspace_is_on_what_goes_out_unless_it_is_left_off() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await.id;
    let sea = picture(&test, "sea.png", 120, [10, 20, 30]).await;
    let logo = picture(&test, "logo.png", 40, [250, 0, 0]).await;
    let boot: Value = test.call("session.boot", json!({})).await;
    let workspace = boot["workspaces"][0]["id"].clone();
    let mark = json!({
        "what": { "of": "picture", "mediaId": logo, "size": 300_000 },
        "across": "end", "down": "end", "strength": 100,
    });
    let set =
        |on: bool| json!({ "workspaceId": workspace, "watermark": { "on": on, "mark": mark } });
    let plain = json!({ "mediaId": sea });

    let _: Value = test.call("writing.set_watermark", set(true)).await;
    let boot: Value = test.call("session.boot", json!({})).await;
    let id = workspace.as_str().unwrap();
    assert_eq!(boot["writing"][id]["watermark"]["on"], json!(true));
    let [red, green, _] = corner(&publish(&test, account, plain.clone()).await);
    assert!(red > 240 && green < 10, "the logo is in the corner");
    let left_off = json!({ "mediaId": sea, "edits": [{ "do": "unmarked" }] });
    assert_eq!(
        corner(&publish(&test, account, left_off).await),
        [10, 20, 30]
    );
    let _: Value = test.call("writing.set_watermark", set(false)).await;
    // Undone, it is on again.
    test.undo().await;
    let again: Value = test.call("writing.get", json!({ "id": workspace })).await;
    assert_eq!(again["watermark"]["on"], json!(true));
    let _: Value = test.call("writing.set_watermark", set(false)).await;
    assert_eq!(
        corner(&publish(&test, account, plain.clone()).await),
        [10, 20, 30]
    );

    let wrong = json!({ "workspaceId": workspace, "watermark": { "on": true, "mark": {
        "what": { "of": "picture", "mediaId": "f".repeat(64), "size": 300_000 },
        "across": "end", "down": "end", "strength": 100,
    } } });
    let error = test.refused("writing.set_watermark", wrong).await;
    assert_eq!(error.code, model::ErrorCode::NotFound);
}

#[tokio::test]
async fn what_an_account_gets_is_told_and_can_be_looked_at() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await.id;
    let sea = picture(&test, "sea.png", 60, [10, 20, 30]).await;
    let turned =
        json!({ "mediaId": sea, "alt": "The sea", "edits": [{ "do": "turn", "quarters": 1 }] });
    let plain = json!({ "mediaId": sea, "alt": "The sea" });
    let gone = json!({ "mediaId": "f".repeat(64) });
    let asked = json!({ "media": [plain, turned, gone], "accounts": [{ "id": account }] });
    let fits: Vec<Value> = test.call("media.as_sent", asked).await;
    assert_eq!(fits.len(), 3);
    assert_eq!(fits[0]["fits"], json!("as_it_is"));
    assert!(
        fits[0]["words"]
            .as_str()
            .unwrap()
            .contains("as it is: PNG, 60 × 60")
    );
    assert_eq!(fits[1]["fits"], json!("changed"));
    assert!(
        fits[1]["words"]
            .as_str()
            .unwrap()
            .contains("as you edited it")
    );
    assert_eq!(fits[2]["fits"], json!("no"));
    assert!(
        fits[2]["words"]
            .as_str()
            .unwrap()
            .contains("no longer in the library")
    );
    assert_eq!(fits[2]["problems"][0]["rule"], json!("media_missing"));
    // It is the very file that arrives.
    let file = fits[1]["sent"]["file"].as_str().unwrap().to_owned();
    let shown = test.app.media_file(&sea, MediaWanted::Sent(file)).await;
    let shown = std::fs::read(shown.unwrap().unwrap()).unwrap();
    assert_eq!(fits[1]["sent"]["bytes"], json!(shown.len()));
    let arrived = publish(&test, account, turned).await;
    assert_eq!(std::fs::read(arrived).unwrap(), shown);
    let nobody =
        json!({ "media": [], "accounts": [{ "id": "00000000-0000-0000-0000-000000000000" }] });
    let error = test.refused("media.as_sent", nobody).await;
    assert_eq!(error.code, model::ErrorCode::NotFound);
}

/// A GIF of two frames: two pixels, and the same in another colour (the 89a standard).
const MOVING: &[u8] = b"GIF89a\x02\0\x01\0\x80\0\0\xff\0\0\0\0\xff\
    !\xff\x0bNETSCAPE2.0\x03\x01\0\0\0\
    !\xf9\x04\0\x0a\0\0\0,\0\0\0\0\x02\0\x01\0\0\x02\x02\x04\x0a\0\
    !\xf9\x04\0\x0a\0\0\0,\0\0\0\0\x02\0\x01\0\0\x02\x02\x4c\x0a\0;";

#[tokio::test]
async fn a_moving_picture_that_stands_still_once_edited_says_so() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await.id;
    let file = test.dir().join("wave.gif");
    std::fs::write(&file, MOVING).unwrap();
    let taken: Value = test.call("media.import", json!({ "paths": [file] })).await;
    assert_eq!(taken["files"][0]["moving"], true, "{taken}");
    let id = taken["files"][0]["id"].clone();
    let turn = json!([{ "do": "turn", "quarters": 1 }]);
    let asked = json!({
        "media": [{ "mediaId": id }, { "mediaId": id, "edits": turn }],
        "accounts": [{ "id": account, "options": {} }],
    });
    let fits: Vec<Value> = test.call("media.as_sent", asked).await;
    let words = |n: usize| fits[n]["words"].as_str().unwrap().to_owned();
    assert_eq!(fits[0]["sent"]["moving"], true);
    assert!(!words(0).contains("stands still"), "{}", words(0));
    assert_eq!(fits[1]["sent"]["moving"], false);
    let still = " It stands still there, as its first frame.";
    assert!(words(1).ends_with(still), "{}", words(1));
}

#[tokio::test]
async fn words_are_drawn_for_the_editor_and_nothing_else_is() {
    let test = TestApp::start().await;
    let fonts: Vec<String> = test.call("media.fonts", json!({})).await;
    let words = json!({ "do": "words", "words": {
        "text": "Sea", "letters": { "font": "No Such Font 123", "size": 200_000, "colour": "#ffffff" },
        "left": 0, "top": 0, "width": 1_000_000,
    } });
    let asked = json!({ "operation": words, "width": 300, "height": 200 });
    let layer: Value = test.call("media.layer", asked).await;
    assert!(layer["width"].as_u64().unwrap() <= 300);
    assert!(!layer["png"].as_str().unwrap().is_empty());
    assert_eq!(layer["replaced"], json!(true));
    assert_eq!(layer["font"] == json!(""), fonts.is_empty());
    let turn = json!({ "operation": { "do": "turn", "quarters": 1 }, "width": 9, "height": 9 });
    let error = test.refused("media.layer", turn).await;
    assert!(error.message.contains("Only words"), "{}", error.message);
}
