//! Undo and redo: what they bring back, what they refuse, and that any sequence of changes can be
//! taken back and done again.

use std::collections::BTreeMap;

use model::change::Actor;
use model::content::Segment;
use model::delivery::DeliveryState;
use model::post::Post;
use model::slot::Slot;
use model::status::EditorialStatus;
use model::when::When;
use model::{PostId, Timestamp};
use proptest::prelude::*;
use serde_json::json;
use store::history::{self, Done, Peek};
use store::posts::{self, Move};
use store::{Step, Store, StoreError};

use crate::fixture::{HOUR, World, scheduled, target};

async fn undo(store: &Store) -> Result<Option<Done>, StoreError> {
    let mut tx = store.begin(Actor::History).await?;
    let done = history::undo(&mut tx).await?;
    tx.commit().await?;
    Ok(done)
}

async fn redo(store: &Store) -> Result<Option<Done>, StoreError> {
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

/// One change as a person makes it.
#[derive(Debug, Clone)]
enum Act {
    Create(String, Option<u8>),
    Save(usize, String, bool),
    Compose(usize, String),
    Tailor(usize, String),
    Move(usize, Option<u8>),
    Editorial(usize, usize),
    Labels(usize, Vec<String>),
    Delete(usize),
    Restore(usize),
    Duplicate(usize),
    Calendar(String),
    Setting(u8, u8),
    Slots(u8),
    Account(bool),
    Many(Option<u8>),
}

fn act() -> impl Strategy<Value = Act> {
    let text = "[a-c]{0,3}";
    let day = proptest::option::of(0_u8..20);
    prop_oneof![
        (text, day.clone()).prop_map(|(t, d)| Act::Create(t, d)),
        (0..4_usize, text, any::<bool>()).prop_map(|(i, t, b)| Act::Save(i, t, b)),
        (0..4_usize, text).prop_map(|(i, t)| Act::Compose(i, t)),
        (0..4_usize, text).prop_map(|(i, t)| Act::Tailor(i, t)),
        (0..4_usize, day.clone()).prop_map(|(i, d)| Act::Move(i, d)),
        (0..4_usize, 0..5_usize).prop_map(|(i, e)| Act::Editorial(i, e)),
        (0..4_usize, proptest::collection::vec("[a-b]", 0..2)).prop_map(|(i, l)| Act::Labels(i, l)),
        (0..4_usize).prop_map(Act::Delete),
        (0..4_usize).prop_map(Act::Restore),
        (0..4_usize).prop_map(Act::Duplicate),
        "[a-c]".prop_map(Act::Calendar),
        (0..2_u8, 0..3_u8).prop_map(|(k, v)| Act::Setting(k, v)),
        (0..4_u8).prop_map(Act::Slots),
        any::<bool>().prop_map(Act::Account),
        day.prop_map(Act::Many),
    ]
}

fn day(n: Option<u8>) -> When {
    n.map_or(When::Unplanned, |n| {
        scheduled(&format!("2026-06-{:02}T10:00:00", n + 1))
    })
}

async fn run(world: &World, known: &mut Vec<PostId>, act: Act) -> Result<(), StoreError> {
    let step = match &act {
        Act::Compose(i, _) => Step::new("Edit").joining(format!("composer {i}")),
        other => Step::new(format!("{other:?}")),
    };
    let mut tx = world.store.step(Actor::Person, step).await?;
    let pick = |i: usize| known.get(i % known.len().max(1)).copied();
    match act {
        Act::Create(text, when) => {
            let new = posts::NewPost {
                calendar_id: world.calendar,
                draft: world.draft(&text),
                when: day(when),
                time_source: model::post::TimeSource::Own,
                editorial: EditorialStatus::Draft,
            };
            let id = posts::create(&mut tx, &new).await?;
            known.push(id);
        }
        Act::Save(i, text, both) => {
            let Some(id) = pick(i) else { return Ok(()) };
            let mut draft = world.draft(&text);
            if !both {
                draft.targets.pop();
            }
            let version = posts::get(&mut tx, id).await?.version;
            posts::save(&mut tx, id, version, &draft).await?;
        }
        Act::Compose(i, text) => {
            let Some(id) = pick(i) else { return Ok(()) };
            let version = posts::get(&mut tx, id).await?.version;
            posts::save(&mut tx, id, version, &world.draft(&text)).await?;
        }
        Act::Tailor(i, text) => {
            let Some(id) = pick(i) else { return Ok(()) };
            let post = posts::get(&mut tx, id).await?;
            let mut draft = posts::draft_of(&post);
            draft.targets = vec![target(world.accounts[1])];
            draft.targets[0].override_segments = Some(vec![Segment::text(text)]);
            posts::save(&mut tx, id, post.version, &draft).await?;
        }
        Act::Move(i, when) => {
            let Some(id) = pick(i) else { return Ok(()) };
            posts::move_many(&mut tx, &[Move::to(id, day(when))]).await?;
        }
        Act::Editorial(i, e) => {
            let Some(id) = pick(i) else { return Ok(()) };
            posts::set_editorial(&mut tx, &[id], EditorialStatus::ALL[e]).await?;
        }
        Act::Labels(i, labels) => {
            let Some(id) = pick(i) else { return Ok(()) };
            posts::set_labels(&mut tx, id, &labels).await?;
        }
        Act::Delete(i) => {
            let Some(id) = pick(i) else { return Ok(()) };
            posts::delete(&mut tx, &[id]).await?;
        }
        Act::Restore(i) => {
            let Some(id) = pick(i) else { return Ok(()) };
            posts::restore(&mut tx, &[id]).await?;
        }
        Act::Duplicate(i) => {
            let Some(id) = pick(i) else { return Ok(()) };
            let copy =
                posts::duplicate(&mut tx, id, &When::Unplanned, EditorialStatus::Draft).await?;
            known.push(copy);
        }
        Act::Calendar(name) => {
            let mut calendar = store::calendars::get(&mut tx, world.calendar).await?;
            calendar.name = name;
            store::calendars::put(&mut tx, &calendar).await?;
        }
        Act::Setting(key, value) => {
            store::settings::set(&mut tx, &format!("k{key}"), &json!(value)).await?;
        }
        Act::Slots(count) => {
            let slots: Vec<Slot> = (0..count)
                .map(|n| Slot {
                    id: store::slots::new_id(&tx),
                    account_id: world.accounts[0],
                    weekday: n + 1,
                    time: "09:00".parse().unwrap(),
                    zone: "Europe/Berlin".parse().unwrap(),
                })
                .collect();
            store::slots::replace(&mut tx, world.accounts[0], &slots).await?;
        }
        Act::Account(there) => {
            if there {
                store::accounts::restore(&mut tx, world.accounts[1]).await?;
            } else {
                store::accounts::remove(&mut tx, world.accounts[1]).await?;
            }
        }
        Act::Many(when) => {
            let live: Vec<PostId> = posts::get_many(&mut tx, known)
                .await?
                .into_iter()
                .filter(|p| p.deleted_at.is_none())
                .map(|p| p.id)
                .collect();
            let moves: Vec<Move> = live.into_iter().map(|id| Move::to(id, day(when))).collect();
            posts::move_many(&mut tx, &moves).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Everything people can see, without what grows by itself.
async fn snapshot(world: &World, known: &[PostId]) -> (BTreeMap<PostId, Post>, String) {
    let mut conn = world.store.read().await.unwrap();
    let live = posts::get_many(&mut conn, known).await.unwrap().into_iter();
    let live = live.filter(|p| p.deleted_at.is_none()).map(|mut post| {
        post.version = 0;
        post.updated_at = Timestamp::from_millis(0);
        // A target that went and came back is the same one.
        (post.id, post)
    });
    let live = live.collect();
    let boot = store::boot::boot(&mut conn).await.unwrap();
    let rest = format!(
        "{:?}",
        (boot.calendars, boot.accounts, boot.slots, boot.settings)
    );
    (live, rest)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 200, ..ProptestConfig::default() })]
    #[test]
    fn any_sequence_can_be_undone_and_done_again(acts in proptest::collection::vec(act(), 1..24)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new().await;
            let mut known = Vec::new();
            let start = snapshot(&world, &known).await;
            for act in acts {
                let before = known.clone();
                if run(&world, &mut known, act).await.is_err() {
                    known = before;
                }
                world.clock.advance(1000);
            }
            let end = snapshot(&world, &known).await;
            while undo(&world.store).await.unwrap().is_some() {}
            prop_assert_eq!(snapshot(&world, &known).await, start);
            while redo(&world.store).await.unwrap().is_some() {}
            prop_assert_eq!(snapshot(&world, &known).await, end);
            Ok(())
        })?;
    }
}
