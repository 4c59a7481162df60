//! Writing a post into its folder, in steps that can be resumed, and finding it again.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::content::{Segment, first_words};
use model::failure::Category;
use model::{TargetId, Timestamp};
use serde_json::{Value, json};

use super::document::{self, Attached, Document, Part};
use super::feed::{self, FeedPost};
use super::files::Files;
use super::listing::change_feed;
use super::{Folder, about, errors, file_url, names, root_of};
use crate::connector::{Delivered, Job, Refusal, StepLog, StepLost};

/// Files of posts with the same first words on the same day; beyond this something else is wrong.
const MAX_NAMES: u32 = 10_000;
/// Enough of a file to hold its front matter and the text of the longest post.
pub const MAX_DOCUMENT_BYTES: u64 = 24 << 20;
/// Where media go, inside the folder.
pub const MEDIA_FOLDER: &str = "media";

/// Why a delivery stopped.
pub enum Stopped {
    /// The disk refused; nothing is in the folder under the post's name.
    Refused(Refusal),
    /// A step could not be recorded.
    Lost(StepLost),
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StepLost> for Stopped {
    fn from(lost: StepLost) -> Self {
        Self::Lost(lost)
    }
}

/// The stem of a post's file.
pub fn stem_of(job: &Job) -> String {
    let day = job
        .due_wall
        .get(..10)
        .filter(|d| d.parse::<jiff::civil::Date>().is_ok());
    let utc = job.due_at.rfc3339();
    names::stem(
        day.unwrap_or(utc.get(..10).unwrap_or("undated")),
        &title_of(job),
    )
}

fn title_of(job: &Job) -> String {
    let segments: Vec<Segment> = job
        .segments
        .iter()
        .map(|s| Segment::text(&s.text))
        .collect();
    first_words(&job.title, &segments, 80)
}

/// RFC 3339 with the offset of the zone the person scheduled in.
fn date_of(job: &Job) -> String {
    match job.due_wall.parse::<jiff::ZonedDateTime>() {
        Ok(zoned) => zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        Err(_) => job.due_at.rfc3339(),
    }
}

/// Which delivery to look for, and where.
pub struct Wanted {
    root: PathBuf,
    id: TargetId,
    stem: String,
    /// The name an earlier attempt settled on.
    name: Option<String>,
}

impl Wanted {
    /// What the job wants.
    pub fn of(job: &Job) -> Self {
        let text = |v: &Value| v.as_str().map(str::to_owned);
        Self {
            root: root_of(&job.account),
            id: job.target_id,
            stem: job
                .handle
                .get("stem")
                .and_then(text)
                .unwrap_or_else(|| stem_of(job)),
            // After an edit only what was shown is still known: the file itself.
            name: job.step("name").or(job.step("file")).and_then(text),
        }
    }
}

/// Whose file a name is.
enum Owner {
    Nobody,
    Ours,
    Other,
}

fn owner(files: &dyn Files, file: &Path, id: TargetId) -> io::Result<Owner> {
    match files.read(file, MAX_DOCUMENT_BYTES) {
        Ok(bytes) if document::read_header(&bytes).is_some_and(|h| h.id == id) => Ok(Owner::Ours),
        Ok(_) => Ok(Owner::Other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Owner::Nobody),
        Err(error) => Err(error),
    }
}

/// The first name that is free or holds this very delivery, and whether it holds it.
fn settle(files: &dyn Files, wanted: &Wanted) -> Result<(String, bool), Refusal> {
    if !files.folder_exists(&wanted.root) {
        return Err(errors::gone(&wanted.root));
    }
    let counted = (1..=MAX_NAMES).map(|n| names::nth(&wanted.stem, n));
    for name in wanted.name.clone().into_iter().chain(counted) {
        match owner(files, &wanted.root.join(&name), wanted.id) {
            Ok(Owner::Ours) => return Ok((name, true)),
            Ok(Owner::Nobody) => return Ok((name, false)),
            Ok(Owner::Other) => {}
            Err(error) => return Err(errors::refusal(&error, &wanted.root)),
        }
    }
    Err(Refusal::never(
        Category::Validation,
        "The folder holds too many posts with the same first words on that day.",
    ))
}

/// The delivery as it lies in the folder; none when it does not.
pub fn find(files: &dyn Files, wanted: &Wanted) -> Result<Option<Delivered>, Refusal> {
    let (name, ours) = settle(files, wanted)?;
    Ok(ours.then(|| {
        let media = media_of(files, &wanted.root, &name);
        delivered(&wanted.root, wanted.id, &name, &media)
    }))
}

fn delivered(root: &Path, id: TargetId, name: &str, media: &[String]) -> Delivered {
    Delivered {
        remote_id: name.to_owned(),
        url: file_url(&root.join(name)),
        // Names are used again once they are free, so who the file is stands beside its name.
        remote: json!({ "id": id.to_string(), "file": name, "media": media }),
    }
}

/// Names of the media that belong to a post's file, by their common stem.
fn media_of(files: &dyn Files, root: &Path, name: &str) -> Vec<String> {
    let stem = name.strip_suffix(".md").unwrap_or(name);
    let mut found: Vec<String> = files
        .names(&root.join(MEDIA_FOLDER))
        .unwrap_or_default()
        .into_iter()
        .filter(|n| is_media_of(n, stem))
        .map(|n| format!("{MEDIA_FOLDER}/{n}"))
        .collect();
    found.sort();
    found
}

/// `stem.1.jpg`: the dot keeps the second post of a day (`stem-2.md`) from owning it.
fn is_media_of(file: &str, stem: &str) -> bool {
    file.strip_prefix(stem)
        .and_then(|rest| rest.strip_prefix('.'))
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(n, _)| n.parse::<u32>().is_ok())
}

fn media_name(stem: &str, n: usize, mime: &str) -> String {
    format!("{MEDIA_FOLDER}/{stem}.{n}.{}", names::extension(mime))
}

impl Folder {
    /// All steps of a delivery: settle on a name, copy the media, write the post, list it in the feed.
    pub(super) async fn publish_steps(
        &self,
        job: &Job,
        steps: &mut dyn StepLog,
        now: Timestamp,
    ) -> Result<Delivered, Stopped> {
        let wanted = Wanted::of(job);
        let (name, ours) = self.on_disk(move |files| settle(files, &wanted)).await?;
        if job.step("file").is_some() && !ours {
            // It was written and somebody removed it since: writing it anew would undo that.
            return Err(Stopped::Refused(Refusal::never(
                Category::Validation,
                "The post was written into the folder and removed there since.",
            )));
        }
        let document = document_of(job, &name);
        let written = job.step("file").is_some();
        let named = job.step("name").and_then(Value::as_str) == Some(&name);
        if !named && written {
            // Edited after it was written. The file is this post's own, and writing it twice shows
            // nothing twice, so the name follows when that is done.
            self.copy_media(job, &document).await?;
            self.rewrite_document(job, &name, &document).await?;
        }
        if !named {
            steps.finished("name", Value::from(name.clone())).await?;
        }
        if !ours {
            self.copy_media(job, &document).await?;
            steps.about_to_show("file").await?;
            self.write_document(job, &name, &document).await?;
        }
        if job.step("file").is_none() {
            steps.finished("file", Value::from(name.clone())).await?;
        }
        if job.step("feed").is_none() {
            self.list_in_feed(job, &document, now).await?;
            steps.finished("feed", Value::Null).await?;
        }
        let media = media_files(&document);
        Ok(delivered(
            &root_of(&job.account),
            job.target_id,
            &name,
            &media,
        ))
    }

    async fn copy_media(&self, job: &Job, document: &Document) -> Result<(), Refusal> {
        let root = root_of(&job.account);
        let sources = job
            .segments
            .iter()
            .flat_map(|s| &s.media)
            .map(|m| m.path.clone());
        let targets = document
            .parts
            .iter()
            .flat_map(|p| &p.media)
            .map(|m| root.join(&m.file));
        let pairs: Vec<(PathBuf, PathBuf)> = sources.zip(targets).collect();
        if pairs.is_empty() {
            return Ok(());
        }
        self.on_disk(move |files| {
            let refused = |error: io::Error| errors::refusal(&error, &root);
            files
                .make_folder(&root.join(MEDIA_FOLDER))
                .map_err(refused)?;
            for (from, to) in &pairs {
                if files.read(from, 1).is_err() {
                    return Err(errors::media_gone());
                }
                files.copy(from, to).map_err(refused)?;
            }
            Ok(())
        })
        .await
    }

    async fn write_document(
        &self,
        job: &Job,
        name: &str,
        document: &Document,
    ) -> Result<(), Refusal> {
        let (root, id) = (root_of(&job.account), job.target_id);
        let (file, text) = (root.join(name), document.to_markdown());
        self.on_disk(move |files| match files.write_new(&file, text.as_bytes()) {
            Ok(()) => Ok(()),
            // The error may stem from after the rename: what counts is what lies there now.
            Err(error) => match owner(files, &file, id) {
                Ok(Owner::Ours) => Ok(()),
                _ => Err(errors::refusal(&error, &root)),
            },
        })
        .await
    }

    /// Puts an edited post in the place of the one that was written, and takes away media it no
    /// longer has.
    async fn rewrite_document(
        &self,
        job: &Job,
        name: &str,
        document: &Document,
    ) -> Result<(), Refusal> {
        let (root, name, text) = (
            root_of(&job.account),
            name.to_owned(),
            document.to_markdown(),
        );
        let kept = media_files(document);
        self.on_disk(move |files| {
            let refused = |error: io::Error| errors::refusal(&error, &root);
            files
                .replace(&root.join(&name), text.as_bytes())
                .map_err(refused)?;
            for old in media_of(files, &root, &name) {
                if !kept.contains(&old) {
                    files.remove(&root.join(&old)).map_err(refused)?;
                }
            }
            Ok(())
        })
        .await
    }

    async fn list_in_feed(
        &self,
        job: &Job,
        document: &Document,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let (root, about) = (root_of(&job.account), about(&job.account));
        let post = FeedPost {
            id: job.target_id,
            title: document.title.clone(),
            at: job.due_at,
            labels: document.labels.clone(),
            texts: document.parts.iter().map(|p| p.text.clone()).collect(),
            media: document
                .parts
                .iter()
                .flat_map(|p| p.media.clone())
                .collect(),
        };
        let lock = Arc::clone(&self.feed_lock);
        self.on_disk(move |files| {
            change_feed(files, &root, &about, &lock, now, |items| {
                feed::with_post(items, &post, &about)
            })
        })
        .await
    }
}

/// The media of a post, as paths from the folder.
fn media_files(document: &Document) -> Vec<String> {
    let media = document.parts.iter().flat_map(|p| &p.media);
    media.map(|m| m.file.clone()).collect()
}

fn document_of(job: &Job, name: &str) -> Document {
    let stem = name.strip_suffix(".md").unwrap_or(name);
    let mut n = 0;
    let parts = job
        .segments
        .iter()
        .map(|segment| Part {
            text: document::clean(&segment.text),
            media: segment
                .media
                .iter()
                .map(|m| {
                    n += 1;
                    Attached {
                        file: media_name(stem, n, &m.facts.mime),
                        mime: m.facts.mime.clone(),
                        bytes: m.facts.bytes,
                        alt: m.alt.clone(),
                    }
                })
                .collect(),
        })
        .collect();
    Document {
        id: job.target_id,
        title: title_of(job),
        date: date_of(job),
        labels: job.labels.clone(),
        account: job.account.display_name.clone(),
        parts,
    }
}
