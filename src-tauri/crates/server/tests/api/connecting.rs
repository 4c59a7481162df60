//! The printed examples of connecting an account, of the three contracts that have it.

use app::types::accounts::OneSignIn;
use reqwest::Url;
use serde_json::{Value, json};
use testkit::app_network::{CLIENT_SECRET, STATE};
use testkit::browser::pasted_at;
use testkit::printed::{instagram, scheduler, social};

use crate::support::Api;

/// Where the network sends the browser that goes where it is sent and agrees.
pub fn agreed(address: &str, account: &str) -> String {
    let address = Url::parse(address).unwrap();
    let mut pairs = address.query_pairs();
    let (_, home) = pairs.find(|(name, _)| name == "redirect_uri").unwrap();
    format!("{home}?code={account}&state={STATE}")
}

/// The browser goes where it is sent, agrees, and comes back.
async fn browse(address: &str, account: &str) -> String {
    let home = agreed(address, account);
    reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .get(home)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap()
}

/// A person at the page of ours, who agrees and pastes where the browser ended.
async fn paste(address: &str, account: &str) -> String {
    let agree = async |link: String| agreed(&link, account);
    pasted_at(address, agree).await.unwrap()
}

/// Connects an account in the window, so that the app of the person is kept.
pub async fn keep_app(api: &Api, network: &str) {
    let comes_back = !["instagram", "facebook"].contains(&network);
    let input = json!({
        "workspaceId": api.workspace,
        "network": network,
        "method": if comes_back { "browser" } else { "paste" },
        "fields": { "client_id": "app-1" },
        "secrets": { "client_secret": CLIENT_SECRET },
    });
    let begun: Value = api.test.call("accounts.connect", input).await;
    let (id, address) = (&begun["id"], begun["address"].as_str().unwrap());
    if comes_back {
        let id = id.as_str().unwrap().to_owned();
        let wait = api.test.app.accounts_sign_in_wait(OneSignIn { id });
        let (done, _) = tokio::join!(wait, browse(address, "first"));
        done.unwrap();
    } else {
        let pasted = json!({ "id": id, "address": agreed(address, "first") });
        api.test.sign_in("accounts.sign_in_paste", pasted).await;
    }
}

/// Waits until there is an account of this name.
async fn connected(api: &Api, handle: &str) {
    let mut changes = api.test.app.subscribe();
    loop {
        let boot: Value = api.test.call("session.boot", json!({})).await;
        let all = boot["accounts"].as_array().unwrap();
        if all.iter().any(|a| a["handle"] == handle) {
            return;
        }
        changes.next().await.unwrap();
    }
}

#[tokio::test]
async fn an_account_is_connected_through_the_browser() {
    let api = Api::start().await;
    for network in ["x", "instagram"] {
        keep_app(&api, network).await;
    }
    // Several accounts: the first one is taken.
    let second = async |address: String| browse(&address, "second,other").await;
    scheduler::an_account_is_connected_through_the_browser(&api, second).await;
    connected(&api, "second").await;
    // The same where no browser comes back.
    let third = async |address: String| paste(&address, "third,other").await;
    social::an_account_is_connected_through_the_browser(&api, "instagram", third).await;
    connected(&api, "third").await;
    let fourth = async |link: String| agreed(&link, "fourth");
    instagram::an_account_is_connected_through_the_browser(&api, fourth).await;
    connected(&api, "fourth").await;
}

#[tokio::test]
async fn a_connection_begins_in_the_browser_when_an_app_is_kept() {
    let api = Api::start().await;
    let init = json!({ "platform": "twitter", "returnUrl": "https://your-app.com/callback" });
    // Without an app of the person's there is nothing to begin with.
    let refused = api.post("/api/v1/connect/init", init).await;
    assert!(refused.status.is_client_error(), "{}", refused.body);
    assert_eq!(refused.body["success"], false);
    let unknown = json!({ "platform": "myspace", "returnUrl": "https://your-app.com/callback" });
    api.post("/api/v1/connect/init", unknown).await.refused(400);
    for wrong in [
        "http://your-app.com/callback",
        "javascript:alert(1)",
        "callback",
    ] {
        for (path, name) in [
            ("/api/v1/connect/init", "returnUrl"),
            ("/api/v1/creator/social/accounts/connect", "redirect_uri"),
            ("/v1/instagram/accounts/connect", "callback_url"),
        ] {
            let request = json!({ "platform": "instagram", name: wrong });
            api.post(path, request).await.refused(400);
        }
    }
}
