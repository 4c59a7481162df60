//! Measures the library room on twenty thousand files in the app's own web-view engine: how soon it
//! shows, and whether it scrolls without missing a frame. Prints rows as JSON, one a line.

use std::path::Path;

use anyhow::Result;
use e2e::figures::{limit, median};
use e2e::{Desk, Session, pages};
use fantoccini::Locator;
use serde_json::json;

/// Runs; the first is not counted.
const RUNS: usize = 7;
const FILES: u32 = 20_000;
const MOST_MS: f64 = 100.0;
const MOST_ELEMENTS: f64 = 1_500.0;

#[tokio::main]
async fn main() -> Result<()> {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/dist-bench");
    let pages = pages::serve(&built).await?;
    let desk = Desk::start().await?;
    let session = Session::connect(&desk, pages::BROWSER, &["--automation"]).await?;
    let (mut open, mut dropped, mut elements) = (vec![], vec![], 0.0);
    for run in 0..=RUNS {
        session
            .client
            .goto(&format!("{}/library.html", pages.origin()))
            .await?;
        session
            .client
            .wait()
            .for_element(Locator::Css("body[data-bench]"))
            .await?;
        let opened = pages::figure(&session, "open", json!([FILES])).await?;
        let waited = pages::figure(&session, "scroll", json!([])).await?;
        elements = pages::figure(&session, "elements", json!([])).await?;
        if run > 0 {
            open.push(opened);
            dropped.push(waited);
        }
    }
    limit(
        "library of 20,000 files, first paint",
        median(&mut open),
        "ms",
        MOST_MS,
    );
    limit(
        "library of 20,000 files, frames missed in 5 s of scrolling",
        median(&mut dropped),
        "frames",
        0.0,
    );
    limit(
        "library of 20,000 files, elements of the whole window",
        elements,
        "elements",
        MOST_ELEMENTS,
    );
    session.close().await
}
