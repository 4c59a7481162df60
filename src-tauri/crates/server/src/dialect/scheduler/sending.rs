//! One address for both: publish now, or schedule.

use app::types::posts::Scheduling;
use model::content::{MediaUse, Segment};
use model::delivery::DeliveryState;
use model::post::{ContentType, Draft, Post, Target};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::profile;
use crate::call::{Call, Nothing, Reply};
use crate::fault::Fault;
use crate::files::{self, Given, Had};
use crate::times;
use crate::world::{self, New, World};

/// Most networks of a post.
const MAX_PLATFORMS: usize = 50;
/// Most files of a post.
const MAX_MEDIA: usize = 20;

/// A file of a post: one that was uploaded, or one at an address.
#[derive(Deserialize, JsonSchema)]
pub(super) struct Media {
    /// Its id, when it was uploaded here.
    id: Option<String>,
    /// Its path, when it was uploaded here.
    file_path: Option<String>,
    /// Its address, from which it is fetched when it was not.
    public_url: Option<String>,
    /// Description for people who cannot see it.
    alt_text: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewPost {
    /// The workspace; the key's own when missing.
    profile_id: Option<String>,
    /// Networks to publish to.
    platforms: Option<Vec<String>>,
    /// One network, as a short form.
    platform: Option<String>,
    /// Accounts to publish to, when a network has several.
    connection_ids: Option<Vec<String>>,
    /// The text.
    content: Option<String>,
    /// Pictures and videos.
    media: Option<Vec<Media>>,
    /// When; at once when missing.
    schedule_date: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Sent {
    platform: String,
    status: String,
    external_post_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// What came of it: with targets when it went out at once, with a time when it was scheduled.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Posted {
    success: bool,
    post_id: String,
    /// Why nothing of it went out, where that is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    targets: Option<Vec<Sent>>,
    /// Why it is not on its way yet, where nothing goes out at the moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_at: Option<String>,
}

/// The word of this contract for how a target stands.
pub(super) fn word(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Waiting => "pending",
        DeliveryState::Placed => "scheduled",
        DeliveryState::Sending | DeliveryState::Unconfirmed => "publishing",
        DeliveryState::Published => "published",
        DeliveryState::Failed | DeliveryState::Missed => "failed",
        DeliveryState::Cancelled => "cancelled",
    }
}

/// Files of a post, uploaded or fetched.
async fn media(call: &Call, given: &[Media]) -> Result<Vec<MediaUse>, Fault> {
    if given.len() > MAX_MEDIA {
        return Err(Fault::invalid(
            "media",
            format!("A post takes at most {MAX_MEDIA} files."),
        ));
    }
    let named = given.iter().map(|one| Given {
        id: one.id.as_deref().or(one.file_path.as_deref()),
        url: one.public_url.as_deref(),
        alt: one.alt_text.as_deref(),
    });
    let named: Vec<Given<'_>> = named.collect();
    files::used(call, &named, &mut Had::default(), 0, "media").await
}

fn accounts(world: &World, new: &NewPost) -> Result<Vec<model::AccountId>, Fault> {
    let calendar = world.calendar()?;
    let mut all = Vec::new();
    for text in new.connection_ids.iter().flatten() {
        all.push(world.account_by(text)?.id);
    }
    let names = new.platforms.iter().flatten().chain(&new.platform);
    for name in names {
        let own = world.accounts_on(name);
        // A connection that was named already stands for its network.
        if own.iter().any(|id| all.contains(id)) {
            continue;
        }
        let account = world.account_on(name, calendar).ok_or_else(|| {
            Fault::invalid(
                "platforms",
                format!("No account on {name} is connected. Connect one first."),
            )
            .given(name)
        })?;
        all.push(account.id);
    }
    if all.is_empty() {
        return Err(Fault::invalid("platforms", "platforms names no network."));
    }
    if all.len() > MAX_PLATFORMS {
        return Err(Fault::invalid(
            "platforms",
            "platforms names too many networks.",
        ));
    }
    Ok(all)
}

pub(super) async fn post(call: Call, _: Nothing, new: NewPost) -> Result<Reply<Posted>, Fault> {
    profile(&call, new.profile_id.as_deref())?;
    call.may_publish()?;
    let world = World::read(&call).await?;
    let calendar = world.calendar()?;
    let targets = world::targets(accounts(&world, &new)?);
    let at = match &new.schedule_date {
        Some(text) => Some(times::instant("scheduleDate", text, &calendar.zone)?),
        None => None,
    };
    if at.is_some_and(|at| !call.app().is_ahead(at)) {
        return Err(Fault::invalid(
            "scheduleDate",
            "scheduleDate lies in the past.",
        ));
    }
    let segment = Segment {
        text: new.content.unwrap_or_default(),
        media: media(&call, new.media.as_deref().unwrap_or_default()).await?,
    };
    if segment.is_empty() {
        return Err(Fault::invalid("content", "A post needs content or media."));
    }
    let draft = Draft {
        segments: vec![segment],
        content_type: ContentType::Post,
        targets,
        ..Draft::default()
    };
    if let Some(at) = at {
        let place = times::place(at, &calendar.zone)?;
        let new = New {
            place,
            scheduling: Scheduling::Must,
            ..New::of(calendar.id, draft)
        };
        let post = world::create(&call, new).await?;
        return Ok(Reply::ok(scheduled(&post)));
    }
    let made = world::create(&call, New::of(calendar.id, draft)).await?;
    match world::publish_now(&call, &made).await {
        Ok(post) => {
            let message = world::why_not_yet(&call, &post).await?;
            Ok(Reply::ok(sent(&world, &post, message)))
        }
        Err(fault) => {
            // Nothing of it went out, and nobody asked for a draft.
            world::remove(&call, &made).await?;
            Err(fault)
        }
    }
}

fn scheduled(post: &Post) -> Posted {
    Posted {
        success: true,
        post_id: post.id.to_string(),
        error: None,
        targets: None,
        message: None,
        scheduled: Some(true),
        scheduled_at: post.when.stands_at().map(times::millis),
    }
}

fn sent(world: &World, post: &Post, message: Option<String>) -> Posted {
    let one = |target: &Target| Sent {
        platform: world.platform(target.draft.account_id),
        status: word(target.state).to_owned(),
        external_post_id: target.remote_id.clone(),
        error: target.failure.as_ref().map(|f| f.message.clone()),
    };
    let all: Vec<Sent> = post.targets.iter().map(one).collect();
    let over = |t: &Target| matches!(t.state, DeliveryState::Failed | DeliveryState::Missed);
    let success = !post.targets.iter().all(over);
    // Whatever is no success says why in the one field that errors have.
    let error = all.iter().find_map(|sent| sent.error.clone());
    Posted {
        success,
        post_id: post.id.to_string(),
        error: error.filter(|_| !success),
        targets: Some(all),
        message,
        scheduled: None,
        scheduled_at: None,
    }
}
