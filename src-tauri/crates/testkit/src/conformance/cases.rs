//! The cases.

use std::future::Future;

use futures_util::stream::{self, StreamExt};
use model::account::Account;
use networks::catalogue::Support;
use networks::connector::{Confirmation, Connector, Ctx, Job, Refusal};

use super::content::Content;
use super::driver::{Death, Delivery, End, Trace};
use super::expect::{First, expected};
use super::{At, Bench, Report, Trouble};
use crate::desk::{Desk, text};

/// Cases at a time: most of each is waiting for a server that says nothing.
const AT_ONCE: usize = 4;

/// A bench with everything around it.
pub(super) struct World {
    pub(super) bench: Box<dyn Bench>,
    pub(super) desk: Desk,
}

impl World {
    pub(super) fn ctx(&self) -> Ctx<'_> {
        self.desk.ctx()
    }

    pub(super) fn connector(&self) -> &dyn Connector {
        self.bench.connector()
    }

    pub(super) async fn account(&self) -> Result<Account, Refusal> {
        self.desk
            .sign_in(self.connector(), self.bench.sign_in())
            .await
    }

    pub(super) fn job(&self, account: &Account, content: Content) -> Job {
        let mut segments: Vec<_> = content.texts().iter().map(|t| text(t)).collect();
        segments[0].media = content.media(&self.desk);
        let mut job = self.desk.job(self.connector(), account, segments);
        job.options.extend(self.bench.options());
        job
    }
}

/// Runs the whole suite over benches that are started so, says what it did, and fails the test it runs in unless
/// all of it held.
///
/// # Panics
/// When something did not hold.
pub async fn holds<F, Fut, B>(start: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = B>,
    B: Bench + 'static,
{
    let start = &start;
    let report = run(move || async move {
        let bench: Box<dyn Bench> = Box::new(start().await);
        bench
    })
    .await;
    println!("{report}");
    assert!(report.holds(), "{report}");
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
    let entry = suite.world().await.bench.entry();
    suite.report.network.clone_from(&entry.name);
    let kinds = Content::ALL.map(|content| (content, content.fits(&entry)));
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
    if entry.native_schedule.is_some() {
        for (content, can) in kinds {
            if can && content != Content::Thread {
                suite.placing(content).await;
            }
        }
    }
    let plain = kinds
        .iter()
        .find(|(content, can)| *can && *content != Content::Thread);
    match plain {
        Some((content, _)) if entry.first_comment.is_some() => suite.commenting(*content).await,
        _ => suite.report.skipped.push("first comment".to_owned()),
    }
    if entry.can_delete {
        suite.deletes().await;
    } else {
        suite.report.skipped.push("delete".to_owned());
    }
    suite.report
}

/// The suite over one network.
pub(super) struct Suite<F> {
    bench: F,
    pub(super) report: Report,
}

impl<F, Fut> Suite<F>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Box<dyn Bench>>,
{
    pub(super) async fn world(&self) -> World {
        World {
            bench: (self.bench)().await,
            desk: Desk::new(),
        }
    }

    pub(super) fn ran(&mut self, name: &str, wrong: Vec<String>) {
        self.report.ran.push(name.to_owned());
        self.report
            .failures
            .extend(wrong.into_iter().map(|w| format!("{name}: {w}")));
    }

    /// What does not hold about a finished delivery.
    fn judged(world: &World, trace: Trace, sent: bool) -> Vec<String> {
        let mut wrong = trace.wrong;
        match (&trace.end, sent) {
            // Asking is the truth where the network cannot be looked at.
            (Some(End::Sent(_) | End::Asked(_)), true) | (Some(End::Failed(_)) | None, false) => {}
            (Some(End::Failed(refusal)), true) => {
                wrong.push(format!("it was not posted: {refusal:?}"));
            }
            (Some(End::Sent(_) | End::Asked(_)), false) => {
                wrong.push("it was posted all the same".to_owned());
            }
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
        wrong
    }

    /// Records a finished delivery.
    fn judge(&mut self, name: &str, world: &World, trace: Trace, sent: bool) {
        let wrong = Self::judged(world, trace, sent);
        self.ran(name, wrong);
    }

    async fn plain(&mut self, content: Content) {
        let world = self.world().await;
        let name = format!("{content:?}, all well");
        let Ok(account) = world.account().await else {
            return;
        };
        let job = world.job(&account, content);
        let mut wrong = vec![];
        let asks = world.bench.asks();
        match world.connector().confirm(&job, world.ctx()).await {
            Confirmation::Absent => {}
            Confirmation::CannotTell(_) if asks => {}
            other => wrong.push(format!("before it was sent: {other:?}")),
        }
        let trace = self.deliver(&world, job.clone(), None, None).await;
        let well = match world.bench.entry().support {
            // It lies ready, and only the person can say whether it is out.
            Support::HandOff => First::Uncertain,
            Support::Full | Support::Partial => First::Sent,
        };
        if trace.first != Some(well) {
            wrong.push(format!("first outcome {:?}", trace.first));
        }
        if asks {
            self.judge(&name, &world, trace, true);
            self.report
                .failures
                .extend(wrong.into_iter().map(|w| format!("{name}: {w}")));
            return;
        }
        // The same delivery again, as after a lost database: it is found, and nothing is added.
        let confirmed = world.connector().confirm(&job, world.ctx()).await;
        match (&trace.end, &confirmed) {
            (Some(End::Sent(a)), Confirmation::Found(b)) if a.remote_id == b.remote_id => {}
            (end, confirmed) => wrong.push(format!("sent as {end:?}, found as {confirmed:?}")),
        }
        if world.bench.knows_again() {
            let again = self.deliver(&world, job, None, None).await;
            wrong.extend(again.wrong.into_iter().map(|w| format!("again: {w}")));
        }
        self.judge(&name, &world, trace, true);
        self.report
            .failures
            .extend(wrong.into_iter().map(|w| format!("{name}: {w}")));
    }

    pub(super) async fn deliver(
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
            Content::Pictures | Content::Video => &[At::Upload, At::Show(0)],
            Content::Thread => &[At::Show(0), At::Show(1), At::Show(2)],
        };
        let all = Trouble::ALL.into_iter();
        let cases = all.flat_map(|trouble| places.iter().map(move |at| (trouble, *at)));
        let ended: Vec<(String, Option<Vec<String>>)> = stream::iter(cases)
            .map(|(trouble, at)| self.trouble(content, trouble, at))
            .buffered(AT_ONCE)
            .collect()
            .await;
        for (name, wrong) in ended {
            match wrong {
                Some(wrong) => self.ran(&name, wrong),
                None => self.report.skipped.push(name),
            }
        }
    }

    /// One trouble, and what did not hold; none when it cannot happen on this network.
    async fn trouble(
        &self,
        content: Content,
        trouble: Trouble,
        at: At,
    ) -> (String, Option<Vec<String>>) {
        let name = format!("{content:?}, {trouble:?} at {at:?}");
        let world = self.world().await;
        let Ok(account) = world.account().await else {
            return (name, Some(vec!["no sign-in".to_owned()]));
        };
        let unreachable = world.bench.unreachable(&account);
        let happens = match trouble {
            Trouble::Refused => unreachable.is_some(),
            _ => world.bench.order(trouble, at),
        };
        if !happens {
            return (name, None);
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
        wrong.extend(Self::judged(&world, trace, expected.sent));
        (name, Some(wrong))
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
        let deaths = (0..calls).flat_map(|n| [Death::Before(n), Death::After(n)]);
        let ended: Vec<(String, Vec<String>)> = stream::iter(deaths)
            .map(|death| self.death(content, death))
            .buffered(AT_ONCE)
            .collect()
            .await;
        for (name, wrong) in ended {
            self.ran(&name, wrong);
        }
    }

    async fn death(&self, content: Content, death: Death) -> (String, Vec<String>) {
        let name = format!("{content:?}, death {death:?}");
        let world = self.world().await;
        let Ok(account) = world.account().await else {
            return (name, vec!["no sign-in".to_owned()]);
        };
        let job = world.job(&account, content);
        let trace = self.deliver(&world, job, None, Some(death)).await;
        (name, Self::judged(&world, trace, true))
    }
}
