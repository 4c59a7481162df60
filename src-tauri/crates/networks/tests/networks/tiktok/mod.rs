//! TikTok over its sandbox: the suite, and what is the network's own.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod limits;
mod looking;
mod posts;
mod signing_in;

use networks::connector::Job;
use serde_json::json;
use testkit::conformance::{self, TikTokBench};
use testkit::sandbox::tiktok::Sandbox;

use crate::world::Signed;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn videos_conform() {
    conformance::holds(TikTokBench::videos).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn photos_conform() {
    conformance::holds(TikTokBench::photos).await;
}

type World = Signed<TikTokBench>;

impl World {
    async fn start() -> Self {
        Self::of(TikTokBench::videos().await).await
    }

    fn sandbox(&self) -> &Sandbox {
        &self.bench.sandbox
    }

    fn video(&self, words: &str, bytes: usize) -> Job {
        let video = self.desk.video("clip.mp4", bytes);
        self.job(words, vec![video], json!({}))
    }
}
