//! The publisher inside the program: what hosts see of it.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use model::TargetId;
use publisher::{DeleteError, Notice, Publisher, PublisherConfig};
use store::publishing::{self, HeldOf};
use tokio::sync::{broadcast, watch};

use crate::app::{App, Inner};
use crate::doubt;
use crate::error::Result;
use crate::types::ApiError;
use crate::types::session::{NextPost, PublisherStatus};

/// Posts that count as due soon.
const HOUR: Duration = Duration::from_hours(1);
/// So long a start waits for the system's first word on the internet.
const FIRST_WORD: Duration = Duration::from_secs(1);
/// Most posts named as being sent.
const MOST_SENDING: u32 = 20;

impl Inner {
    /// The publisher, while this program publishes.
    pub(crate) fn publisher(&self) -> Option<Arc<Publisher>> {
        self.publisher
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Starts publishing.
    pub(crate) fn start_publisher(&self) {
        let started = Publisher::start(self.publisher_config());
        *self
            .publisher
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(started));
    }

    /// Stops publishing; sends in flight get some seconds to finish.
    pub(crate) async fn stop_publisher(&self) {
        let publisher = self
            .publisher
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(publisher) = publisher {
            publisher.stop().await;
        }
    }

    /// The publisher's configuration over this program.
    pub(crate) fn publisher_config(&self) -> PublisherConfig {
        let registry = &self.config.registry;
        let connectors = registry
            .entries()
            .iter()
            .filter_map(|e| registry.get(&e.key).cloned())
            .collect();
        PublisherConfig {
            store: self.store.clone(),
            connectors,
            vault: self.vault.clone(),
            media: self.library.clone(),
            clock: self.config.clock.clone(),
            timer: self.config.timer.clone(),
            entropy: self.entropy(),
            lease: publisher::LEASE,
            limits: publisher::Limits::default(),
            online: self.offline().1.is_none(),
        }
    }
}

impl App {
    /// News to be shown as notifications; none while this program does not publish.
    #[must_use]
    pub fn notices(&self) -> Option<broadcast::Receiver<Notice>> {
        self.with_publisher(Publisher::notices)
    }

    /// Wakes whenever the publisher's state may have changed; [`App::status_now`] reads it whole.
    #[must_use]
    pub fn status(&self) -> Option<watch::Receiver<publisher::Status>> {
        self.with_publisher(Publisher::status)
    }

    /// The operating system says that the machine woke up.
    pub fn on_resume(&self) {
        self.with_publisher(Publisher::on_resume);
    }

    /// Whether there is a way to the internet, as far as the system knows. That there is none is taken
    /// for true some minutes only; then the networks are asked.
    pub fn set_online(&self, online: bool) {
        let begun = {
            let now = self.inner.now();
            let mut offline = self
                .inner
                .offline
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let (period, since) = &mut *offline;
            let begins = !online && since.is_none();
            if begins {
                *period += 1;
                *since = Some(now);
            } else if online {
                *since = None;
            }
            begins.then_some(*period)
        };
        self.with_publisher(|p| p.set_online(online));
        if let Some(period) = begun {
            tokio::spawn(doubt::doubt(Arc::downgrade(&self.inner), period));
        }
    }

    /// Takes in what the system says of the internet when publishing starts, so that already the first
    /// look at what is due knows it.
    pub(crate) async fn hear_of_the_internet(&self) {
        let config = &self.inner.config;
        let mut word = config.online.clone();
        let said = async {
            let said = word.wait_for(Option::is_some).await;
            said.is_ok_and(|word| *word == Some(false))
        };
        let offline = tokio::select! {
            biased;
            offline = said => offline,
            () = config.timer.sleep(FIRST_WORD) => false,
        };
        if offline {
            self.set_online(false);
        }
    }

    /// Returns when everything that can happen at the clock's present instant has happened; at once
    /// while this program does not publish. For tests and for a tidy end.
    pub async fn settled(&self) {
        if let Some(publisher) = self.inner.publisher() {
            publisher.settled().await;
        }
    }

    /// Returns when nothing that other programs are told is under way or due. For tests and for a tidy
    /// end.
    pub async fn told(&self) {
        let asked = self
            .inner
            .deliverer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map(crate::webhooks::Deliverer::ask);
        if let Some(done) = asked {
            done.await.ok();
        }
    }

    fn with_publisher<T>(&self, ask: impl FnOnce(&Publisher) -> T) -> Option<T> {
        self.inner.publisher().as_deref().map(ask)
    }

    /// What the publisher is doing, whole.
    pub async fn status_now(&self) -> Result<PublisherStatus> {
        let now = self.inner.now();
        let mut conn = self.read().await?;
        let held = match store::holds::state(&mut conn).await?.hold {
            None => None,
            Some(hold) => {
                let there = publishing::held_there(&mut conn, HeldOf::All).await?;
                Some(publisher::and_held_there(&hold.reason, there))
            }
        };
        let next = publishing::next_due(&mut conn).await?;
        Ok(PublisherStatus {
            held,
            sending: store::queue::sending(&mut conn, MOST_SENDING)
                .await?
                .into_iter()
                .map(next_post)
                .collect(),
            needs_person: publishing::needs_you(&mut conn).await?,
            next: next.map(next_post),
            due_within_hour: store::queue::due_until(&mut conn, now.plus(HOUR)).await?,
            offline_since: self.inner.offline().1,
            delayed: self
                .status()
                .and_then(|doing| doing.borrow().delayed.clone()),
        })
    }

    pub(crate) async fn delete_on_network(&self, id: TargetId) -> Result<()> {
        let Some(publisher) = self.inner.publisher() else {
            return Err(ApiError::conflict(
                "This Almanac does not publish, so it cannot delete on networks either.",
            ));
        };
        publisher
            .delete_on_network(id)
            .await
            .map_err(|error| match error {
                DeleteError::Store(error) => error.into(),
                DeleteError::Network(refusal) => {
                    let error = ApiError::from(*refusal);
                    ApiError {
                        message: format!("Not deleted. {} It is still there.", error.message),
                        ..error
                    }
                }
                _ => ApiError::conflict(error.to_string()),
            })
    }

    /// Takes back what a network holds until its time.
    pub(crate) async fn take_back(&self, id: TargetId) -> Result<()> {
        let Some(publisher) = self.inner.publisher() else {
            return Err(ApiError::conflict(
                "This Almanac does not publish, so it cannot take anything back either.",
            ));
        };
        publisher.take_back(id).await.map_err(|error| match error {
            DeleteError::Store(error) => error.into(),
            DeleteError::Network(refusal) => {
                let error = ApiError::from(*refusal);
                ApiError {
                    message: format!("Not taken back. {}", error.message),
                    ..error
                }
            }
            _ => ApiError::conflict(error.to_string()),
        })
    }

    /// What a person who pauses or deletes something is told about posts that networks publish all the same.
    pub(crate) async fn held_there(&self, of: HeldOf) -> Result<Vec<String>> {
        let mut conn = self.read().await?;
        let there = publishing::held_there(&mut conn, of).await?;
        Ok(publisher::held_there_note(there).into_iter().collect())
    }
}

pub(crate) fn next_post(next: publishing::Upcoming) -> NextPost {
    NextPost {
        id: next.post_id,
        words: next.words,
        at: next.at,
    }
}
