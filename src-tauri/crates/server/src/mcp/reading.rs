//! Tools that only read.

use app::types::accounts::OneAccount;
use app::types::ahead::Capabilities;
use app::types::posts::{OnePost, PostCheck};
use app::types::programs::PostsPageQuery;
use app::types::queue::{NextFree, OfWorkspace};
use app::types::searching::Search;
use model::post::Draft;
use model::status::ShownStatus;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::shapes::{DraftIn, PostOut, utc, word};
use super::writing::When;
use crate::call::{Call, Nothing};
use crate::fault::Fault;
use crate::times;
use crate::world::World;

/// Most posts of an answer.
const MOST: u32 = 200;

#[derive(Serialize)]
struct CalendarOut {
    id: String,
    name: String,
    zone: String,
    /// The time there now.
    now: String,
    /// Accounts that new posts start with.
    usual_accounts: Vec<String>,
    in_use: bool,
}

#[derive(Serialize)]
struct AccountOut {
    id: String,
    network: String,
    name: String,
    handle: String,
    ready: bool,
    /// What it lacks, in sentences.
    lacks: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Workspace {
    id: String,
    name: String,
    calendars: Vec<CalendarOut>,
    accounts: Vec<AccountOut>,
}

pub(super) async fn workspace(call: Call, _: Nothing) -> Result<Workspace, Fault> {
    let world = World::read(&call).await?;
    let id = call.workspace();
    let readiness = call.app().accounts_readiness(OfWorkspace { id }).await?;
    let now = call.app().now();
    let room = &world.room;
    let calendar = |c: &model::calendar::Calendar| CalendarOut {
        id: c.id.to_string(),
        name: c.name.clone(),
        zone: c.zone.to_string(),
        now: c
            .zone
            .wall_at(now)
            .map_or_else(|_| utc(now), |w| w.to_string()),
        usual_accounts: c.default_accounts.iter().map(ToString::to_string).collect(),
        in_use: c.status == model::calendar::CalendarStatus::Active,
    };
    let account = |a: &model::account::Account| {
        let state = readiness.accounts.iter().find(|r| r.account_id == a.id);
        AccountOut {
            id: a.id.to_string(),
            network: a.network.clone(),
            name: if a.display_name.is_empty() {
                a.handle.clone()
            } else {
                a.display_name.clone()
            },
            handle: a.handle.clone(),
            ready: state.is_some_and(|r| r.ready),
            lacks: state
                .into_iter()
                .flat_map(|r| &r.lacks)
                .map(|lack| lack.message.clone())
                .collect(),
        }
    };
    Ok(Workspace {
        id: room.workspace.id.to_string(),
        name: room.workspace.name.clone(),
        calendars: room.calendars.iter().map(calendar).collect(),
        accounts: room.accounts.iter().map(account).collect(),
    })
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct OneAccountIn {
    /// Its id, from `get_workspace`.
    account: String,
}

pub(super) async fn account(call: Call, input: OneAccountIn) -> Result<Capabilities, Fault> {
    let world = World::read(&call).await?;
    let id = world.account_by(&input.account)?.id;
    Ok(call.app().accounts_capabilities(OneAccount { id }).await?)
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct PostsIn {
    /// Only of this calendar.
    #[serde(default)]
    calendar: Option<String>,
    /// First day or instant; leaves posts without a date out.
    #[serde(default)]
    from: Option<String>,
    /// Last day, or the instant before which they stand; leaves posts without a date out.
    #[serde(default)]
    to: Option<String>,
    /// Only with this status: `draft`, `in_review`, `approved`, `scheduled`, `placed`, `publishing`,
    /// `unconfirmed`, `your_turn`, `published`, `partly_published`, `failed`, `missed` or `cancelled`.
    #[serde(default)]
    status: Option<String>,
    /// Only those that go to this account.
    #[serde(default)]
    account: Option<String>,
    /// At most so many, 1 to 200; 50 when missing.
    #[serde(default)]
    limit: Option<u32>,
    /// Leave so many out first.
    #[serde(default)]
    offset: Option<u32>,
}

#[derive(Serialize)]
pub(super) struct Posts {
    posts: Vec<PostOut>,
    more: bool,
}

fn limit(given: Option<u32>) -> Result<u32, Fault> {
    let limit = given.unwrap_or(50);
    if (1..=MOST).contains(&limit) {
        return Ok(limit);
    }
    Err(Fault::invalid(
        "limit",
        format!("limit lies between 1 and {MOST}."),
    ))
}

pub(super) async fn posts(call: Call, input: PostsIn) -> Result<Posts, Fault> {
    let world = World::read(&call).await?;
    let (calendars, zone) = match &input.calendar {
        Some(text) => {
            let calendar = world.calendar_by(text)?;
            (vec![calendar.id], calendar.zone.clone())
        }
        None => (world.calendars(), world.calendar()?.zone.clone()),
    };
    let bound = |field: &str, text: &Option<String>, end: bool| {
        text.as_deref()
            .map(|text| times::bound(field, text, &zone, end))
            .transpose()
    };
    let statuses = match &input.status {
        Some(text) => {
            let value = serde_json::Value::String(text.clone());
            let known: ShownStatus = serde_json::from_value(value).map_err(|_| {
                Fault::invalid("status", "status is none that posts have.").given(text)
            })?;
            vec![known]
        }
        None => Vec::new(),
    };
    let accounts = match &input.account {
        Some(text) => vec![world.account_by(text)?.id],
        None => Vec::new(),
    };
    let page = call
        .app()
        .posts_page(PostsPageQuery {
            calendars,
            from: bound("from", &input.from, false)?,
            to: bound("to", &input.to, true)?,
            statuses,
            accounts,
            limit: limit(input.limit)?,
            offset: input.offset.unwrap_or(0),
            ..PostsPageQuery::default()
        })
        .await?;
    Ok(Posts {
        posts: page.posts.iter().map(|p| PostOut::of(&world, p)).collect(),
        more: page.more,
    })
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct OnePostIn {
    /// Its id.
    pub post: String,
}

pub(super) async fn post(call: Call, input: OnePostIn) -> Result<PostOut, Fault> {
    let world = World::read(&call).await?;
    let post = world.post(&call, &input.post).await?;
    Ok(PostOut::of(&world, &post))
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct SearchIn {
    /// The words.
    words: String,
    /// At most so many, 1 to 200; 50 when missing.
    #[serde(default)]
    limit: Option<u32>,
}

pub(super) async fn search(call: Call, input: SearchIn) -> Result<Posts, Fault> {
    let world = World::read(&call).await?;
    let query = Search {
        query: input.words,
        calendars: world.calendars(),
        limit: limit(input.limit)?,
    };
    let found = call.app().posts_search(query).await?;
    let ids: Vec<_> = found.chips.iter().map(|chip| chip.id).collect();
    let more = ids.len() as u32 == limit(input.limit)?;
    let mut posts = Vec::new();
    for id in ids {
        posts.push(PostOut::of(
            &world,
            &call.app().posts_get(OnePost { id }).await?,
        ));
    }
    Ok(Posts { posts, more })
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct CheckIn {
    /// The calendar; the oldest in use when missing.
    #[serde(default)]
    calendar: Option<String>,
    /// The draft.
    draft: DraftIn,
    /// The time it would stand at.
    #[serde(default)]
    at: Option<When>,
}

#[derive(Serialize)]
struct ProblemOut {
    severity: String,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<u32>,
}

#[derive(Serialize)]
pub(super) struct Checked {
    /// It could be scheduled as it is.
    fits: bool,
    /// Why not, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    blocked: Option<String>,
    problems: Vec<ProblemOut>,
}

pub(super) async fn check(call: Call, input: CheckIn) -> Result<Checked, Fault> {
    let world = World::read(&call).await?;
    let calendar = match &input.calendar {
        Some(text) => world.calendar_by(text)?,
        None => world.calendar()?,
    };
    let mut draft = Draft::default();
    input.draft.onto(&call, &world, &mut draft).await?;
    let place = input.at.map(|at| at.place(&calendar.zone)).transpose()?;
    let found = call
        .app()
        .posts_check(PostCheck {
            calendar_id: calendar.id,
            id: None,
            draft,
            place,
        })
        .await?;
    let problem = |p: &model::error::Problem| ProblemOut {
        severity: word(&p.severity),
        message: p.message.clone(),
        account: p.account_id.map(|id| id.to_string()),
        part: p.segment,
    };
    Ok(Checked {
        fits: found.blocked.is_none(),
        blocked: found.blocked,
        problems: found.problems.iter().map(problem).collect(),
    })
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct NextFreeIn {
    /// The accounts, in the order in which their weekly plans are tried.
    accounts: Vec<String>,
    /// The calendar in whose zone the answer is; the oldest in use when missing.
    #[serde(default)]
    calendar: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Free {
    /// Wall time in the calendar's zone; none when no account has a plan, or all is taken.
    at: Option<String>,
    at_utc: Option<String>,
}

pub(super) async fn next_free(call: Call, input: NextFreeIn) -> Result<Free, Fault> {
    let world = World::read(&call).await?;
    let calendar = match &input.calendar {
        Some(text) => world.calendar_by(text)?,
        None => world.calendar()?,
    };
    let mut account_ids = Vec::new();
    for text in &input.accounts {
        account_ids.push(world.account_by(text)?.id);
    }
    let after = None;
    let found = call
        .app()
        .queue_next_free(NextFree { account_ids, after })
        .await?;
    let at = found.slot.map(|slot| slot.at);
    Ok(Free {
        at: at.and_then(|at| calendar.zone.wall_at(at).ok().map(|w| w.to_string())),
        at_utc: at.map(utc),
    })
}

#[derive(Serialize)]
struct AttemptOut {
    account: String,
    network: String,
    number: u32,
    began: String,
    outcome: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_try: Option<String>,
}

#[derive(Serialize)]
pub(super) struct JobLog {
    attempts: Vec<AttemptOut>,
}

pub(super) async fn job_log(call: Call, input: OnePostIn) -> Result<JobLog, Fault> {
    let world = World::read(&call).await?;
    let post = world.post(&call, &input.post).await?;
    let log = call.app().posts_attempts(OnePost { id: post.id }).await?;
    let one = |a: &model::post::Attempt| {
        let target = post.targets.iter().find(|t| t.id == a.target_id);
        let account = target.map(|t| t.draft.account_id);
        AttemptOut {
            account: account.map(|id| id.to_string()).unwrap_or_default(),
            network: account.map(|id| world.platform(id)).unwrap_or_default(),
            number: a.number,
            began: utc(a.started_at),
            outcome: word(&a.outcome),
            message: a.message.clone(),
            detail: a.detail.clone(),
            next_try: a.next_try_at.map(utc),
        }
    };
    Ok(JobLog {
        attempts: log.attempts.iter().map(one).collect(),
    })
}
