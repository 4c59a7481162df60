//! Every network over its sandbox from the real window, and what can go wrong there.

mod all;
mod browser;
mod handoff;
mod keyring;
mod public_files;
mod question;
mod table;

use anyhow::{Context, Result, ensure};
use e2e::desk::Look;
use e2e::signing_in::Way;
use e2e::{Desk, Session};
use testkit::browser::sent_back;

/// A desktop with an open keyring on which these servers play the networks.
pub async fn desk(addresses: &str) -> Result<Desk> {
    let mut desk = Desk::start_as(Look {
        keyring: true,
        ..Look::default()
    })
    .await?;
    desk.set("ALMANAC_NETWORKS", addresses);
    Ok(desk)
}

/// Signs in with the form that is filled in, over the browser where the way leads there, and takes the
/// account.
pub async fn sign_in(desk: &Desk, session: &Session, way: &Way) -> Result<()> {
    if let Some(address) = session.go_on(desk, way).await? {
        let back = sent_on(&address).await?;
        if way.pasted() {
            session.paste_address(&back).await?;
        } else {
            let page = shown_at(&back).await.context("nobody listened")?;
            ensure!(page.contains("That is all here."), "{page}");
        }
    }
    session.finish_connecting().await
}

/// Where the page at an address sends the browser.
async fn sent_on(address: &str) -> Result<String> {
    let sent = sent_back(address).await;
    sent.map_err(|page| anyhow::anyhow!("{address} answered: {page}"))
}

/// Whether a browser that comes back to an address is heard there.
async fn is_heard(address: &str) -> bool {
    // A sign-in of another test may have taken the port; its state is another one.
    let page = shown_at(address).await;
    page.is_some_and(|page| !page.contains("does not belong to the sign-in"))
}

/// The words that the program shows the browser that comes back to it; none when nobody listens.
async fn shown_at(address: &str) -> Option<String> {
    let page = sent_back(address).await.err()?;
    page.contains("<title>Almanac</title>").then_some(page)
}
