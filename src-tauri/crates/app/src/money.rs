//! Money: the budget of a workspace, what was spent of it and what is still to come.

use std::collections::{BTreeMap, BTreeSet};

use media::video::Tool;
use model::account::Account;
use model::calendar::Workspace;
use model::content::Segment;
use model::money::{MICROS, Month, dollars};
use model::post::TargetDraft;
use model::{AccountId, MediaId, PostId, Timestamp, WorkspaceId};
use networks::connector::{CheckInput, MediaFacts};
use networks::money::cost;
use networks::registry::Registry;
use store::spending::{self, Coming};
use store::{Conn, files, workspaces};

use crate::app::App;
use crate::error::Result;
use crate::types::accounts::OneWorkspace;
use crate::types::ahead::{BudgetSet, Spending};
use crate::types::{ApiError, Written};
use crate::words::counted;

/// Largest budget, in US dollars.
const MOST_DOLLARS: u64 = 1_000_000;
/// Most scheduled posts whose price is worked out.
const MOST_COMING: u32 = 10_000;

/// What scheduled posts will cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Planned {
    /// All of them, in millionths of a US dollar.
    pub micro_dollars: u64,
    /// How many, each account counted.
    pub posts: u32,
}

impl App {
    /// Sets how much paid calls of a workspace may cost in a calendar month.
    pub async fn workspaces_set_budget(&self, input: BudgetSet) -> Result<Written<Workspace>> {
        let budget = input.micro_dollars.filter(|b| *b > 0);
        if budget.is_some_and(|b| b > MOST_DOLLARS * MICROS) {
            return Err(ApiError::invalid(
                "microDollars",
                format!("A budget has at most {}.", dollars(MOST_DOLLARS * MICROS)),
            ));
        }
        let words = budget.map_or_else(
            || "Took the monthly budget off".to_owned(),
            |b| format!("Monthly budget {}", dollars(b)),
        );
        let mut writing = self.step_in(input.id, words).await?;
        workspaces::set_budget(&mut writing.tx, input.id, budget).await?;
        let all = workspaces::all(&mut writing.tx).await?;
        let changed = all.into_iter().find(|w| w.id == input.id);
        writing
            .done(changed.ok_or_else(|| ApiError::missing("workspace"))?)
            .await
    }

    /// What a workspace spends on paid calls in the present calendar month.
    pub async fn workspaces_spending(&self, input: OneWorkspace) -> Result<Spending> {
        let mut conn = self.read().await?;
        let month = spending::month_of(&mut conn, input.id, self.inner.now()).await?;
        let budget = spending::budget(&mut conn, input.id).await?;
        let spent = spending::spent(&mut conn, input.id, &month.name).await?;
        let registry = &self.inner.config.registry;
        let accounts = charged(&mut conn, registry, input.id).await?;
        let coming = spending::coming(&mut conn, &ids(&accounts), month.to, MOST_COMING).await?;
        let planned = planned(&mut conn, registry, &accounts, &coming).await?;
        Ok(Spending {
            summary: summary(&month, budget, spent, planned),
            month: month.name,
            from: month.from,
            to: month.to,
            budget,
            spent,
            planned: planned.micro_dollars,
            posts: planned.posts,
            charged: !accounts.is_empty(),
        })
    }
}

fn summary(month: &Month, budget: Option<u64>, spent: u64, planned: Planned) -> String {
    let name = format!("{}-01", month.name)
        .parse::<jiff::civil::Date>()
        .map_or_else(|_| month.name.clone(), |d| d.strftime("%B").to_string());
    let mut said = vec![match budget {
        Some(budget) => format!("{} of {} spent in {name}.", dollars(spent), dollars(budget)),
        None => format!("{} spent in {name}.", dollars(spent)),
    }];
    if planned.posts > 0 {
        let posts = counted(planned.posts as usize, "scheduled post", "scheduled posts");
        let amount = dollars(planned.micro_dollars);
        said.push(format!("{posts} will cost about {amount} more."));
    }
    let whole = spent.saturating_add(planned.micro_dollars);
    if budget.is_some_and(|budget| whole > budget) {
        said.push("That is over the budget: what no longer fits will not go out.".to_owned());
    }
    said.join(" ")
}

/// Accounts of a workspace on networks that charge.
pub(crate) async fn charged(
    conn: &mut Conn,
    registry: &Registry,
    workspace: WorkspaceId,
) -> Result<Vec<Account>> {
    let charges = |a: &Account| {
        let connector = registry.get(&a.network);
        connector.is_some_and(|c| !c.entry().prices.is_empty())
    };
    let all = store::accounts::all(conn).await?;
    Ok(all
        .into_iter()
        .filter(|a| a.workspace_id == workspace && charges(a))
        .collect())
}

fn ids(accounts: &[Account]) -> Vec<AccountId> {
    accounts.iter().map(|a| a.id).collect()
}

/// What is planned on these accounts before an instant, but for one post.
pub(crate) async fn planned_before(
    conn: &mut Conn,
    registry: &Registry,
    accounts: &[Account],
    until: Timestamp,
    but: Option<PostId>,
) -> Result<Planned> {
    let mut coming = spending::coming(conn, &ids(accounts), until, MOST_COMING).await?;
    coming.retain(|c| Some(c.post_id) != but);
    planned(conn, registry, accounts, &coming).await
}

async fn planned(
    conn: &mut Conn,
    registry: &Registry,
    accounts: &[Account],
    coming: &[Coming],
) -> Result<Planned> {
    let used = files_of(coming.iter().flat_map(|c| &c.segments));
    let media = facts_of(conn, used, Tool::Ready).await?;
    let by_id: BTreeMap<AccountId, &Account> = accounts.iter().map(|a| (a.id, a)).collect();
    let mut sum = Planned::default();
    for one in coming {
        let Some(account) = by_id.get(&one.account_id) else {
            continue;
        };
        let Some(connector) = registry.get(&account.network) else {
            continue;
        };
        let draft = TargetDraft {
            account_id: account.id,
            override_segments: None,
            options: one.options.clone(),
        };
        let input = CheckInput {
            account,
            segments: &one.segments,
            draft: &draft,
            media: &media,
        };
        sum.micro_dollars += cost(&**connector, &input).unwrap_or(0);
        sum.posts += 1;
    }
    Ok(sum)
}

/// Every file of these segments.
pub(crate) fn files_of<'a>(segments: impl Iterator<Item = &'a Segment>) -> BTreeSet<MediaId> {
    segments
        .flat_map(|s| s.media.iter().map(|m| m.media_id.clone()))
        .collect()
}

/// Facts on files. `tool` says whether videos can be changed here.
pub(crate) async fn facts_of(
    conn: &mut Conn,
    used: BTreeSet<MediaId>,
    tool: Tool,
) -> Result<Vec<MediaFacts>> {
    if used.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<MediaId> = used.into_iter().collect();
    let known = files::get_many(conn, &ids).await?;
    Ok(known
        .into_iter()
        .map(|file| MediaFacts {
            id: file.id,
            mime: file.mime,
            bytes: file.bytes,
            width: file.width,
            height: file.height,
            clip: file.clip,
            document: file.document,
            tool,
            missing: file.missing,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_tells_what_is_spent_what_comes_and_whether_it_fits() {
        let at = Timestamp::from_millis(1_778_742_000_000);
        let month = Month::at(at, &model::when::Zone::utc()).unwrap();
        let none = Planned::default();
        let two = Planned {
            micro_dollars: 215_000,
            posts: 2,
        };
        assert_eq!(summary(&month, None, 0, none), "$0.00 spent in May.");
        assert_eq!(
            summary(&month, Some(10_000_000), 1_200_000, two),
            "$1.20 of $10.00 spent in May. 2 scheduled posts will cost about $0.22 more."
        );
        assert!(summary(&month, Some(1_400_000), 1_200_000, two).ends_with("will not go out."));
    }
}
