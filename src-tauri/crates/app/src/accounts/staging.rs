//! Secrets of a sign-in that is not decided yet: which account it is shows only afterwards.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use model::AccountId;
use networks::vault::{Secret, Vault, VaultError};

/// A vault in memory for one account; nothing of it is kept until [`Staging::keep`]. What belongs to the
/// person's app at the network is no part of an account and lies in the real vault all the time.
pub(super) struct Staging {
    account: AccountId,
    vault: Arc<dyn Vault>,
    secrets: Mutex<BTreeMap<String, Secret>>,
}

impl Staging {
    /// For the account that signs in under this identifier.
    pub fn new(account: AccountId, vault: Arc<dyn Vault>) -> Self {
        Self {
            account,
            vault,
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

    /// The real vault where an app is meant, and nothing else of it.
    fn of_app(&self, account: AccountId) -> Option<&dyn Vault> {
        // Accounts are numbered by time (UUIDv7), apps by their name (UUIDv5).
        (account.0.get_version_num() == 5).then_some(&*self.vault)
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
        if let Some(vault) = self.of_app(account) {
            return vault.get(account, name).await;
        }
        Ok(self.of(account)?.get(name).cloned())
    }

    async fn set(&self, account: AccountId, name: &str, secret: &Secret) -> Result<(), VaultError> {
        if let Some(vault) = self.of_app(account) {
            return vault.set(account, name, secret).await;
        }
        self.of(account)?.insert(name.to_owned(), secret.clone());
        Ok(())
    }

    async fn forget(&self, account: AccountId, name: &str) -> Result<(), VaultError> {
        if let Some(vault) = self.of_app(account) {
            return vault.forget(account, name).await;
        }
        self.of(account)?.remove(name);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use networks::vault::app_holder;
    use networks::vault::memory::MemoryVault;
    use uuid::Uuid;

    #[tokio::test]
    async fn secrets_end_up_under_the_account_it_turned_out_to_be() {
        let (fresh, known) = (AccountId(Uuid::from_u128(1)), AccountId(Uuid::from_u128(2)));
        let vault = Arc::new(MemoryVault::new());
        let staging = Staging::new(fresh, vault.clone());
        staging
            .set(fresh, "session", &Secret::new("s"))
            .await
            .unwrap();
        assert!(staging.get(known, "session").await.is_err());
        staging.keep(known, &*vault).await.unwrap();
        assert_eq!(
            vault.get(known, "session").await.unwrap(),
            Some(Secret::new("s"))
        );
        assert_eq!(vault.get(fresh, "session").await.unwrap(), None);
    }

    #[tokio::test]
    async fn the_person_s_app_is_found_during_a_sign_in_and_other_accounts_are_not() {
        let vault = Arc::new(MemoryVault::new());
        let app = app_holder("net");
        vault.set(app, "server", &Secret::new("a")).await.unwrap();
        let other = AccountId(Uuid::from_u128(2));
        vault
            .set(other, "session", &Secret::new("s"))
            .await
            .unwrap();
        let fresh = AccountId(Uuid::from_u128(1));
        let staging = Staging::new(fresh, vault.clone());
        let found = staging.get(app, "server").await.unwrap();
        assert_eq!(found, Some(Secret::new("a")));
        staging.forget(app, "server").await.unwrap();
        assert_eq!(vault.get(app, "server").await.unwrap(), None);
        assert!(staging.get(other, "session").await.is_err());
    }
}
