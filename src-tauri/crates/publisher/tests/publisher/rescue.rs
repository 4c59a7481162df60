//! Leases that ran out, late owners, restores and other machines.

use std::sync::Arc;
use std::time::Duration;

use model::change::Actor;
use model::delivery::DeliveryState;
use model::post::AttemptOutcome;
use model::{AttemptId, Clock};
use publisher::testing::Act;
use publisher::{LEASE, Mood, NoticeKind};
use store::publishing::{self, Claimed, Gate, Intent, Settled, Showing};
use tokio::sync::Notify;

use crate::stage::{CHOSEN, HOUR, MINUTE, READ, Stage, found_there};

/// An owner that claims and then does nothing more, as a process that was killed.
pub async fn claim(stage: &Stage, owner: &str) -> Claimed {
    let mut tx = stage.store.begin(Actor::Publisher).await.unwrap();
    let gate = Gate {
        owner,
        lease: LEASE,
        most: 1,
        closed: &[],
        accounts: None,
    };
    let claimed = publishing::claim(&mut tx, gate).await.unwrap();
    tx.commit().await.unwrap();
    claimed[0]
}

pub async fn intend(stage: &Stage, owner: &str, claimed: Claimed) -> (bool, AttemptId) {
    let mut tx = stage.store.begin(Actor::Publisher).await.unwrap();
    let attempt_id = AttemptId(tx.new_id());
    let intent = Intent {
        target_id: claimed.target_id,
        fence: claimed.fence,
        attempt_id,
        number: 1,
        content_hash: "x".to_owned(),
        handle: serde_json::Value::Null,
        forget_steps: false,
        step: "begin".to_owned(),
        visible: false,
        place_at: None,
        links: None,
    };
    let taken = publishing::intend(&mut tx, owner, &[intent]).await.unwrap();
    tx.commit().await.unwrap();
    (taken[0], attempt_id)
}

async fn show(stage: &Stage, claimed: Claimed, attempt_id: AttemptId) -> bool {
    let mut tx = stage.store.begin(Actor::Publisher).await.unwrap();
    let step = Showing {
        target_id: claimed.target_id,
        attempt_id,
        key: "segment/0".to_owned(),
    };
    let taken = publishing::about_to_show(&mut tx, &[step]).await.unwrap();
    tx.commit().await.unwrap();
    taken[0]
}

#[tokio::test]
async fn a_death_before_the_visible_call_sends_again_after_the_lease() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    stage.clock.advance(MINUTE);
    let dead = claim(&stage, "dead").await;
    intend(&stage, "dead", dead).await;
    let (publisher, _) = stage.start();
    publisher.settled().await;
    assert_eq!(
        stage.state(post).await,
        DeliveryState::Sending,
        "its owner may be alive"
    );
    stage.pass(&publisher, LEASE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    assert_eq!(stage.net.asked(), 0);
    assert_eq!(stage.net.shown().len(), 1);
    publisher.stop().await;
}

#[tokio::test]
async fn a_death_after_the_visible_call_began_is_looked_for() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    stage.clock.advance(MINUTE);
    let dead = claim(&stage, "dead").await;
    let (_, attempt) = intend(&stage, "dead", dead).await;
    assert!(show(&stage, dead, attempt).await);
    let (publisher, _) = stage.start();
    publisher.settled().await;
    stage.pass(&publisher, LEASE).await;
    assert_eq!(stage.net.asked(), 1);
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    let outcomes: Vec<_> = stage
        .log(post)
        .await
        .iter()
        .map(|e| e.attempt.outcome)
        .collect();
    assert!(outcomes.contains(&AttemptOutcome::NotSent), "{outcomes:?}");
    publisher.stop().await;
}

#[tokio::test]
async fn a_clock_set_forward_never_takes_a_living_owners_lease() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    stage.clock.advance(MINUTE);
    claim(&stage, "other").await;
    let (publisher, _) = stage.start();
    publisher.settled().await;
    stage.clock.set(stage.clock.now().plus(24 * HOUR));
    publisher.settled().await;
    assert_eq!(stage.state(post).await, DeliveryState::Sending);
    publisher.stop().await;
}

#[tokio::test]
async fn every_write_of_a_late_owner_is_refused() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    stage.clock.advance(MINUTE);
    let late = claim(&stage, "late").await;
    let (_, attempt) = intend(&stage, "late", late).await;
    let mut tx = stage.store.begin(Actor::Publisher).await.unwrap();
    let leases = publishing::leases(&mut tx).await.unwrap();
    assert_eq!(publishing::rescue(&mut tx, &leases).await.unwrap().len(), 1);
    assert!(
        publishing::rescue(&mut tx, &leases)
            .await
            .unwrap()
            .is_empty(),
        "only once"
    );
    tx.commit().await.unwrap();
    let again = claim(&stage, "next").await;
    assert!(again.fence > late.fence);

    assert!(!show(&stage, late, attempt).await);
    assert!(
        !intend(
            &stage,
            "late",
            Claimed {
                fence: late.fence,
                ..late
            }
        )
        .await
        .0
    );
    let mut tx = stage.store.begin(Actor::Publisher).await.unwrap();
    let end = Settled {
        target_id: late.target_id,
        post_id: late.post_id,
        fence: late.fence,
        attempt_id: Some(attempt),
        to: DeliveryState::Published,
        not_before: None,
        outcome: AttemptOutcome::Sent,
        remote_id: Some("x".to_owned()),
        remote_url: None,
        remote: None,
        category: None,
        message: None,
        detail: None,
        next_try_at: None,
        refunds: 0,
    };
    assert_eq!(
        publishing::settle(&mut tx, "late", &[end]).await.unwrap(),
        [false]
    );
    tx.commit().await.unwrap();
    assert_eq!(stage.state(post).await, DeliveryState::Sending);
    assert_eq!(stage.target(post).await.remote_id, None);
}

#[tokio::test]
async fn a_long_send_keeps_its_lease() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let go = Arc::new(Notify::new());
    stage.net.script([Act::Wait(Arc::clone(&go))]);
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, _) = stage.start();
    publisher.settled().await;
    stage.clock.advance(MINUTE);
    publisher
        .status()
        .wait_for(|s| s.sending == 1)
        .await
        .unwrap();
    let beat = async || {
        let leases = publishing::leases(&mut stage.store.read().await.unwrap())
            .await
            .unwrap();
        leases[0].beat
    };
    let first = beat().await;
    let mut feed = 0;
    while beat().await == first {
        stage.clock.waiters(1).await;
        stage.clock.advance(Duration::from_secs(5));
        feed += 1;
        assert!(feed < 1_000, "never renewed");
        tokio::task::yield_now().await;
    }
    go.notify_one();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    publisher.stop().await;
}

#[tokio::test]
async fn a_post_that_kills_the_program_every_time_is_given_up() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    stage.clock.advance(MINUTE);
    for n in 0..5 {
        claim(&stage, &format!("run {n}")).await;
        let mut tx = stage.store.begin(Actor::Publisher).await.unwrap();
        let leases = publishing::leases(&mut tx).await.unwrap();
        publishing::rescue(&mut tx, &leases).await.unwrap();
        tx.commit().await.unwrap();
    }
    let target = stage.target(post).await;
    assert_eq!(target.state, DeliveryState::Failed);
    assert!(
        target
            .failure
            .unwrap()
            .message
            .contains("stopped several times")
    );
}

#[tokio::test]
async fn a_post_that_cannot_be_read_keeps_no_others_back() {
    let stage = Stage::new().await;
    let accounts = [stage.account(CHOSEN).await, stage.account(CHOSEN).await];
    let spoilt = stage.post("spoilt", MINUTE, &accounts[..1]).await;
    let target = stage.target_id(spoilt).await;
    let post = stage.post("Hello", MINUTE, &accounts[1..]).await;
    let mut tx = stage.tx().await;
    store::testing::spoil(&mut tx, spoilt).await.unwrap();
    tx.commit().await.unwrap();
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    let mut conn = stage.store.read().await.unwrap();
    assert!(publishing::deliveries(&mut conn, &[target]).await.is_err());
    assert!(publishing::leases(&mut conn).await.unwrap().is_empty());
    drop(conn);
    publisher.stop().await;
}

#[tokio::test]
async fn a_claim_that_a_passing_fault_kept_from_being_read_waits_at_no_cost() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    stage.clock.advance(MINUTE);
    for _ in 0..10 {
        claim(&stage, "me").await;
        let until = stage.clock.now().plus(MINUTE);
        let mut tx = stage.store.begin(Actor::Publisher).await.unwrap();
        let leases = publishing::leases(&mut tx).await.unwrap();
        publishing::put_back(&mut tx, &leases, until).await.unwrap();
        tx.commit().await.unwrap();
        let target = stage.target(post).await;
        assert_eq!(target.state, DeliveryState::Waiting);
        assert_eq!(target.not_before, Some(until));
        stage.clock.advance(MINUTE);
    }
    let (publisher, _) = stage.start();
    publisher.settled().await;
    assert_eq!(stage.state(post).await, DeliveryState::Published);
    publisher.stop().await;
}

#[tokio::test]
async fn on_another_machine_nothing_is_sent_until_it_takes_over_and_then_looks_first() {
    let mut stage = Stage::new().await;
    let account = stage.account(READ).await;
    let sent = stage.post("sent over there", MINUTE, &[account]).await;
    let unsent = stage.post("not sent", 2 * MINUTE, &[account]).await;
    let later = stage.post("later", 3 * HOUR, &[account]).await;
    // The first machine sends after the folder was copied: this copy does not know of it.
    let (publisher, _) = stage.start();
    publisher.settled().await;
    publisher.stop().await;
    let target = stage.target_id(sent).await;
    stage.reopen("machine-b").await;
    stage.clock.advance(HOUR);
    let (publisher, mut news) = stage.start();
    publisher.settled().await;
    assert_eq!(news.all()[0].kind, NoticeKind::HeldAll);
    assert_eq!(publisher.status().borrow().mood, Mood::Held);
    assert_eq!(stage.state(sent).await, DeliveryState::Waiting);

    stage.net.looks([found_there()]);
    stage.take_over("machine-b").await;
    publisher.settled().await;
    assert_eq!(
        stage.net.asked(),
        2,
        "both were looked for before anything was sent"
    );
    assert_eq!(stage.target_id(sent).await, target);
    assert_eq!(
        stage.target(sent).await.remote_id.as_deref(),
        Some("over-there")
    );
    stage.pass(&publisher, MINUTE).await;
    assert_eq!(stage.state(unsent).await, DeliveryState::Published);
    assert_eq!(stage.net.shown().len(), 1, "only what was absent was sent");
    assert_eq!(stage.state(later).await, DeliveryState::Waiting);
    publisher.stop().await;
}

#[tokio::test]
async fn after_taking_over_a_chosen_id_is_looked_for_under_its_own_name() {
    let mut stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let sent = stage.post("sent over there", MINUTE, &[account]).await;
    let unsent = stage.post("not sent", 2 * MINUTE, &[account]).await;
    let due = stage.clock.now().plus(2 * MINUTE);
    let (sent_id, unsent_id) = (stage.target_id(sent).await, stage.target_id(unsent).await);
    // The first machine sends after the folder was copied, and its copy is edited and moved: the name
    // follows from the target alone.
    let over_there = format!("{sent_id}-0");
    stage.net.put(sent_id, &over_there);
    stage.reopen("machine-b").await;
    stage.clock.advance(HOUR);
    stage.take_over("machine-b").await;
    let (publisher, mut news) = stage.start();
    publisher.settled().await;
    assert_eq!(stage.net.asked(), 2, "both were looked for first");
    let target = stage.target(sent).await;
    assert_eq!(target.state, DeliveryState::Published);
    assert_eq!(target.remote_id.as_deref(), Some(over_there.as_str()));
    assert_eq!(stage.state(unsent).await, DeliveryState::Published);
    let handles: Vec<_> = stage.net.shown().into_iter().map(|s| s.handle).collect();
    assert_eq!(handles, [over_there, format!("{unsent_id}-0")]);
    assert!(
        news.all().iter().all(|n| n.kind != NoticeKind::Unconfirmed),
        "nobody is asked"
    );
    let tries = stage.net.tries();
    assert_eq!(
        tries,
        [Some(due)],
        "looks reach back to when it may have been sent"
    );
    publisher.stop().await;
}

#[tokio::test]
async fn after_a_deletion_it_goes_out_under_a_new_name() {
    let stage = Stage::new().await;
    let account = stage.account(CHOSEN).await;
    let post = stage.post("Hello", MINUTE, &[account]).await;
    let (publisher, _) = stage.start();
    stage.pass(&publisher, MINUTE).await;
    let target = stage.target_id(post).await;
    publisher.delete_on_network(target).await.unwrap();
    let mut tx = stage.tx().await;
    publishing::send_now(&mut tx, post).await.unwrap();
    tx.commit().await.unwrap();
    publisher.settled().await;
    let handles: Vec<_> = stage.net.shown().into_iter().map(|s| s.handle).collect();
    assert_eq!(handles, [format!("{target}-1")]);
    publisher.stop().await;
}
