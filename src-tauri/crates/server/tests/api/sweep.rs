//! The same kinds of bad requests at every route that there is: a route that is added is swept as well, and
//! one without its request in the table fails.

use reqwest::Method;
use serde_json::{Value, json};

use crate::connecting::keep_app;
use crate::hostile::{FREE, raw};
use crate::support::{Api, Got, got};
use crate::things::{NETWORK, Things, served};

/// What needs a state that nothing has here: a failed post, a delivery that was made.
const NEVER: [&str; 3] = [
    "/api/v1/scheduled-posts/{scheduledPostId}/retry",
    "/api/v1/webhook-deliveries/{deliveryId}/retry",
    "/api/webhook-deliveries/{deliveryId}/retry",
];

/// Routes that take something else than JSON.
fn takes_bytes(path: &str) -> bool {
    path.ends_with("/media/upload") || path.contains("{token}") || path == "/oauth/token"
}

/// Whether a request uses up what it names.
fn uses_up(method: &Method, path: &str) -> bool {
    *method == Method::DELETE || path.ends_with("/publish") || path.ends_with("/cancel")
}

async fn own(api: &Api) -> Things {
    Things::make(api, &api.key, api.workspace).await
}

/// Sends bytes that say they are JSON.
async fn bytes(api: &Api, method: &Method, path: &str, body: Vec<u8>) -> Got {
    let request = api
        .http
        .request(method.clone(), format!("{}{path}", api.base));
    let request = request.header("x-api-key", &api.key);
    got(request
        .header("content-type", "application/json")
        .body(body))
    .await
}

#[tokio::test]
async fn every_route_that_reads_a_body_is_swept_with_a_good_one() {
    let api = Api::with(FREE).await;
    let things = own(&api).await;
    let described = api.get("/openapi.json").await.ok();
    for (method, path) in served() {
        let name = method.as_str().to_ascii_lowercase();
        let body = &described["paths"][path][name]["requestBody"]["content"]["application/json"];
        let known = things.body(&method, path).is_some();
        assert_eq!(body.is_object(), known, "{method} {path}");
    }
}

#[tokio::test]
async fn things_of_another_workspace_are_unknown() {
    let api = Api::with(FREE).await;
    let (other, other_key) = api.another_workspace().await;
    let theirs = Things::make(&api, &other_key, other).await;
    let mine = own(&api).await;
    let refused = |got: Got, at: &str| {
        assert!(
            [400, 403, 404].contains(&got.status.as_u16()),
            "{at} {}",
            got.body
        );
    };
    let (mut paths, mut fields) = (0, 0);
    for (method, path) in served() {
        let body = mine.body(&method, path);
        if path.contains('{') {
            paths += 1;
            let named = theirs.filled(path);
            let got = api
                .send(&api.key, method.clone(), &named, body.clone())
                .await;
            refused(got, path);
            // Their event does not come through an own calendar either.
            let mixed = path.replace("{calendar_id}", mine.of("{calendar_id}"));
            if mixed != path && mixed.contains('{') {
                let named = theirs.filled(&mixed);
                let got = api
                    .send(&api.key, method.clone(), &named, body.clone())
                    .await;
                refused(got, &mixed);
            }
        }
        let (Some(body), Some(foreign)) = (body, theirs.body(&method, path)) else {
            continue;
        };
        for (name, value) in foreign.as_object().unwrap() {
            if body[name] == *value {
                continue;
            }
            fields += 1;
            let mut named = body.clone();
            named[name] = value.clone();
            let at = mine.filled(path);
            let got = api.send(&api.key, method.clone(), &at, Some(named)).await;
            refused(got, &format!("{path} {name}"));
        }
    }
    assert!(paths > 25 && fields > 10, "{paths} {fields}");
    for path in [
        "/v1/calendar/calendars/{calendar_id}/events/{event_id}",
        "/api/v1/calendar/entries/{id}",
        "/v1/instagram/accounts/{account_id}",
        "/api/v1/creator/social/posts/{post_id}",
        "/api/v1/creator/social/media/{media_id}",
        "/api/v1/webhook-endpoints/{webhookId}/deliveries",
    ] {
        let at = theirs.filled(path);
        api.send(&other_key, Method::GET, &at, None).await.ok();
    }
}

#[tokio::test]
async fn times_that_have_passed_are_refused() {
    let api = Api::with(FREE).await;
    let things = own(&api).await;
    let mut seen = 0;
    for (method, path) in served() {
        let Some(body) = things.body(&method, path) else {
            continue;
        };
        for name in [
            "scheduled_at",
            "schedule_at",
            "publish_at",
            "scheduleDate",
            "scheduled_date",
            "expiresAt",
        ] {
            if body.get(name).is_none() {
                continue;
            }
            seen += 1;
            let mut past = body.clone();
            past[name] = match name {
                "scheduled_date" => json!("2020-01-01"),
                _ => json!("2020-01-01T00:00:00Z"),
            };
            let place = things.filled(path);
            let got = api.send(&api.key, method.clone(), &place, Some(past));
            assert_eq!(got.await.status.as_u16(), 400, "{path} {name}");
        }
    }
    assert!(seen >= 10, "{seen}");
}

#[tokio::test]
async fn a_named_request_is_done_once_and_its_name_is_for_nothing_else() {
    let api = Api::with(FREE).await;
    keep_app(&api, NETWORK).await;
    let mut things = own(&api).await;
    for (n, (method, path)) in served().into_iter().enumerate() {
        if method == Method::GET || takes_bytes(path) || NEVER.contains(&path) {
            continue;
        }
        let at = things.filled(path);
        let body = things.body(&method, path).unwrap_or_else(|| json!({}));
        let send = async |body: &Value| {
            let request = api
                .http
                .request(method.clone(), format!("{}{at}", api.base));
            let request = request.header("Idempotency-Key", format!("request-{n}"));
            got(request.header("x-api-key", &api.key).json(body)).await
        };
        let first = send(&body).await;
        assert!(first.status.is_success(), "{method} {path} {}", first.body);
        let again = send(&body).await;
        assert_eq!(again.headers["idempotency-replayed"], "true", "{path}");
        assert_eq!(
            (again.status, again.body),
            (first.status, first.body),
            "{path}"
        );
        let mut other = body.clone();
        other["unheardOf"] = json!(1);
        assert_eq!(send(&other).await.status.as_u16(), 409, "{path}");
        if uses_up(&method, path) {
            things = own(&api).await;
        }
    }
}

#[tokio::test]
async fn a_body_of_a_hundred_megabytes_is_refused_before_it_is_read() {
    let api = Api::with(FREE).await;
    let things = own(&api).await;
    let host = api.base.trim_start_matches("http://");
    for (method, path) in served() {
        let head = format!(
            "{method} {} HTTP/1.1\r\nHost: {host}\r\nx-api-key: {}\r\nContent-Type: application/json\r\nContent-Length: 104857600\r\n\r\n{{",
            things.filled(path),
            api.key
        );
        // Files may be as large: those are refused for what they are not.
        let wanted = match path {
            path if path.ends_with("/media/upload") => 415,
            path if path.contains("{token}") => 404,
            _ => 413,
        };
        assert_eq!(
            raw(&api, head.as_bytes()).await,
            Some(wanted),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn bodies_that_are_no_text_or_say_a_thing_twice_are_refused() {
    let api = Api::with(FREE).await;
    let things = own(&api).await;
    for (method, path) in served() {
        if takes_bytes(path) {
            continue;
        }
        let at = things.filled(path);
        let Some(body) = things.body(&method, path) else {
            if method == Method::GET {
                let got = bytes(&api, &method, &at, b"{\"a\":\"\xff\xfe\"}".to_vec()).await;
                assert!(got.status.as_u16() < 500, "{path} {}", got.body);
            }
            continue;
        };
        let (name, value) = body.as_object().unwrap().iter().next().unwrap();
        let mut garbled = format!("{{\"{name}\":\"").into_bytes();
        garbled.extend(b"\xff\xfe\xc0\x80\"}");
        let got = bytes(&api, &method, &at, garbled).await;
        assert_eq!(got.status.as_u16(), 400, "{path} {}", got.body);
        let text = body.to_string();
        let twice = format!("{{\"{name}\":{value},{}", text.trim_start_matches('{'));
        let got = bytes(&api, &method, &at, twice.into_bytes()).await;
        assert_eq!(got.status.as_u16(), 400, "{path} {}", got.body);
    }
}

/// The sort of a value.
fn sort(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    }
}

#[tokio::test]
async fn a_field_of_a_wrong_sort_is_refused() {
    let api = Api::with(FREE).await;
    let things = own(&api).await;
    for (method, path) in served() {
        let Some(body) = things.body(&method, path) else {
            continue;
        };
        for (name, value) in body.as_object().unwrap() {
            for wrong in [json!(true), json!(-7), json!("x"), json!([]), json!({})] {
                if sort(&wrong) == sort(value) {
                    continue;
                }
                let mut given = body.clone();
                given[name] = wrong.clone();
                let at = things.filled(path);
                let got = api.send(&api.key, method.clone(), &at, Some(given)).await;
                let status = got.status.as_u16();
                assert_eq!(status, 400, "{method} {path} {name} {wrong} {}", got.body);
            }
        }
    }
}

#[tokio::test]
async fn of_writers_at_once_each_is_done_or_told_and_nothing_is_done_twice() {
    let api = Api::with(FREE).await;
    let mut things = own(&api).await;
    for (method, path) in served() {
        if method == Method::GET || !path.contains('{') || takes_bytes(path) {
            continue;
        }
        let out = api.test.network.shown().len();
        let at = things.filled(path);
        let body = things.body(&method, path);
        let send = || api.send(&api.key, method.clone(), &at, body.clone());
        let (one, two, three) = tokio::join!(send(), send(), send());
        let mut done = 0;
        for got in [one, two, three] {
            let told = [400, 404, 409].contains(&got.status.as_u16());
            assert!(
                got.status.is_success() || told,
                "{method} {path} {}",
                got.body
            );
            done += u32::from(got.status.is_success());
        }
        assert_eq!(done == 0, NEVER.contains(&path), "{method} {path}");
        if path.ends_with("/publish") {
            assert_eq!(api.test.network.shown().len(), out + 1, "{path}");
        }
        if uses_up(&method, path) {
            things = own(&api).await;
        }
    }
}
