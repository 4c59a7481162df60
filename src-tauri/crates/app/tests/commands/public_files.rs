//! Public files: one storage for all accounts, over a real server that speaks S3.

use std::path::PathBuf;
use std::time::Duration;

use networks::vault::VaultError;
use sandbox::storage::{BUCKET, KEY_ID, SECRET, Storage};
use serde_json::{Value, json};
use testkit::app::TestApp;
use testkit::app_network::{KEY, PASSWORD};

fn asked(server: &Storage) -> Value {
    json!({
        "storage": {
            "endpoint": server.origin(), "bucket": BUCKET, "region": "", "prefix": "",
            "publicAddress": "",
        },
        "keyId": KEY_ID, "secret": SECRET,
    })
}

async fn get(test: &TestApp) -> Value {
    test.call("public_files.get", json!({})).await
}

/// A folder, the server that gives its files to everybody, and the address under which it does.
async fn web_folder(test: &TestApp) -> (PathBuf, sandbox::Server, String) {
    let folder = test.dir().join("public");
    std::fs::create_dir(&folder).unwrap();
    let web = sandbox::meta::web::start(folder.clone()).await.unwrap();
    let address = format!("{}/public/", web.origin());
    (folder, web, address)
}

#[tokio::test]
async fn a_storage_is_tried_used_undone_and_its_secret_never_told() {
    let server = Storage::start().await.unwrap();
    let test = TestApp::start().await;
    let none = get(&test).await;
    assert_eq!(
        (&none["storage"], &none["hasKey"]),
        (&Value::Null, &json!(false))
    );

    let checked: Value = test.call("public_files.check", asked(&server)).await;
    assert_eq!(checked["works"], true, "{checked}");
    let mut wrong = asked(&server);
    wrong["secret"] = json!("wrong");
    let checked: Value = test.call("public_files.check", wrong).await;
    assert_eq!(checked["works"], false);
    assert_eq!(
        get(&test).await["storage"],
        Value::Null,
        "trying keeps nothing"
    );

    let set: Value = test.call("public_files.set", asked(&server)).await;
    assert_eq!(set["value"]["storage"]["bucket"], BUCKET);
    assert_eq!(set["value"]["hasKey"], true);
    assert!(set["undo"].is_object());
    assert!(!set.to_string().contains(SECRET));
    // The key that is kept is used where none is typed.
    let mut kept = asked(&server);
    kept["keyId"] = json!("");
    kept["secret"] = json!("");
    let checked: Value = test.call("public_files.check", kept).await;
    assert_eq!(checked["works"], true, "{checked}");

    let _: Value = test.call("history.undo", json!({})).await;
    assert_eq!(get(&test).await["storage"], Value::Null);
    let _: Value = test.call("history.redo", json!({})).await;
    assert_eq!(get(&test).await["storage"]["bucket"], BUCKET);

    let off: Value = test.call("public_files.remove", json!({})).await;
    assert_eq!(off["value"]["storage"], Value::Null);
    assert_eq!(off["value"]["hasKey"], true, "so that this can be undone");
    test.clock.advance(Duration::from_hours(25));
    test.app.daily_work().await.unwrap();
    assert_eq!(get(&test).await["hasKey"], false);
}

#[tokio::test]
async fn what_cannot_be_used_names_its_field() {
    let server = Storage::start().await.unwrap();
    let test = TestApp::start().await;
    for (path, value, field) in [
        ("/storage/endpoint", "s3.example.com", "endpoint"),
        ("/storage/bucket", "", "bucket"),
        ("/storage/publicAddress", "files", "publicAddress"),
        ("/keyId", "", "keyId"),
        ("/secret", "", "secret"),
    ] {
        let mut input = asked(&server);
        *input.pointer_mut(path).unwrap() = json!(value);
        for command in ["public_files.set", "public_files.check"] {
            let refused = test.refused(command, input.clone()).await;
            assert_eq!(refused.field.as_deref(), Some(field), "{command} {path}");
            assert!(!format!("{refused:?}").contains(SECRET));
        }
    }
    test.vault.fail_with(Some(VaultError::Locked));
    let refused = test.refused("public_files.set", asked(&server)).await;
    assert!(refused.message.contains("locked"), "{}", refused.message);
    assert_eq!(get(&test).await["hasKey"], Value::Null);
}

#[tokio::test]
async fn what_was_left_behind_goes_with_the_daily_work() {
    let server = Storage::start().await.unwrap();
    let test = TestApp::start().await;
    let _: Value = test.call("public_files.set", asked(&server)).await;
    let left = server.folder().join("almanac-left.jpg");
    std::fs::write(&left, b"left").unwrap();
    test.app.daily_work().await.unwrap();
    // The clock of the test stands long before the file was written.
    assert!(left.exists());
    test.clock.advance(Duration::from_hours(24 * 20_000));
    test.app.daily_work().await.unwrap();
    assert!(!left.exists());
}

#[tokio::test]
async fn neither_a_storage_nor_a_folder_that_is_away_keeps_another_folder_from_being_tidied_up() {
    let test = TestApp::start().await;
    let (one, other) = (test.dir().join("one"), test.dir().join("other"));
    for (handle, folder) in [("ana", &one), ("ben", &other)] {
        std::fs::create_dir(folder).unwrap();
        let web = sandbox::meta::web::start(folder.clone()).await.unwrap();
        let input = json!({
            "workspaceId": test.calendar().await.workspace_id,
            "network": KEY,
            "fields": {
                "handle": handle, "webAddress": format!("{}/public/", web.origin()),
                "webFolder": folder,
            },
            "secrets": { "password": PASSWORD },
        });
        test.sign_in("accounts.connect", input).await;
    }
    let server = Storage::start().await.unwrap();
    let mut away = asked(&server);
    away["storage"]["endpoint"] = json!(testkit::conformance::closed_port());
    let _: Value = test.call("public_files.set", away).await;
    std::fs::remove_dir(&one).unwrap();
    let left = other.join("almanac-left.jpg");
    std::fs::write(&left, b"left").unwrap();
    test.clock.advance(Duration::from_hours(24 * 20_000));
    test.app.daily_work().await.unwrap_err();
    assert!(!left.exists());
}

#[tokio::test]
async fn a_web_folder_is_tried_before_anybody_signs_in_and_whenever_the_account_is_checked() {
    let test = TestApp::start().await;
    let (folder, _web, good) = web_folder(&test).await;
    let form = async |address: &str, password: &str| {
        json!({
            "workspaceId": test.calendar().await.workspace_id,
            "network": KEY,
            "fields": { "handle": "ana", "webAddress": address, "webFolder": folder },
            "secrets": { "password": password },
        })
    };
    let nobody = format!("{}/public/", testkit::conformance::closed_port());
    // The password is wrong as well: the folder is tried first.
    let refused = test
        .refused("accounts.connect", form(&nobody, "wrong").await)
        .await;
    assert_eq!(refused.field.as_deref(), Some("webAddress"));
    assert!(
        refused.message.contains("could not be reached"),
        "{refused:?}"
    );
    let left = || std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(left(), 0);

    let input = form(&good, PASSWORD).await;
    let account = test.sign_in("accounts.connect", input).await;
    assert_eq!(account.settings["webAddress"], good);
    let check = json!({ "id": account.id });
    let checked: Value = test.call("accounts.check", check.clone()).await;
    assert_eq!(checked["handle"], "ana");
    std::fs::remove_dir(&folder).unwrap();
    let refused = test.refused("accounts.check", check).await;
    assert!(refused.message.contains("public folder"), "{refused:?}");
}

#[tokio::test]
async fn a_web_folder_stays_with_its_account_until_somebody_empties_its_fields() {
    let test = TestApp::start().await;
    let (folder, _web, address) = web_folder(&test).await;
    let workspace = test.calendar().await.workspace_id;
    let form = |more: &[(&str, &str)]| {
        let mut fields = json!({ "handle": "ana" });
        for (name, value) in more {
            fields[*name] = json!(value);
        }
        json!({
            "workspaceId": workspace, "network": KEY,
            "fields": fields, "secrets": { "password": PASSWORD },
        })
    };
    let named = form(&[
        ("webAddress", &address),
        ("webFolder", folder.to_str().unwrap()),
    ]);
    let emptied = form(&[("webAddress", ""), ("webFolder", "")]);
    let account = test.sign_in("accounts.connect", named.clone()).await;
    let id = account.id;
    let with = |mut form: Value| {
        form["id"] = json!(id);
        form
    };
    for command in ["accounts.connect", "accounts.reconnect"] {
        let silent = test.sign_in(command, with(form(&[]))).await;
        assert_eq!(silent.settings["webAddress"], address, "{command}");
        let bare = test.sign_in(command, with(emptied.clone())).await;
        assert_eq!((bare.id, &bare.settings), (id, &json!({})), "{command}");
        let again = test.sign_in(command, with(named.clone())).await;
        assert_eq!(again.settings["webAddress"], address, "{command}");
    }
    test.call::<Value>("accounts.remove", json!({ "id": id }))
        .await;
    let anew = test.sign_in("accounts.connect", form(&[])).await;
    assert_eq!((anew.id, anew.settings), (id, json!({})));
}
