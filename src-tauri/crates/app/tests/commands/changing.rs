//! A program's change of a post: all of it or nothing.

use app::programs::{PostChange, ProgramNote};
use app::types::posts::{Place, Scheduling};
use model::ErrorCode;
use model::post::{Draft, Post};
use model::status::{EditorialStatus, ShownStatus};
use model::when::When;
use serde_json::json;
use testkit::app::{TestApp, draft};

fn says(text: &str, post: &Post) -> Draft {
    let targets: Vec<_> = post.targets.iter().map(|t| t.draft.account_id).collect();
    serde_json::from_value(draft(text, &targets)).unwrap()
}

fn at(wall: &str) -> Place {
    serde_json::from_value(json!({ "kind": "wall", "wall": wall })).unwrap()
}

/// Fails unless a change is refused with this code and the post is what it was.
async fn refused(test: &TestApp, change: PostChange, code: ErrorCode) {
    let before = test.post(change.id).await;
    let steps: serde_json::Value = test.call("history.list", json!({})).await;
    let error = test.app.post_change(change).await.unwrap_err();
    assert_eq!(error.code, code, "{}", error.message);
    assert_eq!(test.post(before.id).await, before);
    let after: serde_json::Value = test.call("history.list", json!({})).await;
    assert_eq!(after["undo"], steps["undo"]);
}

#[tokio::test]
async fn a_change_whose_one_part_is_refused_changes_nothing() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await.id;
    let post = test.draft("Short", &[account]).await;
    let workspace = test.calendar().await.workspace_id;
    let note = ProgramNote::new(workspace, "test", json!({ "said": 1 })).unwrap();
    let base = || PostChange {
        draft: Some(says("Changed", &post)),
        editorial: Some(EditorialStatus::Approved),
        note: Some(note.clone()),
        ..PostChange::of(&post)
    };
    let past = PostChange {
        place: Some((at("2020-01-01T10:00:00"), Scheduling::Plan)),
        ..base()
    };
    refused(&test, past, ErrorCode::Validation).await;
    let too_long = PostChange {
        draft: Some(says(&"x".repeat(400), &post)),
        place: Some((at("2026-06-01T10:00:00"), Scheduling::Must)),
        ..base()
    };
    refused(&test, too_long, ErrorCode::Validation).await;
    let cannot_go = PostChange {
        draft: Some(says(&"x".repeat(400), &post)),
        send_now: true,
        ..base()
    };
    refused(&test, cannot_go, ErrorCode::Validation).await;
    let stale = PostChange {
        version: post.version - 1,
        ..base()
    };
    refused(&test, stale, ErrorCode::Conflict).await;
    let key = post.id.to_string();
    let noted = async || test.app.note(workspace, "test", &key).await.unwrap();
    assert_eq!(noted().await, None);
    assert!(ProgramNote::new(workspace, "test", json!("x".repeat(70_000))).is_err());

    let whole = PostChange {
        place: Some((at("2026-06-01T10:00:00"), Scheduling::Must)),
        ..base()
    };
    let changed = test.app.post_change(whole).await.unwrap();
    assert_eq!(changed.segments[0].text, "Changed");
    assert_eq!(changed.status, ShownStatus::Scheduled);
    assert_eq!(noted().await, Some(json!({ "said": 1 })));
    // One step: the words and the time come back together.
    test.undo().await;
    let back = test.post(post.id).await;
    assert_eq!(
        (back.segments[0].text.as_str(), back.when, back.editorial),
        ("Short", When::Unplanned, EditorialStatus::Draft)
    );
}

#[tokio::test]
async fn a_scheduled_post_is_changed_at_once_and_only_into_what_can_go_out() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await.id;
    let post = test
        .scheduled("Ready", &[account], "2026-06-01T10:00:00")
        .await;
    let too_long = PostChange {
        draft: Some(says(&"x".repeat(400), &post)),
        place: Some((at("2026-06-02T10:00:00"), Scheduling::IfReady)),
        ..PostChange::of(&post)
    };
    refused(&test, too_long.clone(), ErrorCode::Validation).await;
    // As a plan it may be anything.
    let plan = PostChange {
        place: Some((at("2026-06-02T10:00:00"), Scheduling::Plan)),
        ..too_long
    };
    let planned = test.app.post_change(plan).await.unwrap();
    assert_eq!(planned.segments[0].text.len(), 400);
    assert!(matches!(planned.when, When::Planned { .. }));
    let again = PostChange {
        draft: Some(says("Ready again", &planned)),
        place: Some((at("2026-06-02T10:00:00"), Scheduling::Must)),
        ..PostChange::of(&planned)
    };
    let scheduled = test.app.post_change(again).await.unwrap();
    assert_eq!(scheduled.status, ShownStatus::Scheduled);
    let moved = PostChange {
        draft: Some(says("Moved", &scheduled)),
        place: Some((at("2026-06-03T10:00:00"), Scheduling::IfReady)),
        ..PostChange::of(&scheduled)
    };
    let moved = test.app.post_change(moved).await.unwrap();
    assert_eq!(
        (moved.segments[0].text.as_str(), moved.status),
        ("Moved", ShownStatus::Scheduled)
    );
    assert_eq!(moved.working_copy, None);
}

#[tokio::test]
async fn what_is_sent_on_the_way_goes_out_as_changed_and_cannot_be_called_off() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await.id;
    let post = test.draft("Before", &[account]).await;
    let change = PostChange {
        draft: Some(says("After", &post)),
        send_now: true,
        ..PostChange::of(&post)
    };
    test.app.post_change(change).await.unwrap();
    test.app.settled().await;
    assert_eq!(test.network.shown()[0].text, "After");
    let published = test.post(post.id).await;
    assert_eq!(published.status, ShownStatus::Published);
    let mut title = Some(says("After", &published));
    if let Some(draft) = &mut title {
        draft.title = "A name".to_owned();
    }
    let off = PostChange {
        draft: title,
        editorial: Some(EditorialStatus::Cancelled),
        ..PostChange::of(&published)
    };
    refused(&test, off, ErrorCode::Conflict).await;
}

#[tokio::test]
async fn what_a_person_did_not_confirm_stays_beside_the_change_of_a_program() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await.id;
    let post = test
        .scheduled("Old", &[account], "2026-05-20T09:00:00")
        .await;
    let half = json!({
        "id": post.id, "draft": draft("Half a sent", &[account]), "version": post.version, "session": "s1",
    });
    test.call::<serde_json::Value>("posts.save", half).await;
    let post = test
        .call::<Post>("posts.close", json!({ "id": post.id }))
        .await;
    let labelled = |post: &Post| PostChange {
        draft: Some(Draft {
            labels: vec!["sale".to_owned()],
            ..says("Old", post)
        }),
        ..PostChange::of(post)
    };
    let changed = test.app.post_change(labelled(&post)).await.unwrap();
    assert_eq!(changed.segments[0].text, "Old");
    assert_eq!(changed.labels, ["sale"]);
    let edit = changed.working_copy.as_ref().unwrap();
    assert_eq!(edit.segments[0].text, "Half a sent");

    // Confirmed, the edit and the change are one.
    test.call::<serde_json::Value>("posts.confirm_edit", json!({ "id": post.id }))
        .await;
    let both = test.post(post.id).await;
    assert_eq!(
        (
            both.segments[0].text.as_str(),
            both.labels,
            both.working_copy
        ),
        ("Half a sent", vec!["sale".to_owned()], None)
    );
}

#[tokio::test]
async fn what_goes_out_because_of_a_program_is_what_was_confirmed() {
    let test = TestApp::publishing().await;
    let account = test.connect("ana").await.id;
    let post = test
        .scheduled("Whole", &[account], "2026-05-20T09:00:00")
        .await;
    let half = json!({
        "id": post.id, "draft": draft("Half", &[account]), "version": post.version, "session": "s1",
    });
    test.call::<serde_json::Value>("posts.save", half).await;
    // While it is open it would be held at once, and the program would learn no reason.
    let now = |post: &Post| PostChange {
        send_now: true,
        ..PostChange::of(post)
    };
    let open = test.post(post.id).await;
    refused(&test, now(&open), ErrorCode::Conflict).await;
    let post = test
        .call::<Post>("posts.close", json!({ "id": post.id }))
        .await;
    test.app.post_change(now(&post)).await.unwrap();
    test.app.settled().await;
    assert_eq!(test.network.shown()[0].text, "Whole");
}
