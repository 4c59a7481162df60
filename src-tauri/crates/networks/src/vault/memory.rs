//! A vault that forgets everything when it is dropped: for tests and for a first look around.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use model::AccountId;

use super::{Secret, Vault, VaultError};

/// Secrets in memory. Can be told to fail, so that a locked or absent keyring can be tested.
#[derive(Default)]
pub struct MemoryVault {
    secrets: Mutex<HashMap<(AccountId, String), Secret>>,
    failing: Mutex<Option<VaultError>>,
    refusing: Mutex<Option<VaultError>>,
}

impl MemoryVault {
    /// An empty vault.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on every call fails like this; none makes it work again.
    pub fn fail_with(&self, error: Option<VaultError>) {
        *self.failing.lock().unwrap_or_else(PoisonError::into_inner) = error;
    }

    /// From now on nothing new is taken, with this error, while what is there can be read; none makes it
    /// work again.
    pub fn refuse_new(&self, error: Option<VaultError>) {
        *self.refusing.lock().unwrap_or_else(PoisonError::into_inner) = error;
    }

    fn check(&self) -> Result<(), VaultError> {
        told(&self.failing)
    }

    fn secrets(&self) -> std::sync::MutexGuard<'_, HashMap<(AccountId, String), Secret>> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn told(error: &Mutex<Option<VaultError>>) -> Result<(), VaultError> {
    let error = error.lock().unwrap_or_else(PoisonError::into_inner).clone();
    error.map_or(Ok(()), Err)
}

#[async_trait]
impl Vault for MemoryVault {
    async fn get(&self, account: AccountId, name: &str) -> Result<Option<Secret>, VaultError> {
        self.check()?;
        Ok(self.secrets().get(&(account, name.to_owned())).cloned())
    }

    async fn set(&self, account: AccountId, name: &str, secret: &Secret) -> Result<(), VaultError> {
        self.check()?;
        told(&self.refusing)?;
        self.secrets()
            .insert((account, name.to_owned()), secret.clone());
        Ok(())
    }

    async fn forget(&self, account: AccountId, name: &str) -> Result<(), VaultError> {
        self.check()?;
        self.secrets().remove(&(account, name.to_owned()));
        Ok(())
    }
}
