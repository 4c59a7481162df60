//! What a network takes from one account in an hour and a day.

use std::collections::HashSet;
use std::time::Duration;

use model::change::Subject;
use model::quota::{Counted, Limit};
use model::{PostId, Timestamp};

use super::claim::{next_due, shut};
use crate::error::Result;
use crate::table::words::{parse, to_json};
use crate::tx::Tx;

/// Attempts are found by their start, and a send takes less than this: those of large files over slow lines that
/// take longer are too few to use up a limit.
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

/// Puts due targets that do not fit into what an account has left of a limit off until enough is free, with
/// the reason. The wait is written down, so that it never counts as lateness.
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

/// What an account sends next does not fit into what is left, or what has waited longer does not.
struct TooMuch {
    account: String,
    /// So much has to be free.
    room: i64,
    /// What takes at least this much waits until then.
    from: i64,
}

async fn apply(tx: &mut Tx, quota: &NetworkQuota, limit: &Limit) -> Result<()> {
    loop {
        let next = too_much(tx, quota, limit).await?;
        if next.is_empty() {
            return Ok(());
        }
        for one in next {
            let sent = sent(tx, &one.account, limit).await?;
            let free = frees(&sent, one.room, limit, tx.now());
            put_off(tx, &one, free, limit, &quota.name).await?;
        }
    }
}

/// Accounts that used some of a limit and whose next post takes more than is left: a thread must not stop
/// in its middle. What is larger than the whole limit goes out where nothing is used. What takes less goes
/// out meanwhile, but not for ever: nothing overtakes what has waited for as long as the limit counts, or a
/// busy account would never send it.
async fn too_much(tx: &mut Tx, quota: &NetworkQuota, limit: &Limit) -> Result<Vec<TooMuch>> {
    let now = tx.now();
    let window = limit.span.length();
    let (option, values) = only(limit)?;
    // Where each weighs one, most accounts can be passed over at once.
    let least = match limit.counts {
        Counted::Posts => limit.most,
        Counted::Parts | Counted::Files | Counted::Replies | Counted::Calls => 1,
    };
    // Ends that lie ahead (the clock was set back) count as well: better late than over the quota.
    let rows: Vec<(String, i64, Option<i64>)> = sqlx::query_as(concat!(
        "WITH ",
        shut!(),
        ", used (account_id, taken) AS MATERIALIZED (
           SELECT account_id, sum(weight) FROM (
             SELECT t.account_id, ",
        weight!("?5", "?6", "?7"),
        "  AS weight FROM attempts s
             CROSS JOIN targets t ON t.id = s.target_id
             CROSS JOIN accounts a ON a.id = t.account_id
             WHERE s.started_at > ?1 AND s.ended_at > ?2 AND s.outcome = 'sent' AND a.network = ?3)
           WHERE weight > 0 GROUP BY account_id HAVING sum(weight) >= ?9),
         waited (account_id, due_at, weight) AS MATERIALIZED (
           SELECT account_id, min(due_at), weight FROM (
             SELECT t.account_id, t.due_at, u.taken, ",
        weight!("?5", "?6", "?7"),
        "  AS weight FROM used u CROSS JOIN targets t ON t.account_id = u.account_id
               AND t.state = 'waiting' AND t.due_at <= ?2
             WHERE t.not_before > ?8 AND t.failure_category = 'rate_limited' AND t.called_off = 0
               AND NOT EXISTS (
                 SELECT 1 FROM posts p WHERE p.id = t.post_id
                   AND p.calendar_id IN (SELECT id FROM shut)))
           WHERE weight > 0 AND taken + weight > ?4 GROUP BY account_id)
         SELECT n.account_id, n.weight, w.weight FROM (
           SELECT t.account_id, t.due_at, u.taken, ",
        weight!("?5", "?6", "?7"),
        "  AS weight FROM used u CROSS JOIN targets t ON t.rowid = (",
        next_due!("u.account_id", "?8"),
        ")) n
         LEFT JOIN waited w ON w.account_id = n.account_id AND w.due_at <= n.due_at
         WHERE n.weight > 0 AND (n.taken + n.weight > ?4 OR w.weight IS NOT NULL)"
    ))
    .bind(now.minus(window + SLACK).as_millis())
    .bind(now.minus(window).as_millis())
    .bind(&quota.network)
    .bind(limit.most)
    .bind(limit.counts.word())
    .bind(option)
    .bind(values)
    .bind(now.as_millis())
    .bind(least)
    .fetch_all(tx.sql())
    .await?;
    let all = rows.into_iter().map(|(account, weight, waited)| TooMuch {
        account,
        room: waited.unwrap_or(weight),
        from: waited.map_or(weight, |_| 1),
    });
    Ok(all.collect())
}

/// What an account sent within the time of a limit, oldest first: when, and how much of it.
async fn sent(tx: &mut Tx, account: &str, limit: &Limit) -> Result<Vec<(i64, i64)>> {
    let now = tx.now();
    let window = limit.span.length();
    let (option, values) = only(limit)?;
    Ok(sqlx::query_as(concat!(
        "SELECT ended_at, weight FROM (
           SELECT s.ended_at, ",
        weight!("?4", "?5", "?6"),
        "  AS weight FROM attempts s
           CROSS JOIN targets t ON t.id = s.target_id
           WHERE s.started_at > ?1 AND s.ended_at > ?2 AND s.outcome = 'sent' AND t.account_id = ?3)
         WHERE weight > 0 ORDER BY ended_at"
    ))
    .bind(now.minus(window + SLACK).as_millis())
    .bind(now.minus(window).as_millis())
    .bind(account)
    .bind(limit.counts.word())
    .bind(option)
    .bind(values)
    .fetch_all(tx.sql())
    .await?)
}

/// When so much of a limit is free that `weight` fits, or all of it where it is larger.
fn frees(sent: &[(i64, i64)], weight: i64, limit: &Limit, now: Timestamp) -> Timestamp {
    let window = limit.span.length();
    let used: i64 = sent.iter().map(|(_, weight)| weight).sum();
    let wanted = used.min(used + weight - i64::from(limit.most));
    let mut freed = 0;
    let last = sent.iter().find(|(_, weight)| {
        freed += weight;
        freed >= wanted
    });
    let ended = last.map_or(now, |(at, _)| Timestamp::from_millis(*at));
    ended.plus(window).min(now.plus(window))
}

/// Puts what is due off, and with it whatever else of the account is not to go out before.
async fn put_off(
    tx: &mut Tx,
    next: &TooMuch,
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
        " >= ?8 RETURNING post_id"
    ))
    .bind(free.as_millis())
    .bind(format!("{}.", limit.words(network)))
    .bind(&next.account)
    .bind(now)
    .bind(limit.counts.word())
    .bind(option)
    .bind(values)
    .bind(next.from)
    .fetch_all(tx.sql())
    .await?;
    for post in posts {
        let post: PostId = parse(&post)?;
        tx.changed(Subject::Post, post);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use model::quota::Span;

    use super::*;

    #[test]
    fn so_much_frees_as_is_wanted_and_all_of_it_for_what_is_larger() {
        let minute = |n: i64| Timestamp::from_millis(n * 60_000);
        let limit = Limit::posts(10, Span::Hour).counting(Counted::Parts, "posts");
        let sent = [(0, 4), (5 * 60_000, 1), (10 * 60_000, 4)];
        let free = |weight| frees(&sent, weight, &limit, minute(20));
        // One is left.
        assert_eq!(free(2), minute(60));
        assert_eq!(free(5), minute(60));
        assert_eq!(free(6), minute(65));
        assert_eq!(free(7), minute(70));
        assert_eq!(free(50), minute(70));
        // An end that lies ahead holds nothing up for longer than the limit's time.
        let ahead = [(90 * 60_000, 10)];
        assert_eq!(frees(&ahead, 1, &limit, minute(20)), minute(80));
    }
}
