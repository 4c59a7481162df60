//! Which fields a method has, of which types, and what its texts and files may be.

use serde_json::{Map, Value};

use super::{Call, File, Refused};

/// Largest picture and largest other file, in bytes.
const MAX_PHOTO: usize = 10_000_000;
const MAX_FILE: usize = 50_000_000;

/// Type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Chat,
    Integer,
    Text,
    Flag,
    Object,
    List,
}

use Type::{Chat, Flag, Integer, List, Object, Text};

const SENDING: [(&str, Type); 4] = [
    ("chat_id", Chat),
    ("message_thread_id", Integer),
    ("disable_notification", Flag),
    ("protect_content", Flag),
];
const CAPTION: [(&str, Type); 2] = [("caption", Text), ("caption_entities", List)];
const SHOWN: [(&str, Type); 2] = [("has_spoiler", Flag), ("show_caption_above_media", Flag)];

/// The pictures that stand for a video.
const POSTERS: [(&str, Type); 2] = [("cover", Text), ("thumbnail", Text)];

fn fields_of(method: &str) -> Option<Vec<(&'static str, Type)>> {
    let own: &[&[(&'static str, Type)]] = match method {
        "getMe" => &[],
        "getChat" => &[&[("chat_id", Chat)]],
        "getChatMember" => &[&[("chat_id", Chat), ("user_id", Integer)]],
        "sendChatAction" => &[&[("chat_id", Chat), ("action", Text)]],
        "deleteMessage" => &[&[("chat_id", Chat), ("message_id", Integer)]],
        "sendMessage" => &[
            &SENDING,
            &[
                ("text", Text),
                ("entities", List),
                ("link_preview_options", Object),
            ],
        ],
        "sendPhoto" => &[&SENDING, &CAPTION, &SHOWN],
        "sendAnimation" => &[&SENDING, &CAPTION, &SHOWN],
        "sendVideo" => &[
            &SENDING,
            &CAPTION,
            &SHOWN,
            &POSTERS,
            &[("supports_streaming", Flag)],
        ],
        "sendDocument" => &[&SENDING, &CAPTION],
        "sendMediaGroup" => &[&SENDING, &[("media", List)]],
        _ => return None,
    };
    Some(own.concat())
}

/// The fields of a call, each of its type: forms bring everything as text.
pub(super) fn checked(method: &str, call: &Call) -> Result<Map<String, Value>, Refused> {
    let known = fields_of(method)
        .ok_or_else(|| Refused(404, "Not Found: method not found".to_owned(), None))?;
    let mut fields = Map::new();
    for (name, value) in &call.fields {
        let Some((_, kind)) = known.iter().find(|(known, _)| known == name) else {
            return Err(Refused::bad(&format!("{method} has no field \"{name}\"")));
        };
        let value = typed(*kind, value)
            .ok_or_else(|| Refused::bad(&format!("field \"{name}\" is of the wrong type")))?;
        fields.insert(name.clone(), value);
    }
    if known.iter().any(|(name, _)| *name == "chat_id") && !fields.contains_key("chat_id") {
        return Err(Refused::bad("chat_id is empty"));
    }
    Ok(fields)
}

fn typed(kind: Type, value: &Value) -> Option<Value> {
    let parsed = || {
        value
            .as_str()
            .and_then(|text| serde_json::from_str(text).ok())
    };
    let value = match kind {
        Chat | Text => value.clone(),
        _ if value.is_string() => parsed()?,
        _ => value.clone(),
    };
    let right = match kind {
        Chat => value.is_i64() || value.is_string(),
        Integer => value.is_i64(),
        Text => value.is_string(),
        Flag => value.is_boolean(),
        Object => value.is_object(),
        List => value.is_array(),
    };
    right.then_some(value)
}

/// A text and what is bold in it.
pub(super) fn text(
    words: Option<&Value>,
    entities: Option<&Value>,
    max: usize,
) -> Result<(), Refused> {
    let words = words.and_then(Value::as_str).unwrap_or_default();
    let units = words.encode_utf16().count();
    if units > max {
        let what = if max == 1_024 {
            "message caption is too long"
        } else {
            "message is too long"
        };
        return Err(Refused::bad(what));
    }
    let odd = |what: &str| Refused::bad(&format!("can't parse entities: {what}"));
    for entity in entities.and_then(Value::as_array).into_iter().flatten() {
        let Some(entity) = entity.as_object() else {
            return Err(odd("an entity has to be an object"));
        };
        let kind = entity
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let simple = [
            "bold",
            "italic",
            "underline",
            "strikethrough",
            "spoiler",
            "code",
            "pre",
            "blockquote",
        ];
        if !simple.contains(&kind) && kind != "text_link" {
            return Err(odd("unknown type"));
        }
        let address = entity.get("url").and_then(Value::as_str);
        if (kind == "text_link") != address.is_some() || entity.len() > 4 {
            return Err(odd("a field too many or too few"));
        }
        let number = |name: &str| entity.get(name).and_then(Value::as_u64);
        match (number("offset"), number("length")) {
            (Some(from), Some(length)) if length > 0 && from + length <= units as u64 => {}
            _ => return Err(odd("out of the text")),
        }
    }
    Ok(())
}

/// A file of a kind, as the methods name it.
pub(super) fn file(kind: &str, file: &File) -> Result<(), Refused> {
    let bytes = &file.bytes;
    if bytes.is_empty() {
        return Err(Refused::bad("file must be non-empty"));
    }
    if bytes.len() > MAX_FILE {
        return Err(Refused(413, "Request Entity Too Large".to_owned(), None));
    }
    match kind {
        "photo" => photo(bytes),
        "video" if bytes.get(4..8) != Some(b"ftyp") => {
            Err(Refused::bad("VIDEO_CONTENT_TYPE_INVALID"))
        }
        "animation" if !bytes.starts_with(b"GIF8") && bytes.get(4..8) != Some(b"ftyp") => {
            Err(Refused::bad("wrong file identifier/HTTP URL specified"))
        }
        _ => Ok(()),
    }
}

fn photo(bytes: &[u8]) -> Result<(), Refused> {
    if bytes.len() > MAX_PHOTO {
        return Err(Refused::bad("file is too big"));
    }
    if bytes.starts_with(b"GIF8") {
        return Err(Refused::bad("PHOTO_EXT_INVALID"));
    }
    let Ok(picture) = image::load_from_memory(bytes) else {
        return Err(Refused::bad("IMAGE_PROCESS_FAILED"));
    };
    let (width, height) = (picture.width(), picture.height());
    let narrow = width.max(height) > 20 * width.min(height);
    if narrow || width + height > 10_000 {
        return Err(Refused::bad("PHOTO_INVALID_DIMENSIONS"));
    }
    Ok(())
}

/// Parts of a form, by their names.
type Parts = Vec<(String, File)>;

/// Takes the pictures that stand for videos out of the files of a call, by the names of their fields. Whatever nobody
/// points at stays among the others.
pub(super) fn posters(
    method: &str,
    input: &Map<String, Value>,
    files: &[(String, File)],
) -> Result<(Parts, Parts), Refused> {
    let media = input.get("media").and_then(Value::as_array);
    let videos: Vec<&Map<String, Value>> = match (method, media) {
        ("sendVideo", _) => vec![input],
        ("sendMediaGroup", Some(media)) => {
            let all = media.iter().filter_map(Value::as_object);
            all.filter(|one| one.get("type").is_some_and(|kind| kind == "video"))
                .collect()
        }
        _ => vec![],
    };
    let mut others = files.to_vec();
    let mut found = Vec::new();
    for video in videos {
        for (field, _) in POSTERS {
            let Some(part) = video.get(field).and_then(Value::as_str) else {
                continue;
            };
            let named = part.strip_prefix("attach://").unwrap_or_default();
            let Some(at) = others.iter().position(|(name, _)| name == named) else {
                return Err(Refused::bad("wrong file identifier/HTTP URL specified"));
            };
            let (_, picture) = others.remove(at);
            photo(&picture.bytes)?;
            if field == "thumbnail" {
                thumbnail(&picture.bytes)?;
            }
            found.push((field.to_owned(), picture));
        }
    }
    Ok((found, others))
}

/// JPEG of less than 200 kB, not wider or higher than 320 pixels.
fn thumbnail(bytes: &[u8]) -> Result<(), Refused> {
    let small = bytes.starts_with(&[0xff, 0xd8, 0xff]) && bytes.len() < 200_000;
    let picture = image::load_from_memory(bytes);
    let fits = picture.is_ok_and(|picture| picture.width().max(picture.height()) <= 320);
    if small && fits {
        Ok(())
    } else {
        Err(Refused::bad(
            "the thumbnail is not as the documentation says",
        ))
    }
}
