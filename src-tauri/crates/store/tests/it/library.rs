//! The library: looking through it, the bin, and which files may go.

use model::change::Actor;
use model::clip::Clip;
use model::content::MediaUse;
use model::delivery::DeliveryState;
use model::document::DocumentFacts;
use model::library::{FileOrder, FileQuery, FileSort, FileUse};
use model::when::When;
use model::{MediaId, PostId};
use store::files::FileInfo;
use store::library::{self, Description};
use store::testing::{media_id, set_state};
use store::{Step, StoreError, files, history, posts};

use crate::fixture::{DAY, World, scheduled};

fn file(n: u64, name: &str, mime: &str) -> FileInfo {
    FileInfo {
        id: media_id(n),
        mime: mime.to_owned(),
        bytes: 10 * n,
        width: None,
        height: None,
        name: name.to_owned(),
        alt: String::new(),
        imported_at: model::Timestamp::from_millis(n as i64),
        clip: None,
        document: None,
        probed: 0,
        missing: false,
        used: 0,
        labels: Vec::new(),
        rights: String::new(),
        moving: mime == "image/gif",
        deleted_at: None,
    }
}

/// Five files: the second is the newest that is a picture; the third has a label and a description.
async fn five(world: &World) {
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    for (n, name, mime) in [
        (1, "Übersicht.PNG", "image/png"),
        (2, "beach.jpg", "image/jpeg"),
        (3, "cat.gif", "image/gif"),
        (4, "clip.mp4", "video/mp4"),
        (5, "terms.pdf", "application/pdf"),
    ] {
        files::put(&mut tx, &file(n, name, mime)).await.unwrap();
    }
    let words = Description {
        alt: Some("A Café in Lyon".to_owned()),
        labels: Some(vec!["Spring sale".to_owned()]),
        ..Description::default()
    };
    library::describe(&mut tx, &media_id(3), &words)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn found(world: &World, query: FileQuery) -> Vec<u64> {
    let mut conn = world.store.read().await.unwrap();
    let page = library::page(&mut conn, &query, 0, 100).await.unwrap();
    let all = library::ids(&mut conn, &query).await.unwrap();
    let ids: Vec<MediaId> = page.files.into_iter().map(|f| f.id).collect();
    assert_eq!((page.total as usize, &ids), (all.len(), &all), "{query:?}");
    ids.iter()
        .map(|id| (1..=9).find(|n| media_id(*n) == *id).unwrap())
        .collect()
}

fn words(words: &str) -> FileQuery {
    FileQuery {
        words: words.to_owned(),
        ..FileQuery::default()
    }
}

/// Gives a post the file.
async fn use_in(world: &World, post: PostId, n: u64) {
    let mut draft = world.draft("x");
    draft.segments[0].media = vec![MediaUse::new(media_id(n), "")];
    let version = world.get(post).await.version;
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    posts::save(&mut tx, post, version, &draft).await.unwrap();
    tx.commit().await.unwrap();
}

async fn remove(world: &World, n: u64) {
    let mut tx = world
        .store
        .step(Actor::Person, Step::new("Deleted a file"))
        .await
        .unwrap();
    library::remove(&mut tx, &[media_id(n)]).await.unwrap();
    tx.commit().await.unwrap();
}

/// Takes the last step back, or does it again.
async fn turn(world: &World, back: bool) {
    let mut tx = world.store.begin(Actor::History).await.unwrap();
    let done = if back {
        history::undo(&mut tx).await
    } else {
        history::redo(&mut tx).await
    };
    assert!(done.unwrap().is_some());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn files_are_found_by_name_label_and_description_in_any_spelling() {
    let world = World::new().await;
    five(&world).await;
    assert_eq!(found(&world, words("")).await, [5, 4, 3, 2, 1]);
    assert_eq!(found(&world, words("ubersicht")).await, [1]);
    assert_eq!(found(&world, words("ÜBER png")).await, [1]);
    assert_eq!(found(&world, words("eac")).await, [2], "inside a word");
    assert_eq!(found(&world, words("cafe LYON")).await, [3]);
    assert_eq!(found(&world, words("spring")).await, [3]);
    assert_eq!(found(&world, words("spring beach")).await, [0_u64; 0]);
    assert_eq!(found(&world, words("100%_' OR 1")).await, [0_u64; 0]);
}

#[tokio::test]
async fn files_are_narrowed_by_sort_label_and_use_and_put_in_order() {
    let world = World::new().await;
    five(&world).await;
    let post = world.post("x", When::Unplanned).await;
    use_in(&world, post, 4).await;
    let query = FileQuery {
        sorts: vec![FileSort::Picture, FileSort::Document],
        ..FileQuery::default()
    };
    assert_eq!(found(&world, query).await, [5, 2, 1]);
    let sorted = |sort| FileQuery {
        sorts: vec![sort],
        ..FileQuery::default()
    };
    assert_eq!(found(&world, sorted(FileSort::Moving)).await, [3]);
    assert_eq!(found(&world, sorted(FileSort::Video)).await, [4]);
    let used = |usage| FileQuery {
        usage: Some(usage),
        ..FileQuery::default()
    };
    assert_eq!(found(&world, used(FileUse::Used)).await, [4]);
    assert_eq!(found(&world, used(FileUse::Unused)).await, [5, 3, 2, 1]);
    let query = FileQuery {
        used_in: Some(post),
        ..FileQuery::default()
    };
    assert_eq!(found(&world, query).await, [4]);
    let query = FileQuery {
        label: Some("Spring sale".to_owned()),
        ..FileQuery::default()
    };
    assert_eq!(found(&world, query).await, [3]);
    let ordered = |order| FileQuery {
        order,
        ..FileQuery::default()
    };
    assert_eq!(
        found(&world, ordered(FileOrder::UnusedFirst)).await,
        [5, 3, 2, 1, 4]
    );
    assert_eq!(
        found(&world, ordered(FileOrder::Name)).await,
        [2, 3, 4, 5, 1]
    );
    assert_eq!(
        found(&world, ordered(FileOrder::Largest)).await,
        [5, 4, 3, 2, 1]
    );
    let mut conn = world.store.read().await.unwrap();
    let page = library::page(&mut conn, &FileQuery::default(), 3, 1)
        .await
        .unwrap();
    assert_eq!((page.total, page.whole, page.files.len()), (5, 5, 1));
    assert_eq!(page.files[0].id, media_id(2));
    assert_eq!(
        library::labels(&mut conn).await.unwrap(),
        [("Spring sale".to_owned(), 1)]
    );
}

#[tokio::test]
async fn a_deleted_file_is_in_the_bin_and_undo_brings_it_back_with_its_words() {
    let world = World::new().await;
    five(&world).await;
    remove(&world, 3).await;
    assert_eq!(found(&world, words("")).await, [5, 4, 2, 1]);
    let bin = store::bin::all(&mut world.store.read().await.unwrap(), 10)
        .await
        .unwrap();
    assert_eq!((bin.len(), bin[0].words.as_str()), (1, "cat.gif"));
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    let gone = library::describe(&mut tx, &media_id(3), &Description::default()).await;
    assert!(matches!(gone, Err(StoreError::NotFound { .. })), "{gone:?}");
    tx.rollback().await.unwrap();
    turn(&world, true).await;
    assert_eq!(found(&world, words("lyon")).await, [3]);
    turn(&world, false).await;
    assert_eq!(found(&world, words("lyon")).await, [0_u64; 0]);
    // The same file comes again: it is as it was.
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    let before = files::put(&mut tx, &file(3, "other.gif", "image/gif"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(!before, "it was in the bin");
    assert_eq!(found(&world, words("lyon")).await, [3]);
}

#[tokio::test]
async fn what_is_written_about_a_file_is_undone_as_one_step() {
    let world = World::new().await;
    five(&world).await;
    for alt in ["A", "A sunny beach"] {
        let step = Step::new("Described").joining("describe.2");
        let mut tx = world.store.step(Actor::Person, step).await.unwrap();
        let words = Description {
            alt: Some(alt.to_owned()),
            rights: Some("© Ana".to_owned()),
            ..Description::default()
        };
        library::describe(&mut tx, &media_id(2), &words)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(found(&world, words("sunny")).await, [2]);
    turn(&world, true).await;
    let file = files::get(&mut world.store.read().await.unwrap(), &media_id(2))
        .await
        .unwrap();
    assert_eq!((file.alt.as_str(), file.rights.as_str()), ("", ""));
    assert_eq!(file.name, "beach.jpg");
    assert_eq!(found(&world, words("sunny")).await, [0_u64; 0]);
}

#[tokio::test]
async fn files_that_still_have_to_go_out_are_told_and_others_are_free() {
    let world = World::new().await;
    five(&world).await;
    let (going, draft, gone) = (
        world.post("Going", scheduled("2026-05-20T09:00:00")).await,
        world.post("Draft", When::Unplanned).await,
        world.post("Gone", scheduled("2026-05-21T09:00:00")).await,
    );
    for (post, n) in [(going, 1), (draft, 2), (gone, 3)] {
        use_in(&world, post, n).await;
    }
    let mut tx = world.store.begin(Actor::Program).await.unwrap();
    for account in world.accounts {
        set_state(&mut tx, gone, account, DeliveryState::Published)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let ids: Vec<MediaId> = (1..=5).map(media_id).collect();
    let mut conn = world.store.read().await.unwrap();
    let needed = library::needed(&mut conn, &ids).await.unwrap();
    let told: Vec<_> = needed
        .iter()
        .map(|n| (&*n.name, &*n.post, n.posts))
        .collect();
    assert_eq!(told, [("Übersicht.PNG", "x", 1)]);
}

#[tokio::test]
async fn posts_whose_calendar_or_workspace_is_in_the_bin_use_and_need_nothing() {
    let world = World::new().await;
    five(&world).await;
    let post = world.post("Going", scheduled("2026-05-20T09:00:00")).await;
    use_in(&world, post, 1).await;
    let seen = async || {
        let mut conn = world.store.read().await.unwrap();
        let needed = library::needed(&mut conn, &[media_id(1)]).await.unwrap();
        let (shown, total) = library::shown_in(&mut conn, &media_id(1), 9).await.unwrap();
        assert_eq!(shown.len(), total as usize);
        let used = files::get(&mut conn, &media_id(1)).await.unwrap().used;
        drop(conn);
        let query = FileQuery {
            usage: Some(FileUse::Used),
            ..FileQuery::default()
        };
        let found = found(&world, query).await.len();
        (needed.len(), total, used, found)
    };
    assert_eq!(seen().await, (1, 1, 1, 1));
    let workspace = {
        let mut conn = world.store.read().await.unwrap();
        store::workspaces::all(&mut conn).await.unwrap()[0].id
    };
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    store::calendars::delete(&mut tx, world.calendar)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(seen().await, (0, 0, 0, 0));
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    store::calendars::restore(&mut tx, world.calendar)
        .await
        .unwrap();
    store::workspaces::delete(&mut tx, workspace).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(seen().await, (0, 0, 0, 0));
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    store::workspaces::restore(&mut tx, workspace)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(seen().await, (1, 1, 1, 1));
}

#[tokio::test]
async fn a_watermark_is_needed_and_its_bytes_stay() {
    let world = World::new().await;
    five(&world).await;
    let value = serde_json::json!({ "on": true, "mark": { "mediaId": media_id(2) } });
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    store::settings::set(&mut tx, "workspace.w.watermark", &value)
        .await
        .unwrap();
    let ids: Vec<MediaId> = (1..=5).map(media_id).collect();
    let needed = library::needed(&mut tx, &ids).await.unwrap();
    let told: Vec<_> = needed.iter().map(|n| (&*n.name, n.posts)).collect();
    assert_eq!(told, [("beach.jpg", 0)]);
    let uses = library::uses(&mut tx, &ids).await.unwrap();
    assert_eq!(uses.into_iter().collect::<Vec<_>>(), [(media_id(2), 1)]);
}

#[tokio::test]
async fn bytes_go_after_thirty_days_but_never_those_a_kept_post_shows() {
    let world = World::new().await;
    five(&world).await;
    let draft = world.post("Draft", When::Unplanned).await;
    use_in(&world, draft, 2).await;
    for n in [1, 2] {
        remove(&world, n).await;
    }
    let purge = async || {
        let mut tx = world.store.begin(Actor::Program).await.unwrap();
        let gone = library::purge_expired(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        gone
    };
    world.clock.advance(29 * DAY);
    assert_eq!(purge().await, []);
    world.clock.advance(2 * DAY);
    assert_eq!(purge().await, [media_id(1)]);
    // By hand it is refused, and says why.
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    let error = library::purge(&mut tx, &[media_id(2)]).await.unwrap_err();
    assert!(error.to_string().contains("beach.jpg"), "{error}");
    tx.rollback().await.unwrap();
    // Once the post has left its bin too, nothing shows the file any more.
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    posts::delete(&mut tx, &[draft]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(purge().await, []);
    world.clock.advance(31 * DAY);
    let mut tx = world.store.begin(Actor::Program).await.unwrap();
    posts::purge_expired(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(purge().await, [media_id(2)]);
    let mut conn = world.store.read().await.unwrap();
    let ids: Vec<MediaId> = (1..=3).map(media_id).collect();
    assert_eq!(
        library::unknown(&mut conn, &ids).await.unwrap(),
        [media_id(1), media_id(2)]
    );
}

#[tokio::test]
async fn videos_are_looked_into_again_in_a_newer_way_and_what_is_known_is_not_lost() {
    let world = World::new().await;
    let clip = Clip {
        length_ms: Some(4_000),
        frame_rate: Some(25_000),
        codec: None,
        sound: None,
        located: false,
    };
    let pages = DocumentFacts {
        pages: Some(3),
        locked: false,
    };
    let mut tx = world.store.begin(Actor::Person).await.unwrap();
    let (video, pdf) = ("video/mp4", "application/pdf");
    for (n, mime, clip, document, probed) in [
        (1, video, Some(clip), None, 1),
        (2, video, None, None, 1),
        (3, video, None, None, 0),
        (4, video, None, None, 2),
        (5, pdf, None, None, 1),
        (6, pdf, None, Some(pages), 1),
        (7, video, Some(clip), None, 2),
    ] {
        let one = FileInfo {
            clip,
            document,
            probed,
            ..file(n, "a", mime)
        };
        files::put(&mut tx, &one).await.unwrap();
    }
    let waiting = files::unprobed(&mut tx, 2).await.unwrap();
    let waiting: Vec<MediaId> = waiting.into_iter().map(|f| f.id).collect();
    assert_eq!(waiting, [5, 3, 2, 1].map(media_id));

    // A look that fails finds nothing; what an earlier one found holds.
    let (video, pdf) = (media_id(1), media_id(6));
    files::set_clip(&mut tx, &video, None, None, 2)
        .await
        .unwrap();
    files::set_document(&mut tx, &pdf, None, 2).await.unwrap();
    let known = files::get_many(&mut tx, &[video, pdf]).await.unwrap();
    assert_eq!((known[0].clip, known[0].probed), (Some(clip), 2));
    assert_eq!((known[1].document, known[1].probed), (Some(pages), 2));
}
