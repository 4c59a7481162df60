//! The connector against a real relay that others wrote, in a process of its own.
//!
//! Needs the packages of `tests/python`, which `cargo xtask test` installs. `ALMANAC_NOSTR_RELAY` names
//! another relay that takes anybody's notes, such as `ws://127.0.0.1:6969`.

use model::Timestamp;
use networks::connector::{Confirmation, Connector, Outcome};
use networks::http::{HttpConfig, ProxyChoice};
use networks::nostr::Nostr;
use networks::registry::Addresses;
use testkit::conformance::NostrBench;
use testkit::desk::{Desk, text};
use testkit::relay::Relay;

/// A key that means nothing to anybody.
const KEY: &str = "67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ffa";

#[tokio::test]
async fn a_real_relay_takes_finds_and_forgets_a_thread() {
    let (relay, _own) = if let Ok(relay) = std::env::var("ALMANAC_NOSTR_RELAY") {
        (relay, None)
    } else {
        let own = Relay::start().await;
        let own = own.unwrap_or_else(|sentence| panic!("{sentence}"));
        (own.address.clone(), Some(own))
    };
    let http = HttpConfig {
        proxy: ProxyChoice::Direct,
        ..HttpConfig::new("0.0.0-test")
    };
    let connector = Nostr::new(&http, &Addresses::default()).unwrap();
    let desk = Desk::new();
    #[expect(clippy::disallowed_methods, reason = "the relay lives in the present")]
    let now = jiff::Timestamp::now().as_millisecond();
    desk.clock.set(Timestamp::from_millis(now));
    let fields = NostrBench::form(KEY, &relay);
    let account = desk.sign_in(&connector, fields).await.unwrap();
    let parts = vec![
        text("One of two, with ä \"sign\" 🎉 #almanac"),
        text("Two of two"),
    ];
    let mut job = desk.job(&connector, &account, parts);
    assert_eq!(
        connector.confirm(&job, desk.ctx()).await,
        Confirmation::Absent
    );
    let outcome = desk.attempt(&connector, &mut job).await;
    let Outcome::Sent(delivered) = outcome else {
        panic!("{outcome:?}")
    };
    // As after a lost database: found by the names alone, and sent again without a second note.
    let steps = std::mem::take(&mut job.done);
    let found = connector.confirm(&job, desk.ctx()).await;
    let Confirmation::Found(again) = found else {
        panic!("{found:?}")
    };
    assert_eq!(again.remote_id, delivered.remote_id);
    job.attempt = 1;
    job.first_sent_try_at = None;
    let outcome = desk.attempt(&connector, &mut job).await;
    assert!(matches!(outcome, Outcome::Sent(_)), "{outcome:?}");
    job.done = steps;
    let numbers = connector.metrics(&account, &delivered, desk.ctx()).await;
    assert_eq!(numbers.unwrap().unwrap().replies, Some(0));
    for _ in 0..2 {
        connector
            .delete(&account, &delivered, desk.ctx())
            .await
            .unwrap();
    }
    job.done.clear();
    assert_eq!(
        connector.confirm(&job, desk.ctx()).await,
        Confirmation::Absent
    );
}
