//! The process that is killed: an ordinary start of the publisher on the machine's own clocks.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::{Clock, Timestamp};
use publisher::testing::{SeededEntropy, TestVault};
use publisher::{LEASE, Limits, Publisher, PublisherConfig, RuntimeTimer, Timer};
use store::{Store, StoreConfig, StoreError};

use crate::{Failure, network};

/// Names the data folder; its presence makes this process the child.
pub const DIR: &str = "ALMANAC_CRASH_DIR";
/// Names the sandbox's address.
pub const ADDRESS: &str = "ALMANAC_CRASH_ADDRESS";
/// Seed of the child's randomness.
pub const SEED: &str = "ALMANAC_CRASH_SEED";

/// The machine's clocks.
pub struct MachineClock(pub Instant);

impl Clock for MachineClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that is passed in"
    )]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Timestamp::from_millis(since.map_or(0, |s| s.as_millis() as i64))
    }

    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }
}

/// How often a folder that is in use is tried again.
const TRIES: u32 = 500;

/// Opens the data folder of a start. A process that another worker is just starting inherits the
/// folder's lock for the instant between its fork and its exec, so a refusal is tried again.
pub async fn open(dir: &Path, clock: Arc<dyn Clock>, seed: u64) -> Result<Store, Failure> {
    let mut tries = 0;
    loop {
        let entropy = Arc::new(SeededEntropy::new(seed));
        let config = StoreConfig::new(dir, "machine", "0", Arc::clone(&clock), entropy);
        match Store::open(config).await {
            Ok(opened) => return Ok(opened.store),
            Err(StoreError::FolderInUse { .. }) if tries < TRIES => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// The publisher of a start.
pub fn config(
    store: &Store,
    address: std::net::SocketAddr,
    clock: Arc<dyn Clock>,
    timer: Arc<dyn Timer>,
    seed: u64,
) -> Result<PublisherConfig, Failure> {
    Ok(PublisherConfig {
        store: store.clone(),
        connectors: network::all(address),
        vault: Arc::new(TestVault::default()),
        media: media::Library::open(store.dir().join("media"))?,
        clock,
        timer,
        entropy: Arc::new(SeededEntropy::new(seed ^ 0x5eed)),
        lease: LEASE,
        limits: Limits::default(),
        online: true,
    })
}

/// Publishes what is due, says `ready` when it begins and `done` when it was not killed.
pub fn run(dir: &str) -> Result<(), Failure> {
    let address = std::env::var(ADDRESS)?.parse()?;
    let seed: u64 = std::env::var(SEED)?.parse()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let clock: Arc<dyn Clock> = Arc::new(MachineClock(Instant::now()));
        let store = open(Path::new(dir), Arc::clone(&clock), seed).await?;
        let config = config(&store, address, clock, Arc::new(RuntimeTimer), seed)?;
        say("ready")?;
        let publisher = Publisher::start(config);
        publisher.settled().await;
        say("done")
    })
}

fn say(word: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{word}")?;
    Ok(out.flush()?)
}
