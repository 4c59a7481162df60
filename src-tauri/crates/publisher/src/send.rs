//! One delivery from its claim to its recorded end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use model::account::AccountHealth;
use model::change::Actor;
use model::content::Segment;
use model::delivery::{DeliveryState, Event, step};
use model::failure::{Category, Retry};
use model::{AccountId, AttemptId, IdSource, Timestamp};
use networks::api::upload_time;
use networks::connector::{Connector, Delivered, Job, Outcome, Refusal, StepLog, StepLost};
use networks::video::known_here;
use serde_json::Value;
use store::StoreError;
use store::publishing::{AccountCache, Delivery, Intent, Settled, Showing, StepDone};
use tokio::sync::watch;

use crate::checked::{check, placing};
use crate::clockwatch::Since;
use crate::config::{self, Shared};
use crate::job::{self, Frozen};
use crate::ledger::{Ending, Ledger, Refused};
use crate::looks;
use crate::made::with_files;
use crate::points;
use crate::report::Report;
use crate::verdict::{self, Verdict, own_refusal};
use crate::watched::WatchedVault;

/// How long a send waits when the keyring is locked.
pub(crate) const VAULT_WAIT: Duration = Duration::from_mins(1);

/// How long a send waits when its intent could not be committed, and a look that could not be recorded.
pub(crate) const DISK_WAIT: Duration = Duration::from_secs(15);

/// What the sends of one publisher share.
pub(crate) struct Desk {
    pub(crate) shared: Arc<Shared>,
    pub(crate) ledger: Ledger,
    /// The publisher is closing: nothing new is begun.
    pub(crate) closing: AtomicBool,
    /// It waits no longer for what is in flight: that ends as at the death of the program. Going on it could
    /// become visible after another publisher over the same folder, in this very process, looked for it.
    pub(crate) given_up: watch::Sender<bool>,
    /// The accounts of the last batches.
    pub(crate) accounts: Mutex<AccountCache>,
    /// From when on what may have been shown counts.
    pub(crate) since: Mutex<Since>,
}

/// How a delivery ended, for the publisher's loop.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum End {
    /// On the network, with what did not come along.
    Sent(Timestamp, Option<String>),
    /// Its network holds it and publishes it at its time.
    Placed,
    /// Its network did not take it ahead of time, so this computer sends it at its minute.
    NotPlaced(Refusal),
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
    /// Nothing was begun: the program closes, or the intent could not be committed. Tried again then.
    PutBack(Timestamp),
    /// The claim is gone, or nothing could be recorded: rescue decides.
    Lost,
}

/// A delivery whose intent is all that is missing.
pub(crate) struct Ready {
    job: Job,
    /// The segments as they go out.
    segments: Vec<Segment>,
    connector: Arc<dyn Connector>,
    attempt_id: AttemptId,
    /// The visible step that the intent names.
    shown_by_intent: Option<String>,
}

/// How a claimed delivery begins.
pub(crate) enum Start {
    Ready(Box<Ready>, Box<Intent>),
    /// It is over before it began; without an end to write rescue decides.
    Over(Option<Box<Settled>>, End),
}

impl Desk {
    /// Freezes a claimed delivery and writes its intent up, without committing anything.
    pub(crate) fn prepare(&self, delivery: &Delivery) -> Start {
        let Some(connector) = self.shared.connectors.get(&delivery.account.network) else {
            let why = config::unknown(&delivery.account.network);
            let refusal = own_refusal(Category::Unknown, Retry::Never, why);
            return self.over(delivery, refusal);
        };
        let now = self.shared.config.clock.now();
        if self.closing.load(Ordering::SeqCst) {
            let why = own_refusal(Category::Unknown, Retry::Backoff, "Almanac was closed.");
            let settled = settled(delivery, None, &verdict::put_off(why, now), now);
            return Start::Over(settled.map(Box::new), End::PutBack(now));
        }
        let place_at = match placing(delivery, &**connector, now) {
            Ok(place_at) => place_at,
            Err(why) => {
                let verdict = verdict::not_placed(
                    verdict::put_off(why.clone(), delivery.due_at),
                    delivery.due_at,
                    now,
                );
                let settled = settled(delivery, None, &verdict, now);
                return Start::Over(settled.map(Box::new), End::NotPlaced(why));
            }
        };
        points::reached("before_intent");
        let number = delivery.last_number + 1;
        let Frozen {
            mut job,
            content_hash,
            has_handle,
            was_edited,
            segments,
            new_links,
        } = job::build(delivery, &**connector, number, &self.shared.config.media);
        job.place_at = place_at;
        if !has_handle {
            job.handle = connector.freeze(&job, self.shared.ctx(&*self.shared.config.vault));
        }
        let shown_by_intent = connector.shows_at_once(&job);
        let attempt_id = AttemptId(self.ids().uuid());
        let intent = Intent {
            target_id: delivery.target_id,
            fence: delivery.fence,
            attempt_id,
            number,
            content_hash,
            handle: job.handle.clone(),
            forget_steps: was_edited,
            step: shown_by_intent
                .clone()
                .unwrap_or_else(|| "begin".to_owned()),
            visible: shown_by_intent.is_some(),
            place_at,
            links: new_links,
        };
        let ready = Ready {
            job,
            segments,
            connector: Arc::clone(connector),
            attempt_id,
            shown_by_intent,
        };
        Start::Ready(Box::new(ready), Box::new(intent))
    }

    fn over(&self, delivery: &Delivery, refusal: Refusal) -> Start {
        let now = self.shared.config.clock.now();
        let verdict = verdict::refused(refusal, delivery.tries, now, &*self.shared.config.entropy);
        let settled = settled(delivery, None, &verdict, now);
        Start::Over(settled.map(Box::new), end_of(verdict, now, false))
    }

    /// Sends a delivery whose intent is on disk since `began`, and hands its end over.
    pub(crate) async fn deliver(&self, report: Report, ready: Ready, began: Duration) {
        let delivery = report.delivery();
        let (outcome, vault, unrecorded) = self.publish(delivery, &ready, began).await;
        points::reached("after_send");
        if let Some(error) = unrecorded {
            self.put_off(report, &ready, &error);
            return;
        }
        let (settled, end) = self.judge(delivery, &ready, outcome, vault).await;
        self.end(settled, end, report);
    }

    /// Hands an end over to be written and told; without one to write the delivery is lost to rescue.
    pub(crate) fn end(&self, settled: Option<Settled>, end: End, report: Report) {
        match settled {
            Some(settled) => self.ledger.end(Ending {
                settled,
                end,
                report,
            }),
            None => report.sent(End::Lost),
        }
    }

    /// The intent could not be committed, so nothing was sent: the delivery waits, at no cost. That is
    /// written when the disk takes it. Should the intent have reached the disk all the same, its
    /// attempt is ended with this.
    pub(crate) fn put_off(&self, report: Report, ready: &Ready, error: &StoreError) {
        if !error.is_passing() {
            report.sent(End::Lost);
            return;
        }
        let until = self.shared.config.clock.now().plus(DISK_WAIT);
        let why = own_refusal(Category::Unknown, Retry::Backoff, error.to_string());
        let verdict = verdict::put_off(why, until);
        let now = self.shared.config.clock.now();
        let settled = settled(report.delivery(), Some(ready.attempt_id), &verdict, now);
        self.end(settled, End::PutBack(until), report);
    }

    /// Returns when what is in flight is waited for no longer.
    pub(crate) async fn gives_up(&self) {
        self.given_up.subscribe().wait_for(|up| *up).await.ok();
    }

    fn ids(&self) -> IdSource<'_> {
        IdSource::new(&*self.shared.config.clock, &*self.shared.config.entropy)
    }

    /// Checks and sends. Besides the outcome, what the keyring refused with, and what kept a step from
    /// being recorded before anything was shown.
    async fn publish(
        &self,
        delivery: &Delivery,
        ready: &Ready,
        began: Duration,
    ) -> (Outcome, Option<String>, Option<Refused>) {
        let connector = &*ready.connector;
        let config = &self.shared.config;
        let (job, segments) = (&ready.job, &ready.segments);
        let mut known = job::facts(delivery);
        known_here(&mut known, &config.media).await;
        if let Some(refusal) = check(delivery, connector, segments, &job.options, &known) {
            return (Outcome::NotSent(refusal), None, None);
        }
        let made = match with_files(job, segments, &known, connector, &config.media).await {
            Ok(made) => made,
            Err(refusal) => return (Outcome::NotSent(refusal), None, None),
        };
        let job = made.as_ref().unwrap_or(&ready.job);
        let vault = WatchedVault::new(&*config.vault);
        let mut log = Log {
            desk: self,
            delivery,
            ready,
            began,
            shown: false,
            refused: None,
        };
        let longest = config.limits.longest_send + upload_time(bytes_of(job));
        let sent = tokio::select! {
            biased;
            outcome = connector.publish(job, &mut log, self.shared.ctx(&vault)) => Some(outcome),
            () = self.gives_up() => Some(Outcome::Interrupted(StepLost("Almanac closes".to_owned()))),
            () = config.timer.sleep(longest) => None,
        };
        let outcome = sent.unwrap_or_else(|| too_slow(log.shown, &connector.entry().name));
        let unrecorded = match outcome {
            Outcome::Interrupted(_) if !log.shown => log.refused.take(),
            _ => None,
        };
        (outcome, vault.trouble().map(|t| t.to_string()), unrecorded)
    }

    /// What an outcome means; nothing to write when rescue has to decide.
    async fn judge(
        &self,
        delivery: &Delivery,
        ready: &Ready,
        outcome: Outcome,
        vault: Option<String>,
    ) -> (Option<Settled>, End) {
        let attempt_id = ready.attempt_id;
        let config = &self.shared.config;
        let now = config.clock.now();
        if let (Outcome::NotSent(_), Some(why)) = (&outcome, vault) {
            let refusal = own_refusal(Category::Unknown, Retry::Backoff, why.clone());
            let verdict = verdict::put_off(refusal, now.plus(VAULT_WAIT));
            return (
                settled(delivery, Some(attempt_id), &verdict, now),
                End::VaultShut(why),
            );
        }
        let Some(mut verdict) = verdict::judge(outcome, delivery.tries, now, &*config.entropy)
        else {
            return (None, End::Lost);
        };
        if let (Some(due), Some(window)) =
            (ready.job.place_at, ready.connector.entry().native_schedule)
        {
            let latest = due.minus(config::least_ahead(&window));
            verdict = verdict::not_placed(verdict, due, latest);
        }
        // The account first: as soon as the target waits again, it could be claimed again.
        let news = match &verdict.refusal {
            Some(refusal) if verdict.signed_out => {
                self.sign_out(delivery.account.id, &refusal.message, now)
                    .await
            }
            _ => false,
        };
        let numbers = verdict.delivered.as_ref().and_then(Delivered::renumbering);
        if let Some((was, is)) = numbers {
            self.renumber(delivery.account.id, was, is).await;
        }
        let settled = settled(delivery, Some(attempt_id), &verdict, now);
        (settled, end_of(verdict, now, news))
    }

    /// Keeps the number an account has on its network from now on.
    async fn renumber(&self, account: AccountId, was: &str, is: &str) {
        let keep = async {
            let mut tx = self.shared.config.store.begin(Actor::Publisher).await?;
            let written = store::accounts::renumber(&mut tx, account, was, is).await?;
            tx.commit().await?;
            Ok::<bool, StoreError>(written)
        };
        match keep.await {
            Ok(true) => tracing::info!("an account got another number on its network"),
            Ok(false) => {}
            // The next post finds it out once more.
            Err(error) => tracing::error!(%error, "an account's new number could not be kept"),
        }
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
            Ok::<bool, StoreError>(news)
        };
        mark.await.unwrap_or_else(|error| {
            // The next send meets the same refusal and marks it then.
            tracing::error!(%error, "a signed-out account could not be marked");
            false
        })
    }
}

/// The bytes of the files that a job sends.
fn bytes_of(job: &Job) -> u64 {
    let files = job.segments.iter().flat_map(|segment| &segment.media);
    files.map(|file| file.facts.bytes).sum()
}

/// What is written about an end; none when it fits no state.
fn settled(
    delivery: &Delivery,
    attempt_id: Option<AttemptId>,
    verdict: &Verdict,
    now: Timestamp,
) -> Option<Settled> {
    let next = match step(DeliveryState::Sending, verdict.event) {
        Ok(next) => next,
        Err(illegal) => {
            tracing::error!(%illegal, "an outcome fits no state");
            return None;
        }
    };
    let delivered = verdict.delivered.as_ref();
    let refusal = verdict.refusal.as_ref();
    Some(Settled {
        target_id: delivery.target_id,
        post_id: delivery.post_id,
        fence: delivery.fence,
        attempt_id,
        to: next.to,
        not_before: match next.to {
            DeliveryState::Placed => Some(looks::next_watch(delivery.due_at, now)),
            _ => next.not_before,
        },
        outcome: verdict.outcome,
        remote_id: delivered.map(|d| d.remote_id.clone()),
        remote_url: delivered.and_then(|d| d.url.clone()),
        remote: delivered.map(|d| d.remote.clone()),
        category: refusal.map(|r| r.category),
        message: refusal
            .map(|r| r.message.clone())
            .or_else(|| delivered.and_then(Delivered::lacks)),
        detail: refusal.and_then(|r| r.detail.clone()),
        next_try_at: verdict.next_try_at,
        refunds: match (verdict.anew, verdict.free) {
            (true, _) => delivery.tries,
            (false, free) => free.into(),
        },
    })
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
        (Some(refusal), None) if verdict.anew => End::NotPlaced(refusal),
        (Some(refusal), None) => End::Failed(refusal),
        (None, _) if verdict.event == Event::Placed => End::Placed,
        (None, _) => End::Sent(now, verdict.delivered.and_then(|d| d.lacks())),
    }
}

/// The step log of one attempt.
struct Log<'a> {
    desk: &'a Desk,
    delivery: &'a Delivery,
    ready: &'a Ready,
    /// When the intent was handed over, by the steady clock.
    began: Duration,
    /// Something may have been shown.
    shown: bool,
    /// The store refused a step.
    refused: Option<Refused>,
}

impl Log<'_> {
    fn kept(&mut self, answer: Result<bool, Refused>) -> Result<(), StepLost> {
        match answer {
            Ok(true) => Ok(()),
            Ok(false) => Err(StepLost("another publisher took this over".to_owned())),
            Err(error) => {
                let lost = StepLost(error.to_string());
                self.refused = Some(error);
                Err(lost)
            }
        }
    }

    /// The intent names this very step and is so fresh that the claim cannot be anybody else's: leases
    /// are taken over after their whole length.
    fn stands_in_intent(&self, key: &str) -> bool {
        let config = &self.desk.shared.config;
        let age = config.clock.monotonic().saturating_sub(self.began);
        self.ready.shown_by_intent.as_deref() == Some(key) && age < config.lease / 3
    }
}

#[async_trait]
impl StepLog for Log<'_> {
    async fn finished(&mut self, key: &str, value: Value) -> Result<(), StepLost> {
        let step = StepDone {
            target_id: self.delivery.target_id,
            fence: self.delivery.fence,
            attempt_id: self.ready.attempt_id,
            key: key.to_owned(),
            value,
        };
        let answer = self.desk.ledger.step_done(step).await;
        self.kept(answer)?;
        points::reached("after_step");
        Ok(())
    }

    async fn about_to_show(&mut self, key: &str) -> Result<(), StepLost> {
        points::reached("before_show");
        if !self.stands_in_intent(key) {
            let step = Showing {
                target_id: self.delivery.target_id,
                attempt_id: self.ready.attempt_id,
                key: key.to_owned(),
            };
            let answer = self.desk.ledger.about_to_show(step).await;
            self.kept(answer)?;
        }
        self.shown = true;
        points::reached("after_show");
        Ok(())
    }
}
