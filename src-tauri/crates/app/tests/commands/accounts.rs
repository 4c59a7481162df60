//! Accounts: secrets first, one row, wrong passwords, the keyring away.

use std::sync::Arc;
use std::time::Duration;

use model::account::{Account, AccountHealth};
use model::{AccountId, ErrorCode};
use networks::vault::{Vault as _, VaultError};
use publisher::testing::Gate;
use serde_json::{Value, json};
use testkit::app::TestApp;
use testkit::app_network::{KEY, PASSWORD, SESSION};

async fn input(test: &TestApp, handle: &str, password: &str) -> Value {
    json!({
        "workspaceId": test.calendar().await.workspace_id,
        "network": KEY,
        "fields": { "handle": handle },
        "secrets": { "password": password },
    })
}

async fn has_secret(test: &TestApp, id: AccountId) -> bool {
    test.vault.get(id, SESSION).await.unwrap().is_some()
}

#[tokio::test]
async fn the_first_account_becomes_what_new_posts_start_with_and_the_second_does_not() {
    let test = TestApp::start().await;
    let first = test.connect("ana").await;
    let second = test.connect("bea").await;
    assert_eq!(test.calendar().await.default_accounts, [first.id]);
    assert!(has_secret(&test, first.id).await && has_secret(&test, second.id).await);
    assert_ne!(first.id, second.id);
}

#[tokio::test]
async fn a_wrong_password_gets_the_networks_sentence_and_leaves_nothing() {
    let test = TestApp::start().await;
    let error = test
        .refused("accounts.connect", input(&test, "ana", "wrong").await)
        .await;
    assert_eq!(error.code, ErrorCode::Account);
    assert_eq!(
        error.message,
        "Testnet does not know this handle with this password. Check both."
    );
    let boot: Value = test.call("session.boot", json!({})).await;
    assert_eq!(boot["accounts"], json!([]));
    let empty = test
        .refused("accounts.connect", input(&test, " ", PASSWORD).await)
        .await;
    assert_eq!(
        (empty.field.as_deref(), empty.message.as_str()),
        (Some("handle"), "\"Handle\" is still empty.")
    );
}

#[tokio::test]
async fn the_same_account_again_is_a_reconnect_and_not_a_second_row() {
    let test = TestApp::start().await;
    let first = test.connect("ana").await;
    let again: Value = test
        .call("accounts.connect", input(&test, "ana", PASSWORD).await)
        .await;
    assert_eq!(again["written"]["value"]["id"], first.id.to_string());
    assert!(
        again["written"]["notes"][0]
            .as_str()
            .unwrap()
            .contains("connected again"),
        "{again}"
    );
    let boot: Value = test.call("session.boot", json!({})).await;
    assert_eq!(boot["accounts"].as_array().unwrap().len(), 1);
    assert!(has_secret(&test, first.id).await);
}

#[tokio::test]
async fn an_account_with_another_number_on_its_network_stays_the_account_it_was() {
    for way in ["connect", "removed", "reconnect", "check"] {
        let test = TestApp::start().await;
        let first = test.connect("ana").await;
        let post = test.draft("Waits", &[first.id]).await;
        let id = json!({ "id": first.id });
        if way == "removed" {
            test.call::<Value>("accounts.remove", id.clone()).await;
        }
        // Before anything was sent to it, which tells as well.
        test.network.renumbers("id-of-bea");
        let mut again = input(&test, "bea", PASSWORD).await;
        again["id"] = json!(first.id);
        let account = match way {
            "reconnect" => test.sign_in("accounts.reconnect", again).await,
            "check" => test.call("accounts.check", id).await,
            _ => test.sign_in("accounts.connect", again).await,
        };
        let known = (account.id, account.remote_id.as_str());
        assert_eq!(known, (first.id, "id-of-bea"), "{way}");
        let boot: Value = test.call("session.boot", json!({})).await;
        let all = boot["accounts"].as_array().unwrap();
        assert_eq!(all.len(), 1, "{way}: {all:?}");
        assert_eq!(all[0]["remoteId"], "id-of-bea", "{way}");
        let targets = test.post(post.id).await.targets;
        assert_eq!(targets[0].draft.account_id, first.id, "{way}");
        assert!(has_secret(&test, first.id).await, "{way}");
    }
}

#[tokio::test]
async fn some_of_many_known_accounts_are_asked_for_their_number_at_once_and_not_all() {
    const MANY: usize = 20;
    let test = TestApp::start().await;
    for n in 0..MANY {
        test.connect(&format!("group {n}")).await;
    }
    let (asked, at_once) = test.network.numbers_asked();
    // Each new one has those asked that were there before it.
    assert_eq!(asked, (0..MANY).sum::<usize>());
    assert!((2..MANY / 2).contains(&at_once), "{at_once}");
    test.network.renumbers("id-of-grown");
    test.connect("grown").await;
    let boot: Value = test.call("session.boot", json!({})).await;
    assert_eq!(boot["accounts"].as_array().unwrap().len(), MANY);
}

#[tokio::test]
async fn a_network_that_tells_no_number_lets_another_account_be_connected() {
    let test = TestApp::start().await;
    let first = test.connect("ana").await;
    test.network.tells_no_number();
    let time_goes_by = async {
        while test.network.numbers_asked().0 == 0 {
            tokio::task::yield_now().await;
        }
        test.clock.advance(Duration::from_mins(1));
    };
    let (second, ()) = tokio::join!(test.connect("bea"), time_goes_by);
    assert_ne!(second.id, first.id);
}

#[tokio::test]
async fn a_number_that_another_account_has_already_is_not_taken_from_it() {
    let test = TestApp::start().await;
    let first = test.connect("ana").await;
    let second = test.connect("bea").await;
    test.network.renumbers("id-of-bea");
    let mut other = input(&test, "bea", PASSWORD).await;
    other["id"] = json!(first.id);
    let error = test.refused("accounts.reconnect", other).await;
    assert!(error.message.contains("signs in to bea"), "{error:?}");
    let boot: Value = test.call("session.boot", json!({})).await;
    let accounts = boot["accounts"].as_array().unwrap();
    let number = |id: AccountId| {
        let found = accounts.iter().find(|a| a["id"] == id.to_string());
        found.unwrap()["remoteId"].clone()
    };
    assert_eq!(number(first.id), "id-of-ana");
    assert_eq!(number(second.id), "id-of-bea");
}

#[tokio::test]
async fn without_a_keyring_only_connecting_waits() {
    let test = TestApp::start().await;
    test.vault.fail_with(Some(VaultError::Locked));
    let error = test
        .refused("accounts.connect", input(&test, "ana", PASSWORD).await)
        .await;
    assert_eq!(error.message, VaultError::Locked.to_string());
    let status: Value = test.call("vault.status", json!({})).await;
    assert_eq!(status["problem"], VaultError::Locked.to_string());
    let troubles: Value = test.call("activity.troubles", json!({})).await;
    assert_eq!(troubles["troubles"][0]["kind"], "vault");
    // Everything else works.
    let post = test.draft("Still here", &[]).await;
    assert_eq!(test.post(post.id).await.segments[0].text, "Still here");
    test.vault.fail_with(None);
    test.connect("ana").await;
}

#[tokio::test]
async fn an_account_that_was_signed_out_says_so_and_is_mended_by_reconnecting() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    test.vault.forget(account.id, SESSION).await.unwrap();
    let checked: Account = test
        .call("accounts.check", json!({ "id": account.id }))
        .await;
    let AccountHealth::NeedsReconnect { reason, .. } = checked.health else {
        panic!("{:?} is in order", checked.handle);
    };
    let troubles: Value = test.call("activity.troubles", json!({})).await;
    assert_eq!(troubles["troubles"][0]["kind"], "reconnect");
    assert_eq!(
        troubles["troubles"][0]["message"],
        format!("Testnet (ana) is not connected. {reason}")
    );
    let other = json!({
        "id": account.id, "fields": { "handle": "bea" }, "secrets": { "password": PASSWORD },
    });
    let error = test.refused("accounts.reconnect", other).await;
    assert!(
        error
            .message
            .contains("signs in to bea, not to Testnet (ana)"),
        "{error:?}"
    );
    let same = json!({
        "id": account.id, "fields": { "handle": "ana" }, "secrets": { "password": PASSWORD },
    });
    let mended = test.sign_in("accounts.reconnect", same).await;
    assert_eq!(mended.health, AccountHealth::Ok);
}

#[tokio::test]
async fn pausing_and_removing_can_be_undone_and_the_secrets_stay_until_the_bin_empties() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let pause = json!({ "id": account.id, "reason": "Holiday" });
    let paused: Account = test.write("accounts.pause", pause).await;
    assert_eq!(paused.paused.as_deref(), Some("Holiday"));
    test.undo().await;
    let removed: Value = test
        .call("accounts.remove", json!({ "id": account.id }))
        .await;
    assert_eq!(removed["undo"]["words"], "Removed Testnet (ana)");
    assert_eq!(test.calendar().await.default_accounts, []);
    assert!(has_secret(&test, account.id).await);
    test.undo().await;
    let boot: Value = test.call("session.boot", json!({})).await;
    assert_eq!(boot["accounts"][0]["paused"], Value::Null);
    assert_eq!(test.calendar().await.default_accounts, [account.id]);

    test.call::<Value>("accounts.remove", json!({ "id": account.id }))
        .await;
    let bin: Value = test.call("bin.list", json!({})).await;
    assert_eq!(bin["entries"][0]["words"], "Testnet (ana)");
    let items = json!({ "items": [{ "subject": "account", "id": account.id }] });
    test.call::<Value>("bin.purge", items).await;
    assert!(!has_secret(&test, account.id).await);
}

#[tokio::test]
async fn what_a_person_decides_while_the_network_is_asked_stays() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let id = json!({ "id": account.id });
    for (command, input) in [
        (
            "accounts.pause",
            json!({ "id": account.id, "reason": "Holiday" }),
        ),
        ("accounts.remove", id.clone()),
    ] {
        let gate = Arc::new(Gate::default());
        test.network.stop_at(gate.clone());
        let meanwhile = async {
            gate.reached.notified().await;
            test.call::<Value>(command, input).await;
            gate.go.notify_one();
        };
        let (checked, ()) = tokio::join!(test.app.call("accounts.check", id.clone()), meanwhile);
        let removed = command == "accounts.remove";
        assert_eq!(checked.is_err(), removed, "{checked:?}");
        let boot: Value = test.call("session.boot", json!({})).await;
        if removed {
            assert_eq!(boot["accounts"], json!([]));
        } else {
            assert_eq!(boot["accounts"][0]["paused"], "Holiday");
        }
    }
}

#[tokio::test]
async fn a_removed_account_loses_its_secrets_after_thirty_days() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    test.call::<Value>("accounts.remove", json!({ "id": account.id }))
        .await;
    test.clock.advance(std::time::Duration::from_hours(24 * 31));
    let test = test.reopen().await.unwrap();
    test.app.daily_work().await.unwrap();
    assert!(!has_secret(&test, account.id).await);
}

#[tokio::test]
async fn an_account_whose_secrets_cannot_be_forgotten_stays_in_the_bin_until_they_can() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    test.call::<Value>("accounts.remove", json!({ "id": account.id }))
        .await;
    let items = json!({ "items": [{ "subject": "account", "id": account.id }] });
    test.vault.fail_with(Some(VaultError::Locked));
    let error = test.refused("bin.purge", items).await;
    assert_eq!(error.message, VaultError::Locked.to_string());
    test.clock.advance(std::time::Duration::from_hours(24 * 31));
    test.app.daily_work().await.unwrap();
    let bin: Value = test.call("bin.list", json!({})).await;
    assert_eq!(bin["entries"][0]["words"], "Testnet (ana)");

    test.vault.fail_with(None);
    test.app.daily_work().await.unwrap();
    let bin: Value = test.call("bin.list", json!({})).await;
    assert_eq!(bin["entries"], json!([]));
    assert!(!has_secret(&test, account.id).await);
}

#[tokio::test]
async fn the_accounts_of_a_workspace_lose_their_secrets_with_it() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    // The only one would stay.
    let other = json!({ "name": "Other" });
    test.call::<Value>("workspaces.create", other).await;
    test.call::<Value>("workspaces.remove", json!({ "id": account.workspace_id }))
        .await;
    test.clock.advance(std::time::Duration::from_hours(24 * 31));
    test.app.daily_work().await.unwrap();
    assert!(!has_secret(&test, account.id).await);
}

#[tokio::test]
async fn no_answer_ever_repeats_a_secret() {
    let test = TestApp::start().await;
    for (name, input) in [
        (
            "accounts.connect",
            json!({ "secrets": { "password": "hunter2-hunter2" } }),
        ),
        (
            "accounts.connect",
            input(&test, "ana", "hunter2-hunter2").await,
        ),
        ("vault.unlock", json!({ "passphrase": "hunter2-hunter2" })),
    ] {
        let error = test.refused(name, input).await;
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}
