//! The keyring of the operating system: Secret Service on Linux, Keychain on macOS, Credential
//! Manager on Windows.
//!
//! A keyring may block until a person answers its window, or for ever when its service hangs, and
//! its library may not be called from an async worker. So it lives on a thread of its own, and
//! every call has a time limit.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use async_trait::async_trait;
use keyring_core::{Entry, Error};
use model::AccountId;
use tokio::sync::oneshot;

use super::{Secret, Vault, VaultError};

/// How long a call waits for the keyring.
pub const TIME_LIMIT: Duration = Duration::from_secs(8);

/// Work for the thread: a call on the keyring and where its answer goes.
type Work = Box<dyn FnOnce() + Send>;

/// The keyring of this computer.
#[derive(Clone)]
pub struct KeyringVault {
    service: Arc<str>,
    work: mpsc::Sender<Work>,
    limit: Duration,
}

impl KeyringVault {
    /// Opens the keyring's thread. `service` names this program in the keyring. Never waits.
    pub fn new(service: &str) -> Result<Self, VaultError> {
        Self::with_limit(service, TIME_LIMIT)
    }

    /// The same with another time limit.
    pub fn with_limit(service: &str, limit: Duration) -> Result<Self, VaultError> {
        let (work, todo) = mpsc::channel::<Work>();
        std::thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(move || {
                for job in todo {
                    job();
                }
            })
            .map_err(|error| VaultError::Refused(error.to_string()))?;
        Ok(Self {
            service: service.into(),
            work,
            limit,
        })
    }

    /// Whether the keyring can be used now; the error says what is wrong in a sentence.
    pub async fn state(&self) -> Result<(), VaultError> {
        let service = Arc::clone(&self.service);
        self.call(move || {
            on_entry(&service, "check", |entry| match entry.get_secret() {
                Ok(_) | Err(Error::NoEntry) => Ok(()),
                Err(error) => Err(error),
            })
        })
        .await
    }

    /// Runs a call on the keyring's thread. One that takes too long is given up, not stopped: its
    /// thread stays busy, and calls behind it run into their own limit until it answers.
    async fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let (answer, answered) = oneshot::channel();
        let job: Work = Box::new(move || {
            // Nobody waits for the answer any more: do not run a call that was given up.
            if !answer.is_closed() {
                let _ = answer.send(call());
            }
        });
        let gone = || VaultError::Refused("its thread ended".to_owned());
        self.work.send(job).map_err(|_| gone())?;
        match tokio::time::timeout(self.limit, answered).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(gone()),
            Err(_) => Err(VaultError::TimedOut),
        }
    }
}

/// Does something with an entry. A service that was started anew knows nothing of what was opened with
/// the one before it, so after its own failure the keyring is opened again, once.
fn on_entry<T>(
    service: &str,
    name: &str,
    work: impl Fn(&Entry) -> Result<T, Error>,
) -> Result<T, VaultError> {
    let done = match work(&entry(service, name)?) {
        Err(Error::PlatformFailure(cause)) => {
            tracing::info!(%cause, "the keyring failed and is opened again");
            keyring_core::unset_default_store();
            work(&entry(service, name)?)
        }
        done => done,
    };
    done.map_err(|error| meaning(&error))
}

/// An entry of the system's keyring. The keyring is opened on first use, and again while it could
/// not be opened: a service may start after this program.
fn entry(service: &str, name: &str) -> Result<Entry, VaultError> {
    if keyring_core::get_default_store().is_none() {
        open_store().map_err(|error| {
            tracing::info!(%error, "no keyring");
            VaultError::Absent
        })?;
    }
    Entry::new(service, name).map_err(|error| meaning(&error))
}

#[cfg(all(unix, not(target_os = "macos")))]
fn open_store() -> Result<(), Error> {
    zbus_secret_service_keyring_store::Store::new()
        .map(|store| keyring_core::set_default_store(store))
}

#[cfg(target_os = "macos")]
fn open_store() -> Result<(), Error> {
    apple_native_keyring_store::keychain::Store::new()
        .map(|store| keyring_core::set_default_store(store))
}

#[cfg(target_os = "windows")]
fn open_store() -> Result<(), Error> {
    windows_native_keyring_store::Store::new().map(|store| keyring_core::set_default_store(store))
}

/// One entry of the keyring for each account and name.
fn entry_name(account: AccountId, name: &str) -> String {
    format!("{account}/{name}")
}

/// What the keyring's error means for a person. Its own text never holds the secret.
fn meaning(error: &Error) -> VaultError {
    match error {
        Error::NoDefaultStore => VaultError::Absent,
        Error::NoStorageAccess(_) => VaultError::Locked,
        other => VaultError::Refused(crate::refusal::clean_detail(&other.to_string())),
    }
}

#[async_trait]
impl Vault for KeyringVault {
    async fn get(&self, account: AccountId, name: &str) -> Result<Option<Secret>, VaultError> {
        let (service, name) = (Arc::clone(&self.service), entry_name(account, name));
        self.call(move || {
            let bytes = on_entry(&service, &name, |entry| match entry.get_secret() {
                Ok(bytes) => Ok(Some(bytes)),
                Err(Error::NoEntry) => Ok(None),
                Err(error) => Err(error),
            })?;
            let text = bytes.map(String::from_utf8).transpose();
            text.map(|text| text.map(Secret::new))
                .map_err(|_| VaultError::Refused("the entry holds no text".to_owned()))
        })
        .await
    }

    async fn set(&self, account: AccountId, name: &str, secret: &Secret) -> Result<(), VaultError> {
        let (service, name) = (Arc::clone(&self.service), entry_name(account, name));
        let secret = secret.clone();
        self.call(move || {
            on_entry(&service, &name, |entry| {
                entry.set_secret(secret.reveal().as_bytes())
            })
        })
        .await
    }

    async fn forget(&self, account: AccountId, name: &str) -> Result<(), VaultError> {
        let (service, name) = (Arc::clone(&self.service), entry_name(account, name));
        self.call(move || {
            on_entry(&service, &name, |entry| match entry.delete_credential() {
                Ok(()) | Err(Error::NoEntry) => Ok(()),
                Err(error) => Err(error),
            })
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_keyring_that_never_answers_costs_the_time_limit_and_no_more() {
        let vault = KeyringVault::with_limit("almanac-test", Duration::from_millis(20)).unwrap();
        let (release, held) = mpsc::channel::<()>();
        let stuck = vault.call(move || {
            let _ = held.recv();
            Ok(())
        });
        assert_eq!(stuck.await, Err(VaultError::TimedOut));
        // The next call waits behind it, and gives up as well instead of hanging.
        assert_eq!(vault.call(|| Ok(())).await, Err(VaultError::TimedOut));
        release.send(()).unwrap();
    }

    #[test]
    fn errors_become_sentences() {
        assert_eq!(meaning(&Error::NoDefaultStore), VaultError::Absent);
        let locked = Error::NoStorageAccess("prompt dismissed".into());
        assert_eq!(meaning(&locked), VaultError::Locked);
    }
}
