//! A web folder of the person's own: a folder on this computer that appears on the web. Each file goes
//! into it under a name made of hashes, and is taken away once the network has it.

use std::path::{Path, PathBuf};

use model::Timestamp;
use model::account::Account;
use model::failure::Category;
use reqwest::Url;
use serde_json::Value;

use super::form::{ADDRESS, FOLDER, settings};
use super::not_there;
use super::storage::BEGINNING;
use crate::connector::{Refusal, SignInFields};

/// The web folder of an account.
#[derive(Debug, Clone)]
pub struct WebFolder {
    address: Url,
    folder: PathBuf,
}

impl WebFolder {
    /// None when the account has none.
    #[must_use]
    pub fn of(account: &Account) -> Option<Self> {
        Self::in_settings(&account.settings)
    }

    /// The one of a form; none where it was left empty.
    pub fn typed(fields: &SignInFields) -> Result<Option<Self>, Refusal> {
        Ok(Self::in_settings(&settings(fields)?))
    }

    fn in_settings(settings: &Value) -> Option<Self> {
        let text = |name: &str| settings.get(name).and_then(Value::as_str);
        Some(Self {
            address: Url::parse(text(ADDRESS)?).ok()?,
            folder: PathBuf::from(text(FOLDER)?),
        })
    }

    /// The address of a file there.
    pub fn address(&self, name: &str) -> Result<String, Refusal> {
        let joined = self.address.join(name);
        joined.map(String::from).map_err(|_| not_there(None))
    }

    /// Puts bytes there. The file appears whole or not at all.
    pub async fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Refusal> {
        let part = self.part(name);
        tokio::fs::write(&part, bytes)
            .await
            .map_err(|e| no_room(&e))?;
        self.appear(&part, name).await
    }

    /// Puts a copy of a file there.
    pub async fn copy(&self, name: &str, from: &Path) -> Result<(), Refusal> {
        let part = self.part(name);
        tokio::fs::copy(from, &part)
            .await
            .map_err(|e| no_room(&e))?;
        self.appear(&part, name).await
    }

    fn part(&self, name: &str) -> PathBuf {
        self.folder.join(format!(".{name}.part"))
    }

    async fn appear(&self, part: &Path, name: &str) -> Result<(), Refusal> {
        let done = tokio::fs::rename(part, self.folder.join(name)).await;
        done.map_err(|e| no_room(&e))
    }

    /// Takes a file away; not there counts as done.
    pub async fn remove(&self, name: &str) {
        for file in [self.folder.join(name), self.part(name)] {
            if let Err(error) = tokio::fs::remove_file(&file).await
                && error.kind() != std::io::ErrorKind::NotFound
            {
                tracing::warn!(%error, "a public file could not be taken away");
            }
        }
    }

    /// Takes away what was lent before an instant and was left behind. Returns how many files went.
    pub fn sweep(&self, before: Timestamp) -> std::io::Result<usize> {
        let mut gone = 0;
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if !name.trim_start_matches('.').starts_with(BEGINNING) {
                continue;
            }
            let facts = entry.metadata()?;
            let since = facts.modified()?.duration_since(std::time::UNIX_EPOCH);
            let changed = since.map_or(0, |since| {
                i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
            });
            if facts.is_file() && changed < before.as_millis() {
                std::fs::remove_file(entry.path())?;
                gone += 1;
            }
        }
        Ok(gone)
    }
}

fn no_room(error: &std::io::Error) -> Refusal {
    Refusal::later(
        Category::MediaError,
        "A file could not be put into your public folder. Check that it is there and has room.",
    )
    .with_detail(error.to_string())
}
