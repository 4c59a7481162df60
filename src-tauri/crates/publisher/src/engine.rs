//! The loop: look at the clock, keep leases, take what is due, look for what is unconfirmed, tell
//! the news, wait.
//!
//! It holds no truth of its own. Everything it knows can be lost at any instant and is read from the
//! store again at the next start.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use model::{AccountId, TargetId, Timestamp};
use networks::catalogue::OPTION_FIRST_COMMENT;
use store::StoreError;
use store::publishing;
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::batch::send_all;
use crate::clockwatch::{ClockWatch, Since};
use crate::config::{LONGEST_WAIT, Shared};
use crate::lease::LeaseWatch;
use crate::ledger::{ClaimOrder, Ledger};
use crate::look::Seen;
use crate::notice::Notice;
use crate::points;
use crate::publisher::Order;
use crate::report::{Finished, Report, Teller};
use crate::send::{DISK_WAIT, Desk, End};
use crate::status::Status;

/// With more due than may be in flight, the next claim waits until this part of it is free.
const WORTH_A_CLAIM: u32 = 4;

pub(crate) struct Engine {
    pub(crate) shared: Arc<Shared>,
    desk: Arc<Desk>,
    ledger_task: JoinHandle<()>,
    orders: mpsc::UnboundedReceiver<Order>,
    /// What others than the publisher commit.
    feed: watch::Receiver<i64>,
    finished: mpsc::UnboundedReceiver<Finished>,
    finished_in: mpsc::UnboundedSender<Finished>,
    /// First words of what is being sent.
    pub(crate) sending: HashMap<TargetId, String>,
    looking: HashSet<TargetId>,
    /// What is not looked at before this instant of the steady clock: the last look died or could not be
    /// recorded, and the network must not be asked again and again meanwhile.
    resting: HashMap<TargetId, Duration>,
    /// Claimed, but not read: put back in the next full round.
    pub(crate) unread: HashSet<TargetId>,
    pub(crate) clock: ClockWatch,
    pub(crate) leases: LeaseWatch,
    pub(crate) renewed: Duration,
    /// The next instant at which something may come due.
    pub(crate) next_moment: Option<Timestamp>,
    last_full: Duration,
    /// The same by the wall clock, which goes on while the machine sleeps.
    last_full_at: Timestamp,
    pub(crate) want_look: bool,
    /// What networks hold was looked at since the start.
    pub(crate) watched: bool,
    /// The next round has to be a full one.
    want_full: bool,
    /// Accounts that became free since the last claim.
    freed: Vec<AccountId>,
    /// The last claim took as many as it could: there may be more on any account.
    more: bool,
    pub(crate) online: bool,
    pub(crate) teller: Teller,
    /// Something could not be committed and is kept to be written later.
    unwritten: bool,
    settlers: Vec<oneshot::Sender<()>>,
    stopping: bool,
}

impl Engine {
    pub(crate) fn new(
        shared: Arc<Shared>,
        orders: mpsc::UnboundedReceiver<Order>,
        status: watch::Sender<Status>,
        notices: broadcast::Sender<Notice>,
    ) -> Self {
        let config = &shared.config;
        let (finished_in, finished) = mpsc::unbounded_channel();
        let (ledger, ledger_task) = Ledger::start(
            config.store.clone(),
            shared.owner.clone(),
            config.lease,
            shared.quotas(),
            shared.windows(),
            Arc::clone(&config.timer),
            finished_in.clone(),
        );
        let desk = Arc::new(Desk {
            shared: Arc::clone(&shared),
            ledger,
            closing: AtomicBool::new(false),
            given_up: watch::Sender::new(false),
            accounts: Mutex::default(),
            since: Mutex::new(Since::new(&*config.clock)),
        });
        let feed = config.store.subscribe_to_others();
        let steady = config.clock.monotonic();
        let mut teller = Teller::new(status, notices);
        teller.online(config.online, config.clock.now());
        Self {
            clock: ClockWatch::new(&*config.clock),
            leases: LeaseWatch::default(),
            feed,
            renewed: steady,
            last_full: steady,
            last_full_at: config.clock.now(),
            desk,
            ledger_task,
            orders,
            finished,
            finished_in,
            sending: HashMap::new(),
            looking: HashSet::new(),
            resting: HashMap::new(),
            unread: HashSet::new(),
            next_moment: None,
            want_look: false,
            watched: false,
            want_full: false,
            freed: Vec::new(),
            more: false,
            online: config.online,
            teller,
            unwritten: false,
            settlers: Vec::new(),
            stopping: false,
            shared,
        }
    }

    pub(crate) async fn run(mut self) {
        let mut full = true;
        while !self.stopping {
            let quiet = self.tick(full).await;
            if quiet && full {
                for settler in self.settlers.drain(..) {
                    settler.send(()).ok();
                }
            }
            full = self.wait().await;
        }
        self.finish().await;
    }

    /// One round. True when nothing is going on and nothing was begun.
    async fn tick(&mut self, full: bool) -> bool {
        if full {
            self.last_full = self.shared.config.clock.monotonic();
            self.last_full_at = self.shared.config.clock.now();
            self.want_full = false;
            if let Err(error) = self.keep_house().await {
                self.teller.trouble(&error);
            }
        }
        let mut begun = self.take(full).await;
        if full || self.want_look {
            begun |= self.look().await;
        }
        if full {
            self.next_moment = self.read_next_moment().await;
        }
        self.tell().await;
        self.show(full).await;
        !begun && self.sending.is_empty() && self.looking.is_empty()
    }

    fn closed(&self) -> Vec<String> {
        if self.online {
            Vec::new()
        } else {
            self.shared.online_networks()
        }
    }

    /// How many may be begun now. With more due than fits, small claims would spend their time on
    /// looking for the oldest, so they wait.
    fn room(&self) -> u32 {
        let limits = &self.shared.config.limits;
        let room = limits.in_flight.saturating_sub(self.sending.len() as u32);
        if self.more && room < limits.at_once.min(limits.in_flight / WORTH_A_CLAIM) {
            return 0;
        }
        room
    }

    /// Takes what is due. True when something was begun.
    async fn take(&mut self, full: bool) -> bool {
        let room = if full {
            let limit = self.shared.config.limits.in_flight;
            limit.saturating_sub(self.sending.len() as u32)
        } else {
            self.room()
        };
        if room == 0 || (!full && !self.more && self.freed.is_empty()) {
            return false;
        }
        let freed = std::mem::take(&mut self.freed);
        let accounts = (!full && !self.more).then_some(freed);
        let most = if accounts.is_some() {
            room
        } else {
            room.min(self.shared.config.limits.at_once)
        };
        let order = ClaimOrder {
            most,
            closed: self.closed(),
            accounts,
            missed: full,
        };
        let taken = match self.desk.ledger.claim(order).await {
            Ok(taken) => taken,
            Err(error) => {
                self.more = false;
                self.teller.trouble(&error);
                return false;
            }
        };
        if !self.unwritten {
            self.teller.works();
        }
        self.tell_taken(&taken).await;
        self.want_look |= taken.doubted;
        self.more = taken.claimed.len() as u32 == most;
        if taken.claimed.is_empty() {
            return false;
        }
        points::reached("after_claim");
        for claimed in &taken.claimed {
            self.sending.insert(claimed.target_id, String::new());
        }
        tokio::spawn(send_all(
            Arc::clone(&self.desk),
            taken.claimed,
            self.finished_in.clone(),
        ));
        true
    }

    /// Looks for unconfirmed sends. True when a look was begun.
    async fn look(&mut self) -> bool {
        self.want_look = false;
        match self.begin_looks().await {
            Ok(begun) => begun,
            Err(error) => {
                self.teller.trouble(&error);
                false
            }
        }
    }

    async fn begin_looks(&mut self) -> Result<bool, StoreError> {
        let config = &self.shared.config;
        let room = config
            .limits
            .looks
            .saturating_sub(self.looking.len() as u32);
        let steady = config.clock.monotonic();
        self.resting.retain(|_, until| *until > steady);
        // Asked for as many more as are being looked for or rest: those come back as well.
        let most = config.limits.looks + self.resting.len() as u32;
        let mut conn = config.store.read().await?;
        let (now, closed) = (config.clock.now(), self.closed());
        let mut due = publishing::look_due(&mut conn, now, &closed, most).await?;
        let unconfirmed: HashSet<TargetId> = due.iter().copied().collect();
        due.extend(publishing::watch_due(&mut conn, now, &closed, most).await?);
        let comments = publishing::comments_due(&mut conn, now, &closed, most).await?;
        due.extend(&comments);
        let comments: HashSet<TargetId> = comments.into_iter().collect();
        due.retain(|id| !self.looking.contains(id) && !self.resting.contains_key(id));
        due.truncate(room as usize);
        if due.is_empty() {
            return Ok(false);
        }
        let mut begun = false;
        for delivery in publishing::deliveries(&mut conn, &due).await? {
            begun = true;
            self.looking.insert(delivery.target_id);
            let in_doubt = unconfirmed.contains(&delivery.target_id);
            let below = comments.contains(&delivery.target_id);
            let report = Report::new(self.finished_in.clone(), Arc::new(delivery));
            let desk = Arc::clone(&self.desk);
            tokio::spawn(async move {
                let seen = if in_doubt {
                    desk.look(report.delivery()).await
                } else if below {
                    desk.comment(report.delivery()).await
                } else {
                    desk.watch(report.delivery()).await
                };
                report.seen(seen);
            });
        }
        Ok(begun)
    }

    /// The first moment since this round began: what came due while it was at work may have been passed over.
    async fn read_next_moment(&mut self) -> Option<Timestamp> {
        let store = &self.shared.config.store;
        let began = self.last_full_at;
        let read = async { publishing::next_moment(&mut store.read().await?, began).await };
        match read.await {
            Ok(moment) => moment,
            Err(error) => {
                self.teller.trouble(&error);
                None
            }
        }
    }

    /// How long nothing needs to be done by itself.
    fn span(&self) -> Duration {
        let config = &self.shared.config;
        let mut span = LONGEST_WAIT;
        if let Some(moment) = self.next_moment {
            span = span.min(moment.since(config.clock.now()));
        }
        if !self.sending.is_empty() || self.leases.is_watching() {
            span = span.min(config.lease / 3);
        }
        if self.teller.has_news() {
            span = span.min(config.limits.gather);
        }
        span
    }

    /// Whether the last full round was long ago, also by the wall clock, which goes on while the machine sleeps: what
    /// came due too long ago meanwhile has to be set aside before anything more is claimed.
    fn full_is_due(&self) -> bool {
        let config = &self.shared.config;
        let long = config.lease / 3;
        config.clock.monotonic().saturating_sub(self.last_full) >= long
            || config.clock.now().since(self.last_full_at) >= long
    }

    /// Waits until something happens. True when everything has to be looked at.
    async fn wait(&mut self) -> bool {
        let idle = self.sending.is_empty() && self.looking.is_empty();
        if idle && !self.settlers.is_empty() {
            return true;
        }
        let timer = Arc::clone(&self.shared.config.timer);
        let span = self.span();
        tokio::select! {
            biased;
            order = self.orders.recv() => {
                self.obey(order.unwrap_or(Order::Stop));
                true
            }
            Some(done) = self.finished.recv() => {
                self.note(done);
                while let Ok(more) = self.finished.try_recv() {
                    self.note(more);
                }
                let idle = self.sending.is_empty() && self.looking.is_empty();
                self.want_full || self.full_is_due() || (idle && !self.settlers.is_empty())
            }
            Ok(()) = self.feed.changed() => true,
            () = std::future::ready(()), if self.more && self.room() > 0 => self.full_is_due(),
            () = timer.sleep(span) => true,
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Wake | Order::Resumed => {}
            Order::Online(online) => {
                self.online = online;
                self.teller.online(online, self.shared.config.clock.now());
            }
            Order::Settled(reply) => self.settlers.push(reply),
            Order::Stop => self.stopping = true,
        }
    }

    fn note(&mut self, done: Finished) {
        match done {
            Finished::Named(names) => {
                for (id, words) in names {
                    if let Some(entry) = self.sending.get_mut(&id) {
                        *entry = words;
                    }
                }
            }
            Finished::Sent(delivery, end) => {
                self.sending.remove(&delivery.target_id);
                self.freed.push(delivery.account.id);
                match &end {
                    End::Again(_, at) | End::PutBack(at) => self.due_at(*at),
                    End::Unconfirmed => self.want_look = true,
                    End::Sent(..) if delivery.options.contains_key(OPTION_FIRST_COMMENT) => {
                        self.want_look = true;
                    }
                    // Rescue is part of a full round, and so is handing the next one over.
                    End::Lost | End::Placed | End::NotPlaced(_) => self.want_full = true,
                    _ => {}
                }
                self.teller.sent(&self.shared, &delivery, end);
            }
            Finished::Looked(delivery, seen) => {
                self.looking.remove(&delivery.target_id);
                if seen == Seen::Unrecorded {
                    self.rest(delivery.target_id);
                }
                // What it decided may be due at once, or at a time of its own.
                self.want_full = true;
                self.teller.looked(&self.shared, &delivery, seen);
            }
            Finished::Refused(error) => {
                self.unwritten = true;
                self.teller.trouble(&error);
            }
            Finished::Written => {
                self.unwritten = false;
                self.teller.works();
                self.want_full = true;
            }
            Finished::Unread(ids) => {
                for id in &ids {
                    self.sending.remove(id);
                }
                self.unread.extend(ids);
                self.want_full = true;
            }
            Finished::Died(ids) => {
                for id in ids {
                    self.sending.remove(&id);
                    if self.looking.remove(&id) {
                        self.rest(id);
                    }
                }
                self.want_full = true;
            }
        }
    }

    fn rest(&mut self, id: TargetId) {
        let until = self.shared.config.clock.monotonic() + DISK_WAIT;
        self.resting.insert(id, until);
    }

    fn due_at(&mut self, at: Timestamp) {
        self.next_moment = Some(self.next_moment.map_or(at, |m| m.min(at)));
    }

    /// Gives what is in flight some time to end, and ends with the last task that uses the store, so
    /// that its folder can be let go.
    async fn finish(mut self) {
        self.desk.closing.store(true, Ordering::SeqCst);
        let timer = Arc::clone(&self.shared.config.timer);
        let patience = timer.sleep(self.shared.config.limits.patience);
        tokio::pin!(patience);
        while !self.sending.is_empty() {
            tokio::select! {
                Some(done) = self.finished.recv() => self.note(done),
                () = &mut patience => {
                    tracing::info!(left = self.sending.len(), "closing with sends in flight");
                    self.desk.given_up.send_replace(true);
                    self.teller.flush(self.shared.config.clock.now());
                    return;
                }
            }
        }
        self.teller.flush(self.shared.config.clock.now());
        let given_up = self.desk.given_up.clone();
        drop(self.desk);
        // Every task holds the desk, and the desk the way into the ledger.
        tokio::select! {
            _ = self.ledger_task => {}
            () = &mut patience => {
                tracing::info!("closing with looks or comments in flight");
                given_up.send_replace(true);
            }
        }
    }
}
