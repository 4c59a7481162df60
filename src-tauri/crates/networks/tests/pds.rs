//! The connector against the reference server of the AT Protocol, in a process of its own.
//!
//! Needs the packages in `tests/pds`, which `cargo xtask test` installs.

use std::time::Duration;

use async_trait::async_trait;
use model::account::{Account, AccountHealth};
use model::failure::{Category, Retry};
use model::{AccountId, MediaId, TargetId, Timestamp, WorkspaceId};
use networks::bluesky::{Bluesky, Config};
use networks::connector::{
    Confirmation, Connector, Ctx, Delivered, Job, JobMedia, JobSegment, MediaFacts, Outcome,
    SignInFields, StepLog, StepLost, StepRecord,
};
use networks::http::{HttpConfig, ProxyChoice, Reach};
use networks::vault::Secret;
use networks::vault::memory::MemoryVault;
use serde_json::Value;
use testkit::fakes::{Seeded, StillClock, picture};
use testkit::pds::{Pds, PdsAccount};
use uuid::Uuid;

/// A Thursday in May 2026, 07:05 UTC.
const DUE: Timestamp = Timestamp::from_millis(1_778_742_300_000);

struct World {
    pds: Pds,
    connector: Bluesky,
    clock: StillClock,
    entropy: Seeded,
    vault: MemoryVault,
    scratch: tempfile::TempDir,
}

#[derive(Default)]
struct Steps(Vec<StepRecord>);

#[async_trait]
impl StepLog for Steps {
    async fn finished(&mut self, key: &str, value: Value) -> Result<(), StepLost> {
        self.0.push(StepRecord {
            key: key.to_owned(),
            value,
        });
        Ok(())
    }

    async fn about_to_show(&mut self, _key: &str) -> Result<(), StepLost> {
        Ok(())
    }
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
            clock: StillClock::at(DUE),
            entropy: Seeded::new(1),
            vault: MemoryVault::new(),
            scratch: tempfile::tempdir().unwrap(),
        }
    }

    fn ctx(&self) -> Ctx<'_> {
        Ctx {
            clock: &self.clock,
            entropy: &self.entropy,
            vault: &self.vault,
        }
    }

    fn form(&self, person: &PdsAccount, server: &str) -> SignInFields {
        let mut fields = SignInFields::default();
        fields
            .plain
            .insert("identifier".to_owned(), format!("@{}", person.handle));
        fields.plain.insert("server".to_owned(), server.to_owned());
        fields
            .secret
            .insert("password".to_owned(), Secret::new(&person.app_password));
        fields
    }

    async fn sign_in(&self, person: &PdsAccount, server: &str) -> Account {
        let id = AccountId(Uuid::from_u128(9));
        let signed = self
            .connector
            .sign_in(id, self.form(person, server), self.ctx())
            .await
            .unwrap();
        assert_eq!(
            (&signed.remote_id, &signed.handle),
            (&person.did, &person.handle)
        );
        Account {
            id,
            workspace_id: WorkspaceId(Uuid::from_u128(1)),
            network: "bluesky".to_owned(),
            remote_id: signed.remote_id,
            handle: signed.handle,
            display_name: signed.display_name,
            server: signed.server,
            settings: signed.settings,
            health: AccountHealth::Ok,
            paused: None,
            created_at: DUE,
        }
    }

    fn job(&self, account: &Account, segments: Vec<JobSegment>, previous: Option<&Value>) -> Job {
        let mut job = Job {
            target_id: TargetId(Uuid::from_u128(3)),
            account: account.clone(),
            title: String::new(),
            labels: vec![],
            segments,
            options: serde_json::Map::from_iter([("langs".to_owned(), "en, pt-BR".into())]),
            due_at: DUE,
            due_wall: "2026-05-14T09:05:00+02:00[Europe/Berlin]".to_owned(),
            handle: Value::Null,
            attempt: 1,
            first_sent_try_at: None,
            done: vec![],
        };
        job.handle = self.connector.freeze(&job, previous, self.ctx());
        job
    }

    fn picture(&self, n: u8, width: u32, height: u32) -> JobMedia {
        let path = picture(
            self.scratch.path(),
            &format!("{n}.png"),
            width,
            height,
            [n, 120, 40],
        );
        let id: MediaId = format!("{n:064x}").parse().unwrap();
        let facts = MediaFacts {
            id,
            mime: "image/png".to_owned(),
            bytes: std::fs::metadata(&path).unwrap().len(),
            width: Some(width),
            height: Some(height),
            missing: false,
        };
        JobMedia {
            facts,
            path,
            alt: format!("Picture {n}"),
        }
    }

    async fn publish(&self, job: &Job) -> Delivered {
        match self
            .connector
            .publish(job, &mut Steps::default(), self.ctx())
            .await
        {
            Outcome::Sent(delivered) => delivered,
            other => panic!("{other:?}"),
        }
    }
}

fn text(text: &str) -> JobSegment {
    JobSegment {
        text: text.to_owned(),
        media: vec![],
    }
}

#[tokio::test]
async fn posts_go_to_the_reference_server_once() {
    let world = World::start(&[]).await;
    let ana = world.pds.account("ana").await.unwrap();
    let bob = world.pds.account("bob").await.unwrap();
    let account = world.sign_in(&ana, &world.pds.origin).await;

    let handle = text_with_facets(&world, &account, &bob).await;
    let handle = pictures(&world, &account, &handle).await;
    let thread = thread(&world, &account, &handle).await;
    session_goes_on(&world, &account).await;
    deleted_with_all_parts(&world, &account, &thread).await;
    found_by_handle_alone(&world, &bob).await;
    signed_out_by_revoking(&world, &ana, &account).await;
}

async fn text_with_facets(world: &World, account: &Account, bo: &PdsAccount) -> Value {
    let words = "Grüße 🎉 @bob.test and @nobody.test: https://example.org/ä, #München";
    let job = world.job(account, vec![text(words)], None);
    assert_eq!(
        world.connector.confirm(&job, world.ctx()).await,
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
        world.connector.confirm(&job, world.ctx()).await,
        Confirmation::Found(delivered)
    );
    assert_eq!(world.pds.posts(&account.remote_id).await.unwrap(), posts);
    job.handle
}

async fn pictures(world: &World, account: &Account, previous: &Value) -> Value {
    let mut segment = text("Four pictures");
    segment.media = vec![
        world.picture(1, 60, 40),
        world.picture(2, 3_000, 1_500),
        world.picture(3, 10, 10),
        world.picture(4, 20, 30),
    ];
    let job = world.job(account, vec![segment], Some(previous));
    world.publish(&job).await;
    let posts = world.pds.posts(&account.remote_id).await.unwrap();
    let images = posts[1]["value"]["embed"]["images"].as_array().unwrap();
    assert_eq!(images.len(), 4);
    assert_eq!(images[0]["alt"], "Picture 1");
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
    job.handle
}

async fn thread(world: &World, account: &Account, previous: &Value) -> Delivered {
    let parts = vec![text("One"), text("Two"), text("Three")];
    let job = world.job(account, parts, Some(previous));
    let delivered = world.publish(&job).await;
    let posts = world.pds.posts(&account.remote_id).await.unwrap();
    assert_eq!(posts.len(), 5);
    // Keys grow, so that the newest posts come last.
    let [one, two, three] = [&posts[2], &posts[3], &posts[4]];
    assert_eq!(one["value"]["text"], "One");
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
    world.clock.pass(Duration::from_hours(3));
    let known = world
        .connector
        .identify(account, world.ctx())
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
            .metrics(account, &nothing, world.ctx())
            .await,
        Ok(None)
    );
}

async fn deleted_with_all_parts(world: &World, account: &Account, thread: &Delivered) {
    for _ in 0..2 {
        world
            .connector
            .delete(account, thread, world.ctx())
            .await
            .unwrap();
        assert_eq!(world.pds.posts(&account.remote_id).await.unwrap().len(), 2);
    }
}

async fn found_by_handle_alone(world: &World, bo: &PdsAccount) {
    let account = world.sign_in(bo, "").await;
    assert_eq!(account.server, world.pds.origin);
    world
        .connector
        .sign_out(&account, world.ctx())
        .await
        .unwrap();
}

async fn signed_out_by_revoking(world: &World, ana: &PdsAccount, account: &Account) {
    let mut wrong = world.form(ana, &world.pds.origin);
    wrong
        .secret
        .insert("password".to_owned(), Secret::new("zzzz-zzzz-zzzz-zzzz"));
    let refused = world
        .connector
        .sign_in(account.id, wrong, world.ctx())
        .await
        .unwrap_err();
    assert_eq!(refused.category, Category::AuthError);
    assert!(!format!("{refused:?}").contains("zzzz"), "{refused:?}");

    let account = world.sign_in(ana, &world.pds.origin).await;
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
    world.clock.pass(Duration::from_hours(3));
    let job = world.job(&account, vec![text("Too late")], None);
    match world
        .connector
        .publish(&job, &mut Steps::default(), world.ctx())
        .await
    {
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
    // The real clock of the server decides; the test's own stands at the server's day.
    #[expect(
        clippy::disallowed_methods,
        reason = "the server in the other process has the real clock"
    )]
    world.clock.set(Timestamp::from_millis(
        jiff::Timestamp::now().as_millisecond(),
    ));
    let id = AccountId(Uuid::from_u128(9));
    for _ in 0..40 {
        let mut form = world.form(&ana, &world.pds.origin);
        form.secret
            .insert("password".to_owned(), Secret::new("zzzz-zzzz-zzzz-zzzz"));
        let refused = world
            .connector
            .sign_in(id, form, world.ctx())
            .await
            .unwrap_err();
        if refused.category == Category::RateLimited {
            let now = model::Clock::now(&world.clock);
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
