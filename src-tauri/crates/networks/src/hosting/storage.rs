//! Public storage: a bucket of any service that speaks S3, in which files lie while a network fetches them.
//!
//! Where everybody may read the bucket, files are fetched from its public address. Otherwise each gets an
//! address of its own, signed and good for [`GOOD_FOR`].

use std::path::Path;
use std::time::Duration;

use futures_util::TryStreamExt;
use model::failure::Category;
use model::{AccountId, Timestamp};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as Key;
use object_store::signer::Signer;
use object_store::{
    Attribute, Attributes, BackoffConfig, MultipartUpload, ObjectStore, ObjectStoreExt,
    PutMultipartOptions, PutOptions, PutPayload, RetryConfig,
};
use reqwest::{Method, Url};
use serde::{Deserialize, Serialize};
use tokio::io::AsyncReadExt;
use ts_rs::TS;

use super::storage_errors::refused;
use super::storage_http::Through;
use super::web_address;
use crate::connector::{Ctx, Refusal};
use crate::http::Clients;
use crate::tokens::vault_refusal;
use crate::vault::{Secret, app_holder};

/// How long a signed address is good.
pub const GOOD_FOR: Duration = Duration::from_hours(2);
/// Bytes of a piece of an upload.
const PIECE: usize = 8 << 20;
/// The region where a service has none of its own.
const NO_REGION: &str = "us-east-1";
/// Under whom and what the key lies in the vault.
const HOLDER: &str = "public-storage";
const KEY: &str = "key";
/// What names of lent files begin with.
pub(super) const BEGINNING: &str = "almanac-";

/// Where files are lent from. No secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct StorageSettings {
    /// Address of the service, such as `https://s3.eu-central-1.amazonaws.com`.
    pub endpoint: String,
    /// Name of the bucket.
    pub bucket: String,
    /// Region of the bucket; empty where the service has none.
    pub region: String,
    /// Folder in the bucket; may be empty.
    pub prefix: String,
    /// Address under which everybody reads the bucket; empty where nobody may, and addresses are signed.
    pub public_address: String,
}

/// The key to it, from the service.
#[derive(Clone, Serialize, Deserialize)]
pub struct StorageKey {
    /// What the service calls the key.
    pub id: String,
    /// Its secret.
    pub secret: String,
}

impl StorageKey {
    /// The key in the vault, if there is one.
    pub async fn read(ctx: Ctx<'_>) -> Result<Option<Self>, Refusal> {
        let kept = ctx.vault.get(holder(), KEY).await;
        let kept = kept.map_err(|e| vault_refusal(&e))?;
        Ok(kept.and_then(|secret| serde_json::from_str(secret.reveal()).ok()))
    }

    /// Keeps it in the vault.
    pub async fn keep(&self, ctx: Ctx<'_>) -> Result<(), Refusal> {
        // Texts always make JSON.
        let text = Secret::new(serde_json::to_string(self).unwrap_or_default());
        let kept = ctx.vault.set(holder(), KEY, &text).await;
        kept.map_err(|e| vault_refusal(&e))
    }

    /// Takes it out of the vault.
    pub async fn forget(ctx: Ctx<'_>) -> Result<(), Refusal> {
        let gone = ctx.vault.forget(holder(), KEY).await;
        gone.map_err(|e| vault_refusal(&e))
    }
}

fn holder() -> AccountId {
    app_holder(HOLDER)
}

/// A field of the settings that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadField {
    /// Its name.
    pub field: &'static str,
    /// What is wrong with it.
    pub message: String,
}

impl StorageSettings {
    /// The same tidied up, when it can be used.
    pub fn checked(&self) -> Result<Self, BadField> {
        let bad = |field, message: &str| {
            Err(BadField {
                field,
                message: message.to_owned(),
            })
        };
        let Some(endpoint) = web_address(self.endpoint.trim()) else {
            return bad(
                "endpoint",
                "The address of the storage has to look like https://s3.example.com.",
            );
        };
        let bucket = self.bucket.trim();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        if !(3..=63).contains(&bucket.len()) || !bucket.chars().all(plain) {
            return bad(
                "bucket",
                "The name of a bucket has 3 to 63 letters, digits, dots and hyphens.",
            );
        }
        let region = self.region.trim();
        if region.len() > 60
            || !region
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-')
        {
            return bad(
                "region",
                "A region looks like eu-central-1. Leave it empty where the service has none.",
            );
        }
        let prefix = self.prefix.trim().trim_matches('/');
        let parts = prefix.split('/').filter(|_| !prefix.is_empty());
        let odd = |part: &str| part.is_empty() || part.starts_with('.') || !part.chars().all(plain);
        if prefix.len() > 200 || parts.clone().any(odd) {
            return bad(
                "prefix",
                "A folder in the bucket has letters, digits and hyphens, such as almanac/files.",
            );
        }
        let public = self.public_address.trim();
        let public_address = match (public.is_empty(), web_address(public)) {
            (true, _) => String::new(),
            (false, Some(url)) => url.into(),
            (false, None) => {
                return bad(
                    "publicAddress",
                    "The public address has to look like https://files.example.com.",
                );
            }
        };
        Ok(Self {
            endpoint: endpoint.as_str().trim_end_matches('/').to_owned(),
            bucket: bucket.to_owned(),
            region: region.to_owned(),
            prefix: prefix.to_owned(),
            public_address,
        })
    }
}

/// A bucket that is opened with its key.
pub struct Storage {
    settings: StorageSettings,
    store: AmazonS3,
}

impl Storage {
    /// Opens it with the key in the vault. Nothing is called yet.
    pub async fn open(
        settings: &StorageSettings,
        http: &Clients,
        ctx: Ctx<'_>,
    ) -> Result<Self, Refusal> {
        let key = StorageKey::read(ctx).await?.ok_or_else(|| {
            Refusal::never(
                Category::MediaError,
                "The key of the public storage is missing. Enter it in Settings, Public files.",
            )
        })?;
        Self::with_key(settings, &key, http)
    }

    /// The same with this key.
    pub fn with_key(
        settings: &StorageSettings,
        key: &StorageKey,
        http: &Clients,
    ) -> Result<Self, Refusal> {
        let region = match settings.region.as_str() {
            "" => NO_REGION,
            region => region,
        };
        let host = Url::parse(&settings.endpoint).ok();
        let host = host.as_ref().and_then(Url::host_str).unwrap_or_default();
        // Some services want the bucket in the name of the host; its address then begins with it.
        let in_host = host.starts_with(&format!("{}.", settings.bucket));
        let retry = RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: 2,
            retry_timeout: Duration::from_mins(2),
        };
        let store = AmazonS3Builder::new()
            .with_endpoint(&settings.endpoint)
            .with_virtual_hosted_style_request(in_host)
            .with_bucket_name(&settings.bucket)
            .with_region(region)
            .with_access_key_id(key.id.trim())
            .with_secret_access_key(key.secret.trim())
            // Only this very computer is ever reached without encryption.
            .with_allow_http(settings.endpoint.starts_with("http://"))
            .with_retry(retry)
            .with_http_connector(Through::new(http.clone()))
            .build()
            .map_err(|error| refused(&error))?;
        Ok(Self {
            settings: settings.clone(),
            store,
        })
    }

    fn key(&self, name: &str) -> Key {
        let prefix = self.settings.prefix.split('/');
        prefix
            .filter(|part| !part.is_empty())
            .chain([name])
            .collect()
    }

    /// Puts bytes there.
    pub async fn put(&self, name: &str, kind: &str, bytes: Vec<u8>) -> Result<(), Refusal> {
        let options = PutOptions {
            attributes: of_kind(kind),
            ..PutOptions::default()
        };
        let payload = PutPayload::from(bytes);
        let put = self.store.put_opts(&self.key(name), payload, options).await;
        put.map(drop).map_err(|error| refused(&error))
    }

    /// Puts a copy of a file there, piece by piece.
    pub async fn copy(&self, name: &str, kind: &str, from: &Path) -> Result<(), Refusal> {
        let mut file = tokio::fs::File::open(from).await.map_err(|e| unread(&e))?;
        let size = file.metadata().await.map_err(|e| unread(&e))?.len();
        if size <= PIECE as u64 {
            let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(PIECE));
            file.read_to_end(&mut bytes).await.map_err(|e| unread(&e))?;
            return self.put(name, kind, bytes).await;
        }
        let options = PutMultipartOptions {
            attributes: of_kind(kind),
            ..PutMultipartOptions::default()
        };
        let begun = self
            .store
            .put_multipart_opts(&self.key(name), options)
            .await;
        let mut upload = begun.map_err(|error| refused(&error))?;
        let done = pieces(&mut *upload, &mut file).await;
        if done.is_err()
            && let Err(error) = upload.abort().await
        {
            tracing::warn!(%error, "an upload to the public storage could not be given up");
        }
        done
    }

    /// Where the network fetches it.
    pub async fn address(&self, name: &str) -> Result<String, Refusal> {
        let key = self.key(name);
        if self.settings.public_address.is_empty() {
            let signed = self.store.signed_url(Method::GET, &key, GOOD_FOR).await;
            return signed.map(String::from).map_err(|error| refused(&error));
        }
        let joined = Url::parse(&self.settings.public_address).and_then(|u| u.join(key.as_ref()));
        joined.map(String::from).map_err(|_| {
            Refusal::never(
                Category::MediaError,
                "The public address of the storage cannot be used.",
            )
        })
    }

    /// Takes a file away; not there counts as done.
    pub async fn remove(&self, name: &str) -> Result<(), Refusal> {
        match self.store.delete(&self.key(name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(refused(&error)),
        }
    }

    /// Takes away what was lent before an instant and was left behind. Returns how many files went.
    pub async fn sweep(&self, before: Timestamp) -> Result<usize, Refusal> {
        let prefix =
            (!self.settings.prefix.is_empty()).then(|| Key::from(self.settings.prefix.as_str()));
        let found: Vec<_> = self
            .store
            .list(prefix.as_ref())
            .try_filter(|file| {
                let ours = file
                    .location
                    .filename()
                    .is_some_and(|n| n.starts_with(BEGINNING));
                let old = file.last_modified.timestamp_millis() < before.as_millis();
                std::future::ready(ours && old)
            })
            .try_collect()
            .await
            .map_err(|error| refused(&error))?;
        for file in &found {
            match self.store.delete(&file.location).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(refused(&error)),
            }
        }
        Ok(found.len())
    }
}

fn of_kind(kind: &str) -> Attributes {
    let mut attributes = Attributes::new();
    attributes.insert(Attribute::ContentType, kind.to_owned().into());
    attributes
}

async fn pieces(
    upload: &mut dyn MultipartUpload,
    file: &mut tokio::fs::File,
) -> Result<(), Refusal> {
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        let mut rest = file.take(PIECE as u64);
        rest.read_to_end(&mut piece).await.map_err(|e| unread(&e))?;
        if piece.is_empty() {
            break;
        }
        let put = upload.put_part(PutPayload::from(piece)).await;
        put.map_err(|error| refused(&error))?;
    }
    let done = upload.complete().await;
    done.map(drop).map_err(|error| refused(&error))
}

fn unread(error: &std::io::Error) -> Refusal {
    Refusal::later(
        Category::MediaError,
        "A file of this post cannot be read from the library.",
    )
    .with_detail(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> StorageSettings {
        StorageSettings {
            endpoint: " https://s3.example.com/ ".to_owned(),
            bucket: "files".to_owned(),
            region: String::new(),
            prefix: "/a/b/".to_owned(),
            public_address: "https://files.example.com".to_owned(),
        }
    }

    #[test]
    fn settings_are_tidied_up_and_what_cannot_be_used_names_its_field() {
        let tidy = settings().checked().unwrap();
        assert_eq!(tidy.endpoint, "https://s3.example.com");
        assert_eq!((tidy.prefix.as_str(), tidy.region.as_str()), ("a/b", ""));
        assert_eq!(tidy.public_address, "https://files.example.com/");
        assert_eq!(tidy.checked().unwrap(), tidy, "the same again");
        let bad = |change: fn(&mut StorageSettings)| {
            let mut changed = settings();
            change(&mut changed);
            changed.checked().unwrap_err().field
        };
        assert_eq!(
            bad(|s| s.endpoint = "s3.example.com".to_owned()),
            "endpoint"
        );
        assert_eq!(
            bad(|s| s.endpoint = "http://s3.example.com".to_owned()),
            "endpoint"
        );
        assert_eq!(
            bad(|s| s.endpoint = "https://key:x@s3.example.com".to_owned()),
            "endpoint"
        );
        assert_eq!(bad(|s| s.bucket = "a".to_owned()), "bucket");
        assert_eq!(bad(|s| s.bucket = "a/b/c".to_owned()), "bucket");
        assert_eq!(bad(|s| s.region = "eu central".to_owned()), "region");
        assert_eq!(bad(|s| s.prefix = "a/../b".to_owned()), "prefix");
        assert_eq!(bad(|s| s.prefix = "a b".to_owned()), "prefix");
        assert_eq!(
            bad(|s| s.public_address = "ftp://x".to_owned()),
            "publicAddress"
        );
    }
}
