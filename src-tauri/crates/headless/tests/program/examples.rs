//! Printed examples of the contracts against the program itself, with its address in place of theirs and
//! dates moved ahead. The whole of them runs against the same host in `server/tests/api`.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Home, Serving};

#[path = "../../../server/tests/api/shape.rs"]
mod shape;

use shape::like;

async fn asked(
    serving: &Serving,
    key: (&str, &str),
    method: Method,
    path: &str,
    body: Value,
) -> Value {
    let request = serving
        .http
        .request(method, format!("{}{path}", serving.base))
        .header(key.0, key.1);
    let answer = request.json(&body).send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{path} {status} {text}");
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn calendar_entries_are_kept_as_printed() {
    let home = Home::new();
    let key = home.key();
    let serving = home.serve(&[]);
    let all = "/api/v1/calendar/entries";
    let entry = json!({
        "title": "Product launch announcement",
        "description": "Share the new feature across all channels",
        "scheduled_date": "2035-05-25",
        "scheduled_time": "14:00",
        "platforms": ["instagram", "tiktok", "x"]
    });
    let by_key = ("x-api-key", key.as_str());
    let made = asked(&serving, by_key, Method::POST, all, entry.clone()).await;
    let mut shown = entry;
    shown["entry_id"] = json!("<uuid>");
    shown["created_at"] = json!("<seconds>");
    shown["updated_at"] = json!("<seconds>");
    like(&made, shown.clone());
    let range = format!("{all}?start_date=2035-05-01&end_date=2035-05-31");
    let listed = asked(&serving, by_key, Method::GET, &range, json!({})).await;
    like(&listed, json!({ "entries": [shown] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_opens_every_contract() {
    let home = Home::new();
    let key = home.key();
    let serving = home.serve(&[]);
    let bearer = format!("Bearer {key}");
    let by_bearer = ("authorization", bearer.as_str());
    let calendar = json!({
        "name": "Q1 2035 Content Calendar",
        "description": "Main content calendar for Q1",
        "timezone": "America/New_York",
    });
    let made = asked(
        &serving,
        by_bearer,
        Method::POST,
        "/v1/calendar/calendars",
        calendar,
    )
    .await;
    assert!(made.to_string().contains("cal_"), "{made}");
    for path in ["/api/v1/creator/social/accounts", "/v1/calendar/calendars"] {
        asked(&serving, by_bearer, Method::GET, path, json!({})).await;
    }
    // It knows whose key this is, and that there is no such account.
    let nobody = format!(
        "{}/v1/instagram/accounts/{}",
        serving.base,
        uuid::Uuid::nil()
    );
    let answer = serving.http.get(nobody).bearer_auth(&key).send().await;
    assert_eq!(answer.unwrap().status(), 404);
    let by_key = ("x-api-key", key.as_str());
    asked(&serving, by_key, Method::GET, "/api/v1/posts", json!({})).await;
}
