//! How quickly due posts go out to a network that takes everything at once: throughput, lateness and
//! commits. `cargo xtask bench` runs it and reads the lines of JSON it prints.
//!
//! Arguments: `throughput POSTS ACCOUNTS`, or `lateness POSTS ACCOUNTS`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use model::account::{Account, AccountHealth};
use model::calendar::{Calendar, CalendarStatus};
use model::change::Actor;
use model::content::Segment;
use model::post::{Draft, TargetDraft, TimeSource};
use model::status::EditorialStatus;
use model::when::{When, Zone};
use model::{AccountId, CalendarId, Clock, Timestamp};
use networks::catalogue::Confirms;
use networks::connector::{Confirmation, Ctx, Delivered, Job, Outcome, StepLog};
use publisher::testing::{Plain, SeededEntropy, Sends, TestVault, entry};
use publisher::{LEASE, Limits, Publisher, PublisherConfig, RuntimeTimer};
use serde_json::json;
use store::posts::NewPost;
use store::{Store, StoreConfig};
use tokio::sync::Notify;

type Failure = Box<dyn std::error::Error>;

/// The machine's clocks.
struct MachineClock(Instant);

impl Clock for MachineClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that is passed in"
    )]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Timestamp::from_millis(since.map_or(0, |s| s.as_millis() as i64))
    }

    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Takes every post at once and notes how late it came.
struct Sink {
    taken: AtomicUsize,
    expected: usize,
    late: std::sync::Mutex<Vec<u64>>,
    all: Notify,
}

/// The way to the sink that all connectors share.
struct ToSink(Arc<Sink>);

#[async_trait]
impl Sends for ToSink {
    fn shows_at_once(&self, _: &Job) -> Option<String> {
        Some("segment/0".to_owned())
    }

    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, ctx: Ctx<'_>) -> Outcome {
        if let Err(lost) = steps.about_to_show("segment/0").await {
            return Outcome::Interrupted(lost);
        }
        let sink = &self.0;
        let late = ctx.clock.now().since(job.due_at).as_millis() as u64;
        if let Ok(mut all) = sink.late.lock() {
            all.push(late);
        }
        if sink.taken.fetch_add(1, Ordering::SeqCst) + 1 == sink.expected {
            sink.all.notify_one();
        }
        Outcome::Sent(Delivered {
            remote_id: job.target_id.to_string(),
            url: Some("https://sink.example/post".to_owned()),
            remote: json!({}),
        })
    }

    async fn confirm(&self, _: &Job, _: Ctx<'_>) -> Confirmation {
        Confirmation::Absent
    }
}

async fn accounts(store: &Store, count: usize) -> Result<(CalendarId, Vec<AccountId>), Failure> {
    let mut tx = store.begin(Actor::Program).await?;
    let workspace_id = store::workspaces::create(&mut tx, "Bench").await?;
    let calendar = store::calendars::new_id(&tx);
    let plan = Calendar {
        id: calendar,
        workspace_id,
        name: "Bench".to_owned(),
        description: String::new(),
        zone: Zone::utc(),
        working_hours: Vec::new(),
        default_accounts: Vec::new(),
        grace_minutes: 120,
        most_posts: None,
        status: CalendarStatus::Active,
        paused: None,
        created_at: tx.now(),
    };
    store::calendars::put(&mut tx, &plan).await?;
    let mut ids = Vec::with_capacity(count);
    for n in 0..count {
        let id = store::accounts::new_id(&tx);
        let account = Account {
            id,
            workspace_id,
            network: "sink".to_owned(),
            remote_id: id.to_string(),
            handle: format!("account {n}"),
            display_name: String::new(),
            server: String::new(),
            settings: json!({}),
            health: AccountHealth::Ok,
            paused: None,
            created_at: tx.now(),
        };
        store::accounts::put(&mut tx, &account).await?;
        ids.push(id);
    }
    tx.commit().await?;
    Ok((calendar, ids))
}

async fn posts(
    store: &Store,
    calendar: CalendarId,
    accounts: &[AccountId],
    count: usize,
    at: Timestamp,
) -> Result<(), Failure> {
    let zone = Zone::utc();
    let wall = zone.wall_at(at)?;
    let post = |n: usize| NewPost {
        calendar_id: calendar,
        draft: Draft {
            segments: vec![Segment::text(format!(
                "Post {n} says something in a line of text."
            ))],
            targets: vec![TargetDraft {
                account_id: accounts[n % accounts.len()],
                override_segments: None,
                options: serde_json::Map::default(),
            }],
            ..Draft::default()
        },
        when: When::Scheduled {
            wall,
            zone: zone.clone(),
            at,
        },
        time_source: TimeSource::Own,
        editorial: EditorialStatus::Scheduled,
    };
    let all: Vec<NewPost> = (0..count).map(post).collect();
    let mut tx = store.begin(Actor::Program).await?;
    store::testing::insert_many(&mut tx, &all).await?;
    tx.commit().await?;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut words = std::env::args().skip(1);
    let what = words.next().unwrap_or_else(|| "throughput".to_owned());
    let count: usize = words.next().map_or(Ok(10_000), |w| w.parse())?;
    let of: usize = words.next().map_or(Ok(1_000), |w| w.parse())?;
    let dir = tempfile::tempdir()?;
    let clock: Arc<dyn Clock> = Arc::new(MachineClock(Instant::now()));
    let entropy = Arc::new(SeededEntropy::new(1));
    let config = StoreConfig::new(
        dir.path(),
        "bench",
        "0",
        Arc::clone(&clock),
        Arc::clone(&entropy) as _,
    );
    let store = Store::open(config).await?.store;
    let (calendar, ids) = accounts(&store, of).await?;
    // For lateness the publisher is there before the second at which everything comes due.
    let ahead = if what == "lateness" {
        Duration::from_secs(3)
    } else {
        Duration::ZERO
    };
    let at = clock.now().plus(ahead);
    posts(&store, calendar, &ids, count, at).await?;
    let sink = Arc::new(Sink {
        taken: AtomicUsize::new(0),
        expected: count,
        late: std::sync::Mutex::new(Vec::with_capacity(count)),
        all: Notify::new(),
    });
    let began = Instant::now();
    let publisher = Publisher::start(PublisherConfig {
        store: store.clone(),
        connectors: vec![Arc::new(Plain {
            entry: entry("sink", Confirms::ChosenId),
            sends: ToSink(Arc::clone(&sink)),
        })],
        vault: Arc::new(TestVault::default()),
        media: media::Library::open(dir.path().join("media"))?,
        clock: Arc::clone(&clock),
        timer: Arc::new(RuntimeTimer),
        entropy,
        lease: LEASE,
        // Every account may have one in flight.
        limits: Limits {
            in_flight: 1_024,
            at_once: 512,
            ..Limits::default()
        },
        online: true,
    });
    sink.all.notified().await;
    publisher.settled().await;
    let seconds = began.elapsed().as_secs_f64();
    publisher.stop().await;
    let mut late = std::mem::take(&mut *sink.late.lock().map_err(|_| "a sink died")?);
    late.sort_unstable();
    let nth = |part: usize| late.get(late.len() * part / 100).copied().unwrap_or(0);
    let line = if what == "lateness" {
        json!({ "measure": "lateness", "posts": count, "accounts": of,
            "p50_ms": nth(50), "p99_ms": nth(99) })
    } else {
        json!({ "measure": "throughput", "posts": count, "accounts": of, "seconds": seconds,
            "per_second": count as f64 / seconds })
    };
    println!("{line}");
    store.close().await;
    Ok(())
}
