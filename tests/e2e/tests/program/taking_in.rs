//! Files come into the library by other doors than dropping: pasted, fetched from an address, and picked;
//! a large one is stopped in the middle.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result};
use e2e::{Desk, Hand, Session, copied, until, windows};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const PICTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../icons/128x128.png");
/// Takes seconds to copy, and no place on the disk as it lies here.
const LONG: u64 = 3_900_000_000;

/// Names of the files of the library, as the program has it.
async fn names(session: &Session) -> Result<Vec<String>> {
    let query = json!({ "words": "", "sorts": [], "order": "newest" });
    let page = session
        .call(
            "media.list",
            json!({ "query": query, "offset": 0, "limit": 100 }),
        )
        .await?;
    let files = page["files"].as_array().context("a list")?;
    let name = |file: &Value| file["name"].as_str().unwrap_or_default().to_owned();
    Ok(files.iter().map(name).collect())
}

/// Waits until the library has files of these names, in whatever order.
async fn has(session: &Session, wanted: &[&str]) -> Result<()> {
    until::holds(&format!("{wanted:?} in the library"), || async {
        names(session).await.is_ok_and(|names| {
            names.len() == wanted.len() && wanted.iter().all(|w| names.iter().any(|n| n == w))
        })
    })
    .await
}

/// The empty library, with the keyboard in it.
async fn library<'a>(desk: &'a Desk, session: &Session) -> Result<Hand<'a>> {
    windows::wait_visible(desk).await?;
    session.choose("Dismiss").await?;
    let mut hand = Hand::over(desk).await?;
    hand.take_keyboard(session).await?;
    hand.press(&["ctrl+4"]).await?;
    session
        .says("main", "Drop pictures and videos here.")
        .await?;
    Ok(hand)
}

#[tokio::test]
async fn what_was_copied_elsewhere_is_pasted_into_the_library_and_into_a_post() -> Result<()> {
    let desk = Desk::start().await?;
    let session = Session::open(&desk).await?;
    let hand = library(&desk, &session).await?;
    let screenshot = copied::picture(&desk, Path::new(PICTURE)).await?;
    hand.press(&["ctrl+v"]).await?;
    session.appears("[data-file] img").await?;
    has(&session, &["Pasted picture"]).await?;
    drop(screenshot);

    let (sun, terms) = (
        desk.folder().join("sun at sea.png"),
        desk.folder().join("terms.pdf"),
    );
    std::fs::copy(PICTURE, &sun).context("the picture")?;
    std::fs::write(&terms, b"%PDF-1.7\nterms")?;
    let marked = copied::files(&desk, &[&sun, &terms]).await?;
    hand.press(&["ctrl+v"]).await?;
    has(&session, &["Pasted picture", "sun at sea.png", "terms.pdf"]).await?;
    drop(marked);

    // In a post the cursor stands in the text, and text goes into it as ever.
    session.begin_post(&desk).await?;
    let typed = "const field = document.activeElement;
        return field?.tagName === 'TEXTAREA' ? { text: field.value } : null;";
    session
        .await_value("the cursor in the text", typed, vec![])
        .await?;
    let screenshot = copied::picture(&desk, Path::new(PICTURE)).await?;
    hand.press(&["ctrl+v"]).await?;
    session
        .says("[data-testid=composer] .strip", "Pasted picture")
        .await?;
    drop(screenshot);
    let words = copied::text(&desk, "Low tide").await?;
    hand.press(&["ctrl+v"]).await?;
    session
        .await_value(
            "the words in the text",
            "return document.activeElement?.value === 'Low tide'",
            vec![],
        )
        .await?;
    drop(words);
    session.close().await
}

#[tokio::test]
async fn an_address_in_a_private_network_is_refused_in_its_window_and_never_asked() -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let inside = format!("http://{}/sea.png", listener.local_addr()?);
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    let desk = Desk::start().await?;
    let session = Session::open(&desk).await?;
    let mut hand = library(&desk, &session).await?;
    hand.choose(&session, "From an address…").await?;
    session.appears("dialog[open] input").await?;
    hand.type_text("sea.png").await?;
    hand.press(&["Return"]).await?;
    session
        .says(
            "dialog[open]",
            "That is not the address of a file on the web.",
        )
        .await?;
    // The field has the keyboard again, for another one.
    hand.press(&["ctrl+a"]).await?;
    hand.type_text(&inside).await?;
    hand.press(&["Return"]).await?;
    session
        .says(
            "dialog[open]",
            "Nothing was fetched: that address leads into a private network or is no web address.",
        )
        .await?;
    session
        .await_value(
            "the cursor in the field with the address",
            "return document.activeElement?.matches('dialog[open] input')
               && document.activeElement.value === arguments[0]",
            vec![json!(inside)],
        )
        .await?;
    hand.press(&["Escape"]).await?;
    session.goes("dialog[open]").await?;
    assert_eq!(names(&session).await?, Vec::<String>::new());
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    session.close().await
}

/// All files below a folder.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = vec![];
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    Ok(found)
}

#[tokio::test]
async fn a_large_file_is_stopped_in_the_middle_and_nothing_of_it_is_left() -> Result<()> {
    let desk = Desk::start().await?;
    let film = desk.folder().join("film.mp4");
    let mut file = File::create(&film)?;
    file.write_all(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom")?;
    file.set_len(LONG)?;
    drop(file);
    let session = Session::open(&desk).await?;
    let mut hand = library(&desk, &session).await?;
    hand.choose(&session, "Add files").await?;
    hand.answer_file_window("Add files to the library", &film)
        .await?;
    session
        .await_value(
            "how far it has come",
            "const shown = document.querySelector('footer progress');
             return shown !== null && shown.value > 0 && shown.value < 1;",
            vec![],
        )
        .await?;
    session.says("footer .importing", "Adding film.mp4").await?;
    session.choose("Stop adding files").await?;
    session.says("footer .message", "1 was left out").await?;
    session.goes("footer .importing").await?;
    assert_eq!(names(&session).await?, Vec::<String>::new());
    session
        .says("main", "Drop pictures and videos here.")
        .await?;
    // The thread that copies ends at its next part.
    let media = desk.data_folder().join("media");
    until::holds("nothing to be left of it", || async {
        files_below(&media).is_ok_and(|files| files.is_empty())
    })
    .await?;
    session.close().await
}
