//! Lists as programs ask for them: whole posts page by page, attempts of a workspace.

use std::collections::HashMap;

use model::post::{Chip, Post};
use model::{PostId, Timestamp};
use store::posts::{self as rows, Place};
use store::{Conn, activity};

use crate::app::App;
use crate::error::Result;
use crate::types::ApiError;
use crate::types::programs::{
    AttemptsQuery, LoggedAttempt, LoggedAttempts, PageOrder, PostsPage, PostsPageQuery,
};

/// Most posts of a page.
const MOST: u32 = 500;
/// Most attempts of an answer.
const MOST_ATTEMPTS: u32 = 10_000;
/// Posts and attempts looked at at a time.
const BATCH: u32 = 500;
/// The last instant that the database holds.
const END: Timestamp = Timestamp::from_millis(i64::MAX);
/// The first one.
const START: Timestamp = Timestamp::from_millis(i64::MIN);

/// A page that fills: what is left out first, what is in, and whether there is more.
struct Page<'a> {
    query: &'a PostsPageQuery,
    skip: usize,
    limit: usize,
    ids: Vec<PostId>,
    more: bool,
}

impl Page<'_> {
    fn full(&self) -> bool {
        self.more
    }

    async fn take(&mut self, conn: &mut Conn, chips: Vec<Chip>) -> Result<()> {
        let named = match &self.query.assignee {
            Some(name) => {
                let ids: Vec<PostId> = chips.iter().map(|c| c.id).collect();
                Some(rows::looked_after_by(conn, &ids, name).await?)
            }
            None => None,
        };
        for chip in chips {
            let wanted = is_wanted(&chip, self.query)
                && named.as_ref().is_none_or(|ids| ids.contains(&chip.id));
            if !wanted {
                continue;
            }
            if self.skip > 0 {
                self.skip -= 1;
            } else if self.ids.len() < self.limit {
                self.ids.push(chip.id);
            } else {
                self.more = true;
                return Ok(());
            }
        }
        Ok(())
    }
}

fn is_wanted(chip: &Chip, query: &PostsPageQuery) -> bool {
    let status = query.statuses.is_empty() || query.statuses.contains(&chip.status);
    let account = query.accounts.is_empty()
        || chip
            .targets
            .iter()
            .any(|t| query.accounts.contains(&t.account_id));
    status && account
}

impl App {
    /// Whole posts, page by page.
    pub async fn posts_page(&self, input: PostsPageQuery) -> Result<PostsPage> {
        let mut conn = self.read().await?;
        let limit = input.limit.clamp(1, MOST) as usize;
        let (ids, more) = found(&mut conn, &input, limit).await?;
        let posts = in_order(rows::get_many(&mut conn, &ids).await?, &ids);
        Ok(PostsPage { posts, more })
    }

    /// All posts of a query, however many there are; its limit and offset count for nothing.
    pub async fn posts_all(&self, mut input: PostsPageQuery) -> Result<Vec<Post>> {
        input.offset = 0;
        let mut conn = self.read().await?;
        let (ids, _) = found(&mut conn, &input, usize::MAX).await?;
        let mut posts = Vec::with_capacity(ids.len());
        for some in ids.chunks(BATCH as usize) {
            posts.extend(in_order(rows::get_many(&mut conn, some).await?, some));
        }
        Ok(posts)
    }

    /// The log of deliveries of a workspace, newest first.
    pub async fn attempts_list(&self, input: AttemptsQuery) -> Result<LoggedAttempts> {
        let mut conn = self.read().await?;
        let limit = input.limit.clamp(1, MOST_ATTEMPTS);
        let found = activity::of_workspace(&mut conn, &wanted(&input), None, limit).await?;
        Ok(LoggedAttempts {
            attempts: found.into_iter().map(logged).collect(),
        })
    }

    /// Shows every attempt of a query, newest first, however many there are, a few of them in memory at a time; its
    /// limit counts for nothing.
    pub async fn attempts_each(
        &self,
        input: AttemptsQuery,
        mut each: impl FnMut(&LoggedAttempt) + Send,
    ) -> Result<()> {
        let mut conn = self.read().await?;
        let mut after = None;
        loop {
            let found = activity::of_workspace(&mut conn, &wanted(&input), after, BATCH).await?;
            after = found
                .last()
                .map(|last| (last.attempt.started_at, last.attempt.id));
            let all = found.len() < BATCH as usize;
            for one in found {
                each(&logged(one));
            }
            if all {
                return Ok(());
            }
        }
    }
}

fn wanted(query: &AttemptsQuery) -> activity::Wanted<'_> {
    activity::Wanted {
        workspace: query.workspace_id,
        network: query.network.as_deref(),
        since: query.since.unwrap_or(START),
        outcome: query.outcome,
        limited: query.limited,
    }
}

fn logged(entry: activity::Entry) -> LoggedAttempt {
    LoggedAttempt {
        post_id: entry.post_id,
        account_id: entry.account_id,
        network: entry.network,
        attempt: entry.attempt,
    }
}

/// Which posts a query finds, at most so many, and whether there are more.
async fn found(
    conn: &mut Conn,
    query: &PostsPageQuery,
    limit: usize,
) -> Result<(Vec<PostId>, bool)> {
    if query.calendars.is_empty() {
        return Err(ApiError::invalid("calendars", "No calendar was chosen."));
    }
    let mut page = Page {
        query,
        skip: query.offset as usize,
        limit,
        ids: Vec::new(),
        more: false,
    };
    let undated = !query.dated_only && query.from.is_none() && query.to.is_none();
    match query.order {
        PageOrder::Earliest => {
            earliest(conn, &mut page).await?;
            if undated && !page.full() {
                shelf(conn, &mut page).await?;
            }
        }
        PageOrder::Latest => {
            if undated {
                shelf(conn, &mut page).await?;
            }
            if !page.full() {
                latest(conn, &mut page).await?;
            }
        }
    }
    Ok((page.ids, page.more))
}

fn in_order(posts: Vec<Post>, ids: &[PostId]) -> Vec<Post> {
    let mut by_id: HashMap<PostId, Post> = posts.into_iter().map(|p| (p.id, p)).collect();
    ids.iter().filter_map(|id| by_id.remove(id)).collect()
}

async fn earliest(conn: &mut Conn, page: &mut Page<'_>) -> Result<()> {
    let query = page.query;
    let mut place = Place {
        at: query.from.unwrap_or(START),
        id: None,
    };
    while !page.full() {
        let mut chips = rows::list_after(conn, place, &query.calendars, BATCH).await?;
        let read = chips.len();
        let Some(last) = chips.last() else { break };
        place = Place {
            at: last.at.unwrap_or(END),
            id: Some(last.id),
        };
        let end = query.to.unwrap_or(END);
        chips.retain(|c| c.at.is_some_and(|at| at < end));
        let past_the_end = chips.len() < read;
        page.take(conn, chips).await?;
        if past_the_end || read < BATCH as usize {
            break;
        }
    }
    Ok(())
}

async fn latest(conn: &mut Conn, page: &mut Page<'_>) -> Result<()> {
    let query = page.query;
    let mut place = Place {
        at: query.to.unwrap_or(END),
        id: None,
    };
    while !page.full() {
        let mut chips = rows::list_before(conn, place, &query.calendars, BATCH).await?;
        let read = chips.len();
        let Some(last) = chips.last() else { break };
        place = Place {
            at: last.at.unwrap_or(START),
            id: Some(last.id),
        };
        let begin = query.from.unwrap_or(START);
        chips.retain(|c| c.at.is_some_and(|at| at >= begin));
        let past_the_end = chips.len() < read;
        page.take(conn, chips).await?;
        if past_the_end || read < BATCH as usize {
            break;
        }
    }
    Ok(())
}

async fn shelf(conn: &mut Conn, page: &mut Page<'_>) -> Result<()> {
    let mut after = None;
    while !page.full() {
        let (chips, last) = rows::shelf_after(conn, after, &page.query.calendars, BATCH).await?;
        let read = chips.len();
        page.take(conn, chips).await?;
        if read < BATCH as usize {
            break;
        }
        after = last;
    }
    Ok(())
}
