//! Sessions of the sandbox: tokens that look real, end, and are replaced.

use axum::http::header;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Answer, Call, Refused, Standing, State, text};

/// Who calls, by their access token.
pub fn caller(state: &State, call: &Call<'_>) -> Result<String, Refused> {
    let token = bearer(call)?;
    match state.access.get(token) {
        Some((did, true)) => match state.standing.get(did) {
            Some(Standing::TakenDown) => Err(Refused(
                401,
                "AccountTakedown",
                "Account has been taken down".to_owned(),
            )),
            _ => Ok(did.clone()),
        },
        Some((_, false)) => Err(Refused(400, "ExpiredToken", "Token has expired".to_owned())),
        None => Err(Refused(
            400,
            "InvalidToken",
            "Token could not be verified".to_owned(),
        )),
    }
}

fn bearer<'a>(call: &'a Call<'_>) -> Result<&'a str, Refused> {
    call.header(header::AUTHORIZATION)
        .strip_prefix("Bearer ")
        .ok_or_else(|| Refused(401, "AuthMissing", "Authentication Required".to_owned()))
}

fn token(state: &mut State, did: &str, scope: &str, life: i64) -> String {
    state.tokens_made += 1;
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({
        "scope": scope, "sub": did, "iat": 1_700_000_000, "exp": 1_700_000_000 + life,
        "jti": state.tokens_made,
    });
    format!(
        "{}.{}.{}",
        part(json!({ "alg": "HS256" })),
        part(claims),
        "c2lnbmF0dXJlLW9mLXRoZS1zYW5kYm94"
    )
}

fn pair(state: &mut State, did: &str) -> Value {
    let access = token(state, did, "com.atproto.appPass", 7_200);
    let refresh = token(state, did, "com.atproto.refresh", 7_776_000);
    state.access.insert(access.clone(), (did.to_owned(), true));
    state
        .refresh
        .insert(refresh.clone(), (did.to_owned(), true));
    let handle = state
        .person(did)
        .map(|p| p.handle.clone())
        .unwrap_or_default();
    json!({ "accessJwt": access, "refreshJwt": refresh, "did": did, "handle": handle, "active": true })
}

pub fn create(state: &mut State, call: &Call<'_>) -> Answer {
    let input = call.json()?;
    let (identifier, password) = (text(&input, "identifier")?, text(&input, "password")?);
    let wrong = || {
        Refused(
            401,
            "AuthenticationRequired",
            "Invalid identifier or password".to_owned(),
        )
    };
    let person = state
        .people
        .iter()
        .find(|p| p.handle == identifier || p.did == identifier);
    let person = person.cloned().ok_or_else(wrong)?;
    match state.standing.get(&person.did) {
        Some(Standing::Deleted) => return Err(wrong()),
        Some(Standing::TakenDown) => {
            return Err(Refused(
                401,
                "AccountTakedown",
                "Account has been taken down".to_owned(),
            ));
        }
        _ => {}
    }
    if password == person.main_password {
        return Err(Refused(
            401,
            "AuthFactorTokenRequired",
            "A sign in code has been sent".to_owned(),
        ));
    }
    if password != person.password {
        return Err(wrong());
    }
    Ok(pair(state, &person.did))
}

pub fn refresh(state: &mut State, call: &Call<'_>) -> Answer {
    if !call.body.is_empty() {
        return Err(Refused::invalid(
            "A request body was provided when none was expected",
        ));
    }
    let old = bearer(call)?.to_owned();
    let did = match state.refresh.get(&old) {
        Some((did, true)) => did.clone(),
        Some((_, false)) => {
            return Err(Refused(
                400,
                "ExpiredToken",
                "Token has been revoked".to_owned(),
            ));
        }
        None => {
            return Err(Refused(
                400,
                "InvalidToken",
                "Token could not be verified".to_owned(),
            ));
        }
    };
    // Stricter than the reference server, which forgives for two hours: a token is used once.
    state.refresh.insert(old, (did.clone(), false));
    state.access.retain(|_, (owner, _)| *owner != did);
    state.refreshes += 1;
    Ok(pair(state, &did))
}

pub fn delete(state: &mut State, call: &Call<'_>) -> Answer {
    let token = bearer(call)?;
    match state.refresh.get_mut(token) {
        Some(entry) => {
            entry.1 = false;
            Ok(Value::Null)
        }
        None => Err(Refused(
            400,
            "InvalidToken",
            "Token could not be verified".to_owned(),
        )),
    }
}

pub fn get(state: &State, call: &Call<'_>) -> Answer {
    let did = caller(state, call)?;
    let handle = state
        .person(&did)
        .map(|p| p.handle.clone())
        .unwrap_or_default();
    Ok(json!({ "did": did, "handle": handle, "active": true }))
}
