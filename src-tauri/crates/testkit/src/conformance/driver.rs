//! Drives one delivery as the publisher does, and compares every word of the connector with what
//! the sandbox holds.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use async_trait::async_trait;
use model::Timestamp;
use model::failure::next_try;
use networks::connector::{
    Confirmation, Ctx, Delivered, Job, Outcome, Refusal, StepLog, StepLost, StepRecord,
};
use serde_json::Value;

use super::Bench;
use super::expect::First;
use crate::fakes::StillClock;

/// Attempts and confirmations after which a delivery that still goes on is a fault of its own.
const MAX_ROUNDS: usize = 12;

/// When the process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// At the `n`th call on the log, before it is recorded.
    Before(usize),
    /// At the `n`th call on the log, after it was recorded.
    After(usize),
}

/// A log in memory in which a death can be ordered.
#[derive(Debug, Default)]
pub struct Log {
    /// Finished steps, oldest first.
    pub done: Vec<StepRecord>,
    /// Keys that were announced as visible.
    pub announced: BTreeSet<String>,
    /// The last thing recorded was an announcement.
    pub open: bool,
    /// Calls so far.
    pub calls: usize,
    /// When to die.
    pub death: Option<Death>,
}

impl Log {
    fn call(&mut self, record: impl FnOnce(&mut Self)) -> Result<(), StepLost> {
        let n = self.calls;
        self.calls += 1;
        let dead = || StepLost("killed on order".to_owned());
        if self.death == Some(Death::Before(n)) {
            return Err(dead());
        }
        record(self);
        if self.death == Some(Death::After(n)) {
            Err(dead())
        } else {
            Ok(())
        }
    }

    /// Visible steps that are finished.
    #[must_use]
    pub fn shown(&self) -> usize {
        let keys: BTreeSet<&str> = self.done.iter().map(|s| s.key.as_str()).collect();
        self.announced
            .iter()
            .filter(|k| keys.contains(k.as_str()))
            .count()
    }

    /// Leaves in the job what an attempt that ended so tells the next one, as the store does: what was
    /// certainly not sent showed nothing but the parts that are finished.
    pub fn leave(&self, job: &mut Job, outcome: &Outcome, now: Timestamp) {
        let open = match outcome {
            Outcome::NotSent(_) => false,
            Outcome::Interrupted(_) => self.open,
            Outcome::Sent(_) | Outcome::Placed(_) | Outcome::Uncertain(_) => {
                !self.announced.is_empty()
            }
        };
        if open {
            job.last_shown_at = Some(now);
        }
        if open || self.shown() > 0 {
            job.first_sent_try_at.get_or_insert(now);
        }
    }
}

#[async_trait]
impl StepLog for Log {
    async fn finished(&mut self, key: &str, value: Value) -> Result<(), StepLost> {
        let step = StepRecord {
            key: key.to_owned(),
            value,
        };
        self.call(|log| {
            log.done.push(step);
            log.open = false;
        })
    }

    async fn about_to_show(&mut self, key: &str) -> Result<(), StepLost> {
        let key = key.to_owned();
        self.call(|log| {
            log.announced.insert(key);
            log.open = true;
        })
    }
}

/// How a delivery ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// On the network.
    Sent(Delivered),
    /// Not, and not tried again.
    Failed(Refusal),
    /// Nobody but the person can tell, who is asked with these words.
    Asked(String),
}

/// What happened on the way.
#[derive(Debug)]
pub struct Trace {
    /// The kind of the first outcome that was no death.
    pub first: Option<First>,
    /// How it ended; none when something did not hold.
    pub end: Option<End>,
    /// What did not hold.
    pub wrong: Vec<String>,
    /// Every text that came out, for looking for secrets.
    pub told: String,
    /// Calls on the log.
    pub log_calls: usize,
}

/// Everything a delivery needs.
pub struct Delivery<'a> {
    pub bench: &'a dyn Bench,
    pub clock: &'a StillClock,
    pub ctx: Ctx<'a>,
    /// The job of the first attempt.
    pub job: Job,
    /// Used in place of the job's account for the first attempt alone.
    pub first_account: Option<model::account::Account>,
    pub death: Option<Death>,
}

/// What to do next.
enum Next {
    Publish,
    Confirm,
}

impl Delivery<'_> {
    /// Drives it to its end.
    pub async fn drive(mut self) -> Trace {
        let mut log = Log {
            death: self.death,
            ..Log::default()
        };
        let mut trace = Trace {
            first: None,
            end: None,
            wrong: vec![],
            told: String::new(),
            log_calls: 0,
        };
        let account = self.job.account.clone();
        if let Some(first) = self.first_account.take() {
            self.job.account = first;
        }
        let mut next = Next::Publish;
        for _ in 0..MAX_ROUNDS {
            let step = match next {
                Next::Publish => self.publish(&mut log, &mut trace).await,
                Next::Confirm => {
                    self.job.done.clone_from(&log.done);
                    self.confirm(&mut trace).await
                }
            };
            self.job.account = account.clone();
            self.bench.mend();
            match step {
                Some(then) => next = then,
                None => break,
            }
        }
        if trace.end.is_none() && trace.wrong.is_empty() {
            trace.wrong.push("the delivery never ended".to_owned());
        }
        tell(
            &mut trace,
            format_args!("{:?}{:?}", log.done, self.job.handle),
        );
        trace.log_calls = log.calls;
        trace
    }

    fn whole(&self) -> usize {
        self.bench.units(self.job.segments.len())
    }

    async fn publish(&mut self, log: &mut Log, trace: &mut Trace) -> Option<Next> {
        self.job.done.clone_from(&log.done);
        let outcome = self
            .bench
            .connector()
            .publish(&self.job, log, self.ctx)
            .await;
        tell(trace, format_args!("{outcome:?}"));
        if trace.first.is_none() {
            trace.first = First::of(&outcome);
        }
        let (visible, recorded) = (self.bench.visible(), log.shown());
        log.leave(&mut self.job, &outcome, self.ctx.clock.now());
        let attempt = self.job.attempt;
        self.job.attempt += 1;
        match outcome {
            Outcome::Sent(delivered) => {
                // A delivery that was found there already announces nothing.
                let all_recorded = log.announced.is_empty() || recorded == self.whole();
                if visible != self.whole() || !all_recorded {
                    trace.wrong.push(format!(
                        "said sent, but {visible} are visible and {recorded} recorded of {}",
                        self.whole()
                    ));
                }
                trace.end = Some(End::Sent(delivered));
                None
            }
            Outcome::Placed(_) => {
                trace
                    .wrong
                    .push("it was held until another time".to_owned());
                None
            }
            Outcome::NotSent(refusal) => {
                if visible != recorded {
                    trace.wrong.push(format!(
                        "said certainly not sent, but {visible} are visible and {recorded} recorded"
                    ));
                }
                check_words(&refusal, trace);
                let now = self.ctx.clock.now();
                let again = next_try(
                    refusal.category,
                    refusal.retry,
                    attempt,
                    now,
                    self.ctx.entropy,
                );
                if let Some(at) = again {
                    self.clock.pass(at.since(now));
                    Some(Next::Publish)
                } else {
                    trace.end = Some(End::Failed(refusal));
                    None
                }
            }
            Outcome::Uncertain(refusal) => {
                check_words(&refusal, trace);
                if !log.open {
                    trace
                        .wrong
                        .push("said uncertain without having announced it".to_owned());
                }
                self.clock.pass(Duration::from_secs(20));
                Some(Next::Confirm)
            }
            Outcome::Interrupted(_) => {
                log.death = None;
                self.clock.pass(Duration::from_mins(10));
                Some(if log.open {
                    Next::Confirm
                } else {
                    Next::Publish
                })
            }
        }
    }

    async fn confirm(&mut self, trace: &mut Trace) -> Option<Next> {
        let confirmed = self.bench.connector().confirm(&self.job, self.ctx).await;
        tell(trace, format_args!("{confirmed:?}"));
        let visible = self.bench.visible();
        match confirmed {
            Confirmation::Found(delivered) => {
                if visible != self.whole() {
                    trace.wrong.push(format!(
                        "said found, but {visible} of {} are visible",
                        self.whole()
                    ));
                }
                trace.end = Some(End::Sent(delivered));
                None
            }
            Confirmation::Placed(_) => {
                trace.wrong.push("it is held until another time".to_owned());
                None
            }
            Confirmation::Absent => {
                if visible == self.whole() {
                    trace
                        .wrong
                        .push("said absent, but everything is visible".to_owned());
                }
                Some(Next::Publish)
            }
            Confirmation::NotNow(refusal) => {
                check_words(&refusal, trace);
                self.clock.pass(Duration::from_mins(1));
                Some(Next::Confirm)
            }
            Confirmation::CannotTell(why) if self.bench.asks() => {
                if visible > self.whole() {
                    trace
                        .wrong
                        .push(format!("{visible} are visible of {}", self.whole()));
                }
                check_sentence(&why, trace);
                trace.end = Some(End::Asked(why));
                None
            }
            Confirmation::CannotTell(why) => {
                trace.wrong.push(format!("cannot tell: {why}"));
                None
            }
        }
    }
}

/// Notes what came out.
fn tell(trace: &mut Trace, what: std::fmt::Arguments<'_>) {
    // Writing into a String cannot fail.
    let _ = trace.told.write_fmt(what);
}

/// A sentence for a person: whole, and without codes.
fn check_words(refusal: &Refusal, trace: &mut Trace) {
    check_sentence(&refusal.message, trace);
}

fn check_sentence(words: &str, trace: &mut Trace) {
    let whole = words.ends_with('.') && words.starts_with(|c: char| c.is_uppercase() || c == '"');
    let plain = !["Error", "error:", "invalid", "Oops", "{", "xrpc", "null"]
        .iter()
        .any(|w| words.contains(w));
    if !whole || !plain {
        trace
            .wrong
            .push(format!("not a sentence for a person: {words}"));
    }
}
