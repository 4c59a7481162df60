//! Publishing with a key that may, and asking the person with one that may not.

use app::programs::AskedTime;
use app::types::posts::{Place, Scheduling};
use model::key::Permission;
use model::post::Post;
use model::status::EditorialStatus;
use serde::Serialize;

use super::shapes::PostOut;
use crate::call::Call;
use crate::fault::Fault;
use crate::world::{self, World};

/// What came of it.
#[derive(Serialize)]
pub(super) struct Sent {
    /// The person has to answer in the window first.
    waits_for_person: bool,
    post: PostOut,
}

/// Schedules a post at its time or another one, or asks for it.
pub(super) async fn schedule(
    call: &Call,
    world: &World,
    post: Post,
    place: Option<Place>,
) -> Result<Sent, Fault> {
    if call.allows(Permission::PublishContent) {
        call.may_publish()?;
        let place = place.or_else(|| Place::of_plan(&post.when));
        let scheduled = match place {
            Some(place) => world::place(call, post.id, place, Scheduling::Must).await?,
            None => world::editorial(call, post.id, EditorialStatus::Scheduled).await?,
        };
        return on_its_way(call, world, &scheduled).await;
    }
    let time = place.map_or(AskedTime::Planned, AskedTime::At);
    ask(call, world, post, time).await
}

/// Publishes a post at once, or asks for it.
pub(super) async fn publish(call: &Call, world: &World, post: Post) -> Result<Sent, Fault> {
    if call.allows(Permission::PublishContent) {
        call.may_publish()?;
        let sent = world::publish_now(call, &post).await?;
        return on_its_way(call, world, &sent).await;
    }
    ask(call, world, post, AskedTime::AtOnce).await
}

async fn ask(call: &Call, world: &World, post: Post, time: AskedTime) -> Result<Sent, Fault> {
    // What goes out by itself needs no question, and is not to lose its time over one.
    world::may_change(call, &post)?;
    let (workspace, key) = (call.workspace(), call.bearer.key);
    let asked = call.app().ask_to_publish(workspace, key, post, time).await;
    Ok(Sent {
        waits_for_person: true,
        post: PostOut::of(world, &asked?),
    })
}

async fn on_its_way(call: &Call, world: &World, post: &Post) -> Result<Sent, Fault> {
    Ok(Sent {
        waits_for_person: false,
        post: PostOut::on_its_way(call, world, post).await?,
    })
}
