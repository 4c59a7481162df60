//! A file sealed with a passphrase, for computers without a keyring. Used only when a person
//! chooses it.
//!
//! The key comes from the passphrase by Argon2id; the content is sealed with XChaCha20-Poly1305
//! under a new nonce each time it is written. The header (version, cost, salt) is authenticated, so
//! that nobody can lower the cost unnoticed.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use model::{AccountId, Entropy};
use tokio::sync::Mutex;

use super::{Secret, Vault, VaultError};

const MAGIC: &[u8; 8] = b"ALMVLT01";
const SALT_BYTES: usize = 16;
const NONCE_BYTES: usize = 24;
const HEADER_BYTES: usize = MAGIC.len() + 4 + SALT_BYTES;
/// Far more than any number of accounts needs; keeps a wrong file from filling the memory.
const MAX_FILE_BYTES: u64 = 16 << 20;
/// Memory of the key derivation in KiB: 64 MiB, the second recommendation of RFC 9106.
const MEMORY_KIB: u32 = 64 * 1024;
/// A file may not ask for more than this, or it could exhaust the machine.
const MAX_MEMORY_KIB: u32 = 1024 * 1024;

/// Why a sealed file could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum SealedError {
    /// The passphrase does not open it, or the file was damaged; the two look alike by design.
    #[error("The passphrase does not open the file with the passwords.")]
    WrongPassphrase,
    /// It is not such a file.
    #[error("The file with the passwords is damaged or was not written by Almanac.")]
    NotAVault,
    /// A passphrase is missing.
    #[error("Choose a passphrase of at least {0} characters.")]
    TooShort(usize),
    /// The disk refused.
    #[error("The file with the passwords could not be read or written: {0}")]
    Disk(#[from] std::io::Error),
}

/// Shortest passphrase.
pub const MIN_PASSPHRASE_CHARS: usize = 8;

type Secrets = BTreeMap<String, String>;

/// An opened file with secrets. Each change is sealed and durable before the call returns.
pub struct SealedVault {
    path: PathBuf,
    key: Key,
    entropy: Arc<dyn Entropy>,
    secrets: Mutex<Secrets>,
}

struct Key {
    cipher: XChaCha20Poly1305,
    header: Vec<u8>,
}

impl Key {
    fn derive(passphrase: &Secret, header: Vec<u8>) -> Result<Self, SealedError> {
        let memory: [u8; 4] = header
            .get(MAGIC.len()..MAGIC.len() + 4)
            .and_then(|b| b.try_into().ok())
            .ok_or(SealedError::NotAVault)?;
        let memory = u32::from_le_bytes(memory);
        if memory > MAX_MEMORY_KIB {
            return Err(SealedError::NotAVault);
        }
        let salt = header
            .get(MAGIC.len() + 4..)
            .ok_or(SealedError::NotAVault)?;
        let params = Params::new(memory, 3, 4, Some(32)).map_err(|_| SealedError::NotAVault)?;
        let mut key = [0_u8; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.reveal().as_bytes(), salt, &mut key)
            .map_err(|_| SealedError::NotAVault)?;
        let cipher = XChaCha20Poly1305::new(&key.into());
        key.fill(0);
        Ok(Self { cipher, header })
    }

    fn seal(&self, secrets: &Secrets, entropy: &dyn Entropy) -> Result<Vec<u8>, SealedError> {
        let plain = serde_json::to_vec(secrets).map_err(std::io::Error::from)?;
        let mut nonce = [0_u8; NONCE_BYTES];
        entropy.fill(&mut nonce);
        let sealed = self
            .cipher
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: &plain,
                    aad: &self.header,
                },
            )
            .map_err(|_| SealedError::NotAVault)?;
        Ok([self.header.as_slice(), &nonce, &sealed].concat())
    }

    fn open(&self, body: &[u8]) -> Result<Secrets, SealedError> {
        let (nonce, sealed) = body
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or(SealedError::NotAVault)?;
        let plain = self
            .cipher
            .decrypt(
                &XNonce::from(*nonce),
                Payload {
                    msg: sealed,
                    aad: &self.header,
                },
            )
            .map_err(|_| SealedError::WrongPassphrase)?;
        serde_json::from_slice(&plain).map_err(|_| SealedError::NotAVault)
    }
}

impl SealedVault {
    /// Opens the file, or makes it when there is none. Takes about a quarter of a second of work
    /// and 64 MiB while the key is derived: call it away from the async workers.
    pub fn open(
        path: PathBuf,
        passphrase: &Secret,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, SealedError> {
        Self::open_with_cost(path, passphrase, entropy, MEMORY_KIB)
    }

    fn open_with_cost(
        path: PathBuf,
        passphrase: &Secret,
        entropy: Arc<dyn Entropy>,
        memory_kib: u32,
    ) -> Result<Self, SealedError> {
        if passphrase.reveal().chars().count() < MIN_PASSPHRASE_CHARS {
            return Err(SealedError::TooShort(MIN_PASSPHRASE_CHARS));
        }
        let file = match std::fs::metadata(&path) {
            Ok(facts) if facts.len() > MAX_FILE_BYTES => return Err(SealedError::NotAVault),
            Ok(_) => std::fs::read(&path)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut salt = [0_u8; SALT_BYTES];
                entropy.fill(&mut salt);
                let header = [MAGIC.as_slice(), &memory_kib.to_le_bytes(), &salt].concat();
                let key = Key::derive(passphrase, header)?;
                let vault = Self {
                    path,
                    key,
                    entropy,
                    secrets: Mutex::default(),
                };
                vault.write(&Secrets::new())?;
                return Ok(vault);
            }
            Err(error) => return Err(error.into()),
        };
        let (header, body) = file
            .split_at_checked(HEADER_BYTES)
            .ok_or(SealedError::NotAVault)?;
        if !header.starts_with(MAGIC) {
            return Err(SealedError::NotAVault);
        }
        let key = Key::derive(passphrase, header.to_vec())?;
        let secrets = Mutex::new(key.open(body)?);
        Ok(Self {
            path,
            key,
            entropy,
            secrets,
        })
    }

    fn write(&self, secrets: &Secrets) -> Result<(), SealedError> {
        let bytes = self.key.seal(secrets, &*self.entropy)?;
        let folder = self.path.parent().ok_or(SealedError::NotAVault)?;
        // A temporary file is readable by its owner alone, and stays so when it is renamed.
        let mut part = tempfile::NamedTempFile::new_in(folder)?;
        part.write_all(&bytes)?;
        part.as_file().sync_all()?;
        part.persist(&self.path).map_err(|e| e.error)?;
        if cfg!(unix) {
            std::fs::File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    /// Changes the secrets: on disk first, in memory after, so that a full disk changes nothing.
    async fn change(&self, change: impl FnOnce(&mut Secrets) + Send) -> Result<(), VaultError> {
        let mut secrets = self.secrets.lock().await;
        let mut next = secrets.clone();
        change(&mut next);
        // A few kilobytes: as quick as a commit of the database, and rare.
        self.write(&next)
            .map_err(|error| VaultError::Refused(error.to_string()))?;
        *secrets = next;
        Ok(())
    }
}

fn name_of(account: AccountId, name: &str) -> String {
    format!("{account}/{name}")
}

#[async_trait]
impl Vault for SealedVault {
    async fn get(&self, account: AccountId, name: &str) -> Result<Option<Secret>, VaultError> {
        Ok(self
            .secrets
            .lock()
            .await
            .get(&name_of(account, name))
            .map(Secret::new))
    }

    async fn set(&self, account: AccountId, name: &str, secret: &Secret) -> Result<(), VaultError> {
        self.change(|all| {
            all.insert(name_of(account, name), secret.reveal().to_owned());
        })
        .await
    }

    async fn forget(&self, account: AccountId, name: &str) -> Result<(), VaultError> {
        self.change(|all| {
            all.remove(&name_of(account, name));
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU8, Ordering};

    #[derive(Default)]
    struct Counting(AtomicU8);
    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0.fetch_add(1, Ordering::Relaxed));
        }
    }

    fn open(path: &std::path::Path, passphrase: &str) -> Result<SealedVault, SealedError> {
        let secret = Secret::new(passphrase);
        SealedVault::open_with_cost(path.into(), &secret, Arc::new(Counting::default()), 64)
    }

    const ACCOUNT: AccountId = AccountId(uuid::Uuid::from_u128(3));

    #[tokio::test]
    async fn secrets_survive_and_stand_nowhere_in_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets");
        let vault = open(&path, "correct horse").unwrap();
        vault
            .set(ACCOUNT, "session", &Secret::new("s3cr3t-token"))
            .await
            .unwrap();
        drop(vault);
        let bytes = std::fs::read(&path).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("s3cr3t"));
        let vault = open(&path, "correct horse").unwrap();
        let read = vault.get(ACCOUNT, "session").await.unwrap().unwrap();
        assert_eq!(read.reveal(), "s3cr3t-token");
        vault.forget(ACCOUNT, "session").await.unwrap();
        assert_eq!(vault.get(ACCOUNT, "session").await.unwrap(), None);
    }

    #[tokio::test]
    async fn wrong_words_and_damage_are_told_apart_from_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets");
        drop(open(&path, "correct horse").unwrap());
        assert!(matches!(
            open(&path, "wrong horse"),
            Err(SealedError::WrongPassphrase)
        ));
        assert!(matches!(
            open(&path, "short"),
            Err(SealedError::TooShort(8))
        ));
        let mut bytes = std::fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        assert!(matches!(
            open(&path, "correct horse"),
            Err(SealedError::WrongPassphrase)
        ));
        std::fs::write(&path, b"something else entirely").unwrap();
        assert!(matches!(
            open(&path, "correct horse"),
            Err(SealedError::NotAVault)
        ));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn only_its_owner_can_read_the_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets");
        let vault = open(&path, "correct horse").unwrap();
        vault
            .set(ACCOUNT, "session", &Secret::new("x"))
            .await
            .unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}
