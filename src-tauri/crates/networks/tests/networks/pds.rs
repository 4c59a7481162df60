//! The connector against the reference server of the AT Protocol, in a process of its own.
//!
//! Needs the packages in `tests/pds`, which `cargo xtask test` installs.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::time::Duration;

use model::Timestamp;
use model::account::Account;
use model::failure::{Category, Retry};
use networks::bluesky::{Bluesky, Config};
use networks::connector::{
    Confirmation, Connector, Delivered, Job, JobSegment, Outcome, SignInFields,
};
use networks::http::{HttpConfig, ProxyChoice, Reach};
use networks::vault::Secret;
use serde_json::Value;
use testkit::conformance::form;
use testkit::desk::{ACCOUNT, Desk, text};
use testkit::pds::{Pds, PdsAccount};

struct World {
    pds: Pds,
    connector: Bluesky,
    desk: Desk,
}

impl World {
    async fn start(settings: &[(&str, &str)]) -> Self {
        let pds = Pds::start(settings)
            .await
            .unwrap_or_else(|sentence| panic!("{sentence}"));
        let config = Config {
            entryway: pds.origin.clone(),
            directory: pds.directory.clone(),
            cards: Reach::PublicAndLoopback,
            ..Config::default()
        };
        let http = HttpConfig {
            proxy: ProxyChoice::Direct,
            ..HttpConfig::new("0.0.0-test")
        };
        Self {
            connector: Bluesky::new(&http, config).unwrap(),
            pds,
            desk: Desk::new(),
        }
    }

    fn form(&self, person: &PdsAccount) -> SignInFields {
        form(
            &format!("@{}", person.handle),
            &person.app_password,
            &self.pds.origin,
        )
    }

    fn wrong_form(&self, person: &PdsAccount) -> SignInFields {
        let password = Secret::new("zzzz-zzzz-zzzz-zzzz");
        let mut form = self.form(person);
        form.secret.insert("password".to_owned(), password);
        form
    }

    async fn sign_in(&self, person: &PdsAccount, fields: SignInFields) -> Account {
        let account = self.desk.sign_in(&self.connector, fields).await.unwrap();
        assert_eq!(
            (&account.remote_id, &account.handle),
            (&person.did, &person.handle)
        );
        account
    }

    fn job(&self, account: &Account, segments: Vec<JobSegment>) -> Job {
        let mut job = self.desk.job(&self.connector, account, segments);
        job.options.insert("langs".to_owned(), "en, pt-BR".into());
        job
    }

    async fn publish(&self, job: &Job) -> Delivered {
        match self.desk.attempt(&self.connector, &mut job.clone()).await {
            Outcome::Sent(delivered) => delivered,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn posts_go_to_the_reference_server_once() {
    let world = World::start(&[]).await;
    let ana = world.pds.account("ana").await.unwrap();
    let bob = world.pds.account("bob").await.unwrap();
    let account = world.sign_in(&ana, world.form(&ana)).await;

    text_with_facets(&world, &account, &bob).await;
    pictures(&world, &account).await;
    let thread = thread(&world, &account).await;
    session_goes_on(&world, &account).await;
    deleted_with_all_parts(&world, &account, &thread).await;
    found_by_handle_alone(&world, &bob).await;
    signed_out_by_revoking(&world, &ana, &account).await;
}

async fn text_with_facets(world: &World, account: &Account, bo: &PdsAccount) {
    let words = "Grüße 🎉 @bob.test and @nobody.test: https://example.org/ä, #München";
    let job = world.job(account, vec![text(words)]);
    assert_eq!(
        world.connector.confirm(&job, world.desk.ctx()).await,
        Confirmation::Absent
    );
    let delivered = world.publish(&job).await;

    let posts = world.pds.posts(&account.remote_id).await.unwrap();
    assert_eq!(posts.len(), 1);
    let record = &posts[0]["value"];
    assert_eq!(record["text"], words);
    assert_eq!(record["langs"], serde_json::json!(["en", "pt-BR"]));
    let facets = record["facets"].as_array().unwrap();
    let piece = |n: usize| {
        let edge = |name| usize::try_from(facets[n]["index"][name].as_u64().unwrap()).unwrap();
        &words[edge("byteStart")..edge("byteEnd")]
    };
    assert_eq!(
        facets.len(),
        3,
        "a mention nobody answers to stays text: {facets:?}"
    );
    assert_eq!(
        (piece(0), piece(1), piece(2)),
        ("@bob.test", "https://example.org/ä", "#München")
    );
    assert_eq!(facets[0]["features"][0]["did"], bo.did.as_str());

    // The same delivery once more, as after a lost answer: nothing is added, nothing changes.
    assert_eq!(world.publish(&job).await, delivered);
    assert_eq!(
        world.connector.confirm(&job, world.desk.ctx()).await,
        Confirmation::Found(delivered)
    );
    assert_eq!(world.pds.posts(&account.remote_id).await.unwrap(), posts);
}

/// The post on the server that says this.
async fn saying(world: &World, account: &Account, words: &str) -> Value {
    let posts = world.pds.posts(&account.remote_id).await.unwrap();
    let mut found = posts.into_iter().filter(|p| p["value"]["text"] == words);
    let post = found.next().unwrap();
    assert_eq!(found.next(), None, "{words} is there twice");
    post
}

async fn pictures(world: &World, account: &Account) {
    let mut segment = text("Four pictures");
    segment.media = vec![
        world.desk.picture("1.png", 60, 40),
        world.desk.picture("2.png", 3_000, 1_500),
        world.desk.picture("3.png", 10, 10),
        world.desk.picture("4.png", 20, 30),
    ];
    let job = world.job(account, vec![segment]);
    world.publish(&job).await;
    let post = saying(world, account, "Four pictures").await;
    let images = post["value"]["embed"]["images"].as_array().unwrap();
    assert_eq!(images.len(), 4);
    assert_eq!(images[0]["alt"], "Description of 1.png");
    assert_eq!(
        images[0]["aspectRatio"],
        serde_json::json!({ "width": 60, "height": 40 })
    );
    let wide = &images[1];
    assert_eq!(
        wide["aspectRatio"],
        serde_json::json!({ "width": 2_000, "height": 1_000 })
    );
    let cid = wide["image"]["ref"]["$link"].as_str().unwrap();
    let bytes = world.pds.blob(&account.remote_id, cid).await.unwrap();
    assert_eq!(wide["image"]["size"], bytes.len());
    assert!(bytes.len() <= 1_000_000);
}

async fn thread(world: &World, account: &Account) -> Delivered {
    let parts = vec![text("One"), text("Two"), text("Three")];
    let job = world.job(account, parts);
    let delivered = world.publish(&job).await;
    let posts = world.pds.posts(&account.remote_id).await.unwrap();
    assert_eq!(posts.len(), 5);
    let one = &saying(world, account, "One").await;
    let two = &saying(world, account, "Two").await;
    let three = &saying(world, account, "Three").await;
    // Keys grow, so that the parts lie in their order.
    let keys: Vec<_> = [one, two, three].map(|p| p["uri"].as_str().unwrap()).into();
    assert!(keys.is_sorted(), "{keys:?}");
    for (post, parent) in [(two, one), (three, two)] {
        assert_eq!(post["value"]["reply"]["root"]["uri"], one["uri"]);
        assert_eq!(post["value"]["reply"]["parent"]["uri"], parent["uri"]);
        assert_eq!(post["value"]["reply"]["parent"]["cid"], parent["cid"]);
    }
    assert_eq!(delivered.remote_id, one["uri"].as_str().unwrap());
    delivered
}

async fn session_goes_on(world: &World, account: &Account) {
    // By this computer's clock the access token has ended, so it is renewed before the call.
    world.desk.clock.pass(Duration::from_hours(3));
    let known = world
        .connector
        .identify(account, world.desk.ctx())
        .await
        .unwrap();
    assert_eq!(known.handle, account.handle);
    // A server without an app view has no numbers.
    let nothing = Delivered {
        remote_id: format!(
            "at://{}/app.bsky.feed.post/3jzfcijpj2z2a",
            account.remote_id
        ),
        url: None,
        remote: Value::Null,
    };
    assert_eq!(
        world
            .connector
            .metrics(account, &nothing, world.desk.ctx())
            .await,
        Ok(None)
    );
}

async fn deleted_with_all_parts(world: &World, account: &Account, thread: &Delivered) {
    for _ in 0..2 {
        world
            .connector
            .delete(account, thread, world.desk.ctx())
            .await
            .unwrap();
        assert_eq!(world.pds.posts(&account.remote_id).await.unwrap().len(), 2);
    }
}

async fn found_by_handle_alone(world: &World, bob: &PdsAccount) {
    let account = world
        .sign_in(bob, form(&bob.handle, &bob.app_password, ""))
        .await;
    assert_eq!(account.server, world.pds.origin);
    world
        .connector
        .sign_out(&account, world.desk.ctx())
        .await
        .unwrap();
}

async fn signed_out_by_revoking(world: &World, ana: &PdsAccount, account: &Account) {
    let signed = world
        .connector
        .sign_in(ACCOUNT, "", world.wrong_form(ana), world.desk.ctx())
        .await;
    let refused = signed.unwrap_err();
    assert_eq!(refused.category, Category::AuthError);
    assert!(!format!("{refused:?}").contains("zzzz"), "{refused:?}");

    let name = serde_json::json!({ "name": ana.app_password_name });
    world
        .pds
        .call(
            "com.atproto.server.revokeAppPassword",
            Some(&ana.token),
            &name,
        )
        .await
        .unwrap();
    world.desk.clock.pass(Duration::from_hours(3));
    let mut job = world.job(account, vec![text("Too late")]);
    match world.desk.attempt(&world.connector, &mut job).await {
        Outcome::NotSent(refusal) => {
            assert_eq!(
                (refusal.category, refusal.retry),
                (Category::AuthError, Retry::Never)
            );
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_rate_limit_names_its_end() {
    let world = World::start(&[("PDS_RATE_LIMITS_ENABLED", "true")]).await;
    let ana = world.pds.account("ana").await.unwrap();
    #[expect(
        clippy::disallowed_methods,
        reason = "the server in its own process has the real clock"
    )]
    world.desk.clock.set(Timestamp::from_millis(
        jiff::Timestamp::now().as_millisecond(),
    ));
    for _ in 0..40 {
        let signed = world
            .connector
            .sign_in(ACCOUNT, "", world.wrong_form(&ana), world.desk.ctx())
            .await;
        let refused = signed.unwrap_err();
        if refused.category == Category::RateLimited {
            let now = model::Clock::now(&world.desk.clock);
            let Retry::At(at) = refused.retry else {
                panic!("{refused:?}")
            };
            assert!(
                at > now && at <= now.plus(Duration::from_mins(6)),
                "{at:?} after {now:?}"
            );
            return;
        }
    }
    panic!("the server never limited the rate");
}
