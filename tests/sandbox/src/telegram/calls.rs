//! The methods.

use serde_json::{Map, Value, json};

use super::{Answer, Call, Chat, File, Post, Refused, State, TOKEN, fields};

impl State {
    pub(super) fn answer(&mut self, method: &str, call: &Call) -> Answer {
        let input = fields::checked(method, call)?;
        match method {
            "getMe" => Ok(json!({
                "id": bot_id(), "is_bot": true, "first_name": "Almanac", "username": "ana_almanac_bot",
                "can_join_groups": true,
            })),
            "getChat" => self.known(&input).map(shown),
            "getChatMember" => {
                let chat = self.known(&input)?;
                if input.get("user_id").and_then(Value::as_i64) != Some(bot_id()) {
                    return Err(Refused::bad("PARTICIPANT_ID_INVALID"));
                }
                let mut member = chat.member.clone();
                member["user"] = json!({ "id": bot_id(), "is_bot": true, "first_name": "Almanac" });
                Ok(member)
            }
            "sendChatAction" => {
                may_post(self.chat(&input)?)?;
                match input.get("action").and_then(Value::as_str) {
                    Some("cancel" | "typing") => Ok(json!(true)),
                    _ => Err(Refused::bad("wrong parameter action in request")),
                }
            }
            "deleteMessage" => self.delete(&input),
            _ => self.send(method, input, call),
        }
    }

    /// The chat a call is about; the bot can see it. Also a group from before it grew: who only reads is not
    /// told of that.
    fn known(&self, input: &Map<String, Value>) -> Result<&Chat, Refused> {
        let wanted = input.get("chat_id").unwrap_or(&Value::Null);
        let text = wanted.as_str().unwrap_or_default();
        let number = wanted.as_i64().or_else(|| text.parse().ok());
        let chat = self.chats.iter().find(|chat| match number {
            Some(number) => chat.id == number,
            None => chat.username.is_some() && chat.username == text.strip_prefix('@'),
        });
        let chat = chat.filter(|chat| !chat.gone);
        chat.ok_or_else(|| Refused::bad("chat not found"))
    }

    /// The chat that a call writes to.
    fn chat(&self, input: &Map<String, Value>) -> Result<&Chat, Refused> {
        let chat = self.known(input)?;
        match chat.moved_to {
            Some(id) => Err(Refused(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat".to_owned(),
                Some(json!({ "migrate_to_chat_id": id })),
            )),
            None => Ok(chat),
        }
    }

    fn send(&mut self, method: &str, input: Map<String, Value>, call: &Call) -> Answer {
        let chat = self.chat(&input)?.clone();
        may_post(&chat)?;
        let (posters, own) = fields::posters(method, &input, &call.files)?;
        let files = match method {
            "sendMessage" => {
                if !call.files.is_empty() {
                    return Err(Refused::bad("a message takes no files"));
                }
                let words = input.get("text");
                if words
                    .and_then(Value::as_str)
                    .is_none_or(|t| t.trim().is_empty())
                {
                    return Err(Refused::bad("message text is empty"));
                }
                fields::text(words, input.get("entities"), 4_096)?;
                vec![]
            }
            "sendMediaGroup" => album(&input, &own)?,
            _ => one(method, &input, &own)?,
        };
        let count = files.len().max(1);
        self.take_turn(chat.id, count)?;
        let first = self.messages_made + 1;
        self.messages_made += count as i64;
        self.made += 1;
        let messages: Vec<i64> = (first..=self.messages_made).collect();
        let answers: Vec<Value> = messages
            .iter()
            .map(|id| message(*id, &chat, &input))
            .collect();
        self.posts.push(Post {
            chat: chat.id,
            method: method.to_owned(),
            fields: input,
            files,
            posters,
            messages,
        });
        match answers.into_iter().next() {
            Some(one) if method != "sendMediaGroup" => Ok(one),
            Some(one) => {
                let rest =
                    (first + 1..=self.messages_made).map(|id| message(id, &chat, &Map::new()));
                Ok(std::iter::once(one).chain(rest).collect())
            }
            None => Err(Refused(500, "Internal Server Error".to_owned(), None)),
        }
    }

    fn delete(&mut self, input: &Map<String, Value>) -> Answer {
        let chat = self.chat(input)?.clone();
        let id = input.get("message_id").and_then(Value::as_i64);
        let post = self
            .posts
            .iter_mut()
            .find(|post| post.chat == chat.id && id.is_some_and(|id| post.messages.contains(&id)));
        let Some(post) = post else {
            return Err(Refused::bad("message to delete not found"));
        };
        if chat.kind == "channel" && chat.member["can_delete_messages"] != true {
            return Err(Refused::bad("message can't be deleted"));
        }
        post.messages.retain(|message| Some(*message) != id);
        self.posts.retain(|post| !post.messages.is_empty());
        Ok(json!(true))
    }
}

/// The number before the colon is the bot's.
fn bot_id() -> i64 {
    TOKEN
        .split(':')
        .next()
        .and_then(|id| id.parse().ok())
        .unwrap_or(0)
}

fn may_post(chat: &Chat) -> Result<(), Refused> {
    let status = chat.member["status"].as_str().unwrap_or_default();
    match status {
        "kicked" | "left" => Err(Refused(
            403,
            format!("Forbidden: bot was kicked from the {} chat", chat.kind),
            None,
        )),
        "administrator" if chat.kind == "channel" && chat.member["can_post_messages"] != true => {
            Err(Refused::bad(
                "need administrator rights in the channel chat",
            ))
        }
        _ => Ok(()),
    }
}

fn shown(chat: &Chat) -> Value {
    let mut shown = json!({ "id": chat.id, "type": chat.kind, "title": chat.title });
    if let Some(name) = chat.username {
        shown["username"] = json!(name);
    }
    shown
}

fn message(id: i64, chat: &Chat, input: &Map<String, Value>) -> Value {
    let mut message = json!({ "message_id": id, "date": 1_778_742_300, "chat": shown(chat) });
    for name in ["text", "caption", "entities"] {
        if let Some(value) = input.get(name) {
            message[name] = value.clone();
        }
    }
    message
}

/// A call with one file, which stands under its kind.
fn one(
    method: &str,
    input: &Map<String, Value>,
    files: &[(String, File)],
) -> Result<Vec<File>, Refused> {
    let kind = match method {
        "sendPhoto" => "photo",
        "sendVideo" => "video",
        "sendAnimation" => "animation",
        _ => "document",
    };
    let [(name, file)] = files else {
        return Err(Refused::bad(&format!(
            "there has to be one {kind} in the request"
        )));
    };
    if name != kind {
        return Err(Refused::bad(&format!("there is no {kind} in the request")));
    }
    fields::text(input.get("caption"), input.get("caption_entities"), 1_024)?;
    fields::file(kind, file)?;
    Ok(vec![file.clone()])
}

/// An album: two to ten files; pictures and videos mix, others do not.
fn album(input: &Map<String, Value>, files: &[(String, File)]) -> Result<Vec<File>, Refused> {
    let media = input.get("media").and_then(Value::as_array);
    let media = media.ok_or_else(|| Refused::bad("there is no media in the request"))?;
    if !(2..=10).contains(&media.len()) || files.len() != media.len() {
        return Err(Refused::bad("an album has 2 to 10 files"));
    }
    let mut found = Vec::new();
    let mut kinds = Vec::new();
    for one in media {
        let text = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default();
        let known = [
            "type",
            "media",
            "caption",
            "caption_entities",
            "has_spoiler",
            "show_caption_above_media",
            "supports_streaming",
            "cover",
            "thumbnail",
        ];
        let odd = one
            .as_object()
            .is_none_or(|one| one.keys().any(|name| !known.contains(&name.as_str())));
        if odd {
            return Err(Refused::bad("can't parse InputMedia"));
        }
        let kind = text("type");
        if !["photo", "video", "document", "audio"].contains(&kind) {
            let words = "Can't use the media of the specified type in the album";
            return Err(Refused::bad(words));
        }
        let named = text("media").strip_prefix("attach://").unwrap_or_default();
        let file = files.iter().find(|(name, _)| name == named);
        let Some((_, file)) = file else {
            return Err(Refused::bad("wrong file identifier/HTTP URL specified"));
        };
        fields::text(one.get("caption"), one.get("caption_entities"), 1_024)?;
        fields::file(kind, file)?;
        kinds.push(kind.to_owned());
        found.push(file.clone());
    }
    let shown = |kind: &String| kind == "photo" || kind == "video";
    let documents = kinds.iter().filter(|kind| !shown(kind)).count();
    if documents > 0 && kinds.iter().any(|kind| kind != &kinds[0]) {
        return Err(Refused::bad(
            "document can't be mixed with other media types",
        ));
    }
    Ok(found)
}
