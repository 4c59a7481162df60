//! Posts and what of them is scheduled, one line a target.

use app::types::posts::OneTarget;
use app::types::programs::{PageOrder, PostsPageQuery};
use model::TargetId;
use model::delivery::DeliveryState;
use model::post::Post;
use model::status::ShownStatus;
use model::when::When;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::profile;
use super::sending::word;
use crate::call::{Call, Nothing, Reply};
use crate::compose::text_of;
use crate::fault::{Fault, Kind};
use crate::files;
use crate::times;
use crate::world::{self, World, id_of};

/// Most posts of a page, where a number is asked for. The document prints no pages: without one it is all of them.
const MOST: u32 = 200;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Query {
    /// The workspace; the key's own when missing.
    profile_id: Option<String>,
    /// Only posts of this status.
    status: Option<String>,
    /// Only posts to this network.
    platform: Option<String>,
    /// At most this many, 200 at most; all of them when missing.
    limit: Option<u32>,
    /// Leave so many out first.
    offset: Option<u32>,
}

#[derive(Serialize, JsonSchema)]
struct TargetOf {
    id: String,
    platform: String,
    status: String,
    external_post_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct MediaOf {
    id: String,
    public_url: String,
    mime_type: String,
    file_size: u64,
    file_name: String,
    sort_order: u32,
}

#[derive(Serialize, JsonSchema)]
struct PostOf {
    id: String,
    content: String,
    status: String,
    scheduled_for: Option<String>,
    published_at: Option<String>,
    targets: Vec<TargetOf>,
    media: Vec<MediaOf>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Posts {
    posts: Vec<PostOf>,
}

/// The word of this contract for how a post stands.
pub(super) fn status(status: ShownStatus) -> &'static str {
    match status {
        ShownStatus::Draft | ShownStatus::InReview | ShownStatus::Approved => "draft",
        ShownStatus::Scheduled | ShownStatus::Placed => "scheduled",
        ShownStatus::Publishing | ShownStatus::Unconfirmed | ShownStatus::YourTurn => "publishing",
        ShownStatus::Published => "published",
        ShownStatus::PartlyPublished | ShownStatus::Failed | ShownStatus::Missed => "failed",
        ShownStatus::Cancelled => "cancelled",
    }
}

const STATUSES: [ShownStatus; 13] = [
    ShownStatus::Draft,
    ShownStatus::InReview,
    ShownStatus::Approved,
    ShownStatus::Scheduled,
    ShownStatus::Placed,
    ShownStatus::Publishing,
    ShownStatus::Unconfirmed,
    ShownStatus::YourTurn,
    ShownStatus::Published,
    ShownStatus::PartlyPublished,
    ShownStatus::Failed,
    ShownStatus::Missed,
    ShownStatus::Cancelled,
];

fn published_at(post: &Post) -> Option<String> {
    let last = post.targets.iter().filter_map(|t| t.published_at).max();
    last.filter(|_| post.status == ShownStatus::Published)
        .map(times::millis)
}

pub(super) async fn list(call: Call, query: Query, _: Nothing) -> Result<Reply<Posts>, Fault> {
    profile(&call, query.profile_id.as_deref())?;
    let world = World::read(&call).await?;
    let statuses: Vec<ShownStatus> = match &query.status {
        Some(wanted) => STATUSES
            .into_iter()
            .filter(|s| status(*s) == wanted)
            .collect(),
        None => Vec::new(),
    };
    if query.status.is_some() && statuses.is_empty() {
        return Err(Fault::invalid("status", "status is not one there is.")
            .given(&query.status.unwrap_or_default()));
    }
    let accounts = query.platform.as_deref().map(|p| world.accounts_on(p));
    if accounts.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Reply::ok(Posts { posts: Vec::new() }));
    }
    let offset = query.offset.unwrap_or(0);
    let page = PostsPageQuery {
        calendars: world.calendars(),
        statuses,
        accounts: accounts.unwrap_or_default(),
        order: PageOrder::Latest,
        limit: query.limit.unwrap_or(MOST).clamp(1, MOST),
        offset,
        ..PostsPageQuery::default()
    };
    let posts = if query.limit.is_some() {
        call.app().posts_page(page).await?.posts
    } else {
        let all = call.app().posts_all(page).await?;
        all.into_iter().skip(offset as usize).collect()
    };
    let known = world::files_of(&call, &posts).await?;
    let shown = |post: &Post| PostOf {
        id: post.id.to_string(),
        content: text_of(&post.segments),
        status: status(post.status).to_owned(),
        scheduled_for: match post.when {
            When::Scheduled { at, .. } if post.status != ShownStatus::Published => {
                Some(times::millis(at))
            }
            _ => None,
        },
        published_at: published_at(post),
        targets: post
            .targets
            .iter()
            .map(|t| TargetOf {
                id: t.id.to_string(),
                platform: world.platform(t.draft.account_id),
                status: word(t.state).to_owned(),
                external_post_id: t.remote_id.clone(),
                error_message: t.failure.as_ref().map(|f| f.message.clone()),
            })
            .collect(),
        media: post
            .segments
            .iter()
            .flat_map(|s| &s.media)
            .zip(0_u32..)
            .filter_map(|(m, n)| {
                let info = known.get(m.media_id.as_str())?;
                Some(MediaOf {
                    id: m.media_id.to_string(),
                    public_url: files::address(&call, m.media_id.as_str()),
                    mime_type: info.mime.clone(),
                    file_size: info.bytes,
                    file_name: info.name.clone(),
                    sort_order: n,
                })
            })
            .collect(),
    };
    Ok(Reply::ok(Posts {
        posts: posts.iter().map(shown).collect(),
    }))
}

#[derive(Serialize, JsonSchema)]
struct Scheduled {
    id: String,
    post_id: String,
    platform: String,
    content: String,
    scheduled_at: String,
    status: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ScheduledPosts {
    scheduled_posts: Vec<Scheduled>,
}

/// The word of this contract for a line of what is scheduled.
fn job(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Waiting | DeliveryState::Placed => "pending",
        DeliveryState::Sending | DeliveryState::Unconfirmed => "processing",
        other => word(other),
    }
}

pub(super) async fn scheduled(
    call: Call,
    query: Query,
    _: Nothing,
) -> Result<Reply<ScheduledPosts>, Fault> {
    profile(&call, query.profile_id.as_deref())?;
    let world = World::read(&call).await?;
    let page = PostsPageQuery {
        dated_only: true,
        statuses: STATUSES
            .into_iter()
            .filter(|s| matches!(status(*s), "scheduled" | "publishing" | "failed"))
            .collect(),
        ..PostsPageQuery::default()
    };
    let posts = world.posts(&call, page).await?;
    let mut lines = Vec::new();
    for post in &posts {
        let When::Scheduled { at, .. } = post.when else {
            continue;
        };
        for target in &post.targets {
            lines.push(Scheduled {
                id: target.id.to_string(),
                post_id: post.id.to_string(),
                platform: world.platform(target.draft.account_id),
                content: text_of(&post.segments),
                scheduled_at: times::millis(at),
                status: job(target.state).to_owned(),
            });
        }
    }
    if let Some(platform) = &query.platform {
        lines.retain(|line| world::network_of(&line.platform) == world::network_of(platform));
    }
    if let Some(wanted) = &query.status {
        lines.retain(|line| line.status == *wanted);
    }
    let offset = query.offset.unwrap_or(0) as usize;
    let limit = query
        .limit
        .map_or(usize::MAX, |l| l.clamp(1, MOST) as usize);
    let scheduled_posts = lines.into_iter().skip(offset).take(limit).collect();
    Ok(Reply::ok(ScheduledPosts { scheduled_posts }))
}

/// A line of what is scheduled: its post, and the target when it names one alone.
async fn line(call: &Call, world: &World) -> Result<(Post, Option<TargetId>), Fault> {
    let text = call.param("scheduledPostId");
    let missing = || Fault {
        message: "There is no such scheduled post.".to_owned(),
        ..Fault::missing("post")
    };
    let id: TargetId = id_of(text, "post").map_err(|_| missing())?;
    match call.app().post_of_target(id).await {
        Ok(post) => Ok((world.post(call, &post.to_string()).await?, Some(id))),
        Err(_) => Ok((world.post(call, text).await.map_err(|_| missing())?, None)),
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cancelled {
    success: bool,
    post_id: String,
}

pub(super) async fn cancel(call: Call, _: Nothing, _: Nothing) -> Result<Reply<Cancelled>, Fault> {
    let world = World::read(&call).await?;
    let (post, target) = line(&call, &world).await?;
    let waits = |state| matches!(state, DeliveryState::Waiting | DeliveryState::Placed);
    let waiting = post
        .targets
        .iter()
        .any(|t| target.is_none_or(|id| id == t.id) && waits(t.state));
    if !waiting || !matches!(post.when, When::Scheduled { .. }) {
        return Err(Fault::new(
            Kind::Conflict,
            "Only what still waits for its time can be called off.",
        ));
    }
    match target.filter(|_| post.targets.len() > 1) {
        Some(id) => {
            call.app().targets_cancel(OneTarget { id }).await?;
        }
        None => {
            world::cancel(&call, post.id).await?;
        }
    }
    Ok(Reply::ok(Cancelled {
        success: true,
        post_id: post.id.to_string(),
    }))
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Retry {
    /// The workspace; the key's own when missing.
    profile_id: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Retried {
    success: bool,
    message: String,
}

pub(super) async fn retry(call: Call, _: Nothing, input: Retry) -> Result<Reply<Retried>, Fault> {
    profile(&call, input.profile_id.as_deref())?;
    call.may_publish()?;
    let world = World::read(&call).await?;
    let (post, target) = line(&call, &world).await?;
    let again = |state| matches!(state, DeliveryState::Failed | DeliveryState::Missed);
    let failed: Vec<TargetId> = post
        .targets
        .iter()
        .filter(|t| target.is_none_or(|id| id == t.id) && again(t.state))
        .map(|t| t.id)
        .collect();
    if failed.is_empty() {
        return Err(Fault::new(
            Kind::Conflict,
            "Only a failed post can be tried again.",
        ));
    }
    for id in failed {
        call.app().targets_retry(OneTarget { id }).await?;
    }
    Ok(Reply::ok(Retried {
        success: true,
        message: "Post queued for retry".to_owned(),
    }))
}
