//! Choosing a folder.

use std::io;
use std::path::{Component, Path, PathBuf};

use model::failure::Category;
use serde_json::json;

use super::errors;
use super::files::Files;
use crate::connector::{Refusal, SignInFields, SignedIn};

/// Reads the form.
pub fn read(fields: &SignInFields) -> Result<SignedIn, Refusal> {
    let field = |name: &str| fields.plain.get(name).map(|v| v.trim()).unwrap_or_default();
    let folder = PathBuf::from(field("folder"));
    let climbs = folder.components().any(|c| c == Component::ParentDir);
    if !folder.is_absolute() || climbs {
        return Err(Refusal::never(
            Category::Validation,
            "Choose a folder on this computer first.",
        ));
    }
    let folder: PathBuf = folder.components().collect();
    let remote_id = folder.to_string_lossy().into_owned();
    if remote_id.contains(char::REPLACEMENT_CHARACTER) {
        return Err(Refusal::never(
            Category::Validation,
            "The name of that folder is not text Almanac can keep. Rename it or choose another one.",
        ));
    }
    let last = folder.file_name().map(|n| n.to_string_lossy().into_owned());
    let name = match field("name") {
        "" => last.unwrap_or_else(|| remote_id.clone()),
        name => name.to_owned(),
    };
    Ok(SignedIn {
        handle: remote_id.clone(),
        remote_id,
        display_name: name,
        server: String::new(),
        settings: json!({ "publicUrl": public_url(field("public_url"))? }),
    })
}

/// A web address of a folder ends in a slash, so that a file name can be put behind it.
fn public_url(text: &str) -> Result<String, Refusal> {
    if text.is_empty() {
        return Ok(String::new());
    }
    let bad = || {
        Refusal::never(
            Category::Validation,
            "The web address of the folder has to look like https://example.org/posts/.",
        )
    };
    let mut url = reqwest::Url::parse(text).map_err(|_| bad())?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if !plain {
        return Err(bad());
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url.into())
}

/// Writes and removes a small file: the only way to know that a folder can be used.
pub fn try_folder(files: &dyn Files, wanted: &SignedIn) -> Result<(), Refusal> {
    try_path(files, Path::new(&wanted.remote_id))
}

/// The same for any folder.
pub fn try_path(files: &dyn Files, root: &Path) -> Result<(), Refusal> {
    if !files.folder_exists(root) {
        return Err(errors::gone(root));
    }
    let probe = root.join(".almanac-check");
    let tried = files
        .replace(&probe, b"")
        .and_then(|()| files.remove(&probe));
    tried.map_err(|error: io::Error| errors::refusal(&error, root))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> SignInFields {
        let plain = pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        SignInFields {
            plain,
            ..SignInFields::default()
        }
    }

    #[test]
    fn the_name_is_the_folders_own_unless_given() {
        let read = read(&form(&[("folder", "/home/ana/notes/")])).unwrap();
        assert_eq!(
            (read.remote_id.as_str(), read.display_name.as_str()),
            ("/home/ana/notes", "notes")
        );
    }

    #[test]
    fn a_relative_or_climbing_path_is_refused() {
        for folder in ["", "notes", "/home/../etc"] {
            assert_eq!(
                read(&form(&[("folder", folder)])).unwrap_err().category,
                Category::Validation
            );
        }
    }

    #[test]
    fn web_addresses_get_their_slash_and_odd_ones_a_sentence() {
        assert_eq!(
            public_url("https://example.org/posts").unwrap(),
            "https://example.org/posts/"
        );
        for odd in [
            "example.org",
            "file:///etc",
            "https://a:b@example.org/",
            "https://example.org/?x",
        ] {
            assert!(public_url(odd).is_err(), "{odd}");
        }
    }
}
