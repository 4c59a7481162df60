//! A connector of which only the sending is a test's own.

use async_trait::async_trait;
use model::AccountId;
use model::account::Account;
use model::error::Problem;
use model::failure::{Category, Retry};
use networks::catalogue::{Confirms, Entry, Publishes};
use networks::connector::{
    CheckInput, CommentSeen, Commented, Confirmation, Connector, Ctx, Delivered, Job, Kept,
    Measure, Metrics, Outcome, Refusal, SignInFields, SignedIn, StepLog, TextSpan, TextUse,
};
use serde_json::Value;

/// What a connector of a test really does.
#[async_trait]
pub trait Sends: Send + Sync {
    /// Chooses the handle.
    fn freeze(&self, job: &Job, _: Ctx<'_>) -> Value {
        Value::String(job.target_id.to_string())
    }

    /// The visible step with which the delivery begins, where one call does it all.
    fn shows_at_once(&self, _: &Job) -> Option<String> {
        None
    }

    /// Publishes.
    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, ctx: Ctx<'_>) -> Outcome;

    /// Looks whether an uncertain send is there.
    async fn confirm(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation;

    /// Asks the keyring for what looks and comments need; nothing unless told otherwise.
    async fn opens(&self, _: AccountId, _: Ctx<'_>) -> Result<(), Refusal> {
        Ok(())
    }

    /// Deletes; nothing unless told otherwise.
    fn delete(&self, _: &Delivered) -> Result<(), Refusal> {
        Ok(())
    }

    /// Why a post of so many segments cannot be held until its time.
    fn cannot_keep(&self, _: usize) -> Option<String> {
        None
    }

    /// Looks at what is held until its time.
    fn look_at_kept(&self, _: &Delivered, _: Ctx<'_>) -> Kept {
        Kept::Gone
    }

    /// Writes a first comment.
    async fn comment(&self, _: &Delivered, _: &str) -> Commented {
        Commented::Written
    }

    /// Looks for a first comment.
    fn look_for_comment(&self, _: &Delivered, _: &str) -> CommentSeen {
        CommentSeen::Absent
    }

    /// Deletes what is held until its time.
    fn take_back(&self, _: &Delivered) -> Result<(), Refusal> {
        Ok(())
    }
}

/// A connector around it: no limits, no sign-in, no numbers.
pub struct Plain<S> {
    /// Its entry of the catalogue.
    pub entry: Entry,
    /// How it sends.
    pub sends: S,
}

/// A catalogue entry without limits.
#[must_use]
pub fn entry(key: &str, confirms: Confirms) -> Entry {
    Entry {
        publishes: Publishes {
            text: true,
            images: true,
            thread: true,
            ..Publishes::default()
        },
        confirms,
        can_delete: true,
        ..Entry::plain(key, &format!("Net {key}"))
    }
}

/// A refusal for scripts.
#[must_use]
pub fn refusal(category: Category, retry: Retry, message: &str) -> Refusal {
    Refusal {
        category,
        message: message.to_owned(),
        detail: None,
        retry,
    }
}

fn no_sign_in() -> Refusal {
    let words = "The test network has no sign-in.";
    refusal(Category::Unknown, Retry::Never, words)
}

#[async_trait]
impl<S: Sends> Connector for Plain<S> {
    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn check(&self, _: CheckInput<'_>) -> Vec<Problem> {
        Vec::new()
    }

    fn measure(&self, of: &TextUse<'_>) -> Measure {
        Measure {
            used: of.text.chars().count() as u32,
            limit: None,
            over_from: None,
        }
    }

    fn spans(&self, _: &str) -> Vec<TextSpan> {
        Vec::new()
    }

    fn freeze(&self, job: &Job, ctx: Ctx<'_>) -> Value {
        self.sends.freeze(job, ctx)
    }

    fn shows_at_once(&self, job: &Job) -> Option<String> {
        self.sends.shows_at_once(job)
    }

    async fn sign_in(
        &self,
        _: AccountId,
        _: &str,
        _: SignInFields,
        _: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        Err(no_sign_in())
    }

    async fn identify(&self, _: &Account, _: Ctx<'_>) -> Result<SignedIn, Refusal> {
        Err(no_sign_in())
    }

    async fn sign_out(&self, _: &Account, _: Ctx<'_>) -> Result<(), Refusal> {
        Ok(())
    }

    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, ctx: Ctx<'_>) -> Outcome {
        self.sends.publish(job, steps, ctx).await
    }

    async fn confirm(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        self.sends.confirm(job, ctx).await
    }

    fn cannot_keep(&self, input: CheckInput<'_>) -> Option<String> {
        self.sends.cannot_keep(input.segments.len())
    }

    async fn look_at_kept(&self, job: &Job, kept: &Delivered, ctx: Ctx<'_>) -> Kept {
        match self.sends.opens(job.account.id, ctx).await {
            Ok(()) => self.sends.look_at_kept(kept, ctx),
            Err(refusal) => Kept::NotNow(refusal),
        }
    }

    async fn take_back(&self, _: &Account, kept: &Delivered, _: Ctx<'_>) -> Result<(), Refusal> {
        self.sends.take_back(kept)
    }

    async fn comment(
        &self,
        account: &Account,
        delivered: &Delivered,
        words: &str,
        ctx: Ctx<'_>,
    ) -> Commented {
        match self.sends.opens(account.id, ctx).await {
            Ok(()) => self.sends.comment(delivered, words).await,
            Err(refusal) => Commented::NotWritten(refusal),
        }
    }

    async fn look_for_comment(
        &self,
        account: &Account,
        delivered: &Delivered,
        words: &str,
        ctx: Ctx<'_>,
    ) -> CommentSeen {
        match self.sends.opens(account.id, ctx).await {
            Ok(()) => self.sends.look_for_comment(delivered, words),
            Err(refusal) => CommentSeen::NotNow(refusal),
        }
    }

    async fn delete(&self, _: &Account, delivered: &Delivered, _: Ctx<'_>) -> Result<(), Refusal> {
        self.sends.delete(delivered)
    }

    async fn metrics(
        &self,
        _: &Account,
        _: &Delivered,
        _: Ctx<'_>,
    ) -> Result<Option<Metrics>, Refusal> {
        Ok(None)
    }
}
