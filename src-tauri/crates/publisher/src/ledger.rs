//! Group commit: every claim, intent, step and outcome is on disk before the delivery goes on, and
//! those that come together share one commit.
//!
//! Deliveries hand their entries to one task and wait. While it commits, others queue; whatever has
//! queued up meanwhile is the next commit. Nothing waits for a batch to fill, and nothing goes on
//! before its own entry is on disk.

use std::sync::Arc;
use std::time::Duration;

use model::AccountId;
use model::change::Actor;
use store::publishing::{
    self, Claimed, Edited, Gate, Intent, Missed, NetworkQuota, Settled, Showing, StepDone,
};
use store::{Store, StoreError, Tx};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

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
    /// Look for missed posts as well.
    pub(crate) missed: bool,
}

enum Entry {
    Claim(ClaimOrder, Reply<Taken>),
    Intent(Intent, Reply<bool>),
    Showing(Showing, Reply<bool>),
    Done(StepDone, Reply<bool>),
    Settled(Box<Settled>, Reply<bool>),
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
        timer: Arc<dyn Timer>,
    ) -> (Self, JoinHandle<()>) {
        let (send, receive) = mpsc::unbounded_channel();
        let writer = Writer {
            store,
            owner,
            lease,
            quotas,
            timer,
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

    /// False when the claim is gone.
    pub(crate) async fn intend(&self, intent: Intent) -> Result<bool, Refused> {
        self.ask(|reply| Entry::Intent(intent, reply)).await
    }

    /// False when the claim is gone.
    pub(crate) async fn about_to_show(&self, step: Showing) -> Result<bool, Refused> {
        self.ask(|reply| Entry::Showing(step, reply)).await
    }

    /// False when the claim is gone.
    pub(crate) async fn step_done(&self, step: StepDone) -> Result<bool, Refused> {
        self.ask(|reply| Entry::Done(step, reply)).await
    }

    /// False when the claim is gone. An outcome that the disk refuses is tried again until it is
    /// written: it may be the only trace of a post.
    pub(crate) async fn settle(&self, end: Settled) -> Result<bool, Refused> {
        self.ask(|reply| Entry::Settled(Box::new(end), reply)).await
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

/// Whether the same commit may work later: the disk, not the entry, is the reason.
fn is_passing(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::DiskFull
            | StoreError::Locked
            | StoreError::ReadOnly { .. }
            | StoreError::Io { .. }
            | StoreError::Corrupt { .. }
    )
}

/// What one commit writes.
#[derive(Default)]
struct Batch {
    settled: Group<Settled>,
    intents: Group<Intent>,
    showing: Group<Showing>,
    done: Group<StepDone>,
    claims: Vec<(ClaimOrder, Reply<Taken>)>,
}

impl Batch {
    fn take(&mut self, entry: Entry) {
        match entry {
            Entry::Claim(order, reply) => self.claims.push((order, reply)),
            Entry::Intent(intent, reply) => self.intents.push(intent, reply),
            Entry::Showing(step, reply) => self.showing.push(step, reply),
            Entry::Done(step, reply) => self.done.push(step, reply),
            Entry::Settled(end, reply) => self.settled.push(*end, reply),
        }
    }
}

struct Written {
    settled: Vec<bool>,
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
    timer: Arc<dyn Timer>,
}

impl Writer {
    async fn run(self, mut entries: mpsc::UnboundedReceiver<Entry>) {
        let mut arrived = Vec::with_capacity(MOST);
        let mut unwritten = Group::default();
        loop {
            if unwritten.entries.is_empty() {
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
                settled: std::mem::take(&mut unwritten),
                ..Batch::default()
            };
            arrived.drain(..).for_each(|entry| batch.take(entry));
            unwritten = self.commit(batch).await;
        }
    }

    /// Writes a batch and answers everybody. Returns the outcomes that could not be written.
    async fn commit(&self, batch: Batch) -> Group<Settled> {
        match self.write(&batch).await {
            Ok(written) => {
                batch.settled.answer(written.settled);
                batch.intents.answer(written.intents);
                batch.showing.answer(written.showing);
                batch.done.answer(written.done);
                for ((_, reply), taken) in batch.claims.into_iter().zip(written.claims) {
                    reply.send(Ok(taken)).ok();
                }
                Group::default()
            }
            Err(error) => {
                tracing::error!(%error, "deliveries could not be recorded");
                let passing = is_passing(&error);
                let error = Arc::new(error);
                batch.intents.refuse(&error);
                batch.showing.refuse(&error);
                batch.done.refuse(&error);
                for (_, reply) in batch.claims {
                    reply.send(Err(Arc::clone(&error))).ok();
                }
                if !passing && batch.settled.entries.len() > 1 {
                    // One of them cannot be written; it must not take the others with it.
                    return self.one_by_one(batch.settled).await;
                }
                if !passing {
                    batch.settled.refuse(&error);
                    return Group::default();
                }
                batch.settled
            }
        }
    }

    async fn one_by_one(&self, group: Group<Settled>) -> Group<Settled> {
        let mut unwritten = Group::default();
        for (end, reply) in group.entries.into_iter().zip(group.replies) {
            let mut batch = Batch::default();
            batch.settled.push(end, reply);
            let left = Box::pin(self.commit(batch)).await;
            unwritten.entries.extend(left.entries);
            unwritten.replies.extend(left.replies);
        }
        unwritten
    }

    async fn write(&self, batch: &Batch) -> Result<Written, StoreError> {
        let mut tx = self.store.begin(Actor::Publisher).await?;
        let owner = &self.owner;
        // Outcomes first: they free their accounts for the claims of the same commit.
        let settled = match batch.settled.entries.as_slice() {
            [] => Vec::new(),
            ends => publishing::settle(&mut tx, owner, ends).await?,
        };
        let intents = match batch.intents.entries.as_slice() {
            [] => Vec::new(),
            intents => publishing::intend(&mut tx, owner, intents).await?,
        };
        let done = match batch.done.entries.as_slice() {
            [] => Vec::new(),
            steps => publishing::step_done(&mut tx, owner, steps).await?,
        };
        let showing = match batch.showing.entries.as_slice() {
            [] => Vec::new(),
            steps => publishing::about_to_show(&mut tx, owner, steps).await?,
        };
        let mut claims = Vec::with_capacity(batch.claims.len());
        for (order, _) in &batch.claims {
            claims.push(self.claim(&mut tx, order).await?);
        }
        tx.commit().await?;
        Ok(Written {
            settled,
            intents,
            showing,
            done,
            claims,
        })
    }

    async fn claim(&self, tx: &mut Tx, order: &ClaimOrder) -> Result<Taken, StoreError> {
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
        let claimed = publishing::claim(tx, gate).await?;
        Ok(Taken {
            claimed,
            held,
            missed,
        })
    }
}
