//! What X charges for is noted before it is called, and only what was really called.

#![allow(
    clippy::wildcard_imports,
    reason = "the file is a part of its neighbour"
)]

use super::*;

use PricedFor::{AltText, Delete, File, LookUp, Numbers, Segment, SegmentWithLink};

/// What was paid for, oldest first.
fn paid(world: &World) -> Vec<PricedFor> {
    let all = world.desk.wallet.paid();
    let entry = world.bench.connector().entry();
    for (of, price) in &all {
        assert_eq!(Some(*price), entry.price(*of), "{of:?}");
    }
    all.into_iter().map(|(of, _)| of).collect()
}

#[tokio::test]
async fn each_call_that_costs_is_paid_once() {
    let world = World::start().await;
    let delivered = sent(world.attempt(&mut world.parts(vec![text("Words")])).await);
    assert_eq!(paid(&world), [Segment]);
    let thread = vec![text("See example.com"), text("and more")];
    sent(world.attempt(&mut world.parts(thread)).await);
    assert_eq!(paid(&world)[1..], [SegmentWithLink, Segment]);

    let mut segment = text("Files");
    segment.media = vec![world.desk.picture("a.jpg", 40, 30)];
    sent(world.attempt(&mut world.parts(vec![segment])).await);
    assert_eq!(paid(&world)[3..], [File, AltText, Segment]);
    let mut segment = text("A video");
    segment.media = vec![world.desk.video("a.mp4", 9 << 20)];
    let job = world.parts(vec![segment]);
    sent(world.attempt(&mut job.clone()).await);
    assert_eq!(
        paid(&world)[6..],
        [File, Segment],
        "three pieces are one file"
    );

    world.confirm(&job).await;
    let connector = world.bench.connector();
    let ctx = world.desk.ctx();
    connector
        .metrics(&world.account, &delivered, ctx)
        .await
        .unwrap();
    connector
        .delete(&world.account, &delivered, ctx)
        .await
        .unwrap();
    assert_eq!(paid(&world)[8..], [LookUp, Numbers, Delete]);
}

#[tokio::test]
async fn a_lost_answer_stays_paid_and_a_call_that_never_left_does_not() {
    let world = World::start().await;
    world
        .sandbox()
        .faults()
        .order("POST tweets", Fault::CutAfter);
    let uncertain = world.attempt(&mut world.parts(vec![text("Words")])).await;
    assert!(matches!(uncertain, Outcome::Uncertain(_)), "{uncertain:?}");
    assert_eq!(paid(&world), [Segment]);

    // Nobody listens there.
    let nobody = Addresses::one(KEY, "http://127.0.0.1:1");
    let connector = X::new(&http(), &nobody).unwrap();
    let mut job = world.parts(vec![text("More words")]);
    let refusal = not_sent(world.desk.attempt(&connector, &mut job).await);
    assert_eq!(refusal.category, Category::NetworkError);
    assert_eq!(paid(&world), [Segment]);
}

#[tokio::test]
async fn what_was_certainly_not_sent_makes_the_next_try_pay_for_no_look() {
    let world = World::start().await;
    let nobody = Addresses::one(KEY, "http://127.0.0.1:1");
    let connector = X::new(&http(), &nobody).unwrap();
    let mut job = world.parts(vec![text("Words")]);
    not_sent(world.desk.attempt(&connector, &mut job).await);
    sent(world.attempt(&mut job).await);
    assert_eq!(paid(&world), [Segment]);
}

#[test]
fn what_a_post_will_cost_is_known_before() {
    let connector = X::new(&http(), &Addresses::default()).unwrap();
    let account = Account {
        id: ACCOUNT,
        workspace_id: model::WorkspaceId(uuid::Uuid::from_u128(1)),
        network: KEY.to_owned(),
        remote_id: "1".to_owned(),
        handle: "@ana".to_owned(),
        display_name: String::new(),
        server: String::new(),
        settings: json!({}),
        health: model::account::AccountHealth::Ok,
        paused: None,
        created_at: model::Timestamp::from_millis(0),
    };
    let draft = TargetDraft {
        account_id: ACCOUNT,
        override_segments: None,
        options: serde_json::Map::new(),
    };
    let cost = |texts: &[&str]| {
        let segments: Vec<model::content::Segment> = texts
            .iter()
            .copied()
            .map(model::content::Segment::text)
            .collect();
        networks::money::cost(
            &connector,
            &CheckInput {
                account: &account,
                segments: &segments,
                draft: &draft,
                media: &[],
            },
        )
    };
    assert_eq!(cost(&["Words"]), Some(15_000));
    assert_eq!(cost(&["See https://example.org", "Words"]), Some(215_000));
}
