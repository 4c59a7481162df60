//! Many events at once.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::events::{self, Fields};
use super::shapes::Event;
use crate::call::{Call, Nothing, Reply, object};
use crate::fault::{Fault, Kind};
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

/// Whether a fault lies in what was sent alone, so that the next event would fare no better.
const fn of_all(fault: &Fault) -> bool {
    matches!(
        fault.kind,
        Kind::Media | Kind::Network | Kind::NetworkBusy | Kind::RateLimited
    )
}

/// Whether it may lie in what was sent: it does when not a single event takes it.
const fn of_any(fault: &Fault) -> bool {
    matches!(fault.kind, Kind::Invalid | Kind::Forbidden)
}

/// All of them have to be there before one is changed; then each stands on its own, and those that could
/// not be changed are named, whichever comes first. What is wrong with all of them is wrong with what was
/// sent, and refused as a whole.
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
    let (mut changed, mut refused) = (Vec::new(), Vec::<(String, Fault)>::new());
    for post in posts {
        let id = format!("evt_{}", post.id);
        match events::change(&call, &world, calendar, post, &bulk.updates).await {
            Ok(event) => changed.push(event),
            Err(fault) if changed.is_empty() && of_all(&fault) => return Err(fault),
            Err(fault) => refused.push((id, fault)),
        }
    }
    if changed.is_empty()
        && refused.iter().all(|(_, fault)| of_any(fault))
        && let Some((_, fault)) = refused.first()
    {
        return Err(fault.clone());
    }
    let error = |(id, fault): (String, Fault)| Refused {
        id,
        error: fault.message,
    };
    let errors: Vec<Refused> = refused.into_iter().map(error).collect();
    Ok(Reply::ok(Updated {
        updated: changed.len() as u32,
        failed: errors.len() as u32,
        events: changed,
        errors,
    }))
}
