//! Posts without a date.

use std::collections::HashSet;

use model::change::Actor;
use model::when::When;
use store::posts;

use crate::fixture::{HOUR, World, scheduled};

#[tokio::test]
async fn the_shelf_is_given_part_by_part_without_gaps_or_repeats() {
    let world = World::new().await;
    world.post("dated", scheduled("2026-06-01T10:00:00")).await;
    for n in 0..20 {
        // Several are changed at the same instant.
        if n % 6 == 5 {
            world.clock.advance(HOUR);
        }
        world.post(&n.to_string(), When::Unplanned).await;
    }
    let mut conn = world.store.read().await.unwrap();
    let calendars = [world.calendar];
    let whole = posts::shelf(&mut conn, &calendars, 100).await.unwrap();
    assert_eq!(whole.len(), 20);
    let mut newest: Vec<&str> = whole[..3].iter().map(|chip| chip.words.as_str()).collect();
    newest.sort_unstable();
    assert_eq!(newest, ["17", "18", "19"]);
    let (mut parts, mut after) = (Vec::new(), None);
    loop {
        let (part, last) = posts::shelf_after(&mut conn, after, &calendars, 3)
            .await
            .unwrap();
        if part.is_empty() {
            break;
        }
        assert!(part.len() <= 3);
        parts.extend(part);
        after = last;
    }
    assert_eq!(parts, whole);
    let none = posts::shelf_after(&mut conn, None, &[], 3).await.unwrap();
    assert_eq!(none, (Vec::new(), None));
}

#[tokio::test]
async fn it_is_known_who_looks_after_what() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for name in ["Ana", "Ben", "Ana", ""] {
        let id = world.post("x", When::Unplanned).await;
        let mut draft = world.draft("x");
        draft.assignee = name.to_owned();
        let mut tx = world.store.begin(Actor::Person).await.unwrap();
        posts::save(&mut tx, id, 1, &draft).await.unwrap();
        tx.commit().await.unwrap();
        ids.push(id);
    }
    let mut conn = world.store.read().await.unwrap();
    let of = posts::looked_after_by(&mut conn, &ids[..2], "Ana").await;
    assert_eq!(of.unwrap(), HashSet::from([ids[0]]));
    let of = posts::looked_after_by(&mut conn, &ids, "Ana").await;
    assert_eq!(of.unwrap(), HashSet::from([ids[0], ids[2]]));
}
