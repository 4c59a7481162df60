//! How far the version that is being made has come, and stopping it. One is made at a time.

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use model::MediaId;
use tokio::sync::watch;

use super::plan::Plan;
use crate::library::Library;

/// A version that is being made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Making {
    /// The video it is made of.
    pub media_id: MediaId,
    /// How much of it is made, in milliseconds of the version.
    pub done_ms: u32,
    /// How long it will run; none where that is not known.
    pub length_ms: Option<u32>,
}

/// Hears what is being made, and none when nothing is any more.
pub type MakingTold = Arc<dyn Fn(Option<Making>) + Send + Sync>;

/// What is being made, shared by every clone of a library.
#[derive(Default)]
pub(crate) struct Bench {
    told: RwLock<Option<MakingTold>>,
    /// Grows each time a person stops what is being made.
    stops: watch::Sender<u64>,
    /// Versions that were stopped: nobody begins them again before they are needed.
    stopped: Mutex<HashSet<PathBuf>>,
}

impl fmt::Debug for Bench {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bench").finish_non_exhaustive()
    }
}

impl Bench {
    fn tell(&self, making: Option<Making>) {
        let told = self.told.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(told) = &*told {
            told(making);
        }
    }

    /// Says that a version is being made until the answer is dropped.
    pub(super) fn begin(&self, id: &MediaId, plan: &Plan) -> OnBench<'_> {
        let on = OnBench {
            bench: self,
            stops: self.stops.subscribe(),
            making: Making {
                media_id: id.clone(),
                done_ms: 0,
                length_ms: plan.length_ms,
            },
        };
        self.tell(Some(on.making.clone()));
        on
    }

    pub(super) fn remember_stopped(&self, version: &Path) {
        let mut stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        stopped.insert(version.to_owned());
    }
}

/// A version on the bench.
pub(super) struct OnBench<'a> {
    bench: &'a Bench,
    stops: watch::Receiver<u64>,
    making: Making,
}

impl OnBench<'_> {
    /// What hears how far it is, and what waits until a person stops it.
    pub(super) fn parts(&mut self) -> (impl FnMut(u64) + Send, impl Future<Output = ()> + Send) {
        let (bench, making, stops) = (self.bench, &mut self.making, &mut self.stops);
        let come = move |ms: u64| {
            let most = making.length_ms.unwrap_or(u32::MAX);
            making.done_ms = u32::try_from(ms).unwrap_or(u32::MAX).min(most);
            bench.tell(Some(making.clone()));
        };
        let stopped = async move {
            if stops.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        (come, stopped)
    }
}

impl Drop for OnBench<'_> {
    fn drop(&mut self) {
        self.bench.tell(None);
    }
}

impl Library {
    /// Names who hears what is being made of videos.
    pub fn tell_making(&self, told: MakingTold) {
        let bench = &self.workshop.bench;
        *bench.told.write().unwrap_or_else(PoisonError::into_inner) = Some(told);
    }

    /// Stops the version that is being made; nothing of it stays.
    pub fn stop_making(&self) {
        self.workshop.bench.stops.send_modify(|stops| *stops += 1);
    }

    /// Whether a person stopped this version since the program began.
    #[must_use]
    pub fn was_stopped(&self, id: &MediaId, plan: &Plan) -> bool {
        let stopped = &self.workshop.bench.stopped;
        let stopped = stopped.lock().unwrap_or_else(PoisonError::into_inner);
        stopped.contains(&self.version_path(id, plan))
    }
}
