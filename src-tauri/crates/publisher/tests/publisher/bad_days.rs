//! Days on which the disk is full or another program holds the database: nothing is sent that is not
//! written down, nothing that was sent is forgotten, and the person is told.

use std::sync::Arc;
use std::time::Duration;

use model::PostId;
use model::delivery::DeliveryState;
use model::failure::{Category, Retry};
use model::post::AttemptOutcome;
use networks::connector::Confirmation;
use publisher::testing::{Act, refusal};
use publisher::{Limits, NoticeKind, Publisher};
use store::testing::OtherProgram;
use tokio::sync::Notify;

use crate::stage::{CHOSEN, MINUTE, News, Stage};

const SECOND: Duration = Duration::from_secs(1);
/// How long a statement waits for another program in these tests.
const BUSY: Duration = Duration::from_millis(5);

/// Waits until the publisher says that something delays it.
async fn delayed(publisher: &Publisher) -> String {
    let mut status = publisher.status();
    let status = status.wait_for(|s| s.delayed.is_some()).await.unwrap();
    status.delayed.clone().unwrap()
}

/// Time goes by second for second until the post is out.
async fn until_published(stage: &Stage, publisher: &Publisher, post: PostId) {
    let mut rounds = 0;
    while stage.state(post).await != DeliveryState::Published {
        stage.clock.waiters(1).await;
        stage.clock.advance(SECOND);
        tokio::task::yield_now().await;
        rounds += 1;
        assert!(rounds < 2_000, "it never went out");
    }
    publisher.settled().await;
}

/// The one thing that was told about the delay.
fn told(news: &mut News, part: &str) {
    let all = news.all();
    let delays: Vec<_> = all
        .iter()
        .filter(|n| n.kind == NoticeKind::Delayed)
        .collect();
    assert_eq!(delays.len(), 1, "{all:?}");
    assert!(delays[0].sentence.contains(part), "{}", delays[0].sentence);
}

#[tokio::test]
async fn on_a_full_disk_nothing_is_claimed_and_it_goes_out_when_there_is_room() {
    let stage = Stage::on_a_small_disk().await;
    let account = stage.account(CHOSEN).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, mut news) = stage.start();
    publisher.settled().await;
    powercut::fill(stage.dir.path(), 0);
    stage.clock.advance(MINUTE);
    assert!(delayed(&publisher).await.contains("disk is full"));
    assert!(stage.net.shown().is_empty());
    powercut::free(stage.dir.path());
    until_published(&stage, &publisher, post).await;
    assert_eq!(stage.net.shown().len(), 1);
    told(&mut news, "Free some space");
    assert_eq!(publisher.status().borrow().delayed, None);
    publisher.stop().await;
}

#[tokio::test]
async fn an_intent_that_is_not_on_disk_sends_nothing_and_costs_no_try() {
    let stage = Stage::on_a_small_disk().await;
    let account = stage.account(CHOSEN).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, mut news) = stage.start();
    publisher.settled().await;
    // The claim is the one commit that still fits.
    powercut::fill(stage.dir.path(), 1);
    stage.clock.advance(MINUTE);
    delayed(&publisher).await;
    assert_eq!(stage.state(post).await, DeliveryState::Sending);
    assert!(stage.net.tries().is_empty(), "the connector was called");
    powercut::free(stage.dir.path());
    until_published(&stage, &publisher, post).await;
    assert_eq!(stage.net.shown().len(), 1);
    assert_eq!(stage.log(post).await.len(), 1);
    told(&mut news, "disk is full");
    publisher.stop().await;
}

/// A post that is on the network while its end cannot be written.
async fn sent_but_not_written(
    stage: &Stage,
    spoil: impl AsyncFnOnce(&Stage),
) -> (Publisher, News, PostId) {
    let account = stage.account(CHOSEN).await;
    let go = Arc::new(Notify::new());
    stage.net.script([Act::Wait(Arc::clone(&go))]);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, news) = stage.start();
    publisher.settled().await;
    stage.clock.advance(MINUTE);
    stage.net.waits().await;
    spoil(stage).await;
    go.notify_one();
    delayed(&publisher).await;
    assert_eq!(stage.net.shown().len(), 1);
    assert_eq!(stage.state(post).await, DeliveryState::Sending);
    (publisher, news, post)
}

#[tokio::test]
async fn what_was_sent_is_kept_while_the_disk_is_full_and_written_when_there_is_room() {
    let stage = Stage::on_a_small_disk().await;
    let fill = async |stage: &Stage| powercut::fill(stage.dir.path(), 0);
    let (publisher, mut news, post) = sent_but_not_written(&stage, fill).await;
    // It is tried again and again.
    for _ in 0..3 {
        stage.clock.waiters(1).await;
        stage.clock.advance(SECOND);
    }
    powercut::free(stage.dir.path());
    until_published(&stage, &publisher, post).await;
    assert_eq!(stage.net.shown().len(), 1);
    assert_eq!(stage.net.asked(), 0, "nobody had to look");
    assert!(stage.target(post).await.remote_id.is_some());
    let log = stage.log(post).await;
    assert_eq!(
        (log.len(), log[0].attempt.outcome),
        (1, AttemptOutcome::Sent)
    );
    told(&mut news, "disk is full");
    publisher.stop().await;
}

#[tokio::test]
async fn what_was_sent_and_could_not_be_written_is_found_after_a_restart() {
    let mut stage = Stage::on_a_small_disk().await;
    let fill = async |stage: &Stage| powercut::fill(stage.dir.path(), 0);
    let (publisher, _, post) = sent_but_not_written(&stage, fill).await;
    drop(publisher);
    powercut::free(stage.dir.path());
    stage.reopen("machine-a").await;
    let (publisher, _) = stage.start();
    publisher.settled().await;
    stage.pass(&publisher, publisher::LEASE).await;
    assert_eq!(stage.net.asked(), 1);
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    assert_eq!(stage.net.shown().len(), 1);
    publisher.stop().await;
}

#[tokio::test]
async fn what_a_look_found_and_could_not_be_written_is_looked_for_again_after_a_while() {
    let stage = Stage::on_a_small_disk().await;
    let account = stage.account(CHOSEN).await;
    stage.net.script([Act::ShowAndLoseAnswer]);
    let busy = refusal(Category::NetworkError, Retry::Backoff, "No answer came.");
    stage.net.looks([Confirmation::NotNow(busy)]);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.net.asked(), 1);
    powercut::fill(stage.dir.path(), 0);
    stage.clock.advance(MINUTE);
    publisher.settled().await;
    assert_eq!(stage.net.asked(), 2, "and not as often as can be");
    assert_eq!(stage.state(post).await, DeliveryState::Unconfirmed);
    powercut::free(stage.dir.path());
    stage.pass(&publisher, 15 * SECOND).await;
    assert_eq!(stage.net.asked(), 3);
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    assert_eq!(stage.net.shown().len(), 1);
    publisher.stop().await;
}

#[tokio::test]
async fn a_database_another_program_holds_delays_and_is_told() {
    let stage = Stage::with(|config| config.busy_timeout = Some(BUSY)).await;
    let account = stage.account(CHOSEN).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, mut news) = stage.start();
    publisher.settled().await;
    let other = OtherProgram::hold(stage.dir.path()).await.unwrap();
    stage.clock.advance(MINUTE);
    assert!(delayed(&publisher).await.contains("Another program"));
    assert!(stage.net.shown().is_empty());
    other.release().await.unwrap();
    until_published(&stage, &publisher, post).await;
    assert_eq!(stage.net.shown().len(), 1);
    told(&mut news, "Close that program");
    publisher.stop().await;
}

#[tokio::test]
async fn what_was_sent_is_kept_while_another_program_holds_the_database() {
    let stage = Stage::with(|config| config.busy_timeout = Some(BUSY)).await;
    let mut other = None;
    let hold = async |stage: &Stage| {
        other = Some(OtherProgram::hold(stage.dir.path()).await.unwrap());
    };
    let (publisher, mut news, post) = sent_but_not_written(&stage, hold).await;
    other.unwrap().release().await.unwrap();
    until_published(&stage, &publisher, post).await;
    assert_eq!(stage.net.shown().len(), 1);
    assert_eq!(stage.log(post).await.len(), 1);
    told(&mut news, "Another program");
    publisher.stop().await;
}

#[tokio::test]
async fn many_posts_on_a_bad_day_all_go_out_once() {
    let mut stage = Stage::on_a_small_disk().await;
    stage.config.limits = Limits {
        at_once: 3,
        ..Limits::default()
    };
    let mut posts = Vec::new();
    for n in 0..10 {
        let account = stage.account(CHOSEN).await;
        posts.push(stage.post(&format!("post {n}"), MINUTE, &[account]).await);
    }
    let (publisher, _) = stage.start();
    publisher.settled().await;
    powercut::fill(stage.dir.path(), 4);
    stage.clock.advance(MINUTE);
    delayed(&publisher).await;
    powercut::free(stage.dir.path());
    for post in posts {
        until_published(&stage, &publisher, post).await;
    }
    assert_eq!(stage.net.shown().len(), 10);
    publisher.stop().await;
}
