//! Signing in.

use networks::oauth;
use testkit::browser::sent_back;

use super::*;
use crate::world::asks_to_connect_again;

#[tokio::test]
async fn the_browser_way_offers_the_pages_one_may_post_to_and_keeps_one_token() {
    let world = World::start().await;
    let found = world.through_browser().await.unwrap();
    let names: Vec<&str> = found.iter().map(|f| f.display_name.as_str()).collect();
    assert_eq!(names, ["Ana Bakes", "Ana Builds"], "not the one to look at");
    let connector = world.bench.connector();
    connector
        .choose(ACCOUNT, &found[1], world.desk.ctx())
        .await
        .unwrap();
    connector.forget_session(ACCOUNT);
    let kept = world
        .desk
        .vault
        .get(ACCOUNT, "session")
        .await
        .unwrap()
        .unwrap();
    let tokens = world.bench.sandbox.secrets();
    let held = tokens.iter().filter(|t| kept.reveal().contains(t.as_str()));
    assert_eq!(held.count(), 1, "one Page's token and nothing else");
    let mut account = world.account().await;
    account.remote_id.clone_from(&found[1].remote_id);
    // The form signed in to the first Page meanwhile, so choose again.
    let found = world.through_browser().await.unwrap();
    connector
        .choose(ACCOUNT, &found[1], world.desk.ctx())
        .await
        .unwrap();
    let known = connector
        .identify(&account, world.desk.ctx())
        .await
        .unwrap();
    assert_eq!(known.display_name, "Ana Builds");
    let ends = connector
        .sign_in_ends(&account, world.desk.ctx())
        .await
        .unwrap();
    assert_eq!(ends, Some(DUE.plus(Duration::from_hours(90 * 24))));
    let job = &mut world.job(&account, text("Chosen"), &[]);
    sent(world.attempt(job).await);
    assert_eq!(world.bench.sandbox.posts()[0].page, "502");
}

#[tokio::test]
async fn connecting_again_without_choosing_finds_the_same_page() {
    let world = World::start().await;
    let found = world.through_browser().await.unwrap();
    let account = Account {
        remote_id: found[1].remote_id.clone(),
        ..world.account().await
    };
    // Several tokens lie in the vault and nobody chose.
    world.through_browser().await.unwrap();
    world.bench.connector().forget_session(ACCOUNT);
    sent(
        world
            .attempt(&mut world.job(&account, text("Again"), &[]))
            .await,
    );
    assert_eq!(world.bench.sandbox.posts()[0].page, "502");
    let kept = world
        .desk
        .vault
        .get(ACCOUNT, "session")
        .await
        .unwrap()
        .unwrap();
    assert!(
        !kept.reveal().contains("page:"),
        "the other tokens are gone"
    );
}

#[tokio::test]
async fn one_page_needs_no_choice() {
    let world = World::start().await;
    world.bench.sandbox.one_page();
    let found = world.through_browser().await.unwrap();
    assert_eq!(found.len(), 1);
    let account = world.account().await;
    sent(
        world
            .attempt(&mut world.job(&account, text("One"), &[]))
            .await,
    );
}

#[tokio::test]
async fn a_persons_token_can_be_pasted_too() {
    let world = World::start().await;
    let form = conformance::token_form(&world.bench.sandbox.user_token(), &[]);
    let connector = world.bench.connector();
    let found = connector
        .sign_in(ACCOUNT, "token", form, world.desk.ctx())
        .await
        .unwrap();
    assert_eq!(found.len(), 2);
}

#[tokio::test]
async fn what_goes_wrong_in_the_browser_is_told() {
    type Prepare = fn(&FacebookBench);
    let cases: [(&str, Prepare, Prepare); 4] = [
        ("not allowed in the browser", |b| b.sandbox.deny(), |_| {}),
        ("used already", |_| {}, |b| b.sandbox.end_codes()),
        (
            "pages_manage_posts",
            |b| b.sandbox.untick("pages_manage_posts"),
            |_| {},
        ),
        ("create content", |b| b.sandbox.take_rights(), |_| {}),
    ];
    for (words, before, meanwhile) in cases {
        let world = World::start().await;
        before(&world.bench);
        let refusal = world.through_browser_with(meanwhile).await.unwrap_err();
        assert!(refusal.message.contains(words), "{words}: {refusal:?}");
        assert_eq!(refusal.category, Category::AuthError);
        for secret in world.bench.sandbox.secrets() {
            assert!(!format!("{refusal:?}").contains(&secret));
        }
    }
}

#[tokio::test]
async fn a_wrong_app_is_told() {
    let world = World::start().await;
    let app = world.bench.sandbox.app();
    let connector = world.bench.connector();
    let ctx = world.desk.ctx();
    for (id, secret) in [("", "x"), ("no number", "x"), ("1001", "")] {
        let form = app_form(id, secret);
        let begun = connector.begin("oauth", &form, &app.redirect, ctx).await;
        assert!(begun.is_err());
    }
    let wrong_id = connector
        .begin("oauth", &app_form("77", &app.secret), &app.redirect, ctx)
        .await
        .unwrap();
    assert!(
        sent_back(&wrong_id.address)
            .await
            .unwrap_err()
            .contains("Invalid application ID")
    );
    let wrong = connector
        .begin("oauth", &app_form(&app.id, "wrong"), &app.redirect, ctx)
        .await
        .unwrap();
    let back = sent_back(&wrong.address).await.unwrap();
    let answer = oauth::pasted(&back, &wrong.state, "Facebook").unwrap();
    let refusal = connector
        .finish(ACCOUNT, &wrong, &answer, ctx)
        .await
        .unwrap_err();
    assert!(refusal.message.contains("App secret"), "{refusal:?}");
    assert!(
        oauth::pasted(
            "https://example.org/?code=a&state=b",
            &wrong.state,
            "Facebook"
        )
        .is_err()
    );
}

#[tokio::test]
async fn a_server_that_is_not_facebook_is_told() {
    let world = World::start().await;
    let account = world.account().await;
    for canned in [Canned::page(200), Canned::page(403)] {
        world
            .bench
            .sandbox
            .faults()
            .order("me", Fault::Answer(canned));
        let form = world.bench.sign_in();
        let connector = world.bench.connector();
        let told = connector
            .sign_in(ACCOUNT, "token", form, world.desk.ctx())
            .await;
        let refusal = told.unwrap_err();
        assert_eq!(refusal.category, Category::NetworkError, "{refusal:?}");
    }
    assert_eq!(account.handle, "ana.bakes");
}

#[tokio::test]
async fn pages_of_a_business_come_with_their_own_way_alone() {
    let world = World::start().await;
    let app = world.bench.sandbox.app();
    let form = app_form(&app.id, &app.secret);
    let found = world.browse("oauth_business", &form, &app.redirect, |_| {});
    let found = found.await.unwrap();
    let names: Vec<&str> = found.iter().map(|f| f.display_name.as_str()).collect();
    assert_eq!(
        names,
        ["Ana Bakes", "Ana Builds", "Ana Brands", "Bo Brands"]
    );
    let connector = world.bench.connector();
    connector
        .choose(ACCOUNT, &found[3], world.desk.ctx())
        .await
        .unwrap();
    let account = Desk::account(connector, found[3].clone());
    let job = &mut world.job(&account, text("For a client"), &[]);
    sent(world.attempt(job).await);
    assert_eq!(world.bench.sandbox.posts()[0].page, "505");
    // Only a refusal that leaves no Page at all is told.
    world.bench.sandbox.keep_pages(&["505"]);
    let found = world.browse("oauth_business", &form, &app.redirect, |_| {});
    assert_eq!(found.await.unwrap().len(), 1);
    world.bench.sandbox.keep_pages(&[]);
    let found = world.browse("oauth_business", &form, &app.redirect, |_| {});
    let refused = found.await.unwrap_err();
    assert!(refused.message.contains("permissions"), "{refused:?}");
}

#[tokio::test]
async fn what_a_business_needs_is_asked_for_by_its_own_way_alone() {
    let world = World::start().await;
    // What the other way does not ask for, nobody is asked to allow.
    world.bench.sandbox.untick("business_management");
    assert_eq!(world.through_browser().await.unwrap().len(), 2);
}

#[tokio::test]
async fn an_app_that_wants_its_secret_proven_gets_the_proof_with_every_call() {
    let world = World::start().await;
    world.bench.sandbox.demand_proof();
    let found = world.through_browser().await.unwrap();
    let connector = world.bench.connector();
    connector
        .choose(ACCOUNT, &found[1], world.desk.ctx())
        .await
        .unwrap();
    connector.forget_session(ACCOUNT);
    let account = Desk::account(connector, found[1].clone());
    let pictures = vec![world.desk.picture("a.jpg", 40, 30)];
    let job = &mut world.job(&account, with("Proven", pictures), &[]);
    let delivered = sent(world.attempt(job).await);
    let ctx = world.desk.ctx();
    let deleted = connector.delete(&account, &delivered, ctx).await;
    assert_eq!(deleted, Ok(()));
    // A token that is pasted comes without the secret, and that is told.
    let form = world.bench.sign_in();
    let refused = connector.sign_in(ACCOUNT, "token", form, ctx).await;
    let refused = refused.unwrap_err();
    assert!(
        refused.message.contains("Require App Secret"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn an_app_that_got_another_secret_asks_to_connect_again() {
    let world = World::start().await;
    world.bench.sandbox.one_page();
    let found = world.through_browser().await.unwrap();
    let account = Desk::account(world.bench.connector(), found[0].clone());
    world.bench.sandbox.reset_secret();
    let job = &mut world.job(&account, text("Unproven"), &[]);
    asks_to_connect_again(world.attempt(job).await);
}
