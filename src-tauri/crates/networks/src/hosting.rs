//! Files for networks that fetch them from a public address: a web folder of the person's own. Each
//! file goes into it under a name made of hashes, is there while the network fetches it, and is taken
//! away afterwards.

use std::path::{Path, PathBuf};

use model::TargetId;
use model::account::Account;
use model::error::Fix;
use model::failure::Category;
use reqwest::{Method, Url};
use serde_json::{Value, json};

use crate::api::{Answer, Api, Failed};
use crate::catalogue::{FieldKind, SignInField};
use crate::check::Found;
use crate::connector::{JobMedia, Refusal, SignInFields};
use crate::fitting;
use crate::waiting::Patience;

const ADDRESS: &str = "webAddress";
const FOLDER: &str = "webFolder";

/// The fields of the sign-in form.
#[must_use]
pub fn fields(network: &str) -> Vec<SignInField> {
    let address = SignInField::new(
        ADDRESS,
        "Web address of a public folder",
        FieldKind::Address,
        &format!(
            "{network} fetches pictures from the web. Without such a folder, Almanac cannot send them."
        ),
    );
    let folder = SignInField::new(
        FOLDER,
        "Folder on this computer that appears there",
        FieldKind::Folder,
        "Such as a folder of your web site that a program keeps in step. Files stay in it for minutes.",
    );
    vec![
        address.optional().like("https://example.org/almanac/"),
        folder.optional(),
    ]
}

/// Reads the fields into an account's settings.
pub fn settings(fields: &SignInFields) -> Result<Value, Refusal> {
    let (address, folder) = (fields.plain(ADDRESS), fields.plain(FOLDER));
    if address.is_empty() && folder.is_empty() {
        return Ok(json!({}));
    }
    let refused = |message: &str| Err(Refusal::never(Category::Validation, message));
    if address.is_empty() || folder.is_empty() {
        return refused(
            "A public folder needs both: its address on the web and the folder on this computer.",
        );
    }
    let Some(url) = web_address(address) else {
        return refused(
            "The address of the public folder has to look like https://example.org/almanac/.",
        );
    };
    let path = Path::new(folder);
    if !path.is_absolute() || !path.is_dir() {
        return refused("The folder for public files is not there. Choose another one.");
    }
    Ok(json!({ ADDRESS: url.as_str(), FOLDER: folder }))
}

fn web_address(text: &str) -> Option<Url> {
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

/// The web folder of an account.
#[derive(Debug, Clone)]
pub struct WebFolder {
    address: Url,
    folder: PathBuf,
}

impl WebFolder {
    /// None when the account has none.
    #[must_use]
    pub fn of(account: &Account) -> Option<Self> {
        let text = |name: &str| account.settings.get(name).and_then(Value::as_str);
        Some(Self {
            address: Url::parse(text(ADDRESS)?).ok()?,
            folder: PathBuf::from(text(FOLDER)?),
        })
    }

    /// The address of a file there.
    pub fn address(&self, name: &str) -> Result<String, Refusal> {
        let joined = self.address.join(name);
        joined.map(String::from).map_err(|_| not_there(None))
    }

    /// Puts bytes there. The file appears whole or not at all.
    pub async fn put(&self, name: &str, bytes: &[u8]) -> Result<(), Refusal> {
        let part = self.part(name);
        tokio::fs::write(&part, bytes)
            .await
            .map_err(|e| no_room(&e))?;
        self.appear(&part, name).await
    }

    /// Puts a copy of a file there.
    pub async fn copy(&self, name: &str, from: &Path) -> Result<(), Refusal> {
        let part = self.part(name);
        tokio::fs::copy(from, &part)
            .await
            .map_err(|e| no_room(&e))?;
        self.appear(&part, name).await
    }

    fn part(&self, name: &str) -> PathBuf {
        self.folder.join(format!(".{name}.part"))
    }

    async fn appear(&self, part: &Path, name: &str) -> Result<(), Refusal> {
        let done = tokio::fs::rename(part, self.folder.join(name)).await;
        done.map_err(|e| no_room(&e))
    }

    /// Takes a file away; not there counts as done.
    pub async fn remove(&self, name: &str) {
        for file in [self.folder.join(name), self.part(name)] {
            if let Err(error) = tokio::fs::remove_file(&file).await
                && error.kind() != std::io::ErrorKind::NotFound
            {
                tracing::warn!(%error, "a public file could not be taken away");
            }
        }
    }

    /// Puts a file of a post there, a picture made to fit, and gives its address once the web answers
    /// with it.
    pub async fn host(
        &self,
        api: &Api,
        target: TargetId,
        file: &JobMedia,
        limits: media::Limits,
        patience: Patience,
    ) -> Result<String, Refusal> {
        let name = name_of(target, file);
        let bytes = if is_video(file) {
            self.copy(&name, &file.path).await?;
            file.facts.bytes
        } else {
            let made = fitting::picture(file, limits).await?;
            self.put(&name, &made.bytes).await?;
            made.bytes.len() as u64
        };
        if let Err(refusal) = self.answers(api, &name, bytes, patience).await {
            self.remove(&name).await;
            return Err(refusal);
        }
        self.address(&name)
    }

    /// Takes a file of a post away.
    pub async fn tidy(&self, target: TargetId, file: &JobMedia) {
        self.remove(&name_of(target, file)).await;
    }

    /// Waits until the web answers with the file: of so many bytes, as a picture or video.
    pub async fn answers(
        &self,
        api: &Api,
        name: &str,
        bytes: u64,
        patience: Patience,
    ) -> Result<(), Refusal> {
        let address = self.address(name)?;
        let mut last = None;
        for look in 0..patience.looks.clamp(1, 6) {
            if look > 0 {
                tokio::time::sleep(patience.between).await;
            }
            match look_at(api, &address, bytes).await {
                Ok(()) => return Ok(()),
                Err(words) => last = Some(words),
            }
        }
        Err(not_there(last))
    }
}

/// Whether a file is a video.
#[must_use]
pub fn is_video(file: &JobMedia) -> bool {
    file.facts.mime.starts_with("video/")
}

/// The name of a file there: nobody can guess it, and no other target uses it.
fn name_of(target: TargetId, file: &JobMedia) -> String {
    let ending = match file.facts.mime.as_str() {
        "video/quicktime" => "mov",
        kind if kind.starts_with("video/") => "mp4",
        _ => "jpg",
    };
    format!("almanac-{}-{}.{ending}", file.facts.id, target.0.simple())
}

async fn look_at(api: &Api, address: &str, bytes: u64) -> Result<(), String> {
    let call = api.call(Method::HEAD, address).await;
    let call = call.map_err(|failed| failed.detail())?;
    let answer = api.send(call).await.map_err(|failed| match failed {
        Failed::Answered(answer) => format!("the web folder answers {}", answer.status),
        other => other.detail(),
    })?;
    right(&answer, bytes)
}

fn right(answer: &Answer, bytes: u64) -> Result<(), String> {
    let kind = answer.kind();
    if !kind.starts_with("image/") && !kind.starts_with("video/") {
        return Err(format!("the web folder answers with {kind}"));
    }
    let length = answer.header("content-length").and_then(|l| l.parse().ok());
    match length {
        Some(length) if length != bytes => {
            let length: u64 = length;
            Err(format!(
                "the web folder answers with {length} bytes of {bytes}"
            ))
        }
        _ => Ok(()),
    }
}

fn not_there(words: Option<String>) -> Refusal {
    let refusal = Refusal::later(
        Category::MediaError,
        "The file did not appear at the web address of your public folder. Check that the folder and the address belong together.",
    );
    match words {
        Some(words) => refusal.with_detail(words),
        None => refusal,
    }
}

fn no_room(error: &std::io::Error) -> Refusal {
    Refusal::later(
        Category::MediaError,
        "A file could not be put into your public folder. Check that it is there and has room.",
    )
    .with_detail(error.to_string())
}

/// What is missing while an account has no web folder.
#[must_use]
pub fn missing(network: &str, what: &str) -> String {
    format!(
        "{network} fetches {what} from the web: connect the account again with the address of a public folder and the folder on this computer that appears there."
    )
}

/// Says in a check that a file of part `n` needs the web folder.
pub fn problem(found: &mut Found, network: &str, n: usize, index: u32) {
    let message = format!(
        "{network} fetches this file from the web, and this account has no public folder. Connect it again and name one."
    );
    let fixes = vec![Fix::Reconnect, Fix::RemoveMedia { index }];
    found.error("needs_web_folder", Some(n), message, fixes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(address: &str, folder: &str) -> SignInFields {
        let mut form = SignInFields::default();
        form.plain.insert(ADDRESS.to_owned(), address.to_owned());
        form.plain.insert(FOLDER.to_owned(), folder.to_owned());
        form
    }

    #[test]
    fn both_or_neither_are_given() {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path().to_str().unwrap();
        assert_eq!(settings(&form("", "")).unwrap(), json!({}));
        let kept = settings(&form("https://example.org/a", here)).unwrap();
        assert_eq!(kept[ADDRESS], "https://example.org/a/");
        for (address, folder) in [
            ("https://example.org/a", ""),
            ("", here),
            ("http://example.org/a", here),
            ("https://u:p@example.org/", here),
            ("https://example.org/?x", here),
            ("https://example.org/a", "not/absolute"),
            ("nothing", here),
        ] {
            assert!(settings(&form(address, folder)).is_err(), "{address}");
        }
    }
}
