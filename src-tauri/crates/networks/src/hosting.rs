//! Files for networks that fetch them from a public address: from a web folder of the account's own, else
//! from the public storage of the settings. Each file lies there under a name made of hashes, while the
//! network fetches it, and is taken away afterwards; what a crash left behind goes a day later.

mod checking;
mod folder;
mod form;
mod storage;
mod storage_errors;
mod storage_http;
mod trying;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use model::account::Account;
use model::error::Fix;
use model::failure::Category;
use model::{TargetId, Timestamp};
use reqwest::{Method, Url};
use ring::digest::{SHA256, digest};

use crate::api::{Answer, Api, Failed};
use crate::check::Found;
use crate::connector::{Ctx, JobMedia, Missing, Refusal};
use crate::fitting;
use crate::hex::hex;
use crate::waiting::Patience;

pub use checking::{CheckPart, CheckStep};
pub use folder::WebFolder;
pub use form::{ADDRESS as FOLDER_ADDRESS, fields, keep_folder, settings};
pub use storage::{BadField, GOOD_FOR, Storage, StorageKey, StorageSettings};

/// How long a lent file may lie there before it counts as left behind.
pub const LEFT_BEHIND: Duration = Duration::from_hours(24);

pub(crate) fn web_address(text: &str) -> Option<Url> {
    let mut url = Url::parse(text).ok()?;
    let here = crate::http::is_loopback(&url);
    let plain = (url.scheme() == "https" || (url.scheme() == "http" && here))
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    plain.then_some(url)
}

/// Which public storage is used, for everybody who lends files: the same for all clones.
#[derive(Debug, Clone, Default)]
pub struct Hosting {
    storage: Arc<RwLock<Option<StorageSettings>>>,
    api: Option<Api>,
}

impl Hosting {
    /// Lends over these calls. No storage is known yet.
    #[must_use]
    pub fn new(api: Api) -> Self {
        Self {
            api: Some(api),
            ..Self::default()
        }
    }

    /// Uses this storage from now on; none for no storage.
    pub fn set(&self, storage: Option<StorageSettings>) {
        *self.storage.write().unwrap_or_else(PoisonError::into_inner) = storage;
    }

    /// The storage in use.
    #[must_use]
    pub fn storage(&self) -> Option<StorageSettings> {
        self.storage
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// How calls are made; none where nothing can be called.
    pub(crate) fn api(&self) -> Option<&Api> {
        self.api.as_ref()
    }

    /// Whether files of an account have a public address.
    #[must_use]
    pub fn has_place(&self, account: &Account) -> bool {
        WebFolder::of(account).is_some() || self.storage().is_some()
    }

    fn place(&self, account: &Account) -> Option<Place> {
        match WebFolder::of(account) {
            Some(folder) => Some(Place::Folder(folder)),
            None => self.storage().map(Place::Storage),
        }
    }

    /// Lends a file of a post, a picture made to fit, and gives its address once the web answers with it.
    pub async fn lend(&self, lending: Lending<'_>, file: &JobMedia) -> Result<String, Refusal> {
        let place = self.place(lending.account).ok_or_else(|| {
            Refusal::never(
                Category::Validation,
                missing(lending.network, lending.fetches).message,
            )
        })?;
        let name = name_of(lending.target, file);
        let made = if file.facts.is_video() {
            None
        } else {
            Some(fitting::picture(file, lending.limits.clone()).await?.bytes)
        };
        let bytes = made.as_ref().map_or(file.facts.bytes, |m| m.len() as u64);
        let api = lending.api;
        let (address, look) = match &place {
            Place::Folder(folder) => {
                match made {
                    Some(made) => folder.put(&name, &made).await?,
                    None => folder.copy(&name, &file.path).await?,
                }
                (folder.address(&name)?, Look::Head)
            }
            Place::Storage(settings) => {
                let storage = Storage::open(settings, api.http(), lending.ctx).await?;
                match made {
                    Some(made) => storage.put(&name, "image/jpeg", made).await?,
                    None => storage.copy(&name, &file.facts.mime, &file.path).await?,
                }
                let signed = settings.public_address.is_empty();
                let look = if signed { Look::Begin } else { Look::Head };
                (storage.address(&name).await?, look)
            }
        };
        if let Err(refusal) = answers(api, &address, look, bytes, lending.patience).await {
            self.take_away(&lending, file).await;
            return Err(refusal);
        }
        Ok(address)
    }

    /// Takes a file of a post away; what cannot go now goes with what was left behind.
    pub async fn take_away(&self, lending: &Lending<'_>, file: &JobMedia) {
        let name = name_of(lending.target, file);
        match self.place(lending.account) {
            None => {}
            Some(Place::Folder(folder)) => folder.remove(&name).await,
            Some(Place::Storage(settings)) => {
                let storage = Storage::open(&settings, lending.api.http(), lending.ctx).await;
                let gone = match storage {
                    Ok(storage) => storage.remove(&name).await,
                    Err(refusal) => Err(refusal),
                };
                if let Err(refusal) = gone {
                    tracing::warn!(
                        why = refusal.message,
                        "a public file could not be taken away"
                    );
                }
            }
        }
    }

    /// Takes away what was left behind in the storage before an instant.
    pub async fn sweep(&self, before: Timestamp, ctx: Ctx<'_>) -> Result<usize, Refusal> {
        let (Some(settings), Some(api)) = (self.storage(), self.api()) else {
            return Ok(0);
        };
        let storage = Storage::open(&settings, api.http(), ctx).await?;
        storage.sweep(before).await
    }
}

/// Where files of an account lie.
enum Place {
    Folder(WebFolder),
    Storage(StorageSettings),
}

/// Whose file is lent, and how.
#[derive(Clone)]
pub struct Lending<'a> {
    /// Calls.
    pub api: &'a Api,
    /// What every call may use.
    pub ctx: Ctx<'a>,
    /// The network that fetches it.
    pub network: &'a str,
    /// What it fetches, such as `photos`.
    pub fetches: &'a str,
    /// The account.
    pub account: &'a Account,
    /// The delivery.
    pub target: TargetId,
    /// What pictures have to fit.
    pub limits: media::Limits,
    /// How long one waits until the web answers with it.
    pub patience: Patience,
}

/// The name of a file there: nobody can guess it, no other target uses it, nor does another use of the same
/// file with other edits.
fn name_of(target: TargetId, file: &JobMedia) -> String {
    // A version of a video lies under a name of its own, a picture is made from its original.
    let made_by = match &file.original {
        Some(original) => serde_json::to_vec(&original.edits).unwrap_or_default(),
        None => file.path.as_os_str().as_encoded_bytes().to_vec(),
    };
    let made_by = hex(&digest(&SHA256, &made_by).as_ref()[..8]);
    let ending = match file.facts.mime.as_str() {
        "video/quicktime" => "mov",
        kind if kind.starts_with("video/") => "mp4",
        _ => "jpg",
    };
    let (id, target) = (&file.facts.id, target.0.simple());
    format!("almanac-{id}-{made_by}-{target}.{ending}")
}

/// How one looks whether the web answers with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// By its headers.
    Head,
    /// By its first byte: a signed address is good for reading alone.
    Begin,
}

/// Waits until the web answers with the file: of so many bytes, as a picture or video.
async fn answers(
    api: &Api,
    address: &str,
    look: Look,
    bytes: u64,
    patience: Patience,
) -> Result<(), Refusal> {
    let mut last = None;
    for n in 0..patience.looks.clamp(1, 6) {
        if n > 0 {
            tokio::time::sleep(patience.between).await;
        }
        match look_at(api, address, look, bytes).await {
            Ok(()) => return Ok(()),
            Err(words) => last = Some(words),
        }
    }
    Err(not_there(last))
}

async fn look_at(api: &Api, address: &str, look: Look, bytes: u64) -> Result<(), String> {
    let method = match look {
        Look::Head => Method::HEAD,
        Look::Begin => Method::GET,
    };
    let call = api.call(method, address).await;
    let mut call = call.map_err(|failed| failed.detail())?;
    if look == Look::Begin {
        call = call.header("range", "bytes=0-0");
    }
    let answer = api.send(call).await.map_err(|failed| match failed {
        Failed::Answered(answer) => format!("the public address answers {}", answer.status),
        other => other.detail(),
    })?;
    right(&answer, bytes)
}

fn right(answer: &Answer, bytes: u64) -> Result<(), String> {
    let kind = answer.kind();
    if !kind.starts_with("image/") && !kind.starts_with("video/") {
        return Err(format!("the public address answers with {kind}"));
    }
    let whole = answer
        .header("content-range")
        .and_then(|r| r.rsplit('/').next());
    let length = whole.or_else(|| answer.header("content-length"));
    match length.and_then(|l| l.parse::<u64>().ok()) {
        Some(length) if length != bytes => Err(format!(
            "the public address answers with {length} bytes of {bytes}"
        )),
        _ => Ok(()),
    }
}

fn not_there(words: Option<String>) -> Refusal {
    let refusal = Refusal::later(
        Category::MediaError,
        "The file did not appear at its public address. Check that the address belongs to where the files are put, and that everybody may read it.",
    );
    match words {
        Some(words) => refusal.with_detail(words),
        None => refusal,
    }
}

/// What is missing while files have no public address.
#[must_use]
pub fn missing(network: &str, what: &str) -> Missing {
    Missing {
        message: format!(
            "{network} fetches {what} from the web: set up public files in Settings, or connect the account again with a public folder of your own."
        ),
        mended_by: Fix::OpenPublicFiles,
    }
}

/// Says in a check that a file of part `n` needs a public address.
pub fn problem(found: &mut Found, network: &str, n: usize, index: u32) {
    let message = format!(
        "{network} fetches this file from the web, and it has no public address. Set up public files in Settings."
    );
    let fixes = vec![
        Fix::OpenPublicFiles,
        Fix::Reconnect,
        Fix::RemoveMedia { index },
    ];
    found.error("needs_public_address", Some(n), message, fixes);
}

#[cfg(test)]
mod tests {
    use model::MediaId;
    use model::edit::Operation;

    use super::*;
    use crate::connector::{MediaFacts, Original};

    #[test]
    fn two_uses_of_a_file_with_other_edits_lie_under_two_names() {
        let folder = tempfile::tempdir().unwrap();
        let library = media::Library::open(folder.path()).unwrap();
        let id: MediaId = "a".repeat(64).parse().unwrap();
        let facts = MediaFacts::of_file(&id, "image/png");
        let file = |edits: Vec<Operation>| JobMedia {
            facts: facts.clone(),
            path: folder.path().join("original"),
            original: Some(Original {
                library: library.clone(),
                id: id.clone(),
                edits,
            }),
            alt: String::new(),
            captions: vec![],
            poster_ms: None,
            poster: None,
        };
        let version = |name: &str| JobMedia {
            path: folder.path().join(name),
            original: None,
            ..file(vec![])
        };
        let target = TargetId(uuid::Uuid::from_u128(1));
        let turned = || file(vec![Operation::Turn { quarters: 1 }]);
        let names = [
            file(vec![]),
            turned(),
            version("one.mp4"),
            version("two.mp4"),
        ];
        let names = names.map(|file| name_of(target, &file));
        let different: std::collections::BTreeSet<&String> = names.iter().collect();
        assert_eq!(different.len(), names.len(), "{names:?}");
        assert_eq!(names[1], name_of(target, &turned()));
        assert_ne!(
            names[1],
            name_of(TargetId(uuid::Uuid::from_u128(2)), &turned())
        );
    }
}
