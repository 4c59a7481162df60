//! How long the library's questions take with 20,000 files and posts that use them.
//! `cargo xtask bench` runs it and reads the lines of JSON it prints.

use std::time::Instant;

use model::change::Actor;
use model::content::MediaUse;
use model::library::{FileOrder, FileQuery, FileUse};
use model::post::TimeSource;
use model::status::EditorialStatus;
use model::when::When;
use serde_json::json;
use store::files::FileInfo;
use store::posts::NewPost;
use store::testing::media_id;

#[path = "../tests/it/fixture.rs"]
#[allow(
    dead_code,
    clippy::unwrap_used,
    reason = "the tests use the rest of it"
)]
mod fixture;

const FILES: u64 = 20_000;
/// Every so many files one is used.
const USED: u64 = 4;
const PAGE: u32 = 120;
const RUNS: usize = 15;
/// A page has to be there long before the room is drawn.
const MOST_MS: f64 = 50.0;

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let world = fixture::World::new().await;
    let mut tx = world.store.begin(Actor::Program).await?;
    for n in 0..FILES {
        store::files::put(&mut tx, &file(n)).await?;
    }
    let posts: Vec<NewPost> = (0..FILES)
        .step_by(USED as usize)
        .map(|n| {
            let mut draft = world.draft("Words");
            draft.segments[0].media = vec![MediaUse::new(media_id(n), "")];
            NewPost {
                calendar_id: world.calendar,
                draft,
                when: When::Unplanned,
                time_source: TimeSource::Own,
                editorial: EditorialStatus::Draft,
            }
        })
        .collect();
    store::testing::insert_many(&mut tx, &posts).await?;
    tx.commit().await?;

    let words = FileQuery {
        words: "beach 1999".to_owned(),
        ..FileQuery::default()
    };
    let unused = FileQuery {
        usage: Some(FileUse::Unused),
        ..FileQuery::default()
    };
    let unused_first = FileQuery {
        order: FileOrder::UnusedFirst,
        ..FileQuery::default()
    };
    let by_name = FileQuery {
        order: FileOrder::Name,
        ..FileQuery::default()
    };
    for (what, query, offset) in [
        ("first page", &FileQuery::default(), 0),
        ("last page", &FileQuery::default(), 19_800),
        ("search", &words, 0),
        ("unused", &unused, 0),
        ("unused first", &unused_first, 0),
        ("by name", &by_name, 0),
    ] {
        let mut times = Vec::with_capacity(RUNS);
        for _ in 0..RUNS {
            let mut conn = world.store.read().await?;
            let began = Instant::now();
            let page = store::library::page(&mut conn, query, offset, PAGE).await?;
            times.push(began.elapsed().as_secs_f64() * 1000.0);
            if page.files.is_empty() || u64::from(page.whole) != FILES {
                return Err(format!("{what} found nothing").into());
            }
        }
        times.sort_unstable_by(f64::total_cmp);
        let middle = times[RUNS / 2];
        let row = json!({
            "measure": format!("library of 20,000 files, {what}"), "value": middle, "unit": "ms",
            "goal": format!("at most {MOST_MS} ms"), "holds": middle <= MOST_MS,
        });
        println!("{row}");
    }
    Ok(())
}

fn file(n: u64) -> FileInfo {
    FileInfo {
        id: media_id(n),
        mime: "image/jpeg".to_owned(),
        bytes: 1_000_000 + n,
        width: Some(4_000),
        height: Some(3_000),
        name: format!("IMG_{n:05}_beach.jpg"),
        alt: format!("Picture number {n} with some words about what is on it"),
        imported_at: model::Timestamp::from_millis(fixture::NOW + n as i64),
        clip: None,
        document: None,
        probed: 0,
        missing: false,
        used: 0,
        labels: if n.is_multiple_of(5) {
            vec!["Shop".to_owned()]
        } else {
            Vec::new()
        },
        rights: String::new(),
        moving: false,
        deleted_at: None,
    }
}
