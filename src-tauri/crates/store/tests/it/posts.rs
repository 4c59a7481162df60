use model::change::{Actor, Subject};
use model::content::Segment;
use model::status::{EditorialStatus, ShownStatus};
use model::when::When;
use store::posts::{self, Move};
use store::{Step, StoreError, feed};

use crate::fixture::{World, scheduled};

#[tokio::test]
async fn a_post_comes_back_as_it_was_written() {
    let world = World::new().await;
    let id = world
        .post("Hello\nworld", scheduled("2026-05-20T09:05:00"))
        .await;
    let post = world.get(id).await;
    assert_eq!(post.segments, [Segment::text("Hello\nworld")]);
    assert_eq!(post.status, ShownStatus::Scheduled);
    assert_eq!(post.when, scheduled("2026-05-20T09:05:00"));
    assert_eq!(post.targets.len(), 2);
    assert_eq!(post.targets[0].draft.account_id, world.accounts[0]);
    assert_eq!(post.version, 1);
}

#[tokio::test]
async fn a_save_from_an_old_version_is_refused_and_changes_nothing() {
    let world = World::new().await;
    let id = world.post("one", When::Unplanned).await;
    let save = async |version, text| {
        let mut tx = world.store.step(Actor::Person, Step::new("Edit")).await?;
        let version = posts::save(&mut tx, id, version, &world.draft(text)).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(version)
    };
    assert_eq!(save(1, "two").await.unwrap(), 2);
    let error = save(1, "three").await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
    assert_eq!(world.get(id).await.segments, [Segment::text("two")]);
}

#[tokio::test]
async fn accounts_that_stay_keep_their_target() {
    let world = World::new().await;
    let id = world.post("one", When::Unplanned).await;
    let before = world.get(id).await;
    let mut draft = world.draft("one");
    draft.targets.reverse();
    draft.targets.truncate(1);
    let mut tx = world
        .store
        .step(Actor::Person, Step::new("Edit"))
        .await
        .unwrap();
    posts::save(&mut tx, id, 1, &draft).await.unwrap();
    tx.commit().await.unwrap();
    let after = world.get(id).await;
    assert_eq!(after.targets.len(), 1);
    assert_eq!(after.targets[0].id, before.targets[1].id);
}

#[tokio::test]
async fn a_dropped_transaction_changes_nothing_and_the_next_writer_goes_on() {
    let world = World::new().await;
    let id = world.post("one", When::Unplanned).await;
    let mut tx = world
        .store
        .step(Actor::Person, Step::new("Edit"))
        .await
        .unwrap();
    posts::save(&mut tx, id, 1, &world.draft("lost"))
        .await
        .unwrap();
    drop(tx);
    world.post("two", When::Unplanned).await;
    assert_eq!(world.get(id).await.segments, [Segment::text("one")]);
}

#[tokio::test]
async fn moving_and_calling_off_carry_editorial_and_targets_along() {
    let world = World::new().await;
    let id = world.post("one", scheduled("2026-05-20T09:05:00")).await;
    let moved = async |step: Move| {
        let mut tx = world
            .store
            .step(Actor::Person, Step::new("Move"))
            .await
            .unwrap();
        let moved = posts::move_many(&mut tx, &[step]).await.unwrap();
        let done = tx.commit().await.unwrap();
        (moved.len(), done.step.is_some())
    };
    assert_eq!(
        moved(Move::to(id, scheduled("2026-05-20T09:05:00"))).await,
        (0, false)
    );
    assert_eq!(
        moved(Move::to(id, scheduled("2026-05-21T09:05:00"))).await,
        (1, true)
    );
    assert_eq!(world.get(id).await.status, ShownStatus::Scheduled);

    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    posts::set_editorial(&mut tx, &[id], EditorialStatus::Cancelled)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let post = world.get(id).await;
    assert_eq!(post.status, ShownStatus::Cancelled);
    assert!(post.targets.iter().all(|t| t.state.word() == "cancelled"));

    assert_eq!(
        moved(Move {
            editorial: Some(EditorialStatus::Draft),
            ..Move::to(id, When::Unplanned)
        })
        .await,
        (1, true)
    );
    let post = world.get(id).await;
    assert_eq!(
        (post.status, post.when),
        (ShownStatus::Draft, When::Unplanned)
    );
    assert!(post.targets.iter().all(|t| t.state.word() == "waiting"));
}

#[tokio::test]
async fn every_commit_is_in_the_feed_and_wakes_those_who_wait() {
    let world = World::new().await;
    let mut woken = world.store.subscribe();
    let before = *woken.borrow_and_update();
    let id = world.post("one", When::Unplanned).await;
    woken.changed().await.unwrap();
    let mut conn = world.store.read().await.unwrap();
    let changes = feed::changes_since(&mut conn, before, 10).await.unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(
        (changes[0].subject, changes[0].actor),
        (Subject::Post, Actor::Person)
    );
    assert_eq!(changes[0].id, id.to_string());
    assert_eq!(changes[0].seq, *woken.borrow());
}
