//! A person schedules a post after a key that may not publish was allowed to change it, and before it does.

use app::programs::{Allowed, Bearer};
use app::types::accounts::OneCalendar;
use app::types::posts::{PostIds, PostsChanged, PostsCopy};
use model::calendar::Calendar;
use model::post::Post;
use model::status::ShownStatus;
use model::when::When;
use model::{AccountId, ErrorCode, PostId};
use serde_json::{Value, json};
use testkit::app::{TestApp, draft};

/// Every command that changes what goes out when a post is scheduled.
const CHANGES: [&str; 11] = [
    "posts.move",
    "posts.save",
    "posts.label",
    "posts.editorial",
    "posts.remove",
    "posts.copy",
    "calendars.archive",
    "calendars.remove",
    "accounts.remove",
    "writing.set_links",
    "writing.set_watermark",
];

/// A program with a post, on one of two calendars.
struct Desk {
    test: TestApp,
    calendar: Calendar,
    account: AccountId,
    post: PostId,
}

impl Desk {
    async fn new() -> Self {
        let test = TestApp::start().await;
        let calendar = test.calendar().await;
        let account = test.connect("ana").await.id;
        // The only calendar of a workspace stays in any case.
        let second = json!({ "workspaceId": calendar.workspace_id, "draft": {
            "name": "Second", "description": "", "zone": "Europe/Berlin", "graceMinutes": 60,
            "workingHours": [], "defaultAccounts": [],
        } });
        test.call::<Value>("calendars.create", second).await;
        let post = test.draft_on(calendar.id, "Launch", &[account]).await.id;
        Self {
            test,
            calendar,
            account,
            post,
        }
    }

    /// A key that may do all this, and perhaps publish.
    async fn key(&self, publishes: bool) -> Bearer {
        let mut may = vec![
            "create_events",
            "edit_events",
            "delete_events",
            "manage_accounts",
        ];
        may.extend(publishes.then_some("publish_content"));
        let input = json!({
            "workspaceId": self.calendar.workspace_id, "name": "Planner", "role": "viewer",
            "permissions": may,
        });
        let made: Value = self.test.write("keys.create", input).await;
        let secret = made["secret"].as_str().unwrap();
        self.test.app.bearer(secret).await.unwrap().unwrap()
    }

    /// A person puts the post at its time.
    async fn put(&self, scheduling: &str) -> Post {
        let place = json!({ "kind": "wall", "wall": "2026-05-20T09:00:00" });
        let moves = json!({
            "moves": [{ "id": self.post, "place": place }], "scheduling": scheduling,
        });
        self.test.call::<Value>("posts.move", moves).await;
        self.test.post(self.post).await
    }

    async fn allowed(&self, key: &Bearer, name: &str, input: Value) -> Allowed {
        self.test
            .app
            .allowed(key, name, input, &[])
            .await
            .unwrap_or_else(|error| panic!("{name} was not allowed: {error:?}"))
    }

    /// Fails unless what was allowed is refused now, and nothing at all is written.
    async fn refused(&self, allowed: Allowed, name: &str) {
        let before = (self.test.app.commits(), self.test.post(self.post).await);
        let error = allowed.run().await.unwrap_err();
        assert_eq!(error.code, ErrorCode::Permission, "{name} {error:?}");
        assert!(error.message.contains("publish_content"), "{error:?}");
        let after = (self.test.app.commits(), self.test.post(self.post).await);
        assert_eq!(after, before, "{name}");
    }

    /// A change of the post as it stands now, or of what it belongs to.
    fn input(&self, name: &str, post: &Post) -> Value {
        let later = json!({ "kind": "wall", "wall": "2026-05-21T09:00:00" });
        let there = json!([{ "id": post.id, "place": later }]);
        let workspace = self.calendar.workspace_id;
        match name {
            "posts.move" => json!({ "moves": there }),
            "posts.save" => json!({
                "id": post.id, "draft": draft("Other", &[self.account]), "version": post.version,
                "session": "s1",
            }),
            "posts.label" => json!({ "ids": [post.id], "add": ["sale"], "remove": [] }),
            "posts.editorial" => json!({ "ids": [post.id], "status": "approved" }),
            "posts.remove" => json!({ "ids": [post.id] }),
            "posts.copy" => json!({ "copies": there }),
            "calendars.archive" => json!({ "id": self.calendar.id, "archived": true }),
            "calendars.remove" => json!({ "id": self.calendar.id }),
            "accounts.remove" => json!({ "id": self.account }),
            "writing.set_links" => {
                json!({ "workspaceId": workspace, "rules": { "except": ["example.com"] } })
            }
            "writing.set_watermark" => json!({ "workspaceId": workspace, "watermark": null }),
            other => panic!("{other} has no input here"),
        }
    }
}

#[tokio::test]
async fn what_is_scheduled_in_between_is_not_changed_by_a_key_that_may_not_publish() {
    let desk = Desk::new().await;
    let key = desk.key(false).await;
    for name in CHANGES {
        let plan = desk.put("plan").await;
        let allowed = desk.allowed(&key, name, desk.input(name, &plan)).await;
        let scheduled = desk.put("must").await;
        assert_eq!(scheduled.status, ShownStatus::Scheduled);
        desk.refused(allowed, name).await;
    }
}

#[tokio::test]
async fn while_it_stays_a_plan_the_key_changes_it() {
    let desk = Desk::new().await;
    let key = desk.key(false).await;
    // What takes the rest away comes last.
    for name in ["posts.move", "posts.save", "posts.label", "posts.remove"] {
        let plan = desk.put("plan").await;
        let allowed = desk.allowed(&key, name, desk.input(name, &plan)).await;
        allowed.run().await.unwrap();
        assert!(desk.test.post(desk.post).await.version > plan.version);
    }
}

#[tokio::test]
async fn a_key_that_may_publish_changes_what_was_scheduled_in_between() {
    let desk = Desk::new().await;
    let key = desk.key(true).await;
    for name in ["posts.move", "posts.label", "posts.remove"] {
        let plan = desk.put("plan").await;
        let allowed = desk.allowed(&key, name, desk.input(name, &plan)).await;
        desk.put("must").await;
        allowed.run().await.unwrap();
    }
    let post = desk.test.post(desk.post).await;
    assert_eq!(post.labels, ["sale"]);
    assert!(post.deleted_at.is_some());
}

#[tokio::test]
async fn an_edit_beside_what_is_scheduled_in_between_stays_as_it_is() {
    let desk = Desk::new().await;
    let key = desk.key(false).await;
    let post = desk.put("must").await;
    let edit = desk.input("posts.save", &post);
    desk.test.call::<Value>("posts.save", edit).await;
    for name in ["posts.open", "posts.close", "posts.discard_edit"] {
        desk.put("plan").await;
        let one = json!({ "id": desk.post });
        let allowed = desk.allowed(&key, name, one).await;
        let edited = desk.put("must").await;
        assert!(edited.working_copy.is_some());
        desk.refused(allowed, name).await;
    }
}

#[tokio::test]
async fn what_was_scheduled_before_it_went_to_the_bin_stays_there() {
    let desk = Desk::new().await;
    let key = desk.key(false).await;
    desk.put("plan").await;
    let ids = json!({ "ids": [desk.post] });
    let items = json!({ "items": [{ "subject": "post", "id": desk.post }] });
    let person = async |name: &str, input: &Value| {
        desk.test.call::<Value>(name, input.clone()).await;
    };
    person("posts.remove", &ids).await;
    let allowed = desk.allowed(&key, "bin.restore", items.clone()).await;
    person("bin.restore", &items).await;
    desk.put("must").await;
    person("posts.remove", &ids).await;
    desk.refused(allowed, "bin.restore").await;
}

#[tokio::test]
async fn the_contracts_change_nothing_either_that_is_scheduled_in_between() {
    let desk = Desk::new().await;
    desk.put("plan").await;
    let (of_post, of_calendar) = (
        desk.test.app.sparing(&desk.post.to_string()),
        desk.test.app.sparing(&desk.calendar.id.to_string()),
    );
    let scheduled = desk.put("must").await;
    let ids = vec![desk.post];
    let removed = of_post.posts_remove(PostIds { ids: ids.clone() }).await;
    assert_eq!(removed.unwrap_err().code, ErrorCode::Permission);
    let id = desk.calendar.id;
    let taken = of_calendar.calendars_remove(OneCalendar { id }).await;
    assert_eq!(taken.unwrap_err().code, ErrorCode::Permission);
    assert_eq!(desk.test.post(desk.post).await, scheduled);
    desk.put("plan").await;
    of_post.posts_remove(PostIds { ids }).await.unwrap();
}

#[tokio::test]
async fn who_may_not_publish_makes_no_copy_that_goes_out() {
    let desk = Desk::new().await;
    let idea = desk.test.post(desk.post).await;
    let input: PostsCopy = serde_json::from_value(desk.input("posts.copy", &idea)).unwrap();
    let when = |copied: &PostsChanged| copied.posts[0].when.clone();
    let by_person = desk.test.app.posts_copy(input.clone()).await.unwrap().value;
    assert!(matches!(when(&by_person), When::Scheduled { .. }));
    // As when the post was scheduled only while it was read.
    let spared = desk.test.app.sparing(&desk.post.to_string());
    let by_key = spared.posts_copy(input).await.unwrap().value;
    assert!(matches!(when(&by_key), When::Planned { .. }));
}
