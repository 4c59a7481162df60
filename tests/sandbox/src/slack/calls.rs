//! The methods besides those of files.

use serde_json::{Map, Value, json};

use super::{ARCHIVED, Answer, CHANNEL, OTHER, Refused, State, TEAM, checked};

/// Channels of a page, so that lists have several.
const PAGE: usize = 2;

impl State {
    pub(super) fn answer(&mut self, method: &str, input: &Map<String, Value>) -> Answer {
        let text = |name: &str| input.get(name).and_then(Value::as_str).unwrap_or_default();
        match method {
            "auth.test" => Ok(json!({
                "url": "https://ana.slack.com/", "team": "Ana's team", "team_id": TEAM,
                "user": "almanac", "user_id": "U0000000001", "bot_id": "B0000000001",
            })),
            "conversations.info" => {
                self.needs("channels:read")?;
                Ok(json!({ "channel": self.channel(text("channel"))? }))
            }
            "conversations.list" => {
                self.needs("channels:read")?;
                Ok(self.list(text("cursor"), text("exclude_archived") == "true"))
            }
            "conversations.history" => self.history(input),
            "conversations.replies" => {
                self.readable(text("channel"))?;
                let message = self
                    .posts
                    .iter()
                    .find(|post| post.message["ts"] == text("ts"));
                let message = message.ok_or(Refused::from("thread_not_found"))?;
                Ok(json!({ "messages": [message.message] }))
            }
            "chat.postMessage" => self.post(input),
            "chat.delete" => {
                self.needs("chat:write")?;
                self.channel(text("channel"))?;
                let before = self.posts.len();
                self.posts.retain(|post| post.message["ts"] != text("ts"));
                if self.posts.len() == before {
                    return Err("message_not_found".into());
                }
                Ok(json!({ "channel": text("channel"), "ts": text("ts") }))
            }
            "files.getUploadURLExternal" => self.announce(input),
            "files.completeUploadExternal" => self.complete(input),
            "files.info" => self.file(input),
            "files.delete" => self.delete_file(input),
            _ => Err("unknown_method".into()),
        }
    }

    fn channels(&self) -> Vec<Value> {
        let channel = |id: &str, name: &str, member: bool, archived: bool| {
            json!({
                "id": id, "name": name, "is_member": member, "is_archived": archived,
                "is_private": false, "is_channel": true,
            })
        };
        let mut all = vec![
            channel(OTHER, "random", false, false),
            channel(ARCHIVED, "old", true, true),
        ];
        if !self.channel_gone {
            all.push(channel(CHANNEL, "news", true, false));
        }
        all
    }

    fn channel(&self, id: &str) -> Answer {
        let found = self
            .channels()
            .into_iter()
            .find(|channel| channel["id"] == id);
        found.ok_or(Refused::from("channel_not_found"))
    }

    fn list(&self, cursor: &str, without_archived: bool) -> Value {
        let from: usize = cursor.parse().unwrap_or(0);
        let all = self.channels();
        let end = (from + PAGE).min(all.len());
        let page = all.get(from..end).unwrap_or_default().iter();
        let page: Vec<&Value> = page
            .filter(|channel| !without_archived || channel["is_archived"] == false)
            .collect();
        let next = if end < all.len() {
            end.to_string()
        } else {
            String::new()
        };
        json!({ "channels": page, "response_metadata": { "next_cursor": next } })
    }

    /// Checks that the app may read a channel.
    fn readable(&self, id: &str) -> Result<(), Refused> {
        self.needs("channels:history")?;
        let channel = self.channel(id)?;
        if channel["is_member"] == false {
            return Err("not_in_channel".into());
        }
        Ok(())
    }

    pub(super) fn may_post(&self, id: &Value) -> Result<(), Refused> {
        self.needs("chat:write")?;
        let channel = self.channel(id.as_str().unwrap_or_default())?;
        if channel["is_archived"] == true {
            return Err("is_archived".into());
        }
        if channel["is_member"] == false && self.needs("chat:write.public").is_err() {
            return Err("not_in_channel".into());
        }
        Ok(())
    }

    fn history(&mut self, input: &Map<String, Value>) -> Answer {
        let text = |name: &str| input.get(name).and_then(Value::as_str).unwrap_or_default();
        self.readable(text("channel"))?;
        let oldest: f64 = text("oldest").parse().unwrap_or(0.0);
        let with_metadata = text("include_all_metadata") == "true";
        let mut found = Vec::new();
        for post in &mut self.posts {
            if post.hidden > 0 {
                post.hidden -= 1;
                continue;
            }
            let ts = post.message["ts"]
                .as_str()
                .and_then(|ts| ts.parse::<f64>().ok());
            if ts.is_some_and(|ts| ts >= oldest) {
                let mut message = post.message.clone();
                if !with_metadata && let Some(message) = message.as_object_mut() {
                    message.remove("metadata");
                }
                found.push(message);
            }
        }
        found.reverse();
        Ok(json!({
            "messages": found, "has_more": false, "response_metadata": { "next_cursor": "" },
        }))
    }

    fn post(&mut self, input: &Map<String, Value>) -> Answer {
        let channel = input.get("channel").cloned().unwrap_or_default();
        self.may_post(&channel)?;
        checked::message(input)?;
        if let Some(metadata) = input.get("metadata") {
            let event = metadata["event_type"].as_str().unwrap_or_default();
            let right = !event.is_empty() && metadata["event_payload"].is_object();
            if !right {
                return Err("invalid_metadata_format".into());
            }
        }
        let ts = self.ts();
        let message = json!({
            "type": "message", "ts": ts, "text": input.get("text"), "user": "U0000000001",
            "metadata": input.get("metadata"),
        });
        self.keep(message.clone(), input, vec![]);
        Ok(json!({ "channel": channel, "ts": ts, "message": message }))
    }
}
