//! One event: made, read, changed, deleted.

use app::programs::PostChange;
use app::types::posts::{Place, Scheduling};
use model::calendar::Calendar;
use model::content::Segment;
use model::key::Permission;
use model::post::{Draft, Post};
use model::when::When;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::course::{self, Asked, NOT_WITH_THIS_KEY};
use super::shapes::{self, CALENDAR, CalendarNote, Content, Event, KIND, MAX_METADATA, Note};
use crate::call::{Call, Nothing, Reply, given};
use crate::fault::{Fault, Kind};
use crate::times;
use crate::world::{self, New, World};

/// Longest title, in characters: as the other contract of entries has it.
const MAX_TITLE: usize = 500;

/// Fields of an event, given or changed.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Fields {
    /// Title.
    pub title: Option<String>,
    /// What it is about, for people.
    pub description: Option<String>,
    /// What sort of content, such as `carousel_post`.
    pub content_type: Option<String>,
    /// The network.
    pub platform: Option<String>,
    /// When; null takes the date away.
    #[serde(deserialize_with = "given")]
    #[schemars(with = "Option<String>")]
    pub scheduled_at: Option<Option<String>>,
    /// How long, in seconds.
    pub duration: Option<u64>,
    /// What it says; what is missing stays.
    pub content: Option<Content>,
    /// More, by name; what is missing stays.
    pub metadata: Option<Map<String, Value>>,
    /// draft, scheduled, approved, published or cancelled.
    pub status: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Deleted {
    id: String,
    deleted: bool,
}

/// An event of a calendar.
pub(super) async fn event(
    call: &Call,
    world: &World,
    calendar: &Calendar,
    text: &str,
) -> Result<Post, Fault> {
    let missing = || Fault {
        what: "event",
        ..Fault::missing("event")
    };
    let post = world.post(call, text).await.map_err(|fault| {
        if fault.what == "post" {
            missing()
        } else {
            fault
        }
    })?;
    if post.calendar_id == calendar.id {
        Ok(post)
    } else {
        Err(missing())
    }
}

/// Puts what was given into the draft and the note.
async fn apply(
    call: &Call,
    world: &World,
    calendar: &Calendar,
    draft: &mut Draft,
    note: &mut Note,
    fields: &Fields,
) -> Result<(), Fault> {
    if let Some(title) = &fields.title {
        if title.trim().is_empty() || title.chars().count() > MAX_TITLE {
            return Err(Fault::invalid(
                "title",
                format!("title has between 1 and {MAX_TITLE} characters."),
            ));
        }
        draft.title.clone_from(title);
    }
    if let Some(text) = &fields.description {
        draft.notes.clone_from(text);
    }
    if let Some(word) = &fields.content_type {
        if word.is_empty() || word.len() > 100 {
            return Err(Fault::invalid(
                "content_type",
                "content_type is one short word.",
            ));
        }
        draft.content_type = shapes::sort(word);
        note.content_type = Some(word.clone());
    }
    if let Some(name) = &fields.platform {
        platform(call, world, calendar, draft, name)?;
        note.platform = Some(name.clone());
    }
    if fields.duration.is_some() {
        note.duration = fields.duration;
    }
    if let Some(content) = &fields.content {
        say(call, draft, note, content).await?;
    }
    if let Some(more) = &fields.metadata {
        merge(draft, note, more)?;
    }
    Ok(())
}

/// The accounts of a network's name; `multi` stands for those that the calendar's posts start with.
fn platform(
    call: &Call,
    world: &World,
    calendar: &Calendar,
    draft: &mut Draft,
    name: &str,
) -> Result<(), Fault> {
    let ours = world::network_of(name);
    if name == "multi" {
        draft.targets = world::targets(calendar.default_accounts.iter().copied());
        return Ok(());
    }
    if !call.app().networks().iter().any(|n| n.key == ours) {
        return Err(Fault::invalid("platform", "Almanac does not know that network.").given(name));
    }
    let account = world.account_on(name, calendar).map(|a| a.id);
    let stays = draft.targets.iter().any(|t| {
        world
            .account(t.account_id)
            .is_some_and(|a| a.network == ours)
    });
    if !stays {
        draft.targets = world::targets(account);
    }
    Ok(())
}

async fn say(
    call: &Call,
    draft: &mut Draft,
    note: &mut Note,
    content: &Content,
) -> Result<(), Fault> {
    let long = |list: &Option<Vec<String>>| {
        list.iter().any(|l| l.len() > 100) || list.iter().flatten().any(|t| t.len() > 4_000)
    };
    if long(&content.hashtags) || long(&content.tags) || long(&content.media_urls) {
        return Err(Fault::invalid("content", "A list in content is too long."));
    }
    if let Some(tags) = &content.tags {
        draft.labels.clone_from(tags);
    }
    if content.location.is_some() {
        note.location.clone_from(&content.location);
    }
    if draft.segments.len() > 1 {
        if shapes::is_shown(call, draft, note, content) {
            return Ok(());
        }
        return Err(Fault::new(
            Kind::Conflict,
            "A thread is changed in Almanac's window, part by part.",
        ));
    }
    if draft.segments.is_empty() {
        draft.segments.push(Segment::default());
    }
    let media = match &content.media_urls {
        Some(urls) => Some(shapes::media(call, urls, &draft.segments).await?),
        None => None,
    };
    if let Some(first) = draft.segments.first_mut() {
        note.pieces = std::mem::take(&mut note.pieces).of(&first.text);
        if let Some(text) = &content.caption {
            note.pieces.text.clone_from(text);
        }
        if let Some(tags) = &content.hashtags {
            note.pieces.hashtags.clone_from(tags);
        }
        if content.caption.is_some() || content.hashtags.is_some() {
            first.text = note.pieces.whole();
        }
        if let Some(media) = media {
            first.media = media;
        }
    }
    Ok(())
}

fn merge(draft: &mut Draft, note: &mut Note, more: &Map<String, Value>) -> Result<(), Fault> {
    for (name, value) in more {
        let text = || {
            value.as_str().ok_or_else(|| {
                Fault::invalid(
                    &format!("metadata.{name}"),
                    format!("metadata.{name} is a text."),
                )
            })
        };
        match (name.as_str(), value) {
            ("priority", Value::Null) => {}
            ("priority", _) => draft.priority = shapes::priority_of(text()?)?,
            ("assigned_to", Value::Null) => draft.assignee.clear(),
            ("assigned_to", _) => text()?.clone_into(&mut draft.assignee),
            (_, Value::Null) => {
                note.metadata.remove(name);
            }
            _ => {
                note.metadata.insert(name.clone(), value.clone());
            }
        }
    }
    if note.metadata.len() > MAX_METADATA {
        return Err(Fault::invalid("metadata", "metadata has too many entries."));
    }
    Ok(())
}

pub(super) async fn create(call: Call, _: Nothing, fields: Fields) -> Result<Reply<Event>, Fault> {
    let world = World::read(&call).await?;
    let calendar = world.calendar_by(call.param("calendar_id"))?;
    if fields.title.is_none() {
        return Err(Fault::invalid("title", "title is missing."));
    }
    let (mut draft, mut note) = (Draft::default(), Note::default());
    let at = time_of(&call, calendar, &fields)?;
    apply(&call, &world, calendar, &mut draft, &mut note, &fields).await?;
    if draft.segments.is_empty() {
        draft.segments.push(Segment::default());
    }
    let status = fields.status.as_deref();
    if !matches!(status, None | Some("draft" | "scheduled")) {
        return Err(
            Fault::invalid("status", "A new event is draft or scheduled.")
                .given(status.unwrap_or_default()),
        );
    }
    if status == Some("scheduled") && at.is_none() {
        return Err(Fault::invalid("scheduled_at", course::NEEDS_TIME));
    }
    note.planned = at.is_some() && status != Some("draft");
    let own: CalendarNote = world::note(&call, CALENDAR, &calendar.id.to_string()).await?;
    let place = match at {
        Some(at) => times::place(at, &calendar.zone)?,
        None => Place::Shelf,
    };
    let goes_out = note.planned && own.publishes() && !note.needs_a_yes();
    let scheduling = if goes_out && (status.is_some() || call.allows(Permission::PublishContent)) {
        call.may_publish()?;
        Scheduling::Must
    } else {
        note.lacks = goes_out.then(|| NOT_WITH_THIS_KEY.to_owned());
        Scheduling::Plan
    };
    let new = New {
        place,
        scheduling,
        note: Some(world::noted(&call, KIND, &note)?),
        in_review: note.planned && note.needs_a_yes(),
        ..New::of(calendar.id, draft)
    };
    let made = match world::create(&call, new.clone()).await {
        // Nobody said that it has to be scheduled: what lacks something is a plan, and says what.
        Err(fault)
            if scheduling == Scheduling::Must
                && status.is_none()
                && fault.kind == Kind::Invalid =>
        {
            note.say_what_it_lacks(&call, fault.message);
            let plan = New {
                scheduling: Scheduling::Plan,
                note: Some(world::noted(&call, KIND, &note)?),
                ..new
            };
            world::create(&call, plan).await
        }
        made => made,
    };
    let post = made?;
    let event = shapes::shown(&call, &world, &post, Some(&note), &own);
    Ok(Reply::created(event))
}

fn time_of(
    call: &Call,
    calendar: &Calendar,
    fields: &Fields,
) -> Result<Option<model::Timestamp>, Fault> {
    let Some(Some(text)) = &fields.scheduled_at else {
        return Ok(None);
    };
    let at = times::instant("scheduled_at", text, &calendar.zone)?;
    if call.app().is_ahead(at) {
        return Ok(Some(at));
    }
    Err(Fault::invalid(
        "scheduled_at",
        "Invalid scheduled date: cannot schedule events in the past",
    )
    .given(text))
}

/// Whether the time that was sent is the one that is shown of what has no other: a program sends back what it
/// read. A plan that is still ahead is scheduled by its time.
fn stays(call: &Call, calendar: &Calendar, post: &Post, fields: &Fields) -> bool {
    let Some(Some(text)) = &fields.scheduled_at else {
        return false;
    };
    let Ok(at) = times::instant("scheduled_at", text, &calendar.zone) else {
        return false;
    };
    let now = post.when.stands_at().map(times::seconds);
    let plan = !matches!(post.when, When::Scheduled { .. });
    now == Some(times::seconds(at)) && !(plan && call.app().is_ahead(at))
}

pub(super) async fn one(call: Call, _: Nothing, _: Nothing) -> Result<Reply<Event>, Fault> {
    let world = World::read(&call).await?;
    let calendar = world.calendar_by(call.param("calendar_id"))?;
    let post = event(&call, &world, calendar, call.param("event_id")).await?;
    let note: Note = world::note(&call, KIND, &post.id.to_string()).await?;
    let own: CalendarNote = world::note(&call, CALENDAR, &calendar.id.to_string()).await?;
    let event = shapes::shown(&call, &world, &post, Some(&note), &own);
    Ok(Reply::ok(event))
}

pub(super) async fn update(call: Call, _: Nothing, fields: Fields) -> Result<Reply<Event>, Fault> {
    let world = World::read(&call).await?;
    let calendar = world.calendar_by(call.param("calendar_id"))?;
    let post = event(&call, &world, calendar, call.param("event_id")).await?;
    let event = change(&call, &world, calendar, post, &fields).await?;
    Ok(Reply::ok(event))
}

/// Changes an event: what it says, where it stands, how far it is. What is refused of it changes nothing.
pub(super) async fn change(
    call: &Call,
    world: &World,
    calendar: &Calendar,
    post: Post,
    fields: &Fields,
) -> Result<Event, Fault> {
    world::may_change(call, &post)?;
    if fields.status.as_deref() == Some("cancelled") {
        call.may(Permission::PublishContent)?;
    }
    let had: Note = world::note(call, KIND, &post.id.to_string()).await?;
    let mut note = had.clone();
    let own: CalendarNote = world::note(call, CALENDAR, &calendar.id.to_string()).await?;
    let time = match &fields.scheduled_at {
        Some(_) if !stays(call, calendar, &post, fields) => {
            let at = time_of(call, calendar, fields)?;
            Some(at.map(|at| times::place(at, &calendar.zone)).transpose()?)
        }
        _ => None,
    };
    let asked = Asked {
        time,
        status: fields.status.as_deref(),
        publishes: own.publishes(),
        may_publish: call.allows(Permission::PublishContent),
    };
    let mut draft = world::draft_of(&post);
    apply(call, world, calendar, &mut draft, &mut note, fields).await?;
    let course = course::of(&post, &asked, &mut note)?;
    if course.may_send() {
        call.may_publish()?;
    }
    let base = PostChange {
        draft: Some(draft),
        ..PostChange::of(&post)
    };
    let post = course.run(call, base, &had, &mut note).await?;
    // With what others gave of it meanwhile.
    let note: Note = world::note(call, KIND, &post.id.to_string()).await?;
    Ok(shapes::shown(call, world, &post, Some(&note), &own))
}

pub(super) async fn delete(call: Call, _: Nothing, _: Nothing) -> Result<Reply<Deleted>, Fault> {
    let world = World::read(&call).await?;
    let calendar = world.calendar_by(call.param("calendar_id"))?;
    let post = event(&call, &world, calendar, call.param("event_id")).await?;
    world::remove(&call, &post).await?;
    Ok(Reply::ok(Deleted {
        id: format!("evt_{}", post.id),
        deleted: true,
    }))
}
