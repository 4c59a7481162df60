//! Kills, settles, counts.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use model::account::{Account, AccountHealth};
use model::calendar::{Calendar, CalendarStatus};
use model::change::Actor;
use model::content::Segment;
use model::delivery::DeliveryState;
use model::post::{Draft, Target, TargetDraft, TimeSource};
use model::status::EditorialStatus;
use model::when::{When, Zone};
use model::{AccountId, CalendarId, Clock, Entropy, PostId};
use networks::catalogue::Confirms;
use publisher::testing::{SeededEntropy, TestClock, points};
use publisher::{LEASE, NoticeKind, Publisher};
use store::posts::NewPost;
use store::{Store, publishing};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::child::{self, MachineClock};
use crate::sandbox::Sandbox;
use crate::{Failure, network};

/// Data folders that are worked on at the same time.
const WORKERS: u64 = 3;
/// A random kill comes within this time of the start.
const RANDOM_WITHIN: Duration = Duration::from_millis(40);
/// How often the settling start may let time go by.
const ROUNDS: u32 = 40;

/// What happened over all kills.
#[derive(Default)]
struct Tally {
    killed: BTreeMap<String, u32>,
    asked: u32,
    looked_after: u32,
}

impl Tally {
    /// Whoever gets here has counted neither a second post nor a lost one: those end the test.
    fn print_rows(&self) {
        let row = |measure: &str, value: u32, unit: &str, goal: Option<&str>| {
            let holds = goal.map(|_| true);
            println!(
                "{}",
                serde_json::json!({
                    "measure": measure, "value": value, "unit": unit, "goal": goal, "holds": holds,
                })
            );
        };
        let kills = self.killed.values().sum();
        row("kills in the middle of publishing", kills, "kills", None);
        row(
            "posts counted after a kill",
            self.looked_after,
            "posts",
            None,
        );
        row("of them twice on the network", 0, "posts", Some("none"));
        row("of them lost without asking", 0, "posts", Some("none"));
        row("of them asked about", self.asked, "posts", None);
    }
}

pub fn run(kills: u32, rows: bool) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let began = Instant::now();
        let left = Arc::new(AtomicU32::new(kills));
        let mut workers = tokio::task::JoinSet::new();
        for seed in 1..=WORKERS {
            workers.spawn(work(seed, Arc::clone(&left)));
        }
        let mut all = Tally::default();
        while let Some(done) = workers.join_next().await {
            let tally = done??;
            all.asked += tally.asked;
            all.looked_after += tally.looked_after;
            for (point, count) in tally.killed {
                *all.killed.entry(point).or_default() += count;
            }
        }
        let total: u32 = all.killed.values().sum();
        println!(
            "{total} kills in {:.1} s, {} posts after a kill, {} asked about, none twice, none lost: {:?}",
            began.elapsed().as_secs_f64(),
            all.looked_after,
            all.asked,
            all.killed
        );
        if rows {
            all.print_rows();
        }
        let unreached: Vec<_> = points::ALL.iter().filter(|p| !all.killed.contains_key(**p)).collect();
        if kills >= 100 && !unreached.is_empty() {
            return Err(format!("never killed at {unreached:?}").into());
        }
        Ok(())
    })
}

/// One data folder, killed over until no kills are left.
async fn work(seed: u64, left: Arc<AtomicU32>) -> Result<Tally, Failure> {
    let dir = tempfile::tempdir()?;
    let sandbox = Sandbox::start().await?;
    let chance = SeededEntropy::new(seed);
    let mut tally = Tally::default();
    let place = found(dir.path(), seed).await?;
    let take = || {
        left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1))
            .is_ok()
    };
    while take() {
        loop {
            let run = chance.below(u64::MAX);
            let posts = place.posts(dir.path(), run).await?;
            let killed = kill(dir.path(), &sandbox, &chance, run).await?;
            sandbox.drained().await?;
            settle(dir.path(), &sandbox, &posts, run, &mut tally).await?;
            if let Some(point) = killed {
                *tally.killed.entry(point).or_default() += 1;
                break;
            }
        }
    }
    Ok(tally)
}

/// Starts the child and kills it at a point or at a random instant. None when it was done before.
async fn kill(
    dir: &Path,
    sandbox: &Sandbox,
    chance: &SeededEntropy,
    run: u64,
) -> Result<Option<String>, Failure> {
    let which = chance.below(points::ALL.len() as u64 + 2) as usize;
    let mut command = Command::new(std::env::current_exe()?);
    command
        .env(child::DIR, dir)
        .env(child::ADDRESS, sandbox.address.to_string())
        .env(child::SEED, run.to_string())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    let point = points::ALL.get(which);
    if let Some(point) = point {
        // Three posts, two of them threads of two: most points are reached several times.
        let count = if *point == "after_claim" {
            1
        } else {
            1 + chance.below(3)
        };
        command.env(points::VARIABLE, format!("{point}:{count}"));
    }
    let mut child = command.spawn()?;
    let out = child.stdout.take().ok_or("the child has no output")?;
    let mut lines = BufReader::new(out).lines();
    let mut killed = None;
    while let Some(line) = lines.next_line().await? {
        if line == "done" {
            break;
        }
        if line == "ready" && point.is_none() {
            let wait = chance.below(RANDOM_WITHIN.as_micros() as u64);
            let instant = tokio::time::sleep(Duration::from_micros(wait));
            tokio::select! {
                () = instant => killed = Some("random".to_owned()),
                _ = lines.next_line() => {}
            }
            break;
        }
        if let Some(at) = line.strip_prefix("at ") {
            killed = Some(at.to_owned());
            break;
        }
    }
    child.kill().await?;
    Ok(killed)
}

/// Another start on a clock of its own, with a person who answers the truth. Then everything is there
/// exactly once.
async fn settle(
    dir: &Path,
    sandbox: &Sandbox,
    posts: &[PostId],
    run: u64,
    tally: &mut Tally,
) -> Result<(), Failure> {
    let clock = Arc::new(TestClock::at(MachineClock(Instant::now()).now()));
    let store = child::open(dir, Arc::clone(&clock) as _, run ^ 1).await?;
    let config = child::config(
        &store,
        sandbox.address,
        Arc::clone(&clock) as _,
        Arc::clone(&clock) as _,
        run ^ 2,
    )?;
    let publisher = Publisher::start(config);
    let mut news = publisher.notices();
    let mut rounds = 0;
    while !all_published(&store, posts).await? {
        publisher.settled().await;
        while let Ok(notice) = news.try_recv() {
            if notice.kind == NoticeKind::Unconfirmed {
                tally.asked += notice.count;
                let asked: Vec<PostId> = notice.posts.iter().map(|p| p.post_id).collect();
                answer(&store, sandbox, &asked).await?;
            }
        }
        clock.advance(if rounds == 0 {
            LEASE
        } else {
            Duration::from_mins(1)
        });
        publisher.settled().await;
        rounds += 1;
        if rounds > ROUNDS {
            return Err(format!(
                "run {run} never settled: {:?}",
                states(&store, posts).await?
            )
            .into());
        }
    }
    publisher.stop().await;
    for target in targets(&store, posts).await? {
        for index in 0..segments(&store, &target).await? {
            let count = sandbox.count(&network::segment(target.id, index));
            if count != 1 {
                return Err(format!(
                    "run {run}: segment {index} of {} on account {} is visible {count} times",
                    target.id, target.draft.account_id
                )
                .into());
            }
        }
    }
    tally.looked_after += posts.len() as u32;
    store.close().await;
    Ok(())
}

/// The person looks at the network and says what is there.
async fn answer(store: &Store, sandbox: &Sandbox, posts: &[PostId]) -> Result<(), Failure> {
    for target in targets(store, posts).await? {
        if target.state == DeliveryState::Unconfirmed {
            let mut tx = store.begin(Actor::Person).await?;
            if sandbox.count(&network::segment(target.id, 0)) == 0 {
                publishing::send_again(&mut tx, target.id).await?;
            } else {
                publishing::say_published(&mut tx, target.id, None).await?;
            }
            tx.commit().await?;
        }
    }
    Ok(())
}

async fn targets(store: &Store, posts: &[PostId]) -> Result<Vec<Target>, Failure> {
    let posts = store::posts::get_many(&mut store.read().await?, posts).await?;
    Ok(posts.into_iter().flat_map(|p| p.targets).collect())
}

async fn segments(store: &Store, target: &Target) -> Result<usize, Failure> {
    let all = publishing::deliveries(&mut store.read().await?, &[target.id]).await?;
    Ok(all.first().map_or(0, |d| d.segments.len()))
}

async fn states(store: &Store, posts: &[PostId]) -> Result<Vec<DeliveryState>, Failure> {
    Ok(targets(store, posts)
        .await?
        .iter()
        .map(|t| t.state)
        .collect())
}

async fn all_published(store: &Store, posts: &[PostId]) -> Result<bool, Failure> {
    Ok(states(store, posts)
        .await?
        .iter()
        .all(|s| *s == DeliveryState::Published))
}

/// The calendar and accounts of a data folder.
struct Place {
    calendar: CalendarId,
    accounts: Vec<(AccountId, Confirms)>,
}

async fn found(dir: &Path, seed: u64) -> Result<Place, Failure> {
    let clock: Arc<dyn Clock> = Arc::new(MachineClock(Instant::now()));
    let store = child::open(dir, clock, seed).await?;
    let mut tx = store.begin(Actor::Person).await?;
    let workspace_id = store::workspaces::create(&mut tx, "Crash").await?;
    let calendar = store::calendars::new_id(&tx);
    let plan = Calendar {
        id: calendar,
        workspace_id,
        name: "Crash".to_owned(),
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
    let mut accounts = Vec::new();
    for (key, confirms) in network::KEYS {
        let id = store::accounts::new_id(&tx);
        let account = Account {
            id,
            workspace_id,
            network: key.to_owned(),
            remote_id: key.to_owned(),
            handle: key.to_owned(),
            display_name: String::new(),
            server: String::new(),
            settings: serde_json::json!({}),
            health: AccountHealth::Ok,
            paused: None,
            created_at: tx.now(),
        };
        store::accounts::put(&mut tx, &account).await?;
        accounts.push((id, confirms));
    }
    tx.commit().await?;
    store.close().await;
    Ok(Place { calendar, accounts })
}

impl Place {
    /// Three posts that are due: threads of two, and a single one where only a person can tell.
    async fn posts(&self, dir: &Path, run: u64) -> Result<Vec<PostId>, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(MachineClock(Instant::now()));
        let at = clock.now();
        let store = child::open(dir, clock, run ^ 3).await?;
        let zone = Zone::utc();
        let wall = zone.wall_at(at)?;
        let mut tx = store.begin(Actor::Person).await?;
        let mut posts = Vec::new();
        for (account_id, confirms) in &self.accounts {
            let texts: &[&str] = if *confirms == Confirms::AskPerson {
                &["only"]
            } else {
                &["first", "second"]
            };
            let new = NewPost {
                calendar_id: self.calendar,
                draft: Draft {
                    segments: texts.iter().copied().map(Segment::text).collect(),
                    targets: vec![TargetDraft {
                        account_id: *account_id,
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
            posts.push(store::posts::create(&mut tx, &new).await?);
        }
        tx.commit().await?;
        store.close().await;
        Ok(posts)
    }
}
