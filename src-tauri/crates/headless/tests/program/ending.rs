//! Told to end while something is on its way.

use rustix::process::Signal;
use sandbox::Fault;
use sandbox::bluesky::Sandbox;
use serde_json::json;
use testkit::patience::until;

use crate::support::Home;

/// A home with an account on a network that is played.
fn home(network: &Sandbox) -> Home {
    let home = Home::with_networks(format!("bluesky={}", network.origin()));
    let ana = network.ana();
    let handle = format!("identifier={}", ana.handle);
    let server = format!("server={}", network.origin());
    let words = [
        "accounts", "connect", "bluesky", "--field", &handle, "--field", &server,
    ];
    home.run_with(&words, &[], &format!("{}\n", ana.password))
        .ok();
    home
}

/// A post that is out there and whose answer never came is found again, never sent again.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_on_its_way_at_the_end_is_sent_exactly_once() {
    let network = Sandbox::start().await.unwrap();
    let home = home(&network);
    let key = home.key();
    let mut first = home.serve(&[]);
    network
        .faults()
        .order("com.atproto.repo.putRecord", Fault::SilentAfter);
    let call = async |name: &str, input| {
        let asked = first
            .http
            .post(format!("{}/almanac/v1/commands/{name}", first.base))
            .bearer_auth(&key)
            .json(&input);
        let answer = asked.send().await.unwrap();
        assert!(
            answer.status().is_success(),
            "{}",
            answer.text().await.unwrap()
        );
        answer.json::<serde_json::Value>().await.unwrap()
    };
    let boot = call("session.boot", json!({})).await;
    let account = &boot["accounts"][0]["id"];
    let draft = json!({
        "segments": [{ "text": "Once" }],
        "targets": [{ "accountId": account, "options": {} }],
    });
    let input = json!({
        "calendarId": boot["calendars"][0]["id"],
        "draft": draft,
        "place": { "kind": "shelf" },
    });
    let made = call("posts.create", input).await;
    let id = made["value"]["id"].clone();
    call("posts.publish_now", json!({ "id": id })).await;
    until("the post arrives", async || network.posts_made() == 1).await;

    assert_eq!(first.end(Signal::TERM), 0);
    network.faults().clear();
    let second = home.serve(&[]);
    until("it is known to be out", async || {
        let asked = second
            .http
            .post(format!("{}/almanac/v1/commands/posts.get", second.base))
            .bearer_auth(&key)
            .json(&json!({ "id": id }));
        let post: serde_json::Value = asked.send().await.unwrap().json().await.unwrap();
        post["status"] == "published"
    })
    .await;
    assert_eq!(network.posts().len(), 1);
    assert_eq!(network.posts_made(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_does_not_hold_the_end_up() {
    let home = Home::new();
    let key = home.key();
    let mut serving = home.serve(&[]);
    let feed = serving
        .http
        .get(format!("{}/almanac/v1/feed", serving.base))
        .bearer_auth(&key)
        .send()
        .await
        .unwrap();
    assert!(feed.status().is_success());
    let began = std::time::Instant::now();
    assert_eq!(serving.end(Signal::INT), 0);
    assert!(began.elapsed() < std::time::Duration::from_secs(9));
}
