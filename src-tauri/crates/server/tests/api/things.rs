//! One thing of every sort in a workspace, and for every route the request that its document has for it.

use model::WorkspaceId;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use server::routes::{State, all};
use testkit::app_network::PASSWORD;

use crate::support::{Api, got, png};

/// The network of the account that is connected.
pub const NETWORK: &str = "instagram";

/// Things of a workspace by the names that paths have for them.
pub struct Things {
    ids: Vec<(&'static str, String)>,
    workspace: WorkspaceId,
}

impl Things {
    /// Makes them with a key of the workspace.
    pub async fn make(api: &Api, key: &str, workspace: WorkspaceId) -> Self {
        let post = async |path: &str, body: Value| {
            api.send(key, Method::POST, path, Some(body)).await.ok()
        };
        let id = |made: &Value| made["id"].as_str().unwrap().to_owned();
        let calendar = id(&post("/v1/calendar/calendars", json!({ "name": "Theirs" })).await);
        let events = format!("/v1/calendar/calendars/{calendar}/events");
        let event = json!({ "title": "Event", "content": { "caption": "Words" } });
        let event = id(&post(&events, event).await);
        let entry = json!({ "title": "Entry", "scheduled_date": "2026-05-25" });
        let entry = post("/api/v1/calendar/entries", entry).await;
        let account = json!({
            "workspaceId": workspace, "network": NETWORK, "method": "password",
            "fields": { "handle": format!("ana-{workspace}") }, "secrets": { "password": PASSWORD },
        });
        let account = api.test.sign_in("accounts.connect", account).await.id;
        let draft = json!({ "content": { "text": "Draft" }, "platforms": [NETWORK] });
        let draft = id(&post("/api/v1/creator/social/posts", draft).await);
        let scheduled = json!({
            "platforms": [NETWORK], "content": "Later", "scheduleDate": "2026-06-25T10:00:00Z"
        });
        let scheduled = post("/api/v1/post", scheduled).await;
        let upload = api
            .http
            .post(format!("{}/api/v1/creator/social/media/upload", api.base));
        let form = Form::new().part("file", Part::bytes(png(50, 50)).file_name("a.png"));
        let file = got(upload.bearer_auth(key).multipart(form)).await.ok();
        let file = file["media_id"].as_str().unwrap().to_owned();
        let made = post(
            "/api/v1/api-keys",
            json!({ "name": "Key", "role": "viewer" }),
        )
        .await;
        let hook = json!({ "url": "https://your-app.com/webhook", "events": ["post.published"] });
        let hook = post("/api/v1/webhook-endpoints", hook).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            ids: vec![
                ("{calendar_id}", calendar),
                ("{event_id}", event),
                ("{id}", text(&entry["entry_id"])),
                ("{account_id}", format!("acc_{account}")),
                ("{connectionId}", format!("{NETWORK}_{account}")),
                ("{post_id}", draft),
                ("{scheduledPostId}", text(&scheduled["postId"])),
                ("{image_id}", file.replace("media_", "img_")),
                ("{media_id}", file),
                ("{keyId}", text(&made["apiKey"]["id"])),
                ("{webhookId}", text(&hook["endpoint"]["id"])),
                // Nothing was told yet, so there is none.
                ("{deliveryId}", uuid::Uuid::from_u128(7).to_string()),
                ("{token}", "0".repeat(48)),
            ],
            workspace,
        }
    }

    /// The thing that a path names.
    pub fn of(&self, name: &str) -> &str {
        let found = self.ids.iter().find(|(known, _)| *known == name);
        &found.unwrap_or_else(|| panic!("no thing for {name}")).1
    }

    /// A path with these things in it.
    pub fn filled(&self, path: &str) -> String {
        let parts = path.split('/').map(|part| {
            if part.starts_with('{') {
                self.of(part)
            } else {
                part
            }
        });
        parts.collect::<Vec<_>>().join("/")
    }

    /// A good body for a route; none where it reads none.
    pub fn body(&self, method: &Method, path: &str) -> Option<Value> {
        let profile = json!(self.workspace);
        let soon = "2026-05-25T14:00:00Z";
        let hook = |event: &str| json!({ "url": "https://your-app.com/webhook", "events": [event], "secret": "your-webhook-secret" });
        Some(match (method.as_str(), path) {
            ("POST", "/api/v1/calendar/entries") | ("PATCH", "/api/v1/calendar/entries/{id}") => {
                json!({
                    "title": "Changed", "description": "Words", "scheduled_date": "2026-05-26",
                    "scheduled_time": "14:00", "platforms": ["x"]
                })
            }
            ("POST", "/v1/calendar/calendars")
            | ("PATCH", "/v1/calendar/calendars/{calendar_id}") => json!({
                "name": "Changed", "description": "Words", "timezone": "Europe/Berlin",
                "settings": { "auto_publish": false }
            }),
            ("POST", "/v1/calendar/calendars/{calendar_id}/events")
            | ("PATCH", "/v1/calendar/calendars/{calendar_id}/events/{event_id}") => json!({
                "title": "Changed", "description": "Words", "content_type": "social_post",
                "platform": NETWORK, "scheduled_at": soon, "duration": 60,
                "content": { "caption": "Words" }, "metadata": { "priority": "high" },
                "status": "draft"
            }),
            ("PATCH", "/v1/calendar/calendars/{calendar_id}/events/bulk") => json!({
                "event_ids": [self.of("{event_id}")], "updates": { "title": "Changed" }
            }),
            ("POST", "/v1/calendar/webhooks") => hook("event.created"),
            ("POST", "/v1/instagram/webhooks") => hook("content.published"),
            ("POST", "/api/v1/webhooks/configure") => hook("post.published"),
            ("POST", "/api/v1/webhook-endpoints" | "/api/webhook-endpoints") => {
                let mut all = hook("post.failed");
                all["profileId"] = profile;
                all["maxRetries"] = json!(2);
                all
            }
            (
                "PATCH",
                "/api/v1/webhook-endpoints/{webhookId}" | "/api/webhook-endpoints/{webhookId}",
            ) => {
                json!({ "events": ["post.scheduled"] })
            }
            ("POST", "/v1/instagram/images/{image_id}/edit") => json!({
                "edits": [{ "type": "filter", "filter_name": "mono" }], "instagram_optimization": true
            }),
            ("POST", "/v1/instagram/accounts/connect") => json!({
                "platform": "instagram", "account_type": "business",
                "callback_url": "https://your-app.com/oauth/callback"
            }),
            ("POST", "/api/v1/creator/social/accounts/connect") => json!({
                "platform": NETWORK, "redirect_uri": "https://app.example.com/oauth/callback"
            }),
            ("POST", "/api/v1/connect/init") => json!({
                "platform": NETWORK, "returnUrl": "https://your-app.com/callback", "profileId": profile
            }),
            ("POST", "/api/v1/api-keys") => json!({
                "name": "Another", "profileId": profile, "role": "viewer",
                "permissions": ["view_analytics"], "expiresAt": "2027-05-25T14:00:00Z"
            }),
            ("POST", "/api/v1/media/upload-url") => json!({
                "profileId": profile, "fileName": "a.png", "contentType": "image/png", "fileSize": 10
            }),
            ("DELETE", "/api/v1/media") => {
                json!({ "profileId": profile, "filePath": self.of("{media_id}") })
            }
            ("POST", "/api/v1/post") => json!({
                "profileId": profile, "platforms": [NETWORK], "content": "Words",
                "connectionIds": [self.of("{connectionId}")], "media": [], "scheduleDate": soon
            }),
            ("POST", "/api/v1/scheduled-posts/{scheduledPostId}/retry") => {
                json!({ "profileId": profile })
            }
            ("POST", "/api/v1/creator/social/publish") => json!({
                "content": { "text": "Words" }, "title": "Title", "publish_at": soon,
                "platforms": [{ "platform": NETWORK, "account_id": self.of("{account_id}"), "options": {} }]
            }),
            ("POST", "/api/v1/creator/social/posts") => json!({
                "title": "Title", "content": { "text": "Words" }, "media": [], "platforms": [NETWORK],
                "status": "scheduled", "scheduled_at": soon, "campaign_id": "c1", "tags": ["a"]
            }),
            ("PUT", "/api/v1/creator/social/posts/{post_id}") => json!({
                "title": "Changed", "content": { "text": "Words" }, "media": [], "platforms": [NETWORK],
                "campaign_id": "c1", "tags": ["a"]
            }),
            ("POST", "/api/v1/creator/social/posts/{post_id}/publish") => {
                json!({ "publish_now": true })
            }
            ("POST", "/api/v1/creator/social/posts/{post_id}/schedule") => {
                json!({ "scheduled_at": soon, "timezone": "America/Los_Angeles" })
            }
            ("POST", "/api/v1/creator/social/threads") => json!({
                "platform": NETWORK, "account_id": self.of("{account_id}"), "schedule_at": soon,
                "posts": [{ "text": "One" }, { "text": "Two" }]
            }),
            _ => return None,
        })
    }
}

/// Method and path of every route that does something, at every path it is served at.
pub fn served() -> Vec<(Method, &'static str)> {
    let mut found = Vec::new();
    for route in all().iter().filter(|r| r.state() == State::Served) {
        for path in route.paths() {
            found.push((route.method.clone(), path));
        }
    }
    found
}
