//! Subscribing, which two contracts print alike.

use app::types::webhooks::WebhookCreate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::call::{Call, Reply};
use crate::contract::Contract;
use crate::fault::Fault;
use crate::times;

/// Who wants to be told what.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Subscribe {
    /// Where it is told.
    url: String,
    /// Names of events; `*` for all.
    events: Vec<String>,
    /// What its signature is made with; one is made when missing.
    secret: Option<String>,
}

/// A subscription that was made.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Subscribed {
    id: String,
    url: String,
    events: Vec<String>,
    status: String,
    created_at: String,
    /// Only where none was given: it is shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

/// Subscribes in the words of a contract.
pub(crate) async fn subscribe(
    call: &Call,
    contract: Contract,
    new: Subscribe,
) -> Result<Reply<Subscribed>, Fault> {
    let made = call
        .app()
        .webhooks_create(WebhookCreate {
            workspace_id: call.workspace(),
            contract: contract.key().to_owned(),
            url: new.url,
            events: new.events,
            secret: new.secret,
            max_retries: None,
            private: false,
        })
        .await?
        .value;
    Ok(Reply::created(Subscribed {
        id: format!("wh_{}", made.webhook.id),
        url: made.webhook.url,
        events: made.webhook.events,
        status: "active".to_owned(),
        created_at: times::seconds(made.webhook.created_at),
        secret: made.secret,
    }))
}
