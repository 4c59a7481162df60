//! Instagram over its sandbox: the suite, signing in by both doors, and what is its own.

#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod rules;
mod signing_in;

use std::time::Duration;

use model::account::Account;
use model::content::{MediaUse, Segment};
use model::failure::{Category, Retry};
use model::post::TargetDraft;
use networks::connector::{
    CheckInput, CommentSeen, Commented, Confirmation, JobMedia, MediaFacts, Outcome, Refusal,
    SignedIn,
};
use networks::vault::VaultError;
use serde_json::{Value, json};
use testkit::conformance::{self, Bench, InstagramBench, filled, page_form, token_form};
use testkit::desk::{ACCOUNT, DUE};
use testkit::sandbox::{Canned, Fault};

use crate::world::{sent, with};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instagram_conforms() {
    conformance::holds(InstagramBench::start).await;
}

type World = crate::world::World<InstagramBench>;

impl World {
    async fn start() -> Self {
        Self::of(InstagramBench::start().await)
    }

    /// Connected at Instagram; the other way is through the Page.
    async fn own_account(&self) -> Account {
        let token = self.bench.sandbox.token();
        self.signed_in(self.bench.own_form(&token)).await
    }

    fn picture(&self) -> Vec<JobMedia> {
        vec![self.desk.picture("a.png", 40, 40)]
    }

    fn video(&self) -> Vec<JobMedia> {
        vec![self.desk.video("v.mp4", 90_000)]
    }

    fn hosted(&self) -> usize {
        std::fs::read_dir(self.bench.folder()).unwrap().count()
    }

    async fn through_browser(
        &self,
        way: &str,
        meanwhile: impl FnOnce(&InstagramBench),
    ) -> Result<Vec<SignedIn>, Refusal> {
        let sandbox = &self.bench.sandbox;
        let (app, names) = if way == "page" {
            (sandbox.page_app(), ["page_client_id", "page_client_secret"])
        } else {
            (sandbox.app(), ["client_id", "client_secret"])
        };
        let form = filled(&[(names[0], &app.id)], &[(names[1], &app.secret)]);
        self.browse(way, &form, &app.redirect, meanwhile).await
    }
}

#[tokio::test]
async fn each_kind_and_option_arrives_by_both_doors_and_nothing_stays_in_the_web_folder() {
    for own in [false, true] {
        let world = World::start().await;
        let account = if own {
            world.own_account().await
        } else {
            world.account().await
        };
        let together = ("collaborators", json!(["@bo", "cy"]));
        let mut job = world.job(&account, with("Picture #one", world.picture()), &[together]);
        let delivered = sent(world.attempt(&mut job).await);
        assert!(
            delivered
                .url
                .unwrap()
                .starts_with("https://www.instagram.com/p/")
        );
        let options = [
            ("kind", json!("reel")),
            ("shareToFeed", json!(false)),
            ("coverAt", json!(2)),
        ];
        sent(
            world
                .attempt(&mut world.job(&account, with("Reel", world.video()), &options))
                .await,
        );
        // The moment that was chosen in the video itself.
        let mut chosen = world.video();
        chosen[0].poster_ms = Some(1_500);
        sent(
            world
                .attempt(&mut world.job(&account, with("One video", chosen), &[]))
                .await,
        );
        let several = [world.picture(), world.video()].concat();
        sent(
            world
                .attempt(&mut world.job(&account, with("Several", several), &[]))
                .await,
        );
        let story = [("kind", json!("story"))];
        for media in [world.picture(), world.video()] {
            sent(
                world
                    .attempt(&mut world.job(&account, with("", media), &story))
                    .await,
            );
        }
        let posts = world.bench.sandbox.posts();
        let kinds: Vec<&str> = posts
            .iter()
            .map(|p| p.fields.get("media_type").map_or("", String::as_str))
            .collect();
        assert_eq!(
            kinds,
            ["", "REELS", "REELS", "CAROUSEL", "STORIES", "STORIES"]
        );
        assert_eq!(posts[0].fields["alt_text"], "Description of a.png");
        assert_eq!(posts[0].fields["collaborators"], r#"["bo","cy"]"#);
        assert_eq!(posts[1].fields["share_to_feed"], "false");
        assert_eq!(posts[1].fields["thumb_offset"], "2000");
        assert_eq!(
            posts[1].fields.contains_key("video_url"),
            own,
            "sent as bytes through the Page"
        );
        assert_eq!(posts[2].fields["caption"], "One video");
        assert_eq!(posts[2].fields["thumb_offset"], "1500");
        assert_eq!(posts[3].children.len(), 2);
        assert_eq!(posts[3].children[0]["alt_text"], "Description of a.png");
        assert!(posts[3].files.contains(&90_000));
        assert_eq!(world.hosted(), 0);
    }
}

#[tokio::test]
async fn a_comment_that_is_not_allowed_says_which_right_is_missing() {
    let world = World::start().await;
    let token = world
        .bench
        .sandbox
        .token_without(&["instagram_business_manage_comments"]);
    let account = world.signed_in(world.bench.own_form(&token)).await;
    let mut job = world.job(&account, with("Picture", world.picture()), &[]);
    let delivered = sent(world.attempt(&mut job).await);
    let came = world
        .bench
        .connector()
        .comment(&account, &delivered, "More", world.desk.ctx())
        .await;
    let Commented::NotWritten(refusal) = &came else {
        panic!("{came:?}")
    };
    assert!(
        refusal
            .message
            .contains("instagram_business_manage_comments"),
        "{}",
        refusal.message
    );
    assert_eq!(world.bench.sandbox.made(), 1);
    assert!(world.bench.sandbox.comments().is_empty());
}

#[tokio::test]
async fn a_shut_keyring_puts_a_look_for_a_comment_off_and_leaves_it_to_nobody() {
    let world = World::start().await;
    let account = world.account().await;
    let mut job = world.job(&account, with("Picture", world.picture()), &[]);
    let delivered = sent(world.attempt(&mut job).await);
    let connector = world.bench.connector();
    connector.forget_session(account.id);
    world.desk.vault.fail_with(Some(VaultError::Locked));
    let seen = connector
        .look_for_comment(&account, &delivered, "More", world.desk.ctx())
        .await;
    let CommentSeen::NotNow(refusal) = &seen else {
        panic!("{seen:?}")
    };
    assert!(refusal.message.contains("locked"), "{}", refusal.message);
}

#[tokio::test]
async fn a_post_takes_as_few_calls_as_can_be() {
    let world = World::start().await;
    let account = world.account().await;
    let cases = [
        // Container, two looks, publishing, and the address.
        (with("Picture", world.picture()), 5),
        // The same and the bytes.
        (with("Video", world.video()), 6),
    ];
    for (segment, calls) in cases {
        let before = world.bench.sandbox.calls();
        sent(world.attempt(&mut world.job(&account, segment, &[])).await);
        assert_eq!(world.bench.sandbox.calls() - before, calls);
    }
}

#[tokio::test]
async fn whatever_happens_after_the_last_call_it_is_found_and_published_once() {
    let blocked = conformance::graph_refused(400, 4, 2_207_051, "We restrict certain activity");
    let faults = [
        Fault::CutAfter,
        Fault::CutInAnswer,
        Fault::SilentAfter,
        Fault::AnswerAfter(Canned::page(502)),
        Fault::AnswerAfter(Canned::page(200)),
        Fault::AnswerAfter(blocked),
    ];
    for fault in faults {
        let world = World::start().await;
        let account = world.account().await;
        let mut published = 0;
        for options in [vec![], vec![("kind", json!("story"))]] {
            let mut job = world.job(&account, with("Once", world.picture()), &options);
            world
                .bench
                .sandbox
                .faults()
                .order("media_publish", fault.clone());
            let outcome = world.attempt(&mut job).await;
            assert!(
                matches!(outcome, Outcome::Uncertain(_)),
                "{fault:?}: {outcome:?}"
            );
            let Confirmation::Found(found) = world.confirm(&job).await else {
                panic!("{fault:?}")
            };
            assert_eq!(found.remote_id, world.bench.sandbox.posts()[published].id);
            published += 1;
            assert_eq!(world.bench.sandbox.made(), published, "{fault:?}");
        }
    }
}

#[tokio::test]
async fn what_another_copy_of_the_calendar_may_have_sent_is_never_called_absent() {
    for (options, shows_words) in [(vec![], true), (vec![("kind", json!("story"))], false)] {
        let world = World::start().await;
        let account = world.account().await;
        let mut over_there = world.job(&account, with("Over there", world.picture()), &options);
        let mut here = over_there.clone();
        here.unknown_send = true;
        here.first_sent_try_at = Some(DUE);
        let asked = world.confirm(&here).await;
        assert!(matches!(asked, Confirmation::CannotTell(_)), "{asked:?}");
        sent(world.attempt(&mut over_there).await);
        // Nothing but its time tells a story from the next.
        match world.confirm(&here).await {
            Confirmation::Found(found) if shows_words => {
                assert_eq!(found.remote_id, world.bench.sandbox.posts()[0].id);
            }
            Confirmation::CannotTell(_) if !shows_words => {}
            other => panic!("{options:?}: {other:?}"),
        }
    }
}
