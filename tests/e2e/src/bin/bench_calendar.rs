//! Measures the month view against FullCalendar 7: the same posts, the app's own web-view engine, a
//! fresh page for every run, both by turns. Prints rows as JSON, one a line.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use e2e::figures::{against, limit, median};
use e2e::{Desk, Session, pages};
use fantoccini::Locator;
use serde_json::json;

/// Runs of each calendar; the first of each is not counted.
const RUNS: usize = 7;
/// Posts in the month, with the goals for opening it and for moving a post, as ratios.
const SIZES: [(u32, f64, f64); 2] = [(1_000, 0.5, 0.25), (10_000, 0.1, 0.05)];
const MOST_ELEMENTS: f64 = 1_500.0;
/// Posts of the list, which no calendar to compare with shows; the goals are its own.
const IN_LIST: u32 = 50_000;
/// Rows alive, at any place of the list.
const MOST_ROWS: f64 = 60.0;
/// The list is told to be quick; a second is what a person waits for without asking.
const MOST_MS_OF_LIST: f64 = 1_000.0;

#[derive(Default)]
struct Times {
    open: Vec<f64>,
    moved: Vec<f64>,
    leaf: Vec<f64>,
    elements: f64,
}

#[tokio::main]
async fn main() -> Result<()> {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/dist-bench");
    let pages = pages::serve(&built).await?;
    let desk = Desk::start().await?;
    let session = Session::connect(&desk, pages::BROWSER, &["--automation"]).await?;
    for (count, open_goal, move_goal) in SIZES {
        let mut times: BTreeMap<&str, Times> = BTreeMap::new();
        for run in 0..=RUNS {
            for page in ["ours", "peer"] {
                session
                    .client
                    .goto(&format!("{}/{page}.html", pages.origin()))
                    .await?;
                session
                    .client
                    .wait()
                    .for_element(Locator::Css("body[data-bench]"))
                    .await?;
                let open = pages::figure(&session, "open", json!([count])).await?;
                let elements = pages::figure(&session, "elements", json!([])).await?;
                let moved = pages::figure(&session, "move", json!([])).await?;
                let leaf = pages::figure(&session, "leaf", json!([])).await?;
                let of_page = times.entry(page).or_default();
                of_page.elements = elements;
                if run > 0 {
                    of_page.open.push(open);
                    of_page.moved.push(moved);
                    of_page.leaf.push(leaf);
                }
            }
        }
        let mut ours = times.remove("ours").context("our runs")?;
        let mut peer = times.remove("peer").context("the peer's runs")?;
        let told = |what: &str, mine: &mut [f64], theirs: &mut [f64], goal: f64| {
            let name = format!("month of {count} posts, {what}");
            against(
                &name,
                median(mine),
                "ms",
                ("FullCalendar 7", median(theirs)),
                goal,
            );
        };
        told("open", &mut ours.open, &mut peer.open, open_goal);
        told("move one post", &mut ours.moved, &mut peer.moved, move_goal);
        told("next month", &mut ours.leaf, &mut peer.leaf, 0.5);
        limit(
            &format!("month of {count} posts, elements of the whole window"),
            ours.elements,
            "elements",
            MOST_ELEMENTS,
        );
    }
    list(&session, &pages.origin()).await?;
    session.close().await
}

/// The list of every post there is: how soon it shows, whether it scrolls without missing a frame, and
/// how many rows are alive.
async fn list(session: &Session, origin: &str) -> Result<()> {
    let (mut open, mut missed, mut rows) = (vec![], vec![], 0.0_f64);
    for run in 0..=RUNS {
        session.client.goto(&format!("{origin}/ours.html")).await?;
        session
            .client
            .wait()
            .for_element(Locator::Css("body[data-bench]"))
            .await?;
        let opened = pages::figure(session, "list", json!([IN_LIST])).await?;
        let waited = pages::figure(session, "scroll", json!([])).await?;
        rows = rows.max(pages::figure(session, "rows", json!([])).await?);
        if run > 0 {
            open.push(opened);
            missed.push(waited);
        }
    }
    limit(
        "list of 50,000 posts, open",
        median(&mut open),
        "ms",
        MOST_MS_OF_LIST,
    );
    limit(
        "list of 50,000 posts, frames missed in 5 s of scrolling",
        median(&mut missed),
        "frames",
        0.0,
    );
    limit("list of 50,000 posts, rows alive", rows, "rows", MOST_ROWS);
    Ok(())
}
