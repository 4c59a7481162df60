//! What goes wrong at the start, before there is a page: told as soon as there is one, and by the desktop
//! while there is none.

use anyhow::{Result, ensure};
use e2e::stubs::Services;
use e2e::stubs::menu::Menu;
use e2e::{Desk, Session, program, until, windows};

use crate::reopen::{BAD_CERTIFICATES, choose_bad_certificates};

/// Whether the desktop has told it.
fn told(services: &Services) -> bool {
    let notes = services.notes.all();
    notes
        .iter()
        .any(|note| note.body.contains(BAD_CERTIFICATES))
}

#[tokio::test]
async fn certificates_that_cannot_be_read_at_the_start_are_told_with_a_window_and_without()
-> Result<()> {
    let desk = Desk::start().await?;
    let services = Services::start(&desk).await?;
    let session = Session::open(&desk).await?;
    choose_bad_certificates(&desk, &session).await?;
    session.reads(BAD_CERTIFICATES).await?;
    session.close().await?;

    let session = Session::open(&desk).await?;
    session.reads(BAD_CERTIFICATES).await?;
    session.close().await?;
    ensure!(!told(&services), "the page says it already");

    let known = services.items.all().len();
    // The driver waits for a window, which only comes when the tray is used.
    let program = program::path()?;
    let program = program.to_string_lossy();
    let window = Session::connect(&desk, &program, &["--hidden"]);
    let life = async {
        until::holds("the notification", || async { told(&services) }).await?;
        ensure!(windows::visible(&desk).await.is_none(), "there is a window");
        let item = until::some("the tray icon", || async {
            services.items.all().get(known).cloned()
        })
        .await?;
        let menu = Menu::of(&services.connection, &item).await?;
        menu.choose("Open Almanac").await
    };
    let (session, ()) = tokio::try_join!(window, life)?;
    session.ready().await?;
    session.reads(BAD_CERTIFICATES).await?;
    session.close().await
}
