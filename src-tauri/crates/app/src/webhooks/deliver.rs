//! The sender: every address has a line of its own, told in order, and none waits for another.
//!
//! The text of a delivery is written to the store before it is first sent, so that every try sends the
//! same bytes under the same identifier. What was sent and not yet settled when the program ends is sent
//! once more at the next start: at least once, never never. The change feed wakes the sender; between
//! changes it sleeps until the next try is due.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use model::change::Actor;
use model::{Clock, Entropy, Timestamp, WebhookId};
use networks::hooks::HookCall;
use networks::vault::Vault;
use publisher::{NoticeKind, Timer};
use store::webhook_line::{self, Ended, Head, Try, Verdict, Waiting};
use store::{Store, StoreError};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use super::policy::{self, Standing};
use super::{Telling, Told, read_secret};
use crate::app::Inner;

/// Lines that are told at a time.
const LINES: usize = 32;
/// Deliveries that a line takes on at a time.
const EACH: u32 = 16;
/// How long nothing is begun after the store refused.
const STORE_WAIT: Duration = Duration::from_secs(5);
/// Longest sleep: a clock that is set is noticed.
const LONGEST: Duration = Duration::from_mins(10);
/// How long calls under way get when the program ends.
const PATIENCE: Duration = Duration::from_secs(5);

/// The running sender.
pub(crate) struct Deliverer {
    stop: watch::Sender<bool>,
    asks: mpsc::UnboundedSender<oneshot::Sender<()>>,
    task: JoinHandle<()>,
    timer: Arc<dyn Timer>,
}

impl Deliverer {
    /// Begins nothing more, and gives calls under way some seconds.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        let mut task = self.task;
        tokio::select! {
            _ = &mut task => {}
            // What was not settled is sent again at the next start, under the same identifier.
            () = self.timer.sleep(PATIENCE) => task.abort(),
        }
    }

    /// Whoever is told when nothing is under way and nothing is due.
    pub fn ask(&self) -> oneshot::Receiver<()> {
        let (reply, done) = oneshot::channel();
        // A sender that ended has nothing under way.
        self.asks.send(reply).ok();
        done
    }
}

/// Starts telling.
pub(super) fn start(inner: &Arc<Inner>, telling: Telling) {
    let (stop, stopping) = watch::channel(false);
    let (asks, asked) = mpsc::unbounded_channel();
    let (out, ended) = mpsc::unbounded_channel();
    let loop_ = Loop {
        inner: Arc::downgrade(inner),
        store: inner.store.clone(),
        timer: Arc::clone(&inner.config.timer),
        clock: Arc::clone(&inner.config.clock),
        telling,
        stopping,
        asked,
        out,
        ended,
        busy: HashSet::new(),
        unsettled: Vec::new(),
        waiting: Vec::new(),
    };
    let timer = Arc::clone(&inner.config.timer);
    let task = tokio::spawn(loop_.run());
    let mut slot = inner
        .deliverer
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    *slot = Some(Deliverer {
        stop,
        asks,
        task,
        timer,
    });
}

/// What a line says.
enum Said {
    /// A try ended.
    Ended(Box<Ended>),
    /// It has nothing more under way.
    Over(WebhookId),
}

struct Loop {
    /// Ends with the program, whoever still holds this.
    inner: Weak<Inner>,
    store: Store,
    timer: Arc<dyn Timer>,
    clock: Arc<dyn Clock>,
    telling: Telling,
    stopping: watch::Receiver<bool>,
    asked: mpsc::UnboundedReceiver<oneshot::Sender<()>>,
    out: mpsc::UnboundedSender<Said>,
    ended: mpsc::UnboundedReceiver<Said>,
    busy: HashSet<WebhookId>,
    /// Ends that the store did not take yet.
    unsettled: Vec<Ended>,
    /// Who wants to know when nothing is under way.
    waiting: Vec<oneshot::Sender<()>>,
}

impl Loop {
    async fn run(mut self) {
        let mut feed = self.store.subscribe();
        loop {
            // Before the look: what is committed after it wakes the wait below.
            feed.borrow_and_update();
            if self.store.is_closed() || self.inner.strong_count() == 0 {
                return;
            }
            let next = match self.round().await {
                Ok(next) => next,
                Err(StoreError::Closed) => return,
                Err(error) => {
                    tracing::warn!(%error, "what other programs are to be told could not be looked at");
                    Some(self.clock.now().plus(STORE_WAIT))
                }
            };
            if *self.stopping.borrow() && self.busy.is_empty() {
                return;
            }
            let span = next.map_or(LONGEST, |at| at.since(self.clock.now()).min(LONGEST));
            let timer = Arc::clone(&self.timer);
            tokio::select! {
                biased;
                Some(said) = self.ended.recv() => self.hear(said),
                Some(ask) = self.asked.recv() => self.waiting.push(ask),
                Ok(()) = self.stopping.changed() => {}
                changed = feed.changed() => if changed.is_err() { return },
                () = timer.sleep(span) => {}
            }
        }
    }

    fn hear(&mut self, said: Said) {
        let mut next = Some(said);
        while let Some(said) = next {
            match said {
                Said::Ended(ended) => self.unsettled.push(*ended),
                Said::Over(id) => {
                    self.busy.remove(&id);
                }
            }
            next = self.ended.try_recv().ok();
        }
    }

    /// Settles what ended, begins what is due, and says when to look again.
    async fn round(&mut self) -> Result<Option<Timestamp>, StoreError> {
        self.settle().await?;
        if *self.stopping.borrow() {
            return Ok(None);
        }
        let next = if self.store.may_tell() {
            self.begin().await?
        } else {
            None
        };
        if self.busy.is_empty() {
            for ask in self.waiting.drain(..) {
                // Whoever asked may be gone.
                ask.send(()).ok();
            }
        }
        Ok(next)
    }

    async fn settle(&mut self) -> Result<(), StoreError> {
        if self.unsettled.is_empty() {
            return Ok(());
        }
        let mut tx = self.store.begin(Actor::Publisher).await?;
        for ended in &self.unsettled {
            webhook_line::settle(&mut tx, ended).await?;
        }
        let mut off = Vec::new();
        for ended in &self.unsettled {
            if let Verdict::Off(reason) = &ended.verdict {
                // One that was removed meanwhile is missed by nobody.
                let found = store::webhooks::get(&mut tx, ended.webhook_id).await;
                let Ok((webhook, _)) = found else { continue };
                let place = super::input::short(&webhook.url);
                off.push(format!(
                    "The webhook to {place} was switched off. {reason} Turn it on again in Settings, Programs."
                ));
            }
        }
        tx.commit().await?;
        self.unsettled.clear();
        for sentence in off {
            self.tell(sentence);
        }
        Ok(())
    }

    fn tell(&self, sentence: String) {
        tracing::warn!(sentence, "a webhook was switched off");
        let inner = self.inner.upgrade();
        if let Some(publisher) = inner.and_then(|inner| inner.publisher()) {
            publisher.tell(NoticeKind::WebhookOff, sentence);
        }
    }

    /// Begins the lines that may go on. Gives when the next of the others may.
    async fn begin(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let room = LINES.saturating_sub(self.busy.len());
        let busy: Vec<WebhookId> = self.busy.iter().copied().collect();
        let now = self.clock.now();
        let due = {
            let mut conn = self.store.read().await?;
            webhook_line::due(&mut conn, now, &busy, room, EACH).await?
        };
        if due.heads.is_empty() {
            return Ok(due.next);
        }
        let Some(inner) = self.inner.upgrade() else {
            return Err(StoreError::Closed);
        };
        for (head, texts) in self.written(due.heads).await? {
            self.busy.insert(head.webhook.id);
            let line = Line {
                telling: self.telling.clone(),
                clock: Arc::clone(&self.clock),
                entropy: inner.entropy(),
                vault: Arc::clone(&inner.vault) as Arc<dyn Vault>,
                stopping: self.stopping.clone(),
                out: self.out.clone(),
                over: Over(self.out.clone(), head.webhook.id),
            };
            tokio::spawn(line.run(head, texts));
        }
        Ok(due.next)
    }

    /// Makes the texts that are missing and keeps them, all in one commit. A line ends before what tells
    /// something newer by now.
    async fn written(&self, heads: Vec<Head>) -> Result<Vec<(Head, Vec<String>)>, StoreError> {
        let missing = heads
            .iter()
            .any(|head| head.waiting.iter().any(|w| w.body.is_none()));
        let mut tx = None;
        if missing {
            tx = Some(self.store.begin(Actor::Publisher).await?);
        }
        let mut lines = Vec::with_capacity(heads.len());
        for head in heads {
            let mut texts = Vec::with_capacity(head.waiting.len());
            for waiting in &head.waiting {
                let text = match (&waiting.body, &mut tx) {
                    (Some(body), _) => body.clone(),
                    (None, Some(tx)) => {
                        let text = self.telling.contracts.body(&told(&head, waiting));
                        if !webhook_line::keep_body(tx, waiting, &text).await? {
                            break;
                        }
                        text
                    }
                    (None, None) => break,
                };
                texts.push(text);
            }
            if !texts.is_empty() {
                lines.push((head, texts));
            }
        }
        if let Some(tx) = tx {
            tx.commit().await?;
        }
        Ok(lines)
    }
}

fn told<'a>(head: &'a Head, waiting: &'a Waiting) -> Told<'a> {
    Told {
        contract: &head.webhook.contract,
        delivery: waiting.id,
        workspace: head.webhook.workspace_id,
        kind: waiting.kind,
        at: waiting.at,
        facts: &waiting.facts,
    }
}

/// Says that a line is over when it is dropped, however it ended.
struct Over(mpsc::UnboundedSender<Said>, WebhookId);

impl Drop for Over {
    fn drop(&mut self) {
        // The loop is gone only when the program ends.
        self.0.send(Said::Over(self.1)).ok();
    }
}

/// One address being told.
struct Line {
    telling: Telling,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    vault: Arc<dyn Vault>,
    stopping: watch::Receiver<bool>,
    out: mpsc::UnboundedSender<Said>,
    over: Over,
}

impl Line {
    /// Tells one thing after the other, up to the first that does not arrive.
    async fn run(self, head: Head, texts: Vec<String>) {
        let webhook = &head.webhook;
        let secret = match read_secret(&*self.vault, webhook.id).await {
            Ok(Some(secret)) => Ok(secret),
            Ok(None) => Err(policy::NO_SECRET.to_owned()),
            Err(error) => Err(error.to_string()),
        };
        for (waiting, body) in head.waiting.iter().zip(&texts) {
            if *self.stopping.borrow() {
                break;
            }
            let now = self.clock.now();
            let secret = match &secret {
                Ok(secret) => secret,
                Err(why) => {
                    let verdict = Verdict::NotYet(now.plus(policy::VAULT_WAIT));
                    self.say(&head, waiting, None, Some(why.clone()), None, verdict);
                    break;
                }
            };
            let call = HookCall {
                url: &webhook.url,
                private: webhook.private,
                secret,
                id: &waiting.id.to_string(),
                event: self.telling.contracts.name(&webhook.contract, waiting.kind),
                body,
                now,
            };
            let read = policy::read(&self.telling.hooks.send(&call).await);
            let arrived = read.message.is_none();
            // Whatever came before in this batch arrived, or there would be no this.
            let first = waiting.id == head.waiting[0].id;
            let (failing_since, failures) = if first { head.failing } else { (None, 0) };
            let standing = Standing {
                round: waiting.round,
                max_retries: webhook.max_retries,
                failing_since,
                failures,
                now: self.clock.now(),
            };
            let verdict = policy::verdict(&read, &standing, &*self.entropy);
            self.say(
                &head,
                waiting,
                read.status,
                read.message,
                read.words,
                verdict,
            );
            if !arrived {
                break;
            }
        }
        drop(self.over);
    }

    fn say(
        &self,
        head: &Head,
        waiting: &Waiting,
        status: Option<u16>,
        message: Option<String>,
        answer: Option<String>,
        verdict: Verdict,
    ) {
        let at = self.clock.now();
        let ended = Ended {
            webhook_id: head.webhook.id,
            id: waiting.id,
            tried: Try {
                at,
                status,
                message,
            },
            answer,
            verdict,
        };
        // The loop is gone only when the program ends; then this is sent again at the next start.
        self.out.send(Said::Ended(Box::new(ended))).ok();
    }
}
