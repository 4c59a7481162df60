use model::change::Actor;
use model::content::Segment;
use store::{Step, StoreError, history, posts, working_copies};

use crate::fixture::{World, scheduled};

#[tokio::test]
async fn an_edit_changes_the_post_only_when_confirmed() {
    let world = World::new().await;
    let id = world.post("one", scheduled("2026-05-20T10:00:00")).await;
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    working_copies::put(&mut tx, id, 1, &world.draft("two"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let post = world.get(id).await;
    assert_eq!(post.segments, [Segment::text("one")]);
    assert_eq!(post.working_copy.unwrap().segments, [Segment::text("two")]);
    let chips = posts::chips_of(&mut world.store.read().await.unwrap(), &[id])
        .await
        .unwrap();
    assert!(chips[0].editing);

    let mut tx = world
        .store
        .step(Actor::Person, Step::new("Update"))
        .await
        .unwrap();
    posts::set_held(&mut tx, id, true).await.unwrap();
    working_copies::confirm(&mut tx, id).await.unwrap();
    assert!(tx.commit().await.unwrap().step.is_some());
    let post = world.get(id).await;
    assert_eq!(
        (post.segments, post.held),
        (vec![Segment::text("two")], false)
    );
    assert_eq!(post.working_copy, None);

    let mut tx = world.store.begin(Actor::History).await.unwrap();
    assert_eq!(
        history::undo(&mut tx).await.unwrap().unwrap().words,
        "Update"
    );
    tx.commit().await.unwrap();
    assert_eq!(world.get(id).await.segments, [Segment::text("one")]);
}

#[tokio::test]
async fn confirming_keeps_what_others_changed_and_never_overwrites_the_same_words() {
    let world = World::new().await;
    let id = world.post("one", scheduled("2026-05-20T10:00:00")).await;
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    working_copies::put(&mut tx, id, 1, &world.draft("mine"))
        .await
        .unwrap();
    posts::set_labels(&mut tx, id, &["theirs".to_owned()])
        .await
        .unwrap();
    assert!(!working_copies::clashes(&mut tx, id).await.unwrap());
    working_copies::confirm(&mut tx, id).await.unwrap();
    tx.commit().await.unwrap();
    let post = world.get(id).await;
    assert_eq!(post.segments, [Segment::text("mine")]);
    assert_eq!(post.labels, ["theirs"]);

    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    let mut mine = posts::draft_of(&post);
    mine.segments = vec![Segment::text("mine again")];
    working_copies::put(&mut tx, id, post.version, &mine)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    posts::save(&mut tx, id, post.version, &world.draft("theirs"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    let error = working_copies::confirm(&mut tx, id).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
    tx.commit().await.unwrap();
    let post = world.get(id).await;
    assert_eq!(post.segments, [Segment::text("theirs")]);
    assert_eq!(post.working_copy, Some(mine.clone()));

    // Told of it, the person may insist.
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    working_copies::rebase(&mut tx, id).await.unwrap();
    working_copies::confirm(&mut tx, id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.get(id).await.segments, mine.segments);
}

#[tokio::test]
async fn an_edit_does_not_begin_from_a_version_that_is_gone() {
    let world = World::new().await;
    let id = world.post("one", scheduled("2026-05-20T10:00:00")).await;
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    posts::save(&mut tx, id, 1, &world.draft("theirs"))
        .await
        .unwrap();
    let error = working_copies::put(&mut tx, id, 1, &world.draft("mine"))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
}

#[tokio::test]
async fn an_edit_that_changed_nothing_goes_with_its_composer_and_one_that_did_stays() {
    let world = World::new().await;
    let id = world.post("one", scheduled("2026-05-20T10:00:00")).await;
    for (text, stays) in [("one", false), ("two", true)] {
        let mut tx = world.store.begin(Actor::Person).await.unwrap();
        working_copies::put(&mut tx, id, 1, &world.draft(text))
            .await
            .unwrap();
        working_copies::set_open(&mut tx, id, false).await.unwrap();
        tx.commit().await.unwrap();
        let copy = working_copies::get(&mut world.store.read().await.unwrap(), id)
            .await
            .unwrap();
        assert_eq!(copy.is_some(), stays, "{text}");
        assert!(copy.is_none_or(|c| c.differs && c.opened_at.is_none()));
    }
}
