//! Signing in through the browser at the real window, and all the ways in which it goes wrong.

use anyhow::{Context, Result, ensure};
use e2e::signing_in::Way;
use e2e::{Desk, Planner, Session, person, shots};
use serde_json::{Value, json};
use testkit::sandbox::mastodon::Sandbox;

use super::{desk, is_heard, sent_on, shown_at};

struct World {
    network: Sandbox,
    desk: Desk,
    session: Session,
    way: Way,
}

impl World {
    async fn start() -> Result<Self> {
        let network = Sandbox::start().await?;
        let desk = desk(&format!("mastodon={}", network.origin())).await?;
        let session = Session::open(&desk).await?;
        let way = Way::of(&session, "mastodon", "oauth").await?;
        Ok(Self {
            network,
            desk,
            session,
            way,
        })
    }

    /// Opens the form and sends the browser; gives where the network sends it back to.
    async fn begin(&self) -> Result<String> {
        let fields = [("server", self.network.origin())];
        self.session.fill_in(&self.way, &fields).await?;
        self.send_browser().await
    }

    /// Sends the browser from the open form.
    async fn send_browser(&self) -> Result<String> {
        let address = self.session.go_on(&self.desk, &self.way).await?;
        let address = address.context("the way goes through the browser")?;
        self.session
            .reads("Waiting for Mastodon in your browser")
            .await?;
        sent_on(&address).await
    }

    /// Begins to connect an account of the list again.
    async fn begin_again(&self, name: &str) -> Result<String> {
        self.session.room("Accounts").await?;
        self.session
            .choose(&format!("What to do with {name}"))
            .await?;
        self.session.choose("Connect again").await?;
        self.send_browser().await
    }

    async fn accounts(&self) -> Result<Vec<Value>> {
        let boot = self.session.call("session.boot", json!({})).await?;
        Ok(boot["accounts"].as_array().cloned().unwrap_or_default())
    }

    async fn leave(&self) -> Result<()> {
        self.session.choose("Cancel").await?;
        self.session.goes("dialog[open]").await
    }
}

/// The same address with another state.
fn with_state(address: &str, state: &str) -> Result<String> {
    let (before, after) = address.split_once("state=").context("a state")?;
    let rest = after.split_once('&').map_or("", |(_, rest)| rest);
    Ok(format!("{before}state={state}&{rest}"))
}

#[tokio::test]
async fn a_sign_in_that_goes_wrong_connects_nothing_and_says_why() -> Result<()> {
    let world = World::start().await?;
    let session = &world.session;

    // Given up while the browser is away: nobody listens any more.
    let back = world.begin().await?;
    shots::page(session, "sign-in-waits").await?;
    world.leave().await?;
    ensure!(!is_heard(&back).await, "somebody still listens");

    world.network.deny_next();
    let back = world.begin().await?;
    let page = shown_at(&back).await.context("nobody listens")?;
    ensure!(page.contains("Nothing was connected."), "{page}");
    session
        .reads("was not allowed in the browser. Nothing was connected.")
        .await?;
    shots::page(session, "sign-in-denied").await?;

    // From the same form: the person took so long that the code ran out.
    let back = world.send_browser().await?;
    world.network.expire_codes();
    shown_at(&back).await.context("nobody listens")?;
    session.reads("took too long").await?;

    // A browser that brings somebody else's state changes nothing, and the right one is still heard.
    let back = world.send_browser().await?;
    let page = shown_at(&with_state(&back, "0123456789abcdef")?).await;
    let page = page.context("nobody listens")?;
    ensure!(page.contains("does not belong to the sign-in"), "{page}");
    session
        .reads("Waiting for Mastodon in your browser")
        .await?;
    ensure!(world.accounts().await?.is_empty());
    let page = shown_at(&back).await.context("nobody listens")?;
    ensure!(page.contains("That is all here."), "{page}");
    session.goes("dialog[open]").await?;

    // It comes a second time, such as by reloading the page: it is heard once.
    ensure!(!is_heard(&back).await, "it answered twice");
    ensure!(world.accounts().await?.len() == 1);
    world.session.close().await
}

#[tokio::test]
async fn connecting_again_keeps_the_account_and_another_one_stands_beside_it() -> Result<()> {
    let world = World::start().await?;
    let (session, network) = (&world.session, &world.network);
    shown_at(&world.begin().await?)
        .await
        .context("nobody listens")?;
    session.goes("dialog[open]").await?;
    let ana = world.accounts().await?[0].clone();
    let planner = Planner::open(session).await?;
    let day = planner.next_month()?;
    let draft = json!({
        "segments": [{ "text": "Stays where it is", "media": [] }],
        "targets": [{ "accountId": ana["id"] }],
    });
    let place = e2e::planner::wall(day, "09:05");
    let post = planner.post(draft, place, "must").await?;
    let before = planner.get(&post).await?;

    // Signed out by the network, and connected again.
    network.end_sessions();
    session.room("Accounts").await?;
    session.choose("What to do with Ana Example").await?;
    session.choose("Check now").await?;
    session.reads("Not connected since").await?;
    shots::page(session, "account-signed-out").await?;
    shown_at(&world.begin_again("Ana Example").await?)
        .await
        .context("nobody listens")?;
    session.goes("dialog[open]").await?;
    session.reads("Signed in").await?;
    let accounts = world.accounts().await?;
    ensure!(accounts.len() == 1 && accounts[0]["id"] == ana["id"]);
    ensure!(accounts[0]["health"]["kind"] == "ok");
    let after = planner.get(&post).await?;
    for name in ["status", "when", "targets"] {
        ensure!(before[name] == after[name], "{name}: {}", after[name]);
    }

    // The browser is signed in as somebody else: that is no way to connect ana again …
    network.browser_of("bo");
    shown_at(&world.begin_again("Ana Example").await?)
        .await
        .context("nobody listens")?;
    session.reads("Nothing was changed.").await?;
    shots::page(session, "sign-in-of-another").await?;
    world.leave().await?;
    ensure!(world.accounts().await?.len() == 1);

    // … but a second account of the same network.
    shown_at(&world.begin().await?)
        .await
        .context("nobody listens")?;
    session.goes("dialog[open]").await?;
    let accounts = world.accounts().await?;
    ensure!(accounts.len() == 2 && accounts[0]["remoteId"] != accounts[1]["remoteId"]);

    // And the same one once more is not a third.
    shown_at(&world.begin().await?)
        .await
        .context("nobody listens")?;
    session
        .reads("was connected here before, so it was connected again.")
        .await?;
    ensure!(world.accounts().await?.len() == 2);
    shots::page(session, "two-accounts-of-one-network").await?;

    // Each posts as itself, and no secret was written down.
    let now = json!({
        "segments": [{ "text": "To both", "media": [] }],
        "targets": accounts.iter().map(|a| json!({ "accountId": a["id"] })).collect::<Vec<_>>(),
    });
    let both = planner
        .post(now, json!({ "kind": "shelf" }), "plan")
        .await?;
    session
        .call("posts.publish_now", json!({ "id": both }))
        .await?;
    e2e::until::holds("a post of each", || async { network.made() == 2 }).await?;
    let kept = person::written_down(&world.desk)?;
    for secret in network.secrets() {
        let found = kept.windows(secret.len()).any(|p| p == secret.as_bytes());
        ensure!(!found, "a secret was written down");
    }
    world.session.close().await
}
