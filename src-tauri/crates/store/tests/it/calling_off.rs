//! Calling off, using again, and taking back to a draft what was not sent: what becomes of its delivery.

use model::change::Actor;
use model::delivery::DeliveryState::{self, Cancelled, Failed, Missed, Published, Waiting};
use model::status::{EditorialStatus, ShownStatus};
use model::when::When;
use model::{PostId, TargetId};
use store::posts::{self, Move};
use store::troubles::Kind;
use store::{Step, StoreError, Tx, publishing, testing, troubles};

use crate::fixture::{HOUR, World, scheduled};
use crate::history::{redo, undo};

/// Five minutes after the clock of the tests.
const SOON: &str = "2026-05-14T09:05:00";

async fn deliver(world: &World, id: PostId, states: [DeliveryState; 2]) {
    let mut tx = world.store.begin(Actor::Publisher).await.unwrap();
    for (account, state) in world.accounts.into_iter().zip(states) {
        testing::set_state(&mut tx, id, account, state)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

async fn step(world: &World) -> Tx {
    let step = Step::new("Decide");
    world.store.step(Actor::Person, step).await.unwrap()
}

async fn states(world: &World, id: PostId) -> Vec<DeliveryState> {
    world
        .get(id)
        .await
        .targets
        .iter()
        .map(|t| t.state)
        .collect()
}

async fn target(world: &World, id: PostId, n: usize) -> TargetId {
    world.get(id).await.targets[n].id
}

async fn in_trouble(world: &World) -> Vec<(Kind, Option<String>, bool)> {
    let mut conn = world.store.read().await.unwrap();
    let found = troubles::all(&mut conn).await.unwrap();
    found
        .into_iter()
        .map(|row| (row.kind, row.message, row.others_out))
        .collect()
}

#[tokio::test]
async fn what_was_not_sent_needs_nobody_once_its_post_is_a_draft_again() {
    for was in [Failed, Missed] {
        for way in ["shelf", "plan", "draft", "review"] {
            let world = World::new().await;
            let id = world.post("one", scheduled(SOON)).await;
            world.clock.advance(HOUR);
            deliver(&world, id, [was, Published]).await;
            assert_eq!(in_trouble(&world).await.len(), 1);
            let mut tx = step(&world).await;
            let planned = When::Planned {
                date: "2026-05-20".parse().unwrap(),
                time: None,
                zone: "Europe/Berlin".parse().unwrap(),
            };
            let done = match way {
                "shelf" => posts::move_many(&mut tx, &[Move::to(id, When::Unplanned)])
                    .await
                    .map(drop),
                "plan" => posts::move_many(&mut tx, &[Move::to(id, planned)])
                    .await
                    .map(drop),
                "draft" => posts::set_editorial(&mut tx, &[id], EditorialStatus::Draft).await,
                _ => posts::set_editorial(&mut tx, &[id], EditorialStatus::InReview).await,
            };
            done.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(
                states(&world, id).await,
                [Waiting, Published],
                "{was:?} {way}"
            );
            assert_eq!(in_trouble(&world).await, [], "{was:?} {way}");
        }
    }
}

#[tokio::test]
async fn a_post_of_which_nothing_was_sent_shows_as_the_draft_it_is() {
    let world = World::new().await;
    let id = world.post("one", scheduled(SOON)).await;
    deliver(&world, id, [Failed, Missed]).await;
    let mut tx = step(&world).await;
    posts::move_many(&mut tx, &[Move::to(id, When::Unplanned)])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.get(id).await.status, ShownStatus::Draft);
}

#[tokio::test]
async fn failed_and_missed_ones_stay_while_their_post_is_to_go_out() {
    let world = World::new().await;
    let id = world.post("one", scheduled(SOON)).await;
    world.clock.advance(HOUR);
    deliver(&world, id, [Failed, Missed]).await;
    let mut tx = step(&world).await;
    posts::set_editorial(&mut tx, &[id], EditorialStatus::Scheduled)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(states(&world, id).await, [Failed, Missed]);
    assert_eq!(
        in_trouble(&world).await,
        [(Kind::Failed, None, false), (Kind::Missed, None, false)]
    );
}

#[tokio::test]
async fn undoing_a_call_off_after_its_time_asks_again_and_sends_nothing() {
    for was in [Failed, Missed, Waiting] {
        let world = World::new().await;
        let id = world.post("one", scheduled(SOON)).await;
        deliver(&world, id, [was, Published]).await;
        let mut tx = step(&world).await;
        publishing::cancel(&mut tx, target(&world, id, 0).await)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(states(&world, id).await, [Cancelled, Published]);
        assert_eq!(in_trouble(&world).await, []);
        world.clock.advance(HOUR);
        undo(&world.store).await.unwrap().unwrap();
        assert_eq!(states(&world, id).await, [Missed, Published], "{was:?}");
        assert_eq!(world.get(id).await.when, scheduled(SOON));
        let why = "It was called off at its time.".to_owned();
        assert_eq!(in_trouble(&world).await, [(Kind::Missed, Some(why), true)]);
        redo(&world.store).await.unwrap().unwrap();
        assert_eq!(states(&world, id).await, [Cancelled, Published]);
    }
}

#[tokio::test]
async fn undoing_the_call_off_of_a_whole_post_keeps_its_date() {
    let world = World::new().await;
    let id = world.post("one", scheduled(SOON)).await;
    deliver(&world, id, [Failed, Waiting]).await;
    let mut tx = step(&world).await;
    posts::set_editorial(&mut tx, &[id], EditorialStatus::Cancelled)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    world.clock.advance(HOUR);
    let done = undo(&world.store).await.unwrap().unwrap();
    assert_eq!(done.undated, []);
    assert_eq!(states(&world, id).await, [Missed, Missed]);
    assert_eq!(world.get(id).await.when, scheduled(SOON));
}

#[tokio::test]
async fn a_target_is_used_again_and_waits_or_asks_when_its_time_has_passed() {
    let world = World::new().await;
    let id = world.post("one", scheduled(SOON)).await;
    let first = target(&world, id, 0).await;
    let call = async |again: bool| {
        let mut tx = step(&world).await;
        if again {
            publishing::use_again(&mut tx, &[first]).await?;
        } else {
            publishing::cancel(&mut tx, first).await?;
        }
        tx.commit().await
    };
    assert!(matches!(call(true).await, Err(StoreError::Conflict(_))));
    call(false).await.unwrap();
    call(true).await.unwrap();
    assert_eq!(states(&world, id).await, [Waiting, Waiting]);
    call(false).await.unwrap();
    world.clock.advance(HOUR);
    call(true).await.unwrap();
    assert_eq!(states(&world, id).await, [Missed, Waiting]);
}

#[tokio::test]
async fn sending_now_calls_a_target_for_again() {
    let world = World::new().await;
    let id = world.post("one", scheduled(SOON)).await;
    let first = target(&world, id, 0).await;
    let mut tx = step(&world).await;
    publishing::cancel(&mut tx, first).await.unwrap();
    publishing::retry(&mut tx, first).await.unwrap();
    tx.commit().await.unwrap();
    // A move settles what the person decided: it has to stay called for.
    let mut tx = step(&world).await;
    posts::move_many(&mut tx, &[Move::to(id, scheduled("2026-05-20T09:05:00"))])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(states(&world, id).await, [Waiting, Waiting]);
}
