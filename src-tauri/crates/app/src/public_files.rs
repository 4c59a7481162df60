//! Public addresses for files: one storage for all accounts on networks that fetch what is posted.

use std::sync::PoisonError;
use std::time::Duration;

use networks::catalogue::Entry;
use networks::connector::Refusal;
use networks::hosting::{LEFT_BEHIND, StorageKey, StorageSettings, WebFolder};
use networks::waiting::Patience;
use store::settings as rows;

use crate::app::App;
use crate::error::Result;
use crate::types::public_files::{NeedsAddress, PublicFiles, PublicFilesChecked, PublicFilesSet};
use crate::types::{ApiError, Nothing, Written};

/// How long a file may take to appear on the web: half a minute.
const FOLDER_PATIENCE: Patience = Patience {
    between: Duration::from_secs(5),
    looks: 6,
};
/// Key of the storage in the settings.
const STORAGE: &str = "publicStorage";
/// Longest key or secret, in bytes.
const MAX_KEY: usize = 500;

/// A network that fetches files, and why.
fn needs(entry: &Entry) -> Option<NeedsAddress> {
    let what = entry.fetches.as_ref()?;
    Some(NeedsAddress {
        network: entry.key.clone(),
        why: format!(
            "{} fetches {what} from the web instead of taking them from this computer.",
            entry.name
        ),
    })
}

impl App {
    async fn storage(&self) -> Result<Option<StorageSettings>> {
        let kept = rows::get(&mut self.read().await?, STORAGE).await?;
        Ok(kept.and_then(|value| {
            serde_json::from_value(value)
                .inspect_err(|error| tracing::warn!(%error, "the public storage could not be read"))
                .ok()
        }))
    }

    /// Lets the networks use what the settings say.
    pub(crate) async fn use_public_files(&self) -> Result<()> {
        let storage = self.storage().await?;
        self.inner.config.registry.hosting().set(storage);
        Ok(())
    }

    /// Where files are lent from, and which networks need that.
    pub async fn public_files_get(&self, _: Nothing) -> Result<PublicFiles> {
        let storage = self.storage().await?;
        let ctx = self.ctx(&*self.inner.vault);
        let has_key = match StorageKey::read(ctx).await {
            Ok(key) => Some(key.is_some()),
            Err(_) => None,
        };
        let entries = self.inner.config.registry.entries();
        Ok(PublicFiles {
            storage,
            has_key,
            needed_by: entries.iter().filter_map(needs).collect(),
        })
    }

    /// What was typed, when it can be used, with the key that is kept where none was typed.
    async fn typed(&self, input: &PublicFilesSet) -> Result<(StorageSettings, StorageKey)> {
        let storage = input.storage.checked();
        let storage = storage.map_err(|bad| ApiError::invalid(bad.field, bad.message))?;
        let (id, secret) = (input.key_id.trim(), input.secret.trim());
        if id.len() > MAX_KEY || secret.len() > MAX_KEY {
            return Err(ApiError::invalid(
                "secret",
                "A key is not that long. Copy it again.",
            ));
        }
        if !id.is_empty() && !secret.is_empty() {
            let (id, secret) = (id.to_owned(), secret.to_owned());
            return Ok((storage, StorageKey { id, secret }));
        }
        let kept = StorageKey::read(self.ctx(&*self.inner.vault)).await?;
        match kept {
            Some(key) if id.is_empty() && secret.is_empty() => Ok((storage, key)),
            _ if id.is_empty() => Err(ApiError::invalid("keyId", "Enter the ID of the key.")),
            _ => Err(ApiError::invalid("secret", "Enter the secret of the key.")),
        }
    }

    /// Uses a storage from now on.
    pub async fn public_files_set(&self, input: PublicFilesSet) -> Result<Written<PublicFiles>> {
        let (storage, key) = self.typed(&input).await?;
        // The key first: without it the storage is of no use.
        key.keep(self.ctx(&*self.inner.vault)).await?;
        let value = serde_json::to_value(&storage)
            .map_err(|error| ApiError::fault("writing the public storage", &error))?;
        let mut writing = self.step("Public files changed").await?;
        rows::set(&mut writing.tx, STORAGE, &value).await?;
        let done = writing.done(()).await?;
        self.answer(done).await
    }

    /// Uses no storage any more. Its key goes with the daily work, so that this can be undone.
    pub async fn public_files_remove(&self, _: Nothing) -> Result<Written<PublicFiles>> {
        let mut writing = self.step("Public files turned off").await?;
        rows::remove(&mut writing.tx, STORAGE).await?;
        let done = writing.done(()).await?;
        self.answer(done).await
    }

    async fn answer(&self, done: Written<()>) -> Result<Written<PublicFiles>> {
        self.use_public_files().await?;
        Ok(Written {
            value: self.public_files_get(Nothing {}).await?,
            undo: done.undo,
            notes: done.notes,
        })
    }

    /// Tries a storage: puts a file there, fetches it back over its public address, takes it away.
    pub async fn public_files_check(&self, input: PublicFilesSet) -> Result<PublicFilesChecked> {
        let (storage, key) = self.typed(&input).await?;
        let hosting = self.inner.config.registry.hosting();
        let steps = hosting.check(&storage, &key, &*self.inner.entropy()).await;
        let works = !steps.is_empty() && steps.iter().all(|step| step.message.is_none());
        Ok(PublicFilesChecked { works, steps })
    }

    /// Tries a web folder of a person's own: puts a file there, fetches it back, takes it away.
    pub(crate) async fn try_folder(&self, folder: &WebFolder) -> std::result::Result<(), Refusal> {
        let config = &self.inner.config;
        let entropy = self.inner.entropy();
        folder
            .try_out(&config.http, config.reach, &*entropy, FOLDER_PATIENCE)
            .await
    }

    /// Takes away what was lent more than a day ago and was left behind by a crash, and the key of a
    /// storage that is not used any more. Once a day.
    pub(crate) async fn sweep_public_files(&self) -> Result<()> {
        let now = self.inner.now();
        {
            let mut last = self
                .inner
                .public_files_swept_at
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if last.is_some_and(|at| now < at.plus(LEFT_BEHIND) && now >= at) {
                return Ok(());
            }
            *last = Some(now);
        }
        let before = now.minus(LEFT_BEHIND);
        // The folders first: a storage that cannot be reached must not leave them as they are for another day.
        let accounts = store::accounts::all(&mut self.read().await?).await?;
        let folders: Vec<WebFolder> = accounts.iter().filter_map(WebFolder::of).collect();
        let swept = tokio::task::spawn_blocking(move || {
            for folder in folders {
                if let Err(error) = folder.sweep(before) {
                    tracing::warn!(%error, "a web folder could not be tidied up");
                }
            }
        });
        if let Err(error) = swept.await {
            tracing::error!(%error, "tidying up web folders failed unexpectedly");
        }
        let ctx = self.ctx(&*self.inner.vault);
        let hosting = self.inner.config.registry.hosting();
        if hosting.storage().is_none() {
            if let Ok(Some(_)) = StorageKey::read(ctx).await {
                StorageKey::forget(ctx).await?;
            }
        } else {
            let gone = hosting.sweep(before, ctx).await?;
            if gone > 0 {
                tracing::info!(gone, "public files that were left behind were taken away");
            }
        }
        Ok(())
    }
}
