//! A connector between the publisher and the bench, in which the process can end around each step.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use model::AccountId;
use model::account::Account;
use model::error::Problem;
use networks::catalogue::Entry;
use networks::connector::{
    CheckInput, Confirmation, Connector, Ctx, Delivered, Job, Kept, Measure, Metrics, Outcome,
    PictureUse, Refusal, SignInFields, SignedIn, StepLog, StepLost, TextSpan, TextUse,
};
use serde_json::Value;
use tokio::sync::Notify;

use crate::conformance::{Bench, Death};

/// Rings when the process has to end.
#[derive(Default)]
pub struct Bell {
    death: Mutex<Option<Death>>,
    calls: AtomicUsize,
    rung: Notify,
}

impl Bell {
    /// The process ends there, once.
    pub fn order(&self, death: Death) {
        *self.death.lock().unwrap_or_else(PoisonError::into_inner) = Some(death);
    }

    /// Steps that were recorded, or were about to be.
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// Returns when the process has to end.
    pub async fn rung(&self) {
        self.rung.notified().await;
    }

    /// Stands still for good where the process ends.
    async fn pass(&self, here: Death) {
        let ends = {
            let mut death = self.death.lock().unwrap_or_else(PoisonError::into_inner);
            let ends = *death == Some(here);
            if ends {
                *death = None;
            }
            ends
        };
        if ends {
            self.rung.notify_one();
            std::future::pending::<()>().await;
        }
    }
}

/// The connector of a bench.
pub struct Through {
    pub bench: Arc<dyn Bench>,
    pub bell: Arc<Bell>,
    /// What it says of what it did: the truth, unless a test wants a lie.
    pub told: fn(Outcome) -> Outcome,
}

impl Through {
    fn inner(&self) -> &dyn Connector {
        self.bench.connector()
    }
}

/// The step log of an attempt, with a bell on it.
struct Watched<'a> {
    inner: &'a mut dyn StepLog,
    bell: &'a Bell,
}

#[async_trait]
impl StepLog for Watched<'_> {
    async fn finished(&mut self, key: &str, value: Value) -> Result<(), StepLost> {
        let number = self.bell.calls.fetch_add(1, Ordering::SeqCst);
        self.bell.pass(Death::Before(number)).await;
        self.inner.finished(key, value).await?;
        self.bell.pass(Death::After(number)).await;
        Ok(())
    }

    async fn about_to_show(&mut self, key: &str) -> Result<(), StepLost> {
        let number = self.bell.calls.fetch_add(1, Ordering::SeqCst);
        self.bell.pass(Death::Before(number)).await;
        self.inner.about_to_show(key).await?;
        self.bell.pass(Death::After(number)).await;
        Ok(())
    }
}

#[async_trait]
impl Connector for Through {
    fn entry(&self) -> &Entry {
        self.inner().entry()
    }
    fn check(&self, input: CheckInput<'_>) -> Vec<Problem> {
        self.inner().check(input)
    }
    fn picture_limits(&self, of: &PictureUse<'_>) -> Option<media::Limits> {
        self.inner().picture_limits(of)
    }

    fn hands_files_on(&self) -> bool {
        self.inner().hands_files_on()
    }

    fn measure(&self, of: &TextUse<'_>) -> Measure {
        self.inner().measure(of)
    }
    fn spans(&self, text: &str) -> Vec<TextSpan> {
        self.inner().spans(text)
    }
    fn freeze(&self, job: &Job, ctx: Ctx<'_>) -> Value {
        self.inner().freeze(job, ctx)
    }
    fn shows_at_once(&self, job: &Job) -> Option<String> {
        self.inner().shows_at_once(job)
    }
    fn forget_session(&self, account_id: AccountId) {
        self.inner().forget_session(account_id);
    }
    async fn sign_in(
        &self,
        id: AccountId,
        method: &str,
        form: SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        self.inner().sign_in(id, method, form, ctx).await
    }
    async fn identify(&self, account: &Account, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        self.inner().identify(account, ctx).await
    }
    async fn sign_out(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        self.inner().sign_out(account, ctx).await
    }
    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, ctx: Ctx<'_>) -> Outcome {
        let bell = &*self.bell;
        let mut steps = Watched { inner: steps, bell };
        (self.told)(self.inner().publish(job, &mut steps, ctx).await)
    }
    async fn confirm(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        self.inner().confirm(job, ctx).await
    }
    fn knows_by_content(&self) -> bool {
        self.inner().knows_by_content()
    }
    fn cannot_keep(&self, input: CheckInput<'_>) -> Option<String> {
        self.inner().cannot_keep(input)
    }
    async fn look_at_kept(&self, job: &Job, kept: &Delivered, ctx: Ctx<'_>) -> Kept {
        self.inner().look_at_kept(job, kept, ctx).await
    }
    async fn take_back(
        &self,
        account: &Account,
        kept: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        self.inner().take_back(account, kept, ctx).await
    }
    async fn delete(
        &self,
        account: &Account,
        what: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        self.inner().delete(account, what, ctx).await
    }
    async fn metrics(
        &self,
        account: &Account,
        what: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<Option<Metrics>, Refusal> {
        self.inner().metrics(account, what, ctx).await
    }
}
