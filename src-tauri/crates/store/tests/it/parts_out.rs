//! Threads of which the first parts are out: what becomes of them when the post is changed.

use std::time::Duration;

use model::change::Actor;
use model::content::Segment;
use model::delivery::DeliveryState;
use model::failure::Category;
use model::post::{AttemptOutcome, Draft};
use model::{AttemptId, PostId};
use serde_json::{Value, json};
use store::publishing::{self, Gate, Intent, Settled, Showing, StepDone};
use store::{Step, StoreError, posts};

use crate::fixture::{HOUR, World, scheduled};
use crate::history::undo;

/// Five minutes after the clock of the tests.
const SOON: &str = "2026-05-14T09:05:00";
const ME: &str = "me";

fn thread(world: &World, texts: &[&str]) -> Draft {
    Draft {
        segments: texts.iter().copied().map(Segment::text).collect(),
        ..world.draft("")
    }
}

/// A post that became this thread by its last step, of which the first part is out on its first account and the next
/// was refused.
async fn partly_sent(world: &World, texts: &[&str]) -> PostId {
    let id = world.post("one", scheduled(SOON)).await;
    let step = Step::new("Edit");
    let mut tx = world.store.step(Actor::Person, step).await.unwrap();
    posts::save(&mut tx, id, 1, &thread(world, texts))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    world.clock.advance(HOUR / 6);

    let mut tx = world.store.begin(Actor::Publisher).await.unwrap();
    let gate = Gate {
        owner: ME,
        lease: Duration::from_secs(15),
        most: 1,
        closed: &[],
        accounts: Some(&world.accounts[..1]),
    };
    let claimed = publishing::claim(&mut tx, gate).await.unwrap()[0];
    let attempt_id = AttemptId(tx.new_id());
    let intent = Intent {
        target_id: claimed.target_id,
        fence: claimed.fence,
        attempt_id,
        number: 1,
        content_hash: "x".to_owned(),
        handle: Value::Null,
        forget_steps: false,
        step: "begin".to_owned(),
        visible: false,
        place_at: None,
        links: None,
    };
    publishing::intend(&mut tx, ME, &[intent]).await.unwrap();
    let key = "segment/0".to_owned();
    let showing = Showing {
        target_id: claimed.target_id,
        attempt_id,
        key: key.clone(),
    };
    publishing::about_to_show(&mut tx, &[showing])
        .await
        .unwrap();
    let done = StepDone {
        target_id: claimed.target_id,
        fence: claimed.fence,
        attempt_id,
        key,
        value: json!({}),
    };
    publishing::step_done(&mut tx, ME, &[done]).await.unwrap();
    let end = Settled {
        target_id: claimed.target_id,
        post_id: id,
        fence: claimed.fence,
        attempt_id: Some(attempt_id),
        to: DeliveryState::Failed,
        not_before: None,
        outcome: AttemptOutcome::NotSent,
        remote_id: None,
        remote_url: None,
        remote: None,
        category: Some(Category::Validation),
        message: Some("Too long.".to_owned()),
        detail: None,
        next_try_at: None,
        refunds: 0,
    };
    publishing::settle(&mut tx, ME, &[end]).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn save(world: &World, id: PostId, draft: &Draft) -> Result<i64, StoreError> {
    let version = world.get(id).await.version;
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    let saved = posts::save(&mut tx, id, version, draft).await?;
    tx.commit().await?;
    Ok(saved)
}

#[tokio::test]
async fn the_part_that_is_out_stays_as_it_went_out_and_what_follows_can_change() {
    let world = World::new().await;
    let id = partly_sent(&world, &["one", "two", "three"]).await;
    for texts in [
        &["zero", "one", "two", "three"][..],
        &["two", "three"][..],
        &["two", "one", "three"][..],
        &["One", "two", "three"][..],
    ] {
        let error = save(&world, id, &thread(&world, texts)).await.unwrap_err();
        let StoreError::Invalid { field, message } = &error else {
            panic!("{texts:?}: {error:?}")
        };
        assert_eq!(*field, "segments", "{texts:?}");
        assert!(
            message.contains("on ana.test with its first part already"),
            "{message}"
        );
    }
    assert_eq!(world.get(id).await.segments[0].text, "one");
    let shorter = thread(&world, &["one", "2", "3", "4"]);
    save(&world, id, &shorter).await.unwrap();
    assert_eq!(world.get(id).await.segments.len(), 4);
}

#[tokio::test]
async fn an_account_that_has_a_part_stays_on_its_post() {
    let world = World::new().await;
    let id = partly_sent(&world, &["one", "two"]).await;
    let mut draft = thread(&world, &["one", "two"]);
    let first = draft.targets.remove(0);
    let error = save(&world, id, &draft).await.unwrap_err();
    assert!(
        matches!(
            &error,
            StoreError::Invalid {
                field: "targets",
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(world.get(id).await.targets.len(), 2);
    // One that has nothing of it may go.
    draft.targets = vec![first];
    save(&world, id, &draft).await.unwrap();
    assert_eq!(world.get(id).await.targets.len(), 1);
}

#[tokio::test]
async fn what_would_send_a_part_again_is_not_undone() {
    let world = World::new().await;
    let id = partly_sent(&world, &["zero", "one"]).await;
    let error = undo(&world.store).await.unwrap_err();
    assert!(matches!(error, StoreError::Invalid { .. }), "{error:?}");
    assert_eq!(world.get(id).await.segments.len(), 2);

    let world = World::new().await;
    let id = partly_sent(&world, &["one", "two"]).await;
    undo(&world.store).await.unwrap().unwrap();
    assert_eq!(world.get(id).await.segments.len(), 1);
}
