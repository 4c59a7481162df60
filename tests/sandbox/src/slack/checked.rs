//! Which arguments a method takes and how, and what a message may be.

use serde_json::{Map, Value, json};

use super::Refused;

/// Arguments of a method, and whether it takes JSON.
fn arguments(method: &str) -> Option<(&'static [&'static str], bool)> {
    Some(match method {
        "auth.test" => (&[], false),
        "conversations.info" => (&["channel"], false),
        "conversations.list" => (&["types", "exclude_archived", "limit", "cursor"], false),
        "conversations.history" => (
            &[
                "channel",
                "oldest",
                "latest",
                "inclusive",
                "include_all_metadata",
                "limit",
                "cursor",
            ],
            false,
        ),
        "conversations.replies" => (&["channel", "ts", "limit", "cursor"], false),
        "files.getUploadURLExternal" => (&["filename", "length", "alt_txt"], false),
        "files.completeUploadExternal" => (
            &[
                "files",
                "channel_id",
                "thread_ts",
                "initial_comment",
                "blocks",
            ],
            true,
        ),
        "files.info" => (&["file"], false),
        "files.delete" => (&["file"], true),
        "chat.postMessage" => (
            &[
                "channel",
                "text",
                "blocks",
                "mrkdwn",
                "unfurl_links",
                "unfurl_media",
                "metadata",
                "thread_ts",
                "reply_broadcast",
            ],
            true,
        ),
        "chat.delete" => (&["channel", "ts"], true),
        _ => return None,
    })
}

/// The arguments of a call.
pub(super) fn input(method: &str, kind: &str, body: &[u8]) -> Result<Map<String, Value>, Refused> {
    let (known, takes_json) = arguments(method).ok_or(Refused::from("unknown_method"))?;
    let input = if kind.starts_with("application/json") {
        if !takes_json {
            return Err("invalid_arguments".into());
        }
        if !kind.contains("charset=utf-8") {
            return Err(Refused(
                "invalid_json",
                json!({ "warning": "missing_charset" }),
            ));
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(input)) => input,
            _ => return Err("invalid_json".into()),
        }
    } else if kind.starts_with("application/x-www-form-urlencoded") || body.is_empty() {
        form(body).ok_or(Refused::from("invalid_form_data"))?
    } else {
        return Err("invalid_post_type".into());
    };
    if input.keys().any(|name| !known.contains(&name.as_str())) {
        return Err("invalid_arg_name".into());
    }
    Ok(input)
}

fn form(body: &[u8]) -> Option<Map<String, Value>> {
    let query = std::str::from_utf8(body).ok()?;
    let uri: axum::http::Uri = format!("http://x/?{query}").parse().ok()?;
    let fields = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&uri).ok()?;
    Some(fields.0.into_iter().map(|(k, v)| (k, json!(v))).collect())
}

/// A message: with words, and with blocks as they are documented.
pub(super) fn message(input: &Map<String, Value>) -> Result<(), Refused> {
    let text = input
        .get("text")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if text.trim().is_empty() && !input.contains_key("blocks") {
        return Err("no_text".into());
    }
    if text.chars().count() > 40_000 {
        return Err("msg_too_long".into());
    }
    for name in ["mrkdwn", "unfurl_links", "unfurl_media"] {
        if input.get(name).is_some_and(|flag| !flag.is_boolean()) {
            return Err("invalid_arguments".into());
        }
    }
    input.get("blocks").map_or(Ok(()), blocks)
}

pub(super) fn blocks(value: &Value) -> Result<(), Refused> {
    let odd = Err("invalid_blocks".into());
    let Some(all) = value.as_array().filter(|all| (1..=50).contains(&all.len())) else {
        return odd;
    };
    let length = |block: &Value, path: &str| {
        let text = block.pointer(path).and_then(Value::as_str);
        text.map_or(0, |text| text.chars().count())
    };
    for block in all {
        let good = match block["type"].as_str().unwrap_or_default() {
            "header" => {
                (1..=150).contains(&length(block, "/text/text"))
                    && block["text"]["type"] == "plain_text"
            }
            "section" => {
                (1..=3_000).contains(&length(block, "/text/text"))
                    && block["text"]["type"] == "mrkdwn"
            }
            "rich_text" => {
                let elements = block["elements"][0]["elements"].as_array();
                elements.is_some_and(|elements| {
                    let known = |e: &Value| e["text"].is_string() || e["url"].is_string();
                    !elements.is_empty() && elements.iter().all(known)
                })
            }
            "actions" => {
                let address = block["elements"][0]["url"].as_str().unwrap_or_default();
                (1..=75).contains(&length(block, "/elements/0/text/text"))
                    && address.starts_with("http")
            }
            _ => false,
        };
        if !good {
            return odd;
        }
    }
    Ok(())
}
