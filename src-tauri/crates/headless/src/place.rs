//! Where things lie on this computer, and opening the data folder.

use std::path::{Path, PathBuf};

use app::{App, Machine, OpenError, OpenTrouble, Secret, VaultChoice};

use crate::cli::Common;
use crate::secret;
use crate::trouble::Trouble;

/// Name of the file that names the data folder after the desktop program moved it.
const POINTER: &str = "data-folder";
/// Name of the file that names extra certificates.
const CERTIFICATES: &str = "extra-certificates";

/// Where things lie.
pub struct Place {
    /// The data folder.
    pub data: PathBuf,
    /// A file with the key for the Almanac that is running.
    pub key_file: Option<PathBuf>,
    /// The key under which passwords are sealed.
    secret_key: Option<Secret>,
    config: Option<PathBuf>,
}

impl Place {
    /// From the command line and the environment.
    pub fn new(common: Common) -> Result<Self, Trouble> {
        let secret_key = secret::given(&common)?;
        let config = dirs::config_dir().map(|dir| dir.join("almanac"));
        let handed = || std::env::var_os("STATE_DIRECTORY").map(PathBuf::from);
        let data = match common.data.or_else(handed) {
            Some(asked) => std::path::absolute(&asked).unwrap_or(asked),
            None => usual(config.as_deref())?,
        };
        Ok(Self {
            data,
            key_file: common.key_file,
            secret_key,
            config,
        })
    }

    /// Whether a key was given under which passwords are sealed.
    pub fn seals(&self) -> bool {
        self.secret_key.is_some()
    }

    /// Opens the data folder; with `publish`, what is due goes out.
    pub async fn open(&self, publish: bool) -> Result<App, OpenError> {
        let pointer = self.config.as_ref().map(|config| config.join(POINTER));
        if let Some(error) = app::missing_data(&self.data, pointer.as_deref()) {
            return Err(error);
        }
        let machine = Machine {
            data_dir: self.data.clone(),
            // Moving a folder is for the desktop: here it is named at each start.
            pointer_file: None,
            log_dir: None,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            machine_id: app::machine_id(),
            formats: app::formats_of_system(),
            extra_roots: self.certificates(),
            proxy: None,
            bluesky_directory: std::env::var("ALMANAC_BLUESKY_DIRECTORY").ok(),
            network_addresses: std::env::var("ALMANAC_NETWORKS").ok(),
        };
        let mut config = machine.config().map_err(|error| OpenError {
            trouble: OpenTrouble::Other,
            message: error.to_string(),
            backup: None,
            folder: self.data.clone(),
        })?;
        config.start_publisher = publish;
        if let Some(key) = &self.secret_key {
            config.vault = VaultChoice::Sealed(key.clone());
        }
        App::open(config).await
    }

    fn certificates(&self) -> Option<PathBuf> {
        let named = std::env::var_os("ALMANAC_EXTRA_CERTIFICATES").filter(|name| !name.is_empty());
        if let Some(named) = named {
            return Some(PathBuf::from(named));
        }
        let text = std::fs::read_to_string(self.config.as_ref()?.join(CERTIFICATES)).ok()?;
        let path = text.trim();
        (!path.is_empty()).then(|| PathBuf::from(path))
    }
}

/// The folder of the desktop program of this person.
fn usual(config: Option<&Path>) -> Result<PathBuf, Trouble> {
    let usual = dirs::data_dir()
        .ok_or_else(|| Trouble::Usage("Name the data folder with --data.".to_owned()))?
        .join("almanac");
    Ok(match config {
        Some(config) => app::data_folder(&config.join(POINTER), usual),
        None => usual,
    })
}
