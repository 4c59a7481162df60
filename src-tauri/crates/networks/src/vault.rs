//! Where secrets lie: the keyring of the operating system, or a file sealed with a passphrase where
//! a person chose that. Never the database, a log, an error or an address.

pub mod keyring;
pub mod memory;
pub mod sealed;

use async_trait::async_trait;
use std::fmt;

/// The name under which connectors keep a session.
pub const SESSION: &str = "session";

/// Under whom the vault keeps what belongs to a person's app at a network and not to one account.
#[must_use]
pub fn app_holder(network: &str) -> model::AccountId {
    let name = format!("almanac:app:{network}");
    model::AccountId(uuid::Uuid::new_v5(
        &uuid::Uuid::NAMESPACE_URL,
        name.as_bytes(),
    ))
}

/// A secret. Prints as dots; its text is read only where it is sent or stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Why a secret could not be reached.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The keyring is locked.
    #[error("The keyring of this computer is locked. Unlock it, then try again.")]
    Locked,
    /// There is no keyring.
    #[error(
        "This computer has no keyring running, so passwords cannot be kept. Start one, or choose a sealed file in Settings."
    )]
    Absent,
    /// It did not answer in time.
    #[error("The keyring of this computer did not answer. Passwords cannot be read until it does.")]
    TimedOut,
    /// It answered with something else.
    #[error("The keyring of this computer refused: {0}")]
    Refused(String),
}

/// A place for secrets, by account and name. Calls return within a few seconds, whatever the
/// keyring does.
#[async_trait]
pub trait Vault: Send + Sync {
    /// Reads a secret; none when there is none.
    async fn get(
        &self,
        account: model::AccountId,
        name: &str,
    ) -> Result<Option<Secret>, VaultError>;
    /// Stores a secret. It is durable when this returns.
    async fn set(
        &self,
        account: model::AccountId,
        name: &str,
        secret: &Secret,
    ) -> Result<(), VaultError>;
    /// Forgets a secret; one that is not there counts as forgotten.
    async fn forget(&self, account: model::AccountId, name: &str) -> Result<(), VaultError>;
}
