//! The suite over every connector, and over one that lies.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use model::AccountId;
use model::account::Account;
use model::error::Problem;
use model::failure::Category;
use networks::catalogue::Entry;
use networks::connector::{
    CheckInput, Confirmation, Connector, Ctx, Delivered, Job, Measure, Metrics, Outcome, Refusal,
    SignInFields, SignedIn, StepLog, TextSpan, TextUse,
};
use serde_json::Value;
use testkit::conformance::{self, At, Bench, BlueskyBench, FolderBench, Report, Trouble};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bluesky_conforms() {
    conformance::holds(BlueskyBench::start).await;
}

#[tokio::test]
async fn folder_conforms() {
    conformance::holds(|| async { FolderBench::start() }).await;
}

/// How a connector lies about what it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lie {
    /// It says that it certainly did not send what it did send.
    SentIsNotSent,
    /// It says that it sent what it did not send.
    NotSentIsSent,
    /// It says that nothing is there.
    AlwaysAbsent,
    /// It forgets its handle and posts under a new name each time.
    NewNames,
}

/// Folder with a lie.
struct Liar {
    honest: Arc<FolderBench>,
    lie: Lie,
}

/// The bench of Folder with the lying connector in it.
struct LyingBench(Liar);

#[async_trait]
impl Connector for Liar {
    fn entry(&self) -> &Entry {
        self.honest.connector().entry()
    }
    fn check(&self, input: CheckInput<'_>) -> Vec<Problem> {
        self.honest.connector().check(input)
    }
    fn measure(&self, of: &TextUse<'_>) -> Measure {
        self.honest.connector().measure(of)
    }
    fn spans(&self, text: &str) -> Vec<TextSpan> {
        self.honest.connector().spans(text)
    }
    fn freeze(&self, job: &Job, ctx: Ctx<'_>) -> Value {
        self.honest.connector().freeze(job, ctx)
    }
    async fn sign_in(
        &self,
        id: AccountId,
        method: &str,
        form: SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        self.honest.connector().sign_in(id, method, form, ctx).await
    }
    async fn identify(&self, account: &Account, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        self.honest.connector().identify(account, ctx).await
    }
    async fn sign_out(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        self.honest.connector().sign_out(account, ctx).await
    }
    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, ctx: Ctx<'_>) -> Outcome {
        let mut job = job.clone();
        if self.lie == Lie::NewNames {
            job.done.clear();
            job.target_id.0 = uuid::Uuid::from_u128(u128::from(job.attempt));
        }
        match (
            self.lie,
            self.honest.connector().publish(&job, steps, ctx).await,
        ) {
            (Lie::SentIsNotSent, Outcome::Sent(_)) => {
                let shown = self.honest.folder();
                post_behind_the_log(&shown);
                Outcome::NotSent(Refusal::never(Category::Validation, "It was not sent."))
            }
            (Lie::NotSentIsSent, Outcome::NotSent(_)) => Outcome::Sent(Delivered {
                remote_id: "somewhere".to_owned(),
                url: None,
                remote: Value::Null,
            }),
            (_, outcome) => outcome,
        }
    }
    async fn confirm(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        match self.lie {
            Lie::AlwaysAbsent => Confirmation::Absent,
            _ => self.honest.connector().confirm(job, ctx).await,
        }
    }
    async fn delete(
        &self,
        account: &Account,
        what: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        self.honest.connector().delete(account, what, ctx).await
    }
    async fn metrics(
        &self,
        account: &Account,
        what: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<Option<Metrics>, Refusal> {
        self.honest.connector().metrics(account, what, ctx).await
    }
}

/// Adds a file that no step knows, as a connector does that repeats itself behind its own log.
fn post_behind_the_log(folder: &Path) {
    std::fs::write(folder.join("behind-the-log.md"), "x").ok();
}

impl Bench for LyingBench {
    fn connector(&self) -> &dyn Connector {
        &self.0
    }
    fn sign_in(&self) -> SignInFields {
        self.0.honest.sign_in()
    }
    fn wrong_sign_ins(&self) -> Vec<SignInFields> {
        self.0.honest.wrong_sign_ins()
    }
    fn order(&self, trouble: Trouble, at: At) -> bool {
        self.0.honest.order(trouble, at)
    }
    fn mend(&self) {
        self.0.honest.mend();
    }
    fn unreachable(&self, account: &Account) -> Option<Account> {
        self.0.honest.unreachable(account)
    }
    fn visible(&self) -> usize {
        self.0.honest.visible()
    }
    fn ever_made(&self) -> usize {
        self.0.honest.ever_made()
    }
    fn units(&self, parts: usize) -> usize {
        self.0.honest.units(parts)
    }
    fn secrets(&self) -> Vec<String> {
        self.0.honest.secrets()
    }
}

#[tokio::test]
async fn the_suite_finds_out_a_connector_that_lies() {
    for lie in [
        Lie::SentIsNotSent,
        Lie::NotSentIsSent,
        Lie::AlwaysAbsent,
        Lie::NewNames,
    ] {
        let report: Report = conformance::run(|| async {
            let honest = Arc::new(FolderBench::start());
            let bench: Box<dyn Bench> = Box::new(LyingBench(Liar { honest, lie }));
            bench
        })
        .await;
        assert!(!report.failures.is_empty(), "{lie:?} went unnoticed");
    }
}
