//! What a person decides: send now, try now, call off, delete on the network.

use model::account::AccountHealth;
use model::delivery::DeliveryState;
use model::failure::{Category, Retry};
use model::status::EditorialStatus;
use model::when::When;
use model::{AccountId, TargetId};
use publisher::testing::refusal;
use store::publishing;

use crate::stage::{ASK, CHOSEN, HOUR, MINUTE, Stage};

async fn missed(stage: &Stage, account: AccountId) -> (model::PostId, TargetId) {
    let post = stage.post("Hello", MINUTE, &[account]).await;
    stage.clock.advance(24 * HOUR);
    let (publisher, _) = stage.start();
    publisher.settled().await;
    publisher.stop().await;
    assert_eq!(stage.state(post).await, DeliveryState::Missed);
    (post, stage.target_id(post).await)
}

#[tokio::test]
async fn a_missed_post_goes_out_when_the_person_says_so() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let (post, target) = missed(&stage, account).await;
    let mut tx = stage.tx().await;
    publishing::retry(&mut tx, target).await.unwrap();
    tx.commit().await.unwrap();
    let (publisher, _) = stage.start();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    publisher.stop().await;
}

#[tokio::test]
async fn publish_now_schedules_at_this_instant() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let post = stage.post("Hello", 48 * HOUR, &[account]).await;
    let (publisher, _) = stage.start();
    publisher.settled().await;
    let mut tx = stage.tx().await;
    publishing::send_now(&mut tx, post).await.unwrap();
    tx.commit().await.unwrap();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    let nowhere = stage.post("Nowhere", HOUR, &[]).await;
    let mut tx = stage.tx().await;
    let refused = publishing::send_now(&mut tx, nowhere).await.unwrap_err();
    assert!(refused.to_string().contains("no account to go to"));
    drop(tx);
    publisher.stop().await;
}

#[tokio::test]
async fn a_called_off_target_stays_while_the_others_go() {
    let stage = Stage::new().await;
    let accounts = [stage.account(CHOSEN).await, stage.account(CHOSEN).await];
    let post = stage.post("Hello", MINUTE, &accounts).await;
    let target = stage.target_id(post).await;
    let mut tx = stage.tx().await;
    publishing::cancel(&mut tx, target).await.unwrap();
    tx.commit().await.unwrap();
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    let states: Vec<_> = stage
        .read(post)
        .await
        .targets
        .iter()
        .map(|t| t.state)
        .collect();
    assert_eq!(states, [DeliveryState::Cancelled, DeliveryState::Published]);
    publisher.stop().await;
}

#[tokio::test]
async fn what_the_table_does_not_allow_is_refused_with_words() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let target = stage.target_id(post).await;
    let mut tx = stage.tx().await;
    let waiting = publishing::retry(&mut tx, target)
        .await
        .unwrap_err()
        .to_string();
    assert_eq!(
        waiting,
        "\"Hello\" is waiting for its time, so this was not done."
    );
    assert!(
        publishing::say_published(&mut tx, target, None)
            .await
            .is_err()
    );
    assert!(publishing::send_again(&mut tx, target).await.is_err());
    assert!(publishing::give_up(&mut tx, target).await.is_err());
    assert!(publishing::deletable(&mut tx, target).await.is_err());
}

#[tokio::test]
async fn a_sign_out_found_while_deleting_marks_the_account_and_posts_wait() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let next = stage.post("Next", 2 * MINUTE, &[account]).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    let gone = refusal(Category::AuthError, Retry::Never, "Net signed you out.");
    stage.net.refuse_deletes([gone]);
    let target = stage.target_id(post).await;
    let error = publisher.delete_on_network(target).await.unwrap_err();
    assert_eq!(error.to_string(), "Net signed you out.");
    let mut conn = stage.store.read().await.unwrap();
    let known = store::accounts::get(&mut conn, account).await.unwrap();
    drop(conn);
    assert!(matches!(known.health, AccountHealth::NeedsReconnect { .. }));
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(next).await, DeliveryState::Waiting);
    assert_eq!(stage.net.tries().len(), 1);
    publisher.stop().await;
}

#[tokio::test]
async fn deleting_on_the_network_makes_an_undated_draft_that_can_be_sent_anew() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let id = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    let target = stage.target_id(id).await;
    publisher.delete_on_network(target).await.unwrap();
    assert_eq!(stage.net.deleted().len(), 1);
    assert!(stage.net.shown().is_empty());
    let post = stage.read(id).await;
    assert_eq!(
        (post.editorial, post.when),
        (EditorialStatus::Draft, When::Unplanned)
    );
    assert_eq!(post.targets[0].state, DeliveryState::Waiting);
    assert_eq!(post.targets[0].remote_url, None);
    publisher.settled().await;
    assert!(
        stage.net.shown().is_empty(),
        "it does not come back by itself"
    );
    assert!(publisher.delete_on_network(target).await.is_err());

    let mut tx = stage.tx().await;
    publishing::send_now(&mut tx, id).await.unwrap();
    tx.commit().await.unwrap();
    publisher.settled().await;
    assert_eq!(stage.net.shown().len(), 1);
    assert_eq!(
        stage.net.frozen(),
        2,
        "a record that is gone is not brought back"
    );
    publisher.stop().await;
}

#[tokio::test]
async fn deleting_on_one_network_leaves_what_is_on_its_way_to_another_its_time() {
    let stage = Stage::new().await;
    let accounts = [stage.account(CHOSEN).await, stage.account(ASK).await];
    let id = stage.post("Hello", MINUTE, &accounts).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    let unclear = DeliveryState::Unconfirmed;
    let mut tx = stage.tx().await;
    store::testing::set_state(&mut tx, id, accounts[1], unclear)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let when = stage.read(id).await.when;
    let target = stage.target_id(id).await;
    publisher.delete_on_network(target).await.unwrap();
    publisher.settled().await;
    let post = stage.read(id).await;
    assert_eq!(
        (post.editorial, post.when),
        (EditorialStatus::Scheduled, when)
    );
    let states: Vec<_> = post.targets.iter().map(|t| t.state).collect();
    assert_eq!(states, [DeliveryState::Cancelled, unclear]);
    assert_eq!(
        stage.net.shown().len(),
        1,
        "it does not come back by itself"
    );
    publisher.stop().await;
}
