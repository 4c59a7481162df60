//! The calls.

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::{HeaderMap, Method};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::{Answer, BOARD, OTHER_BOARD, Refused, State, Upload};

/// No pin is older than this, whatever the clock of this computer says: May 2026, in milliseconds.
const NOT_BEFORE: i64 = 1_778_742_300_000;
const MAX_IMAGE: usize = 20_000_000;

fn odd(words: &str) -> Refused {
    Refused::new(400, 1, words)
}

impl State {
    pub(super) fn answer(
        &mut self,
        method: &Method,
        path: &str,
        query: &HashMap<String, String>,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Answer {
        let path = path.strip_prefix("/v5/").unwrap_or_default();
        let parts: Vec<&str> = path.split('/').collect();
        let needed: &[&str] = match (method, parts.first()) {
            (&Method::POST | &Method::DELETE, _) => {
                &["boards:read", "boards:write", "pins:read", "pins:write"]
            }
            (_, Some(&"user_account")) => &["user_accounts:read"],
            (_, Some(&"boards")) => &["boards:read"],
            _ => &["pins:read"],
        };
        self.authorised(headers, needed)?;
        let input = || {
            let input: Result<Map<String, Value>, _> = serde_json::from_slice(body);
            input.map_err(|_| odd("the body has to be a JSON object"))
        };
        match (method, parts.as_slice()) {
            (&Method::GET, ["user_account"]) => Ok(json!({
                "id": "700000000000000001", "username": "ana", "business_name": "Ana's shop",
                "account_type": "BUSINESS", "pin_count": self.pins.len(),
            })),
            (&Method::GET, ["boards"]) => Ok(if query.contains_key("bookmark") {
                json!({
                    "items": [{ "id": OTHER_BOARD, "name": "Recipes", "privacy": "PUBLIC" }],
                    "bookmark": null,
                })
            } else {
                json!({
                    "items": [{ "id": BOARD, "name": "Garden", "privacy": "PUBLIC" }],
                    "bookmark": "next",
                })
            }),
            (&Method::GET, ["boards", board, "pins"]) => {
                let pins = self.pins.iter().filter(|pin| pin["board_id"] == *board);
                Ok(json!({ "items": pins.collect::<Vec<_>>(), "bookmark": null }))
            }
            (&Method::POST, ["media"]) => {
                let input = input()?;
                if input.len() != 1 || input.get("media_type") != Some(&json!("video")) {
                    return Err(odd("media_type has to be video"));
                }
                self.numbers += 1;
                let id = self.numbers.to_string();
                let upload = Upload {
                    sent: false,
                    looks: 0,
                };
                self.uploads.insert(id.clone(), upload);
                Ok(json!({
                    "media_id": id, "media_type": "video",
                    "upload_url": format!("{}/storage/{id}/upload", self.origin),
                    "upload_parameters": {
                        "key": format!("uploads/{id}"), "policy": "e30=", "Content-Type": "multipart/form-data",
                    },
                }))
            }
            (&Method::GET, ["media", id]) => {
                let works = self.works;
                let upload = self.uploads.get_mut(*id);
                let upload = upload.ok_or_else(|| Refused::new(404, 2_000, "Media not found."))?;
                upload.looks += 1;
                let status = match (upload.sent, upload.looks > works) {
                    (false, _) => "registered",
                    (true, false) => "processing",
                    (true, true) => "succeeded",
                };
                Ok(json!({ "media_id": id, "media_type": "video", "status": status }))
            }
            (&Method::POST, ["pins"]) => self.pin(&input()?),
            (&Method::GET, ["pins", id]) => {
                let mut pin = self.found(id)?.clone();
                if query.get("pin_metrics").is_some_and(|v| v == "true") {
                    pin["pin_metrics"] = json!({
                        "lifetime_metrics": { "impression": 40, "save": 3, "reaction": 2, "comment": 1 },
                    });
                }
                Ok(pin)
            }
            (&Method::DELETE, ["pins", id]) => {
                self.found(id)?;
                self.pins.retain(|pin| pin["id"] != *id);
                Ok(Value::Null)
            }
            _ => Err(Refused::new(404, 404, "Not found")),
        }
    }

    fn found(&self, id: &str) -> Result<&Value, Refused> {
        let pin = self.pins.iter().find(|pin| pin["id"] == id);
        pin.ok_or_else(|| Refused::new(404, 50, "Pin not found."))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a server has a clock of its own, which no test sets"
    )]
    fn pin(&mut self, input: &Map<String, Value>) -> Answer {
        let limits = [
            ("board_id", 40),
            ("title", 100),
            ("description", 800),
            ("link", 2_048),
            ("alt_text", 500),
        ];
        for (name, value) in input {
            if name == "media_source" {
                continue;
            }
            let limit = limits.iter().find(|(known, _)| known == name);
            let Some((_, max)) = limit else {
                return Err(odd(&format!("unknown field {name}")));
            };
            let length = value.as_str().map_or(usize::MAX, |t| t.chars().count());
            if length > *max {
                return Err(odd(&format!("{name} is too long")));
            }
        }
        let board = input.get("board_id").and_then(Value::as_str);
        if !board.is_some_and(|id| [BOARD, OTHER_BOARD].contains(&id)) {
            return Err(Refused::new(404, 40, "Board not found."));
        }
        let kind = self.source(input.get("media_source").unwrap_or(&Value::Null))?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_or(0, |t| i64::try_from(t.as_millis()).unwrap_or(0));
        let at = jiff::Timestamp::from_millisecond(now.max(NOT_BEFORE));
        let at = at.map_err(|_| Refused::new(500, 12, "no time"))?;
        self.numbers += 1;
        self.made += 1;
        let mut pin = Value::Object(input.clone());
        pin["id"] = json!(self.numbers.to_string());
        pin["created_at"] = json!(at.strftime("%Y-%m-%dT%H:%M:%S").to_string());
        pin["is_owner"] = json!(true);
        pin["media"] = json!({ "media_type": kind });
        if let Some(pin) = pin.as_object_mut() {
            pin.remove("media_source");
        }
        self.pins.push(pin.clone());
        Ok(pin)
    }

    /// What a pin is made of.
    fn source(&self, source: &Value) -> Result<&'static str, Refused> {
        let text = |name: &str| source[name].as_str().unwrap_or_default();
        match text("source_type") {
            "image_base64" => {
                let kind = text("content_type");
                let bytes = STANDARD.decode(text("data"));
                let bytes = bytes.map_err(|_| odd("media_source: data is not base64"))?;
                let begins: &[u8] = match kind {
                    "image/jpeg" => b"\xff\xd8\xff",
                    "image/png" => b"\x89PNG",
                    _ => return Err(odd("media_source: content_type is not one of the enum")),
                };
                if bytes.len() > MAX_IMAGE || !bytes.starts_with(begins) {
                    return Err(odd("Sorry, the image could not be used"));
                }
                Ok("image")
            }
            "video_id" => {
                let upload = self.uploads.get(text("media_id"));
                if !source["cover_image_key_frame_time"].is_u64() {
                    return Err(odd("A cover image is required"));
                }
                match upload {
                    Some(upload) if upload.sent && upload.looks > self.works => Ok("video"),
                    _ => Err(odd("The media is not ready")),
                }
            }
            _ => Err(odd("media_source: unknown source_type")),
        }
    }
}
