//! The one place that knows which networks there are.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::api::Api;
use crate::bluesky::{self, Bluesky};
use crate::catalogue::Entry;
use crate::connector::Connector;
use crate::discord::Discord;
use crate::facebook::Facebook;
use crate::folder::Folder;
use crate::handoff::HandOff;
use crate::hosting::Hosting;
use crate::http::{Clients, HttpConfig, HttpError};
use crate::instagram::Instagram;
use crate::linkedin::LinkedIn;
use crate::mastodon::Mastodon;
use crate::nostr::Nostr;
use crate::pinterest::Pinterest;
use crate::reddit::Reddit;
use crate::slack::Slack;
use crate::telegram::Telegram;
use crate::threads::Threads;
use crate::tiktok::TikTok;
use crate::webhook::Webhook;
use crate::wordpress::WordPress;
use crate::x::X;
use crate::youtube::YouTube;

/// Servers that stand in for networks, by key: for trying every network with no account, and for tests.
#[derive(Debug, Clone, Default)]
pub struct Addresses(BTreeMap<String, String>);

impl Addresses {
    /// Reads `x=http://127.0.0.1:4711,slack=http://127.0.0.1:4712`; anything else in it is left out.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
        let trimmed = |text: &str| text.trim().trim_end_matches('/').to_owned();
        Self(
            pairs
                .map(|(key, address)| (trimmed(key), trimmed(address)))
                .collect(),
        )
    }

    /// One server for one network.
    #[must_use]
    pub fn one(network: &str, origin: &str) -> Self {
        Self(BTreeMap::from([(network.to_owned(), origin.to_owned())]))
    }

    /// The origin that stands in for one of a network's usual ones, such as `https://api.x.com`.
    #[must_use]
    pub fn of(&self, network: &str, usual: &str) -> String {
        self.0.get(network).map_or(usual, String::as_str).to_owned()
    }
}

/// Settings of all networks.
#[derive(Debug, Clone)]
pub struct Config {
    /// How to reach the outside.
    pub http: HttpConfig,
    /// Servers that stand in for networks.
    pub addresses: Addresses,
    /// Bluesky's own settings.
    pub bluesky: bluesky::Config,
}

impl Config {
    /// The usual settings for a version of the program.
    #[must_use]
    pub fn new(version: impl Into<String>) -> Self {
        Self {
            http: HttpConfig::new(version),
            addresses: Addresses::default(),
            bluesky: bluesky::Config::default(),
        }
    }
}

/// All connectors, by the key of their network. Cheap to clone.
#[derive(Clone)]
pub struct Registry {
    connectors: Arc<[Arc<dyn Connector>]>,
    hosting: Hosting,
}

impl Registry {
    /// Every network this program speaks to. Call it inside a Tokio runtime or outside; it reads
    /// the certificates' file and connects to nothing.
    pub fn new(config: Config) -> Result<Self, HttpError> {
        let Config {
            http,
            bluesky,
            addresses,
        } = config;
        let http = HttpConfig {
            shared: Some(Clients::new(&http)?),
            ..http
        };
        let hosting = Hosting::new(Api::new(Clients::new(&http)?, http.timeouts));
        let connectors: Vec<Arc<dyn Connector>> = vec![
            Arc::new(Folder::new()),
            Arc::new(Bluesky::new(&http, bluesky)?),
            Arc::new(Mastodon::new(&http, &addresses)?),
            Arc::new(X::new(&http, &addresses)?),
            Arc::new(LinkedIn::new(&http, &addresses)?),
            Arc::new(Facebook::new(&http, &addresses)?),
            Arc::new(Instagram::new(&http, &addresses)?.lending(&hosting)),
            Arc::new(Threads::new(&http, &addresses)?.lending(&hosting)),
            Arc::new(TikTok::new(&http, &addresses)?.lending(&hosting)),
            Arc::new(YouTube::new(&http, &addresses)?),
            Arc::new(Pinterest::new(&http, &addresses)?),
            Arc::new(Reddit::new(&http, &addresses)?),
            Arc::new(Telegram::new(&http, &addresses)?),
            Arc::new(Discord::new(&http, &addresses)?),
            Arc::new(Slack::new(&http, &addresses)?),
            Arc::new(WordPress::new(&http, &addresses)?),
            Arc::new(Nostr::new(&http, &addresses)?),
            Arc::new(Webhook::new(&http, &addresses)?),
            Arc::new(HandOff::new()),
        ];
        Ok(Self::lending(connectors, hosting))
    }

    /// These connectors and no others: for tests and benchmarks.
    #[must_use]
    pub fn of(connectors: Vec<Arc<dyn Connector>>) -> Self {
        Self::lending(connectors, Hosting::default())
    }

    /// The same with where they lend files from.
    #[must_use]
    pub fn lending(connectors: Vec<Arc<dyn Connector>>, hosting: Hosting) -> Self {
        Self {
            connectors: connectors.into(),
            hosting,
        }
    }

    /// Where networks that fetch files get them.
    #[must_use]
    pub fn hosting(&self) -> &Hosting {
        &self.hosting
    }

    /// The connector of a network; none when this version of the program does not know it.
    #[must_use]
    pub fn get(&self, network: &str) -> Option<&Arc<dyn Connector>> {
        self.connectors.iter().find(|c| c.entry().key == network)
    }

    /// The catalogue, in the order the screen shows it.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        let entries = self.connectors.iter().map(|c| c.entry().clone());
        entries.map(Entry::with_common_options).collect()
    }
}

#[cfg(test)]
mod tests {
    use model::account::{Account, AccountHealth};
    use model::{AccountId, Timestamp, WorkspaceId};

    use super::*;
    use crate::connector::{MediaFacts, PictureUse};

    #[test]
    fn every_network_has_a_key_of_its_own_and_a_complete_entry() {
        let registry = Registry::new(Config::new("test")).unwrap();
        let entries = registry.entries();
        assert!(!entries.is_empty());
        for entry in &entries {
            assert_eq!(entries.iter().filter(|e| e.key == entry.key).count(), 1);
            assert!(registry.get(&entry.key).is_some());
            assert!(!entry.sign_in.methods.is_empty());
            for method in &entry.sign_in.methods {
                assert!(!method.guide.is_empty() && entry.sign_in.method(&method.key).is_some());
            }
            let json = serde_json::to_string(entry).unwrap();
            assert_eq!(&serde_json::from_str::<Entry>(&json).unwrap(), entry);
        }
        assert!(registry.get("nowhere").is_none());
    }

    #[test]
    fn only_what_has_a_name_of_its_own_is_known_whatever_was_edited() {
        let registry = Registry::new(Config::new("test")).unwrap();
        let by_name: Vec<String> = registry
            .entries()
            .into_iter()
            .map(|entry| entry.key)
            .filter(|key| !registry.get(key).unwrap().knows_by_content())
            .collect();
        for key in &by_name {
            let known = [
                "bluesky",
                "folder",
                "handoff",
                "nostr",
                "webhook",
                "wordpress",
            ];
            assert!(known.contains(&key.as_str()), "{key}");
        }
        assert_eq!(by_name.len(), 6);
    }

    fn account(network: &str) -> Account {
        Account {
            id: AccountId(uuid::Uuid::nil()),
            workspace_id: WorkspaceId(uuid::Uuid::nil()),
            network: network.to_owned(),
            remote_id: String::new(),
            handle: "ana".to_owned(),
            display_name: String::new(),
            server: String::new(),
            settings: serde_json::json!({}),
            health: AccountHealth::Ok,
            paused: None,
            created_at: Timestamp::from_millis(0),
        }
    }

    #[test]
    fn what_a_network_takes_of_a_picture_is_told_before_it_is_made() {
        let registry = Registry::new(Config::new("test")).unwrap();
        for entry in registry.entries() {
            let connector = registry.get(&entry.key).unwrap();
            let file = MediaFacts {
                width: Some(4_000),
                height: Some(3_000),
                ..MediaFacts::of_file(&"a".repeat(64).parse().unwrap(), "image/png")
            };
            let (account, options) = (account(&entry.key), serde_json::Map::new());
            let limits = connector.picture_limits(&PictureUse {
                account: &account,
                options: &options,
                file: &file,
                together: std::slice::from_ref(&file),
            });
            let Some(images) = entry.images.as_ref() else {
                continue;
            };
            let Some(limits) = limits else {
                assert!(
                    connector.hands_files_on() || entry.key == "nostr",
                    "{}",
                    entry.key
                );
                continue;
            };
            assert!(limits.max_bytes > 0 && limits.max_side > 0 && !limits.formats.is_empty());
            if let Some(most) = images.max_bytes {
                assert!(limits.max_bytes <= most, "{}: {limits:?}", entry.key);
            }
            for kind in &limits.formats {
                let told = images.formats.iter().any(|format| format == kind.mime());
                assert!(told, "{} is told to take no {kind:?}", entry.key);
            }
        }
    }
}
