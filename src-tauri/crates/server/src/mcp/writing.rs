//! Tools that make and change posts.

use app::types::posts::{OneTarget, Place, Scheduling};
use model::post::{ContentType, Draft};
use model::status::EditorialStatus;
use model::when::{WallTime, Zone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ask::{self, Sent};
use super::reading::OnePostIn;
use super::shapes::{DraftIn, PostOut};
use crate::call::Call;
use crate::fault::{Fault, Kind};
use crate::limits::Bucket;
use crate::times;
use crate::world::{self, New, World, draft_of};

/// A time as tools take it: `2026-05-20T09:30` in the calendar's zone, `2026-05-20` for a day alone, or an
/// instant with an offset such as `2026-05-20T07:30:00Z`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(super) struct When(String);

impl When {
    /// The place in a zone.
    pub fn place(&self, zone: &Zone) -> Result<Place, Fault> {
        let text = &self.0;
        if text.len() == 10 {
            let zone = Some(zone.clone());
            let date = times::date("at", text)?;
            return Ok(Place::Date { date, zone });
        }
        // What was typed is kept as it was typed, so that it follows the zone.
        if let Ok(wall) = text.parse::<WallTime>()
            && text.len() <= 19
        {
            return Ok(Place::Wall {
                wall,
                zone: Some(zone.clone()),
            });
        }
        times::place(times::instant("at", text, zone)?, zone)
    }
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct NewPost {
    /// The calendar; the oldest in use when missing.
    #[serde(default)]
    calendar: Option<String>,
    /// What it says and where it goes. Without accounts it gets the calendar's usual ones.
    #[serde(flatten)]
    draft: DraftIn,
    /// The time it is planned for; the shelf when missing.
    #[serde(default)]
    at: Option<When>,
}

pub(super) async fn create(call: Call, input: NewPost) -> Result<PostOut, Fault> {
    let world = World::read(&call).await?;
    let calendar = match &input.calendar {
        Some(text) => world.calendar_by(text)?,
        None => world.calendar()?,
    };
    let mut draft = Draft {
        content_type: ContentType::Post,
        targets: world::targets(calendar.default_accounts.iter().copied()),
        ..Draft::default()
    };
    input.draft.onto(&call, &world, &mut draft).await?;
    if draft.segments.iter().all(model::content::Segment::is_empty) && draft.title.is_empty() {
        return Err(Fault::invalid(
            "text",
            "A post needs text, a file or a title.",
        ));
    }
    let place = match &input.at {
        Some(at) => at.place(&calendar.zone)?,
        None => Place::Shelf,
    };
    let new = New {
        place,
        ..New::of(calendar.id, draft)
    };
    let post = world::create(&call, new).await?;
    Ok(PostOut::of(&world, &post))
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct PostChange {
    /// The post.
    post: String,
    /// What changes.
    #[serde(flatten)]
    draft: DraftIn,
}

pub(super) async fn update(call: Call, input: PostChange) -> Result<PostOut, Fault> {
    let world = World::read(&call).await?;
    let post = world.post(&call, &input.post).await?;
    world::may_change(&call, &post)?;
    let mut draft = draft_of(&post);
    input.draft.onto(&call, &world, &mut draft).await?;
    let saved = world::save(&call, &post, draft).await?;
    Ok(PostOut::of(&world, &saved))
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct PostShift {
    /// The post.
    post: String,
    /// The new time; the shelf when missing.
    #[serde(default)]
    at: Option<When>,
}

pub(super) async fn shift(call: Call, input: PostShift) -> Result<PostOut, Fault> {
    let world = World::read(&call).await?;
    let post = world.post(&call, &input.post).await?;
    world::may_change(&call, &post)?;
    let place = match &input.at {
        Some(at) => at.place(&world.zone(&post))?,
        None => Place::Shelf,
    };
    // A draft is never scheduled by moving it; what is scheduled stays so.
    let scheduling = match post.editorial {
        EditorialStatus::Scheduled => Scheduling::IfReady,
        _ => Scheduling::Plan,
    };
    let moved = world::place(&call, post.id, place, scheduling).await?;
    PostOut::on_its_way(&call, &world, &moved).await
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct FileFrom {
    /// Its address, https.
    address: String,
    /// Description for people who cannot see it.
    #[serde(default)]
    alt: Option<String>,
}

#[derive(Serialize)]
pub(super) struct FileTaken {
    id: String,
    mime: String,
    bytes: u64,
    width: Option<u32>,
    height: Option<u32>,
}

pub(super) async fn import(call: Call, input: FileFrom) -> Result<FileTaken, Fault> {
    call.counts(Bucket::Media)?;
    let taken = call.app().media_fetch(&input.address).await;
    let info = taken.map_err(Fault::from)?.info;
    let id = crate::files::name_file(&call, info.id.clone(), &info.name).await?;
    if let Some(alt) = input.alt {
        let upload = crate::files::Upload {
            media: info.id.clone(),
            alt,
            name: info.name.clone(),
        };
        crate::files::describe(&call, id, &upload).await?;
    }
    Ok(FileTaken {
        id: format!("media_{id}"),
        mime: info.mime,
        bytes: info.bytes,
        width: info.width,
        height: info.height,
    })
}

pub(super) async fn schedule(call: Call, input: PostShift) -> Result<Sent, Fault> {
    let world = World::read(&call).await?;
    let post = world.post(&call, &input.post).await?;
    let place = match &input.at {
        Some(at) => Some(at.place(&world.zone(&post))?),
        None => None,
    };
    ask::schedule(&call, &world, post, place).await
}

pub(super) async fn publish(call: Call, input: OnePostIn) -> Result<Sent, Fault> {
    let world = World::read(&call).await?;
    let post = world.post(&call, &input.post).await?;
    ask::publish(&call, &world, post).await
}

pub(super) async fn retry(call: Call, input: OnePostIn) -> Result<PostOut, Fault> {
    use model::delivery::DeliveryState::{Failed, Missed};
    call.may_publish()?;
    let world = World::read(&call).await?;
    let post = world.post(&call, &input.post).await?;
    let again: Vec<_> = post
        .targets
        .iter()
        .filter(|t| matches!(t.state, Failed | Missed))
        .map(|t| t.id)
        .collect();
    if again.is_empty() {
        return Err(Fault::new(
            Kind::Conflict,
            "Nothing of this post failed or was missed.",
        ));
    }
    for id in again {
        call.app().targets_retry(OneTarget { id }).await?;
    }
    let post = world.post(&call, &input.post).await?;
    PostOut::on_its_way(&call, &world, &post).await
}

pub(super) async fn cancel(call: Call, input: OnePostIn) -> Result<PostOut, Fault> {
    let world = World::read(&call).await?;
    let post = world.post(&call, &input.post).await?;
    let post = world::cancel(&call, post.id).await?;
    Ok(PostOut::of(&world, &post))
}

#[derive(Serialize)]
pub(super) struct Gone {
    id: String,
    in_the_bin: bool,
}

pub(super) async fn delete(call: Call, input: OnePostIn) -> Result<Gone, Fault> {
    let world = World::read(&call).await?;
    let post = world.post(&call, &input.post).await?;
    world::remove(&call, &post).await?;
    Ok(Gone {
        id: post.id.to_string(),
        in_the_bin: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_with_an_offset_is_an_instant_however_short_it_is_written() {
        let zone: Zone = "America/New_York".parse().unwrap();
        for (typed, shown) in [
            ("2026-05-20T09:30", "2026-05-20T09:30:00"),
            ("2026-05-20T09:30+02", "2026-05-20T03:30:00"),
            ("2026-05-20T09:30Z", "2026-05-20T05:30:00"),
        ] {
            let Ok(Place::Wall { wall, .. }) = When(typed.to_owned()).place(&zone) else {
                panic!("{typed}")
            };
            assert_eq!(wall.to_string(), shown);
        }
    }
}
