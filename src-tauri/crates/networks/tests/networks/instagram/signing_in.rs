//! Signing in.

use super::*;
use crate::world::asks_to_connect_again;

#[tokio::test]
async fn both_doors_sign_in_through_the_browser() {
    let world = World::start().await;
    let own = world.through_browser("oauth", |_| {}).await.unwrap();
    assert_eq!(
        own[0].remote_id, "17841400000000001",
        "not the id of the app's own"
    );
    assert_eq!((own[0].handle.as_str(), own.len()), ("ana", 1));
    assert_eq!(own[0].settings["door"], "own");
    let connector = world.bench.connector();
    let found = world.through_browser("page", |_| {}).await.unwrap();
    let names: Vec<&str> = found.iter().map(|f| f.handle.as_str()).collect();
    assert_eq!(names, ["ana", "bo"]);
    connector
        .choose(ACCOUNT, &found[1], world.desk.ctx())
        .await
        .unwrap();
    let account = Account {
        remote_id: found[1].remote_id.clone(),
        settings: found[1].settings.clone(),
        ..world
            .desk
            .sign_in(connector, world.bench.sign_in())
            .await
            .unwrap()
    };
    world.through_browser("page", |_| {}).await.unwrap();
    let known = connector
        .identify(&account, world.desk.ctx())
        .await
        .unwrap();
    assert_eq!(known.handle, "bo");
    let ends = connector
        .sign_in_ends(&account, world.desk.ctx())
        .await
        .unwrap();
    assert_eq!(ends, Some(DUE.plus(Duration::from_hours(90 * 24))));
}

#[tokio::test]
async fn what_goes_wrong_while_signing_in_is_told() {
    type Prepare = fn(&InstagramBench);
    let cases: [(&str, &str, Prepare, Prepare); 8] = [
        (
            "oauth",
            "not allowed in the browser",
            |b| b.sandbox.deny(),
            |_| {},
        ),
        (
            "page",
            "not allowed in the browser",
            |b| b.sandbox.deny(),
            |_| {},
        ),
        ("oauth", "used already", |_| {}, |b| b.sandbox.end_codes()),
        ("page", "used already", |_| {}, |b| b.sandbox.end_codes()),
        (
            "oauth",
            "personal account",
            |b| b.sandbox.make_personal(),
            |_| {},
        ),
        ("page", "personal account", |b| b.sandbox.unlink(), |_| {}),
        (
            "oauth",
            "may not publish",
            |b| b.sandbox.untick("instagram_business_content_publish"),
            |_| {},
        ),
        (
            "page",
            "instagram_content_publish",
            |b| b.sandbox.untick("instagram_content_publish"),
            |_| {},
        ),
    ];
    for (way, words, before, meanwhile) in cases {
        let world = World::start().await;
        before(&world.bench);
        let refusal = world.through_browser(way, meanwhile).await.unwrap_err();
        assert!(
            refusal.message.contains(words),
            "{way} {words}: {refusal:?}"
        );
        assert_eq!(
            (refusal.category, refusal.retry),
            (Category::AuthError, Retry::Never)
        );
        for secret in world.bench.sandbox.secrets() {
            assert!(!format!("{refusal:?}").contains(&secret));
        }
    }
    let world = World::start().await;
    world
        .bench
        .sandbox
        .faults()
        .order("me", Fault::Answer(Canned::page(200)));
    let form = world.bench.sign_in();
    let told = world
        .bench
        .connector()
        .sign_in(ACCOUNT, "page_token", form, world.desk.ctx())
        .await;
    assert_eq!(told.unwrap_err().category, Category::NetworkError);
    world.bench.sandbox.unlink();
    let form = world.bench.sign_in();
    let told = world
        .bench
        .connector()
        .sign_in(ACCOUNT, "page_token", form, world.desk.ctx())
        .await;
    assert!(told.unwrap_err().message.contains("personal account"));
}

#[tokio::test]
async fn an_app_that_got_another_secret_asks_to_connect_again() {
    let world = World::start().await;
    // With the web folder, which the form in the browser leaves out.
    let account = world.account().await;
    let found = world.through_browser("page", |_| {}).await.unwrap();
    assert_eq!(found[0].remote_id, account.remote_id);
    let connector = world.bench.connector();
    connector
        .choose(ACCOUNT, &found[0], world.desk.ctx())
        .await
        .unwrap();
    world.bench.sandbox.reset_secret();
    let mut job = world.job(&account, with("Unproven", world.picture()), &[]);
    asks_to_connect_again(world.attempt(&mut job).await);
}

#[tokio::test]
async fn a_token_of_either_kind_can_be_pasted() {
    let world = World::start().await;
    let connector = world.bench.connector();
    let own = token_form(&world.bench.sandbox.token(), &[]);
    let found = connector
        .sign_in(ACCOUNT, "token", own, world.desk.ctx())
        .await
        .unwrap();
    assert_eq!(found[0].settings["door"], "own");
    let page = page_form(&world.bench.sandbox.page_token(), &[]);
    let found = connector
        .sign_in(ACCOUNT, "page_token", page, world.desk.ctx())
        .await
        .unwrap();
    assert_eq!(found[0].settings["door"], "page");
}

#[tokio::test]
async fn a_token_that_is_not_taken_signs_nobody_out() {
    let world = World::start().await;
    let connector = world.bench.connector();
    let wrong = world.bench.sandbox.token().replace("EAA", "EAB");
    let refused = connector
        .sign_in(ACCOUNT, "token", token_form(&wrong, &[]), world.desk.ctx())
        .await
        .unwrap_err();
    assert_eq!(
        refused.message,
        "Instagram does not take this sign-in: it is wrong, not whole, or no longer valid. Make a new one and try again."
    );
}
