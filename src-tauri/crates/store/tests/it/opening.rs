use std::sync::Arc;

use store::{Store, StoreError};

use crate::fixture::{World, clock, config, open};

#[tokio::test]
async fn a_second_opener_of_the_folder_is_refused() {
    let world = World::new().await;
    let error = Store::open(config(world.dir.path(), clock()))
        .await
        .err()
        .expect("it is in use");
    assert!(matches!(error, StoreError::FolderInUse { .. }), "{error:?}");
}

#[tokio::test]
async fn a_closed_store_opens_again_with_everything_in_it() {
    let world = World::new().await;
    let id = world.post("kept", model::when::When::Unplanned).await;
    world.store.close().await;
    let opened = open(world.dir.path(), Arc::clone(&world.clock)).await;
    assert!(!opened.fresh && opened.backup.is_none() && opened.other_machine.is_none());
    let post = store::posts::get(&mut opened.store.read().await.unwrap(), id)
        .await
        .unwrap();
    assert_eq!(post.segments[0].text, "kept");
}
