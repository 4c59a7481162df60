//! Undo and redo: what they bring back, what they refuse, and that any sequence of changes can be
//! taken back and done again.

use model::PostId;
use model::change::Actor;
use model::content::Segment;
use model::delivery::DeliveryState;
use model::status::EditorialStatus;
use model::when::When;
use store::history::{self, Done, Peek};
use store::posts::{self, Move};
use store::{Step, Store, StoreError, accounts};

use crate::fixture::{HOUR, World, account, scheduled};

pub async fn undo(store: &Store) -> Result<Option<Done>, StoreError> {
    let mut tx = store.begin(Actor::History).await?;
    let done = history::undo(&mut tx).await?;
    tx.commit().await?;
    Ok(done)
}

pub async fn redo(store: &Store) -> Result<Option<Done>, StoreError> {
    let mut tx = store.begin(Actor::History).await?;
    let done = history::redo(&mut tx).await?;
    tx.commit().await?;
    Ok(done)
}

async fn peek(store: &Store) -> Peek {
    history::peek(&mut store.read().await.unwrap())
        .await
        .unwrap()
}

async fn move_to(world: &World, id: PostId, when: When) {
    let mut tx = world
        .store
        .step(Actor::Person, Step::new("Move 1 post"))
        .await
        .unwrap();
    posts::move_many(&mut tx, &[Move::to(id, when)])
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn set_state(world: &World, id: PostId, state: DeliveryState) {
    let mut tx = world.store.begin(Actor::Publisher).await.unwrap();
    store::testing::set_state(&mut tx, id, world.accounts[0], state)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_move_goes_back_and_forth_and_says_where_to_look() {
    let world = World::new().await;
    let id = world
        .post("Spring sale", scheduled("2026-05-20T09:05:00"))
        .await;
    move_to(&world, id, scheduled("2026-05-22T09:05:00")).await;
    assert_eq!(
        peek(&world.store).await.undo.as_deref(),
        Some("Move 1 post")
    );

    let done = undo(&world.store).await.unwrap().unwrap();
    assert_eq!(done.words, "Move 1 post");
    assert_eq!(done.posts, [id]);
    assert_eq!(done.look_at, scheduled("2026-05-20T09:05:00").stands_at());
    assert_eq!(world.get(id).await.when, scheduled("2026-05-20T09:05:00"));
    assert_eq!(
        peek(&world.store).await.redo.as_deref(),
        Some("Move 1 post")
    );

    redo(&world.store).await.unwrap().unwrap();
    assert_eq!(world.get(id).await.when, scheduled("2026-05-22T09:05:00"));
    assert_eq!(redo(&world.store).await.unwrap(), None);
}

#[tokio::test]
async fn autosaves_of_one_session_are_one_step_and_a_new_change_forgets_redo() {
    let world = World::new().await;
    let id = world.post("", When::Unplanned).await;
    for (version, text) in ["H", "He", "Hel"].into_iter().enumerate() {
        let step = Step::new("Edit post").joining("composer 1");
        let mut tx = world.store.step(Actor::Person, step).await.unwrap();
        posts::save(&mut tx, id, version as i64 + 1, &world.draft(text))
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    undo(&world.store).await.unwrap().unwrap();
    assert_eq!(world.get(id).await.segments, [Segment::text("")]);
    assert!(peek(&world.store).await.redo.is_some());
    move_to(&world, id, scheduled("2026-05-22T09:05:00")).await;
    assert_eq!(peek(&world.store).await.redo, None);
}

#[tokio::test]
async fn a_step_that_changes_nothing_in_the_end_is_none() {
    let world = World::new().await;
    let id = world.post("one", When::Unplanned).await;
    let before = peek(&world.store).await;
    let mut tx = world
        .store
        .step(Actor::Person, Step::new("Edit post"))
        .await
        .unwrap();
    let version = posts::save(&mut tx, id, 1, &world.draft("two"))
        .await
        .unwrap();
    posts::save(&mut tx, id, version, &world.draft("one"))
        .await
        .unwrap();
    assert_eq!(tx.commit().await.unwrap().step, None);
    assert_eq!(peek(&world.store).await, before);
}

#[tokio::test]
async fn a_hundred_steps_are_kept_and_no_more() {
    let world = World::new().await;
    let id = world.post("one", When::Unplanned).await;
    for n in 0..110 {
        let mut tx = world
            .store
            .step(Actor::Person, Step::new(format!("Label {n}")))
            .await
            .unwrap();
        posts::set_labels(&mut tx, id, &[n.to_string()])
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    let mut undone = 0;
    while undo(&world.store).await.unwrap().is_some() {
        undone += 1;
    }
    assert_eq!(undone, 100);
    assert_eq!(world.get(id).await.labels, ["9"]);
}

#[tokio::test]
async fn back_into_the_past_means_back_without_a_date() {
    let world = World::new().await;
    // 09:05 in Berlin is five minutes ahead.
    let id = world.post("one", scheduled("2026-05-14T09:05:00")).await;
    move_to(&world, id, scheduled("2026-05-22T09:05:00")).await;
    world.clock.advance(HOUR);
    undo(&world.store).await.unwrap().unwrap();
    let post = world.get(id).await;
    assert_eq!(
        (post.when, post.editorial),
        (When::Unplanned, EditorialStatus::Draft)
    );
    redo(&world.store).await.unwrap().unwrap();
    assert_eq!(world.get(id).await.when, scheduled("2026-05-22T09:05:00"));
}

#[tokio::test]
async fn a_change_of_words_leaves_a_due_post_on_its_way() {
    let world = World::new().await;
    let id = world.post("one", scheduled("2026-05-14T09:05:00")).await;
    let mut tx = world
        .store
        .step(Actor::Person, Step::new("Label"))
        .await
        .unwrap();
    posts::set_labels(&mut tx, id, &["x".to_owned()])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    world.clock.advance(HOUR);
    undo(&world.store).await.unwrap().unwrap();
    assert_eq!(world.get(id).await.when, scheduled("2026-05-14T09:05:00"));
}

#[tokio::test]
async fn nothing_is_undone_under_a_send() {
    let world = World::new().await;
    let id = world
        .post("Spring sale", scheduled("2026-05-20T09:05:00"))
        .await;
    move_to(&world, id, scheduled("2026-05-22T09:05:00")).await;
    for state in [DeliveryState::Sending, DeliveryState::Unconfirmed] {
        set_state(&world, id, state).await;
        let error = undo(&world.store).await.unwrap_err();
        assert!(matches!(error, StoreError::InFlight(_)), "{error:?}");
        assert!(error.to_string().contains("Spring sale"), "{error}");
    }
    set_state(&world, id, DeliveryState::Published).await;
    let error = undo(&world.store).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
    assert_eq!(world.get(id).await.when, scheduled("2026-05-22T09:05:00"));
}

#[tokio::test]
async fn what_a_published_post_does_not_keep_can_be_undone() {
    let world = World::new().await;
    let id = world.post("one", scheduled("2026-05-20T09:05:00")).await;
    set_state(&world, id, DeliveryState::Published).await;
    let mut tx = world
        .store
        .step(Actor::Person, Step::new("Label"))
        .await
        .unwrap();
    posts::set_labels(&mut tx, id, &["x".to_owned()])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    undo(&world.store).await.unwrap().unwrap();
    assert!(world.get(id).await.labels.is_empty());
}

#[tokio::test]
async fn a_row_that_something_else_changed_is_a_conflict() {
    let world = World::new().await;
    let id = world.post("one", When::Unplanned).await;
    let mut tx = world
        .store
        .step(Actor::Person, Step::new("Edit post"))
        .await
        .unwrap();
    let version = posts::save(&mut tx, id, 1, &world.draft("two"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut tx = world.store.begin(Actor::Program).await.unwrap();
    posts::save(&mut tx, id, version, &world.draft("three"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let error = undo(&world.store).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
    assert_eq!(world.get(id).await.segments, [Segment::text("three")]);
}

#[tokio::test]
async fn an_undone_new_post_waits_in_the_bin_and_comes_back_whole() {
    let world = World::new().await;
    let id = world.post("one", When::Unplanned).await;
    undo(&world.store).await.unwrap().unwrap();
    let bin = posts::bin(&mut world.store.read().await.unwrap(), 10)
        .await
        .unwrap();
    assert_eq!(bin.len(), 1);
    assert_eq!(bin[0].chip.id, id);
    redo(&world.store).await.unwrap().unwrap();
    let post = world.get(id).await;
    assert_eq!((post.deleted_at, post.targets.len()), (None, 2));
}

#[tokio::test]
async fn deletes_and_removed_accounts_come_back() {
    let world = World::new().await;
    let id = world.post("one", scheduled("2026-05-20T09:05:00")).await;
    let mut tx = world
        .store
        .step(Actor::Person, Step::new("Delete"))
        .await
        .unwrap();
    posts::delete(&mut tx, &[id]).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = world
        .store
        .step(Actor::Person, Step::new("Remove account"))
        .await
        .unwrap();
    store::accounts::remove(&mut tx, world.accounts[0])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let accounts = async || {
        store::accounts::all(&mut world.store.read().await.unwrap())
            .await
            .unwrap()
            .len()
    };
    assert_eq!(accounts().await, 1);
    undo(&world.store).await.unwrap().unwrap();
    assert_eq!(accounts().await, 2);
    undo(&world.store).await.unwrap().unwrap();
    assert_eq!(world.get(id).await.deleted_at, None);
}

#[tokio::test]
async fn calling_off_is_undone_with_its_targets() {
    let world = World::new().await;
    let id = world.post("one", scheduled("2026-05-20T09:05:00")).await;
    let mut tx = world
        .store
        .step(Actor::Person, Step::new("Cancel"))
        .await
        .unwrap();
    posts::set_editorial(&mut tx, &[id], EditorialStatus::Cancelled)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    undo(&world.store).await.unwrap().unwrap();
    let post = world.get(id).await;
    assert!(
        post.targets
            .iter()
            .all(|t| t.state == DeliveryState::Waiting)
    );
}

#[tokio::test]
async fn what_the_network_says_of_an_account_is_not_undone() {
    let world = World::new().await;
    let id = world.accounts[0];
    let mut tx = world
        .store
        .step(Actor::Person, Step::new("Pause account"))
        .await
        .unwrap();
    accounts::set_paused(&mut tx, id, Some("Fair"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    // A group grows and gets another number, then it is given another name.
    let mut tx = world.store.begin(Actor::Publisher).await.unwrap();
    let done = accounts::renumber(&mut tx, id, "did:ana.test", "-100").await;
    assert!(done.unwrap());
    let mut now = accounts::get(&mut tx, id).await.unwrap();
    now.handle = "anna.test".to_owned();
    now.display_name = "Anna".to_owned();
    accounts::put(&mut tx, &now).await.unwrap();
    // The old number is somebody else's by now.
    let mut other = account(accounts::new_id(&tx), now.workspace_id, "other.test");
    other.remote_id = "did:ana.test".to_owned();
    accounts::put(&mut tx, &other).await.unwrap();
    tx.commit().await.unwrap();

    let found = async || {
        let mut conn = world.store.read().await.unwrap();
        accounts::get(&mut conn, id).await.unwrap()
    };
    undo(&world.store).await.unwrap().unwrap();
    let undone = found().await;
    assert_eq!(undone.paused, None);
    redo(&world.store).await.unwrap().unwrap();
    let redone = found().await;
    assert_eq!(redone.paused.as_deref(), Some("Fair"));
    for account in [undone, redone] {
        let names = (account.handle.as_str(), account.display_name.as_str());
        assert_eq!(account.remote_id, "-100");
        assert_eq!(names, ("anna.test", "Anna"));
    }
}
