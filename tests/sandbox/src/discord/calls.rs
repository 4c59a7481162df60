//! The calls.

use std::time::Instant;

use axum::http::Method;
use serde_json::{Value, json};

use super::{
    Answer, BOT_ID, BOT_TOKEN, CHANNEL, Call, FORUM, FORUM_WEBHOOK, GUILD, KEY_COUNTS, Post,
    READ_ONLY, Refused, State, WEBHOOK, WEBHOOK_TOKEN, message,
};

const VIEW: u64 = 1 << 10;
const SEND: u64 = 1 << 11;
const ATTACH: u64 = 1 << 15;
const HISTORY: u64 = 1 << 16;

impl State {
    pub(super) fn answer(&mut self, call: &Call) -> Answer {
        let path = call.path.strip_prefix("/api/v10").unwrap_or_default();
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let method = &call.method;
        match parts.as_slice() {
            ["webhooks", id, token, rest @ ..] => {
                let channel = self.webhook(id, token)?;
                match (method, rest) {
                    (&Method::GET, []) => Ok(json!({
                        "type": 1, "id": id, "token": token, "name": "Ana's news",
                        "channel_id": channel, "guild_id": GUILD, "application_id": null,
                    })),
                    (&Method::POST, []) => self.post_by_webhook(call, id, channel),
                    (&Method::GET, ["messages", message]) => self.message(message, id),
                    (&Method::DELETE, ["messages", message]) => self.delete(message, id),
                    _ => Err(not_found()),
                }
            }
            parts => {
                self.bot(&call.authorization)?;
                self.answer_bot(method, parts, call)
            }
        }
    }

    fn answer_bot(&mut self, method: &Method, parts: &[&str], call: &Call) -> Answer {
        match (method, parts) {
            (&Method::GET, ["users", "@me"]) => {
                Ok(json!({ "id": BOT_ID, "username": "almanac", "bot": true }))
            }
            (&Method::GET, ["guilds", GUILD]) => Ok(json!({
                "id": GUILD, "name": "Friends of Ana", "owner_id": "1100000000000000008",
                "roles": [{
                    "id": GUILD, "name": "@everyone",
                    "permissions": (VIEW | SEND | ATTACH | HISTORY).to_string(),
                }],
            })),
            (&Method::GET, ["guilds", GUILD, "members", BOT_ID]) => {
                Ok(json!({ "roles": [], "user": { "id": BOT_ID } }))
            }
            (&Method::GET, ["channels", id]) => self.channel(id),
            (&Method::GET, ["channels", id, "messages"]) => {
                self.channel(id)?;
                self.list(id, call)
            }
            (&Method::POST, ["channels", id, "messages"]) => {
                self.channel(id)?;
                if *id != CHANNEL {
                    return Err(Refused::new(403, 50_013, "Missing Permissions"));
                }
                self.post_by_bot(call)
            }
            (&Method::GET, ["channels", _, "messages", message]) => self.message(message, BOT_ID),
            (&Method::DELETE, ["channels", _, "messages", message]) => self.delete(message, BOT_ID),
            _ => Err(not_found()),
        }
    }

    fn bot(&self, authorization: &str) -> Result<(), Refused> {
        if self.bot_gone || authorization != format!("Bot {BOT_TOKEN}") {
            return Err(Refused::new(401, 0, "401: Unauthorized"));
        }
        Ok(())
    }

    /// The channel of a webhook.
    fn webhook(&self, id: &str, token: &str) -> Result<&'static str, Refused> {
        let channel = match id {
            WEBHOOK if !self.webhook_gone => CHANNEL,
            FORUM_WEBHOOK => FORUM,
            _ => return Err(Refused::new(404, 10_015, "Unknown Webhook")),
        };
        if token != WEBHOOK_TOKEN {
            return Err(Refused::new(401, 50_027, "Invalid Webhook Token"));
        }
        Ok(channel)
    }

    fn channel(&self, id: &str) -> Answer {
        let (name, kind, exceptions) = match id {
            CHANNEL if !self.channel_gone => ("news", 0, json!([])),
            READ_ONLY => {
                let deny = json!([{ "id": GUILD, "allow": "0", "deny": SEND.to_string() }]);
                ("rules", 0, deny)
            }
            FORUM => ("questions", 15, json!([])),
            _ => return Err(Refused::new(404, 10_003, "Unknown Channel")),
        };
        Ok(json!({
            "id": id, "type": kind, "name": name, "guild_id": GUILD,
            "permission_overwrites": exceptions, "last_message_id": self.last_message,
        }))
    }

    /// The oldest messages after a number, the newest of them first.
    fn list(&self, channel: &str, call: &Call) -> Answer {
        let number = |name: &str| call.query.get(name).and_then(|v| v.parse::<u64>().ok());
        let known = ["after", "before", "around", "limit"];
        if call
            .query
            .keys()
            .any(|name| !known.contains(&name.as_str()))
        {
            return Err(Refused::field("query", "UNKNOWN_FIELD"));
        }
        let limit = number("limit").unwrap_or(50);
        if !(1..=100).contains(&limit) {
            return Err(Refused::field("limit", "NUMBER_TYPE_MAX"));
        }
        if self.no_history {
            return Ok(json!([]));
        }
        let after = number("after").unwrap_or(0);
        let id = |post: &Post| {
            post.message["id"]
                .as_str()
                .and_then(|id| id.parse::<u64>().ok())
        };
        let mut found: Vec<Value> = self
            .posts
            .iter()
            .filter(|post| post.message["channel_id"] == channel && id(post) > Some(after))
            .take(usize::try_from(limit).unwrap_or(100))
            .map(|post| post.message.clone())
            .collect();
        found.reverse();
        Ok(Value::Array(found))
    }

    fn post_by_webhook(&mut self, call: &Call, id: &str, channel: &str) -> Answer {
        let known = ["wait", "thread_id"];
        if call
            .query
            .keys()
            .any(|name| !known.contains(&name.as_str()))
        {
            return Err(Refused::field("query", "UNKNOWN_FIELD"));
        }
        let input = message::checked(call, false)?;
        let titled = input.contains_key("thread_name");
        if channel == FORUM && !titled {
            let words = "Webhooks posted to forum channels must have a thread_name or thread_id";
            return Err(Refused::new(400, 220_001, words));
        }
        if channel != FORUM && titled {
            let words = "Webhooks can only create threads in forum channels";
            return Err(Refused::new(400, 220_003, words));
        }
        self.take_turn()?;
        let number = self.number();
        // What begins a post of a forum stands in a thread with the message's own number.
        let stands_in = if titled { &number } else { channel };
        let shown = message::shown(&number, stands_in, id, &input, &call.files);
        self.keep(shown, call);
        let waited = call.query.get("wait").is_some_and(|wait| wait == "true");
        Ok(if waited { self.last() } else { Value::Null })
    }

    fn post_by_bot(&mut self, call: &Call) -> Answer {
        let input = message::checked(call, true)?;
        let key = input
            .get("nonce")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let key = key.filter(|_| input.get("enforce_nonce") == Some(&json!(true)));
        if let Some((at, id)) = key.as_ref().and_then(|key| self.keys.get(key))
            && at.elapsed() < KEY_COUNTS
        {
            return self.message(id, BOT_ID);
        }
        self.take_turn()?;
        let number = self.number();
        let shown = message::shown(&number, CHANNEL, BOT_ID, &input, &call.files);
        self.keep(shown, call);
        let mut answer = self.last();
        if let Some(key) = key {
            answer["nonce"] = json!(key);
            self.keys.insert(key, (Instant::now(), number));
        }
        Ok(answer)
    }

    fn keep(&mut self, message: Value, call: &Call) {
        self.made += 1;
        self.last_message = message["id"].as_str().map(str::to_owned);
        self.posts.push(Post {
            message,
            input: call.body.clone(),
            files: call.files.iter().map(|(_, file)| file.clone()).collect(),
        });
    }

    fn last(&self) -> Value {
        let last = self.posts.last();
        last.map_or(Value::Null, |post| post.message.clone())
    }

    fn message(&self, id: &str, author: &str) -> Answer {
        let own = |post: &&Post| {
            post.message["id"] == id && post.message.pointer("/author/id") == Some(&json!(author))
        };
        let found = self.posts.iter().find(own).map(|post| post.message.clone());
        found.ok_or_else(|| Refused::new(404, 10_008, "Unknown Message"))
    }

    fn delete(&mut self, id: &str, author: &str) -> Answer {
        self.message(id, author)?;
        self.posts.retain(|post| post.message["id"] != id);
        Ok(Value::Null)
    }
}

fn not_found() -> Refused {
    Refused::new(404, 0, "404: Not Found")
}
