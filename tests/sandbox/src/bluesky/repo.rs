//! Records and files of the sandbox.

use axum::http::header;
use serde_json::{Value, json};

use super::super::lexicon;
use super::auth::caller;
use super::{Answer, Blob, Call, MAX_IMAGE_BYTES, Record, Refused, Standing, State, text};

const POST: &str = "app.bsky.feed.post";

/// A content id: the right form, and the same for the same content.
fn cid(prefix: &str, content: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let hash = blake3::hash(content);
    let (mut held, mut bits, mut out) = (0_u32, 0, String::from(prefix));
    for byte in hash.as_bytes() {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(char::from(ALPHABET[(held >> bits & 31) as usize]));
        }
    }
    out
}

pub fn upload(state: &mut State, call: &Call<'_>) -> Answer {
    caller(state, call)?;
    let mime = call.header(header::CONTENT_TYPE).to_owned();
    if mime.is_empty() {
        return Err(Refused::invalid(
            "Request encoding (Content-Type) required but not provided",
        ));
    }
    if call.body.len() > state.max_upload {
        return Err(Refused(
            413,
            "PayloadTooLarge",
            "request entity too large".to_owned(),
        ));
    }
    let magic: &[u8] = match mime.as_str() {
        "image/jpeg" => &[0xff, 0xd8, 0xff],
        "image/png" => &[0x89, b'P', b'N', b'G'],
        "image/webp" => b"RIFF",
        "image/gif" => b"GIF8",
        "text/vtt" => b"WEBVTT",
        "video/mp4" if call.body.get(4..8) != Some(b"ftyp") => {
            return Err(Refused::invalid("the bytes are not video/mp4"));
        }
        _ => &[],
    };
    if !call.body.starts_with(magic) {
        return Err(Refused::invalid(format!("the bytes are not {mime}")));
    }
    Ok(json!({ "blob": keep(state, &mime, call.body) }))
}

/// Keeps a file and names it.
pub fn keep(state: &mut State, mime: &str, bytes: &[u8]) -> Value {
    let name = cid("bafkrei", bytes);
    let size = bytes.len();
    state.blobs.insert(
        name.clone(),
        Blob {
            mime: mime.to_owned(),
            bytes: bytes.to_vec(),
        },
    );
    json!({ "$type": "blob", "ref": { "$link": name }, "mimeType": mime, "size": size })
}

pub fn put(state: &mut State, call: &Call<'_>) -> Answer {
    let did = caller(state, call)?;
    let input = call.json()?;
    let (repo, collection, rkey) = (
        text(&input, "repo")?,
        text(&input, "collection")?,
        text(&input, "rkey")?,
    );
    if state.standing.get(&did) == Some(&Standing::Deleted) || repo != did {
        return Err(Refused(
            403,
            "AccountNotFound",
            "Account not found".to_owned(),
        ));
    }
    if collection != POST {
        return Err(Refused::invalid(format!(
            "Unknown lexicon type: {collection}"
        )));
    }
    if !lexicon::is_tid(rkey) {
        return Err(Refused::invalid("Invalid record key"));
    }
    let record = input
        .get("record")
        .ok_or_else(|| Refused::invalid("Input/record is required"))?;
    lexicon::check_post(record)
        .map_err(|why| Refused::invalid(format!("Invalid app.bsky.feed.post record: {why}")))?;
    check_blobs(state, record)?;
    check_reply(state, record)?;
    let key = (did.clone(), collection.to_owned(), rkey.to_owned());
    let there = state.records.get(&key).map(|r| r.cid.clone());
    match (input.get("swapRecord"), &there) {
        (Some(Value::Null), Some(cid)) => {
            return Err(Refused(400, "InvalidSwap", format!("Record was at {cid}")));
        }
        (Some(Value::String(wanted)), there) if there.as_ref() != Some(wanted) => {
            return Err(Refused(
                400,
                "InvalidSwap",
                format!("Record was at {there:?}"),
            ));
        }
        _ => {}
    }
    let new = cid("bafyrei", record.to_string().as_bytes());
    let uri = format!("at://{did}/{collection}/{rkey}");
    if there.as_deref() == Some(&new) {
        return Ok(json!({ "uri": uri, "cid": new, "validationStatus": "valid" }));
    }
    state.posts_made += 1;
    state.records.insert(
        key,
        Record {
            cid: new.clone(),
            value: record.clone(),
        },
    );
    let commit = json!({ "cid": cid("bafyrei", new.as_bytes()), "rev": rkey });
    Ok(json!({ "uri": uri, "cid": new, "commit": commit, "validationStatus": "valid" }))
}

/// Every file of a record has to be here, as it is said to be.
fn check_blobs(state: &State, record: &Value) -> Result<(), Refused> {
    for blob in lexicon::blobs(record) {
        let name = blob
            .pointer("/ref/$link")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let Some(held) = state.blobs.get(name) else {
            return Err(Refused(
                400,
                "BlobNotFound",
                format!("Could not find blob: {name}"),
            ));
        };
        let said = (
            blob.get("mimeType").and_then(Value::as_str),
            blob.get("size").and_then(Value::as_u64),
        );
        if said != (Some(held.mime.as_str()), Some(held.bytes.len() as u64)) {
            return Err(Refused(
                400,
                "InvalidMimeType",
                format!("Referenced Mimetype does not match {name}"),
            ));
        }
        if lexicon::captions(record).any(|own| own == blob) {
            // The lexicon: `accept: ["text/vtt"], maxSize: 20000`.
            if held.mime == "text/vtt" && held.bytes.len() <= 20_000 {
                continue;
            }
            return Err(Refused::invalid("captions have to be small WebVTT files"));
        }
        let is_video = record.pointer("/embed/video") == Some(blob);
        if is_video && held.mime == "video/mp4" {
            continue;
        }
        if !held.mime.starts_with("image/") {
            return Err(Refused(
                400,
                "InvalidMimeType",
                format!("Wrong mimetype. Expected \"image/*\", got {}", held.mime),
            ));
        }
        if held.bytes.len() > MAX_IMAGE_BYTES {
            let why = format!(
                "This file is too large: blob too big (maximum {MAX_IMAGE_BYTES}, got {})",
                held.bytes.len()
            );
            return Err(Refused::invalid(why));
        }
    }
    Ok(())
}

/// A reply names posts that are there. The reference server takes anything; a client never means to.
fn check_reply(state: &State, record: &Value) -> Result<(), Refused> {
    for place in ["/reply/root", "/reply/parent"] {
        let Some(strong) = record.pointer(place) else {
            continue;
        };
        let field = |name: &str| strong.get(name).and_then(Value::as_str).unwrap_or_default();
        let there = state.records.iter().any(|((did, collection, rkey), held)| {
            field("uri") == format!("at://{did}/{collection}/{rkey}") && field("cid") == held.cid
        });
        if !there {
            return Err(Refused::invalid(format!(
                "the post at {place} is not there"
            )));
        }
    }
    Ok(())
}

fn key_of(source: impl Fn(&str) -> Option<String>) -> Result<(String, String, String), Refused> {
    let need =
        |name: &str| source(name).ok_or_else(|| Refused::invalid(format!("{name} is required")));
    Ok((need("repo")?, need("collection")?, need("rkey")?))
}

pub fn get(state: &State, call: &Call<'_>) -> Answer {
    let key = key_of(|name| call.query.get(name).cloned())?;
    if state.person(&key.0).is_none() || state.standing.get(&key.0) == Some(&Standing::Deleted) {
        return Err(Refused::invalid(format!("Could not find repo: {}", key.0)));
    }
    match state.records.get(&key) {
        Some(record) => {
            let uri = format!("at://{}/{}/{}", key.0, key.1, key.2);
            Ok(json!({ "uri": uri, "cid": record.cid, "value": record.value }))
        }
        None => Err(Refused(
            400,
            "RecordNotFound",
            format!("Could not locate record: {}", key.2),
        )),
    }
}

pub fn list(state: &State, call: &Call<'_>) -> Answer {
    let (repo, collection) = (call.parameter("repo")?, call.parameter("collection")?);
    let records: Vec<Value> = state
        .records
        .iter()
        .filter(|((did, name, _), _)| did == repo && name == collection)
        .map(|((did, name, rkey), record)| {
            json!({ "uri": format!("at://{did}/{name}/{rkey}"), "cid": record.cid, "value": record.value })
        })
        .collect();
    Ok(json!({ "records": records }))
}

pub fn delete(state: &mut State, call: &Call<'_>) -> Answer {
    let did = caller(state, call)?;
    let input = call.json()?;
    let key = key_of(|name| input.get(name)?.as_str().map(str::to_owned))?;
    if key.0 != did {
        return Err(Refused(
            403,
            "AccountNotFound",
            "Account not found".to_owned(),
        ));
    }
    match state.records.remove(&key) {
        Some(record) => Ok(json!({ "commit": { "cid": record.cid, "rev": key.2 } })),
        None => Ok(json!({})),
    }
}

pub fn posts(state: &State, call: &Call<'_>) -> Answer {
    caller(state, call)?;
    let uri = call.parameter("uris")?;
    let there = state
        .records
        .keys()
        .any(|(did, name, rkey)| uri == format!("at://{did}/{name}/{rkey}"));
    let posts = if there {
        vec![
            json!({ "uri": uri, "likeCount": 3, "repostCount": 2, "replyCount": 1, "quoteCount": 0 }),
        ]
    } else {
        vec![]
    };
    Ok(json!({ "posts": posts }))
}
