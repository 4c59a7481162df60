//! Files as they go out: pictures as a person edited them, versions of videos that their network takes, and documents
//! without what their photos tell.
//! All are made before the network is called, and most were made long before.

use model::content::{MediaUse, Segment};
use model::failure::Category;
use networks::connector::{Connector, Job, JobMedia, MediaFacts, Original, Refusal};
use networks::fitting::refused;
use networks::video::{Taken, plan};

/// The job with files made ready in the place of the originals; none when every file goes out as it is.
/// `known` are the files as they lie in the library.
pub(crate) async fn with_files(
    job: &Job,
    own: &[Segment],
    known: &[MediaFacts],
    connector: &dyn Connector,
    library: &media::Library,
) -> Result<Option<Job>, Refusal> {
    let mut made = None;
    for (n, segment) in own.iter().enumerate() {
        for (i, used) in segment.media.iter().enumerate() {
            let Some(file) = job.segments.get(n).and_then(|s| s.media.get(i)) else {
                continue;
            };
            let kind = media::Kind::from_mime(&file.facts.mime);
            let ready = match kind {
                _ if file.facts.missing => None,
                Some(kind) if kind.is_picture() => picture(file, connector).await?,
                Some(kind) if kind.is_video() => {
                    video(job, file, used, known, connector, library).await?
                }
                Some(media::Kind::Pdf) => document(file, used, library).await?,
                _ => None,
            };
            if let Some(ready) = ready {
                let job = made.get_or_insert_with(|| job.clone());
                job.segments[n].media[i] = ready;
            }
        }
    }
    Ok(made)
}

/// A picture for a connector that hands files on: as a person edited it, and without what tells where it
/// was taken. Any other makes each picture fit when it sends it.
async fn picture(file: &JobMedia, connector: &dyn Connector) -> Result<Option<JobMedia>, Refusal> {
    let Some(Original { library, id, edits }) = &file.original else {
        return Ok(None);
    };
    if !connector.hands_files_on() {
        return Ok(None);
    }
    let name = "a picture of this post".to_owned();
    let made = library.edited(id, name, edits.clone()).await;
    let made = made.map_err(|error| refused(&error))?;
    let mut file = file.clone();
    file.path = made.path;
    file.facts.bytes = made.bytes;
    Ok(Some(file))
}

/// A document without what its photos tell.
async fn document(
    file: &JobMedia,
    used: &MediaUse,
    library: &media::Library,
) -> Result<Option<JobMedia>, Refusal> {
    let name = "a document of this post".to_owned();
    let bare = library.bare_document(&used.media_id, name).await;
    let bare = bare.map_err(|error| refused(&error))?;
    Ok(bare.map(|path| JobMedia {
        path,
        ..file.clone()
    }))
}

async fn video(
    job: &Job,
    file: &JobMedia,
    used: &MediaUse,
    known: &[MediaFacts],
    connector: &dyn Connector,
    library: &media::Library,
) -> Result<Option<JobMedia>, Refusal> {
    let entry = connector.entry_for(&job.account);
    let known = known.iter().find(|facts| facts.id == used.media_id);
    let (Some(taken), Some(original)) = (Taken::of(&entry, &job.options), known) else {
        return Ok(None);
    };
    let plan = plan(&taken, original, &used.edits).map_err(|_| {
        let network = &entry.name;
        let message = format!("The video is too long for the bytes that {network} takes. Trim it.");
        Refusal::never(Category::MediaError, message)
    })?;
    let Some(plan) = plan else {
        return Ok(None);
    };
    let name = "a video of this post".to_owned();
    let version = library
        .version(&used.media_id, name, &plan, |_| ())
        .await
        .map_err(|error| refused(&error))?;
    let mut file = file.clone();
    file.path = version.path;
    file.facts.bytes = version.bytes;
    version.kind.mime().clone_into(&mut file.facts.mime);
    if let Some(film) = version.film {
        (file.facts.width, file.facts.height) = (film.width, film.height);
        file.facts.clip = Some(film.clip);
    }
    Ok(Some(file))
}
