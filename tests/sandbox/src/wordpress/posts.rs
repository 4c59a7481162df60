//! Articles of the site, with the rules of WordPress for their status, date and address.

use serde_json::{Map, Value, json};

use super::{Answer, Call, Post, Refused, State};

/// Every field of an article that may be sent, with the kind of its value.
const FIELDS: [(&str, &str); 14] = [
    ("title", "text"),
    ("content", "text"),
    ("excerpt", "text"),
    ("status", "text"),
    ("slug", "text"),
    ("date_gmt", "text"),
    ("featured_media", "number"),
    ("categories", "numbers"),
    ("tags", "numbers"),
    ("comment_status", "text"),
    ("ping_status", "text"),
    ("format", "text"),
    ("sticky", "switch"),
    ("password", "text"),
];

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> &'a str {
    let value = fields.get(name).and_then(Value::as_str);
    value.unwrap_or_default()
}

fn is_out(status: &str) -> bool {
    matches!(status, "publish" | "future" | "private")
}

/// Checks the fields of a call.
fn checked(state: &State, call: &Call<'_>) -> Result<Map<String, Value>, Refused> {
    let person = call
        .caller
        .as_ref()
        .ok_or_else(|| Refused::new(401, "rest_cannot_create"))?;
    let body = call.json()?;
    for (name, value) in &body {
        let kind = FIELDS.iter().find(|f| f.0 == name).map(|f| f.1);
        let numbers = || {
            value
                .as_array()
                .is_some_and(|a| a.iter().all(Value::is_u64))
        };
        let fits = match kind {
            Some("text") => value.is_string(),
            Some("number") => value.is_u64(),
            Some("numbers") => numbers(),
            Some("switch") => value.is_boolean(),
            _ => false,
        };
        if !fits {
            let data = json!({ "status": 400, "params": { name: "is not of its type" } });
            return Err(Refused(400, "rest_invalid_param", data));
        }
    }
    let status = text(&body, "status");
    if !["", "publish", "future", "draft", "pending", "private"].contains(&status) {
        return Err(Refused::new(400, "rest_invalid_param"));
    }
    if is_out(status) && !person.author {
        return Err(Refused::new(403, "rest_cannot_publish"));
    }
    let known = |list: &[(u64, String)], name: &str| {
        let all = body.get(name).and_then(Value::as_array);
        let mut ids = all.into_iter().flatten().filter_map(Value::as_u64);
        ids.all(|id| list.iter().any(|t| t.0 == id))
    };
    if !known(&state.categories, "categories") || !known(&state.tags, "tags") {
        return Err(Refused::new(400, "rest_invalid_param"));
    }
    Ok(body)
}

/// Applies a call to an article.
fn apply(state: &mut State, id: u64, body: Map<String, Value>) -> Answer {
    let taken = |slug: &str| {
        let others = state.posts.iter().filter(|(other, _)| **other != id);
        let mut out = others.filter(|(_, p)| is_out(text(&p.fields, "status")));
        out.any(|(_, p)| text(&p.fields, "slug") == slug)
    };
    let mut fields = state
        .posts
        .get(&id)
        .map(|p| p.fields.clone())
        .unwrap_or_default();
    let before = text(&fields, "status").to_owned();
    fields.extend(body);
    if ["title", "content", "excerpt"]
        .iter()
        .all(|n| text(&fields, n).is_empty())
    {
        return Err(Refused::new(400, "empty_content"));
    }
    // An unknown picture becomes none, without a word.
    let picture = fields.get("featured_media").and_then(Value::as_u64);
    if picture.is_some_and(|id| !state.files.iter().any(|f| f.id == id)) {
        fields.insert("featured_media".to_owned(), 0.into());
    }
    let mut status = text(&fields, "status").to_owned();
    let date = format!("{}Z", text(&fields, "date_gmt").trim_end_matches('Z'));
    if let Ok(date) = date.parse::<jiff::Timestamp>() {
        let now = now(state);
        if matches!(status.as_str(), "publish" | "future") {
            let ahead = date > now;
            (if ahead { "future" } else { "publish" }).clone_into(&mut status);
        }
    }
    fields.insert("status".to_owned(), status.clone().into());
    let slug = text(&fields, "slug").to_owned();
    if is_out(&status) && taken(&slug) {
        fields.insert("slug".to_owned(), format!("{slug}-2").into());
    }
    fields.insert("id".to_owned(), id.into());
    let link = if is_out(&status) {
        format!("{}/{}/", state.origin, text(&fields, "slug"))
    } else {
        format!("{}/?p={id}", state.origin)
    };
    fields.insert("link".to_owned(), link.into());
    if is_out(&status) && !is_out(&before) {
        state.made += 1;
    }
    let answer = Value::Object(fields.clone());
    if let Some(post) = state.posts.get_mut(&id) {
        post.fields = fields;
    }
    Ok((200, answer, None))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a server stands in the real world"
)]
fn now(state: &State) -> jiff::Timestamp {
    state.now.unwrap_or_else(jiff::Timestamp::now)
}

/// Publishes what was kept and is due, as the site does when somebody visits it.
pub fn publish_due(state: &mut State) {
    let now = now(state);
    for post in state.posts.values_mut() {
        let date = format!("{}Z", text(&post.fields, "date_gmt").trim_end_matches('Z'));
        let due = date.parse::<jiff::Timestamp>().is_ok_and(|at| at <= now);
        if due && text(&post.fields, "status") == "future" {
            post.fields.insert("status".to_owned(), "publish".into());
        }
    }
}

/// Makes an article.
pub fn make(state: &mut State, call: &Call<'_>) -> Answer {
    let mut body = checked(state, call)?;
    let author = call.person()?.id;
    body.entry("status").or_insert_with(|| "draft".into());
    let id = state.next_post;
    let fields = Map::new();
    state.posts.insert(id, Post { author, fields });
    match apply(state, id, body) {
        Ok((_, answer, _)) => {
            state.next_post += 1;
            Ok((201, answer, None))
        }
        Err(refused) => {
            state.posts.remove(&id);
            Err(refused)
        }
    }
}

/// Whether the caller may change an article.
fn mine(state: &State, call: &Call<'_>, id: u64) -> Result<(), Refused> {
    let post = state
        .posts
        .get(&id)
        .ok_or_else(|| Refused::new(404, "rest_post_invalid_id"))?;
    match &call.caller {
        None => Err(Refused::new(401, "rest_cannot_edit")),
        Some(person) if person.id != post.author => Err(Refused::new(403, "rest_cannot_edit")),
        Some(_) => Ok(()),
    }
}

/// Changes an article.
pub fn change(state: &mut State, call: &Call<'_>, id: u64) -> Answer {
    mine(state, call, id)?;
    let body = checked(state, call)?;
    apply(state, id, body)
}

/// Reads an article as its author does.
pub fn get(state: &State, call: &Call<'_>, id: u64) -> Answer {
    mine(state, call, id)?;
    let fields = state.posts.get(&id).map(|p| p.fields.clone());
    Ok((200, Value::Object(fields.unwrap_or_default()), None))
}

/// Lists articles.
pub fn list(state: &State, call: &Call<'_>) -> Answer {
    if call.caller.is_none() && call.parameter("context") == "edit" {
        return Err(Refused::new(401, "rest_forbidden_context"));
    }
    let (slug, author) = (call.parameter("slug"), call.parameter("author"));
    let any = call.parameter("status") == "any";
    let posts = state.posts.values().filter(|p| {
        let status = text(&p.fields, "status");
        let seen = if any {
            status != "trash"
        } else {
            status == "publish"
        };
        let named = slug.is_empty() || text(&p.fields, "slug") == slug;
        seen && named && (author.is_empty() || p.author.to_string() == author)
    });
    let found: Vec<Value> = posts.map(|p| Value::Object(p.fields.clone())).collect();
    let total = found.len();
    Ok((200, found.into(), Some(total)))
}

/// Moves an article to the trash, or deletes it.
pub fn delete(state: &mut State, call: &Call<'_>, id: u64) -> Answer {
    mine(state, call, id)?;
    if call.parameter("force") == "true" {
        state.posts.remove(&id);
        return Ok((200, json!({ "deleted": true }), None));
    }
    let post = state.posts.get_mut(&id);
    let Some(post) = post.filter(|p| text(&p.fields, "status") != "trash") else {
        return Err(Refused::new(410, "rest_already_trashed"));
    };
    let slug = format!("{}__trashed", text(&post.fields, "slug"));
    post.fields.insert("slug".to_owned(), slug.into());
    post.fields.insert("status".to_owned(), "trash".into());
    Ok((200, Value::Object(post.fields.clone()), None))
}
