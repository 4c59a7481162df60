//! Publishing. A text is one call. Files are uploaded first, each a step of its own (`file/0/i`), then
//! one call shows them all; Slack shares them a moment later, which is looked for. Slack does not say what
//! comes of files that are shown twice, so a later attempt asks first whether they were shared.
//!
//! Every message carries a name: a text in what apps may attach to messages, files in the names of the
//! files. It follows from the target and its turn, and tells afterwards whether the message is there.

use std::time::Duration;

use model::failure::Category;
use serde_json::{Value, json};

use super::client::CallFailed;
use super::confirm::Looked;
use super::post::{NAME_OF, beside_files, message};
use super::{Slack, errors, name_of};
use crate::connector::{Ctx, Delivered, Job, JobMedia, Refusal, StepLog};
use crate::sending::Stop;
use crate::vault::Secret;

/// The step that shows.
const SHOW: &str = "message";
/// How often one looks whether files were shared, each time after twice the wait.
const LOOKS: u32 = 5;

/// A post being published with a token.
pub(super) struct Sending<'a> {
    pub(super) slack: &'a Slack,
    pub(super) job: &'a Job,
    pub(super) token: &'a Secret,
    pub(super) channel: &'a str,
    /// The message's own name.
    pub(super) name: String,
    /// How the names of its files begin.
    pub(super) tag: String,
    pub(super) ctx: Ctx<'a>,
}

impl<'a> Sending<'a> {
    pub(super) fn of(
        slack: &'a Slack,
        job: &'a Job,
        token: &'a Secret,
        ctx: Ctx<'a>,
    ) -> Result<Self, Refusal> {
        let name = name_of(job)?;
        Ok(Self {
            slack,
            job,
            token,
            channel: job.account.settings["channel"].as_str().unwrap_or_default(),
            tag: format!("{}-", name.get(..8).unwrap_or(&name)),
            name,
            ctx,
        })
    }

    fn words(&self) -> &str {
        self.job.first_text()
    }

    pub(super) fn media(&self) -> &[JobMedia] {
        self.job.first_media()
    }

    pub(super) fn words_beside(&self) -> Option<(&'static str, Value)> {
        beside_files(self.words(), &self.job.options)
    }

    pub(super) fn told(&self, failed: &CallFailed) -> Refusal {
        let now = self.ctx.clock.now();
        errors::refusal(failed, &self.job.account.display_name, now)
    }

    fn stopped(&self, failed: &CallFailed) -> Stop {
        Stop::after_showing(failed.may_have_worked(), self.told(failed))
    }

    async fn text(&self, steps: &mut dyn StepLog) -> Result<Value, Stop> {
        let mut input = message(self.words(), &self.job.options);
        input.insert("channel".to_owned(), json!(self.channel));
        let metadata = json!({ "event_type": NAME_OF, "event_payload": { "key": self.name } });
        input.insert("metadata".to_owned(), metadata);
        steps.about_to_show(SHOW).await?;
        let client = &self.slack.client;
        let answer = client
            .json(self.token, "chat.postMessage", &Value::Object(input))
            .await
            .map_err(|failed| self.stopped(&failed))?;
        let text = |name: &str| answer[name].as_str().map(str::to_owned);
        match (text("ts"), text("channel")) {
            (Some(ts), Some(channel)) => Ok(json!({ "ts": ts, "channel": channel })),
            _ => Err(Stop::Uncertain(later(
                "Slack took the message and did not say where it is.",
            ))),
        }
    }

    async fn files(&self, steps: &mut dyn StepLog) -> Result<Value, Stop> {
        if self.job.first_sent_try_at.is_some() {
            let shared = self.shared().await;
            if let Some(step) = shared.map_err(|failed| self.told(&failed))? {
                return Ok(step);
            }
        }
        let mut ids = self.uploaded(false, steps).await?;
        steps.about_to_show(SHOW).await?;
        let mut answer = self.complete(&ids).await;
        if let Err(failed) = &answer
            && failed.says(&["file_not_found", "file_deleted", "missing_file_data"])
        {
            // Files that nobody shared are cleared away after a time; nothing was shown.
            ids = self.uploaded(true, steps).await?;
            steps.about_to_show(SHOW).await?;
            answer = self.complete(&ids).await;
        }
        answer.map_err(|failed| self.stopped(&failed))?;
        let mut wait = self.slack.first_wait;
        for _ in 0..LOOKS {
            match self.look().await {
                Ok(Looked::There(mut step)) => {
                    step["files"] = json!(ids);
                    return Ok(step);
                }
                // Where nothing can be looked at, Slack's word counts.
                Ok(Looked::NotReadable) => {
                    return Ok(json!({ "channel": self.channel, "files": ids }));
                }
                Ok(Looked::NotThere | Looked::TooMuch) => {}
                Err(failed) => {
                    return Err(Stop::Uncertain(self.told(&failed)));
                }
            }
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
        Err(Stop::Uncertain(Refusal::later(
            Category::MediaProcessing,
            "Slack has the files and does not show them yet.",
        )))
    }
}

fn later(words: &str) -> Refusal {
    Refusal::later(Category::NetworkError, words)
}

impl Slack {
    /// How long one waits before looking again: a second, where calls may take half a minute.
    pub(super) fn first_wait(call: Duration) -> Duration {
        call / 30
    }

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
        let step = if super::is_webhook(&job.account) {
            self.through_hook(job, &token, steps, ctx).await?
        } else {
            let sending = Sending::of(self, job, &token, ctx)?;
            if sending.media().is_empty() {
                sending.text(steps).await?
            } else {
                sending.files(steps).await?
            }
        };
        steps.finished(SHOW, step.clone()).await?;
        Ok(delivered(job, &step))
    }

    async fn through_hook(
        &self,
        job: &Job,
        path: &Secret,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Value, Stop> {
        let nothing = || Refusal::never(Category::Validation, "There is nothing to post.");
        let segment = job.segments.first().ok_or_else(nothing)?;
        if !segment.media.is_empty() {
            let refusal = Refusal::never(Category::Validation, super::NO_FILES);
            return Err(refusal.into());
        }
        let input = Value::Object(message(&segment.text, &job.options));
        steps.about_to_show(SHOW).await?;
        self.client.hook(path, &input).await.map_err(|failed| {
            let refusal = errors::of_hook(&failed, &job.account.display_name, ctx.clock.now());
            Stop::after_showing(failed.may_have_worked(), refusal)
        })?;
        Ok(json!({}))
    }
}

pub(super) fn shown(job: &Job) -> Option<Delivered> {
    job.step(SHOW).map(|step| delivered(job, step))
}

pub(super) fn delivered(job: &Job, step: &Value) -> Delivered {
    let text = |name: &str| step[name].as_str();
    let home = job.account.settings["url"].as_str().unwrap_or_default();
    let url = text("ts").zip(text("channel")).map(|(ts, channel)| {
        let home = home.trim_end_matches('/');
        format!("{home}/archives/{channel}/p{}", ts.replace('.', ""))
    });
    // A message sent through a webhook has no name but ours.
    let own = job.handle["name"].as_str().unwrap_or_default();
    let id = text("ts").or_else(|| step["files"][0].as_str());
    Delivered {
        remote_id: id.unwrap_or(own).to_owned(),
        url: url.filter(|_| !home.is_empty()),
        remote: step.clone(),
    }
}
