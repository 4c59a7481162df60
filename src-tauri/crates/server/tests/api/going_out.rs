//! What goes out by itself: who may change it, and what a program sees of an edit that a person did not
//! confirm.

use model::PostId;
use model::post::Post;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::app::draft;
use testkit::printed::social;

use crate::mcp;
use crate::support::Api;
use crate::things::{Things, served};

/// The names that paths have for a post.
const POST: [&str; 4] = ["{event_id}", "{post_id}", "{id}", "{scheduledPostId}"];

/// Makes an event of a calendar that is scheduled; where its events are, and the post.
async fn scheduled(api: &Api, calendar: &str) -> (String, Post) {
    let events = format!("/v1/calendar/calendars/{calendar}/events");
    let new = json!({
        "title": "Launch", "platform": "twitter", "content": { "caption": "Whole" },
        "scheduled_at": "2026-06-25T10:00:00Z", "status": "scheduled"
    });
    let made = api.post(&events, new).await.ok();
    let id = made["id"].as_str().unwrap().trim_start_matches("evt_");
    let id: PostId = id.parse().unwrap();
    (events, api.test.post(id).await)
}

/// A person types into a post that goes out and leaves it open.
async fn half_typed(api: &Api, post: &Post) {
    let accounts: Vec<_> = post.targets.iter().map(|t| t.draft.account_id).collect();
    let half = json!({
        "id": post.id, "draft": draft("Half a sent", &accounts), "version": post.version, "session": "s1"
    });
    api.test.call::<Value>("posts.save", half).await;
}

#[tokio::test]
async fn a_key_that_may_not_publish_changes_nothing_that_goes_out_by_any_route() {
    let api = Api::start().await;
    let things = Things::make(&api, &api.key, api.workspace).await;
    let (events, post) = scheduled(&api, things.of("{calendar_id}")).await;
    let id = post.id.to_string();
    let id = id.as_str();
    let editor = api.make_key(json!({ "role": "editor" })).await;
    let mut tried = Vec::new();
    for (method, path) in served() {
        let Some(name) = POST.into_iter().find(|name| path.contains(name)) else {
            continue;
        };
        if method == Method::GET {
            continue;
        }
        let body = things.body(&method, path);
        let one = things.filled(&path.replace(name, id));
        let sent = api.send(&editor, method.clone(), &one, body).await;
        assert_eq!(sent.status.as_u16(), 403, "{method} {one} {}", sent.body);
        tried.push(name);
    }
    assert!(POST.iter().all(|name| tried.contains(name)), "{tried:?}");

    let bulk = format!("{events}/bulk");
    let both = |ids: &[&str]| json!({ "event_ids": ids, "updates": { "title": "Changed" } });
    let patch =
        async |path: &str, body: Value| api.send(&editor, Method::PATCH, path, Some(body)).await;
    patch(&bulk, both(&[id])).await.refused(403);
    let own = things.of("{event_id}");
    let done = patch(&bulk, both(&[id, own])).await.ok();
    assert_eq!((&done["updated"], &done["failed"]), (&json!(1), &json!(1)));
    assert_eq!(done["errors"][0]["id"], format!("evt_{id}"));
    let off = json!({ "status": "cancelled" });
    patch(&format!("{events}/{own}"), off.clone())
        .await
        .refused(403);
    assert_eq!(api.test.post(post.id).await, post);
    let changed = api.patch(&format!("{events}/{id}"), off).await.ok();
    assert_eq!(changed["status"], "cancelled");
}

#[tokio::test]
async fn a_key_that_may_not_publish_stops_nothing_that_goes_out_by_any_command() {
    let api = Api::start().await;
    let calendar = api.test.calendar().await;
    let (events, post) = scheduled(&api, &format!("cal_{}", calendar.id)).await;
    let account = post.targets[0].draft.account_id;
    let may = json!([
        "create_events",
        "edit_events",
        "delete_events",
        "manage_accounts"
    ]);
    let key = api
        .make_key(json!({ "role": "viewer", "permissions": may }))
        .await;
    let command = async |name: &str, input: Value| {
        let path = format!("/almanac/v1/commands/{name}");
        api.send(&key, Method::POST, &path, Some(input)).await
    };
    let (one, some) = (json!({ "id": post.id }), json!({ "ids": [post.id] }));
    let copied = |place: Value| json!({ "copies": [{ "id": post.id, "place": place }] });
    let later = json!({ "kind": "wall", "wall": "2026-06-26T10:00:00" });
    for (name, input) in [
        (
            "posts.editorial",
            json!({ "ids": [post.id], "status": "draft" }),
        ),
        (
            "posts.editorial",
            json!({ "ids": [post.id], "status": "approved" }),
        ),
        (
            "posts.label",
            json!({ "ids": [post.id], "add": ["sale"], "remove": [] }),
        ),
        (
            "posts.save",
            json!({ "id": post.id, "draft": draft("Other", &[account]), "version": post.version, "session": "s2" }),
        ),
        ("posts.remove", some.clone()),
        ("posts.copy", copied(later)),
        (
            "calendars.archive",
            json!({ "id": calendar.id, "archived": true }),
        ),
        ("calendars.remove", json!({ "id": calendar.id })),
        ("accounts.remove", json!({ "id": account })),
        (
            "writing.set_watermark",
            json!({ "workspaceId": api.workspace, "watermark": null }),
        ),
    ] {
        let refused = command(name, input).await.refused(403);
        assert!(refused.to_string().contains("publish_content"), "{name}");
    }
    half_typed(&api, &post).await;
    for name in ["posts.open", "posts.close", "posts.discard_edit"] {
        command(name, one.clone()).await.refused(403);
    }
    api.test.call::<Value>("posts.discard_edit", one).await;
    for (method, path, body) in [
        (Method::DELETE, format!("{events}/evt_{}", post.id), None),
        (Method::DELETE, events.replace("/events", ""), None),
        (
            Method::PATCH,
            events.replace("/events", ""),
            Some(json!({ "status": "archived" })),
        ),
        (
            Method::DELETE,
            social::path(&format!("accounts/acc_{account}")),
            None,
        ),
    ] {
        api.send(&key, method, &path, body).await.refused(403);
    }
    let now = api.test.post(post.id).await;
    assert_eq!((now.editorial, now.deleted_at), (post.editorial, None));
    assert_eq!((now.when, now.labels), (post.when, post.labels));

    command("posts.copy", copied(json!({ "kind": "shelf" })))
        .await
        .ok();
    let binned = json!({ "items": [{ "subject": "post", "id": post.id }] });
    api.test.call::<Value>("posts.remove", some.clone()).await;
    command("bin.restore", binned.clone()).await.refused(403);
    api.test.call::<Value>("bin.restore", binned.clone()).await;
    api.test.call::<Value>("posts.cancel", some.clone()).await;
    let again = json!({ "ids": [post.id], "status": "draft" });
    command("posts.editorial", again).await.ok();
    command("posts.remove", some).await.ok();
    command("bin.restore", binned).await.ok();
}

#[tokio::test]
async fn a_key_that_may_edit_moves_plans_and_leaves_what_goes_out_where_it_is() {
    let api = Api::start().await;
    let calendar = api.test.calendar().await;
    let (events, post) = scheduled(&api, &format!("cal_{}", calendar.id)).await;
    let editor = api.make_key(json!({ "role": "editor" })).await;
    let command = async |name: &str, input: Value| {
        let path = format!("/almanac/v1/commands/{name}");
        api.send(&editor, Method::POST, &path, Some(input)).await
    };
    let account = post.targets[0].draft.account_id;
    let new = json!({ "calendarId": calendar.id, "draft": draft("Idea", &[account]), "place": { "kind": "shelf" } });
    let made = command("posts.create", new).await.ok();
    let to = |id: &Value, scheduling: &str| {
        let place = json!({ "kind": "wall", "wall": "2026-06-26T10:00:00" });
        json!({ "moves": [{ "id": id, "place": place }], "scheduling": scheduling })
    };
    let idea = &made["value"]["id"];
    command("posts.move", to(idea, "must")).await.refused(403);
    // It lacks nothing and would go out, so for this key it is a plan, however that is written.
    let mut left_out = to(idea, "");
    left_out.as_object_mut().unwrap().remove("scheduling");
    let mut another = to(idea, "");
    another["scheduling"] = json!({ "if_ready": null });
    for input in [to(idea, "if_ready"), left_out, another, to(idea, "plan")] {
        let planned = command("posts.move", input).await.ok();
        assert_eq!(planned["value"]["posts"][0]["when"]["kind"], "planned");
        let shelf = json!({ "id": idea, "place": { "kind": "shelf" } });
        command("posts.move", json!({ "moves": [shelf] }))
            .await
            .ok();
    }
    for scheduling in ["plan", "if_ready"] {
        let refused = command("posts.move", to(&json!(post.id), scheduling)).await;
        let sentence = refused.refused(403)["message"].to_string();
        assert!(sentence.contains("change what goes out"), "{sentence}");
    }
    assert_eq!(api.test.post(post.id).await, post);

    // A program sends back what it read, with one thing changed.
    let own = events.replace("/events", "");
    let patch = async |body: Value| api.send(&editor, Method::PATCH, &own, Some(body)).await;
    let same = json!({ "name": "Spring", "status": "active" });
    assert_eq!(patch(same).await.ok()["name"], "Spring");
    patch(json!({ "status": "archived" })).await.refused(403);

    let mut kept = json!(api.test.calendar().await);
    let update = |draft: &Value| json!({ "id": calendar.id, "draft": draft });
    kept["name"] = json!("Summer");
    command("calendars.update", update(&kept)).await.ok();
    for (field, value) in [("mostPosts", 5), ("graceMinutes", 600)] {
        let mut changed = kept.clone();
        changed[field] = json!(value);
        let refused = command("calendars.update", update(&changed))
            .await
            .refused(403);
        assert_eq!(refused["field"], field);
    }
}

#[tokio::test]
async fn no_other_spelling_of_an_input_goes_around_what_a_key_may_not_do() {
    let api = Api::start().await;
    let calendar = api.test.calendar().await;
    let (_, post) = scheduled(&api, &format!("cal_{}", calendar.id)).await;
    let may = json!(["create_events", "edit_events", "delete_events"]);
    let key = api
        .make_key(json!({ "role": "viewer", "permissions": may }))
        .await;
    let command = async |name: &str, input: Value| {
        let path = format!("/almanac/v1/commands/{name}");
        api.send(&key, Method::POST, &path, Some(input)).await
    };
    let place = json!({ "kind": "wall", "wall": "2026-06-26T10:00:00" });
    let ready = draft("Idea", &[post.targets[0].draft.account_id]);
    let new = json!({ "calendarId": calendar.id, "draft": ready, "place": place });
    let made = command("posts.create", new).await.ok();
    let plan = &made["value"]["id"];
    assert_eq!(made["value"]["when"]["kind"], "planned");
    // A list is read for an object, and an object of one name for a word.
    for (name, input) in [
        (
            "posts.move",
            json!({ "moves": [[post.id, place]], "scheduling": "plan" }),
        ),
        ("posts.move", json!({ "moves": [[post.id, place]] })),
        (
            "posts.move",
            json!({ "moves": [{ "id": plan, "place": place }], "scheduling": { "must": null } }),
        ),
        ("posts.copy", json!({ "copies": [[post.id, place]] })),
        (
            "posts.editorial",
            json!({ "ids": [plan], "status": { "scheduled": null } }),
        ),
    ] {
        let refused = command(name, input).await.refused(403);
        assert!(refused.to_string().contains("publish_content"), "{name}");
    }
    assert_eq!(api.test.post(post.id).await, post);
    let still = api.command("posts.get", json!({ "id": plan })).await;
    assert_eq!(still["when"]["kind"], "planned");
    let some = json!({ "ids": [post.id] });
    api.test.call::<Value>("posts.remove", some).await;
    let binned = json!({ "items": [["post", post.id]] });
    command("bin.restore", binned).await.refused(403);
}

#[tokio::test]
async fn a_program_sees_and_changes_what_was_confirmed() {
    let api = Api::start().await;
    let calendar = format!("cal_{}", api.test.calendar().await.id);
    let (events, post) = scheduled(&api, &calendar).await;
    half_typed(&api, &post).await;
    let event = format!("{events}/{}", post.id);
    let change = json!({ "metadata": { "priority": "high" } });
    let changed = api.patch(&event, change).await.ok();
    assert_eq!(changed["metadata"]["priority"], "high");
    let tags = json!({ "tags": ["sale"] });
    let one = social::path(&format!("posts/{}", post.id));
    let tagged = api.send(&api.key, Method::PUT, &one, Some(tags)).await.ok();
    assert_eq!(tagged["content"]["text"], "Whole");
    assert_eq!(api.get(&event).await.ok()["content"]["caption"], "Whole");
    let now = api.test.post(post.id).await;
    assert_eq!(
        (now.segments[0].text.as_str(), now.labels),
        ("Whole", vec!["sale".to_owned()])
    );
    assert_eq!(now.working_copy.unwrap().segments[0].text, "Half a sent");
}

#[tokio::test]
async fn a_program_sends_what_was_confirmed_and_nothing_of_what_a_person_has_open() {
    let api = Api::start().await;
    let calendar = format!("cal_{}", api.test.calendar().await.id);
    let (events, post) = scheduled(&api, &calendar).await;
    half_typed(&api, &post).await;
    let publish = format!("posts/{}/publish", post.id);
    let send = async || {
        let now = json!({ "publish_now": true });
        social::bearer(&api, Method::POST, &publish, now).await
    };
    let by_route = send().await.refused(409);
    let by_tool = json!({ "post": post.id });
    let by_tool = mcp::refused(&api, &api.key, "publish_post", by_tool).await;
    let by_status = json!({ "status": "published" });
    api.patch(&format!("{events}/{}", post.id), by_status)
        .await
        .refused(409);
    for sentence in [
        by_route["error"]["message"].as_str().unwrap(),
        by_tool.as_str(),
    ] {
        assert!(sentence.starts_with("Somebody is editing"), "{sentence}");
    }
    let closed = json!({ "id": post.id });
    api.test.call::<Value>("posts.close", closed).await;
    assert_eq!(send().await.ok()["status"], "published");
    let shown = api.test.network.shown();
    let texts: Vec<_> = shown.iter().map(|sent| sent.text.as_str()).collect();
    assert_eq!(texts, ["Whole"]);
}

#[tokio::test]
async fn while_nothing_goes_out_scheduling_and_publishing_say_so() {
    let api = Api::start().await;
    let account = &api.accounts["x"];
    let new = json!({ "text": "Spring sale", "accounts": [account], "at": "2027-05-20T09:30" });
    let made = mcp::tool(&api, &api.key, "create_post", new).await;
    let one = json!({ "post": made["id"] });
    let free = mcp::tool(&api, &api.key, "schedule_post", one.clone()).await;
    assert_eq!(free["post"].get("message"), None);

    let calendar = api.test.calendar().await.id;
    let paused = json!({ "id": calendar, "reason": "holidays" });
    api.test.call::<Value>("calendars.pause", paused).await;
    let moved = json!({ "post": made["id"], "at": "2027-05-21T10:00" });
    let moved = mcp::tool(&api, &api.key, "move_post", moved).await;
    let why = moved["message"].as_str().unwrap();
    assert!(why.contains("is paused (holidays)"), "{why}");

    let hold = json!({ "reason": "" });
    api.test.call::<Value>("publisher.hold", hold).await;
    let held = "All posts are held. It goes out when you release them.";
    for name in ["schedule_post", "publish_post"] {
        let sent = mcp::tool(&api, &api.key, name, one.clone()).await;
        assert_eq!(sent["post"]["message"], held, "{name}");
    }
    let place = json!({ "kind": "wall", "wall": "2027-05-22T10:00:00" });
    let new = |text: &str| {
        let draft = draft(text, &[account.parse().unwrap()]);
        json!({ "calendarId": calendar, "draft": draft, "place": place, "scheduling": "must" })
    };
    let by_route = api.command("posts.create", new("Summer sale")).await;
    assert_eq!(by_route["notes"], json!([held]));
    let by_tool = json!({ "name": "posts.create", "input": new("Winter sale") });
    let by_tool = mcp::tool(&api, &api.key, "run_command", by_tool).await;
    assert_eq!(by_tool["answer"]["notes"], json!([held]));
    let planned = json!({ "post": made["id"] });
    let shown = mcp::tool(&api, &api.key, "get_post", planned).await;
    assert_eq!(shown.get("message"), None);
}
