//! Publishing: one call shows everything, an album included, so there is one step, `message`. Only where Telegram refused
//! it, and may have done so for the poster of a video, it is made once more without that.
//!
//! Nothing on Telegram tells afterwards whether that call worked: there is no key that drops a second
//! one, and bots cannot read a chat. An unknown outcome is the person's to decide.

use serde_json::{Value, json};

use super::client::Bot;
use super::post::Prepared;
use super::{Telegram, errors};
use crate::api::Failed;
use crate::connector::{Confirmation, Ctx, Delivered, Job, StepLog};
use crate::fitting;
use crate::sending::Stop;

/// The step that shows.
const SHOW: &str = "message";

impl Telegram {
    pub(super) async fn publish_steps(
        &self,
        job: &Job,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Delivered, Stop> {
        if let Some(delivered) = shown(job) {
            return Ok(delivered);
        }
        let token = self.token(&job.account, ctx).await?;
        let bot = Bot {
            server: self.server_of(&job.account),
            token: &token,
        };
        let mut prepared = Prepared::of(job).await?;
        // Opened before the call is announced: a file that is gone was certainly not sent.
        let chat = job.account.remote_id.as_str();
        let mut form = self.form(&prepared, chat).await?;
        steps.about_to_show(SHOW).await?;
        let mut answer = self.show(bot, &prepared, chat, form).await;
        let moved = answer.as_ref().err().and_then(errors::moved_to);
        let moved = moved.map(|chat| chat.to_string());
        if let Some(chat) = &moved {
            // The group has another number now, and nothing was posted under the old one.
            form = self.form(&prepared, chat).await?;
            answer = self.show(bot, &prepared, chat, form).await;
        }
        let told =
            |failed: &Failed| errors::refusal(failed, &job.account.display_name, ctx.clock.now());
        let mut lacks = Vec::new();
        if let Err(failed) = &answer
            && !failed.may_have_worked()
            && fitting::may_be_for_poster(&told(failed))
            && prepared.leave_posters_out()
        {
            let chat = moved.as_deref().unwrap_or(chat);
            form = self.form(&prepared, chat).await?;
            steps.about_to_show(SHOW).await?;
            answer = self.show(bot, &prepared, chat, form).await;
            lacks.push(fitting::poster_left_out("Telegram"));
        }
        let failed = match answer {
            Ok(result) => match posted(&result) {
                Some(step) => {
                    let mut delivered = delivered(&step).lacking(lacks);
                    if let Some(is) = &moved {
                        delivered = delivered.renumbered(chat, is);
                    }
                    steps.finished(SHOW, delivered.remote.clone()).await?;
                    return Ok(delivered);
                }
                None => Failed::Cut("a message without its number".to_owned()),
            },
            Err(failed) => failed,
        };
        Err(Stop::after_showing(failed.may_have_worked(), told(&failed)))
    }

    async fn form(
        &self,
        prepared: &Prepared,
        chat: &str,
    ) -> Result<Option<reqwest::multipart::Form>, Stop> {
        if !prepared.has_files() {
            return Ok(None);
        }
        Ok(Some(prepared.form(chat).await?))
    }

    async fn show(
        &self,
        bot: Bot<'_>,
        prepared: &Prepared,
        chat: &str,
        form: Option<reqwest::multipart::Form>,
    ) -> Result<Value, Failed> {
        if let Some(form) = form {
            let bytes = prepared.bytes();
            return bot.upload(&self.api, prepared.method, form, bytes).await;
        }
        let input = prepared.input(chat);
        bot.call(&self.api, prepared.method, &input).await
    }
}

pub(super) fn confirm(job: &Job) -> Confirmation {
    match shown(job) {
        Some(delivered) => Confirmation::Found(delivered),
        None => Confirmation::CannotTell(format!(
            "Telegram lets no bot look at what a chat holds. Open {} and look whether the post is there.",
            job.account.display_name
        )),
    }
}

fn shown(job: &Job) -> Option<Delivered> {
    job.step(SHOW).map(delivered)
}

/// What is kept of a message or of the messages of an album.
fn posted(result: &Value) -> Option<Value> {
    let one = std::slice::from_ref(result);
    let all = result.as_array().map_or(one, Vec::as_slice);
    let first = all.first()?;
    let numbers = all.iter().map(|message| message["message_id"].as_i64());
    let numbers: Option<Vec<i64>> = numbers.collect();
    let chat = first.pointer("/chat/id").and_then(Value::as_i64)?;
    let name = first.pointer("/chat/username").and_then(Value::as_str);
    Some(json!({ "chat": chat, "name": name, "messages": numbers? }))
}

fn delivered(step: &Value) -> Delivered {
    let chat = step["chat"].as_i64().unwrap_or_default();
    let message = step["messages"][0].as_i64().unwrap_or_default();
    // Members of a private channel or large group open it by its inner number.
    let inner = chat.to_string().strip_prefix("-100").map(str::to_owned);
    let url = match step["name"].as_str() {
        Some(name) => Some(format!("https://t.me/{name}/{message}")),
        None => inner.map(|inner| format!("https://t.me/c/{inner}/{message}")),
    };
    Delivered {
        remote_id: format!("{chat}/{message}"),
        url,
        remote: step.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_public_and_private_chats() {
        let url = |chat: i64, name: Option<&str>| {
            let step = json!({ "chat": chat, "name": name, "messages": [7, 8] });
            delivered(&step).url
        };
        assert_eq!(
            url(-1_001_234, Some("ana")).as_deref(),
            Some("https://t.me/ana/7")
        );
        assert_eq!(
            url(-1_001_234, None).as_deref(),
            Some("https://t.me/c/1234/7")
        );
        assert_eq!(url(42, None), None);
    }

    #[test]
    fn an_album_is_kept_whole() {
        let message = |n: i64| json!({ "message_id": n, "chat": { "id": -5 } });
        let kept = posted(&json!([message(1), message(2)])).unwrap();
        assert_eq!(kept["messages"], json!([1, 2]));
        assert_eq!(posted(&json!({ "chat": { "id": 1 } })), None);
        assert_eq!(posted(&json!([])), None);
    }
}
