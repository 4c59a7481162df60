//! What is scheduled, next first.

use app::types::programs::PostsPageQuery;
use model::status::ShownStatus;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::shapes::{self, KIND, Note};
use crate::call::{Call, Nothing, Reply};
use crate::fault::Fault;
use crate::times;
use crate::world::{self, World};

/// Posts in an answer while no number is asked for.
const USUAL: usize = 50;
/// Most posts in an answer.
const MOST: usize = 200;

#[derive(Deserialize, JsonSchema)]
pub(super) struct Query {
    /// Only posts to this network.
    platform: Option<String>,
    /// At most this many; 50 when missing, 200 at most.
    limit: Option<u32>,
    /// Leave so many out first.
    offset: Option<u32>,
}

#[derive(Serialize, JsonSchema)]
struct Queued {
    id: String,
    title: String,
    scheduled_at: String,
    platforms: Vec<String>,
    status: String,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Queue {
    queue: Vec<Queued>,
    total_scheduled: u32,
}

pub(super) async fn list(call: Call, query: Query, _: Nothing) -> Result<Reply<Queue>, Fault> {
    let world = World::read(&call).await?;
    let accounts = query.platform.as_deref().map(|p| world.accounts_on(p));
    if accounts.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Reply::ok(Queue {
            queue: Vec::new(),
            total_scheduled: 0,
        }));
    }
    let page = PostsPageQuery {
        dated_only: true,
        statuses: vec![ShownStatus::Scheduled, ShownStatus::Placed],
        accounts: accounts.unwrap_or_default(),
        ..PostsPageQuery::default()
    };
    let all = world.posts(&call, page).await?;
    let total = all.len() as u32;
    let limit = query.limit.map_or(USUAL, |l| (l as usize).clamp(1, MOST));
    let offset = query.offset.unwrap_or(0) as usize;
    let some: Vec<_> = all.into_iter().skip(offset).take(limit).collect();
    let notes = world::notes::<Note>(&call, KIND, &some).await?;
    let queue = some
        .iter()
        .filter_map(|post| {
            let mut platforms = notes
                .get(&post.id)
                .map(|n| n.platforms.clone())
                .unwrap_or_default();
            for target in &post.targets {
                let name = world.platform(target.draft.account_id);
                if !name.is_empty() && !platforms.contains(&name) {
                    platforms.push(name);
                }
            }
            let title = if post.title.is_empty() {
                model::content::first_words("", &post.segments, 80)
            } else {
                post.title.clone()
            };
            Some(Queued {
                id: format!("post_{}", post.id),
                title,
                scheduled_at: times::seconds(post.when.stands_at()?),
                platforms,
                status: shapes::status(post.status).to_owned(),
            })
        })
        .collect();
    Ok(Reply::ok(Queue {
        queue,
        total_scheduled: total,
    }))
}
