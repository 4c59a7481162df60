//! Files from the desktop reach the page.

use anyhow::Result;
use e2e::{Desk, Session, drops, until, windows};

#[tokio::test]
async fn a_file_dropped_from_the_desktop_reaches_the_page_with_its_place() -> Result<()> {
    let desk = Desk::start().await?;
    let session = Session::open(&desk).await?;
    windows::wait_visible(&desk).await?;
    session
        .script(
            "const done = arguments[0];
             window.dropped = null;
             window.__TAURI__.event
               .listen('tauri://drag-drop', (event) => { window.dropped = event.payload; })
               .then(() => done(true));",
            vec![],
        )
        .await?;
    let file = desk.folder().join("a picture é.png");
    std::fs::write(&file, b"not looked at")?;
    let _source = drops::drop_files(&desk, &[&file], 300, 200).await?;
    let dropped = until::some("the drop", || async {
        let value = session
            .client
            .execute("return window.dropped", vec![])
            .await
            .ok()?;
        (!value.is_null()).then_some(value)
    })
    .await?;
    assert_eq!(dropped["paths"][0], file.to_string_lossy().as_ref());
    let (x, y) = (
        dropped["position"]["x"].as_f64(),
        dropped["position"]["y"].as_f64(),
    );
    assert!(x.is_some_and(|x| (x - 300.0).abs() < 4.0), "{dropped}");
    assert!(y.is_some_and(|y| (y - 200.0).abs() < 4.0), "{dropped}");
    session.close().await
}
