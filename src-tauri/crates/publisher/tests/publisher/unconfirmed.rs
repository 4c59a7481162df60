//! Sends nobody knows the end of: looks, waits, and the person's answer.

use std::sync::Arc;
use std::time::Duration;

use model::Clock;
use model::delivery::DeliveryState;
use model::failure::{Category, Retry};
use networks::connector::Confirmation;
use publisher::NoticeKind;
use publisher::testing::{Act, Gate, refusal};
use store::publishing;

use crate::stage::{ASK, CHOSEN, HOUR, LOCAL, MINUTE, READ, Stage};

fn not_now() -> Confirmation {
    Confirmation::NotNow(refusal(
        Category::NetworkError,
        Retry::Backoff,
        "No answer.",
    ))
}

#[tokio::test]
async fn a_lost_answer_is_found_at_once_and_nothing_goes_out_again() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    stage.net.script([Act::ShowAndLoseAnswer]);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, mut news) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    let target = stage.target(post).await;
    assert_eq!(target.state, DeliveryState::Published);
    assert!(target.remote_id.is_some() && target.failure.is_none());
    assert_eq!(stage.net.shown().len(), 1);
    assert_eq!(news.all()[0].kind, NoticeKind::Published);
    publisher.stop().await;
}

#[tokio::test]
async fn a_lost_call_goes_out_again_where_the_id_was_chosen() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    stage.net.script([Act::LoseCall]);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    assert_eq!(stage.net.shown().len(), 1);
    assert_eq!(stage.net.frozen(), 1, "sent again with the same handle");
    publisher.stop().await;
}

#[tokio::test]
async fn where_the_feed_is_read_back_an_absence_must_settle_first() {
    let stage = Stage::new().await;
    let account = stage.account(READ).await;
    stage.net.script([Act::LoseCall]);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Unconfirmed);
    stage.pass(&publisher, Duration::from_secs(59)).await;
    assert_eq!(stage.state(post).await, DeliveryState::Unconfirmed);
    stage.pass(&publisher, Duration::from_secs(1)).await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    assert_eq!(stage.net.shown().len(), 1);
    publisher.stop().await;
}

#[tokio::test]
async fn an_absence_settles_after_the_call_that_shows_and_not_after_the_upload_before_it() {
    let stage = Stage::new().await;
    let account = stage.account(READ).await;
    let upload = Arc::new(Gate::default());
    stage.net.stop_before_showing(Arc::clone(&upload));
    stage.net.script([Act::LoseCall]);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, _) = stage.start();
    publisher.settled().await;
    stage.clock.advance(MINUTE);
    upload.reached.notified().await;
    stage.clock.advance(6 * MINUTE);
    upload.go.notify_one();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, DeliveryState::Unconfirmed);
    stage.pass(&publisher, Duration::from_secs(59)).await;
    assert_eq!(stage.state(post).await, DeliveryState::Unconfirmed);
    stage.pass(&publisher, Duration::from_secs(1)).await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    assert_eq!(stage.net.shown().len(), 1);
    publisher.stop().await;
}

#[tokio::test]
async fn a_clock_set_forward_settles_no_absence() {
    let stage = Stage::new().await;
    let account = stage.account(READ).await;
    stage.net.script([Act::LoseCall]);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Unconfirmed);
    stage.clock.set(stage.clock.now().plus(30 * MINUTE));
    publisher.settled().await;
    assert_eq!(stage.state(post).await, DeliveryState::Unconfirmed);
    stage.pass(&publisher, Duration::from_secs(59)).await;
    assert_eq!(
        stage.net.tries().len(),
        1,
        "the call may still be on its way"
    );
    stage.pass(&publisher, Duration::from_secs(1)).await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    assert_eq!(stage.net.shown().len(), 1);
    publisher.stop().await;
}

#[tokio::test]
async fn a_clock_set_forward_between_two_starts_settles_no_absence() {
    let stage = Stage::new().await;
    let account = stage.account(READ).await;
    stage.net.script([Act::LoseCall]);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    publisher.stop().await;
    stage.clock.set(stage.clock.now().plus(30 * MINUTE));
    let (publisher, _) = stage.start();
    publisher.settled().await;
    stage.pass(&publisher, Duration::from_secs(59)).await;
    assert_eq!(stage.state(post).await, DeliveryState::Unconfirmed);
    stage.pass(&publisher, Duration::from_secs(1)).await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    assert_eq!(stage.net.shown().len(), 1);
    publisher.stop().await;
}

#[tokio::test]
async fn a_locked_keyring_puts_looks_off_which_is_told_once_and_ends_in_no_question() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    stage.net.script([Act::ShowAndLoseAnswer]);
    stage.net.guard_looks();
    stage.vault.lock(true);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, mut news) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    for _ in 0..60 {
        stage.pass(&publisher, MINUTE).await;
    }
    assert_eq!(stage.state(post).await, DeliveryState::Unconfirmed);
    let told = news.all();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].kind, NoticeKind::Delayed);
    let delayed = publisher.status().borrow().delayed.clone();
    assert_eq!(delayed.as_ref(), Some(&told[0].sentence));
    stage.vault.lock(false);
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    assert_eq!(stage.net.shown().len(), 1);
    assert_eq!(publisher.status().borrow().delayed, None);
    publisher.stop().await;
}

#[tokio::test]
async fn a_look_waits_as_long_as_the_network_says_and_ends_in_no_question() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    stage.net.script([Act::ShowAndLoseAnswer]);
    // Each time another hour.
    let limited = (1..=5).map(|hours| {
        let at = stage.clock.now().plus(MINUTE + hours * HOUR);
        let wait = Retry::At(at);
        Confirmation::NotNow(refusal(Category::RateLimited, wait, "Too many requests."))
    });
    stage.net.looks(limited);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, mut news) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    for asked in 1..=5 {
        assert_eq!(stage.net.asked(), asked);
        stage.pass(&publisher, 59 * MINUTE).await;
        assert_eq!(stage.net.asked(), asked, "not before its time");
        stage.pass(&publisher, MINUTE).await;
    }
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    assert_eq!(news.all()[0].kind, NoticeKind::Published);
    publisher.stop().await;
}

#[tokio::test]
async fn looks_that_do_not_work_grow_apart_and_end_in_a_question() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    stage.net.script([Act::ShowAndLoseAnswer]);
    stage.net.looks(vec![not_now(); 4]);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, mut news) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    for (looks, wait) in [(1, MINUTE), (2, 5 * MINUTE), (3, 15 * MINUTE)] {
        assert_eq!(stage.net.asked(), looks);
        assert!(news.all().is_empty());
        stage
            .pass(
                &publisher,
                wait.checked_sub(Duration::from_secs(1)).unwrap(),
            )
            .await;
        assert_eq!(stage.net.asked(), looks, "not before its time");
        stage.pass(&publisher, Duration::from_secs(1)).await;
    }
    assert_eq!(stage.net.asked(), 4);
    let told = news.all();
    assert_eq!(told[0].kind, NoticeKind::Unconfirmed);
    assert!(
        told[0]
            .sentence
            .contains("may or may not be on Net chosen (ana)")
    );
    assert_eq!(publisher.status().borrow().needs_you, 1);
    stage.pass(&publisher, 3 * HOUR).await;
    assert_eq!(
        stage.net.asked(),
        4,
        "the person was asked: nothing happens by itself"
    );
    assert_eq!(stage.state(post).await, DeliveryState::Unconfirmed);
    publisher.stop().await;
}

#[tokio::test]
async fn where_only_the_person_can_tell_it_is_asked_at_once() {
    for (answer, state, shown) in [
        ("there", DeliveryState::Published, 1),
        ("again", DeliveryState::Published, 2),
        ("give up", DeliveryState::Failed, 1),
    ] {
        let stage = Stage::new().await;
        let account = stage.account(ASK).await;
        stage.net.script([Act::ShowAndLoseAnswer]);
        let post = stage.post("Hello", MINUTE, &[account]).await;
        let (publisher, mut news) = stage.start();
        stage.pass(&publisher, MINUTE).await;
        assert_eq!(stage.state(post).await, DeliveryState::Unconfirmed);
        assert_eq!(news.all()[0].kind, NoticeKind::Unconfirmed);
        assert_eq!(stage.net.asked(), 0);
        stage.pass(&publisher, 24 * HOUR).await;

        let target = stage.target_id(post).await;
        let mut tx = stage.tx().await;
        match answer {
            "there" => publishing::say_published(&mut tx, target, None)
                .await
                .unwrap(),
            "again" => publishing::send_again(&mut tx, target).await.unwrap(),
            _ => publishing::give_up(&mut tx, target).await.unwrap(),
        }
        tx.commit().await.unwrap();
        publisher.settled().await;
        assert_eq!(stage.state(post).await, state, "{answer}");
        assert_eq!(stage.net.shown().len(), shown, "{answer}");
        publisher.stop().await;
    }
}

#[tokio::test]
async fn a_post_that_never_arrives_ends_in_a_question_too() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    stage.net.script(vec![Act::LoseCall; 5]);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, mut news) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Unconfirmed);
    assert_eq!(stage.log(post).await.len(), 3);
    assert!(news.sentences()[0].contains("was sent this 3 times"));
    publisher.stop().await;
}

#[tokio::test]
async fn a_sign_out_during_a_look_marks_the_account_and_keeps_the_question_open() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    stage.net.script([Act::ShowAndLoseAnswer]);
    let gone = refusal(Category::AuthError, Retry::Never, "Net signed you out.");
    stage.net.looks([Confirmation::NotNow(gone)]);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, mut news) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(news.all()[0].kind, NoticeKind::SignedOut);
    stage.pass(&publisher, HOUR).await;
    assert_eq!(stage.net.asked(), 1, "not looked for while signed out");
    let mut tx = stage.tx().await;
    let ok = model::account::AccountHealth::Ok;
    store::accounts::set_health(&mut tx, account, &ok)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    publisher.stop().await;
}

#[tokio::test]
async fn an_unknown_send_to_a_removed_account_is_asked_about() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    stage.net.script([Act::ShowAndLoseAnswer]);
    stage.net.looks([not_now()]);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, mut news) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert!(news.all().is_empty());
    let mut tx = stage.tx().await;
    store::accounts::remove(&mut tx, account).await.unwrap();
    tx.commit().await.unwrap();
    publisher.settled().await;
    assert_eq!(news.all()[0].kind, NoticeKind::Unconfirmed);
    assert_eq!(publisher.status().borrow().needs_you, 1);
    assert_eq!(stage.net.asked(), 1);
    let target = stage.target_id(post).await;
    let mut tx = stage.tx().await;
    publishing::say_published(&mut tx, target, None)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    publisher.stop().await;
}

#[tokio::test]
async fn a_paused_account_is_looked_through_all_the_same() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    stage.net.script([Act::ShowAndLoseAnswer]);
    stage.net.looks([not_now()]);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    let mut tx = stage.tx().await;
    store::accounts::set_paused(&mut tx, account, Some("Holiday"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    publisher.stop().await;
}

#[tokio::test]
async fn looks_that_wait_for_the_internet_keep_no_others_waiting() {
    let mut stage = Stage::new().await;
    stage.config.limits.looks = 1;
    let far = stage.account(CHOSEN).await;
    let near = stage.account(LOCAL).await;
    stage
        .net
        .script([Act::ShowAndLoseAnswer, Act::ShowAndLoseAnswer]);
    stage.net.looks([not_now(), not_now()]);
    let post = stage.post("far", MINUTE, &[far]).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    let other = stage.post("near", Duration::from_secs(1), &[near]).await;
    stage.pass(&publisher, Duration::from_secs(1)).await;
    assert_eq!(stage.net.asked(), 2);
    publisher.set_online(false);
    stage.pass(&publisher, 2 * MINUTE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Unconfirmed);
    assert_eq!(stage.state(other).await, DeliveryState::Published);
    publisher.stop().await;
}

#[tokio::test]
async fn a_resend_knows_that_an_earlier_try_may_have_shown_something() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    stage.net.script([Act::LoseCall, Act::LoseCall]);
    let post = stage.thread(&["one", "two"], MINUTE, &[account]).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    let tries = stage.net.tries();
    assert_eq!(tries.len(), 3);
    assert_eq!(tries[0], None);
    assert!(tries[1].is_some() && tries[1] == tries[2], "{tries:?}");
    publisher.stop().await;
}

#[tokio::test]
async fn every_attempt_puts_the_same_into_links_whatever_is_wanted_meanwhile() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    stage.want_in_links(CHOSEN, "first-{date}").await;
    stage.net.script([Act::LoseCall]);
    stage.net.looks([not_now()]);
    let post = stage
        .post("See https://a.example/x#top.", MINUTE, &[account])
        .await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Unconfirmed);
    stage.want_in_links(CHOSEN, "second").await;
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    let shown = stage.net.shown();
    assert_eq!(shown.len(), 1);
    assert_eq!(
        shown[0].text,
        "See https://a.example/x?utm_source=first-2026-05-14#top."
    );
    let log = stage.log(post).await;
    assert!(log.iter().all(|e| e.attempt.steps_done == 0));
    // What is new goes out with what is wanted now.
    let other = stage.post("https://b.example", MINUTE, &[account]).await;
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(other).await, DeliveryState::Published);
    assert_eq!(
        stage.net.shown()[1].text,
        "https://b.example?utm_source=second"
    );
    publisher.stop().await;
}
