//! Accessibility checks by axe-core, run inside the page.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::json;

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
    session.rests().await?;
    let source = std::fs::read_to_string(source()).context("axe-core is not installed in ui/")?;
    session.client.execute(&source, vec![]).await?;
    let answer = session
        .script(
            "const [tags, done] = arguments;
             axe.run(document, { runOnly: tags }).then(
               (result) => done(result.violations.flatMap((rule) => rule.nodes.map((node) =>
                 `${rule.id}: ${rule.help}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`))),
               (error) => done([`axe failed: ${error}`]));",
            vec![json!(TAGS)],
        )
        .await?;
    Ok(serde_json::from_value(answer)?)
}

fn source() -> PathBuf {
    crate::program::own_folder().join("../../ui/node_modules/axe-core/axe.min.js")
}
