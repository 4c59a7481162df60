//! A vault that remembers whether it could be opened, so that a locked keyring is never taken for a
//! fault of a post.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use model::AccountId;
use networks::vault::{Secret, Vault, VaultError};

/// The vault as one send sees it.
pub(crate) struct WatchedVault<'a> {
    inner: &'a dyn Vault,
    trouble: Mutex<Option<VaultError>>,
}

impl<'a> WatchedVault<'a> {
    pub(crate) fn new(inner: &'a dyn Vault) -> Self {
        Self {
            inner,
            trouble: Mutex::new(None),
        }
    }

    /// What the vault refused with, if it did.
    pub(crate) fn trouble(&self) -> Option<VaultError> {
        self.trouble
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn noted<T>(&self, answer: Result<T, VaultError>) -> Result<T, VaultError> {
        if let Err(error) = &answer {
            *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.clone());
        }
        answer
    }
}

#[async_trait]
impl Vault for WatchedVault<'_> {
    async fn get(&self, account: AccountId, name: &str) -> Result<Option<Secret>, VaultError> {
        self.noted(self.inner.get(account, name).await)
    }

    async fn set(&self, account: AccountId, name: &str, secret: &Secret) -> Result<(), VaultError> {
        self.noted(self.inner.set(account, name, secret).await)
    }

    async fn forget(&self, account: AccountId, name: &str) -> Result<(), VaultError> {
        self.noted(self.inner.forget(account, name).await)
    }
}
