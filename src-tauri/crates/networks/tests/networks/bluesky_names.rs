//! The name of a post on Bluesky follows from its target, so that nothing else is needed to find it.

use std::time::Duration;

use networks::connector::{Confirmation, Outcome};
use testkit::conformance::{Bench, BlueskyBench};
use testkit::desk::{Desk, text};

#[tokio::test]
async fn another_computer_finds_a_post_under_its_own_name_and_writes_no_second() {
    let bench = BlueskyBench::start().await;
    let desk = Desk::new();
    let connector = bench.connector();
    let account = desk.sign_in(connector, bench.sign_in()).await.unwrap();
    let parts = vec![text("Once"), text("And on")];
    let mut job = desk.job(connector, &account, parts);
    let outcome = desk.attempt(connector, &mut job).await;
    assert!(matches!(outcome, Outcome::Sent(_)), "{outcome:?}");
    // A backup knows nothing of it: no steps, no handle, another time, and a part more.
    desk.clock.pass(Duration::from_hours(30));
    let parts = vec![text("Once"), text("And on"), text("And further")];
    let mut restored = desk.job(connector, &account, parts);
    restored.target_id = job.target_id;
    restored.due_at = restored.due_at.plus(Duration::from_hours(3));
    let ctx = desk.ctx();
    let mut shorter = restored.clone();
    shorter.segments.pop();
    shorter.handle = connector.freeze(&shorter, ctx);
    let found = connector.confirm(&shorter, ctx).await;
    assert!(matches!(found, Confirmation::Found(_)), "{found:?}");
    restored.handle = connector.freeze(&restored, ctx);
    assert_eq!(
        connector.confirm(&restored, ctx).await,
        Confirmation::Absent
    );
    let outcome = desk.attempt(connector, &mut restored).await;
    assert!(matches!(outcome, Outcome::Sent(_)), "{outcome:?}");
    assert_eq!(bench.sandbox.posts_made(), 3, "only the new part");

    // Deleted through the program, it goes out under another name, and no step is left.
    let mut anew = restored.clone();
    anew.turn += 1;
    anew.done.clear();
    anew.handle = connector.freeze(&anew, ctx);
    assert_ne!(anew.handle["keys"], restored.handle["keys"]);
    assert_eq!(connector.confirm(&anew, ctx).await, Confirmation::Absent);
}
