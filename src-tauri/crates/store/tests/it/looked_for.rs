//! Posts that may be out without this file knowing: they are looked for before anything of them changes.

use std::sync::Arc;

use model::change::Actor;
use model::delivery::DeliveryState;
use model::post::Draft;
use model::status::EditorialStatus;
use model::{AccountId, PostId, TargetId, Timestamp};
use store::posts::{self, Move};
use store::testing::set_state;
use store::{Step, Store, StoreError, Tx, backup, holds, publishing};

use crate::fixture::{HOUR, NOW, World, config, scheduled, target};
use crate::history::undo;

/// A post that came due, one that did not, one that had failed, and what is said of the first: a backup was put back,
/// or the folder was copied to another computer.
async fn unknowing(restored: bool) -> (World, [PostId; 3], &'static str) {
    let world = World::new().await;
    let due = world.post("due", scheduled("2026-05-14T09:05:00")).await;
    let later = world.post("later", scheduled("2026-05-20T10:00:00")).await;
    let failed = world.post("failed", scheduled("2026-05-14T09:05:00")).await;
    let mut tx = world.store.begin(Actor::Publisher).await.unwrap();
    for account in world.accounts {
        set_state(&mut tx, failed, account, DeliveryState::Failed)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let saved = world.store.backup_now().await.unwrap();
    let World {
        store,
        clock,
        calendar,
        accounts,
        dir,
    } = world;
    store.close().await;
    clock.advance(HOUR);
    let mut opening = config(dir.path(), Arc::clone(&clock));
    let says = if restored {
        let now = Timestamp::from_millis(NOW + HOUR);
        backup::restore(dir.path(), &saved, now).await.unwrap();
        "before this calendar was restored"
    } else {
        "machine-b".clone_into(&mut opening.machine_id);
        "from the computer that used this data folder last"
    };
    let store = Store::open(opening).await.unwrap().store;
    let world = World {
        store,
        clock,
        calendar,
        accounts,
        dir,
    };
    (world, [due, later, failed], says)
}

#[tokio::test]
async fn what_may_be_out_is_neither_moved_nor_changed_before_it_is_looked_for() {
    for restored in [true, false] {
        let (world, [due, later, _], says) = unknowing(restored).await;
        let tomorrow = scheduled("2026-05-15T10:00:00");
        for what in ["move", "change", "draft"] {
            let mut tx = world.store.begin(Actor::Person).await.unwrap();
            let done = match what {
                "move" => posts::move_many(&mut tx, &[Move::to(due, tomorrow.clone())])
                    .await
                    .map(drop),
                "change" => posts::save_confirmed(&mut tx, due, 1, &world.draft("other"))
                    .await
                    .map(drop),
                _ => posts::set_editorial(&mut tx, &[due], EditorialStatus::Draft).await,
            };
            let error = done.unwrap_err();
            assert!(
                matches!(error, StoreError::Conflict(_)),
                "{what}: {error:?}"
            );
            assert!(error.to_string().contains(says), "{what}: {error}");
        }
        // What did not come due cannot be out, and what is called off does not go out.
        let mut tx = world.store.begin(Actor::Person).await.unwrap();
        posts::move_many(&mut tx, &[Move::to(later, tomorrow)])
            .await
            .unwrap();
        posts::set_editorial(&mut tx, &[due], EditorialStatus::Cancelled)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
}

/// How a post stands on an account.
async fn on(tx: &mut Tx, post: PostId, account: AccountId) -> (TargetId, DeliveryState) {
    let post = posts::get(tx, post).await.unwrap();
    let mut targets = post.targets.iter();
    let one = targets.find(|t| t.draft.account_id == account).unwrap();
    (one.id, one.state)
}

#[tokio::test]
async fn what_had_failed_is_in_doubt_once_it_is_to_go_out_again_and_only_once() {
    for restored in [true, false] {
        let (world, [_, _, failed], _) = unknowing(restored).await;
        let mut tx = world.store.begin(Actor::Person).await.unwrap();
        if restored {
            let mine = world.store.machine_id();
            holds::release(&mut tx, mine).await.unwrap();
        } else {
            holds::take_over(&mut tx, "machine-b").await.unwrap();
        }
        publishing::look_first(&mut tx).await.unwrap();
        assert!(publishing::look_before(&mut tx).await.unwrap().is_empty());
        let [tried, left] = world.accounts;
        let (id, _) = on(&mut tx, failed, tried).await;
        publishing::retry(&mut tx, id).await.unwrap();
        assert_eq!(publishing::look_before(&mut tx).await.unwrap(), [failed]);
        let (_, state) = on(&mut tx, failed, tried).await;
        assert_eq!(state, DeliveryState::Unconfirmed, "{restored}");
        let (_, state) = on(&mut tx, failed, left).await;
        assert_eq!(state, DeliveryState::Failed, "{restored}");

        publishing::send_again(&mut tx, id).await.unwrap();
        assert!(publishing::look_before(&mut tx).await.unwrap().is_empty());
        tx.commit().await.unwrap();
    }
}

/// Another computer published from this folder, and from now on this one does.
async fn taken_over(world: &World) {
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    let mine = world.store.machine_id();
    holds::take_over(&mut tx, mine).await.unwrap();
    publishing::look_first(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_was_called_off_is_in_doubt_once_it_is_to_go_out_after_all() {
    let world = World::new().await;
    let post = world.post("one", scheduled("2026-05-20T10:00:00")).await;
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    let (id, _) = on(&mut tx, post, world.accounts[0]).await;
    publishing::cancel(&mut tx, id).await.unwrap();
    tx.commit().await.unwrap();
    taken_over(&world).await;

    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    assert!(publishing::look_before(&mut tx).await.unwrap().is_empty());
    publishing::use_again(&mut tx, &[id]).await.unwrap();
    assert_eq!(publishing::look_before(&mut tx).await.unwrap(), [post]);
    let [off, other] = world.accounts;
    let (_, state) = on(&mut tx, post, off).await;
    assert_eq!(state, DeliveryState::Unconfirmed);
    let (_, state) = on(&mut tx, post, other).await;
    assert_eq!(state, DeliveryState::Waiting);
}

#[tokio::test]
async fn what_was_called_off_before_it_was_looked_for_is_in_doubt_too() {
    let (world, [due, ..], _) = unknowing(true).await;
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    let (id, _) = on(&mut tx, due, world.accounts[0]).await;
    publishing::cancel(&mut tx, id).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    let mine = world.store.machine_id();
    holds::release(&mut tx, mine).await.unwrap();
    publishing::look_first(&mut tx).await.unwrap();
    publishing::retry(&mut tx, id).await.unwrap();
    assert_eq!(publishing::look_before(&mut tx).await.unwrap(), [due]);
}

#[tokio::test]
async fn a_look_knows_that_nobody_here_sent_it_and_whether_the_post_was_changed_since() {
    for changed in [false, true] {
        let (world, [_, _, failed], _) = unknowing(false).await;
        let mut tx = world.store.begin(Actor::Person).await.unwrap();
        holds::take_over(&mut tx, "machine-b").await.unwrap();
        publishing::look_first(&mut tx).await.unwrap();
        if changed {
            posts::save(&mut tx, failed, 1, &world.draft("other"))
                .await
                .unwrap();
        }
        let (id, _) = on(&mut tx, failed, world.accounts[0]).await;
        publishing::retry(&mut tx, id).await.unwrap();
        publishing::look_before(&mut tx).await.unwrap();
        let found = publishing::deliveries(&mut tx, &[id]).await.unwrap();
        assert!(found[0].unknown_send);
        assert_eq!(found[0].changed_since, changed);
    }
}

#[tokio::test]
async fn an_account_that_may_have_the_post_is_not_taken_off_it() {
    let world = World::new().await;
    let id = world.post("one", scheduled("2026-05-20T10:00:00")).await;
    let [first, second] = world.accounts;
    let alone = Draft {
        targets: vec![target(first)],
        ..world.draft("one")
    };
    for (version, draft) in [(1, &alone), (2, &world.draft("one"))] {
        let step = Step::new("Accounts");
        let mut tx = world.store.step(Actor::Person, step).await.unwrap();
        posts::save(&mut tx, id, version, draft).await.unwrap();
        tx.commit().await.unwrap();
    }
    let mut tx = world.store.begin(Actor::Publisher).await.unwrap();
    set_state(&mut tx, id, second, DeliveryState::Failed)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    taken_over(&world).await;

    let error = undo(&world.store).await.unwrap_err();
    assert!(error.to_string().contains("account stays"), "{error}");
    for (off, says) in [(false, "call it off"), (true, "called off there")] {
        let mut tx = world.store.begin(Actor::Person).await.unwrap();
        if off {
            let (target, _) = on(&mut tx, id, second).await;
            publishing::cancel(&mut tx, target).await.unwrap();
        }
        let error = posts::save(&mut tx, id, 3, &alone).await.unwrap_err();
        let StoreError::Invalid { field, message } = &error else {
            panic!("{error:?}");
        };
        assert_eq!(*field, "targets");
        assert!(message.contains(says), "{message}");
    }
}
