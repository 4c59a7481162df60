//! Spending by calendar month, and how much is planned for single days.

use std::collections::BTreeMap;

use model::change::Actor;
use model::post::TargetDraft;
use model::quota::{Counted, Limit, Span};
use model::when::{When, Zone};
use model::{AccountId, Timestamp, WorkspaceId};
use serde_json::json;
use store::spending::{self, Noted, Spend};
use store::{Step, crowding, workspaces};

use crate::fixture::{DAY, HOUR, NOW, World};

async fn workspace(world: &World) -> WorkspaceId {
    let mut conn = world.store.read().await.unwrap();
    store::calendars::workspace_of(&mut conn, world.calendar)
        .await
        .unwrap()
}

async fn pay(world: &World, workspace_id: WorkspaceId, micro_dollars: u64) -> Noted {
    let mut tx = world.store.begin(Actor::Publisher).await.unwrap();
    let spend = Spend {
        workspace_id,
        account_id: world.accounts[0],
        what: "segment",
        micro_dollars,
    };
    let noted = spending::note(&mut tx, spend).await.unwrap();
    tx.commit().await.unwrap();
    noted
}

async fn spent(world: &World, workspace: WorkspaceId, month: &str) -> u64 {
    let mut conn = world.store.read().await.unwrap();
    spending::spent(&mut conn, workspace, month).await.unwrap()
}

#[tokio::test]
async fn months_change_where_the_workspace_is_and_the_budget_begins_anew() {
    let world = World::new().await;
    let id = workspace(&world).await;
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    let mut calendar = store::calendars::get(&mut tx, world.calendar)
        .await
        .unwrap();
    calendar.zone = "Pacific/Auckland".parse().unwrap();
    store::calendars::put(&mut tx, &calendar).await.unwrap();
    workspaces::set_budget(&mut tx, id, Some(100))
        .await
        .unwrap();
    tx.commit().await.unwrap();

    // 31 May, 23:30 in Auckland.
    let eve = 1_780_227_000_000;
    world.clock.advance(eve - NOW);
    assert!(matches!(pay(&world, id, 60).await, Noted::Paid(_)));
    assert_eq!(
        pay(&world, id, 60).await,
        Noted::OverBudget {
            budget: 100,
            spent: 60
        }
    );
    assert!(matches!(pay(&world, id, 40).await, Noted::Paid(_)));
    // Half an hour later it is June there, and still May in London.
    world.clock.advance(HOUR / 2);
    let Noted::Paid(number) = pay(&world, id, 60).await else {
        panic!("a new month has its own budget");
    };
    assert_eq!(spent(&world, id, "2026-05").await, 100);
    assert_eq!(spent(&world, id, "2026-06").await, 60);

    let mut tx = world.store.begin(Actor::Publisher).await.unwrap();
    spending::take_back(&mut tx, number).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(spent(&world, id, "2026-06").await, 0);
}

#[tokio::test]
async fn another_budget_is_a_step_that_can_be_undone() {
    let world = World::new().await;
    let id = workspace(&world).await;
    let budget = async || {
        let mut conn = world.store.read().await.unwrap();
        spending::budget(&mut conn, id).await.unwrap()
    };
    let mut tx = world
        .store
        .step(Actor::Person, Step::new("Budget"))
        .await
        .unwrap();
    workspaces::set_budget(&mut tx, id, Some(5_000_000))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(budget().await, Some(5_000_000));
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    store::history::undo(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(budget().await, None);
}

async fn waiting(
    world: &World,
    limit: &Limit,
    but: Option<model::PostId>,
) -> BTreeMap<(AccountId, usize), u32> {
    let days: Vec<crowding::Day> = (0..3)
        .map(|n| {
            let at = |n: i64| Timestamp::from_millis(NOW + n * DAY);
            (at(n), at(n + 1))
        })
        .collect();
    let mut conn = world.store.read().await.unwrap();
    crowding::waiting(&mut conn, &world.accounts, &days, limit, but)
        .await
        .unwrap()
}

#[tokio::test]
async fn what_waits_is_counted_by_account_and_day_in_what_the_network_counts() {
    let world = World::new().await;
    let (account, other) = (world.accounts[0], world.accounts[1]);
    let at = |millis: i64| {
        let at = Timestamp::from_millis(NOW + millis);
        let zone = Zone::utc();
        When::Scheduled {
            wall: zone.wall_at(at).unwrap(),
            zone,
            at,
        }
    };
    let target = |account_id, kind: &str| TargetDraft {
        account_id,
        override_segments: None,
        options: [("kind".to_owned(), json!(kind))].into_iter().collect(),
    };
    let mut made = Vec::new();
    for (millis, kind) in [(HOUR, "reel"), (2 * HOUR, "post"), (DAY + HOUR, "reel")] {
        let mut draft = world.draft("One");
        draft.segments.push(model::content::Segment::text("Two"));
        draft.targets = vec![target(account, kind)];
        let new = store::posts::NewPost {
            calendar_id: world.calendar,
            draft,
            when: at(millis),
            time_source: model::post::TimeSource::Own,
            editorial: model::status::EditorialStatus::Scheduled,
        };
        let mut tx = world.store.begin(Actor::Person).await.unwrap();
        made.push(store::posts::create(&mut tx, &new).await.unwrap());
        tx.commit().await.unwrap();
    }
    let posts = Limit::posts(1, Span::Day);
    let expected = BTreeMap::from([((account, 0), 2), ((account, 1), 1)]);
    assert_eq!(waiting(&world, &posts, None).await, expected);
    assert!(!expected.contains_key(&(other, 0)));
    let parts = posts.clone().counting(Counted::Parts, "posts");
    assert_eq!(waiting(&world, &parts, None).await[&(account, 0)], 4);
    let reels = posts.clone().only("kind", &[json!("reel")]);
    assert_eq!(waiting(&world, &reels, None).await[&(account, 0)], 1);
    assert_eq!(
        waiting(&world, &posts, Some(made[0])).await[&(account, 0)],
        1
    );
    let files = posts.clone().counting(Counted::Files, "files");
    assert_eq!(waiting(&world, &files, None).await[&(account, 0)], 0);
    let replies = posts.clone().counting(Counted::Replies, "replies");
    assert_eq!(waiting(&world, &replies, None).await[&(account, 0)], 2);
    let calls = posts.counting(Counted::Calls, "requests");
    assert_eq!(waiting(&world, &calls, None).await[&(account, 0)], 2);
}
