//! The log of deliveries and what is counted out of it, usual times, and the plan that there is not.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use app::types::accounts::OneWorkspace;
use app::types::programs::{AttemptsQuery, LoggedAttempt, PostsPageQuery};
use model::delivery::DeliveryState;
use model::failure::Category;
use model::post::AttemptOutcome;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{OfProfile, posts, profile};
use crate::call::{Call, Nothing, Reply};
use crate::fault::Fault;
use crate::times;
use crate::world::{World, network_of, platform_of};

/// Attempts in an answer while no number is asked for.
const USUAL: u32 = 100;
/// Most attempts in an answer.
const MOST: u32 = 500;
/// Days while no number is asked for.
const USUAL_DAYS: u32 = 30;
/// Most days.
const MOST_DAYS: u32 = 90;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogQuery {
    /// The workspace.
    profile_id: String,
    /// At most this many; 100 when missing, 500 at most.
    limit: Option<u32>,
    /// Only of this network.
    platform: Option<String>,
    /// success, failed or `rate_limited`.
    status: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    duration_ms: Option<i64>,
    is_retry: bool,
}

#[derive(Serialize, JsonSchema)]
struct Log {
    id: String,
    post_id: String,
    scheduled_post_id: String,
    platform: String,
    job_type: String,
    status: String,
    attempt_number: u32,
    started_at: String,
    completed_at: Option<String>,
    duration_ms: Option<i64>,
    error_message: Option<String>,
    error_category: Option<String>,
    was_rate_limited: bool,
    will_retry: bool,
    next_retry_at: Option<String>,
    metadata: Metadata,
    created_at: String,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Logs {
    logs: Vec<Log>,
}

fn limited(one: &LoggedAttempt) -> bool {
    one.attempt.category == Some(Category::RateLimited)
}

fn status(one: &LoggedAttempt) -> &'static str {
    match one.attempt.outcome {
        AttemptOutcome::Sent => "success",
        AttemptOutcome::NotSent if limited(one) => "rate_limited",
        AttemptOutcome::NotSent => "failed",
        AttemptOutcome::Open => "processing",
        AttemptOutcome::Uncertain => "unconfirmed",
    }
}

/// The contract knows seven kinds of failure.
const fn category(category: Category) -> &'static str {
    match category {
        Category::RateLimited => "rate_limited",
        Category::AuthError => "auth_error",
        Category::NetworkError => "network_error",
        Category::Duplicate => "duplicate",
        Category::MediaError => "media_error",
        Category::MediaProcessing => "media_processing",
        Category::Validation | Category::OverBudget | Category::YourTurn | Category::Unknown => {
            "unknown"
        }
    }
}

pub(super) async fn attempts(
    call: Call,
    query: LogQuery,
    _: Nothing,
) -> Result<Reply<Logs>, Fault> {
    profile(&call, Some(&query.profile_id))?;
    let (outcome, limited_only) = match query.status.as_deref() {
        None => (None, None),
        Some("success") => (Some(AttemptOutcome::Sent), None),
        Some("failed") => (Some(AttemptOutcome::NotSent), Some(false)),
        Some("rate_limited") => (Some(AttemptOutcome::NotSent), Some(true)),
        Some(other) => {
            let what = "status is success, failed or rate_limited.";
            return Err(Fault::invalid("status", what).given(other));
        }
    };
    let found = call
        .app()
        .attempts_list(AttemptsQuery {
            workspace_id: call.workspace(),
            network: query.platform.as_deref().map(network_of),
            since: None,
            outcome,
            limited: limited_only,
            limit: query.limit.unwrap_or(USUAL).clamp(1, MOST),
        })
        .await?
        .attempts;
    let logs = found
        .into_iter()
        .map(|one| Log {
            status: status(&one).to_owned(),
            was_rate_limited: limited(&one),
            id: one.attempt.id.to_string(),
            post_id: one.post_id.to_string(),
            scheduled_post_id: one.attempt.target_id.to_string(),
            platform: platform_of(&one.network),
            job_type: "publish".to_owned(),
            attempt_number: one.attempt.number,
            started_at: times::millis(one.attempt.started_at),
            completed_at: one.attempt.ended_at.map(times::millis),
            duration_ms: one.attempt.duration_ms,
            error_message: one.attempt.message,
            error_category: one.attempt.category.map(|c| category(c).to_owned()),
            will_retry: one.attempt.will_retry,
            next_retry_at: one.attempt.next_try_at.map(times::millis),
            metadata: Metadata {
                duration_ms: one.attempt.duration_ms,
                is_retry: one.attempt.number > 1,
            },
            created_at: times::millis(one.attempt.started_at),
        })
        .collect();
    Ok(Reply::ok(Logs { logs }))
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DaysQuery {
    /// The workspace.
    profile_id: String,
    /// How many days back; 30 when missing, 90 at most.
    days: Option<u32>,
}

#[derive(Default, Serialize, JsonSchema)]
struct Metric {
    platform: String,
    date: String,
    total_jobs: u32,
    successful_jobs: u32,
    failed_jobs: u32,
    retried_jobs: u32,
    rate_limited_jobs: u32,
    avg_duration_ms: i64,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Metrics {
    metrics: Vec<Metric>,
}

pub(super) async fn metrics(
    call: Call,
    query: DaysQuery,
    _: Nothing,
) -> Result<Reply<Metrics>, Fault> {
    profile(&call, Some(&query.profile_id))?;
    let days = query.days.unwrap_or(USUAL_DAYS).clamp(1, MOST_DAYS);
    let world = World::read(&call).await?;
    let zone = &world.calendar()?.zone;
    let since = call
        .app()
        .now()
        .minus(Duration::from_hours(24 * u64::from(days)));
    let mut all: BTreeMap<(String, String), (Metric, i64, i64)> = BTreeMap::new();
    let query = AttemptsQuery {
        workspace_id: call.workspace(),
        network: None,
        since: Some(since),
        outcome: None,
        limited: None,
        limit: MOST,
    };
    let count = |one: &LoggedAttempt| {
        let wall = zone.wall_at(one.attempt.started_at);
        let date = wall.map_or_else(|_| String::new(), |wall| wall.0.date().to_string());
        let platform = platform_of(&one.network);
        let key = (date.clone(), platform.clone());
        let (metric, sum, timed) = all.entry(key).or_insert_with(|| {
            let metric = Metric {
                platform,
                date,
                ..Metric::default()
            };
            (metric, 0, 0)
        });
        metric.total_jobs += 1;
        match one.attempt.outcome {
            AttemptOutcome::Sent => metric.successful_jobs += 1,
            AttemptOutcome::NotSent if !one.attempt.will_retry => metric.failed_jobs += 1,
            _ => {}
        }
        metric.retried_jobs += u32::from(one.attempt.number > 1);
        metric.rate_limited_jobs += u32::from(limited(one));
        if let Some(took) = one.attempt.duration_ms {
            *sum += took;
            *timed += 1;
        }
    };
    call.app().attempts_each(query, count).await?;
    let metrics = all.into_values().rev().map(|(metric, sum, timed)| Metric {
        avg_duration_ms: sum.checked_div(timed).unwrap_or(0),
        ..metric
    });
    Ok(Reply::ok(Metrics {
        metrics: metrics.collect(),
    }))
}

#[derive(Default, Serialize, JsonSchema)]
struct Share {
    platform: String,
    targets: u32,
    published: u32,
    failed: u32,
}

#[derive(Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Overview {
    total_posts: u32,
    draft_posts: u32,
    scheduled_posts: u32,
    publishing_posts: u32,
    published_posts: u32,
    failed_posts: u32,
    total_targets: u32,
    successful_targets: u32,
    failed_targets: u32,
    platform_breakdown: Vec<Share>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Analytics {
    analytics: Overview,
}

pub(super) async fn overview(
    call: Call,
    query: OfProfile,
    _: Nothing,
) -> Result<Reply<Analytics>, Fault> {
    profile(&call, query.profile_id.as_deref())?;
    let world = World::read(&call).await?;
    let all = world.posts(&call, PostsPageQuery::default()).await?;
    let mut sum = Overview::default();
    let mut shares: HashMap<String, Share> = HashMap::new();
    for post in &all {
        sum.total_posts += 1;
        // As the list of posts says it; what was called off is of the total alone.
        match posts::status(post.status) {
            "draft" => sum.draft_posts += 1,
            "scheduled" => sum.scheduled_posts += 1,
            "publishing" => sum.publishing_posts += 1,
            "published" => sum.published_posts += 1,
            "failed" => sum.failed_posts += 1,
            _ => {}
        }
        for target in &post.targets {
            let platform = world.platform(target.draft.account_id);
            let share = shares.entry(platform.clone()).or_default();
            share.platform = platform;
            let published = u32::from(target.state == DeliveryState::Published);
            let failed = u32::from(matches!(
                target.state,
                DeliveryState::Failed | DeliveryState::Missed
            ));
            share.targets += 1;
            share.published += published;
            share.failed += failed;
            sum.total_targets += 1;
            sum.successful_targets += published;
            sum.failed_targets += failed;
        }
    }
    sum.platform_breakdown = shares.into_values().collect();
    sum.platform_breakdown
        .sort_by(|a, b| b.targets.cmp(&a.targets).then(a.platform.cmp(&b.platform)));
    Ok(Reply::ok(Analytics { analytics: sum }))
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TimesQuery {
    /// The workspace; the key's own when missing.
    profile_id: Option<String>,
    /// The network.
    platform: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct BestTime {
    day_of_week: u8,
    hour_of_day: u8,
    reason: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct BestTimes {
    best_times: Vec<BestTime>,
    is_default: bool,
    message: String,
}

/// Usual times, as long as there are no numbers of networks to learn from.
pub(super) async fn best_times(
    call: Call,
    query: TimesQuery,
    _: Nothing,
) -> Result<Reply<BestTimes>, Fault> {
    profile(&call, query.profile_id.as_deref())?;
    let known = |name: &String| {
        let network = network_of(name);
        call.app().networks().iter().any(|n| n.key == network)
    };
    if let Some(name) = query.platform.filter(|name| !known(name)) {
        return Err(Fault::invalid("platform", "Almanac does not know that network.").given(&name));
    }
    let usual = [
        (2, 9, "Weekday morning engagement"),
        (3, 12, "Midweek lunch break"),
    ];
    let best_times = usual
        .into_iter()
        .map(|(day_of_week, hour_of_day, reason)| BestTime {
            day_of_week,
            hour_of_day,
            reason: reason.to_owned(),
        })
        .collect();
    Ok(Reply::ok(BestTimes {
        best_times,
        is_default: true,
        message: "No historical data yet. Using recommended defaults.".to_owned(),
    }))
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Usage {
    accounts: u32,
    calendars: u32,
    /// What paid calls cost this month, in US dollars.
    spent_dollars: f64,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Plan {
    plan: String,
    status: String,
    usage: Usage,
    /// Most that paid calls may cost in a month, in US dollars; none without limit.
    budget_dollars: Option<f64>,
    message: String,
}

/// The plan of a program that its owner runs, and what was used.
pub(super) async fn plan(call: Call, query: OfProfile, _: Nothing) -> Result<Reply<Plan>, Fault> {
    profile(&call, query.profile_id.as_deref())?;
    let world = World::read(&call).await?;
    let id = call.workspace();
    let spent = call.app().workspaces_spending(OneWorkspace { id }).await?;
    let dollars = |micro: u64| micro as f64 / 1_000_000.0;
    Ok(Reply::ok(Plan {
        plan: "local".to_owned(),
        status: "active".to_owned(),
        usage: Usage {
            accounts: world.room.accounts.len() as u32,
            calendars: world.room.calendars.len() as u32,
            spent_dollars: dollars(spent.spent),
        },
        budget_dollars: world.room.workspace.monthly_budget.map(dollars),
        message: "Almanac runs on its owner's computer: there is no subscription.".to_owned(),
    }))
}
