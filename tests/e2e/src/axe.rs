//! Accessibility checks by axe-core, run inside the page.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::Session;

/// Rules of WCAG 2.2 at levels A and AA, and what axe calls best practice.
const TAGS: &[&str] = &[
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
    "wcag22aa",
    "best-practice",
];

/// Every violation on the page as a line: rule, what it says, where. Waits until the page has come to
/// rest, since what is half faded in has no contrast yet.
pub async fn violations(session: &Session) -> Result<Vec<String>> {
    run(session, json!(TAGS)).await
}

/// The violations of contrast alone: all that other colours of the same page can do wrong.
pub async fn contrast(session: &Session) -> Result<Vec<String>> {
    run(
        session,
        json!({ "type": "rule", "values": ["color-contrast"] }),
    )
    .await
}

async fn run(session: &Session, only: Value) -> Result<Vec<String>> {
    session.rests().await?;
    // Half a megabyte, which a page keeps until it is loaded anew.
    let has_it = session
        .eval("return typeof axe !== 'undefined'", vec![])
        .await?;
    if has_it != json!(true) {
        let source =
            std::fs::read_to_string(source()).context("axe-core is not installed in ui/")?;
        session.client.execute(&source, vec![]).await?;
    }
    let answer = session
        .script(
            "const [only, done] = arguments;
             axe.run(document, { runOnly: only, resultTypes: ['violations'] }).then(
               (result) => done(result.violations.flatMap((rule) => rule.nodes.map((node) =>
                 `${rule.id}: ${rule.help}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`))),
               (error) => done([`axe failed: ${error}`]));",
            vec![only],
        )
        .await?;
    Ok(serde_json::from_value(answer)?)
}

fn source() -> PathBuf {
    crate::program::own_folder().join("../../ui/node_modules/axe-core/axe.min.js")
}
