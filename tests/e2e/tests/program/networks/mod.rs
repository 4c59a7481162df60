//! Every network over its sandbox from the real window, and what can go wrong there.

mod all;
mod browser;
mod handoff;
mod keyring;
mod public_files;
mod question;
mod real;
mod table;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use e2e::desk::Look;
use e2e::signing_in::Way;
use e2e::{Desk, Session};
use serde_json::{Value, json};
use testkit::browser::sent_back;

/// Name of the picture that is posted: square, as every network with pictures takes it.
const PICTURE: &str = "square.png";

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

/// Lays the picture that is posted into a folder.
fn picture_in(folder: &Path) -> Result<PathBuf> {
    let picture = folder.join(PICTURE);
    let icon = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../icons/icon.png");
    std::fs::copy(icon, &picture)?;
    Ok(picture)
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

/// Connects an account the way its network wants it, named with the network; gives it as it is kept.
async fn connect(
    desk: &Desk,
    session: &Session,
    (network, method): (&str, &str),
    fields: &[(&str, String)],
) -> Result<Value> {
    let way = Way::of(session, network, method).await?;
    session.fill_in(&way, fields).await?;
    sign_in(desk, session, &way).await?;
    let boot = session.call("session.boot", json!({})).await?;
    let accounts = boot["accounts"].as_array().context("accounts")?;
    let account = accounts.iter().find(|a| a["network"] == network);
    let account = account.context("the account is not there")?;
    ensure!(account["health"]["kind"] == "ok", "{account}");
    Ok(account.clone())
}

/// The name people know an account by.
fn handle_of(account: &Value) -> Result<String> {
    let handle = account["handle"].as_str().context("a handle")?;
    Ok(handle.to_owned())
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
