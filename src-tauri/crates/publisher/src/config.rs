//! What a publisher is made of.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use model::{Clock, Entropy};
use networks::catalogue::{NativeSchedule, Support};
use networks::connector::{Connector, Ctx};
use networks::vault::Vault;
use store::Store;
use store::publishing::{NetworkQuota, Window};

use crate::purse::StorePurse;
use crate::timer::Timer;

/// The wall clock is read again at least this often: timers stop while a laptop sleeps.
pub const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// Bounds of the publisher.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most sends at the same time, over all accounts.
    pub in_flight: u32,
    /// Most claimed at once over all accounts, so that the next can be claimed while these are
    /// prepared.
    pub at_once: u32,
    /// Most looks at networks at the same time.
    pub looks: u32,
    /// How long a send may take before it is given up, besides what its files take even on a slow line
    /// ([`upload_time`](networks::api::upload_time)).
    pub longest_send: Duration,
    /// How long `stop` waits for sends in flight.
    pub patience: Duration,
    /// How long news is gathered, so that the same fault on many posts is one notice.
    pub gather: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            in_flight: 512,
            at_once: 256,
            looks: 16,
            longest_send: Duration::from_mins(15),
            patience: Duration::from_secs(10),
            gather: Duration::from_secs(2),
        }
    }
}

/// Length of a lease unless told otherwise: after a crash, what was in flight is looked after this
/// much later.
pub const LEASE: Duration = Duration::from_secs(15);

/// How much earlier than it has to be a post is handed over for its network to publish.
const PLACE_MARGIN: Duration = Duration::from_mins(1);

/// How long before its time a post has to be handed over at least.
pub(crate) fn least_ahead(window: &NativeSchedule) -> Duration {
    Duration::from_mins(window.min_minutes.into())
}

/// What is said where a network is not known here.
pub(crate) fn unknown(network: &str) -> String {
    format!("This version of Almanac does not know the network \"{network}\".")
}

/// Everything a publisher needs.
#[derive(Clone)]
pub struct PublisherConfig {
    /// The store.
    pub store: Store,
    /// One connector for each network there is.
    pub connectors: Vec<Arc<dyn Connector>>,
    /// Where secrets lie.
    pub vault: Arc<dyn Vault>,
    /// The library of files.
    pub media: media::Library,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Waiting.
    pub timer: Arc<dyn Timer>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Length of a lease.
    pub lease: Duration,
    /// Bounds.
    pub limits: Limits,
    /// Whether there is a way to the internet at the start, so that nothing that is due then uses up a try
    /// in vain.
    pub online: bool,
}

/// The configuration as the publisher's tasks share it.
pub(crate) struct Shared {
    pub(crate) config: PublisherConfig,
    /// This publisher's name: new with every start, so that a lease of an earlier one is foreign.
    pub(crate) owner: String,
    pub(crate) connectors: HashMap<String, Arc<dyn Connector>>,
    /// Where paid calls are noted.
    purse: StorePurse,
}

impl Shared {
    pub(crate) fn new(config: PublisherConfig) -> Self {
        let ids = model::IdSource::new(&*config.clock, &*config.entropy);
        let owner = ids.uuid().to_string();
        let connectors = config
            .connectors
            .iter()
            .map(|c| (c.entry().key.clone(), Arc::clone(c)))
            .collect();
        Self {
            purse: StorePurse::new(config.store.clone()),
            config,
            owner,
            connectors,
        }
    }

    /// Whether a network's posts are handed over to the person.
    pub(crate) fn hands_over(&self, network: &str) -> bool {
        self.connectors
            .get(network)
            .is_some_and(|c| c.entry().support == Support::HandOff)
    }

    pub(crate) fn ctx<'a>(&'a self, vault: &'a dyn Vault) -> Ctx<'a> {
        Ctx {
            clock: &*self.config.clock,
            entropy: &*self.config.entropy,
            vault,
            purse: &self.purse,
        }
    }

    /// The name of a network for people.
    pub(crate) fn network_name<'a>(&'a self, key: &'a str) -> &'a str {
        self.connectors.get(key).map_or(key, |c| &c.entry().name)
    }

    /// Networks that limit how much they take.
    pub(crate) fn quotas(&self) -> Vec<NetworkQuota> {
        let entries = self.connectors.values().map(|c| c.entry());
        entries
            .map(|e| NetworkQuota {
                network: e.key.clone(),
                name: e.name.clone(),
                limits: e.limits(),
            })
            .filter(|quota| !quota.limits.is_empty())
            .collect()
    }

    /// Networks that hold posts until their time, and how far ahead. A claim takes a while, so it is
    /// made a little before it is too late.
    pub(crate) fn windows(&self) -> Vec<Window> {
        let entries = self.connectors.values().map(|c| c.entry());
        entries
            .filter_map(|e| {
                let window = e.native_schedule?;
                Some(Window {
                    network: e.key.clone(),
                    least: least_ahead(&window) + PLACE_MARGIN,
                    most: window
                        .max_days
                        .map(|d| Duration::from_hours(24 * u64::from(d))),
                })
            })
            .collect()
    }

    /// Whether a network needs the internet.
    pub(crate) fn needs_internet(&self, network: &str) -> bool {
        let connector = self.connectors.get(network);
        connector.is_some_and(|c| c.entry().needs_internet)
    }

    /// Networks that need the internet.
    pub(crate) fn online_networks(&self) -> Vec<String> {
        let entries = self.connectors.values().map(|c| c.entry());
        entries
            .filter(|e| e.needs_internet)
            .map(|e| e.key.clone())
            .collect()
    }
}
