//! The rules of `app.bsky.feed.post` and what it holds, as its lexicon states them. Ranges of facets
//! are checked too, which the reference server leaves to clients.

use serde_json::{Map, Value};
use unicode_segmentation::UnicodeSegmentation;

/// What is wrong, with the place, as the reference server words it.
type Checked = Result<(), String>;

/// Whether a text is a timestamp identifier.
pub fn is_tid(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 13
        && bytes.first().is_some_and(|b| (b'2'..=b'j').contains(b))
        && bytes
            .iter()
            .all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(b))
}

fn object<'a>(value: &'a Value, place: &str) -> Result<&'a Map<String, Value>, String> {
    value
        .as_object()
        .ok_or_else(|| format!("Expected object value type at {place}"))
}

fn string<'a>(value: Option<&'a Value>, place: &str) -> Result<&'a str, String> {
    value
        .and_then(Value::as_str)
        .ok_or_else(|| format!("Expected string value type (got undefined) at {place}"))
}

fn list<'a>(value: &'a Value, place: &str, most: usize) -> Result<&'a [Value], String> {
    let items = value
        .as_array()
        .ok_or_else(|| format!("Expected array value type at {place}"))?;
    if items.len() > most {
        return Err(format!(
            "array too big (maximum {most}, got {}) at {place}",
            items.len()
        ));
    }
    Ok(items)
}

fn only(map: &Map<String, Value>, known: &[&str], place: &str) -> Checked {
    match map.keys().find(|k| !known.contains(&k.as_str())) {
        Some(odd) => Err(format!("unknown field {odd} at {place}")),
        None => Ok(()),
    }
}

fn short(text: &str, bytes: usize, graphemes: usize, place: &str) -> Checked {
    if text.len() > bytes {
        return Err(format!(
            "string too big (maximum {bytes}, got {}) at {place}",
            text.len()
        ));
    }
    let count = text.graphemes(true).count();
    if count > graphemes {
        return Err(format!(
            "grapheme too big (maximum {graphemes}, got {count}) at {place}"
        ));
    }
    Ok(())
}

fn address(text: &str, place: &str) -> Checked {
    let form = text.split_once(':').is_some_and(|(scheme, rest)| {
        !scheme.is_empty() && !rest.is_empty() && scheme.bytes().all(|b| b.is_ascii_lowercase())
    });
    if form && text.len() <= 8_192 && !text.contains(char::is_whitespace) {
        Ok(())
    } else {
        Err(format!("Invalid uri at {place}"))
    }
}

/// Checks a whole record.
pub fn check_post(record: &Value) -> Checked {
    let map = object(record, "$")?;
    let known = [
        "$type",
        "text",
        "createdAt",
        "facets",
        "langs",
        "embed",
        "reply",
        "labels",
        "tags",
    ];
    only(map, &known, "$")?;
    if map.get("$type").and_then(Value::as_str) != Some("app.bsky.feed.post") {
        return Err("Invalid $type at $.$type".to_owned());
    }
    let text = string(map.get("text"), "$.record.text")?;
    short(text, 3_000, 300, "$.record.text")?;
    let created = string(map.get("createdAt"), "$.record.createdAt")?;
    if created.parse::<jiff::Timestamp>().is_err() {
        return Err("Invalid datetime at $.record.createdAt".to_owned());
    }
    if let Some(langs) = map.get("langs") {
        for lang in list(langs, "$.record.langs", 3)? {
            language(string(Some(lang), "$.record.langs")?)?;
        }
    }
    if let Some(facets) = map.get("facets") {
        check_facets(list(facets, "$.record.facets", usize::MAX)?, text)?;
    }
    if let Some(embed) = map.get("embed") {
        check_embed(embed)?;
    }
    if let Some(reply) = map.get("reply") {
        for name in ["root", "parent"] {
            let place = format!("$.record.reply.{name}");
            let strong = object(reply.get(name).unwrap_or(&Value::Null), &place)?;
            only(strong, &["uri", "cid"], &place)?;
            if !string(strong.get("uri"), &place)?.starts_with("at://did:") {
                return Err(format!("Invalid at-uri at {place}"));
            }
            string(strong.get("cid"), &place)?;
        }
    }
    Ok(())
}

fn language(code: &str) -> Checked {
    let mut tags = code.split('-');
    let main = tags.next().unwrap_or_default();
    let ok = matches!(main.len(), 2 | 3) && main.bytes().all(|b| b.is_ascii_alphabetic());
    if ok
        && tags.all(|t| (1..=8).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_alphanumeric()))
    {
        Ok(())
    } else {
        Err("Invalid language at $.record.langs".to_owned())
    }
}

fn check_facets(facets: &[Value], text: &str) -> Checked {
    let mut last = 0;
    for (n, facet) in facets.iter().enumerate() {
        let place = format!("$.record.facets[{n}]");
        only(
            object(facet, &place)?,
            &["$type", "index", "features"],
            &place,
        )?;
        let edge = |name: &str| {
            let number = facet
                .pointer(&format!("/index/{name}"))
                .and_then(Value::as_u64);
            number
                .map(|n| n as usize)
                .ok_or_else(|| format!("Expected integer at {place}.index.{name}"))
        };
        let (start, end) = (edge("byteStart")?, edge("byteEnd")?);
        if start < last || end <= start || text.get(start..end).is_none() {
            return Err(format!("bad range {start}..{end} at {place}.index"));
        }
        last = end;
        let features = facet.get("features").unwrap_or(&Value::Null);
        for feature in list(features, &place, 100)? {
            check_feature(feature, &place)?;
        }
    }
    Ok(())
}

fn check_feature(feature: &Value, place: &str) -> Checked {
    let kind = string(feature.get("$type"), place)?;
    match kind.strip_prefix("app.bsky.richtext.facet") {
        Some("#link") => address(string(feature.get("uri"), place)?, place),
        Some("#mention") => {
            if string(feature.get("did"), place)?.starts_with("did:") {
                Ok(())
            } else {
                Err(format!("Invalid did at {place}"))
            }
        }
        Some("#tag") => {
            let tag = string(feature.get("tag"), place)?;
            if tag.starts_with('#') {
                return Err(format!("a tag is written without its sign at {place}"));
            }
            short(tag, 640, 64, place)
        }
        _ => Err(format!("unknown feature {kind} at {place}")),
    }
}

fn check_video(embed: &Value, place: &str) -> Checked {
    let known = ["$type", "video", "alt", "aspectRatio", "captions"];
    only(object(embed, place)?, &known, place)?;
    object(embed.get("video").unwrap_or(&Value::Null), place)?;
    if let Some(alt) = embed.get("alt") {
        short(string(Some(alt), place)?, 10_000, 1_000, place)?;
    }
    if let Some(shape) = embed.get("aspectRatio") {
        let side = |name: &str| {
            shape
                .get(name)
                .and_then(Value::as_u64)
                .is_some_and(|n| n > 0)
        };
        if !side("width") || !side("height") {
            return Err(format!("Invalid aspectRatio at {place}"));
        }
    }
    if let Some(captions) = embed.get("captions") {
        for one in list(captions, place, 20)? {
            only(object(one, place)?, &["lang", "file"], place)?;
            language(string(one.get("lang"), place)?)?;
            check_blob(one.get("file"), place)?;
        }
    }
    Ok(())
}

fn check_embed(embed: &Value) -> Checked {
    let place = "$.record.embed";
    match string(embed.get("$type"), place)? {
        "app.bsky.embed.video" => check_video(embed, place),
        "app.bsky.embed.images" => {
            let images = list(embed.get("images").unwrap_or(&Value::Null), place, 4)?;
            for image in images {
                only(
                    object(image, place)?,
                    &["image", "alt", "aspectRatio"],
                    place,
                )?;
                string(image.get("alt"), "$.record.embed.images.alt")?;
                check_blob(image.get("image"), place)?;
                for side in ["/aspectRatio/width", "/aspectRatio/height"] {
                    if image
                        .pointer(side)
                        .and_then(Value::as_u64)
                        .is_none_or(|n| n == 0)
                    {
                        return Err(format!("Expected integer at {place}.images{side}"));
                    }
                }
            }
            Ok(())
        }
        "app.bsky.embed.external" => {
            let card = object(embed.get("external").unwrap_or(&Value::Null), place)?;
            only(card, &["uri", "title", "description", "thumb"], place)?;
            address(string(card.get("uri"), place)?, place)?;
            string(card.get("title"), place)?;
            string(card.get("description"), place)?;
            card.get("thumb")
                .map_or(Ok(()), |thumb| check_blob(Some(thumb), place))
        }
        other => Err(format!("unknown embed {other} at {place}")),
    }
}

fn check_blob(blob: Option<&Value>, place: &str) -> Checked {
    let blob = blob.ok_or_else(|| format!("Expected blob at {place}"))?;
    let typed = blob.get("$type").and_then(Value::as_str) == Some("blob");
    let linked = blob.pointer("/ref/$link").and_then(Value::as_str).is_some();
    if typed && linked {
        Ok(())
    } else {
        Err(format!("Expected blob at {place}"))
    }
}

/// The files of captions that a record names.
pub fn captions(record: &Value) -> impl Iterator<Item = &Value> {
    let all = record.pointer("/embed/captions").and_then(Value::as_array);
    all.into_iter().flatten().filter_map(|one| one.get("file"))
}

/// Every file a record names.
pub fn blobs(record: &Value) -> Vec<&Value> {
    let images = record.pointer("/embed/images").and_then(Value::as_array);
    let images = images.into_iter().flatten().filter_map(|i| i.get("image"));
    images
        .chain(captions(record))
        .chain(record.pointer("/embed/external/thumb"))
        .chain(record.pointer("/embed/video"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn post(change: impl FnOnce(&mut Value)) -> Checked {
        let mut record = json!({
            "$type": "app.bsky.feed.post", "text": "grüße #x", "createdAt": "2026-05-14T07:05:00.000Z",
        });
        change(&mut record);
        check_post(&record)
    }

    #[test]
    fn the_contract_is_kept_strictly() {
        assert_eq!(post(|_| {}), Ok(()));
        let facet = |start: u64, end: u64| {
            json!([{ "index": { "byteStart": start, "byteEnd": end },
                "features": [{ "$type": "app.bsky.richtext.facet#tag", "tag": "x" }] }])
        };
        assert_eq!(post(|r| r["facets"] = facet(8, 10)), Ok(()));
        assert!(
            post(|r| r["facets"] = facet(3, 10)).is_err(),
            "inside a character"
        );
        assert!(
            post(|r| r["facets"] = facet(8, 900)).is_err(),
            "behind the end"
        );
        assert!(
            post(|r| r["text"] = json!("x".repeat(301)))
                .unwrap_err()
                .contains("grapheme too big")
        );
        assert!(
            post(|r| r["text"] = json!("👨‍👩‍👧‍👦".repeat(121)))
                .unwrap_err()
                .contains("string too big")
        );
        assert!(post(|r| r["createdAt"] = json!("yesterday")).is_err());
        assert!(post(|r| r["langs"] = json!(["en", "de", "fr", "it"])).is_err());
        assert!(post(|r| r["extra"] = json!(1)).is_err());
        assert!(is_tid("3jzfcijpj2z2a") && !is_tid("my-post"));
    }
}
