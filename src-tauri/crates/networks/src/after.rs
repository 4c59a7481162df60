//! What comes after a post is out, such as a thumbnail or captions. None of it undoes or repeats the post;
//! what does not work is recorded as the sentence that tells it.

use async_trait::async_trait;
use model::failure::Category;
use serde_json::{Value, json};

use crate::connector::{Job, Refusal, StepLog, StepLost};

/// Where steps go of a post that was found by looking: it is published then, and not gone on with.
pub struct Unrecorded;

#[async_trait]
impl StepLog for Unrecorded {
    async fn finished(&mut self, _key: &str, _value: Value) -> Result<(), StepLost> {
        Ok(())
    }

    async fn about_to_show(&mut self, _key: &str) -> Result<(), StepLost> {
        Ok(())
    }
}

/// Why something did not work, as far as it says what a person can do.
#[must_use]
pub fn why(network: &str, refusal: &Refusal) -> String {
    match refusal.category {
        Category::NetworkError => format!("{network} did not answer."),
        Category::RateLimited => format!("{network} takes no more of this for now."),
        _ => refusal.message.clone(),
    }
}

/// Does something unless an earlier attempt did, and gathers the sentence of what did not work. The step
/// holds `true`, or that sentence.
pub async fn once(
    job: &Job,
    key: &str,
    lacks: &mut Vec<String>,
    steps: &mut dyn StepLog,
    work: impl Future<Output = Result<(), String>> + Send,
) -> Result<(), StepLost> {
    if let Some(step) = job.step(key) {
        lacks.extend(step.as_str().map(str::to_owned));
        return Ok(());
    }
    let came = work.await;
    let value = match &came {
        Ok(()) => json!(true),
        Err(sentence) => json!(sentence),
    };
    steps.finished(key, value).await?;
    lacks.extend(came.err());
    Ok(())
}
