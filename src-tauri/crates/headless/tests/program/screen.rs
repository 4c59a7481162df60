//! The screen in a browser: its files, signing in, and what a page of another site cannot do.

use reqwest::header::{COOKIE, SET_COOKIE};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::support::{Home, Serving, built_screen};

const CSRF: &str = "x-almanac-csrf";

fn with_screen(home: &Home, more: &[&str]) -> Serving {
    let folder = home.path("screen");
    built_screen(&folder);
    let mut words = vec!["--screen", folder.to_str().unwrap()];
    words.extend(more);
    home.serve(&words)
}

async fn status(request: RequestBuilder) -> StatusCode {
    request.send().await.unwrap().status()
}

fn sign_in(serving: &Serving, key: &str) -> RequestBuilder {
    let url = format!("{}/almanac/v1/session", serving.base);
    serving.http.post(url).json(&json!({ "key": key }))
}

/// Signs in; the cookie and what the page shows.
async fn signed_in(serving: &Serving, key: &str) -> (String, String) {
    let answer = sign_in(serving, key).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let cookie = answer.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    for flag in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    let body: Value = answer.json().await.unwrap();
    let csrf = body["csrf"].as_str().unwrap().to_owned();
    (cookie.split(';').next().unwrap().to_owned(), csrf)
}

#[tokio::test(flavor = "multi_thread")]
async fn its_files_are_served_with_a_policy_and_nothing_else_is() {
    let home = Home::new();
    let serving = with_screen(&home, &[]);
    let get = |path: &str| serving.http.get(format!("{}{path}", serving.base));
    let page = get("/app/").send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("script-src 'self'") && policy.contains("frame-ancestors 'none'"));
    assert!(page.text().await.unwrap().contains("Almanac"));
    assert_eq!(status(get("/app")).await, StatusCode::OK);
    assert_eq!(status(get("/app/assets/a-1.js")).await, StatusCode::OK);
    for path in [
        "/app/%2e%2e/key",
        "/app/..%2fkey",
        "/app/assets",
        "/app//etc/passwd",
    ] {
        assert_eq!(status(get(path)).await, StatusCode::NOT_FOUND, "{path}");
    }
    // A link to it may stand anywhere; its frame may not.
    let link = |dest: &str| {
        get("/app/")
            .header("sec-fetch-site", "cross-site")
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", dest)
    };
    assert_eq!(status(link("document")).await, StatusCode::OK);
    assert_eq!(status(link("iframe")).await, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_opens_it_and_only_its_own_page_changes_anything() {
    let home = Home::new();
    let key = home.key();
    let serving = with_screen(&home, &[]);
    let wrong = format!("ak_{}", "0".repeat(64));
    assert_eq!(
        status(sign_in(&serving, &wrong)).await,
        StatusCode::UNAUTHORIZED
    );
    let form = serving
        .http
        .post(format!("{}/almanac/v1/session", serving.base))
        .form(&[("key", &key)]);
    assert_eq!(status(form).await, StatusCode::BAD_REQUEST);
    let foreign = sign_in(&serving, &key).header("origin", "https://evil.example");
    assert_eq!(status(foreign).await, StatusCode::FORBIDDEN);

    let (cookie, csrf) = signed_in(&serving, &key).await;
    let boot = || {
        let url = format!("{}/almanac/v1/commands/session.boot", serving.base);
        serving.http.post(url).json(&json!({}))
    };
    assert_eq!(status(boot()).await, StatusCode::UNAUTHORIZED);
    let with_cookie = boot().header(COOKIE, &cookie);
    assert_eq!(status(with_cookie).await, StatusCode::FORBIDDEN);
    let guessed = boot().header(COOKIE, &cookie).header(CSRF, "0".repeat(64));
    assert_eq!(status(guessed).await, StatusCode::FORBIDDEN);
    let page = || boot().header(COOKIE, &cookie).header(CSRF, &csrf);
    assert_eq!(status(page()).await, StatusCode::OK);
    let elsewhere = page().header("origin", "http://evil.example");
    assert_eq!(status(elsewhere).await, StatusCode::FORBIDDEN);
    // The contracts know no cookies.
    let posts = serving.http.get(format!("{}/api/v1/posts", serving.base));
    assert_eq!(
        status(posts.header(COOKIE, &cookie)).await,
        StatusCode::UNAUTHORIZED
    );

    let session = format!("{}/almanac/v1/session", serving.base);
    let again = serving.http.get(&session).header(COOKIE, &cookie);
    let known: Value = again.send().await.unwrap().json().await.unwrap();
    assert_eq!(known["csrf"], csrf.as_str());
    let out = serving.http.delete(&session).header(COOKIE, &cookie);
    assert_eq!(status(out.header(CSRF, &csrf)).await, StatusCode::OK);
    assert_eq!(status(page()).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signed_in_with_a_key_is_out_when_it_is_revoked() {
    let home = Home::new();
    let key = home.key();
    let serving = with_screen(&home, &[]);
    let made = home.run_with(&["keys", "create", "Phone"], &[("ALMANAC_KEY", &key)], "");
    let phone = made.ok().trim().to_owned();
    let (cookie, csrf) = signed_in(&serving, &phone).await;
    let page = || {
        let url = format!("{}/almanac/v1/commands/publisher.status", serving.base);
        let request = serving.http.post(url).json(&json!({}));
        request.header(COOKIE, &cookie).header(CSRF, &csrf)
    };
    assert_eq!(status(page()).await, StatusCode::OK);
    let tail = &phone[phone.len() - 8..];
    home.run_with(&["keys", "revoke", tail], &[("ALMANAC_KEY", &key)], "")
        .ok();
    assert_eq!(status(page()).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_is_heard_and_files_of_the_library_are_shown() {
    let home = Home::new();
    let key = home.key();
    let serving = with_screen(&home, &[]);
    let (cookie, csrf) = signed_in(&serving, &key).await;
    let mut feed = serving
        .http
        .get(format!("{}/almanac/v1/feed", serving.base))
        .header(COOKIE, &cookie)
        .send()
        .await
        .unwrap();
    let first = feed.chunk().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&first).contains("\"reload\":true"));
    let call = async |name: &str, input: Value| {
        let url = format!("{}/almanac/v1/commands/{name}", serving.base);
        let request = serving.http.post(url).json(&input);
        let answer = request.header(COOKIE, &cookie).header(CSRF, &csrf).send();
        answer.await.unwrap().json::<Value>().await.unwrap()
    };

    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(4, 4)
        .write_to(&mut png, image::ImageFormat::Png)
        .unwrap();
    let sent = serving
        .http
        .post(format!("{}/almanac/v1/files?name=a.png", serving.base))
        .header(COOKIE, &cookie)
        .header(CSRF, &csrf)
        .body(png.into_inner());
    let sent: Value = sent.send().await.unwrap().json().await.unwrap();
    let taken = call("media.import", json!({ "paths": [sent["path"]] })).await;
    let id = taken["files"][0]["id"].as_str().unwrap();
    let picture = serving
        .http
        .get(format!("{}/almanac/v1/media/thumb/{id}", serving.base));
    assert_eq!(
        status(picture.try_clone().unwrap()).await,
        StatusCode::UNAUTHORIZED
    );
    let shown = picture.header(COOKIE, &cookie).send().await.unwrap();
    assert_eq!(shown.status(), StatusCode::OK);
    assert!(
        shown.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("image/")
    );

    let mut heard = String::new();
    while !heard.contains("\"subject\":\"media\"") {
        let chunk = feed.chunk().await.unwrap().unwrap();
        heard.push_str(&String::from_utf8_lossy(&chunk));
    }
    // Files of the computer itself are out of reach.
    for path in [
        "/etc/passwd",
        "upload:none",
        &home.path("key").to_string_lossy(),
    ] {
        let refused = call("media.import", json!({ "paths": [path] })).await;
        assert!(refused["code"].is_string(), "{path} {refused}");
    }
}
