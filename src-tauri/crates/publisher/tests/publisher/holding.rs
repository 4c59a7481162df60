//! Holding all, pausing, archiving, and edits that are open at the minute.

use std::time::Duration;

use model::calendar::CalendarStatus;
use model::delivery::DeliveryState;
use publisher::{Mood, NoticeKind};

use crate::stage::{CHOSEN, HOUR, MINUTE, Stage};

#[tokio::test]
async fn hold_all_stops_everything_and_release_lets_it_go() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let mut tx = stage.tx().await;
    store::holds::hold_all(&mut tx, "You hold all posts.")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let (publisher, mut news) = stage.start();
    stage.pass(&publisher, HOUR).await;
    assert_eq!(stage.state(post).await, DeliveryState::Waiting);
    let status = publisher.status().borrow().clone();
    assert_eq!(
        (status.mood, status.held.as_deref()),
        (Mood::Held, Some("You hold all posts."))
    );
    assert!(news.all().is_empty(), "a person's own hold is no news");
    let mut tx = stage.tx().await;
    store::holds::release(&mut tx, "machine-a").await.unwrap();
    tx.commit().await.unwrap();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    publisher.stop().await;
}

#[tokio::test]
async fn a_hold_longer_than_the_grace_time_ends_in_a_question_and_no_burst() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let mut tx = stage.tx().await;
    store::accounts::set_paused(&mut tx, account, Some("Holiday"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let (publisher, _) = stage.start();
    stage.pass(&publisher, 24 * HOUR).await;
    assert_eq!(
        stage.state(post).await,
        DeliveryState::Waiting,
        "paused is not missed"
    );
    let mut tx = stage.tx().await;
    store::accounts::set_paused(&mut tx, account, None)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, DeliveryState::Missed);
    publisher.stop().await;
}

#[tokio::test]
async fn paused_and_archived_calendars_and_removed_accounts_send_nothing() {
    for case in ["paused", "archived", "deleted", "account"] {
        let stage = Stage::new().await;
        let account = stage.account(CHOSEN).await;
        let post = stage.post("Hello", MINUTE, &[account]).await;
        let mut tx = stage.tx().await;
        match case {
            "paused" => {
                store::calendars::set_paused(&mut tx, stage.calendar, Some("x"))
                    .await
                    .unwrap();
            }
            "deleted" => store::calendars::delete(&mut tx, stage.calendar)
                .await
                .unwrap(),
            "account" => store::accounts::remove(&mut tx, account).await.unwrap(),
            _ => {
                let mut calendar = store::calendars::get(&mut tx, stage.calendar)
                    .await
                    .unwrap();
                calendar.status = CalendarStatus::Archived;
                store::calendars::put(&mut tx, &calendar).await.unwrap();
            }
        }
        tx.commit().await.unwrap();
        let (publisher, _) = stage.start();
        stage.pass(&publisher, MINUTE).await;
        assert_eq!(stage.state(post).await, DeliveryState::Waiting, "{case}");
        assert_eq!(publisher.status().borrow().next, None, "{case}");
        publisher.stop().await;
    }
}

#[tokio::test]
async fn a_post_in_the_bin_stays_there() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let mut tx = stage.tx().await;
    store::posts::delete(&mut tx, &[post]).await.unwrap();
    tx.commit().await.unwrap();
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert!(stage.net.shown().is_empty());
    publisher.stop().await;
}

#[tokio::test]
async fn an_open_edit_that_differs_holds_the_post_and_asks_at_once() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let confirmed = stage.read(post).await;
    let mut draft = store::posts::draft_of(&confirmed);
    draft.segments[0].text = "Hello, better".to_owned();
    let mut tx = stage.tx().await;
    store::working_copies::put(&mut tx, post, confirmed.version, &draft)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let (publisher, mut news) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert!(stage.net.shown().is_empty());
    assert!(stage.read(post).await.held);
    let told = news.all();
    assert_eq!((told.len(), told[0].kind), (1, NoticeKind::HeldEdit));
    assert_eq!(publisher.status().borrow().needs_you, 1);

    let mut tx = stage.tx().await;
    store::working_copies::confirm(&mut tx, post).await.unwrap();
    tx.commit().await.unwrap();
    stage.pass(&publisher, Duration::from_secs(1)).await;
    assert_eq!(stage.net.shown()[0].text, "Hello, better");
    publisher.stop().await;
}

#[tokio::test]
async fn an_edit_that_equals_the_post_or_was_closed_holds_nothing() {
    for close in [true, false] {
        let stage = Stage::new().await;
        let account = stage.account(CHOSEN).await;
        let post = stage.post("Hello", MINUTE, &[account]).await;
        let confirmed = stage.read(post).await;
        let mut draft = store::posts::draft_of(&confirmed);
        if close {
            draft.segments[0].text = "not confirmed".to_owned();
        }
        let mut tx = stage.tx().await;
        store::working_copies::put(&mut tx, post, confirmed.version, &draft)
            .await
            .unwrap();
        if close {
            store::working_copies::set_open(&mut tx, post, false)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let (publisher, _) = stage.start();
        stage.pass(&publisher, MINUTE).await;
        assert_eq!(
            stage.net.shown()[0].text,
            "Hello",
            "the last confirmed version goes out"
        );
        publisher.stop().await;
    }
}
