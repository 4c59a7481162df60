//! WordPress: the suite, signing in, and what the suite cannot ask of every network.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::time::Duration;

use model::account::Account;
use model::content::Segment;
use model::failure::Category;
use model::post::TargetDraft;
use networks::connector::{CheckInput, Confirmation, Job, JobSegment, Outcome, Refusal};
use networks::vault::Vault;
use serde_json::{Value, json};
use testkit::conformance::{self, Bench, WordPressBench};
use testkit::desk::{ACCOUNT, DUE, Desk, text};
use testkit::sandbox::{Canned, Fault};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wordpress_conforms() {
    conformance::holds(WordPressBench::start).await;
}

struct World {
    bench: WordPressBench,
    desk: Desk,
    account: Account,
}

impl World {
    async fn start() -> Self {
        let bench = WordPressBench::start().await;
        let desk = Desk::new();
        let account = desk.sign_in(bench.connector(), bench.sign_in()).await;
        Self {
            account: account.unwrap(),
            bench,
            desk,
        }
    }

    fn job(&self, segment: JobSegment, options: &[(&str, Value)]) -> Job {
        let mut job = self
            .desk
            .job(self.bench.connector(), &self.account, vec![segment]);
        for (name, value) in options {
            job.options.insert((*name).to_owned(), value.clone());
        }
        // The address is chosen with the options in place.
        job.handle = self.bench.connector().freeze(&job, self.desk.ctx());
        job
    }

    async fn attempt(&self, job: &mut Job) -> Outcome {
        self.desk.attempt(self.bench.connector(), job).await
    }

    async fn refused(&self, job: &mut Job) -> Refusal {
        match self.attempt(job).await {
            Outcome::NotSent(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    }
}

async fn sign_in(
    bench: &WordPressBench,
    site: &str,
    user: &str,
    pass: &str,
) -> Result<Account, Refusal> {
    let fields = WordPressBench::form(site, user, pass);
    Desk::new().sign_in(bench.connector(), fields).await
}

#[tokio::test]
async fn every_option_arrives_in_the_article() {
    let world = World::start().await;
    let mut segment = text("# Hello\n\nAll *week* <script>x</script>");
    segment.media = vec![
        world.desk.picture("front.jpg", 40, 30),
        world.desk.picture("more.png", 30, 20),
        world.desk.video("clip.mp4", 200_000),
    ];
    let mut job = world.job(
        segment,
        &[
            ("title", json!("Spring sale")),
            ("excerpt", json!("In short")),
            ("categories", json!(["news", "Q&A"])),
            ("tags", json!(["spring", "Brand new"])),
            ("slug", json!("Größe zählt")),
            ("comments", json!("closed")),
            ("sticky", json!(true)),
        ],
    );
    let outcome = world.attempt(&mut job).await;
    let Outcome::Sent(delivered) = outcome else {
        panic!("{outcome:?}")
    };
    let post = world.bench.sandbox.posts().pop().unwrap();
    assert_eq!(post["title"], "Spring sale");
    assert_eq!(post["excerpt"], "In short");
    assert_eq!(post["categories"], json!([2, 5]));
    assert_eq!(world.bench.sandbox.tags(), ["Spring", "Brand new"]);
    assert_eq!(post["tags"], json!([11, 21]));
    assert_eq!(post["comment_status"], "closed");
    assert_eq!(post["sticky"], true);
    let slug = post["slug"].as_str().unwrap();
    assert!(slug.starts_with("grosse-zahlt-"), "{slug}");
    assert_eq!(delivered.url.as_deref(), post["link"].as_str());
    let files = world.bench.sandbox.files();
    assert_eq!(files.len(), 3);
    assert_eq!(files[0].alt, "Description of front.jpg");
    assert_eq!(files[2].size, 200_000);
    assert_eq!(post["featured_media"], files[0].id);
    let content = post["content"].as_str().unwrap();
    assert!(content.contains("<h1>Hello</h1>") && content.contains("&lt;script&gt;"));
    assert!(!content.contains(&files[0].name), "{content}");
    assert!(
        content.contains(&files[1].name) && content.contains("<video"),
        "{content}"
    );
}

#[tokio::test]
async fn a_text_costs_three_calls_and_each_file_one_more() {
    let world = World::start().await;
    let before = world.bench.sandbox.calls();
    let mut job = world.job(text("Short"), &[]);
    assert!(matches!(world.attempt(&mut job).await, Outcome::Sent(_)));
    // A look for an earlier one, the draft, its publication.
    assert_eq!(world.bench.sandbox.calls() - before, 3);
    let mut segment = text("With files");
    segment.media = vec![
        world.desk.picture("a.jpg", 20, 10),
        world.desk.picture("b.jpg", 10, 20),
    ];
    let mut job = world.job(segment, &[]);
    let before = world.bench.sandbox.calls();
    assert!(matches!(world.attempt(&mut job).await, Outcome::Sent(_)));
    assert_eq!(world.bench.sandbox.calls() - before, 5);
}

#[tokio::test]
async fn statuses_and_plain_text_and_pictures_below_arrive() {
    let world = World::start().await;
    for status in ["private", "pending", "draft"] {
        let mut job = world.job(
            text("*as typed*"),
            &[("status", json!(status)), ("format", json!("plain"))],
        );
        let outcome = world.attempt(&mut job).await;
        assert!(matches!(outcome, Outcome::Sent(_)), "{outcome:?}");
        let found = world
            .bench
            .connector()
            .confirm(&job, world.desk.ctx())
            .await;
        assert!(matches!(found, Confirmation::Found(_)), "{found:?}");
        let posts = world.bench.sandbox.all_posts(status);
        assert_eq!(posts[0]["content"], "<p>*as typed*</p>\n");
    }
    let mut segment = text("With a picture");
    segment.media = vec![world.desk.picture("a.jpg", 20, 10)];
    let mut job = world.job(segment, &[("featured", json!(false))]);
    assert!(matches!(world.attempt(&mut job).await, Outcome::Sent(_)));
    let post = &world.bench.sandbox.all_posts("publish")[0];
    assert_eq!(post.get("featured_media"), None);
    assert!(post["content"].as_str().unwrap().contains("wp-image-"));
}

#[tokio::test]
async fn an_article_handed_over_ahead_of_time_is_kept_by_the_site() {
    let world = World::start().await;
    let mut job = world.job(text("Later"), &[]);
    job.due_at = DUE.plus(Duration::from_hours(5));
    job.place_at = Some(job.due_at);
    assert!(matches!(world.attempt(&mut job).await, Outcome::Placed(_)));
    let posts = world.bench.sandbox.all_posts("future");
    assert_eq!(posts[0]["date_gmt"], "2026-05-14T12:05:00");
    let found = world
        .bench
        .connector()
        .confirm(&job, world.desk.ctx())
        .await;
    assert!(matches!(found, Confirmation::Placed(_)), "{found:?}");
}

#[tokio::test]
async fn a_file_whose_answer_was_lost_is_not_uploaded_again() {
    let world = World::start().await;
    world
        .bench
        .sandbox
        .faults()
        .order("POST media", Fault::CutAfter);
    let mut segment = text("One picture");
    segment.media = vec![world.desk.picture("a.jpg", 20, 10)];
    let mut job = world.job(segment, &[]);
    assert_eq!(
        world.refused(&mut job).await.category,
        Category::NetworkError
    );
    assert!(matches!(world.attempt(&mut job).await, Outcome::Sent(_)));
    assert_eq!(world.bench.sandbox.files().len(), 1);
}

#[tokio::test]
async fn a_draft_whose_answer_was_lost_is_taken_up_again() {
    let world = World::start().await;
    world
        .bench
        .sandbox
        .faults()
        .order("POST posts", Fault::CutAfter);
    let mut job = world.job(text("Once"), &[]);
    assert_eq!(
        world.refused(&mut job).await.category,
        Category::NetworkError
    );
    assert!(matches!(world.attempt(&mut job).await, Outcome::Sent(_)));
    assert_eq!(world.bench.sandbox.posts().len(), 1);
    assert!(world.bench.sandbox.all_posts("draft").is_empty());
}

#[tokio::test]
async fn a_draft_that_somebody_deleted_is_made_again() {
    let world = World::start().await;
    let method = format!("POST {}", world.bench.sandbox.next_post());
    world
        .bench
        .sandbox
        .faults()
        .order(&method, Fault::CutBefore);
    let mut job = world.job(text("Once"), &[]);
    assert!(matches!(
        world.attempt(&mut job).await,
        Outcome::Uncertain(_)
    ));
    world.bench.sandbox.delete_drafts();
    let found = world
        .bench
        .connector()
        .confirm(&job, world.desk.ctx())
        .await;
    assert_eq!(found, Confirmation::Absent);
    assert!(matches!(world.attempt(&mut job).await, Outcome::Sent(_)));
    assert_eq!(world.bench.sandbox.made(), 1);
}

#[tokio::test]
async fn an_article_is_found_although_its_title_and_so_its_address_changed() {
    let world = World::start().await;
    let mut job = world.job(text("Once"), &[("title", json!("Before"))]);
    assert!(matches!(world.attempt(&mut job).await, Outcome::Sent(_)));
    // A backup was put back, and the title edited.
    job.options.insert("title".to_owned(), json!("After"));
    job.handle = world.bench.connector().freeze(&job, world.desk.ctx());
    job.done.clear();
    let found = world
        .bench
        .connector()
        .confirm(&job, world.desk.ctx())
        .await;
    assert!(matches!(found, Confirmation::Found(_)), "{found:?}");
    job.turn = 1;
    job.handle = world.bench.connector().freeze(&job, world.desk.ctx());
    let found = world
        .bench
        .connector()
        .confirm(&job, world.desk.ctx())
        .await;
    assert_eq!(found, Confirmation::Absent);
}

#[tokio::test]
async fn pictures_get_smaller_where_a_host_takes_less() {
    let world = World::start().await;
    let mut segment = text("Large");
    segment.media = vec![world.desk.picture("large.png", 900, 700)];
    let bytes = segment.media[0].facts.bytes;
    world.bench.sandbox.limit_uploads(bytes - 1);
    let mut job = world.job(segment, &[]);
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Sent(_)), "{outcome:?}");
    assert!(world.bench.sandbox.files()[0].size < bytes);
}

#[tokio::test]
async fn a_category_that_is_missing_is_named() {
    let world = World::start().await;
    let mut job = world.job(text("x"), &[("categories", json!(["Nwes"]))]);
    let refusal = world.refused(&mut job).await;
    assert_eq!(refusal.category, Category::Validation);
    assert!(refusal.message.contains("\"Nwes\""), "{}", refusal.message);
    let offered = world
        .bench
        .connector()
        .choices(&world.account, "categories", "q&a", world.desk.ctx())
        .await;
    assert_eq!(offered.unwrap()[0].value, "Q&A");
}

#[tokio::test]
async fn a_contributor_hands_in_for_review_and_no_more() {
    let bench = WordPressBench::start().await;
    let carl = bench.sandbox.carl();
    let desk = Desk::new();
    let fields = WordPressBench::form(&bench.sandbox.origin(), &carl.login, &carl.password);
    let account = desk.sign_in(bench.connector(), fields).await.unwrap();
    assert!(
        bench.connector().missing(&account)[0]
            .message
            .contains("Author")
    );
    let rules = |status: &str| {
        let draft = TargetDraft {
            account_id: ACCOUNT,
            override_segments: None,
            options: serde_json::Map::from_iter([("status".to_owned(), json!(status))]),
        };
        let segments = [Segment::text("x")];
        let input = CheckInput {
            account: &account,
            segments: &segments,
            draft: &draft,
            media: &[],
        };
        let found = bench.connector().check(input);
        found.into_iter().map(|p| p.rule).collect::<Vec<_>>()
    };
    assert_eq!(rules("publish"), ["role_too_small"]);
    assert!(rules("pending").is_empty());
    let mut job = desk.job(bench.connector(), &account, vec![text("x")]);
    job.options.insert("status".to_owned(), json!("pending"));
    let outcome = desk.attempt(bench.connector(), &mut job).await;
    assert!(matches!(outcome, Outcome::Sent(_)), "{outcome:?}");
    assert_eq!(bench.sandbox.all_posts("pending").len(), 1);
    // The role was taken away in the meantime.
    let mut job = desk.job(bench.connector(), &account, vec![text("x")]);
    let outcome = desk.attempt(bench.connector(), &mut job).await;
    let Outcome::NotSent(refusal) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(refusal.category, Category::AuthError);
    assert!(refusal.message.contains("Author"), "{}", refusal.message);
}

#[tokio::test]
async fn sites_are_found_by_every_address_people_have_of_them() {
    let bench = WordPressBench::start().await;
    let (origin, ana) = (bench.sandbox.origin(), bench.sandbox.ana());
    for end in ["", "/", "/wp-admin/profile.php", "/wp-login.php?x=1"] {
        let site = format!("{origin}{end}");
        let account = sign_in(&bench, &site, &ana.login, &ana.password)
            .await
            .unwrap();
        assert_eq!(account.server, format!("{origin}/wp-json"), "{end}");
        assert_eq!(account.remote_id, format!("{origin}/wp-json#3"), "{end}");
    }
}

#[tokio::test]
async fn a_site_with_plain_links_works_as_well() {
    let mut world = World::start().await;
    world.account.server = format!("{}/?rest_route=", world.bench.sandbox.origin());
    let mut segment = text("Plain");
    segment.media = vec![world.desk.picture("a.jpg", 20, 10)];
    let mut job = world.job(segment, &[("tags", json!(["Spring"]))]);
    let outcome = world.attempt(&mut job).await;
    assert!(matches!(outcome, Outcome::Sent(_)), "{outcome:?}");
    assert_eq!(world.bench.sandbox.posts().len(), 1);
}

#[tokio::test]
async fn what_is_no_wordpress_or_has_no_passwords_is_told_apart() {
    let bench = WordPressBench::start().await;
    let site = testkit::sandbox::pages::start().await.unwrap();
    let refused = sign_in(&bench, &site.origin(), "ana", "x")
        .await
        .unwrap_err();
    assert!(
        refused.message.contains("no WordPress"),
        "{}",
        refused.message
    );
    assert_eq!(refused.category, Category::Validation);
    bench.sandbox.turn_passwords_off();
    let ana = bench.sandbox.ana();
    let refused = sign_in(&bench, &bench.sandbox.origin(), &ana.login, &ana.password).await;
    assert!(refused.unwrap_err().message.contains("turned off"));
}

#[tokio::test]
async fn signing_out_takes_the_password_back() {
    let world = World::start().await;
    let (connector, ctx) = (world.bench.connector(), world.desk.ctx());
    connector.sign_out(&world.account, ctx).await.unwrap();
    assert!(world.bench.sandbox.is_revoked(3));
    assert_eq!(world.desk.vault.get(ACCOUNT, "session").await, Ok(None));
    let refused = connector.identify(&world.account, ctx).await.unwrap_err();
    assert_eq!(refused.category, Category::AuthError);
}

#[tokio::test]
async fn a_site_without_a_trash_deletes_for_good() {
    let world = World::start().await;
    let mut job = world.job(text("Gone soon"), &[]);
    let Outcome::Sent(delivered) = world.attempt(&mut job).await else {
        panic!("not sent")
    };
    let body = json!({ "code": "rest_trash_not_supported", "data": { "status": 501 } });
    let method = format!("DELETE {}", delivered.remote_id);
    let no_trash = Fault::Answer(Canned::json(501, &body));
    world.bench.sandbox.faults().order(&method, no_trash);
    let (connector, ctx) = (world.bench.connector(), world.desk.ctx());
    connector
        .delete(&world.account, &delivered, ctx)
        .await
        .unwrap();
    assert!(world.bench.sandbox.all_posts("trash").is_empty());
    assert!(world.bench.sandbox.posts().is_empty());
}
