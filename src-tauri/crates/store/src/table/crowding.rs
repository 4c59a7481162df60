//! How much is planned for accounts on single days, against what their networks take.

use std::collections::BTreeMap;

use model::quota::{Counted, Limit};
use model::{AccountId, PostId, Timestamp};

use super::words::{id_list, parse, to_json};
use crate::conn::Conn;
use crate::error::Result;
use crate::publishing::{only, weight};

/// A day: its first instant and one past its last.
pub type Day = (Timestamp, Timestamp);

/// How much waits for each of these accounts on each of these days, by account and number of the day.
/// Where nothing waits there is no entry.
///
/// One statement for all accounts and days, led by the index of what waits.
pub async fn waiting(
    conn: &mut Conn,
    accounts: &[AccountId],
    days: &[Day],
    limit: &Limit,
    but: Option<PostId>,
) -> Result<BTreeMap<(AccountId, usize), u32>> {
    let (ids, days) = (id_list(accounts)?, to_json(days)?);
    let plain = limit.counts == Counted::Posts && limit.only.is_none() && but.is_none();
    let rows: Vec<(String, i64, i64)> = if plain {
        sqlx::query_as(
            "SELECT t.account_id, d.key, count(*)
             FROM json_each(?1) a CROSS JOIN json_each(?2) d
             CROSS JOIN targets t ON t.account_id = a.value AND t.state = 'waiting'
               AND t.due_at >= d.value ->> 0 AND t.due_at < d.value ->> 1
             GROUP BY 1, 2",
        )
        .bind(ids)
        .bind(days)
        .fetch_all(conn.sql())
        .await?
    } else {
        let (option, values) = only(limit)?;
        sqlx::query_as(concat!(
            "SELECT t.account_id, d.key, sum(",
            weight!("?3", "?4", "?5"),
            ") FROM json_each(?1) a CROSS JOIN json_each(?2) d
             CROSS JOIN targets t ON t.account_id = a.value AND t.state = 'waiting'
               AND t.due_at >= d.value ->> 0 AND t.due_at < d.value ->> 1
               AND t.post_id IS NOT ?6
             GROUP BY 1, 2"
        ))
        .bind(ids)
        .bind(days)
        .bind(limit.counts.word())
        .bind(option)
        .bind(values)
        .bind(but.map(|id| id.to_string()))
        .fetch_all(conn.sql())
        .await?
    };
    let mut found = BTreeMap::new();
    for (account, day, count) in rows {
        let (Ok(day), Ok(count)) = (usize::try_from(day), u32::try_from(count)) else {
            continue;
        };
        found.insert((parse(&account)?, day), count);
    }
    Ok(found)
}

/// How much these accounts sent since an instant.
pub async fn sent_since(
    conn: &mut Conn,
    accounts: &[AccountId],
    since: Timestamp,
    limit: &Limit,
) -> Result<BTreeMap<AccountId, u32>> {
    let (option, values) = only(limit)?;
    let rows: Vec<(String, i64)> = sqlx::query_as(concat!(
        "SELECT t.account_id, sum(",
        weight!("?3", "?4", "?5"),
        ") FROM attempts s CROSS JOIN targets t ON t.id = s.target_id
         WHERE s.started_at >= ?1 AND s.outcome = 'sent'
           AND t.account_id IN (SELECT value FROM json_each(?2))
         GROUP BY 1"
    ))
    .bind(since.as_millis())
    .bind(id_list(accounts)?)
    .bind(limit.counts.word())
    .bind(option)
    .bind(values)
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|(account, count)| Ok((parse(&account)?, u32::try_from(count).unwrap_or(0))))
        .collect()
}

/// How many posts of an account its network holds or was asked to hold until their time: on one day, and
/// in all. The post itself, where it is known already, is left out.
pub async fn held(
    conn: &mut Conn,
    account: AccountId,
    day: Day,
    but: Option<PostId>,
) -> Result<(u32, u32)> {
    let (on_day, in_all): (i64, i64) = sqlx::query_as(
        "SELECT count(*) FILTER (WHERE due_at >= ?2 AND due_at < ?3), count(*) FROM (
           SELECT post_id, due_at FROM targets WHERE account_id = ?1 AND state = 'waiting'
             AND due_at IS NOT NULL AND options ->> '$.native' = 1
           UNION ALL
           SELECT post_id, due_at FROM targets WHERE account_id = ?1 AND state = 'placed')
         WHERE post_id IS NOT ?4",
    )
    .bind(account.to_string())
    .bind(day.0.as_millis())
    .bind(day.1.as_millis())
    .bind(but.map(|id| id.to_string()))
    .fetch_one(conn.sql())
    .await?;
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok((count(on_day), count(in_all)))
}
