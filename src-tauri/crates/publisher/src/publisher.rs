//! The handle through which hosts use the publisher.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use networks::connector::Refusal;
use store::StoreError;
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::config::{PublisherConfig, Shared};
use crate::engine::Engine;
use crate::notice::{Notice, NoticeKind};
use crate::status::Status;

/// News kept for a listener that is slow to take them.
const NEWS: usize = 256;

/// What a host tells the publisher.
pub(crate) enum Order {
    /// Look at everything again.
    Wake,
    /// The machine woke up.
    Resumed,
    /// Whether there is a way to the internet.
    Online(bool),
    /// Tell when everything that can happen at this instant has happened.
    Settled(oneshot::Sender<()>),
    /// End.
    Stop,
}

/// The publisher. Dropping it without [`Publisher::stop`] ends its loop at once: sends in flight go on
/// to their end, but nobody renews their leases, and what they leave open is rescued at the next
/// start.
pub struct Publisher {
    orders: mpsc::UnboundedSender<Order>,
    status: watch::Receiver<Status>,
    notices: broadcast::Sender<Notice>,
    /// Listens from the start, until somebody takes it over.
    first: Mutex<Option<broadcast::Receiver<Notice>>>,
    shared: Arc<Shared>,
    /// None once it was stopped.
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Publisher {
    /// Starts publishing on the current runtime. It follows the store's change feed by itself, so
    /// nobody has to tell it about new posts, pauses or holds.
    #[must_use]
    pub fn start(config: PublisherConfig) -> Self {
        let shared = Arc::new(Shared::new(config));
        let (orders, receive) = mpsc::unbounded_channel();
        let (status_out, status) = watch::channel(Status::default());
        let notices = broadcast::Sender::new(NEWS);
        let first = Mutex::new(Some(notices.subscribe()));
        let engine = Engine::new(Arc::clone(&shared), receive, status_out, notices.clone());
        let task = Mutex::new(Some(tokio::spawn(engine.run())));
        Self {
            orders,
            status,
            notices,
            first,
            shared,
            task,
        }
    }

    fn task(&self) -> MutexGuard<'_, Option<JoinHandle<()>>> {
        self.task.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn order(&self, order: Order) {
        // The loop is gone only after a stop; then there is nothing to order.
        self.orders.send(order).ok();
    }

    /// Looks at everything again.
    pub fn wake(&self) {
        self.order(Order::Wake);
    }

    /// The operating system says that the machine woke up.
    pub fn on_resume(&self) {
        self.order(Order::Resumed);
    }

    /// Tells whether there is a way to the internet. Without one, posts to networks that need it wait
    /// instead of using up their tries. Until then what the configuration says holds.
    pub fn set_online(&self, online: bool) {
        self.order(Order::Online(online));
    }

    /// What it is doing, now and from now on.
    #[must_use]
    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// News: for the first listener all since the start, since what was missed while the program was
    /// off is told at once; for others from now on. A listener that falls far behind misses the oldest.
    #[must_use]
    pub fn notices(&self) -> broadcast::Receiver<Notice> {
        self.first
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
            .unwrap_or_else(|| self.notices.subscribe())
    }

    /// Tells listeners why sending is delayed, where the publisher cannot know it by itself.
    pub fn tell_delayed(&self, why: String) {
        self.tell(NoticeKind::Delayed, why);
    }

    /// Tells listeners something that is about no post, and that the publisher cannot know by itself.
    pub fn tell(&self, kind: NoticeKind, sentence: String) {
        let notice = Notice {
            kind,
            sentence,
            posts: Vec::new(),
            count: 0,
            account_id: None,
            at: self.shared.config.clock.now(),
        };
        // Nobody may be listening.
        self.notices.send(notice).ok();
    }

    /// Returns when everything that can happen at the clock's present instant has happened: nothing
    /// is in flight, due, or to be looked for. For tests and for a tidy end.
    pub async fn settled(&self) {
        let (reply, done) = oneshot::channel();
        self.order(Order::Settled(reply));
        done.await.ok();
    }

    /// Ends it: nothing new is begun, sends in flight get some seconds to finish, and what is left is
    /// rescued at the next start. None of this counts as a failed attempt. Others may still hold it,
    /// as somebody who deletes on a network at this moment does.
    pub async fn stop(&self) {
        self.order(Order::Stop);
        let task = self.task().take();
        if let Some(task) = task
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the publisher ended badly");
        }
    }

    /// Deletes a published target on its network and makes its post an undated draft.
    pub async fn delete_on_network(&self, target: model::TargetId) -> Result<(), DeleteError> {
        crate::delete::delete_on_network(&self.shared, target).await
    }
}

impl Publisher {
    /// Deletes on its network what the network holds until its time. The post waits here and goes out from
    /// this computer.
    pub async fn take_back(&self, target: model::TargetId) -> Result<(), DeleteError> {
        crate::take_back::take_back(&self.shared, target).await
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        if let Some(task) = self.task().take() {
            task.abort();
        }
    }
}

/// Why a post was not deleted on its network.
#[derive(Debug, thiserror::Error)]
pub enum DeleteError {
    /// The store refused.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The network refused, or did not answer.
    #[error("{}", .0.message)]
    Network(Box<Refusal>),
    /// The network offers no deleting, or is not known here.
    #[error("{0} cannot delete posts through Almanac. Delete it on the network itself.")]
    CannotDelete(String),
    /// The network publishes it now, or has done so.
    #[error(
        "{0} publishes it at this very time, so it is too late to take it back. Delete it when it is out."
    )]
    TooLate(String),
    /// The network did not say whether it deleted what it held.
    #[error("{0} did not say whether it took it back. Look there, then say which.")]
    Unclear(String),
}
