//! Posts: made, changed, scheduled, published once they are there, called off.

use app::programs::PostChange;
use app::types::posts::{Place, Scheduling};
use model::content::Segment;
use model::post::{Draft, TargetDraft};
use model::status::ShownStatus;
use model::{AccountId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::shapes::{self, Content, KIND, Media, Note, PostOf};
use crate::call::{Call, Nothing, Reply};
use crate::fault::{Fault, Kind};
use crate::times;
use crate::world::{self, New, World};

/// Most networks of a post.
pub(super) const MAX_PLATFORMS: usize = 50;

/// A time ahead.
pub(super) fn at(
    field: &str,
    text: &str,
    call: &Call,
    zone: &model::when::Zone,
) -> Result<Timestamp, Fault> {
    let at = times::instant(field, text, zone)?;
    if call.app().is_ahead(at) {
        Ok(at)
    } else {
        Err(Fault::invalid(field, format!("{field} lies in the past.")).given(text))
    }
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct NewPost {
    /// A name for people.
    title: Option<String>,
    /// What it says.
    content: Content,
    /// Pictures and videos.
    media: Option<Vec<Media>>,
    /// Networks; those without an account wait for one.
    platforms: Option<Vec<String>>,
    /// draft, or scheduled with a time.
    status: Option<String>,
    /// When it goes out, with status scheduled.
    scheduled_at: Option<String>,
    /// A campaign's id, kept as it is.
    campaign_id: Option<String>,
    /// Labels.
    tags: Option<Vec<String>>,
}

/// The accounts of networks: those that a post goes to already, else the usual one of each that has one.
fn accounts(
    call: &Call,
    world: &World,
    names: &[String],
    had: &[TargetDraft],
) -> Result<Vec<AccountId>, Fault> {
    if names.len() > MAX_PLATFORMS || names.iter().any(|n| n.len() > 100) {
        return Err(Fault::invalid("platforms", "platforms names too much."));
    }
    if let Some(name) = world::strange_network(call, names) {
        let message = "platforms names a network that is not known.";
        return Err(Fault::invalid("platforms", message).given(name));
    }
    let calendar = world.calendar()?;
    let mut found = Vec::new();
    for name in names {
        let on = world.accounts_on(name);
        let before = found.len();
        let own = had.iter().map(|target| target.account_id);
        found.extend(own.filter(|id| on.contains(id)));
        if found.len() == before {
            found.extend(world.account_on(name, calendar).map(|a| a.id));
        }
    }
    Ok(found)
}

pub(super) async fn create(call: Call, _: Nothing, new: NewPost) -> Result<Reply<PostOf>, Fault> {
    let world = World::read(&call).await?;
    let calendar = world.calendar()?;
    let at = match (new.status.as_deref().unwrap_or("draft"), &new.scheduled_at) {
        ("draft", _) => None,
        ("scheduled", Some(text)) => Some(at("scheduled_at", text, &call, &calendar.zone)?),
        ("scheduled", None) => {
            return Err(Fault::invalid("scheduled_at", "scheduled_at is missing."));
        }
        (other, _) => {
            return Err(Fault::invalid("status", "A new post is draft or scheduled.").given(other));
        }
    };
    if at.is_some() {
        call.may_publish()?;
    }
    let platforms = new.platforms.unwrap_or_default();
    let mut note = Note {
        platforms: platforms.clone(),
        campaign_id: new.campaign_id,
        created_by: Some(format!("user_{}", call.bearer.key)),
        ..Note::default()
    };
    shapes::apply(&mut note, &new.content)?;
    let inside = new.content.media.unwrap_or_default().into_iter();
    let given: Vec<Media> = inside.chain(new.media.unwrap_or_default()).collect();
    let segment = Segment {
        text: note.pieces.whole(),
        media: shapes::media(&call, &given, &[], "media").await?,
    };
    let draft = Draft {
        title: new.title.unwrap_or_default(),
        segments: vec![segment],
        labels: new.tags.unwrap_or_default(),
        targets: world::targets(accounts(&call, &world, &platforms, &[])?),
        ..Draft::default()
    };
    let (place, scheduling) = match at {
        Some(at) => (times::place(at, &calendar.zone)?, Scheduling::Must),
        None => (Place::Shelf, Scheduling::Plan),
    };
    let new = New {
        place,
        scheduling,
        note: Some(world::noted(&call, KIND, &note)?),
        ..New::of(calendar.id, draft)
    };
    let post = world::create(&call, new).await?;
    Ok(Reply::created(shapes::shown(&call, &world, &post).await?))
}

pub(super) async fn one(call: Call, _: Nothing, _: Nothing) -> Result<Reply<PostOf>, Fault> {
    let world = World::read(&call).await?;
    let post = world.post(&call, call.param("post_id")).await?;
    Ok(Reply::ok(shapes::shown(&call, &world, &post).await?))
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct Change {
    /// A name for people.
    title: Option<String>,
    /// What it says; what is missing stays.
    content: Option<Content>,
    /// Pictures and videos, all of them.
    media: Option<Vec<Media>>,
    /// Networks, all of them.
    platforms: Option<Vec<String>>,
    /// A campaign's id, kept as it is.
    campaign_id: Option<String>,
    /// Labels, all of them.
    tags: Option<Vec<String>>,
}

pub(super) async fn update(call: Call, _: Nothing, change: Change) -> Result<Reply<PostOf>, Fault> {
    let world = World::read(&call).await?;
    let post = world.post(&call, call.param("post_id")).await?;
    world::may_change(&call, &post)?;
    let mut note: Note = world::note(&call, KIND, &post.id.to_string()).await?;
    let mut draft = world::draft_of(&post);
    if let Some(title) = change.title {
        draft.title = title;
    }
    if let Some(tags) = change.tags {
        draft.labels = tags;
    }
    let (mut content, mut media) = (change.content, change.media);
    if draft.segments.len() > 1 {
        if !shapes::is_shown(&draft, &note, content.as_ref(), media.as_deref()) {
            return Err(Fault::new(
                Kind::Conflict,
                "A thread is changed in Almanac's window, part by part.",
            ));
        }
        (content, media) = (None, None);
    }
    if let Some(content) = &content {
        let text = draft.segments.first().map_or("", |s| s.text.as_str());
        note.pieces = std::mem::take(&mut note.pieces).of(text);
        shapes::apply(&mut note, content)?;
        let whole = note.pieces.whole();
        match draft.segments.first_mut() {
            Some(first) => first.text = whole,
            None => draft.segments.push(Segment::text(whole)),
        }
    }
    let inside = content.and_then(|c| c.media);
    if let Some(given) = media.or(inside) {
        let media = shapes::media(&call, &given, &draft.segments, "media").await?;
        if let Some(first) = draft.segments.first_mut() {
            first.media = media;
        }
    }
    if let Some(names) = change.platforms {
        let wanted = accounts(&call, &world, &names, &draft.targets)?;
        draft.targets.retain(|t| wanted.contains(&t.account_id));
        let more = wanted
            .into_iter()
            .filter(|id| !draft.targets.iter().any(|t| t.account_id == *id));
        let more = world::targets(more.collect::<Vec<_>>());
        draft.targets.extend(more);
        note.platforms = names;
    }
    if change.campaign_id.is_some() {
        note.campaign_id = change.campaign_id;
    }
    let change = PostChange {
        draft: Some(draft),
        note: Some(world::noted(&call, KIND, &note)?),
        ..PostChange::of(&post)
    };
    let post = world::change(&call, change).await?;
    Ok(Reply::ok(shapes::shown(&call, &world, &post).await?))
}

/// What is gone.
#[derive(Serialize, JsonSchema)]
pub(super) struct Deleted {
    id: String,
    deleted: bool,
}

pub(super) async fn delete(call: Call, _: Nothing, _: Nothing) -> Result<Reply<Deleted>, Fault> {
    let world = World::read(&call).await?;
    let post = world.post(&call, call.param("post_id")).await?;
    world::remove(&call, &post).await?;
    Ok(Reply::ok(Deleted {
        id: format!("post_{}", post.id),
        deleted: true,
    }))
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct PublishDraft {
    /// Publish at once; true when missing.
    publish_now: Option<bool>,
}

pub(super) async fn publish_draft(
    call: Call,
    _: Nothing,
    input: PublishDraft,
) -> Result<Reply<PostOf>, Fault> {
    if input.publish_now == Some(false) {
        return Err(Fault::invalid(
            "publish_now",
            "To publish later, send a time to …/schedule.",
        ));
    }
    call.may_publish()?;
    let world = World::read(&call).await?;
    let post = world.post(&call, call.param("post_id")).await?;
    if post.status == ShownStatus::Published {
        return Err(Fault::new(Kind::Conflict, "The post is published already."));
    }
    let post = world::publish_now(&call, &post).await?;
    let mut shown = shapes::shown(&call, &world, &post).await?;
    shown.message = world::why_not_yet(&call, &post).await?;
    Ok(Reply::ok(shown))
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct Schedule {
    /// When.
    scheduled_at: String,
    /// The zone people see it in; also that of a time without an offset.
    timezone: Option<String>,
}

pub(super) async fn schedule(
    call: Call,
    _: Nothing,
    input: Schedule,
) -> Result<Reply<PostOf>, Fault> {
    call.may_publish()?;
    let world = World::read(&call).await?;
    let post = world.post(&call, call.param("post_id")).await?;
    let zone = match &input.timezone {
        Some(name) => times::zone("timezone", name)?,
        None => world.zone(&post),
    };
    let at = at("scheduled_at", &input.scheduled_at, &call, &zone)?;
    let place = times::place(at, &zone)?;
    let post = world::place(&call, post.id, place, Scheduling::Must).await?;
    Ok(Reply::ok(shapes::shown(&call, &world, &post).await?))
}

pub(super) async fn cancel(call: Call, _: Nothing, _: Nothing) -> Result<Reply<PostOf>, Fault> {
    let world = World::read(&call).await?;
    let post = world.post(&call, call.param("post_id")).await?;
    let post = world::cancel(&call, post.id).await?;
    Ok(Reply::ok(shapes::shown(&call, &world, &post).await?))
}
