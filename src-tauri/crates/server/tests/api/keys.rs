//! Keys, limits, and requests that are done once.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use server::{Rates, Server, ServerConfig, ServerError};

use crate::support::{Api, Got, got};

const ENTRIES: &str = "/api/v1/calendar/entries";

fn entry(title: &str) -> Value {
    json!({ "title": title, "scheduled_date": "2026-05-25" })
}

#[tokio::test]
async fn a_key_works_in_any_header_until_it_is_revoked_or_runs_out() {
    let api = Api::start().await;
    let url = format!("{}/api/v1/connections", api.base);
    let ask = |name: &'static str, value: String| got(api.http.get(&url).header(name, value));
    for (name, value) in [
        ("x-api-key", api.key.clone()),
        ("authorization", format!("Bearer {}", api.key)),
        ("authorization", format!("bearer {}", api.key)),
    ] {
        ask(name, value).await.ok();
    }
    for (name, value) in [
        ("x-api-key", String::new()),
        ("x-api-key", "ak_wrong".to_owned()),
        ("x-api-key", api.key.to_uppercase()),
        ("authorization", format!("Basic {}", api.key)),
        ("authorization", api.key.clone()),
        ("cookie", format!("key={}", api.key)),
    ] {
        ask(name, value).await.refused(401);
    }
    let two = api.http.get(&url).header("x-api-key", &api.key);
    let two = two.header("authorization", "Bearer ak_other");
    got(two).await.refused(401);

    let end = api.test.app.now().plus(Duration::from_hours(1));
    let short = api
        .make_key(json!({ "role": "viewer", "expiresAt": end }))
        .await;
    api.send(&short, Method::GET, "/api/v1/connections", None)
        .await
        .ok();
    let listed: Value = api
        .test
        .call("keys.list", json!({ "id": api.workspace }))
        .await;
    let named = |secret: &str| {
        let all = listed["keys"].as_array().unwrap();
        let tail = &secret[secret.len() - 8..];
        all.iter().find(|k| k["tail"] == tail).unwrap().clone()
    };
    assert!(named(&short)["lastUsedAt"].is_number());
    assert!(!listed.to_string().contains(&short), "a key is shown once");
    api.test.clock.advance(Duration::from_hours(2));
    api.send(&short, Method::GET, "/api/v1/connections", None)
        .await
        .refused(401);

    let id = named(&api.key)["id"].clone();
    let input = json!({ "workspaceId": api.workspace, "id": id });
    let revoked: Value = api.test.call("keys.revoke", input).await;
    assert!(revoked["undo"].is_null());
    api.get("/api/v1/connections").await.refused(401);
}

#[tokio::test]
async fn nothing_of_a_key_lies_in_the_data_folder() {
    let api = Api::start().await;
    api.get("/api/v1/connections").await.ok();
    let mut folders = vec![api.test.data_dir()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let bytes = std::fs::read(&path).unwrap();
            let secret = api.key.as_bytes();
            let there = bytes.windows(secret.len()).any(|w| w == secret);
            assert!(!there, "{}", path.display());
        }
    }
    assert!(files > 0);
}

#[tokio::test]
async fn a_key_may_only_what_its_permissions_say_and_gives_nothing_away_that_it_lacks() {
    let api = Api::start().await;
    let viewer = api.make_key(json!({ "role": "viewer" })).await;
    let refused = api
        .send(&viewer, Method::POST, ENTRIES, Some(entry("No")))
        .await;
    assert!(refused.refused(403).to_string().contains("create_events"));
    let editor = api.make_key(json!({ "role": "editor" })).await;
    api.send(&editor, Method::POST, ENTRIES, Some(entry("Yes")))
        .await
        .ok();
    let now = json!({ "platforms": ["twitter"], "content": "Now" });
    api.send(&editor, Method::POST, "/api/v1/post", Some(now))
        .await
        .refused(403);
    assert!(api.test.network.shown().is_empty());

    let keys = json!({ "role": "viewer", "permissions": ["manage_keys"] });
    let janitor = api.make_key(keys).await;
    let more = json!({ "name": "More", "role": "owner" });
    api.send(&janitor, Method::POST, "/api/v1/api-keys", Some(more))
        .await
        .refused(403);
    let same = json!({ "name": "Same", "permissions": ["manage_keys"] });
    api.send(&janitor, Method::POST, "/api/v1/api-keys", Some(same))
        .await
        .ok();
    let command = async |name: &str, input: Value| {
        let path = format!("/almanac/v1/commands/{name}");
        api.send(&janitor, Method::POST, &path, Some(input)).await
    };
    let key = |role: &str| json!({ "workspaceId": api.workspace, "name": "More", "role": role });
    command("keys.create", key("owner")).await.refused(403);
    let mut same = key("viewer");
    same["permissions"] = json!(["manage_keys"]);
    command("keys.create", same).await.ok();
    let yes = json!({ "workspaceId": api.workspace, "id": "any", "yes": true });
    command("access.answer", yes).await.refused(403);
}

#[tokio::test]
async fn the_names_that_the_social_contract_gives_roles_make_keys_at_every_door() {
    let api = Api::start().await;
    let now = json!({ "platforms": ["twitter"], "content": "Now" });
    let publishes = async |key: &str| {
        let sent = api.send(key, Method::POST, "/api/v1/post", Some(now.clone()));
        sent.await.status.is_success()
    };
    for (role, manages_keys) in [
        ("creator", false),
        ("content_manager", false),
        ("manager", false),
        ("tenant_admin", false),
        ("super_admin", true),
    ] {
        let made = api.post(
            "/api/v1/api-keys",
            json!({ "name": "Theirs", "role": role }),
        );
        let theirs = made.await.ok()["apiKey"]["key"].as_str().map(str::to_owned);
        let theirs = theirs.unwrap();
        let ours = api.make_key(json!({ "role": role })).await;
        for key in [&theirs, &ours] {
            assert!(publishes(key).await, "{role}");
            let list = api.send(key, Method::GET, "/api/v1/api-keys", None).await;
            assert_eq!(list.status.is_success(), manages_keys, "{role}");
        }
    }
    let unknown = json!({ "name": "No", "role": "emperor" });
    api.post("/api/v1/api-keys", unknown).await.refused(400);
}

#[tokio::test]
async fn another_workspace_is_refused_by_name_and_unknown_by_its_things() {
    let api = Api::start().await;
    let (other, other_key) = api.another_workspace().await;
    let theirs = api
        .send(&other_key, Method::POST, ENTRIES, Some(entry("Theirs")))
        .await
        .ok();
    let id = theirs["entry_id"].as_str().unwrap();
    let named = api.http.get(format!("{}{ENTRIES}/{id}", api.base));
    let named = named
        .header("x-api-key", &api.key)
        .header("X-Workspace-Id", other.to_string());
    got(named).await.refused(403);
    let junk = api.http.get(format!("{}{ENTRIES}/{id}", api.base));
    let junk = junk
        .header("x-api-key", &api.key)
        .header("X-Workspace-Id", "YOUR_WORKSPACE_ID");
    got(junk).await.refused(403);
    api.get(&format!("/api/v1/posts?profileId={other}"))
        .await
        .refused(403);
    for path in [
        format!("{ENTRIES}/{id}"),
        format!("/api/v1/creator/social/posts/post_{id}"),
    ] {
        api.get(&path).await.refused(404);
        api.delete(&path).await.refused(404);
    }
    let listed = api
        .send(
            &other_key,
            Method::GET,
            &format!("{ENTRIES}?start_date=2026-05-01&end_date=2026-05-31"),
            None,
        )
        .await
        .ok();
    assert_eq!(listed["entries"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn limits_are_said_on_every_answer_and_kept() {
    let rates = Rates {
        requests: 6,
        posts: 1,
        ..Rates::default()
    };
    let api = Api::with(rates).await;
    let first = api.get("/api/v1/connections").await;
    assert_eq!(first.headers["x-ratelimit-limit"], "6");
    assert_eq!(first.headers["x-ratelimit-remaining"], "5");
    let reset = api.test.app.now().plus(Duration::from_hours(1)).as_millis() / 1_000;
    assert_eq!(first.headers["x-ratelimit-reset"], reset.to_string());
    assert!(
        first.headers["x-request-id"]
            .to_str()
            .unwrap()
            .starts_with("req_")
    );

    let post = json!({ "platforms": ["twitter"], "content": "Once" });
    api.post("/api/v1/post", post).await.ok();
    let again = json!({ "platforms": ["twitter"], "content": "Twice" });
    let over = api.post("/api/v1/post", again).await;
    assert_eq!(over.headers["x-ratelimit-limit"], "1");
    assert!(over.headers.contains_key("retry-after"));
    over.refused(429);
    assert_eq!(api.test.network.shown().len(), 1);

    for _ in 0..3 {
        api.get("/api/v1/connections").await;
    }
    let over = api.get("/v1/calendar/calendars").await;
    assert_eq!(over.headers["x-ratelimit-retry-after"], "3600");
    assert_eq!(over.refused(429)["error"]["code"], "RATE_LIMIT_EXCEEDED");
    // Others are not touched, and an hour later it goes on.
    let another = api.make_key(json!({ "role": "viewer" })).await;
    api.send(&another, Method::GET, "/api/v1/connections", None)
        .await
        .ok();
    api.test.clock.advance(Duration::from_hours(1));
    api.get("/api/v1/connections").await.ok();
    for path in ["/nowhere", "/v1/instagram/nowhere"] {
        let lost = api.send("", Method::GET, path, None).await;
        assert!(lost.headers.contains_key("x-ratelimit-limit"), "{path}");
        lost.refused(404);
    }
}

#[tokio::test]
async fn almanacs_own_doors_count_with_the_rest_and_say_so() {
    let rates = Rates {
        requests: 5,
        ..Rates::default()
    };
    let api = Api::with(rates).await;
    let left = |got: &Got| {
        got.headers["x-ratelimit-remaining"]
            .to_str()
            .unwrap()
            .to_owned()
    };
    let command = "/almanac/v1/commands/keys.list";
    let own = json!({ "id": api.workspace });
    let done = api.post(command, own.clone()).await;
    assert_eq!(left(&done), "4");
    done.ok();
    // A refusal was counted as well.
    let refused = api.post(command, json!({ "id": 7 })).await;
    assert_eq!(left(&refused), "3");
    refused.refused(400);
    let gone = api.get("/almanac/v1/files/none").await;
    assert_eq!(left(&gone), "2");
    gone.refused(404);
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let request = api.http.post(format!("{}/mcp", api.base));
    let request = request.header("accept", "application/json, text/event-stream");
    let tools = got(request.bearer_auth(&api.key).json(&list)).await;
    assert_eq!(left(&tools), "1");
    tools.ok();
    api.get("/api/v1/connections").await.ok();
    let over = api.post(command, own).await;
    assert_eq!(
        over.headers["retry-after"],
        over.headers["x-ratelimit-retry-after"]
    );
    assert_eq!(over.refused(429)["code"], "rate_limited");
    let stranger = api.send("", Method::POST, command, Some(json!({}))).await;
    assert_eq!(stranger.headers["x-ratelimit-limit"], "1000");
    assert_eq!(stranger.headers["www-authenticate"], "Bearer");
    stranger.refused(401);
}

#[tokio::test]
async fn a_named_request_is_done_once() {
    let api = Api::start().await;
    let send = |name: &'static str, title: &'static str| {
        let request = api.http.post(format!("{}{ENTRIES}", api.base));
        let request = request
            .header("x-api-key", &api.key)
            .header("Idempotency-Key", name);
        got(request.json(&entry(title)))
    };
    let first = send("one", "Once").await;
    let again = send("one", "Once").await;
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    send("one", "Another").await.refused(409);
    send("two", "Once").await.ok();
    // What was refused may be mended and sent again under the same name.
    send("three", "").await.refused(400);
    send("three", "Mended").await.ok();
    let all = api
        .get(&format!(
            "{ENTRIES}?start_date=2026-05-25&end_date=2026-05-25"
        ))
        .await
        .ok();
    assert_eq!(all["entries"].as_array().unwrap().len(), 3);
    // A day later the name is free.
    api.test.clock.advance(Duration::from_hours(25));
    let later = send("one", "Once").await;
    assert_ne!(later.ok()["entry_id"], first.body["entry_id"]);
}

#[tokio::test]
async fn two_equal_requests_at_once_make_one_post() {
    let api = Api::start().await;
    let send = || {
        let request = api.http.post(format!("{}/api/v1/post", api.base));
        let request = request
            .header("x-api-key", &api.key)
            .header("Idempotency-Key", "same");
        got(request.json(&json!({ "platforms": ["twitter"], "content": "Once" })))
    };
    let (a, b) = tokio::join!(send(), send());
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert!(
        statuses == [200, 409] || statuses == [200, 200],
        "{statuses:?}"
    );
    assert_eq!(api.test.network.shown().len(), 1);
}

#[tokio::test]
async fn a_port_that_is_taken_is_said_and_a_stopped_host_gives_it_back() {
    let mut api = Api::start().await;
    let port = api.base.rsplit(':').next().unwrap().parse().unwrap();
    let config = ServerConfig::at(port);
    let taken = Server::start(api.test.app.clone(), config.clone()).await;
    assert!(matches!(taken.err(), Some(ServerError::PortTaken { .. })));
    api.stop().await;
    let again = Server::start(api.test.app.clone(), config).await.unwrap();
    assert_eq!(again.address().port(), port);
    api.get("/api/v1/connections").await.ok();
    again.stop().await;
}

#[tokio::test]
async fn the_host_runs_while_the_settings_say_so() {
    let test = testkit::app::TestApp::start().await;
    let port = {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        free.local_addr().unwrap().port()
    };
    let (say, mut said) = tokio::sync::mpsc::unbounded_channel();
    let following = tokio::spawn(server::follow(test.app.clone(), move |words| {
        say.send(words).ok();
    }));
    let reached = |port: u16| async move {
        // Until it is there, or gone: a change of settings takes its moment.
        tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .is_ok()
    };
    let set = async |on: bool, port: u16| {
        let boot: Value = test.call("session.boot", json!({})).await;
        let mut settings = boot["settings"].clone();
        settings["programsOn"] = json!(on);
        settings["programsPort"] = json!(port);
        let _: Value = test.call("settings.set", settings).await;
    };
    assert!(!reached(port).await, "off until it is turned on");
    set(true, port).await;
    while !reached(port).await {
        tokio::task::yield_now().await;
    }
    set(false, port).await;
    while reached(port).await {
        tokio::task::yield_now().await;
    }
    let taken = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    set(true, port).await;
    assert!(said.recv().await.unwrap().contains("another program"));
    drop(taken);
    test.app.shutdown().await;
    following.await.unwrap();
}
