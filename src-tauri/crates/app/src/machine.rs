//! The configuration of the program on a real machine, for the hosts that ship.

use std::path::PathBuf;
use std::sync::Arc;

use networks::http::{HttpConfig, HttpError, ProxyAdvice, ProxyChoice, Reach};
use networks::registry::{self, Addresses, Registry};
use publisher::RuntimeTimer;
use tokio::sync::watch;

use crate::config::AppConfig;
use crate::system::{OsEntropy, SystemClock, system_zone};
use crate::vault::VaultChoice;
use crate::words::SystemFormats;

/// Name of our secrets in the keyring.
const SERVICE: &str = "almanac";

/// What a host knows about the machine.
#[derive(Debug, Clone)]
pub struct Machine {
    /// The data folder.
    pub data_dir: PathBuf,
    /// The file that names the data folder after it was moved; none where it was chosen by hand.
    pub pointer_file: Option<PathBuf>,
    /// Where the log files lie.
    pub log_dir: Option<PathBuf>,
    /// The program's version.
    pub version: String,
    /// A stable name of this machine.
    pub machine_id: String,
    /// How the system's language writes dates and hours.
    pub formats: SystemFormats,
    /// A file of root certificates to trust besides the system's.
    pub extra_roots: Option<PathBuf>,
    /// Who knows the desktop's proxy; none where the environment or the system says it.
    pub proxy: Option<Arc<dyn ProxyAdvice>>,
    /// Another directory of Bluesky identities than the public one.
    pub bluesky_directory: Option<String>,
    /// Servers that stand in for networks, as [`Addresses::read`] takes them: for trying every network
    /// with no account.
    pub network_addresses: Option<String>,
}

impl Machine {
    /// The configuration: the machine's clocks, keyring and networks.
    pub fn config(self) -> Result<AppConfig, HttpError> {
        let mut networks = registry::Config::new(self.version.clone());
        networks.http = HttpConfig {
            extra_roots: self.extra_roots,
            proxy: self
                .proxy
                .map_or_else(ProxyChoice::default, ProxyChoice::Asked),
            ..networks.http
        };
        if let Some(addresses) = self.network_addresses {
            networks.addresses = Addresses::read(&addresses);
        }
        if let Some(directory) = self.bluesky_directory {
            networks.bluesky.directory = directory;
        }
        let http = networks.http.clone();
        Ok(AppConfig {
            data_dir: self.data_dir,
            pointer_file: self.pointer_file,
            log_dir: self.log_dir,
            program_version: self.version,
            machine_id: self.machine_id,
            clock: Arc::new(SystemClock::new()),
            timer: Arc::new(RuntimeTimer),
            entropy: Arc::new(OsEntropy),
            registry: Registry::new(networks)?,
            vault: VaultChoice::System(SERVICE.to_owned()),
            start_publisher: true,
            online: watch::channel(Some(true)).1,
            http,
            reach: Reach::Public,
            system_zone: system_zone(),
            program_path: std::env::var_os("PATH").unwrap_or_default(),
            formats: self.formats,
        })
    }
}

/// A name that stays the same on this machine and differs on every other. The system's own number is not to
/// be handed around, so it is hashed. All machines without one share a name, see [`is_numbered`].
#[must_use]
pub fn machine_id() -> String {
    let number = number().unwrap_or_else(|| {
        tracing::warn!(
            "this system has no machine-id, so a copy of the data folder on another computer is not noticed"
        );
        "unnumbered".to_owned()
    });
    let name = blake3::Hash::from(blake3::derive_key(
        "Almanac 2026 name of a machine",
        number.as_bytes(),
    ));
    name.to_hex()[..32].to_owned()
}

/// Whether this machine can be told from others, so that a copy of the data folder is held elsewhere until a
/// person says which of the two publishes. Images of containers usually have no number.
#[must_use]
pub fn is_numbered() -> bool {
    number().is_some()
}

/// The system's own number. That of a system which was not started yet is empty or says so, as machine-id(5)
/// has it.
fn number() -> Option<String> {
    let number = machine_uid::get().ok()?.trim().to_owned();
    (!number.is_empty() && number != "uninitialized").then_some(number)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_machine_keeps_its_name() {
        assert_eq!(super::machine_id(), super::machine_id());
        assert_eq!(super::machine_id().len(), 32);
    }
}
