//! The log of deliveries as programs ask for it.

use model::change::Actor;
use model::failure::Category;
use model::post::{Attempt, AttemptOutcome};
use model::{AttemptId, Timestamp};
use store::activity::{self, Wanted};
use store::posts::{self, WholeAttempt};

use crate::fixture::{NOW, World, scheduled};

#[tokio::test]
async fn the_log_is_given_part_by_part_and_only_what_is_wanted_of_it() {
    use AttemptOutcome::{NotSent, Sent};
    let world = World::new().await;
    let id = world.post("one", scheduled("2026-05-20T09:05:00")).await;
    let post = world.get(id).await;
    let mut tx = world.store.begin(Actor::Import).await.unwrap();
    let workspace = store::calendars::workspace_of(&mut tx, world.calendar)
        .await
        .unwrap();
    for (number, outcome, category) in [
        (1, NotSent, Some(Category::RateLimited)),
        (2, NotSent, Some(Category::Validation)),
        (3, NotSent, None),
        (4, Sent, None),
        (5, Sent, None),
    ] {
        let attempt = Attempt {
            id: AttemptId(tx.new_id()),
            target_id: post.targets[0].id,
            number,
            // Two at a time begin at the same instant.
            started_at: Timestamp::from_millis(NOW + i64::from(number / 2)),
            ended_at: Some(Timestamp::from_millis(NOW + 9)),
            duration_ms: None,
            outcome,
            category,
            message: None,
            detail: None,
            will_retry: false,
            next_try_at: None,
            steps_done: 0,
            place_at: None,
        };
        let whole = WholeAttempt {
            attempt,
            content_hash: "ab".to_owned(),
            step: "post".to_owned(),
            step_visible: true,
            shown_at: None,
        };
        posts::put_attempt(&mut tx, &whole).await.unwrap();
    }
    tx.commit().await.unwrap();

    let all = Wanted {
        workspace,
        network: None,
        since: Timestamp::from_millis(0),
        outcome: None,
        limited: None,
    };
    let found = async |wanted: Wanted<'_>, limit: u32| {
        let mut conn = world.store.read().await.unwrap();
        let found = activity::of_workspace(&mut conn, &wanted, None, limit).await;
        let mut numbers: Vec<u32> = found.unwrap().iter().map(|e| e.attempt.number).collect();
        numbers.sort_unstable();
        numbers
    };
    let ended = |outcome, limited| Wanted {
        outcome: Some(outcome),
        limited,
        ..all
    };
    assert_eq!(found(all, 9).await, [1, 2, 3, 4, 5]);
    assert_eq!(found(ended(Sent, None), 9).await, [4, 5]);
    // What is wanted is older than what is not, and the limit counts it alone.
    assert_eq!(found(ended(NotSent, Some(true)), 1).await, [1]);
    assert_eq!(found(ended(NotSent, Some(false)), 9).await, [2, 3]);
    let since = Timestamp::from_millis(NOW + 2);
    assert_eq!(found(Wanted { since, ..all }, 9).await, [4, 5]);
    let elsewhere = Wanted {
        network: Some("x"),
        ..all
    };
    assert_eq!(found(elsewhere, 9).await, [0; 0]);

    let mut conn = world.store.read().await.unwrap();
    let whole = activity::of_workspace(&mut conn, &all, None, 9)
        .await
        .unwrap();
    let (mut parts, mut after) = (Vec::new(), None);
    loop {
        let part = activity::of_workspace(&mut conn, &all, after, 2)
            .await
            .unwrap();
        let Some(last) = part.last() else { break };
        after = Some((last.attempt.started_at, last.attempt.id));
        parts.extend(part);
    }
    assert_eq!(parts, whole);
}
