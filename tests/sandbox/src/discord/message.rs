//! What a message may be.

use serde_json::{Map, Value, json};

use super::{Call, File, Refused};

/// Largest file and largest call, in bytes.
const MAX_FILE: usize = 10 << 20;
const MAX_CALL: usize = 25 << 20;

/// Fields of a message that both ways have, then those of one alone.
const FIELDS: [&str; 5] = [
    "content",
    "embeds",
    "allowed_mentions",
    "flags",
    "attachments",
];
const OF_WEBHOOKS: [&str; 3] = ["username", "avatar_url", "thread_name"];
const OF_BOTS: [&str; 3] = ["nonce", "enforce_nonce", "message_reference"];

fn length(value: &Value) -> usize {
    value
        .as_str()
        .map_or(usize::MAX, |text| text.chars().count())
}

/// A message that may be posted.
pub(super) fn checked(call: &Call, by_bot: bool) -> Result<Map<String, Value>, Refused> {
    let odd = || Refused::new(400, 50_109, "The request body contains invalid JSON.");
    let input = call.body.as_object().ok_or_else(odd)?;
    let own = if by_bot { &OF_BOTS } else { &OF_WEBHOOKS };
    for name in input.keys() {
        if !FIELDS.contains(&name.as_str()) && !own.contains(&name.as_str()) {
            return Err(Refused::field(name, "UNKNOWN_FIELD"));
        }
    }
    let limits = [
        ("content", 2_000),
        ("nonce", 25),
        ("username", 80),
        ("thread_name", 100),
    ];
    for (name, max) in limits {
        if input.get(name).is_some_and(|text| length(text) > max) {
            return Err(Refused::field(name, "BASE_TYPE_MAX_LENGTH"));
        }
    }
    let flags = input.get("flags").map_or(Some(0), Value::as_u64);
    if flags.is_none_or(|flags| flags & !((1 << 2) | (1 << 12)) != 0) {
        return Err(Refused::field("flags", "BASE_TYPE_CHOICES"));
    }
    mentions(input.get("allowed_mentions"))?;
    embeds(input.get("embeds"), &call.files)?;
    files(input.get("attachments"), &call.files)?;
    let says = input
        .get("content")
        .and_then(Value::as_str)
        .is_some_and(|text| !text.trim().is_empty());
    if !says && !input.contains_key("embeds") && call.files.is_empty() {
        return Err(Refused::new(400, 50_006, "Cannot send an empty message"));
    }
    Ok(input.clone())
}

fn mentions(value: Option<&Value>) -> Result<(), Refused> {
    let Some(value) = value else { return Ok(()) };
    let parse = value["parse"].as_array();
    let known = |one: &Value| ["users", "roles", "everyone"].iter().any(|k| one == k);
    if parse.is_none_or(|all| !all.iter().all(known)) {
        return Err(Refused::field("allowed_mentions", "BASE_TYPE_CHOICES"));
    }
    Ok(())
}

fn embeds(value: Option<&Value>, files: &[(String, File)]) -> Result<(), Refused> {
    let Some(value) = value else { return Ok(()) };
    let odd = |code: &str| Err(Refused::field("embeds", code));
    let Some(all) = value.as_array().filter(|all| all.len() <= 10) else {
        return odd("BASE_TYPE_MAX_LENGTH");
    };
    let mut total = 0;
    for one in all {
        let Some(one) = one.as_object() else {
            return odd("MODEL_TYPE_CONVERT");
        };
        for (name, value) in one {
            let max = match name.as_str() {
                "title" => 256,
                "description" => 4_096,
                "url" => {
                    let address = value.as_str().unwrap_or_default();
                    if !address.starts_with("http") {
                        return odd("URL_TYPE_INVALID_URL");
                    }
                    continue;
                }
                "image" => {
                    let address = value["url"].as_str().unwrap_or_default();
                    let named = address.strip_prefix("attachment://");
                    let there = |name: &str| files.iter().any(|(_, file)| file.name == name);
                    if named.is_none_or(|name| !there(name)) {
                        return odd("URL_TYPE_INVALID_URL");
                    }
                    continue;
                }
                "color" => continue,
                _ => return odd("UNKNOWN_FIELD"),
            };
            let length = length(value);
            if length > max {
                return odd("BASE_TYPE_MAX_LENGTH");
            }
            total += length;
        }
        if !one.contains_key("title")
            && !one.contains_key("description")
            && !one.contains_key("image")
        {
            return Err(Refused::new(400, 50_006, "Cannot send an empty message"));
        }
    }
    if total > 6_000 {
        return odd("MAX_EMBED_SIZE_EXCEEDED");
    }
    Ok(())
}

fn files(listed: Option<&Value>, files: &[(String, File)]) -> Result<(), Refused> {
    let odd = |code: &str| Err(Refused::field("attachments", code));
    let listed = listed
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    if files.len() > 10 || listed.len() != files.len() {
        return odd("BASE_TYPE_MAX_LENGTH");
    }
    let all: usize = files.iter().map(|(_, file)| file.bytes.len()).sum();
    if all > MAX_CALL || files.iter().any(|(_, file)| file.bytes.len() > MAX_FILE) {
        return Err(Refused::new(413, 40_005, "Request entity too large"));
    }
    for (n, one) in listed.iter().enumerate() {
        let Some(fields) = one.as_object() else {
            return odd("MODEL_TYPE_CONVERT");
        };
        let known = ["id", "filename", "description", "is_spoiler"];
        if fields.keys().any(|name| !known.contains(&name.as_str())) {
            return odd("UNKNOWN_FIELD");
        }
        let part = format!("files[{n}]");
        let file = files.iter().find(|(name, _)| *name == part);
        let same = file.is_some_and(|(_, file)| one["filename"] == file.name.as_str());
        if one["id"] != n || !same {
            return odd("ATTACHMENT_NOT_FOUND");
        }
        if fields
            .get("description")
            .is_some_and(|text| length(text) > 1_024)
        {
            return odd("BASE_TYPE_MAX_LENGTH");
        }
    }
    Ok(())
}

/// A message as the interface shows it.
pub(super) fn shown(
    id: &str,
    channel: &str,
    author: &str,
    input: &Map<String, Value>,
    files: &[(String, File)],
) -> Value {
    let text = input
        .get("content")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let attachments = files.iter().map(|(_, file)| {
        json!({
            "id": id, "filename": file.name, "size": file.bytes.len(), "content_type": file.mime,
            "url": "https://cdn.discordapp.com/attachments/x?ex=1&is=2&hm=3",
        })
    });
    json!({
        "id": id, "channel_id": channel, "author": { "id": author }, "type": 0,
        "content": text.trim(), "attachments": attachments.collect::<Vec<_>>(),
        "embeds": input.get("embeds").cloned().unwrap_or_else(|| json!([])),
        "flags": input.get("flags").cloned().unwrap_or_else(|| json!(0)),
    })
}
