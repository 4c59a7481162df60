//! The library as a person uses it: looking through it, describing, labelling and deleting files.

mod bytes;
mod fits;

pub use fits::NetworkFit;

use model::MediaId;
use model::content::MAX_ALT_BYTES;
use model::library::{FileQuery, MAX_NAME_CHARS, MAX_RIGHTS_BYTES};
use store::library::{self as rows, Description, StillNeeded};
use store::{Conn, files, posts};

use crate::app::App;
use crate::error::Result;
use crate::media_files::info;
use crate::posts::bounds;
use crate::types::data::{MediaIds, MediaInfo};
use crate::types::library::{
    MediaAsk, MediaDescribe, MediaKept, MediaLabel, MediaLabelCount, MediaPage, MediaRemoved,
    MediaUses, OneMedia,
};
use crate::types::{ApiError, Nothing, Written};
use crate::words::{counted, list};

/// Most files in one answer.
const MOST_SHOWN: u32 = 500;
/// Most posts that are shown for a file.
const MOST_POSTS: u32 = 100;
/// Most files in one change.
const MOST_CHANGED: usize = 20_000;
/// Longest words of a search, in characters.
const MAX_WORDS: usize = 500;

impl App {
    /// Files of the library, some at a time.
    pub async fn media_list(&self, input: MediaAsk) -> Result<MediaPage> {
        let query = bounded(input.query);
        let limit = input.limit.min(MOST_SHOWN);
        let mut conn = self.read().await?;
        let labels = rows::labels(&mut conn).await?;
        let page = match &query.fits {
            Some(fits) => {
                let ids = self.fitting(&mut conn, &query, fits).await?;
                let some: Vec<MediaId> = ids
                    .iter()
                    .skip(input.offset as usize)
                    .take(limit as usize)
                    .cloned()
                    .collect();
                rows::FilePage {
                    files: files::get_many(&mut conn, &some).await?,
                    total: ids.len() as u32,
                    ..rows::page(&mut conn, &FileQuery::default(), 0, 0).await?
                }
            }
            None => rows::page(&mut conn, &query, input.offset, limit).await?,
        };
        Ok(MediaPage {
            files: page.files.into_iter().map(info).collect(),
            total: page.total,
            whole: page.whole,
            labels: labels
                .into_iter()
                .map(|(label, files)| MediaLabelCount { label, files })
                .collect(),
        })
    }

    /// Every file that a query finds.
    pub async fn media_ids(&self, input: FileQuery) -> Result<Vec<MediaId>> {
        let query = bounded(input);
        let mut conn = self.read().await?;
        match &query.fits {
            Some(fits) => self.fitting(&mut conn, &query, fits).await,
            None => Ok(rows::ids(&mut conn, &query).await?),
        }
    }

    /// Posts that use a file.
    pub async fn media_uses(&self, input: OneMedia) -> Result<MediaUses> {
        let mut conn = self.read().await?;
        let (ids, total) = rows::shown_in(&mut conn, &input.id, MOST_POSTS).await?;
        Ok(MediaUses {
            chips: posts::chips_of(&mut conn, &ids).await?,
            total,
        })
    }

    /// Changes name, description or note on rights of a file.
    pub async fn media_describe(&self, input: MediaDescribe) -> Result<Written<MediaInfo>> {
        let too_long = |field: &str, what: &str, most: String| {
            ApiError::invalid(
                field,
                format!("{what} has at most {most}. Nothing was lost; shorten it."),
            )
        };
        let name = input.name.map(|n| n.trim().to_owned());
        if let Some(name) = &name {
            if name.is_empty() {
                return Err(ApiError::invalid("name", "A file needs a name."));
            }
            if name.chars().count() > MAX_NAME_CHARS {
                let most = format!("{MAX_NAME_CHARS} characters");
                return Err(too_long("name", "A name", most));
            }
        }
        if input.alt.as_ref().is_some_and(|a| a.len() > MAX_ALT_BYTES) {
            return Err(too_long(
                "alt",
                "A description",
                format!("{MAX_ALT_BYTES} bytes"),
            ));
        }
        if input
            .rights
            .as_ref()
            .is_some_and(|r| r.len() > MAX_RIGHTS_BYTES)
        {
            let most = format!("{MAX_RIGHTS_BYTES} bytes");
            return Err(too_long("rights", "A note on rights", most));
        }
        let before = files::get(&mut self.read().await?, &input.id).await?;
        let words = format!("Described \"{}\"", name.as_ref().unwrap_or(&before.name));
        // All that is typed about one file in a row is one step.
        let key = format!("media.describe.{}", input.id);
        let mut writing = self.step_joining(words, key).await?;
        let words = Description {
            name,
            alt: input.alt,
            rights: input.rights,
            labels: None,
        };
        let file = rows::describe(&mut writing.tx, &input.id, &words).await?;
        writing.done(info(file)).await
    }

    /// Changes labels of files.
    pub async fn media_label(&self, input: MediaLabel) -> Result<Written<Nothing>> {
        some(&input.ids)?;
        let (add, remove) = (bounds::labels(&input.add)?, bounds::labels(&input.remove)?);
        let quoted = |labels: &[String]| {
            let quoted: Vec<String> = labels.iter().map(|l| format!("\"{l}\"")).collect();
            list(&quoted)
        };
        let which = counted(input.ids.len(), "file", "files");
        let words = match (add.as_slice(), remove.as_slice()) {
            ([], []) => return Err(ApiError::invalid("add", "No label was chosen.")),
            (add, []) => format!("Labelled {which} {}", quoted(add)),
            ([], remove) => format!("Took {} off {which}", quoted(remove)),
            _ => format!("Changed labels of {which}"),
        };
        let mut writing = self.step(words).await?;
        for file in files::get_many(&mut writing.tx, &input.ids).await? {
            let kept = file.labels.iter().filter(|l| !remove.contains(l));
            let wanted: Vec<String> = kept.chain(&add).cloned().collect();
            let wanted = bounds::labels(&wanted)?;
            if wanted != file.labels && file.deleted_at.is_none() {
                let words = Description {
                    labels: Some(wanted),
                    ..Description::default()
                };
                rows::describe(&mut writing.tx, &file.id, &words).await?;
            }
        }
        writing.done(Nothing {}).await
    }

    /// Moves files to the bin. Those that posts still to go out need stay, and are named; when that
    /// is all of them, nothing is done and the error says why.
    pub async fn media_remove(&self, input: MediaIds) -> Result<Written<MediaRemoved>> {
        some(&input.ids)?;
        let needed = rows::needed(&mut self.read().await?, &input.ids).await?;
        let free = free_of(&input.ids, &needed);
        if free.is_empty() {
            return Err(ApiError::conflict(refusal(&needed)));
        }
        let words = match (free.as_slice(), self.name_of(free.first()).await?) {
            ([_], Some(name)) => format!("Deleted \"{name}\""),
            (all, _) => format!("Deleted {}", counted(all.len(), "file", "files")),
        };
        let mut writing = self.step(words).await?;
        // A post may have been scheduled since.
        let needed = rows::needed(&mut writing.tx, &input.ids).await?;
        let free = free_of(&input.ids, &needed);
        rows::remove(&mut writing.tx, &free).await?;
        if !needed.is_empty() {
            writing.notes.push(refusal(&needed));
        }
        let drafts = in_drafts(&mut writing.tx, &free).await?;
        if drafts > 0 {
            let those = counted(drafts, "post keeps it", "posts keep what they show");
            writing.notes.push(format!("{those} for now."));
        }
        let kept = needed
            .into_iter()
            .map(|one| MediaKept {
                message: refusal(std::slice::from_ref(&one)),
                id: one.id,
                name: one.name,
            })
            .collect();
        let removed = free;
        writing.done(MediaRemoved { removed, kept }).await
    }

    async fn name_of(&self, id: Option<&MediaId>) -> Result<Option<String>> {
        let Some(id) = id else { return Ok(None) };
        let file = files::get(&mut self.read().await?, id).await?;
        Ok(Some(file.name).filter(|name| !name.is_empty()))
    }
}

fn free_of(ids: &[MediaId], needed: &[StillNeeded]) -> Vec<MediaId> {
    ids.iter()
        .filter(|id| !needed.iter().any(|n| n.id == **id))
        .cloned()
        .collect()
}

/// How many posts show some of these files; they keep their bytes.
async fn in_drafts(conn: &mut Conn, ids: &[MediaId]) -> Result<usize> {
    let uses = rows::uses(conn, ids).await?;
    Ok(uses.values().map(|n| *n as usize).sum())
}

/// Why files were not deleted, in one sentence.
fn refusal(needed: &[StillNeeded]) -> String {
    match needed {
        [mark] if mark.posts == 0 => format!(
            "\"{}\" was not deleted: it is the watermark of a workspace. Choose another one in the settings first.",
            mark.name
        ),
        [one] => {
            let post = if one.post.is_empty() {
                "a post without words".to_owned()
            } else {
                format!("\"{}\"", one.post)
            };
            let more = match one.posts {
                0 | 1 => String::new(),
                n => format!(
                    " and {}",
                    counted(n as usize - 1, "other post", "other posts")
                ),
            };
            format!(
                "\"{}\" was not deleted: {post}{more} still has to go out with it. Take it off there first.",
                one.name
            )
        }
        all => format!(
            "{} were not deleted: posts still have to go out with them. Take them off there first.",
            counted(all.len(), "file", "files")
        ),
    }
}

fn some(ids: &[MediaId]) -> Result<()> {
    match ids.len() {
        0 => Err(ApiError::invalid("ids", "No file was chosen.")),
        n if n > MOST_CHANGED => Err(ApiError::invalid(
            "ids",
            "Choose at most 20,000 files at once.",
        )),
        _ => Ok(()),
    }
}

fn bounded(mut query: FileQuery) -> FileQuery {
    query.words = query.words.chars().take(MAX_WORDS).collect();
    query
}
