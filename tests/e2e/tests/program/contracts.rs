//! The printed examples of the contracts against the desktop program, which lets other programs in once a person
//! says so. The same text runs against `almanac-server` in its own tests.

use std::net::TcpListener;

use anyhow::{Context, Result, ensure};
use e2e::{Desk, Session, processes, until};
use serde_json::{Map, Value, json};
use testkit::moved_clock::MovedClock;
use testkit::printed::{self, AHEAD, BEGIN, Client, Form, MOVED, Stage};

use super::networks::desk;

/// Identifier of the first workspace.
async fn workspace(session: &Session) -> Result<Value> {
    let boot = session.call("session.boot", json!({})).await?;
    Ok(boot["workspaces"][0]["id"].clone())
}

/// Connects an account with a form.
async fn connect(session: &Session, form: &Form) -> Result<()> {
    let filled = |fields: &[(&str, String)]| -> Map<String, Value> {
        let filled = fields.iter().filter(|(_, value)| !value.is_empty());
        filled
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect()
    };
    let input = json!({
        "workspaceId": workspace(session).await?,
        "network": form.network,
        "method": form.method,
        "fields": filled(&form.fields),
        "secrets": filled(&form.secrets),
    });
    let answer = session.call("accounts.connect", input).await?;
    ensure!(answer["kind"] == "connected", "{}: {answer}", form.network);
    Ok(())
}

/// Has the program listen at a port that was free a moment ago, and turns it on at the window; where it listens.
pub async fn let_programs_in(session: &Session) -> Result<String> {
    let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    let boot = session.call("session.boot", json!({})).await?;
    let mut settings = boot["settings"].clone();
    settings["programsPort"] = json!(port);
    session.call("settings.set", settings).await?;
    session.room("Settings").await?;
    // The screen writes all settings at once, so it has to know the port before it writes another.
    session
        .await_value(
            "the port",
            "return [...document.querySelectorAll('input')].some((field) => field.value === arguments[0])",
            vec![json!(port.to_string())],
        )
        .await?;
    session.choose("Let other programs in").await?;
    until::holds("a door for programs", || async {
        tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .is_ok()
    })
    .await?;
    Ok(format!("http://127.0.0.1:{port}"))
}

/// An owner's key, as the window makes it.
async fn key(session: &Session) -> Result<String> {
    let input = json!({
        "workspaceId": workspace(session).await?, "name": "Examples", "role": "owner"
    });
    let made = session.call("keys.create", input).await?;
    let secret = made["value"]["secret"].as_str().context("a key")?;
    Ok(secret.to_owned())
}

/// A desktop on which the stage plays the networks.
async fn desk_with(stage: &Stage) -> Result<Desk> {
    let mut desk = desk(&stage.addresses()).await?;
    // The calendar's zone, in which times without an offset are meant.
    desk.set("TZ", "Europe/Berlin");
    Ok(desk)
}

/// A client of the program, which has the accounts of the stage then; what is printed lies in this year.
async fn client(session: &Session, stage: &Stage, year: i16) -> Result<Client> {
    session.choose("Dismiss").await?;
    for form in stage.forms() {
        connect(session, &form).await?;
    }
    let base = let_programs_in(session).await?;
    Ok(Client::of(&base, key(session).await?, year).await)
}

#[tokio::test]
async fn the_printed_examples_are_answered_by_the_desktop_program() -> Result<()> {
    let stage = Stage::start().await;
    let desk = desk_with(&stage).await?;
    let session = Session::open(&desk).await?;
    let api = client(&session, &stage, AHEAD).await?;
    printed::with_accounts(&api, &stage).await;
    printed::without_accounts(&api).await;
    session.close().await
}

#[tokio::test]
async fn the_printed_examples_in_which_time_goes_by_are_answered_by_it_too() -> Result<()> {
    let stage = Stage::start().await;
    let clock = MovedClock::at(BEGIN);
    let desk = desk_with(&stage).await?;
    let session = Session::open_under(&desk, &clock.variables()).await?;
    let api = client(&session, &stage, MOVED).await?;
    printed::as_time_goes_by(&api, &async |instant| clock.set(instant)).await;
    // An end in order takes away what the clock keeps in memory for its program.
    processes::terminate(session.program_pid()?);
    session.ended().await
}
