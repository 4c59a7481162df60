//! Pictures that a person edited: what a network gets, what the screen is shown, what is refused.

use std::path::Path;

use app::MediaWanted;
use model::MediaId;
use serde_json::{Value, json};
use testkit::app::TestApp;

/// The left half of a picture.
fn left_half() -> Value {
    json!([{ "do": "crop", "area": { "left": 0, "top": 0, "width": 500_000, "height": 1_000_000 } }])
}

async fn picture(test: &TestApp, width: u32, height: u32) -> MediaId {
    let file = testkit::fakes::picture(test.dir(), "sea.png", width, height, [1, 2, 3]);
    let taken: Value = test.call("media.import", json!({ "paths": [file] })).await;
    serde_json::from_value(taken["files"][0]["id"].clone()).unwrap()
}

fn size(path: &Path) -> (u32, u32) {
    let bytes = std::fs::read(path).unwrap();
    let picture = media::render("x", &bytes, &media::Limits::bytes(1_000_000)).unwrap();
    (picture.width, picture.height)
}

#[tokio::test]
async fn each_account_gets_the_picture_as_it_was_cut_for_it() {
    let test = TestApp::publishing().await;
    let (ana, ben) = (test.connect("ana").await, test.connect("ben").await);
    let id = picture(&test, 40, 30).await;
    let account_edits = json!({ ana.id.to_string(): left_half() });
    let draft = json!({
        "segments": [{ "text": "Sea", "media": [{
            "mediaId": id, "alt": "The sea", "accountEdits": account_edits,
            "edits": [{ "do": "turn", "quarters": 1 }],
        }] }],
        "targets": [{ "accountId": ana.id }, { "accountId": ben.id }],
    });
    let targets = test.published(draft).await.targets;
    let got = |account| {
        let target = targets.iter().find(|t| t.draft.account_id == account);
        let target = target.unwrap().id;
        let shown = test.network.shown();
        let shown = shown.iter().find(|s| s.target_id == target).unwrap();
        size(&shown.files[0])
    };
    assert_eq!(got(ben.id), (30, 40));
    assert_eq!(got(ana.id), (15, 40));
    // The screen is shown the very same.
    let edits = [json!([{ "do": "turn", "quarters": 1 }]), left_half()];
    let all: Vec<Value> = edits
        .iter()
        .flat_map(|list| list.as_array().unwrap().clone())
        .collect();
    let all = serde_json::from_value(Value::Array(all)).unwrap();
    let shown = test.app.media_file(&id, MediaWanted::Edited(all)).await;
    assert_eq!(size(&shown.unwrap().unwrap()), (15, 40));
}

#[tokio::test]
async fn edits_that_cannot_be_done_are_refused_and_the_best_part_can_be_asked_for() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let id = picture(&test, 400, 100).await;
    let post = test.draft("Sea", &[account.id]).await;
    let outside = json!({ "do": "crop", "area": { "left": 900_000, "top": 0, "width": 200_000, "height": 1 } });
    let draft = json!({
        "segments": [{ "text": "Sea", "media": [{ "mediaId": id, "edits": [outside] }] }],
        "targets": [],
    });
    let saved = json!({ "id": post.id, "version": post.version, "draft": draft, "session": "s" });
    let error = test.refused("posts.save", saved).await;
    assert!(
        error.message.contains("within the picture"),
        "{}",
        error.message
    );

    let asked = json!({ "id": id, "ratio": [1, 1] });
    let part: Value = test.call("media.best_part", asked).await;
    assert_eq!(
        (&part["width"], &part["height"]),
        (&json!(250_000), &json!(1_000_000))
    );
    let asked = json!({ "id": id, "ratio": [0, 1] });
    let error = test.refused("media.best_part", asked).await;
    assert!(error.message.contains("4 and 5"), "{}", error.message);
}
