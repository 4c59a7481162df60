//! The printed exchange of codes and tokens. The document leaves out the proof of RFC 7636, which is asked for.

use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use reqwest::{Client as Http, Method, Url};
use serde_json::{Value, json};

use super::{Client, Got, got, like};

const BACK: &str = "https://planner.test/done";
/// RFC 7636 appendix B.
const PROOF: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Where a page sends the browser.
async fn sent(browser: &Http, address: Url) -> String {
    let answer = browser.get(address).send().await.unwrap();
    let place = answer.headers().get(LOCATION);
    place.unwrap().to_str().unwrap().to_owned()
}

/// The code that a program gets once the person said yes.
async fn code(api: &Client, program: &str) -> String {
    let browser = Http::builder().no_proxy().redirect(Policy::none());
    let browser = browser.build().unwrap();
    let fields = [
        ("response_type", "code"),
        ("client_id", program),
        ("redirect_uri", BACK),
        ("scope", "editor"),
        ("state", "s1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let ask = format!("{}/oauth/authorize", api.base);
    let waits = sent(&browser, Url::parse_with_params(&ask, &fields).unwrap()).await;
    let own = json!({ "id": api.workspace });
    let asked = api.command("access.list", own).await["asks"][0]["id"].clone();
    let yes = json!({ "workspaceId": api.workspace, "id": asked, "yes": true });
    api.command("access.answer", yes).await;
    let page = Url::parse(&api.base).unwrap().join(&waits).unwrap();
    let back = Url::parse(&sent(&browser, page).await).unwrap();
    let mut pairs = back.query_pairs();
    let (_, code) = pairs.find(|(name, _)| name == "code").unwrap();
    code.into_owned()
}

async fn token(api: &Client, fields: &[(&str, &str)]) -> Got {
    let request = api.http.post(format!("{}/oauth/token", api.base));
    got(request.form(fields)).await
}

/// A program is let in, and lets itself in again.
pub async fn a_code_is_exchanged_for_a_key_and_a_token_for_the_next(api: &Client) {
    let input = json!({ "workspaceId": api.workspace, "name": "Planner", "redirectUri": BACK });
    let made = api.command("access.register", input).await;
    let made = &made["value"];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (id, secret) = (text(&made["program"]["id"]), text(&made["secret"]));
    let own = [
        ("client_id", id.as_str()),
        ("client_secret", secret.as_str()),
    ];
    let code = code(api, &id).await;
    let exchange = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", BACK),
        ("code_verifier", PROOF),
    ];
    let wanted = json!({
        "access_token": "<text>",
        "token_type": "Bearer",
        "expires_in": 3600,
        "refresh_token": "<text>",
        "scope": "editor"
    });
    let first = token(api, &[&own[..], &exchange].concat()).await.ok();
    like(&first, wanted.clone());
    let renewal = text(&first["refresh_token"]);
    let renewal = [
        ("grant_type", "refresh_token"),
        ("refresh_token", renewal.as_str()),
    ];
    let second = token(api, &[&own[..], &renewal].concat()).await.ok();
    like(&second, wanted);
    let key = text(&second["access_token"]);
    let calendars = "/v1/calendar/calendars";
    api.send(&key, Method::GET, calendars, None).await.ok();
    let program = json!({ "workspaceId": api.workspace, "id": id });
    api.command("access.remove", program).await;
    api.send(&key, Method::GET, calendars, None)
        .await
        .refused(401);
}
