//! Programs that may not publish ask, and a person's yes is to what was shown.

use app::programs::{AskedTime, PostChange};
use app::types::posts::Place;
use model::post::Post;
use model::status::ShownStatus;
use model::when::When;
use model::{ErrorCode, KeyId, WorkspaceId};
use serde_json::{Value, json};
use testkit::app::{TestApp, draft};

/// A program with a key.
struct Program {
    test: TestApp,
    workspace: WorkspaceId,
    key: KeyId,
}

impl Program {
    async fn start() -> Self {
        let test = TestApp::publishing().await;
        let workspace = test.calendar().await.workspace_id;
        let new = json!({ "workspaceId": workspace, "name": "Writer", "role": "editor" });
        let made: Value = test.write("keys.create", new).await;
        let key = serde_json::from_value(made["key"]["id"].clone()).unwrap();
        Self {
            test,
            workspace,
            key,
        }
    }

    /// A draft with a time.
    async fn planned(&self, text: &str) -> Post {
        let account = self.test.connect("ana").await.id;
        let post = self.test.draft(text, &[account]).await;
        self.moved(&post, "2026-05-20T09:00:00").await
    }

    async fn moved(&self, post: &Post, wall: &str) -> Post {
        let place = json!({ "kind": "wall", "wall": wall });
        let input = json!({ "moves": [{ "id": post.id, "place": place }], "scheduling": "plan" });
        self.test.call::<Value>("posts.move", input).await;
        self.test.post(post.id).await
    }

    async fn asks(&self, post: &Post, time: AskedTime) -> Result<Post, app::ApiError> {
        let app = &self.test.app;
        app.ask_to_publish(self.workspace, self.key, post.clone(), time)
            .await
    }

    async fn says(&self, post: &Post, text: &str) -> Post {
        let targets: Vec<_> = post.targets.iter().map(|t| t.draft.account_id).collect();
        let change = PostChange {
            draft: Some(serde_json::from_value(draft(text, &targets)).unwrap()),
            ..PostChange::of(post)
        };
        self.test.app.post_change(change).await.unwrap()
    }

    /// The question as it stands under *Needs you*.
    async fn shown(&self) -> Value {
        let found: Value = self.test.call("activity.troubles", json!({})).await;
        found["troubles"][0].clone()
    }
}

fn yes(shown: &Value) -> Value {
    let post = &shown["posts"][0];
    json!({ "id": post["id"], "yes": true, "seen": post["asked"] })
}

fn at(wall: &str) -> AskedTime {
    let place = json!({ "kind": "wall", "wall": wall });
    AskedTime::At(serde_json::from_value::<Place>(place).unwrap())
}

#[tokio::test]
async fn a_yes_to_what_was_changed_since_it_was_shown_lets_nothing_out() {
    let program = Program::start().await;
    let test = &program.test;
    let post = program.planned("Read by Ana").await;
    program.asks(&post, AskedTime::Planned).await.unwrap();
    let shown = program.shown().await;
    assert_eq!(
        shown["message"],
        "Writer asks that this go out at its time."
    );
    let post = program.says(&post, "Not read by Ana").await;
    let error = test.refused("posts.answer_ask", yes(&shown)).await;
    assert_eq!(error.code, ErrorCode::Conflict);
    let without = json!({ "id": post.id, "yes": true });
    test.refused("posts.answer_ask", without).await;
    assert_eq!(test.post(post.id).await.status, ShownStatus::Draft);

    // Asked for anew it is still not what was first asked for, and the card says so.
    program.asks(&post, AskedTime::Planned).await.unwrap();
    let again = program.shown().await;
    let message = again["message"].as_str().unwrap();
    assert!(message.contains("changed since"), "{message}");
    let answered: Value = test.write("posts.answer_ask", yes(&again)).await;
    assert_eq!(answered["status"], "scheduled");
}

#[tokio::test]
async fn a_yes_to_its_time_is_none_to_now() {
    let program = Program::start().await;
    let test = &program.test;
    let post = program.planned("Later").await;
    program.asks(&post, AskedTime::Planned).await.unwrap();
    let shown = program.shown().await;
    program.asks(&post, AskedTime::AtOnce).await.unwrap();
    let error = test.refused("posts.answer_ask", yes(&shown)).await;
    assert_eq!(error.code, ErrorCode::Conflict);
    test.app.settled().await;
    assert!(test.network.shown().is_empty());
    // A no needs nothing to have been seen.
    let no = json!({ "id": post.id, "yes": false });
    test.call::<Value>("posts.answer_ask", no).await;
    assert_eq!(program.shown().await, Value::Null);

    program.asks(&post, AskedTime::AtOnce).await.unwrap();
    let shown = program.shown().await;
    assert_eq!(shown["message"], "Writer asks that this go out now.");
    test.call::<Value>("posts.answer_ask", yes(&shown)).await;
    test.app.settled().await;
    assert_eq!(test.network.shown()[0].text, "Later");
}

#[tokio::test]
async fn what_cannot_be_asked_for_moves_nothing() {
    let program = Program::start().await;
    let test = &program.test;
    let post = program.planned("Fits").await;
    let moved = program
        .asks(&post, at("2026-05-21T09:00:00"))
        .await
        .unwrap();
    assert_ne!(moved.when, post.when);
    let shown = program.shown().await;
    test.call::<Value>("posts.answer_ask", yes(&shown)).await;
    let scheduled = test.post(post.id).await;
    assert!(matches!(scheduled.when, When::Scheduled { .. }));
    let error = program.asks(&scheduled, at("2026-05-22T09:00:00")).await;
    assert_eq!(error.unwrap_err().code, ErrorCode::Conflict);
    assert_eq!(test.post(post.id).await, scheduled);

    let account = scheduled.targets[0].draft.account_id;
    let long = test.draft(&"x".repeat(400), &[account]).await;
    program
        .asks(&long, at("2026-05-22T09:00:00"))
        .await
        .unwrap_err();
    let fits = test.draft("Fits as well", &[account]).await;
    program
        .asks(&fits, at("2020-05-22T09:00:00"))
        .await
        .unwrap_err();
    for post in [long, fits] {
        assert_eq!(test.post(post.id).await.when, When::Unplanned);
    }
    assert_eq!(program.shown().await, Value::Null);
}
