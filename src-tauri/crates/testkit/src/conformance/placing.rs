//! Posts that the network publishes by itself: held once, published by the network at its time, taken
//! back, and deleted there by somebody else.

use std::future::Future;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use model::Timestamp;
use model::account::Account;
use networks::connector::{Confirmation, Delivered, Job, Kept, Outcome};

use super::cases::{Suite, World};
use super::content::Content;
use super::driver::{Death, Log};
use super::{At, Bench, Trouble};
use crate::desk::DUE;

/// How far ahead everything is handed over.
const AHEAD: Duration = Duration::from_hours(48);
/// Attempts and looks after which a delivery that still goes on is a fault of its own.
const MAX_ROUNDS: usize = 12;
/// Cases at a time.
const AT_ONCE: usize = 4;
/// What may go wrong at the call after which it is held, and what its network then holds once all the same.
const TROUBLES: [Trouble; 12] = [
    Trouble::Refused,
    Trouble::CutBefore,
    Trouble::CutAfter,
    Trouble::CutInBody,
    Trouble::CutInAnswer,
    Trouble::SilentAfter,
    Trouble::ServerError,
    Trouble::ServerErrorAfter,
    Trouble::PageAfter,
    Trouble::BrokenAnswer,
    Trouble::WaitUntil,
    Trouble::AccessEnded,
];

/// How handing over ended.
enum Ended {
    Held(Delivered),
    Asked,
    Wrong(String),
}

/// Drives a handing over as the publisher does.
async fn place(world: &World, mut job: Job, first: Option<Account>, death: Option<Death>) -> Ended {
    let (connector, clock) = (world.connector(), &world.desk.clock);
    let account = job.account.clone();
    if let Some(first) = first {
        job.account = first;
    }
    let mut log = Log {
        death,
        ..Log::default()
    };
    let mut confirm = false;
    for _ in 0..MAX_ROUNDS {
        job.done.clone_from(&log.done);
        if confirm {
            match connector.confirm(&job, world.ctx()).await {
                Confirmation::Placed(delivered) => return Ended::Held(delivered),
                Confirmation::Absent => confirm = false,
                Confirmation::NotNow(_) => clock.pass(Duration::from_mins(1)),
                Confirmation::CannotTell(_) if world.bench.asks_about_held() => {
                    return Ended::Asked;
                }
                other => return Ended::Wrong(format!("a look told {other:?}")),
            }
            continue;
        }
        let outcome = connector.publish(&job, &mut log, world.ctx()).await;
        log.leave(&mut job, &outcome, model::Clock::now(clock));
        job.attempt += 1;
        job.account = account.clone();
        world.bench.mend();
        match outcome {
            Outcome::Placed(delivered) => return Ended::Held(delivered),
            Outcome::NotSent(_) if world.bench.held() == 0 => clock.pass(Duration::from_mins(4)),
            Outcome::NotSent(refusal) => {
                return Ended::Wrong(format!("said certainly not sent: {refusal:?}"));
            }
            Outcome::Uncertain(_) => {
                clock.pass(Duration::from_mins(2));
                confirm = true;
            }
            Outcome::Interrupted(_) => {
                log.death = None;
                clock.pass(Duration::from_mins(10));
                confirm = log.open;
            }
            Outcome::Sent(_) => return Ended::Wrong("it was published at once".to_owned()),
        }
    }
    Ended::Wrong("it never ended".to_owned())
}

impl<F, Fut> Suite<F>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Box<dyn Bench>>,
{
    /// A world whose job is to be published by its network.
    async fn ahead(&self, content: Content) -> Option<(World, Job)> {
        let world = self.world().await;
        world.bench.set_clock(DUE);
        let account = world.account().await.ok()?;
        let mut job = world.job(&account, content);
        job.due_at = DUE.plus(AHEAD);
        job.place_at = Some(job.due_at);
        job.handle = world.connector().freeze(&job, world.ctx());
        Some((world, job))
    }

    pub(super) async fn placing(&mut self, content: Content) {
        let name = |what: &str| format!("{content:?}, held until its time, {what}");
        let lives: [(&str, Play); 4] = [
            ("and published by the network", |p| Box::pin(published(p))),
            ("and taken back", |p| Box::pin(taken_back(p))),
            ("and deleted there", |p| Box::pin(deleted_there(p))),
            ("and moved there", |p| Box::pin(moved_there(p))),
        ];
        for (what, life) in lives {
            let wrong = match self.held(content).await {
                Ok(placed) => life(placed).await,
                Err(wrong) => vec![wrong],
            };
            self.ran(&name(what), wrong);
        }
        self.placing_troubles(content).await;
        self.placing_deaths(content).await;
    }

    async fn held(&self, content: Content) -> Result<Placed, String> {
        let (world, job) = self.ahead(content).await.ok_or("no sign-in")?;
        match place(&world, job.clone(), None, None).await {
            Ended::Held(kept) => Ok(Placed { world, job, kept }),
            Ended::Asked => Err("the person was asked".to_owned()),
            Ended::Wrong(wrong) => Err(wrong),
        }
    }

    async fn placing_troubles(&mut self, content: Content) {
        let ended: Vec<(String, Option<Vec<String>>)> = stream::iter(TROUBLES)
            .map(|trouble| self.placing_trouble(content, trouble))
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

    async fn placing_trouble(
        &self,
        content: Content,
        trouble: Trouble,
    ) -> (String, Option<Vec<String>>) {
        let name = format!("{content:?}, held until its time, {trouble:?}");
        let Some((world, job)) = self.ahead(content).await else {
            return (name, Some(vec!["no sign-in".to_owned()]));
        };
        let unreachable = world.bench.unreachable(&job.account);
        let happens = match trouble {
            Trouble::Refused => unreachable.is_some(),
            _ => world.bench.order(trouble, At::Show(0)),
        };
        if !happens {
            return (name, None);
        }
        let first = unreachable.filter(|_| trouble == Trouble::Refused);
        let ended = place(&world, job, first, None).await;
        (name, Some(once(&world, ended)))
    }

    async fn placing_deaths(&mut self, content: Content) {
        let calls = {
            let Some((world, job)) = self.ahead(content).await else {
                return;
            };
            let mut log = Log::default();
            world.connector().publish(&job, &mut log, world.ctx()).await;
            log.calls
        };
        for n in 0..calls {
            for death in [Death::Before(n), Death::After(n)] {
                let name = format!("{content:?}, held until its time, death {death:?}");
                let wrong = match self.ahead(content).await {
                    Some((world, job)) => {
                        let ended = place(&world, job, None, Some(death)).await;
                        once(&world, ended)
                    }
                    None => vec!["no sign-in".to_owned()],
                };
                self.ran(&name, wrong);
            }
        }
    }
}

/// Whether it is held exactly once, or, where the person is asked, at most once.
fn once(world: &World, ended: Ended) -> Vec<String> {
    let (held, out) = (world.bench.held(), world.bench.out());
    let least = usize::from(!matches!(ended, Ended::Asked));
    let mut wrong = vec![];
    if let Ended::Wrong(why) = ended {
        wrong.push(why);
    }
    if held < least || held > 1 || out > 0 {
        wrong.push(format!("{held} are held and {out} are out"));
    }
    wrong
}

/// A post that its network holds.
struct Placed {
    world: World,
    job: Job,
    kept: Delivered,
}

/// What happens to a post that its network holds, and what of it does not hold.
type Play = fn(Placed) -> Life;
type Life = std::pin::Pin<Box<dyn Future<Output = Vec<String>> + Send>>;

impl Placed {
    async fn look(&self) -> Kept {
        let ctx = self.world.ctx();
        let connector = self.world.connector();
        connector.look_at_kept(&self.job, &self.kept, ctx).await
    }

    fn stands(&self, held: usize, out: usize, wrong: &mut Vec<String>) {
        let is = (self.world.bench.held(), self.world.bench.out());
        if is != (held, out) {
            wrong.push(format!("{} are held and {} are out", is.0, is.1));
        }
    }

    fn pass_to(&self, at: Timestamp) {
        self.world.desk.clock.set(at);
        self.world.bench.set_clock(at);
    }
}

fn is_until(kept: &Kept, at: Timestamp) -> bool {
    matches!(kept, Kept::Until(until) if until.as_millis().abs_diff(at.as_millis()) < 60_000)
}

async fn published(placed: Placed) -> Vec<String> {
    let mut wrong = vec![];
    placed.stands(1, 0, &mut wrong);
    let due = placed.job.due_at;
    let look = placed.look().await;
    if !is_until(&look, due) {
        wrong.push(format!("while it is held: {look:?}"));
    }
    let known = placed
        .world
        .connector()
        .confirm(&placed.job, placed.world.ctx())
        .await;
    match known {
        Confirmation::Placed(again) if again.remote_id == placed.kept.remote_id => {}
        // Without the steps of its uploads it cannot be known again.
        _ if placed.world.bench.asks_about_held() => {}
        other => wrong.push(format!("looked for anew: {other:?}")),
    }
    placed.pass_to(due.plus(Duration::from_mins(1)));
    match placed.look().await {
        Kept::Published(delivered) => {
            let (connector, ctx) = (placed.world.connector(), placed.world.ctx());
            let deleted = connector.delete(&placed.job.account, &delivered, ctx).await;
            wrong.extend(deleted.err().map(|r| format!("delete: {r:?}")));
        }
        other => wrong.push(format!("after its time: {other:?}")),
    }
    placed.stands(0, 0, &mut wrong);
    wrong
}

async fn taken_back(placed: Placed) -> Vec<String> {
    let mut wrong = vec![];
    for round in ["take back", "take back again"] {
        let (connector, ctx) = (placed.world.connector(), placed.world.ctx());
        let taken = connector
            .take_back(&placed.job.account, &placed.kept, ctx)
            .await;
        wrong.extend(taken.err().map(|r| format!("{round}: {r:?}")));
    }
    placed.stands(0, 0, &mut wrong);
    match placed.look().await {
        Kept::Gone => {}
        other => wrong.push(format!("after it was taken back: {other:?}")),
    }
    wrong
}

async fn deleted_there(placed: Placed) -> Vec<String> {
    placed.world.bench.drop_held();
    match placed.look().await {
        Kept::Gone => vec![],
        other => vec![format!("{other:?}")],
    }
}

async fn moved_there(placed: Placed) -> Vec<String> {
    let then = placed.job.due_at.plus(Duration::from_hours(3));
    placed.world.bench.move_held(then);
    let look = placed.look().await;
    if is_until(&look, then) {
        vec![]
    } else {
        vec![format!("{look:?}")]
    }
}
