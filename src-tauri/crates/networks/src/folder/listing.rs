//! The feed of a folder kept in step with its posts, and taking a post out of both.

use std::io;
use std::path::Path;
use std::sync::Mutex;

use model::failure::Category;
use model::{TargetId, Timestamp};
use serde_json::Value;

use super::document;
use super::errors;
use super::feed::{self, About, FEED_FILE, FEED_FILE_BESIDE, FeedPost, MAX_FEED_BYTES, Whose};
use super::files::Files;
use super::publish::{MAX_DOCUMENT_BYTES, MEDIA_FOLDER};
use crate::connector::{Delivered, Refusal};

/// Reads the feed, changes it and writes it, while nobody else does.
pub fn change_feed(
    files: &dyn Files,
    root: &Path,
    about: &About,
    lock: &Mutex<()>,
    now: Timestamp,
    change: impl FnOnce(Vec<rss::Item>) -> Vec<rss::Item>,
) -> Result<(), Refusal> {
    let _alone = lock
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let (name, found) = own_feed(files, root)?;
    let items = match found {
        Whose::Ours(items) => items,
        Whose::OursDamaged => {
            keep_damaged(files, root, name).map_err(|error| errors::refusal(&error, root))?;
            rebuilt(files, root, about)?
        }
        Whose::Nobodys | Whose::Others => rebuilt(files, root, about)?,
    };
    let bytes = feed::write(change(items), about, name, now).map_err(|error| {
        Refusal::never(
            Category::Unknown,
            "The post is in the folder, but its feed could not be written.",
        )
        .with_detail(error.to_string())
    })?;
    files
        .replace(&root.join(name), &bytes)
        .map_err(|error| errors::refusal(&error, root))
}

/// The name of the feed that may be written, and what lies there. The folder may be a site's own: a feed
/// of another program stays as it is, and ours lies beside it. Where it lies it stays, since that is the
/// address people follow.
fn own_feed(files: &dyn Files, root: &Path) -> Result<(&'static str, Whose), Refusal> {
    let look = |name: &str| match files.read(&root.join(name), MAX_FEED_BYTES) {
        Ok(bytes) => Ok(feed::whose(&bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Whose::Nobodys),
        Err(error) => Err(errors::refusal(&error, root)),
    };
    let beside = look(FEED_FILE_BESIDE)?;
    if matches!(beside, Whose::Ours(_) | Whose::OursDamaged) {
        return Ok((FEED_FILE_BESIDE, beside));
    }
    match (look(FEED_FILE)?, beside) {
        (Whose::Others, Whose::Others) => Err(Refusal::never(
            Category::Validation,
            format!(
                "The post is in the folder, but its feed has no place there: {FEED_FILE} and {FEED_FILE_BESIDE} are both another program's. Rename one of them, then try again."
            ),
        )),
        (Whose::Others, beside) => Ok((FEED_FILE_BESIDE, beside)),
        (found, _) => Ok((FEED_FILE, found)),
    }
}

/// Keeps a damaged feed beside the one that replaces it, the first time: it may have been edited by hand, and
/// only posts whose files still lie in the folder come back.
fn keep_damaged(files: &dyn Files, root: &Path, name: &str) -> io::Result<()> {
    let kept = format!("{name}.bak");
    if files.names(root)?.contains(&kept) {
        return Ok(());
    }
    files.copy(&root.join(name), &root.join(kept))
}

/// The items of a feed that is missing or damaged, from the files of the folder.
fn rebuilt(files: &dyn Files, root: &Path, about: &About) -> Result<Vec<rss::Item>, Refusal> {
    let mut names = files
        .names(root)
        .map_err(|error| errors::refusal(&error, root))?;
    names.retain(|n| {
        Path::new(n)
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("md"))
    });
    // Our names start with the day: the newest are last.
    names.sort();
    let mut items = Vec::new();
    for name in names.iter().rev() {
        let Ok(bytes) = files.read(&root.join(name), MAX_DOCUMENT_BYTES) else {
            continue;
        };
        let Some(header) = document::read_header(&bytes) else {
            continue;
        };
        let Ok(at) = header.date.parse::<jiff::Timestamp>() else {
            continue;
        };
        let post = FeedPost {
            id: header.id,
            title: header.title,
            at: Timestamp::from_millis(at.as_millisecond()),
            labels: header.labels,
            texts: vec![document::read_body(&bytes)],
            media: vec![],
        };
        items.push(feed::item(&post, about));
        if items.len() >= feed::MAX_ITEMS {
            break;
        }
    }
    Ok(feed::newest_first(items))
}

/// Removes a post's file, its media and its place in the feed. Whatever is gone already is fine, and a
/// file that bears the name now without being this post's stays.
pub fn delete(
    files: &dyn Files,
    root: &Path,
    about: &About,
    delivered: &Delivered,
    lock: &Mutex<()>,
    now: Timestamp,
) -> Result<(), Refusal> {
    if !files.folder_exists(root) {
        return Err(errors::gone(root));
    }
    let refused = |error: io::Error| errors::refusal(&error, root);
    let name = delivered.remote_id.as_str();
    let file = root.join(plain_name(name)?);
    let there = match files.read(&file, MAX_DOCUMENT_BYTES) {
        Ok(bytes) => There::File(document::read_header(&bytes).map(|header| header.id)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => There::Nothing,
        Err(error) => return Err(refused(error)),
    };
    let noted = delivered.remote.get("id").and_then(Value::as_str);
    let noted: Option<TargetId> = noted.and_then(|id| id.parse().ok());
    // Older deliveries did not note who they are: the post that lies there is taken for theirs.
    let id = noted.or(match there {
        There::File(id) => id,
        There::Nothing => None,
    });
    let ours = match there {
        There::File(found) => found.is_some() && found == id,
        There::Nothing => true,
    };
    if ours {
        let media = delivered.remote.get("media").and_then(Value::as_array);
        for path in media.into_iter().flatten().filter_map(Value::as_str) {
            let base = path.strip_prefix("media/").unwrap_or(path);
            files
                .remove(&root.join(MEDIA_FOLDER).join(plain_name(base)?))
                .map_err(refused)?;
        }
    }
    if let Some(id) = id {
        change_feed(files, root, about, lock, now, |items| {
            feed::without(items, id)
        })?;
    }
    if ours {
        files.remove(&file).map_err(refused)?;
    }
    Ok(())
}

/// What lies under the name of a post that is to be deleted.
#[derive(Clone, Copy)]
enum There {
    /// Nothing any more.
    Nothing,
    /// A file, with the delivery that it says it is.
    File(Option<TargetId>),
}

/// A bare file name: what comes out of the database decides what is deleted, so it is checked.
fn plain_name(name: &str) -> Result<&str, Refusal> {
    let bare = Path::new(name).file_name().and_then(|n| n.to_str()) == Some(name);
    if bare && !name.contains(['/', '\\']) {
        Ok(name)
    } else {
        Err(Refusal::never(
            Category::Unknown,
            "The name of the post's file is not one of Almanac's.",
        )
        .with_detail(name))
    }
}
