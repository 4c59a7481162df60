//! Signing in, with a browser and with a token, and everything that goes wrong there.

use std::collections::BTreeMap;
use std::time::Duration;

use model::account::Account;
use model::failure::{Category, Retry};
use networks::connector::Begun;
use networks::oauth::pasted;
use networks::vault::Secret;
use serde_json::json;
use testkit::conformance::Bench;
use testkit::desk::{ACCOUNT, text};
use testkit::sandbox::{Canned, Fault};

use super::{REDIRECT, World, browse, server_field};

#[tokio::test]
async fn the_browser_signs_in_and_posts() {
    let world = World::start().await;
    let begun = world.begin("mastodon.example").await.unwrap().0;
    assert!(
        begun.address.contains("code_challenge_method=S256"),
        "{}",
        begun.address
    );
    let signed = world.in_browser("mastodon.example").await.unwrap();
    let host = world.bench.sandbox.origin().replace("http://", "");
    assert_eq!(signed.remote_id, format!("{host}/101"));
    assert_eq!(signed.handle, format!("ana@{host}"));
    assert_eq!(signed.display_name, "Ana Example");
    assert_eq!(signed.settings["maxCharacters"], 500);
    assert_eq!(signed.settings["keyed"], true);
    let account = Account {
        remote_id: signed.remote_id,
        server: signed.server,
        settings: signed.settings,
        ..world.account().await
    };
    assert_eq!(
        world
            .posted(world.job(&account, vec![text("Hi")], &json!({})))
            .await
            .len(),
        1
    );
}

#[tokio::test]
async fn a_second_account_on_a_server_uses_the_same_registration() {
    let world = World::start().await;
    let first = world.in_browser("mastodon.example").await.unwrap();
    world.bench.sandbox.browser_of("bo");
    let begun = world.begin("@bo@mastodon.example").await.unwrap().0;
    assert!(
        begun.address.contains("force_login=true"),
        "{}",
        begun.address
    );
    // That one came to nothing, so the server is introduced to Almanac again.
    let second = world.in_browser("mastodon.example").await.unwrap();
    assert_ne!(first.remote_id, second.remote_id);
    assert_eq!(world.bench.sandbox.apps(), 2);
    world.in_browser("mastodon.example").await.unwrap();
    assert_eq!(world.bench.sandbox.apps(), 2);
}

#[tokio::test]
async fn a_server_that_forgot_almanac_is_in_the_way_once() {
    let world = World::start().await;
    world.in_browser("mastodon.example").await.unwrap();
    world.bench.sandbox.forget_apps();
    let fields = server_field("mastodon.example");
    let ctx = world.desk.ctx();
    let begun = world
        .connector()
        .begin("oauth", &fields, REDIRECT, ctx)
        .await
        .unwrap();
    assert!(browse(&begun.address).await.contains("unknown client"));
    world.in_browser("mastodon.example").await.unwrap();
    // The same between the browser and its coming back.
    let (begun, answer) = world.begin("mastodon.example").await.unwrap();
    world.bench.sandbox.forget_apps();
    let told = world
        .connector()
        .finish(ACCOUNT, &begun, &answer, ctx)
        .await
        .unwrap_err();
    assert!(
        told.message.contains("does not know Almanac any more"),
        "{}",
        told.message
    );
}

#[tokio::test]
async fn sign_ins_that_go_wrong_say_why() {
    let world = World::start().await;
    let sandbox = &world.bench.sandbox;
    let finish = |begun: Begun, answer: BTreeMap<String, String>| {
        let (connector, ctx) = (world.connector(), world.desk.ctx());
        async move {
            connector
                .finish(ACCOUNT, &begun, &answer, ctx)
                .await
                .unwrap_err()
        }
    };
    sandbox.deny_next();
    let (begun, answer) = world.begin("m.example").await.unwrap();
    let told = finish(begun, answer).await;
    assert!(
        told.message.contains("was not allowed in the browser"),
        "{}",
        told.message
    );

    let (begun, answer) = world.begin("m.example").await.unwrap();
    sandbox.expire_codes();
    let told = finish(begun, answer).await;
    assert!(told.message.contains("took too long"), "{}", told.message);

    let (begun, answer) = world.begin("m.example").await.unwrap();
    let ctx = world.desk.ctx();
    world
        .connector()
        .finish(ACCOUNT, &begun, &answer, ctx)
        .await
        .unwrap();
    let told = finish(begun, answer).await;
    assert!(
        told.message.contains("was used already"),
        "{}",
        told.message
    );

    sandbox.grant_only("read:accounts write:statuses");
    let (begun, answer) = world.begin("m.example").await.unwrap();
    let told = finish(begun, answer).await;
    assert!(told.message.contains("write:media"), "{}", told.message);
    assert_eq!(told.category, Category::AuthError);

    sandbox.grant_only("read write");
    sandbox.disable("ana");
    let (begun, answer) = world.begin("m.example").await.unwrap();
    let told = finish(begun, answer).await;
    assert!(
        told.message.contains("confirmed and in good standing"),
        "{}",
        told.message
    );

    let begun = world.begin("m.example").await.unwrap().0;
    let other = pasted(
        &format!("{REDIRECT}?code=x&state=y"),
        &begun.state,
        "Mastodon",
    );
    assert!(other.unwrap_err().message.contains("does not belong"));
}

#[tokio::test]
async fn servers_that_know_no_single_scopes_are_asked_for_broad_ones() {
    let world = World::start().await;
    world
        .bench
        .sandbox
        .change(|rules| rules.single_scopes = false);
    world.in_browser("m.example").await.unwrap();
    assert_eq!(world.bench.sandbox.apps(), 1);
}

#[tokio::test]
async fn a_server_is_found_however_it_is_typed() {
    let world = World::start().await;
    let origin = world.bench.sandbox.origin();
    let host = origin.replace("http://", "");
    for typed in [
        format!("{origin}/@ana"),
        format!("@ana@{host}"),
        format!("ana@{host}"),
        host.clone(),
        format!("{origin}/web/home"),
        "mastodon.example".to_owned(),
    ] {
        let signed = world.token_at(&typed).await.unwrap();
        assert_eq!(
            (signed.server.as_str(), signed.handle),
            (origin.as_str(), format!("ana@{host}")),
            "{typed}"
        );
    }
    world.bench.sandbox.change(|rules| rules.closed = true);
    assert_eq!(world.token_at(&host).await.unwrap().settings["perLink"], 23);
}

#[tokio::test]
async fn a_name_under_another_domain_finds_its_server() {
    let world = World::start().await;
    let page = testkit::sandbox::pages::start().await.unwrap();
    // The domain of the name sends the look-up on to the server, as split domains do.
    let target = format!("{}/.well-known/webfinger", world.bench.sandbox.origin());
    let moved = Canned {
        status: 302,
        ..Canned::page(302)
    }
    .with("location", target);
    page.faults().order("webfinger", Fault::Answer(moved));
    let host = page.origin().replace("http://", "");
    let signed = world.token_at(&format!("@ana@{host}")).await.unwrap();
    assert_eq!(signed.server, world.bench.sandbox.origin());
}

#[tokio::test]
async fn what_is_no_mastodon_server_is_told_as_such() {
    let world = World::start().await;
    let page = testkit::sandbox::pages::start().await.unwrap();
    for fault in [
        Fault::Pass,
        Fault::Answer(Canned::page(200)),
        Fault::Answer(Canned::json(200, &json!({ "title": "Something else" }))),
        Fault::Answer(Canned::page(403)),
    ] {
        page.faults().order("instance", fault.clone());
        page.faults().order("instance", fault.clone());
        let told = world.token_at(&page.origin()).await.unwrap_err();
        assert_eq!(
            (told.category, told.retry),
            (Category::Validation, Retry::Never),
            "{fault:?}"
        );
        assert!(
            told.message.contains("is no Mastodon server"),
            "{}",
            told.message
        );
    }
    for fault in [Fault::CutBefore, Fault::Answer(Canned::page(502))] {
        page.faults().clear();
        page.faults().order("instance", fault.clone());
        page.faults().order("instance", fault);
        let told = world.token_at(&page.origin()).await.unwrap_err();
        assert_eq!(told.category, Category::NetworkError, "{}", told.message);
    }
}

#[tokio::test]
async fn signing_out_revokes_what_almanac_was_given() {
    let world = World::start().await;
    let signed = world.in_browser("m.example").await.unwrap();
    let before = world.bench.sandbox.open_sessions();
    let account = Account {
        server: signed.server,
        ..world
            .desk
            .sign_in(world.connector(), world.bench.sign_in())
            .await
            .unwrap()
    };
    // The pasted token replaced it: nothing of Almanac's own is left to revoke.
    world
        .connector()
        .sign_out(&account, world.desk.ctx())
        .await
        .unwrap();
    assert_eq!(world.bench.sandbox.open_sessions(), before);
    world.in_browser("m.example").await.unwrap();
    world
        .connector()
        .sign_out(&account, world.desk.ctx())
        .await
        .unwrap();
    assert_eq!(world.bench.sandbox.open_sessions(), before);
}

#[tokio::test]
async fn no_secret_stands_in_what_a_sign_in_tells() {
    let world = World::start().await;
    let (begun, answer) = world.begin("m.example").await.unwrap();
    let ctx = world.desk.ctx();
    let signed = world
        .connector()
        .finish(ACCOUNT, &begun, &answer, ctx)
        .await
        .unwrap();
    let told = format!("{begun:?} {signed:?}");
    for secret in world.bench.sandbox.secrets() {
        assert!(!told.contains(&secret), "{told}");
    }
    assert_eq!(begun.state, Secret::new(answer["state"].clone()));
}

#[tokio::test]
async fn tokens_that_end_are_renewed_where_a_server_has_such() {
    let world = World::start().await;
    world.bench.sandbox.change(|rules| rules.renews = true);
    let account = world.account().await;
    // In place of the pasted token.
    world.in_browser("m.example").await.unwrap();
    let (connector, ctx) = (world.connector(), world.desk.ctx());
    for _ in 0..2 {
        world.bench.sandbox.end_sessions();
        assert!(connector.identify(&account, ctx).await.is_ok());
    }
    // Before it ends by the clock, without asking in vain first.
    world.desk.clock.pass(Duration::from_hours(2));
    let before = world.bench.sandbox.calls();
    connector.identify(&account, ctx).await.unwrap();
    assert_eq!(world.bench.sandbox.calls() - before, 1 + 2);
    assert_eq!(connector.sign_in_ends(&account, ctx).await.unwrap(), None);
}
