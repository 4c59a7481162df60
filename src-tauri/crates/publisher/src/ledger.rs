//! Group commit: every claim, intent, step and outcome is on disk before the delivery goes on, and
//! those that come together share one commit.
//!
//! Deliveries hand their entries to one task and wait. While it commits, others queue; whatever has
//! queued up meanwhile is the next commit. Nothing waits for a batch to fill, and nothing goes on
//! before its own entry is on disk. An end needs nobody to wait for it: it is told to the loop when it
//! is on disk.

use std::sync::Arc;
use std::time::Duration;

use model::AccountId;
use model::change::Actor;
use store::publishing::{
    self, Claimed, Edited, Gate, Intent, Missed, NetworkQuota, Settled, Showing, StepDone, Window,
};
use store::{Store, StoreError, Tx};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::points;
use crate::report::{Finished, Report};
use crate::send::End;
use crate::timer::Timer;

/// Most entries of one commit, so that the first of them does not wait too long.
const MOST: usize = 2_048;
/// How long after a refused commit outcomes are tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// What a claim found.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub(crate) claimed: Vec<Claimed>,
    pub(crate) held: Vec<Edited>,
    pub(crate) missed: Vec<Missed>,
    pub(crate) doubted: bool,
}

/// Why an entry was not written.
pub(crate) type Refused = Arc<StoreError>;
type Reply<T> = oneshot::Sender<Result<T, Refused>>;

/// What is claimed.
#[derive(Debug, Clone)]
pub(crate) struct ClaimOrder {
    /// At most this many.
    pub(crate) most: u32,
    /// Networks that cannot be used now.
    pub(crate) closed: Vec<String>,
    /// Only these accounts; all when none is given.
    pub(crate) accounts: Option<Vec<AccountId>>,
    /// Look for missed posts as well, and for those that networks are to publish.
    pub(crate) missed: bool,
}

/// How a delivery ended, to be written and then told.
pub(crate) struct Ending {
    pub(crate) settled: Settled,
    pub(crate) end: End,
    pub(crate) report: Report,
}

enum Entry {
    Claim(ClaimOrder, Reply<Taken>),
    Intents(Vec<Intent>, Reply<Vec<bool>>),
    Showing(Showing, Reply<bool>),
    Done(StepDone, Reply<bool>),
    Ended(Box<Ending>),
}

/// The way into the ledger. Clones share it.
#[derive(Clone)]
pub(crate) struct Ledger(mpsc::UnboundedSender<Entry>);

impl Ledger {
    /// Starts the task that writes. It ends with the last handle.
    pub(crate) fn start(
        store: Store,
        owner: String,
        lease: Duration,
        quotas: Vec<NetworkQuota>,
        windows: Vec<Window>,
        timer: Arc<dyn Timer>,
        told: mpsc::UnboundedSender<Finished>,
    ) -> (Self, JoinHandle<()>) {
        let (send, receive) = mpsc::unbounded_channel();
        let writer = Writer {
            store,
            owner,
            lease,
            quotas,
            windows,
            timer,
            told,
            refused: false,
        };
        let task = tokio::spawn(writer.run(receive));
        (Self(send), task)
    }

    async fn ask<T>(&self, entry: impl FnOnce(Reply<T>) -> Entry) -> Result<T, Refused> {
        let (reply, answer) = oneshot::channel();
        let closed = || Arc::new(StoreError::Closed);
        self.0.send(entry(reply)).map_err(|_| closed())?;
        answer.await.unwrap_or_else(|_| Err(closed()))
    }

    pub(crate) async fn claim(&self, order: ClaimOrder) -> Result<Taken, Refused> {
        self.ask(|reply| Entry::Claim(order, reply)).await
    }

    /// False for each whose claim is gone.
    pub(crate) async fn intend(&self, intents: Vec<Intent>) -> Result<Vec<bool>, Refused> {
        self.ask(|reply| Entry::Intents(intents, reply)).await
    }

    /// False when the claim is gone.
    pub(crate) async fn about_to_show(&self, step: Showing) -> Result<bool, Refused> {
        self.ask(|reply| Entry::Showing(step, reply)).await
    }

    /// False when the claim is gone.
    pub(crate) async fn step_done(&self, step: StepDone) -> Result<bool, Refused> {
        self.ask(|reply| Entry::Done(step, reply)).await
    }

    /// Writes an end and tells it. One that the disk refuses is tried again until it is written: it
    /// may be the only trace of a post. Where the claim is gone the delivery is told as lost.
    pub(crate) fn end(&self, ending: Ending) {
        // After a stop nobody writes: dropped with its report, the delivery is left to rescue.
        self.0.send(Entry::Ended(Box::new(ending))).ok();
    }
}

/// Entries of one kind with those who wait for them.
struct Group<T> {
    entries: Vec<T>,
    replies: Vec<Reply<bool>>,
}

impl<T> Default for Group<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            replies: Vec::new(),
        }
    }
}

impl<T> Group<T> {
    fn push(&mut self, entry: T, reply: Reply<bool>) {
        self.entries.push(entry);
        self.replies.push(reply);
    }

    fn answer(self, written: Vec<bool>) {
        for (reply, written) in self.replies.into_iter().zip(written) {
            // Whoever asked may have been dropped at a stop; rescue takes over.
            reply.send(Ok(written)).ok();
        }
    }

    fn refuse(self, error: &Refused) {
        for reply in self.replies {
            reply.send(Err(Arc::clone(error))).ok();
        }
    }
}

/// Ends that are written together.
#[derive(Default)]
struct Endings {
    settled: Vec<Settled>,
    told: Vec<(End, Report)>,
}

impl Endings {
    fn push(&mut self, ending: Ending) {
        self.settled.push(ending.settled);
        self.told.push((ending.end, ending.report));
    }

    fn tell(self, written: &[bool]) {
        for ((end, report), written) in self.told.into_iter().zip(written) {
            points::reached("after_result");
            report.sent(if *written { end } else { End::Lost });
        }
    }
}

/// What one commit writes.
#[derive(Default)]
struct Batch {
    ended: Endings,
    intents: Vec<Intent>,
    /// How many of the intents came with each request, and who waits for them.
    asked: Vec<(usize, Reply<Vec<bool>>)>,
    showing: Group<Showing>,
    done: Group<StepDone>,
    claims: Vec<(ClaimOrder, Reply<Taken>)>,
}

impl Batch {
    fn take(&mut self, entry: Entry) {
        match entry {
            Entry::Claim(order, reply) => self.claims.push((order, reply)),
            Entry::Intents(intents, reply) => {
                self.asked.push((intents.len(), reply));
                self.intents.extend(intents);
            }
            Entry::Showing(step, reply) => self.showing.push(step, reply),
            Entry::Done(step, reply) => self.done.push(step, reply),
            Entry::Ended(ending) => self.ended.push(*ending),
        }
    }
}

struct Written {
    ended: Vec<bool>,
    intents: Vec<bool>,
    showing: Vec<bool>,
    done: Vec<bool>,
    claims: Vec<Taken>,
}

struct Writer {
    store: Store,
    owner: String,
    lease: Duration,
    quotas: Vec<NetworkQuota>,
    windows: Vec<Window>,
    timer: Arc<dyn Timer>,
    told: mpsc::UnboundedSender<Finished>,
    /// The last commit was refused.
    refused: bool,
}

impl Writer {
    async fn run(mut self, mut entries: mpsc::UnboundedReceiver<Entry>) {
        let mut arrived = Vec::with_capacity(MOST);
        let mut unwritten = Endings::default();
        loop {
            if unwritten.settled.is_empty() {
                if entries.recv_many(&mut arrived, MOST).await == 0 {
                    return;
                }
                // Tasks that were woken by the last commit get to hand theirs in as well.
                tokio::task::yield_now().await;
            } else {
                self.timer.sleep(AGAIN).await;
            }
            while let (true, Ok(entry)) = (arrived.len() < MOST, entries.try_recv()) {
                arrived.push(entry);
            }
            let mut batch = Batch {
                ended: std::mem::take(&mut unwritten),
                ..Batch::default()
            };
            arrived.drain(..).for_each(|entry| batch.take(entry));
            unwritten = self.commit(batch).await;
        }
    }

    /// Writes a batch and answers everybody. Returns the ends that could not be written.
    async fn commit(&mut self, batch: Batch) -> Endings {
        match self.write(&batch).await {
            Ok(written) => {
                answer(batch, written);
                if std::mem::take(&mut self.refused) {
                    self.told.send(Finished::Written).ok();
                }
                Endings::default()
            }
            Err(error) => {
                tracing::error!(%error, "deliveries could not be recorded");
                self.refused = true;
                let passing = error.is_passing();
                let error = Arc::new(error);
                // The loop is gone after a stop.
                self.told.send(Finished::Refused(Arc::clone(&error))).ok();
                let ended = refuse(batch, &error);
                if passing {
                    return ended;
                }
                if ended.settled.len() > 1 {
                    // One of them cannot be written; it must not take the others with it.
                    return self.one_by_one(ended).await;
                }
                let nothing = vec![false; ended.settled.len()];
                ended.tell(&nothing);
                Endings::default()
            }
        }
    }

    async fn one_by_one(&mut self, ended: Endings) -> Endings {
        let mut unwritten = Endings::default();
        for (settled, (end, report)) in ended.settled.into_iter().zip(ended.told) {
            let mut batch = Batch::default();
            batch.ended.push(Ending {
                settled,
                end,
                report,
            });
            let left = Box::pin(self.commit(batch)).await;
            unwritten.settled.extend(left.settled);
            unwritten.told.extend(left.told);
        }
        unwritten
    }

    async fn write(&self, batch: &Batch) -> Result<Written, StoreError> {
        let mut tx = self.store.begin(Actor::Publisher).await?;
        let owner = &self.owner;
        // Outcomes first: they free their accounts for the claims of the same commit.
        let ended = match batch.ended.settled.as_slice() {
            [] => Vec::new(),
            ends => publishing::settle(&mut tx, owner, ends).await?,
        };
        let intents = match batch.intents.as_slice() {
            [] => Vec::new(),
            intents => publishing::intend(&mut tx, owner, intents).await?,
        };
        let done = match batch.done.entries.as_slice() {
            [] => Vec::new(),
            steps => publishing::step_done(&mut tx, owner, steps).await?,
        };
        let showing = match batch.showing.entries.as_slice() {
            [] => Vec::new(),
            steps => publishing::about_to_show(&mut tx, steps).await?,
        };
        let mut claims = Vec::with_capacity(batch.claims.len());
        for (order, _) in &batch.claims {
            claims.push(self.claim(&mut tx, order).await?);
        }
        tx.commit().await?;
        Ok(Written {
            ended,
            intents,
            showing,
            done,
            claims,
        })
    }

    async fn claim(&self, tx: &mut Tx, order: &ClaimOrder) -> Result<Taken, StoreError> {
        // First, or what may be out would be told as missed.
        let doubted = !publishing::look_before(tx).await?.is_empty();
        let held = publishing::hold_edited(tx).await?;
        let missed = if order.missed {
            publishing::mark_missed(tx, &order.closed).await?
        } else {
            Vec::new()
        };
        publishing::apply_quotas(tx, &self.quotas).await?;
        let gate = Gate {
            owner: &self.owner,
            lease: self.lease,
            most: order.most,
            closed: &order.closed,
            accounts: order.accounts.as_deref(),
        };
        let mut claimed = publishing::claim(tx, gate).await?;
        let most = order.most.saturating_sub(claimed.len() as u32);
        if order.missed && most > 0 {
            let gate = Gate { most, ..gate };
            claimed.extend(publishing::claim_to_place(tx, gate, &self.windows).await?);
        }
        Ok(Taken {
            claimed,
            held,
            missed,
            doubted,
        })
    }
}

/// Everything of the batch is on disk: tells everybody.
fn answer(batch: Batch, written: Written) {
    batch.ended.tell(&written.ended);
    let mut intents = written.intents.into_iter();
    for (count, reply) in batch.asked {
        // Whoever asked may have been dropped at a stop; rescue takes over.
        reply.send(Ok(intents.by_ref().take(count).collect())).ok();
    }
    batch.showing.answer(written.showing);
    batch.done.answer(written.done);
    for ((_, reply), taken) in batch.claims.into_iter().zip(written.claims) {
        reply.send(Ok(taken)).ok();
    }
}

/// Nothing of the batch is on disk: tells everybody who waits and gives back the ends.
fn refuse(batch: Batch, error: &Refused) -> Endings {
    for (_, reply) in batch.asked {
        reply.send(Err(Arc::clone(error))).ok();
    }
    batch.showing.refuse(error);
    batch.done.refuse(error);
    for (_, reply) in batch.claims {
        reply.send(Err(Arc::clone(error))).ok();
    }
    batch.ended
}
