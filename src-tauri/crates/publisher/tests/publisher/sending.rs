//! The way that works: claims, order, quotas, threads, status and news.

use std::sync::Arc;
use std::time::Duration;

use model::Clock;
use model::delivery::DeliveryState;
use model::post::AttemptOutcome;
use publisher::testing::Act;
use publisher::{Limits, Mood, NoticeKind};
use tokio::sync::Notify;

use crate::stage::{ASK, CHOSEN, HOUR, MINUTE, PARTS, QUOTA, READ, Stage};

#[tokio::test]
async fn a_post_goes_out_at_its_minute_once_and_is_told() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let post = stage.post("Hello", HOUR, &[account]).await;
    let (publisher, mut news) = stage.start();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, DeliveryState::Waiting);
    let status = publisher.status().borrow().clone();
    assert_eq!(status.next.as_ref().map(|n| n.post_id), Some(post));
    assert_eq!(status.mood, Mood::Idle);

    stage
        .pass(
            &publisher,
            HOUR.checked_sub(Duration::from_millis(1)).unwrap(),
        )
        .await;
    assert!(stage.net.shown().is_empty());
    stage.pass(&publisher, Duration::from_millis(1)).await;
    assert_eq!(stage.net.shown().len(), 1);
    let target = stage.target(post).await;
    assert_eq!(target.state, DeliveryState::Published);
    assert!(
        target
            .remote_url
            .unwrap()
            .starts_with("https://net.example/")
    );
    assert_eq!(news.sentences(), ["\"Hello\" is on Net chosen (ana)."]);

    let log = stage.log(post).await;
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].attempt.outcome, AttemptOutcome::Sent);
    stage.pass(&publisher, HOUR).await;
    assert_eq!(stage.net.shown().len(), 1);
    publisher.stop().await;
}

#[tokio::test]
async fn the_change_feed_wakes_the_publisher() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let (publisher, _) = stage.start();
    publisher.settled().await;
    let post = stage.post("Now", Duration::ZERO, &[account]).await;
    let mut feed = stage.store.subscribe();
    while stage.state(post).await != DeliveryState::Published {
        feed.changed().await.unwrap();
    }
    publisher.stop().await;
}

#[tokio::test]
async fn one_post_an_account_at_a_time_and_oldest_first() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let go = Arc::new(Notify::new());
    stage.net.script([Act::Wait(Arc::clone(&go))]);
    let second = stage.post("second", 2 * MINUTE, &[account]).await;
    let first = stage.post("first", MINUTE, &[account]).await;
    stage.clock.advance(5 * MINUTE);
    let (publisher, _) = stage.start();
    let mut status = publisher.status();
    status
        .wait_for(|s| s.sending == 1 && s.titles == ["first"])
        .await
        .unwrap();
    assert_eq!(stage.state(first).await, DeliveryState::Sending);
    assert_eq!(stage.state(second).await, DeliveryState::Waiting);
    go.notify_one();
    publisher.settled().await;
    let texts: Vec<String> = stage.net.shown().into_iter().map(|s| s.text).collect();
    assert_eq!(texts, ["first", "second"]);
    publisher.stop().await;
}

#[tokio::test]
async fn a_slow_account_does_not_hold_up_others() {
    let stage = Stage::new().await;
    let (slow, quick) = (stage.account(CHOSEN).await, stage.account(CHOSEN).await);
    let go = Arc::new(Notify::new());
    stage.net.script([Act::Wait(Arc::clone(&go))]);
    let held_up = stage.post("slow", MINUTE, &[slow]).await;
    let (publisher, _) = stage.start();
    publisher.settled().await;
    stage.clock.advance(MINUTE);
    let mut status = publisher.status();
    status.wait_for(|s| s.sending == 1).await.unwrap();
    let other = stage.post("quick", Duration::ZERO, &[quick]).await;
    let mut feed = stage.store.subscribe();
    while stage.state(other).await != DeliveryState::Published {
        feed.changed().await.unwrap();
    }
    assert_eq!(stage.state(held_up).await, DeliveryState::Sending);
    go.notify_one();
    publisher.settled().await;
    publisher.stop().await;
}

#[tokio::test]
async fn the_networks_own_quota_is_kept_and_the_rest_waits_with_a_reason() {
    let stage = Stage::new().await;
    let account = stage.account(QUOTA).await;
    let mut posts = Vec::new();
    for n in 0..3 {
        posts.push(stage.post(&format!("post {n}"), MINUTE, &[account]).await);
    }
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.net.shown().len(), 2);
    let waiting = stage.target(posts[2]).await;
    assert_eq!(waiting.state, DeliveryState::Waiting);
    let why = waiting.failure.unwrap();
    assert_eq!(
        why.message,
        "Net quota takes 2 posts an hour from one account."
    );
    assert_eq!(why.next_try_at, waiting.not_before);
    stage.pass(&publisher, HOUR).await;
    assert_eq!(stage.net.shown().len(), 3);
    publisher.stop().await;
}

#[tokio::test]
async fn a_limit_of_parts_counts_every_part_of_a_thread() {
    let stage = Stage::new().await;
    let account = stage.account(PARTS).await;
    stage.thread(&["One", "Two"], MINUTE, &[account]).await;
    let next = stage.post("Three", MINUTE, &[account]).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.net.shown().len(), 2);
    let why = stage.target(next).await.failure.unwrap();
    assert_eq!(
        why.message,
        "Net parts takes 2 posts a day from one account."
    );
    stage.pass(&publisher, 24 * HOUR).await;
    assert_eq!(stage.state(next).await, DeliveryState::Published);
    publisher.stop().await;
}

#[tokio::test]
async fn a_thread_waits_until_all_of_it_fits_into_what_is_left() {
    let stage = Stage::new().await;
    let account = stage.account(PARTS).await;
    stage.post("One", MINUTE, &[account]).await;
    let thread = stage.thread(&["Two", "Three"], HOUR, &[account]).await;
    let single = stage.post("Four", 2 * HOUR, &[account]).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    let first = stage.clock.now();
    stage.pass(&publisher, HOUR).await;
    let waiting = stage.target(thread).await;
    assert_eq!(waiting.state, DeliveryState::Waiting);
    assert_eq!(waiting.not_before, Some(first.plus(24 * HOUR)));
    // What still fits goes out meanwhile, and then the thread waits for that as well.
    stage.pass(&publisher, HOUR).await;
    assert_eq!(stage.state(single).await, DeliveryState::Published);
    stage.pass(&publisher, 22 * HOUR).await;
    assert_eq!(stage.net.shown().len(), 2);
    stage.pass(&publisher, 2 * HOUR).await;
    assert_eq!(stage.state(thread).await, DeliveryState::Published);
    publisher.stop().await;
}

#[tokio::test]
async fn nothing_overtakes_a_thread_that_has_waited_as_long_as_its_limit_counts() {
    let stage = Stage::new().await;
    let account = stage.account(PARTS).await;
    stage.post("One", MINUTE, &[account]).await;
    let thread = stage.thread(&["Two", "Three"], HOUR, &[account]).await;
    stage.post("Four", 2 * HOUR, &[account]).await;
    let later = stage.post("Five", 26 * HOUR, &[account]).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    stage.pass(&publisher, HOUR).await;
    stage.pass(&publisher, HOUR).await;
    stage.pass(&publisher, 22 * HOUR).await;
    // "Four" went out meanwhile, and frees the rest in two hours. "Five" would fit into it before.
    let again = stage.target(thread).await.not_before;
    stage.pass(&publisher, 119 * MINUTE).await;
    let next = stage.target(later).await;
    assert_eq!(next.state, DeliveryState::Waiting);
    assert_eq!(next.not_before, again);
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(thread).await, DeliveryState::Published);
    assert_eq!(stage.state(later).await, DeliveryState::Waiting);
    stage.pass(&publisher, 24 * HOUR).await;
    assert_eq!(stage.state(later).await, DeliveryState::Published);
    publisher.stop().await;
}

#[tokio::test]
async fn a_thread_longer_than_a_limit_goes_out_when_nothing_of_it_is_used() {
    let stage = Stage::new().await;
    let account = stage.account(PARTS).await;
    stage.post("One", MINUTE, &[account]).await;
    let long = stage
        .thread(&["Two", "Three", "Four"], HOUR, &[account])
        .await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    stage.pass(&publisher, HOUR).await;
    assert_eq!(stage.state(long).await, DeliveryState::Waiting);
    stage.pass(&publisher, 24 * HOUR).await;
    assert_eq!(stage.state(long).await, DeliveryState::Published);
    publisher.stop().await;
}

#[tokio::test]
async fn a_send_has_the_time_that_its_files_take_on_a_slow_line() {
    let stage = Stage::new().await;
    let account = stage.account(ASK).await;
    let go = Arc::new(Notify::new());
    stage.net.script([Act::Wait(go)]);
    // Half an hour besides the quarter of one that each has.
    let post = stage.post_with_file(90_000_000, MINUTE, &[account]).await;
    let (publisher, _) = stage.start();
    publisher.settled().await;
    stage.clock.advance(MINUTE);
    stage.net.waits().await;
    stage.clock.advance(44 * MINUTE);
    // The round after that is over when the loop waits anew, beside the send.
    stage.clock.waiters(2).await;
    assert_eq!(stage.state(post).await, DeliveryState::Sending);
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Unconfirmed);
    publisher.stop().await;
}

#[tokio::test]
async fn a_thread_resumes_after_the_segments_that_are_there() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let again = publisher::testing::refusal(
        model::failure::Category::RateLimited,
        model::failure::Retry::Backoff,
        "Slow down.",
    );
    stage.net.script([Act::Show, Act::Refuse(again)]);
    let post = stage
        .thread(&["one", "two", "three"], MINUTE, &[account])
        .await;
    let (publisher, mut news) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.net.shown().len(), 1);
    assert_eq!(stage.state(post).await, DeliveryState::Waiting);
    stage.pass(&publisher, 2 * MINUTE).await;
    let texts: Vec<String> = stage.net.shown().into_iter().map(|s| s.text).collect();
    assert_eq!(texts, ["one", "two", "three"]);
    assert_eq!(stage.net.frozen(), 1, "the handle is chosen once");
    assert_eq!(stage.log(post).await.len(), 2);
    assert_eq!(news.all().len(), 1);
    publisher.stop().await;
}

#[tokio::test]
async fn news_about_one_post_on_two_accounts_is_one_notice() {
    let stage = Stage::new().await;
    let accounts = [stage.account(CHOSEN).await, stage.account(QUOTA).await];
    stage.post("Sale", MINUTE, &accounts).await;
    let (publisher, mut news) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    let told = news.all();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].kind, told[0].count), (NoticeKind::Published, 1));
    assert!(told[0].sentence.contains("Net chosen (ana)"));
    assert!(told[0].sentence.contains("Net quota (ana)"));
    publisher.stop().await;
}

#[tokio::test]
async fn stopping_is_no_failed_attempt() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let go = Arc::new(Notify::new());
    stage.net.script([Act::Wait(Arc::clone(&go))]);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, _) = stage.start();
    publisher.settled().await;
    stage.clock.advance(MINUTE);
    // Claimed is not yet begun, and what is not begun is put back.
    while stage.net.tries().is_empty() {
        tokio::task::yield_now().await;
    }
    let stop = tokio::spawn(async move { publisher.stop().await });
    go.notify_one();
    stop.await.unwrap();
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    assert_eq!(stage.net.shown().len(), 1);
}

#[tokio::test]
async fn what_a_stop_does_not_wait_for_is_cut_off_and_looked_for_by_the_next() {
    let mut stage = Stage::new().await;
    stage.config.limits = Limits {
        patience: Duration::ZERO,
        ..Limits::default()
    };
    let account = stage.account(READ).await;
    let go = Arc::new(Notify::new());
    stage.net.script([Act::Wait(Arc::clone(&go))]);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, _) = stage.start();
    publisher.settled().await;
    stage.clock.advance(MINUTE);
    stage.net.waits().await;
    let stop = tokio::spawn(async move { publisher.stop().await });
    while !stop.is_finished() {
        stage.clock.advance(Duration::ZERO);
        tokio::task::yield_now().await;
    }
    // The call is gone, not only nobody's.
    while Arc::strong_count(&go) > 1 {
        tokio::task::yield_now().await;
    }
    assert_eq!(stage.state(post).await, DeliveryState::Sending);
    let (publisher, _) = stage.start();
    publisher.settled().await;
    stage.pass(&publisher, publisher::LEASE).await;
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    assert_eq!(stage.net.shown().len(), 1);
    publisher.stop().await;
}

#[tokio::test]
async fn an_account_that_got_another_number_is_known_by_it_from_then_on() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    stage.net.renumbers("another");
    let first = stage.post("First", MINUTE, &[account]).await;
    let second = stage.post("Second", HOUR, &[account]).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    stage.pass(&publisher, HOUR).await;
    for post in [first, second] {
        assert_eq!(stage.state(post).await, DeliveryState::Published);
    }
    let mut conn = stage.store.read().await.unwrap();
    let kept = store::accounts::get(&mut conn, account).await.unwrap();
    assert_eq!(kept.remote_id, "another");
    publisher.stop().await;
}
