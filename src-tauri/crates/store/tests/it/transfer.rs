use model::change::Actor;
use model::content::Segment;
use model::delivery::DeliveryState;
use model::post::{Attempt, AttemptOutcome};
use model::{AttemptId, Timestamp};
use store::transfer::{self, Contents, WholeAttempt};
use store::{Store, holds, posts, working_copies};

use crate::fixture::{NOW, World, scheduled};

async fn everything(store: &Store) -> String {
    let mut conn = store.read().await.unwrap();
    format!(
        "{:#?}",
        (
            transfer::workspaces(&mut conn).await.unwrap(),
            transfer::calendars(&mut conn).await.unwrap(),
            transfer::accounts(&mut conn).await.unwrap(),
            transfer::posts(&mut conn, None, 100).await.unwrap(),
            transfer::attempts(&mut conn, None, 100).await.unwrap(),
        )
    )
}

#[tokio::test]
async fn a_full_export_comes_back_whole_and_held() {
    let from = World::new().await;
    let sent = from
        .post("published", scheduled("2026-05-20T10:00:00"))
        .await;
    let edited = from.post("edited", scheduled("2026-05-21T10:00:00")).await;
    let binned = from.post("binned", scheduled("2026-05-22T10:00:00")).await;
    let mut tx = from.store.begin(Actor::Person).await.unwrap();
    let mut draft = from.draft("tailored");
    draft.targets[1].override_segments = Some(vec![Segment::text("own")]);
    posts::save(&mut tx, edited, 1, &draft).await.unwrap();
    working_copies::put(&mut tx, edited, 2, &from.draft("new words"))
        .await
        .unwrap();
    working_copies::set_open(&mut tx, edited, false)
        .await
        .unwrap();
    posts::delete(&mut tx, &[binned]).await.unwrap();
    store::testing::set_state(&mut tx, sent, from.accounts[0], DeliveryState::Published)
        .await
        .unwrap();
    store::accounts::remove(&mut tx, from.accounts[1])
        .await
        .unwrap();
    let target_id = posts::get(&mut tx, sent).await.unwrap().targets[0].id;
    let attempt = Attempt {
        id: AttemptId(tx.new_id()),
        target_id,
        number: 1,
        started_at: Timestamp::from_millis(NOW),
        ended_at: Some(Timestamp::from_millis(NOW + 5)),
        duration_ms: Some(5),
        outcome: AttemptOutcome::Sent,
        category: None,
        message: None,
        detail: None,
        will_retry: false,
        next_try_at: None,
        steps_done: 0,
    };
    let whole = WholeAttempt {
        attempt,
        content_hash: "hash".to_owned(),
        step: "publish".to_owned(),
        step_visible: true,
    };
    transfer::insert_attempts(&mut tx, &[whole]).await.unwrap();
    tx.commit().await.unwrap();

    let to = World::new().await;
    to.post("the sample", model::when::When::Unplanned).await;
    let mut conn = from.store.read().await.unwrap();
    let mut tx = to.store.begin(Actor::Import).await.unwrap();
    transfer::clear(&mut tx).await.unwrap();
    assert_eq!(
        transfer::contents(&mut tx).await.unwrap(),
        Contents::default()
    );
    let workspaces = transfer::workspaces(&mut conn).await.unwrap();
    transfer::insert_workspaces(&mut tx, &workspaces)
        .await
        .unwrap();
    let calendars = transfer::calendars(&mut conn).await.unwrap();
    transfer::insert_calendars(&mut tx, &calendars)
        .await
        .unwrap();
    let accounts = transfer::accounts(&mut conn).await.unwrap();
    transfer::insert_accounts(&mut tx, &accounts).await.unwrap();
    let mut after = None;
    loop {
        let page = transfer::posts(&mut conn, after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.post.id);
        transfer::insert_posts(&mut tx, &page).await.unwrap();
    }
    let attempts = transfer::attempts(&mut conn, None, 100).await.unwrap();
    transfer::insert_attempts(&mut tx, &attempts).await.unwrap();
    transfer::finish(&mut tx).await.unwrap();
    tx.commit().await.unwrap();

    assert_eq!(everything(&to.store).await, everything(&from.store).await);
    let mut conn = to.store.read().await.unwrap();
    let state = holds::state(&mut conn).await.unwrap();
    assert!(state.hold.is_some() && state.restored_at.is_some());
    // Searching and the month work on what came in.
    let calendar = calendars[0].it.id;
    assert_eq!(
        posts::search(&mut conn, "own", &[calendar], 9)
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_send_that_was_under_way_is_a_question_after_an_import() {
    let from = World::new().await;
    let id = from.post("x", scheduled("2026-05-20T10:00:00")).await;
    let mut tx = from.store.begin(Actor::Publisher).await.unwrap();
    store::testing::set_state(&mut tx, id, from.accounts[0], DeliveryState::Sending)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let whole = transfer::posts(&mut from.store.read().await.unwrap(), None, 9)
        .await
        .unwrap();
    let mut tx = from.store.begin(Actor::Import).await.unwrap();
    let accounts = transfer::accounts(&mut tx).await.unwrap();
    let calendars = transfer::calendars(&mut tx).await.unwrap();
    let workspaces = transfer::workspaces(&mut tx).await.unwrap();
    transfer::clear(&mut tx).await.unwrap();
    transfer::insert_workspaces(&mut tx, &workspaces)
        .await
        .unwrap();
    transfer::insert_calendars(&mut tx, &calendars)
        .await
        .unwrap();
    transfer::insert_accounts(&mut tx, &accounts).await.unwrap();
    transfer::insert_posts(&mut tx, &whole).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        from.get(id).await.targets[0].state,
        DeliveryState::Unconfirmed
    );
}
