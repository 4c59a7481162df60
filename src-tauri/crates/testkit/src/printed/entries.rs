//! The printed examples of the calendar entries.

use model::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Client, got, like};

const ENTRIES: &str = "/api/v1/calendar/entries";

/// The entry of the document.
pub fn entry(api: &Client) -> Value {
    json!({
        "title": "Product launch announcement",
        "description": "Share the new feature across all channels",
        "scheduled_date": api.at("05-25"),
        "scheduled_time": "14:00",
        "platforms": ["instagram", "tiktok", "x"]
    })
}

fn entry_shown(api: &Client) -> Value {
    let mut shown = entry(api);
    shown["entry_id"] = json!("<uuid>");
    shown["created_at"] = json!("<seconds>");
    shown["updated_at"] = json!("<seconds>");
    shown
}

/// Entries of the calendar, of which one is changed a day after it was made. `come` lets time go by until an
/// instant.
pub async fn from_their_making_to_their_end(api: &Client, come: &impl AsyncFn(Timestamp)) {
    let request = |method: Method, path: &str| {
        let request = api.http.request(method, format!("{}{path}", api.base));
        request
            .header("x-api-key", &api.key)
            .header("X-Workspace-Id", api.workspace.to_string())
            .header("Content-Type", "application/json")
    };
    let made = got(request(Method::POST, ENTRIES).body(entry(api).to_string()))
        .await
        .ok();
    like(&made, entry_shown(api));
    assert_eq!(
        made.as_object().unwrap().len(),
        8,
        "no field more than printed"
    );
    let one = format!("{ENTRIES}/{}", made["entry_id"].as_str().unwrap());
    let (from, to) = (api.at("05-01"), api.at("05-31"));
    let range = format!("{ENTRIES}?start_date={from}&end_date={to}");
    let listed = got(request(Method::GET, &range)).await.ok();
    let listed = listed["entries"].as_array().unwrap().iter();
    let listed: Vec<&Value> = listed
        .filter(|entry| entry["entry_id"] == made["entry_id"])
        .collect();
    like(&json!(listed), json!([entry_shown(api)]));
    like(
        &got(request(Method::GET, &one)).await.ok(),
        entry_shown(api),
    );

    come(api.instant("05-15T06:15:00Z")).await;
    let change =
        json!({ "title": "Updated launch announcement", "scheduled_date": api.at("05-28") });
    let changed = got(request(Method::PATCH, &one).body(change.to_string()))
        .await
        .ok();
    let mut wanted = entry_shown(api);
    wanted["title"] = json!("Updated launch announcement");
    wanted["scheduled_date"] = json!(api.at("05-28"));
    like(&changed, wanted);
    assert_eq!(changed["created_at"], made["created_at"]);
    let updated = changed["updated_at"].as_str().unwrap();
    assert!(updated.starts_with(&api.at("05-15T06:")), "{updated}");

    let gone = got(request(Method::DELETE, &one)).await.ok();
    assert_eq!(gone, json!({ "success": true }));
    got(request(Method::GET, &one)).await.refused(404);
}
