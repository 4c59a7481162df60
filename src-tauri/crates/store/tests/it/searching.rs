//! Search inside scripts that put no spaces between words.

use model::PostId;
use model::change::Actor;
use model::content::Segment;
use model::post::Draft;
use model::when::When;
use store::{Step, posts};

use crate::fixture::{World, target};

async fn found(world: &World, query: &str) -> Vec<PostId> {
    let mut conn = world.store.read().await.unwrap();
    posts::search(&mut conn, query, &[world.calendar], 10)
        .await
        .unwrap()
        .into_iter()
        .map(|chip| chip.id)
        .collect()
}

#[tokio::test]
async fn a_run_is_found_from_anywhere_inside_it() {
    let world = World::new().await;
    for (text, queries) in [
        (
            "新しいiPhoneで東京タワーの写真を撮りました",
            ["東京タワー", "京タ", "写", "ました"].as_slice(),
        ),
        (
            "我们在北京大学旁边开了一家新店",
            &["北京大学", "大学", "店", "我"],
        ),
        ("오늘은새로운가게를열었습니다", &["새로운", "가게", "니다"]),
        ("ร้านใหม่ของเราเปิดแล้ววันนี้", &["ใหม่", "เปิดแล้ว"]),
    ] {
        let id = world.post(text, When::Unplanned).await;
        for query in queries {
            assert_eq!(found(&world, query).await, [id], "{query} in {text}");
        }
    }
    assert!(found(&world, "大阪").await.is_empty());
    assert!(found(&world, "東写").await.is_empty());
}

/// Beyond what any list of chips would hold.
const MANY: usize = 260;

#[tokio::test]
async fn all_that_have_the_words_are_found_wherever_in_the_text_they_stand() {
    let world = World::new().await;
    let mut deep = Vec::new();
    for n in 0..MANY {
        let text = format!("{} anniversary {n}", "Words before it. ".repeat(8));
        deep.push(world.post(&text, When::Unplanned).await);
    }
    let run = world.post("東京タワー", When::Unplanned).await;
    world.post("Something else", When::Unplanned).await;
    let find = async |query: &str, calendars: &[model::CalendarId]| {
        let mut conn = world.store.read().await.unwrap();
        let mut ids = posts::find(&mut conn, query, calendars).await.unwrap();
        ids.sort_unstable();
        ids
    };
    deep.sort_unstable();
    let here = [world.calendar];
    assert_eq!(find("annivers", &here).await, deep);
    assert_eq!(find("京", &here).await, [run]);
    assert_eq!(find("タワー", &here).await, [run]);
    assert!(find("annivers", &[]).await.is_empty());
    assert!(find("-- ", &here).await.is_empty());
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    posts::delete(&mut tx, &[run]).await.unwrap();
    tx.commit().await.unwrap();
    assert!(find("タワー", &here).await.is_empty());
}

#[tokio::test]
async fn words_of_other_scripts_inside_a_run_are_found_and_every_word_counts() {
    let world = World::new().await;
    let phone = world
        .post("新しいiPhoneで東京を撮る", When::Unplanned)
        .await;
    let tokyo = world.post("Tokyo 東京", When::Unplanned).await;
    let plain = world.post("An iPhone case", When::Unplanned).await;
    assert_eq!(found(&world, "東京 iphone").await, [phone]);
    assert_eq!(found(&world, "東京 to").await, [tokyo]);
    // Beginnings of words as ever, and the best first: a whole word before a part of a run.
    assert_eq!(found(&world, "iph").await, [plain, phone]);
    assert!(found(&world, "hone ca").await.is_empty());
}

#[tokio::test]
async fn the_runs_follow_every_change() {
    let world = World::new().await;
    let id = world.post("東京へ行く", When::Unplanned).await;
    let save = async |draft: Draft| {
        let version = world.get(id).await.version;
        let mut tx = world
            .store
            .step(Actor::Person, Step::new("Edit"))
            .await
            .unwrap();
        posts::save(&mut tx, id, version, &draft).await.unwrap();
        tx.commit().await.unwrap();
    };
    save(world.draft("京都へ行く")).await;
    assert!(found(&world, "東京").await.is_empty());
    assert!(found(&world, "東").await.is_empty());
    assert_eq!(found(&world, "京都").await, [id]);
    let undo = async || {
        let mut tx = world.store.begin(Actor::History).await.unwrap();
        store::history::undo(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
    };
    undo().await;
    assert_eq!(found(&world, "東京").await, [id]);

    let mut own = world.draft("to Kyoto");
    own.targets = vec![target(world.accounts[0])];
    own.targets[0].override_segments = Some(vec![Segment::text("京都の秋")]);
    own.notes = "締切は金曜".to_owned();
    save(own.clone()).await;
    assert_eq!(found(&world, "の秋").await, [id]);
    assert_eq!(found(&world, "金曜").await, [id]);
    own.targets.clear();
    own.notes.clear();
    save(own).await;
    assert!(found(&world, "の秋").await.is_empty());
    assert!(found(&world, "金曜").await.is_empty());
    assert_eq!(found(&world, "kyo").await, [id]);

    undo().await;
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    posts::delete(&mut tx, &[id]).await.unwrap();
    posts::purge(&mut tx, &[id]).await.unwrap();
    tx.commit().await.unwrap();
    assert!(found(&world, "の秋").await.is_empty());
}
