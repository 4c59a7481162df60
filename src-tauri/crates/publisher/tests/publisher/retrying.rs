//! What certainly did not work: the retry table, refusals, sign-outs, the keyring, the internet.

use std::time::Duration;

use model::account::AccountHealth;
use model::delivery::DeliveryState;
use model::failure::{Category, Retry};
use model::{Clock, Timestamp};
use publisher::NoticeKind;
use publisher::testing::{Act, refusal};

use crate::stage::{CHOSEN, HOUR, MINUTE, Stage};

fn network_error() -> Act {
    Act::Refuse(refusal(
        Category::NetworkError,
        Retry::Backoff,
        "Net did not answer.",
    ))
}

#[tokio::test]
async fn a_passing_fault_is_tried_three_times_and_then_told() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    stage
        .net
        .script([network_error(), network_error(), network_error()]);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, mut news) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    let failure = stage.target(post).await.failure.unwrap();
    assert_eq!(
        (failure.category, failure.attempt),
        (Category::NetworkError, 1)
    );
    let wait = failure.next_try_at.unwrap().since(stage.clock.now());
    assert!((60..72).contains(&wait.as_secs()), "{wait:?}");
    assert!(news.all().is_empty(), "nothing needs a person yet");

    stage.pass(&publisher, Duration::from_secs(59)).await;
    assert_eq!(stage.log(post).await.len(), 1);
    stage.pass(&publisher, Duration::from_secs(13)).await;
    assert_eq!(stage.log(post).await.len(), 2);
    stage.pass(&publisher, 3 * MINUTE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Failed);
    assert_eq!(
        news.sentences(),
        [
            "\"Hello\" was not posted to Net chosen (ana). Net did not answer. It was tried 3 times. It is kept."
        ]
    );
    assert_eq!(publisher.status().borrow().needs_you, 1);
    stage.pass(&publisher, HOUR).await;
    assert_eq!(stage.log(post).await.len(), 3);
    publisher.stop().await;
}

#[tokio::test]
async fn what_was_certainly_not_sent_leaves_the_next_try_no_doubt() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    stage.net.script([network_error(), Act::LoseCall]);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    stage.pass(&publisher, 2 * MINUTE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    let tries = stage.net.tries();
    assert_eq!(tries[..2], [None, None]);
    assert!(tries[2].is_some(), "the second may have arrived: {tries:?}");

    // A part that is out stays out.
    stage.net.script([Act::Show, network_error()]);
    let thread = stage.thread(&["one", "two"], MINUTE, &[account]).await;
    stage.pass(&publisher, MINUTE).await;
    stage.pass(&publisher, 2 * MINUTE).await;
    assert_eq!(stage.state(thread).await, DeliveryState::Published);
    let tries = stage.net.tries();
    assert!(tries[3].is_none() && tries[4].is_some(), "{tries:?}");
    publisher.stop().await;
}

#[tokio::test]
async fn the_networks_own_wait_wins() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let named = stage.clock.now().plus(3 * HOUR);
    let limited = refusal(Category::RateLimited, Retry::At(named), "Too many posts.");
    stage.net.script([Act::Refuse(limited)]);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.target(post).await.not_before, Some(named));
    // Longer than the grace time: a wait that was planned is no lateness.
    stage.pass(&publisher, 3 * HOUR).await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    publisher.stop().await;
}

#[tokio::test]
async fn a_refusal_of_the_content_is_final() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let too_long = refusal(
        Category::Validation,
        Retry::Backoff,
        "The text is too long.",
    );
    stage.net.script([Act::Refuse(too_long)]);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, mut news) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Failed);
    assert_eq!(news.all()[0].kind, NoticeKind::Failed);
    publisher.stop().await;
}

#[tokio::test]
async fn a_signed_out_account_is_told_once_and_its_posts_wait() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let mut posts = Vec::new();
    for n in 0..12 {
        posts.push(stage.post(&format!("post {n}"), MINUTE, &[account]).await);
    }
    let signed_out = refusal(Category::AuthError, Retry::Never, "Net signed you out.");
    stage.net.script([Act::Refuse(signed_out)]);
    let (publisher, mut news) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    let told = news.all();
    assert_eq!(told.len(), 1);
    assert_eq!(
        told[0].sentence,
        "12 posts wait for Net chosen (ana). Net signed you out."
    );
    assert!(stage.net.shown().is_empty());
    for post in &posts {
        assert_eq!(stage.state(*post).await, DeliveryState::Waiting);
    }

    let mut tx = stage.tx().await;
    assert!(
        store::accounts::set_health(&mut tx, account, &AccountHealth::Ok)
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.net.shown().len(), 12);
    publisher.stop().await;
}

#[tokio::test]
async fn a_locked_keyring_delays_and_costs_no_try() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    stage.vault.lock(true);
    stage.net.script(vec![Act::AskVault; 5]);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, mut news) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    for _ in 0..3 {
        stage.pass(&publisher, MINUTE).await;
    }
    let told = news.all();
    assert_eq!(told.len(), 1, "told once");
    assert_eq!(told[0].kind, NoticeKind::Delayed);
    assert!(
        publisher
            .status()
            .borrow()
            .delayed
            .as_ref()
            .unwrap()
            .contains("keyring")
    );
    assert_eq!(stage.state(post).await, DeliveryState::Waiting);
    let accounts = store::accounts::all(&mut stage.store.read().await.unwrap())
        .await
        .unwrap();
    assert_eq!(
        accounts[0].health,
        AccountHealth::Ok,
        "the account is not to blame"
    );

    stage.vault.lock(false);
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    assert_eq!(publisher.status().borrow().delayed, None);
    let told = news.sentences();
    assert!(told[0].contains("had to wait: "), "{told:?}");
    assert!(told[0].contains("keyring"), "{told:?}");
    publisher.stop().await;
}

#[tokio::test]
async fn without_internet_posts_wait_and_go_out_when_it_is_back() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, mut news) = stage.start();
    publisher.set_online(false);
    publisher.settled().await;
    stage.pass(&publisher, HOUR).await;
    assert_eq!(stage.state(post).await, DeliveryState::Waiting);
    assert!(stage.log(post).await.is_empty());
    assert!(
        publisher
            .status()
            .borrow()
            .delayed
            .as_ref()
            .unwrap()
            .contains("no internet")
    );
    publisher.set_online(true);
    publisher.settled().await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    let told = news.sentences();
    assert!(told[0].contains("when there was no internet"), "{told:?}");
    publisher.stop().await;
}

#[tokio::test]
async fn what_is_due_at_a_start_without_internet_uses_up_no_try() {
    let mut stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    stage.clock.advance(2 * MINUTE);
    stage.config.online = false;
    let (publisher, _) = stage.start();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, DeliveryState::Waiting);
    assert!(stage.net.tries().is_empty() && stage.log(post).await.is_empty());
    let delayed = publisher.status().borrow().delayed.clone();
    assert!(delayed.unwrap().contains("no internet"));
    publisher.set_online(true);
    publisher.settled().await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    assert_eq!(stage.net.tries().len(), 1);
    publisher.stop().await;
}

#[tokio::test]
async fn an_edit_between_tries_gets_a_handle_of_its_own() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let long = refusal(Category::Validation, Retry::Never, "The text is too long.");
    stage.net.script([Act::Refuse(long)]);
    let id = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    let post = stage.read(id).await;
    let mut draft = store::posts::draft_of(&post);
    draft.segments[0].text = "Short".to_owned();
    let mut tx = stage.tx().await;
    store::posts::save(&mut tx, id, post.version, &draft)
        .await
        .unwrap();
    store::publishing::retry(&mut tx, post.targets[0].id)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    publisher.settled().await;
    assert_eq!(stage.state(id).await, DeliveryState::Published);
    assert_eq!(stage.net.frozen(), 2);
    assert_eq!(stage.net.shown()[0].text, "Short");
    publisher.stop().await;
}

#[tokio::test]
async fn a_connector_that_dies_leaves_the_question_to_the_network() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    stage.net.script([Act::Panic]);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    assert_eq!(stage.net.asked(), 1);
    assert_eq!(stage.net.shown().len(), 1);
    publisher.stop().await;
}

#[tokio::test]
async fn an_account_on_an_unknown_network_fails_with_words() {
    let stage = Stage::new().await;
    let account = stage.account("gone").await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    let target = stage.target(post).await;
    assert_eq!(target.state, DeliveryState::Failed);
    assert!(
        target
            .failure
            .unwrap()
            .message
            .contains("does not know the network \"gone\"")
    );
    assert_eq!(target.published_at, None::<Timestamp>);
    publisher.stop().await;
}
