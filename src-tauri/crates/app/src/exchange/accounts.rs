//! Accounts by the names that stand in files.

use model::account::Account;

/// An account that a file names and that cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccountNameError {
    /// None of that name.
    #[error("There is no account called \"{0}\" here. Connect it, or correct the name.")]
    Unknown(String),
    /// More than one of that name.
    #[error("\"{name}\" fits more than one account. Write one of these instead: {labels}.")]
    Several {
        /// The name in the file.
        name: String,
        /// What would be clear.
        labels: String,
    },
}

/// The name under which an account is written to files: `bluesky:ana.example.com`, and its
/// identifier when another account has the same.
#[must_use]
pub fn label(account: &Account, all: &[Account]) -> String {
    let plain = format!("{}:{}", account.network, account.handle);
    let alone = all.iter().filter(|a| matches_label(a, &plain)).count() <= 1;
    // A name with a line break would read as two.
    if alone && !plain.contains(['\n', '\r']) && plain.trim() == plain {
        plain
    } else {
        account.id.to_string()
    }
}

/// Finds the account that `name` means: an identifier, our label, a handle or shown name, or the
/// name of a network with a single account. `network` narrows it down when a file has a column for it.
pub fn find<'a>(
    name: &str,
    network: Option<&str>,
    all: &'a [Account],
) -> Result<&'a Account, AccountNameError> {
    let name = name.trim();
    if let Some(account) = all.iter().find(|a| a.id.to_string() == name) {
        return Ok(account);
    }
    let within: Vec<&Account> = all
        .iter()
        .filter(|a| network.is_none_or(|n| same_network(a, n)))
        .collect();
    let bare = name.strip_prefix('@').unwrap_or(name);
    let ways: [&dyn Fn(&Account) -> bool; 4] = [
        &|a| matches_label(a, name),
        &|a| {
            same(a.handle.strip_prefix('@').unwrap_or(&a.handle), bare) || same(&a.remote_id, name)
        },
        &|a| same(&a.display_name, name),
        &|a| same_network(a, name),
    ];
    for way in ways {
        let found: Vec<&&Account> = within.iter().filter(|a| way(a)).collect();
        match found.as_slice() {
            [] => {}
            [one] => return Ok(one),
            several => {
                let labels: Vec<String> = several.iter().take(4).map(|a| label(a, all)).collect();
                return Err(AccountNameError::Several {
                    name: shortened(name),
                    labels: labels.join(", "),
                });
            }
        }
    }
    Err(AccountNameError::Unknown(shortened(name)))
}

/// Whether a file's word for a network means the account's.
pub(super) fn same_network(account: &Account, word: &str) -> bool {
    let plain = |text: &str| -> String {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    !word.trim().is_empty() && plain(&account.network) == plain(word)
}

fn matches_label(account: &Account, name: &str) -> bool {
    name.split_once(':').is_some_and(|(network, handle)| {
        let bare = |h: &str| {
            h.trim()
                .strip_prefix('@')
                .unwrap_or(h.trim())
                .to_lowercase()
        };
        same_network(account, network) && bare(handle) == bare(&account.handle)
    })
}

fn same(a: &str, b: &str) -> bool {
    !a.is_empty() && a.to_lowercase() == b.to_lowercase()
}

fn shortened(name: &str) -> String {
    name.chars().take(60).collect()
}
