//! The printed examples of the Instagram editor that are served.

use serde_json::json;
use testkit::printed::instagram::{self, made, picture_of};

use crate::support::Api;

#[tokio::test]
async fn a_picture_is_cut_and_filtered() {
    let api = Api::start().await;
    instagram::a_picture_is_cut_and_filtered(&api).await;
}

#[tokio::test]
async fn the_printed_edit_cuts_filters_and_writes_on_a_picture() {
    let api = Api::start().await;
    instagram::the_printed_edit_cuts_filters_and_writes_on_a_picture(&api).await;
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
    instagram::an_account_says_what_it_can(&api).await;
}

#[tokio::test]
async fn the_number_of_a_request_makes_it_one() {
    let api = Api::start().await;
    instagram::the_number_of_a_request_makes_it_one(&api).await;
}

#[tokio::test]
async fn a_cut_lies_where_it_is_wanted_after_other_edits_too() {
    let api = Api::start().await;
    let path = format!(
        "/v1/instagram/images/{}/edit",
        picture_of(&api, 100, 200).await
    );
    let filter = json!({ "type": "filter", "filter_name": "mono", "intensity": 0.5 });
    let cut = |position: &str| {
        let crop = json!({ "type": "crop", "aspect_ratio": "1:1", "position": position });
        json!({ "edits": [filter, crop] })
    };
    // The picture gets lighter from top to bottom.
    let light = async |position: &str| {
        let done = made(&api, &path, cut(position)).await;
        assert_eq!(done.dimensions(), (100, 100));
        u32::from(done.get_pixel(50, 50).0[1])
    };
    let (top, middle, bottom) = (
        light("top").await,
        light("center").await,
        light("bottom").await,
    );
    assert!(top < middle && middle < bottom, "{top} {middle} {bottom}");
    let refused = api.post(&path, cut("corner")).await.refused(400);
    assert_eq!(refused["error"]["details"]["field"], "edits.1.position");
}
