//! Moving posts: time of day, zones, clock changes, the shelf, the past, many at once.

use std::time::Duration;

use model::post::Post;
use model::status::{EditorialStatus, ShownStatus};
use model::when::When;
use serde_json::{Value, json};
use testkit::app::{TestApp, draft};

fn day(date: &str) -> Value {
    json!({ "kind": "day", "date": date })
}

fn wall(wall: &str) -> Value {
    json!({ "kind": "wall", "wall": wall })
}

async fn place(test: &TestApp, post: &Post, place: Value) -> Value {
    let input = json!({ "moves": [{ "id": post.id, "place": place }] });
    test.call("posts.move", input).await
}

fn wall_of(post: &Post) -> String {
    match &post.when {
        When::Scheduled { wall, .. } => wall.to_string(),
        When::Planned { date, time, .. } => date.to_datetime(time.unwrap()).to_string(),
        When::Unplanned => "shelf".to_owned(),
    }
}

#[tokio::test]
async fn a_drop_on_a_day_keeps_the_time_of_day_across_a_clock_change_and_undo_puts_it_back() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let post = test
        .scheduled("Sale", &[account.id], "2026-10-23T09:05:00")
        .await;
    let moved = place(&test, &post, day("2026-10-26")).await;
    assert_eq!(moved["undo"]["words"], "Moved to Mon 26 Oct, 09:05");
    let after = test.post(post.id).await;
    assert_eq!(wall_of(&after), "2026-10-26T09:05:00");
    // Summer time ended in between: one hour later by UTC.
    assert_eq!(
        after.when.stands_at().unwrap().rfc3339(),
        "2026-10-26T08:05:00.000Z"
    );
    assert_eq!(after.status, ShownStatus::Scheduled);

    let undone = test.undo().await;
    assert_eq!(undone["words"], "Undone: Moved to Mon 26 Oct, 09:05");
    assert_eq!(wall_of(&test.post(post.id).await), "2026-10-23T09:05:00");
    let redone: Value = test.call("history.redo", json!({})).await;
    assert_eq!(redone["words"], "Done again: Moved to Mon 26 Oct, 09:05");
    assert_eq!(wall_of(&test.post(post.id).await), "2026-10-26T09:05:00");
}

#[tokio::test]
async fn a_drop_where_it_was_changes_nothing_and_makes_no_step() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let post = test
        .scheduled("Sale", &[account.id], "2026-05-20T09:05:00")
        .await;
    let before: Value = test.call("history.list", json!({})).await;
    let moved = place(&test, &post, day("2026-05-20")).await;
    assert_eq!(moved["undo"], Value::Null);
    assert_eq!(moved["value"]["posts"][0]["version"], post.version);
    let after: Value = test.call("history.list", json!({})).await;
    assert_eq!(before, after);
}

#[tokio::test]
async fn the_past_is_refused_with_the_next_free_slot() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let plan = json!({
        "accountId": account.id, "zone": "Europe/Berlin", "follow": false,
        "slots": [{ "weekday": 4, "time": "15:00" }],
    });
    test.call::<Value>("slots.replace", plan).await;
    let post = test
        .scheduled("Sale", &[account.id], "2026-05-20T08:00:00")
        .await;
    let input = json!({ "moves": [{ "id": post.id, "place": day("2026-05-14") }] });
    let error = test.refused("posts.move", input).await;
    assert_eq!(
        error.message,
        "That is in the past. The next free slot is today 15:00."
    );
    assert!(
        matches!(error.fix, Some(model::error::Fix::UseTime { .. })),
        "{error:?}"
    );
    assert_eq!(test.post(post.id).await, post);
}

#[tokio::test]
async fn an_idea_without_an_account_becomes_a_plan_and_says_what_it_lacks() {
    let test = TestApp::start().await;
    let post = test.draft("Idea", &[]).await;
    // Today: the next full hour, 09:00 being gone.
    let moved = place(&test, &post, day("2026-05-14")).await;
    assert_eq!(moved["undo"]["words"], "Planned for Thu 14 May, 10:00");
    assert_eq!(
        moved["notes"][0],
        "\"Idea\" is planned, not scheduled. No account is connected yet, so this cannot go out."
    );
    let after = test.post(post.id).await;
    assert!(matches!(after.when, When::Planned { .. }));
    assert_eq!(after.status, ShownStatus::Draft);
}

#[tokio::test]
async fn an_idea_that_is_ready_is_scheduled_at_the_usual_time_and_back_on_the_shelf_it_is_a_draft()
{
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let post = test.draft("Ready", &[account.id]).await;
    let moved = place(&test, &post, day("2026-05-20")).await;
    assert_eq!(moved["undo"]["words"], "Scheduled for Wed 20 May, 09:00");
    assert_eq!(test.post(post.id).await.status, ShownStatus::Scheduled);
    let back = place(&test, &post, json!({ "kind": "shelf" })).await;
    assert_eq!(back["undo"]["words"], "Put on the shelf");
    let after = test.post(post.id).await;
    assert_eq!(
        (after.when, after.editorial),
        (When::Unplanned, EditorialStatus::Draft)
    );
}

#[tokio::test]
async fn an_idea_waiting_for_review_is_never_scheduled_by_a_drop() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let post = test.draft("Careful", &[account.id]).await;
    let review = json!({ "ids": [post.id], "status": "in_review" });
    test.call::<Value>("posts.editorial", review).await;
    let moved = place(&test, &post, day("2026-05-20")).await;
    assert!(
        moved["notes"][0]
            .as_str()
            .unwrap()
            .contains("waits for review"),
        "{moved}"
    );
    assert_eq!(test.post(post.id).await.status, ShownStatus::InReview);
}

#[tokio::test]
async fn an_idea_lands_in_the_slot_of_its_account_when_that_is_free() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let plan = json!({
        "accountId": account.id, "zone": "Europe/Berlin", "follow": false,
        "slots": [{ "weekday": 3, "time": "14:30" }],
    });
    test.call::<Value>("slots.replace", plan).await;
    let first = test.draft("One", &[account.id]).await;
    let second = test.draft("Two", &[account.id]).await;
    place(&test, &first, day("2026-05-20")).await;
    place(&test, &second, day("2026-05-20")).await;
    let first = test.post(first.id).await;
    assert_eq!(wall_of(&first), "2026-05-20T14:30:00");
    assert_eq!(first.time_source, model::post::TimeSource::Slot);
    assert_eq!(wall_of(&test.post(second.id).await), "2026-05-20T09:00:00");
}

#[tokio::test]
async fn many_move_as_one_step_all_or_none_with_their_spacing() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let mut posts = Vec::new();
    for hour in [8, 9, 17] {
        let wall = format!("2026-05-20T{hour:02}:10:00");
        posts.push(
            test.scheduled(&format!("Post {hour}"), &[account.id], &wall)
                .await,
        );
    }
    let to = |date: &str| {
        let moves: Vec<Value> = posts
            .iter()
            .map(|p| json!({ "id": p.id, "place": day(date) }))
            .collect();
        json!({ "moves": moves })
    };
    // On the first day of the three, only the last time is still ahead: none moves.
    test.clock.advance(Duration::from_hours(5));
    test.refused("posts.move", to("2026-05-14")).await;
    for post in &posts {
        assert_eq!(test.post(post.id).await, *post);
    }
    let moved: Value = test.call("posts.move", to("2026-05-21")).await;
    assert_eq!(moved["undo"]["words"], "Moved 3 posts to Thu 21 May");
    let walls: Vec<String> = {
        let mut walls = Vec::new();
        for post in &posts {
            walls.push(wall_of(&test.post(post.id).await));
        }
        walls
    };
    assert_eq!(
        walls,
        [
            "2026-05-21T08:10:00",
            "2026-05-21T09:10:00",
            "2026-05-21T17:10:00"
        ]
    );
    test.undo().await;
    for post in &posts {
        assert_eq!(test.post(post.id).await.when, post.when);
    }
}

#[tokio::test]
async fn a_batch_with_a_post_that_is_gone_moves_nothing() {
    let test = TestApp::start().await;
    let (one, gone) = (test.draft("One", &[]).await, test.draft("Gone", &[]).await);
    test.call::<Value>("posts.remove", json!({ "ids": [gone.id] }))
        .await;
    let moves = json!({ "moves": [
        { "id": one.id, "place": day("2026-05-20") },
        { "id": gone.id, "place": day("2026-05-20") },
    ] });
    let error = test.refused("posts.move", moves).await;
    assert_eq!(error.code, model::ErrorCode::NotFound);
    assert_eq!(test.post(one.id).await.when, When::Unplanned);
    let none = test.refused("posts.move", json!({ "moves": [] })).await;
    assert_eq!(none.message, "No post was chosen.");
}

#[tokio::test]
async fn a_skipped_time_says_where_it_went() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let post = test.draft("Early", &[account.id]).await;
    let moved = place(&test, &post, wall("2027-03-28T02:30:00")).await;
    let note = moved["notes"][0].as_str().unwrap();
    assert!(
        note.contains("02:30 is skipped") && note.contains("03:30"),
        "{note}"
    );
    assert_eq!(
        test.post(post.id).await.when.stands_at().unwrap().rfc3339(),
        "2027-03-28T01:30:00.000Z"
    );
    let twice = place(&test, &post, wall("2026-10-25T02:30:00")).await;
    assert!(
        twice["notes"][0].as_str().unwrap().contains("comes twice"),
        "{twice}"
    );
}

#[tokio::test]
async fn undoing_a_move_back_into_the_past_gives_an_undated_draft() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let post = test
        .scheduled("Sale", &[account.id], "2026-05-14T10:00:00")
        .await;
    place(&test, &post, day("2026-05-20")).await;
    test.clock.advance(Duration::from_hours(3));
    let undone = test.undo().await;
    assert_eq!(
        undone["notes"][0],
        "Its time has passed, so it came back without a date."
    );
    assert_eq!(test.post(post.id).await.when, When::Unplanned);
}

#[tokio::test]
async fn moving_with_plan_takes_a_scheduled_post_off_its_way() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let post = test
        .scheduled("Sale", &[account.id], "2026-05-20T09:05:00")
        .await;
    let input = json!({
        "moves": [{ "id": post.id, "place": day("2026-05-21") }], "scheduling": "plan",
    });
    test.call::<Value>("posts.move", input).await;
    let after = test.post(post.id).await;
    assert!(matches!(after.when, When::Planned { .. }));
    assert_eq!(after.editorial, EditorialStatus::Draft);
}

#[tokio::test]
async fn a_copy_stands_where_it_was_dropped_and_the_first_stays() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let post = test
        .scheduled("Sale", &[account.id], "2026-05-20T09:05:00")
        .await;
    let input = json!({ "copies": [{ "id": post.id, "place": day("2026-05-27") }] });
    let copied: Value = test.call("posts.copy", input).await;
    assert_eq!(copied["undo"]["words"], "Copied to Wed 27 May, 09:05");
    let copy: Post = serde_json::from_value(copied["value"]["posts"][0].clone()).unwrap();
    assert_ne!(copy.id, post.id);
    assert_eq!(
        (wall_of(&copy), copy.status),
        ("2026-05-27T09:05:00".to_owned(), ShownStatus::Scheduled)
    );
    assert_eq!(test.post(post.id).await, post);
    let shelf = json!({ "copies": [{ "id": post.id, "place": { "kind": "shelf" } }] });
    let shelved: Value = test.call("posts.copy", shelf).await;
    assert_eq!(shelved["value"]["posts"][0]["when"]["kind"], "unplanned");
    test.undo().await;
    test.undo().await;
    let all: Value = test
        .call(
            "posts.search",
            json!({ "query": "sale", "calendars": [], "limit": 9 }),
        )
        .await;
    assert_eq!(all["chips"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_rest_can_move_along_and_is_shown_before() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let first = test
        .scheduled("First", &[account.id], "2026-05-20T09:00:00")
        .await;
    let second = test
        .scheduled("Second", &[account.id], "2026-05-22T10:00:00")
        .await;
    test.scheduled("Before", &[account.id], "2026-05-18T09:00:00")
        .await;
    let input = json!({ "id": first.id, "place": day("2026-05-25") });
    let preview: Value = test.call("posts.shift_preview", input).await;
    let moves = preview["moves"].as_array().unwrap();
    assert_eq!(moves.len(), 2);
    assert_eq!(moves[1]["id"], second.id.to_string());
    assert_eq!(moves[1]["place"]["wall"], "2026-05-27T10:00:00");
    assert_eq!(preview["chips"][0]["words"], "First");
    test.call::<Value>("posts.move", json!({ "moves": moves }))
        .await;
    assert_eq!(wall_of(&test.post(second.id).await), "2026-05-27T10:00:00");
}

#[tokio::test]
async fn every_view_shows_the_same_instant() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let calendar = test.calendar().await;
    let input = json!({
        "calendarId": calendar.id,
        "draft": draft("Zoned", &[account.id]),
        "place": { "kind": "wall", "wall": "2026-05-20T23:30:00", "zone": "America/New_York" },
        "scheduling": "must",
    });
    let post: Post = test.write("posts.create", input).await;
    let at = post.when.stands_at().unwrap();
    assert_eq!(at.rfc3339(), "2026-05-21T03:30:00.000Z");
    let range = json!({ "calendars": [], "from": at, "to": at.as_millis() + 1 });
    let month: Value = test.call("posts.range", range).await;
    assert_eq!(month["chips"][0]["at"], at.as_millis());
    // 05:30 on the wall in Berlin, where the calendar is: a drop there keeps that.
    place(&test, &post, day("2026-05-25")).await;
    let after = test.post(post.id).await;
    assert_eq!(
        after.when.stands_at().unwrap().rfc3339(),
        "2026-05-25T03:30:00.000Z"
    );
}

#[tokio::test]
async fn ideas_dropped_together_share_out_the_slots_of_the_day() {
    let test = TestApp::start().await;
    let account = test.connect("ana").await;
    let plan = json!({
        "accountId": account.id, "zone": "Europe/Berlin", "follow": false,
        "slots": [{ "weekday": 3, "time": "14:30" }, { "weekday": 3, "time": "18:00" }],
    });
    test.call::<Value>("slots.replace", plan).await;
    let mut moves = Vec::new();
    for text in ["One", "Two", "Three"] {
        let post = test.draft(text, &[account.id]).await;
        moves.push(json!({ "id": post.id, "place": day("2026-05-20") }));
    }
    let moved: Value = test.call("posts.move", json!({ "moves": moves })).await;
    let posts: Vec<Post> = serde_json::from_value(moved["value"]["posts"].clone()).unwrap();
    let walls: Vec<String> = posts.iter().map(wall_of).collect();
    assert_eq!(
        walls,
        [
            "2026-05-20T14:30:00",
            "2026-05-20T18:00:00",
            "2026-05-20T09:00:00"
        ]
    );
}
