//! The printed examples of the content calendar, and what comes of them when time goes by.

use std::time::Duration;

use model::when::When;
use reqwest::Method;
use serde_json::json;
use testkit::printed::{by_bearer, calendar};

use crate::support::Api;

#[tokio::test]
async fn a_calendar_from_its_making_to_its_end() {
    let api = Api::start().await;
    calendar::a_calendar_from_its_making_to_its_end(&api).await;
}

#[tokio::test]
async fn a_calendar_is_shown_with_its_events() {
    let api = Api::start().await;
    calendar::a_calendar_is_shown_with_its_events(&api).await;
}

#[tokio::test]
async fn an_event_is_made_read_changed_and_deleted() {
    let api = Api::start().await;
    calendar::an_event_is_made_read_changed_and_deleted(&api).await;
}

#[tokio::test]
async fn what_needs_a_yes_waits_for_it_however_long() {
    let api = Api::start().await;
    let events = format!("{}/events", calendar::made(&api, json!({})).await);
    let event = json!({
        "title": "Waits", "platform": "instagram", "scheduled_at": "2026-05-14T07:30:00Z",
        "content": { "caption": "Exciting news coming soon! 🚀" },
        "metadata": { "approval_required": true }
    });
    let made = by_bearer(&api, Method::POST, &events, event).await.ok();
    api.test.pass(Duration::from_hours(1)).await;
    let id = made["id"].as_str().unwrap().trim_start_matches("evt_");
    let post = api.test.post(id.parse().unwrap()).await;
    assert!(matches!(post.when, When::Planned { .. }));
    assert!(api.test.network.shown().is_empty());
}

#[tokio::test]
async fn many_events_are_changed_at_once() {
    let api = Api::start().await;
    calendar::many_events_are_changed_at_once(&api).await;
    assert_eq!(api.test.network.shown().len(), 3);
}

#[tokio::test]
async fn a_calendar_publishes_by_itself_unless_it_was_told_not_to() {
    let api = Api::start().await;
    let event = |title: &str| {
        json!({
            "title": title, "platform": "instagram", "scheduled_at": "2026-05-15T14:00:00Z",
            "content": { "caption": "Exciting news coming soon! 🚀", "hashtags": ["#ComingSoon"] }
        })
    };
    let quiet = calendar::made(&api, json!({ "auto_publish": false })).await;
    let made = by_bearer(
        &api,
        Method::POST,
        &format!("{quiet}/events"),
        event("Quiet"),
    )
    .await
    .ok();
    assert_eq!(made["status"], "scheduled", "as the document shows it");
    let loud = calendar::made(&api, json!({})).await;
    by_bearer(&api, Method::POST, &format!("{loud}/events"), event("Loud"))
        .await
        .ok();
    api.test.pass(Duration::from_hours(31)).await;
    api.test.pass(Duration::from_mins(1)).await;
    let texts: Vec<String> = api
        .test
        .network
        .shown()
        .into_iter()
        .map(|s| s.text)
        .collect();
    assert_eq!(texts, ["Exciting news coming soon! 🚀\n\n#ComingSoon"]);
}

#[tokio::test]
async fn the_list_filters_and_turns_its_pages() {
    let api = Api::start().await;
    calendar::the_list_filters_and_turns_its_pages(&api).await;
}

#[tokio::test]
async fn a_past_date_is_refused_as_printed() {
    let api = Api::start().await;
    calendar::a_past_date_is_refused_as_printed(&api).await;
}

#[tokio::test]
async fn a_calendar_that_is_full_says_so() {
    let api = Api::start().await;
    calendar::a_calendar_that_is_full_says_so(&api).await;
}

#[tokio::test]
async fn a_workspace_is_known_with_and_without_the_prefix_that_is_shown() {
    let api = Api::start().await;
    let own = api.workspace;
    let count = async |team: String| {
        let path = format!("/v1/calendar/calendars?team_id={team}");
        api.get(&path).await.ok()["total"].clone()
    };
    let all = count(format!("team_{own}")).await;
    assert_ne!(all, 0);
    assert_eq!(count(own.to_string()).await, all);
    let (other, _) = api.another_workspace().await;
    assert_eq!(count(format!("team_{other}")).await, 0);
    for profile in [own.to_string(), format!("profile_{own}")] {
        let path = format!("/api/v1/posts?profileId={profile}");
        api.get(&path).await.ok();
    }
    let path = format!("/api/v1/posts?profileId=profile_{other}");
    api.get(&path).await.refused(403);
}
