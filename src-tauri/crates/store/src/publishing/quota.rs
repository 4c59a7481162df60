//! What a network takes from one account in an hour and a day.

use std::collections::HashSet;
use std::time::Duration;

use model::change::Subject;
use model::quota::Limit;
use model::{PostId, Timestamp};

use crate::error::Result;
use crate::table::words::{parse, to_json};
use crate::tx::Tx;

/// Attempts are found by their start; a send takes far less than this.
const SLACK: Duration = Duration::from_hours(1);

/// What a network takes.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkQuota {
    /// Key of the network.
    pub network: String,
    /// Its name, for the sentence.
    pub name: String,
    /// Its limits for one account.
    pub limits: Vec<Limit>,
}

/// How much a target `t` takes of a limit: `$kind` is what the limit counts, `$option` and `$values`
/// the posts it holds for; see [`Limit::weight`].
macro_rules! weight {
    ($kind:literal, $option:literal, $values:literal) => {
        concat!(
            "CASE WHEN ",
            $option,
            " IS NOT NULL AND coalesce(t.options ->> ",
            $option,
            " IN (SELECT value FROM json_each(",
            $values,
            ")), 0) = 0 THEN 0
             ELSE CASE ",
            $kind,
            " WHEN 'posts' THEN 1
               WHEN 'parts' THEN json_array_length(coalesce(t.own_segments,
                 (SELECT segments FROM posts WHERE id = t.post_id)))
               WHEN 'replies' THEN max(0, json_array_length(coalesce(t.own_segments,
                 (SELECT segments FROM posts WHERE id = t.post_id))) - 1)
               ELSE iif(",
            $kind,
            " = 'calls', 1, 0) + (SELECT count(*) FROM post_media m WHERE m.post_id = t.post_id
                 AND m.target_id = CASE WHEN t.own_segments IS NULL THEN '' ELSE t.id END)
             END END"
        )
    };
}
pub(crate) use weight;

/// The option and the values of a limit as its statements want them.
pub(crate) fn only(limit: &Limit) -> Result<(Option<&str>, String)> {
    Ok(match &limit.only {
        Some(only) => (Some(&only.option), to_json(&only.values)?),
        None => (None, "[]".to_owned()),
    })
}

/// Puts due targets of accounts that used up a limit off until it frees, with the reason. The wait is
/// written down, so that it never counts as lateness.
pub async fn apply_quotas(tx: &mut Tx, quotas: &[NetworkQuota]) -> Result<()> {
    if quotas.is_empty() {
        return Ok(());
    }
    let due = networks_with_something_due(tx).await?;
    for quota in quotas.iter().filter(|q| due.contains(&q.network)) {
        for limit in &quota.limits {
            apply(tx, quota, limit).await?;
        }
    }
    Ok(())
}

async fn networks_with_something_due(tx: &mut Tx) -> Result<HashSet<String>> {
    let now = tx.now().as_millis();
    let rows: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT a.network FROM accounts a WHERE EXISTS (
           SELECT 1 FROM targets t WHERE t.account_id = a.id AND t.state = 'waiting'
             AND t.due_at <= ?1 AND (t.not_before IS NULL OR t.not_before <= ?1))",
    )
    .bind(now)
    .fetch_all(tx.sql())
    .await?;
    Ok(rows.into_iter().collect())
}

async fn apply(tx: &mut Tx, quota: &NetworkQuota, limit: &Limit) -> Result<()> {
    let now = tx.now();
    let window = limit.span.length();
    let (option, values) = only(limit)?;
    // Ends that lie ahead (the clock was set back) count as well: better late than over the quota.
    let used_up: Vec<(String, i64)> = sqlx::query_as(concat!(
        "SELECT account_id, min(ended_at) FROM (
           SELECT t.account_id, s.ended_at, ",
        weight!("?5", "?6", "?7"),
        "  AS weight FROM attempts s
           CROSS JOIN targets t ON t.id = s.target_id
           CROSS JOIN accounts a ON a.id = t.account_id
           WHERE s.started_at > ?1 AND s.ended_at > ?2 AND s.outcome = 'sent' AND a.network = ?3)
         WHERE weight > 0 GROUP BY account_id HAVING sum(weight) >= ?4"
    ))
    .bind(now.minus(window + SLACK).as_millis())
    .bind(now.minus(window).as_millis())
    .bind(&quota.network)
    .bind(limit.most)
    .bind(limit.counts.word())
    .bind(option)
    .bind(values)
    .fetch_all(tx.sql())
    .await?;
    for (account, oldest) in used_up {
        let free = Timestamp::from_millis(oldest)
            .plus(window)
            .min(now.plus(window));
        put_off(tx, &account, free, limit, &quota.name).await?;
    }
    Ok(())
}

async fn put_off(
    tx: &mut Tx,
    account: &str,
    free: Timestamp,
    limit: &Limit,
    network: &str,
) -> Result<()> {
    let now = tx.now().as_millis();
    let (option, values) = only(limit)?;
    let posts: Vec<String> = sqlx::query_scalar(concat!(
        "UPDATE targets AS t SET not_before = ?1, next_try_at = ?1,
           failure_category = 'rate_limited', failure_message = ?2, failure_detail = NULL,
           failure_attempt = attempts_made
         WHERE t.account_id = ?3 AND t.state = 'waiting' AND t.due_at <= ?4
           AND (t.not_before IS NULL OR t.not_before <= ?4) AND ",
        weight!("?5", "?6", "?7"),
        " > 0 RETURNING post_id"
    ))
    .bind(free.as_millis())
    .bind(format!("{}.", limit.words(network)))
    .bind(account)
    .bind(now)
    .bind(limit.counts.word())
    .bind(option)
    .bind(values)
    .fetch_all(tx.sql())
    .await?;
    for post in posts {
        let post: PostId = parse(&post)?;
        tx.changed(Subject::Post, post);
    }
    Ok(())
}
