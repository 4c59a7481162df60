//! Endpoints of the scheduler: addresses that are told what happens, and what they were told.

use app::types::accounts::OneWorkspace;
use app::types::webhooks::{
    OneWebhook, OneWebhookDelivery, Webhook, WebhookChange, WebhookCreate, WebhookDeliveriesQuery,
    WebhookDelivery, WebhookDeliveryState,
};
use axum::http::Method;
use model::WebhookId;
use model::key::Permission;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CONTRACT, OfProfile, profile};
use crate::call::{Call, Nothing, Reply, Success};
use crate::fault::{Fault, Kind};
use crate::routes::Route;
use crate::times;
use crate::world::id_of;

/// Deliveries of a list while no number is asked for.
const USUAL: u32 = 50;
/// Most deliveries of a list.
const MOST: u32 = 200;

/// Its routes.
pub(super) fn routes() -> Vec<Route> {
    use Permission::{ManageAccounts, ViewAnalytics};
    const ALL: &str = "/api/v1/webhook-endpoints";
    const ONE: &str = "/api/v1/webhook-endpoints/{webhookId}";
    vec![
        Route::json(CONTRACT, Method::GET, ALL, "list", list)
            .needs(ManageAccounts)
            .also(&["/api/webhook-endpoints"]),
        Route::json(CONTRACT, Method::POST, ALL, "create", create)
            .needs(ManageAccounts)
            .also(&["/api/webhook-endpoints"]),
        Route::json(CONTRACT, Method::PATCH, ONE, "update", update)
            .needs(ManageAccounts)
            .also(&["/api/webhook-endpoints/{webhookId}"]),
        Route::json(CONTRACT, Method::DELETE, ONE, "delete", delete)
            .needs(ManageAccounts)
            .also(&["/api/webhook-endpoints/{webhookId}"]),
        Route::json(
            CONTRACT,
            Method::GET,
            "/api/v1/webhook-endpoints/{webhookId}/deliveries",
            "deliveries",
            deliveries,
        )
        .needs(ViewAnalytics)
        .also(&["/api/webhook-endpoints/{webhookId}/deliveries"]),
        Route::json(
            CONTRACT,
            Method::POST,
            "/api/v1/webhook-deliveries/{deliveryId}/retry",
            "send again",
            retry,
        )
        .needs(ManageAccounts)
        .also(&["/api/webhook-deliveries/{deliveryId}/retry"]),
        Route::json(
            CONTRACT,
            Method::POST,
            "/api/v1/webhooks/configure",
            "short form of creating one",
            configure,
        )
        .needs(ManageAccounts),
    ]
}

#[derive(Serialize, JsonSchema)]
struct Listed {
    id: String,
    url: String,
    events: Vec<String>,
    is_active: bool,
    max_retries: u32,
    last_delivery_at: Option<String>,
    /// success or failed; null before the first.
    last_delivery_status: Option<String>,
    created_at: String,
}

#[derive(Serialize, JsonSchema)]
struct Endpoints {
    endpoints: Vec<Listed>,
}

#[derive(Serialize, JsonSchema)]
struct Endpoint {
    id: String,
    url: String,
    events: Vec<String>,
    is_active: bool,
    max_retries: u32,
    /// Only where none was given: it is shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Made {
    success: bool,
    endpoint: Endpoint,
}

fn endpoint(webhook: Webhook, secret: Option<String>) -> Made {
    Made {
        success: true,
        endpoint: Endpoint {
            id: webhook.id.to_string(),
            is_active: webhook.is_told(),
            url: webhook.url,
            events: webhook.events,
            max_retries: webhook.max_retries,
            secret,
        },
    }
}

/// The endpoints of this contract: those of others are told in other words.
async fn own(call: &Call) -> Result<Vec<Webhook>, Fault> {
    let id = call.workspace();
    let mut found = call
        .app()
        .webhooks_list(OneWorkspace { id })
        .await?
        .webhooks;
    found.retain(|webhook| webhook.contract == CONTRACT.key());
    Ok(found)
}

async fn one(call: &Call) -> Result<OneWebhook, Fault> {
    let id: WebhookId = id_of(call.param("webhookId"), "webhook")?;
    if !own(call).await?.iter().any(|webhook| webhook.id == id) {
        return Err(Fault::missing("webhook"));
    }
    Ok(OneWebhook {
        workspace_id: call.workspace(),
        id,
    })
}

async fn list(call: Call, query: OfProfile, _: Nothing) -> Result<Reply<Endpoints>, Fault> {
    profile(&call, query.profile_id.as_deref())?;
    let endpoints = own(&call)
        .await?
        .into_iter()
        .map(|webhook| Listed {
            id: webhook.id.to_string(),
            is_active: webhook.is_told(),
            url: webhook.url,
            events: webhook.events,
            max_retries: webhook.max_retries,
            last_delivery_at: webhook.last_at.map(times::millis),
            last_delivery_status: webhook
                .last_ok
                .map(|ok| if ok { "success" } else { "failed" }.to_owned()),
            created_at: times::millis(webhook.created_at),
        })
        .collect();
    Ok(Reply::ok(Endpoints { endpoints }))
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct New {
    /// The workspace; the key's own when missing.
    profile_id: Option<String>,
    /// Where it is told.
    url: String,
    /// What its signature is made with; one is made when missing.
    secret: Option<String>,
    /// Names of events; `*` for all.
    events: Vec<String>,
    /// How often one is tried again, 0 to 20; 3 when missing.
    max_retries: Option<u32>,
}

async fn create(call: Call, _: Nothing, new: New) -> Result<Reply<Made>, Fault> {
    profile(&call, new.profile_id.as_deref())?;
    let made = call
        .app()
        .webhooks_create(WebhookCreate {
            workspace_id: call.workspace(),
            contract: CONTRACT.key().to_owned(),
            url: new.url,
            events: new.events,
            secret: new.secret,
            max_retries: new.max_retries,
            private: false,
        })
        .await?
        .value;
    Ok(Reply::ok(endpoint(made.webhook, made.secret)))
}

#[derive(Deserialize, JsonSchema)]
struct Configured {
    /// Where it is told.
    url: String,
    /// Names of events; `*` for all.
    events: Vec<String>,
    /// What its signature is made with; one is made when missing.
    secret: Option<String>,
}

async fn configure(call: Call, _: Nothing, new: Configured) -> Result<Reply<Made>, Fault> {
    let new = New {
        profile_id: None,
        url: new.url,
        secret: new.secret,
        events: new.events,
        max_retries: None,
    };
    create(call, Nothing {}, new).await
}

#[derive(Deserialize, JsonSchema)]
struct Change {
    /// Whether it is told; true also forgets failures.
    is_active: Option<bool>,
    /// Names of events; `*` for all.
    events: Option<Vec<String>>,
    /// How often one is tried again, 0 to 20.
    max_retries: Option<u32>,
    /// Where it is told.
    url: Option<String>,
}

async fn update(call: Call, _: Nothing, change: Change) -> Result<Reply<Made>, Fault> {
    let OneWebhook { workspace_id, id } = one(&call).await?;
    let changed = call
        .app()
        .webhooks_change(WebhookChange {
            workspace_id,
            id,
            url: change.url,
            events: change.events,
            max_retries: change.max_retries,
            active: change.is_active,
            private: None,
        })
        .await?
        .value;
    Ok(Reply::ok(endpoint(changed, None)))
}

async fn delete(call: Call, _: Nothing, _: Nothing) -> Result<Reply<Success>, Fault> {
    let one = one(&call).await?;
    call.app().webhooks_remove(one).await?;
    Ok(Reply::ok(Success::YES))
}

#[derive(Deserialize, JsonSchema)]
struct Limit {
    /// At most this many; 50 when missing, 200 at most.
    limit: Option<u32>,
}

#[derive(Serialize, JsonSchema)]
struct Delivery {
    id: String,
    event_type: String,
    /// pending, retrying, delivered or failed.
    status: String,
    attempt_number: u32,
    response_status: Option<u16>,
    delivered_at: Option<String>,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_retry_at: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Deliveries {
    deliveries: Vec<Delivery>,
}

fn delivery(found: WebhookDelivery) -> Delivery {
    let status = match found.state {
        WebhookDeliveryState::Delivered => "delivered",
        WebhookDeliveryState::Failed => "failed",
        WebhookDeliveryState::Waiting if found.attempts > 0 => "retrying",
        WebhookDeliveryState::Waiting => "pending",
    };
    let arrived = found.state == WebhookDeliveryState::Delivered;
    Delivery {
        id: found.id.to_string(),
        event_type: found.event,
        status: status.to_owned(),
        attempt_number: found.attempts,
        response_status: found.status,
        delivered_at: found.ended_at.filter(|_| arrived).map(times::millis),
        created_at: times::millis(found.created_at),
        error_message: found.message,
        next_retry_at: found.next_at.map(times::millis),
    }
}

async fn deliveries(call: Call, query: Limit, _: Nothing) -> Result<Reply<Deliveries>, Fault> {
    let OneWebhook { workspace_id, id } = one(&call).await?;
    let limit = query.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(Fault::invalid(
            "limit",
            format!("limit lies between 1 and {MOST}."),
        ));
    }
    let query = WebhookDeliveriesQuery {
        workspace_id,
        id,
        limit,
    };
    let found = call.app().webhooks_deliveries(query).await?.deliveries;
    Ok(Reply::ok(Deliveries {
        deliveries: found.into_iter().map(delivery).collect(),
    }))
}

#[derive(Serialize, JsonSchema)]
struct Again {
    success: bool,
    message: String,
}

async fn retry(call: Call, _: Nothing, _: Nothing) -> Result<Reply<Again>, Fault> {
    let input = OneWebhookDelivery {
        workspace_id: call.workspace(),
        id: id_of(call.param("deliveryId"), "delivery")?,
    };
    call.app()
        .webhooks_send_again(input)
        .await
        .map_err(|error| {
            let fault = Fault::from(error);
            if fault.kind == Kind::NotFound {
                Fault::missing("delivery")
            } else {
                fault
            }
        })?;
    Ok(Reply::ok(Again {
        success: true,
        message: "Delivery queued for retry".to_owned(),
    }))
}
