//! Signing in at Reddit, renewing, and signing out.

use model::failure::Category;
use networks::connector::{Connector, Refusal, SignInFields, SignedIn};
use networks::oauth;
use networks::reddit::{KEY, Reddit};
use networks::registry::Addresses;
use testkit::browser::sent_back;
use testkit::conformance::{Bench, RedditBench, filled, http};
use testkit::desk::{ACCOUNT, Desk};
use testkit::sandbox::pages;
use testkit::sandbox::reddit::{CLIENT, OWNER, REDIRECT, USER_ID};

use super::World;

fn app(id: &str, owner: &str) -> SignInFields {
    filled(&[("clientId", id), ("owner", owner)], &[])
}

async fn through_the_browser(
    bench: &RedditBench,
    desk: &Desk,
    fields: &SignInFields,
) -> Result<SignedIn, Refusal> {
    let connector = bench.connector();
    let begun = connector
        .begin("oauth", fields, REDIRECT, desk.ctx())
        .await?;
    let back = sent_back(&begun.address).await.unwrap();
    let answer = oauth::pasted(&back, &begun.state, "Reddit")?;
    let mut found = connector
        .finish(ACCOUNT, &begun, &answer, desk.ctx())
        .await?;
    Ok(found.swap_remove(0))
}

#[tokio::test]
async fn the_browser_way_needs_no_secret_and_names_the_owner() {
    let (bench, desk) = (RedditBench::start().await, Desk::new());
    let signed = through_the_browser(&bench, &desk, &app(CLIENT, "/u/ana"))
        .await
        .unwrap();
    assert_eq!(signed.remote_id, format!("t2_{USER_ID}"));
    assert_eq!(signed.handle, "u/ana_films");
    assert_eq!(signed.display_name, "Ana makes films");
}

#[tokio::test]
async fn what_goes_wrong_in_the_browser_is_told() {
    let desk = Desk::new();
    let told = |refused: Result<SignedIn, Refusal>| {
        let refusal = refused.unwrap_err();
        assert!(refusal.message.ends_with('.'), "{}", refusal.message);
        refusal.message
    };
    let bench = RedditBench::start().await;
    let connector = bench.connector();
    let good = app(CLIENT, OWNER);
    for (fields, redirect) in [
        (app("nobody", OWNER), REDIRECT),
        (app(CLIENT, OWNER), "http://127.0.0.1:8721/"),
    ] {
        let begun = connector
            .begin("oauth", &fields, redirect, desk.ctx())
            .await;
        assert!(sent_back(&begun.unwrap().address).await.is_err());
    }
    for bad in [app("", OWNER), app(CLIENT, ""), app(CLIENT, "a (b)")] {
        let begun = connector.begin("oauth", &bad, REDIRECT, desk.ctx()).await;
        assert_eq!(begun.unwrap_err().category, Category::Validation);
    }
    let mut secret = app(CLIENT, OWNER);
    let wrong = networks::vault::Secret::new("a-secret-it-has-not");
    secret.secret.insert("clientSecret".to_owned(), wrong);
    let words = told(through_the_browser(&bench, &desk, &secret).await);
    assert!(words.contains("does not know this app"), "{words}");
    let begun = connector.begin("oauth", &good, REDIRECT, desk.ctx()).await;
    let begun = begun.unwrap();
    let back = sent_back(&begun.address).await.unwrap();
    let answer = oauth::pasted(&back, &begun.state, "Reddit").unwrap();
    bench.sandbox.expire_codes();
    let late = connector.finish(ACCOUNT, &begun, &answer, desk.ctx()).await;
    let words = told(late.map(|mut all| all.swap_remove(0)));
    assert!(words.contains("too long"), "{words}");
    bench.sandbox.allow(&["identity", "read"]);
    let words = told(through_the_browser(&bench, &desk, &good).await);
    assert!(words.contains("allow everything"), "{words}");
    bench.sandbox.deny();
    let words = told(through_the_browser(&bench, &desk, &good).await);
    assert!(words.contains("not allowed"), "{words}");
    let bench = RedditBench::start().await;
    bench.sandbox.suspend();
    let words = told(through_the_browser(&bench, &desk, &good).await);
    assert!(words.contains("suspended"), "{words}");
}

#[tokio::test]
async fn a_server_that_is_not_reddit_is_found_out() {
    let site = pages::start().await.unwrap();
    let connector = Reddit::new(&http(), &Addresses::one(KEY, &site.origin())).unwrap();
    let (form, desk) = (
        RedditBench::form(CLIENT, OWNER, "a-refresh-token"),
        Desk::new(),
    );
    let refused = connector.sign_in(ACCOUNT, "token", form, desk.ctx()).await;
    let refusal = refused.unwrap_err();
    assert_eq!(refusal.category, Category::NetworkError, "{refusal:?}");
    assert!(!format!("{refusal:?}").contains("a-refresh-token"));
}

#[tokio::test]
async fn many_calls_renew_once_and_signing_out_ends_the_session() {
    let world = World::start().await;
    let (connector, ctx) = (world.bench.connector(), world.desk.ctx());
    world.sandbox().end_access();
    let before = world.sandbox().renewals();
    let who = || connector.identify(&world.account, ctx);
    let (a, b, c) = tokio::join!(who(), who(), who());
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(world.sandbox().renewals(), before + 1);
    let ends = connector.sign_in_ends(&world.account, ctx).await;
    assert!(ends.unwrap().is_some());
    assert_eq!(world.sandbox().sessions(), 1);
    connector.sign_out(&world.account, ctx).await.unwrap();
    assert_eq!(world.sandbox().sessions(), 0);
    assert_eq!(who().await.unwrap_err().category, Category::AuthError);
}
