//! Public files from the real window: a storage is entered and tried, and a network that fetches what is
//! posted gets it from there; the first comment stands below the post.

use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::{Hand, Session, shots, until};
use testkit::sandbox::instagram::Sandbox;
use testkit::sandbox::storage::{BUCKET, KEY_ID, SECRET, Storage};

use super::{PICTURE, connect, desk, picture_in};

/// The network works on a file for a while, and the comment follows the post.
const WORKED_ON: Duration = Duration::from_mins(1);
const COMMENT: &str = "More of it below";

#[tokio::test]
async fn a_storage_is_tried_and_serves_a_network_that_fetches_files() -> Result<()> {
    let (network, storage) = (Sandbox::start().await?, Storage::start().await?);
    let desk = desk(&format!("instagram={}", network.origin())).await?;
    let picture = picture_in(desk.folder())?;
    let session = Session::open(&desk).await?;
    session.choose("Dismiss").await?;
    let mut hand = Hand::over(&desk).await?;
    hand.take_keyboard(&session).await?;

    session.room("Settings").await?;
    session
        .fill("Address of the storage", storage.origin())
        .await?;
    session.fill("Bucket", BUCKET).await?;
    session.fill("Key ID", KEY_ID).await?;
    session.fill("Secret of the key", "not this one").await?;
    session.choose("Check it").await?;
    session.reads("does not take the secret of the key").await?;
    session.fill("Secret of the key", SECRET).await?;
    session.choose("Check it").await?;
    session.reads("It could be taken away again.").await?;
    shots::page(&session, "public-files").await?;
    session.choose("Use it").await?;
    session.reads("A key is kept.").await?;

    let token = [("token", network.token())];
    connect(&desk, &session, ("instagram", "token"), &token).await?;
    session.begin_post(&desk).await?;
    session.fill("Text", "From the storage").await?;
    session.attach(&hand, &picture).await?;
    session.describe(PICTURE, "A red square").await?;
    session.open_options().await?;
    session.fill("First comment", COMMENT).await?;
    session.send_open_post().await?;
    session.room("Activity").await?;
    session
        .reads_within(WORKED_ON, "Published on Instagram")
        .await?;
    session
        .reads_within(WORKED_ON, "With its first comment")
        .await?;

    let posts = network.posts();
    ensure!(posts.len() == 1, "{} posts", posts.len());
    let address = posts[0].fields.get("image_url").cloned();
    let signed = address.is_some_and(|a| a.contains("X-Amz-Signature="));
    ensure!(signed, "fetched over a signed address");
    let below: Vec<String> = network.comments().into_iter().map(|(_, w)| w).collect();
    ensure!(below == [COMMENT], "{below:?}");
    until::holds("nothing left in the bucket", || async {
        storage.files().iter().all(|f| !f.contains("almanac-"))
    })
    .await?;
    let kept = e2e::person::written_down(&desk)?;
    let found = kept.windows(SECRET.len()).any(|p| p == SECRET.as_bytes());
    ensure!(!found, "the secret of the key was written down");
    session.close().await
}
