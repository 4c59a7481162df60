//! Signing in: with the address of a webhook, or with a bot and a channel in which it may post.

use model::AccountId;
use model::account::Account;
use model::failure::Category;
use reqwest::Url;
use serde_json::{Value, json};

use super::catalogue::{BOT, WEBHOOK};
use super::client::Caller;
use super::{Discord, errors, rights};
use crate::api::Failed;
use crate::connector::{Ctx, Refusal, SignInFields, SignedIn};
use crate::tokens::Tokens;
use crate::vault::Secret;

/// Hosts under which Discord gives out addresses.
const HOSTS: [&str; 4] = [
    "discord.com",
    "discordapp.com",
    "ptb.discord.com",
    "canary.discord.com",
];
/// Kinds of channels that take messages: text, announcements, and threads.
const TAKES_MESSAGES: [u64; 5] = [0, 5, 10, 11, 12];
const FORUMS: [u64; 2] = [15, 16];

fn wrong(message: &str) -> Refusal {
    Refusal::never(Category::Validation, message)
}

fn is_number(text: &str) -> bool {
    (15..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// The webhook of an address as people copy it. `origin` is where Discord is.
fn webhook_of(typed: &str, origin: &str) -> Option<Caller> {
    let url = Url::parse(typed).ok()?;
    let known = url.scheme() == "https" && HOSTS.contains(&url.host_str()?);
    if !known && url.origin().ascii_serialization() != origin {
        return None;
    }
    let mut parts = url.path_segments()?.filter(|part| !part.is_empty());
    let mut next = parts.next()?;
    if next == "api" {
        next = parts.next()?;
    }
    if next
        .strip_prefix('v')
        .is_some_and(|v| v.bytes().all(|b| b.is_ascii_digit()))
    {
        next = parts.next()?;
    }
    let (id, token) = (parts.next()?, parts.next()?);
    let right = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let good = next == "webhooks" && is_number(id) && token.len() >= 20 && token.bytes().all(right);
    let thread = url.query_pairs().find(|(name, _)| name == "thread_id");
    let thread = thread
        .map(|(_, id)| id.into_owned())
        .filter(|id| is_number(id));
    good.then(|| Caller::Webhook {
        id: id.to_owned(),
        token: Secret::new(token),
        thread,
    })
}

/// The number of a channel: alone, or in a link to it or to one of its messages.
fn channel_of(typed: &str) -> Option<String> {
    let number = match Url::parse(typed) {
        Ok(url) => {
            let parts: Vec<&str> = url.path_segments()?.collect();
            match parts.as_slice() {
                ["channels", _, channel, ..] => (*channel).to_owned(),
                _ => return None,
            }
        }
        Err(_) => typed.to_owned(),
    };
    is_number(&number).then_some(number)
}

impl Discord {
    pub(super) async fn sign_in_with(
        &self,
        account: AccountId,
        method: &str,
        fields: &SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let by_bot = match method {
            "" => !fields.secret("token").is_empty(),
            named => named == BOT,
        };
        let (caller, token) = if by_bot {
            let token = Secret::new(fields.secret("token"));
            if token.reveal().len() < 20 || token.reveal().contains(char::is_whitespace) {
                return Err(wrong(
                    "That is not a bot token. The developer portal shows one under Bot, Reset Token.",
                ));
            }
            let channel = channel_of(fields.plain("channel")).ok_or_else(|| {
                wrong("Paste the channel's link: in Discord, right-click the channel, Copy Link.")
            })?;
            let caller = Caller::Bot {
                token: token.clone(),
                channel,
            };
            (caller, token)
        } else {
            let caller = webhook_of(fields.secret("address"), &self.origin).ok_or_else(|| {
                wrong("That is not the address of a Discord webhook. It begins with https://discord.com/api/webhooks/.")
            })?;
            let token = match &caller {
                Caller::Webhook { token, .. } | Caller::Bot { token, .. } => token.clone(),
            };
            (caller, token)
        };
        let found = self.look_up(&caller, ctx).await?;
        let kept = Tokens::lasting(token);
        self.sessions.keep(account, kept, ctx).await?;
        Ok(found)
    }

    pub(super) async fn identify_now(
        &self,
        account: &Account,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let caller = self.caller(account, ctx).await?;
        self.look_up(&caller, ctx).await
    }

    async fn look_up(&self, caller: &Caller, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        match caller {
            Caller::Webhook { id, thread, .. } => {
                self.webhook(caller, id, thread.as_deref(), ctx).await
            }
            Caller::Bot { channel, .. } => self.bot(caller, channel, ctx).await,
        }
    }

    async fn webhook(
        &self,
        caller: &Caller,
        id: &str,
        thread: Option<&str>,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let now = ctx.clock.now();
        let found = self.client.get(caller, &caller.place(), &[]).await;
        let found = found.map_err(|failed| match failed.status() {
            Some(401 | 404) if failed.json().is_some() => Refusal::never(
                Category::AuthError,
                "Discord does not know this webhook. Copy its address once more, or make a new one.",
            )
            .with_detail(failed.detail()),
            _ => errors::refusal(&failed, "this webhook", now),
        })?;
        if found["type"].as_u64() != Some(1) || found["id"].as_str() != Some(id) {
            let odd = Failed::Cut("an answer that is no incoming webhook".to_owned());
            return Err(errors::refusal(&odd, "this webhook", now));
        }
        let name = found["name"].as_str().unwrap_or("Webhook").to_owned();
        let remote_id = match thread {
            Some(thread) => format!("{id}/{thread}"),
            None => id.to_owned(),
        };
        Ok(SignedIn {
            remote_id,
            handle: name.clone(),
            display_name: name,
            server: String::new(),
            settings: json!({
                "way": WEBHOOK, "webhook": id, "thread": thread,
                "channel": found["channel_id"], "guild": found["guild_id"],
            }),
        })
    }

    async fn bot(&self, caller: &Caller, channel: &str, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        let now = ctx.clock.now();
        let me = self.client.get(caller, "/users/@me", &[]).await;
        let me = me.map_err(|failed| match failed.status() {
            Some(401) if failed.json().is_some() => Refusal::never(
                Category::AuthError,
                "Discord does not know this bot token. Reset it in the developer portal and copy the new one.",
            )
            .with_detail(failed.detail()),
            _ => errors::refusal(&failed, "this bot", now),
        })?;
        let told = |failed: Failed| errors::refusal(&failed, "the bot", now);
        let there = self.client.get(caller, &caller.place(), &[]).await;
        let there = there.map_err(told)?;
        let text = |value: &Value, name: &str| value[name].as_str().map(str::to_owned);
        let (Some(user), Some(kind)) = (text(&me, "id"), there["type"].as_u64()) else {
            let odd = Failed::Cut("an answer without the number of the bot".to_owned());
            return Err(told(odd));
        };
        let name = text(&there, "name").unwrap_or_else(|| channel.to_owned());
        if FORUMS.contains(&kind) {
            return Err(wrong(
                "That channel is a forum. Post there with a webhook, or choose one of its posts.",
            ));
        }
        if !TAKES_MESSAGES.contains(&kind) {
            return Err(wrong(
                "That channel takes no messages. Choose a text or an announcement channel.",
            ));
        }
        let guild = text(&there, "guild_id").unwrap_or_default();
        let path = format!("/guilds/{guild}/members/{user}");
        let member = self.client.get(caller, &path, &[]).await.map_err(told)?;
        let server = self
            .client
            .get(caller, &format!("/guilds/{guild}"), &[])
            .await;
        let server = server.map_err(told)?;
        // A thread has the exceptions of the channel it is in.
        let thread = kind >= 10;
        let around = match text(&there, "parent_id").filter(|_| thread) {
            Some(parent) => {
                self.client
                    .get(caller, &format!("/channels/{parent}"), &[])
                    .await
            }
            None => Ok(there.clone()),
        };
        let may = rights::of(&server, &member, &around.map_err(told)?, &user);
        let write = if thread {
            rights::SEND_IN_THREADS
        } else {
            rights::SEND
        };
        let needed = rights::VIEW | write;
        if may & needed != needed {
            return Err(Refusal::never(
                Category::AuthError,
                format!(
                    "The bot may not write in #{name}. Give it View Channel and Send Messages there."
                ),
            ));
        }
        Ok(SignedIn {
            remote_id: channel.to_owned(),
            handle: format!("#{name}"),
            display_name: format!(
                "{} · #{name}",
                text(&server, "name").unwrap_or_else(|| "Discord".to_owned())
            ),
            server: String::new(),
            settings: json!({
                "way": BOT, "bot": user, "channel": channel, "guild": guild,
                "files": may & rights::ATTACH != 0, "history": may & rights::READ_HISTORY != 0,
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webhooks_are_taken_from_every_address_discord_gives_out() {
        let token = "a-B_c".repeat(10);
        let good = |typed: &str| webhook_of(typed, "https://discord.com");
        for address in [
            format!("https://discord.com/api/webhooks/123456789012345678/{token}"),
            format!("https://discordapp.com/api/webhooks/123456789012345678/{token}"),
            format!("https://ptb.discord.com/api/v10/webhooks/123456789012345678/{token}/"),
        ] {
            let Some(Caller::Webhook { id, thread, .. }) = good(&address) else {
                panic!("{address}");
            };
            assert_eq!((id.as_str(), thread), ("123456789012345678", None));
        }
        let in_thread = format!(
            "https://discord.com/api/webhooks/123456789012345678/{token}?thread_id=223456789012345678"
        );
        assert!(matches!(
            good(&in_thread),
            Some(Caller::Webhook { thread: Some(t), .. }) if t == "223456789012345678"
        ));
        for odd in [
            format!("https://example.org/api/webhooks/123456789012345678/{token}"),
            format!("http://discord.com/api/webhooks/123456789012345678/{token}"),
            "https://discord.com/api/webhooks/123456789012345678/".to_owned(),
            "https://discord.com/channels/1/2".to_owned(),
            String::new(),
        ] {
            assert!(good(&odd).is_none(), "{odd}");
        }
    }

    #[test]
    fn channels_are_taken_as_numbers_and_links() {
        for (typed, want) in [
            ("123456789012345678", Some("123456789012345678")),
            (
                "https://discord.com/channels/223456789012345678/123456789012345678",
                Some("123456789012345678"),
            ),
            (
                "https://discord.com/channels/223456789012345678/123456789012345678/3",
                Some("123456789012345678"),
            ),
            ("general", None),
            ("https://discord.com/invite/abc", None),
        ] {
            assert_eq!(channel_of(typed).as_deref(), want, "{typed}");
        }
    }
}
