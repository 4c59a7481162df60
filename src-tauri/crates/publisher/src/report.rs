//! What the tasks tell the loop, and what the loop tells people: status and news.

use std::sync::Arc;

use model::{PostId, TargetId, Timestamp};
use std::time::Duration;
use store::holds::PublishingState;
use store::publishing::{self, Delivery, HeldOf};
use tokio::sync::{broadcast, mpsc, watch};

use crate::config::Shared;
use crate::engine::Engine;
use crate::lateness::{Offline, lateness};
use crate::ledger::Taken;
use crate::look::Seen;
use crate::notice::{News, Notice, NoticeKind, NoticePost, and_held_there, gather};
use crate::send::End;
use crate::status::{NextDue, Status};

/// Time servers correct clocks by less than this.
const WORTH_TELLING: Duration = Duration::from_mins(1);
/// Titles shown of what is going out.
const TITLES: usize = 5;

/// What a task tells the loop.
pub(crate) enum Finished {
    /// What is being sent is called this.
    Named(Vec<(TargetId, String)>),
    /// A delivery ended.
    Sent(Arc<Delivery>, End),
    /// A look ended.
    Looked(Arc<Delivery>, Seen),
    /// Claimed, but the store could not be read just then: they wait, at no cost.
    Unread(Vec<TargetId>),
    /// Lost on the way, by a task that died or as data that make no sense; rescue lets them go.
    Died(Vec<TargetId>),
    /// The store refused a commit; ends are kept and written later.
    Refused(Arc<store::StoreError>),
    /// Everything that was kept is written.
    Written,
}

/// Reports the end of a task once, also when the task dies: then the delivery is lost to rescue.
pub(crate) struct Report {
    to: mpsc::UnboundedSender<Finished>,
    delivery: Arc<Delivery>,
    end: Option<Finished>,
}

impl Report {
    pub(crate) fn new(to: mpsc::UnboundedSender<Finished>, delivery: Arc<Delivery>) -> Self {
        let end = Some(Finished::Died(vec![delivery.target_id]));
        Self { to, delivery, end }
    }

    pub(crate) fn delivery(&self) -> &Delivery {
        &self.delivery
    }

    pub(crate) fn sent(mut self, end: End) {
        self.end = Some(Finished::Sent(Arc::clone(&self.delivery), end));
    }

    pub(crate) fn seen(mut self, seen: Seen) {
        self.end = Some(Finished::Looked(Arc::clone(&self.delivery), seen));
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            // The loop is gone after a stop.
            self.to.send(end).ok();
        }
    }
}

/// What people see of the publisher.
pub(crate) struct Teller {
    status: watch::Sender<Status>,
    notices: broadcast::Sender<Notice>,
    news: Vec<News>,
    since: Option<Duration>,
    /// News that must not wait to be gathered with others.
    urgent: bool,
    held: Option<String>,
    /// Posts that networks hold and publish all the same.
    held_there: u32,
    held_told: bool,
    offline: Offline,
    vault: Option<String>,
    trouble: Option<String>,
    /// News of accounts that were signed out, whose waiting posts are still to be counted.
    signed_out: Vec<News>,
}

impl Teller {
    pub(crate) fn new(status: watch::Sender<Status>, notices: broadcast::Sender<Notice>) -> Self {
        Self {
            status,
            notices,
            news: Vec::new(),
            since: None,
            urgent: false,
            held: None,
            held_there: 0,
            held_told: false,
            offline: Offline::default(),
            vault: None,
            trouble: None,
            signed_out: Vec::new(),
        }
    }

    pub(crate) fn has_news(&self) -> bool {
        !self.news.is_empty()
    }

    pub(crate) fn online(&mut self, online: bool, now: Timestamp) {
        self.offline.note(online, now);
    }

    /// The store refused.
    pub(crate) fn trouble(&mut self, error: &store::StoreError) {
        tracing::error!(%error, "the publisher could not use the store");
        let words = error.to_string();
        if self.trouble.as_ref() != Some(&words) {
            self.news.push(plain(NoticeKind::Delayed, &words));
        }
        self.trouble = Some(words);
    }

    /// The clock was set back by more than a correction.
    pub(crate) fn set_back(&mut self, by: Duration) {
        if by < WORTH_TELLING {
            return;
        }
        let minutes = by.as_secs().div_ceil(60);
        let by = match (minutes / 60, minutes % 60) {
            (0, 1) => "a minute".to_owned(),
            (0, minutes) => format!("{minutes} minutes"),
            (1, 0) => "an hour".to_owned(),
            (hours, 0) => format!("{hours} hours"),
            (hours, minutes) => format!("{hours} h {minutes} min"),
        };
        let words = format!(
            "This computer's clock was set back by {by}. Nothing goes out twice; what is still to come waits until the clock shows its time."
        );
        self.news.push(plain(NoticeKind::Delayed, &words));
    }

    /// The store works again.
    pub(crate) fn works(&mut self) {
        self.trouble = None;
    }

    /// Takes in what is held, and tells once that everything is when no person did it.
    pub(crate) fn held(&mut self, state: &PublishingState, foreign: bool) {
        self.held = state.hold.as_ref().map(|h| h.reason.clone());
        match &state.hold {
            Some(hold) if foreign || state.restored_at.is_some() => {
                if !self.held_told {
                    self.held_told = true;
                    self.news.push(plain(NoticeKind::HeldAll, &hold.reason));
                }
            }
            _ => self.held_told = false,
        }
    }

    pub(crate) fn sent(&mut self, shared: &Shared, delivery: &Delivery, end: End) {
        let (kind, why) = match end {
            End::Sent(at, lacks) => {
                self.vault = None;
                let concerns = shared.needs_internet(&delivery.account.network);
                let late = lateness(delivery, at, concerns.then_some(self.offline));
                let why = [late, lacks.unwrap_or_default()].join(" ");
                (NoticeKind::Published, why.trim().to_owned())
            }
            End::Failed(refusal) if delivery.tries > 1 => {
                let why = format!("{} It was tried {} times.", refusal.message, delivery.tries);
                (NoticeKind::Failed, why)
            }
            End::Failed(refusal) => (NoticeKind::Failed, refusal.message),
            End::NotPlaced(refusal) => (NoticeKind::NotPlaced, refusal.message),
            End::SignedOut { news: true, reason } => {
                let news = about(NoticeKind::SignedOut, shared, delivery, reason);
                self.signed_out.push(news);
                return;
            }
            End::VaultShut(why) => {
                self.vault_shut(why);
                return;
            }
            End::Placed
            | End::SignedOut { .. }
            | End::Again(..)
            | End::Unconfirmed
            | End::PutBack(_)
            | End::Lost => return,
        };
        self.news.push(about(kind, shared, delivery, why));
    }

    /// The keyring could not be opened: told once, and shown until something came through.
    fn vault_shut(&mut self, why: String) {
        if self.vault.as_ref() != Some(&why) {
            self.news.push(plain(NoticeKind::Delayed, &why));
        }
        self.vault = Some(why);
    }

    pub(crate) fn looked(&mut self, shared: &Shared, delivery: &Delivery, seen: Seen) {
        match seen {
            Seen::Found(lacks) => {
                self.vault = None;
                let why = lacks.unwrap_or_default();
                self.news
                    .push(about(NoticeKind::Published, shared, delivery, why));
            }
            Seen::Asked(why) => {
                let (kind, why) = if shared.hands_over(&delivery.account.network) {
                    (NoticeKind::YourTurn, String::new())
                } else {
                    (NoticeKind::Unconfirmed, why)
                };
                self.news.push(about(kind, shared, delivery, why));
            }
            Seen::SignedOut { news: true, reason } => {
                let news = about(NoticeKind::SignedOut, shared, delivery, reason);
                self.signed_out.push(news);
            }
            Seen::GoneThere(why) => {
                self.news
                    .push(about(NoticeKind::Failed, shared, delivery, why));
            }
            Seen::MovedThere { at, followed } => {
                let why = moved_there(delivery, at, followed);
                self.news
                    .push(about(NoticeKind::MovedThere, shared, delivery, why));
            }
            Seen::NotCommented(why) => {
                let news = about(NoticeKind::NotCommented, shared, delivery, why);
                self.news.push(news);
            }
            Seen::LateThere => {
                let late = about(NoticeKind::LateThere, shared, delivery, String::new());
                self.news.push(late);
            }
            Seen::VaultShut(why) => self.vault_shut(why),
            // What is asked of a network needs the keyring.
            Seen::SendAgain | Seen::Commented | Seen::Held => self.vault = None,
            Seen::SignedOut { .. } | Seen::Later | Seen::Unrecorded | Seen::Passed => {}
        }
    }

    /// Tells everything gathered so far.
    pub(crate) fn flush(&mut self, now: Timestamp) {
        self.since = None;
        self.urgent = false;
        for notice in gather(std::mem::take(&mut self.news), now) {
            // Nobody may be listening.
            self.notices.send(notice).ok();
        }
    }

    /// Why everything is held, and what goes out all the same.
    fn why_held(&self) -> Option<String> {
        let why = self.held.as_ref()?;
        Some(and_held_there(why, self.held_there))
    }

    fn delayed(&self) -> Option<String> {
        let offline = self.offline.is_now().then(|| {
            "There is no internet. Posts that come due go out when it is back.".to_owned()
        });
        self.trouble
            .clone()
            .or_else(|| self.vault.clone())
            .or(offline)
    }
}

fn plain(kind: NoticeKind, why: &str) -> News {
    News {
        kind,
        post: None,
        account_id: None,
        place: String::new(),
        why: why.to_owned(),
        others_out: false,
    }
}

fn about(kind: NoticeKind, shared: &Shared, delivery: &Delivery, why: String) -> News {
    let post = NoticePost {
        post_id: delivery.post_id,
        words: delivery.words.clone(),
        target_id: Some(delivery.target_id),
    };
    let account_id = Some(delivery.account.id);
    News {
        kind,
        post: Some(post),
        account_id,
        place: place(shared, delivery),
        why,
        others_out: false,
    }
}

/// What became of a post whose network holds it for another time, in the zone of the post.
fn moved_there(delivery: &Delivery, at: Timestamp, followed: bool) -> String {
    let zone = delivery.zone.parse::<model::when::Zone>().ok();
    let wall = zone.and_then(|zone| zone.wall_at(at).ok());
    let when = wall.map_or_else(|| at.rfc3339(), |wall| wall.to_string());
    let when = when.get(..16).unwrap_or(&when).replace('T', " ");
    if followed {
        format!("It goes out at {when}, and stands there in the calendar.")
    } else {
        format!("There it goes out at {when}; the other accounts of the post keep their time.")
    }
}

/// Network and account as people know them.
fn place(shared: &Shared, delivery: &Delivery) -> String {
    let network = shared.network_name(&delivery.account.network);
    format!("{network} ({})", delivery.account.handle)
}

impl Engine {
    /// News about what a claim held or missed.
    pub(crate) async fn tell_taken(&mut self, taken: &Taken) {
        for edited in &taken.held {
            let post = NoticePost {
                post_id: edited.post_id,
                words: edited.words.clone(),
                target_id: None,
            };
            let mut news = plain(NoticeKind::HeldEdit, "");
            news.post = Some(post);
            self.teller.news.push(news);
            self.teller.urgent = true;
        }
        if taken.missed.is_empty() {
            return;
        }
        let ids: Vec<TargetId> = taken.missed.iter().map(|m| m.target_id).collect();
        let read = async {
            publishing::deliveries(&mut self.shared.config.store.read().await?, &ids).await
        };
        match read.await {
            Ok(missed) => {
                let news = missed
                    .iter()
                    .map(|d| about(NoticeKind::Missed, &self.shared, d, String::new()));
                self.teller.news.extend(news);
            }
            Err(error) => self.teller.trouble(&error),
        }
    }

    /// Tells news when nothing more of it is on the way, or it has waited long enough.
    pub(crate) async fn tell(&mut self) {
        for news in std::mem::take(&mut self.teller.signed_out) {
            self.count_waiting(news).await;
        }
        if self.teller.news.is_empty() {
            return;
        }
        let config = &self.shared.config;
        let steady = config.clock.monotonic();
        let since = *self.teller.since.get_or_insert(steady);
        let waited = steady.saturating_sub(since) >= config.limits.gather;
        if self.teller.urgent || waited || self.sending.is_empty() {
            let now = config.clock.now();
            self.look_at_others().await;
            self.teller.flush(now);
        }
    }

    /// Notes of failed posts whether other accounts have them: what is safe is said with the news.
    async fn look_at_others(&mut self) {
        let is_failed = |n: &News| n.kind == NoticeKind::Failed;
        let failed: Vec<PostId> = self
            .teller
            .news
            .iter()
            .filter(|n| is_failed(n))
            .filter_map(|n| n.post.as_ref().map(|p| p.post_id))
            .collect();
        if failed.is_empty() {
            return;
        }
        let read = async {
            publishing::published_of(&mut self.shared.config.store.read().await?, &failed).await
        };
        match read.await {
            Ok(out) => {
                for news in self.teller.news.iter_mut().filter(|n| is_failed(n)) {
                    news.others_out = news.post.as_ref().is_some_and(|p| out.contains(&p.post_id));
                }
            }
            Err(error) => self.teller.trouble(&error),
        }
    }

    async fn count_waiting(&mut self, news: News) {
        let Some(account) = news.account_id else {
            return;
        };
        let read = async {
            publishing::waiting_on(&mut self.shared.config.store.read().await?, account).await
        };
        match read.await {
            Ok((_, posts)) => {
                let about = |post| News {
                    post,
                    ..news.clone()
                };
                if posts.is_empty() {
                    self.teller.news.push(about(None));
                }
                let waits = |(post_id, words)| NoticePost {
                    post_id,
                    words,
                    target_id: None,
                };
                let news = posts.into_iter().map(|post| about(Some(waits(post))));
                self.teller.news.extend(news);
            }
            Err(error) => self.teller.trouble(&error),
        }
    }

    /// Brings the status up to date. What needs the store is read in full rounds and when a burst is
    /// over.
    pub(crate) async fn show(&mut self, full: bool) {
        let mut status = self.teller.status.borrow().clone();
        if full || self.sending.is_empty() {
            let store = &self.shared.config.store;
            let read = async {
                let mut conn = store.read().await?;
                let next = publishing::next_due(&mut conn).await?;
                let state = store::holds::state(&mut conn).await?;
                let there = match &state.hold {
                    Some(_) => publishing::held_there(&mut conn, HeldOf::All).await?,
                    None => 0,
                };
                let needs_you = publishing::needs_you(&mut conn).await?;
                Ok((needs_you, next, state.hold, there))
            };
            let read: Result<_, store::StoreError> = read.await;
            match read {
                Ok((needs_you, next, hold, there)) => {
                    self.teller.held_there = there;
                    status.needs_you = needs_you;
                    status.next = next.map(|n| NextDue {
                        post_id: n.post_id,
                        words: n.words,
                        at: n.at,
                    });
                    self.teller.held = hold.map(|h| h.reason);
                }
                Err(error) => self.teller.trouble(&error),
            }
        }
        status.sending = self.sending.len() as u32;
        status.titles = self
            .sending
            .values()
            .filter(|w| !w.is_empty())
            .take(TITLES)
            .cloned()
            .collect();
        status.titles.sort_unstable();
        status.held = self.teller.why_held();
        status.delayed = self.teller.delayed();
        let status = status.summed();
        self.teller.status.send_if_modified(|shown| {
            let differs = *shown != status;
            *shown = status;
            differs
        });
    }
}
