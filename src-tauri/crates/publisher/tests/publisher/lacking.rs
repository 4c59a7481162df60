//! Posts that are out and lack something, such as a thumbnail: that is told beside them.

use std::time::Duration;

use model::delivery::DeliveryState;
use model::post::AttemptOutcome;
use publisher::NoticeKind;
use publisher::testing::Act;

use crate::stage::{CHOSEN, KEEPS, MINUTE, Stage};

const DAY: Duration = Duration::from_hours(24);

const LACKS: [&str; 2] = ["Its thumbnail is not there.", "It is in no playlist."];

fn both() -> String {
    LACKS.join(" ")
}

#[tokio::test]
async fn what_did_not_come_along_is_told_and_stays_in_the_log() {
    for lost in [None, Some(Act::ShowAndLoseAnswer)] {
        let stage = Stage::new().await;
        let account = stage.account(CHOSEN).await;
        stage.net.lacks(&LACKS);
        stage.net.script(lost);
        let post = stage.post("Hello", MINUTE, &[account]).await;
        let (publisher, mut news) = stage.start();
        stage.pass(&publisher, MINUTE).await;
        assert_eq!(stage.state(post).await, DeliveryState::Published);
        let told = news.all();
        assert_eq!((told.len(), told[0].kind), (1, NoticeKind::Published));
        assert!(told[0].sentence.ends_with(&both()), "{}", told[0].sentence);
        let log = stage.log(post).await;
        assert_eq!(log.len(), 1);
        assert_eq!(log[0].attempt.outcome, AttemptOutcome::Sent);
        assert_eq!(log[0].attempt.message, Some(both()));
        // Nothing is wrong with the post itself.
        assert!(stage.target(post).await.failure.is_none());
        publisher.stop().await;
    }
}

#[tokio::test]
async fn it_is_told_when_the_network_has_published_what_it_held() {
    let stage = Stage::new().await;
    let account = stage.account(KEEPS).await;
    stage.net.lacks(&LACKS);
    let post = stage.kept("Hello", 2 * DAY, &[account]).await;
    let (publisher, mut news) = stage.start();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, DeliveryState::Placed);
    assert!(news.all().is_empty());
    publisher.stop().await;
    stage.clock.advance(3 * DAY);
    let (publisher, mut news) = stage.start();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    let told = news.all();
    assert!(told[0].sentence.ends_with(&both()), "{}", told[0].sentence);
    publisher.stop().await;
}
