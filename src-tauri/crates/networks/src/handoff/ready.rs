//! Laying a post ready: a folder of its own with the text and the files, in order.

use std::path::{Component, Path, PathBuf};

use model::failure::Category;
use serde_json::json;

use super::{catalogue, folder_of};
use crate::connector::{Job, Refusal, SignInFields, SignedIn};
use crate::folder::files::Files;
use crate::folder::{errors, names, sign_in};

/// The step after which everything lies ready.
pub const READY: &str = "ready";
/// The file that holds the text.
const TEXT: &str = "text.txt";

/// The name of a post's folder: its day, its first words, and a piece of the target's identifier, so
/// that no two posts share one and a repetition finds its own.
pub fn name_of(job: &Job) -> String {
    let day = job.due_wall.get(..10).unwrap_or("undated");
    let words = if job.title.trim().is_empty() {
        job.first_text()
    } else {
        &job.title
    };
    let id = job.target_id.0.simple().to_string();
    let tail = id.get(id.len() - 8..).unwrap_or_default();
    let stem = names::stem(day, words);
    match job.turn {
        0 => format!("{stem}-{tail}"),
        turn => format!("{stem}-{tail}-{turn}"),
    }
}

/// Writes everything and gives the folder. Doing it again writes the same.
pub fn lay_ready(files: &dyn Files, job: &Job) -> Result<PathBuf, Refusal> {
    let root = folder_of(&job.account);
    if !files.folder_exists(&root) {
        return Err(errors::gone(&root));
    }
    let name = job.handle.get("name").and_then(serde_json::Value::as_str);
    let folder = root.join(name.map_or_else(|| name_of(job), str::to_owned));
    let told = |error| errors::refusal(&error, &root);
    files.make_folder(&folder).map_err(told)?;
    let mut n = 0;
    for file in job.segments.iter().flat_map(|s| &s.media) {
        n += 1;
        let ending = names::extension(&file.facts.mime);
        let to = folder.join(format!("{n:02}.{ending}"));
        if !file.path.exists() {
            return Err(errors::media_gone());
        }
        files.copy(&file.path, &to).map_err(told)?;
    }
    let parts: Vec<&str> = job.segments.iter().map(|s| s.text.as_str()).collect();
    files
        .replace(&folder.join(TEXT), parts.join("\n\n---\n\n").as_bytes())
        .map_err(told)?;
    Ok(folder)
}

/// Reads the form.
pub fn read(fields: &SignInFields) -> Result<SignedIn, Refusal> {
    let refused = |message: &str| Refusal::never(Category::Validation, message);
    let network = fields.plain(catalogue::FIELD_NETWORK);
    if network.is_empty() {
        return Err(refused("Name the network on which you will post."));
    }
    let folder = PathBuf::from(fields.plain(catalogue::FIELD_FOLDER));
    let climbs = folder.components().any(|c| c == Component::ParentDir);
    if !folder.is_absolute() || climbs {
        return Err(refused("Choose a folder on this computer first."));
    }
    let page = fields.plain(catalogue::FIELD_PAGE);
    let web = reqwest::Url::parse(page).is_ok_and(|u| u.scheme() == "https");
    if !page.is_empty() && !web {
        return Err(refused(
            "The page on which you post has to look like https://example.com/.",
        ));
    }
    let handle = fields.plain(catalogue::FIELD_HANDLE);
    let (remote_id, handle) = if handle.is_empty() {
        (network.to_lowercase(), network.to_owned())
    } else {
        (
            format!("{}/{}", network.to_lowercase(), handle.to_lowercase()),
            handle.to_owned(),
        )
    };
    Ok(SignedIn {
        remote_id,
        handle,
        display_name: network.to_owned(),
        server: String::new(),
        settings: json!({
            "network": network,
            "handle": fields.plain(catalogue::FIELD_HANDLE),
            "folder": folder.to_string_lossy(),
            "page": page,
        }),
    })
}

/// Writes and removes a small file: the only way to know that a folder can be used.
pub fn try_folder(files: &dyn Files, wanted: &SignedIn) -> Result<(), Refusal> {
    let folder = wanted.settings.get(catalogue::FIELD_FOLDER);
    let root = Path::new(
        folder
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default(),
    );
    sign_in::try_path(files, root)
}
