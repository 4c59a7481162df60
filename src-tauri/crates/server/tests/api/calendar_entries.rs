//! The printed examples of the calendar entries.

use std::time::Duration;

use model::PostId;
use model::status::ShownStatus;
use serde_json::{Value, json};
use testkit::app::draft;
use testkit::printed::entries;

use crate::support::Api;

const ALL: &str = "/api/v1/calendar/entries";

#[tokio::test]
async fn the_printed_examples() {
    let api = Api::start().await;
    entries::from_their_making_to_their_end(&api, &async |at| api.come(at).await).await;
}

#[tokio::test]
async fn an_entry_stands_on_the_calendar_and_never_publishes_by_itself() {
    let api = Api::start().await;
    let made = api.post(ALL, entries::entry(&api)).await.ok();
    let id = made["entry_id"].as_str().unwrap().parse().unwrap();
    api.test.pass(Duration::from_hours(24 * 14)).await;
    assert!(api.test.network.shown().is_empty());
    assert_eq!(api.test.post(id).await.status, ShownStatus::Draft);
    // What a program made is undone as what a person did.
    assert!(api.test.undo().await["words"].is_string());
    api.get(&format!("{ALL}/{id}")).await.refused(404);
}

#[tokio::test]
async fn a_day_without_a_time_stays_one() {
    let api = Api::start().await;
    let day = json!({ "title": "Some day", "scheduled_date": "2026-05-25" });
    let made = api.post(ALL, day).await.ok();
    assert_eq!(made["scheduled_time"], Value::Null);
    assert_eq!(made["scheduled_date"], "2026-05-25");
    assert_eq!(
        (&made["description"], &made["platforms"]),
        (&Value::Null, &json!([]))
    );
    let one = format!("{ALL}/{}", made["entry_id"].as_str().unwrap());
    let timed = api
        .patch(&one, json!({ "scheduled_time": "09:30" }))
        .await
        .ok();
    assert_eq!(timed["scheduled_time"], "09:30");
    let moved = api
        .patch(&one, json!({ "scheduled_date": "2026-05-26" }))
        .await
        .ok();
    assert_eq!(
        (&moved["scheduled_date"], &moved["scheduled_time"]),
        (&json!("2026-05-26"), &json!("09:30"))
    );
    let free = api
        .patch(&one, json!({ "scheduled_time": null, "description": null }))
        .await
        .ok();
    assert_eq!(free["scheduled_time"], Value::Null);
    // Both ends of the range count.
    let range = |from: &str, to: &str| format!("{ALL}?start_date={from}&end_date={to}");
    for (from, to, count) in [
        ("2026-05-26", "2026-05-26", 1),
        ("2026-05-27", "2026-06-01", 0),
        ("2026-05-01", "2026-05-25", 0),
    ] {
        let listed = api.get(&range(from, to)).await.ok();
        assert_eq!(
            listed["entries"].as_array().unwrap().len(),
            count,
            "{from} {to}"
        );
    }
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_and_changes_nothing() {
    let api = Api::start().await;
    let with = |name: &str, value: Value| {
        let mut entry = entries::entry(&api);
        entry[name] = value;
        entry
    };
    let long = "é".repeat(501);
    for bad in [
        json!({}),
        json!({ "title": "No day" }),
        with("title", json!("")),
        with("title", json!(long)),
        with("title", json!(7)),
        with("description", json!("x".repeat(5_001))),
        with("scheduled_date", json!("25.05.2026")),
        with("scheduled_date", json!("2026-02-30")),
        with("scheduled_date", json!("2020-01-01")),
        with("scheduled_time", json!("25:00")),
        with("platforms", json!("x")),
        with("platforms", json!(["myspace"])),
    ] {
        let refused = api.post(ALL, bad.clone()).await.refused(400);
        assert!(refused["error"].is_string(), "{bad}");
    }
    api.post(ALL, with("title", json!("é".repeat(500))))
        .await
        .ok();
    let listed = api
        .get(&format!("{ALL}?start_date=2026-01-01&end_date=2026-12-31"))
        .await
        .ok();
    assert_eq!(listed["entries"].as_array().unwrap().len(), 1);
    for query in [
        "",
        "?start_date=2026-05-01",
        "?start_date=2026-05-31&end_date=2026-05-01",
        "?start_date=x&end_date=y",
    ] {
        api.get(&format!("{ALL}{query}")).await.refused(400);
    }
}

#[tokio::test]
async fn each_entry_is_listed_on_the_day_that_it_is_shown_on() {
    let api = Api::start().await;
    let calendar = json!({ "name": "Far", "timezone": "Pacific/Kiritimati" });
    let made = api.post("/v1/calendar/calendars", calendar).await.ok();
    let far = made["id"].as_str().unwrap().trim_start_matches("cal_");
    for day in ["2026-05-24", "2026-05-25", "2026-05-26"] {
        let input = json!({
            "calendarId": far,
            "draft": draft(&format!("On {day}"), &[]),
            "place": { "kind": "date", "date": day },
        });
        let _: Value = api.test.write("posts.create", input).await;
    }
    let range = format!("{ALL}?start_date=2026-05-25&end_date=2026-05-25");
    let listed = api.get(&range).await.ok();
    let titles: Vec<&str> = listed["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles, ["On 2026-05-25"]);
    assert_eq!(listed["entries"][0]["scheduled_date"], "2026-05-25");
}

#[tokio::test]
async fn a_day_and_time_that_are_sent_back_as_they_were_read_move_nothing() {
    let api = Api::start().await;
    let input = json!({
        "calendarId": api.test.calendar().await.id,
        "draft": draft("Far away", &[]),
        "place": { "kind": "wall", "wall": "2026-05-25T09:30:00", "zone": "Asia/Tokyo" },
    });
    let made: Value = api.test.write("posts.create", input).await;
    let id: PostId = made["id"].as_str().unwrap().parse().unwrap();
    let before = api.test.post(id).await.when;
    let one = format!("{ALL}/{id}");
    let mut entry = api.get(&one).await.ok();
    entry["title"] = json!("Renamed");
    let renamed = api.patch(&one, entry.clone()).await.ok();
    assert_eq!(renamed["title"], "Renamed");
    assert_eq!(api.test.post(id).await.when, before);
    // Also when it is over.
    api.test.pass(Duration::from_hours(24 * 20)).await;
    api.patch(&one, entry.clone()).await.ok();
    assert_eq!(api.test.post(id).await.when, before);
    entry["scheduled_date"] = json!("2026-05-24");
    api.patch(&one, entry).await.refused(400);
}
