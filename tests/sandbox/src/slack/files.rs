//! Files: an address for each, its bytes, and the call that shows them.

use serde_json::{Map, Value, json};

use super::{Answer, File, Refused, State, Upload, checked};
use crate::received::Received;

/// Largest file in bytes.
const MAX_FILE: u64 = 1_000_000_000;

impl State {
    pub(super) fn announce(&mut self, input: &Map<String, Value>) -> Answer {
        self.needs("files:write")?;
        let text = |name: &str| input.get(name).and_then(Value::as_str).unwrap_or_default();
        let length: u64 = text("length").parse().unwrap_or(0);
        if text("filename").is_empty() || length == 0 {
            return Err("invalid_arguments".into());
        }
        if length > MAX_FILE {
            return Err("file_upload_size_restricted".into());
        }
        if text("alt_txt").chars().count() > 1_000 {
            return Err("alt_txt_too_large".into());
        }
        self.numbers += 1;
        let id = format!("F{:010}", self.numbers);
        let file = File {
            id: id.clone(),
            name: text("filename").to_owned(),
            alt: text("alt_txt").to_owned(),
            bytes: Received::default(),
        };
        let upload = Upload {
            file,
            length,
            sent: false,
            shown: false,
        };
        self.uploads.insert(id.clone(), upload);
        let address = format!("{}/upload/v1/{id}/send", self.origin);
        Ok(json!({ "upload_url": address, "file_id": id }))
    }

    /// The bytes of a file; the answer is a few words.
    pub(super) fn receive(
        &mut self,
        id: &str,
        length: &str,
        body: Received,
    ) -> Result<String, (u16, &'static str)> {
        let upload = self.uploads.get_mut(id).ok_or((404, "not found"))?;
        if length.parse() != Ok(upload.length) || body.size() != upload.length {
            return Err((400, "the length is another one"));
        }
        if upload.sent {
            return Err((410, "this address was used"));
        }
        upload.sent = true;
        let size = body.size();
        upload.file.bytes = body;
        Ok(format!("OK - {size}"))
    }

    pub(super) fn complete(&mut self, input: &Map<String, Value>) -> Answer {
        self.needs("files:write")?;
        let channel = input.get("channel_id").unwrap_or(&Value::Null).clone();
        self.may_post(&channel)?;
        if input.contains_key("initial_comment") && input.contains_key("blocks") {
            return Err("invalid_arguments".into());
        }
        if let Some(blocks) = input.get("blocks") {
            checked::blocks(blocks)?;
        }
        let listed = input.get("files").and_then(Value::as_array);
        let listed = listed.filter(|all| (1..=14).contains(&all.len()));
        let listed = listed.ok_or(Refused::from("invalid_arguments"))?;
        let mut files = Vec::new();
        for one in listed {
            let known = one.as_object().is_some_and(|one| {
                one.keys()
                    .all(|name| ["id", "title"].contains(&name.as_str()))
            });
            let id = one["id"].as_str().filter(|_| known);
            let id = id.ok_or(Refused::from("invalid_arguments"))?;
            let upload = self.uploads.get(id).filter(|upload| upload.sent);
            let upload = upload.ok_or(Refused::from("file_not_found"))?;
            if upload.shown {
                return Err("file_update_failed".into());
            }
            files.push(upload.file.clone());
        }
        for file in &files {
            if let Some(upload) = self.uploads.get_mut(&file.id) {
                upload.shown = true;
            }
        }
        let listed: Vec<Value> = files
            .iter()
            .map(|file| json!({ "id": file.id, "name": file.name, "title": file.name }))
            .collect();
        let ts = self.ts();
        let message = json!({
            "type": "message", "ts": ts, "text": input.get("initial_comment"), "files": listed,
            "user": "U0000000001",
        });
        self.keep(message, input, files);
        // Where it stands is not told: files are shared a moment later.
        Ok(json!({ "files": listed }))
    }

    /// A file with where it was shared, which is known before the channel lists it.
    pub(super) fn file(&self, input: &Map<String, Value>) -> Answer {
        self.needs("files:read")?;
        let id = input
            .get("file")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let upload = self.uploads.get(id).filter(|upload| upload.sent);
        let upload = upload.ok_or(Refused::from("file_not_found"))?;
        let mut shares = Map::new();
        for post in &self.posts {
            let channel = post.input["channel_id"].as_str().unwrap_or_default();
            if post.files.iter().any(|file| file.id == id) {
                shares.insert(channel.to_owned(), json!([{ "ts": post.message["ts"] }]));
            }
        }
        Ok(json!({ "file": {
            "id": id, "name": upload.file.name, "shares": { "public": shares },
        }}))
    }

    pub(super) fn delete_file(&mut self, input: &Map<String, Value>) -> Answer {
        self.needs("files:write")?;
        let id = input
            .get("file")
            .and_then(Value::as_str)
            .unwrap_or_default();
        match self.uploads.remove(id) {
            Some(_) => Ok(json!({})),
            None => Err("file_not_found".into()),
        }
    }
}
