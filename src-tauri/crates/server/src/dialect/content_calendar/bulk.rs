//! Many events at once.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::events::{self, Fields};
use super::shapes::Event;
use crate::call::{Call, Nothing, Reply, object};
use crate::fault::Fault;
use crate::world::World;

/// Most events at once.
const MOST: usize = 200;

#[derive(Deserialize, JsonSchema)]
pub(super) struct Bulk {
    /// Which.
    event_ids: Vec<String>,
    /// What is changed of each.
    #[serde(deserialize_with = "object")]
    updates: Fields,
}

#[derive(Serialize, JsonSchema)]
struct Refused {
    id: String,
    error: String,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Updated {
    updated: u32,
    failed: u32,
    events: Vec<Event>,
    errors: Vec<Refused>,
}

/// All of them have to be there before one is changed; then each stands on its own, and those that could
/// not be changed are named.
pub(super) async fn update(call: Call, _: Nothing, bulk: Bulk) -> Result<Reply<Updated>, Fault> {
    let world = World::read(&call).await?;
    let calendar = world.calendar_by(call.param("calendar_id"))?;
    if bulk.event_ids.is_empty() || bulk.event_ids.len() > MOST {
        return Err(Fault::invalid(
            "event_ids",
            format!("Between 1 and {MOST} events are changed at once."),
        ));
    }
    let mut posts = Vec::new();
    for (n, id) in bulk.event_ids.iter().enumerate() {
        let post = events::event(&call, &world, calendar, id).await;
        let post = post.map_err(|fault| fault.with("field", format!("event_ids.{n}")))?;
        if !posts.iter().any(|p: &model::post::Post| p.id == post.id) {
            posts.push(post);
        }
    }
    let (mut changed, mut errors) = (Vec::new(), Vec::new());
    for post in posts {
        let id = format!("evt_{}", post.id);
        match events::change(&call, &world, calendar, post, &bulk.updates).await {
            Ok(event) => changed.push(event),
            // What is wrong for one because of what was sent is wrong for all.
            Err(fault) if changed.is_empty() && errors.is_empty() => return Err(fault),
            Err(fault) => errors.push(Refused {
                id,
                error: fault.message,
            }),
        }
    }
    Ok(Reply::ok(Updated {
        updated: changed.len() as u32,
        failed: errors.len() as u32,
        events: changed,
        errors,
    }))
}
