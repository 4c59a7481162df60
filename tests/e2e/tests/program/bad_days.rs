//! Days on which the network or the person errs: a sentence says what to do, and nothing is lost.

use std::net::TcpListener;

use anyhow::Result;
use e2e::desk::Look;
use e2e::{Desk, Session, person, shots, until};
use testkit::sandbox::bluesky::Sandbox;

const WORDS: &str = "Written on a bad day";

async fn desk_with_keyring() -> Result<Desk> {
    Desk::start_as(Look {
        keyring: true,
        ..Look::default()
    })
    .await
}

#[tokio::test]
async fn a_wrong_password_is_told_beside_the_form_and_what_was_typed_stays() -> Result<()> {
    let network = Sandbox::start().await?;
    let ana = network.ana();
    let desk = desk_with_keyring().await?;
    let session = Session::open(&desk).await?;
    session.open_bluesky_form().await?;
    session.fill("Handle", "ana.test").await?;
    session.fill("Server", &network.origin()).await?;

    session.fill("App password", &ana.main_password).await?;
    session.choose("Connect an account").await?;
    session.reads("That is not an app password.").await?;
    shots::page(&session, "bad-day-main-password").await?;

    session.fill("App password", "zzzz-zzzz-zzzz-zzzz").await?;
    session.choose("Connect an account").await?;
    session
        .reads(
            "Bluesky does not know ana.test with that app password. Check both, or make a new \
             app password.",
        )
        .await?;
    shots::page(&session, "bad-day-wrong-password").await?;

    session.fill("App password", &ana.password).await?;
    session.choose("Connect an account").await?;
    session.reads("Connected ana.test.").await?;
    let kept = person::written_down(&desk)?;
    for secret in [&ana.main_password, &ana.password]
        .into_iter()
        .chain(&network.all_tokens())
    {
        let found = kept
            .windows(secret.len())
            .any(|part| part == secret.as_bytes());
        assert!(!found, "a secret was written down");
    }
    session.close().await
}

#[tokio::test]
async fn without_a_network_the_form_says_so_and_a_post_waits_and_says_until_when() -> Result<()> {
    let mut network = Sandbox::start().await?;
    let ana = network.ana();
    let desk = desk_with_keyring().await?;
    let session = Session::open(&desk).await?;

    // A port that was free a moment ago: connections to it are refused.
    let dead = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?;
    session.open_bluesky_form().await?;
    session.fill("Handle", "ana.test").await?;
    session.fill("App password", &ana.password).await?;
    session.fill("Server", &format!("http://{dead}")).await?;
    session.choose("Connect an account").await?;
    session
        .reads("Bluesky could not be reached. Check the internet connection.")
        .await?;
    shots::page(&session, "bad-day-no-network").await?;
    session.fill("Server", &network.origin()).await?;
    session.choose("Connect an account").await?;
    session.reads("Connected ana.test.").await?;

    network.go_away().await;
    session.publish_now(&desk, WORDS, &["ana.test"]).await?;
    session.room("Activity").await?;
    session.reads("Not published on Bluesky (ana.test)").await?;
    session
        .reads("Bluesky could not be reached. Check the internet connection.")
        .await?;
    session.reads("Trying again at").await?;
    session.reads("(2 of 3).").await?;
    session.open_from_activity(WORDS).await?;
    session.reads("Trying again today").await?;
    session.reads("(try 2).").await?;
    shots::page(&session, "bad-day-waits").await?;

    // The network is back, and the person does not want to wait.
    network.come_back().await?;
    session.send_open_post().await?;
    session.reads("Published on Bluesky (ana.test)").await?;
    until::holds("the post on the network", || async {
        network.posts_made() == 1
    })
    .await?;
    session.close().await
}
