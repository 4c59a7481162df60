//! Webhooks told a second: ten addresses that answer at once, and nine beside one that takes its time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::post;
use model::PostId;
use serde_json::{Value, json};
use server::{Rates, Server, ServerConfig};
use testkit::app::TestApp;
use tokio::sync::Notify;

use crate::Failure;
use crate::peer::listen;

/// Addresses that are told.
const ADDRESSES: usize = 10;
/// Events that each is told.
const EVENTS: usize = 500;
/// How long the slow one takes to answer.
const SLOW: Duration = Duration::from_secs(2);

/// What arrived at the addresses that answer at once.
#[derive(Default)]
struct Arrived {
    count: AtomicUsize,
    one: Notify,
}

/// Measures both and prints them.
pub async fn measure() -> Result<(), Failure> {
    let all_quick = told(0).await?;
    let one_slow = told(1).await?;
    let row = json!({
        "measure": "webhooks: deliveries a second to nine addresses, a tenth answering after 2 s",
        "value": one_slow,
        "unit": "/s",
        "peer": format!("ten that answer at once, {all_quick:.0} /s"),
        "ratio": one_slow / all_quick,
    });
    println!("{row}");
    Ok(())
}

/// Deliveries a second to the addresses that answer at once, with this many slow ones beside them.
async fn told(slow: usize) -> Result<f64, Failure> {
    let test = TestApp::start().await;
    let free = u32::MAX;
    let rates = Rates {
        requests: free,
        posts: free,
        media: free,
        strangers: free,
    };
    let config = ServerConfig {
        rates,
        ..ServerConfig::at(0)
    };
    let running = Server::start(test.app.clone(), config).await?;
    let workspace = test.calendar().await.workspace_id;
    let mut ids: Vec<PostId> = Vec::with_capacity(EVENTS);
    for n in 0..EVENTS {
        ids.push(test.draft(&format!("Post number {n}"), &[]).await.id);
    }
    let arrived = Arc::new(Arrived::default());
    for n in 0..ADDRESSES {
        let url = address(n < slow, &arrived).await?;
        let input = json!({
            "workspaceId": workspace, "contract": "almanac", "url": url,
            "events": ["post.updated"], "private": true,
        });
        let _: Value = test.write("webhooks.create", input).await;
    }
    let wanted = (ADDRESSES - slow) * EVENTS;
    let began = Instant::now();
    let change = json!({ "ids": ids, "add": ["measured"], "remove": [] });
    let _: Value = test.call("posts.label", change).await;
    while arrived.count.load(Ordering::SeqCst) < wanted {
        arrived.one.notified().await;
    }
    let took = began.elapsed().as_secs_f64();
    running.stop().await;
    Ok(wanted as f64 / took)
}

/// An address that answers at once and counts, or one that takes its time.
async fn address(slow: bool, arrived: &Arc<Arrived>) -> Result<String, Failure> {
    let arrived = Arc::clone(arrived);
    let take = post(move || {
        let arrived = Arc::clone(&arrived);
        async move {
            if slow {
                tokio::time::sleep(SLOW).await;
            } else {
                arrived.count.fetch_add(1, Ordering::SeqCst);
                arrived.one.notify_one();
            }
            "OK"
        }
    });
    let base = listen(Router::new().route("/hook", take)).await?;
    Ok(format!("{base}/hook"))
}
