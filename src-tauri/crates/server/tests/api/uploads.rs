//! Files that programs send: once under a name, and as large as the library takes them.

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use server::{Pace, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::hostile::raw;
use crate::support::{Api, Got, got, png};

const UPLOAD: &str = "/api/v1/creator/social/media/upload";

async fn upload(api: &Api, name: Option<&str>, bytes: Vec<u8>, alt: &str) -> Got {
    let file = Part::bytes(bytes).file_name("a.png");
    // Each form gets a boundary of its own.
    let form = Form::new()
        .part("file", file)
        .text("alt_text", alt.to_owned());
    let mut request = api.http.post(format!("{}{UPLOAD}", api.base));
    if let Some(name) = name {
        request = request.header("Idempotency-Key", name);
    }
    got(request.bearer_auth(&api.key).multipart(form)).await
}

#[tokio::test]
async fn a_named_upload_is_taken_once_and_its_name_is_for_nothing_else() {
    let api = Api::start().await;
    let first = upload(&api, Some("one"), png(40, 30), "Words").await;
    assert!(!first.headers.contains_key("idempotency-replayed"));
    let first = first.ok();
    let again = upload(&api, Some("one"), png(40, 30), "Words").await;
    assert_eq!(again.status.as_u16(), 201);
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(again.ok(), first);
    for (bytes, alt) in [(png(41, 30), "Words"), (png(40, 30), "Other words")] {
        let other = upload(&api, Some("one"), bytes, alt).await.refused(409);
        assert_eq!(other["error"]["code"], "conflict");
    }
    // The name of one route is no name of another one's request either.
    let request = api
        .http
        .post(format!("{}/api/v1/creator/social/posts", api.base))
        .header("Idempotency-Key", "one")
        .bearer_auth(&api.key);
    let body = json!({ "content": { "text": "x" } });
    got(request.json(&body)).await.refused(409);
    let unnamed = upload(&api, None, png(40, 30), "Words").await.ok();
    assert_ne!(unnamed["media_id"], first["media_id"]);
    // What was refused may be sent again under the same name.
    upload(&api, Some("two"), b"no picture".to_vec(), "")
        .await
        .refused(400);
    upload(&api, Some("two"), png(40, 30), "").await.ok();
}

/// Serves a document of this many bytes once, and tells its address.
async fn document(bytes: usize) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/large.pdf", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/pdf\r\ncontent-length: {bytes}\r\nconnection: close\r\n\r\n%PDF-1.7\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let part = vec![b' '; 1_000_000];
        let mut left = bytes - b"%PDF-1.7\n".len();
        while left > 0 {
            let now = left.min(part.len());
            stream.write_all(&part[..now]).await.unwrap();
            left -= now;
        }
    });
    address
}

#[tokio::test]
async fn files_are_as_large_as_the_library_takes_them() {
    let api = Api::start().await;
    let bytes = 60_000_000;
    let url = document(bytes).await;
    let post = json!({ "content": { "text": "x", "media": [{ "url": url }] } });
    let posts = "/api/v1/creator/social/posts";
    let made = api.post(posts, post).await.ok();
    assert_eq!(made["media"][0]["type"], "application");
    let announced = async |size: u64| {
        let file = json!({ "fileName": "a.mp4", "contentType": "video/mp4", "fileSize": size });
        let path = "/api/v1/media/upload-url";
        api.send(&api.key, Method::POST, path, Some(file)).await
    };
    let most = app::MAX_FILE_BYTES;
    announced(most).await.ok();
    let refused: Value = announced(most + 1).await.refused(413);
    assert_eq!(refused["success"], false);
}

#[tokio::test]
async fn an_address_to_send_a_file_to_is_gone_with_the_key_that_it_was_given_to() {
    let api = Api::start().await;
    let bytes = png(40, 30);
    let file = json!({ "fileName": "a.png", "contentType": "image/png", "fileSize": bytes.len() });
    let end = api.test.app.now().plus(std::time::Duration::from_mins(10));
    let key = api
        .make_key(json!({ "role": "editor", "expiresAt": end }))
        .await;
    let announced = async || {
        let path = "/api/v1/media/upload-url";
        let answer = api.send(&key, Method::POST, path, Some(file.clone())).await;
        answer.ok()["upload"]["signedUrl"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (first, second) = (announced().await, announced().await);
    let send = async |address: String| got(api.http.put(address).body(bytes.clone())).await;
    send(first).await.ok();
    api.test.clock.advance(std::time::Duration::from_mins(11));
    send(second).await.refused(404);
}

#[tokio::test]
async fn what_hardly_arrives_is_given_up_and_nothing_of_it_stays() {
    let api = Api::configured(ServerConfig {
        pace: Pace {
            window: std::time::Duration::from_millis(200),
            least: 1_000,
        },
        ..ServerConfig::at(0)
    })
    .await;
    let file = json!({ "fileName": "a.png", "contentType": "image/png", "fileSize": 90_000 });
    let announced = api.post("/api/v1/media/upload-url", file).await.ok();
    let token = announced["upload"]["token"].as_str().unwrap();
    let place = format!("/api/v1/media/upload/{token}");
    let form = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n";
    for (method, path, kind, begun) in [
        ("POST", UPLOAD, "multipart/form-data; boundary=b", form),
        ("PUT", place.as_str(), "image/png", ""),
        ("POST", "/almanac/v1/files?name=a.png", "image/png", ""),
        (
            "POST",
            "/almanac/v1/commands/keys.list",
            "application/json",
            "{",
        ),
        ("POST", "/api/v1/post", "application/json", "{"),
        ("POST", "/mcp", "application/json", "{"),
    ] {
        // A little of it comes, and then nothing.
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nx-api-key: {}\r\nContent-Type: {kind}\r\nContent-Length: 90000\r\n\r\n{begun}some",
            api.base.trim_start_matches("http://"),
            api.key
        );
        assert_eq!(raw(&api, head.as_bytes()).await, Some(408), "{path}");
    }
    let left = std::fs::read_dir(api.test.data_dir().join("arriving")).unwrap();
    assert_eq!(left.count(), 0);
}
