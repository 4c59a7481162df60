//! Programs that ask a person for access: what a browser sees, and codes and tokens that count once.

use std::collections::HashMap;
use std::time::Duration;

use reqwest::header::{LOCATION, WWW_AUTHENTICATE};
use reqwest::{Client, Method, Response, redirect};
use serde_json::{Value, json};
use server::Rates;
use testkit::printed::access;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::support::{Api, Got, got};

const BACK: &str = "https://planner.test/done?from=almanac";
/// RFC 7636 appendix B.
const PROOF: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A program that was registered, and the browser it uses.
struct Planner {
    api: Api,
    id: String,
    secret: String,
    browser: Client,
}

impl Planner {
    async fn start() -> Self {
        Self::with(Rates::default()).await
    }

    async fn with(rates: Rates) -> Self {
        let api = Api::with(rates).await;
        let input =
            json!({ "workspaceId": api.workspace, "name": "Planner <3", "redirectUri": BACK });
        let made: Value = api.test.write("access.register", input).await;
        let browser = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none());
        Self {
            id: made["program"]["id"].as_str().unwrap().to_owned(),
            secret: made["secret"].as_str().unwrap().to_owned(),
            browser: browser.build().unwrap(),
            api,
        }
    }

    async fn open(&self, path: &str) -> Response {
        let url = format!("{}{path}", self.api.base);
        self.browser.get(url).send().await.unwrap()
    }

    async fn authorize(&self, fields: &[(&str, &str)]) -> Response {
        let query = form(fields, &[]);
        self.open(&format!("/oauth/authorize?{query}")).await
    }

    /// Asks as a program does that keeps to the recommendations; gives the page that waits.
    async fn ask(&self, scope: &str) -> String {
        let fields = [
            ("response_type", "code"),
            ("client_id", &*self.id),
            ("redirect_uri", BACK),
            ("scope", scope),
            ("state", "s 1&2"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        place(&self.authorize(&fields).await)
    }

    async fn answer(&self, yes: bool) {
        let list = json!({ "id": self.api.workspace });
        let list: Value = self.api.test.call("access.list", list).await;
        let ask = &list["asks"][0];
        let input = json!({ "workspaceId": self.api.workspace, "id": ask["id"], "yes": yes });
        self.api.test.call::<Value>("access.answer", input).await;
    }

    /// The code of a yes.
    async fn code(&self, scope: &str) -> String {
        let page = self.ask(scope).await;
        self.answer(true).await;
        let back = back(&self.open(&page).await);
        assert_eq!(back["state"], "s 1&2");
        assert_eq!(back["from"], "almanac");
        back["code"].clone()
    }

    async fn token(&self, fields: &[(&str, &str)]) -> Got {
        let own = [("client_id", &*self.id), ("client_secret", &*self.secret)];
        self.send_form(form(&own, fields)).await
    }

    async fn send_form(&self, body: String) -> Got {
        let request = self.api.http.post(format!("{}/oauth/token", self.api.base));
        let form = "application/x-www-form-urlencoded";
        got(request.header("content-type", form).body(body)).await
    }

    async fn exchange(&self, code: &str) -> Got {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", BACK),
            ("code_verifier", PROOF),
        ])
        .await
    }

    async fn renew(&self, token: &Value) -> Got {
        let token = token.as_str().unwrap();
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.token(&fields).await
    }

    /// What the calendars' list says to this key.
    async fn calendars(&self, key: &Value) -> Got {
        let path = "/v1/calendar/calendars";
        let key = key.as_str().unwrap();
        self.api.send(key, Method::GET, path, None).await
    }
}

fn form(some: &[(&str, &str)], more: &[(&str, &str)]) -> String {
    let mut form = Serializer::new(String::new());
    form.extend_pairs(some).extend_pairs(more);
    form.finish()
}

#[track_caller]
fn place(response: &Response) -> String {
    assert_eq!(response.status(), 303);
    response.headers()[LOCATION].to_str().unwrap().to_owned()
}

/// What the browser takes back to the program.
#[track_caller]
fn back(response: &Response) -> HashMap<String, String> {
    let place = place(response);
    assert!(place.starts_with("https://planner.test/done?"), "{place}");
    Url::parse(&place)
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect()
}

#[tokio::test]
async fn a_code_is_exchanged_for_a_key_and_a_token_for_the_next() {
    let api = Api::start().await;
    access::a_code_is_exchanged_for_a_key_and_a_token_for_the_next(&api).await;
}

#[tokio::test]
async fn a_person_says_yes_and_the_code_is_exchanged_once() {
    let planner = Planner::start().await;
    let page = planner.ask("editor").await;
    let waits = planner.open(&page).await;
    assert_eq!(waits.status(), 200);
    assert_eq!(waits.headers()["refresh"], "2");
    assert_eq!(waits.headers()["x-frame-options"], "DENY");
    let said = waits.text().await.unwrap();
    assert!(said.contains("Planner &lt;3 asks for access"), "{said}");
    planner.answer(true).await;
    let code = back(&planner.open(&page).await)["code"].clone();

    let without_proof = [("grant_type", "authorization_code"), ("code", &code)];
    let refused = planner.token(&without_proof).await.refused(400);
    assert_eq!(refused["error"], "invalid_grant");
    let given = planner.exchange(&code).await.ok();
    assert_eq!(
        (&given["token_type"], &given["expires_in"], &given["scope"]),
        (&json!("Bearer"), &json!(3600), &json!("editor"))
    );
    let key = &given["access_token"];
    planner.calendars(key).await.ok();
    let connect = json!({ "platforms": ["x"] });
    let may_not = planner.api.send(
        key.as_str().unwrap(),
        Method::POST,
        "/api/v1/connections",
        Some(connect),
    );
    assert!(may_not.await.status.is_client_error());
    // It stands with its program and not among the keys that the person made.
    let own = json!({ "id": planner.api.workspace });
    let keys: Value = planner.api.test.call("keys.list", own.clone()).await;
    assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
    let list: Value = planner.api.test.call("access.list", own).await;
    assert_eq!(list["programs"][0]["granted"], 1);
    assert!(list["programs"][0]["lastUsedAt"].is_number());
    assert_eq!(list["asks"], json!([]));
    assert_eq!(planner.open(&page).await.status(), 404);

    let again = planner.exchange(&code).await.refused(400);
    assert_eq!(again["error"], "invalid_grant");
    planner.calendars(key).await.refused(401);
}

#[tokio::test]
async fn a_key_is_renewed_and_a_token_that_is_used_twice_ends_it() {
    let planner = Planner::start().await;
    let code = planner.code("").await;
    let first = planner.exchange(&code).await.ok();
    planner.api.test.clock.advance(Duration::from_hours(2));
    let over = planner.calendars(&first["access_token"]).await;
    assert_eq!(over.headers[WWW_AUTHENTICATE], "Bearer");
    over.refused(401);
    let second = planner.renew(&first["refresh_token"]).await.ok();
    planner.calendars(&second["access_token"]).await.ok();
    let third = planner.renew(&second["refresh_token"]).await.ok();
    planner
        .calendars(&second["access_token"])
        .await
        .refused(401);
    planner.calendars(&third["access_token"]).await.ok();
    let stolen = planner.renew(&first["refresh_token"]).await.refused(400);
    assert_eq!(stolen["error"], "invalid_grant");
    planner.calendars(&third["access_token"]).await.refused(401);
    planner.renew(&third["refresh_token"]).await.refused(400);

    let code = planner.code("viewer").await;
    let given = planner.exchange(&code).await.ok();
    let events = format!("{}/almanac/v1/events", planner.api.base);
    let key = given["access_token"].as_str().unwrap();
    let listens = planner.api.http.get(events).header("x-api-key", key);
    let mut heard = listens.send().await.unwrap();
    assert_eq!(heard.status(), 200);
    let one = json!({ "workspaceId": planner.api.workspace, "id": planner.id });
    planner.api.test.call::<Value>("access.remove", one).await;
    // What it listens to ends.
    while let Ok(Some(_)) = heard.chunk().await {}
    planner.calendars(&given["access_token"]).await.refused(401);
    let gone = planner.renew(&given["refresh_token"]).await.refused(401);
    assert_eq!(gone["error"], "invalid_client");
}

#[tokio::test]
async fn whoever_asks_wrongly_goes_back_with_a_reason_or_nowhere() {
    let planner = Planner::start().await;
    let id = planner.id.as_str();
    // Nobody is sent to a place that the program did not name when it was registered.
    for fields in [
        vec![("response_type", "code"), ("client_id", "nobody")],
        vec![
            ("response_type", "code"),
            ("client_id", id),
            ("redirect_uri", "https://evil.test/"),
        ],
        vec![
            ("response_type", "code"),
            ("client_id", id),
            ("client_id", id),
        ],
    ] {
        let response = planner.authorize(&fields).await;
        assert_eq!(response.status(), 400, "{fields:?}");
        assert!(response.headers().get(LOCATION).is_none());
    }
    for (more, reason) in [
        (vec![], "invalid_request"),
        (
            vec![("response_type", "token")],
            "unsupported_response_type",
        ),
        (
            vec![("response_type", "code"), ("scope", "owner")],
            "invalid_scope",
        ),
        (
            vec![("response_type", "code"), ("code_challenge", CHALLENGE)],
            "invalid_request",
        ),
    ] {
        let fields = [vec![("client_id", id), ("state", "s")], more].concat();
        let back = back(&planner.authorize(&fields).await);
        assert_eq!((&*back["error"], &*back["state"]), (reason, "s"));
    }
    let page = planner.ask("member").await;
    planner.answer(false).await;
    assert_eq!(back(&planner.open(&page).await)["error"], "access_denied");

    let page = planner.ask("member").await;
    planner.api.test.clock.advance(Duration::from_mins(11));
    assert_eq!(planner.open(&page).await.status(), 404);
    let code = planner.code("").await;
    planner.api.test.clock.advance(Duration::from_mins(11));
    planner.exchange(&code).await.refused(400);
}

#[tokio::test]
async fn forms_that_are_not_as_they_have_to_be_are_refused_in_the_words_of_oauth() {
    let planner = Planner::start().await;
    for (fields, reason) in [
        (vec![], "invalid_request"),
        (
            vec![("grant_type", "authorization_code")],
            "invalid_request",
        ),
        (vec![("grant_type", "password")], "unsupported_grant_type"),
        (
            vec![("grant_type", "refresh_token"), ("refresh_token", "ar_1")],
            "invalid_grant",
        ),
        (
            vec![("grant_type", "a"), ("grant_type", "b")],
            "invalid_request",
        ),
    ] {
        let refused = planner.token(&fields).await.refused(400);
        assert_eq!(refused["error"], reason, "{fields:?}");
    }
    let wrong = format!(
        "grant_type=refresh_token&refresh_token=x&client_id={}&client_secret=as_0",
        planner.id
    );
    let known = planner.send_form(wrong).await;
    assert_eq!(known.headers[WWW_AUTHENTICATE], "Basic realm=\"Almanac\"");
    assert_eq!(known.refused(401)["error"], "invalid_client");
    let json = planner
        .api
        .post("/oauth/token", json!({ "grant_type": "refresh_token" }))
        .await;
    assert_eq!(json.refused(400)["error"], "invalid_request");

    // The same as Basic, which libraries prefer.
    let code = planner.code("").await;
    let request = planner
        .api
        .http
        .post(format!("{}/oauth/token", planner.api.base));
    let form = format!("grant_type=authorization_code&code={code}&code_verifier={PROOF}");
    let request = request
        .basic_auth(&planner.id, Some(&planner.secret))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    assert_eq!(got(request).await.ok()["scope"], "editor");
}

#[tokio::test]
async fn a_page_of_another_site_may_send_a_browser_here_and_nothing_else() {
    let planner = Planner::start().await;
    let query = form(
        &[("response_type", "code"), ("client_id", &planner.id)],
        &[],
    );
    let from_there = |method: Method, path: String, mode: &'static str| {
        let request = planner
            .browser
            .request(method, format!("{}{path}", planner.api.base));
        request
            .header("sec-fetch-site", "cross-site")
            .header("sec-fetch-mode", mode)
            .header("sec-fetch-dest", "document")
            .send()
    };
    let path = format!("/oauth/authorize?{query}");
    let opened = from_there(Method::GET, path.clone(), "navigate")
        .await
        .unwrap();
    assert_eq!(opened.status(), 303);
    assert_eq!(
        from_there(Method::GET, path, "cors")
            .await
            .unwrap()
            .status(),
        403
    );
    let token = from_there(Method::POST, "/oauth/token".to_owned(), "navigate").await;
    assert_eq!(token.unwrap().status(), 403);
}

#[tokio::test]
async fn nobody_uses_up_what_a_registered_program_has() {
    let planner = Planner::with(Rates {
        strangers: 1,
        ..Rates::default()
    })
    .await;
    let unknown = form(
        &[("client_id", "nobody"), ("client_secret", "x")],
        &[("grant_type", "refresh_token"), ("refresh_token", "x")],
    );
    planner.send_form(unknown.clone()).await.refused(401);
    let over = planner.send_form(unknown).await;
    assert!(over.headers.contains_key("retry-after"));
    over.refused(429);
    let asked = planner.authorize(&[("client_id", "nobody")]).await;
    assert_eq!(asked.status().as_u16(), 429);
    // A known one asks, is let in and renews its key all the same.
    let code = planner.code("member").await;
    let granted = planner.exchange(&code).await;
    assert_eq!(granted.headers["x-ratelimit-limit"], "1000");
    let granted = granted.ok();
    planner.renew(&granted["refresh_token"]).await.ok();
}
