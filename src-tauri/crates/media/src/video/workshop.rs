//! Where a library finds the program that changes videos. It is looked for when it is first needed: a
//! start that shows no video starts no other program.

use std::sync::{PoisonError, RwLock};

use tokio::sync::Mutex;

use super::Bench;
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
