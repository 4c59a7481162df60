//! Accounts of Bluesky as the program keeps them: sessions that end, that are replaced, that belong to
//! somebody else.

use std::sync::Arc;

use app::{App, AppConfig, SystemFormats, VaultChoice};
use model::account::{Account, AccountHealth};
use networks::bluesky::{Bluesky, Config};
use networks::http::{HttpConfig, ProxyChoice, Reach};
use networks::registry::Registry;
use networks::vault::memory::MemoryVault;
use networks::vault::{Secret, Vault as _};
use publisher::testing::{SeededEntropy, TestClock};
use serde_json::{Value, json};
use testkit::sandbox::Fault;
use testkit::sandbox::bluesky::{Person, Sandbox};

/// The whole program with a server of Bluesky beside it.
struct World {
    app: App,
    sandbox: Sandbox,
    vault: Arc<MemoryVault>,
    _dir: tempfile::TempDir,
}

impl World {
    async fn start() -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let dir = tempfile::tempdir().unwrap();
        let (clock, vault) = (Arc::new(TestClock::new()), Arc::new(MemoryVault::new()));
        let http = HttpConfig {
            proxy: ProxyChoice::Direct,
            ..HttpConfig::new("0.0.0-test")
        };
        let config = Config {
            entryway: sandbox.origin(),
            directory: sandbox.origin(),
            cards: Reach::PublicAndLoopback,
            ..Config::default()
        };
        let connector = Bluesky::new(&http, config).unwrap();
        let config = AppConfig {
            data_dir: dir.path().join("data"),
            pointer_file: None,
            log_dir: None,
            program_version: "0.0.0-test".to_owned(),
            machine_id: "this-machine".to_owned(),
            clock: clock.clone(),
            timer: clock.clone(),
            entropy: Arc::new(SeededEntropy::new(1)),
            registry: Registry::of(vec![Arc::new(connector)]),
            vault: VaultChoice::Given(vault.clone()),
            start_publisher: false,
            http,
            reach: Reach::PublicAndLoopback,
            system_zone: "Europe/Berlin".parse().unwrap(),
            formats: SystemFormats::default(),
        };
        Self {
            app: App::open(config).await.unwrap(),
            sandbox,
            vault,
            _dir: dir,
        }
    }

    async fn connect(&self, person: &Person) -> Account {
        let boot = self.app.call("session.boot", json!({})).await.unwrap();
        let mut input = self.form(person);
        input["workspaceId"] = boot["workspaces"][0]["id"].clone();
        input["network"] = json!("bluesky");
        let mut written = self.app.call("accounts.connect", input).await.unwrap();
        serde_json::from_value(written["value"].take()).unwrap()
    }

    fn form(&self, person: &Person) -> Value {
        json!({
            "fields": { "identifier": person.handle, "server": self.sandbox.origin() },
            "secrets": { "password": person.password },
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
    let ana = world.sandbox.ana();
    let account = world.connect(&ana).await;
    world.sandbox.end_sessions();
    let checked = world.check(&account).await;
    assert!(matches!(
        checked.health,
        AccountHealth::NeedsReconnect { .. }
    ));
    let again = world.connect(&ana).await;
    assert_eq!(again.id, account.id);
    // The tokens that are used are the new ones.
    assert_eq!(world.check(&account).await.health, AccountHealth::Ok);
}

#[tokio::test]
async fn signing_in_as_somebody_else_leaves_the_account_as_it_was() {
    let world = World::start().await;
    let account = world.connect(&world.sandbox.ana()).await;
    let before = world.session_of(&account).await;
    let mut other = world.form(&world.sandbox.bo());
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
    assert_eq!(world.sandbox.open_sessions(), 1);
}

#[tokio::test]
async fn the_tokens_of_an_account_go_also_when_its_server_does_not_answer() {
    let world = World::start().await;
    let account = world.connect(&world.sandbox.ana()).await;
    world
        .app
        .call("accounts.remove", json!({ "id": account.id }))
        .await
        .unwrap();
    assert!(world.session_of(&account).await.is_some());
    let gone = Fault::CutBefore;
    world
        .sandbox
        .faults()
        .order("com.atproto.server.deleteSession", gone);
    let items = json!({ "items": [{ "subject": "account", "id": account.id }] });
    world.app.call("bin.purge", items).await.unwrap();
    assert_eq!(world.session_of(&account).await, None);
}
