//! Requests a second of the host and how long the slowest take, with 100,000 posts in the store, beside a
//! bare axum route that answers the same bytes; and how fast webhooks are told while one of ten is slow.
//! `cargo xtask bench` reads the lines of JSON it prints.

mod hooks;
mod peer;

use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use peer::listen;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use server::{Rates, Server, ServerConfig};
use testkit::app::TestApp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Posts in the store.
const POSTS: usize = 100_000;
/// Requests that are under way at a time.
const AT_ONCE: usize = 8;
/// Streams of events that are open at a time.
const STREAMS: usize = 1_000;
/// How long each kind of request is sent.
const SPAN: Duration = Duration::from_secs(5);

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A host with its key and a calendar of many posts.
struct Loaded {
    base: String,
    key: String,
    calendar: String,
    /// A post that is changed again and again.
    post: String,
    /// Keys that listen to what happens; one may open only so many streams.
    listeners: Vec<String>,
    /// What stays open as long as requests are sent.
    _keeps: (TestApp, server::Running),
}

async fn load() -> Result<Loaded, Failure> {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let post = test.draft("A post of this measure", &[account.id]).await.id;
    let test = test.with_posts(POSTS, account.id).await?;
    let calendar = test.calendar().await;
    let key = async || -> String {
        let input =
            json!({ "workspaceId": calendar.workspace_id, "name": "Load", "role": "owner" });
        let made: Value = test.write("keys.create", input).await;
        made["secret"].as_str().unwrap_or_default().to_owned()
    };
    let mut listeners = Vec::new();
    for _ in 0..5 {
        listeners.push(key().await);
    }
    let key = key().await;
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
    Ok(Loaded {
        base: format!("http://{}", running.address()),
        key,
        listeners,
        calendar: format!("cal_{}", calendar.id),
        post: post.to_string(),
        _keeps: (test, running),
    })
}

/// A route that does nothing but answer these bytes.
async fn bare(body: String) -> Result<String, Failure> {
    let kind = [("content-type", "application/json")];
    let route = get(move || std::future::ready((kind, body.clone())));
    listen(Router::new().route("/", route)).await
}

/// What came of sending requests for a while.
struct Figures {
    a_second: f64,
    p99: f64,
}

/// Sends requests over and over; `ask` makes the n-th.
async fn measure<F>(ask: F) -> Result<Figures, Failure>
where
    F: Fn(u64) -> reqwest::RequestBuilder + Clone + Send + 'static,
{
    let began = Instant::now();
    let mut all = Vec::new();
    for worker in 0..AT_ONCE as u64 {
        let ask = ask.clone();
        all.push(tokio::spawn(async move {
            let mut times = Vec::new();
            while began.elapsed() < SPAN {
                let n = times.len() as u64 * AT_ONCE as u64 + worker;
                let sent = Instant::now();
                let answer = ask(n).send().await?;
                let status = answer.status();
                let body = answer.bytes().await?;
                if !status.is_success() {
                    let text = String::from_utf8_lossy(&body).into_owned();
                    return Err::<_, Failure>(format!("{status}: {text}").into());
                }
                times.push(sent.elapsed().as_secs_f64() * 1_000.0);
            }
            Ok(times)
        }));
    }
    let mut times = Vec::new();
    for one in all {
        times.extend(one.await??);
    }
    let took = began.elapsed().as_secs_f64();
    Ok(figures(times, took))
}

/// Bytes of memory that this process has in use.
fn memory() -> Result<f64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
    let kib = line.and_then(|l| l.trim().trim_end_matches(" kB").parse::<f64>().ok());
    Ok(kib.ok_or("no figure of the memory")? * 1_024.0)
}

/// Opens streams of events that nothing happens on, and tells what the host needs for them; the other ends
/// are bare sockets of this same process.
async fn idle_streams(loaded: &Loaded) -> Result<(), Failure> {
    let address = loaded.base.trim_start_matches("http://").to_owned();
    let before = memory()?;
    let mut open = Vec::new();
    for n in 0..STREAMS {
        let key = &loaded.listeners[n % loaded.listeners.len()];
        let mut stream = tokio::net::TcpStream::connect(&address).await?;
        let head = format!(
            "GET /almanac/v1/events HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await?;
        let mut answer = [0; 15];
        stream.read_exact(&mut answer).await?;
        if !answer.ends_with(b"200 OK") {
            return Err(format!("stream {n}: {}", String::from_utf8_lossy(&answer)).into());
        }
        open.push(stream);
    }
    let used = memory()? - before;
    println!(
        "{}",
        json!({
            "measure": format!("HTTP: {STREAMS} idle streams of events"),
            "value": used / 1_048_576.0, "unit": "MiB",
        })
    );
    Ok(())
}

/// The same, each after the one before: a save that another one overtook is refused.
async fn one_by_one(ask: impl Fn(u64) -> reqwest::RequestBuilder) -> Result<Figures, Failure> {
    let began = Instant::now();
    let mut times = Vec::new();
    while began.elapsed() < SPAN {
        let sent = Instant::now();
        ask(times.len() as u64).send().await?.error_for_status()?;
        times.push(sent.elapsed().as_secs_f64() * 1_000.0);
    }
    let took = began.elapsed().as_secs_f64();
    Ok(figures(times, took))
}

/// What a list of times, in milliseconds, comes to.
fn figures(mut times: Vec<f64>, took: f64) -> Figures {
    times.sort_unstable_by(f64::total_cmp);
    Figures {
        a_second: times.len() as f64 / took,
        p99: times[times.len() * 99 / 100],
    }
}

/// Prints a kind of request beside the bare route; only reads have a goal.
fn print(what: &str, ours: &Figures, bare: Option<&Figures>) {
    let ratio = bare.map(|bare| bare.a_second / ours.a_second);
    println!(
        "{}",
        json!({
            "measure": format!("HTTP: {what}, requests a second"),
            "value": ours.a_second, "unit": "/s",
            "peer": bare.map(|bare| format!("bare axum {:.0} /s", bare.a_second)),
            "ratio": ratio,
            "goal": ratio.map(|_| "<= 3 x bare"), "holds": ratio.map(|r| r <= 3.0),
        })
    );
    println!(
        "{}",
        json!({
            "measure": format!("HTTP: {what}, 99 of 100 within"),
            "value": ours.p99, "unit": "ms",
            "peer": bare.map(|bare| format!("bare axum {:.2} ms", bare.p99)),
        })
    );
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    networks::http::choose_cryptography();
    let loaded = load().await?;
    idle_streams(&loaded).await?;
    let http = Client::builder().no_proxy().build()?;
    let events = format!(
        "{}/v1/calendar/calendars/{}/events",
        loaded.base, loaded.calendar
    );
    let asks = |method: Method, url: String, body: Option<fn(u64) -> Value>| {
        let (http, key) = (http.clone(), loaded.key.clone());
        move |n: u64| {
            let request = http.request(method.clone(), &url).bearer_auth(&key);
            match body {
                Some(body) => request.json(&body(n)),
                None => request,
            }
        }
    };
    let peer = |base: String| {
        let http = http.clone();
        move |_| http.get(&base)
    };
    let reads = [
        (
            "list of 200",
            format!("{events}?start_date=2028-01-01&end_date=2029-12-31&limit=200"),
        ),
        ("one post", format!("{events}/evt_{}", loaded.post)),
    ];
    for (what, url) in reads {
        let body = asks(Method::GET, url.clone(), None)(0)
            .send()
            .await?
            .text()
            .await?;
        let base = bare(body).await?;
        let theirs = measure(peer(base)).await?;
        let ours = measure(asks(Method::GET, url, None)).await?;
        print(what, &ours, Some(&theirs));
    }
    let new: fn(u64) -> Value = |n| {
        json!({ "title": format!("Made {n}"), "content_type": "social_post", "platform": "test",
            "content": { "caption": "A post that a program makes" } })
    };
    print(
        "create",
        &measure(asks(Method::POST, events.clone(), Some(new))).await?,
        None,
    );
    let change: fn(u64) -> Value = |n| json!({ "title": format!("Changed {n}") });
    let one = format!("{events}/evt_{}", loaded.post);
    let figures = one_by_one(asks(Method::PATCH, one, Some(change))).await?;
    print("update", &figures, None);
    drop(loaded);
    hooks::measure().await
}
