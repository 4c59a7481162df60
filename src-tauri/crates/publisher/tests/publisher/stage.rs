//! A data folder, a test clock, networks in memory and a publisher over them.

use std::sync::Arc;
use std::time::Duration;

use model::account::{Account, AccountHealth};
use model::calendar::{Calendar, CalendarStatus};
use model::change::Actor;
use model::content::{MediaUse, Segment};
use model::delivery::DeliveryState;
use model::post::{Draft, Post, Target, TargetDraft, TimeSource};
use model::quota::{Counted, Limit, Span};
use model::status::EditorialStatus;
use model::when::{When, Zone};
use model::{AccountId, CalendarId, Clock, MediaId, PostId, TargetId, Timestamp};
use networks::catalogue::Confirms;
use networks::connector::{Confirmation, Connector, Delivered};
use publisher::testing::{SeededEntropy, TestClock, TestConnector, TestNetwork, TestVault};
use publisher::{LEASE, Limits, Notice, Publisher, PublisherConfig};
use store::files::FileInfo;
use store::posts::NewPost;
use store::{Store, StoreConfig, Tx};
use tokio::sync::broadcast;

pub const MINUTE: Duration = Duration::from_mins(1);
pub const HOUR: Duration = Duration::from_hours(1);

/// The networks of a stage by key: one of each way to decide an unknown send, and one with a quota of
/// two posts an hour.
pub const CHOSEN: &str = "chosen";
pub const READ: &str = "read";
pub const ASK: &str = "ask";
pub const QUOTA: &str = "quota";
/// A network that takes two parts a day.
pub const PARTS: &str = "parts";
/// A network where each part costs 15,000 millionths of a dollar.
pub const PRICED: &str = "priced";
pub const PRICE: u32 = 15_000;
/// A network that holds posts until their time.
pub const KEEPS: &str = "keeps";
/// A network that takes first comments, and holds posts until their time.
pub const COMMENTED: &str = "commented";
/// A network that needs no internet.
pub const LOCAL: &str = "local";

/// What a look tells of something that another computer sent.
pub fn found_there() -> Confirmation {
    Confirmation::Found(Delivered {
        remote_id: "over-there".to_owned(),
        url: None,
        remote: serde_json::Value::Null,
    })
}

pub struct Stage {
    pub clock: Arc<TestClock>,
    pub store: Store,
    pub net: Arc<TestNetwork>,
    pub vault: Arc<TestVault>,
    pub calendar: CalendarId,
    pub config: PublisherConfig,
    pub dir: tempfile::TempDir,
}

impl Stage {
    pub async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// A stage on a disk that can be filled with `powercut::fill`.
    pub async fn on_a_small_disk() -> Self {
        powercut::record();
        Self::with(|config| config.vfs = Some(powercut::NAME)).await
    }

    /// A stage whose store is opened otherwise.
    pub async fn with(change: impl FnOnce(&mut StoreConfig)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock::new());
        let mut opening = store_config(dir.path(), &clock, "machine-a");
        change(&mut opening);
        let store = Store::open(opening).await.unwrap().store;
        let net = Arc::new(TestNetwork::default());
        let vault = Arc::new(TestVault::default());
        let calendar = found(&store).await;
        let config = config(&store, &clock, &net, &vault, dir.path());
        Self {
            clock,
            store,
            net,
            vault,
            calendar,
            config,
            dir,
        }
    }

    pub fn start(&self) -> (Publisher, News) {
        let publisher = Publisher::start(self.config.clone());
        let news = News(publisher.notices());
        (publisher, news)
    }

    /// Ends this stage's store and opens its folder again, as another start of the program does.
    pub async fn reopen(&mut self, machine: &str) {
        let folder = self.dir.path().to_owned();
        let scratch = tempfile::tempdir().unwrap();
        let other = open(scratch.path(), &self.clock, "x").await;
        self.config.store = other.clone();
        std::mem::replace(&mut self.store, other).close().await;
        self.store = open(&folder, &self.clock, machine).await;
        self.config = config(&self.store, &self.clock, &self.net, &self.vault, &folder);
    }

    /// What a person chooses who wants to publish from this machine: what was due is looked for first.
    pub async fn take_over(&self, machine: &str) {
        let mut tx = self.tx().await;
        store::holds::take_over(&mut tx, machine).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn tx(&self) -> Tx {
        self.store.begin(Actor::Person).await.unwrap()
    }

    pub async fn account(&self, network: &str) -> AccountId {
        let mut tx = self.tx().await;
        let id = store::accounts::new_id(&tx);
        let account = Account {
            id,
            workspace_id: store::calendars::workspace_of(&mut tx, self.calendar)
                .await
                .unwrap(),
            network: network.to_owned(),
            remote_id: id.to_string(),
            handle: "ana".to_owned(),
            display_name: "Ana".to_owned(),
            server: String::new(),
            settings: serde_json::json!({}),
            health: AccountHealth::Ok,
            paused: None,
            created_at: self.clock.now(),
        };
        store::accounts::put(&mut tx, &account).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// A post scheduled `ahead` of now on these accounts.
    pub async fn post(&self, text: &str, ahead: Duration, accounts: &[AccountId]) -> PostId {
        self.thread(&[text], ahead, accounts).await
    }

    /// The workspace wants this as the source in the links of a network.
    pub async fn want_in_links(&self, network: &str, source: &str) {
        let mut tx = self.tx().await;
        let workspace = store::calendars::workspace_of(&mut tx, self.calendar)
            .await
            .unwrap();
        let key = store::settings::link_rules_key(workspace);
        let rules = serde_json::json!({ "networks": { network: { "source": source } } });
        store::settings::set(&mut tx, &key, &rules).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn thread(&self, texts: &[&str], ahead: Duration, accounts: &[AccountId]) -> PostId {
        self.post_with(texts, ahead, accounts, serde_json::json!({}))
            .await
    }

    /// A post whose networks publish it by themselves.
    pub async fn kept(&self, text: &str, ahead: Duration, accounts: &[AccountId]) -> PostId {
        self.post_with(
            &[text],
            ahead,
            accounts,
            serde_json::json!({ "native": true }),
        )
        .await
    }

    pub async fn post_with(
        &self,
        texts: &[&str],
        ahead: Duration,
        accounts: &[AccountId],
        options: serde_json::Value,
    ) -> PostId {
        let segments = texts.iter().copied().map(Segment::text).collect();
        self.post_of(segments, ahead, accounts, options).await
    }

    /// A post with a file of so many bytes, of which nothing but its size is there.
    pub async fn post_with_file(
        &self,
        bytes: u64,
        ahead: Duration,
        accounts: &[AccountId],
    ) -> PostId {
        let id: MediaId = "a".repeat(64).parse().unwrap();
        let file = FileInfo {
            id: id.clone(),
            mime: "application/pdf".to_owned(),
            bytes,
            width: None,
            height: None,
            name: "a.pdf".to_owned(),
            alt: String::new(),
            imported_at: self.clock.now(),
            clip: None,
            document: None,
            probed: 1,
            missing: false,
            used: 0,
            labels: Vec::new(),
            rights: String::new(),
            moving: false,
            deleted_at: None,
        };
        let mut tx = self.tx().await;
        store::files::put(&mut tx, &file).await.unwrap();
        tx.commit().await.unwrap();
        let segment = Segment {
            media: vec![MediaUse::new(id, "")],
            ..Segment::text("A file")
        };
        let options = serde_json::json!({});
        self.post_of(vec![segment], ahead, accounts, options).await
    }

    async fn post_of(
        &self,
        segments: Vec<Segment>,
        ahead: Duration,
        accounts: &[AccountId],
        options: serde_json::Value,
    ) -> PostId {
        let zone = Zone::utc();
        let at = self.clock.now().plus(ahead);
        let wall = zone.wall_at(at).unwrap();
        let target = |id: &AccountId| TargetDraft {
            account_id: *id,
            override_segments: None,
            options: options.as_object().cloned().unwrap_or_default(),
        };
        let new = NewPost {
            calendar_id: self.calendar,
            draft: Draft {
                segments,
                targets: accounts.iter().map(target).collect(),
                ..Draft::default()
            },
            when: When::Scheduled { wall, zone, at },
            time_source: TimeSource::Own,
            editorial: EditorialStatus::Scheduled,
        };
        let mut tx = self.tx().await;
        let id = store::posts::create(&mut tx, &new).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    pub async fn read(&self, id: PostId) -> Post {
        store::posts::get(&mut self.store.read().await.unwrap(), id)
            .await
            .unwrap()
    }

    /// The only target of a post.
    pub async fn target(&self, id: PostId) -> Target {
        self.read(id).await.targets.remove(0)
    }

    pub async fn target_id(&self, id: PostId) -> TargetId {
        self.target(id).await.id
    }

    pub async fn state(&self, id: PostId) -> DeliveryState {
        self.target(id).await.state
    }

    pub async fn log(&self, id: PostId) -> Vec<store::activity::Entry> {
        store::activity::of_post(&mut self.store.read().await.unwrap(), id)
            .await
            .unwrap()
    }

    /// Time goes by and everything that it brings about happens.
    pub async fn pass(&self, publisher: &Publisher, span: Duration) {
        self.clock.advance(span);
        publisher.settled().await;
    }
}

pub async fn open(dir: &std::path::Path, clock: &Arc<TestClock>, machine: &str) -> Store {
    Store::open(store_config(dir, clock, machine))
        .await
        .unwrap()
        .store
}

fn store_config(dir: &std::path::Path, clock: &Arc<TestClock>, machine: &str) -> StoreConfig {
    let entropy = Arc::new(SeededEntropy::new(7));
    let clock: Arc<dyn Clock> = Arc::clone(clock) as Arc<dyn Clock>;
    StoreConfig::new(dir, machine, "0.1.0", clock, entropy)
}

async fn found(store: &Store) -> CalendarId {
    let mut tx = store.begin(Actor::Person).await.unwrap();
    let workspace_id = store::workspaces::create(&mut tx, "Home").await.unwrap();
    let id = store::calendars::new_id(&tx);
    let calendar = Calendar {
        id,
        workspace_id,
        name: "Main".to_owned(),
        description: String::new(),
        zone: Zone::utc(),
        working_hours: Vec::new(),
        default_accounts: Vec::new(),
        grace_minutes: 120,
        most_posts: None,
        status: CalendarStatus::Active,
        paused: None,
        created_at: Timestamp::from_millis(0),
    };
    store::calendars::put(&mut tx, &calendar).await.unwrap();
    tx.commit().await.unwrap();
    id
}

fn config(
    store: &Store,
    clock: &Arc<TestClock>,
    net: &Arc<TestNetwork>,
    vault: &Arc<TestVault>,
    dir: &std::path::Path,
) -> PublisherConfig {
    let connector = |key: &str, confirms| TestConnector::new(key, confirms, Arc::clone(net));
    let connectors: Vec<Arc<dyn Connector>> = vec![
        Arc::new(connector(CHOSEN, Confirms::ChosenId)),
        Arc::new(connector(READ, Confirms::ReadBack)),
        Arc::new(connector(ASK, Confirms::AskPerson)),
        Arc::new(connector(QUOTA, Confirms::ChosenId).with_quota(2)),
        Arc::new(
            connector(PARTS, Confirms::ChosenId)
                .with_limit(Limit::posts(2, Span::Day).counting(Counted::Parts, "posts")),
        ),
        Arc::new(connector(PRICED, Confirms::ReadBack).with_price(PRICE)),
        Arc::new(connector(KEEPS, Confirms::ChosenId).keeping()),
        Arc::new(connector(LOCAL, Confirms::ChosenId).without_internet()),
        Arc::new(
            connector(COMMENTED, Confirms::ChosenId)
                .keeping()
                .commented(),
        ),
    ];
    PublisherConfig {
        store: store.clone(),
        connectors,
        vault: Arc::clone(vault) as _,
        media: media::Library::open(dir.join("media")).unwrap(),
        clock: Arc::clone(clock) as _,
        timer: Arc::clone(clock) as _,
        entropy: Arc::new(SeededEntropy::new(3)),
        lease: LEASE,
        limits: Limits::default(),
        online: true,
    }
}

/// The notices so far.
pub struct News(broadcast::Receiver<Notice>);

impl News {
    pub fn all(&mut self) -> Vec<Notice> {
        std::iter::from_fn(|| self.0.try_recv().ok()).collect()
    }

    pub fn sentences(&mut self) -> Vec<String> {
        self.all().into_iter().map(|n| n.sentence).collect()
    }
}
