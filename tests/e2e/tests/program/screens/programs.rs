//! Settings, Programs with something in it: keys, programs that sign in through the browser, webhooks and what
//! became of their deliveries.

use anyhow::{Context, Result};
use e2e::{Planner, Session, person, until};
use jiff::ToSpan;
use serde_json::{Value, json};
use testkit::browser::sent_back;
use testkit::receiver::Receiver;

use super::stage::{Album, Variant, WORDS, desk};
use crate::contracts::let_programs_in;

/// Where the browser of the program that asks goes back to; nobody is there.
const BACK: &str = "http://127.0.0.1:9/done";
/// A challenge (RFC 7636), from its own example.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// More than are ever sent here.
const MANY: usize = 100;

/// Keys: for ever, for a month, and one that was revoked.
async fn keys(session: &Session, workspace: &Value) -> Result<()> {
    let month = person::now().checked_add((30 * 24).hours())?;
    let mut last = Value::Null;
    for (name, role, ends) in [
        ("Shop system", "member", Value::Null),
        (
            "Figures of the week on the wall of the office",
            "viewer",
            json!(month.as_millisecond()),
        ),
        ("The laptop that was stolen", "owner", Value::Null),
    ] {
        let input = json!({
            "workspaceId": workspace, "name": name, "role": role, "expiresAt": ends,
        });
        let made = session.call("keys.create", input).await?;
        last = made["value"]["key"]["id"].clone();
    }
    let input = json!({ "workspaceId": workspace, "id": last });
    session.call("keys.revoke", input).await?;
    Ok(())
}

/// Programs that may ask, one of which does.
async fn programs(session: &Session, workspace: &Value, base: &str) -> Result<()> {
    let mut asks = Value::Null;
    for (name, back) in [
        ("Planner", "https://planner.example/done"),
        ("A scheduler on this computer", BACK),
    ] {
        let input = json!({ "workspaceId": workspace, "name": name, "redirectUri": back });
        let made = session.call("access.register", input).await?;
        asks = made["value"]["program"]["id"].clone();
    }
    let id = asks.as_str().context("a client_id")?;
    let back = BACK.replace(':', "%3A").replace('/', "%2F");
    let address = format!(
        "{base}/oauth/authorize?response_type=code&client_id={id}&redirect_uri={back}\
         &scope=member&state=1&code_challenge={CHALLENGE}&code_challenge_method=S256"
    );
    sent_back(&address)
        .await
        .map_err(|page| anyhow::anyhow!("{page}"))?;
    Ok(())
}

/// Where webhooks go: one that hears, one that has trouble, one that wants no more.
struct Hooks {
    hears: Receiver,
    ails: Receiver,
    gone: Receiver,
}

/// The part of an address that names a webhook on the screen.
fn place(receiver: &Receiver) -> Result<&str> {
    let rest = receiver.url.strip_prefix("http://");
    let place = rest.and_then(|rest| rest.strip_suffix("/hook"));
    place.context("an address of this computer")
}

/// What is known of the webhook to an address.
async fn webhook(session: &Session, workspace: &Value, receiver: &Receiver) -> Result<Value> {
    let list = session
        .call("webhooks.list", json!({ "id": workspace }))
        .await?;
    let all = list["webhooks"].as_array().context("webhooks")?;
    let found = all.iter().find(|hook| hook["url"] == receiver.url.as_str());
    found.cloned().context("the webhook")
}

async fn hooks(session: &Session, planner: &Planner<'_>) -> Result<Hooks> {
    let workspace = &planner.workspace;
    let hooks = Hooks {
        hears: Receiver::start(&[]).await,
        ails: Receiver::start(&[500; MANY]).await,
        gone: Receiver::start(&[410; MANY]).await,
    };
    let all = [&hooks.hears, &hooks.ails, &hooks.gone];
    for receiver in all {
        let input = json!({
            "workspaceId": workspace, "contract": "almanac", "url": receiver.url,
            "events": ["*"], "maxRetries": 0, "private": true,
        });
        session.call("webhooks.create", input).await?;
    }
    planner.plan(WORDS[0], None).await?;
    until::holds("every address to have been told", || async {
        let (Ok(hears), Ok(ails), Ok(gone)) = (
            webhook(session, workspace, &hooks.hears).await,
            webhook(session, workspace, &hooks.ails).await,
            webhook(session, workspace, &hooks.gone).await,
        ) else {
            return false;
        };
        hears["lastOk"] == true && ails["lastOk"] == false && gone["offAt"].is_i64()
    })
    .await?;

    // What is told from now on is tried again.
    let ails = webhook(session, workspace, &hooks.ails).await?["id"].clone();
    let input = json!({ "workspaceId": workspace, "id": ails, "maxRetries": 20 });
    session.call("webhooks.change", input).await?;
    planner.plan(WORDS[1], None).await?;
    until::holds("a delivery to wait for its next try", || async {
        let query = json!({ "workspaceId": workspace, "id": ails, "limit": MANY });
        let sent = session.call("webhooks.deliveries", query).await;
        sent.is_ok_and(|sent| {
            let mut all = sent["deliveries"].as_array().into_iter().flatten();
            all.any(|one| one["state"] == "waiting" && one["attempts"] != 0)
        })
    })
    .await?;
    Ok(hooks)
}

/// Brings a heading of the settings to the top.
async fn heading(session: &Session, words: &str) -> Result<()> {
    session
        .await_value(
            words,
            "const found = [...document.querySelectorAll('main h3')]
               .find((one) => one.textContent.trim().startsWith(arguments[0]));
             found?.scrollIntoView({ block: 'start' });
             return found !== undefined",
            vec![json!(words)],
        )
        .await?;
    Ok(())
}

/// A window that a button opens, looked at and closed.
async fn window(album: &mut Album<'_>, button: &str, name: &str) -> Result<()> {
    album.choose(button).await?;
    album.session.appears("dialog[open]").await?;
    album.keep(name).await?;
    album.shut().await
}

async fn tour(album: &mut Album<'_>, hooks: &Hooks) -> Result<()> {
    let session = album.session;
    album.room("Settings").await?;
    album.group("programs").await?;
    session.says("#group-programs", "Shop system").await?;
    heading(session, "Keys of").await?;
    album.keep("settings-keys-filled").await?;
    window(album, "Revoke Shop system", "key-revoke").await?;
    album.choose("Make a key").await?;
    album.choose("Make it").await?;
    session
        .appears("#group-programs [aria-invalid=true]")
        .await?;
    album.keep("key-lacking").await?;
    album.choose("What the key is for").await?;
    album.hand.type_text("The till").await?;
    album.choose("Make it").await?;
    session
        .says("#group-programs", "it is not shown again")
        .await?;
    album.keep("key-shown-once").await?;
    album.choose("I have it").await?;

    heading(session, "Programs that ask in").await?;
    session.says("#group-programs", "asks for access").await?;
    album.keep("settings-access-asks").await?;
    window(album, "Shut out Planner", "access-shut-out").await?;

    heading(session, "Webhooks of").await?;
    session.says("#group-programs", "Switched off").await?;
    album.keep("settings-webhooks-filled").await?;
    let (hears, ails) = (place(&hooks.hears)?, place(&hooks.ails)?);
    window(
        album,
        &format!("Make a new secret {hears}"),
        "webhook-new-secret",
    )
    .await?;
    let gone = place(&hooks.gone)?;
    window(album, &format!("Edit {gone}"), "webhook-edit").await?;
    album.choose(&format!("Deliveries {ails}")).await?;
    session.says("dialog[open]", "Tried again").await?;
    session.says("dialog[open]", "Did not arrive").await?;
    album.keep("webhook-deliveries").await?;
    session
        .eval(
            "document.querySelector('dialog[open] li details').open = true; return null",
            vec![],
        )
        .await?;
    session.says("dialog[open]", "What was sent").await?;
    album.keep("webhook-delivery").await?;
    album.shut().await
}

async fn filled(variant: Variant) -> Result<()> {
    let desk = desk().await?;
    let session = Session::open(&desk).await?;
    let planner = Planner::open(&session).await?;
    planner.usual_formats().await?;
    session.choose("Dismiss").await?;
    let base = let_programs_in(&session).await?;
    keys(&session, &planner.workspace).await?;
    programs(&session, &planner.workspace, &base).await?;
    let hooks = hooks(&session, &planner).await?;
    let mut album = Album::open(&desk, &session, variant).await?;
    tour(&mut album, &hooks).await?;
    album.close();
    session.close().await
}

#[tokio::test]
async fn programs_wide() -> Result<()> {
    filled(Variant::Wide).await
}

#[tokio::test]
async fn programs_small() -> Result<()> {
    filled(Variant::Small).await
}

#[tokio::test]
async fn programs_enlarged() -> Result<()> {
    filled(Variant::Enlarged).await
}
