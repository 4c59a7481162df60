//! LinkedIn over its sandbox: the suite as a person and as a page, signing in, and what is its own.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use model::account::Account;
use model::content::{MediaUse, Segment};
use model::failure::{Category, Retry};
use model::post::TargetDraft;
use networks::connector::{
    Begun, CheckInput, Confirmation, Connector, Delivered, Job, JobSegment, Outcome, Refusal,
    SignInFields, SignedIn,
};
use networks::linkedin::{KEY, LinkedIn};
use networks::oauth;
use networks::registry::Addresses;
use networks::vault::Secret;
use serde_json::{Map, Value, json};
use testkit::conformance::{self, Bench, LinkedInBench, http};
use testkit::desk::{ACCOUNT, Desk, text};
use testkit::sandbox::linkedin::{
    CLIENT, PAGE_SCOPES, PAGES_CLIENT, PERSON, PROFILE_SCOPES, REDIRECTS, SECRET, Sandbox,
};
use testkit::sandbox::{Canned, Fault, pages};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_conforms() {
    let report = conformance::run(|| async {
        let bench: Box<dyn Bench> = Box::new(LinkedInBench::profile().await);
        bench
    })
    .await;
    println!("{report}");
    assert!(report.holds(), "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_conforms() {
    let report = conformance::run(|| async {
        let bench: Box<dyn Bench> = Box::new(LinkedInBench::page().await);
        bench
    })
    .await;
    println!("{report}");
    assert!(report.holds(), "{report}");
}

struct World {
    bench: LinkedInBench,
    desk: Desk,
    account: Account,
}

impl World {
    async fn profile() -> Self {
        Self::of(LinkedInBench::profile().await).await
    }

    async fn page() -> Self {
        Self::of(LinkedInBench::page().await).await
    }

    async fn of(bench: LinkedInBench) -> Self {
        let desk = Desk::new();
        let account = desk
            .sign_in(bench.connector(), bench.sign_in())
            .await
            .unwrap();
        Self {
            bench,
            desk,
            account,
        }
    }

    fn sandbox(&self) -> &Sandbox {
        &self.bench.sandbox
    }

    fn job(&self, segment: JobSegment) -> Job {
        self.desk
            .job(self.bench.connector(), &self.account, vec![segment])
    }

    async fn attempt(&self, job: &mut Job) -> Outcome {
        self.desk.attempt(self.bench.connector(), job).await
    }

    /// Publishes with options and returns what was asked for.
    async fn posted(&self, segment: JobSegment, options: &[(&str, Value)]) -> Value {
        let mut job = self.job(segment);
        let options = options.iter().map(|(k, v)| ((*k).to_owned(), v.clone()));
        job.options.extend(options);
        sent(self.attempt(&mut job).await);
        self.sandbox().posts().pop().unwrap()
    }
}

fn not_sent(outcome: Outcome) -> Refusal {
    match outcome {
        Outcome::NotSent(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

fn sent(outcome: Outcome) -> Delivered {
    match outcome {
        Outcome::Sent(delivered) => delivered,
        other => panic!("{other:?}"),
    }
}

fn app(id: &str, secret: &str) -> SignInFields {
    let mut fields = SignInFields::default();
    fields.plain.insert("clientId".to_owned(), id.to_owned());
    fields
        .secret
        .insert("clientSecret".to_owned(), Secret::new(secret));
    fields
}

/// Where the network sends the browser.
async fn browse(address: &str) -> Option<String> {
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let response = client.get(address).send().await.unwrap();
    let to = response.headers().get("location")?;
    Some(to.to_str().unwrap().to_owned())
}

async fn begin(
    bench: &LinkedInBench,
    desk: &Desk,
    method: &str,
    fields: &SignInFields,
) -> Result<Begun, Refusal> {
    bench
        .connector()
        .begin(method, fields, REDIRECTS[0], desk.ctx())
        .await
}

async fn through_the_browser(
    bench: &LinkedInBench,
    desk: &Desk,
    method: &str,
    fields: &SignInFields,
) -> Result<Vec<SignedIn>, Refusal> {
    let begun = begin(bench, desk, method, fields).await?;
    let back = browse(&begun.address).await.unwrap();
    let answer = oauth::pasted(&back, &begun.state, "LinkedIn")?;
    bench
        .connector()
        .finish(ACCOUNT, &begun, &answer, desk.ctx())
        .await
}

#[tokio::test]
async fn the_browser_signs_in_a_profile_or_the_pages_one_may_post_for() {
    let (bench, desk) = (LinkedInBench::profile().await, Desk::new());
    let signed = through_the_browser(&bench, &desk, "oauth", &app(CLIENT, SECRET))
        .await
        .unwrap();
    assert_eq!(signed.len(), 1);
    assert_eq!(signed[0].remote_id, PERSON);
    assert_eq!(signed[0].display_name, "Ana Example");
    let signed = through_the_browser(&bench, &desk, "oauth_pages", &app(PAGES_CLIENT, SECRET))
        .await
        .unwrap();
    let pages: Vec<&str> = signed.iter().map(|s| s.display_name.as_str()).collect();
    assert_eq!(
        pages,
        ["Page 501", "Page 502"],
        "not the one that is only read"
    );
    assert_eq!(signed[0].handle, "page-501");
    // It lasts 60 days.
    let account = desk
        .sign_in(
            bench.connector(),
            LinkedInBench::form(&bench.sandbox.token(&PAGE_SCOPES)),
        )
        .await
        .unwrap();
    let ends = bench.connector().sign_in_ends(&account, desk.ctx()).await;
    let days = ends
        .unwrap()
        .unwrap()
        .since(model::Clock::now(&desk.clock))
        .as_secs()
        / 86_400;
    assert_eq!(days, 60);
}

#[tokio::test]
async fn a_token_that_is_good_for_both_offers_both() {
    let (bench, desk) = (LinkedInBench::profile().await, Desk::new());
    let scopes = [PROFILE_SCOPES, PAGE_SCOPES].concat();
    let form = LinkedInBench::form(&bench.sandbox.token(&scopes));
    let signed = bench
        .connector()
        .sign_in(ACCOUNT, "token", form, desk.ctx())
        .await
        .unwrap();
    assert_eq!(signed.len(), 3);
    assert_eq!(signed[0].settings["kind"], "person");
    assert_eq!(signed[2].settings["kind"], "page");
}

#[tokio::test]
async fn what_goes_wrong_in_the_browser_is_told() {
    let (bench, desk) = (LinkedInBench::profile().await, Desk::new());
    let told = |refused: Result<Vec<SignedIn>, Refusal>| {
        let refusal = refused.unwrap_err();
        assert!(refusal.message.ends_with('.'), "{}", refusal.message);
        assert!(!format!("{refusal:?}").contains(SECRET));
        refusal.message
    };
    assert!(
        begin(&bench, &desk, "oauth", &app(CLIENT, ""))
            .await
            .is_err()
    );
    let begun = begin(&bench, &desk, "oauth", &app("nobody", SECRET))
        .await
        .unwrap();
    assert_eq!(browse(&begun.address).await, None);
    // The app lacks the product.
    let words = told(through_the_browser(&bench, &desk, "oauth_pages", &app(CLIENT, SECRET)).await);
    assert!(words.contains("permissions"), "{words}");
    let words = told(through_the_browser(&bench, &desk, "oauth", &app(CLIENT, "wrong")).await);
    assert!(words.contains("client secret"), "{words}");
    // A scope was left out.
    bench.sandbox.grant_only(&["openid", "profile"]);
    let words = told(through_the_browser(&bench, &desk, "oauth", &app(CLIENT, SECRET)).await);
    assert!(words.contains("products"), "{words}");
    // No page to post for.
    let bench = LinkedInBench::profile().await;
    bench.sandbox.take_roles();
    let words =
        told(through_the_browser(&bench, &desk, "oauth_pages", &app(PAGES_CLIENT, SECRET)).await);
    assert!(words.contains("Content admin"), "{words}");
    // The code ran out.
    let begun = begin(&bench, &desk, "oauth", &app(CLIENT, SECRET))
        .await
        .unwrap();
    let back = browse(&begun.address).await.unwrap();
    let answer = oauth::pasted(&back, &begun.state, "LinkedIn").unwrap();
    bench.sandbox.expire_codes();
    let finished = bench
        .connector()
        .finish(ACCOUNT, &begun, &answer, desk.ctx())
        .await;
    let words = told(finished);
    assert!(words.contains("too long"), "{words}");
    // Denied.
    bench.sandbox.deny();
    let words = told(through_the_browser(&bench, &desk, "oauth", &app(CLIENT, SECRET)).await);
    assert!(words.contains("not allowed"), "{words}");
}

#[tokio::test]
async fn a_server_that_is_not_linkedin_is_found_out() {
    let site = pages::start().await.unwrap();
    let addresses = Addresses::one(KEY, &site.origin());
    let connector = LinkedIn::new(&http(), &addresses).unwrap();
    let desk = Desk::new();
    let form = LinkedInBench::form("a-token-of-somebody-at-linkedin");
    let refusal = connector
        .sign_in(ACCOUNT, "token", form, desk.ctx())
        .await
        .unwrap_err();
    assert_ne!(refusal.category, Category::AuthError);
    assert!(!format!("{refusal:?}").contains("a-token-of-somebody"));
}

#[tokio::test]
async fn each_option_arrives() {
    let world = World::profile().await;
    let post = world
        .posted(
            text("Read (this) #now"),
            &[
                ("visibility", json!("CONNECTIONS")),
                ("disableReshare", json!(true)),
                ("link", json!("https://example.org/a")),
                ("linkTitle", json!("A title")),
                ("linkDescription", json!("About it")),
            ],
        )
        .await;
    assert_eq!(post["commentary"], "Read \\(this\\) #now");
    assert_eq!(post["visibility"], "CONNECTIONS");
    assert_eq!(post["isReshareDisabledByAuthor"], true);
    assert_eq!(
        post["content"]["article"],
        json!({ "source": "https://example.org/a", "title": "A title", "description": "About it" })
    );
    let plain = world.posted(text("Plain"), &[]).await;
    assert_eq!(plain.get("content"), None);
    assert_eq!(plain["visibility"], "PUBLIC");
}

#[tokio::test]
async fn files_arrive_whole_each_in_its_shape() {
    for world in [World::profile().await, World::page().await] {
        let mut one = text("One");
        one.media = vec![world.desk.picture("a.jpg", 40, 30)];
        let post = world.posted(one, &[]).await;
        assert_eq!(post["content"]["media"]["altText"], "Description of a.jpg");
        let mut two = text("Two");
        two.media = vec![
            world.desk.picture("b.jpg", 40, 30),
            world.desk.picture("c.png", 30, 40),
        ];
        let post = world.posted(two, &[]).await;
        assert_eq!(
            post["content"]["multiImage"]["images"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
        let mut video = text("A video");
        video.media = vec![world.desk.video("a.mp4", 9 << 20)];
        let path = video.media[0].path.clone();
        let post = world.posted(video, &[]).await;
        let urn = post["content"]["media"]["id"].as_str().unwrap().to_owned();
        assert!(world.sandbox().file(&urn).unwrap() == std::fs::read(path).unwrap());
        let mut document = text("A document");
        document.media = vec![world.desk.picture("a.png", 4, 4)];
        std::fs::write(&document.media[0].path, b"%PDF-1.7 pages").unwrap();
        document.media[0].facts.mime = "application/pdf".to_owned();
        document.media[0].facts.bytes = 14;
        let post = world
            .posted(document, &[("documentTitle", json!("The pages"))])
            .await;
        assert_eq!(post["content"]["media"]["title"], "The pages");
    }
}

#[tokio::test]
async fn a_publish_makes_as_few_calls_as_the_network_allows() {
    let world = World::profile().await;
    let before = world.sandbox().calls();
    world.posted(text("Words"), &[]).await;
    assert_eq!(world.sandbox().calls() - before, 1);
    let mut one = text("One");
    one.media = vec![world.desk.picture("a.jpg", 40, 30)];
    let before = world.sandbox().calls();
    world.posted(one, &[]).await;
    assert_eq!(world.sandbox().calls() - before, 3, "begin, bytes, post");
}

#[tokio::test]
async fn a_file_that_is_worked_on_is_waited_for_and_taken_up_again() {
    let world = World::page().await;
    let mut segment = text("A video");
    segment.media = vec![world.desk.video("a.mp4", 100_000)];
    world.sandbox().work_on_files(12);
    let mut job = world.job(segment.clone());
    let refusal = not_sent(world.attempt(&mut job).await);
    assert_eq!(
        (refusal.category, refusal.retry),
        (Category::MediaProcessing, Retry::Backoff)
    );
    let before = world.sandbox().calls();
    sent(world.attempt(&mut job).await);
    assert!(
        world.sandbox().calls() - before <= 4,
        "nothing is uploaded again"
    );
    world.sandbox().delete_posts();
    world.sandbox().refuse_files();
    let refusal = not_sent(world.attempt(&mut world.job(segment)).await);
    assert_eq!(
        (refusal.category, refusal.retry),
        (Category::MediaError, Retry::Never)
    );
}

#[tokio::test]
async fn an_upload_goes_nowhere_but_to_linkedin() {
    let world = World::profile().await;
    let elsewhere = json!({ "value": {
        "image": "urn:li:image:C1", "uploadUrl": "https://linkedin.com.example.org/dms",
    }});
    world
        .sandbox()
        .faults()
        .order("POST images", Fault::Answer(Canned::json(200, &elsewhere)));
    let mut one = text("One");
    one.media = vec![world.desk.picture("a.jpg", 40, 30)];
    let refusal = not_sent(world.attempt(&mut world.job(one)).await);
    assert_eq!(refusal.category, Category::NetworkError);
    assert_eq!(world.sandbox().made(), 0);
}

#[tokio::test]
async fn a_person_is_asked_and_a_repetition_finds_the_first_post() {
    let world = World::profile().await;
    world
        .sandbox()
        .faults()
        .order("POST posts", Fault::CutAfter);
    let mut job = world.job(text("Once"));
    assert!(matches!(
        world.attempt(&mut job).await,
        Outcome::Uncertain(_)
    ));
    let asked = world
        .bench
        .connector()
        .confirm(&job, world.desk.ctx())
        .await;
    assert!(
        matches!(&asked, Confirmation::CannotTell(why) if why.contains("profile")),
        "{asked:?}"
    );
    // The person says "send again": LinkedIn refuses and names the first one.
    let delivered = sent(world.attempt(&mut job).await);
    assert_eq!(world.sandbox().made(), 1);
    assert!(delivered.url.unwrap().contains("urn:li:share:"));
}

#[tokio::test]
async fn a_page_finds_its_post_with_hashtags_and_signs() {
    let world = World::page().await;
    world
        .sandbox()
        .faults()
        .order("POST posts", Fault::CutAfter);
    let mut job = world.job(text(
        "#one (two) @[Page 501](urn:li:organization:501) a_b #größe",
    ));
    assert!(matches!(
        world.attempt(&mut job).await,
        Outcome::Uncertain(_)
    ));
    let found = world
        .bench
        .connector()
        .confirm(&job, world.desk.ctx())
        .await;
    assert!(matches!(found, Confirmation::Found(_)), "{found:?}");
}

#[tokio::test]
async fn a_version_that_is_gone_and_a_day_that_is_full_are_told() {
    let world = World::profile().await;
    let gone = json!({ "status": 426, "code": "NONEXISTENT_VERSION", "message": "not active" });
    world
        .sandbox()
        .faults()
        .order("POST posts", Fault::Answer(Canned::json(426, &gone)));
    let refusal = not_sent(world.attempt(&mut world.job(text("One"))).await);
    assert!(refusal.message.contains("Update"), "{}", refusal.message);
    world.sandbox().limit_calls(0);
    let refusal = not_sent(world.attempt(&mut world.job(text("Two"))).await);
    assert_eq!(refusal.category, Category::RateLimited);
}

#[tokio::test]
async fn what_does_not_fit_is_told_beforehand() {
    let world = World::page().await;
    let file = world.desk.picture("a.jpg", 40, 30).facts;
    let problems = |options: &[(&str, &str)], media: bool| {
        let segment = Segment {
            text: "Words".to_owned(),
            media: if media {
                vec![MediaUse {
                    media_id: file.id.clone(),
                    alt: "x".to_owned(),
                }]
            } else {
                vec![]
            },
        };
        let options = options.iter().map(|(k, v)| ((*k).to_owned(), json!(v)));
        let draft = TargetDraft {
            account_id: ACCOUNT,
            override_segments: None,
            options: options.collect::<Map<String, Value>>(),
        };
        let found = world.bench.connector().check(CheckInput {
            account: &world.account,
            segments: &[segment],
            draft: &draft,
            media: std::slice::from_ref(&file),
        });
        found.into_iter().map(|p| p.rule).collect::<Vec<_>>()
    };
    let link = ("link", "https://example.org");
    assert_eq!(
        problems(&[("visibility", "CONNECTIONS")], false),
        ["visibility"]
    );
    assert_eq!(problems(&[("link", "example")], false), ["link_odd"]);
    assert_eq!(problems(&[link], false), ["link_title"]);
    assert_eq!(
        problems(&[link, ("linkTitle", "T")], true),
        ["link_and_media"]
    );
    assert_eq!(problems(&[link, ("linkTitle", "T")], false), [""; 0]);
}

#[tokio::test]
async fn numbers_come_for_pages_only() {
    for (world, likes) in [
        (World::page().await, Some(3)),
        (World::profile().await, None),
    ] {
        let delivered = sent(world.attempt(&mut world.job(text("Count me"))).await);
        let metrics = world
            .bench
            .connector()
            .metrics(&world.account, &delivered, world.desk.ctx())
            .await;
        assert_eq!(metrics.unwrap().and_then(|m| m.likes), likes);
    }
}
