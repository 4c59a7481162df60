//! Measures the editor of pictures in the app's own web-view engine: how soon what a slider does is
//! painted. Prints rows as JSON, one a line.

use std::path::Path;

use anyhow::Result;
use e2e::figures::{limit, median};
use e2e::{Desk, Session, pages};
use fantoccini::Locator;
use serde_json::json;

/// Runs; the first is not counted.
const RUNS: usize = 5;
/// A frame at 60 Hz, in milliseconds.
const FRAME_MS: f64 = 1_000.0 / 60.0;
/// Sliders that are moved, by their names on screen, and what they do in words.
const SLIDERS: [(&str, &str); 2] = [
    ("Brightness", "brightness"),
    ("Blurred part 1", "the strength of a blur"),
];

#[tokio::main]
async fn main() -> Result<()> {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/dist-bench");
    let pages = pages::serve(&built).await?;
    let desk = Desk::start().await?;
    let session = Session::connect(&desk, pages::BROWSER, &["--automation"]).await?;
    let mut took = SLIDERS.map(|_| vec![]);
    for run in 0..=RUNS {
        session
            .client
            .goto(&format!("{}/picture.html", pages.origin()))
            .await?;
        session
            .client
            .wait()
            .for_element(Locator::Css("body[data-bench]"))
            .await?;
        pages::figure(&session, "open", json!([])).await?;
        for ((slider, _), took) in SLIDERS.iter().zip(&mut took) {
            let ms = pages::figure(&session, "slide", json!([slider])).await?;
            if run > 0 {
                took.push(ms);
            }
        }
    }
    for ((_, words), took) in SLIDERS.iter().zip(&mut took) {
        limit(
            &format!("live preview of {words}, 19 of 20 moves of the slider painted"),
            median(took),
            "ms",
            FRAME_MS,
        );
    }
    session.close().await
}
