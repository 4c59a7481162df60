//! The cases.

use std::future::Future;

use model::account::Account;
use model::content::{MediaUse, Segment};
use model::error::Severity;
use model::failure::{Category, Retry};
use model::post::TargetDraft;
use networks::connector::{CheckInput, Connector, Ctx, Job, MediaFacts, Refusal};
use networks::vault::{Vault, VaultError};

use super::driver::{Death, Delivery, End, Trace};
use super::expect::{First, expected};
use super::{At, Bench, Report, Trouble};
use crate::desk::{ACCOUNT, DUE, Desk, text};

/// What is posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Text,
    Pictures,
    Thread,
}

/// A bench with everything around it.
struct World {
    bench: Box<dyn Bench>,
    desk: Desk,
}

impl World {
    fn ctx(&self) -> Ctx<'_> {
        self.desk.ctx()
    }

    fn connector(&self) -> &dyn Connector {
        self.bench.connector()
    }

    async fn account(&self) -> Result<Account, Refusal> {
        self.desk
            .sign_in(self.connector(), self.bench.sign_in())
            .await
    }

    fn job(&self, account: &Account, content: Content) -> Job {
        let texts: &[&str] = match content {
            Content::Thread => &["One of three", "Two of three", "Three of three"],
            _ => &["Grüße from the suite 🎉 #almanac"],
        };
        let mut segments: Vec<_> = texts.iter().map(|t| text(t)).collect();
        if content == Content::Pictures {
            segments[0].media = vec![
                self.desk.picture("one.jpg", 40, 30),
                self.desk.picture("two.png", 30, 40),
            ];
        }
        self.desk.job(self.connector(), account, segments, None)
    }
}

/// Runs the whole suite; `bench` makes a fresh bench for each case.
pub async fn run<F, Fut>(bench: F) -> Report
where
    F: Fn() -> Fut,
    Fut: Future<Output = Box<dyn Bench>>,
{
    let mut suite = Suite {
        bench,
        report: Report::default(),
    };
    let entry = suite.world().await.connector().entry().clone();
    suite.report.network = entry.name;
    let kinds = [
        (Content::Text, entry.publishes.text),
        (Content::Pictures, entry.publishes.images),
        (Content::Thread, entry.publishes.thread),
    ];
    suite.sign_in().await;
    suite.checks().await;
    for (content, can) in kinds {
        if can {
            suite.plain(content).await;
            suite.troubles(content).await;
            suite.deaths(content).await;
        } else {
            suite.report.skipped.push(format!("{content:?}"));
        }
    }
    if entry.can_delete {
        suite.deletes().await;
    } else {
        suite.report.skipped.push("delete".to_owned());
    }
    suite.report
}

struct Suite<F> {
    bench: F,
    report: Report,
}

impl<F, Fut> Suite<F>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Box<dyn Bench>>,
{
    async fn world(&self) -> World {
        World {
            bench: (self.bench)().await,
            desk: Desk::new(),
        }
    }

    fn ran(&mut self, name: &str, wrong: Vec<String>) {
        self.report.ran.push(name.to_owned());
        self.report
            .failures
            .extend(wrong.into_iter().map(|w| format!("{name}: {w}")));
    }

    /// Records a finished delivery.
    fn judge(&mut self, name: &str, world: &World, trace: Trace, sent: bool) {
        let mut wrong = trace.wrong;
        match (&trace.end, sent) {
            (Some(End::Sent(_)), true) | (Some(End::Failed(_)) | None, false) => {}
            (Some(End::Failed(refusal)), true) => {
                wrong.push(format!("it was not posted: {refusal:?}"));
            }
            (Some(End::Sent(_)), false) => wrong.push("it was posted all the same".to_owned()),
            (None, true) => wrong.push("it was not posted".to_owned()),
        }
        let (made, visible) = (world.bench.ever_made(), world.bench.visible());
        if made != visible {
            wrong.push(format!("{made} were made where {visible} are meant"));
        }
        if world
            .bench
            .secrets()
            .iter()
            .any(|s| trace.told.contains(s.as_str()))
        {
            wrong.push("a secret was told".to_owned());
        }
        self.ran(name, wrong);
    }

    async fn sign_in(&mut self) {
        let world = self.world().await;
        let mut wrong = vec![];
        match world.account().await {
            Ok(account) => {
                if account.remote_id.is_empty() || account.display_name.is_empty() {
                    wrong.push("an account without id or name".to_owned());
                }
                let known = world.connector().identify(&account, world.ctx()).await;
                if known.map(|k| k.remote_id).ok() != Some(account.remote_id) {
                    wrong.push("identify does not know the account".to_owned());
                }
            }
            Err(refusal) => wrong.push(format!("{refusal:?}")),
        }
        self.ran("sign in", wrong);
        for n in 0..world.bench.wrong_sign_ins().len() {
            let world = self.world().await;
            let fields = world.bench.wrong_sign_ins().swap_remove(n);
            let told = world
                .connector()
                .sign_in(ACCOUNT, fields, world.ctx())
                .await;
            let wrong = match told {
                Err(refusal) if refusal.retry == Retry::At(DUE) => vec!["waits".to_owned()],
                Err(refusal)
                    if world
                        .bench
                        .secrets()
                        .iter()
                        .any(|s| format!("{refusal:?}").contains(s)) =>
                {
                    vec!["a secret was told".to_owned()]
                }
                Err(refusal) if refusal.message.ends_with('.') => vec![],
                other => vec![format!("{other:?}")],
            };
            self.ran(&format!("wrong sign-in {n}"), wrong);
        }
        self.locked_vault().await;
    }

    /// A keyring that is locked holds up sending and never signs an account out.
    async fn locked_vault(&mut self) {
        let world = self.world().await;
        if world.bench.secrets().is_empty() {
            self.report.skipped.push("locked keyring".to_owned());
            return;
        }
        world.desk.vault.fail_with(Some(VaultError::Locked));
        let mut wrong = vec![];
        match world.account().await {
            Err(refusal)
                if refusal.category != Category::AuthError
                    && refusal.message.contains("locked") => {}
            other => wrong.push(format!("{other:?}")),
        }
        world.desk.vault.fail_with(None);
        if let Ok(account) = world.account().await {
            let forgotten = world.desk.vault.forget(ACCOUNT, "session").await;
            wrong.extend(forgotten.err().map(|e| e.to_string()));
            // Another connector over the same sandbox would find nothing in the vault; this one may
            // still hold the session in memory, which is as good.
            let identified = world.connector().identify(&account, world.ctx()).await;
            wrong.extend(
                identified
                    .err()
                    .filter(|r| r.category != Category::AuthError)
                    .map(|r| format!("{r:?}")),
            );
        }
        self.ran("locked keyring", wrong);
    }

    async fn checks(&mut self) {
        let world = self.world().await;
        let Ok(account) = world.account().await else {
            return;
        };
        let entry = world.connector().entry().clone();
        let draft = TargetDraft {
            account_id: ACCOUNT,
            override_segments: None,
            options: serde_json::Map::new(),
        };
        let problems = |segments: &[Segment], media: &[MediaFacts]| {
            let input = CheckInput {
                account: &account,
                segments,
                draft: &draft,
                media,
            };
            let found = world.connector().check(input);
            let errors = found.into_iter().filter(|p| p.severity == Severity::Error);
            errors.map(|p| p.rule).collect::<Vec<_>>()
        };
        let mut wrong = vec![];
        if !problems(&[Segment::text("fine")], &[]).is_empty() {
            wrong.push("a plain text has problems".to_owned());
        }
        if problems(&[Segment::text("")], &[]).is_empty() != entry.publishes.empty {
            wrong.push("an empty post".to_owned());
        }
        if let Some(max) = entry.text.max {
            let (fits, over) = ("x".repeat(max as usize), "x".repeat(max as usize + 1));
            if !problems(&[Segment::text(fits)], &[]).is_empty() {
                wrong.push("a text at the limit has problems".to_owned());
            }
            if problems(&[Segment::text(over)], &[]) != ["text_too_long"] {
                wrong.push("a text over the limit".to_owned());
            }
        }
        let picture = world.desk.picture("one.jpg", 40, 30).facts;
        let uses = |n: u32| Segment {
            text: "with pictures".to_owned(),
            media: (0..n)
                .map(|_| MediaUse {
                    media_id: picture.id.clone(),
                    alt: "x".to_owned(),
                })
                .collect(),
        };
        if let Some(images) = &entry.images {
            let facts = std::slice::from_ref(&picture);
            if !problems(&[uses(images.max_count)], facts).is_empty() {
                wrong.push("as many pictures as allowed have problems".to_owned());
            }
            if problems(&[uses(images.max_count + 1)], facts) != ["too_many_images"] {
                wrong.push("one picture too many".to_owned());
            }
            let lost = MediaFacts {
                missing: true,
                ..picture.clone()
            };
            if problems(&[uses(1)], &[lost]) != ["media_missing"] {
                wrong.push("a lost picture".to_owned());
            }
        }
        self.ran("checks", wrong);
    }

    async fn plain(&mut self, content: Content) {
        let world = self.world().await;
        let name = format!("{content:?}, all well");
        let Ok(account) = world.account().await else {
            return;
        };
        let job = world.job(&account, content);
        let mut wrong = vec![];
        if world.connector().confirm(&job, world.ctx()).await
            != networks::connector::Confirmation::Absent
        {
            wrong.push("found before it was sent".to_owned());
        }
        let trace = self.deliver(&world, job.clone(), None, None).await;
        if trace.first != Some(First::Sent) {
            wrong.push(format!("first outcome {:?}", trace.first));
        }
        // The same delivery again, as after a lost database: it is found, and nothing is added.
        let confirmed = world.connector().confirm(&job, world.ctx()).await;
        match (&trace.end, &confirmed) {
            (Some(End::Sent(a)), networks::connector::Confirmation::Found(b))
                if a.remote_id == b.remote_id => {}
            (end, confirmed) => wrong.push(format!("sent as {end:?}, found as {confirmed:?}")),
        }
        let again = self.deliver(&world, job, None, None).await;
        wrong.extend(again.wrong.into_iter().map(|w| format!("again: {w}")));
        self.judge(&name, &world, trace, true);
        self.report
            .failures
            .extend(wrong.into_iter().map(|w| format!("{name}: {w}")));
    }

    async fn deliver(
        &self,
        world: &World,
        job: Job,
        first_account: Option<Account>,
        death: Option<Death>,
    ) -> Trace {
        let delivery = Delivery {
            bench: &*world.bench,
            clock: &world.desk.clock,
            ctx: world.ctx(),
            job,
            first_account,
            death,
        };
        delivery.drive().await
    }

    async fn troubles(&mut self, content: Content) {
        let places: &[At] = match content {
            Content::Text => &[At::Show(0)],
            Content::Pictures => &[At::Upload, At::Show(0)],
            Content::Thread => &[At::Show(0), At::Show(1), At::Show(2)],
        };
        for trouble in Trouble::ALL {
            for at in places {
                self.trouble(content, trouble, *at).await;
            }
        }
    }

    async fn trouble(&mut self, content: Content, trouble: Trouble, at: At) {
        let name = format!("{content:?}, {trouble:?} at {at:?}");
        let world = self.world().await;
        let Ok(account) = world.account().await else {
            self.report.failures.push(format!("{name}: no sign-in"));
            return;
        };
        let unreachable = world.bench.unreachable(&account);
        let happens = match trouble {
            Trouble::Refused => unreachable.is_some(),
            _ => world.bench.order(trouble, at),
        };
        if !happens {
            self.report.skipped.push(name);
            return;
        }
        let first_account = unreachable.filter(|_| trouble == Trouble::Refused);
        let job = world.job(&account, content);
        let trace = self.deliver(&world, job, first_account, None).await;
        let expected = expected(trouble, at);
        let mut wrong = vec![];
        if !trace.first.is_some_and(|f| expected.first.contains(&f)) {
            wrong.push(format!(
                "expected {:?}, came {:?}",
                expected.first, trace.first
            ));
        }
        self.judge(&name, &world, trace, expected.sent);
        self.report
            .failures
            .extend(wrong.into_iter().map(|w| format!("{name}: {w}")));
    }

    /// The process dies before and after each record of a step.
    async fn deaths(&mut self, content: Content) {
        let calls = {
            let world = self.world().await;
            let Ok(account) = world.account().await else {
                return;
            };
            let job = world.job(&account, content);
            self.deliver(&world, job, None, None).await.log_calls
        };
        for n in 0..calls {
            for death in [Death::Before(n), Death::After(n)] {
                let world = self.world().await;
                let Ok(account) = world.account().await else {
                    return;
                };
                let job = world.job(&account, content);
                let trace = self.deliver(&world, job, None, Some(death)).await;
                self.judge(
                    &format!("{content:?}, death {death:?}"),
                    &world,
                    trace,
                    true,
                );
            }
        }
    }

    async fn deletes(&mut self) {
        let world = self.world().await;
        let Ok(account) = world.account().await else {
            return;
        };
        let threads = world.connector().entry().publishes.thread;
        let content = if threads {
            Content::Thread
        } else {
            Content::Text
        };
        let job = world.job(&account, content);
        let trace = self.deliver(&world, job, None, None).await;
        let mut wrong = trace.wrong;
        if let Some(End::Sent(delivered)) = &trace.end {
            // Numbers are optional; asking for them must not fail.
            let numbers = world
                .connector()
                .metrics(&account, delivered, world.ctx())
                .await;
            wrong.extend(numbers.err().map(|r| format!("metrics: {r:?}")));
            for round in ["delete", "delete again"] {
                let deleted = world
                    .connector()
                    .delete(&account, delivered, world.ctx())
                    .await;
                wrong.extend(deleted.err().map(|r| format!("{round}: {r:?}")));
            }
        }
        if world.bench.visible() != 0 {
            wrong.push(format!("{} are left", world.bench.visible()));
        }
        let ended = world.connector().sign_out(&account, world.ctx()).await;
        wrong.extend(ended.err().map(|r| format!("sign out: {r:?}")));
        if world.desk.vault.get(ACCOUNT, "session").await != Ok(None) {
            wrong.push("a secret is left in the vault".to_owned());
        }
        self.ran("delete and sign out", wrong);
    }
}
