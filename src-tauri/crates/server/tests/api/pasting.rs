//! The page on which a sign-in ends whose network sends no browser back.

use std::sync::Arc;
use std::time::Duration;

use publisher::testing::Gate;
use reqwest::header::{CONTENT_SECURITY_POLICY, ORIGIN, REFERRER_POLICY};
use reqwest::{Method, Url};
use serde_json::{Value, json};
use testkit::app_network::STATE;
use testkit::browser::{paste, pasted_at};

use crate::connecting::{agreed, keep_app};
use crate::hostile::raw;
use crate::support::{Api, Got, got};

/// A program that may connect accounts on a network whose browser does not come back.
async fn started() -> Api {
    let api = Api::start().await;
    keep_app(&api, "instagram").await;
    api
}

/// Begins a sign-in: the address of its page, and its identifier, which the network of the test has for a state.
async fn begin(api: &Api, callback: Option<&str>) -> (String, String) {
    let mut request = json!({ "platform": "instagram" });
    if let Some(callback) = callback {
        request["callback_url"] = json!(callback);
    }
    let begun = api.post("/v1/instagram/accounts/connect", request);
    let begun = begun.await.ok();
    let text = |name: &str| begun[name].as_str().unwrap().to_owned();
    (text("authorization_url"), text("state"))
}

/// The address at which the browser ends.
fn home(code: &str) -> String {
    format!("https://example.com/done?code={code}&state={STATE}")
}

async fn open(api: &Api, page: &str) -> Got {
    got(api.http.get(page)).await
}

#[track_caller]
fn words(got: &Got) -> &str {
    got.body.as_str().unwrap()
}

/// The names of all accounts.
async fn handles(api: &Api) -> Vec<String> {
    let boot: Value = api.test.call("session.boot", json!({})).await;
    let all = boot["accounts"].as_array().unwrap().iter();
    all.map(|a| a["handle"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn the_page_says_what_to_do_and_loads_nothing() {
    let api = started().await;
    let (page, _) = begin(&api, None).await;
    let token = page
        .strip_prefix(&format!("{}/sign-in/", api.base))
        .unwrap();
    assert_eq!(token.len(), 48);
    let shown = open(&api, &page).await;
    assert_eq!(shown.status, 200);
    let policy = shown.headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(policy.contains("form-action 'self'"), "{policy}");
    // Without any a browser would not say where the form stands.
    assert_eq!(shown.headers[REFERRER_POLICY], "same-origin");
    assert_eq!(shown.headers["x-frame-options"], "DENY");
    assert_eq!(shown.headers["cache-control"], "no-store");
    let words = words(&shown);
    for there in [
        "<html lang=\"en\">",
        "href=\"https://testnet.example/allow?redirect_uri=https://example.com/done\" target=\"_blank\" rel=\"noopener noreferrer\"",
        "<code>https://example.com/done</code>",
        "<label for=\"address\">",
        "prefers-color-scheme:dark",
    ] {
        assert!(words.contains(there), "{there}: {words}");
    }
    assert!(!words.contains("<script") && !words.contains("aria-invalid"));
    let end = pasted_at(&page, async |link: String| agreed(&link, "ana")).await;
    assert!(end.unwrap().contains("Connected. You can close this tab."));
    assert!(handles(&api).await.contains(&"ana".to_owned()));
}

#[tokio::test]
async fn a_wrong_address_is_told_beside_the_field_and_the_right_one_may_follow() {
    let api = started().await;
    let (page, _) = begin(&api, None).await;
    let before = handles(&api).await;
    let other = "https://example.com/done?code=a-code-of-others&state=other";
    let long = format!("https://example.com/{}", "x".repeat(20_000));
    for (wrong, said) in [
        ("", "Paste the whole address"),
        ("<b>\"nonsense", "Paste the whole address"),
        (other, "does not belong to the sign-in"),
        (long.as_str(), "too long"),
    ] {
        let (status, words) = paste(&page, wrong).await.unwrap();
        assert_eq!(status, 400, "{words}");
        let problem = words.split_once("<p id=\"problem\"").unwrap().1;
        let problem = problem.split_once("</p>").unwrap().0;
        assert!(problem.contains(said), "{problem}");
        assert!(words.contains("aria-describedby=\"problem\""), "{words}");
        assert!(!words.contains("nonsense") && !words.contains("a-code-of-others"));
    }
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Length: 104857600\r\n\r\na",
        Url::parse(&page).unwrap().path(),
        api.base.trim_start_matches("http://"),
    );
    assert_eq!(raw(&api, head.as_bytes()).await, Some(413));
    assert_eq!(handles(&api).await, before);
    let (status, words) = paste(&page, &home("ana")).await.unwrap();
    assert_eq!(status, 200, "{words}");
    assert_eq!(handles(&api).await.len(), before.len() + 1);
}

#[tokio::test]
async fn sent_twice_while_it_is_at_work_it_connects_once_and_both_are_told_the_end() {
    let api = started().await;
    let (page, _) = begin(&api, None).await;
    let before = handles(&api).await.len();
    let gate = Arc::new(Gate::default());
    api.test.network.stop_at(Arc::clone(&gate));
    let address = home("ana");
    let again = async {
        gate.reached.notified().await;
        // Read again, and sent once more by somebody who was impatient.
        assert_eq!(open(&api, &page).await.status, 200);
        let (second, ()) = tokio::join!(paste(&page, &address), async { gate.go.notify_one() });
        second
    };
    let (first, second) = tokio::join!(paste(&page, &address), again);
    for (status, words) in [first.unwrap(), second.unwrap()] {
        assert_eq!(status, 200, "{words}");
        assert!(words.contains("Connected. You can close this tab."));
    }
    assert_eq!(handles(&api).await.len(), before + 1);
}

#[tokio::test]
async fn a_page_is_for_one_sign_in_and_gone_when_that_is_over() {
    let api = started().await;
    let over = async |page: &str| {
        let shown = open(&api, page).await;
        assert_eq!(shown.status, 404);
        assert!(words(&shown).contains("Start again"), "{}", shown.body);
        paste(page, &home("late")).await.unwrap()
    };
    let gone = async |page: &str| {
        let (status, words) = over(page).await;
        assert_eq!(status, 404, "{words}");
    };
    gone(&format!("{}/sign-in/{}", api.base, "0".repeat(48))).await;
    // What ends one leaves the others; sent twice it connects nothing more.
    let ((first, _), (second, _)) = (begin(&api, None).await, begin(&api, None).await);
    assert_ne!(first, second);
    paste(&first, &home("ana")).await.unwrap();
    let (status, told) = over(&first).await;
    assert!(status == 200 && told.contains("Connected."), "{told}");
    assert_eq!(open(&api, &second).await.status, 200);
    // Refused by the person at the network.
    let denied = format!("https://example.com/done?error=access_denied&state={STATE}");
    let (status, words) = paste(&second, &denied).await.unwrap();
    assert!((400..500).contains(&status), "{status}");
    assert!(words.contains("Nothing was connected"), "{words}");
    assert_eq!(over(&second).await, (status, words));
    // Given up.
    let (third, id) = begin(&api, None).await;
    api.test
        .call::<Value>("accounts.sign_in_cancel", json!({ "id": id }))
        .await;
    gone(&third).await;
    // After ten minutes, when it is given up as well.
    let (fourth, id) = begin(&api, None).await;
    api.test.clock.advance(Duration::from_mins(9));
    assert_eq!(open(&api, &fourth).await.status, 200);
    api.test.clock.advance(Duration::from_mins(1));
    gone(&fourth).await;
    gone(&first).await;
    let late = json!({ "id": id, "address": home("late") });
    api.test.refused("accounts.sign_in_paste", late).await;
    assert!(!handles(&api).await.contains(&"late".to_owned()));
}

#[tokio::test]
async fn a_page_of_another_site_may_open_it_and_send_nothing() {
    let api = started().await;
    let (page, _) = begin(&api, None).await;
    let from_there = |method: Method, origin: Option<&str>, mode: &'static str| {
        let request = api.http.request(method, &page);
        let request = match origin {
            Some(origin) => request.header(ORIGIN, origin),
            None => request,
        };
        let form = [("address", home("stolen"))];
        let request = request.header("sec-fetch-site", "cross-site").form(&form);
        got(request
            .header("sec-fetch-mode", mode)
            .header("sec-fetch-dest", "document"))
    };
    let opened = from_there(Method::GET, None, "navigate").await;
    assert_eq!(opened.status, 200);
    assert_eq!(
        from_there(Method::GET, None, "cors").await.status,
        403,
        "a script does not read it"
    );
    for origin in ["https://evil.example", "null"] {
        let sent = from_there(Method::POST, Some(origin), "navigate").await;
        assert_eq!(sent.status, 403, "{origin}");
    }
    assert_eq!(from_there(Method::POST, None, "navigate").await.status, 403);
    let elsewhere = api.http.get(&page).header("host", "evil.example");
    assert_eq!(got(elsewhere).await.status, 403);
    assert!(!handles(&api).await.contains(&"stolen".to_owned()));
    assert_eq!(open(&api, &page).await.status, 200);
}

#[tokio::test]
async fn the_browser_goes_on_where_the_program_wants_it_and_takes_nothing_along() {
    let api = started().await;
    let back = "https://your-app.com/back?a=1&b=\"'<x>";
    let escaped = "https://your-app.com/back?a=1&amp;b=%22%27%3Cx%3E\">";
    let (page, _) = begin(&api, Some(back)).await;
    let (status, words) = paste(&page, &home("ana")).await.unwrap();
    assert_eq!(status, 200, "{words}");
    assert!(words.contains(&format!(";url={escaped}")), "{words}");
    assert!(!words.contains("code=") && !words.contains(STATE));
    // What went wrong has to be read first.
    let (page, _) = begin(&api, Some(back)).await;
    let denied = format!("https://example.com/done?error=access_denied&state={STATE}");
    let (_, words) = paste(&page, &denied).await.unwrap();
    assert!(words.contains("Nothing was connected"), "{words}");
    assert!(words.contains(&format!("<a href=\"{escaped}")), "{words}");
    assert!(!words.contains("refresh"), "{words}");
}

#[tokio::test]
async fn the_page_has_the_name_under_which_the_program_asked() {
    let api = started().await;
    let named = api.base.replace("127.0.0.1", "localhost");
    let request = api.http.post(format!("{named}/api/v1/connect/init"));
    let init = json!({ "platform": "instagram", "returnUrl": "https://your-app.com/callback" });
    let begun = got(request.header("x-api-key", &api.key).json(&init)).await;
    let begun = begun.ok();
    let page = Url::parse(begun["url"].as_str().unwrap()).unwrap();
    assert_eq!(page.host_str(), Some("localhost"));
    // Several accounts: the first one is taken.
    let (status, words) = paste(page.as_str(), &home("shop,club")).await.unwrap();
    assert_eq!(status, 200, "{words}");
    let all = handles(&api).await;
    assert!(all.contains(&"shop".to_owned()) && !all.contains(&"club".to_owned()));
}
