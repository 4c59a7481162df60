//! What the suite cannot ask of every network: what lies in the folder.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::path::{Path, PathBuf};

use model::TargetId;
use model::account::Account;
use model::failure::{Category, Retry};
use networks::connector::{Job, JobSegment, Outcome};
use serde_json::json;
use testkit::conformance::{Bench, FolderBench};
use testkit::desk::{Desk, text};

struct World {
    bench: FolderBench,
    desk: Desk,
    account: Account,
}

impl World {
    async fn start() -> Self {
        let (bench, desk) = (FolderBench::start(), Desk::new());
        let mut account = desk
            .sign_in(bench.connector(), bench.sign_in())
            .await
            .unwrap();
        account.settings = json!({ "publicUrl": "https://example.org/notes/" });
        Self {
            bench,
            desk,
            account,
        }
    }

    fn job(&self, id: u128, segments: Vec<JobSegment>) -> Job {
        let mut job = self
            .desk
            .job(self.bench.connector(), &self.account, segments);
        job.target_id = TargetId(uuid::Uuid::from_u128(id));
        job
    }

    async fn attempt(&self, job: &mut Job) -> Outcome {
        self.desk.attempt(self.bench.connector(), job).await
    }

    async fn post(&self, id: u128, words: &str) -> networks::connector::Delivered {
        match self.attempt(&mut self.job(id, vec![text(words)])).await {
            Outcome::Sent(delivered) => delivered,
            other => panic!("{other:?}"),
        }
    }

    async fn delete(&self, delivered: &networks::connector::Delivered) {
        self.bench
            .connector()
            .delete(&self.account, delivered, self.desk.ctx())
            .await
            .unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.bench.folder().join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }
}

#[tokio::test]
async fn a_post_lies_there_with_its_pictures_and_in_the_feed() {
    let world = World::start().await;
    let mut segment = text("Grüße aus Köln! 🎉\n\nMehr folgt.");
    segment.media = vec![world.desk.picture("a.jpg", 20, 10)];
    let mut job = world.job(1, vec![segment, text("Second part")]);
    let outcome = world.attempt(&mut job).await;
    let Outcome::Sent(delivered) = outcome else {
        panic!("{outcome:?}")
    };

    assert_eq!(world.bench.posts(), ["2026-05-14-grüße-aus-köln.md"]);
    assert!(delivered.url.unwrap().starts_with("file:///"));
    let file = world.read("2026-05-14-grüße-aus-köln.md");
    assert!(
        file.contains("\ndate: 2026-05-14T09:05:00+02:00\n"),
        "{file}"
    );
    assert!(file.contains("\nlabels:\n  - \"almanac\"\n"), "{file}");
    assert!(
        file.contains("Mehr folgt.") && file.contains("<!-- part 2 -->"),
        "{file}"
    );
    let picture = "media/2026-05-14-grüße-aus-köln.1.jpg";
    assert!(
        file.contains(&format!("![Description of a.jpg](<{picture}>)")),
        "{file}"
    );
    assert_eq!(
        std::fs::read(world.path(picture)).unwrap(),
        std::fs::read(&job.segments[0].media[0].path).unwrap()
    );
    let feed = world.read("rss.xml");
    assert!(
        feed.contains("urn:uuid:00000000-0000-0000-0000-000000000001"),
        "{feed}"
    );
    assert!(
        feed.contains("https://example.org/notes/media/2026-05-14-gr%C3%BC"),
        "{feed}"
    );
    assert!(left_overs(&world.bench.folder()).is_empty());
}

/// Temporary files that were left lying about.
fn left_overs(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap();
    let names = names.map(|e| e.unwrap().file_name().into_string().unwrap());
    names.filter(|n| n.starts_with('.')).collect()
}

#[tokio::test]
async fn posts_with_the_same_first_words_get_names_of_their_own() {
    let world = World::start().await;
    for id in 1..=3 {
        world.post(id, "Good morning").await;
    }
    let names = [
        "2026-05-14-good-morning-2.md",
        "2026-05-14-good-morning-3.md",
        "2026-05-14-good-morning.md",
    ];
    assert_eq!(world.bench.posts(), names);
}

#[tokio::test]
async fn files_of_others_are_never_overwritten() {
    let world = World::start().await;
    std::fs::write(world.path("2026-05-14-mine.md"), "# Mine").unwrap();
    let delivered = world.post(1, "Mine").await;
    assert_eq!(world.read("2026-05-14-mine.md"), "# Mine");
    assert_eq!(delivered.remote_id, "2026-05-14-mine-2.md");
    world.delete(&delivered).await;
    assert_eq!(world.bench.posts(), ["2026-05-14-mine.md"]);
}

#[tokio::test]
async fn the_feed_of_another_program_stays_and_ours_lies_beside_it() {
    for theirs in [
        r#"<rss version="2.0"><channel><title>Site</title><link>https://example.org/</link><description>Of a site</description></channel></rss>"#,
        "{% for post in site.posts %}",
    ] {
        let world = World::start().await;
        std::fs::write(world.path("rss.xml"), theirs).unwrap();
        world.post(1, "First").await;
        let second = world.post(2, "Second").await;
        let feed = world.read("almanac-rss.xml");
        assert_eq!(feed.matches("<item>").count(), 2, "{feed}");
        let address = "https://example.org/notes/almanac-rss.xml";
        assert!(feed.contains(address), "{feed}");
        world.delete(&second).await;
        let feed = world.read("almanac-rss.xml");
        assert_eq!(feed.matches("<item>").count(), 1, "{feed}");
        assert_eq!(world.read("rss.xml"), theirs);
        // Ours keeps its address when the other one goes.
        std::fs::remove_file(world.path("rss.xml")).unwrap();
        world.post(3, "Third").await;
        assert!(!world.path("rss.xml").exists());
    }
}

#[tokio::test]
async fn deleting_leaves_whatever_bears_the_name_of_a_post_that_was_moved_away() {
    let world = World::start().await;
    let with_picture = async |id: u128| {
        let mut segment = text("Good morning");
        segment.media = vec![world.desk.picture("a.jpg", 20, 10)];
        match world.attempt(&mut world.job(id, vec![segment])).await {
            Outcome::Sent(delivered) => delivered,
            other => panic!("{other:?}"),
        }
    };
    let name = "2026-05-14-good-morning.md";
    let first = with_picture(1).await;
    std::fs::rename(world.path(name), world.path("kept.txt")).unwrap();
    let second = with_picture(2).await;
    assert_eq!(first.remote_id, second.remote_id);
    world.delete(&first).await;
    assert_eq!(world.bench.posts(), [name]);
    assert!(world.path("media/2026-05-14-good-morning.1.jpg").exists());
    let feed = world.read("rss.xml");
    assert_eq!(feed.matches("<item>").count(), 1, "{feed}");
    assert!(feed.contains("urn:uuid:00000000-0000-0000-0000-000000000002"));

    std::fs::write(world.path(name), "# Mine").unwrap();
    world.delete(&second).await;
    assert_eq!(world.read(name), "# Mine");
    assert_eq!(world.read("rss.xml").matches("<item>").count(), 0);
}

#[tokio::test]
async fn a_lost_or_damaged_feed_is_built_anew_from_the_files() {
    let world = World::start().await;
    world.post(1, "First").await;
    world.post(2, "Second").await;
    let whole = world.read("rss.xml");
    let (damaged, _) = whole.rsplit_once("</item>").unwrap();
    std::fs::write(world.path("rss.xml"), damaged).unwrap();
    world.post(3, "Third").await;
    let feed = world.read("rss.xml");
    assert_eq!(feed.matches("<item>").count(), 3, "{feed}");
    assert_eq!(world.read("rss.xml.bak"), damaged);
    // A second one is not kept in the first one's place.
    std::fs::write(world.path("rss.xml"), format!("{damaged}<item>")).unwrap();
    world.post(4, "Fourth").await;
    assert_eq!(world.read("rss.xml.bak"), damaged);
    std::fs::remove_file(world.path("rss.xml")).unwrap();
    world.post(5, "Fifth").await;
    assert_eq!(world.read("rss.xml").matches("<item>").count(), 5);
}

#[tokio::test]
async fn a_feed_that_failed_is_written_by_the_next_attempt_and_the_post_stays_one() {
    let world = World::start().await;
    // A folder in the feed's place: nothing can be renamed over it.
    std::fs::create_dir(world.path("rss.xml")).unwrap();
    std::fs::write(world.path("rss.xml/x"), "").unwrap();
    let mut job = world.job(1, vec![text("Hello")]);
    assert!(matches!(world.attempt(&mut job).await, Outcome::NotSent(_)));
    std::fs::remove_dir_all(world.path("rss.xml")).unwrap();
    assert!(matches!(world.attempt(&mut job).await, Outcome::Sent(_)));
    assert_eq!(world.bench.posts().len(), 1);
    assert_eq!(world.read("rss.xml").matches("<item>").count(), 1);
}

#[tokio::test]
async fn a_post_edited_after_its_file_was_written_says_the_new_words_in_file_and_feed() {
    let world = World::start().await;
    std::fs::create_dir(world.path("rss.xml")).unwrap();
    let mut segment = text("Hello");
    segment.media = vec![world.desk.picture("a.jpg", 20, 10)];
    let mut job = world.job(1, vec![segment]);
    assert!(matches!(world.attempt(&mut job).await, Outcome::NotSent(_)));
    std::fs::remove_dir(world.path("rss.xml")).unwrap();
    // An edit chooses the name anew and forgets every step that showed nothing.
    let mut edited = world.job(1, vec![text("Good evening")]);
    edited.done = job.done;
    edited.done.retain(|s| s.key == "file");
    edited.attempt = job.attempt;
    let outcome = world.attempt(&mut edited).await;
    assert!(matches!(outcome, Outcome::Sent(_)), "{outcome:?}");
    assert_eq!(world.bench.posts(), ["2026-05-14-hello.md"]);
    let file = world.read("2026-05-14-hello.md");
    assert!(file.contains("Good evening"), "{file}");
    assert!(!file.contains("Hello"), "{file}");
    let feed = world.read("rss.xml");
    assert_eq!(feed.matches("<item>").count(), 1);
    assert!(feed.contains("Good evening"), "{feed}");
    let media = std::fs::read_dir(world.path("media")).unwrap().count();
    assert_eq!(media, 0, "the picture is no longer part of it");
}

#[tokio::test]
async fn a_post_that_a_person_removed_is_not_written_again() {
    let world = World::start().await;
    std::fs::create_dir(world.path("rss.xml")).unwrap();
    let mut job = world.job(1, vec![text("Hello")]);
    assert!(matches!(world.attempt(&mut job).await, Outcome::NotSent(_)));
    std::fs::remove_file(world.path("2026-05-14-hello.md")).unwrap();
    let outcome = world.attempt(&mut job).await;
    let Outcome::NotSent(refusal) = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        (refusal.category, refusal.retry),
        (Category::Validation, Retry::Never)
    );
    assert!(world.bench.posts().is_empty());
}

#[tokio::test]
async fn deleting_takes_media_and_feed_item_along_and_touches_nothing_else() {
    let world = World::start().await;
    let mut segment = text("With a picture");
    segment.media = vec![world.desk.picture("a.jpg", 20, 10)];
    let outcome = world.attempt(&mut world.job(1, vec![segment])).await;
    let Outcome::Sent(delivered) = outcome else {
        panic!("{outcome:?}")
    };
    world.post(2, "Stays").await;
    std::fs::write(world.path("media/other.jpg"), "").unwrap();
    world.delete(&delivered).await;
    assert_eq!(world.bench.posts(), ["2026-05-14-stays.md"]);
    let media = std::fs::read_dir(world.path("media")).unwrap().count();
    assert_eq!(media, 1, "only the file of somebody else is left");
    assert_eq!(world.read("rss.xml").matches("<item>").count(), 1);
}

#[tokio::test]
async fn nothing_outside_the_folder_is_ever_deleted() {
    let world = World::start().await;
    let outside = world
        .bench
        .folder()
        .parent()
        .unwrap()
        .join("almanac-outside.md");
    std::fs::write(&outside, "x").unwrap();
    for name in [
        "../almanac-outside.md",
        "/etc/hostname",
        "..",
        "",
        "media/../../x",
    ] {
        let delivered = networks::connector::Delivered {
            remote_id: name.to_owned(),
            url: None,
            remote: json!({ "media": ["media/../../almanac-outside.md"] }),
        };
        let deleted = world
            .bench
            .connector()
            .delete(&world.account, &delivered, world.desk.ctx())
            .await;
        assert!(deleted.is_err(), "{name}");
    }
    assert!(outside.exists());
    std::fs::remove_file(outside).unwrap();
}
