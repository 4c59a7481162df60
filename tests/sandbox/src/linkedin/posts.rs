//! Posts at the sandbox of LinkedIn.

use std::collections::HashMap;

use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::{
    Answer, Post, Refused, Sandbox, Shared, State, held, may_write, only, text, versioned,
};

/// What LinkedIn calls a post's time: real, since people try the program with it.
#[expect(
    clippy::disallowed_methods,
    reason = "a stand-in for a network has its own clock"
)]
fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

fn invalid(message: impl Into<String>) -> Refused {
    Refused::new(400, "INVALID_VALUE_FOR_FIELD", message)
}

fn unknown(field: &str) -> Refused {
    let message = format!("ERROR :: /{field} :: unrecognized field found but not allowed");
    Refused::new(422, "UNPROCESSABLE_ENTITY", message)
}

/// A text in little text has every reserved sign escaped that is no part of an element.
fn check_little(text: &str) -> Result<usize, Refused> {
    let mut length = 0;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let (taken, units) = match c {
            '\\' => {
                let next = after.chars().next().map_or(0, char::len_utf8);
                (1 + next, 1)
            }
            '#' if after.starts_with(char::is_alphanumeric) => (1, 1),
            '@' if after.starts_with('[') && after.contains("](urn:li:") => {
                let end = rest
                    .find(')')
                    .ok_or_else(|| invalid("a mention does not end"))?;
                (end + 1, end)
            }
            '|' | '{' | '}' | '@' | '[' | ']' | '(' | ')' | '<' | '>' | '#' | '*' | '_' | '~' => {
                return Err(invalid(format!("/commentary: {c} is reserved")));
            }
            _ => (c.len_utf8(), c.len_utf16()),
        };
        length += units;
        rest = &rest[taken..];
    }
    Ok(length)
}

fn check_file(state: &State, author: &str, file: &Value, sorts: &[&str]) -> Result<(), Refused> {
    let known = ["id", "altText", "title"];
    let keys = file.as_object().ok_or_else(|| invalid("/content"))?.keys();
    if let Some(key) = keys.into_iter().find(|k| !known.contains(&k.as_str())) {
        return Err(unknown(&format!("content/{key}")));
    }
    let urn = file.get("id").and_then(Value::as_str).unwrap_or_default();
    let found = state.files.get(urn).filter(|f| sorts.contains(&f.sort));
    let found =
        found.ok_or_else(|| Refused::new(400, "INVALID_URN_ID", "The file is not known"))?;
    if found.owner != author {
        return Err(Refused::new(
            400,
            "INVALID_CONTENT_OWNERSHIP",
            "The file is another's",
        ));
    }
    if found.parts.is_empty() || !found.finalized {
        let message = "The media asset is waiting for its upload";
        return Err(Refused::new(400, "MEDIA_ASSET_WAITING_UPLOAD", message));
    }
    let title = file.get("title").and_then(Value::as_str);
    if found.sort == "document" && title.is_none_or(str::is_empty) {
        return Err(Refused::new(400, "MISSING_FIELD", "/content/media/title"));
    }
    let alt = file
        .get("altText")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if alt.chars().count() > 4_086 {
        return Err(Refused::new(
            400,
            "FIELD_LENGTH_TOO_LONG",
            "/content/media/altText",
        ));
    }
    Ok(())
}

fn check_content(state: &State, author: &str, content: &Value) -> Result<(), Refused> {
    let kinds = content.as_object().ok_or_else(|| invalid("/content"))?;
    let mut kinds = kinds.iter();
    match (kinds.next(), kinds.next()) {
        (Some((kind, value)), None) => match kind.as_str() {
            "media" => check_file(state, author, value, &["image", "video", "document"]),
            "multiImage" => {
                let images = value.get("images").and_then(Value::as_array);
                let images = images.filter(|i| (2..=20).contains(&i.len()));
                let images = images.ok_or_else(|| invalid("/content/multiImage takes 2 to 20"))?;
                images
                    .iter()
                    .try_for_each(|i| check_file(state, author, i, &["image"]))
            }
            "article" => {
                let known = [
                    "source",
                    "title",
                    "description",
                    "thumbnail",
                    "thumbnailAltText",
                ];
                let card = value
                    .as_object()
                    .ok_or_else(|| invalid("/content/article"))?;
                if let Some(key) = card.keys().find(|k| !known.contains(&k.as_str())) {
                    return Err(unknown(&format!("content/article/{key}")));
                }
                let source = value
                    .get("source")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                let title = value.get("title").and_then(Value::as_str);
                if !source.starts_with("http") || title.is_none_or(str::is_empty) {
                    return Err(Refused::new(400, "MISSING_FIELD", "/content/article"));
                }
                let alt = value.get("thumbnailAltText");
                match value.get("thumbnail") {
                    Some(urn) => {
                        let picture = json!({ "id": urn, "altText": alt });
                        check_file(state, author, &picture, &["image"])
                    }
                    None if alt.is_some() => Err(invalid("/content/article/thumbnailAltText")),
                    None => Ok(()),
                }
            }
            other => Err(unknown(&format!("content/{other}"))),
        },
        _ => Err(invalid("/content holds exactly one kind")),
    }
}

fn check(state: &State, author: &str, post: &Value) -> Result<(), Refused> {
    let needed = [
        "author",
        "commentary",
        "visibility",
        "distribution",
        "lifecycleState",
        "isReshareDisabledByAuthor",
    ];
    let fields = post.as_object().ok_or_else(|| invalid("not an object"))?;
    if let Some(name) = needed.iter().find(|n| !fields.contains_key(**n)) {
        let message = format!("ERROR :: /{name} :: field is required but not found");
        return Err(Refused::new(422, "MISSING_FIELD", message));
    }
    let extra = |k: &&String| !needed.contains(&k.as_str()) && *k != "content";
    if let Some(name) = fields.keys().find(extra) {
        return Err(unknown(name));
    }
    let value = |name: &str| post.get(name).and_then(Value::as_str).unwrap_or_default();
    let audience: &[&str] = if author.contains(":organization:") {
        &["PUBLIC", "LOGGED_IN"]
    } else {
        &["PUBLIC", "CONNECTIONS", "LOGGED_IN"]
    };
    let feed = post
        .pointer("/distribution/feedDistribution")
        .and_then(Value::as_str);
    if !audience.contains(&value("visibility"))
        || value("lifecycleState") != "PUBLISHED"
        || feed != Some("MAIN_FEED")
        || !post["isReshareDisabledByAuthor"].is_boolean()
    {
        return Err(invalid("a field has an unknown value"));
    }
    if check_little(value("commentary"))? > 3_000 {
        return Err(Refused::new(400, "FIELD_LENGTH_TOO_LONG", "/commentary"));
    }
    if let Some(content) = post.get("content") {
        check_content(state, author, content)?;
    } else if value("commentary").is_empty() {
        return Err(Refused::new(400, "MISSING_FIELD", "/commentary"));
    }
    let same = |p: &&Post| {
        !p.gone && p.author == author && p.asked.get("commentary") == post.get("commentary")
    };
    if let Some(first) = state
        .posts
        .iter()
        .find(same)
        .filter(|_| !value("commentary").is_empty())
    {
        let message = format!("Content is a duplicate of {}", first.urn);
        let mut refused = Refused::new(422, "UNPROCESSABLE_ENTITY", message);
        refused.inputs = vec!["DUPLICATE_POST"];
        return Err(refused);
    }
    Ok(())
}

pub async fn create(
    axum::extract::State(state): Shared,
    headers: HeaderMap,
    axum::Json(post): axum::Json<Value>,
) -> Answer {
    let mut state = held(&state);
    let grant = versioned(&mut state, &headers)?;
    let author = post
        .get("author")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    may_write(&state, &grant, &author)?;
    check(&state, &author, &post)?;
    let urn = format!("urn:li:share:{}", state.number());
    state.posts.push(Post {
        urn: urn.clone(),
        author,
        created: now(),
        asked: post,
        gone: false,
    });
    Ok((StatusCode::CREATED, [("x-restli-id", urn)]).into_response())
}

/// Hashtags come back as templates.
fn templated(little: &str) -> String {
    let mut out = String::new();
    let mut rest = little;
    let mut escaped = false;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        if c == '#' && !escaped && after.starts_with(char::is_alphanumeric) {
            let end = after
                .find(|c: char| !c.is_alphanumeric())
                .unwrap_or(after.len());
            out.push_str("{hashtag|\\#|");
            out.push_str(&after[..end]);
            out.push('}');
            rest = &after[end..];
            continue;
        }
        escaped = c == '\\' && !escaped;
        out.push(c);
        rest = after;
    }
    out
}

pub async fn feed(
    axum::extract::State(state): Shared,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Answer {
    let mut state = held(&state);
    let grant = versioned(&mut state, &headers)?;
    only(&query, &["author", "q", "start", "count", "sortBy"])?;
    let author = query.get("author").cloned().unwrap_or_default();
    let page = author.starts_with("urn:li:organization:");
    if !page || !grant.covers("r_organization_social") {
        let message = "Not enough permissions to access: partnerApiPosts.FINDER-author";
        return Err(Refused::new(403, "ACCESS_DENIED", message));
    }
    let finder = text(&headers, "x-restli-method") == "FINDER";
    if !finder || query.get("q").map(String::as_str) != Some("author") {
        return Err(invalid("The finder is not named"));
    }
    let number = |name: &str, otherwise: usize| match query.get(name) {
        Some(text) => text.parse().map_err(|_| invalid(format!("/{name}"))),
        None => Ok(otherwise),
    };
    let (start, count) = (number("start", 0)?, number("count", 10)?);
    if !(1..=100).contains(&count) || query.get("sortBy").is_some_and(|by| by != "LAST_MODIFIED") {
        return Err(invalid("/count or /sortBy"));
    }
    // The newest first, and among those of the same instant the one that came last.
    let mut posts: Vec<&Post> = state.posts.iter().rev().collect();
    posts.retain(|p| !p.gone && p.author == author);
    posts.sort_by_key(|p| std::cmp::Reverse(p.created));
    let more = posts.len() > start.saturating_add(count);
    let elements: Vec<Value> = posts
        .into_iter()
        .skip(start)
        .take(count)
        .map(|p| {
            let mut shown = p.asked.clone();
            let words = p.asked["commentary"].as_str().unwrap_or_default();
            shown["commentary"] = templated(words).into();
            shown["id"] = p.urn.clone().into();
            shown["createdAt"] = p.created.into();
            shown["lastModifiedAt"] = p.created.into();
            shown
        })
        .collect();
    let mut links = vec![];
    if more {
        let next = start + count;
        links.push(json!({
            "type": "application/json", "rel": "next",
            "href": format!("/rest/posts?author={author}&q=author&start={next}&count={count}"),
        }));
    }
    let paging = json!({ "start": start, "count": count, "links": links });
    Ok(axum::Json(json!({ "paging": paging, "elements": elements })).into_response())
}

pub async fn remove(
    axum::extract::State(state): Shared,
    Path(urn): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let mut state = held(&state);
    let grant = versioned(&mut state, &headers)?;
    let author = state
        .posts
        .iter()
        .find(|p| p.urn == urn)
        .map(|p| p.author.clone());
    let author = author.ok_or_else(|| Refused::new(404, "NOT_FOUND", "Could not find entity"))?;
    may_write(&state, &grant, &author)?;
    let posts = state.posts.iter_mut().filter(|p| p.urn == urn);
    posts.for_each(|p| p.gone = true);
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub async fn statistics(
    axum::extract::State(state): Shared,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Answer {
    let mut state = held(&state);
    let grant = versioned(&mut state, &headers)?;
    only(&query, &["q", "organizationalEntity", "shares", "ugcPosts"])?;
    if !grant.covers("rw_organization_admin") {
        return Err(Refused::new(403, "ACCESS_DENIED", "Not enough permissions"));
    }
    let list = query.get("shares").cloned().unwrap_or_default();
    let urn = list.trim_start_matches("List(").trim_end_matches(')');
    let there = state.posts.iter().any(|p| p.urn == urn && !p.gone);
    let numbers = json!({
        "share": urn, "totalShareStatistics": {
            "likeCount": 3, "shareCount": 2, "commentCount": 1, "impressionCount": 50,
            "uniqueImpressionsCount": 40, "clickCount": 5, "engagement": 0.1,
        },
    });
    let elements = if there { vec![numbers] } else { vec![] };
    Ok(axum::Json(json!({ "elements": elements })).into_response())
}

impl Sandbox {
    /// A page posts so many others on the network itself, all at this instant.
    pub fn crowd(&self, page: &str, posts: usize, at: jiff::Timestamp) {
        let mut state = self.state();
        for n in 0..posts {
            let post = Post {
                urn: format!("urn:li:share:{}", state.number()),
                author: page.to_owned(),
                created: at.as_millisecond(),
                asked: json!({ "author": page, "commentary": format!("Something else {n}") }),
                gone: false,
            };
            state.posts.push(post);
        }
    }
}
