//! What is refused under a send, and small promises of the tables.

use model::account::AccountHealth;
use model::change::{Actor, Subject};
use model::delivery::DeliveryState;
use model::slot::{DayPause, Slot};
use model::status::EditorialStatus;
use model::when::When;
use store::posts::{self, Move};
use store::testing::set_state;
use store::{Result, StoreError, Tx, day_pauses, feed, slots, working_copies, zones};

use crate::fixture::{DAY, HOUR, World, scheduled};

#[tokio::test]
async fn under_a_send_nothing_of_a_post_changes() {
    let world = World::new().await;
    let id = world
        .post("Spring sale", scheduled("2026-05-20T10:00:00"))
        .await;
    for state in [
        DeliveryState::Sending,
        DeliveryState::Unconfirmed,
        DeliveryState::Placed,
    ] {
        let mut tx = world.store.begin(Actor::Publisher).await.unwrap();
        set_state(&mut tx, id, world.accounts[1], state)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let draft = world.draft("other");
        let tries: Vec<(&str, Box<dyn AsyncTry>)> = vec![
            (
                "save",
                Box::new(async |tx: &mut Tx| posts::save(tx, id, 1, &draft).await.map(drop)),
            ),
            (
                "edit",
                Box::new(async |tx: &mut Tx| working_copies::put(tx, id, 1, &draft).await),
            ),
            (
                "delete",
                Box::new(async |tx: &mut Tx| posts::delete(tx, &[id]).await),
            ),
            (
                "cancel",
                Box::new(async |tx: &mut Tx| {
                    posts::set_editorial(tx, &[id], EditorialStatus::Cancelled).await
                }),
            ),
            (
                "move",
                Box::new(async |tx: &mut Tx| {
                    posts::move_many(tx, &[Move::to(id, When::Unplanned)])
                        .await
                        .map(drop)
                }),
            ),
        ];
        for (name, attempt) in tries {
            let mut tx = world.store.begin(Actor::Person).await.unwrap();
            let error = attempt.run(&mut tx).await.expect_err(name);
            assert!(
                match state {
                    DeliveryState::Placed => matches!(error, StoreError::Placed(_)),
                    _ => matches!(error, StoreError::InFlight(_)),
                },
                "{name}: {error:?}"
            );
            assert!(error.to_string().contains("Spring sale"), "{name}: {error}");
        }
    }
    assert_eq!(world.get(id).await.when, scheduled("2026-05-20T10:00:00"));
}

/// An async closure that can stand in a list.
trait AsyncTry {
    fn run<'a>(
        &'a self,
        tx: &'a mut Tx,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<()>> + 'a>>;
}

impl<F: AsyncFn(&mut Tx) -> Result<()>> AsyncTry for F {
    fn run<'a>(
        &'a self,
        tx: &'a mut Tx,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<()>> + 'a>> {
        Box::pin(self(tx))
    }
}

#[tokio::test]
async fn a_write_that_failed_half_way_cannot_be_committed() {
    let world = World::new().await;
    let free = world.post("free", scheduled("2026-05-20T10:00:00")).await;
    let busy = world.post("busy", scheduled("2026-05-20T11:00:00")).await;
    let mut tx = world.store.begin(Actor::Publisher).await.unwrap();
    set_state(&mut tx, busy, world.accounts[0], DeliveryState::Sending)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    let moves = [
        Move::to(free, When::Unplanned),
        Move::to(busy, When::Unplanned),
    ];
    posts::move_many(&mut tx, &moves).await.unwrap_err();
    tx.commit().await.unwrap_err();
    assert_eq!(world.get(free).await.when, scheduled("2026-05-20T10:00:00"));
}

#[tokio::test]
async fn a_published_account_stays_on_its_post() {
    let world = World::new().await;
    let id = world.post("one", scheduled("2026-05-20T10:00:00")).await;
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    set_state(&mut tx, id, world.accounts[0], DeliveryState::Published)
        .await
        .unwrap();
    let mut draft = world.draft("one");
    draft.targets.remove(0);
    let error = posts::save(&mut tx, id, 1, &draft).await.unwrap_err();
    let StoreError::Invalid { field, message } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(*field, "targets");
    assert!(message.contains("so that account stays"), "{message}");
}

#[tokio::test]
async fn a_new_time_lets_what_failed_wait_again() {
    let world = World::new().await;
    let id = world.post("one", scheduled("2026-05-20T10:00:00")).await;
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    set_state(&mut tx, id, world.accounts[0], DeliveryState::Published)
        .await
        .unwrap();
    set_state(&mut tx, id, world.accounts[1], DeliveryState::Failed)
        .await
        .unwrap();
    posts::move_many(&mut tx, &[Move::to(id, scheduled("2026-05-21T10:00:00"))])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let states: Vec<_> = world
        .get(id)
        .await
        .targets
        .iter()
        .map(|t| t.state)
        .collect();
    assert_eq!(states, [DeliveryState::Published, DeliveryState::Waiting]);
}

#[tokio::test]
async fn an_account_added_after_the_time_goes_out_only_when_the_person_says_so() {
    let world = World::new().await;
    let both = world.draft("one");
    let mut alone = both.clone();
    alone.targets.truncate(1);
    // 08:00 UTC; the fixture's clock stands at seven.
    let time = scheduled("2026-05-14T10:00:00");
    let (failed, held) = (
        world.post("one", time.clone()).await,
        world.post("one", time).await,
    );
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    for id in [failed, held] {
        posts::save(&mut tx, id, 1, &alone).await.unwrap();
    }
    tx.commit().await.unwrap();
    let added = async |id| world.get(id).await.targets.remove(1);

    // In time it waits like the rest.
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    posts::save(&mut tx, failed, 2, &both).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(added(failed).await.state, DeliveryState::Waiting);
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    posts::save(&mut tx, failed, 3, &alone).await.unwrap();
    tx.commit().await.unwrap();

    world.clock.advance(HOUR + HOUR / 2);
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    set_state(&mut tx, failed, world.accounts[0], DeliveryState::Failed)
        .await
        .unwrap();
    posts::save(&mut tx, failed, 4, &both).await.unwrap();
    working_copies::put(&mut tx, held, 2, &both).await.unwrap();
    working_copies::confirm(&mut tx, held).await.unwrap();
    tx.commit().await.unwrap();
    let late = added(failed).await;
    assert_eq!(late.state, DeliveryState::Missed);
    assert!(late.failure.unwrap().message.contains("after the time"));
    assert_eq!(added(held).await.state, DeliveryState::Waiting);

    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    let next = Move::to(failed, scheduled("2026-05-14T12:00:00"));
    posts::move_many(&mut tx, &[next]).await.unwrap();
    tx.commit().await.unwrap();
    let again = added(failed).await;
    assert_eq!((again.state, again.failure), (DeliveryState::Waiting, None));
}

#[tokio::test]
async fn instants_follow_the_zone_rules_of_today() {
    let world = World::new().await;
    let id = world.post("one", scheduled("2026-05-20T10:00:00")).await;
    // As if it was written when Berlin was an hour elsewhere.
    let mut tx = world.store.begin(Actor::Program).await.unwrap();
    store::testing::shift_instants(&mut tx, HOUR).await.unwrap();
    tx.commit().await.unwrap();
    assert_ne!(world.get(id).await.when, scheduled("2026-05-20T10:00:00"));
    for moved in [1, 0] {
        let mut tx = world.store.begin(Actor::Program).await.unwrap();
        assert_eq!(zones::recompute_all(&mut tx).await.unwrap(), moved);
        tx.commit().await.unwrap();
    }
    assert_eq!(world.get(id).await.when, scheduled("2026-05-20T10:00:00"));
}

#[tokio::test]
async fn a_sign_out_is_news_once() {
    let world = World::new().await;
    let out = AccountHealth::NeedsReconnect {
        reason: "The app password was revoked.".to_owned(),
        since: world.store.now(),
    };
    for (health, news) in [
        (&out, true),
        (&out, false),
        (&AccountHealth::Ok, true),
        (&AccountHealth::Ok, false),
    ] {
        let mut tx = world.store.begin(Actor::Publisher).await.unwrap();
        let told = store::accounts::set_health(&mut tx, world.accounts[0], health)
            .await
            .unwrap();
        assert_eq!(told, news);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn slots_that_stay_keep_their_identifier() {
    let world = World::new().await;
    let account_id = world.accounts[0];
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    let slot = |tx: &Tx, weekday| Slot {
        id: slots::new_id(tx),
        account_id,
        weekday,
        time: "09:30".parse().unwrap(),
        zone: "Europe/Berlin".parse().unwrap(),
    };
    let (mut first, second, third) = (slot(&tx, 1), slot(&tx, 2), slot(&tx, 3));
    slots::replace(&mut tx, account_id, &[first.clone(), second])
        .await
        .unwrap();
    first.weekday = 5;
    slots::replace(&mut tx, account_id, &[third.clone(), first.clone()])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let all = slots::all(&mut world.store.read().await.unwrap())
        .await
        .unwrap();
    assert_eq!(all, [third, first]);
}

#[tokio::test]
async fn a_day_is_paused_once_and_the_feed_tells_of_its_plan() {
    let world = World::new().await;
    let account_id = world.accounts[0];
    let pause = |reason: &str| DayPause {
        account_id,
        date: "2026-05-14".parse().unwrap(),
        reason: reason.to_owned(),
    };
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    day_pauses::put(&mut tx, &pause("Holiday")).await.unwrap();
    day_pauses::put(&mut tx, &pause("Moving house"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut conn = world.store.read().await.unwrap();
    let all = day_pauses::all(&mut conn).await.unwrap();
    assert_eq!(all, [pause("Moving house")]);
    let changes = feed::changes_since(&mut conn, 0, 99).await.unwrap();
    let last = changes.last().unwrap();
    assert_eq!(
        (last.subject, last.id.clone()),
        (Subject::Slots, account_id.to_string())
    );
    drop(conn);
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    let date = pause("").date;
    let lifted = [
        day_pauses::lift(&mut tx, account_id, date).await.unwrap(),
        day_pauses::lift(&mut tx, account_id, date).await.unwrap(),
    ];
    assert_eq!(lifted, [true, false]);
}

#[tokio::test]
async fn the_feed_forgets_old_rows_but_never_its_newest_number() {
    let world = World::new().await;
    world.post("one", When::Unplanned).await;
    let newest = *world.store.subscribe().borrow();
    world.clock.advance(60 * DAY);
    let mut tx = world.store.begin(Actor::Program).await.unwrap();
    let now = tx.now();
    assert!(feed::prune(&mut tx, now).await.unwrap() > 0);
    tx.commit().await.unwrap();
    let mut conn = world.store.read().await.unwrap();
    assert_eq!(feed::newest(&mut conn).await.unwrap(), newest);
    assert_eq!(
        feed::changes_since(&mut conn, 0, 99).await.unwrap().len(),
        1
    );
}

#[tokio::test]
async fn an_account_keeps_the_number_its_network_gave_it() {
    let world = World::new().await;
    let [first, second] = world.accounts;
    let mut tx = world.store.begin(Actor::Publisher).await.unwrap();
    let (was, taken) = (
        store::accounts::get(&mut tx, first)
            .await
            .unwrap()
            .remote_id,
        store::accounts::get(&mut tx, second)
            .await
            .unwrap()
            .remote_id,
    );
    let renumber = store::accounts::renumber;
    assert!(renumber(&mut tx, first, &was, "another").await.unwrap());
    // What is told late, of a number that it has no more, changes nothing.
    assert!(!renumber(&mut tx, first, &was, "late").await.unwrap());
    // Nor does a number that another account has, which is the same place on the network.
    assert!(!renumber(&mut tx, first, "another", &taken).await.unwrap());
    let now = store::accounts::get(&mut tx, first).await.unwrap();
    assert_eq!(now.remote_id, "another");
    tx.commit().await.unwrap();
}
