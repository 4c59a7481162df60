//! The one trait behind which every network stands, and the types that cross it.
//!
//! A connector knows its network's manners and nothing of the store: the publisher hands it a
//! frozen [`Job`] and a [`StepLog`], and gets an [`Outcome`] back.

mod answers;
mod facts;
mod job;
mod signing;
mod text_use;

use std::borrow::Cow;
use std::path::PathBuf;

use async_trait::async_trait;
use model::account::Account;
use model::content::Segment;
use model::error::{Fix, Problem};
use model::failure::{Category, Retry};
use model::post::TargetDraft;
use model::{AccountId, Clock, Entropy, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

pub use answers::{CommentSeen, Commented, Confirmation, Kept, Outcome};
pub use facts::MediaFacts;
pub use job::{
    Delivered, Job, JobMedia, JobSegment, Original, StepLog, StepLost, StepRecord, lacks_in,
};
pub use signing::{Begun, SignInFields, SignedIn};
pub use text_use::{Measure, TextUse};

use crate::catalogue::{Confirms, Entry};
use crate::money::Purse;
use crate::vault::Vault;

/// A picture of a draft whose making is asked for.
#[derive(Debug, Clone, Copy)]
pub struct PictureUse<'a> {
    /// The account it goes to.
    pub account: &'a Account,
    /// Options as chosen.
    pub options: &'a serde_json::Map<String, Value>,
    /// The picture, as it is after a person's edits.
    pub file: &'a MediaFacts,
    /// All files of its segment, itself among them.
    pub together: &'a [MediaFacts],
}

/// What a check looks at: the words and files for one account, before anything is sent.
#[derive(Debug, Clone, Copy)]
pub struct CheckInput<'a> {
    /// The account; its settings may change limits.
    pub account: &'a Account,
    /// The segments this account gets (its own or the shared ones).
    pub segments: &'a [Segment],
    /// Options and override as chosen.
    pub draft: &'a TargetDraft,
    /// Facts on every file the segments use, in any order; of a file that is used more than once there may
    /// be some for each use, in their order ([`facts_at`](crate::edited::facts_at) tells them apart).
    pub media: &'a [MediaFacts],
}

/// What a part of a text is, for tinting and previews. Offsets are UTF-16 units, end exclusive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TextSpan {
    /// First unit.
    pub from: u32,
    /// One past the last unit.
    pub to: u32,
    /// What it is.
    pub kind: SpanKind,
}

/// Kinds of text spans a network recognises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SpanKind {
    /// A web address.
    Link,
    /// Somebody's handle.
    Mention,
    /// A hashtag.
    Tag,
}

/// Why something did not work, with words for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The kind.
    pub category: Category,
    /// A sentence for a person that says why and names the network.
    pub message: String,
    /// The network's own words and code, at most 2,000 characters, cleaned of secrets.
    pub detail: Option<String>,
    /// Whether and when to try again.
    pub retry: Retry,
}

/// Something an account lacks before it can publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// A sentence that says what, and how to get it.
    pub message: String,
    /// The one action that leads there.
    pub mended_by: Fix,
}

impl Missing {
    /// What connecting the account again mends.
    #[must_use]
    pub fn reconnect(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            mended_by: Fix::Reconnect,
        }
    }
}

/// Something a network offers an account, such as a board or a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    /// The value of the option.
    pub value: String,
    /// How it is shown.
    pub label: String,
}

/// Numbers a network gives for a post.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Metrics {
    /// Likes or favourites.
    pub likes: Option<u64>,
    /// Reposts, boosts, shares.
    pub reposts: Option<u64>,
    /// Replies.
    pub replies: Option<u64>,
    /// Quotes.
    pub quotes: Option<u64>,
    /// Views.
    pub views: Option<u64>,
}

/// What every call may use besides its arguments.
#[derive(Clone, Copy)]
pub struct Ctx<'a> {
    /// The clock.
    pub clock: &'a dyn Clock,
    /// Randomness.
    pub entropy: &'a dyn Entropy,
    /// Where secrets lie, by account.
    pub vault: &'a dyn Vault,
    /// Where calls that cost money are noted before they are made.
    pub purse: &'a dyn Purse,
}

fn no_such_way(network: &str) -> Refusal {
    let message = format!("One does not sign in to {network} through the browser.");
    Refusal::never(Category::Validation, message)
}

/// The code that speaks to one network.
#[async_trait]
pub trait Connector: Send + Sync {
    /// What this network is and can, as data for the screen and the API.
    fn entry(&self) -> &Entry;

    /// The same with the limits of this account's server, where servers differ.
    fn entry_for(&self, _account: &Account) -> Cow<'_, Entry> {
        Cow::Borrowed(self.entry())
    }

    /// Everything wrong with a post for this account: pure and instant, with the same result on
    /// screen and in the publisher.
    fn check(&self, input: CheckInput<'_>) -> Vec<Problem>;

    /// What the network takes of a picture, as [`publish`](Self::publish) will make it; none where files
    /// go out as they are.
    fn picture_limits(&self, _of: &PictureUse<'_>) -> Option<media::Limits> {
        None
    }

    /// Whether files are handed on as they lie on the disk. Pictures then come without what tells where
    /// they were taken.
    fn hands_files_on(&self) -> bool {
        false
    }

    /// How long a text is for this account, with the options and files beside it: what the counter shows,
    /// what a thread is split by, and what [`check`](Self::check) refuses.
    fn measure(&self, of: &TextUse<'_>) -> Measure;

    /// Links, mentions and tags as this network recognises them.
    fn spans(&self, text: &str) -> Vec<TextSpan>;

    /// Chooses the idempotency handle of a delivery, before its first attempt is committed.
    ///
    /// Where it decides an unknown send ([`Confirms::ChosenId`](crate::catalogue::Confirms)), the name
    /// in it must follow from `job.target_id` and `job.turn` alone: a backup that was put back, or
    /// another computer, then looks for the post under the name it really went out with, whatever
    /// was edited or moved meanwhile.
    fn freeze(&self, job: &Job, ctx: Ctx<'_>) -> Value;

    /// The name of the visible step with which this delivery begins, on networks where one call does
    /// it all and nothing worth keeping comes before. The intent then names that step, and its
    /// [`StepLog::about_to_show`] costs no commit of its own.
    fn shows_at_once(&self, _job: &Job) -> Option<String> {
        None
    }

    /// Signs in with what a person typed, by one of the catalogue's ways, and puts the secrets into the
    /// vault under `account_id`. Whose account it is shows only in the answer, so callers name an
    /// identifier that nobody has yet. Gives every account that it may be.
    async fn sign_in(
        &self,
        account_id: AccountId,
        method: &str,
        fields: SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal>;

    /// Begins a sign-in through the browser by one of the catalogue's ways. `redirect` is where the
    /// browser comes back to.
    async fn begin(
        &self,
        _method: &str,
        _fields: &SignInFields,
        _redirect: &str,
        _ctx: Ctx<'_>,
    ) -> Result<Begun, Refusal> {
        Err(no_such_way(&self.entry().name))
    }

    /// Ends a sign-in through the browser with what came back, the query of the final address by name,
    /// whose state was checked. Gives every account that it may be; secrets lie in the vault under
    /// `account_id`.
    async fn finish(
        &self,
        _account_id: AccountId,
        _begun: &Begun,
        _answer: &std::collections::BTreeMap<String, String>,
        _ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        Err(no_such_way(&self.entry().name))
    }

    /// One of several accounts was chosen: what the vault holds of the others goes.
    async fn choose(
        &self,
        _account_id: AccountId,
        _chosen: &SignedIn,
        _ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        Ok(())
    }

    /// When a person has to sign in again; none when that is not known or never. It may come too early: at that
    /// time [`identify`](Self::identify) decides.
    async fn sign_in_ends(
        &self,
        _account: &Account,
        _ctx: Ctx<'_>,
    ) -> Result<Option<Timestamp>, Refusal> {
        Ok(None)
    }

    /// Renews a sign-in that ends soon, where the network lets a program do so without the person; elsewhere
    /// nothing happens. An auth refusal means that it has ended already. Asked for accounts that nobody
    /// posts with, since sending renews by itself.
    async fn renew_sign_in(&self, _account: &Account, _ctx: Ctx<'_>) -> Result<(), Refusal> {
        Ok(())
    }

    /// Where a post that is handed over lies ready on this computer, from its finished steps; none on
    /// networks that are posted to.
    fn laid_ready(&self, _account: &Account, _done: &[StepRecord]) -> Option<PathBuf> {
        None
    }

    /// What is missing before the account can publish. Where it stops some posts only,
    /// [`check`](Self::check) says it of those.
    fn missing(&self, _account: &Account) -> Vec<Missing> {
        vec![]
    }

    /// What the network offers the account for an option of the kind
    /// [`Lookup`](crate::catalogue::FieldKind::Lookup), or for `mention` in a text; `query` is what was
    /// typed so far.
    async fn choices(
        &self,
        _account: &Account,
        _option: &str,
        _query: &str,
        _ctx: Ctx<'_>,
    ) -> Result<Vec<Choice>, Refusal> {
        Ok(vec![])
    }

    /// The same where what is offered follows from what else was chosen for the target, such as the
    /// flairs of a community: `chosen` holds the target's options.
    async fn choices_beside(
        &self,
        account: &Account,
        option: &str,
        query: &str,
        _chosen: &serde_json::Map<String, Value>,
        ctx: Ctx<'_>,
    ) -> Result<Vec<Choice>, Refusal> {
        self.choices(account, option, query, ctx).await
    }

    /// The secrets of an account were replaced in its vault, or the identifier is not used any more:
    /// what is remembered of them outside the vault counts no longer.
    fn forget_session(&self, _account_id: AccountId) {}

    /// Who the account is now; an auth refusal means it has to be connected again.
    async fn identify(&self, account: &Account, ctx: Ctx<'_>) -> Result<SignedIn, Refusal>;

    /// The number that an account has on its network by now, where it got another than it is known by: asked
    /// of the network under the old one, with whatever session lies in the vault for the account. None where
    /// it kept its own, as accounts do on nearly every network.
    async fn number_now(
        &self,
        _account: &Account,
        _ctx: Ctx<'_>,
    ) -> Result<Option<String>, Refusal> {
        Ok(None)
    }

    /// Ends the session on the network, as far as the network offers it, when an account is purged.
    /// The session goes from the vault whatever the network answers.
    async fn sign_out(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal>;

    /// Publishes in resumable steps. Skips every step in `job.done`.
    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, ctx: Ctx<'_>) -> Outcome;

    /// Looks whether an uncertain send is on the network.
    async fn confirm(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation;

    /// Whether [`confirm`](Self::confirm) finds a send of which no step is known here by what it says. Elsewhere it is
    /// known by a name that follows from the target, whatever was edited since.
    fn knows_by_content(&self) -> bool {
        self.entry().confirms != Confirms::ChosenId
    }

    /// Why the network cannot publish this by itself at its time although it can others, in a sentence;
    /// none when it can. Pure and instant like [`check`](Self::check), and asked only where the entry has a
    /// [`native_schedule`](Entry::native_schedule).
    fn cannot_keep(&self, _input: CheckInput<'_>) -> Option<String> {
        None
    }

    /// Looks at what the network holds until its time. `job` is what was handed over, `kept` what came
    /// back.
    async fn look_at_kept(&self, _job: &Job, _kept: &Delivered, _ctx: Ctx<'_>) -> Kept {
        Kept::CannotTell(format!(
            "{} keeps no posts until their time.",
            self.entry().name
        ))
    }

    /// Deletes what the network holds until its time, and never what it published. Called right after a
    /// look that found it held. What is gone already counts as deleted.
    async fn take_back(
        &self,
        account: &Account,
        kept: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        self.delete(account, kept, ctx).await
    }

    /// Writes the first comment below a published post of the account, once. Called only where the entry
    /// has a [`first_comment`](Entry::first_comment) and the post takes one.
    async fn comment(
        &self,
        _account: &Account,
        _delivered: &Delivered,
        _words: &str,
        _ctx: Ctx<'_>,
    ) -> Commented {
        let message = format!("{} takes no comments from programs.", self.entry().name);
        Commented::NotWritten(Refusal::never(Category::Validation, message))
    }

    /// Looks whether the comment stands below the post.
    async fn look_for_comment(
        &self,
        _account: &Account,
        _delivered: &Delivered,
        _words: &str,
        _ctx: Ctx<'_>,
    ) -> CommentSeen {
        CommentSeen::CannotTell(format!("{} shows no comments.", self.entry().name))
    }

    /// Deletes a delivered post. A post already gone counts as deleted.
    async fn delete(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal>;

    /// Numbers for a delivered post; none where the network gives none.
    async fn metrics(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<Option<Metrics>, Refusal>;
}
