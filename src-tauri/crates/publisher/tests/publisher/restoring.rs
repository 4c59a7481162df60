//! A folder that was copied, or a backup put back: what was sent that this file does not know of, and what was not.

use std::time::Duration;

use model::delivery::DeliveryState;
use model::failure::{Category, Retry};
use model::when::{When, Zone};
use model::{Clock, PostId};
use networks::connector::Confirmation;
use publisher::testing::{Act, refusal};
use publisher::{LEASE, NoticeKind, Publisher};
use store::posts::{self, Move};
use store::publishing;

use crate::rescue::{claim, intend};
use crate::stage::{ASK, CHOSEN, HOUR, MINUTE, READ, Stage, found_there};

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn what_is_absent_long_after_its_time_is_missed_and_sent_in_no_burst() {
    for network in [CHOSEN, READ] {
        let mut stage = Stage::new().await;
        let account = stage.account(network).await;
        let post = stage.post("Last week's", MINUTE, &[account]).await;
        stage.reopen("machine-b").await;
        stage.clock.advance(7 * DAY);
        stage.take_over("machine-b").await;
        let (publisher, mut news) = stage.start();
        publisher.settled().await;
        stage.pass(&publisher, MINUTE).await;
        assert!(stage.net.asked() > 0, "{network}: it was looked for");
        assert_eq!(stage.state(post).await, DeliveryState::Missed, "{network}");
        assert!(stage.net.shown().is_empty(), "{network}");
        let kinds: Vec<_> = news.all().iter().map(|n| n.kind).collect();
        assert_eq!(kinds, [NoticeKind::Missed], "{network}");
        publisher.stop().await;
    }
}

#[tokio::test]
async fn a_send_that_was_lost_days_ago_is_not_sent_again_by_itself() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    stage.net.script([Act::LoseCall]);
    let no_answer = refusal(Category::NetworkError, Retry::Backoff, "No answer.");
    stage.net.looks([Confirmation::NotNow(no_answer)]);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Unconfirmed);
    publisher.stop().await;

    stage.clock.advance(3 * DAY);
    let (publisher, _) = stage.start();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, DeliveryState::Missed);
    assert!(stage.net.shown().is_empty());
    publisher.stop().await;
}

#[tokio::test]
async fn a_send_that_a_copied_file_left_open_is_looked_for_however_soon_it_is_taken_over() {
    let mut stage = Stage::new().await;
    let account = stage.account(READ).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    stage.clock.advance(MINUTE);
    // Copied in the middle of a send that had shown nothing yet, and went on over there.
    let claimed = claim(&stage, "over there").await;
    intend(&stage, "over there", claimed).await;
    stage.reopen("machine-b").await;
    stage.take_over("machine-b").await;
    stage.net.looks([found_there()]);
    let (publisher, _) = stage.start();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, DeliveryState::Sending);
    stage.pass(&publisher, LEASE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    assert_eq!(stage.net.asked(), 1);
    assert!(stage.net.shown().is_empty());
    publisher.stop().await;
}

#[tokio::test]
async fn a_post_that_an_edit_holds_in_the_copied_file_is_looked_for_too() {
    let mut stage = Stage::new().await;
    let account = stage.account(READ).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let confirmed = stage.read(post).await;
    let mut draft = store::posts::draft_of(&confirmed);
    draft.segments[0].text = "Hello, better".to_owned();
    let mut tx = stage.tx().await;
    store::working_copies::put(&mut tx, post, confirmed.version, &draft)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert!(stage.read(post).await.held);
    publisher.stop().await;

    // Over there the edit was given up, and the post went out.
    stage.reopen("machine-b").await;
    stage.clock.advance(HOUR);
    stage.take_over("machine-b").await;
    stage.net.looks([found_there()]);
    let (publisher, _) = stage.start();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    assert!(stage.net.shown().is_empty());
    publisher.stop().await;
}

/// A post that failed or was missed when its folder was copied to another computer, which publishes from now on.
async fn ended_there(network: &str, ended: DeliveryState) -> (Stage, Publisher, PostId) {
    let mut stage = Stage::new().await;
    let account = stage.account(network).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let too_long = refusal(Category::Validation, Retry::Never, "The text is too long.");
    let missed = ended == DeliveryState::Missed;
    if !missed {
        stage.net.script([Act::Refuse(too_long)]);
    }
    stage.clock.advance(if missed { DAY } else { MINUTE });
    let (publisher, _) = stage.start();
    publisher.settled().await;
    publisher.stop().await;
    stage.reopen("machine-b").await;
    stage.take_over("machine-b").await;
    let (publisher, _) = stage.start();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, ended, "{network}");
    assert_eq!(stage.net.asked(), 0, "{network}: nobody wants it to go out");
    (stage, publisher, post)
}

async fn try_now(stage: &Stage, publisher: &Publisher, post: PostId) {
    let target = stage.target_id(post).await;
    let mut tx = stage.tx().await;
    publishing::retry(&mut tx, target).await.unwrap();
    tx.commit().await.unwrap();
    publisher.settled().await;
}

#[tokio::test]
async fn what_had_ended_in_the_copied_file_is_looked_for_before_it_is_tried_again() {
    for ended in [DeliveryState::Failed, DeliveryState::Missed] {
        // Over there it was tried again, and went out.
        let (stage, publisher, post) = ended_there(READ, ended).await;
        stage.net.looks([found_there()]);
        try_now(&stage, &publisher, post).await;
        assert_eq!(stage.state(post).await, DeliveryState::Published);
        assert_eq!(stage.net.asked(), 1, "{ended:?}");
        assert!(stage.net.shown().is_empty(), "{ended:?}");
        publisher.stop().await;

        // It was not, so it goes out, however long its time has passed.
        let (stage, publisher, post) = ended_there(READ, ended).await;
        try_now(&stage, &publisher, post).await;
        stage.pass(&publisher, MINUTE).await;
        assert_eq!(stage.state(post).await, DeliveryState::Published);
        assert!(stage.net.asked() > 0, "{ended:?}");
        assert_eq!(stage.net.shown().len(), 1, "{ended:?}");
        publisher.stop().await;
    }
}

#[tokio::test]
async fn where_nobody_can_look_the_person_is_asked_before_it_is_tried_again() {
    let (stage, publisher, post) = ended_there(ASK, DeliveryState::Failed).await;
    try_now(&stage, &publisher, post).await;
    let target = stage.target(post).await;
    assert_eq!(target.state, DeliveryState::Unconfirmed);
    assert!(target.failure.unwrap().message.contains("cannot be asked"));
    assert!(stage.net.shown().is_empty());

    let mut tx = stage.tx().await;
    publishing::send_again(&mut tx, target.id).await.unwrap();
    tx.commit().await.unwrap();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    publisher.stop().await;
}

async fn reword(stage: &Stage, post: PostId) {
    stage.clock.advance(MINUTE);
    let stored = stage.read(post).await;
    let mut draft = posts::draft_of(&stored);
    "Hello, better".clone_into(&mut draft.segments[0].text);
    let mut tx = stage.tx().await;
    posts::save(&mut tx, post, stored.version, &draft)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_was_edited_before_it_is_looked_for_may_be_there_in_other_words() {
    for ended in [DeliveryState::Failed, DeliveryState::Missed] {
        let (stage, publisher, post) = ended_there(READ, ended).await;
        reword(&stage, post).await;
        try_now(&stage, &publisher, post).await;
        stage.pass(&publisher, MINUTE).await;
        let target = stage.target(post).await;
        assert_eq!(target.state, DeliveryState::Unconfirmed, "{ended:?}");
        let why = target.failure.unwrap().message;
        assert!(why.contains("in other words"), "{ended:?}: {why}");
        assert!(stage.net.shown().is_empty(), "{ended:?}");
        publisher.stop().await;
    }
    // It would be there under its name, whatever it says.
    let (stage, publisher, post) = ended_there(CHOSEN, DeliveryState::Failed).await;
    reword(&stage, post).await;
    try_now(&stage, &publisher, post).await;
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    assert_eq!(stage.net.shown().len(), 1);
    publisher.stop().await;
}

#[tokio::test]
async fn what_may_be_out_is_looked_for_before_it_is_told_as_missed() {
    for there in [true, false] {
        let (stage, publisher, post) = ended_there(CHOSEN, DeliveryState::Failed).await;
        publisher.stop().await;
        let (zone, at) = (Zone::utc(), stage.clock.now().plus(MINUTE));
        let wall = zone.wall_at(at).unwrap();
        let mut tx = stage.tx().await;
        posts::move_many(
            &mut tx,
            &[Move::to(post, When::Scheduled { wall, zone, at })],
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();

        // The program was off at that time.
        stage.clock.advance(DAY);
        if there {
            stage.net.looks([found_there()]);
        }
        let (publisher, mut news) = stage.start();
        publisher.settled().await;
        stage.pass(&publisher, MINUTE).await;
        let (state, told) = if there {
            (DeliveryState::Published, 0)
        } else {
            (DeliveryState::Missed, 1)
        };
        assert_eq!(stage.state(post).await, state);
        assert_eq!(stage.net.asked(), 1);
        assert!(stage.net.shown().is_empty());
        let kinds = news.all().into_iter().map(|n| n.kind);
        let missed = kinds.filter(|kind| *kind == NoticeKind::Missed).count();
        assert_eq!(missed, told);
        publisher.stop().await;
    }
}
