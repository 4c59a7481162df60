//! What crosses the trait while a person signs in.

use model::account::Account;
use serde_json::Value;

use crate::vault::Secret;

/// What a person typed into the sign-in form, by field name of the catalogue.
#[derive(Debug, Default)]
pub struct SignInFields {
    /// Fields that are no secrets.
    pub plain: std::collections::BTreeMap<String, String>,
    /// Passwords and tokens.
    pub secret: std::collections::BTreeMap<String, Secret>,
}

impl SignInFields {
    /// A field that is no secret, without spaces around it; empty when it was left empty.
    #[must_use]
    pub fn plain(&self, name: &str) -> &str {
        self.plain.get(name).map(|v| v.trim()).unwrap_or_default()
    }

    /// A secret field, without spaces around it; empty when it was left empty.
    #[must_use]
    pub fn secret(&self, name: &str) -> &str {
        let secret = self.secret.get(name);
        secret.map(|v| v.reveal().trim()).unwrap_or_default()
    }
}

/// A sign-in through the browser that has begun.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Where the browser is sent. No secrets in it but what the network wants there.
    pub address: String,
    /// What has to come back with the browser.
    pub state: Secret,
    /// What [`Connector::finish`](super::Connector::finish) needs to know, as the network's folder likes it;
    /// kept in memory only.
    pub memo: Secret,
}

/// An account as the network knows it after signing in. Secrets were put into the vault already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The network's stable id.
    pub remote_id: String,
    /// The name people know it by.
    pub handle: String,
    /// The name it shows.
    pub display_name: String,
    /// Server address, where there are several.
    pub server: String,
    /// Settings that are no secrets, a JSON object.
    pub settings: Value,
}

impl SignedIn {
    /// An account as it is known already, where nothing has to be asked.
    #[must_use]
    pub fn known(account: &Account) -> Self {
        Self {
            remote_id: account.remote_id.clone(),
            handle: account.handle.clone(),
            display_name: account.display_name.clone(),
            server: account.server.clone(),
            settings: account.settings.clone(),
        }
    }
}
