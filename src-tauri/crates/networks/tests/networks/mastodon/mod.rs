//! What the suite cannot ask of every network: Mastodon's own ways.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod confirm;
mod independent;
mod publish;
mod sign_in;

use std::collections::BTreeMap;

use model::account::Account;
use networks::connector::{
    Begun, Connector, Job, JobSegment, Outcome, Refusal, SignInFields, SignedIn,
};
use networks::oauth::pasted;
use serde_json::Value;
use testkit::browser::sent_back;
use testkit::conformance::{self, Bench, MastodonBench};
use testkit::desk::{ACCOUNT, Desk};

const SHOW: &str = "POST statuses";
const REDIRECT: &str = "http://127.0.0.1:41795/callback";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mastodon_conforms() {
    conformance::holds(MastodonBench::start).await;
}

struct World {
    bench: MastodonBench,
    desk: Desk,
}

impl World {
    async fn start() -> Self {
        Self {
            bench: MastodonBench::start().await,
            desk: Desk::new(),
        }
    }

    fn connector(&self) -> &dyn Connector {
        self.bench.connector()
    }

    async fn account(&self) -> Account {
        let signed = self.desk.sign_in(self.connector(), self.bench.sign_in());
        signed.await.unwrap()
    }

    fn job(&self, account: &Account, segments: Vec<JobSegment>, options: &Value) -> Job {
        let mut job = self.desk.job(self.connector(), account, segments);
        job.options.clone_from(options.as_object().unwrap());
        job
    }

    async fn attempt(&self, job: &mut Job) -> Outcome {
        self.desk.attempt(self.connector(), job).await
    }

    /// Publishes and gives what was asked for and what came of it, oldest first.
    async fn posted(&self, mut job: Job) -> Vec<Value> {
        let outcome = self.attempt(&mut job).await;
        assert!(matches!(outcome, Outcome::Sent(_)), "{outcome:?}");
        self.bench.sandbox.posts()
    }

    /// Goes to the browser and comes back with what the server said.
    async fn begin(&self, server: &str) -> Result<(Begun, BTreeMap<String, String>), Refusal> {
        let fields = server_field(server);
        let begun = self
            .connector()
            .begin("oauth", &fields, REDIRECT, self.desk.ctx())
            .await?;
        let address = browse(&begun.address).await;
        assert!(address.starts_with(REDIRECT), "{address}");
        let answer = pasted(&address, &begun.state, "Mastodon")?;
        Ok((begun, answer))
    }

    async fn in_browser(&self, server: &str) -> Result<SignedIn, Refusal> {
        let (begun, answer) = self.begin(server).await?;
        let (connector, ctx) = (self.connector(), self.desk.ctx());
        Ok(connector
            .finish(ACCOUNT, &begun, &answer, ctx)
            .await?
            .swap_remove(0))
    }

    async fn token_at(&self, server: &str) -> Result<SignedIn, Refusal> {
        let token = self.bench.sandbox.token("ana", "read write");
        let fields = self.bench.form(server, &token);
        let signed = self
            .connector()
            .sign_in(ACCOUNT, "token", fields, self.desk.ctx());
        Ok(signed.await?.swap_remove(0))
    }
}

fn server_field(server: &str) -> SignInFields {
    let mut fields = SignInFields::default();
    fields.plain.insert("server".to_owned(), server.to_owned());
    fields
}

/// Where a browser is sent from an address; the page's words when it is not sent anywhere.
async fn browse(address: &str) -> String {
    sent_back(address).await.unwrap_or_else(|words| words)
}

fn refusal(outcome: &Outcome) -> &Refusal {
    match outcome {
        Outcome::NotSent(refusal) | Outcome::Uncertain(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}
