//! The printed examples of the Instagram editor that are served.

use serde_json::{Map, Value, json};

use super::{Client, Form, got, like, upload};
use crate::browser::{pasted_at, sent_back};

/// Sends a picture, and gives what the Instagram editor calls it.
pub async fn picture_of(api: &Client, width: u32, height: u32) -> String {
    let made = upload(api, width, height).await;
    made["media_id"].as_str().unwrap().replace("media_", "img_")
}

/// The picture that an edit made.
pub async fn made(api: &Client, path: &str, edits: Value) -> image::RgbImage {
    let done = api.post(path, edits).await.ok();
    let shown = api.http.get(done["url"].as_str().unwrap());
    let bytes = shown.send().await.unwrap().bytes().await.unwrap();
    image::load_from_memory(&bytes).unwrap().to_rgb8()
}

/// Pictures of the Instagram editor.
pub async fn a_picture_is_cut_and_filtered(api: &Client) {
    let path = format!(
        "/v1/instagram/images/{}/edit",
        picture_of(api, 400, 300).await
    );
    let crop = json!({ "type": "crop", "aspect_ratio": "4:5", "position": "smart_crop" });
    let filter = json!({ "type": "filter", "filter_name": "instagram_warm", "intensity": 0.7 });
    let done = api
        .post(
            &path,
            json!({ "edits": [crop, filter], "instagram_optimization": true }),
        )
        .await
        .ok();
    like(
        &done,
        json!({ "id": "<img_uuid>", "status": "completed", "url": "<url>", "width": 240, "height": 300, "edits_applied": 2 }),
    );
    let shown = api
        .http
        .get(done["url"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    let shown = image::load_from_memory(&shown.bytes().await.unwrap()).unwrap();
    assert_eq!((shown.width(), shown.height()), (240, 300));
    for bad in [
        json!({}),
        json!({ "edits": [] }),
        json!({ "edits": [{ "type": "crop", "aspect_ratio": "0:5" }] }),
        json!({ "edits": [{ "type": "filter", "filter_name": "instagram_moon" }] }),
        json!({ "edits": [{ "type": "filter", "filter_name": "warm", "intensity": 7 }] }),
        json!({ "edits": [{ "type": "explode" }] }),
        json!({ "edits": [{ "type": "text_overlay", "text": " " }] }),
        json!({ "edits": [{ "type": "text_overlay", "text": "x", "position": "top_bottom" }] }),
        json!({ "edits": [{ "type": "text_overlay", "text": "x", "color": "whitish" }] }),
        json!({ "edits": [{ "type": "text_overlay", "text": "x", "font_size": -4 }] }),
        json!({ "edits": [{ "type": "text_overlay", "text": "x".repeat(501) }] }),
    ] {
        let refused = api.post(&path, bad).await.refused(400);
        assert_eq!(refused["error"]["code"], "VALIDATION_ERROR");
    }
    let edit = json!({ "edits": [crop] });
    api.post("/v1/instagram/images/img_789/edit", edit)
        .await
        .refused(404);
}

/// Its requests, which their number makes one.
pub async fn the_number_of_a_request_makes_it_one(api: &Client) {
    let path = format!(
        "{}/v1/instagram/images/{}/edit",
        api.base,
        picture_of(api, 400, 300).await
    );
    let edit = json!({ "edits": [{ "type": "filter", "filter_name": "mono" }] });
    let send = || {
        let request = api
            .http
            .post(&path)
            .bearer_auth(&api.key)
            .header("X-Request-Id", "req-1");
        got(request.json(&edit))
    };
    let first: Value = send().await.ok();
    let again = send().await;
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(again.ok()["id"], first["id"]);
}

/// The edit of the document, words and all.
pub async fn the_printed_edit_cuts_filters_and_writes_on_a_picture(api: &Client) {
    let path = format!(
        "/v1/instagram/images/{}/edit",
        picture_of(api, 400, 300).await
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
    let written = made(api, &path, printed).await;
    let bare = made(api, &path, json!({ "edits": [crop, filter] })).await;
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

/// What an account can.
pub async fn an_account_says_what_it_can(api: &Client) {
    let id = format!("acc_{}", api.accounts["instagram"]);
    let found = api.get(&format!("/v1/instagram/accounts/{id}")).await.ok();
    like(
        &found,
        json!({
            "account_id": id,
            "platform": "instagram",
            "username": "<text>",
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
    assert!(found["username"].as_str().unwrap().starts_with('@'));
    let other = format!("/v1/instagram/accounts/acc_{}", api.accounts["x"]);
    api.get(&other).await.refused(404);
    let connect = json!({ "platform": "facebook" });
    api.post("/v1/instagram/accounts/connect", connect)
        .await
        .refused(400);
}

fn connect() -> Value {
    json!({
        "platform": "instagram",
        "account_type": "business",
        "permissions": ["read_insights", "publish_content", "manage_comments"],
        "callback_url": "https://your-app.com/oauth/callback"
    })
}

/// An account is connected with the app that the person keeps. Instagram sends no browser back to a computer, so the
/// browser is sent to a page of the program's; `agree` goes where that page leads and gives the address of the end.
pub async fn an_account_is_connected_through_the_browser(
    api: &Client,
    agree: impl AsyncFnOnce(String) -> String,
) {
    let begun = api
        .post("/v1/instagram/accounts/connect", connect())
        .await
        .ok();
    like(
        &begun,
        json!({ "authorization_url": "<url>", "state": "<text>", "status": "pending" }),
    );
    let address = begun["authorization_url"].as_str().unwrap();
    assert!(address.starts_with(&api.base), "{address}");
    let page = pasted_at(address, agree).await.unwrap();
    assert!(
        page.contains(";url=https://your-app.com/oauth/callback\""),
        "{page}"
    );
    // It is for one sign-in, which is over.
    let again = api.http.get(address).send().await.unwrap();
    assert_eq!(again.status().as_u16(), 404);
    let listed = connected(api).await;
    assert!(!listed.is_empty());
    for account in listed {
        assert_eq!(account["health"]["kind"], "ok", "{account}");
    }
}

/// The accounts on Instagram that are connected.
pub async fn connected(api: &Client) -> Vec<Value> {
    let boot = api.command("session.boot", json!({})).await;
    let all = boot["accounts"].as_array().unwrap().iter();
    all.filter(|account| account["network"] == "instagram")
        .cloned()
        .collect()
}

/// A person connects the account through the browser with an app of their own, which is kept from then on.
pub async fn an_app_is_kept(api: &Client, form: &Form) {
    let filled = |fields: &[(&'static str, String)]| -> Map<String, Value> {
        let fields = fields.iter();
        fields
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect()
    };
    let input = json!({
        "workspaceId": api.workspace,
        "network": form.network,
        "method": form.method,
        "fields": filled(&form.fields),
        "secrets": filled(&form.secrets),
    });
    let begun = api.command("accounts.connect", input).await;
    let back = sent_back(begun["address"].as_str().unwrap()).await.unwrap();
    let pasted = json!({ "id": begun["id"], "address": back });
    let done = api.command("accounts.sign_in_paste", pasted).await;
    assert_eq!(done["kind"], "connected", "{done}");
}
