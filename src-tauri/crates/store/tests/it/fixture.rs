//! A store in a temporary folder with one workspace, one calendar and two accounts.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use model::account::{Account, AccountHealth};
use model::calendar::{Calendar, CalendarStatus, usual_working_hours};
use model::change::Actor;
use model::content::Segment;
use model::post::{Draft, TargetDraft, TimeSource};
use model::status::EditorialStatus;
use model::when::When;
use model::{AccountId, CalendarId, Clock, Entropy, PostId, Timestamp, WorkspaceId};
use store::posts::NewPost;
use store::{Opened, Step, Store, StoreConfig};
use tempfile::TempDir;

/// 2026-05-14T07:00:00Z, a Thursday.
pub const NOW: i64 = 1_778_742_000_000;
pub const HOUR: i64 = 3_600_000;
pub const DAY: i64 = 24 * HOUR;

pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst) as u64)
    }
}

/// Counts, so that identifiers differ and runs are the same.
pub struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let n = self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        let len = bytes.len();
        bytes.fill(0);
        bytes[len - 8..].copy_from_slice(&n);
    }
}

pub fn clock() -> Arc<TestClock> {
    Arc::new(TestClock(AtomicI64::new(NOW)))
}

pub fn config(dir: &Path, clock: Arc<TestClock>) -> StoreConfig {
    // Stores of one test must not make the same identifiers: the folder of each is new, but a
    // folder may be opened twice.
    static RUN: AtomicU64 = AtomicU64::new(0);
    let entropy = Counting(AtomicU64::new(RUN.fetch_add(1 << 32, Ordering::SeqCst)));
    StoreConfig::new(dir, "machine-a", "0.1.0", clock, Arc::new(entropy))
}

pub async fn open(dir: &Path, clock: Arc<TestClock>) -> Opened {
    Store::open(config(dir, clock)).await.unwrap()
}

pub struct World {
    pub store: Store,
    pub clock: Arc<TestClock>,
    pub calendar: CalendarId,
    pub accounts: [AccountId; 2],
    pub dir: TempDir,
}

impl World {
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = clock();
        let store = open(dir.path(), Arc::clone(&clock)).await.store;
        let (_, calendar, accounts) = furnish(&store).await;
        Self {
            store,
            clock,
            calendar,
            accounts,
            dir,
        }
    }

    /// A post that was made by a step of its own.
    pub async fn post(&self, text: &str, when: When) -> PostId {
        let scheduled = matches!(when, When::Scheduled { .. });
        let editorial = if scheduled {
            EditorialStatus::Scheduled
        } else {
            EditorialStatus::Draft
        };
        let new = NewPost {
            calendar_id: self.calendar,
            draft: self.draft(text),
            when,
            time_source: TimeSource::Own,
            editorial,
        };
        let mut tx = self
            .store
            .step(Actor::Person, Step::new("New post"))
            .await
            .unwrap();
        let id = store::posts::create(&mut tx, &new).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub fn draft(&self, text: &str) -> Draft {
        Draft {
            segments: vec![Segment::text(text)],
            targets: self.accounts.iter().map(|a| target(*a)).collect(),
            ..Draft::default()
        }
    }

    pub async fn get(&self, id: PostId) -> model::post::Post {
        store::posts::get(&mut self.store.read().await.unwrap(), id)
            .await
            .unwrap()
    }
}

pub fn target(account_id: AccountId) -> TargetDraft {
    TargetDraft {
        account_id,
        override_segments: None,
        options: serde_json::Map::new(),
    }
}

pub fn scheduled(wall: &str) -> When {
    When::scheduled(wall.parse().unwrap(), "Europe/Berlin".parse().unwrap()).unwrap()
}

/// A workspace, a calendar and two accounts.
pub async fn furnish(store: &Store) -> (WorkspaceId, CalendarId, [AccountId; 2]) {
    let mut tx = store.begin(Actor::Program).await.unwrap();
    let workspace = store::workspaces::create(&mut tx, "Mine").await.unwrap();
    let calendar = Calendar {
        id: store::calendars::new_id(&tx),
        workspace_id: workspace,
        name: "Plan".to_owned(),
        description: String::new(),
        zone: "Europe/Berlin".parse().unwrap(),
        working_hours: usual_working_hours(),
        default_accounts: Vec::new(),
        grace_minutes: 120,
        most_posts: None,
        status: CalendarStatus::Active,
        paused: None,
        created_at: tx.now(),
    };
    store::calendars::put(&mut tx, &calendar).await.unwrap();
    let mut accounts = Vec::new();
    for handle in ["ana.test", "ben.test"] {
        let account = account(store::accounts::new_id(&tx), workspace, handle);
        store::accounts::put(&mut tx, &account).await.unwrap();
        accounts.push(account.id);
    }
    tx.commit().await.unwrap();
    (workspace, calendar.id, [accounts[0], accounts[1]])
}

pub fn account(id: AccountId, workspace_id: WorkspaceId, handle: &str) -> Account {
    Account {
        id,
        workspace_id,
        network: "sink".to_owned(),
        remote_id: format!("did:{handle}"),
        handle: handle.to_owned(),
        display_name: String::new(),
        server: String::new(),
        settings: serde_json::json!({}),
        health: AccountHealth::Ok,
        paused: None,
        created_at: Timestamp::from_millis(NOW),
    }
}
