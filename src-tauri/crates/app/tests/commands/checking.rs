//! Looking at drafts, splitting texts, reading dates.

use serde_json::{Value, json};
use testkit::app::{TestApp, draft};

async fn check(test: &TestApp, draft: Value, place: Value) -> Value {
    let calendar = test.calendar().await;
    let input = json!({ "calendarId": calendar.id, "draft": draft, "place": place });
    test.call("posts.check", input).await
}

fn rules(checked: &Value) -> Vec<&str> {
    checked["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["rule"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn problems_show_while_writing_with_what_mends_them() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let long = check(&test, draft(&"é".repeat(310), &[account.id]), Value::Null).await;
    assert_eq!(rules(&long), ["text_too_long"]);
    assert_eq!(long["problems"][0]["fixes"][0]["kind"], "split_thread");
    assert_eq!(
        long["blocked"],
        "Testnet allows 300 characters; this has 310."
    );
    assert_eq!(long["accounts"][0]["segments"][0]["measure"]["used"], 310);
    assert_eq!(
        long["accounts"][0]["segments"][0]["measure"]["overFrom"],
        300
    );
    let fine = check(
        &test,
        draft("See https://example.com now", &[account.id]),
        Value::Null,
    )
    .await;
    assert_eq!(rules(&fine), Vec::<&str>::new());
    assert_eq!(fine["blocked"], Value::Null);
    assert_eq!(
        fine["accounts"][0]["segments"][0]["cardUrl"],
        "https://example.com"
    );
}

#[tokio::test]
async fn no_account_and_past_times_block_with_a_sentence() {
    let test = TestApp::start().await;
    let none = check(
        &test,
        draft("Hello", &[]),
        json!({ "kind": "wall", "wall": "2026-05-13T09:00:00" }),
    )
    .await;
    assert_eq!(rules(&none), ["no_account", "past"]);
    assert_eq!(
        none["blocked"],
        "No account is connected yet, so this cannot go out. One more thing stands in the way."
    );
    assert_eq!(none["resolved"]["past"], true);
}

#[tokio::test]
async fn the_same_text_to_the_same_account_within_a_month_warns() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    test.scheduled("Spring sale", &[account.id], "2026-05-20T09:00:00")
        .await;
    let place = json!({ "kind": "wall", "wall": "2026-06-10T09:00:00" });
    let again = check(&test, draft("spring  SALE", &[account.id]), place).await;
    assert_eq!(rules(&again), ["repeated"]);
    assert_eq!(
        again["problems"][0]["message"],
        "The same text goes to Testnet (ana) already: Wed 20 May, 09:00."
    );
    assert_eq!(again["blocked"], Value::Null);
    let later = json!({ "kind": "wall", "wall": "2026-08-10T09:00:00" });
    let later = check(&test, draft("Spring sale", &[account.id]), later).await;
    assert_eq!(rules(&later), Vec::<&str>::new());
}

#[tokio::test]
async fn a_long_text_splits_into_parts_that_fit() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let text = format!(
        "{} https://example.com/{}",
        "Words and words. ".repeat(17).trim(),
        "p".repeat(40)
    );
    let input = json!({ "text": text, "targets": [{ "accountId": account.id }] });
    let parts: Value = test.call("text.split", input).await;
    let parts: Vec<&str> = parts["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p.as_str().unwrap())
        .collect();
    assert_eq!(parts.len(), 2);
    assert!(
        parts[1].ends_with(&format!("https://example.com/{}", "p".repeat(40))),
        "{parts:?}"
    );
    assert!(parts[0].ends_with("words."), "{parts:?}");
    let none = json!({ "text": text, "targets": [] });
    let whole: Value = test.call("text.split", none).await;
    assert_eq!(whole["parts"].as_array().unwrap().len(), 1);
    let targets = json!([{ "accountId": account.id }]);
    let long = json!({ "text": "word ".repeat(10_000), "targets": targets });
    let error = test.refused("text.split", long).await;
    assert!(error.message.contains("more than 100 parts"), "{error:?}");
}

#[tokio::test]
async fn typed_dates_are_read_in_the_zone_that_is_shown() {
    let test = TestApp::start().await;
    let input = json!({ "text": "fri 9", "zone": "Europe/Berlin", "order": "dmy", "weekStart": 1 });
    let read: Value = test.call("dates.parse", input).await;
    assert_eq!(read["wall"], "2026-05-15T09:00:00");
    assert_eq!(read["past"], false);
    assert_eq!(
        (&read["dateGiven"], &read["timeGiven"]),
        (&json!(true), &json!(true))
    );
    let bad = json!({
        "text": "flursday", "zone": "Europe/Berlin", "order": "dmy", "weekStart": 1,
    });
    let error = test.refused("dates.parse", bad).await;
    assert!(error.message.contains("flursday"), "{error:?}");
}

#[tokio::test]
async fn accounts_whose_passwords_cannot_be_read_say_so_by_what_was_last_found() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let locked = Some(networks::vault::VaultError::Locked);
    test.vault.fail_with(locked);
    let hello = || draft("Hello", &[account.id]);
    let before = check(&test, hello(), Value::Null).await;
    assert_eq!(rules(&before), Vec::<&str>::new(), "nothing was asked yet");
    let _: Value = test.call("vault.status", json!({})).await;
    let shut = check(&test, hello(), Value::Null).await;
    assert_eq!(rules(&shut), ["passwords_shut"]);
    let problem = &shut["problems"][0];
    assert_eq!(
        problem["severity"], "warning",
        "it waits, and can be scheduled"
    );
    let message = problem["message"].as_str().unwrap();
    assert!(
        message.contains("Testnet (ana") && message.contains("locked"),
        "{message}"
    );
    let fixes: Vec<&str> = problem["fixes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["kind"].as_str().unwrap())
        .collect();
    assert_eq!(fixes, ["ask_vault", "open_secrets"]);
    test.vault.fail_with(None);
    let _: Value = test.call("vault.status", json!({})).await;
    let open = check(&test, hello(), Value::Null).await;
    assert_eq!(rules(&open), Vec::<&str>::new());
}
