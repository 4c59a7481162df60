//! The whole program in a temporary folder, with a clock that the test moves and a network in
//! memory.
#![expect(
    clippy::expect_used,
    reason = "a test that cannot begin has nothing to go on with"
)]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use app::{ApiError, App, AppConfig, OpenError, SystemFormats, VaultChoice};
use model::account::Account;
use model::calendar::Calendar;
use model::post::Post;
use model::{AccountId, CalendarId};
use networks::api::Api;
use networks::connector::Connector;
use networks::handoff::HandOff;
use networks::hosting::Hosting;
use networks::http::{Clients, HttpConfig, Reach};
use networks::registry::Registry;
use networks::vault::memory::MemoryVault;
use publisher::testing::{SeededEntropy, TestClock, TestNetwork};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;

use crate::app_network::{KEY, PASSWORD, TestAccounts};
use crate::conformance::shared_http;

/// The program under test.
pub struct TestApp {
    /// The program.
    pub app: App,
    /// Its clock and timer; begins at 2026-05-14 07:00 UTC, a Thursday, 09:00 in Berlin.
    pub clock: Arc<TestClock>,
    /// Keys of more networks it knows.
    more: Vec<String>,
    /// What is visible on the network, and what its next answers are.
    pub network: Arc<TestNetwork>,
    /// Where secrets lie.
    pub vault: Arc<MemoryVault>,
    dir: Arc<TempDir>,
    publishes: bool,
    machine: String,
}

/// Lends files over calls as short as those of the suite.
fn hosting() -> Hosting {
    let http = shared_http();
    let clients = Clients::new(&http).expect("clients that are there");
    Hosting::new(Api::new(clients, http.timeouts))
}

/// A program that has ended, or not begun: what opens it.
pub(crate) struct Closed {
    pub(crate) clock: Arc<TestClock>,
    more: Vec<String>,
    network: Arc<TestNetwork>,
    vault: Arc<MemoryVault>,
    dir: Arc<TempDir>,
    publishes: bool,
    /// What the system says of the internet when it opens.
    online: bool,
}

impl Closed {
    /// The data folder.
    pub(crate) fn data_dir(&self) -> std::path::PathBuf {
        folder(self.dir.path())
    }

    /// Opens it.
    pub(crate) async fn open(&self, machine: &str) -> Result<TestApp, OpenError> {
        let (dir, clock) = (Arc::clone(&self.dir), Arc::clone(&self.clock));
        let (network, vault) = (Arc::clone(&self.network), Arc::clone(&self.vault));
        let config = AppConfig {
            data_dir: self.data_dir(),
            pointer_file: Some(dir.path().join("pointer")),
            log_dir: Some(dir.path().join("logs")),
            program_version: "0.0.0-test".to_owned(),
            machine_id: machine.to_owned(),
            clock: clock.clone(),
            timer: clock.clone(),
            entropy: Arc::new(SeededEntropy::new(clock_seed(&clock))),
            registry: Registry::lending(connectors(&network, &self.more), hosting()),
            vault: VaultChoice::Given(vault.clone()),
            start_publisher: self.publishes,
            online: watch::channel(Some(self.online)).1,
            http: HttpConfig::new("0.0.0-test"),
            reach: Reach::PublicAndLoopback,
            system_zone: "Europe/Berlin".parse().expect("a known zone"),
            program_path: std::ffi::OsString::new(),
            formats: SystemFormats::default(),
        };
        Ok(TestApp {
            app: App::open(config).await?,
            clock,
            more: self.more.clone(),
            network,
            vault,
            dir,
            publishes: self.publishes,
            machine: machine.to_owned(),
        })
    }
}

/// The machine that fresh programs run on.
pub(crate) const MACHINE: &str = "this-machine";

impl TestApp {
    /// A fresh program that does not publish by itself.
    pub async fn start() -> Self {
        Self::fresh(false).await
    }

    /// A fresh program that publishes.
    pub async fn publishing() -> Self {
        Self::fresh(true).await
    }

    /// A fresh program that publishes, and knows the network of tests under these keys as well.
    pub async fn publishing_to(networks: &[&str]) -> Self {
        Self::fresh_with(true, networks).await
    }

    async fn fresh(publishes: bool) -> Self {
        Self::fresh_with(publishes, &[]).await
    }

    async fn fresh_with(publishes: bool, more: &[&str]) -> Self {
        let more: Vec<String> = more.iter().map(|key| (*key).to_owned()).collect();
        let fresh = Closed {
            clock: Arc::new(TestClock::new()),
            more,
            network: Arc::new(TestNetwork::default()),
            vault: Arc::new(MemoryVault::new()),
            dir: Arc::new(tempfile::tempdir().expect("a temporary folder")),
            publishes,
            online: true,
        };
        fresh.open(MACHINE).await.expect("a fresh program opens")
    }

    /// Ends the program and opens the same folder again.
    pub async fn reopen(self) -> Result<Self, OpenError> {
        let machine = self.machine.clone();
        self.reopen_on(&machine).await
    }

    /// Ends the program and opens the same folder on another machine.
    pub async fn reopen_on(self, machine: &str) -> Result<Self, OpenError> {
        self.close().await.open(machine).await
    }

    /// Ends the program and opens the same folder again while the system says that there is no internet.
    pub async fn reopen_offline(self) -> Result<Self, OpenError> {
        let machine = self.machine.clone();
        let mut closed = self.close().await;
        closed.online = false;
        closed.open(&machine).await
    }

    /// Ends the program and opens the same folder twice: the first time it has to be refused, the
    /// second time it has to work.
    ///
    /// # Panics
    /// When it is otherwise.
    pub async fn reopen_after_refusal(self) -> (OpenError, Self) {
        let machine = self.machine.clone();
        let closed = self.close().await;
        let refused = closed.open(&machine).await;
        let refused = refused.err().expect("the first opening is refused");
        let opened = closed.open(&machine).await;
        (refused, opened.expect("the second opening works"))
    }

    /// Ends the program.
    pub(crate) async fn close(self) -> Closed {
        self.app.shutdown().await;
        let Self {
            app,
            clock,
            more,
            network,
            vault,
            dir,
            publishes,
            machine: _,
        } = self;
        drop(app);
        // The folder is free once the background work let go of it.
        tokio::task::yield_now().await;
        Closed {
            clock,
            more,
            network,
            vault,
            dir,
            publishes,
            online: true,
        }
    }

    /// Tries to open the same folder while this program has it.
    pub async fn open_again(&self) -> Result<Self, OpenError> {
        let same = Closed {
            clock: Arc::clone(&self.clock),
            more: self.more.clone(),
            network: Arc::clone(&self.network),
            vault: Arc::clone(&self.vault),
            dir: Arc::clone(&self.dir),
            publishes: false,
            online: true,
        };
        same.open(&self.machine).await
    }

    /// Where the pointer file, the log and, below, the data folder lie.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The data folder.
    #[must_use]
    pub fn data_dir(&self) -> std::path::PathBuf {
        folder(self.dir.path())
    }

    /// Runs a command that has to work.
    ///
    /// # Panics
    /// When it is refused, or answers something else than `T`.
    pub async fn call<T: DeserializeOwned>(&self, name: &str, input: Value) -> T {
        match self.app.call(name, input).await {
            Ok(output) => serde_json::from_value(output).expect("the answer has its type"),
            Err(error) => panic!("{name} was refused: {error:?}"),
        }
    }

    /// Runs a command that has to be refused.
    ///
    /// # Panics
    /// When it works.
    pub async fn refused(&self, name: &str, input: Value) -> ApiError {
        match self.app.call(name, input).await {
            Ok(output) => panic!("{name} was not refused: {output}"),
            Err(error) => error,
        }
    }

    /// Runs a write and gives its value.
    ///
    /// # Panics
    /// When it is refused, or answers something else than `T`.
    pub async fn write<T: DeserializeOwned>(&self, name: &str, input: Value) -> T {
        let mut written: Value = self.call(name, input).await;
        serde_json::from_value(written["value"].take()).expect("the value has its type")
    }

    /// Runs a sign-in that needs nothing but its form, and gives the account.
    ///
    /// # Panics
    /// When it is refused, or needs more.
    pub async fn sign_in(&self, name: &str, input: Value) -> Account {
        let mut answer: Value = self.call(name, input).await;
        serde_json::from_value(answer["written"]["value"].take()).expect("a connected account")
    }

    /// The first calendar.
    ///
    /// # Panics
    /// When there is none.
    pub async fn calendar(&self) -> Calendar {
        let mut boot: Value = self.call("session.boot", json!({})).await;
        serde_json::from_value(boot["calendars"][0].take()).expect("a calendar")
    }

    /// Connects an account.
    pub async fn connect(&self, handle: &str) -> Account {
        self.connect_to(KEY, handle).await
    }

    /// The same on one of the other networks it knows.
    pub async fn connect_to(&self, network: &str, handle: &str) -> Account {
        let calendar = self.calendar().await;
        let input = json!({
            "workspaceId": calendar.workspace_id,
            "network": network,
            "fields": { "handle": handle },
            "secrets": { "password": PASSWORD },
        });
        self.sign_in("accounts.connect", input).await
    }

    /// Makes a post on the shelf.
    pub async fn draft(&self, text: &str, accounts: &[AccountId]) -> Post {
        let calendar = self.calendar().await;
        self.draft_on(calendar.id, text, accounts).await
    }

    /// The same on a calendar.
    pub async fn draft_on(&self, calendar: CalendarId, text: &str, accounts: &[AccountId]) -> Post {
        self.saying(calendar, draft(text, accounts)).await
    }

    async fn saying(&self, calendar: CalendarId, draft: Value) -> Post {
        let place = json!({ "kind": "shelf" });
        let input = json!({ "calendarId": calendar, "draft": draft, "place": place });
        self.write("posts.create", input).await
    }

    /// Makes a post that says this, publishes it at once and waits for what comes of it; gives the post as it
    /// stands then.
    pub async fn published(&self, draft: Value) -> Post {
        let calendar = self.calendar().await;
        let post = self.saying(calendar.id, draft).await;
        let input = json!({ "id": post.id });
        self.call::<Value>("posts.publish_now", input).await;
        self.app.settled().await;
        self.post(post.id).await
    }

    /// Makes a post and schedules it for a wall time of the calendar.
    pub async fn scheduled(&self, text: &str, accounts: &[AccountId], wall: &str) -> Post {
        let calendar = self.calendar().await;
        let input = json!({
            "calendarId": calendar.id,
            "draft": draft(text, accounts),
            "place": { "kind": "wall", "wall": wall },
            "scheduling": "must",
        });
        self.write("posts.create", input).await
    }

    /// A post as it stands now.
    pub async fn post(&self, id: model::PostId) -> Post {
        self.call("posts.get", json!({ "id": id })).await
    }

    /// Undoes the last step and gives what was said.
    pub async fn undo(&self) -> Value {
        self.call("history.undo", json!({})).await
    }

    /// Lets time go by until everything due then has happened.
    pub async fn pass(&self, span: Duration) {
        self.clock.advance(span);
        self.app.settled().await;
    }
}

/// A draft as JSON.
#[must_use]
pub fn draft(text: &str, accounts: &[AccountId]) -> Value {
    let targets: Vec<Value> = accounts
        .iter()
        .map(|id| json!({ "accountId": id }))
        .collect();
    json!({ "segments": [{ "text": text, "media": [] }], "targets": targets })
}

/// The networks: the one in memory, the same under more keys, and the hand-off.
fn connectors(network: &Arc<TestNetwork>, more: &[String]) -> Vec<Arc<dyn Connector>> {
    let mut all: Vec<Arc<dyn Connector>> = vec![
        Arc::new(TestAccounts::new(Arc::clone(network))),
        Arc::new(HandOff::new()),
    ];
    for key in more {
        all.push(Arc::new(TestAccounts::named(key, key, Arc::clone(network))));
    }
    all
}

fn folder(dir: &Path) -> std::path::PathBuf {
    dir.join("data")
}

/// A program opened anew draws other numbers than before.
fn clock_seed(clock: &TestClock) -> u64 {
    use model::Clock as _;
    use std::sync::atomic::{AtomicU64, Ordering};
    static OPENED: AtomicU64 = AtomicU64::new(1);
    clock.now().as_millis().unsigned_abs() ^ (OPENED.fetch_add(1, Ordering::Relaxed) << 48)
}
