//! First comments: below a post that is out, once, whatever happens; and the post stays published.

use std::sync::Arc;
use std::time::Duration;

use model::delivery::DeliveryState;
use model::failure::{Category, Retry};
use model::post::{CommentState, FirstComment};
use model::{Clock, PostId};
use networks::connector::CommentSeen;
use publisher::testing::{Act, CommentAct, Gate, refusal};
use publisher::{Limits, NoticeKind, Publisher};
use serde_json::json;
use store::publishing;

use crate::stage::{CHOSEN, COMMENTED, HOUR, MINUTE, News, Stage};

const DAY: Duration = Duration::from_hours(24);

/// A post with a first comment, due in a minute.
async fn post(stage: &Stage, network: &str) -> PostId {
    let account = stage.account(network).await;
    let options = json!({ "firstComment": " More below " });
    stage
        .post_with(&["Hello"], MINUTE, &[account], options)
        .await
}

/// The same a minute later, with what its comments meet.
async fn sent(acts: Vec<CommentAct>) -> (Stage, Publisher, News, PostId) {
    let stage = Stage::new().await;
    stage.net.comment_script(acts);
    let id = post(&stage, COMMENTED).await;
    let (publisher, news) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    let target = stage.target(id).await;
    assert_eq!(
        target.state,
        DeliveryState::Published,
        "whatever becomes of it"
    );
    assert_eq!(stage.net.shown().len(), 1);
    (stage, publisher, news, id)
}

async fn comment(stage: &Stage, id: PostId) -> FirstComment {
    stage.target(id).await.first_comment.unwrap()
}

fn no_way() -> CommentAct {
    let words = "Comments are turned off below this post.";
    CommentAct::Refuse(refusal(Category::Validation, Retry::Never, words))
}

fn later() -> CommentAct {
    let words = "The network has trouble of its own.";
    CommentAct::Refuse(refusal(Category::NetworkError, Retry::Backoff, words))
}

#[tokio::test]
async fn it_is_written_as_soon_as_the_post_is_out() {
    let (stage, publisher, mut news, id) = sent(vec![]).await;
    let below = stage.net.comments();
    let remote = stage.target(id).await.remote_id.unwrap();
    assert_eq!(below, [(remote, "More below".to_owned())]);
    let kept = comment(&stage, id).await;
    assert_eq!((kept.state, kept.tries), (CommentState::Written, 1));
    assert_eq!(stage.net.looked_for_comments(), 0, "nothing to look for");
    let told = news.all();
    assert_eq!((told.len(), told[0].kind), (1, NoticeKind::Published));
    stage.pass(&publisher, DAY).await;
    assert_eq!(stage.net.comments().len(), 1);
    publisher.stop().await;
}

#[tokio::test]
async fn a_network_without_comments_and_an_empty_one_write_nothing() {
    let stage = Stage::new().await;
    let elsewhere = post(&stage, CHOSEN).await;
    let account = stage.account(COMMENTED).await;
    let empty = json!({ "firstComment": "  " });
    let empty = stage.post_with(&["Hi"], MINUTE, &[account], empty).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    for id in [elsewhere, empty] {
        let target = stage.target(id).await;
        assert_eq!(target.state, DeliveryState::Published);
        assert_eq!(target.first_comment, None);
    }
    assert!(stage.net.comments().is_empty());
    publisher.stop().await;
}

#[tokio::test]
async fn one_that_is_refused_is_told_once_and_can_be_written_or_left() {
    let (stage, publisher, mut news, id) = sent(vec![no_way(), no_way()]).await;
    let failed = comment(&stage, id).await;
    assert_eq!(failed.state, CommentState::Failed);
    assert!(failed.message.unwrap().contains("turned off"));
    let told = news.sentences();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[1].contains("and its first comment is not. Comments are turned off"),
        "{told:?}"
    );
    stage.pass(&publisher, DAY).await;
    assert!(news.all().is_empty(), "said once");
    let (conn, target) = (
        &mut stage.store.read().await.unwrap(),
        stage.target_id(id).await,
    );
    assert_eq!(publishing::needs_you(conn).await.unwrap(), 1);
    assert_eq!(store::troubles::all(conn).await.unwrap().len(), 1);

    let mut tx = stage.tx().await;
    publishing::comment_again(&mut tx, target).await.unwrap();
    tx.commit().await.unwrap();
    publisher.settled().await;
    assert_eq!(comment(&stage, id).await.state, CommentState::Failed);
    let mut tx = stage.tx().await;
    publishing::comment_left(&mut tx, target).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(comment(&stage, id).await.state, CommentState::Left);
    let conn = &mut stage.store.read().await.unwrap();
    assert_eq!(publishing::needs_you(conn).await.unwrap(), 0);
    let mut tx = stage.tx().await;
    publishing::comment_again(&mut tx, target).await.unwrap();
    tx.commit().await.unwrap();
    publisher.settled().await;
    assert_eq!(comment(&stage, id).await.state, CommentState::Written);
    assert_eq!(stage.net.comments().len(), 1);
    publisher.stop().await;
}

#[tokio::test]
async fn a_shut_keyring_is_told_once_and_it_is_written_when_that_opens() {
    // Before it is written first, and before it is looked for.
    for (acts, tries) in [(vec![], 1), (vec![CommentAct::LoseCall], 2)] {
        let looks = !acts.is_empty();
        let stage = Stage::new().await;
        stage.net.comment_script(acts);
        if !looks {
            stage.net.guard_looks();
            stage.vault.lock(true);
        }
        let id = post(&stage, COMMENTED).await;
        let (publisher, mut news) = stage.start();
        stage.pass(&publisher, MINUTE).await;
        if looks {
            stage.net.guard_looks();
            stage.vault.lock(true);
        }
        for _ in 0..5 {
            stage.pass(&publisher, MINUTE).await;
        }
        let told: Vec<_> = news.all().into_iter().map(|n| n.kind).collect();
        assert_eq!(told, [NoticeKind::Published, NoticeKind::Delayed]);
        let waits = comment(&stage, id).await;
        assert_eq!(waits.state, CommentState::Due);
        assert!(waits.message.unwrap().contains("keyring"));
        let delayed = publisher.status().borrow().delayed.clone().unwrap();
        assert!(delayed.contains("keyring"), "{delayed}");
        assert!(stage.net.comments().is_empty());

        stage.vault.lock(false);
        stage.pass(&publisher, MINUTE).await;
        let written = comment(&stage, id).await;
        assert_eq!(
            (written.state, written.tries),
            (CommentState::Written, tries)
        );
        assert_eq!(stage.net.comments().len(), 1);
        assert_eq!(publisher.status().borrow().delayed, None);
        publisher.stop().await;
    }
}

#[tokio::test]
async fn what_certainly_was_not_written_is_tried_again_and_given_up_after_three() {
    let (stage, publisher, _, id) = sent(vec![later()]).await;
    let waits = comment(&stage, id).await;
    assert_eq!(waits.state, CommentState::Due);
    assert!(waits.next_try_at.unwrap() > stage.clock.now());
    stage.pass(&publisher, 2 * MINUTE).await;
    assert_eq!(comment(&stage, id).await.state, CommentState::Written);
    assert_eq!(stage.net.looked_for_comments(), 0, "nothing to look for");
    publisher.stop().await;

    let (stage, publisher, mut news, id) = sent(vec![later(), later(), later()]).await;
    for _ in 0..4 {
        stage.pass(&publisher, 5 * MINUTE).await;
    }
    let failed = comment(&stage, id).await;
    assert_eq!((failed.state, failed.tries), (CommentState::Failed, 3));
    assert_eq!(news.all().len(), 2);
    assert!(stage.net.comments().is_empty());
    publisher.stop().await;
}

#[tokio::test]
async fn a_lost_answer_is_looked_for_and_never_written_twice() {
    for (act, looks) in [
        (CommentAct::TakeAndLoseAnswer, 1),
        (CommentAct::LoseCall, 1),
        (CommentAct::TakeAndPanic, 1),
    ] {
        let (stage, publisher, _, id) = sent(vec![act.clone()]).await;
        stage.pass(&publisher, 2 * MINUTE).await;
        assert_eq!(
            comment(&stage, id).await.state,
            CommentState::Written,
            "{act:?}"
        );
        assert_eq!(stage.net.comments().len(), 1, "{act:?}");
        assert_eq!(stage.net.looked_for_comments(), looks, "{act:?}");
        publisher.stop().await;
    }
}

#[tokio::test]
async fn where_looking_does_not_work_the_person_is_told_that_it_may_be_there() {
    let (stage, publisher, mut news, id) = sent(vec![CommentAct::TakeAndLoseAnswer]).await;
    let words = "The network does not answer.";
    let not_now = CommentSeen::NotNow(refusal(Category::NetworkError, Retry::Backoff, words));
    stage.net.comment_looks(vec![not_now; 4]);
    for _ in 0..6 {
        stage.pass(&publisher, 16 * MINUTE).await;
    }
    let failed = comment(&stage, id).await;
    assert_eq!(failed.state, CommentState::Failed);
    assert!(failed.message.unwrap().starts_with("It may be there"));
    assert_eq!(news.all().len(), 2);
    // Looked for again when the person asks for it, and found.
    let mut tx = stage.tx().await;
    publishing::comment_again(&mut tx, stage.target_id(id).await)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    publisher.settled().await;
    assert_eq!(comment(&stage, id).await.state, CommentState::Written);
    assert_eq!(stage.net.comments().len(), 1);
    publisher.stop().await;
}

#[tokio::test]
async fn a_death_after_the_comment_is_looked_for_at_the_next_start() {
    let (mut stage, publisher, _, id) = sent(vec![CommentAct::TakeAndPanic]).await;
    publisher.stop().await;
    stage.reopen("machine-a").await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, 2 * MINUTE).await;
    assert_eq!(comment(&stage, id).await.state, CommentState::Written);
    assert_eq!(stage.net.comments().len(), 1);
    publisher.stop().await;
}

#[tokio::test]
async fn one_that_a_stop_does_not_wait_for_is_cut_off_and_looked_for_by_the_next() {
    let mut stage = Stage::new().await;
    stage.config.limits = Limits {
        patience: Duration::ZERO,
        ..Limits::default()
    };
    let call = Arc::new(Gate::default());
    stage
        .net
        .comment_script([CommentAct::Wait(Arc::clone(&call))]);
    let id = post(&stage, COMMENTED).await;
    let (publisher, _) = stage.start();
    publisher.settled().await;
    stage.clock.advance(MINUTE);
    call.reached.notified().await;
    let stop = tokio::spawn(async move { publisher.stop().await });
    while !stop.is_finished() {
        stage.clock.advance(Duration::ZERO);
        tokio::task::yield_now().await;
    }
    // The call is gone, not only nobody's.
    while Arc::strong_count(&call) > 1 {
        tokio::task::yield_now().await;
    }
    assert!(stage.net.comments().is_empty());
    assert_eq!(comment(&stage, id).await.state, CommentState::Due);
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.net.looked_for_comments(), 1);
    assert_eq!(comment(&stage, id).await.state, CommentState::Written);
    assert_eq!(stage.net.comments().len(), 1);
    publisher.stop().await;
}

#[tokio::test]
async fn one_on_a_network_that_this_version_does_not_know_is_told_and_not_forgotten() {
    let (mut stage, publisher, _, id) = sent(vec![later()]).await;
    publisher.stop().await;
    stage
        .config
        .connectors
        .retain(|c| c.entry().key != COMMENTED);
    let (publisher, mut news) = stage.start();
    stage.pass(&publisher, 5 * MINUTE).await;
    assert_eq!(comment(&stage, id).await.state, CommentState::Failed);
    assert!(news.sentences()[0].contains("does not know the network"));
    publisher.stop().await;
}

#[tokio::test]
async fn a_post_that_was_found_is_looked_below_first() {
    let stage = Stage::new().await;
    stage.net.script([Act::ShowAndLoseAnswer]);
    let id = post(&stage, COMMENTED).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(comment(&stage, id).await.state, CommentState::Written);
    assert_eq!(stage.net.looked_for_comments(), 1);
    assert_eq!(stage.net.comments().len(), 1);
    publisher.stop().await;
}

#[tokio::test]
async fn a_post_that_its_network_published_gets_its_comment_then() {
    let stage = Stage::new().await;
    let account = stage.account(COMMENTED).await;
    let options = json!({ "firstComment": "More", "native": true });
    let id = stage.post_with(&["Hi"], DAY, &[account], options).await;
    let (publisher, _) = stage.start();
    publisher.settled().await;
    assert_eq!(stage.state(id).await, DeliveryState::Placed);
    assert!(stage.net.comments().is_empty());
    stage.pass(&publisher, DAY + MINUTE).await;
    assert_eq!(stage.state(id).await, DeliveryState::Published);
    assert_eq!(stage.net.comments().len(), 1);
    publisher.stop().await;
}

#[tokio::test]
async fn links_in_it_carry_what_those_of_the_post_carry() {
    let stage = Stage::new().await;
    stage.want_in_links(COMMENTED, "almanac").await;
    let account = stage.account(COMMENTED).await;
    let options = json!({ "firstComment": "See https://a.example/x now" });
    let text = "At https://b.example";
    stage.post_with(&[text], MINUTE, &[account], options).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    let words = stage.net.comments().remove(0).1;
    assert_eq!(words, "See https://a.example/x?utm_source=almanac now");
    publisher.stop().await;
}

#[tokio::test]
async fn nothing_is_written_below_what_is_held_or_paused_and_it_is_once_that_ends() {
    use store::{calendars::set_paused, holds};

    for all in [true, false] {
        let (stage, publisher, _, id) = sent(vec![later()]).await;
        let (target, calendar) = (stage.target_id(id).await, stage.calendar);
        let mut tx = stage.tx().await;
        let held = if all {
            holds::hold_all(&mut tx, "Held.").await
        } else {
            set_paused(&mut tx, calendar, Some("Holiday")).await
        };
        held.unwrap();
        tx.commit().await.unwrap();
        stage.pass(&publisher, HOUR).await;
        assert_eq!(comment(&stage, id).await.state, CommentState::Due, "{all}");
        assert!(stage.net.comments().is_empty(), "{all}");
        // Nor what was taken up just before.
        let mut tx = stage.tx().await;
        let begun = publishing::comment_begins(&mut tx, target, stage.clock.now()).await;
        assert!(!begun.unwrap(), "{all}");
        let gone_on = if all {
            holds::release(&mut tx, "machine-a").await
        } else {
            set_paused(&mut tx, calendar, None).await
        };
        gone_on.unwrap();
        tx.commit().await.unwrap();
        publisher.settled().await;
        let written = comment(&stage, id).await.state;
        assert_eq!(written, CommentState::Written, "{all}");
        assert_eq!(stage.net.comments().len(), 1, "{all}");
        publisher.stop().await;
    }
}

#[tokio::test]
async fn one_that_waits_goes_with_its_post() {
    let (stage, publisher, _, id) = sent(vec![later()]).await;
    publisher
        .delete_on_network(stage.target_id(id).await)
        .await
        .unwrap();
    assert_eq!(stage.target(id).await.first_comment, None);
    publisher.stop().await;
}
