//! Signing in through the browser: there and back, several accounts, an app that is kept.

use std::sync::Arc;
use std::time::Duration;

use model::account::{Account, AccountHealth};
use model::{AccountId, ErrorCode};
use networks::vault::{Vault as _, VaultError};
use publisher::NoticeKind;
use publisher::testing::Gate;
use serde_json::{Value, json};
use testkit::app::TestApp;
use testkit::app_network::{
    CLIENT_SECRET, ENDS, KEY, LASTS, RENEWED_FOR, RENEWS, REVOKED, SESSION, STATE,
};
use testkit::patience::PATIENCE;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn begin(test: &TestApp, method: &str, secret: &str) -> Value {
    let input = json!({
        "workspaceId": test.calendar().await.workspace_id,
        "network": KEY,
        "method": method,
        "fields": { "client_id": "app-1" },
        "secrets": { "client_secret": secret },
    });
    let begun: Value = test.call("accounts.connect", input).await;
    assert_eq!(begun["kind"], "browser", "{begun}");
    begun
}

/// What a browser does with an address on this computer; gives the status line.
async fn visit(address: &str) -> String {
    let rest = address.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_at(rest.find('/').unwrap());
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.lines().next().unwrap().to_owned()
}

/// Waits for the browser and lets it come back with this query.
async fn come_back(test: &TestApp, begun: &Value, query: &str) -> Result<Value, app::ApiError> {
    let redirect = begun["redirect"].as_str().unwrap();
    let address = format!("{redirect}?state={STATE}&{query}");
    let wait = test
        .app
        .call("accounts.sign_in_wait", json!({ "id": begun["id"] }));
    let (answer, status) = tokio::join!(wait, visit(&address));
    assert!(status.contains("200"), "{status}");
    answer
}

/// The account whose session the network was asked to end.
async fn ended(test: &TestApp) -> String {
    let ended = tokio::time::timeout(PATIENCE, test.network.signed_out());
    ended.await.unwrap()
}

/// An account as it is now.
async fn account(test: &TestApp, id: AccountId) -> Account {
    let boot: Value = test.call("session.boot", json!({})).await;
    let all: Vec<Account> = serde_json::from_value(boot["accounts"].clone()).unwrap();
    all.into_iter().find(|a| a.id == id).unwrap()
}

#[tokio::test]
async fn there_and_back_connects_the_account_and_keeps_the_app() {
    let test = TestApp::start().await;
    let begun = begin(&test, "browser", CLIENT_SECRET).await;
    assert_eq!(begun["pasted"], false);
    assert!(
        begun["address"]
            .as_str()
            .unwrap()
            .contains("testnet.example")
    );
    let answer = come_back(&test, &begun, "code=ana").await.unwrap();
    assert_eq!(answer["written"]["value"]["handle"], "ana");
    let kept: Value = test
        .call("accounts.kept_app", json!({ "network": KEY }))
        .await;
    assert_eq!(
        kept,
        json!({ "fields": { "client_id": "app-1" }, "secrets": ["client_secret"] })
    );
    // The next account needs nothing typed.
    let input = json!({
        "workspaceId": test.calendar().await.workspace_id,
        "network": KEY, "method": "browser", "fields": {}, "secrets": {},
    });
    let begun: Value = test.call("accounts.connect", input).await;
    let answer = come_back(&test, &begun, "code=bea").await.unwrap();
    assert_eq!(answer["written"]["value"]["handle"], "bea");
    // What is over stays over.
    let over = test
        .refused("accounts.sign_in_wait", json!({ "id": begun["id"] }))
        .await;
    assert_eq!(over.code, ErrorCode::Conflict);
}

#[tokio::test]
async fn a_refusal_in_the_browser_or_a_wrong_app_connects_nothing() {
    let test = TestApp::start().await;
    let begun = begin(&test, "browser", CLIENT_SECRET).await;
    let denied = come_back(&test, &begun, "error=access_denied").await;
    assert!(denied.unwrap_err().message.contains("not allowed"));
    let begun = begin(&test, "browser", "wrong").await;
    let wrong = come_back(&test, &begun, "code=ana").await;
    assert!(
        wrong
            .unwrap_err()
            .message
            .contains("Check the client secret")
    );
    let boot: Value = test.call("session.boot", json!({})).await;
    assert_eq!(boot["accounts"], json!([]));
    let kept: Value = test
        .call("accounts.kept_app", json!({ "network": KEY }))
        .await;
    assert_eq!(kept, json!({ "fields": {}, "secrets": [] }));
}

#[tokio::test]
async fn one_of_several_accounts_is_chosen_and_only_its_session_is_kept() {
    let test = TestApp::start().await;
    let begun = begin(&test, "browser", CLIENT_SECRET).await;
    let choose = come_back(&test, &begun, "code=shop,club").await.unwrap();
    assert_eq!(choose["kind"], "choose");
    assert_eq!(choose["accounts"][1]["handle"], "club");
    let input = json!({ "id": choose["id"], "remoteId": "id-of-club" });
    let account = test.sign_in("accounts.sign_in_choose", input).await;
    let session = test.vault.get(account.id, SESSION).await.unwrap().unwrap();
    assert_eq!(session.reveal(), "session-of-club");
    // Connecting it again takes the same one out of several without asking.
    let input = json!({
        "id": account.id, "method": "browser", "fields": {}, "secrets": {},
    });
    let begun: Value = test.call("accounts.reconnect", input).await;
    let again = come_back(&test, &begun, "code=shop,club").await.unwrap();
    assert_eq!(again["written"]["value"]["id"], account.id.to_string());
    // Somebody else is refused.
    let input = json!({
        "id": account.id, "method": "browser", "fields": {}, "secrets": {},
    });
    let begun: Value = test.call("accounts.reconnect", input).await;
    let other = come_back(&test, &begun, "code=ana").await.unwrap_err();
    assert!(other.message.contains("Nothing was changed"), "{other:?}");
}

#[tokio::test]
async fn a_wrong_address_may_be_pasted_before_the_right_one() {
    let test = TestApp::start().await;
    let begun = begin(&test, "paste", CLIENT_SECRET).await;
    assert_eq!(begun["pasted"], true);
    let paste = |address: String| json!({ "id": begun["id"], "address": address });
    for wrong in [
        "nonsense".to_owned(),
        "https://example.com/done?code=ana&state=other".to_owned(),
    ] {
        let error = test.refused("accounts.sign_in_paste", paste(wrong)).await;
        assert_eq!(error.field.as_deref(), Some("address"));
    }
    let right = format!("https://example.com/done?code=ana&state={STATE}");
    let account = test.sign_in("accounts.sign_in_paste", paste(right)).await;
    assert_eq!(account.handle, "ana");
}

#[tokio::test]
async fn giving_up_ends_the_waiting_and_frees_the_port() {
    let test = TestApp::start().await;
    let begun = begin(&test, "browser", CLIENT_SECRET).await;
    let id = json!({ "id": begun["id"] });
    let wait = test.app.call("accounts.sign_in_wait", id.clone());
    let cancel = test.app.call("accounts.sign_in_cancel", id.clone());
    let (waited, cancelled) = tokio::join!(wait, cancel);
    assert!(waited.unwrap_err().message.contains("is over"));
    cancelled.unwrap();
    let rest = begun["redirect"].as_str().unwrap();
    let host = rest.strip_prefix("http://").unwrap();
    let host = host.split('/').next().unwrap();
    assert!(tokio::net::TcpStream::connect(host).await.is_err());
}

#[tokio::test]
async fn giving_up_while_the_network_is_asked_connects_nothing() {
    let test = TestApp::start().await;
    let stopped = || {
        let gate = Arc::new(Gate::default());
        test.network.stop_at(Arc::clone(&gate));
        gate
    };
    let give_up = async |gate: Arc<Gate>, id: &Value| {
        gate.reached.notified().await;
        let id = json!({ "id": id });
        test.call::<Value>("accounts.sign_in_cancel", id).await;
        gate.go.notify_one();
    };
    // While what came back with the browser becomes a session.
    let begun = begin(&test, "browser", CLIENT_SECRET).await;
    let back = come_back(&test, &begun, "code=ana");
    let ((), answer) = tokio::join!(give_up(stopped(), &begun["id"]), back);
    assert!(answer.unwrap_err().message.contains("is over"));
    // While the session of the chosen one is asked for.
    let begun = begin(&test, "browser", CLIENT_SECRET).await;
    let choose = come_back(&test, &begun, "code=shop,club").await.unwrap();
    let input = json!({ "id": choose["id"], "remoteId": "id-of-club" });
    let chosen = test.app.call("accounts.sign_in_choose", input);
    let ((), answer) = tokio::join!(give_up(stopped(), &choose["id"]), chosen);
    assert!(answer.unwrap_err().message.contains("is over"));
    let boot: Value = test.call("session.boot", json!({})).await;
    assert_eq!(boot["accounts"], json!([]));
}

#[tokio::test]
async fn giving_up_while_the_account_is_kept_comes_too_late_and_says_so() {
    let test = TestApp::start().await;
    let begun = begin(&test, "browser", CLIENT_SECRET).await;
    let id = json!({ "id": begun["id"] });
    let (asked, kept) = (Arc::new(Gate::default()), Arc::new(Gate::default()));
    test.network.stop_at(Arc::clone(&asked));
    let meanwhile = async {
        asked.reached.notified().await;
        test.network.stop_at(Arc::clone(&kept));
        asked.go.notify_one();
        // Its secrets lie in the vault, and the account is not written yet.
        kept.reached.notified().await;
        let late = test.refused("accounts.sign_in_cancel", id.clone()).await;
        kept.go.notify_one();
        late
    };
    let back = come_back(&test, &begun, "code=ana");
    let (late, answer) = tokio::join!(meanwhile, back);
    assert_eq!(late.code, ErrorCode::Conflict);
    assert!(late.message.contains("too late"), "{late:?}");
    assert_eq!(answer.unwrap()["kind"], "connected");
    test.call::<Value>("accounts.sign_in_cancel", id).await;
}

#[tokio::test]
async fn a_choice_is_given_up_by_the_sign_in_it_belongs_to() {
    let test = TestApp::start().await;
    let begun = begin(&test, "browser", CLIENT_SECRET).await;
    let choose = come_back(&test, &begun, "code=shop,club").await.unwrap();
    assert_eq!(choose["id"], begun["id"]);
    let id = json!({ "id": begun["id"] });
    test.call::<Value>("accounts.sign_in_cancel", id).await;
    let input = json!({ "id": choose["id"], "remoteId": "id-of-club" });
    let over = test.refused("accounts.sign_in_choose", input).await;
    assert!(over.message.contains("is over"), "{over:?}");
    assert_eq!(ended(&test).await, "club", "the session that both share");
}

#[tokio::test]
async fn a_choice_that_nobody_makes_ends_its_session() {
    let test = TestApp::start().await;
    // One that does not work.
    let begun = begin(&test, "browser", CLIENT_SECRET).await;
    let choose = come_back(&test, &begun, "code=shop,club").await.unwrap();
    let input = json!({ "id": choose["id"], "remoteId": "id-of-nobody" });
    let missing = test.refused("accounts.sign_in_choose", input).await;
    assert_eq!(missing.code, ErrorCode::NotFound);
    assert_eq!(ended(&test).await, "club");
    // One that many others were begun after.
    let begun = begin(&test, "browser", CLIENT_SECRET).await;
    come_back(&test, &begun, "code=blog,band").await.unwrap();
    test.clock.advance(Duration::from_mins(1));
    for _ in 0..8 {
        begin(&test, "paste", CLIENT_SECRET).await;
    }
    assert_eq!(ended(&test).await, "band");
}

#[tokio::test]
async fn a_browser_that_does_not_come_back_is_given_up_after_ten_minutes() {
    let test = TestApp::start().await;
    let begun = begin(&test, "browser", CLIENT_SECRET).await;
    let id = json!({ "id": begun["id"] });
    let wait = test.app.call("accounts.sign_in_wait", id.clone());
    let time_passes = async {
        loop {
            test.clock.advance(Duration::from_mins(1));
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::select! {
        waited = wait => waited,
        () = time_passes => unreachable!("time passes for ever"),
    };
    let told = waited.unwrap_err();
    assert!(told.message.contains("within ten minutes"), "{told:?}");
    // Nobody listens any more, and what comes now is too late.
    let host = begun["redirect"].as_str().unwrap().strip_prefix("http://");
    let host = host.unwrap().split('/').next().unwrap();
    assert!(tokio::net::TcpStream::connect(host).await.is_err());
    let late = test.refused("accounts.sign_in_wait", id).await;
    assert_eq!(late.code, ErrorCode::Conflict);
}

#[tokio::test]
async fn a_sign_in_that_ends_is_told_a_week_ahead_once_a_day() {
    let test = TestApp::publishing().await;
    let account = test.connect(ENDS).await;
    assert!(account.settings["signInEnds"].is_i64(), "{account:?}");
    test.connect("stays").await;
    let mut notices = test.app.notices().unwrap();
    test.app.look_at_sign_ins().await.unwrap();
    assert!(notices.try_recv().is_err());
    test.clock.advance(Duration::from_hours(24 * 5));
    test.app.look_at_sign_ins().await.unwrap();
    test.app.look_at_sign_ins().await.unwrap();
    let told = notices.try_recv().unwrap();
    assert_eq!(told.kind, NoticeKind::Delayed);
    assert!(
        told.sentence.contains("ends in 5 days"),
        "{}",
        told.sentence
    );
    assert!(notices.try_recv().is_err());
}

#[tokio::test]
async fn a_sign_in_that_has_ended_is_told_once_and_waits_for_the_person() {
    let test = TestApp::publishing().await;
    let account = test.connect(ENDS).await;
    let mut notices = test.app.notices().unwrap();
    let lack = async || -> Value {
        let input = json!({ "id": account.workspace_id });
        let all: Value = test.call("accounts.readiness", input).await;
        all["accounts"][0]["lacks"][0].clone()
    };
    // While the program was off.
    test.clock.advance(Duration::from_hours(24 * 11));
    let before = lack().await;
    let words = before["message"].as_str().unwrap();
    assert!(words.starts_with("Its sign-in was to end "), "{words}");
    assert!(!words.contains("before then"), "{words}");
    assert_eq!(before["stops"], false, "its network was not asked yet");

    test.app.look_at_sign_ins().await.unwrap();
    let told = notices.try_recv().unwrap().sentence;
    assert_eq!(told, "Testnet signed you out.");
    let after = lack().await;
    assert_eq!(after["message"], told);
    assert_eq!(after["stops"], true);
    test.clock.advance(Duration::from_hours(25));
    test.app.look_at_sign_ins().await.unwrap();
    assert!(notices.try_recv().is_err());
}

#[tokio::test]
async fn a_sign_in_that_lasts_beyond_its_end_goes_on_and_that_is_told_once() {
    let test = TestApp::publishing().await;
    let lasts = test.connect(LASTS).await;
    let end = lasts.settings["signInEnds"].clone();
    assert!(end.is_i64(), "{lasts:?}");
    let mut notices = test.app.notices().unwrap();
    // Where nobody can say, nothing is decided.
    test.clock.advance(Duration::from_hours(24 * 11));
    test.vault.fail_with(Some(VaultError::Locked));
    test.app.look_at_sign_ins().await.unwrap();
    test.vault.fail_with(None);
    let unknown = account(&test, lasts.id).await;
    assert_eq!(unknown.health, AccountHealth::Ok);
    assert_eq!(unknown.settings["signInEnds"], end);
    assert!(notices.try_recv().is_err());

    test.clock.advance(Duration::from_hours(25));
    test.app.look_at_sign_ins().await.unwrap();
    let told = notices.try_recv().unwrap().sentence;
    assert!(
        told.starts_with("The sign-in of Testnet (lasts) was to end by now and still works"),
        "{told}"
    );
    let known = account(&test, lasts.id).await;
    assert_eq!(known.health, AccountHealth::Ok);
    assert_eq!(known.settings["signInEnds"], Value::Null);
    let input = json!({ "id": lasts.workspace_id });
    let readiness: Value = test.call("accounts.readiness", input).await;
    assert_eq!(readiness["accounts"][0]["lacks"], json!([]));

    test.clock.advance(Duration::from_hours(25));
    test.app.look_at_sign_ins().await.unwrap();
    assert_eq!(account(&test, lasts.id).await, known);
    assert!(notices.try_recv().is_err());
}

#[tokio::test]
async fn a_sign_in_nobody_uses_is_renewed_before_anybody_has_to_be_told() {
    let test = TestApp::publishing().await;
    let renews = test.connect(RENEWS).await;
    let revoked = test.connect(REVOKED).await;
    let mut notices = test.app.notices().unwrap();
    let day = Duration::from_hours(24);
    let first_end = renews.settings["signInEnds"].as_i64().unwrap();

    // Long before its end it is left alone.
    test.clock.advance(day * 15);
    test.app.look_at_sign_ins().await.unwrap();
    assert_eq!(
        account(&test, renews.id).await.settings["signInEnds"],
        first_end
    );
    assert_eq!(account(&test, revoked.id).await.health, AccountHealth::Ok);

    test.clock.advance(day);
    let renewed_at = model::Clock::now(&*test.clock);
    test.app.look_at_sign_ins().await.unwrap();
    let end = renewed_at.plus(RENEWED_FOR).as_millis();
    assert_eq!(account(&test, renews.id).await.settings["signInEnds"], end);
    let AccountHealth::NeedsReconnect { reason, .. } = account(&test, revoked.id).await.health
    else {
        panic!("the network has signed it out");
    };
    assert_eq!(reason, "Testnet signed you out.");
    assert_eq!(notices.try_recv().unwrap().sentence, reason);

    // What was the last week before its end passes without a word.
    test.clock.advance(day * 10);
    test.app.look_at_sign_ins().await.unwrap();
    assert!(notices.try_recv().is_err());
}
