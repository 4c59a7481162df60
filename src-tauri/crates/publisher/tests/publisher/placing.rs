//! Posts that their networks publish by themselves.

use std::time::Duration;

use model::delivery::DeliveryState::{Failed, Placed, Published, Unconfirmed, Waiting};
use model::failure::{Category, Retry};
use model::status::ShownStatus;
use model::{Clock, Timestamp};
use networks::connector::Kept;
use publisher::testing::{Act, TakeBack, refusal};
use publisher::{DeleteError, NoticeKind, Publisher};
use store::StoreError;
use store::posts::Move;
use store::publishing;

use crate::stage::{CHOSEN, HOUR, KEEPS, LOCAL, MINUTE, Stage};

const DAY: Duration = Duration::from_hours(24);

fn no_answer() -> networks::connector::Refusal {
    refusal(Category::NetworkError, Retry::Backoff, "No answer came.")
}

/// A post that its network holds, two days ahead.
async fn held() -> (Stage, Publisher, model::PostId) {
    let stage = Stage::new().await;
    let account = stage.account(KEEPS).await;
    let post = stage.kept("Hello", 2 * DAY, &[account]).await;
    let (publisher, _) = stage.start();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, Placed);
    (stage, publisher, post)
}

#[tokio::test]
async fn a_post_is_handed_over_at_once_and_found_out_at_its_time_whoever_is_off() {
    let (stage, publisher, post) = held().await;
    let due = stage.clock.now().plus(2 * DAY);
    assert_eq!(stage.net.kept()[0].until, due);
    assert!(stage.net.shown().is_empty());
    assert_eq!(stage.read(post).await.status, ShownStatus::Placed);
    let log = stage.log(post).await;
    assert_eq!((log.len(), log[0].attempt.place_at), (1, Some(due)));
    publisher.stop().await;

    // The computer is off at that minute, and on long after the grace time.
    stage.clock.advance(3 * DAY);
    let (publisher, mut news) = stage.start();
    publisher.settled().await;
    let target = stage.target(post).await;
    assert_eq!(target.state, Published);
    assert!(target.remote_url.is_some() && target.published_at.is_some());
    assert_eq!(stage.net.shown().len(), 1);
    assert_eq!(news.all()[0].kind, NoticeKind::Published);
    publisher.stop().await;
}

#[tokio::test]
async fn a_keyring_that_keeps_from_looking_is_told_once_and_the_look_follows_when_it_opens() {
    let stage = Stage::new().await;
    let account = stage.account(KEEPS).await;
    let post = stage.kept("Hello", DAY, &[account]).await;
    let (publisher, mut news) = stage.start();
    publisher.settled().await;
    stage.net.guard_looks();
    stage.vault.lock(true);
    stage.pass(&publisher, DAY + MINUTE).await;
    for _ in 0..5 {
        stage.pass(&publisher, MINUTE).await;
    }
    assert_eq!(stage.state(post).await, Placed);
    let told = news.all();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].kind, NoticeKind::Delayed);
    let delayed = publisher.status().borrow().delayed.clone();
    assert_eq!(delayed.as_ref(), Some(&told[0].sentence));
    stage.vault.lock(false);
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(post).await, Published);
    assert_eq!(publisher.status().borrow().delayed, None);
    publisher.stop().await;
}

#[tokio::test]
async fn a_network_that_this_version_does_not_know_is_not_taken_to_have_published() {
    let (mut stage, publisher, post) = held().await;
    publisher.stop().await;
    stage.config.connectors.retain(|c| c.entry().key != KEEPS);
    let (publisher, mut news) = stage.start();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, Placed);
    stage.pass(&publisher, 2 * DAY + MINUTE).await;
    assert_eq!(stage.state(post).await, Unconfirmed);
    assert!(news.sentences()[0].contains("does not know the network"));
    publisher.stop().await;
}

#[tokio::test]
async fn nothing_is_handed_over_outside_the_networks_window() {
    let stage = Stage::new().await;
    let account = stage.account(KEEPS).await;
    let soon = stage.kept("Soon", 9 * MINUTE, &[account]).await;
    let far = stage.kept("Far", 40 * DAY, &[account]).await;
    let (publisher, _) = stage.start();
    publisher.settled().await;
    assert!(stage.net.kept().is_empty());
    stage.pass(&publisher, 9 * MINUTE).await;
    assert_eq!(stage.state(soon).await, Published, "sent from here");
    assert_eq!(stage.state(far).await, Waiting);
    stage.pass(&publisher, 11 * DAY).await;
    assert_eq!(stage.state(far).await, Placed);
    assert_eq!(stage.net.shown().len(), 1);
    publisher.stop().await;
}

#[tokio::test]
async fn only_who_asks_for_it_and_a_network_that_can_is_given_anything_early() {
    let stage = Stage::new().await;
    let (keeps, chosen) = (stage.account(KEEPS).await, stage.account(CHOSEN).await);
    let plain = stage.post("Plain", HOUR, &[keeps]).await;
    let other = stage.kept("Elsewhere", HOUR, &[chosen]).await;
    let (publisher, _) = stage.start();
    publisher.settled().await;
    assert_eq!(stage.state(plain).await, Waiting);
    assert_eq!(stage.state(other).await, Waiting);
    stage.pass(&publisher, HOUR).await;
    assert_eq!(stage.net.shown().len(), 2);
    publisher.stop().await;
}

#[tokio::test]
async fn what_the_network_cannot_hold_waits_for_its_minute_and_says_so() {
    let stage = Stage::new().await;
    let account = stage.account(KEEPS).await;
    let options = serde_json::json!({ "native": true });
    let thread = stage
        .post_with(&["One", "Two"], HOUR, &[account], options)
        .await;
    let (publisher, mut news) = stage.start();
    publisher.settled().await;
    let target = stage.target(thread).await;
    assert_eq!(target.state, Waiting);
    assert!(target.failure.unwrap().message.contains("holds no threads"));
    let told = news.all();
    assert_eq!(told[0].kind, NoticeKind::NotPlaced);
    assert!(
        told[0].sentence.contains("has to be on at its time"),
        "{}",
        told[0].sentence
    );
    stage.pass(&publisher, HOUR).await;
    assert_eq!(stage.state(thread).await, Published);
    assert_eq!(stage.net.shown().len(), 2);
    publisher.stop().await;
}

#[tokio::test]
async fn a_network_that_will_not_take_it_early_gets_it_at_its_minute() {
    for (failures, category, retry) in [
        (1, Category::Validation, Retry::Never),
        (3, Category::NetworkError, Retry::Backoff),
    ] {
        let stage = Stage::new().await;
        let account = stage.account(KEEPS).await;
        let refused = Act::Refuse(refusal(category, retry, "Not like this."));
        stage.net.script(vec![refused; failures]);
        let post = stage.kept("Hello", DAY, &[account]).await;
        let (publisher, mut news) = stage.start();
        publisher.settled().await;
        stage.pass(&publisher, 5 * MINUTE).await;
        stage.pass(&publisher, 5 * MINUTE).await;
        assert_eq!(stage.net.tries().len(), failures);
        let target = stage.target(post).await;
        assert_eq!(target.state, Waiting, "{category:?}");
        assert_eq!(
            target.not_before,
            Some(Timestamp::from_millis(1_778_742_000_000).plus(DAY))
        );
        assert!(news.all().iter().any(|n| n.kind == NoticeKind::NotPlaced));
        stage.pass(&publisher, DAY).await;
        assert_eq!(stage.state(post).await, Published);
        assert_eq!(stage.net.tries().len(), failures + 1);
        publisher.stop().await;
    }
}

#[tokio::test]
async fn a_lost_answer_is_looked_for_and_nothing_is_handed_over_twice() {
    for act in [Act::ShowAndLoseAnswer, Act::LoseCall] {
        let stage = Stage::new().await;
        let account = stage.account(KEEPS).await;
        stage.net.script([act]);
        let post = stage.kept("Hello", DAY, &[account]).await;
        let (publisher, _) = stage.start();
        publisher.settled().await;
        assert_eq!(stage.state(post).await, Placed);
        assert_eq!((stage.net.kept().len(), stage.net.shown().len()), (1, 0));
        stage.pass(&publisher, DAY + MINUTE).await;
        assert_eq!(stage.state(post).await, Published);
        assert_eq!(stage.net.shown().len(), 1);
        publisher.stop().await;
    }
}

#[tokio::test]
async fn a_death_in_the_middle_is_looked_for_as_what_it_was() {
    let stage = Stage::new().await;
    let account = stage.account(KEEPS).await;
    stage.net.script([Act::Panic]);
    let post = stage.kept("Hello", DAY, &[account]).await;
    let (publisher, _) = stage.start();
    publisher.settled().await;
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(post).await, Placed);
    assert_eq!((stage.net.kept().len(), stage.net.shown().len()), (1, 0));
    publisher.stop().await;
}

#[tokio::test]
async fn what_is_held_there_cannot_be_changed_here_before_it_is_taken_back() {
    let (stage, publisher, post) = held().await;
    let target = stage.target_id(post).await;
    let read = stage.read(post).await;
    let mut tx = stage.tx().await;
    let mut later = read.when.clone();
    if let model::when::When::Scheduled { at, .. } = &mut later {
        *at = at.plus(HOUR);
    }
    let moved = store::posts::move_many(&mut tx, &[Move::to(post, later)]).await;
    assert!(matches!(moved, Err(StoreError::Placed(why)) if why.contains("Take it back first")));
    drop(tx);
    let mut tx = stage.tx().await;
    assert!(matches!(
        publishing::cancel(&mut tx, target).await,
        Err(StoreError::Conflict(why)) if why.contains("take it back first")
    ));
    drop(tx);

    publisher.take_back(target).await.unwrap();
    publisher.settled().await;
    assert!(stage.net.kept().is_empty());
    let taken = stage.target(post).await;
    assert_eq!(taken.state, Waiting);
    assert!(taken.draft.options.is_empty(), "this computer sends it");
    // It is not handed over again, and goes out from here at its time, under another name.
    stage.pass(&publisher, 2 * DAY).await;
    assert_eq!(stage.state(post).await, Published);
    let shown = stage.net.shown();
    assert_eq!(shown.len(), 1);
    assert!(shown[0].handle.ends_with("-1"), "{}", shown[0].handle);
    assert_eq!(
        stage.net.tries(),
        [None, None],
        "an earlier turn says nothing"
    );
    publisher.stop().await;
}

#[tokio::test]
async fn taking_back_that_does_not_work_changes_nothing() {
    let (stage, publisher, post) = held().await;
    let target = stage.target_id(post).await;
    stage.net.take_backs([TakeBack::Refuse(no_answer())]);
    let refused = publisher.take_back(target).await.unwrap_err();
    assert!(matches!(refused, DeleteError::Network(_)), "{refused}");
    assert_eq!(stage.state(post).await, Placed);
    // The answer is lost, and looking tells that it is gone.
    stage.net.take_backs([TakeBack::LoseAnswer(no_answer())]);
    publisher.take_back(target).await.unwrap();
    assert_eq!(stage.state(post).await, Waiting);
    publisher.stop().await;
}

#[tokio::test]
async fn taking_back_that_nobody_can_tell_is_asked_about() {
    for there in [true, false] {
        let (stage, publisher, post) = held().await;
        let target = stage.target_id(post).await;
        let act = if there {
            TakeBack::Refuse(no_answer())
        } else {
            TakeBack::LoseAnswer(no_answer())
        };
        stage.net.take_backs([act]);
        let until = stage.net.kept()[0].until;
        stage
            .net
            .looks_at_kept([Kept::Until(until), Kept::NotNow(no_answer())]);
        let refused = publisher.take_back(target).await.unwrap_err();
        assert!(matches!(refused, DeleteError::Unclear(_)), "{refused}");
        publisher.settled().await;
        assert_eq!(stage.state(post).await, Unconfirmed);
        assert_eq!(publisher.status().borrow().needs_you, 1);
        let mut tx = stage.tx().await;
        if there {
            publishing::say_published(&mut tx, target, None)
                .await
                .unwrap();
        } else {
            publishing::send_again(&mut tx, target).await.unwrap();
        }
        tx.commit().await.unwrap();
        publisher.settled().await;
        assert_eq!(
            stage.state(post).await,
            if there { Placed } else { Waiting }
        );
        stage.pass(&publisher, 2 * DAY + MINUTE).await;
        assert_eq!(stage.state(post).await, Published);
        assert_eq!(stage.net.shown().len(), 1);
        publisher.stop().await;
    }
}

#[tokio::test]
async fn it_is_too_late_to_take_back_what_goes_out_within_a_minute() {
    let (stage, publisher, post) = held().await;
    let target = stage.target_id(post).await;
    stage.pass(&publisher, 47 * HOUR + 59 * MINUTE).await;
    let refused = publisher.take_back(target).await.unwrap_err();
    assert!(matches!(refused, DeleteError::TooLate(_)), "{refused}");
    assert_eq!(stage.net.kept().len(), 1);
    publisher.stop().await;
}

#[tokio::test]
async fn what_somebody_deleted_there_is_told_and_can_be_handed_over_again() {
    let (stage, publisher, post) = held().await;
    let target = stage.target_id(post).await;
    stage.net.drop_kept();
    stage.pass(&publisher, 3 * HOUR).await;
    let gone = stage.target(post).await;
    assert_eq!(gone.state, Failed);
    assert!(gone.failure.unwrap().message.contains("has it no more"));
    assert_eq!(publisher.status().borrow().needs_you, 1);
    let mut tx = stage.tx().await;
    publishing::retry(&mut tx, target).await.unwrap();
    tx.commit().await.unwrap();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, Placed);
    assert!(stage.net.kept()[0].handle.ends_with("-1"));
    publisher.stop().await;
}

#[tokio::test]
async fn a_time_changed_there_is_followed_unless_other_accounts_keep_theirs() {
    for others in [false, true] {
        let stage = Stage::new().await;
        let mut accounts = vec![stage.account(KEEPS).await];
        if others {
            accounts.push(stage.account(LOCAL).await);
        }
        let post = stage.kept("Hello", 2 * DAY, &accounts).await;
        let (publisher, mut news) = stage.start();
        publisher.settled().await;
        let was = stage.read(post).await.when.stands_at().unwrap();
        let then = was.plus(90 * MINUTE);
        stage.net.move_kept(then);
        stage.pass(&publisher, 3 * HOUR).await;
        let now = stage.read(post).await.when.stands_at().unwrap();
        assert_eq!(now, if others { was } else { then });
        let told = news.all();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0].kind, NoticeKind::MovedThere);
        assert!(
            told[0].sentence.contains("2026-05-16 08:30"),
            "{}",
            told[0].sentence
        );
        stage.pass(&publisher, 3 * HOUR).await;
        assert!(news.all().is_empty(), "told once");
        stage.pass(&publisher, 42 * HOUR + MINUTE).await;
        stage.pass(&publisher, 2 * HOUR).await;
        assert_eq!(stage.read(post).await.status, ShownStatus::Published);
        publisher.stop().await;
    }
}

#[tokio::test]
async fn what_is_held_here_is_not_handed_over_and_what_is_there_is_said_to_go_out() {
    let (stage, publisher, post) = held().await;
    let account = stage.target(post).await.draft.account_id;
    let mut tx = stage.tx().await;
    store::holds::hold_all(&mut tx, "You hold all posts.")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let second = stage.kept("Second", 2 * DAY, &[account]).await;
    publisher.settled().await;
    assert_eq!(stage.state(second).await, Waiting);
    assert_eq!(stage.net.kept().len(), 1);
    let held = publisher.status().borrow().held.clone().unwrap();
    assert!(held.contains("1 post is held by its network"), "{held}");
    publisher.stop().await;
}

#[tokio::test]
async fn an_edit_that_is_under_way_is_not_handed_over() {
    let stage = Stage::new().await;
    let account = stage.account(KEEPS).await;
    let post = stage.kept("Hello", 2 * DAY, &[account]).await;
    let read = stage.read(post).await;
    let mut draft = store::posts::draft_of(&read);
    draft.segments[0].text = "Hello there".to_owned();
    let mut tx = stage.tx().await;
    store::working_copies::put(&mut tx, post, read.version, &draft)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let (publisher, _) = stage.start();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, Waiting);
    let mut tx = stage.tx().await;
    store::working_copies::confirm(&mut tx, post).await.unwrap();
    tx.commit().await.unwrap();
    publisher.settled().await;
    assert_eq!(stage.net.kept()[0].text, "Hello there");
    publisher.stop().await;
}

#[tokio::test]
async fn a_copied_folder_looks_for_it_before_it_is_handed_over_again() {
    let mut stage = Stage::new().await;
    let account = stage.account(KEEPS).await;
    let post = stage.kept("Hello", 2 * DAY, &[account]).await;
    let (publisher, _) = stage.start();
    publisher.settled().await;
    publisher.stop().await;
    let target = stage.target_id(post).await;
    // The first machine handed a second one over after the folder was copied.
    let copied = stage.kept("Later", 3 * DAY, &[account]).await;
    let unknown = stage.target_id(copied).await;
    let until = stage.clock.now().plus(3 * DAY);
    stage.net.keep(unknown, &format!("{unknown}-0"), until);
    stage.reopen("machine-b").await;
    let (publisher, _) = stage.start();
    publisher.settled().await;
    assert_eq!(stage.state(copied).await, Waiting);
    stage.take_over("machine-b").await;
    publisher.settled().await;
    assert_eq!(stage.state(copied).await, Placed);
    assert_eq!(stage.state(post).await, Placed);
    assert_eq!(stage.net.kept().len(), 2);
    assert_eq!(stage.target_id(post).await, target);
    publisher.stop().await;
}

#[tokio::test]
async fn the_account_of_a_held_post_that_is_removed_leaves_a_question() {
    let (stage, publisher, post) = held().await;
    let account = stage.target(post).await.draft.account_id;
    let mut tx = stage.tx().await;
    store::accounts::remove(&mut tx, account).await.unwrap();
    tx.commit().await.unwrap();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, Unconfirmed);
    let target = stage.target_id(post).await;
    let mut tx = stage.tx().await;
    publishing::say_published(&mut tx, target, None)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, Published);
    publisher.stop().await;
}

#[tokio::test]
async fn a_network_that_is_late_is_told_once() {
    let (stage, publisher, _) = held().await;
    let mut news = publisher.notices();
    let never = stage.net.kept()[0].until.plus(Duration::from_secs(30));
    stage.net.move_kept(never.plus(10 * DAY));
    stage.net.looks_at_kept(vec![Kept::Until(never); 200]);
    let mut told = 0;
    stage.pass(&publisher, 2 * DAY).await;
    for _ in 0..60 {
        stage.pass(&publisher, 5 * MINUTE).await;
        while let Ok(notice) = news.try_recv() {
            told += usize::from(notice.kind == NoticeKind::LateThere);
        }
    }
    assert_eq!(told, 1);
    publisher.stop().await;
}
