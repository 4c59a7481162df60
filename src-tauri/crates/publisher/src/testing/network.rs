//! A network in memory whose answers a test scripts, and the connector that speaks to it.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use model::failure::{Category, Retry};
use model::quota::Limit;
use model::{AccountId, TargetId, Timestamp};
use networks::catalogue::{Confirms, FirstComment, NativeSchedule, Price, PricedFor, Quota};
use networks::connector::{
    CommentSeen, Commented, Confirmation, Ctx, Delivered, Job, Kept, Outcome, Refusal, StepLog,
};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::comments::Comments;
use super::kept::{Keeping, KeptThere};
use super::numbers::Numbers;
use super::plain::{Plain, Sends, entry, refusal};

/// What the network does with the next call that would show something.
#[derive(Debug, Clone)]
pub enum Act {
    /// Shows it and answers.
    Show,
    /// Refuses.
    Refuse(Refusal),
    /// Shows it, but the answer is lost.
    ShowAndLoseAnswer,
    /// The call is lost on its way.
    LoseCall,
    /// The connector dies.
    Panic,
    /// Waits until the test lets it go on, then shows it.
    Wait(Arc<Notify>),
    /// The keyring is asked first.
    AskVault,
}

/// Something visible on the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Which delivery.
    pub target_id: TargetId,
    /// Which segment.
    pub segment: usize,
    /// The handle it was sent with.
    pub handle: String,
    /// The text.
    pub text: String,
    /// The files as they were handed over.
    pub files: Vec<PathBuf>,
    /// When.
    pub at: Timestamp,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) shown: Vec<Shown>,
    script: VecDeque<Act>,
    looks: VecDeque<Confirmation>,
    asked: usize,
    deleted: Vec<String>,
    signed_out: VecDeque<String>,
    undeletable: VecDeque<Refusal>,
    frozen: usize,
    tries: Vec<Option<Timestamp>>,
    lacks: Vec<String>,
    gate: Option<Arc<Gate>>,
    upload: Option<Arc<Gate>>,
    guarded: bool,
    pub(super) keeping: Keeping,
    pub(super) comments: Comments,
    pub(super) numbers: Numbers,
}

/// Stops a call in the middle, so that a test can do something meanwhile.
#[derive(Debug, Default)]
pub struct Gate {
    /// The call has come this far.
    pub reached: Notify,
    /// It may go on.
    pub go: Notify,
}

/// The network's own memory.
#[derive(Debug, Default)]
pub struct TestNetwork {
    state: Mutex<State>,
    /// A call waits for the test.
    waiting: Notify,
    /// A session was ended.
    ended: Notify,
}

impl TestNetwork {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the next calls meet; afterwards everything works.
    pub fn script(&self, acts: impl IntoIterator<Item = Act>) {
        self.state().script.extend(acts);
    }

    /// What the next looks meet; afterwards they tell the truth.
    pub fn looks(&self, answers: impl IntoIterator<Item = Confirmation>) {
        self.state().looks.extend(answers);
    }

    /// What does not come along with any post from now on.
    pub fn lacks(&self, sentences: &[&str]) {
        self.state().lacks = sentences.iter().map(|&s| s.to_owned()).collect();
    }

    /// Returns when a call came to an [`Act::Wait`], each once.
    pub async fn waits(&self) {
        self.waiting.notified().await;
    }

    /// Somebody else put it there under this handle, as another machine with the same folder does.
    pub fn put(&self, target_id: TargetId, handle: &str) {
        self.state().shown.push(Shown {
            target_id,
            segment: 0,
            handle: handle.to_owned(),
            text: String::new(),
            files: Vec::new(),
            at: Timestamp::from_millis(0),
        });
    }

    /// Everything visible, oldest first.
    pub fn shown(&self) -> Vec<Shown> {
        self.state().shown.clone()
    }

    /// How often it was looked at.
    pub fn asked(&self) -> usize {
        self.state().asked
    }

    /// How often a handle was chosen.
    pub fn frozen(&self) -> usize {
        self.state().frozen
    }

    /// For every try so far, when an earlier one began that may have shown something.
    pub fn tries(&self) -> Vec<Option<Timestamp>> {
        self.state().tries.clone()
    }

    /// What the next deletions are refused with; afterwards they work.
    pub fn refuse_deletes(&self, refusals: impl IntoIterator<Item = Refusal>) {
        self.state().undeletable.extend(refusals);
    }

    /// Stops the next call that asks who an account is, or about its sign-in.
    pub fn stop_at(&self, gate: Arc<Gate>) {
        self.state().gate = Some(gate);
    }

    /// Waits at the gate if there is one.
    pub async fn pass_gate(&self) {
        let gate = self.state().gate.take();
        pass(gate).await;
    }

    /// Stops the next send before the call that shows something, as a long upload does.
    pub fn stop_before_showing(&self, gate: Arc<Gate>) {
        self.state().upload = Some(gate);
    }

    /// Looks and comments need the keyring from now on.
    pub fn guard_looks(&self) {
        self.state().guarded = true;
    }

    /// Ends the session of an account of this name.
    pub fn sign_out(&self, name: &str) {
        self.state().signed_out.push_back(name.to_owned());
        self.ended.notify_one();
    }

    /// The name of the account whose session was ended, each once; waits for it.
    pub async fn signed_out(&self) -> String {
        loop {
            let next = self.state().signed_out.pop_front();
            if let Some(name) = next {
                return name;
            }
            self.ended.notified().await;
        }
    }

    /// What was deleted.
    pub fn deleted(&self) -> Vec<String> {
        self.state().deleted.clone()
    }
}

pub(super) async fn pass(gate: Option<Arc<Gate>>) {
    if let Some(gate) = gate {
        gate.reached.notify_one();
        gate.go.notified().await;
    }
}

/// How one sends to a [`TestNetwork`].
pub struct ToNetwork {
    confirms: Confirms,
    network: Arc<TestNetwork>,
    /// What a segment costs, in millionths of a US dollar; nothing when none.
    price: Option<u32>,
}

/// The connector of a [`TestNetwork`].
pub type TestConnector = Plain<ToNetwork>;

impl TestConnector {
    /// A connector with this key to a network that decides unknown sends in this way.
    #[must_use]
    pub fn new(key: &str, confirms: Confirms, network: Arc<TestNetwork>) -> Self {
        Self {
            entry: entry(key, confirms),
            sends: ToNetwork {
                confirms,
                network,
                price: None,
            },
        }
    }

    /// The same with a quota.
    #[must_use]
    pub fn with_quota(mut self, per_hour: u32) -> Self {
        self.entry.quota = Quota {
            per_hour: Some(per_hour),
            per_day: None,
        };
        self
    }

    /// The same with another limit.
    #[must_use]
    pub fn with_limit(mut self, limit: Limit) -> Self {
        self.entry.more_limits.push(limit);
        self
    }

    /// The same where each segment costs something, in millionths of a US dollar.
    #[must_use]
    pub fn with_price(mut self, micro_dollars: u32) -> Self {
        self.entry.prices = vec![Price {
            of: PricedFor::Segment,
            micro_dollars,
        }];
        self.sends.price = Some(micro_dollars);
        self
    }

    /// The same, which holds posts until their time, from 29 days to ten minutes before it.
    #[must_use]
    pub fn keeping(mut self) -> Self {
        self.entry.native_schedule = Some(NativeSchedule::ahead(10, Some(29)));
        self
    }

    /// The same, which takes first comments.
    #[must_use]
    pub fn commented(mut self) -> Self {
        self.entry.first_comment = Some(FirstComment::up_to(100));
        self
    }

    /// The same without any need of the internet.
    #[must_use]
    pub fn without_internet(mut self) -> Self {
        self.entry.needs_internet = false;
        self
    }
}

impl ToNetwork {
    async fn show(&self, job: &Job, index: usize, ctx: Ctx<'_>) -> Result<(), Outcome> {
        let act = self.network.state().script.pop_front().unwrap_or(Act::Show);
        let lost = || refusal(Category::NetworkError, Retry::Backoff, "No answer came.");
        let record = || {
            let handle = job.handle.as_str().unwrap_or_default().to_owned();
            let mut state = self.network.state();
            if let Some(until) = job.place_at {
                let known = state.keeping.kept.iter().any(|k| k.handle == handle);
                if !known {
                    state.keeping.kept.push(KeptThere {
                        target_id: job.target_id,
                        handle,
                        text: job.segments[index].text.clone(),
                        until,
                    });
                }
                return;
            }
            // With a chosen id the same record is written again, not a second one.
            let again = self.confirms == Confirms::ChosenId
                && state
                    .shown
                    .iter()
                    .any(|s| s.handle == handle && s.segment == index);
            if !again {
                let segment = &job.segments[index];
                let text = segment.text.clone();
                let files = segment.media.iter().map(|m| m.path.clone()).collect();
                let (target_id, at) = (job.target_id, ctx.clock.now());
                state.shown.push(Shown {
                    target_id,
                    segment: index,
                    handle,
                    text,
                    files,
                    at,
                });
            }
        };
        match act {
            Act::Show => record(),
            Act::Refuse(refusal) => return Err(Outcome::NotSent(refusal)),
            Act::ShowAndLoseAnswer => {
                record();
                return Err(Outcome::Uncertain(lost()));
            }
            Act::LoseCall => return Err(Outcome::Uncertain(lost())),
            Act::Panic => panic!("the script says so"),
            Act::Wait(go) => {
                self.network.waiting.notify_one();
                go.notified().await;
                record();
            }
            Act::AskVault => match ctx.vault.get(job.account.id, "password").await {
                Ok(_) => record(),
                Err(error) => {
                    let refusal = refusal(Category::AuthError, Retry::Never, &error.to_string());
                    return Err(Outcome::NotSent(refusal));
                }
            },
        }
        Ok(())
    }

    fn delivered(job: &Job, lacks: Vec<String>) -> Delivered {
        let remote_id = job.handle.as_str().unwrap_or_default().to_owned();
        let url = Some(format!("https://net.example/{remote_id}"));
        Delivered {
            remote: json!({ "id": remote_id }),
            remote_id,
            url,
        }
        .lacking(lacks)
    }
}

#[async_trait]
impl Sends for ToNetwork {
    fn freeze(&self, job: &Job, _: Ctx<'_>) -> Value {
        self.network.state().frozen += 1;
        Value::String(format!("{}-{}", job.target_id, job.turn))
    }

    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, ctx: Ctx<'_>) -> Outcome {
        self.network.state().tries.push(job.first_sent_try_at);
        for index in 0..job.segments.len() {
            let key = format!("segment/{index}");
            if job.step(&key).is_some() {
                continue;
            }
            let upload = self.network.state().upload.take();
            pass(upload).await;
            if let Err(lost) = steps.about_to_show(&key).await {
                return Outcome::Interrupted(lost);
            }
            if let Some(price) = self.price {
                let of = PricedFor::Segment;
                let paid = ctx.purse.pay(&job.account, of, u64::from(price)).await;
                if let Err(refusal) = paid {
                    return Outcome::NotSent(refusal);
                }
            }
            if let Err(outcome) = self.show(job, index, ctx).await {
                return outcome;
            }
            if job.segments.len() > 1
                && let Err(lost) = steps.finished(&key, json!({})).await
            {
                return Outcome::Interrupted(lost);
            }
        }
        let mut delivered = Self::delivered(job, self.network.state().lacks.clone());
        if let Some(is) = &self.network.state().numbers.is {
            delivered = delivered.renumbered(&job.account.remote_id, is);
        }
        match job.place_at {
            Some(_) => Outcome::Placed(delivered),
            None => Outcome::Sent(delivered),
        }
    }

    async fn opens(&self, account: AccountId, ctx: Ctx<'_>) -> Result<(), Refusal> {
        let guarded = self.network.state().guarded;
        if guarded && let Err(error) = ctx.vault.get(account, "password").await {
            let why = error.to_string();
            return Err(refusal(Category::Unknown, Retry::Backoff, &why));
        }
        Ok(())
    }

    fn cannot_keep(&self, segments: usize) -> Option<String> {
        (segments > 1).then(|| "This network holds no threads.".to_owned())
    }

    fn look_at_kept(&self, kept: &Delivered, ctx: Ctx<'_>) -> Kept {
        self.network.look_at_kept(kept, ctx.clock.now())
    }

    fn take_back(&self, kept: &Delivered) -> Result<(), Refusal> {
        self.network.take_back(kept)
    }

    async fn confirm(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        if let Err(refusal) = self.opens(job.account.id, ctx).await {
            return Confirmation::NotNow(refusal);
        }
        let mut state = self.network.state();
        state.asked += 1;
        if let Some(answer) = state.looks.pop_front() {
            return answer;
        }
        let handle = job.handle.as_str().unwrap_or_default();
        if state.keeping.kept.iter().any(|k| k.handle == handle) {
            return Confirmation::Placed(Self::delivered(job, state.lacks.clone()));
        }
        let there = state.shown.iter().filter(|s| match self.confirms {
            Confirms::ChosenId => s.handle == handle,
            _ => s.target_id == job.target_id,
        });
        if there.count() >= job.segments.len() {
            Confirmation::Found(Self::delivered(job, state.lacks.clone()))
        } else {
            Confirmation::Absent
        }
    }

    async fn comment(&self, delivered: &Delivered, words: &str) -> Commented {
        self.network.comment(delivered, words).await
    }

    fn look_for_comment(&self, delivered: &Delivered, words: &str) -> CommentSeen {
        self.network.look_for_comment(delivered, words)
    }

    fn delete(&self, delivered: &Delivered) -> Result<(), Refusal> {
        let mut state = self.network.state();
        if let Some(refusal) = state.undeletable.pop_front() {
            return Err(refusal);
        }
        state.shown.retain(|s| s.handle != delivered.remote_id);
        state.deleted.push(delivered.remote_id.clone());
        Ok(())
    }
}
