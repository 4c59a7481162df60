//! The sign-in form of every network: whether it can be read in the dark and in the smallest window.

use anyhow::Result;
use e2e::Session;
use serde_json::json;

use super::stage::{Album, Variant, desk};

/// How many networks can be connected.
async fn networks(session: &Session) -> Result<u64> {
    let count = session
        .eval(
            "return document.querySelectorAll('dialog[open] .network').length",
            vec![],
        )
        .await?;
    Ok(serde_json::from_value(count)?)
}

async fn forms(variant: Variant) -> Result<()> {
    let desk = desk().await?;
    let session = Session::open(&desk).await?;
    session.choose("Dismiss").await?;
    let mut album = Album::open(&desk, &session, variant).await?;
    album.room("Accounts").await?;
    album.choose("Connect an account").await?;
    session.appears("dialog[open] .network").await?;
    for place in 0..networks(&session).await? {
        session
            .eval(
                "document.querySelectorAll('dialog[open] .network')[arguments[0]].click(); return null",
                vec![json!(place)],
            )
            .await?;
        session.goes("dialog[open] .network").await?;
        session.appears("dialog[open] form").await?;
        album.keep(&format!("connect-{:02}", place + 1)).await?;
        session.choose("Other networks").await?;
        session.appears("dialog[open] .network").await?;
    }
    album.close();
    session.close().await
}

#[tokio::test]
async fn forms_wide() -> Result<()> {
    forms(Variant::Wide).await
}

#[tokio::test]
async fn forms_small() -> Result<()> {
    forms(Variant::Small).await
}
