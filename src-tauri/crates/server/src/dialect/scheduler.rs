//! Accounts, posts, the log of deliveries, keys: the scheduler's contract.

mod connecting;
mod connections;
mod endpoints;
pub(crate) mod hooks;
mod keys;
mod log;
mod media;
mod posts;
mod sending;

use axum::http::Method;
use model::key::Permission;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::call::{Call, Nothing, Reply};
use crate::contract::Contract;
use crate::fault::Fault;
use crate::routes::{Route, State, waits_for};

pub(super) use connecting::{sign_in, then};

const CONTRACT: Contract = Contract::Scheduler;

/// Its routes.
pub(crate) fn routes() -> Vec<Route> {
    let mut all = served();
    all.extend(endpoints::routes());
    all.extend(waiting());
    all
}

fn served() -> Vec<Route> {
    const KEYS: &str = "/api/v1/api-keys";
    vec![
        Route::json(CONTRACT, Method::GET, "/api/v1", "discovery", discover),
        Route::json(CONTRACT, Method::GET, KEYS, "list keys, masked", keys::list)
            .needs(Permission::ManageKeys),
        Route::json(
            CONTRACT,
            Method::POST,
            KEYS,
            "create, shown once",
            keys::create,
        )
        .needs(Permission::ManageKeys),
        Route::json(
            CONTRACT,
            Method::DELETE,
            "/api/v1/api-keys/{keyId}",
            "revoke",
            keys::revoke,
        )
        .needs(Permission::ManageKeys),
        Route::json(
            CONTRACT,
            Method::GET,
            "/api/v1/platforms",
            "catalogue of capabilities",
            connections::platforms,
        ),
        Route::json(
            CONTRACT,
            Method::GET,
            "/api/v1/connections",
            "connected accounts with readiness",
            connections::list,
        ),
        Route::json(
            CONTRACT,
            Method::POST,
            "/api/v1/connect/init",
            "start OAuth",
            connecting::connect,
        )
        .needs(Permission::ManageAccounts),
        Route::json(
            CONTRACT,
            Method::DELETE,
            "/api/v1/connections/{connectionId}",
            "disconnect",
            connections::disconnect,
        )
        .needs(Permission::ManageAccounts),
        Route::json(
            CONTRACT,
            Method::POST,
            "/api/v1/connections/{connectionId}/sync",
            "refresh token and profile",
            connections::sync,
        )
        .needs(Permission::ManageAccounts),
        Route::json(
            CONTRACT,
            Method::POST,
            "/api/v1/media/upload-url",
            "signed upload address",
            media::announce,
        )
        .needs(Permission::CreateEvents),
        Route::open(
            CONTRACT,
            Method::PUT,
            "{signedUrl}",
            "the upload itself",
            media::upload,
        )
        .also(&["/api/v1/media/upload/{token}"]),
        Route::json(
            CONTRACT,
            Method::DELETE,
            "/api/v1/media",
            "delete by file path",
            media::delete,
        )
        .needs(Permission::DeleteEvents),
        Route::json(
            CONTRACT,
            Method::POST,
            "/api/v1/post",
            "publish now or schedule",
            sending::post,
        )
        .needs(Permission::CreateEvents),
        Route::json(
            CONTRACT,
            Method::GET,
            "/api/v1/posts",
            "list posts",
            posts::list,
        )
        .read_from_store(),
        Route::json(
            CONTRACT,
            Method::GET,
            "/api/v1/scheduled-posts",
            "list scheduled",
            posts::scheduled,
        )
        .read_from_store(),
        Route::json(
            CONTRACT,
            Method::DELETE,
            "/api/v1/scheduled-posts/{scheduledPostId}",
            "cancel",
            posts::cancel,
        )
        .needs(Permission::PublishContent),
        Route::json(
            CONTRACT,
            Method::POST,
            "/api/v1/scheduled-posts/{scheduledPostId}/retry",
            "retry a failed one",
            posts::retry,
        )
        .needs(Permission::PublishContent),
        Route::json(
            CONTRACT,
            Method::GET,
            "/api/v1/job-logs",
            "attempts",
            log::attempts,
        )
        .needs(Permission::ViewAnalytics),
        Route::json(
            CONTRACT,
            Method::GET,
            "/api/v1/delivery-metrics",
            "attempts by network and day",
            log::metrics,
        )
        .needs(Permission::ViewAnalytics),
        Route::json(
            CONTRACT,
            Method::GET,
            "/api/v1/analytics/overview",
            "counts of posts and targets",
            log::overview,
        )
        .needs(Permission::ViewAnalytics),
        Route::json(
            CONTRACT,
            Method::GET,
            "/api/v1/scheduling/best-times",
            "best times, with defaults",
            log::best_times,
        ),
        Route::json(
            CONTRACT,
            Method::GET,
            "/api/billing/subscription-status",
            "plan and usage",
            log::plan,
        ),
    ]
}

fn waiting() -> Vec<Route> {
    use waits_for::{METRICS, PAYMENT, RECURRING, TEAMS, TEMPLATES};
    let get = |path, what, feature| Route::waits(CONTRACT, Method::GET, path, what, feature);
    let post = |path, what, feature| Route::waits(CONTRACT, Method::POST, path, what, feature);
    let patch = |path, what, feature| Route::waits(CONTRACT, Method::PATCH, path, what, feature);
    let delete = |path, what, feature| Route::waits(CONTRACT, Method::DELETE, path, what, feature);
    vec![
        get("/api/v1/templates", "list", TEMPLATES),
        post("/api/v1/templates", "create", TEMPLATES),
        get(
            "/api/v1/templates/{templateId}",
            "one, with media",
            TEMPLATES,
        ),
        patch(
            "/api/v1/templates/{templateId}",
            "update, favourite, count use",
            TEMPLATES,
        ),
        delete("/api/v1/templates/{templateId}", "delete", TEMPLATES),
        get("/api/v1/profiles/{profileId}/members", "members", TEAMS),
        post("/api/v1/profiles/{profileId}/invitations", "invite", TEAMS),
        post("/api/v1/invitations/{token}/accept", "accept", TEAMS),
        patch(
            "/api/v1/profiles/{profileId}/members/{memberId}",
            "change role",
            TEAMS,
        ),
        delete(
            "/api/v1/profiles/{profileId}/members/{memberId}",
            "remove",
            TEAMS,
        ),
        delete("/api/v1/profiles/{profileId}/leave", "leave", TEAMS),
        get("/api/analytics/realtime", "dashboard", METRICS),
        get(
            "/api/analytics/post-timeline",
            "series by day and network",
            METRICS,
        ),
        get("/api/analytics/content-decay", "engagement decay", METRICS),
        get("/api/analytics/posting-frequency", "cadence", METRICS),
        get(
            "/api/analytics/best-time",
            "best slots from history",
            METRICS,
        ),
        get(
            "/api/analytics/capabilities",
            "metrics support by network",
            METRICS,
        ),
        get(
            "/api/analytics/sync-health",
            "freshness of metrics",
            METRICS,
        ),
        get("/api/v1/recurring-schedules", "list", RECURRING),
        post("/api/v1/recurring-schedules", "create", RECURRING),
        patch(
            "/api/v1/recurring-schedules/{scheduleId}",
            "update",
            RECURRING,
        ),
        delete(
            "/api/v1/recurring-schedules/{scheduleId}",
            "delete",
            RECURRING,
        ),
        post(
            "/api/billing/create-checkout-session",
            "hosted plans only",
            PAYMENT,
        ),
        post(
            "/api/billing/create-portal-session",
            "hosted plans only",
            PAYMENT,
        ),
        post("/api/billing/webhook", "hosted plans only", PAYMENT),
    ]
}

/// A query that may name the workspace.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct OfProfile {
    /// The workspace; the key's own when missing.
    profile_id: Option<String>,
}

/// A query that has to name the workspace.
fn profile(call: &Call, named: Option<&str>) -> Result<(), Fault> {
    call.same_workspace("profileId", named)
}

#[derive(Serialize, JsonSchema)]
struct Endpoint {
    method: String,
    path: String,
    description: String,
    /// What it waits for; missing where it is served.
    #[serde(skip_serializing_if = "Option::is_none")]
    waits_for: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Auth {
    header: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Billing {
    required: bool,
    message: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Discovery {
    name: String,
    version: String,
    auth: Auth,
    endpoints: Vec<Endpoint>,
    billing: Billing,
    platforms: Vec<connections::Platform>,
    docs: String,
}

async fn discover(call: Call, _: Nothing, _: Nothing) -> Result<Reply<Discovery>, Fault> {
    let endpoints = routes()
        .iter()
        .map(|route| Endpoint {
            method: route.method.to_string(),
            path: route.path.to_owned(),
            description: route.what.to_owned(),
            waits_for: match route.state() {
                State::Served => None,
                State::Waits(feature) => Some(feature.to_owned()),
            },
        })
        .collect();
    Ok(Reply::ok(Discovery {
        name: "Almanac".to_owned(),
        version: "v1".to_owned(),
        auth: Auth {
            header: "X-API-Key".to_owned(),
        },
        endpoints,
        billing: Billing {
            required: false,
            message: "Almanac runs on its owner's computer: there is no subscription.".to_owned(),
        },
        platforms: connections::catalogue(&call),
        docs: format!("{}/", call.base),
    }))
}
