//! Threads over its sandbox: the suite, signing in, and what is its own.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod files;
mod signing_in;

use std::time::Duration;

use model::account::Account;
use model::content::{MediaUse, Segment};
use model::failure::{Category, Retry};
use model::post::TargetDraft;
use networks::connector::{
    CheckInput, Confirmation, Job, JobSegment, MediaFacts, Outcome, Refusal, SignInFields, SignedIn,
};
use serde_json::{Value, json};
use testkit::conformance::{self, Bench, ThreadsBench, filled, token_form};
use testkit::desk::{ACCOUNT, DUE, text};
use testkit::sandbox::{Canned, Fault};

use crate::world::{not_sent, sent, with};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn threads_conforms() {
    conformance::holds(ThreadsBench::start).await;
}

type World = crate::world::World<ThreadsBench>;

impl World {
    async fn start() -> Self {
        Self::of(ThreadsBench::start().await)
    }

    fn thread(&self, account: &Account, segments: Vec<JobSegment>) -> Job {
        self.desk.job(self.bench.connector(), account, segments)
    }

    fn hosted(&self) -> usize {
        std::fs::read_dir(self.bench.folder()).unwrap().count()
    }

    async fn through_browser(
        &self,
        meanwhile: impl FnOnce(&ThreadsBench),
    ) -> Result<Vec<SignedIn>, Refusal> {
        let app = self.bench.sandbox.app();
        let form = app_form(&app.id, &app.secret);
        self.browse("oauth", &form, &app.redirect, meanwhile).await
    }
}

fn app_form(id: &str, secret: &str) -> SignInFields {
    filled(&[("client_id", id)], &[("client_secret", secret)])
}

#[tokio::test]
async fn each_kind_and_option_arrives_and_nothing_stays_in_the_web_folder() {
    let world = World::start().await;
    let account = world.account().await;
    let picture = |name: &str| world.desk.picture(name, 40, 30);
    let mut job = world.thread(&account, vec![text("Words")]);
    job.options
        .insert("replyControl".to_owned(), json!("followers_only"));
    job.options.insert("topicTag".to_owned(), json!("#Baking"));
    let delivered = sent(world.attempt(&mut job).await);
    assert!(
        delivered
            .url
            .unwrap()
            .starts_with("https://www.threads.net/@ana/post/")
    );
    let one = with("One", vec![picture("a.png")]);
    sent(world.attempt(&mut world.thread(&account, vec![one])).await);
    let video = with("Video", vec![world.desk.video("v.mp4", 90_000)]);
    sent(
        world
            .attempt(&mut world.thread(&account, vec![video]))
            .await,
    );
    let several = with("", vec![picture("b.jpg"), world.desk.video("w.mp4", 9_000)]);
    sent(
        world
            .attempt(&mut world.thread(&account, vec![several, text("Chain")]))
            .await,
    );
    let posts = world.bench.sandbox.posts();
    assert_eq!(posts[0].fields["reply_control"], "followers_only");
    assert_eq!(posts[0].fields["topic_tag"], "Baking");
    assert_eq!(posts[1].fields["media_type"], "IMAGE");
    assert_eq!(posts[1].fields["alt_text"], "Description of a.png");
    assert_eq!(posts[2].files, [90_000]);
    assert_eq!(posts[3].fields["media_type"], "CAROUSEL");
    let kinds: Vec<&str> = posts[3]
        .children
        .iter()
        .map(|c| c["media_type"].as_str())
        .collect();
    assert_eq!(kinds, ["IMAGE", "VIDEO"]);
    assert_eq!(posts[4].fields["reply_to_id"], posts[3].id);
    assert_eq!(world.hosted(), 0);
}

#[tokio::test]
async fn a_post_takes_as_few_calls_as_can_be() {
    let world = World::start().await;
    let account = world.account().await;
    // Container, a look, publishing, and the address; a file takes one look more.
    let picture = with("Picture", vec![world.desk.picture("a.jpg", 40, 30)]);
    for (segment, calls) in [(text("Words"), 4), (picture, 5)] {
        let before = world.bench.sandbox.calls();
        sent(
            world
                .attempt(&mut world.thread(&account, vec![segment]))
                .await,
        );
        assert_eq!(world.bench.sandbox.calls() - before, calls);
    }
}

#[tokio::test]
async fn whatever_happens_after_the_last_call_it_is_found_and_published_once() {
    let faults = [
        Fault::CutAfter,
        Fault::CutInAnswer,
        Fault::SilentAfter,
        Fault::AnswerAfter(Canned::page(502)),
        Fault::AnswerAfter(Canned::page(200)),
        Fault::AnswerAfter(conformance::graph_refused(
            400,
            4,
            2_207_051,
            "We restrict certain activity",
        )),
    ];
    for fault in faults {
        for part in [0, 1] {
            let world = World::start().await;
            let account = world.account().await;
            let mut job = world.thread(&account, vec![text("First"), text("Second")]);
            world
                .bench
                .sandbox
                .faults()
                .order_after("threads_publish", part, fault.clone());
            let outcome = world.attempt(&mut job).await;
            assert!(
                matches!(outcome, Outcome::Uncertain(_)),
                "{fault:?}: {outcome:?}"
            );
            match world.confirm(&job).await {
                // The rest of the chain is still to come.
                Confirmation::Absent if part == 0 => {
                    sent(world.attempt(&mut job).await);
                }
                Confirmation::Found(found) if part == 1 => {
                    let second = &found.remote["segments"][1]["id"];
                    assert_eq!(second, &json!(world.bench.sandbox.posts()[1].id));
                }
                other => panic!("{fault:?} at {part}: {other:?}"),
            }
            let posts = world.bench.sandbox.posts();
            assert_eq!(
                (posts.len(), world.bench.sandbox.made()),
                (2, 2),
                "{fault:?}"
            );
            assert_eq!(posts[1].fields["reply_to_id"], posts[0].id);
        }
    }
}

#[tokio::test]
async fn a_container_that_was_not_published_is_published_after_a_minute() {
    for fault in [
        Fault::CutBefore,
        Fault::SilentBefore,
        Fault::Answer(Canned::page(502)),
    ] {
        let world = World::start().await;
        let account = world.account().await;
        let mut job = world.thread(&account, vec![text("Once")]);
        world.bench.sandbox.faults().order("threads_publish", fault);
        assert!(matches!(
            world.attempt(&mut job).await,
            Outcome::Uncertain(_)
        ));
        assert!(matches!(world.confirm(&job).await, Confirmation::NotNow(_)));
        world.desk.clock.pass(Duration::from_mins(1));
        assert_eq!(world.confirm(&job).await, Confirmation::Absent);
        sent(world.attempt(&mut job).await);
        assert_eq!(world.bench.sandbox.made(), 1);
    }
}

#[tokio::test]
async fn the_minute_counts_from_each_call_that_publishes() {
    let world = World::start().await;
    let account = world.account().await;
    let mut job = world.thread(&account, vec![text("First"), text("Second")]);
    for lost in ["First", "Second"] {
        let passes = usize::from(lost == "Second");
        let faults = world.bench.sandbox.faults();
        faults.order_after("threads_publish", passes, Fault::CutBefore);
        let outcome = world.attempt(&mut job).await;
        assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
        let soon = world.confirm(&job).await;
        assert!(matches!(soon, Confirmation::NotNow(_)), "{lost}: {soon:?}");
        world.desk.clock.pass(Duration::from_mins(1));
        assert_eq!(world.confirm(&job).await, Confirmation::Absent, "{lost}");
    }
    sent(world.attempt(&mut job).await);
    assert_eq!(world.bench.sandbox.made(), 2);
}

#[tokio::test]
async fn a_part_that_is_not_found_at_once_keeps_the_rest_of_its_chain_only_waiting() {
    let trouble = || Fault::Answer(Canned::page(502));
    let late = || Fault::Answer(Canned::json(200, &json!({ "data": [] })));
    for faults in [vec![trouble()], vec![late(), late()]] {
        let world = World::start().await;
        let account = world.account().await;
        let mut job = world.thread(&account, vec![text("First"), text("Second")]);
        let ordered = world.bench.sandbox.faults();
        ordered.order("threads_publish", Fault::CutAfter);
        let outcome = world.attempt(&mut job).await;
        assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
        assert_eq!(world.confirm(&job).await, Confirmation::Absent);
        for fault in faults {
            ordered.order("GET threads", fault);
        }
        let refusal = not_sent(world.attempt(&mut job).await);
        assert_eq!(
            (refusal.category, refusal.retry),
            (Category::NetworkError, Retry::Backoff)
        );
        sent(world.attempt(&mut job).await);
        let posts = world.bench.sandbox.posts();
        assert_eq!((posts.len(), world.bench.sandbox.made()), (2, 2));
        assert_eq!(posts[1].fields["reply_to_id"], posts[0].id);
    }
}

#[tokio::test]
async fn two_posts_with_the_same_words_are_not_taken_for_each_other() {
    let world = World::start().await;
    let account = world.account().await;
    sent(
        world
            .attempt(&mut world.thread(&account, vec![text("Same")]))
            .await,
    );
    let mut job = world.thread(&account, vec![text("Same")]);
    world
        .bench
        .sandbox
        .faults()
        .order("threads_publish", Fault::CutAfter);
    assert!(matches!(
        world.attempt(&mut job).await,
        Outcome::Uncertain(_)
    ));
    let Confirmation::Found(found) = world.confirm(&job).await else {
        panic!()
    };
    assert_eq!(found.url, None, "it is out, and where is not known");
    let told = world
        .bench
        .connector()
        .delete(&account, &found, world.desk.ctx())
        .await;
    assert!(told.unwrap_err().message.contains("Delete it on Threads"));
}

#[tokio::test]
async fn a_full_day_is_told() {
    let world = World::start().await;
    let account = world.account().await;
    world.bench.sandbox.limit_posts(0);
    let outcome = world
        .attempt(&mut world.thread(&account, vec![text("One more")]))
        .await;
    let Outcome::NotSent(refusal) = &outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(refusal.category, Category::RateLimited);
}

#[tokio::test]
async fn numbers_come_back() {
    let world = World::start().await;
    let account = world.account().await;
    let delivered = sent(
        world
            .attempt(&mut world.thread(&account, vec![text("Count")]))
            .await,
    );
    let numbers = world
        .bench
        .connector()
        .metrics(&account, &delivered, world.desk.ctx())
        .await;
    let numbers = numbers.unwrap().unwrap();
    assert_eq!(
        (numbers.views, numbers.likes, numbers.quotes),
        (Some(0), Some(1), Some(4))
    );
}

#[tokio::test]
async fn what_another_copy_of_the_calendar_may_have_sent_is_never_called_absent() {
    let world = World::start().await;
    let account = world.account().await;
    let mut over_there = world.thread(&account, vec![text("Over there")]);
    let mut here = over_there.clone();
    here.unknown_send = true;
    here.first_sent_try_at = Some(DUE);
    let asked = world.confirm(&here).await;
    assert!(matches!(asked, Confirmation::CannotTell(_)), "{asked:?}");
    sent(world.attempt(&mut over_there).await);
    let Confirmation::Found(found) = world.confirm(&here).await else {
        panic!("it is in the list")
    };
    assert_eq!(found.remote_id, world.bench.sandbox.posts()[0].id);

    // A container that was made here and not published proves nothing either.
    let mut made = world.thread(&account, vec![text("Made here")]);
    let faults = world.bench.sandbox.faults();
    faults.order("threads_publish", Fault::CutBefore);
    let outcome = world.attempt(&mut made).await;
    assert!(matches!(outcome, Outcome::Uncertain(_)), "{outcome:?}");
    world.desk.clock.pass(Duration::from_mins(1));
    assert_eq!(world.confirm(&made).await, Confirmation::Absent);
    made.unknown_send = true;
    let asked = world.confirm(&made).await;
    assert!(matches!(asked, Confirmation::CannotTell(_)), "{asked:?}");
}
