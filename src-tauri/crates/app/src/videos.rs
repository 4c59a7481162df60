//! Videos: the program that changes them, what is inside those that came before anybody looked, and versions
//! that are made before their minute.

use std::path::PathBuf;
use std::time::Duration;

use media::video::{Found, MAX_VERSIONS_BYTES, PROBE, Places, Plan, Tool, look_at};
use model::account::Account;
use model::change::Actor;
use model::content::{Segment, for_account};
use model::document::DocumentFacts;
use model::post::TargetDraft;
use model::{AccountId, MediaId};
use networks::connector::{Connector, MediaFacts};
use networks::video::{Taken, known_here, plan, version_words};
use store::files::{self, FileInfo};
use store::{StoreError, spending};

use crate::app::App;
use crate::checks::World;
use crate::error::Result;
use crate::money::{facts_of, files_of};
use crate::types::data::VideoTool;
use crate::types::posts::SentVideo;
use crate::types::{ApiError, Nothing};

/// How long before their minute versions are made.
const AHEAD: Duration = Duration::from_hours(2);
/// Most deliveries that are looked at for it.
const MOST_COMING: u32 = 200;

impl App {
    /// Looks for the program that changes videos, and says what was found.
    pub async fn media_tools(&self, _: Nothing) -> Result<VideoTool> {
        let found = self.inner.library.ffmpeg_anew().await;
        let tool = found.tool();
        Ok(VideoTool {
            ready: tool == Tool::Ready,
            version: match found {
                Found::Ready(ffmpeg) => Some(ffmpeg.version),
                Found::Old { version } => Some(version),
                Found::Missing => None,
            },
            advice: tool.advice().to_owned(),
        })
    }

    /// Stops the version of a video that is being made. It is begun again only when its post is sent.
    #[expect(
        clippy::unused_async,
        reason = "every command is called in the same way"
    )]
    pub async fn media_making_stop(&self, _: Nothing) -> Result<Nothing> {
        self.inner.library.stop_making();
        Ok(Nothing {})
    }

    /// It is looked for where a person says it is, else where the system keeps programs.
    pub(crate) fn ffmpeg_is_at(&self, named: &str) {
        self.inner.library.look_for_ffmpeg_in(Places {
            named: (!named.is_empty()).then(|| PathBuf::from(named)),
            path: self.inner.config.program_path.clone(),
        });
    }

    /// Looks into videos and documents that came before this program could, a few at a time. True while more are
    /// left.
    pub(crate) async fn probe_files(&self) -> std::result::Result<bool, StoreError> {
        let store = &self.inner.store;
        let waiting = files::unprobed(&mut store.read().await?, PROBE).await?;
        for file in &waiting {
            if file.mime == media::Kind::Pdf.mime() {
                let document = self.look_into_document(file).await;
                let mut tx = store.begin(Actor::Program).await?;
                files::set_document(&mut tx, &file.id, document, PROBE).await?;
                tx.commit().await?;
                continue;
            }
            let found = self.look_into(file).await;
            let size = found.and_then(|film| film.width.zip(film.height));
            let clip = found.map(|film| film.clip);
            let mut tx = store.begin(Actor::Program).await?;
            files::set_clip(&mut tx, &file.id, size, clip, PROBE).await?;
            tx.commit().await?;
        }
        Ok(!waiting.is_empty())
    }

    async fn look_into(&self, file: &FileInfo) -> Option<media::video::Film> {
        let path = self.inner.library.find(&file.id).ok()?;
        let kind = media::Kind::from_mime(&file.mime)?;
        look_at(path, file.name.clone(), kind)
            .await
            .inspect_err(|error| tracing::warn!(%error, "a video could not be looked into"))
            .ok()?
    }

    async fn look_into_document(&self, file: &FileInfo) -> Option<DocumentFacts> {
        let path = self.inner.library.find(&file.id).ok()?;
        media::look_at_document(path, file.name.clone())
            .await
            .inspect_err(|error| tracing::warn!(%error, "a document could not be looked into"))
            .ok()
    }

    /// Makes the versions that are due soon, one after the other, so that their minute finds them ready.
    /// What cannot be made now is told when it is sent.
    pub(crate) async fn prepare_videos(&self) -> Result<()> {
        for (id, plan) in self.versions_due().await? {
            let library = &self.inner.library;
            if plan.needs_tool() && library.tool().await != Tool::Ready {
                continue;
            }
            if library.made_version(&id, &plan).is_some() || library.was_stopped(&id, &plan) {
                continue;
            }
            let name = "a video of a post".to_owned();
            match library.version(&id, name, &plan, |_| ()).await {
                Ok(version) => tracing::info!(bytes = version.bytes, "a video was made ready"),
                Err(error) => {
                    let detail = error.detail().unwrap_or_default();
                    tracing::warn!(%error, detail, "a video could not be made ready");
                }
            }
        }
        Ok(())
    }

    async fn versions_due(&self) -> Result<Vec<(MediaId, Plan)>> {
        let mut conn = self.read().await?;
        let accounts = store::accounts::all(&mut conn).await?;
        let ids: Vec<AccountId> = accounts.iter().map(|a| a.id).collect();
        let until = self.now().plus(AHEAD);
        let coming = spending::coming(&mut conn, &ids, until, MOST_COMING).await?;
        let used = files_of(coming.iter().flat_map(|c| &c.segments));
        let mut media = facts_of(&mut conn, used, Tool::default()).await?;
        drop(conn);
        known_here(&mut media, &self.inner.library).await;
        let mut plans = Vec::new();
        for one in &coming {
            let account = accounts.iter().find(|a| a.id == one.account_id);
            let Some(account) = account else { continue };
            let Some(connector) = self.inner.config.registry.get(&account.network) else {
                continue;
            };
            let entry = connector.entry_for(account);
            let Some(taken) = Taken::of(&entry, &one.options) else {
                continue;
            };
            for used in for_account(&one.segments, account.id)
                .iter()
                .flat_map(|s| &s.media)
            {
                let facts = media.iter().find(|f| f.id == used.media_id && !f.missing);
                let planned = facts.map(|facts| plan(&taken, facts, &used.edits));
                if let Some(Ok(Some(plan))) = planned {
                    plans.push((used.media_id.clone(), plan));
                }
            }
        }
        Ok(plans)
    }

    /// Large versions nobody needed for long make room.
    pub(crate) async fn forget_versions(&self) {
        let library = self.inner.library.clone();
        match tokio::task::spawn_blocking(move || library.forget_versions(MAX_VERSIONS_BYTES)).await
        {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "versions of videos could not be cleaned up"),
            Err(error) => tracing::error!(%error, "cleaning up videos failed unexpectedly"),
        }
    }
}

/// Which videos of an account go out otherwise than they lie in the library.
pub(crate) fn sent_videos(
    account: &Account,
    target: &TargetDraft,
    segments: &[Segment],
    connector: &dyn Connector,
    world: &World<'_>,
) -> Vec<SentVideo> {
    let entry = connector.entry_for(account);
    let Some(taken) = Taken::of(&entry, &target.options) else {
        return Vec::new();
    };
    let mut sent = Vec::new();
    for (n, segment) in segments.iter().enumerate() {
        for (i, used) in segment.media.iter().enumerate() {
            let known = |f: &&MediaFacts| f.id == used.media_id && !f.missing;
            let facts = world.media.iter().find(known);
            let Some(facts) = facts else {
                continue;
            };
            if let Ok(Some(plan)) = plan(&taken, facts, &used.edits)
                && (facts.tool == Tool::Ready || !plan.needs_tool())
            {
                let made = world
                    .library
                    .and_then(|l| l.made_version(&used.media_id, &plan));
                sent.push(SentVideo {
                    segment: n as u32,
                    index: i as u32,
                    words: version_words(&plan, facts, made),
                    ready: made.is_some(),
                });
            }
        }
    }
    sent
}

/// Refuses a path to a program that is none.
pub(crate) fn check_ffmpeg(path: &str) -> Result<()> {
    if path.is_empty() || PathBuf::from(path).is_file() {
        return Ok(());
    }
    Err(ApiError::invalid(
        "ffmpeg",
        "There is no such program. Choose it again, or leave this empty.",
    ))
}
