//! Health and figures, for whoever watches over it.

use serde_json::json;

use crate::support::Home;

#[tokio::test(flavor = "multi_thread")]
async fn it_says_whether_it_is_well_and_counts_without_secrets() {
    let home = Home::new();
    let key = home.key();
    let serving = home.serve(&[]);
    let get = async |path: &str| {
        let answer = serving
            .http
            .get(format!("{}{path}", serving.base))
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert_eq!(get("/healthz").await, (200, "ok".to_owned()));
    assert_eq!(get("/readyz").await, (200, "ready".to_owned()));
    let boot = serving
        .http
        .post(format!("{}/almanac/v1/commands/session.boot", serving.base))
        .bearer_auth(&key)
        .json(&json!({}));
    let boot: serde_json::Value = boot.send().await.unwrap().json().await.unwrap();
    let made = serving
        .http
        .post(format!("{}/almanac/v1/commands/posts.create", serving.base))
        .bearer_auth(&key)
        .json(&json!({
            "calendarId": boot["calendars"][0]["id"],
            "draft": { "segments": [{ "text": "Hush" }] },
            "place": { "kind": "shelf" },
        }));
    assert!(made.send().await.unwrap().status().is_success());
    assert_eq!(get("/api/v1/posts").await.0, 401);

    let (status, text) = get("/metrics").await;
    assert_eq!(status, 200);
    for line in [
        // One is there from the start.
        "almanac_posts{state=\"draft\"} 2",
        "almanac_deliveries_late 0",
        "almanac_webhooks_failing 0",
        "almanac_http_requests_total{contract=\"almanac\",status=\"200\"}",
        "almanac_http_requests_total{contract=\"scheduler\",status=\"401\"} 1",
        "almanac_http_request_seconds_bucket",
        "# EOF",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    for secret in ["Hush", key.as_str(), "Test"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_figures_need_a_key() {
    let home = Home::new();
    let key = home.key();
    let serving = home.serve(&["--behind-proxy", "--host", "almanac.example.org"]);
    let ask = |key: Option<&str>| {
        let request = serving
            .http
            .get(format!("{}/metrics", serving.base))
            .header("host", "almanac.example.org");
        match key {
            Some(key) => request.bearer_auth(key).send(),
            None => request.send(),
        }
    };
    assert_eq!(ask(None).await.unwrap().status(), 401);
    assert_eq!(ask(Some(&key)).await.unwrap().status(), 200);
}
