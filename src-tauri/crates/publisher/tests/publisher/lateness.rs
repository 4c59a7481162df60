//! Missed minutes, grace, sleep, and clocks that move either way.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use model::delivery::DeliveryState;
use model::failure::{Category, Retry};
use model::{Clock, Timestamp};
use publisher::NoticeKind;
use publisher::testing::{Act, TestClock, refusal};
use serde_json::json;
use tokio::sync::Notify;

use crate::stage::{CHOSEN, HOUR, KEEPS, LOCAL, MINUTE, QUOTA, Stage};

#[tokio::test]
async fn within_the_grace_time_it_goes_out_on_waking_and_says_so() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, mut news) = stage.start();
    publisher.settled().await;
    stage.clock.suspend(HOUR);
    assert!(stage.net.shown().is_empty());
    publisher.on_resume();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    assert_eq!(
        news.sentences(),
        [
            "\"Hello\" is on Net chosen (ana). It was due at 07:01, when this computer was off, asleep or held."
        ]
    );
    publisher.stop().await;
}

#[tokio::test]
async fn what_made_a_post_wait_is_said_instead_where_it_is_known() {
    let stage = Stage::new().await;
    let account = stage.account(QUOTA).await;
    for n in 0..3 {
        stage.post(&format!("post {n}"), MINUTE, &[account]).await;
    }
    let (publisher, mut news) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    news.all();
    stage.pass(&publisher, HOUR).await;
    assert_eq!(
        news.sentences(),
        [
            "\"post 2\" is on Net quota (ana). It was due at 07:01 and had to wait: Net quota takes 2 posts an hour from one account."
        ]
    );
    publisher.stop().await;
}

#[tokio::test]
async fn what_kept_a_post_from_being_handed_over_is_no_reason_for_its_lateness() {
    // A thread is not even tried; what is refused leaves an attempt.
    for parts in [&["One", "Two"][..], &["One"][..]] {
        let stage = Stage::new().await;
        let account = stage.account(KEEPS).await;
        let never = refusal(Category::Validation, Retry::Never, "Not like this.");
        if parts.len() == 1 {
            stage.net.script([Act::Refuse(never)]);
        }
        let native = json!({ "native": true });
        let post = stage.post_with(parts, HOUR, &[account], native).await;
        let (publisher, mut news) = stage.start();
        publisher.settled().await;
        assert_eq!(news.all()[0].kind, NoticeKind::NotPlaced);
        assert!(stage.target(post).await.failure.is_some());
        stage.clock.suspend(HOUR + 10 * MINUTE);
        publisher.on_resume();
        publisher.settled().await;
        assert_eq!(stage.state(post).await, DeliveryState::Published);
        let told = news.sentences().join(" ");
        assert!(
            told.ends_with("It was due at 08:00, when this computer was off, asleep or held."),
            "{told}"
        );
        publisher.stop().await;
    }
}

#[tokio::test]
async fn without_internet_only_what_needs_it_waited_for_it() {
    let stage = Stage::new().await;
    let (far, near) = (stage.account(CHOSEN).await, stage.account(LOCAL).await);
    let (publisher, mut news) = stage.start();
    publisher.set_online(false);
    publisher.settled().await;
    for account in [far, near] {
        stage.post("Hello", MINUTE, &[account]).await;
    }
    stage.clock.suspend(10 * MINUTE);
    publisher.on_resume();
    publisher.settled().await;
    assert_eq!(
        news.sentences(),
        [
            "\"Hello\" is on Net local (ana). It was due at 07:01, when this computer was off, asleep or held."
        ]
    );
    publisher.set_online(true);
    publisher.settled().await;
    assert_eq!(
        news.sentences(),
        ["\"Hello\" is on Net chosen (ana). It was due at 07:01, when there was no internet."]
    );
    publisher.stop().await;
}

#[tokio::test]
async fn a_sleep_is_noticed_within_fifteen_seconds_without_any_signal() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let post = stage.post("Hello", HOUR, &[account]).await;
    let (publisher, _) = stage.start();
    publisher.settled().await;
    stage.clock.waiters(1).await;
    stage.clock.suspend(HOUR);
    stage.clock.advance(publisher::LONGEST_WAIT);
    let mut feed = stage.store.subscribe();
    while stage.state(post).await != DeliveryState::Published {
        feed.changed().await.unwrap();
    }
    publisher.stop().await;
}

#[tokio::test]
async fn last_weeks_posts_are_never_published_in_a_burst() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let mut posts = Vec::new();
    for day in 1..=5_u32 {
        posts.push(
            stage
                .post(&format!("day {day}"), day * 24 * HOUR, &[account])
                .await,
        );
    }
    stage.clock.advance(6 * 24 * HOUR);
    let (publisher, mut news) = stage.start();
    publisher.settled().await;
    assert!(stage.net.shown().is_empty());
    for post in &posts {
        assert_eq!(stage.state(*post).await, DeliveryState::Missed);
    }
    let told = news.all();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].kind, told[0].count), (NoticeKind::Missed, 5));
    assert!(
        told[0].sentence.starts_with("5 posts missed the time"),
        "{}",
        told[0].sentence
    );
    assert_eq!(publisher.status().borrow().needs_you, 5);
    publisher.stop().await;
}

#[tokio::test]
async fn the_calendars_own_grace_time_counts() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    set_grace(&stage, 5).await;
    let (late, just) = (
        stage.post("late", MINUTE, &[account]).await,
        stage.post("just", 3 * MINUTE, &[account]).await,
    );
    stage.clock.advance(7 * MINUTE);
    let (publisher, _) = stage.start();
    publisher.settled().await;
    assert_eq!(stage.state(late).await, DeliveryState::Missed);
    assert_eq!(stage.state(just).await, DeliveryState::Published);
    publisher.stop().await;
}

async fn set_grace(stage: &Stage, minutes: u32) {
    let mut tx = stage.tx().await;
    let mut calendar = store::calendars::get(&mut tx, stage.calendar)
        .await
        .unwrap();
    calendar.grace_minutes = minutes;
    store::calendars::put(&mut tx, &calendar).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn without_any_grace_time_a_post_still_goes_out_at_its_own_minute() {
    // Between the minute, or the click, and the claim some milliseconds always pass.
    const LITTLE: Duration = Duration::from_millis(5);
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    set_grace(&stage, 0).await;
    let late = stage.post("late", MINUTE, &[account]).await;
    let due = stage.post("due", 10 * MINUTE, &[account]).await;
    let clicked = stage.post("clicked", HOUR, &[account]).await;
    stage.clock.advance(10 * MINUTE + LITTLE);
    let (publisher, _) = stage.start();
    publisher.settled().await;
    publisher.stop().await;
    assert_eq!(stage.state(late).await, DeliveryState::Missed);
    assert_eq!(stage.state(due).await, DeliveryState::Published);

    let target = stage.target_id(late).await;
    let mut tx = stage.tx().await;
    store::publishing::send_now(&mut tx, clicked).await.unwrap();
    store::publishing::retry(&mut tx, target).await.unwrap();
    tx.commit().await.unwrap();
    stage.clock.advance(LITTLE);
    let (publisher, _) = stage.start();
    publisher.settled().await;
    assert_eq!(stage.state(clicked).await, DeliveryState::Published);
    assert_eq!(stage.state(late).await, DeliveryState::Published);
    publisher.stop().await;
}

#[tokio::test]
async fn a_clock_set_back_an_hour_sends_nothing_twice_and_holds_nothing_up() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let sent = stage.post("sent", MINUTE, &[account]).await;
    let busy = refusal(Category::RateLimited, Retry::Backoff, "Slow down.");
    let (publisher, mut news) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(sent).await, DeliveryState::Published);
    stage.net.script([Act::Refuse(busy)]);
    let retried = stage.post("retried", MINUTE, &[account]).await;
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(retried).await, DeliveryState::Waiting);

    stage.clock.set(stage.clock.now().minus(HOUR));
    publisher.settled().await;
    assert_eq!(stage.net.shown().len(), 1, "nothing goes out twice");
    let told = news.sentences().pop().unwrap();
    assert!(told.contains("set back by an hour"), "{told}");
    let wait = stage
        .target(retried)
        .await
        .not_before
        .unwrap()
        .since(stage.clock.now());
    assert!(wait <= Duration::from_secs(72), "the retry waits {wait:?}");
    // It was due at a minute that the clock shows again an hour later; a retry does not wait for it.
    stage.pass(&publisher, HOUR).await;
    assert_eq!(stage.state(retried).await, DeliveryState::Published);
    assert_eq!(stage.net.shown().len(), 2);
    publisher.stop().await;
}

#[tokio::test]
async fn a_clock_set_forward_a_day_marks_missed_and_sends_the_present() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let between = stage.post("between", HOUR, &[account]).await;
    let present = stage.post("present", 24 * HOUR, &[account]).await;
    let future = stage.post("future", 48 * HOUR, &[account]).await;
    let (publisher, mut news) = stage.start();
    publisher.settled().await;
    stage.clock.set(stage.clock.now().plus(24 * HOUR + MINUTE));
    publisher.settled().await;
    assert_eq!(stage.state(between).await, DeliveryState::Missed);
    assert_eq!(stage.state(present).await, DeliveryState::Published);
    assert_eq!(stage.state(future).await, DeliveryState::Waiting);
    let kinds: Vec<_> = news.all().into_iter().map(|n| n.kind).collect();
    assert!(kinds.contains(&NoticeKind::Missed), "{kinds:?}");
    publisher.stop().await;
}

#[tokio::test]
async fn what_came_due_while_the_machine_slept_in_the_middle_of_a_send_is_missed() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let go = Arc::new(Notify::new());
    stage.net.script([Act::Wait(Arc::clone(&go))]);
    let first = stage.post("first", MINUTE, &[account]).await;
    let second = stage.post("second", HOUR, &[account]).await;
    let (publisher, _) = stage.start();
    publisher.settled().await;
    stage.clock.advance(MINUTE);
    publisher
        .status()
        .wait_for(|s| s.sending == 1)
        .await
        .unwrap();
    stage.net.waits().await;
    // The answer is read before anything tells that the machine woke up.
    stage.clock.suspend(4 * HOUR);
    go.notify_one();
    publisher
        .status()
        .wait_for(|s| s.sending == 0)
        .await
        .unwrap();
    publisher.settled().await;
    assert_eq!(stage.state(first).await, DeliveryState::Published);
    assert_eq!(stage.state(second).await, DeliveryState::Missed);
    assert_eq!(stage.net.shown().len(), 1);
    publisher.stop().await;
}

/// A clock that goes on by a second right after it was read, once it was given what to move.
struct Passing {
    clock: Arc<dyn Clock>,
    moved: Arc<Mutex<Option<Arc<TestClock>>>>,
}

impl Clock for Passing {
    fn now(&self) -> Timestamp {
        let now = self.clock.now();
        if let Some(moved) = self.moved.lock().unwrap().take() {
            moved.advance(Duration::from_secs(1));
        }
        now
    }

    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }
}

#[tokio::test]
async fn what_comes_due_while_a_round_is_at_work_does_not_wait_for_the_next() {
    let moved = Arc::new(Mutex::new(None));
    let passing = Arc::clone(&moved);
    let stage = Stage::with(|config| {
        let clock = Arc::clone(&config.clock);
        config.clock = Arc::new(Passing {
            clock,
            moved: passing,
        });
    })
    .await;
    let account = stage.account(CHOSEN).await;
    let soon = Duration::from_secs(1);
    stage.post("Hello", soon, &[account]).await;
    let (publisher, _) = stage.start();
    let mut news = publisher.notices();
    publisher.settled().await;
    assert!(stage.net.shown().is_empty());
    // It comes due right after the round read what is due.
    moved.lock().unwrap().replace(Arc::clone(&stage.clock));
    publisher.wake();
    let told = tokio::time::timeout(Duration::from_secs(30), news.recv()).await;
    assert_eq!(told.unwrap().unwrap().kind, NoticeKind::Published);
    publisher.stop().await;
}
