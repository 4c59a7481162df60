//! Requests that mean harm: none of them does anything, and none of them ends in a fault of the program.

use reqwest::Method;
use serde_json::{Value, json};
use server::Rates;
use server::routes::{State, all};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{Api, got};

/// Limits that are no limits.
pub const FREE: Rates = Rates {
    requests: 1_000_000,
    posts: 1_000_000,
    media: 1_000_000,
    strangers: 1_000_000,
};

/// Sends bytes as they are and gives the status of the answer; none when there was none.
pub async fn raw(api: &Api, bytes: &[u8]) -> Option<u16> {
    let address = api.base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.ok()?;
    let mut head = vec![0; 64];
    let mut got = Vec::new();
    while got.len() < 12 {
        match stream.read(&mut head).await {
            Ok(0) | Err(_) => break,
            Ok(n) => got.extend_from_slice(&head[..n]),
        }
    }
    let text = String::from_utf8_lossy(&got).into_owned();
    text.split(' ').nth(1)?.parse().ok()
}

fn filled(path: &str, id: &str) -> String {
    path.split('/')
        .map(|part| if part.starts_with('{') { id } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

#[tokio::test]
async fn nobody_gets_in_by_name_page_key_or_head() {
    let api = Api::with(FREE).await;
    let (other, other_key) = api.another_workspace().await;
    let port = api.base.rsplit(':').next().unwrap().to_owned();
    let here = format!("127.0.0.1:{port}");
    let revoked = api
        .make_key(json!({ "role": "owner", "name": "Old" }))
        .await;
    let listed: Value = api
        .test
        .call("keys.list", json!({ "id": api.workspace }))
        .await;
    let id = listed["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|k| k["name"] == "Old")
        .unwrap()["id"]
        .clone();
    let _: Value = api
        .test
        .call(
            "keys.revoke",
            json!({ "workspaceId": api.workspace, "id": id }),
        )
        .await;
    let good = format!("x-api-key: {}", api.key);
    let other_workspace = format!(
        "x-api-key: {other_key}\r\nx-workspace-id: {}",
        api.workspace
    );
    let foreign = format!("{good}\r\nx-workspace-id: {other}");
    let heads: Vec<(String, String)> = vec![
        ("evil.example".to_owned(), good.clone()),
        (format!("evil.example:{port}"), good.clone()),
        (format!("127.0.0.1.evil.example:{port}"), good.clone()),
        (format!("localhost.evil.example:{port}"), good.clone()),
        (format!("{here}@evil.example"), good.clone()),
        ("127.0.0.1:1".to_owned(), good.clone()),
        (String::new(), good.clone()),
        (format!("{here}\r\nHost: evil.example"), good.clone()),
        (
            here.clone(),
            format!("{good}\r\nOrigin: https://evil.example"),
        ),
        (
            here.clone(),
            format!("{good}\r\nOrigin: http://evil.example:{port}"),
        ),
        (here.clone(), format!("{good}\r\nOrigin: null")),
        (here.clone(), format!("{good}\r\nOrigin: https://{here}")),
        (
            here.clone(),
            format!("{good}\r\nSec-Fetch-Site: cross-site"),
        ),
        (here.clone(), String::from("x-nothing: 1")),
        (here.clone(), format!("x-api-key: {revoked}")),
        (here.clone(), format!("x-api-key: {}", &api.key[..20])),
        (
            here.clone(),
            format!("x-api-key: {}\r\nx-api-key: {other_key}", api.key),
        ),
        (here.clone(), "authorization: Bearer".to_owned()),
        (here.clone(), other_workspace),
        (here.clone(), foreign),
        (
            here.clone(),
            format!("{good}\r\nTransfer-Encoding: chunked"),
        ),
        (here.clone(), format!("{good}\r\nContent-Length: 5")),
        (
            here.clone(),
            format!("{good}\r\nTransfer-Encoding: xchunked"),
        ),
        (here.clone(), format!("{good}\r\n X-Folded: 1")),
        (here.clone(), format!("{good}\r\nBad Name: 1")),
        ("127.0.0.1".to_owned(), good.clone()),
        (format!("user@127.0.0.1:{port}"), good.clone()),
        ("[::1]:1".to_owned(), good.clone()),
        (format!("0.0.0.0:{port}"), good.clone()),
        (format!("127.1:{port}"), good.clone()),
        (format!("2130706433:{port}"), good.clone()),
        (format!("localhost.:{port}"), good.clone()),
        (format!("127.0.0.1:{port}0"), good.clone()),
        (format!("127.0.0.1:{port}, evil.example"), good.clone()),
        (here.clone(), format!("{good}\r\nOrigin: file://")),
        (
            here.clone(),
            format!("{good}\r\nOrigin: http://localhost.evil.example"),
        ),
        (
            here.clone(),
            format!("{good}\r\nOrigin: http://127.0.0.1:1"),
        ),
        (here.clone(), format!("{good}\r\nSec-Fetch-Site: same-site")),
        (here.clone(), format!("cookie: key={}", api.key)),
        (here.clone(), format!("authorization: Basic {}", api.key)),
        (here.clone(), format!("x-api-key: {} {}", api.key, api.key)),
        (
            here.clone(),
            format!("{good}\r\nx-workspace-id: everything"),
        ),
    ];
    let mut asked = 0;
    for route in all() {
        for path in route.paths() {
            if path.contains("/upload/") {
                continue;
            }
            let path = filled(path, &uuid::Uuid::nil().to_string());
            let body =
                r#"{"title":"x","scheduled_date":"2026-05-25","platforms":["x"],"content":"x"}"#;
            for (host, head) in &heads {
                let request = format!(
                    "{} {path} HTTP/1.1\r\nHost: {host}\r\n{head}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    route.method,
                    body.len()
                );
                let status = raw(&api, request.as_bytes()).await;
                asked += 1;
                let refused = status.is_none_or(|s| s >= 400 && s != 500);
                assert!(refused, "{status:?} for {request}");
            }
            let absolute = format!(
                "GET http://evil.example{path} HTTP/1.1\r\nHost: {here}\r\n{good}\r\nConnection: close\r\n\r\n"
            );
            let status = raw(&api, absolute.as_bytes()).await;
            asked += 1;
            assert!(status.is_none_or(|s| s >= 400 && s != 500), "{status:?}");
        }
    }
    assert!(asked >= 5_000, "{asked}");
    assert!(api.test.network.shown().is_empty());
    let posts = api.get("/api/v1/posts").await.ok();
    assert_eq!(
        posts["posts"].as_array().unwrap().len(),
        1,
        "only the first draft"
    );
}

/// Bodies that no route takes.
fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    let deep = format!("{}1{}", "{\"content\":".repeat(5_000), "}".repeat(5_000));
    let list = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    vec![
        ("no JSON", b"title=x".to_vec()),
        ("half", b"{\"title\":".to_vec()),
        ("two", b"{}{}".to_vec()),
        ("a list", b"[1,2,3]".to_vec()),
        ("a word", b"\"x\"".to_vec()),
        ("null", b"null".to_vec()),
        ("bad UTF-8", b"{\"title\":\"\xff\xfe\"}".to_vec()),
        ("half a surrogate", b"{\"title\":\"\\ud800\"}".to_vec()),
        ("deep", deep.into_bytes()),
        ("deep list", list.into_bytes()),
        ("NaN", b"{\"duration\":NaN}".to_vec()),
        ("NUL", b"{\"title\":\"a\0b\"}".to_vec()),
    ]
}

#[tokio::test]
async fn bodies_that_are_none_are_refused_everywhere() {
    let api = Api::with(FREE).await;
    let id = uuid::Uuid::nil().to_string();
    for route in all() {
        let reads = route.state() == State::Served && route.method != Method::GET;
        // Files and forms are no JSON; `access` looks at the form.
        let other = route.path.contains("upload") || route.path == "/oauth/token";
        if !reads || other || route.path.starts_with('{') {
            continue;
        }
        let url = format!("{}{}", api.base, filled(route.path, &id));
        for (name, body) in bodies() {
            let request = api
                .http
                .request(route.method.clone(), &url)
                .header("x-api-key", &api.key);
            let got = got(request
                .header("content-type", "application/json")
                .body(body))
            .await;
            let status = got.status.as_u16();
            assert!(
                (400..500).contains(&status),
                "{name} to {} {}: {status} {}",
                route.method,
                route.path,
                got.body
            );
        }
        let form = api
            .http
            .request(route.method.clone(), &url)
            .header("x-api-key", &api.key);
        let got = got(form.header("content-type", "text/plain").body("{}")).await;
        assert_eq!(got.status.as_u16(), 415, "{}", route.path);
    }
}

/// Values that are wrong nearly everywhere.
fn values() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("\u{0}\u{202e}../../etc/passwd"),
        json!("' OR 1=1 --"),
        json!("2020-01-01T00:00:00Z"),
        json!("9999-12-31T23:59:59Z"),
        json!("x".repeat(30_000)),
        json!([]),
        json!(["x", 1, null]),
        json!({}),
        json!({ "$ref": "#" }),
    ]
}

/// Fields that the contracts' bodies have.
const FIELDS: [&str; 34] = [
    "title",
    "description",
    "scheduled_date",
    "scheduled_time",
    "platforms",
    "platform",
    "content",
    "media",
    "scheduleDate",
    "schedule_at",
    "scheduled_at",
    "publish_at",
    "timezone",
    "name",
    "profileId",
    "role",
    "permissions",
    "expiresAt",
    "settings",
    "metadata",
    "status",
    "event_ids",
    "updates",
    "posts",
    "account_id",
    "publish_now",
    "edits",
    "fileName",
    "contentType",
    "fileSize",
    "filePath",
    "returnUrl",
    "tags",
    "connectionIds",
];

#[tokio::test]
async fn strange_values_are_refused_or_taken_but_never_break_anything() {
    let api = Api::with(FREE).await;
    let made = json!({ "title": "x", "scheduled_date": "2026-05-25" });
    let entry = api.post("/api/v1/calendar/entries", made).await.ok();
    let id = entry["entry_id"].as_str().unwrap().to_owned();
    let mut asked = 0;
    for route in all() {
        let reads = route.state() == State::Served && route.method != Method::GET;
        if !reads || route.path.contains("upload") && route.path.contains("media/upload\u{0}") {
            continue;
        }
        if route.path.starts_with('{')
            || route.path.ends_with("/media/upload")
            || route.method == Method::DELETE
        {
            continue;
        }
        for (n, field) in FIELDS.iter().enumerate() {
            for value in values().into_iter().skip(n % 3).step_by(3) {
                let mut body = json!({
                    "title": "x", "scheduled_date": "2026-05-25", "content": { "text": "x" },
                    "platforms": ["twitter"], "name": "x", "edits": [], "event_ids": [], "updates": {},
                });
                body[*field] = value;
                let path = filled(route.path, &id);
                let got = api
                    .send(&api.key, route.method.clone(), &path, Some(body.clone()))
                    .await;
                asked += 1;
                let status = got.status.as_u16();
                let short: String = body.to_string().chars().take(300).collect();
                assert!(
                    status < 500,
                    "{status} {} {path} {short} {}",
                    route.method,
                    got.body
                );
            }
        }
    }
    assert!(asked > 2_000, "{asked}");
}

#[tokio::test]
async fn paths_and_queries_that_are_tricks_lead_nowhere() {
    let api = Api::with(FREE).await;
    for path in [
        "/media/../almanac.db",
        "/media/..%2f..%2falmanac.db",
        "/media/%2e%2e",
        "/media/almanac.db",
        "/media/%00",
        "/api/v1/calendar/entries/..",
        "/api/v1/calendar/entries/%2e%2e%2f",
        "/api/v1/creator/social/media/..%2f..%2fx",
        "/api/v1//connections",
        "/api/v1/connections/",
        "/API/V1/connections",
        "//evil.example/api/v1",
    ] {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nx-api-key: {}\r\nConnection: close\r\n\r\n",
            api.base.trim_start_matches("http://"),
            api.key
        );
        let status = raw(&api, request.as_bytes()).await;
        assert!(matches!(status, Some(400 | 404 | 405)), "{path} {status:?}");
    }
    let long = format!("/v1/calendar/calendars?team_id={}", "x".repeat(60_000));
    let status = api.get(&long).await.status.as_u16();
    assert!([200, 400, 414, 431].contains(&status), "{status}");
    for query in [
        "limit=-1",
        "limit=1e9",
        "limit=99999999999999999999",
        "limit=1&limit=2",
        "offset=x",
        "%ff=%ff",
    ] {
        let got = api.get(&format!("/v1/calendar/calendars?{query}")).await;
        assert!(got.status.as_u16() < 500, "{query} {}", got.body);
    }
}

#[tokio::test]
async fn a_body_of_a_hundred_megabytes_is_refused_before_it_is_read() {
    let api = Api::start().await;
    let host = api.base.trim_start_matches("http://");
    let head = format!(
        "POST /api/v1/post HTTP/1.1\r\nHost: {host}\r\nx-api-key: {}\r\nContent-Type: application/json\r\nContent-Length: 104857600\r\n\r\n{{",
        api.key
    );
    assert_eq!(raw(&api, head.as_bytes()).await, Some(413));
    // One that does not say how long it is, is cut where it is too long.
    let body = reqwest::Body::from(vec![b' '; 5 * 1024 * 1024]);
    let request = api
        .http
        .post(format!("{}/api/v1/post", api.base))
        .header("x-api-key", &api.key);
    let got = request
        .header("content-type", "application/json")
        .body(body)
        .send()
        .await;
    if let Ok(got) = got {
        assert_eq!(got.status().as_u16(), 413);
    }
}
