//! The connectors of this test: one of each way to decide an unknown send.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use model::failure::{Category, Retry};
use networks::catalogue::Confirms;
use networks::connector::{
    Confirmation, Connector, Ctx, Delivered, Job, Outcome, Refusal, StepLog,
};
use publisher::testing::{Plain, Sends, entry, refusal};
use serde_json::{Value, json};

use crate::sandbox::call;

/// Keys of the three networks.
pub const KEYS: [(&str, Confirms); 3] = [
    ("chosen", Confirms::ChosenId),
    ("read", Confirms::ReadBack),
    ("ask", Confirms::AskPerson),
];

/// The connectors to the sandbox at this address.
pub fn all(address: SocketAddr) -> Vec<Arc<dyn Connector>> {
    let one = |(key, confirms)| {
        let sends = HttpNetwork { confirms, address };
        Arc::new(Plain {
            entry: entry(key, confirms),
            sends,
        }) as Arc<dyn Connector>
    };
    KEYS.into_iter().map(one).collect()
}

/// The name of a segment in the sandbox.
pub fn segment(target: model::TargetId, index: usize) -> String {
    format!("{target}.{index}")
}

struct HttpNetwork {
    confirms: Confirms,
    address: SocketAddr,
}

impl HttpNetwork {
    async fn is_there(&self, name: &str) -> Option<bool> {
        match call(self.address, "GET", &format!("/find/{name}")).await {
            Ok(200) => Some(true),
            Ok(404) => Some(false),
            _ => None,
        }
    }
}

fn no_answer() -> Refusal {
    refusal(
        Category::NetworkError,
        Retry::Backoff,
        "The network did not answer.",
    )
}

fn delivered(job: &Job) -> Delivered {
    Delivered {
        remote_id: job.target_id.to_string(),
        url: None,
        remote: json!({}),
    }
}

#[async_trait]
impl Sends for HttpNetwork {
    /// New every time: a handle that was not written down before it was used would show.
    fn freeze(&self, _: &Job, ctx: Ctx<'_>) -> Value {
        let mut random = [0_u8; 8];
        ctx.entropy.fill(&mut random);
        let clock = ctx.clock.now().as_millis();
        Value::String(format!("{clock}-{}", u64::from_le_bytes(random)))
    }

    /// Where the feed is read back the steps are committed one by one; elsewhere the intent names the
    /// first.
    fn shows_at_once(&self, job: &Job) -> Option<String> {
        let begins = self.confirms != Confirms::ReadBack && job.done.is_empty();
        begins.then(|| "segment/0".to_owned())
    }

    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, _: Ctx<'_>) -> Outcome {
        for index in 0..job.segments.len() {
            let key = format!("segment/{index}");
            if job.step(&key).is_some() {
                continue;
            }
            let name = segment(job.target_id, index);
            // A network that is read back: what an earlier attempt showed is not shown again.
            let look = self.confirms == Confirms::ReadBack && job.first_sent_try_at.is_some();
            if look && self.is_there(&name).await == Some(true) {
                continue;
            }
            if let Err(lost) = steps.about_to_show(&key).await {
                return Outcome::Interrupted(lost);
            }
            let method = if self.confirms == Confirms::ChosenId {
                "PUT"
            } else {
                "POST"
            };
            let handle = job.handle.as_str().unwrap_or_default();
            match call(self.address, method, &format!("/{name}/{handle}")).await {
                Ok(200) => {}
                _ => return Outcome::Uncertain(no_answer()),
            }
            if let Err(lost) = steps.finished(&key, json!({})).await {
                return Outcome::Interrupted(lost);
            }
        }
        Outcome::Sent(delivered(job))
    }

    async fn confirm(&self, job: &Job, _: Ctx<'_>) -> Confirmation {
        for index in 0..job.segments.len() {
            match self.is_there(&segment(job.target_id, index)).await {
                Some(true) => {}
                Some(false) => return Confirmation::Absent,
                None => return Confirmation::NotNow(no_answer()),
            }
        }
        Confirmation::Found(delivered(job))
    }
}
