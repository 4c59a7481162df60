//! The connectors of this test: one of each way to decide an unknown send.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use model::AccountId;
use model::account::Account;
use model::error::Problem;
use model::failure::{Category, Retry};
use networks::catalogue::{Confirms, Entry};
use networks::connector::{
    CheckInput, Confirmation, Connector, Ctx, Delivered, Job, Measure, Metrics, Outcome, Refusal,
    SignInFields, SignedIn, StepLog, TextSpan,
};
use publisher::testing::{entry, refusal};
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
        Arc::new(HttpNetwork {
            entry: entry(key, confirms),
            address,
        }) as Arc<dyn Connector>
    };
    KEYS.into_iter().map(one).collect()
}

/// The name of a segment in the sandbox.
pub fn segment(target: model::TargetId, index: usize) -> String {
    format!("{target}.{index}")
}

struct HttpNetwork {
    entry: Entry,
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
impl Connector for HttpNetwork {
    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn check(&self, _: CheckInput<'_>) -> Vec<Problem> {
        Vec::new()
    }

    fn measure(&self, _: &Account, _: &str) -> Measure {
        Measure {
            used: 0,
            limit: None,
            over_from: None,
        }
    }

    fn spans(&self, _: &str) -> Vec<TextSpan> {
        Vec::new()
    }

    fn freeze(&self, _: &Job, _: Option<&Value>, ctx: Ctx<'_>) -> Value {
        // New every time: a handle that was not written down before it was used would show.
        let mut random = [0_u8; 8];
        ctx.entropy.fill(&mut random);
        let clock = ctx.clock.now().as_millis();
        Value::String(format!("{clock}-{}", u64::from_le_bytes(random)))
    }

    async fn sign_in(
        &self,
        _: AccountId,
        _: SignInFields,
        _: Ctx<'_>,
    ) -> Result<SignedIn, Refusal> {
        Err(no_answer())
    }

    async fn identify(&self, _: &Account, _: Ctx<'_>) -> Result<SignedIn, Refusal> {
        Err(no_answer())
    }

    async fn sign_out(&self, _: &Account, _: Ctx<'_>) -> Result<(), Refusal> {
        Ok(())
    }

    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, _: Ctx<'_>) -> Outcome {
        for index in 0..job.segments.len() {
            let key = format!("segment/{index}");
            if job.step(&key).is_some() {
                continue;
            }
            let name = segment(job.target_id, index);
            // A network that is read back: what an earlier attempt showed is not shown again.
            let look = self.entry.confirms == Confirms::ReadBack && job.first_sent_try_at.is_some();
            if look && self.is_there(&name).await == Some(true) {
                continue;
            }
            if let Err(lost) = steps.about_to_show(&key).await {
                return Outcome::Interrupted(lost);
            }
            let method = if self.entry.confirms == Confirms::ChosenId {
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

    async fn delete(&self, _: &Account, _: &Delivered, _: Ctx<'_>) -> Result<(), Refusal> {
        Err(no_answer())
    }

    async fn metrics(
        &self,
        _: &Account,
        _: &Delivered,
        _: Ctx<'_>,
    ) -> Result<Option<Metrics>, Refusal> {
        Ok(None)
    }
}
