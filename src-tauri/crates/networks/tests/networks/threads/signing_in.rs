//! Signing in.

use networks::oauth;
use testkit::browser::sent_back;

use super::*;

#[tokio::test]
async fn the_browser_way_gives_a_token_of_sixty_days() {
    let world = World::start().await;
    let found = world.through_browser(|_| {}).await.unwrap();
    assert_eq!(found[0].handle, "ana");
    assert_eq!(found[0].remote_id, "24000000000000001");
    let account = Account {
        settings: json!({}),
        ..world.account().await
    };
    world.through_browser(|_| {}).await.unwrap();
    let connector = world.bench.connector();
    let ends = connector
        .sign_in_ends(&account, world.desk.ctx())
        .await
        .unwrap();
    assert_eq!(ends, Some(DUE.plus(Duration::from_hours(60 * 24))));
    sent(
        world
            .attempt(&mut world.thread(&account, vec![text("In")]))
            .await,
    );
}

#[tokio::test]
async fn what_goes_wrong_in_the_browser_is_told() {
    type Prepare = fn(&ThreadsBench);
    let cases: [(&str, Prepare, Prepare); 3] = [
        ("not allowed in the browser", |b| b.sandbox.deny(), |_| {}),
        ("used already", |_| {}, |b| b.sandbox.end_codes()),
        (
            "may not publish",
            |b| b.sandbox.untick("threads_content_publish"),
            |_| {},
        ),
    ];
    for (words, before, meanwhile) in cases {
        let world = World::start().await;
        before(&world.bench);
        let refusal = world.through_browser(meanwhile).await.unwrap_err();
        assert!(refusal.message.contains(words), "{words}: {refusal:?}");
        assert_eq!(refusal.category, Category::AuthError);
    }
    let world = World::start().await;
    let app = world.bench.sandbox.app();
    let connector = world.bench.connector();
    let ctx = world.desk.ctx();
    let wrong = app_form(&app.id, "wrong");
    let begun = connector
        .begin("oauth", &wrong, &app.redirect, ctx)
        .await
        .unwrap();
    let back = sent_back(&begun.address).await.unwrap();
    let answer = oauth::pasted(&back, &begun.state, "Threads").unwrap();
    let refusal = connector
        .finish(ACCOUNT, &begun, &answer, ctx)
        .await
        .unwrap_err();
    assert!(
        refusal.message.contains("does not know this app"),
        "{refusal:?}"
    );
}

#[tokio::test]
async fn a_server_that_is_not_threads_is_told() {
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
        .sign_in(ACCOUNT, "token", form, world.desk.ctx())
        .await;
    assert_eq!(told.unwrap_err().category, Category::NetworkError);
}

#[tokio::test]
async fn a_sign_in_nobody_uses_is_prolonged_when_it_is_asked_for() {
    let world = World::start().await;
    let account = world.account().await;
    world.desk.clock.pass(Duration::from_hours(46 * 24));
    let now = model::Clock::now(&world.desk.clock);
    world.bench.sandbox.set_clock(now.as_millis() / 1_000);
    let connector = world.bench.connector();
    let renew = || connector.renew_sign_in(&account, world.desk.ctx());
    let (a, b) = tokio::join!(renew(), renew());
    assert!(a.is_ok() && b.is_ok());
    assert_eq!(world.bench.sandbox.prolonged(), 1);
    let ends = connector.sign_in_ends(&account, world.desk.ctx()).await;
    assert_eq!(ends.unwrap(), Some(now.plus(Duration::from_hours(60 * 24))));
}

#[tokio::test]
async fn a_token_is_prolonged_in_time_and_never_lost_to_a_passing_fault() {
    let world = World::start().await;
    let account = world.account().await;
    let pass = |hours: u64| {
        world.desk.clock.pass(Duration::from_hours(hours));
        let now = model::Clock::now(&world.desk.clock).as_millis() / 1_000;
        world.bench.sandbox.set_clock(now);
    };
    let identify = || world.bench.connector().identify(&account, world.desk.ctx());
    identify().await.unwrap();
    assert_eq!(world.bench.sandbox.prolonged(), 0, "younger than a day");
    pass(26);
    world
        .bench
        .sandbox
        .faults()
        .order("refresh_access_token", Fault::Answer(Canned::page(502)));
    identify().await.unwrap();
    assert_eq!(world.bench.sandbox.prolonged(), 0);
    pass(26);
    let (a, b, c) = tokio::join!(identify(), identify(), identify());
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(world.bench.sandbox.prolonged(), 1);
    let ends = world
        .bench
        .connector()
        .sign_in_ends(&account, world.desk.ctx())
        .await
        .unwrap();
    assert_eq!(
        ends,
        Some(model::Clock::now(&world.desk.clock).plus(Duration::from_hours(1_440)))
    );
    pass(61 * 24);
    let refusal = identify().await.unwrap_err();
    assert_eq!(refusal.category, Category::AuthError, "it ran out");
}

#[tokio::test]
async fn an_account_without_a_web_folder_posts_text() {
    let world = World::start().await;
    let form = token_form(&world.bench.sandbox.token(), &[]);
    let account = world
        .desk
        .sign_in(world.bench.connector(), form)
        .await
        .unwrap();
    sent(
        world
            .attempt(&mut world.thread(&account, vec![text("Words")]))
            .await,
    );
}
