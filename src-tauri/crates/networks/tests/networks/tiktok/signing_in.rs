//! Signing in at TikTok, renewing, and signing out.

use model::failure::Category;
use networks::connector::{Connector, Refusal, SignInFields, SignedIn};
use networks::oauth;
use networks::registry::Addresses;
use networks::tiktok::{KEY, TikTok};
use serde_json::json;
use testkit::browser::sent_back;
use testkit::conformance::{Bench, TikTokBench, http};
use testkit::desk::{ACCOUNT, Desk};
use testkit::sandbox::tiktok::{CLIENT, OPEN_ID, REDIRECT, SECRET};
use testkit::sandbox::{Canned, Fault, pages};

use super::World;

async fn through_the_browser(
    bench: &TikTokBench,
    desk: &Desk,
    fields: &SignInFields,
) -> Result<SignedIn, Refusal> {
    let connector = bench.connector();
    let begun = connector
        .begin("oauth", fields, REDIRECT, desk.ctx())
        .await?;
    assert!(!begun.address.contains(SECRET));
    let back = sent_back(&begun.address).await.unwrap();
    let answer = oauth::pasted(&back, &begun.state, "TikTok")?;
    let mut found = connector
        .finish(ACCOUNT, &begun, &answer, desk.ctx())
        .await?;
    Ok(found.swap_remove(0))
}

#[tokio::test]
async fn the_browser_way_names_the_account_and_keeps_the_web_folder() {
    let (bench, desk) = (TikTokBench::videos().await, Desk::new());
    let redirect = bench.connector().entry().sign_in.methods[0].browser.clone();
    let redirect = serde_json::to_value(redirect.unwrap().redirect).unwrap();
    assert_eq!(redirect["ports"][0], 8_720);
    let signed = through_the_browser(&bench, &desk, &bench.app(CLIENT, SECRET))
        .await
        .unwrap();
    assert_eq!(signed.remote_id, OPEN_ID);
    assert_eq!(signed.handle, "@ana.films");
    assert_eq!(signed.display_name, "Ana Films");
    assert_eq!(signed.settings["lists"], true);
    assert!(signed.settings["webFolder"].is_string());
}

#[tokio::test]
async fn what_goes_wrong_in_the_browser_is_told() {
    let desk = Desk::new();
    let told = |refused: Result<SignedIn, Refusal>| {
        let refusal = refused.unwrap_err();
        assert!(refusal.message.ends_with('.'), "{}", refusal.message);
        assert!(!format!("{refusal:?}").contains(SECRET));
        refusal.message
    };
    let bench = TikTokBench::videos().await;
    let connector = bench.connector();
    let nobody = bench.app("nobody", SECRET);
    let begun = connector
        .begin("oauth", &nobody, REDIRECT, desk.ctx())
        .await;
    assert!(sent_back(&begun.unwrap().address).await.is_err());
    let app = bench.app(CLIENT, SECRET);
    let elsewhere = "http://127.0.0.1:8720/callback";
    let begun = connector.begin("oauth", &app, elsewhere, desk.ctx()).await;
    assert!(sent_back(&begun.unwrap().address).await.is_err());
    let wrong = bench.app(CLIENT, "wrong");
    let words = told(through_the_browser(&bench, &desk, &wrong).await);
    assert!(words.contains("client secret"), "{words}");
    let begun = connector.begin("oauth", &app, REDIRECT, desk.ctx()).await;
    let begun = begun.unwrap();
    let back = sent_back(&begun.address).await.unwrap();
    let answer = oauth::pasted(&back, &begun.state, "TikTok").unwrap();
    bench.sandbox.expire_codes();
    let late = connector.finish(ACCOUNT, &begun, &answer, desk.ctx()).await;
    let words = told(late.map(|mut all| all.swap_remove(0)));
    assert!(words.contains("too long"), "{words}");
    bench.sandbox.untick("video.publish");
    let words = told(through_the_browser(&bench, &desk, &app).await);
    assert!(words.contains("switch"), "{words}");
    bench.sandbox.deny();
    let words = told(through_the_browser(&bench, &desk, &app).await);
    assert!(words.contains("not allowed"), "{words}");
}

#[tokio::test]
async fn an_account_that_may_not_list_its_posts_is_taken_all_the_same() {
    let (bench, desk) = (TikTokBench::videos().await, Desk::new());
    bench.sandbox.untick("video.list");
    let app = bench.app(CLIENT, SECRET);
    let signed = through_the_browser(&bench, &desk, &app).await.unwrap();
    assert_eq!(signed.settings["lists"], false);
}

#[tokio::test]
async fn a_server_that_is_not_tiktok_is_found_out() {
    let site = pages::start().await.unwrap();
    let connector = TikTok::new(&http(), &Addresses::one(KEY, &site.origin())).unwrap();
    let bench = TikTokBench::videos().await;
    let (form, desk) = (bench.form(SECRET, "a-refresh-token"), Desk::new());
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
    assert!(
        connector
            .sign_in_ends(&world.account, ctx)
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(world.sandbox().sessions(), 1);
    connector.sign_out(&world.account, ctx).await.unwrap();
    assert_eq!(world.sandbox().sessions(), 0);
    let refusal = who().await.unwrap_err();
    assert_eq!(refusal.category, Category::AuthError);
}

#[tokio::test]
async fn a_renewal_that_is_refused_in_passing_leaves_the_account_signed_in() {
    let world = World::start().await;
    let (connector, ctx) = (world.bench.connector(), world.desk.ctx());
    for (status, word) in [
        (429, "rate_limit_exceeded"),
        (500, "internal_error"),
        (200, "server_error"),
    ] {
        world.sandbox().end_access();
        let answer = Canned::json(status, &json!({ "error": word }));
        let faults = world.sandbox().faults();
        faults.order("POST token", Fault::Answer(answer));
        let refusal = connector.identify(&world.account, ctx).await.unwrap_err();
        assert_ne!(refusal.category, Category::AuthError, "{status} {word}");
        let known = connector.identify(&world.account, ctx).await;
        assert!(known.is_ok(), "{status} {word}");
    }
}
