//! Posts that may be out without this file knowing: they are looked for before anything of them changes.

use std::sync::Arc;

use model::change::Actor;
use model::status::EditorialStatus;
use model::{PostId, Timestamp};
use store::posts::{self, Move};
use store::{Store, StoreError, backup};

use crate::fixture::{HOUR, NOW, World, config, scheduled};

/// A post that came due, one that did not, and what is said of the first: a backup was put back, or the folder was
/// copied to another computer.
async fn unknowing(restored: bool) -> (World, [PostId; 2], &'static str) {
    let world = World::new().await;
    let due = world.post("due", scheduled("2026-05-14T09:05:00")).await;
    let later = world.post("later", scheduled("2026-05-20T10:00:00")).await;
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
    (world, [due, later], says)
}

#[tokio::test]
async fn what_may_be_out_is_neither_moved_nor_changed_before_it_is_looked_for() {
    for restored in [true, false] {
        let (world, [due, later], says) = unknowing(restored).await;
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
