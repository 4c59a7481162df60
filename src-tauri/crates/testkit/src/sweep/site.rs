//! What all points of one network with one kind of post share.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use model::calendar::{Calendar, CalendarStatus};
use model::change::Actor;
use model::content::{MediaUse, Segment};
use model::when::Zone;
use model::{CalendarId, Timestamp, WorkspaceId};
use networks::catalogue::Entry;
use networks::connector::Outcome;
use publisher::testing::{SeededEntropy, TestClock};
use store::files::FileInfo;
use store::{Store, StoreConfig};
use tempfile::TempDir;

use super::case::Case;
use super::{Failure, Point, Run, scratch};
use crate::conformance::{Content, Stand};
use crate::desk::{DUE, Desk};

/// A network with a kind of post. Servers run as long as it is there.
pub struct Site {
    pub(super) stand: Stand,
    pub(super) content: Content,
    /// Where the sandboxes live: they outlast the process that sends to them.
    pub(super) servers: tokio::runtime::Runtime,
    /// A data folder as it is before the post: each point has a copy.
    template: TempDir,
    pub(super) library: media::Library,
    pub(super) workspace: WorkspaceId,
    pub(super) calendar: CalendarId,
    pub(super) segments: Vec<Segment>,
    /// What the connector says of what it did.
    pub(super) told: fn(Outcome) -> Outcome,
    _files: TempDir,
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.stand.name, self.content.name())
    }
}

/// The database, and what a process that died may have left beside it.
const FILES: [&str; 2] = ["almanac.db", "almanac.db-wal"];

impl Site {
    /// Makes the data folder and the files.
    pub fn new(stand: Stand, content: Content) -> Result<Self, Failure> {
        let servers = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let (template, files) = (scratch()?, scratch()?);
        let library = media::Library::open(files.path())?;
        let (workspace, calendar, segments) = servers.block_on(async {
            let entry = (stand.start)().await.entry();
            prepare(template.path(), &library, content, &entry).await
        })?;
        Ok(Self {
            stand,
            content,
            servers,
            template,
            library,
            workspace,
            calendar,
            segments,
            told: std::convert::identity,
            _files: files,
        })
    }

    /// One post, interrupted at this point, to its end.
    pub fn run(&self, point: Point) -> Result<Run, Failure> {
        Case::new(self, point)?.run()
    }

    /// A data folder of a point's own.
    pub(super) fn folder(&self) -> Result<TempDir, Failure> {
        let folder = scratch()?;
        for name in FILES {
            let file = self.template.path().join(name);
            if file.exists() {
                std::fs::copy(file, folder.path().join(name))?;
            }
        }
        Ok(folder)
    }
}

/// Opens a data folder as a start of the program does.
pub(super) async fn open(dir: &Path, clock: &Arc<TestClock>, seed: u64) -> Result<Store, Failure> {
    let entropy = Arc::new(SeededEntropy::new(seed));
    let config = StoreConfig::new(dir, "machine", "0", Arc::clone(clock) as _, entropy);
    Ok(Store::open(config).await?.store)
}

/// The workspace, the calendar and the files.
async fn prepare(
    dir: &Path,
    library: &media::Library,
    content: Content,
    entry: &Entry,
) -> Result<(WorkspaceId, CalendarId, Vec<Segment>), Failure> {
    let clock = Arc::new(TestClock::at(DUE));
    let store = open(dir, &clock, 1).await?;
    let mut tx = store.begin(Actor::Person).await?;
    let workspace = store::workspaces::create(&mut tx, "Sweep").await?;
    let calendar = plan_of(&tx, workspace);
    store::calendars::put(&mut tx, &calendar).await?;
    let desk = Desk::new();
    let mut uses = Vec::new();
    // Some networks take one picture only.
    let most = entry.images.as_ref().map_or(1, |images| images.max_count);
    for file in content.media(&desk).into_iter().take(most as usize) {
        let taken = library.import_file(file.path).await?;
        let id = taken.id.clone();
        store::files::put(&mut tx, &known(taken, DUE)).await?;
        uses.push(MediaUse::new(id, file.alt));
    }
    tx.commit().await?;
    store.close().await;
    let mut segments: Vec<Segment> = content.texts().iter().copied().map(Segment::text).collect();
    segments[0].media = uses;
    Ok((workspace, calendar.id, segments))
}

fn plan_of(tx: &store::Tx, workspace_id: WorkspaceId) -> Calendar {
    Calendar {
        id: store::calendars::new_id(tx),
        workspace_id,
        name: "Sweep".to_owned(),
        description: String::new(),
        zone: Zone::utc(),
        working_hours: Vec::new(),
        default_accounts: Vec::new(),
        grace_minutes: 120,
        most_posts: None,
        status: CalendarStatus::Active,
        paused: None,
        created_at: tx.now(),
    }
}

fn known(taken: media::Imported, imported_at: Timestamp) -> FileInfo {
    FileInfo {
        id: taken.id,
        mime: taken.mime,
        bytes: taken.bytes,
        width: taken.width,
        height: taken.height,
        name: taken.name,
        alt: String::new(),
        imported_at,
        clip: taken.clip,
        document: taken.document,
        probed: media::video::PROBE,
        missing: false,
        used: 0,
        labels: Vec::new(),
        rights: String::new(),
        moving: taken.moving,
        deleted_at: None,
    }
}
