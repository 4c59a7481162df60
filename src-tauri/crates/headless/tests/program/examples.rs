//! The printed examples of the contracts against the program as it is started, with accounts on the networks that
//! the sandbox plays. The same text runs against the host within a test in `server/tests/api`, and against the
//! desktop program in `tests/e2e`.

use reqwest::Method;
use rustix::process::Signal;
use serde_json::json;
use testkit::moved_clock::MovedClock;
use testkit::printed::{self, AHEAD, BEGIN, Client, Form, MOVED, Stage, by_bearer};

use crate::support::{Home, Serving};

/// A client of a program of its own, with an owner's key; what is printed lies in this year.
async fn started(home: &Home, year: i16) -> (Serving, Client) {
    let key = home.key();
    let serving = home.serve(&[]);
    let client = Client::of(&serving.base, key, year).await;
    (serving, client)
}

/// Connects an account on the command line: secrets are read from standard input, one a line.
fn connect(home: &Home, form: &Form) {
    let fields: Vec<String> = form
        .fields
        .iter()
        .map(|(name, value)| format!("--field={name}={value}"))
        .collect();
    let mut words = vec!["accounts", "connect", form.network, "--method", form.method];
    words.extend(fields.iter().map(String::as_str));
    let input: String = form
        .secrets
        .iter()
        .flat_map(|(_, secret)| [secret.as_str(), "\n"])
        .collect();
    home.run_with(&words, &[], &input).ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_no_account_is_answered_as_printed() {
    let home = Home::new();
    let (_serving, api) = started(&home, AHEAD).await;
    printed::without_accounts(&api).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_accounts_is_answered_as_printed() {
    let stage = Stage::start().await;
    let home = Home::with_networks(stage.addresses());
    for form in stage.forms() {
        connect(&home, &form);
    }
    let (_serving, api) = started(&home, AHEAD).await;
    printed::with_accounts(&api, &stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_as_time_goes_by_is_as_printed() {
    let stage = Stage::start().await;
    let clock = MovedClock::at(BEGIN);
    let home = Home::with_networks(stage.addresses()).going_by(&clock);
    for form in stage.forms() {
        connect(&home, &form);
    }
    let (mut serving, api) = started(&home, MOVED).await;
    printed::as_time_goes_by(&api, &async |instant| clock.set(instant)).await;
    // An end in order takes away what the clock keeps in memory for its program.
    assert_eq!(serving.end(Signal::TERM), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_opens_every_contract() {
    let home = Home::new();
    let (_serving, api) = started(&home, AHEAD).await;
    for path in [
        "/api/v1/calendar/entries?start_date=2035-05-01&end_date=2035-05-31",
        "/v1/calendar/calendars",
        "/api/v1/posts",
        "/api/v1/creator/social/accounts",
    ] {
        by_bearer(&api, Method::GET, path, json!({})).await.ok();
        api.get(path).await.ok();
    }
    // It knows whose key this is, and that there is no such account.
    let nobody = format!("/v1/instagram/accounts/{}", uuid::Uuid::nil());
    api.get(&nobody).await.refused(404);
}
