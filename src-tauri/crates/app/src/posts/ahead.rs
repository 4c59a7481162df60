//! What is known ahead of a post's minute: a day that is fuller than a network takes, and money.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil};
use model::account::Account;
use model::error::{Fix, Problem, Severity};
use model::money::{dollars, start_of};
use model::post::Draft;
use model::quota::{Counted, Limit, Only, Span};
use model::when::{WallTime, Zone, resolve};
use model::{AccountId, PostId, Timestamp, WorkspaceId};
use networks::connector::{CheckInput, Connector, MediaFacts};
use networks::money::cost;
use store::crowding::{self, Day};
use store::{Conn, spending};

use super::scene::Scene;
use crate::app::App;
use crate::checks::segments_of;
use crate::error::Result;
use crate::money::{charged, planned_before};
use crate::place::Spot;
use crate::types::ApiError;
use crate::types::ahead::{CrowdedDay, CrowdedQuery, Crowding};

/// Most days that are looked at together.
const MOST_DAYS: usize = 400;
/// How far a day with room is looked for.
const LOOK_AHEAD: i64 = 60;

/// A day's first instant and one past its last.
fn day(date: civil::Date, zone: &Zone) -> Result<Day> {
    let out_of_range = |_| ApiError::invalid("from", "That date is too far away for the calendar.");
    let next = date.checked_add(1.day()).map_err(out_of_range)?;
    Ok((start_of(date, zone)?, start_of(next, zone)?))
}

/// What will happen to those that are too many.
fn wait(too_many: u32) -> String {
    match too_many {
        1 => "The last one waits until it takes more.".to_owned(),
        n => format!("The last {n} wait until it takes more."),
    }
}

impl App {
    /// Days on which more is planned than networks take.
    pub async fn posts_crowded(&self, input: CrowdedQuery) -> Result<Crowding> {
        let mut conn = self.read().await?;
        let scene = Scene::read(self, &mut conn).await?;
        let dates: Vec<civil::Date> = input
            .from
            .series(1.day())
            .take_while(|date| *date <= input.to)
            .take(MOST_DAYS + 1)
            .collect();
        if dates.len() > MOST_DAYS {
            return Err(ApiError::invalid("to", "Ask for at most 400 days at once."));
        }
        let mut days = Vec::with_capacity(dates.len());
        for date in dates {
            let span = day(date, &input.zone)?;
            // What is over can be crowded no more.
            if span.1 > scene.now {
                days.push((date, span));
            }
        }
        let mut found = Vec::new();
        for group in scene.limits_of(input.workspace_id) {
            found.extend(scene.crowded(&mut conn, &group, &days).await?);
        }
        found.sort_by_key(|day| (day.date, day.account_id));
        Ok(Crowding { days: found })
    }
}

/// Accounts whose networks limit a day by the same thing, each with its own limit: one look into the
/// store tells of all of them.
struct Group<'a> {
    counts: Counted,
    only: Option<Only>,
    accounts: Vec<(&'a Account, Limit)>,
}

impl Scene {
    /// The limits of a day that hold for a workspace, by what they count.
    fn limits_of(&self, workspace: WorkspaceId) -> Vec<Group<'_>> {
        let mut groups: Vec<Group<'_>> = Vec::new();
        for account in self.accounts.iter().filter(|a| a.workspace_id == workspace) {
            for limit in self.day_limits(account) {
                let same = |g: &&mut Group<'_>| g.counts == limit.counts && g.only == limit.only;
                if let Some(group) = groups.iter_mut().find(same) {
                    group.accounts.push((account, limit));
                } else {
                    groups.push(Group {
                        counts: limit.counts,
                        only: limit.only.clone(),
                        accounts: vec![(account, limit)],
                    });
                }
            }
        }
        groups
    }

    fn day_limits(&self, account: &Account) -> Vec<Limit> {
        let limits = self.connector(account).map(|c| c.entry().limits());
        let mut limits = limits.unwrap_or_default();
        limits.retain(|limit| limit.span == Span::Day);
        limits
    }

    async fn crowded(
        &self,
        conn: &mut Conn,
        group: &Group<'_>,
        days: &[(civil::Date, Day)],
    ) -> Result<Vec<CrowdedDay>> {
        let Some((_, limit)) = group.accounts.first() else {
            return Ok(Vec::new());
        };
        let ids: Vec<AccountId> = group.accounts.iter().map(|(a, _)| a.id).collect();
        let spans: Vec<Day> = days.iter().map(|(_, span)| *span).collect();
        let mut planned = crowding::waiting(conn, &ids, &spans, limit, None).await?;
        if let Some(today) = spans.iter().position(|(from, _)| *from <= self.now) {
            let sent = crowding::sent_since(conn, &ids, spans[today].0, limit).await?;
            for (account, count) in sent {
                *planned.entry((account, today)).or_default() += count;
            }
        }
        let limits: BTreeMap<AccountId, &(&Account, Limit)> =
            group.accounts.iter().map(|one| (one.0.id, one)).collect();
        let mut found = Vec::new();
        for ((account, at), count) in planned {
            let Some((account, limit)) = limits.get(&account) else {
                continue;
            };
            if count > limit.most {
                let date = days[at].0;
                found.push(CrowdedDay {
                    date,
                    account_id: account.id,
                    planned: count,
                    most: limit.most,
                    message: format!(
                        "{} has {count} {} on {}, and {}. {}",
                        self.account_name(account.id),
                        limit.noun,
                        self.words.date(date),
                        limit.words(self.network_name(account)),
                        wait(count - limit.most)
                    ),
                });
            }
        }
        Ok(found)
    }

    /// Problems that show only from a distance: the day is full, the money does not last. Warnings all,
    /// since both may be otherwise when the minute comes.
    pub async fn ahead(
        &self,
        conn: &mut Conn,
        draft: &Draft,
        own: Option<PostId>,
        spot: Option<&Spot>,
        media: &[MediaFacts],
    ) -> Result<Vec<Problem>> {
        let mut found = Vec::new();
        if let Some(spot) = spot.filter(|spot| spot.at > self.now) {
            for (account, limit, weight) in self.day_weights(draft) {
                let full = self
                    .day_full(conn, account, &limit, weight, own, spot)
                    .await?;
                found.extend(full);
            }
            found.extend(self.not_held(conn, draft, own, spot).await?);
        }
        found.extend(self.over_budget(conn, draft, own, spot, media).await?);
        Ok(found)
    }

    /// What a draft takes of the limits of a day.
    fn day_weights(&self, draft: &Draft) -> Vec<(&Account, Limit, u32)> {
        let mut all = Vec::new();
        for target in &draft.targets {
            let Some(account) = self.accounts.iter().find(|a| a.id == target.account_id) else {
                continue;
            };
            let segments = segments_of(draft, target);
            for limit in self.day_limits(account) {
                let weight = limit.weight(segments, &target.options);
                if weight > 0 {
                    all.push((account, limit, weight));
                }
            }
        }
        all
    }

    async fn day_full(
        &self,
        conn: &mut Conn,
        account: &Account,
        limit: &Limit,
        weight: u32,
        own: Option<PostId>,
        spot: &Spot,
    ) -> Result<Option<Problem>> {
        let (date, zone) = (spot.wall.0.date(), &spot.zone);
        let today = day(date, zone)?;
        let ids = [account.id];
        let waiting = crowding::waiting(conn, &ids, &[today], limit, own).await?;
        let mut count = waiting.get(&(account.id, 0)).copied().unwrap_or(0);
        if today.0 <= self.now {
            let sent = crowding::sent_since(conn, &ids, today.0, limit).await?;
            count += sent.get(&account.id).copied().unwrap_or(0);
        }
        if count + weight <= limit.most {
            return Ok(None);
        }
        let free = self
            .day_with_room(conn, account.id, limit, weight, own, spot)
            .await?;
        let room = free.map_or_else(String::new, |at| {
            let when = self.words.near(at, self.now, zone);
            format!(" There is room {when}.")
        });
        let message = format!(
            "{} has {count} other {} on {}, and {}. The later ones wait until it takes more.{room}",
            self.account_name(account.id),
            limit.noun,
            self.words.date(date),
            limit.words(self.network_name(account)),
        );
        Ok(Some(Problem {
            severity: Severity::Warning,
            rule: "day_full".to_owned(),
            message,
            account_id: Some(account.id),
            segment: None,
            fixes: free.map(|at| Fix::UseTime { at }).into_iter().collect(),
        }))
    }

    /// The same time of day on the next day that has room.
    async fn day_with_room(
        &self,
        conn: &mut Conn,
        account: AccountId,
        limit: &Limit,
        weight: u32,
        own: Option<PostId>,
        spot: &Spot,
    ) -> Result<Option<Timestamp>> {
        let mut dates = Vec::new();
        let mut days = Vec::new();
        for n in 1..=LOOK_AHEAD {
            let Ok(date) = spot.wall.0.date().checked_add(n.days()) else {
                break;
            };
            dates.push(date);
            days.push(day(date, &spot.zone)?);
        }
        let waiting = crowding::waiting(conn, &[account], &days, limit, own).await?;
        let has_room = |n: &usize| {
            let count = waiting.get(&(account, *n)).copied().unwrap_or(0);
            count + weight <= limit.most
        };
        let Some(free) = (0..days.len()).find(has_room) else {
            return Ok(None);
        };
        let wall = WallTime(dates[free].to_datetime(spot.wall.0.time()));
        Ok(Some(resolve(wall, &spot.zone)?.at))
    }

    async fn over_budget(
        &self,
        conn: &mut Conn,
        draft: &Draft,
        own: Option<PostId>,
        spot: Option<&Spot>,
        media: &[MediaFacts],
    ) -> Result<Option<Problem>> {
        let mut price = 0;
        let mut payer = None;
        for target in &draft.targets {
            let Some(account) = self.accounts.iter().find(|a| a.id == target.account_id) else {
                continue;
            };
            let input = CheckInput {
                account,
                segments: segments_of(draft, target),
                draft: target,
                media,
            };
            let one = self.connector(account).and_then(|c| cost(c, &input));
            if let Some(one) = one.filter(|c| *c > 0) {
                price += one;
                payer = payer.or(Some(account));
            }
        }
        let Some(payer) = payer else { return Ok(None) };
        let workspace = payer.workspace_id;
        let Some(budget) = spending::budget(conn, workspace).await? else {
            return Ok(None);
        };
        let at = spot.map_or(self.now, |s| s.at.max(self.now));
        let month = spending::month_of(conn, workspace, at).await?;
        let spent = spending::spent(conn, workspace, &month.name).await?;
        let before = if spot.is_some() {
            let accounts = charged(conn, self.registry(), workspace).await?;
            let until = planned_before(conn, self.registry(), &accounts, at, own).await?;
            let earlier = planned_before(conn, self.registry(), &accounts, month.from, own).await?;
            until.micro_dollars.saturating_sub(earlier.micro_dollars)
        } else {
            0
        };
        let left = budget.saturating_sub(spent.saturating_add(before));
        if price <= left {
            return Ok(None);
        }
        let message = format!(
            "This costs about {}, and of the month's budget of {} only {} is left when it is due. It will not go out unless you raise the budget.",
            dollars(price),
            dollars(budget),
            dollars(left)
        );
        Ok(Some(Problem {
            severity: Severity::Warning,
            rule: "over_budget".to_owned(),
            message,
            account_id: Some(payer.id),
            segment: None,
            fixes: vec![Fix::RaiseBudget],
        }))
    }

    fn connector(&self, account: &Account) -> Option<&dyn Connector> {
        self.registry().get(&account.network).map(|c| &**c)
    }

    fn network_name<'a>(&'a self, account: &'a Account) -> &'a str {
        self.connector(account)
            .map_or(account.network.as_str(), |c| c.entry().name.as_str())
    }
}
