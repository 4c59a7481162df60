//! Handing over: for networks that let no program post. At the minute the text and the files are laid
//! ready in a folder, and the person posts and says so. Snapchat is the best known of them: its only
//! interface for posting is open to chosen partners alone.

mod catalogue;
mod known;
mod ready;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use model::AccountId;
use model::account::Account;
use model::error::Problem;
use model::failure::Category;
use serde_json::{Value, json};

use crate::catalogue::Entry;
use crate::check;
use crate::connector::{
    CheckInput, Confirmation, Connector, Ctx, Delivered, Job, Measure, Metrics, Outcome, Refusal,
    SignInFields, SignedIn, StepLog, StepRecord, TextSpan, TextUse,
};
use crate::folder::files::{Disk, Files};
use crate::sending::Stop;

/// The step that hands a post over.
const HANDED_OVER: &str = "handed-over";

/// The connector of networks a person posts to.
pub struct HandOff {
    entry: Entry,
    files: Arc<dyn Files>,
}

impl HandOff {
    /// Over the real disk.
    #[must_use]
    pub fn new() -> Self {
        Self::over(Arc::new(Disk))
    }

    /// Over another disk, for tests.
    #[must_use]
    pub fn over(files: Arc<dyn Files>) -> Self {
        Self {
            entry: catalogue::entry(),
            files,
        }
    }

    async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Files) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let files = Arc::clone(&self.files);
        let done = tokio::task::spawn_blocking(move || work(&*files)).await;
        done.unwrap_or_else(|_| {
            Err(Refusal::later(
                Category::Unknown,
                "Laying the files ready broke off. It is tried again.",
            ))
        })
    }

    async fn hand_over(&self, job: &Job, steps: &mut dyn StepLog) -> Result<(), Stop> {
        if job.step(ready::READY).is_none() {
            let work = job.clone();
            let folder = self
                .on_disk(move |files| ready::lay_ready(files, &work))
                .await?;
            let folder = folder.to_string_lossy().into_owned();
            steps
                .finished(ready::READY, json!({ "folder": folder }))
                .await?;
        }
        steps.about_to_show(HANDED_OVER).await?;
        Ok(())
    }
}

impl Default for HandOff {
    fn default() -> Self {
        Self::new()
    }
}

/// The folder of an account.
fn folder_of(account: &Account) -> PathBuf {
    let folder = account.settings.get(catalogue::FIELD_FOLDER);
    PathBuf::from(folder.and_then(Value::as_str).unwrap_or_default())
}

/// The folder in which a post lies ready; the account's until it does.
fn place_of(account: &Account, done: &[StepRecord]) -> PathBuf {
    let ready = done.iter().rev().find(|s| s.key == ready::READY);
    let folder = ready.and_then(|s| s.value.get("folder")?.as_str());
    folder.map_or_else(|| folder_of(account), PathBuf::from)
}

/// What the person is told when it is their turn.
fn your_turn(job: &Job) -> String {
    let place = place_of(&job.account, &job.done);
    let place = place.display();
    let name = &job.account.display_name;
    format!("It is time to post this on {name}. The text and the files lie ready in {place}.")
}

#[async_trait]
impl Connector for HandOff {
    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn check(&self, input: CheckInput<'_>) -> Vec<Problem> {
        let mut found = check::common(&self.entry, &input);
        known::advise(&input, &mut found);
        found.into_problems()
    }

    fn hands_files_on(&self) -> bool {
        true
    }

    fn measure(&self, of: &TextUse<'_>) -> Measure {
        check::measure(&self.entry.text, of.text)
    }

    fn spans(&self, _text: &str) -> Vec<TextSpan> {
        vec![]
    }

    fn freeze(&self, job: &Job, _ctx: Ctx<'_>) -> Value {
        json!({ "name": ready::name_of(job) })
    }

    fn laid_ready(&self, account: &Account, done: &[StepRecord]) -> Option<PathBuf> {
        Some(place_of(account, done))
    }

    async fn sign_in(
        &self,
        _account_id: AccountId,
        _method: &str,
        fields: SignInFields,
        _ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        let wanted = ready::read(&fields)?;
        self.on_disk(move |files| ready::try_folder(files, &wanted).map(|()| vec![wanted]))
            .await
    }

    async fn identify(&self, account: &Account, _ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        let known = SignedIn::known(account);
        self.on_disk(move |files| ready::try_folder(files, &known).map(|()| known))
            .await
    }

    async fn sign_out(&self, _account: &Account, _ctx: Ctx<'_>) -> Result<(), Refusal> {
        Ok(())
    }

    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, _ctx: Ctx<'_>) -> Outcome {
        match self.hand_over(job, steps).await {
            // Whether it is out, only the person can say.
            Ok(()) => Outcome::Uncertain(Refusal::never(Category::YourTurn, your_turn(job))),
            Err(stop) => stop.into_outcome(),
        }
    }

    fn knows_by_content(&self) -> bool {
        false
    }

    async fn confirm(&self, job: &Job, _ctx: Ctx<'_>) -> Confirmation {
        // Laying it ready publishes nothing. Where another copy of the calendar did it, nothing need lie here.
        if job.unknown_send || job.step(ready::READY).is_none() {
            return Confirmation::Absent;
        }
        Confirmation::CannotTell(your_turn(job))
    }

    async fn delete(
        &self,
        account: &Account,
        _delivered: &Delivered,
        _ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        let message = format!(
            "You posted this on {} yourself; delete it there yourself too.",
            account.display_name
        );
        Err(Refusal::never(Category::Validation, message))
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
