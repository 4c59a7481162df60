//! Signing in with a bot's token, and whether the bot may post where it is to.

use model::AccountId;
use model::account::Account;
use model::failure::Category;
use reqwest::Url;
use serde_json::{Value, json};

use super::client::Bot;
use super::{Telegram, errors};
use crate::api::Failed;
use crate::connector::{Ctx, Refusal, SignInFields, SignedIn};
use crate::tokens::Tokens;
use crate::vault::Secret;

fn wrong(message: &str) -> Refusal {
    Refusal::never(Category::Validation, message)
}

/// A token as `@BotFather` gives it: the bot's number, a colon, and letters.
fn is_token(text: &str) -> bool {
    let letters = |part: &str| {
        part.len() >= 20
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    text.split_once(':').is_some_and(|(number, rest)| {
        !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) && letters(rest)
    })
}

/// A chat as the Bot API wants it, from however a person names it.
fn chat_of(typed: &str) -> Option<String> {
    let typed = typed.trim();
    let path = ["https://t.me/", "http://t.me/", "t.me/"]
        .iter()
        .find_map(|head| typed.strip_prefix(head));
    let name = match path {
        Some(path) => {
            let mut parts = path.split(['/', '?']);
            match parts.next()? {
                // A link into a private chat has its inner number.
                "c" => return number(&format!("-100{}", parts.next()?)),
                // A link to the chat's page on the web.
                "s" => parts.next()?,
                name => name,
            }
        }
        None => typed,
    };
    if let Some(number) = number(name) {
        return Some(number);
    }
    let name = name.trim_start_matches('@');
    let is_name = (4..=32).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    is_name.then(|| format!("@{name}"))
}

fn number(text: &str) -> Option<String> {
    let number: i64 = text.parse().ok()?;
    (number != 0).then(|| number.to_string())
}

/// Whether a chat is a group of the smaller kind, the only one that ever gets another number: those of
/// larger groups and of channels begin behind all of theirs.
fn may_grow(chat: &str) -> bool {
    let number: Option<i64> = chat.parse().ok();
    number.is_some_and(|number| (-999_999_999_999..0).contains(&number))
}

/// The origin of a Bot API server; empty for Telegram's own.
fn server_of(typed: &str) -> Result<String, Refusal> {
    if typed.is_empty() {
        return Ok(String::new());
    }
    let odd = || wrong("The server's address has to look like https://bots.example.com.");
    let url = Url::parse(typed).map_err(|_| odd())?;
    let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let plain = url.path().trim_end_matches('/').is_empty() && url.query().is_none();
    let safe = url.scheme() == "https" || (url.scheme() == "http" && here);
    if !safe || !plain || !url.username().is_empty() {
        return Err(odd());
    }
    let origin = url.origin().ascii_serialization();
    Ok(if origin == "https://api.telegram.org" {
        String::new()
    } else {
        origin
    })
}

impl Telegram {
    pub(super) async fn sign_in_with(
        &self,
        account: AccountId,
        fields: &SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let token = fields.secret("token");
        if !is_token(token) {
            return Err(wrong(
                "That is not a bot token. @BotFather gives one: numbers, a colon, and 35 letters.",
            ));
        }
        let chat = chat_of(fields.plain("chat")).ok_or_else(|| {
            wrong("Enter the channel's @name, or copy the link of one of its messages.")
        })?;
        let server = server_of(fields.plain("server"))?;
        let token = Secret::new(token);
        let bot = Bot {
            server: if server.is_empty() {
                &self.server
            } else {
                &server
            },
            token: &token,
        };
        let found = self.look(bot, &chat, ctx).await?;
        self.sessions
            .keep(account, Tokens::lasting(token.clone()), ctx)
            .await?;
        Ok(SignedIn { server, ..found })
    }

    pub(super) async fn identify_now(
        &self,
        account: &Account,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let token = self.token(account, ctx).await?;
        let bot = Bot {
            server: self.server_of(account),
            token: &token,
        };
        let found = self.look(bot, &account.remote_id, ctx).await?;
        Ok(SignedIn {
            // It stays the account it was: another number of a group is asked for by itself.
            remote_id: account.remote_id.clone(),
            server: account.server.clone(),
            ..found
        })
    }

    /// The number of a group that has grown since it was connected.
    pub(super) async fn number_of_group(
        &self,
        account: &Account,
        ctx: Ctx<'_>,
    ) -> Result<Option<String>, Refusal> {
        if !may_grow(&account.remote_id) {
            return Ok(None);
        }
        let token = self.token(account, ctx).await?;
        let bot = Bot {
            server: self.server_of(account),
            token: &token,
        };
        let grown = self.grown(bot, &account.remote_id).await;
        grown.map_err(|failed| errors::refusal(&failed, &account.display_name, ctx.clock.now()))
    }

    /// The number of a group that has grown, asked under the one it had before. Only calls that need the right
    /// to write tell it, whoever reads still finds the small group; this one shows nothing to anybody.
    async fn grown(&self, bot: Bot<'_>, chat: &str) -> Result<Option<String>, Failed> {
        let input = json!({ "chat_id": chat, "action": "cancel" });
        match bot.call(&self.api, "sendChatAction", &input).await {
            Ok(_) => Ok(None),
            Err(failed) => match errors::moved_to(&failed) {
                Some(number) => Ok(Some(number.to_string())),
                None => Err(failed),
            },
        }
    }

    /// Who the bot is, what the chat is, and whether the bot may post there.
    async fn look(&self, bot: Bot<'_>, chat: &str, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        let now = ctx.clock.now();
        let me = bot.call(&self.api, "getMe", &json!({})).await;
        let me = me.map_err(|failed| match failed.status() {
            Some(401 | 404) if failed.json().is_some() => Refusal::never(
                Category::AuthError,
                "Telegram does not know this bot token. Copy it from @BotFather once more.",
            )
            .with_detail(failed.detail()),
            _ => errors::refusal(&failed, "this bot", now),
        })?;
        let told = |failed: Failed| errors::refusal(&failed, chat, now);
        // What else keeps from asking shows below, in words about the chat.
        let grown = if may_grow(chat) {
            self.grown(bot, chat).await.ok().flatten()
        } else {
            None
        };
        let input = json!({ "chat_id": grown.as_deref().unwrap_or(chat) });
        let there = bot.call(&self.api, "getChat", &input).await.map_err(told)?;
        let odd = || {
            let odd = Failed::Cut("an answer without the number of the bot or the chat".to_owned());
            errors::refusal(&odd, chat, now)
        };
        let number = |value: &Value| value["id"].as_i64();
        let (bot_id, chat_id) = number(&me).zip(number(&there)).ok_or_else(odd)?;
        let text = |value: &Value, name: &str| value[name].as_str().map(str::to_owned);
        let title = text(&there, "title")
            .or_else(|| text(&there, "first_name"))
            .unwrap_or_else(|| chat_id.to_string());
        let kind = text(&there, "type").unwrap_or_default();
        if kind != "private" {
            let input = json!({ "chat_id": chat_id, "user_id": bot_id });
            let member = bot.call(&self.api, "getChatMember", &input).await;
            if !may_post(&member.map_err(told)?, &kind) {
                return Err(errors::out_of_chat(&title));
            }
        }
        let name = text(&there, "username");
        Ok(SignedIn {
            remote_id: chat_id.to_string(),
            handle: name.map_or_else(|| title.clone(), |name| format!("@{name}")),
            display_name: title,
            server: String::new(),
            settings: json!({ "kind": kind, "bot": text(&me, "username") }),
        })
    }
}

/// Whether a member of a chat of this kind may post in it.
fn may_post(member: &Value, kind: &str) -> bool {
    let has = |right: &str| member[right].as_bool();
    match member["status"].as_str().unwrap_or_default() {
        "creator" => true,
        "administrator" => kind != "channel" || has("can_post_messages") == Some(true),
        "member" => kind != "channel",
        "restricted" => kind != "channel" && has("can_send_messages") == Some(true),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chats_are_taken_as_people_name_them() {
        for (typed, want) in [
            ("@ana_news", Some("@ana_news")),
            ("ana_news ", Some("@ana_news")),
            ("https://t.me/ana_news", Some("@ana_news")),
            ("https://t.me/ana_news/12", Some("@ana_news")),
            ("t.me/s/ana_news?before=3", Some("@ana_news")),
            ("https://t.me/c/1234567/8", Some("-1001234567")),
            ("-1001234567", Some("-1001234567")),
            ("42", Some("42")),
            ("", None),
            ("ana news", None),
            ("https://example.org/ana", None),
        ] {
            assert_eq!(chat_of(typed).as_deref(), want, "{typed}");
        }
    }

    #[test]
    fn only_groups_of_the_smaller_kind_may_grow() {
        for (chat, may) in [
            ("-1", true),
            ("-4000000002", true),
            ("-999999999999", true),
            ("-1001000000005", false),
            ("42", false),
            ("@ana_news", false),
        ] {
            assert_eq!(may_grow(chat), may, "{chat}");
        }
    }

    #[test]
    fn tokens_and_servers_are_checked_before_anything_is_sent() {
        assert!(is_token("123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"));
        for text in [
            "",
            "abc",
            "12:short",
            "x1:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
        ] {
            assert!(!is_token(text), "{text}");
        }
        assert_eq!(server_of("https://api.telegram.org/").unwrap(), "");
        assert_eq!(
            server_of("http://127.0.0.1:8081").unwrap(),
            "http://127.0.0.1:8081"
        );
        for odd in [
            "bots",
            "http://example.org",
            "https://example.org/bot",
            "https://a:b@c.d",
        ] {
            assert!(server_of(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn the_right_to_post_is_read_by_the_kind_of_chat() {
        let admin = |may: bool| json!({ "status": "administrator", "can_post_messages": may });
        assert!(may_post(&admin(true), "channel") && !may_post(&admin(false), "channel"));
        let member = json!({ "status": "member" });
        assert!(may_post(&member, "supergroup") && !may_post(&member, "channel"));
        assert!(!may_post(&json!({ "status": "kicked" }), "group"));
    }
}
