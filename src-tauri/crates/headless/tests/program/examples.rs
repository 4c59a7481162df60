//! Printed examples of the contracts against the program as it is started, with only the address changed: those
//! that need neither accounts of networks that let nobody in without a browser nor weeks that go by. The whole of
//! them runs against the same host in `server/tests/api`.

use reqwest::Method;
use serde_json::json;

use crate::client::Client;
use crate::printed;
use crate::support::{Home, Serving};

/// A client of a program of its own, with an owner's key.
async fn started(home: &Home) -> (Serving, Client) {
    let key = home.key();
    let serving = home.serve(&[]);
    let mut client = Client {
        http: serving.http.clone(),
        base: serving.base.clone(),
        key,
        workspace: model::WorkspaceId(uuid::Uuid::nil()),
    };
    let boot = client
        .post("/almanac/v1/commands/session.boot", json!({}))
        .await
        .ok();
    client.workspace = serde_json::from_value(boot["workspaces"][0]["id"].clone()).unwrap();
    (serving, client)
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_and_calendars_are_kept_as_printed() {
    let home = Home::new();
    let (_serving, api) = started(&home).await;
    printed::entries_from_their_making_to_their_end(&api, async || false).await;
    printed::a_calendar_from_its_making_to_its_end(&api).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_addresses_that_are_told_are_kept_as_printed() {
    let home = Home::new();
    let (_serving, api) = started(&home).await;
    printed::keys_are_masked_made_once_and_revoked(&api).await;
    // Each contract sees its own addresses, and here there are none yet.
    printed::the_others_print_how_to_subscribe(&api).await;
    printed::the_scheduler_prints_its_endpoints(&api).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_sent_and_changed_as_printed() {
    let home = Home::new();
    let (_serving, api) = started(&home).await;
    printed::a_picture_is_cut_and_filtered(&api).await;
    printed::the_number_of_a_request_makes_it_one(&api).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_opens_every_contract() {
    let home = Home::new();
    let (_serving, api) = started(&home).await;
    for path in [
        "/api/v1/calendar/entries?start_date=2035-05-01&end_date=2035-05-31",
        "/v1/calendar/calendars",
        "/api/v1/posts",
        "/api/v1/creator/social/accounts",
    ] {
        printed::by_bearer(&api, Method::GET, path, json!({}))
            .await
            .ok();
        api.get(path).await.ok();
    }
    // It knows whose key this is, and that there is no such account.
    let nobody = format!("/v1/instagram/accounts/{}", uuid::Uuid::nil());
    api.get(&nobody).await.refused(404);
}
