//! What screens read: months, lists, the shelf, search, the bin, files and repeats.

use model::Timestamp;
use model::change::Actor;
use model::content::{MediaUse, Segment};
use model::delivery::DeliveryState;
use model::post::{Draft, TimeSource};
use model::status::{EditorialStatus, ShownStatus};
use model::when::When;
use store::files::FileInfo;
use store::posts::{self, NewPost, Place};
use store::testing::{insert_many, media_id, plan, set_state};

use crate::fixture::{DAY, HOUR, NOW, World, scheduled, target};

fn at(text: &str) -> Timestamp {
    scheduled(text).stands_at().unwrap()
}

#[tokio::test]
async fn a_month_holds_what_stands_in_it_and_nothing_else() {
    let world = World::new().await;
    let first = world.post("first", scheduled("2026-06-01T00:00:00")).await;
    let last = world.post("last", scheduled("2026-06-30T23:59:59")).await;
    world.post("before", scheduled("2026-05-31T23:59:59")).await;
    world.post("after", scheduled("2026-07-01T00:00:00")).await;
    world.post("undated", When::Unplanned).await;
    let day = When::Planned {
        date: "2026-06-10".parse().unwrap(),
        time: None,
        zone: "Europe/Berlin".parse().unwrap(),
    };
    let planned = world.post("planned", day).await;
    let binned = world.post("binned", scheduled("2026-06-10T10:00:00")).await;
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    posts::delete(&mut tx, &[binned]).await.unwrap();
    set_state(&mut tx, first, world.accounts[0], DeliveryState::Published)
        .await
        .unwrap();
    set_state(&mut tx, first, world.accounts[1], DeliveryState::Failed)
        .await
        .unwrap();
    tx.commit().await.unwrap();

    let mut conn = world.store.read().await.unwrap();
    let (from, to) = (at("2026-06-01T00:00:00"), at("2026-07-01T00:00:00"));
    let chips = posts::range(&mut conn, from, to, &[world.calendar])
        .await
        .unwrap();
    assert_eq!(
        chips.iter().map(|c| c.id).collect::<Vec<_>>(),
        [first, planned, last]
    );
    assert_eq!(chips[0].status, ShownStatus::PartlyPublished);
    let accounts: Vec<_> = chips[0].targets.iter().map(|t| t.account_id).collect();
    assert_eq!(accounts, world.accounts);
    assert!(chips[1].all_day && !chips[2].all_day);
    assert!(
        posts::range(&mut conn, from, to, &[])
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_list_pages_both_ways_without_gaps_or_repeats() {
    let world = World::new().await;
    let zone: model::when::Zone = "UTC".parse().unwrap();
    // Many share a minute: a page must not stop inside it and lose the rest.
    let new: Vec<NewPost> = (0..50_i64)
        .map(|n| {
            let wall = zone
                .wall_at(Timestamp::from_millis(NOW + n / 7 * HOUR))
                .unwrap();
            NewPost {
                calendar_id: world.calendar,
                draft: Draft {
                    segments: vec![Segment::text(n.to_string())],
                    ..Draft::default()
                },
                when: When::scheduled(wall, zone.clone()).unwrap(),
                time_source: TimeSource::Own,
                editorial: EditorialStatus::Draft,
            }
        })
        .collect();
    let mut tx = world.store.begin(Actor::Import).await.unwrap();
    insert_many(&mut tx, &new).await.unwrap();
    tx.commit().await.unwrap();
    let mut conn = world.store.read().await.unwrap();
    let calendars = [world.calendar];
    let mut seen = Vec::new();
    let mut place = Place {
        at: Timestamp::from_millis(0),
        id: None,
    };
    loop {
        let page = posts::list_after(&mut conn, place, &calendars, 8)
            .await
            .unwrap();
        let Some(last) = page.last() else { break };
        place = Place {
            at: last.at.unwrap(),
            id: Some(last.id),
        };
        seen.extend(page.iter().map(|c| c.id));
    }
    assert_eq!(
        seen.len() as u64,
        posts::count_dated(&mut conn, &calendars).await.unwrap()
    );
    let mut back = Vec::new();
    let mut place = Place {
        at: Timestamp::from_millis(NOW + DAY),
        id: None,
    };
    loop {
        let page = posts::list_before(&mut conn, place, &calendars, 9)
            .await
            .unwrap();
        let Some(last) = page.last() else { break };
        place = Place {
            at: last.at.unwrap(),
            id: Some(last.id),
        };
        back.extend(page.iter().map(|c| c.id));
    }
    back.reverse();
    assert_eq!(back, seen);
}

#[tokio::test]
async fn the_month_is_read_by_its_index_and_targets_out_of_theirs() {
    let world = World::new().await;
    let mut tx = world.store.begin(Actor::Program).await.unwrap();
    let plan = plan(
        &mut tx,
        "SELECT p.id, (SELECT group_concat(t.account_id || t.state || t.position)
           FROM targets t INDEXED BY targets_as_chips WHERE t.post_id = p.id)
         FROM posts p INDEXED BY posts_in_time
         WHERE p.deleted_at IS NULL AND p.at IS NOT NULL AND p.at >= 1 AND p.at < 2
         ORDER BY p.at, p.id",
    )
    .await
    .unwrap()
    .join("\n");
    assert!(
        plan.contains("INDEX posts_in_time (at>? AND at<?)"),
        "{plan}"
    );
    assert!(plan.contains("COVERING INDEX targets_as_chips"), "{plan}");
    assert!(!plan.contains("TEMP B-TREE"), "{plan}");
}

#[tokio::test]
async fn search_finds_beginnings_of_words_wherever_they_stand() {
    let world = World::new().await;
    let mut draft = world.draft("Grüße aus Köln & more");
    draft.title = "Spring sale".to_owned();
    draft.notes = "ask Mirjam".to_owned();
    draft.labels = vec!["garden".to_owned()];
    draft.targets = vec![target(world.accounts[0])];
    draft.targets[0].override_segments = Some(vec![Segment::text("tailored words")]);
    let id = world.post("other", When::Unplanned).await;
    let find = async |query: &str| {
        let mut conn = world.store.read().await.unwrap();
        posts::search(&mut conn, query, &[world.calendar], 10)
            .await
            .unwrap()
            .len()
    };
    let save = async |version, draft: &Draft| {
        let mut tx = world.store.begin(Actor::Person).await.unwrap();
        posts::save(&mut tx, id, version, draft).await.unwrap();
        tx.commit().await.unwrap();
    };
    save(1, &draft).await;
    for query in [
        "spr",
        "KOLN",
        "grusse",
        "mirj",
        "gard",
        "tailor",
        "sale spring",
        "köl gar",
    ] {
        let expected = usize::from(query != "grusse"); // ß is a letter of its own
        assert_eq!(find(query).await, expected, "{query}");
    }
    for query in [
        "other",
        "\"",
        "spring NOT sale",
        "(",
        "a* OR",
        "",
        "🎉",
        "col:x",
    ] {
        assert_eq!(find(query).await, 0, "{query}");
    }
    draft.targets[0].override_segments = None;
    save(2, &draft).await;
    assert_eq!(find("tailor").await, 0);
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    posts::delete(&mut tx, &[id]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(find("spring").await, 0);
}

#[tokio::test]
async fn the_bin_gives_back_for_thirty_days() {
    let world = World::new().await;
    let old = world.post("old", scheduled("2026-05-20T10:00:00")).await;
    let young = world.post("young", scheduled("2026-07-20T10:00:00")).await;
    let delete = async |id| {
        let mut tx = world.store.begin(Actor::Person).await.unwrap();
        posts::delete(&mut tx, &[id]).await.unwrap();
        tx.commit().await.unwrap();
    };
    delete(old).await;
    world.clock.advance(20 * DAY);
    delete(young).await;
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    posts::restore(&mut tx, &[old]).await.unwrap();
    tx.commit().await.unwrap();
    let back = world.get(old).await;
    assert_eq!(
        (back.when, back.editorial),
        (When::Unplanned, EditorialStatus::Draft)
    );
    delete(old).await;

    world.clock.advance(11 * DAY);
    let mut tx = world.store.begin(Actor::Program).await.unwrap();
    assert_eq!(posts::purge_expired(&mut tx).await.unwrap().posts, 0);
    tx.commit().await.unwrap();
    world.clock.advance(20 * DAY);
    let mut tx = world.store.begin(Actor::Program).await.unwrap();
    assert_eq!(posts::purge_expired(&mut tx).await.unwrap().posts, 2);
    tx.commit().await.unwrap();
    let mut conn = world.store.read().await.unwrap();
    assert!(posts::bin(&mut conn, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_deleted_calendar_stays_known_while_a_network_holds_a_post_of_it() {
    let world = World::new().await;
    let id = world.post("held", scheduled("2026-08-20T10:00:00")).await;
    let account = world.accounts[0];
    let mut tx = world.store.begin(Actor::Publisher).await.unwrap();
    set_state(&mut tx, id, account, DeliveryState::Placed)
        .await
        .unwrap();
    store::calendars::delete(&mut tx, world.calendar)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    world.clock.advance(31 * DAY);
    for (state, there) in [
        (DeliveryState::Placed, true),
        (DeliveryState::Failed, false),
    ] {
        let mut tx = world.store.begin(Actor::Program).await.unwrap();
        set_state(&mut tx, id, account, state).await.unwrap();
        posts::purge_expired(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        let mut conn = world.store.read().await.unwrap();
        let found = posts::get_many(&mut conn, &[id]).await.unwrap();
        assert_eq!(!found.is_empty(), there, "{state:?}");
    }
}

#[tokio::test]
async fn a_removed_account_is_reported_once_when_its_secrets_must_go() {
    let world = World::new().await;
    world.post("names both", When::Unplanned).await;
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    store::accounts::remove(&mut tx, world.accounts[0])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    world.clock.advance(31 * DAY);
    for expected in [vec![world.accounts[0]], vec![]] {
        let mut tx = world.store.begin(Actor::Program).await.unwrap();
        assert_eq!(
            posts::purge_expired(&mut tx).await.unwrap().accounts,
            expected
        );
        assert!(
            store::accounts::restore(&mut tx, world.accounts[0])
                .await
                .is_err()
        );
        tx.commit().await.unwrap();
    }
    let mut conn = world.store.read().await.unwrap();
    assert_eq!(
        store::accounts::get(&mut conn, world.accounts[0])
            .await
            .unwrap()
            .handle,
        "ana.test"
    );
}

#[tokio::test]
async fn files_know_who_uses_them() {
    let world = World::new().await;
    let (shared, own) = (media_id(1), media_id(2));
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    for id in [&shared, &own] {
        let file = FileInfo {
            id: id.clone(),
            mime: "image/png".to_owned(),
            bytes: 10,
            width: Some(1),
            height: Some(1),
            name: "a.png".to_owned(),
            alt: String::new(),
            imported_at: tx.now(),
            clip: None,
            document: None,
            probed: 0,
            missing: false,
            used: 0,
            labels: Vec::new(),
            rights: String::new(),
            moving: false,
            deleted_at: None,
        };
        store::files::put(&mut tx, &file).await.unwrap();
    }
    tx.commit().await.unwrap();
    let id = world.post("x", When::Unplanned).await;
    let uses = |id: &model::MediaId| MediaUse::new(id.clone(), "");
    let mut draft = world.draft("x");
    draft.segments[0].media = vec![uses(&shared)];
    draft.targets[1].override_segments = Some(vec![Segment {
        text: String::new(),
        media: vec![uses(&own), uses(&shared)],
    }]);
    let save = async |version, draft: &Draft| {
        let mut tx = world.store.begin(Actor::Person).await.unwrap();
        posts::save(&mut tx, id, version, draft).await.unwrap();
        tx.commit().await.unwrap();
    };
    save(1, &draft).await;
    let used = async |media: &model::MediaId| {
        let mut conn = world.store.read().await.unwrap();
        let used = store::files::get(&mut conn, media).await.unwrap().used;
        assert_eq!(
            store::files::used_in(&mut conn, media).await.unwrap().len() as u32,
            used
        );
        used
    };
    assert_eq!((used(&shared).await, used(&own).await), (1, 1));
    let chip = posts::chips_of(&mut world.store.read().await.unwrap(), &[id])
        .await
        .unwrap();
    assert_eq!(
        (chip[0].media_count, chip[0].thumb.as_ref()),
        (1, Some(&shared))
    );
    save(2, &world.draft("x")).await;
    assert_eq!((used(&shared).await, used(&own).await), (0, 0));
}

#[tokio::test]
async fn the_same_text_for_the_same_account_within_a_month_is_found() {
    let world = World::new().await;
    let id = world
        .post("Hello  World", scheduled("2026-06-01T10:00:00"))
        .await;
    let mut draft = world.draft("hello world");
    draft.targets.truncate(1);
    let find = async |draft: &Draft, own, when: &str| {
        let mut conn = world.store.read().await.unwrap();
        posts::repeats(&mut conn, own, draft, at(when))
            .await
            .unwrap()
    };
    let found = find(&draft, None, "2026-06-20T10:00:00").await;
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].post_id, found[0].account_id),
        (id, world.accounts[0])
    );
    assert!(!found[0].published);
    assert!(
        find(&draft, Some(id), "2026-06-20T10:00:00")
            .await
            .is_empty()
    );
    assert!(find(&draft, None, "2026-07-20T10:00:00").await.is_empty());
    draft.targets[0].override_segments = Some(vec![Segment::text("another")]);
    assert!(find(&draft, None, "2026-06-20T10:00:00").await.is_empty());
}
