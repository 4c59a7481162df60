//! Secrets of a sign-in that is not decided yet: which account it is shows only afterwards.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use model::AccountId;
use networks::vault::{Secret, Vault, VaultError};

/// A vault in memory for one account; nothing of it is kept until [`Staging::keep`].
pub(super) struct Staging {
    account: AccountId,
    secrets: Mutex<BTreeMap<String, Secret>>,
}

impl Staging {
    /// For the account that signs in under this identifier.
    pub fn new(account: AccountId) -> Self {
        Self {
            account,
            secrets: Mutex::default(),
        }
    }

    /// The identifier it signs in under.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// Puts everything into the real vault, under the account that it turned out to be.
    pub async fn keep(&self, account: AccountId, vault: &dyn Vault) -> Result<(), VaultError> {
        let secrets = self
            .secrets
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        for (name, secret) in secrets {
            vault.set(account, &name, &secret).await?;
        }
        Ok(())
    }

    fn of(
        &self,
        account: AccountId,
    ) -> Result<std::sync::MutexGuard<'_, BTreeMap<String, Secret>>, VaultError> {
        if account == self.account {
            Ok(self.secrets.lock().unwrap_or_else(PoisonError::into_inner))
        } else {
            Err(VaultError::Refused(
                "a sign-in asked for another account's secret".to_owned(),
            ))
        }
    }
}

#[async_trait]
impl Vault for Staging {
    async fn get(&self, account: AccountId, name: &str) -> Result<Option<Secret>, VaultError> {
        Ok(self.of(account)?.get(name).cloned())
    }

    async fn set(&self, account: AccountId, name: &str, secret: &Secret) -> Result<(), VaultError> {
        self.of(account)?.insert(name.to_owned(), secret.clone());
        Ok(())
    }

    async fn forget(&self, account: AccountId, name: &str) -> Result<(), VaultError> {
        self.of(account)?.remove(name);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use networks::vault::memory::MemoryVault;
    use uuid::Uuid;

    #[tokio::test]
    async fn secrets_end_up_under_the_account_it_turned_out_to_be() {
        let (fresh, known) = (AccountId(Uuid::from_u128(1)), AccountId(Uuid::from_u128(2)));
        let (staging, vault) = (Staging::new(fresh), MemoryVault::new());
        staging
            .set(fresh, "session", &Secret::new("s"))
            .await
            .unwrap();
        assert!(staging.get(known, "session").await.is_err());
        staging.keep(known, &vault).await.unwrap();
        assert_eq!(
            vault.get(known, "session").await.unwrap(),
            Some(Secret::new("s"))
        );
        assert_eq!(vault.get(fresh, "session").await.unwrap(), None);
    }
}
