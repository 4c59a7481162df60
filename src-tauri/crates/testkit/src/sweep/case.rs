//! One point: a life that is interrupted, the life after it, and what is there in the end.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use model::account::{Account, AccountHealth};
use model::change::Actor;
use model::delivery::DeliveryState;
use model::post::{Draft, Target, TargetDraft, TimeSource};
use model::status::EditorialStatus;
use model::when::{When, Zone};
use model::{Clock, PostId};
use networks::connector::{Connector, Ctx};

use networks::vault::memory::MemoryVault;
use publisher::testing::{SeededEntropy, TestClock};
use publisher::{LEASE, Limits, NoticeKind, Publisher, PublisherConfig};
use sandbox::Faults;
use sandbox::wire::{Manner, Traffic, Wire};
use store::posts::NewPost;
use store::{Store, publishing};
use tempfile::TempDir;

use super::site::{Site, open};
use super::through::{Bell, Through};
use super::{Failure, Point};
use crate::conformance::{Bench, Death};
use crate::desk::{ACCOUNT, DUE};
use crate::fakes::Wallet;

/// How often time may go by before a delivery that still goes on counts as lost.
const ROUNDS: u32 = 40;
/// How long the computer is off after the process ended.
const OFF: Duration = Duration::from_secs(5);

/// What became of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// It is there once.
    Once,
    /// A part of it is there at most, and the person is asked.
    Asked,
    /// Something of it is there more than once.
    Twice(String),
    /// It is not there, and nobody is asked.
    Lost(String),
}

/// A point that was run.
#[derive(Debug, Clone)]
pub struct Run {
    /// What became of the post.
    pub ending: Ending,
    /// The person was asked on the way.
    pub asked: bool,
    /// Whether the delivery came to the point at all.
    pub reached: bool,
    /// What went over the wire from when the post was due.
    pub traffic: Traffic,
    /// Steps that were recorded.
    pub log_calls: usize,
}

/// How a delivery ended, as the store says.
enum Told {
    Published,
    Asked,
    Failed(String),
}

pub(super) struct Case<'a> {
    site: &'a Site,
    point: Point,
    bench: Arc<dyn Bench>,
    bell: Arc<Bell>,
    vault: Arc<MemoryVault>,
    clock: Arc<TestClock>,
    dir: TempDir,
}

impl<'a> Case<'a> {
    pub(super) fn new(site: &'a Site, point: Point) -> Result<Self, Failure> {
        Ok(Self {
            site,
            point,
            bench: site.servers.block_on((site.stand.start)()),
            bell: Arc::default(),
            vault: Arc::default(),
            clock: Arc::new(TestClock::at(DUE)),
            dir: site.folder()?,
        })
    }

    pub(super) fn run(self) -> Result<Run, Failure> {
        let mut asked = false;
        let mut deaths = 0;
        let mut told = life(self.first(&mut asked), self.death())?;
        while told.is_none() {
            deaths += 1;
            // What stood still on the wire ends with the process.
            if let Some(faults) = self.bench.faults() {
                faults.wire().let_go();
            }
            self.bench.connector().forget_session(ACCOUNT);
            self.clock.advance(OFF);
            let again = deaths == 1 && matches!(self.point, Point::Twice(_));
            if again {
                self.arm();
            }
            let death = async {
                if again {
                    self.death().await;
                } else {
                    std::future::pending::<()>().await;
                }
            };
            told = life(self.next(&mut asked), death)?;
        }
        let told = told.ok_or("a life without a death ended early")??;
        let reached = match self.point {
            Point::Nothing => false,
            Point::Step { .. } => deaths == 1,
            Point::Twice(_) => deaths == 2,
            Point::Wire(_) => self.bench.faults().is_some_and(|f| f.wire().is_cut()),
            Point::Call { .. } => self.bench.faults().is_some_and(Faults::all_used),
        };
        let wire = self.bench.faults().map(Faults::wire);
        Ok(Run {
            ending: self.count(told),
            asked,
            reached,
            traffic: wire.map(Wire::traffic).unwrap_or_default(),
            log_calls: self.bell.calls(),
        })
    }

    /// Returns when the process ends.
    async fn death(&self) {
        match (self.point, self.bench.faults()) {
            (Point::Step { .. }, _) => self.bell.rung().await,
            (Point::Wire(cut) | Point::Twice(cut), Some(faults)) if cut.manner == Manner::Hold => {
                faults.wire().cut().await;
            }
            _ => std::future::pending().await,
        }
    }

    /// Orders what the point says, from the minute of the post on.
    fn arm(&self) {
        if let Some(faults) = self.bench.faults() {
            let cut = match self.point {
                Point::Wire(cut) | Point::Twice(cut) => Some(cut),
                _ => None,
            };
            faults.wire().arm(cut);
            if let Point::Call { number, wrong } = self.point {
                faults.order_after("*", number, wrong.fault());
            }
        }
        if let Point::Step { number, after } = self.point {
            self.bell.order(if after {
                Death::After(number)
            } else {
                Death::Before(number)
            });
        }
    }

    /// From signing in to the end of the delivery, or to the point.
    async fn first(&self, asked: &mut bool) -> Result<Told, Failure> {
        let account = self.sign_in().await?;
        let store = open(self.dir.path(), &self.clock, 2).await?;
        let post = self.write(&store, &account).await?;
        self.arm();
        self.to_the_end(&store, post, asked).await
    }

    /// From the next start to the end of the delivery.
    async fn next(&self, asked: &mut bool) -> Result<Told, Failure> {
        let store = open(self.dir.path(), &self.clock, 3).await?;
        let all = store::posts::all_ids(&mut store.read().await?).await?;
        let post = all.first().ok_or("the post is gone")?;
        self.to_the_end(&store, *post, asked).await
    }

    async fn sign_in(&self) -> Result<Account, Failure> {
        let connector = self.bench.connector();
        let entropy = SeededEntropy::new(4);
        let wallet = Wallet::default();
        let ctx = Ctx {
            clock: &*self.clock,
            entropy: &entropy,
            vault: &*self.vault,
            purse: &wallet,
        };
        let form = self.bench.sign_in();
        let found = connector.sign_in(ACCOUNT, "", form, ctx).await;
        let mut found = found.map_err(|refusal| refusal.message)?;
        let signed = found.swap_remove(0);
        Ok(Account {
            id: ACCOUNT,
            workspace_id: self.site.workspace,
            network: connector.entry().key.clone(),
            remote_id: signed.remote_id,
            handle: signed.handle,
            display_name: signed.display_name,
            server: signed.server,
            settings: signed.settings,
            health: AccountHealth::Ok,
            paused: None,
            created_at: DUE,
        })
    }

    /// Writes the post, due at once.
    async fn write(&self, store: &Store, account: &Account) -> Result<PostId, Failure> {
        let zone = Zone::utc();
        let at = self.clock.now();
        let post = NewPost {
            calendar_id: self.site.calendar,
            draft: Draft {
                segments: self.site.segments.clone(),
                targets: vec![TargetDraft {
                    account_id: account.id,
                    override_segments: None,
                    options: self.bench.options(),
                }],
                ..Draft::default()
            },
            when: When::Scheduled {
                wall: zone.wall_at(at)?,
                zone,
                at,
            },
            time_source: TimeSource::Own,
            editorial: EditorialStatus::Scheduled,
        };
        let mut tx = store.begin(Actor::Person).await?;
        store::accounts::put(&mut tx, account).await?;
        let id = store::posts::create(&mut tx, &post).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Publishes, with time going by and a person who answers the truth, until nothing is left to do.
    async fn to_the_end(
        &self,
        store: &Store,
        post: PostId,
        asked: &mut bool,
    ) -> Result<Told, Failure> {
        let publisher = Publisher::start(self.config(store));
        let mut news = publisher.notices();
        for round in 0..ROUNDS {
            publisher.settled().await;
            let target = target(store, post).await?;
            match target.state {
                DeliveryState::Published => return Ok(Told::Published),
                DeliveryState::Failed => {
                    let why = target.failure.map(|f| f.message).unwrap_or_default();
                    return Ok(Told::Failed(why));
                }
                _ => {}
            }
            let mut question = false;
            while let Ok(notice) = news.try_recv() {
                question |= matches!(notice.kind, NoticeKind::Unconfirmed | NoticeKind::YourTurn);
            }
            if question {
                *asked = true;
                if !self.answer(store, &target).await? {
                    return Ok(Told::Asked);
                }
            }
            self.clock.advance(if round == 0 {
                LEASE
            } else {
                Duration::from_mins(1)
            });
        }
        let target = target(store, post).await?;
        Ok(Told::Failed(format!("it never ended: {target:?}")))
    }

    fn config(&self, store: &Store) -> PublisherConfig {
        let connector: Arc<dyn Connector> = Arc::new(Through {
            bench: Arc::clone(&self.bench),
            bell: Arc::clone(&self.bell),
            told: self.site.told,
        });
        PublisherConfig {
            store: store.clone(),
            connectors: vec![connector],
            vault: Arc::clone(&self.vault) as _,
            media: self.site.library.clone(),
            clock: Arc::clone(&self.clock) as _,
            timer: Arc::clone(&self.clock) as _,
            entropy: Arc::new(SeededEntropy::new(5)),
            lease: LEASE,
            limits: Limits::default(),
            online: true,
        }
    }

    /// The person looks at the network and says what is there; false when it is only a part.
    async fn answer(&self, store: &Store, target: &Target) -> Result<bool, Failure> {
        let visible = self.bench.visible();
        let mut tx = store.begin(Actor::Person).await?;
        match visible {
            0 => publishing::send_again(&mut tx, target.id).await?,
            n if n >= self.whole() => publishing::say_published(&mut tx, target.id, None).await?,
            _ => return Ok(false),
        }
        tx.commit().await?;
        Ok(true)
    }

    fn whole(&self) -> usize {
        self.bench.units(self.site.segments.len())
    }

    /// What is there against what was told.
    fn count(&self, told: Told) -> Ending {
        let (visible, made, whole) = (self.bench.visible(), self.bench.ever_made(), self.whole());
        let there = format!("{visible} of {whole} are there, {made} were made");
        match told {
            _ if made > whole || visible > whole => Ending::Twice(there),
            Told::Published if visible == whole => Ending::Once,
            Told::Published => Ending::Lost(format!("it was said to be published, but {there}")),
            Told::Asked => Ending::Asked,
            Told::Failed(why) => Ending::Lost(format!("{why} And {there}")),
        }
    }
}

async fn target(store: &Store, post: PostId) -> Result<Target, Failure> {
    let post = store::posts::get(&mut store.read().await?, post).await?;
    Ok(post
        .targets
        .into_iter()
        .next()
        .ok_or("the post has no target")?)
}

/// The life of a process: everything it began ends with it. None when death came first.
fn life<T>(
    work: impl Future<Output = T>,
    death: impl Future<Output = ()>,
) -> Result<Option<T>, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(async {
        tokio::select! {
            biased;
            () = death => None,
            done = work => Some(done),
        }
    }))
}
