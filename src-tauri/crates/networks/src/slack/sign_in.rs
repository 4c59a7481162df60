//! Signing in: with a token and a channel or all channels to choose from, or with a webhook's address.

use model::AccountId;
use model::account::Account;
use model::failure::Category;
use reqwest::Url;
use serde_json::{Value, json};

use super::catalogue::{TOKEN, WEBHOOK};
use super::client::CallFailed;
use super::confirm::next_page;
use super::{Slack, errors};
use crate::api::Failed;
use crate::connector::{Ctx, Refusal, SignInFields, SignedIn};
use crate::tokens::Tokens;
use crate::vault::Secret;

/// Channels of a page, and most pages that are read.
const PAGE: &str = "200";
const MAX_PAGES: usize = 20;

fn wrong(message: &str) -> Refusal {
    Refusal::never(Category::Validation, message)
}

/// How a person named a channel.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Any,
    Id(String),
    Name(String),
}

impl Wanted {
    fn read(typed: &str) -> Option<Self> {
        let is_id = |text: &str| {
            let right = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
            text.len() >= 9 && text.starts_with(['C', 'G', 'D']) && text.bytes().all(right)
        };
        if typed.is_empty() {
            return Some(Self::Any);
        }
        if let Some(id) = Url::parse(typed).ok().as_ref().and_then(|url| {
            let mut parts = url.path_segments()?;
            parts.find(|part| *part == "archives")?;
            parts.next().map(str::to_owned)
        }) {
            return is_id(&id).then_some(Self::Id(id));
        }
        if is_id(typed) {
            return Some(Self::Id(typed.to_owned()));
        }
        let name = typed.trim_start_matches('#').to_lowercase();
        let odd = |c: char| c.is_whitespace() || matches!(c, '/' | ':' | '@' | '.' | ',');
        let good = !name.is_empty() && name.chars().count() <= 80 && !name.contains(odd);
        good.then_some(Self::Name(name))
    }
}

/// The secret part of a webhook's address. `hooks` is where webhooks are.
fn hook_of(typed: &str, hooks: &str) -> Option<(String, Secret)> {
    let url = Url::parse(typed).ok()?;
    if url.origin().ascii_serialization() != hooks {
        return None;
    }
    let parts: Vec<&str> = url.path_segments()?.collect();
    let ["services", team, hook, secret] = parts.as_slice() else {
        return None;
    };
    let right = |part: &str| part.len() >= 8 && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let good = team.starts_with('T')
        && hook.starts_with('B')
        && [team, hook, secret].iter().all(|p| right(p));
    good.then(|| {
        let id = format!("{team}/{hook}");
        let path = Secret::new(format!("{id}/{secret}"));
        (id, path)
    })
}

/// A workspace as its token shows it.
struct Team {
    name: String,
    id: String,
    user: String,
    url: String,
    scopes: Vec<String>,
}

impl Team {
    fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|s| s == scope)
    }

    /// A channel as an account.
    fn account(&self, id: &str, name: Option<&str>) -> SignedIn {
        let shown = name.map_or_else(|| id.to_owned(), |name| format!("#{name}"));
        let history = self.has("channels:history") || self.has("groups:history");
        SignedIn {
            remote_id: format!("{}/{id}", self.id),
            display_name: format!("{} · {shown}", self.name),
            handle: shown,
            server: String::new(),
            settings: json!({
                "way": TOKEN, "team": self.id, "channel": id, "user": self.user, "url": self.url,
                "files": self.has("files:write"), "history": history,
            }),
        }
    }
}

impl Slack {
    pub(super) async fn sign_in_with(
        &self,
        account: AccountId,
        method: &str,
        fields: &SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        let by_hook = match method {
            "" => fields.secret("token").is_empty() && !fields.secret("address").is_empty(),
            named => named == WEBHOOK,
        };
        let (secret, found) = if by_hook {
            let (id, path) = hook_of(fields.secret("address"), self.client.hooks()).ok_or_else(|| {
                wrong("That is not the address of a Slack webhook. It begins with https://hooks.slack.com/services/.")
            })?;
            self.knock(&path, "this webhook", ctx).await?;
            let name = match fields.plain("name") {
                "" => "Slack webhook",
                name => name,
            };
            let found = SignedIn {
                remote_id: id,
                handle: name.to_owned(),
                display_name: name.to_owned(),
                server: String::new(),
                settings: json!({ "way": WEBHOOK }),
            };
            (path, vec![found])
        } else {
            let token = Secret::new(fields.secret("token"));
            refuse_odd(token.reveal())?;
            let wanted = Wanted::read(fields.plain("channel")).ok_or_else(|| {
                wrong("Enter the channel's #name, or paste what Copy link gives in Slack.")
            })?;
            let found = self.channels(&token, &wanted, ctx).await?;
            (token, found)
        };
        let kept = Tokens::lasting(secret);
        self.sessions.keep(account, kept, ctx).await?;
        Ok(found)
    }

    pub(super) async fn identify_now(
        &self,
        account: &Account,
        ctx: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        let secret = self.token(account, ctx).await?;
        if super::is_webhook(account) {
            self.knock(&secret, &account.display_name, ctx).await?;
            return Ok(SignedIn::known(account));
        }
        let channel = account.settings["channel"].as_str().unwrap_or_default();
        let wanted = Wanted::Id(channel.to_owned());
        let mut found = self.channels(&secret, &wanted, ctx).await?;
        Ok(found.swap_remove(0))
    }

    /// Whether a webhook is there: it is called without content, so that it posts nothing.
    async fn knock(&self, path: &Secret, place: &str, ctx: Ctx<'_>) -> Result<(), Refusal> {
        match self.client.hook(path, &json!({})).await {
            Ok(()) => Ok(()),
            Err(failed) if errors::hook_is_there(&failed) => Ok(()),
            Err(failed) => Err(errors::of_hook(&failed, place, ctx.clock.now())),
        }
    }

    async fn team(&self, token: &Secret, ctx: Ctx<'_>) -> Result<Team, Refusal> {
        let now = ctx.clock.now();
        let told = |failed: CallFailed| {
            if failed.says(&[
                "invalid_auth",
                "not_authed",
                "token_revoked",
                "account_inactive",
            ]) {
                let message =
                    "Slack does not know this token. Copy it from OAuth & Permissions once more.";
                return Refusal::never(Category::AuthError, message);
            }
            errors::refusal(&failed, "this app", now)
        };
        let asked = self.client.form_with_answer(token, "auth.test", &[]).await;
        let (json, answer) = asked.map_err(told)?;
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        let (Some(name), Some(id), Some(user)) = (text("team"), text("team_id"), text("user_id"))
        else {
            let odd = Failed::Cut("an answer without the workspace".to_owned());
            return Err(errors::refusal(&CallFailed::Http(odd), "this app", now));
        };
        let scopes = answer.header("x-oauth-scopes").unwrap_or_default();
        let team = Team {
            name,
            id,
            user,
            url: text("url").unwrap_or_default(),
            scopes: scopes.split(',').map(|s| s.trim().to_owned()).collect(),
        };
        if !team.has("chat:write") {
            return Err(Refusal::never(
                Category::AuthError,
                "The Slack app may not write. Add chat:write under OAuth & Permissions, install the app again, and copy the token once more.",
            ));
        }
        Ok(team)
    }

    /// The channels that are wanted and in which the app may post, each as an account.
    async fn channels(
        &self,
        token: &Secret,
        wanted: &Wanted,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        let team = self.team(token, ctx).await?;
        let now = ctx.clock.now();
        if let Wanted::Id(id) = wanted {
            let input = [("channel", id.clone())];
            let info = self.client.form(token, "conversations.info", &input).await;
            return match info {
                Ok(info) => Ok(vec![may_post(&team, &info["channel"])?]),
                // What the channel is called is only for showing.
                Err(failed) if failed.says(&["missing_scope"]) => Ok(vec![team.account(id, None)]),
                Err(failed) => Err(errors::refusal(&failed, "this app", now)),
            };
        }
        let mut found = Vec::new();
        let mut cursor = String::new();
        for _ in 0..MAX_PAGES {
            let input = [
                ("types", "public_channel,private_channel".to_owned()),
                ("exclude_archived", "true".to_owned()),
                ("limit", PAGE.to_owned()),
                ("cursor", cursor),
            ];
            let page = self.client.form(token, "conversations.list", &input).await;
            let page = page.map_err(|failed| {
                if failed.says(&["missing_scope"]) {
                    return wrong(
                        "The Slack app may not list channels. Paste the channel's link instead, or add channels:read and groups:read.",
                    );
                }
                errors::refusal(&failed, "this app", now)
            })?;
            for channel in page["channels"].as_array().into_iter().flatten() {
                match wanted {
                    Wanted::Name(name) if channel["name"] == name.as_str() => {
                        return Ok(vec![may_post(&team, channel)?]);
                    }
                    Wanted::Any => found.extend(may_post(&team, channel).ok()),
                    _ => {}
                }
            }
            cursor = next_page(&page);
            if cursor.is_empty() {
                break;
            }
        }
        if found.is_empty() {
            return Err(match wanted {
                Wanted::Name(name) => wrong(&format!(
                    "The Slack app sees no channel #{name}. If it is private, write /invite and the app's name there."
                )),
                _ => wrong(
                    "The Slack app is in no channel yet. Write /invite and the app's name in the channel it is to post in.",
                ),
            });
        }
        Ok(found)
    }
}

/// A channel as an account, if the app may post there.
fn may_post(team: &Team, channel: &Value) -> Result<SignedIn, Refusal> {
    let id = channel["id"].as_str().unwrap_or_default();
    let name = channel["name"].as_str();
    let shown = name.unwrap_or(id);
    if channel["is_archived"] == true {
        return Err(wrong(&format!(
            "The channel #{shown} is archived in Slack. Choose another one."
        )));
    }
    let open = channel["is_private"] == false && team.has("chat:write.public");
    if channel["is_member"] == false && !open {
        return Err(Refusal::never(
            Category::AuthError,
            format!(
                "The Slack app is not in #{shown}. Write /invite and the app's name there, then try again."
            ),
        ));
    }
    Ok(team.account(id, name))
}

/// Refuses what is no token that lasts.
fn refuse_odd(token: &str) -> Result<(), Refusal> {
    if token.starts_with("xoxe") {
        return Err(wrong(
            "This token ends within hours. Turn Token Rotation off in the app's settings, or make an app without it, and copy the token that begins with xoxb-.",
        ));
    }
    let known = ["xoxb-", "xoxp-"]
        .iter()
        .any(|head| token.starts_with(head));
    let right = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if known && token.len() > 20 && token.bytes().all(right) {
        return Ok(());
    }
    Err(wrong(
        "That is not a Slack token. The one to copy begins with xoxb-.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_taken_as_people_name_them() {
        let id = |text: &str| Some(Wanted::Id(text.to_owned()));
        let name = |text: &str| Some(Wanted::Name(text.to_owned()));
        for (typed, want) in [
            ("", Some(Wanted::Any)),
            ("C0123456789", id("C0123456789")),
            ("#General", name("general")),
            ("größe-news", name("größe-news")),
            (
                "https://ana.slack.com/archives/C0123456789/p1700000000000100",
                id("C0123456789"),
            ),
            ("https://ana.slack.com/team/U1", None),
            ("two words", None),
        ] {
            assert_eq!(Wanted::read(typed), want, "{typed}");
        }
    }

    #[test]
    fn webhooks_and_tokens_are_checked_before_anything_is_sent() {
        let hooks = "https://hooks.slack.com";
        let found = hook_of(
            "https://hooks.slack.com/services/T00000001/B00000001/abcdefgh1234",
            hooks,
        );
        assert_eq!(found.unwrap().0, "T00000001/B00000001");
        for odd in [
            "https://example.org/services/T00000001/B00000001/abcdefgh1234",
            "https://hooks.slack.com/services/T00000001/B00000001",
            "https://hooks.slack.com/workflows/T00000001/B00000001/abcdefgh1234",
            "",
        ] {
            assert!(hook_of(odd, hooks).is_none(), "{odd}");
        }
        assert!(refuse_odd("xoxb-1234567890-abcdefghijkl").is_ok());
        let rotating = refuse_odd("xoxe.xoxb-1-abcdefghijklmnopqrst").unwrap_err();
        assert!(rotating.message.contains("Rotation"));
        assert!(refuse_odd("hello").is_err());
    }
}
