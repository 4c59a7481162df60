//! The window itself: it opens, and there is only ever one.

use anyhow::Result;
use e2e::{Desk, Program, Session, shots, windows};

#[tokio::test]
async fn the_window_opens_and_its_page_can_be_used() -> Result<()> {
    let desk = Desk::start().await?;
    let session = Session::open(&desk).await?;
    assert_eq!(session.client.title().await?, "Almanac");
    windows::wait_visible(&desk).await?;
    shots::page(&session, "window").await?;
    session.close().await
}

#[tokio::test]
async fn a_second_start_ends_and_leaves_the_first_window() -> Result<()> {
    let desk = Desk::start().await?;
    let session = Session::open(&desk).await?;
    let mut second = Program::start(&desk, &[])?;
    assert_eq!(second.ended().await?, Some(0));
    assert_eq!(windows::active_title(&desk).await?, "Almanac");
    assert_eq!(session.client.windows().await?.len(), 1);
    session.close().await
}
