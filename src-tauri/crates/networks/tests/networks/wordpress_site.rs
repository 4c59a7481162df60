//! The connector against a real WordPress, in processes of its own.
//!
//! Needs PHP, a database and the files of WordPress, which `cargo xtask test` fetches from Debian's packages.
//! `ALMANAC_WORDPRESS` names another site with the environment type `local` (which lets application
//! passwords through over plain http) and the categories *News* and *Q&A*: its address, an author and their
//! application password, with bars between: `http://127.0.0.1:8080|ana|abcd EFGH 1jkl MNOP qrst UVWX`.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::time::Duration;

use model::Timestamp;
use model::account::Account;
use networks::connector::{Confirmation, Connector, Delivered, Job, JobSegment, Outcome};
use networks::http::{HttpConfig, ProxyChoice};
use networks::registry::Addresses;
use networks::wordpress::WordPress;
use serde_json::{Value, json};
use testkit::conformance::WordPressBench;
use testkit::desk::{Desk, text};
use testkit::wordpress::Site;

struct World {
    _own: Option<Site>,
    connector: WordPress,
    desk: Desk,
    account: Account,
    reader: reqwest::Client,
    sign_in: (String, String),
}

impl World {
    async fn start() -> Self {
        let (own, named) = if let Ok(named) = std::env::var("ALMANAC_WORDPRESS") {
            (None, named)
        } else {
            let own = Site::start().await;
            let own = own.unwrap_or_else(|sentence| panic!("{sentence}"));
            let named = format!("{}|{}|{}", own.address, own.user, own.password);
            (Some(own), named)
        };
        let parts: Vec<&str> = named.split('|').collect();
        let [site, user, password] = parts.as_slice() else {
            panic!("three parts are needed")
        };
        let http = HttpConfig {
            proxy: ProxyChoice::Direct,
            ..HttpConfig::new("0.0.0-test")
        };
        let connector = WordPress::new(&http, &Addresses::default()).unwrap();
        let desk = Desk::new();
        #[expect(clippy::disallowed_methods, reason = "the site lives in the present")]
        let now = jiff::Timestamp::now().as_millisecond();
        desk.clock.set(Timestamp::from_millis(now));
        let fields = WordPressBench::form(site, user, password);
        let account = desk.sign_in(&connector, fields).await.unwrap();
        Self {
            _own: own,
            connector,
            desk,
            account,
            reader: reqwest::Client::builder().no_proxy().build().unwrap(),
            sign_in: ((*user).to_owned(), (*password).to_owned()),
        }
    }

    fn job(&self, segment: JobSegment, options: &[(&str, Value)]) -> Job {
        let mut job = self.desk.job(&self.connector, &self.account, vec![segment]);
        job.due_at = model::Clock::now(&self.desk.clock);
        for (name, value) in options {
            job.options.insert((*name).to_owned(), value.clone());
        }
        job.handle = self.connector.freeze(&job, self.desk.ctx());
        job
    }

    async fn sent(&self, job: &mut Job) -> Delivered {
        match self.desk.attempt(&self.connector, job).await {
            Outcome::Sent(delivered) => delivered,
            other => panic!("{other:?}"),
        }
    }

    /// An article as the site tells its author.
    async fn article(&self, id: &str) -> Value {
        let address = format!("{}/wp/v2/posts/{id}?context=edit", self.account.server);
        let request = self.reader.get(address);
        let request = request.basic_auth(&self.sign_in.0, Some(&self.sign_in.1));
        request.send().await.unwrap().json().await.unwrap()
    }
}

#[tokio::test]
async fn a_real_site_takes_finds_keeps_and_deletes_articles() {
    // It takes seconds to start, so that one site serves all.
    let mut world = World::start().await;
    takes_finds_and_deletes_an_article(&world).await;
    keeps_an_article_until_its_minute(&world).await;
    gives_a_lost_upload_back_and_works_with_plain_links(&mut world).await;
}

async fn takes_finds_and_deletes_an_article(world: &World) {
    let mut segment = text("# Hello\n\nAll *week* <script>x</script>");
    segment.media = vec![
        world.desk.picture("front.jpg", 400, 300),
        world.desk.picture("more.png", 300, 200),
    ];
    let options = [
        ("title", json!("Größe & more")),
        ("excerpt", json!("In short")),
        ("categories", json!(["news", "Q&A"])),
        ("tags", json!(["Spring", "R&D"])),
        ("comments", json!("closed")),
    ];
    let mut job = world.job(segment, &options);
    let before = world.connector.confirm(&job, world.desk.ctx()).await;
    assert_eq!(before, Confirmation::Absent);
    let delivered = world.sent(&mut job).await;
    let article = world.article(&delivered.remote_id).await;
    assert_eq!(article["status"], "publish");
    // Of authors, WordPress keeps the signs of HTML escaped.
    let title = article["title"]["raw"].as_str().unwrap();
    assert_eq!(title.replace("&amp;", "&"), "Größe & more");
    assert_eq!(article["excerpt"]["raw"], "In short");
    assert_eq!(article["comment_status"], "closed");
    assert_eq!(article["categories"].as_array().unwrap().len(), 2);
    assert_eq!(article["tags"].as_array().unwrap().len(), 2);
    assert!(article["featured_media"].as_u64().unwrap() > 0);
    assert!(
        article["slug"]
            .as_str()
            .unwrap()
            .starts_with("grosse-more-")
    );
    let content = article["content"]["raw"].as_str().unwrap();
    assert!(
        content.contains("&lt;script&gt;") && content.contains("wp-image-"),
        "{content}"
    );
    // As after a lost database: found by the name alone, and not written a second time.
    job.done.clear();
    let found = world.connector.confirm(&job, world.desk.ctx()).await;
    let Confirmation::Found(again) = found else {
        panic!("{found:?}")
    };
    assert_eq!(again, delivered);
    assert_eq!(world.sent(&mut job).await, delivered);
    // The same tags once more: they are there, and their numbers are told.
    let mut other = world.job(text("Second"), &[("tags", json!(["spring", "R&D"]))]);
    let second = world.sent(&mut other).await;
    assert_eq!(
        world.article(&second.remote_id).await["tags"],
        article["tags"]
    );
    for _ in 0..2 {
        let deleted = world
            .connector
            .delete(&world.account, &delivered, world.desk.ctx());
        deleted.await.unwrap();
    }
    job.done.clear();
    let found = world.connector.confirm(&job, world.desk.ctx()).await;
    assert_eq!(found, Confirmation::Absent);
}

async fn keeps_an_article_until_its_minute(world: &World) {
    let mut job = world.job(text("Later"), &[]);
    job.due_at = job.due_at.plus(Duration::from_hours(5));
    job.place_at = Some(job.due_at);
    let delivered = match world.desk.attempt(&world.connector, &mut job).await {
        Outcome::Placed(delivered) => delivered,
        other => panic!("not kept: {other:?}"),
    };
    let article = world.article(&delivered.remote_id).await;
    assert_eq!(article["status"], "future");
    let due = job.due_at.rfc3339();
    assert_eq!(article["date_gmt"], due.split('.').next().unwrap());
    for status in ["private", "pending", "draft"] {
        let mut job = world.job(text("Kept back"), &[("status", json!(status))]);
        let delivered = world.sent(&mut job).await;
        assert_eq!(world.article(&delivered.remote_id).await["status"], status);
        job.done.clear();
        let found = world.connector.confirm(&job, world.desk.ctx()).await;
        assert!(
            matches!(found, Confirmation::Found(_)),
            "{status}: {found:?}"
        );
    }
}

async fn gives_a_lost_upload_back_and_works_with_plain_links(world: &mut World) {
    let mut segment = text("With a picture");
    segment.media = vec![world.desk.picture("a.jpg", 200, 100)];
    let mut job = world.job(segment, &[]);
    world.sent(&mut job).await;
    let first = job.step("media/0").cloned().unwrap();
    // The steps are lost and the article is gone; the file is still there.
    let delivered = world.sent(&mut job).await;
    let deleted = world
        .connector
        .delete(&world.account, &delivered, world.desk.ctx());
    deleted.await.unwrap();
    job.done.clear();
    let (site, _) = world.account.server.split_once("/wp-json").unwrap();
    world.account.server = format!("{site}/?rest_route=");
    job.account.server.clone_from(&world.account.server);
    world.sent(&mut job).await;
    assert_eq!(job.step("media/0").unwrap()["id"], first["id"]);
}
