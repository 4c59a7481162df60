//! Publishing: one call shows everything, so there is one step, `message`.
//!
//! A bot's call carries a key, and Discord drops a second call with the same key for some minutes: a
//! call that is made again within them adds nothing.

use serde_json::{Value, json};

use super::client::Caller;
use super::post::Prepared;
use super::{Discord, errors, nonce_of};
use crate::api::Failed;
use crate::connector::{Ctx, Delivered, Job, StepLog};
use crate::sending::Stop;

/// The step that shows.
const SHOW: &str = "message";

impl Discord {
    pub(super) async fn publish_steps(
        &self,
        job: &Job,
        steps: &mut dyn StepLog,
        ctx: Ctx<'_>,
    ) -> Result<Delivered, Stop> {
        if let Some(delivered) = shown(job) {
            return Ok(delivered);
        }
        let nonce = nonce_of(job)?;
        let caller = self.caller(&job.account, ctx).await?;
        let prepared = Prepared::of(job, &nonce).await?;
        let message = match &caller {
            Caller::Bot { .. } => prepared.for_bot(&nonce),
            Caller::Webhook { .. } => prepared.for_webhook(&job.options),
        };
        // Opened before the call is announced: a file that is gone was certainly not sent.
        let form = match prepared.bytes() {
            Some(bytes) => Some((prepared.form(&message).await?, bytes)),
            None => None,
        };
        steps.about_to_show(SHOW).await?;
        let answer = match form {
            Some((form, bytes)) => self.client.post_form(&caller, form, bytes).await,
            None => self.client.post(&caller, &message).await,
        };
        let failed = match answer {
            Ok(message) => match kept(&message) {
                Some(step) => {
                    steps.finished(SHOW, step.clone()).await?;
                    return Ok(delivered(job, &step));
                }
                None => Failed::Cut("a message without its number".to_owned()),
            },
            Err(failed) => failed,
        };
        let refusal = errors::refusal(&failed, &job.account.display_name, ctx.clock.now());
        Err(Stop::after_showing(failed.may_have_worked(), refusal))
    }
}

pub(super) fn shown(job: &Job) -> Option<Delivered> {
    job.step(SHOW).map(|step| delivered(job, step))
}

/// What is kept of a message.
pub(super) fn kept(message: &Value) -> Option<Value> {
    let id = message["id"].as_str()?;
    Some(json!({ "id": id, "channel": message["channel_id"].as_str()? }))
}

pub(super) fn delivered(job: &Job, step: &Value) -> Delivered {
    let text = |name: &str| step[name].as_str().unwrap_or_default();
    let guild = job.account.settings["guild"].as_str().unwrap_or("@me");
    Delivered {
        remote_id: text("id").to_owned(),
        url: Some(format!(
            "https://discord.com/channels/{guild}/{}/{}",
            text("channel"),
            text("id")
        )),
        remote: step.clone(),
    }
}
