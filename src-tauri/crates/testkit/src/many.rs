//! A program whose calendar holds very many posts, for measures: put in as rows, because saving them one
//! by one as a person would takes longer than what is measured.

use std::error::Error;
use std::sync::Arc;

use model::change::Actor;
use model::content::Segment;
use model::post::{Draft, TargetDraft, TimeSource};
use model::status::EditorialStatus;
use model::when::{When, Zone};
use model::{AccountId, CalendarId, Clock, Timestamp};
use publisher::testing::SeededEntropy;
use store::posts::NewPost;
use store::{Store, StoreConfig};

use crate::app::{MACHINE, TestApp};

/// Why there are no such posts.
type Failure = Box<dyn Error + Send + Sync>;

/// Rows that are built at a time.
const BATCH: usize = 5_000;
/// From one post to the next: a hundred thousand of them fill four years.
const STEP_MS: i64 = 21 * 60 * 1_000;
/// 2027-01-01T00:00:00Z.
const FIRST_MS: i64 = 1_798_761_600_000;
/// Makes identifiers that no opening of the program makes.
const SEED: u64 = 0x6d61_6e79;

impl TestApp {
    /// Ends the program, puts this many scheduled posts into its calendar, one every 21 minutes from
    /// 2027 on, and opens it again.
    pub async fn with_posts(self, many: usize, account: AccountId) -> Result<Self, Failure> {
        let calendar = self.calendar().await.id;
        let closed = self.close().await;
        let opened = Store::open(StoreConfig::new(
            closed.data_dir(),
            MACHINE,
            "0.0.0-test",
            Arc::clone(&closed.clock) as Arc<dyn Clock>,
            Arc::new(SeededEntropy::new(SEED)),
        ))
        .await?;
        let mut tx = opened.store.begin(Actor::Program).await?;
        for from in (0..many).step_by(BATCH) {
            let upto = many.min(from + BATCH);
            let posts: Result<Vec<NewPost>, _> =
                (from..upto).map(|n| post(calendar, account, n)).collect();
            store::testing::insert_many(&mut tx, &posts?).await?;
        }
        tx.commit().await?;
        opened.store.close().await;
        Ok(closed.open(MACHINE).await?)
    }
}

fn post(calendar: CalendarId, account: AccountId, n: usize) -> Result<NewPost, Failure> {
    let at = Timestamp::from_millis(FIRST_MS + n as i64 * STEP_MS);
    let words = format!("Post number {n}, with some words as people write them");
    Ok(NewPost {
        calendar_id: calendar,
        draft: Draft {
            segments: vec![Segment::text(words)],
            targets: vec![TargetDraft {
                account_id: account,
                override_segments: None,
                options: serde_json::Map::new(),
            }],
            ..Draft::default()
        },
        when: When::Scheduled {
            wall: Zone::utc().wall_at(at)?,
            zone: Zone::utc(),
            at,
        },
        time_source: TimeSource::Own,
        editorial: EditorialStatus::Scheduled,
    })
}
