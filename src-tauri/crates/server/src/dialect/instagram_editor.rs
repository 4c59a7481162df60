//! Pictures and accounts for Instagram. What is drafted by a language model is still to come.

pub(crate) mod hooks;
mod images;
mod words;

use axum::http::Method;
use model::account::AccountHealth;
use model::key::Permission;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::scheduler;
use crate::call::{Call, Nothing, Reply};
use crate::contract::Contract;
use crate::fault::Fault;
use crate::routes::{Route, waits_for};
use crate::signing_in::SIGN_IN_SECONDS;
use crate::times;
use crate::world::World;

const CONTRACT: Contract = Contract::InstagramEditor;
/// The network of this contract.
const NETWORK: &str = "instagram";

/// Its routes.
pub(crate) fn routes() -> Vec<Route> {
    use waits_for::{DRAFTING, METRICS};
    let post = |path, what, feature| Route::waits(CONTRACT, Method::POST, path, what, feature);
    let get = |path, what, feature| Route::waits(CONTRACT, Method::GET, path, what, feature);
    vec![
        post("/v1/instagram/posts/generate", "draft a post", DRAFTING),
        post("/v1/instagram/stories/generate", "draft a story", DRAFTING),
        post("/v1/instagram/reels/generate", "draft a reel", DRAFTING),
        post(
            "/v1/instagram/copilot/conversations",
            "start a conversation",
            DRAFTING,
        ),
        post(
            "/v1/instagram/copilot/conversations/{conversation_id}/messages",
            "continue it",
            DRAFTING,
        ),
        post("/v1/instagram/posts/batch", "draft several posts", DRAFTING),
        get(
            "/v1/instagram/posts/{post_id}/analytics",
            "metrics",
            METRICS,
        ),
        get(
            "/v1/instagram/recommendations/content",
            "recommendations",
            METRICS,
        ),
        post("/v1/instagram/images/generate", "make an image", DRAFTING),
        Route::json(
            CONTRACT,
            Method::POST,
            "/v1/instagram/images/{image_id}/edit",
            "crop, filter, text overlay",
            images::edit,
        )
        .needs(Permission::EditEvents),
        Route::json(
            CONTRACT,
            Method::POST,
            "/v1/instagram/accounts/connect",
            "start connecting",
            connect,
        )
        .needs(Permission::ManageAccounts),
        Route::json(
            CONTRACT,
            Method::GET,
            "/v1/instagram/accounts/{account_id}",
            "account and capabilities",
            account,
        ),
        Route::json(
            CONTRACT,
            Method::POST,
            "/v1/instagram/webhooks",
            "subscribe",
            hooks::subscribe,
        )
        .needs(Permission::ManageAccounts),
    ]
}

#[derive(Deserialize, JsonSchema)]
struct Connect {
    /// instagram; the only network of this contract.
    platform: Option<String>,
    /// business or creator.
    account_type: Option<String>,
    /// Where the browser is to go afterwards.
    callback_url: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Connecting {
    status: String,
    platform: String,
    account_type: Option<String>,
    authorization_url: String,
    state: String,
    expires_in: u32,
}

async fn connect(call: Call, _: Nothing, input: Connect) -> Result<Reply<Connecting>, Fault> {
    if let Some(name) = input.platform.filter(|name| name != NETWORK) {
        return Err(Fault::invalid("platform", "Only instagram is connected here.").given(&name));
    }
    let then = scheduler::then("callback_url", input.callback_url.as_deref())?;
    let begun = scheduler::sign_in(&call, NETWORK, then).await?;
    Ok(Reply::ok(Connecting {
        status: "pending".to_owned(),
        platform: NETWORK.to_owned(),
        account_type: input.account_type,
        authorization_url: begun.address,
        state: begun.state,
        expires_in: SIGN_IN_SECONDS,
    }))
}

#[derive(Serialize, JsonSchema)]
struct Capabilities {
    can_publish: bool,
    can_read_insights: bool,
    can_manage_comments: bool,
    connected_date: String,
}

#[derive(Serialize, JsonSchema)]
struct Insights {
    available: bool,
    metrics: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct AccountOf {
    account_id: String,
    platform: String,
    username: String,
    account_type: String,
    capabilities: Capabilities,
    insights_access: Insights,
}

async fn account(call: Call, _: Nothing, _: Nothing) -> Result<Reply<AccountOf>, Fault> {
    let world = World::read(&call).await?;
    let found = world.account_by(call.param("account_id"))?;
    if found.network != NETWORK {
        return Err(Fault::missing("account"));
    }
    let handle = found.handle.trim_start_matches('@');
    Ok(Reply::ok(AccountOf {
        account_id: format!("acc_{}", found.id),
        platform: NETWORK.to_owned(),
        username: format!("@{handle}"),
        account_type: "business".to_owned(),
        capabilities: Capabilities {
            can_publish: found.health == AccountHealth::Ok && found.paused.is_none(),
            // Numbers and comments of networks are still to come.
            can_read_insights: false,
            can_manage_comments: false,
            connected_date: times::seconds(found.created_at),
        },
        insights_access: Insights {
            available: false,
            metrics: Vec::new(),
        },
    }))
}
