//! What is written of a request: that it came and how it ended, never what it carried.

use std::io;
use std::sync::{Arc, Mutex};

use reqwest::Method;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::Api;

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn the_log_tells_of_a_request_and_not_what_it_carries() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_ansi(false)
        .with_writer(log.clone());
    // For all tests of this program: with one of this thread alone, others that run beside it decide what is
    // written at all.
    tracing::subscriber::set_global_default(subscriber.finish()).unwrap();
    let api = Api::start().await;
    let entry = json!({ "title": "The words of a post", "scheduled_date": "2026-05-25" });
    let made = api.post("/api/v1/calendar/entries?note=in-the-query", entry);
    let id = made.await.ok()["entry_id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/calendar/entries/{id}");
    api.send("ak_of_somebody_else", Method::GET, &path, None)
        .await
        .refused(401);
    api.get("/oauth/authorize/a-question-of-somebody").await;
    api.get("/sign-in/a-sign-in-of-somebody").await;
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for there in [
        "method=POST",
        "/api/v1/calendar/entries",
        "status=201",
        "status=401",
        "key=",
    ] {
        assert!(text.contains(there), "{there}: {text}");
    }
    for kept in [
        &*api.key,
        "ak_of_somebody_else",
        "The words of a post",
        "in-the-query",
        "a-question-of-somebody",
        "a-sign-in-of-somebody",
        &id,
    ] {
        assert!(!text.contains(kept), "{kept}: {text}");
    }
}
