//! What an address was told, sending it again, and trying whether anything arrives.

use model::WebhookDeliveryId;
use model::change::Actor;
use model::event::{EventFacts, EventKind};
use networks::hooks::HookCall;
use store::webhook_history::{self, Listed};
use store::webhook_line::{Ended, LineState, Try, Verdict};
use store::webhooks as rows;

use super::{Telling, Told, policy, read_secret};
use crate::app::App;
use crate::error::Result;
use crate::types::webhooks::{
    OneWebhook, OneWebhookDelivery, WebhookDeliveries, WebhookDeliveriesQuery, WebhookDelivery,
    WebhookDeliveryState, WebhookTry,
};
use crate::types::{ApiError, Written};
use crate::written::without_undo;

/// Most deliveries in an answer.
const MOST_LISTED: u32 = 500;

impl App {
    /// Sends a test at once, past everything that waits, and says what was answered.
    pub async fn webhooks_test(&self, input: OneWebhook) -> Result<WebhookDelivery> {
        let telling = self.telling()?;
        let (webhook, _) = self.webhook(input).await?;
        let secret = read_secret(&*self.inner.vault, webhook.id).await?;
        let secret = secret.ok_or_else(|| ApiError::conflict(policy::NO_SECRET))?;
        let (id, now) = (WebhookDeliveryId(self.ids().uuid()), self.inner.now());
        let told = Told {
            contract: &webhook.contract,
            delivery: id,
            workspace: webhook.workspace_id,
            kind: EventKind::Test,
            at: now,
            facts: &EventFacts::default(),
        };
        let body = telling.contracts.body(&told);
        let call = HookCall {
            url: &webhook.url,
            private: webhook.private,
            secret: &secret,
            id: &id.to_string(),
            event: telling.contracts.name(&webhook.contract, EventKind::Test),
            body: &body,
            now,
        };
        let answer = telling.hooks.send(&call).await;
        let read = policy::read(&answer);
        let ended = Ended {
            webhook_id: webhook.id,
            id,
            tried: Try {
                at: now,
                status: read.status,
                message: read.message.clone(),
            },
            answer: read.words,
            verdict: if read.message.is_none() {
                Verdict::Delivered
            } else {
                Verdict::Failed
            },
        };
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        webhook_history::put_test(&mut tx, &ended, &body).await?;
        let listed = webhook_history::get(&mut tx, id).await?;
        tx.commit().await?;
        Ok(delivery(telling, &webhook.contract, listed))
    }

    /// What an address was told.
    pub async fn webhooks_deliveries(
        &self,
        input: WebhookDeliveriesQuery,
    ) -> Result<WebhookDeliveries> {
        if !(1..=MOST_LISTED).contains(&input.limit) {
            return Err(ApiError::invalid(
                "limit",
                format!("Between 1 and {MOST_LISTED} deliveries are read at a time."),
            ));
        }
        let one = OneWebhook {
            workspace_id: input.workspace_id,
            id: input.id,
        };
        let telling = self.telling()?;
        let (webhook, _) = self.webhook(one).await?;
        let mut conn = self.read().await?;
        let found = webhook_history::of_webhook(&mut conn, webhook.id, input.limit).await?;
        let shown = |listed| delivery(telling, &webhook.contract, listed);
        Ok(WebhookDeliveries {
            deliveries: found.into_iter().map(shown).collect(),
        })
    }

    /// Sends something again that arrived or was given up: the same text under the same identifier.
    /// Cannot be undone.
    pub async fn webhooks_send_again(
        &self,
        input: OneWebhookDelivery,
    ) -> Result<Written<WebhookDelivery>> {
        let telling = self.telling()?;
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        let found = webhook_history::get(&mut tx, input.id).await?;
        let (webhook, health) = rows::get(&mut tx, found.webhook_id).await?;
        if webhook.workspace_id != input.workspace_id {
            return Err(ApiError::missing("delivery"));
        }
        if !webhook.active || health.off.is_some() {
            return Err(ApiError::conflict(
                "This webhook is turned off, so nothing is sent. Turn it on first.",
            ));
        }
        if !webhook_history::again(&mut tx, webhook.id, input.id).await? {
            return Err(ApiError::conflict("It waits to be sent already."));
        }
        let now = webhook_history::get(&mut tx, input.id).await?;
        tx.commit().await?;
        let shown = delivery(telling, &webhook.contract, now);
        Ok(without_undo(shown, Vec::new()))
    }
}

fn delivery(telling: &Telling, contract: &str, listed: Listed) -> WebhookDelivery {
    WebhookDelivery {
        id: listed.id,
        webhook_id: listed.webhook_id,
        event: telling.contracts.name(contract, listed.kind).to_owned(),
        state: match listed.state {
            LineState::Waiting => WebhookDeliveryState::Waiting,
            LineState::Delivered => WebhookDeliveryState::Delivered,
            LineState::Failed => WebhookDeliveryState::Failed,
        },
        attempts: listed.attempts,
        next_at: listed.not_before,
        status: listed.status,
        message: listed.message,
        answer: listed.answer.filter(|words| !words.is_empty()),
        created_at: listed.created_at,
        ended_at: listed.ended_at,
        tries: listed.tries.into_iter().map(one_try).collect(),
        body: listed.body,
    }
}

fn one_try(tried: Try) -> WebhookTry {
    WebhookTry {
        at: tried.at,
        status: tried.status,
        message: tried.message,
    }
}
