//! A vault that holds nothing and can be locked.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use model::AccountId;
use networks::vault::{Secret, Vault, VaultError};

/// A vault that gives the same secret for everything, unless it is locked.
#[derive(Debug, Default)]
pub struct TestVault {
    locked: AtomicBool,
}

impl TestVault {
    /// Locks or unlocks it.
    pub fn lock(&self, locked: bool) {
        self.locked.store(locked, Ordering::SeqCst);
    }

    fn open(&self) -> Result<(), VaultError> {
        if self.locked.load(Ordering::SeqCst) {
            Err(VaultError::Locked)
        } else {
            Ok(())
        }
    }
}

#[async_trait]
impl Vault for TestVault {
    async fn get(&self, _: AccountId, _: &str) -> Result<Option<Secret>, VaultError> {
        self.open().map(|()| Some(Secret::new("secret")))
    }

    async fn set(&self, _: AccountId, _: &str, _: &Secret) -> Result<(), VaultError> {
        self.open()
    }

    async fn forget(&self, _: AccountId, _: &str) -> Result<(), VaultError> {
        self.open()
    }
}
