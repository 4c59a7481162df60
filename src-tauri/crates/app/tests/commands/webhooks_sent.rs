//! Telling addresses what happens: in order, at least once, again after failures, and not for ever.

use std::sync::Arc;
use std::time::Duration;

use app::App;
use app::types::webhooks::{WebhookContract, WebhookEvent};
use app::webhooks::{Contracts, Told};
use model::event::EventKind;
use networks::hooks::signature;
use networks::vault::Secret;
use publisher::NoticeKind;
use serde_json::{Value, json};
use testkit::app::TestApp;
use testkit::receiver::{Came, Receiver};

/// Words of the tests: one event, and everything.
struct Plain;

impl Contracts for Plain {
    fn all(&self) -> Vec<WebhookContract> {
        vec![WebhookContract {
            key: "plain".to_owned(),
            name: "Plain".to_owned(),
            events: vec![WebhookEvent {
                name: "made".to_owned(),
                about: "A post was made.".to_owned(),
                waits_for: None,
            }],
        }]
    }

    fn kinds(&self, _: &str, events: &[String]) -> Result<Vec<EventKind>, String> {
        let unknown = events.iter().find(|e| !["made", "*"].contains(&e.as_str()));
        unknown.map_or(Ok(vec![EventKind::PostCreated]), |e| Err(e.clone()))
    }

    fn network(&self, _: &str) -> Option<&'static str> {
        None
    }

    fn name(&self, _: &str, kind: EventKind) -> &'static str {
        if kind == EventKind::Test {
            "test"
        } else {
            "made"
        }
    }

    fn body(&self, told: &Told<'_>) -> String {
        let text = told.facts.post.as_ref().map(|p| &p.text);
        json!({ "id": told.delivery, "text": text }).to_string()
    }
}

/// Tells others in the words of the tests.
pub fn telling(app: &App) {
    app.start_webhooks(Arc::new(Plain));
}

/// The text of the post that a request tells of.
fn words(came: &Came) -> Value {
    came.json()["text"].clone()
}

async fn hook(test: &TestApp, url: &str, more: Value) -> Value {
    let mut input = json!({
        "workspaceId": test.calendar().await.workspace_id, "contract": "plain", "url": url,
        "events": ["made"], "secret": "your-webhook-secret", "private": true,
    });
    for (name, value) in more.as_object().unwrap() {
        input[name] = value.clone();
    }
    let made: Value = test.write("webhooks.create", input).await;
    made["webhook"].clone()
}

async fn deliveries(test: &TestApp, hook: &Value) -> Vec<Value> {
    let query = json!({ "workspaceId": hook["workspaceId"], "id": hook["id"], "limit": 100 });
    let found: Value = test.call("webhooks.deliveries", query).await;
    let mut all = found["deliveries"].as_array().unwrap().clone();
    all.reverse();
    all
}

async fn now(test: &TestApp, hook: &Value) -> Value {
    let all: Value = test
        .call("webhooks.list", json!({ "id": hook["workspaceId"] }))
        .await;
    let all = all["webhooks"].as_array().unwrap().clone();
    all.into_iter().find(|w| w["id"] == hook["id"]).unwrap()
}

/// Lets time go by, and everything that is due then happen.
async fn pass(test: &TestApp, span: Duration) {
    test.clock.advance(span);
    test.app.told().await;
}

#[tokio::test]
async fn a_delivery_is_sent_until_it_arrives_with_the_same_bytes_and_the_next_one_waits() {
    let test = TestApp::start().await;
    telling(&test.app);
    let mut receiver = Receiver::start(&[500, 302, 200]).await;
    let hook = hook(&test, &receiver.url, json!({})).await;
    test.draft("One", &[]).await;
    test.draft("Two", &[]).await;
    test.app.told().await;
    let first = receiver.next().await;
    receiver.none();
    pass(&test, Duration::from_secs(5)).await;
    receiver.none();
    pass(&test, Duration::from_secs(10)).await;
    let second = receiver.next().await;
    // Where the answer leads to is not asked.
    receiver.none();
    pass(&test, Duration::from_mins(2)).await;
    let third = receiver.next().await;
    assert_eq!((&first.body, &first.body), (&second.body, &third.body));
    let id = |came: &Came| came.headers["x-webhook-id"].clone();
    assert_eq!((id(&first), id(&first)), (id(&second), id(&third)));
    let secret = Secret::new("your-webhook-secret");
    let signed = signature(&secret, first.body.as_bytes());
    assert_eq!(first.headers["x-webhook-signature"], signed);
    assert_eq!(words(&receiver.next().await), "Two");
    let all = deliveries(&test, &hook).await;
    assert_eq!(
        (&all[0]["state"], &all[1]["state"]),
        (&json!("delivered"), &json!("delivered"))
    );
    let tries: Vec<&Value> = all[0]["tries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| &t["status"])
        .collect();
    assert_eq!(tries, [500, 302, 200]);
    assert_eq!(all[0]["answer"], "word");
    assert_eq!(now(&test, &hook).await["lastOk"], true);
}

#[tokio::test]
async fn a_slow_address_holds_none_of_nine_others() {
    let test = TestApp::start().await;
    telling(&test.app);
    let mut slow = Receiver::start(&[]).await;
    slow.hold();
    let held = hook(&test, &slow.url, json!({})).await;
    let mut fast = Vec::new();
    for _ in 0..9 {
        let receiver = Receiver::start(&[]).await;
        hook(&test, &receiver.url, json!({})).await;
        fast.push(receiver);
    }
    for text in ["One", "Two", "Three"] {
        test.draft(text, &[]).await;
    }
    assert_eq!(words(&slow.next().await), "One");
    for receiver in &mut fast {
        for text in ["One", "Two", "Three"] {
            assert_eq!(words(&receiver.next().await), text);
        }
    }
    slow.none();
    slow.let_go(3);
    test.app.told().await;
    assert_eq!(deliveries(&test, &held).await[2]["state"], "delivered");
}

#[tokio::test]
async fn what_was_sent_and_not_settled_is_sent_again_under_the_same_name() {
    let test = TestApp::start().await;
    telling(&test.app);
    let mut receiver = Receiver::start(&[]).await;
    receiver.hold();
    let hook = hook(&test, &receiver.url, json!({})).await;
    test.draft("One", &[]).await;
    let before = receiver.next().await;
    // The program ends with the answer still to come.
    let clock = Arc::clone(&test.clock);
    let hurry = async {
        loop {
            clock.advance(Duration::from_secs(1));
            tokio::task::yield_now().await;
        }
    };
    let test = tokio::select! {
        test = test.reopen() => test.unwrap(),
        () = hurry => unreachable!(),
    };
    receiver.let_go(10);
    telling(&test.app);
    test.app.told().await;
    let after = receiver.next().await;
    assert_eq!(before.body, after.body);
    assert_eq!(
        before.headers["x-webhook-id"],
        after.headers["x-webhook-id"]
    );
    receiver.none();
    assert_eq!(deliveries(&test, &hook).await[0]["attempts"], 1);
}

#[tokio::test]
async fn an_address_that_takes_nothing_for_days_is_switched_off_and_the_person_told() {
    let test = TestApp::publishing().await;
    telling(&test.app);
    let mut notices = test.app.notices().unwrap();
    let receiver = Receiver::start(&[500; 100]).await;
    let hook = hook(&test, &receiver.url, json!({ "maxRetries": 20 })).await;
    test.draft("One", &[]).await;
    test.draft("Two", &[]).await;
    test.app.told().await;
    for _ in 0..8 {
        pass(&test, Duration::from_hours(15)).await;
        assert!(now(&test, &hook).await["offAt"].is_null());
    }
    pass(&test, Duration::from_hours(15)).await;
    let off = now(&test, &hook).await;
    assert!(
        off["offReason"].as_str().unwrap().contains("72 hours"),
        "{off}"
    );
    let told = loop {
        let notice = notices.recv().await.unwrap();
        if notice.kind == NoticeKind::WebhookOff {
            break notice;
        }
    };
    assert!(told.sentence.contains("127.0.0.1") && !told.sentence.contains("/hook"));
    let all = deliveries(&test, &hook).await;
    assert!(all.iter().all(|d| d["state"] == "failed"), "{all:?}");
    let again = json!({ "workspaceId": hook["workspaceId"], "id": all[1]["id"] });
    test.refused("webhooks.send_again", again.clone()).await;
    // Turned on again, it is told what happens from then on, and the rest when it is asked for.
    receiver.take_all();
    let on = json!({ "workspaceId": hook["workspaceId"], "id": hook["id"], "active": true });
    let on: Value = test.write("webhooks.change", on).await;
    assert!(on["offAt"].is_null());
    let _: Value = test.call("webhooks.send_again", again.clone()).await;
    test.app.told().await;
    let all = deliveries(&test, &hook).await;
    assert_eq!(
        (&all[0]["state"], &all[1]["state"]),
        (&json!("failed"), &json!("delivered"))
    );
}

#[tokio::test]
async fn this_computer_is_told_only_when_the_person_allows_it() {
    let test = TestApp::start().await;
    telling(&test.app);
    let mut receiver = Receiver::start(&[]).await;
    let hook = hook(&test, &receiver.url, json!({ "private": false })).await;
    test.draft("One", &[]).await;
    test.app.told().await;
    receiver.none();
    let waits = &deliveries(&test, &hook).await[0];
    assert!(
        waits["message"]
            .as_str()
            .unwrap()
            .contains("private network"),
        "{waits}"
    );
    let one = json!({ "workspaceId": hook["workspaceId"], "id": hook["id"] });
    let refused: Value = test.call("webhooks.test", one.clone()).await;
    assert_eq!(refused["state"], "failed");
    let mut allow = one.clone();
    allow["private"] = json!(true);
    let _: Value = test.call("webhooks.change", allow).await;
    pass(&test, Duration::from_mins(1)).await;
    assert_eq!(words(&receiver.next().await), "One");
    let tried: Value = test.call("webhooks.test", one).await;
    assert_eq!(
        (&tried["state"], &tried["status"]),
        (&json!("delivered"), &json!(200))
    );
    assert_eq!(receiver.next().await.headers["x-webhook-event"], "test");
    assert_eq!(deliveries(&test, &hook).await.len(), 3);
}

#[tokio::test]
async fn without_its_secret_nothing_is_sent_and_nothing_given_up() {
    let test = TestApp::start().await;
    telling(&test.app);
    let mut receiver = Receiver::start(&[]).await;
    let hook = hook(&test, &receiver.url, json!({ "maxRetries": 0 })).await;
    let holder = model::AccountId(hook["id"].as_str().unwrap().parse().unwrap());
    networks::vault::Vault::forget(&*test.vault, holder, "signing")
        .await
        .unwrap();
    test.draft("One", &[]).await;
    test.app.told().await;
    pass(&test, Duration::from_mins(2)).await;
    receiver.none();
    let waits = &deliveries(&test, &hook).await[0];
    assert_eq!(
        (&waits["state"], &waits["attempts"]),
        (&json!("waiting"), &json!(0))
    );
    let one = json!({ "workspaceId": hook["workspaceId"], "id": hook["id"] });
    let _: Value = test.call("webhooks.new_secret", one).await;
    pass(&test, Duration::from_mins(2)).await;
    assert_eq!(words(&receiver.next().await), "One");
}
