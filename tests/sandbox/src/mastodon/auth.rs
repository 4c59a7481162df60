//! Programs that introduce themselves, people who allow them something in the browser, and tokens.

use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::{RawQuery, State as From};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::form::{Fields, fields, need, only, pairs, text};
use super::{Answer, Person, Refused, Shared, State, bearer, lock, ok};

/// How long a code is good. Mastodon gives ten minutes.
const CODE_LIFE: Duration = Duration::from_secs(30);
/// Scopes that exist.
const SCOPES: [&str; 7] = [
    "read:accounts",
    "read:statuses",
    "write:media",
    "write:statuses",
    "profile",
    "read",
    "write",
];

/// A program.
pub struct App {
    pub secret: String,
    name: String,
    redirects: Vec<String>,
    scopes: Vec<String>,
}

/// A code on its way through the browser.
pub struct Code {
    app: String,
    username: String,
    redirect: String,
    challenge: String,
    scopes: Vec<String>,
    made: Instant,
}

/// A token.
pub struct Token {
    pub username: String,
    pub good: bool,
    app: String,
    scopes: Vec<String>,
}

/// Whether scopes include one.
fn covers(granted: &[String], wanted: &str) -> bool {
    let broad = wanted.split(':').next().unwrap_or_default();
    granted.iter().any(|g| g == wanted || g == broad)
}

fn split(scopes: &str) -> Vec<String> {
    scopes
        .split(' ')
        .filter(|s| !s.is_empty())
        .map(str::to_owned)
        .collect()
}

pub async fn register(From(state): From<Shared>, headers: HeaderMap, body: Bytes) -> Answer {
    let mut state = lock(&state);
    let known = ["client_name", "redirect_uris", "scopes", "website"];
    let fields = fields(&headers, &body, &known)?;
    let name = need(&fields, "client_name")?.to_owned();
    let redirects: Vec<String> = need(&fields, "redirect_uris")?
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let scopes = split(text(&fields, "scopes")?.unwrap_or("read"));
    let single = state.rules.single_scopes;
    let exists = |s: &String| SCOPES.contains(&s.as_str()) && (single || !s.contains(':'));
    if redirects.is_empty() || !scopes.iter().all(exists) {
        return Err(Refused::invalid(
            "Scopes doesn't match configured on the server.",
        ));
    }
    let (id, secret) = (state.opaque("client"), state.opaque("client secret"));
    let answer = json!({
        "id": "1", "name": name, "website": null, "client_id": id, "client_secret": secret,
        "client_secret_expires_at": 0, "redirect_uri": redirects.join("\n"),
        "redirect_uris": redirects, "scopes": scopes,
    });
    state.apps.insert(
        id,
        App {
            secret,
            name,
            redirects,
            scopes,
        },
    );
    ok(answer)
}

/// What a token's program is: from 4.3 on with its scopes.
pub async fn app(From(state): From<Shared>, headers: HeaderMap) -> Answer {
    let state = lock(&state);
    let token = state.tokens.get(bearer(&headers)).filter(|t| t.good);
    let token = token.ok_or_else(|| Refused::new(401, "The access token is invalid"))?;
    let name = state
        .apps
        .get(&token.app)
        .map_or("Own", |a| a.name.as_str());
    ok(json!({ "id": "1", "name": name, "scopes": token.scopes }))
}

/// The page on which a person allows something: this one allows it at once.
pub async fn authorize(From(state): From<Shared>, RawQuery(query): RawQuery) -> Response {
    match authorized(&mut lock(&state), &query.unwrap_or_default()) {
        Ok(address) => (StatusCode::FOUND, [(header::LOCATION, address)]).into_response(),
        // Nobody is sent back to an address that is not known.
        Err(words) => (StatusCode::UNAUTHORIZED, Html(words)).into_response(),
    }
}

fn authorized(state: &mut State, query: &str) -> Result<String, String> {
    let pairs = pairs(query).map_err(|_| "a query that cannot be read")?;
    let known = [
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
        "force_login",
        "lang",
    ];
    only(pairs.iter().map(|p| p.0.as_str()), &known).map_err(|r| r.1.to_string())?;
    let text = |name: &str| {
        let found = pairs.iter().find(|p| p.0 == name);
        found.map(|p| p.1.clone()).unwrap_or_default()
    };
    let app = state.apps.get(&text("client_id"));
    let app = app.ok_or("Client authentication failed due to unknown client.")?;
    let redirect = text("redirect_uri");
    if !app.redirects.contains(&redirect) {
        return Err("The redirect URI included is not valid.".to_owned());
    }
    if text("response_type") != "code" {
        return Err("The authorization server does not support this response type.".to_owned());
    }
    // Servers take sign-ins without PKCE as well; many programs do not know it.
    if !text("code_challenge").is_empty() && text("code_challenge_method") != "S256" {
        return Err("The code challenge method must be S256.".to_owned());
    }
    let back = text("state");
    let mark = if redirect.contains('?') { '&' } else { '?' };
    let scopes = split(&text("scope"));
    if scopes.is_empty() || !scopes.iter().all(|s| app.scopes.contains(s)) {
        return Ok(format!("{redirect}{mark}error=invalid_scope&state={back}"));
    }
    if std::mem::take(&mut state.next.denies) {
        return Ok(format!(
            "{redirect}{mark}error=access_denied&error_description=The+resource+owner+or+authorization+server+denied+the+request.&state={back}"
        ));
    }
    let scopes = state.next.only.clone().unwrap_or(scopes);
    let code = state.opaque("code");
    state.codes.insert(
        code.clone(),
        Code {
            app: text("client_id"),
            username: state.next.username.clone(),
            redirect: redirect.clone(),
            challenge: text("code_challenge"),
            scopes,
            made: Instant::now(),
        },
    );
    Ok(format!("{redirect}{mark}code={code}&state={back}"))
}

/// An error of the token call, in the standard's form.
fn oauth(status: u16, error: &str, words: &str) -> Refused {
    Refused(
        status,
        json!({ "error": error, "error_description": words }),
    )
}

fn client<'a>(state: &'a State, fields: &'a Fields) -> Result<&'a str, Refused> {
    let id = need(fields, "client_id")?;
    let secret = text(fields, "client_secret")?.unwrap_or_default();
    let known = state.apps.get(id).is_some_and(|app| app.secret == secret);
    let words = "Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.";
    known
        .then_some(id)
        .ok_or_else(|| oauth(401, "invalid_client", words))
}

pub async fn token(From(state): From<Shared>, headers: HeaderMap, body: Bytes) -> Answer {
    let mut state = lock(&state);
    let known = [
        "grant_type",
        "code",
        "client_id",
        "client_secret",
        "redirect_uri",
        "code_verifier",
        "scope",
        "refresh_token",
    ];
    let fields = fields(&headers, &body, &known)?;
    let app = client(&state, &fields)?.to_owned();
    let words = "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.";
    let wrong = || oauth(400, "invalid_grant", words);
    match need(&fields, "grant_type")? {
        "authorization_code" => {}
        "refresh_token" if state.rules.renews => {
            let old = state.refresh.remove(need(&fields, "refresh_token")?);
            let old = old
                .and_then(|old| state.tokens.remove(&old))
                .filter(|t| t.app == app);
            let old = old.ok_or_else(wrong)?;
            return ok(given(&mut state, Token { good: true, ..old }));
        }
        _ => return Err(oauth(400, "unsupported_grant_type", "Not supported here")),
    }
    // Whatever comes of it, a code is used up.
    let code = state
        .codes
        .remove(need(&fields, "code")?)
        .ok_or_else(wrong)?;
    let verifier = text(&fields, "code_verifier")?.unwrap_or_default();
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    let fits = code.app == app
        && code.redirect == need(&fields, "redirect_uri")?
        && (code.challenge.is_empty() || code.challenge == challenge)
        && code.made.elapsed() < CODE_LIFE;
    if !fits {
        return Err(wrong());
    }
    let made = Token {
        username: code.username,
        good: true,
        app,
        scopes: code.scopes,
    };
    ok(given(&mut state, made))
}

/// Gives a token out.
fn given(state: &mut State, made: Token) -> Value {
    let token = state.opaque("token");
    let mut answer = json!({
        "access_token": token, "token_type": "Bearer", "scope": made.scopes.join(" "),
        "created_at": state.now().as_secs(),
    });
    if state.rules.renews {
        let refresh = state.opaque("refresh token");
        answer["refresh_token"] = json!(refresh);
        answer["expires_in"] = json!(7_200);
        state.refresh.insert(refresh, token.clone());
    }
    state.tokens.insert(token, made);
    answer
}

pub async fn revoke(From(state): From<Shared>, headers: HeaderMap, body: Bytes) -> Answer {
    let mut state = lock(&state);
    let fields = fields(&headers, &body, &["client_id", "client_secret", "token"])?;
    let app = client(&state, &fields)
        .map_err(|_| {
            oauth(
                403,
                "unauthorized_client",
                "You are not authorized to revoke this token",
            )
        })?
        .to_owned();
    if let Some(token) = state
        .tokens
        .get_mut(need(&fields, "token")?)
        .filter(|t| t.app == app)
    {
        token.good = false;
    }
    ok(json!({}))
}

/// A token that somebody makes in their preferences.
pub fn own_token(state: &mut State, username: &str, scopes: &str) -> String {
    let token = state.opaque("own token");
    let made = Token {
        username: username.to_owned(),
        good: true,
        app: String::new(),
        scopes: split(scopes),
    };
    state.tokens.insert(token.clone(), made);
    token
}

pub fn caller(state: &State, headers: &HeaderMap, scope: &str) -> Result<Person, Refused> {
    let token = state.tokens.get(bearer(headers));
    let token = token.ok_or_else(|| Refused::new(401, "The access token is invalid"))?;
    if !token.good {
        return Err(Refused::new(401, "The access token was revoked"));
    }
    if !covers(&token.scopes, scope) {
        return Err(Refused::new(
            403,
            "This action is outside the authorized scopes",
        ));
    }
    let person = state.person(&token.username);
    let person = person.map_err(|_| Refused::new(401, "The access token is invalid"))?;
    if person.disabled {
        return Err(Refused::new(403, "Your login is currently disabled"));
    }
    Ok(person.clone())
}
