//! Addresses that are told what happens, and what became of what they were told.

use model::{Timestamp, WebhookDeliveryId, WebhookId, WorkspaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An event as a contract names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WebhookEvent {
    /// Its name, such as `post.published`.
    pub name: String,
    /// When it is told, in a sentence.
    pub about: String,
    /// A feature that it waits for; it can be asked for and does not come yet.
    pub waits_for: Option<String>,
}

/// In whose words an address can be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WebhookContract {
    /// Its key, such as `scheduler`.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// Its events.
    pub events: Vec<WebhookEvent>,
}

/// An address that is told what happens. Its secret is not here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    /// Which.
    pub id: WebhookId,
    /// Whose events it gets.
    pub workspace_id: WorkspaceId,
    /// In whose words.
    pub contract: String,
    /// Where.
    pub url: String,
    /// Names of events; `*` for all.
    pub events: Vec<String>,
    /// How often one is tried again before it is given up.
    pub max_retries: u32,
    /// The person wants it told.
    pub active: bool,
    /// It may lie in a private network or on this computer.
    pub private: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when nothing arrived; none when the last one did.
    pub failing_since: Option<Timestamp>,
    /// When it was switched off after failures; none while it is told.
    pub off_at: Option<Timestamp>,
    /// Why.
    pub off_reason: Option<String>,
    /// When it was last tried.
    pub last_at: Option<Timestamp>,
    /// Whether that arrived.
    pub last_ok: Option<bool>,
}

impl Webhook {
    /// Whether it is told now.
    #[must_use]
    pub const fn is_told(&self) -> bool {
        self.active && self.off_at.is_none()
    }
}

/// The addresses of a workspace, the oldest first, and what there is to choose from.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Webhooks {
    /// The addresses.
    pub webhooks: Vec<Webhook>,
    /// In whose words one can be told.
    pub contracts: Vec<WebhookContract>,
}

/// Tell an address what happens.
#[derive(Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WebhookCreate {
    /// Whose events.
    pub workspace_id: WorkspaceId,
    /// In whose words.
    pub contract: String,
    /// Where.
    pub url: String,
    /// Names of events; `*` for all.
    pub events: Vec<String>,
    /// What its signature is made with; one is made when missing. Never logged.
    #[serde(default)]
    pub secret: Option<String>,
    /// How often one is tried again; 3 when missing.
    #[serde(default)]
    pub max_retries: Option<u32>,
    /// It may lie in a private network or on this computer.
    #[serde(default)]
    pub private: bool,
}

/// A new address, or one with a new secret.
#[derive(Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WebhookMade {
    /// The address.
    pub webhook: Webhook,
    /// The secret, where Almanac made it: the only time that it is shown.
    pub secret: Option<String>,
}

/// Change an address; what is missing stays.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WebhookChange {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// Which.
    pub id: WebhookId,
    /// Where.
    #[serde(default)]
    pub url: Option<String>,
    /// Names of events.
    #[serde(default)]
    pub events: Option<Vec<String>>,
    /// How often one is tried again.
    #[serde(default)]
    pub max_retries: Option<u32>,
    /// Whether it is told; turning it on also forgets failures.
    #[serde(default)]
    pub active: Option<bool>,
    /// It may lie in a private network or on this computer. When missing, another address has to be
    /// allowed anew.
    #[serde(default)]
    pub private: Option<bool>,
}

/// One address of a workspace.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OneWebhook {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// Which.
    pub id: WebhookId,
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WebhookDeliveryState {
    /// In line, or tried again later.
    Waiting,
    /// It arrived.
    Delivered,
    /// It was given up.
    Failed,
}

/// One try of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WebhookTry {
    /// When.
    pub at: Timestamp,
    /// The status of the answer; none when there was none.
    pub status: Option<u16>,
    /// Why it did not arrive; none when it did.
    pub message: Option<String>,
}

/// Something that an address is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WebhookDelivery {
    /// Which; the same however often it is sent.
    pub id: WebhookDeliveryId,
    /// Where it goes.
    pub webhook_id: WebhookId,
    /// Name of the event.
    pub event: String,
    /// How far it is.
    pub state: WebhookDeliveryState,
    /// All tries so far.
    pub attempts: u32,
    /// When it is tried next; none when at once, or never.
    pub next_at: Option<Timestamp>,
    /// The status of the last answer.
    pub status: Option<u16>,
    /// Why it did not arrive.
    pub message: Option<String>,
    /// How the last answer began.
    pub answer: Option<String>,
    /// When it came in line.
    pub created_at: Timestamp,
    /// When it arrived or was given up.
    pub ended_at: Option<Timestamp>,
    /// Its tries, the oldest first.
    pub tries: Vec<WebhookTry>,
    /// The text that is sent; none before the first try.
    pub body: Option<String>,
}

/// Read what an address was told.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WebhookDeliveriesQuery {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The address.
    pub id: WebhookId,
    /// At most this many, 1 to 500.
    pub limit: u32,
}

/// What an address was told, newest first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WebhookDeliveries {
    /// The deliveries.
    pub deliveries: Vec<WebhookDelivery>,
}

/// One delivery of a workspace.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OneWebhookDelivery {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// Which.
    pub id: WebhookDeliveryId,
}
