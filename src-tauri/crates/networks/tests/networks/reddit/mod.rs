//! Reddit over its sandbox: the suite, and what is the network's own.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod communities;
mod looking;
mod posts;
mod signing_in;

use networks::connector::Job;
use serde_json::json;
use testkit::conformance::{self, RedditBench};
use testkit::sandbox::reddit::Sandbox;

use crate::world::Signed;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reddit_conforms() {
    conformance::holds(RedditBench::start).await;
}

type World = Signed<RedditBench>;

impl World {
    async fn start() -> Self {
        Self::of(RedditBench::start().await).await
    }

    fn sandbox(&self) -> &Sandbox {
        &self.bench.sandbox
    }

    fn words(&self, words: &str) -> Job {
        self.job(words, vec![], json!({}))
    }
}
