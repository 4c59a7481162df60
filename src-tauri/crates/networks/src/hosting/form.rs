//! What a person says of a web folder of their own in the form of an account.

use std::path::Path;

use model::failure::Category;
use serde_json::{Value, json};

use super::web_address;
use crate::catalogue::{FieldKind, SignInField};
use crate::connector::{Refusal, SignInFields};

/// The name of the field with a web folder's address.
pub const ADDRESS: &str = "webAddress";
pub(super) const FOLDER: &str = "webFolder";

/// The fields of the sign-in form.
#[must_use]
pub fn fields(network: &str) -> Vec<SignInField> {
    let address = SignInField::new(
        ADDRESS,
        "Web address of a public folder",
        FieldKind::Address,
        &format!(
            "{network} fetches files from the web. Leave both empty to use the public files of the Settings."
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

/// Reads the fields into an account's settings. A form that left them empty is told apart from one without them, until
/// [`keep_folder`] has seen it.
pub fn settings(fields: &SignInFields) -> Result<Value, Refusal> {
    let (address, folder) = (fields.plain(ADDRESS), fields.plain(FOLDER));
    if address.is_empty() && folder.is_empty() {
        let asked = [ADDRESS, FOLDER].map(|name| fields.plain.contains_key(name));
        return Ok(if asked == [false, false] {
            json!({})
        } else {
            json!({ ADDRESS: "" })
        });
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

/// Leaves an account that was connected anew the web folder it had, if any, where the form that was filled in does not
/// have the fields: a program that connects it knows of no folder. Left empty, they take it away.
pub fn keep_folder(had: Option<&Value>, settings: &mut Value) {
    let Some(settings) = settings.as_object_mut() else {
        return;
    };
    if let Some(address) = settings.get(ADDRESS) {
        if address == "" {
            settings.remove(ADDRESS);
        }
        return;
    }
    for name in [ADDRESS, FOLDER] {
        if let Some(value) = had.and_then(|had| had.get(name)) {
            settings.insert(name.to_owned(), value.clone());
        }
    }
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
        assert_eq!(settings(&SignInFields::default()).unwrap(), json!({}));
        assert_eq!(settings(&form("", "")).unwrap(), json!({ ADDRESS: "" }));
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

    #[test]
    fn a_folder_stays_where_no_other_one_is_named() {
        let had = json!({ ADDRESS: "https://example.org/a/", FOLDER: "/a", "page": "1" });
        let mut none = json!({ "page": "2" });
        keep_folder(Some(&had), &mut none);
        let kept = json!({ ADDRESS: "https://example.org/a/", FOLDER: "/a", "page": "2" });
        assert_eq!(none, kept);
        let mut other = json!({ ADDRESS: "https://example.org/b/", FOLDER: "/b" });
        let before = other.clone();
        keep_folder(Some(&had), &mut other);
        assert_eq!(other, before);
        for had in [Some(&had), None] {
            let mut emptied = settings(&form(" ", "")).unwrap();
            keep_folder(had, &mut emptied);
            assert_eq!(emptied, json!({}));
        }
    }
}
