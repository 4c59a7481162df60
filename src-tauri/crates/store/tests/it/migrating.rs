//! A database of the first release opens in this one with everything in it.

use std::path::Path;
use std::sync::Arc;

use model::change::Actor;
use model::delivery::DeliveryState;
use model::{CalendarId, PostId};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use store::{Store, posts, working_copies};

use crate::fixture::{clock, open};

const FIRST_RELEASE: &str = include_str!("../fixtures/first_release.sql");
const CALENDAR: &str = "019e2500-0000-7000-8000-000000000002";
const PUBLISHED: &str = "019e2500-0000-7000-8000-000000000010";
const EDITED: &str = "019e2500-0000-7000-8000-000000000011";
const JAPANESE: &str = "019e2500-0000-7000-8000-000000000012";

async fn first_release(dir: &Path) {
    let options = SqliteConnectOptions::new()
        .filename(dir.join("almanac.db"))
        .create_if_missing(true);
    let mut sql = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql(FIRST_RELEASE)
        .execute(&mut sql)
        .await
        .unwrap();
    sql.close().await.unwrap();
}

async fn found(store: &Store, query: &str) -> Vec<PostId> {
    let calendar: CalendarId = CALENDAR.parse().unwrap();
    let mut conn = store.read().await.unwrap();
    posts::search(&mut conn, query, &[calendar], 10)
        .await
        .unwrap()
        .into_iter()
        .map(|chip| chip.id)
        .collect()
}

#[tokio::test]
async fn a_database_of_the_first_release_opens_with_everything_in_it() {
    let dir = tempfile::tempdir().unwrap();
    first_release(dir.path()).await;
    let opened = open(dir.path(), clock()).await;
    assert!(!opened.fresh);
    assert!(opened.other_machine.is_none());
    let backup = opened.backup.expect("a copy is kept");
    assert!(backup.exists());
    let store = opened.store;
    store.check().await.unwrap();

    let (published, edited): (PostId, PostId) =
        (PUBLISHED.parse().unwrap(), EDITED.parse().unwrap());
    let mut conn = store.read().await.unwrap();
    let post = posts::get(&mut conn, published).await.unwrap();
    assert_eq!(post.segments[0].text, "Grüße aus München");
    assert_eq!(post.labels, ["sale"]);
    let states: Vec<_> = post.targets.iter().map(|t| t.state).collect();
    assert_eq!(states, [DeliveryState::Published, DeliveryState::Failed]);
    let log = store::activity::of_post(&mut conn, published)
        .await
        .unwrap();
    assert_eq!(log.len(), 2);
    let copy = working_copies::get(&mut conn, edited).await.unwrap();
    assert_eq!(copy.unwrap().draft.segments[0].text, "later, better");
    assert_eq!(posts::bin(&mut conn, 10).await.unwrap().len(), 1);

    // The handle of a delivery of that time still counts.
    let kept = posts::kept(&mut conn, &[published]).await.unwrap();
    assert_eq!(kept[0].handle.as_ref().unwrap()["keys"][0], "3k");
    assert_eq!(kept[0].turn, 0);
    let targets: Vec<_> = post.targets.iter().map(|t| t.id).collect();
    let deliveries = store::publishing::deliveries(&mut conn, &targets)
        .await
        .unwrap();
    assert_eq!(deliveries[1].content_hash.as_deref(), Some("bb"));
    assert_eq!(
        deliveries[1].handle.as_ref().unwrap()["stem"],
        "2026-05-14-spring"
    );
    drop(conn);

    assert_eq!(found(&store, "spring").await, [published]);
    assert_eq!(found(&store, "ordner").await, [published]);
    assert_eq!(found(&store, "タワー").await, [JAPANESE.parse().unwrap()]);
}

#[tokio::test]
async fn an_old_database_gets_the_schema_of_a_new_one() {
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    first_release(old.path()).await;
    let mut schemas = Vec::new();
    for dir in [&old, &new] {
        let store = open(dir.path(), Arc::clone(&clock())).await.store;
        let mut tx = store.begin(Actor::Program).await.unwrap();
        schemas.push(store::testing::schema(&mut tx).await.unwrap());
    }
    assert_eq!(schemas[0], schemas[1]);
}
