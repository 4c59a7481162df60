//! Where secrets are kept, and changing that while the program runs.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use async_trait::async_trait;
use model::{AccountId, Entropy};
use networks::vault::keyring::KeyringVault;
use networks::vault::sealed::SealedVault;
use networks::vault::{Secret, Vault, VaultError};

use crate::app::App;
use crate::error::Result;
use crate::types::ApiError;
use crate::types::Nothing;
use crate::types::session::{Passphrase, VaultKind, VaultStatus};

/// Name of the sealed file in the data folder.
const SEALED_FILE: &str = "secrets.sealed";

/// Which vault the program starts with.
#[derive(Clone)]
pub enum VaultChoice {
    /// The keyring of the operating system under this service name, unless the person chose the
    /// sealed file in this data folder before.
    System(String),
    /// The sealed file in this data folder, opened at the start with this passphrase. Made when it is not
    /// there.
    Sealed(Secret),
    /// This one, whatever lies in the folder.
    Given(Arc<dyn Vault>),
}

/// What is in use now.
#[derive(Clone)]
enum InUse {
    Keyring(KeyringVault),
    NoKeyring(VaultError),
    SealedAndLocked,
    Sealed(Arc<dyn Vault>),
    Given(Arc<dyn Vault>),
}

/// The vault everybody is given: it passes on to the one in use.
pub struct SwitchVault {
    sealed_file: PathBuf,
    in_use: RwLock<InUse>,
    /// What was found when it was last asked: a keyring may take seconds to answer.
    last: Mutex<VaultStatus>,
}

impl SwitchVault {
    /// Starts with the choice; nothing is asked of a keyring yet.
    #[must_use]
    pub fn new(choice: VaultChoice, data_dir: &std::path::Path) -> Self {
        let sealed_file = data_dir.join(SEALED_FILE);
        let in_use = match choice {
            VaultChoice::Given(vault) => InUse::Given(vault),
            VaultChoice::System(_) if sealed_file.exists() => InUse::SealedAndLocked,
            VaultChoice::Sealed(_) => InUse::SealedAndLocked,
            VaultChoice::System(service) => match KeyringVault::new(&service) {
                Ok(keyring) => InUse::Keyring(keyring),
                Err(error) => InUse::NoKeyring(error),
            },
        };
        let kind = match in_use {
            InUse::SealedAndLocked => VaultKind::SealedFile,
            _ => VaultKind::Keyring,
        };
        let last = Mutex::new(VaultStatus {
            kind,
            problem: None,
        });
        Self {
            sealed_file,
            in_use: RwLock::new(in_use),
            last,
        }
    }

    fn now(&self) -> InUse {
        self.in_use
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn vault(&self) -> Result<Arc<dyn Vault>, VaultError> {
        match self.now() {
            InUse::Keyring(keyring) => Ok(Arc::new(keyring)),
            InUse::Sealed(vault) | InUse::Given(vault) => Ok(vault),
            InUse::NoKeyring(error) => Err(error),
            InUse::SealedAndLocked => Err(VaultError::Locked),
        }
    }

    /// What was found when it was last asked; answers at once.
    pub fn last_status(&self) -> VaultStatus {
        self.last
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Remembers what an answer says of the place.
    fn noted<T>(&self, answer: Result<T, VaultError>) -> Result<T, VaultError> {
        let problem = answer.as_ref().err().map(ToString::to_string);
        self.last
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .problem = problem;
        answer
    }

    /// Which kind is used and whether it can be reached now.
    pub async fn status(&self) -> VaultStatus {
        let (kind, problem) = match self.now() {
            InUse::Keyring(keyring) => {
                (VaultKind::Keyring, keyring.state().await.err().map(|e| e.to_string()))
            }
            InUse::NoKeyring(error) => (VaultKind::Keyring, Some(error.to_string())),
            InUse::SealedAndLocked => (
                VaultKind::SealedFile,
                Some(
                    "The file with the passwords is locked. Posts wait until you type its passphrase."
                        .to_owned(),
                ),
            ),
            InUse::Sealed(_) => (VaultKind::SealedFile, None),
            // Asking for a secret that nobody has tells whether it can be reached.
            InUse::Given(vault) => {
                let nobody = AccountId(uuid::Uuid::nil());
                let asked = vault.get(nobody, "check").await;
                (VaultKind::Keyring, asked.err().map(|e| e.to_string()))
            }
        };
        let status = VaultStatus { kind, problem };
        self.last
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone_from(&status);
        status
    }

    /// Opens the sealed file, or makes it when there is none, and uses it from now on.
    pub async fn open_sealed(&self, passphrase: &Secret, entropy: Arc<dyn Entropy>) -> Result<()> {
        let (path, passphrase) = (self.sealed_file.clone(), passphrase.clone());
        // The key takes a good part of a second and 64 MiB to derive, on purpose.
        let opened =
            tokio::task::spawn_blocking(move || SealedVault::open(path, &passphrase, entropy))
                .await
                .map_err(|e| ApiError::fault("opening the sealed file", &e))?;
        let vault = opened.map_err(|e| {
            ApiError::new(model::ErrorCode::Account, e.to_string()).at("passphrase")
        })?;
        *self.in_use.write().unwrap_or_else(PoisonError::into_inner) =
            InUse::Sealed(Arc::new(vault));
        Ok(())
    }

    fn sealed_file_exists(&self) -> bool {
        self.sealed_file.exists()
    }
}

#[async_trait]
impl Vault for SwitchVault {
    async fn get(&self, account: AccountId, name: &str) -> Result<Option<Secret>, VaultError> {
        self.noted(self.vault()?.get(account, name).await)
    }

    async fn set(&self, account: AccountId, name: &str, secret: &Secret) -> Result<(), VaultError> {
        self.noted(self.vault()?.set(account, name, secret).await)
    }

    async fn forget(&self, account: AccountId, name: &str) -> Result<(), VaultError> {
        self.noted(self.vault()?.forget(account, name).await)
    }
}

impl App {
    /// Where secrets are kept and whether they can be reached.
    pub async fn vault_status(&self, _: Nothing) -> Result<VaultStatus> {
        Ok(self.inner.vault.status().await)
    }

    /// Keeps secrets in a sealed file from now on. Accounts connected before have to be connected
    /// again, since a keyring does not list what it holds.
    pub async fn vault_use_sealed_file(&self, input: Passphrase) -> Result<VaultStatus> {
        let passphrase = Secret::new(input.passphrase);
        self.inner
            .vault
            .open_sealed(&passphrase, self.inner.entropy())
            .await?;
        // Posts that waited for their passwords go out now.
        if let Some(publisher) = self.inner.publisher() {
            publisher.wake();
        }
        Ok(self.inner.vault.status().await)
    }

    /// Opens the sealed file for this run.
    pub async fn vault_unlock(&self, input: Passphrase) -> Result<VaultStatus> {
        if !self.inner.vault.sealed_file_exists() {
            return Err(ApiError::conflict(
                "There is no sealed file to open. Passwords are in the keyring of this computer.",
            ));
        }
        self.vault_use_sealed_file(input).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::OsEntropy;

    #[tokio::test]
    async fn the_sealed_file_is_locked_at_every_start_and_opens_with_its_passphrase_alone() {
        let dir = tempfile::tempdir().unwrap();
        let account = AccountId(uuid::Uuid::from_u128(1));
        let start = || SwitchVault::new(VaultChoice::System("almanac-test".to_owned()), dir.path());
        let entropy = || Arc::new(OsEntropy) as Arc<dyn Entropy>;
        let (right, wrong) = (
            Secret::new("correct horse battery"),
            Secret::new("something else"),
        );

        let first = start();
        first.open_sealed(&right, entropy()).await.unwrap();
        first
            .set(account, "session", &Secret::new("s"))
            .await
            .unwrap();

        let second = start();
        let status = second.status().await;
        assert_eq!(status.kind, VaultKind::SealedFile);
        assert!(status.problem.unwrap().contains("locked"));
        assert_eq!(
            second.get(account, "session").await,
            Err(VaultError::Locked)
        );
        let refused = second.open_sealed(&wrong, entropy()).await.unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("passphrase"));
        second.open_sealed(&right, entropy()).await.unwrap();
        assert_eq!(
            second.get(account, "session").await.unwrap(),
            Some(Secret::new("s"))
        );
    }
}
