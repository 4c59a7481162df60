//! Who the site knows, what it says of itself, and its categories and tags.

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Answer, Call, Person, Refused, State};

/// Who calls. A wrong password is no error by itself: the caller is a stranger then.
pub fn caller(state: &State, headers: &HeaderMap) -> Option<Person> {
    if state.passwords_off {
        return None;
    }
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let pair = STANDARD.decode(value.strip_prefix("Basic ")?).ok()?;
    let pair = String::from_utf8(pair).ok()?;
    let (login, password) = pair.split_once(':')?;
    let bare = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
    let people = state.people.iter();
    let mut fitting = people.filter(|p| p.login == login && bare(&p.password) == bare(password));
    fitting.find(|p| !state.revoked.contains(&p.id)).cloned()
}

/// What the site says of its interface.
pub fn index(state: &State) -> Value {
    let page = format!("{}/wp-admin/authorize-application.php", state.origin);
    let offered = if state.passwords_off {
        json!([])
    } else {
        json!({ "application-passwords": { "endpoints": { "authorization": page } } })
    };
    json!({
        "name": "Sandbox", "home": state.origin, "url": state.origin,
        "namespaces": ["oembed/1.0", "wp/v2"], "authentication": offered,
    })
}

/// The name under which a person's application password is taken back.
pub fn uuid(person: &Person) -> String {
    format!("00000000-0000-4000-8000-{:012}", person.id)
}

/// Who calls, and what they may do.
pub fn me(call: &Call<'_>) -> Answer {
    let person = call.person()?;
    let mut capabilities = json!({ "edit_posts": true, "read": true });
    if person.author {
        capabilities["publish_posts"] = true.into();
        capabilities["upload_files"] = true.into();
    }
    let me = json!({
        "id": person.id, "name": person.login.to_uppercase(), "slug": person.login,
        "capabilities": capabilities,
    });
    Ok((200, me, None))
}

/// Categories or tags whose name has something in it.
pub fn terms(all: &[(u64, String)], call: &Call<'_>) -> (u16, Value, Option<usize>) {
    // The database compares the name as it is kept, with its signs escaped.
    let wanted = call
        .parameter("search")
        .replace('&', "&amp;")
        .to_lowercase();
    let found = all
        .iter()
        .filter(|(_, name)| name.to_lowercase().contains(&wanted))
        .map(|(id, name)| json!({ "id": id, "name": name }));
    let found: Vec<Value> = found.collect();
    let total = found.len();
    (200, found.into(), Some(total))
}

/// Makes a tag.
pub fn make_tag(state: &mut State, call: &Call<'_>) -> Answer {
    call.person()?;
    let body = call.json()?;
    let name = body.get("name").and_then(Value::as_str);
    let name = name.ok_or_else(|| Refused::new(400, "rest_missing_callback_param"))?;
    let same = |known: &&(u64, String)| known.1.eq_ignore_ascii_case(name);
    if let Some((id, _)) = state.tags.iter().find(same) {
        let data = json!({ "status": 400, "term_id": id });
        return Err(Refused(400, "term_exists", data));
    }
    let id = 20 + state.tags.len() as u64;
    state.tags.push((id, name.to_owned()));
    Ok((201, json!({ "id": id, "name": name }), None))
}
