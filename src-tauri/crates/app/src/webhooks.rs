//! Addresses that are told what happens: making, changing, trying, and what became of deliveries.
//!
//! What an event is called and how it is written is each contract's own: [`Contracts`] is handed in by
//! whoever speaks them. Secrets lie in the vault, never in the database.

mod deliver;
mod history;
mod input;
mod policy;

use std::sync::Arc;

use model::change::Actor;
use model::event::{EventFacts, EventKind};
use model::{AccountId, Timestamp, WebhookDeliveryId, WebhookId, WorkspaceId};
use networks::hooks::Hooks;
use networks::vault::{Secret, Vault, VaultError};
use store::webhook_history;
use store::webhooks::{self as rows, Health};

use crate::app::App;
use crate::error::Result;
use crate::types::accounts::OneWorkspace;
use crate::types::webhooks::{
    OneWebhook, Webhook, WebhookChange, WebhookContract, WebhookCreate, WebhookMade, Webhooks,
};
use crate::types::{ApiError, Nothing, Written};
use crate::written::without_undo;

pub(crate) use deliver::Deliverer;

/// Most addresses of a workspace.
const MOST: usize = 50;
/// Random bytes of a secret that is made here.
const SECRET_BYTES: usize = 32;
/// The name under which the vault keeps a secret.
const SECRET: &str = "signing";

/// What is told, before a contract puts it into its own words.
pub struct Told<'a> {
    /// The contract.
    pub contract: &'a str,
    /// Identifier of the delivery.
    pub delivery: WebhookDeliveryId,
    /// Whose event.
    pub workspace: WorkspaceId,
    /// What sort.
    pub kind: EventKind,
    /// When it happened.
    pub at: Timestamp,
    /// What it says.
    pub facts: &'a EventFacts,
}

/// How contracts name events and write them.
pub trait Contracts: Send + Sync {
    /// Every contract in whose words something is told.
    fn all(&self) -> Vec<WebhookContract>;

    /// The kinds of events that names of a contract stand for; the first name it does not know as error.
    fn kinds(
        &self,
        contract: &str,
        events: &[String],
    ) -> std::result::Result<Vec<EventKind>, String>;

    /// The only network whose events a contract is about; none where it is about all.
    fn network(&self, contract: &str) -> Option<&'static str>;

    /// What a contract calls a kind of event.
    fn name(&self, contract: &str, kind: EventKind) -> &'static str;

    /// The text that is sent. The same facts make the same text.
    fn body(&self, told: &Told<'_>) -> String;
}

/// What telling others takes.
#[derive(Clone)]
pub(crate) struct Telling {
    contracts: Arc<dyn Contracts>,
    hooks: Arc<Hooks>,
}

impl App {
    /// Tells other programs what happens from now on, in the words of these contracts. A second time
    /// does nothing.
    pub fn start_webhooks(&self, contracts: Arc<dyn Contracts>) {
        if self.inner.telling.get().is_some() {
            return;
        }
        match Hooks::new(&self.inner.config.http) {
            Ok(hooks) => {
                let hooks = Arc::new(hooks);
                let telling = Telling { contracts, hooks };
                if self.inner.telling.set(telling.clone()).is_ok() {
                    deliver::start(&self.inner, telling);
                }
            }
            Err(error) => tracing::error!(%error, "other programs cannot be told what happens"),
        }
    }

    fn telling(&self) -> Result<&Telling> {
        self.inner.telling.get().ok_or_else(|| {
            ApiError::conflict("This Almanac does not tell other programs what happens.")
        })
    }

    /// The addresses of a workspace.
    pub async fn webhooks_list(&self, input: OneWorkspace) -> Result<Webhooks> {
        let found = rows::of_workspace(&mut self.read().await?, input.id).await?;
        Ok(Webhooks {
            webhooks: found.into_iter().map(shown).collect(),
            contracts: self.telling()?.contracts.all(),
        })
    }

    /// One address of a workspace.
    async fn webhook(&self, one: OneWebhook) -> Result<(rows::Webhook, Health)> {
        let found = rows::get(&mut self.read().await?, one.id).await?;
        if found.0.workspace_id != one.workspace_id {
            return Err(ApiError::missing("webhook"));
        }
        Ok(found)
    }

    /// Tells an address from now on. Where no secret is given one is made, and shown this once.
    pub async fn webhooks_create(&self, input: WebhookCreate) -> Result<Written<WebhookMade>> {
        let telling = self.telling()?;
        let (events, kinds) = input::events(&*telling.contracts, &input.contract, input.events)?;
        let url = input::url(&input.url)?;
        let max_retries = input::retries(input.max_retries)?;
        let (secret, made_here) = match input.secret {
            Some(text) => (input::secret(text)?, None),
            None => self.new_secret(),
        };
        let workspaces = store::workspaces::all(&mut self.read().await?).await?;
        if !workspaces.iter().any(|w| w.id == input.workspace_id) {
            return Err(ApiError::missing("workspace"));
        }
        let known = rows::of_workspace(&mut self.read().await?, input.workspace_id).await?;
        if known.len() >= MOST {
            return Err(ApiError::conflict(format!(
                "A workspace has at most {MOST} webhooks. Remove one that is not used any more."
            )));
        }
        let id = WebhookId(self.ids().uuid());
        // The secret first: without it nothing could be signed.
        self.inner.vault.set(holder(id), SECRET, &secret).await?;
        let mut writing = self
            .step_in(
                input.workspace_id,
                format!("Added the webhook {}", input::short(&url)),
            )
            .await?;
        let webhook = rows::Webhook {
            id,
            workspace_id: input.workspace_id,
            network: telling
                .contracts
                .network(&input.contract)
                .map(str::to_owned),
            contract: input.contract,
            url,
            events,
            kinds,
            max_retries,
            active: true,
            private: input.private,
            created_at: writing.tx.now(),
        };
        rows::put(&mut writing.tx, &webhook).await?;
        writing
            .done(WebhookMade {
                webhook: shown((webhook, Health::default())),
                secret: made_here,
            })
            .await
    }

    fn new_secret(&self) -> (Secret, Option<String>) {
        let text = format!("whs_{}", self.random_hex(SECRET_BYTES));
        (Secret::new(text.clone()), Some(text))
    }

    /// Changes an address.
    pub async fn webhooks_change(&self, input: WebhookChange) -> Result<Written<Webhook>> {
        let telling = self.telling()?;
        let one = OneWebhook {
            workspace_id: input.workspace_id,
            id: input.id,
        };
        let (mut webhook, _) = self.webhook(one).await?;
        if let Some(events) = input.events {
            (webhook.events, webhook.kinds) =
                input::events(&*telling.contracts, &webhook.contract, events)?;
        }
        let before = webhook.url.clone();
        if let Some(url) = &input.url {
            webhook.url = input::url(url)?;
        }
        // What the person allowed was that address and no other.
        webhook.private = input
            .private
            .unwrap_or(webhook.private && input::same_place(&before, &webhook.url));
        if input.max_retries.is_some() {
            webhook.max_retries = input::retries(input.max_retries)?;
        }
        webhook.active = input.active.unwrap_or(webhook.active);
        let words = match input.active {
            Some(false) => format!("Turned off the webhook {}", input::short(&webhook.url)),
            Some(true) => format!("Turned on the webhook {}", input::short(&webhook.url)),
            None => format!("Changed the webhook {}", input::short(&webhook.url)),
        };
        let mut writing = self.step_in(webhook.workspace_id, words).await?;
        rows::put(&mut writing.tx, &webhook).await?;
        if input.active == Some(true) {
            rows::turn_on(&mut writing.tx, webhook.id).await?;
        }
        let now = rows::get(&mut writing.tx, webhook.id).await?;
        writing.done(shown(now)).await
    }

    /// Tells an address nothing any more. Its secret stays as long as this can be undone.
    pub async fn webhooks_remove(&self, input: OneWebhook) -> Result<Written<Nothing>> {
        let (webhook, _) = self.webhook(input).await?;
        let words = format!("Removed the webhook {}", input::short(&webhook.url));
        let mut writing = self.step_in(webhook.workspace_id, words).await?;
        rows::remove(&mut writing.tx, webhook.id).await?;
        writing.done(Nothing {}).await
    }

    /// Signs with a new secret from now on. Cannot be undone: the old one is gone.
    pub async fn webhooks_new_secret(&self, input: OneWebhook) -> Result<Written<WebhookMade>> {
        let found = self.webhook(input).await?;
        let (secret, shown_once) = self.new_secret();
        self.inner
            .vault
            .set(holder(input.id), SECRET, &secret)
            .await?;
        let made = WebhookMade {
            webhook: shown(found),
            secret: shown_once,
        };
        Ok(without_undo(made, Vec::new()))
    }

    /// Forgets what is older than history is kept, and secrets of addresses that were removed long ago.
    pub(crate) async fn tidy_webhooks(
        &self,
        before: Timestamp,
    ) -> std::result::Result<(), store::StoreError> {
        let store = &self.inner.store;
        let expired = rows::expired(&mut store.read().await?, before).await?;
        let forgotten = self.forget_webhooks(&expired).await;
        let mut tx = store.begin(Actor::Program).await?;
        rows::purge(&mut tx, &forgotten).await?;
        webhook_history::clear_old(&mut tx, before).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Forgets secrets; gives the addresses whose secret is gone.
    pub(crate) async fn forget_webhooks(&self, ids: &[WebhookId]) -> Vec<WebhookId> {
        let mut forgotten = Vec::new();
        for id in ids {
            match self.inner.vault.forget(holder(*id), SECRET).await {
                Ok(()) | Err(VaultError::Absent) => forgotten.push(*id),
                Err(error) => {
                    tracing::warn!(%error, "the secret of a removed webhook could not be forgotten");
                }
            }
        }
        forgotten
    }
}

/// Under whom the vault keeps the secret of an address.
fn holder(id: WebhookId) -> AccountId {
    AccountId(id.0)
}

async fn read_secret(vault: &dyn Vault, id: WebhookId) -> Result<Option<Secret>, VaultError> {
    vault.get(holder(id), SECRET).await
}

fn shown((webhook, health): (rows::Webhook, Health)) -> Webhook {
    let (off_at, off_reason) = health.off.unzip();
    let (last_at, last_ok) = health.last.unzip();
    Webhook {
        id: webhook.id,
        workspace_id: webhook.workspace_id,
        contract: webhook.contract,
        url: webhook.url,
        events: webhook.events,
        max_retries: webhook.max_retries,
        active: webhook.active,
        private: webhook.private,
        created_at: webhook.created_at,
        failing_since: health.failing_since,
        off_at,
        off_reason,
        last_at,
        last_ok,
    }
}
