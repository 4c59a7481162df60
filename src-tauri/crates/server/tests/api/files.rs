//! Files between programs, posts and the library: what is known of them in one place is known in the others.

use reqwest::Method;
use reqwest::header::HOST;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use server::{Outside, Rates, ServerConfig};
use testkit::app::draft;
use testkit::mcp::use_of;
use testkit::printed::social::{bearer, path};
use testkit::printed::upload;

use crate::support::{Api, got, png};

/// Sends a picture with its description.
async fn described(api: &Api, side: u32, alt: &str) -> Value {
    let file = Part::bytes(png(side, side)).file_name("field.png");
    let form = Form::new()
        .part("file", file)
        .text("alt_text", alt.to_owned());
    let url = format!("{}{}", api.base, path("media/upload"));
    let request = api.http.post(url).bearer_auth(&api.key);
    got(request.multipart(form)).await.ok()
}

/// The library's facts on the file of a post.
async fn in_library(api: &Api, id: &Value) -> Value {
    let infos: Value = api.test.call("media.info", json!({ "ids": [id] })).await;
    infos[0].clone()
}

/// A file as a post in the window has it: turned for all, described, and cropped for one account.
fn worked_on(media: &Value, account: &str) -> Value {
    let crop = json!({ "do": "crop", "area": { "left": 0, "top": 0, "width": 500_000, "height": 500_000 } });
    json!({
        "mediaId": media, "alt": "Ana's words",
        "edits": [{ "do": "turn", "quarters": 1 }],
        "accountEdits": { account: [crop] },
    })
}

#[tokio::test]
async fn files_that_are_written_back_stay_as_they_were_worked_on() {
    let api = Api::start().await;
    let made = upload(&api, 60, 60).await;
    let post = json!({ "content": { "text": "x" }, "media": [{ "media_id": made["media_id"] }] });
    let post = bearer(&api, Method::POST, "posts", post).await.ok();
    let id: model::PostId = post["id"].as_str().unwrap()[5..].parse().unwrap();
    let media = json!(api.test.post(id).await.segments[0].media[0].media_id);
    let used = worked_on(&media, &api.accounts["instagram"]);

    let calendar = api.test.calendar().await.id;
    let account = api.accounts["instagram"].parse().unwrap();
    let mut said = draft("Words", &[account]);
    said["segments"][0]["media"] = json!([used]);
    let input = json!({ "calendarId": calendar, "draft": said, "place": { "kind": "shelf" } });
    let made: model::post::Post = api.test.write("posts.create", input).await;
    let kept = async || json!(api.test.post(made.id).await.segments[0].media);
    let before = kept().await;
    assert_eq!(before[0]["alt"], "Ana's words");
    assert_eq!(before[0]["edits"].as_array().unwrap().len(), 1);

    // As the contracts show it, each to its own.
    let event = format!(
        "/v1/calendar/calendars/cal_{calendar}/events/evt_{}",
        made.id
    );
    let shown = api.get(&event).await.ok();
    let content = json!({ "media_urls": shown["content"]["media_urls"] });
    api.patch(&event, json!({ "content": content })).await.ok();
    assert_eq!(kept().await, before);

    let one = format!("posts/post_{}", made.id);
    let shown = api.get(&path(&one)).await.ok();
    let back = json!({ "media": shown["media"] });
    bearer(&api, Method::PUT, &one, back).await.ok();
    assert_eq!(kept().await, before);

    // What is given anew is taken, and nothing else goes.
    let back =
        json!({ "media": [{ "media_id": shown["media"][0]["media_id"], "alt_text": "New" }] });
    bearer(&api, Method::PUT, &one, back).await.ok();
    let after = kept().await;
    assert_eq!(after[0]["alt"], "New");
    assert_eq!(after[0]["edits"], before[0]["edits"]);
    assert_eq!(after[0]["accountEdits"], before[0]["accountEdits"]);

    // A tool has to name every part to change one of them.
    let parts = json!([{ "text": "First" }, { "text": "Words", "files": [{ "id": media }] }]);
    let arguments = json!({ "post": made.id, "parts": parts });
    let [_, _, tool] = use_of("update_post", &arguments);
    let request = api.http.post(format!("{}/mcp", api.base));
    let request = request.header("accept", "application/json, text/event-stream");
    let done = got(request.bearer_auth(&api.key).json(&tool)).await.ok();
    assert_eq!(done["result"]["isError"], false, "{done}");
    let moved = json!(api.test.post(made.id).await.segments[1].media);
    assert_eq!(moved, after);
}

#[tokio::test]
async fn a_file_is_known_by_the_id_that_posts_show() {
    let api = Api::start().await;
    let made = described(&api, 50, "A field").await;
    let post = json!({ "content": { "text": "x" }, "media": [{ "media_id": made["media_id"] }] });
    let post = bearer(&api, Method::POST, "posts", post).await.ok();
    let id = post["media"][0]["media_id"].as_str().unwrap();
    let one = path(&format!("media/{id}"));
    let shown = api.get(&one).await.ok();
    assert_eq!(shown["media_id"], json!(id));
    assert_eq!(shown["alt_text"], "A field");
    assert_eq!(shown["dimensions"], json!({ "width": 50, "height": 50 }));
    let edit = json!({ "edits": [{ "type": "filter", "filter_name": "mono" }] });
    let image = id.replace("media_", "img_");
    let edited = api
        .post(&format!("/v1/instagram/images/{image}/edit"), edit)
        .await
        .ok();
    assert_eq!(edited["original_id"], json!(image));
    // The post has it: it is not deleted from under it.
    api.delete(&one).await.refused(409);

    // Nobody else is told of it.
    let (_, other) = api.another_workspace().await;
    api.send(&other, Method::GET, &one, None).await.refused(404);
}

#[tokio::test]
async fn descriptions_pass_between_programs_and_the_library() {
    let api = Api::start().await;
    let made = described(&api, 40, "A field in bloom").await;
    let post = json!({ "content": { "text": "x" }, "media": [{ "media_id": made["media_id"] }] });
    let post = bearer(&api, Method::POST, "posts", post).await.ok();
    let hash = |post: &Value| {
        let shown = post["media"][0]["media_id"].as_str().unwrap();
        json!(shown.trim_start_matches("media_"))
    };
    let info = in_library(&api, &hash(&post)).await;
    assert_eq!(info["alt"], "A field in bloom");
    // What stands there already is a person's.
    described(&api, 40, "Other words").await;
    assert_eq!(
        in_library(&api, &hash(&post)).await["alt"],
        "A field in bloom"
    );

    // The other way: described in the window, used by a program that says nothing.
    let plain = upload(&api, 41, 41).await;
    let request =
        json!({ "content": { "text": "x" }, "media": [{ "media_id": plain["media_id"] }] });
    let first = bearer(&api, Method::POST, "posts", request.clone())
        .await
        .ok();
    assert_eq!(first["media"][0]["alt_text"], "");
    let input = json!({ "id": hash(&first), "alt": "From the window" });
    let _: Value = api.test.write("media.describe", input).await;
    let second = bearer(&api, Method::POST, "posts", request).await.ok();
    assert_eq!(second["media"][0]["alt_text"], "From the window");
}

#[tokio::test]
async fn a_program_is_told_addresses_at_which_it_reached_the_host() {
    let outside = Outside {
        names: vec!["almanac.example.org".to_owned()],
        behind_proxy: true,
        ..Outside::default()
    };
    let api = Api::listening(ServerConfig::at(0), outside).await;
    let port = api.base.rsplit(':').next().unwrap().to_owned();
    let announced = async |host: &str| {
        let file = json!({ "fileName": "a.png", "contentType": "image/png", "fileSize": 10 });
        let url = format!("{}/api/v1/media/upload-url", api.base);
        let request = api.http.post(url).header(HOST, host);
        got(request.bearer_auth(&api.key).json(&file)).await.ok()
    };
    for (host, base) in [
        (
            format!("localhost:{port}"),
            format!("http://localhost:{port}"),
        ),
        // What is in front of it speaks TLS.
        (
            "almanac.example.org".to_owned(),
            "https://almanac.example.org".to_owned(),
        ),
    ] {
        let told = announced(&host).await;
        for address in [&told["upload"]["signedUrl"], &told["media"]["public_url"]] {
            let address = address.as_str().unwrap();
            assert!(address.starts_with(&format!("{base}/")), "{address}");
        }
    }
    // Its own files are its own under each of its names.
    let made = upload(&api, 30, 30).await;
    let name = made["url"].as_str().unwrap().rsplit('/').next().unwrap();
    let url = format!("https://almanac.example.org/media/{name}");
    let post = json!({ "content": { "text": "x" }, "media": [{ "url": url }] });
    bearer(&api, Method::POST, "posts", post).await.ok();
}

#[tokio::test]
async fn pages_pictures_and_what_is_refused_at_the_door_use_nothing_up() {
    let api = Api::with(Rates {
        strangers: 1,
        ..Rates::default()
    })
    .await;
    for path in ["/", "/openapi.json", "/media/none"] {
        api.send("", Method::GET, path, None).await;
    }
    let foreign = api.http.get(format!("{}/api/v1/posts", api.base));
    let foreign = foreign.header("origin", "https://evil.example");
    let refused = got(foreign).await;
    assert_eq!(refused.headers["x-ratelimit-remaining"], "1");
    refused.refused(403);

    let bytes = png(20, 20);
    let file = json!({ "fileName": "a.png", "contentType": "image/png", "fileSize": bytes.len() });
    let announced = api.post("/api/v1/media/upload-url", file).await.ok();
    let connections = "/api/v1/connections";
    api.send("", Method::GET, connections, None)
        .await
        .refused(401);
    api.send("", Method::GET, connections, None)
        .await
        .refused(429);
    // An upload that was announced belongs to the key that announced it.
    let address = announced["upload"]["signedUrl"].as_str().unwrap();
    let sent = got(api.http.put(address).body(bytes)).await;
    assert_eq!(sent.headers["x-ratelimit-limit"], "1000");
    sent.ok();
    let again = got(api.http.put(address)).await;
    again.refused(429);
}
