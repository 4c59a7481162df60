//! One delivery from its claim to its recorded end.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use model::account::AccountHealth;
use model::change::Actor;
use model::delivery::{DeliveryState, step};
use model::error::Severity;
use model::failure::{Category, Retry};
use model::post::TargetDraft;
use model::{AccountId, AttemptId, IdSource, Timestamp};
use networks::connector::{CheckInput, Connector, Job, Outcome, Refusal, StepLog, StepLost};
use serde_json::Value;
use store::publishing::{Delivery, Intent, Settled, Showing, StepDone};

use crate::config::Shared;
use crate::job::{self, Frozen};
use crate::ledger::Ledger;
use crate::points;
use crate::verdict::{self, Verdict, own_refusal};
use crate::watched::WatchedVault;

/// How long a send waits when the keyring is locked.
const VAULT_WAIT: Duration = Duration::from_mins(1);

/// What the sends of one publisher share.
pub(crate) struct Desk {
    pub(crate) shared: Arc<Shared>,
    pub(crate) ledger: Ledger,
    /// The publisher is closing: nothing new is begun.
    pub(crate) closing: AtomicBool,
    /// The newest handle of each account that was used or looked up.
    pub(crate) handles: Mutex<HashMap<AccountId, Option<Value>>>,
}

/// How a delivery ended, for the publisher's loop.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum End {
    /// On the network.
    Sent(Timestamp),
    /// Certainly not sent, and tried again by itself.
    Again(Refusal, Timestamp),
    /// Certainly not sent, and not tried again by itself.
    Failed(Refusal),
    /// Nobody knows yet.
    Unconfirmed,
    /// The account was signed out; `news` is false when that was known already.
    SignedOut { reason: String, news: bool },
    /// The keyring could not be opened.
    VaultShut(String),
    /// Nothing was begun since the program closes.
    PutBack,
    /// The claim is gone, or nothing could be recorded: rescue decides.
    Lost,
}

impl Desk {
    /// Delivers one claimed target.
    pub(crate) async fn deliver(&self, delivery: &Delivery) -> End {
        let number = delivery.last_number + 1;
        let mut frozen = job::build(delivery, number, &self.shared.config.media);
        let Some(connector) = self.shared.connectors.get(&delivery.account.network) else {
            return self.end_without_connector(delivery).await;
        };
        if self.closing.load(Ordering::SeqCst) {
            return self.put_back(delivery).await;
        }
        points::reached("before_intent");
        if !frozen.has_handle {
            self.freeze(&mut frozen, &**connector);
        }
        let attempt_id = AttemptId(self.ids().uuid());
        let intent = Intent {
            target_id: delivery.target_id,
            fence: delivery.fence,
            attempt_id,
            number,
            content_hash: frozen.content_hash.clone(),
            handle: (!frozen.has_handle).then(|| frozen.job.handle.clone()),
            forget_steps: frozen.was_edited,
            step: "begin".to_owned(),
        };
        match self.ledger.intend(intent).await {
            Ok(true) => points::reached("after_intent"),
            Ok(false) | Err(_) => return End::Lost,
        }
        let (outcome, vault) = self
            .publish(delivery, &frozen.job, &**connector, attempt_id)
            .await;
        points::reached("after_send");
        let end = self.record(delivery, attempt_id, outcome, vault).await;
        points::reached("after_result");
        end
    }

    fn ids(&self) -> IdSource<'_> {
        IdSource::new(&*self.shared.config.clock, &*self.shared.config.entropy)
    }

    /// Chooses the handle. The lock makes handles of one account grow in the order of their freezing.
    fn freeze(&self, frozen: &mut Frozen, connector: &dyn Connector) {
        let ctx = self.shared.ctx(&*self.shared.config.vault);
        let mut handles = self.handles.lock().unwrap_or_else(PoisonError::into_inner);
        let previous = handles.get(&frozen.job.account.id).cloned().flatten();
        let handle = connector.freeze(&frozen.job, previous.as_ref(), ctx);
        handles.insert(frozen.job.account.id, Some(handle.clone()));
        frozen.job.handle = handle;
    }

    /// Checks and sends. Besides the outcome, what the keyring refused with.
    async fn publish(
        &self,
        delivery: &Delivery,
        job: &Job,
        connector: &dyn Connector,
        attempt_id: AttemptId,
    ) -> (Outcome, Option<String>) {
        if let Some(refusal) = check(delivery, connector) {
            return (Outcome::NotSent(refusal), None);
        }
        let config = &self.shared.config;
        let vault = WatchedVault::new(&*config.vault);
        let mut log = Log {
            desk: self,
            delivery,
            attempt_id,
            shown: false,
        };
        let sent = tokio::select! {
            outcome = connector.publish(job, &mut log, self.shared.ctx(&vault)) => Some(outcome),
            () = config.timer.sleep(config.limits.longest_send) => None,
        };
        let outcome = sent.unwrap_or_else(|| too_slow(log.shown, &connector.entry().name));
        (outcome, vault.trouble().map(|t| t.to_string()))
    }

    async fn record(
        &self,
        delivery: &Delivery,
        attempt_id: AttemptId,
        outcome: Outcome,
        vault: Option<String>,
    ) -> End {
        let config = &self.shared.config;
        let now = config.clock.now();
        if let (Outcome::NotSent(_), Some(why)) = (&outcome, vault) {
            let refusal = own_refusal(Category::Unknown, Retry::Backoff, why.clone());
            let verdict = verdict::put_off(refusal, now.plus(VAULT_WAIT));
            let written = self.settle(delivery, Some(attempt_id), &verdict).await;
            return if written {
                End::VaultShut(why)
            } else {
                End::Lost
            };
        }
        let Some(verdict) = verdict::judge(outcome, delivery.tries, now, &*config.entropy) else {
            return End::Lost;
        };
        // The account first: as soon as the target waits again, it could be claimed again.
        let news = match &verdict.refusal {
            Some(refusal) if verdict.signed_out => {
                self.sign_out(delivery.account.id, &refusal.message, now)
                    .await
            }
            _ => false,
        };
        if !self.settle(delivery, Some(attempt_id), &verdict).await {
            return End::Lost;
        }
        end_of(verdict, now, news)
    }

    pub(crate) async fn sign_out(
        &self,
        account: AccountId,
        reason: &str,
        since: Timestamp,
    ) -> bool {
        let health = AccountHealth::NeedsReconnect {
            reason: reason.to_owned(),
            since,
        };
        let mark = async {
            let mut tx = self.shared.config.store.begin(Actor::Publisher).await?;
            let news = store::accounts::set_health(&mut tx, account, &health).await?;
            tx.commit().await?;
            Ok::<bool, store::StoreError>(news)
        };
        mark.await.unwrap_or_else(|error| {
            // The next send meets the same refusal and marks it then.
            tracing::error!(%error, "a signed-out account could not be marked");
            false
        })
    }

    /// Records the end. False when the claim is gone or nothing can be recorded.
    async fn settle(
        &self,
        delivery: &Delivery,
        attempt_id: Option<AttemptId>,
        verdict: &Verdict,
    ) -> bool {
        let next = match step(DeliveryState::Sending, verdict.event) {
            Ok(next) => next,
            Err(illegal) => {
                tracing::error!(%illegal, "an outcome fits no state");
                return false;
            }
        };
        let delivered = verdict.delivered.as_ref();
        let refusal = verdict.refusal.as_ref();
        let end = Settled {
            target_id: delivery.target_id,
            post_id: delivery.post_id,
            fence: delivery.fence,
            attempt_id,
            to: next.to,
            not_before: next.not_before,
            outcome: verdict.outcome,
            remote_id: delivered.map(|d| d.remote_id.clone()),
            remote_url: delivered.and_then(|d| d.url.clone()),
            remote: delivered.map(|d| d.remote.clone()),
            category: refusal.map(|r| r.category),
            message: refusal.map(|r| r.message.clone()),
            detail: refusal.and_then(|r| r.detail.clone()),
            next_try_at: verdict.next_try_at,
            free: verdict.free,
        };
        self.ledger.settle(end).await.unwrap_or(false)
    }

    async fn put_back(&self, delivery: &Delivery) -> End {
        let why = own_refusal(Category::Unknown, Retry::Backoff, "Almanac was closed.");
        let now = self.shared.config.clock.now();
        self.settle(delivery, None, &verdict::put_off(why, now))
            .await;
        End::PutBack
    }

    async fn end_without_connector(&self, delivery: &Delivery) -> End {
        let network = &delivery.account.network;
        let why = own_refusal(
            Category::Unknown,
            Retry::Never,
            format!("This version of Almanac does not know the network \"{network}\"."),
        );
        let outcome = Outcome::NotSent(why);
        let config = &self.shared.config;
        match verdict::judge(
            outcome,
            delivery.tries,
            config.clock.now(),
            &*config.entropy,
        ) {
            Some(verdict) if self.settle(delivery, None, &verdict).await => {
                end_of(verdict, config.clock.now(), false)
            }
            _ => End::Lost,
        }
    }
}

/// The same check as on screen: what it calls an error is not sent.
fn check(delivery: &Delivery, connector: &dyn Connector) -> Option<Refusal> {
    let draft = TargetDraft {
        account_id: delivery.account.id,
        override_segments: None,
        options: delivery.options.clone(),
    };
    let problems = connector.check(CheckInput {
        account: &delivery.account,
        segments: &delivery.segments,
        draft: &draft,
        media: &job::facts(delivery),
    });
    let error = problems
        .into_iter()
        .find(|p| p.severity == Severity::Error)?;
    Some(own_refusal(
        Category::Validation,
        Retry::Never,
        error.message,
    ))
}

fn too_slow(shown: bool, network: &str) -> Outcome {
    let refusal = own_refusal(
        Category::NetworkError,
        Retry::Backoff,
        format!("{network} did not answer for a very long time."),
    );
    if shown {
        Outcome::Uncertain(refusal)
    } else {
        Outcome::NotSent(refusal)
    }
}

fn end_of(verdict: Verdict, now: Timestamp, news: bool) -> End {
    match (verdict.refusal, verdict.next_try_at) {
        (Some(refusal), _) if verdict.signed_out => End::SignedOut {
            reason: refusal.message,
            news,
        },
        (Some(_), _) if verdict.outcome == model::post::AttemptOutcome::Uncertain => {
            End::Unconfirmed
        }
        (Some(refusal), Some(at)) => End::Again(refusal, at),
        (Some(refusal), None) => End::Failed(refusal),
        (None, _) => End::Sent(now),
    }
}

/// The step log of one attempt.
struct Log<'a> {
    desk: &'a Desk,
    delivery: &'a Delivery,
    attempt_id: AttemptId,
    /// Something may have been shown.
    shown: bool,
}

fn kept(answer: Result<bool, crate::ledger::Refused>) -> Result<(), StepLost> {
    match answer {
        Ok(true) => Ok(()),
        Ok(false) => Err(StepLost("another publisher took this over".to_owned())),
        Err(error) => Err(StepLost(error.to_string())),
    }
}

#[async_trait]
impl StepLog for Log<'_> {
    async fn finished(&mut self, key: &str, value: Value) -> Result<(), StepLost> {
        let step = StepDone {
            target_id: self.delivery.target_id,
            fence: self.delivery.fence,
            attempt_id: self.attempt_id,
            key: key.to_owned(),
            value,
        };
        kept(self.desk.ledger.step_done(step).await)?;
        points::reached("after_step");
        Ok(())
    }

    async fn about_to_show(&mut self, key: &str) -> Result<(), StepLost> {
        points::reached("before_show");
        let step = Showing {
            target_id: self.delivery.target_id,
            fence: self.delivery.fence,
            attempt_id: self.attempt_id,
            key: key.to_owned(),
        };
        kept(self.desk.ledger.about_to_show(step).await)?;
        self.shown = true;
        points::reached("after_show");
        Ok(())
    }
}
