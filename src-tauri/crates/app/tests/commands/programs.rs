//! What other programs work with: keys, pages of posts, days without a time.

use std::time::Duration;

use app::programs::{Begun, NamedRequest};
use app::types::programs::{PageOrder, PostsPageQuery};
use model::post::Post;
use model::when::When;
use serde_json::{Value, json};
use testkit::app::{TestApp, draft};

#[tokio::test]
async fn a_key_is_shown_once_and_refused_from_the_moment_it_is_revoked() {
    let test = TestApp::start().await;
    let workspace = test.calendar().await.workspace_id;
    let input = |more: Value| {
        let mut input = json!({ "workspaceId": workspace, "name": "Planner", "role": "member" });
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        input
    };
    let past = test.app.now().minus(Duration::from_secs(1));
    for (bad, field) in [
        (input(json!({ "name": " " })), "name"),
        (input(json!({ "expiresAt": past })), "expiresAt"),
    ] {
        let refused = test.refused("keys.create", bad).await;
        assert_eq!(refused.field.as_deref(), Some(field));
    }
    let nowhere = input(json!({ "workspaceId": uuid::Uuid::nil() }));
    test.refused("keys.create", nowhere).await;

    let made: Value = test.write("keys.create", input(json!({}))).await;
    let secret = made["secret"].as_str().unwrap();
    let bearer = test.app.bearer(secret).await.unwrap().unwrap();
    assert_eq!(bearer.workspace, workspace);
    let list = || async {
        test.call::<Value>("keys.list", json!({ "id": workspace }))
            .await
    };
    assert!(!list().await.to_string().contains(secret));
    assert_eq!(test.app.bearer("ak_").await.unwrap(), None);
    assert_eq!(test.app.bearer(&secret.to_uppercase()).await.unwrap(), None);

    let one = json!({ "workspaceId": workspace, "id": made["key"]["id"] });
    let other = json!({ "workspaceId": uuid::Uuid::nil(), "id": made["key"]["id"] });
    test.refused("keys.revoke", other).await;
    assert!(test.app.bearer(secret).await.unwrap().is_some());
    let gone: Value = test.call("keys.revoke", one).await;
    assert!(gone["undo"].is_null(), "it is not undone");
    assert_eq!(test.app.bearer(secret).await.unwrap(), None);
    assert!(list().await["keys"][0]["revokedAt"].is_number());
}

#[tokio::test]
async fn keys_of_a_workspace_in_the_bin_open_nothing() {
    let test = TestApp::start().await;
    let made: Value = test
        .write("workspaces.create", json!({ "name": "Client" }))
        .await;
    let key = json!({ "workspaceId": made["id"], "name": "Planner", "role": "owner" });
    let key: Value = test.write("keys.create", key).await;
    let secret = key["secret"].as_str().unwrap();
    assert!(test.app.bearer(secret).await.unwrap().is_some());
    let _: Value = test
        .call("workspaces.remove", json!({ "id": made["id"] }))
        .await;
    assert_eq!(test.app.bearer(secret).await.unwrap(), None);
    test.undo().await;
    assert!(test.app.bearer(secret).await.unwrap().is_some());
}

#[tokio::test]
async fn pages_follow_the_calendar_either_way() {
    let test = TestApp::start().await;
    let calendar = test.calendar().await;
    for (text, day) in [
        ("C", "2026-05-22"),
        ("A", "2026-05-20"),
        ("B", "2026-05-21"),
    ] {
        let input = json!({
            "calendarId": calendar.id,
            "draft": draft(text, &[]),
            "place": { "kind": "wall", "wall": format!("{day}T10:00:00") },
        });
        let _: Value = test.call("posts.create", input).await;
    }
    let texts = |query: Value| {
        let test = &test;
        let mut input = json!({ "calendars": [calendar.id], "datedOnly": true, "limit": 10 });
        for (name, value) in query.as_object().unwrap() {
            input[name] = value.clone();
        }
        async move {
            let page: Value = test.call("posts.page", input).await;
            let posts = page["posts"].as_array().unwrap();
            let texts: String = posts
                .iter()
                .map(|p| p["segments"][0]["text"].as_str().unwrap())
                .collect();
            (texts, page["more"].as_bool().unwrap())
        }
    };
    let all = |text: &str, more| (text.to_owned(), more);
    assert_eq!(texts(json!({})).await, all("ABC", false));
    assert_eq!(texts(json!({ "order": "latest" })).await, all("CBA", false));
    assert_eq!(texts(json!({ "limit": 2 })).await, all("AB", true));
    assert_eq!(
        texts(json!({ "limit": 1, "offset": 1 })).await,
        all("B", true)
    );
    assert_eq!(
        texts(json!({ "statuses": ["published"] })).await,
        all("", false)
    );
    // The first draft of the program has no date, and is there when dates are not asked for.
    assert_eq!(
        texts(json!({ "datedOnly": false })).await.0.len(),
        3 + "Drag me onto a day".len()
    );
    test.refused("posts.page", json!({ "calendars": [], "limit": 1 }))
        .await;
}

#[tokio::test]
async fn posts_without_a_date_are_given_page_by_page_too() {
    let test = TestApp::start().await;
    let calendar = test.calendar().await;
    for (text, name) in [("A", "Ana"), ("B", "Ben"), ("C", "Ana"), ("D", "Ana")] {
        let mut draft = draft(text, &[]);
        draft["assignee"] = json!(name);
        let input = json!({
            "calendarId": calendar.id, "draft": draft, "place": { "kind": "shelf" },
        });
        let _: Value = test.call("posts.create", input).await;
        // The last changed comes first.
        test.pass(Duration::from_secs(1)).await;
    }
    let page = async |offset: u32| {
        let input = json!({
            "calendars": [calendar.id], "assignee": "Ana", "limit": 2, "offset": offset,
        });
        let page: Value = test.call("posts.page", input).await;
        let posts = page["posts"].as_array().unwrap().iter();
        let texts: String = posts
            .map(|p| p["segments"][0]["text"].as_str().unwrap())
            .collect();
        (texts, page["more"].as_bool().unwrap())
    };
    assert_eq!(page(0).await, ("DC".to_owned(), true));
    assert_eq!(page(2).await, ("A".to_owned(), false));
}

#[tokio::test]
async fn a_day_without_a_time_is_a_plan_whatever_it_was() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let post = test
        .scheduled("Spring sale", &[account.id], "2026-05-14T10:00:00")
        .await;
    let to = |date: &str| json!({ "moves": [{ "id": post.id, "place": { "kind": "date", "date": date } }] });
    test.refused("posts.move", to("2026-05-13")).await;
    let _: Value = test.call("posts.move", to("2026-05-14")).await;
    let now = test.post(post.id).await;
    assert!(
        matches!(now.when, When::Planned { time: None, .. }),
        "{:?}",
        now.when
    );
    test.undo().await;
    assert!(matches!(
        test.post(post.id).await.when,
        When::Scheduled { .. }
    ));
}

#[tokio::test]
async fn all_posts_of_a_query_are_given_however_many_there_are() {
    const MANY: usize = 1_201;
    let test = TestApp::publishing_to(&["x"]).await;
    let account = test.connect_to("x", "ana").await.id;
    let test = test.with_posts(MANY, account).await.unwrap();
    let calendars = vec![test.calendar().await.id];
    for order in [PageOrder::Earliest, PageOrder::Latest] {
        let query = PostsPageQuery {
            calendars: calendars.clone(),
            dated_only: true,
            order,
            // What a page is bounded by counts for nothing here.
            limit: 1,
            offset: 7,
            ..PostsPageQuery::default()
        };
        let posts = test.app.posts_all(query).await.unwrap();
        assert_eq!(posts.len(), MANY);
        let at = |post: &Post| post.when.stands_at();
        let in_order = match order {
            PageOrder::Earliest => posts.is_sorted_by_key(at),
            PageOrder::Latest => posts.iter().rev().is_sorted_by_key(at),
        };
        assert!(in_order, "{order:?}");
    }
}

#[tokio::test]
async fn what_a_request_was_answered_is_forgotten_after_a_day() {
    let test = TestApp::start().await;
    let workspace = test.calendar().await.workspace_id;
    let input = json!({ "workspaceId": workspace, "name": "Planner", "role": "member" });
    let made: Value = test.write("keys.create", input).await;
    let secret = made["secret"].as_str().unwrap();
    let request = NamedRequest {
        key: test.app.bearer(secret).await.unwrap().unwrap().key,
        name: "one",
        fingerprint: "print",
    };
    let begin = async || test.app.begin_request(request).await.unwrap();
    assert_eq!(begin().await, Begun::New);
    let answer = Some((201, "shown once"));
    test.app.end_request(request, answer).await.unwrap();
    let start = test.app.now();
    for (hours, kept) in [(23, true), (25, false)] {
        test.clock.set(start.plus(Duration::from_hours(hours)));
        test.app.daily_work().await.unwrap();
        // The name counts again on the day on which it was given: what is new now is forgotten.
        test.clock.set(start);
        let answered = matches!(begin().await, Begun::Answered { .. });
        assert_eq!(answered, kept, "{hours}");
    }
}
