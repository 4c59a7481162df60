//! Folder: each post becomes a Markdown file with front matter and its media in a folder the person
//! picks, with an RSS feed beside it. Needs no account anywhere.

mod catalogue;
mod document;
pub(crate) mod errors;
mod feed;
pub mod files;
mod listing;
pub(crate) mod names;
mod publish;
pub(crate) mod sign_in;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use model::account::Account;
use model::error::Problem;
use model::{AccountId, Timestamp};
use serde_json::{Value, json};

use crate::catalogue::Entry;
use crate::check;
use crate::connector::{
    CheckInput, Confirmation, Connector, Ctx, Delivered, Job, Measure, Metrics, Outcome, Refusal,
    SignInFields, SignedIn, StepLog, TextSpan, TextUse,
};
use files::{Disk, Files};

/// The connector of the Folder network.
pub struct Folder {
    entry: Entry,
    files: Arc<dyn Files>,
    /// The feed is read, changed and written: one delivery at a time. A write takes milliseconds,
    /// so one lock for all folders is enough.
    feed_lock: Arc<std::sync::Mutex<()>>,
}

impl Folder {
    /// The connector over the real disk.
    #[must_use]
    pub fn new() -> Self {
        Self::over(Arc::new(Disk))
    }

    /// The connector over other files, for tests of full and broken disks.
    #[must_use]
    pub fn over(files: Arc<dyn Files>) -> Self {
        Self {
            entry: catalogue::entry(),
            files,
            feed_lock: Arc::new(std::sync::Mutex::new(())),
        }
    }

    /// Runs disk work away from the async workers. The work itself never panics; if it did, the
    /// caller sees a refusal instead of a second panic.
    async fn on_disk<T, F>(&self, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnOnce(&dyn Files) -> Result<T, Refusal> + Send + 'static,
    {
        let files = Arc::clone(&self.files);
        tokio::task::spawn_blocking(move || work(&*files))
            .await
            .unwrap_or_else(|error| {
                Err(Refusal::later(
                    model::failure::Category::Unknown,
                    "Writing into the folder broke off inside Almanac.",
                )
                .with_detail(error.to_string()))
            })
    }
}

impl Default for Folder {
    fn default() -> Self {
        Self::new()
    }
}

/// The folder of an account.
fn root_of(account: &Account) -> PathBuf {
    PathBuf::from(&account.remote_id)
}

/// What the feed of an account says about itself.
fn about(account: &Account) -> feed::About {
    let url = account
        .settings
        .get("publicUrl")
        .and_then(Value::as_str)
        .unwrap_or_default();
    feed::About {
        title: account.display_name.clone(),
        public_url: url.to_owned(),
    }
}

/// The address of a local file, as a link the desktop can open.
fn file_url(path: &Path) -> Option<String> {
    reqwest::Url::from_file_path(path).ok().map(Into::into)
}

#[async_trait]
impl Connector for Folder {
    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn check(&self, input: CheckInput<'_>) -> Vec<Problem> {
        check::common(&self.entry, &input).into_problems()
    }

    fn hands_files_on(&self) -> bool {
        true
    }

    fn measure(&self, of: &TextUse<'_>) -> Measure {
        check::measure(&self.entry.text, of.text)
    }

    fn spans(&self, _text: &str) -> Vec<TextSpan> {
        // A Markdown file leaves links and tags to whoever reads it.
        vec![]
    }

    fn freeze(&self, job: &Job, _ctx: Ctx<'_>) -> Value {
        json!({ "stem": publish::stem_of(job) })
    }

    async fn sign_in(
        &self,
        _account_id: AccountId,
        _method: &str,
        fields: SignInFields,
        _ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        let wanted = sign_in::read(&fields)?;
        self.on_disk(move |files| sign_in::try_folder(files, &wanted).map(|()| vec![wanted]))
            .await
    }

    async fn identify(&self, account: &Account, _ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        let known = SignedIn::known(account);
        self.on_disk(move |files| sign_in::try_folder(files, &known).map(|()| known))
            .await
    }

    async fn sign_out(&self, _account: &Account, _ctx: Ctx<'_>) -> Result<(), Refusal> {
        Ok(())
    }

    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, ctx: Ctx<'_>) -> Outcome {
        match self.publish_steps(job, steps, ctx.clock.now()).await {
            Ok(delivered) => Outcome::Sent(delivered),
            Err(publish::Stopped::Refused(refusal)) => Outcome::NotSent(refusal),
            Err(publish::Stopped::Lost(lost)) => Outcome::Interrupted(lost),
        }
    }

    fn knows_by_content(&self) -> bool {
        false
    }

    async fn confirm(&self, job: &Job, _ctx: Ctx<'_>) -> Confirmation {
        let wanted = publish::Wanted::of(job);
        match self
            .on_disk(move |files| publish::find(files, &wanted))
            .await
        {
            Ok(Some(delivered)) => Confirmation::Found(delivered),
            Ok(None) => Confirmation::Absent,
            Err(refusal) => Confirmation::NotNow(refusal),
        }
    }

    async fn delete(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        let (root, about) = (root_of(account), about(account));
        let (lock, delivered) = (Arc::clone(&self.feed_lock), delivered.clone());
        let now: Timestamp = ctx.clock.now();
        self.on_disk(move |files| listing::delete(files, &root, &about, &delivered, &lock, now))
            .await
    }

    async fn metrics(
        &self,
        _account: &Account,
        _delivered: &Delivered,
        _ctx: Ctx<'_>,
    ) -> Result<Option<Metrics>, Refusal> {
        Ok(None)
    }
}
