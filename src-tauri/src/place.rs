//! What this machine is to the core: its folders, its name, its language.

use std::path::{Path, PathBuf};

use app::Machine;

use crate::proxy;

/// Name of the file that names the data folder after it was moved.
const POINTER: &str = "data-folder";
/// Name of the file that names the extra certificates. It lies outside the data folder, since it is
/// needed before that is opened.
const CERTIFICATES: &str = "extra-certificates";

/// Where things lie on this machine.
#[derive(Debug, Clone)]
pub struct Place {
    /// The data folder that was asked for on the command line or by `ALMANAC_DATA_DIR`.
    asked: Option<PathBuf>,
    usual: PathBuf,
    config_dir: PathBuf,
}

impl Place {
    /// From the command line and the system's folders.
    #[must_use]
    pub fn new(asked: Option<PathBuf>, data_dir: &Path, config_dir: &Path) -> Self {
        let from_environment =
            || std::env::var_os("ALMANAC_DATA_DIR").filter(|name| !name.is_empty());
        Self {
            asked: asked.or_else(|| from_environment().map(PathBuf::from)),
            usual: data_dir.join("almanac"),
            config_dir: config_dir.join("almanac"),
        }
    }

    /// The data folder to use now.
    #[must_use]
    pub fn data_folder(&self) -> PathBuf {
        match &self.asked {
            Some(asked) => std::path::absolute(asked).unwrap_or_else(|_| asked.clone()),
            None => app::data_folder(&self.config_dir.join(POINTER), self.usual.clone()),
        }
    }

    /// Where the log is written; none while the calendar is not where it was moved to: the log must not
    /// be what makes a folder there.
    #[must_use]
    pub fn log_folder(&self) -> Option<PathBuf> {
        let folder = self.data_folder();
        let missing = app::missing_data(&folder, self.pointer_file().as_deref());
        missing.is_none().then(|| folder.join("logs"))
    }

    /// The file that names the data folder; none for a folder chosen by hand: it is chosen again next
    /// time, so it cannot be moved.
    fn pointer_file(&self) -> Option<PathBuf> {
        self.asked.is_none().then(|| self.config_dir.join(POINTER))
    }

    /// What the core is told about the machine.
    #[must_use]
    pub fn machine(&self) -> Machine {
        let data_dir = self.data_folder();
        Machine {
            pointer_file: self.pointer_file(),
            log_dir: Some(data_dir.join("logs")),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            machine_id: app::machine_id(),
            formats: app::formats_of_system(),
            extra_roots: self.certificates(),
            proxy: proxy::adviser(),
            bluesky_directory: std::env::var("ALMANAC_BLUESKY_DIRECTORY").ok(),
            network_addresses: std::env::var("ALMANAC_NETWORKS").ok(),
            data_dir,
        }
    }

    /// The file of extra certificates that the person chose.
    #[must_use]
    pub fn certificates(&self) -> Option<PathBuf> {
        let text = std::fs::read_to_string(self.config_dir.join(CERTIFICATES)).ok()?;
        let path = text.trim();
        (!path.is_empty()).then(|| PathBuf::from(path))
    }

    /// Remembers the file of extra certificates for the next opening; empty for none.
    pub fn set_certificates(&self, path: &str) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.config_dir)?;
        std::fs::write(self.config_dir.join(CERTIFICATES), path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_asked_for_wins_and_cannot_be_moved() {
        let place = Place::new(
            Some("/asked".into()),
            Path::new("/data"),
            Path::new("/config"),
        );
        assert_eq!(place.data_folder(), PathBuf::from("/asked"));
        assert_eq!(place.machine().pointer_file, None);
        assert_eq!(place.log_folder(), Some(PathBuf::from("/asked/logs")));
    }
}
