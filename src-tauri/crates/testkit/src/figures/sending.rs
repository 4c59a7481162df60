//! The process that sends one large file, and measures itself while it does.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::PathBuf;
use std::time::Duration;

use model::MediaId;
use model::failure::{Category, Retry};
use networks::connector::{Connector, JobMedia, MediaFacts, Outcome, SignInFields};
use networks::http::{HttpConfig, ProxyChoice};
use networks::registry::{Addresses, Config, Registry};
use networks::vault::Secret;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::desk::{Desk, text};
use crate::sweep::Failure;

/// Attempts before it is given up: a network may work on a video for a while.
const ATTEMPTS: usize = 20;

/// What the process is told on its standard input.
#[derive(Serialize, Deserialize)]
pub(super) struct Told {
    pub network: String,
    pub origin: String,
    pub plain: BTreeMap<String, String>,
    pub secret: BTreeMap<String, String>,
    pub options: Map<String, Value>,
    pub file: PathBuf,
    pub bytes: u64,
}

/// What it says on its standard output.
#[derive(Serialize, Deserialize)]
pub(super) struct Said {
    /// Resident memory before the file was sent, in bytes.
    pub idle: u64,
    /// Most resident memory while it was sent, in bytes.
    pub peak: u64,
}

/// The child: reads what to send, sends it, and prints what that took.
pub fn send() -> Result<(), Failure> {
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input)?;
    let told: Told = serde_json::from_str(&input)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let said = runtime.block_on(measured(told))?;
    println!("{}", serde_json::to_string(&said)?);
    Ok(())
}

async fn measured(told: Told) -> Result<Said, Failure> {
    let config = Config {
        http: HttpConfig {
            proxy: ProxyChoice::Direct,
            ..HttpConfig::new("0.0.0-bench")
        },
        addresses: Addresses::one(&told.network, &told.origin),
        ..Config::new("0.0.0-bench")
    };
    let registry = Registry::new(config)?;
    let connector = registry.get(&told.network).ok_or("no such network")?;
    let desk = Desk::new();
    let fields = SignInFields {
        plain: told.plain,
        secret: told
            .secret
            .into_iter()
            .map(|(name, value)| (name, Secret::new(value)))
            .collect(),
    };
    let account = desk.sign_in(&**connector, fields).await;
    let account = account.map_err(|refusal| refusal.message)?;
    let mut part = text("A large video");
    part.media = vec![JobMedia {
        facts: MediaFacts {
            id: "a".repeat(64).parse::<MediaId>()?,
            mime: "video/mp4".to_owned(),
            bytes: told.bytes,
            width: None,
            height: None,
            clip: None,
            document: None,
            tool: media::video::Tool::Ready,
            missing: false,
        },
        path: told.file,
        original: None,
        alt: String::new(),
        captions: vec![],
        poster_ms: None,
        poster: None,
    }];
    let mut job = desk.job(&**connector, &account, vec![part]);
    job.options.extend(told.options);
    // From here on the most is counted anew.
    std::fs::write("/proc/self/clear_refs", "5")?;
    let idle = memory("VmRSS")?;
    sent(&desk, &**connector, job).await?;
    Ok(Said {
        idle,
        peak: memory("VmHWM")?,
    })
}

async fn sent(
    desk: &Desk,
    connector: &dyn Connector,
    mut job: networks::connector::Job,
) -> Result<(), Failure> {
    for _ in 0..ATTEMPTS {
        match desk.attempt(connector, &mut job).await {
            Outcome::Sent(_) => return Ok(()),
            // It lies ready for the person.
            Outcome::Uncertain(refusal) if refusal.category == Category::YourTurn => return Ok(()),
            Outcome::NotSent(refusal) if refusal.retry != Retry::Never => {
                desk.clock.pass(Duration::from_mins(5));
            }
            other => return Err(format!("it was not sent: {other:?}").into()),
        }
    }
    Err("it was never sent".into())
}

/// A line of what the system says about this process, in bytes.
pub(super) fn memory(name: &str) -> Result<u64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with(name));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    Ok(kilobytes.ok_or("the system does not tell the memory of a process")? * 1_024)
}
