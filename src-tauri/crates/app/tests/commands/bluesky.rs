//! Accounts of Bluesky as the program keeps them: sessions that end, that are replaced, that belong to
//! somebody else.

use std::sync::Arc;
use std::time::Duration;

use app::App;
use model::account::{Account, AccountHealth};
use networks::bluesky::{Bluesky, Config};
use networks::http::Reach;
use networks::vault::memory::MemoryVault;
use networks::vault::{Secret, Vault as _};
use publisher::NoticeKind;
use publisher::testing::TestClock;
use serde_json::{Value, json};
use testkit::app::draft;
use testkit::pds::Pds;
use testkit::sandbox::Fault;
use testkit::sandbox::bluesky::Sandbox;

use crate::connector_alone;

/// The whole program with a server of Bluesky beside it.
struct World<S> {
    app: App,
    clock: Arc<TestClock>,
    server: S,
    vault: Arc<MemoryVault>,
    _dir: tempfile::TempDir,
}

/// A server to connect accounts of.
trait Server {
    fn origin(&self) -> String;
    fn directory(&self) -> String;
}

impl Server for Sandbox {
    fn origin(&self) -> String {
        self.origin()
    }

    fn directory(&self) -> String {
        self.origin()
    }
}

impl Server for Pds {
    fn origin(&self) -> String {
        self.origin.clone()
    }

    fn directory(&self) -> String {
        self.directory.clone()
    }
}

impl World<Sandbox> {
    async fn start() -> Self {
        Self::with(Sandbox::start().await.unwrap(), false).await
    }
}

impl<S: Server> World<S> {
    async fn with(server: S, publishes: bool) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (clock, vault) = (Arc::new(TestClock::new()), Arc::new(MemoryVault::new()));
        let config = Config {
            entryway: server.origin(),
            directory: server.directory(),
            cards: Reach::PublicAndLoopback,
            ..Config::default()
        };
        let connector = Bluesky::new(&connector_alone::http(), config).unwrap();
        let given = (&clock, &vault);
        Self {
            app: connector_alone::open(dir.path(), connector, given, publishes).await,
            clock,
            server,
            vault,
            _dir: dir,
        }
    }

    async fn connect(&self, handle: &str, password: &str) -> Account {
        let boot = self.app.call("session.boot", json!({})).await.unwrap();
        let mut input = self.form(handle, password);
        input["workspaceId"] = boot["workspaces"][0]["id"].clone();
        input["network"] = json!("bluesky");
        let mut answer = self.app.call("accounts.connect", input).await.unwrap();
        serde_json::from_value(answer["written"]["value"].take()).unwrap()
    }

    fn form(&self, handle: &str, password: &str) -> Value {
        json!({
            "fields": { "identifier": handle, "server": self.server.origin() },
            "secrets": { "password": password },
        })
    }

    async fn check(&self, account: &Account) -> Account {
        let checked = self
            .app
            .call("accounts.check", json!({ "id": account.id }))
            .await
            .unwrap();
        serde_json::from_value(checked).unwrap()
    }

    async fn session_of(&self, account: &Account) -> Option<Secret> {
        self.vault.get(account.id, "session").await.unwrap()
    }
}

#[tokio::test]
async fn adding_an_account_that_was_signed_out_signs_it_in() {
    let world = World::start().await;
    let ana = world.server.ana();
    let account = world.connect(&ana.handle, &ana.password).await;
    world.server.end_sessions();
    let checked = world.check(&account).await;
    assert!(matches!(
        checked.health,
        AccountHealth::NeedsReconnect { .. }
    ));
    let again = world.connect(&ana.handle, &ana.password).await;
    assert_eq!(again.id, account.id);
    // The tokens that are used are the new ones.
    assert_eq!(world.check(&account).await.health, AccountHealth::Ok);
}

#[tokio::test]
async fn signing_in_as_somebody_else_leaves_the_account_as_it_was() {
    let world = World::start().await;
    let ana = world.server.ana();
    let account = world.connect(&ana.handle, &ana.password).await;
    let before = world.session_of(&account).await;
    let bo = world.server.bo();
    let mut other = world.form(&bo.handle, &bo.password);
    other["id"] = json!(account.id);
    let error = world
        .app
        .call("accounts.reconnect", other)
        .await
        .unwrap_err();
    assert!(error.message.contains("signs in to bo.test"), "{error:?}");
    let checked = world.check(&account).await;
    assert_eq!(
        (checked.handle.as_str(), checked.health),
        ("ana.test", AccountHealth::Ok)
    );
    assert_eq!(world.session_of(&account).await, before);
    // The session of the other is ended on its server: only ana's is left to be renewed.
    assert_eq!(world.server.open_sessions(), 1);
}

#[tokio::test]
async fn the_tokens_of_an_account_go_also_when_its_server_does_not_answer() {
    let world = World::start().await;
    let ana = world.server.ana();
    let account = world.connect(&ana.handle, &ana.password).await;
    world
        .app
        .call("accounts.remove", json!({ "id": account.id }))
        .await
        .unwrap();
    assert!(world.session_of(&account).await.is_some());
    let gone = Fault::CutBefore;
    world
        .server
        .faults()
        .order("com.atproto.server.deleteSession", gone);
    let items = json!({ "items": [{ "subject": "account", "id": account.id }] });
    world.app.call("bin.purge", items).await.unwrap();
    assert_eq!(world.session_of(&account).await, None);
}

/// On the reference server: needs the packages in `tests/pds`, which `cargo xtask test` installs.
#[tokio::test]
async fn an_account_that_was_deleted_on_its_network_is_told_once_and_its_posts_wait() {
    let pds = Pds::start(&[])
        .await
        .unwrap_or_else(|sentence| panic!("{sentence}"));
    let ana = pds.account("ana").await.unwrap();
    let world = World::with(pds, true).await;
    let account = world.connect(&ana.handle, &ana.app_password).await;
    let boot = world.app.call("session.boot", json!({})).await.unwrap();
    let mut posts = Vec::new();
    for time in ["10:00", "11:00"] {
        let input = json!({
            "calendarId": boot["calendars"][0]["id"],
            "draft": draft("Too late", &[account.id]),
            "place": { "kind": "wall", "wall": format!("2026-05-14T{time}:00") },
            "scheduling": "must",
        });
        let written = world.app.call("posts.create", input).await.unwrap();
        posts.push(written["value"]["id"].clone());
    }
    let mut notices = world.app.notices().unwrap();
    world.server.delete_account(&ana.did).await.unwrap();

    world.clock.advance(Duration::from_hours(1));
    world.app.settled().await;
    let told = notices.try_recv().unwrap();
    assert_eq!(
        (told.kind, told.account_id),
        (NoticeKind::SignedOut, Some(account.id))
    );
    let sentence = &told.sentence;
    assert_eq!(
        sentence.matches("no longer on this Bluesky server").count(),
        1,
        "{sentence}"
    );
    assert!(sentence.starts_with("2 posts wait for "), "{sentence}");
    assert!(
        !sentence.contains("signed") && sentence.contains("remove it here"),
        "{sentence}"
    );
    let boot = world.app.call("session.boot", json!({})).await.unwrap();
    let reason = boot["accounts"][0]["health"].to_string();
    assert!(
        reason.contains("is no longer on this Bluesky server"),
        "{reason}"
    );

    // The other one comes due and waits without a word of its own.
    world.clock.advance(Duration::from_hours(1));
    world.app.settled().await;
    assert!(notices.try_recv().is_err());
    for id in &posts {
        let post = world.app.call("posts.get", json!({ "id": id })).await;
        assert_eq!(post.unwrap()["targets"][0]["state"], "waiting");
    }
    let troubles = world.app.call("activity.troubles", json!({})).await;
    let troubles = troubles.unwrap();
    assert_eq!(troubles["troubles"][0]["kind"], "reconnect");
    assert_eq!(troubles["troubles"][0]["count"], 2);
}
