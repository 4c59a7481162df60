//! Making a version of a video, once.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use model::MediaId;
use model::edit::film::suits_video;
use tempfile::NamedTempFile;
use tokio::sync::Semaphore;

use super::arguments;
use super::clean::clean;
use super::plan::{Packing, Plan};
use super::probe::{self, Film};
use super::tool::Broken;
use crate::arriving::place;
use crate::bound;
use crate::error::MediaError;
use crate::kind::Kind;
use crate::library::Library;

/// One at a time in the whole process: it takes every core it gets.
static PACKING: Semaphore = Semaphore::const_new(1);

/// Shortest and longest time that making one may take, and how often the video's own length.
const LEAST_TIME: Duration = Duration::from_mins(2);
const MOST_TIME: Duration = Duration::from_hours(2);
const TIMES_LENGTH: u64 = 30;

/// How far the result's length may be off, in milliseconds, before it counts as cut short.
const OFF_MS: u32 = 700;

/// Part of the bits that a second try gets when the first came out too large.
const SECOND_TRY: u64 = 75;

/// A version of a video, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Where it lies.
    pub path: PathBuf,
    /// What it is.
    pub kind: Kind,
    /// Its size in bytes.
    pub bytes: u64,
    /// What is inside; none when that cannot be told.
    pub film: Option<Film>,
}

impl Library {
    /// Where a version lies, or would.
    #[must_use]
    pub fn version_path(&self, id: &MediaId, plan: &Plan) -> PathBuf {
        let mut hasher = blake3::Hasher::new();
        // Writing to a hasher cannot fail, and a plan always serialises.
        serde_json::to_writer(&mut hasher, plan).ok();
        let name = format!("{}.mp4", &hasher.finalize().to_hex()[..32]);
        self.edited_folder(id).join(name)
    }

    /// The size in bytes of a version that was made already.
    #[must_use]
    pub fn made_version(&self, id: &MediaId, plan: &Plan) -> Option<u64> {
        let about = fs::metadata(self.version_path(id, plan)).ok()?;
        Some(about.len())
    }

    /// The version of a video, made now when it is not there yet. `name` is what the video is called
    /// towards people; `progress` hears in milliseconds how much is made. Dropping the future stops it and
    /// leaves nothing behind.
    pub async fn version(
        &self,
        id: &MediaId,
        name: String,
        plan: &Plan,
        progress: impl FnMut(u64) + Send,
    ) -> Result<Version, MediaError> {
        if plan.needs_tool() {
            return self.packed(id, name, plan, progress).await;
        }
        let (original, kind) = self.find_video(id, &name)?;
        let path = self.version_path(id, plan);
        if path.is_file() || self.cleaned(original, &name, &path).await? {
            return version_at(path, name, kind).await;
        }
        // It is built in a way that another program knows.
        let kept = Plan {
            packing: Packing::Kept,
            ..plan.clone()
        };
        self.packed(id, name, &kept, progress).await
    }

    /// Leaves nothing in a copy of a video but pictures and sound. False where only another program can.
    async fn cleaned(&self, original: PathBuf, name: &str, to: &Path) -> Result<bool, MediaError> {
        let (incoming, name, to) = (self.incoming(), name.to_owned(), to.to_owned());
        bound::copy(name.clone(), move || {
            let made = || -> io::Result<bool> {
                let mut file = NamedTempFile::new_in(&incoming)?;
                io::copy(&mut fs::File::open(&original)?, file.as_file_mut())?;
                if !clean(file.as_file_mut())? {
                    return Ok(false);
                }
                place(file, &to)?;
                Ok(true)
            };
            made().map_err(|e| MediaError::io(&name, e))
        })
        .await
    }

    /// A version that another program makes.
    async fn packed(
        &self,
        id: &MediaId,
        name: String,
        plan: &Plan,
        mut progress: impl FnMut(u64) + Send,
    ) -> Result<Version, MediaError> {
        let path = self.version_path(id, plan);
        if !path.is_file() {
            let Ok(_one) = PACKING.acquire().await else {
                return Err(MediaError::Fault { name });
            };
            // Another call may have made it meanwhile.
            if !path.is_file() {
                self.make(id, &name, plan, &path, &mut progress).await?;
            }
        }
        version_at(path, name, Kind::Mp4).await
    }

    async fn make(
        &self,
        id: &MediaId,
        name: &str,
        plan: &Plan,
        to: &Path,
        progress: &mut (impl FnMut(u64) + Send),
    ) -> Result<(), MediaError> {
        let tool = self.ready(name).await?;
        let (original, kind) = self.find_video(id, name)?;
        if let Some(odd) = plan.operations.iter().find(|o| !suits_video(o)) {
            tracing::warn!(
                ?odd,
                "an edit of a picture stands with a video and is left out"
            );
        }
        let size = probe::look_at(original.clone(), name.to_owned(), kind)
            .await?
            .and_then(|film| film.width.zip(film.height));
        let mut plan = plan.clone();
        let mut on_bench = self.workshop.bench.begin(id, &plan);
        for last in [false, true] {
            let file =
                NamedTempFile::new_in(self.incoming()).map_err(|e| MediaError::io(name, e))?;
            let words = arguments::version(&plan, &original, kind, size, file.path());
            let (mut come, stopped) = on_bench.parts();
            let heard = |ms| {
                come(ms);
                progress(ms);
            };
            tokio::select! {
                ended = tool.run(&words, time_for(&plan), heard) => {
                    ended.map_err(|error| told(name, error, time_for(&plan)))?;
                }
                // Its process ends with the future.
                () = stopped => {
                    self.workshop.bench.remember_stopped(to);
                    return Err(MediaError::MakingStopped { name: name.to_owned() });
                }
            }
            let bytes = fs::metadata(file.path())
                .map_err(|e| MediaError::io(name, e))?
                .len();
            if plan.max_bytes.is_none_or(|most| bytes <= most) {
                whole(&file, name, &plan).await?;
                let to = to.to_owned();
                let placed = tokio::task::spawn_blocking(move || place(file, &to)).await;
                return match placed {
                    Ok(done) => done.map_err(|e| MediaError::io(name, e)),
                    Err(_) => Err(MediaError::Fault {
                        name: name.to_owned(),
                    }),
                };
            }
            if last {
                break;
            }
            if let Packing::Anew { bits } = &mut plan.packing {
                *bits = (u64::from(*bits) * SECOND_TRY / 100) as u32;
            } else {
                break;
            }
        }
        Err(MediaError::VideoCannotFit {
            name: name.to_owned(),
            limit: plan.max_bytes.unwrap_or_default(),
        })
    }

    /// The original of a video, and its kind.
    pub(crate) fn find_video(
        &self,
        id: &MediaId,
        name: &str,
    ) -> Result<(PathBuf, Kind), MediaError> {
        let original = self.find(id)?;
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| self.path(id, *kind) == original)
            .filter(|kind| kind.is_video())
            .ok_or_else(|| MediaError::NotAVideo {
                name: name.to_owned(),
            })?;
        Ok((original, kind))
    }
}

async fn version_at(path: PathBuf, name: String, kind: Kind) -> Result<Version, MediaError> {
    let about = fs::metadata(&path).map_err(|e| MediaError::io(&name, e))?;
    let film = probe::look_at(path.clone(), name, kind).await?;
    Ok(Version {
        bytes: about.len(),
        path,
        kind,
        film,
    })
}

/// Refuses a result that ends early: the disk was full, or the original is broken in the middle.
async fn whole(file: &NamedTempFile, name: &str, plan: &Plan) -> Result<(), MediaError> {
    let made = probe::look_at(file.path().to_owned(), name.to_owned(), Kind::Mp4).await?;
    let is = made.and_then(|film| film.clip.length_ms);
    let good = match (is, plan.length_ms) {
        (Some(is), Some(wanted)) => is.abs_diff(wanted) <= OFF_MS.max(wanted / 50),
        (is, _) => is.is_some(),
    };
    if good {
        return Ok(());
    }
    Err(MediaError::VideoFailed {
        name: name.to_owned(),
        detail: format!(
            "the result runs {is:?} ms where {:?} were wanted",
            plan.length_ms
        ),
    })
}

fn time_for(plan: &Plan) -> Duration {
    plan.length_ms.map_or(MOST_TIME / 4, |ms| {
        Duration::from_millis(u64::from(ms) * TIMES_LENGTH).clamp(LEAST_TIME, MOST_TIME)
    })
}

/// What a run that gave nothing means.
pub(super) fn told(name: &str, error: Broken, limit: Duration) -> MediaError {
    let name = name.to_owned();
    match error {
        Broken::Start(error) => MediaError::VideoFailed {
            name,
            detail: format!("ffmpeg could not be started: {error}"),
        },
        Broken::Slow => MediaError::TooSlow {
            name,
            seconds: limit.as_secs(),
        },
        Broken::Failed(words) if words.contains("No space left") => MediaError::DiskFull { name },
        Broken::Failed(words) => MediaError::VideoFailed {
            name,
            detail: words,
        },
    }
}
