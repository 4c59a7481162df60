//! The printed examples of the Instagram editor that are served.

use serde_json::{Value, json};

use crate::printed::{self, picture_of};
use crate::shape::like;
use crate::support::Api;

#[tokio::test]
async fn a_picture_is_cut_and_filtered() {
    let api = Api::start().await;
    printed::a_picture_is_cut_and_filtered(&api).await;
}

/// The picture that an edit made.
async fn made(api: &Api, path: &str, edits: Value) -> image::RgbImage {
    let done = api.post(path, edits).await.ok();
    let shown = api.http.get(done["url"].as_str().unwrap());
    let bytes = shown.send().await.unwrap().bytes().await.unwrap();
    image::load_from_memory(&bytes).unwrap().to_rgb8()
}

#[tokio::test]
async fn the_printed_edit_cuts_filters_and_writes_on_a_picture() {
    let api = Api::start().await;
    let path = format!(
        "/v1/instagram/images/{}/edit",
        picture_of(&api, 400, 300).await
    );
    let crop = json!({ "type": "crop", "aspect_ratio": "4:5", "position": "smart_crop" });
    let filter = json!({ "type": "filter", "filter_name": "instagram_warm", "intensity": 0.7 });
    let text = json!({
        "type": "text_overlay", "text": "NOW OPEN!", "position": "bottom_center",
        "font": "instagram_sans", "color": "#FFFFFF"
    });
    let printed = json!({ "edits": [crop, filter, text], "instagram_optimization": true });
    like(
        &api.post(&path, printed.clone()).await.ok(),
        json!({ "id": "<img_uuid>", "status": "completed", "url": "<url>", "width": 240, "height": 300, "edits_applied": 3 }),
    );
    let written = made(&api, &path, printed).await;
    let bare = made(&api, &path, json!({ "edits": [crop, filter] })).await;
    assert_eq!(written.dimensions(), bare.dimensions());
    let white = |picture: &image::RgbImage, from: u32, to: u32| {
        let rows = (from..to).flat_map(|y| (0..picture.width()).map(move |x| (x, y)));
        rows.filter(|(x, y)| picture.get_pixel(*x, *y).0.iter().all(|part| *part > 240))
            .count()
    };
    assert_eq!(white(&bare, 0, 300), 0);
    assert!(
        white(&written, 200, 300) > 100,
        "it stands at the lower edge"
    );
    assert_eq!(white(&written, 0, 200), 0);
}

#[tokio::test]
async fn a_picture_is_made_to_fit_before_somebody_writes_on_it() {
    let api = Api::start().await;
    let path = format!(
        "/v1/instagram/images/{}/edit",
        picture_of(&api, 800, 200).await
    );
    let text = json!({ "type": "text_overlay", "text": "NOW OPEN!", "position": "top_left", "font_size": 30 });
    for (fits, size) in [(false, (800, 200)), (true, (382, 200))] {
        let edits = json!({ "edits": [text], "instagram_optimization": fits });
        let done = made(&api, &path, edits).await;
        assert_eq!(done.dimensions(), size);
        let left = (0..100).flat_map(|x| (0..60).map(move |y| (x, y)));
        let white = left.filter(|(x, y)| done.get_pixel(*x, *y).0.iter().all(|p| *p > 240));
        assert!(white.count() > 50, "its beginning was not cut off");
    }
}

#[tokio::test]
async fn an_account_says_what_it_can() {
    let api = Api::start().await;
    let id = format!("acc_{}", api.accounts["instagram"]);
    let found = api.get(&format!("/v1/instagram/accounts/{id}")).await.ok();
    like(
        &found,
        json!({
            "account_id": id,
            "platform": "instagram",
            "username": "@mycompany",
            "account_type": "business",
            "capabilities": {
                "can_publish": true,
                "can_read_insights": false,
                "can_manage_comments": false,
                "connected_date": "<seconds>"
            },
            "insights_access": { "available": false, "metrics": [] }
        }),
    );
    let other = format!("/v1/instagram/accounts/acc_{}", api.accounts["x"]);
    api.get(&other).await.refused(404);
    let connect = json!({ "platform": "facebook" });
    api.post("/v1/instagram/accounts/connect", connect)
        .await
        .refused(400);
}

#[tokio::test]
async fn the_number_of_a_request_makes_it_one() {
    let api = Api::start().await;
    printed::the_number_of_a_request_makes_it_one(&api).await;
}
