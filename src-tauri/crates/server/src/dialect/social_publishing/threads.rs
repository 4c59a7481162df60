//! Threads: several parts, one after the other.

use app::types::posts::{Place, Scheduling};
use model::content::Segment;
use model::post::{ContentType, Draft};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::shapes::{self, KIND, Media, Note};
use crate::call::{Call, Nothing, Reply};
use crate::fault::Fault;
use crate::times;
use crate::world::{self, New, World};

/// Most parts of a thread.
const MAX_PARTS: usize = 100;

#[derive(Deserialize, JsonSchema)]
struct Part {
    /// The text.
    text: Option<String>,
    /// Pictures and videos.
    media: Option<Vec<Media>>,
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct NewThread {
    /// The network.
    platform: String,
    /// The account; the usual one of the network when missing.
    account_id: Option<String>,
    /// The parts.
    posts: Vec<Part>,
    /// When it goes out; a draft when missing.
    schedule_at: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Thread {
    thread_id: String,
    platform: String,
    post_count: u32,
    status: String,
    scheduled_at: Option<String>,
}

pub(super) async fn create(call: Call, _: Nothing, new: NewThread) -> Result<Reply<Thread>, Fault> {
    let world = World::read(&call).await?;
    let calendar = world.calendar()?;
    if new.posts.is_empty() || new.posts.len() > MAX_PARTS {
        return Err(Fault::invalid(
            "posts",
            format!("A thread has between 1 and {MAX_PARTS} parts."),
        ));
    }
    let account = match &new.account_id {
        Some(text) => world.account_by(text)?,
        None => world.account_on(&new.platform, calendar).ok_or_else(|| {
            Fault::invalid("platform", "No account on that network is connected.")
                .given(&new.platform)
        })?,
    };
    if account.network != world::network_of(&new.platform) {
        return Err(Fault::invalid(
            "account_id",
            "That account is on another network.",
        ));
    }
    let at = match &new.schedule_at {
        Some(text) => {
            let at = times::instant("schedule_at", text, &calendar.zone)?;
            if !call.app().is_ahead(at) {
                return Err(
                    Fault::invalid("schedule_at", "schedule_at lies in the past.").given(text),
                );
            }
            call.may_publish()?;
            Some(at)
        }
        None => None,
    };
    let mut segments = Vec::new();
    for (n, part) in new.posts.iter().enumerate() {
        let given = part.media.as_deref().unwrap_or_default();
        let segment = Segment {
            text: part.text.clone().unwrap_or_default(),
            media: shapes::media(&call, given, &[], &format!("posts.{n}.media")).await?,
        };
        if segment.is_empty() {
            return Err(Fault::invalid(
                &format!("posts.{n}"),
                "A part needs text or media.",
            ));
        }
        segments.push(segment);
    }
    let draft = Draft {
        content_type: ContentType::Thread,
        segments,
        targets: world::targets([account.id]),
        ..Draft::default()
    };
    let (place, scheduling) = match at {
        Some(at) => (times::place(at, &calendar.zone)?, Scheduling::Must),
        None => (Place::Shelf, Scheduling::Plan),
    };
    let note = Note {
        created_by: Some(format!("user_{}", call.bearer.key)),
        ..Note::default()
    };
    let plan = New {
        place,
        scheduling,
        note: Some(world::noted(&call, KIND, &note)?),
        ..New::of(calendar.id, draft)
    };
    let post = world::create(&call, plan).await?;
    Ok(Reply::created(Thread {
        thread_id: format!("thread_{}", post.id),
        platform: new.platform,
        post_count: post.segments.len() as u32,
        status: shapes::status(post.status).to_owned(),
        scheduled_at: at.map(times::seconds),
    }))
}
