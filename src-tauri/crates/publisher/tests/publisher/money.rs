//! Calls that cost money: noted before they are made, within the budget, whatever comes in between.

use std::sync::Arc;

use model::account::AccountHealth;
use model::delivery::DeliveryState;
use model::failure::Category;
use model::{AccountId, Clock, WorkspaceId};
use publisher::testing::Act;
use store::spending;
use tokio::sync::Notify;

use crate::stage::{MINUTE, PRICE, PRICED, Stage};

async fn workspace(stage: &Stage) -> WorkspaceId {
    let mut conn = stage.store.read().await.unwrap();
    store::calendars::workspace_of(&mut conn, stage.calendar)
        .await
        .unwrap()
}

async fn set_budget(stage: &Stage, budget: Option<u64>) {
    let id = workspace(stage).await;
    let mut tx = stage.tx().await;
    store::workspaces::set_budget(&mut tx, id, budget)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// What was spent in the month it is.
async fn spent(stage: &Stage) -> u64 {
    let id = workspace(stage).await;
    let mut conn = stage.store.read().await.unwrap();
    let month = spending::month_of(&mut conn, id, stage.clock.now())
        .await
        .unwrap();
    spending::spent(&mut conn, id, &month.name).await.unwrap()
}

async fn healthy(stage: &Stage, account: AccountId) -> bool {
    let mut conn = stage.store.read().await.unwrap();
    let account = store::accounts::get(&mut conn, account).await.unwrap();
    account.health == AccountHealth::Ok
}

const ONE: u64 = PRICE as u64;

#[tokio::test]
async fn a_call_over_the_budget_is_not_made_and_goes_out_once_the_budget_is_raised() {
    let stage = Stage::new().await;
    let account = stage.account(PRICED).await;
    set_budget(&stage, Some(ONE - 1)).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, mut news) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    let target = stage.target(post).await;
    assert_eq!(target.state, DeliveryState::Failed);
    let why = target.failure.unwrap();
    assert_eq!(
        (why.category, why.next_try_at),
        (Category::OverBudget, None)
    );
    assert!(
        why.message.contains("$0.00 of $0.01 is spent"),
        "{}",
        why.message
    );
    assert!(healthy(&stage, account).await, "the account is not broken");
    assert!(stage.net.shown().is_empty());
    assert_eq!(spent(&stage).await, 0);
    assert!(news.sentences()[0].contains("Raise the budget"));

    set_budget(&stage, Some(ONE)).await;
    let mut tx = stage.tx().await;
    store::publishing::retry(&mut tx, target.id).await.unwrap();
    tx.commit().await.unwrap();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    assert_eq!(spent(&stage).await, ONE);
    publisher.stop().await;
}

#[tokio::test]
async fn what_is_paid_is_on_disk_before_the_call_and_stays_when_the_program_dies_in_it() {
    let mut stage = Stage::new().await;
    let account = stage.account(PRICED).await;
    stage.post("Hello", MINUTE, &[account]).await;
    let go = Arc::new(Notify::new());
    stage.net.script([Act::Wait(Arc::clone(&go))]);
    let (publisher, _) = stage.start();
    stage.clock.advance(MINUTE);
    stage.net.waits().await;
    assert_eq!(
        spent(&stage).await,
        ONE,
        "noted while the call is on its way"
    );
    // Dropped without a stop, as a process that is killed.
    drop(publisher);
    stage.reopen("machine-a").await;
    assert_eq!(spent(&stage).await, ONE);
    go.notify_one();
}

#[tokio::test]
async fn an_answer_that_is_lost_counts_as_spent() {
    let stage = Stage::new().await;
    let account = stage.account(PRICED).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    stage.net.script([Act::ShowAndLoseAnswer]);
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    assert_eq!(stage.net.shown().len(), 1);
    assert_eq!(spent(&stage).await, ONE);
    publisher.stop().await;
}

#[tokio::test]
async fn of_two_posts_that_race_for_the_last_cents_one_goes_out() {
    let stage = Stage::new().await;
    let accounts = [stage.account(PRICED).await, stage.account(PRICED).await];
    set_budget(&stage, Some(2 * ONE - 1)).await;
    let post = stage.post("Hello", MINUTE, &accounts).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    let states: Vec<_> = stage
        .read(post)
        .await
        .targets
        .iter()
        .map(|t| t.state)
        .collect();
    let of = |state| states.iter().filter(|s| **s == state).count();
    assert_eq!(
        (of(DeliveryState::Published), of(DeliveryState::Failed)),
        (1, 1),
        "{states:?}"
    );
    assert_eq!(stage.net.shown().len(), 1);
    assert_eq!(spent(&stage).await, ONE);
    publisher.stop().await;
}

#[tokio::test]
async fn a_thread_stops_where_the_money_ends_and_goes_on_from_there() {
    let stage = Stage::new().await;
    let account = stage.account(PRICED).await;
    set_budget(&stage, Some(ONE)).await;
    let post = stage.thread(&["One", "Two"], MINUTE, &[account]).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Failed);
    assert_eq!(stage.net.shown().len(), 1);
    set_budget(&stage, None).await;
    let target = stage.target_id(post).await;
    let mut tx = stage.tx().await;
    store::publishing::retry(&mut tx, target).await.unwrap();
    tx.commit().await.unwrap();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    let texts: Vec<_> = stage.net.shown().into_iter().map(|s| s.text).collect();
    assert_eq!(texts, ["One", "Two"]);
    assert_eq!(spent(&stage).await, 2 * ONE);
    publisher.stop().await;
}
