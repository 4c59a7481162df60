//! A network's own limit of posts an hour and a day.

use std::time::Duration;

use model::change::Subject;
use model::{PostId, Timestamp};

use crate::error::Result;
use crate::table::words::parse;
use crate::tx::Tx;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// The quota of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkQuota {
    /// Key of the network.
    pub network: String,
    /// Its name, for the sentence.
    pub name: String,
    /// Most posts of one account in an hour.
    pub per_hour: Option<u32>,
    /// Most posts of one account in a day.
    pub per_day: Option<u32>,
}

/// Puts due targets of accounts that used up a quota off until it frees, with the reason. The wait is
/// written down, so that it never counts as lateness.
pub async fn apply_quotas(tx: &mut Tx, quotas: &[NetworkQuota]) -> Result<()> {
    for quota in quotas {
        for (most, window, words) in [
            (quota.per_hour, HOUR, "an hour"),
            (quota.per_day, DAY, "a day"),
        ] {
            if let Some(most) = most {
                apply(tx, quota, most, window, words).await?;
            }
        }
    }
    Ok(())
}

async fn apply(
    tx: &mut Tx,
    quota: &NetworkQuota,
    most: u32,
    window: Duration,
    words: &str,
) -> Result<()> {
    let now = tx.now();
    // Attempts are found by their start; a send takes far less than the hour of slack given here.
    // Ends that lie ahead (the clock was set back) count as well: better late than over the quota.
    let used_up: Vec<(String, i64)> = sqlx::query_as(
        "SELECT t.account_id, min(s.ended_at) FROM attempts s
         CROSS JOIN targets t ON t.id = s.target_id
         CROSS JOIN accounts a ON a.id = t.account_id
         WHERE s.started_at > ?1 AND s.ended_at > ?2 AND s.outcome = 'sent' AND a.network = ?3
         GROUP BY t.account_id HAVING count(*) >= ?4",
    )
    .bind(now.minus(window + HOUR).as_millis())
    .bind(now.minus(window).as_millis())
    .bind(&quota.network)
    .bind(most)
    .fetch_all(tx.sql())
    .await?;
    for (account, oldest) in used_up {
        let free = Timestamp::from_millis(oldest)
            .plus(window)
            .min(now.plus(window));
        let message = format!(
            "{} takes {most} posts {words} from one account.",
            quota.name
        );
        put_off(tx, &account, free, &message).await?;
    }
    Ok(())
}

async fn put_off(tx: &mut Tx, account: &str, free: Timestamp, message: &str) -> Result<()> {
    let now = tx.now().as_millis();
    let posts: Vec<String> = sqlx::query_scalar(
        "UPDATE targets SET not_before = ?1, next_try_at = ?1, failure_category = 'rate_limited',
           failure_message = ?2, failure_detail = NULL, failure_attempt = attempts_made
         WHERE account_id = ?3 AND state = 'waiting' AND due_at <= ?4
           AND (not_before IS NULL OR not_before <= ?4)
         RETURNING post_id",
    )
    .bind(free.as_millis())
    .bind(message)
    .bind(account)
    .bind(now)
    .fetch_all(tx.sql())
    .await?;
    for post in posts {
        let post: PostId = parse(&post)?;
        tx.changed(Subject::Post, post);
    }
    Ok(())
}
