//! How long the month query takes with 10,000 posts in the month and 200,000 in the store.
//! `cargo xtask bench` runs it and reads the line of JSON it prints.

use std::time::Instant;

use model::Timestamp;
use model::change::Actor;
use model::post::TimeSource;
use model::quota::{Limit, Span};
use model::status::EditorialStatus;
use model::when::{When, Zone};
use serde_json::json;
use store::posts::NewPost;

#[path = "../tests/it/fixture.rs"]
#[allow(
    dead_code,
    clippy::unwrap_used,
    reason = "the tests use the rest of it"
)]
mod fixture;

const ALL: usize = 200_000;
const MONTH: usize = 10_000;
const BATCH: usize = 5_000;
const MONTH_MS: i64 = 30 * fixture::DAY;
/// Months before and after the one that is read, over which the other posts are spread.
const OTHERS: i64 = 19;
const RUNS: usize = 15;

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let world = fixture::World::new().await;
    let mut tx = world.store.begin(Actor::Program).await?;
    for first in (0..ALL).step_by(BATCH) {
        let posts: Result<Vec<NewPost>, Failure> =
            (first..first + BATCH).map(|i| post(&world, i)).collect();
        store::testing::insert_many(&mut tx, &posts?).await?;
    }
    tx.commit().await?;

    let start = Timestamp::from_millis(fixture::NOW);
    let end = Timestamp::from_millis(fixture::NOW + MONTH_MS);
    let mut times = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let mut conn = world.store.read().await?;
        let began = Instant::now();
        let found = store::posts::range(&mut conn, start, end, &[world.calendar]).await?;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
        if found.len() != MONTH {
            return Err(format!("the month has {} posts, not {MONTH}", found.len()).into());
        }
    }
    print(&mut times, "month query, 10,000 posts of 200,000");

    // What the days of that month hold against the networks' limits is asked beside it.
    let days: Vec<(Timestamp, Timestamp)> = (0..42).map(|n| (day(n), day(n + 1))).collect();
    let limit = Limit::posts(1, Span::Day);
    let mut times = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let mut conn = world.store.read().await?;
        let began = Instant::now();
        let full =
            store::crowding::waiting(&mut conn, &world.accounts, &days, &limit, None).await?;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
        if full.len() != 2 * days.len() {
            return Err(format!("{} days have posts, not all", full.len()).into());
        }
    }
    print(&mut times, "full days of that month, two accounts");
    Ok(())
}

fn day(n: i64) -> Timestamp {
    Timestamp::from_millis(fixture::NOW + n * fixture::DAY)
}

/// Prints the middle of these times.
fn print(times: &mut [f64], measure: &str) {
    times.sort_unstable_by(f64::total_cmp);
    let row = json!({ "measure": measure, "value": times[RUNS / 2], "unit": "ms" });
    println!("{row}");
}

/// The first posts stand in the month that is read, the others before and after it.
fn post(world: &fixture::World, i: usize) -> Result<NewPost, Failure> {
    let n = i as i64;
    let within = n.wrapping_mul(7_919_000) % MONTH_MS;
    let at = if i < MONTH {
        fixture::NOW + n * (MONTH_MS / MONTH as i64)
    } else {
        let month = n % OTHERS + 1;
        let months = if n % 2 == 0 { month } else { -month };
        fixture::NOW + months * MONTH_MS + within
    };
    let at = Timestamp::from_millis(at);
    let when = When::Scheduled {
        wall: Zone::utc().wall_at(at)?,
        zone: Zone::utc(),
        at,
    };
    Ok(NewPost {
        calendar_id: world.calendar,
        draft: world.draft(&format!(
            "Post number {i}, with some words to show on its chip"
        )),
        when,
        time_source: TimeSource::Own,
        editorial: EditorialStatus::Scheduled,
    })
}
