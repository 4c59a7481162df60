//! X over its sandbox: the suite, signing in, and what is the network's own.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod looking;
mod money;
mod publish;

use std::collections::BTreeMap;
use std::time::Duration;

use model::account::Account;
use model::content::Segment;
use model::failure::{Category, Retry};
use model::post::TargetDraft;
use networks::catalogue::PricedFor;
use networks::connector::{
    Begun, CheckInput, Confirmation, Connector, Job, Outcome, Refusal, SignInFields, SignedIn,
};
use networks::oauth::{self, Listener};
use networks::registry::Addresses;
use networks::vault::Secret;
use networks::x::{KEY, X};
use serde_json::{Value, json};
use testkit::conformance::{self, Bench, XBench, http};
use testkit::desk::{ACCOUNT, Desk, text};
use testkit::sandbox::x::{CLIENT, REDIRECTS, Sandbox, WEB_CLIENT, WEB_SECRET};
use testkit::sandbox::{Canned, Fault, pages};

use crate::world::{Signed, app, browse, not_sent, sent};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_conforms() {
    conformance::holds(XBench::start).await;
}

type World = Signed<XBench>;

impl World {
    async fn start() -> Self {
        Self::of(XBench::start().await).await
    }

    fn sandbox(&self) -> &Sandbox {
        &self.bench.sandbox
    }
}

async fn begin(world: &XBench, desk: &Desk, fields: &SignInFields) -> Result<Begun, Refusal> {
    world
        .connector()
        .begin("oauth", fields, REDIRECTS[1], desk.ctx())
        .await
}

async fn through_the_browser(
    bench: &XBench,
    desk: &Desk,
    fields: &SignInFields,
) -> Result<Vec<SignedIn>, Refusal> {
    let begun = begin(bench, desk, fields).await?;
    let back = browse(&begun.address).await.unwrap();
    let answer = oauth::pasted(&back, &begun.state, "X")?;
    bench
        .connector()
        .finish(ACCOUNT, &begun, &answer, desk.ctx())
        .await
}

#[tokio::test]
async fn the_browser_signs_in_with_and_without_a_secret() {
    for (id, secret) in [(CLIENT, ""), (WEB_CLIENT, WEB_SECRET)] {
        let (bench, desk) = (XBench::start().await, Desk::new());
        bench.sandbox.subscribe("Premium");
        let signed = through_the_browser(&bench, &desk, &app(id, secret))
            .await
            .unwrap();
        assert_eq!(signed[0].remote_id, bench.sandbox.ana().id);
        assert_eq!(signed[0].handle, "@ana_x");
        assert_eq!(signed[0].settings["subscriptionType"], "Premium");
    }
}

#[tokio::test]
async fn the_listener_hears_the_browser_at_a_registered_address() {
    let (bench, desk) = (XBench::start().await, Desk::new());
    let method = bench.connector().entry().sign_in.method("oauth").cloned();
    let redirect = method.unwrap().browser.unwrap().redirect;
    let listener = Listener::bind(&redirect).await.unwrap();
    assert!(REDIRECTS.contains(&listener.address()));
    let address = listener.address().to_owned();
    let begun = bench
        .connector()
        .begin("oauth", &app(CLIENT, ""), &address, desk.ctx())
        .await
        .unwrap();
    let state = begun.state.clone();
    let waiting = tokio::spawn(async move { listener.answer(&state).await });
    let back = browse(&begun.address).await.unwrap();
    assert_eq!(browse(&back).await, None);
    let answer = waiting.await.unwrap();
    let signed = bench
        .connector()
        .finish(ACCOUNT, &begun, &answer, desk.ctx())
        .await;
    assert_eq!(signed.unwrap()[0].handle, "@ana_x");
}

#[tokio::test]
async fn what_goes_wrong_in_the_browser_is_told() {
    let desk = Desk::new();
    let told = |refused: Result<Vec<SignedIn>, Refusal>| {
        let refusal = refused.unwrap_err();
        assert!(refusal.message.ends_with('.'), "{}", refusal.message);
        refusal
    };
    // Nobody knows the app: the browser shows that and never comes back.
    let bench = XBench::start().await;
    let begun = begin(&bench, &desk, &app("nobody", "")).await.unwrap();
    assert_eq!(browse(&begun.address).await, None);
    assert!(begin(&bench, &desk, &app("", "")).await.is_err());
    // The secret is wrong.
    let refusal = told(through_the_browser(&bench, &desk, &app(WEB_CLIENT, "wrong")).await);
    assert!(refusal.message.contains("client ID"), "{}", refusal.message);
    // Denied.
    bench.sandbox.deny();
    let refusal = told(through_the_browser(&bench, &desk, &app(CLIENT, "")).await);
    assert!(
        refusal.message.contains("not allowed"),
        "{}",
        refusal.message
    );
    // The code ran out.
    let bench = XBench::start().await;
    let begun = begin(&bench, &desk, &app(CLIENT, "")).await.unwrap();
    let back = browse(&begun.address).await.unwrap();
    let answer = oauth::pasted(&back, &begun.state, "X").unwrap();
    bench.sandbox.expire_codes();
    let finish = |answer: BTreeMap<String, String>| {
        let (bench, begun, desk) = (&bench, &begun, &desk);
        async move {
            bench
                .connector()
                .finish(ACCOUNT, begun, &answer, desk.ctx())
                .await
        }
    };
    let refusal = told(finish(answer).await);
    assert!(refusal.message.contains("too long"), "{}", refusal.message);
    // Of another sign-in.
    assert!(oauth::pasted(&back, &Secret::new("other"), "X").is_err());
    // A scope was left out.
    bench.sandbox.grant_only(&["tweet.read", "users.read"]);
    let refusal = told(through_the_browser(&bench, &desk, &app(CLIENT, "")).await);
    assert!(
        refusal.message.contains("Read and write"),
        "{}",
        refusal.message
    );
    assert_eq!(refusal.category, Category::AuthError);
}

#[tokio::test]
async fn a_server_that_is_not_x_is_found_out() {
    let site = pages::start().await.unwrap();
    let addresses = Addresses::one(KEY, &site.origin());
    let connector = X::new(&http(), &addresses).unwrap();
    let desk = Desk::new();
    let form = XBench::form(CLIENT, "a-refresh-token");
    let refused = connector.sign_in(ACCOUNT, "token", form, desk.ctx()).await;
    let refusal = refused.unwrap_err();
    assert_eq!(refusal.category, Category::NetworkError);
    assert!(!format!("{refusal:?}").contains("a-refresh-token"));
}

#[tokio::test]
async fn a_refresh_token_is_not_lost_to_trouble_that_passes_and_one_that_is_says_so() {
    let (bench, desk) = (XBench::start().await, Desk::new());
    let fault = |status| {
        let answer = Canned::json(status, &json!({ "title": "Trouble", "status": status }));
        bench
            .sandbox
            .faults()
            .order("GET me", Fault::Answer(answer));
    };
    fault(503);
    bench.sandbox.faults().order("GET me", Fault::CutBefore);
    let signed = desk.sign_in(bench.connector(), bench.sign_in()).await;
    assert_eq!(signed.unwrap().handle, "@ana_x");
    fault(402);
    let refused = desk.sign_in(bench.connector(), bench.sign_in()).await;
    let words = refused.unwrap_err().message;
    assert!(words.contains("no credits left"), "{words}");
    assert!(
        words.ends_with("make a new one before you try again."),
        "{words}"
    );
    assert!(bench.sandbox.faults().all_used());
}

#[tokio::test]
async fn many_calls_renew_once_and_every_renewal_brings_a_new_token() {
    let world = World::start().await;
    world.sandbox().end_access();
    let before = world.sandbox().renewals().0;
    let connector = world.bench.connector();
    let who = || connector.identify(&world.account, world.desk.ctx());
    let (a, b, c) = tokio::join!(who(), who(), who());
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(world.sandbox().renewals(), (before + 1, 1));
    world.sandbox().end_access();
    assert!(who().await.is_ok());
    let ends = connector
        .sign_in_ends(&world.account, world.desk.ctx())
        .await;
    assert!(ends.unwrap().is_some());
}

#[tokio::test]
async fn a_renewal_that_is_refused_in_passing_leaves_the_account_signed_in() {
    let world = World::start().await;
    let connector = world.bench.connector();
    for (status, word) in [
        (429, "Throttled"),
        (408, "invalid_grant"),
        (500, "invalid_grant"),
        (400, "temporarily_unavailable"),
        (403, "slow_down"),
    ] {
        world.sandbox().end_access();
        let answer = Canned::json(status, &json!({ "error": word }));
        let faults = world.sandbox().faults();
        faults.order("POST token", Fault::Answer(answer));
        let who = || connector.identify(&world.account, world.desk.ctx());
        let refusal = who().await.unwrap_err();
        let passes = (refusal.category != Category::AuthError, refusal.retry);
        assert_eq!(passes, (true, Retry::Backoff), "{status} {word}");
        assert!(who().await.is_ok(), "{status} {word}");
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_at_x() {
    let world = World::start().await;
    assert_eq!(world.sandbox().renewals().1, 1);
    let connector = world.bench.connector();
    connector
        .sign_out(&world.account, world.desk.ctx())
        .await
        .unwrap();
    assert_eq!(world.sandbox().renewals().1, 0);
    let refusal = connector
        .identify(&world.account, world.desk.ctx())
        .await
        .unwrap_err();
    assert_eq!(refusal.category, Category::AuthError);
}
