//! A group of Telegram that grows gets another number there, and stays the account that it was here.

use std::sync::Arc;

use app::App;
use model::account::Account;
use networks::registry::Addresses;
use networks::telegram::{KEY, Telegram};
use networks::vault::memory::MemoryVault;
use publisher::testing::TestClock;
use serde_json::{Value, json};
use testkit::sandbox::telegram::{CHANNEL_ID, GROUP_ID, GROWN_ID, Sandbox, TOKEN};
use testkit::sandbox::{Canned, Fault};

use crate::connector_alone;

/// The whole program with Telegram beside it.
struct World {
    app: App,
    network: Sandbox,
    workspace: Value,
    _dir: tempfile::TempDir,
}

impl World {
    async fn start() -> Self {
        let network = Sandbox::start().await.unwrap();
        let dir = tempfile::tempdir().unwrap();
        let given = (&Arc::new(TestClock::new()), &Arc::new(MemoryVault::new()));
        let addresses = Addresses::one(KEY, &network.origin());
        let connector = Telegram::new(&connector_alone::http(), &addresses).unwrap();
        let app = connector_alone::open(dir.path(), connector, given, false).await;
        let mut boot = app.call("session.boot", json!({})).await.unwrap();
        Self {
            app,
            network,
            workspace: boot["workspaces"][0]["id"].take(),
            _dir: dir,
        }
    }

    /// Signs in to a chat by its number.
    async fn sign_in(&self, command: &str, chat: i64, more: &Value) -> Account {
        let mut input = json!({
            "fields": { "chat": chat.to_string() }, "secrets": { "token": TOKEN },
        });
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        let mut answer = self.app.call(command, input).await.unwrap();
        serde_json::from_value(answer["written"]["value"].take()).unwrap()
    }

    async fn connect(&self, chat: i64) -> Account {
        let place = json!({ "workspaceId": self.workspace, "network": KEY });
        self.sign_in("accounts.connect", chat, &place).await
    }

    async fn accounts(&self) -> Vec<Account> {
        let mut boot = self.app.call("session.boot", json!({})).await.unwrap();
        serde_json::from_value(boot["accounts"].take()).unwrap()
    }
}

#[tokio::test]
async fn a_group_that_grew_before_anything_was_posted_is_connected_again_under_either_number() {
    for (again, chat) in [
        (false, GROUP_ID),
        (false, GROWN_ID),
        (true, GROUP_ID),
        (true, GROWN_ID),
    ] {
        let world = World::start().await;
        let channel = world.connect(CHANNEL_ID).await;
        let group = world.connect(GROUP_ID).await;
        assert_ne!(channel.id, group.id);
        world.network.grow();
        let grown = if again {
            let which = json!({ "id": group.id });
            world.sign_in("accounts.reconnect", chat, &which).await
        } else {
            world.connect(chat).await
        };
        assert_eq!(grown.id, group.id, "{again} {chat}");
        let mut numbers: Vec<_> = world.accounts().await.into_iter().map(known).collect();
        numbers.sort();
        let mut expected = [(channel.id, CHANNEL_ID), (group.id, GROWN_ID)]
            .map(|(id, number)| (id.to_string(), number.to_string()));
        expected.sort();
        assert_eq!(numbers, expected, "{again} {chat}");
    }
}

fn known(account: Account) -> (String, String) {
    (account.id.to_string(), account.remote_id)
}

#[tokio::test]
async fn a_check_finds_out_that_a_group_grew() {
    let world = World::start().await;
    let group = world.connect(GROUP_ID).await;
    world.network.grow();
    let which = json!({ "id": group.id });
    let checked = world.app.call("accounts.check", which).await.unwrap();
    assert_eq!(checked["remoteId"], GROWN_ID.to_string());
    assert_eq!(checked["health"]["kind"], "ok");
}

#[tokio::test]
async fn what_the_bot_of_a_new_sign_in_cannot_tell_the_one_that_was_there_is_asked() {
    let world = World::start().await;
    let group = world.connect(GROUP_ID).await;
    world.network.grow();
    // A bot that joined later does not know the group from before.
    let unknown = json!({
        "ok": false, "error_code": 400, "description": "Bad Request: chat not found",
    });
    let faults = world.network.faults();
    faults.order("sendChatAction", Fault::Answer(Canned::json(400, &unknown)));
    let again = world.connect(GROWN_ID).await;
    assert!(faults.all_used());
    assert_eq!(known(again), (group.id.to_string(), GROWN_ID.to_string()));
    assert_eq!(world.accounts().await.len(), 1);
}
