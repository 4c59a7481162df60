//! Events and questions of the relay, checked.

use k256::schnorr::{Signature, SigningKey, VerifyingKey};
use ring::digest;
use serde_json::{Value, json};

use crate::hex::hex;

/// Why an event is not taken, with the word in front that programs read.
pub struct Rejected(pub String);

fn bytes(hex: &str) -> Vec<u8> {
    let small = |b: &u8| b.is_ascii_digit() || (b'a'..=b'f').contains(b);
    if !hex.as_bytes().iter().all(small) {
        return vec![];
    }
    let pairs = hex.as_bytes().chunks(2);
    let byte = |pair: &[u8]| {
        let text = std::str::from_utf8(pair).unwrap_or_default();
        u8::from_str_radix(text, 16).unwrap_or_default()
    };
    pairs.map(byte).collect()
}

/// The public key of a secret one; empty when it is none.
pub fn public(secret: &[u8; 32]) -> String {
    let key = SigningKey::from_slice(secret).ok();
    key.map(|k| hex(&k.verifying_key().to_bytes()))
        .unwrap_or_default()
}

fn hash(event: &Value) -> Vec<u8> {
    let said = json!([
        0,
        event["pubkey"],
        event["created_at"],
        event["kind"],
        event["tags"],
        event["content"]
    ]);
    digest::digest(&digest::SHA256, said.to_string().as_bytes())
        .as_ref()
        .to_vec()
}

/// Makes an event.
pub fn signed(secret: &[u8; 32], at: i64, kind: u64, tags: &Value, content: &str) -> Value {
    let mut event = json!({
        "pubkey": public(secret), "created_at": at, "kind": kind, "tags": tags, "content": content,
    });
    let id = hash(&event);
    let key = SigningKey::from_slice(secret).ok();
    let signature = key.and_then(|k| k.sign_raw(&id, &[3; 32]).ok());
    event["id"] = hex(&id).into();
    event["sig"] = signature.map(|s| hex(&s.to_bytes())).into();
    event
}

/// Checks an event: its fields and their kinds, its name and its signature.
pub fn check(event: &Value) -> Result<(), Rejected> {
    let invalid = |why: &str| Err(Rejected(format!("invalid: {why}")));
    let Some(fields) = event.as_object() else {
        return invalid("not an event");
    };
    let mut names: Vec<&str> = fields.keys().map(String::as_str).collect();
    names.sort_unstable();
    if names
        != [
            "content",
            "created_at",
            "id",
            "kind",
            "pubkey",
            "sig",
            "tags",
        ]
    {
        return invalid("fields are missing or unknown");
    }
    let text = |name: &str| event[name].as_str().unwrap_or_default();
    let tag = |tag: &Value| {
        let words = tag.as_array();
        words.is_some_and(|w| !w.is_empty() && w.iter().all(Value::is_string))
    };
    let whole = event["content"].is_string()
        && event["created_at"].is_i64()
        && event["kind"].as_u64().is_some_and(|k| k < 65_536)
        && event["tags"]
            .as_array()
            .is_some_and(|all| all.iter().all(tag));
    if !whole {
        return invalid("a field is not of its kind");
    }
    let tags = event["tags"].as_array().into_iter().flatten();
    let mut points = tags.filter(|t| t[0] == "e" || t[0] == "p");
    if !points.all(|t| t[1].as_str().is_some_and(|id| bytes(id).len() == 32)) {
        return invalid("a tag names no event or key");
    }
    if bytes(text("id")) != hash(event) {
        return invalid("the id is not the hash");
    }
    let key = VerifyingKey::from_slice(&bytes(text("pubkey")));
    let signature = Signature::from_slice(&bytes(text("sig")));
    match (key, signature) {
        (Ok(key), Ok(signature)) if key.verify_raw(&hash(event), &signature).is_ok() => Ok(()),
        _ => invalid("the signature is wrong"),
    }
}

/// Events that a question is about, newest first; none when it cannot be read.
pub fn matching<'a>(filter: &Value, events: impl Iterator<Item = &'a Value>) -> Option<Vec<Value>> {
    let conditions = filter.as_object()?;
    let known = |name: &String| {
        ["ids", "authors", "kinds", "limit", "since", "until"].contains(&name.as_str())
            || (name.len() == 2 && name.starts_with('#'))
    };
    if !conditions.keys().all(known) {
        return None;
    }
    let fits = |event: &&Value| {
        conditions.iter().all(|(name, wanted)| {
            let among = |value: &Value| wanted.as_array().is_some_and(|w| w.contains(value));
            match name.as_str() {
                "ids" => among(&event["id"]),
                "authors" => among(&event["pubkey"]),
                "kinds" => among(&event["kind"]),
                "limit" | "since" | "until" => true,
                tag => {
                    let mut tags = event["tags"].as_array().into_iter().flatten();
                    tags.any(|t| t[0] == tag.trim_start_matches('#') && among(&t[1]))
                }
            }
        })
    };
    let mut found: Vec<Value> = events.filter(fits).cloned().collect();
    found.sort_by_key(|e| std::cmp::Reverse(e["created_at"].as_i64()));
    if let Some(limit) = filter["limit"].as_u64() {
        found.truncate(limit as usize);
    }
    Some(found)
}
