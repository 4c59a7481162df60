//! Where a library finds the program that changes videos. It is looked for when it is first needed: a
//! start that shows no video starts no other program. So is what is inside a video that nobody looked into yet.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use model::MediaId;
use tokio::sync::Mutex;

use super::Bench;
use super::probe::{Film, look_at};
use super::tool::{Ffmpeg, Found, Places, Tool};
use crate::error::MediaError;
use crate::library::Library;

/// What is known of the program, shared by every clone of a library.
#[derive(Debug, Default)]
pub(crate) struct Workshop {
    places: RwLock<Places>,
    /// None while nobody looked.
    found: RwLock<Option<Found>>,
    /// Two that need it at once look once.
    looking: Mutex<()>,
    /// What was found inside videos of which nothing is kept; none of what cannot be read.
    films: RwLock<BTreeMap<MediaId, Option<Film>>>,
    pub(super) bench: Bench,
}

impl Workshop {
    fn known(&self) -> Option<Found> {
        self.found
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn learn(&self, found: Option<Found>) {
        *self.found.write().unwrap_or_else(PoisonError::into_inner) = found;
    }

    async fn find(&self) -> Found {
        let _one = self.looking.lock().await;
        if let Some(known) = self.known() {
            return known;
        }
        let places = self
            .places
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let found = places.look().await;
        match &found {
            Found::Ready(ffmpeg) => tracing::debug!(version = ffmpeg.version, "ffmpeg is at hand"),
            Found::Old { version } => {
                tracing::info!(version, "the ffmpeg of this computer is too old");
            }
            Found::Missing => tracing::info!("ffmpeg was not found"),
        }
        self.learn(Some(found.clone()));
        found
    }
}

impl Library {
    /// Says where `ffmpeg` may be; it is looked for there when it is next needed.
    pub fn look_for_ffmpeg_in(&self, places: Places) {
        let workshop = &self.workshop;
        *workshop
            .places
            .write()
            .unwrap_or_else(PoisonError::into_inner) = places;
        workshop.learn(None);
    }

    /// The `ffmpeg` of this computer, looked for now when nobody did yet.
    pub async fn ffmpeg(&self) -> Found {
        match self.workshop.known() {
            Some(found) => found,
            None => self.workshop.find().await,
        }
    }

    /// The same, looked for anew: a person may have installed it meanwhile.
    pub async fn ffmpeg_anew(&self) -> Found {
        self.workshop.learn(None);
        self.ffmpeg().await
    }

    /// What is inside a video of which nothing is kept, looked at once while the program runs. None of what
    /// cannot be read, and of what is no video or not there.
    pub async fn film(&self, id: &MediaId) -> Option<Film> {
        let films = &self.workshop.films;
        let known = films
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            .copied();
        if let Some(known) = known {
            return known;
        }
        let name = "a video of the library".to_owned();
        let (path, kind) = self.find_video(id, &name).ok()?;
        // What the disk refuses now it may give later.
        let found = look_at(path, name, kind).await.ok()?;
        let mut films = films.write().unwrap_or_else(PoisonError::into_inner);
        films.insert(id.clone(), found);
        found
    }

    /// Whether videos can be changed on this computer.
    pub async fn tool(&self) -> Tool {
        self.ffmpeg().await.tool()
    }

    pub(super) async fn ready(&self, name: &str) -> Result<Ffmpeg, MediaError> {
        match self.ffmpeg().await {
            Found::Ready(tool) => Ok(tool),
            other => Err(MediaError::NeedsTool {
                name: name.to_owned(),
                advice: other.tool().advice(),
            }),
        }
    }
}
