//! Calendars: made, listed, read with their events, changed, deleted.

use std::collections::HashMap;

use app::programs::{CalendarChange, ProgramNote};
use app::types::ApiError;
use app::types::accounts::{CalendarCreate, CalendarDraft, OneCalendar};
use app::types::programs::{PageOrder, PostsPageQuery};
use model::calendar::{
    Calendar, CalendarStatus, DEFAULT_GRACE_MINUTES, WorkingHours, usual_working_hours,
};
use model::post::Post;
use model::{CalendarId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::shapes::{CALENDAR, CalendarNote, KIND, Note, Standing, calendar_id, lay};
use crate::call::{Call, Nothing, Reply, is_of};
use crate::fault::Fault;
use crate::times;
use crate::world::{self, World};

/// Calendars of a page while no number is asked for.
const USUAL: u32 = 20;
/// Most calendars of a page.
const MOST: u32 = 100;
/// Events shown with their calendar.
const SHOWN: usize = 50;
/// Most entries of `settings`.
const MAX_SETTINGS: usize = 50;

/// Fields of a calendar, given or changed.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Fields {
    /// Its name.
    name: Option<String>,
    /// What it is for.
    description: Option<String>,
    /// The zone people schedule in.
    timezone: Option<String>,
    /// Settings, by name; what is missing stays.
    settings: Option<Map<String, Value>>,
    /// active or archived.
    status: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Made {
    id: String,
    name: String,
    status: String,
    created_at: String,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct CalendarOf {
    id: String,
    name: String,
    description: String,
    timezone: String,
    status: String,
    owner_id: String,
    team_id: String,
    settings: Map<String, Value>,
    created_at: String,
    updated_at: String,
}

#[derive(Serialize, JsonSchema)]
struct Counted {
    #[serde(flatten)]
    calendar: CalendarOf,
    events_count: u32,
    upcoming_events: u32,
}

#[derive(Serialize, JsonSchema)]
struct Short {
    id: String,
    title: String,
    scheduled_at: Option<String>,
    status: String,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Whole {
    calendar: Counted,
    events: Vec<Short>,
}

const fn status(calendar: &Calendar) -> &'static str {
    match calendar.status {
        CalendarStatus::Active => "active",
        CalendarStatus::Archived => "archived",
    }
}

/// The settings as this contract words them: kept ones, and the hours that the calendar has.
fn settings(calendar: &Calendar, note: CalendarNote) -> Map<String, Value> {
    let mut all = note.settings;
    if let Some(hours) = calendar.working_hours.first() {
        let hours = json!({ "start": times::clock(hours.from), "end": times::clock(hours.to) });
        all.insert("working_hours".to_owned(), hours);
    }
    all
}

/// When the calendars were changed last.
async fn changed_at(call: &Call) -> Result<HashMap<CalendarId, Timestamp>, Fault> {
    Ok(call.app().calendars_changed_at(call.workspace()).await?)
}

fn shown(
    calendar: &Calendar,
    note: CalendarNote,
    changed: &HashMap<CalendarId, Timestamp>,
) -> CalendarOf {
    let updated = changed.get(&calendar.id).copied();
    CalendarOf {
        id: calendar_id(calendar),
        name: calendar.name.clone(),
        description: calendar.description.clone(),
        timezone: calendar.zone.to_string(),
        status: status(calendar).to_owned(),
        owner_id: format!("user_{}", calendar.workspace_id),
        team_id: format!("team_{}", calendar.workspace_id),
        settings: settings(calendar, note),
        created_at: times::seconds(calendar.created_at),
        updated_at: times::seconds(updated.unwrap_or(calendar.created_at)),
    }
}

/// Whether these hours are those that are shown of a calendar, which may have more on other days.
fn as_shown(calendar: &Calendar, given: &[WorkingHours]) -> bool {
    let shown = |hours: &WorkingHours| (times::clock(hours.from), times::clock(hours.to));
    let now = calendar.working_hours.first().map(shown);
    now.is_some() && now == given.first().map(shown)
}

/// Takes the hours out of settings that are given.
fn split(given: &mut Map<String, Value>) -> Result<Option<Vec<WorkingHours>>, Fault> {
    for name in ["approval_workflow", "auto_publish"] {
        if given.get(name).is_some_and(|value| !value.is_boolean()) {
            let field = format!("settings.{name}");
            return Err(Fault::invalid(&field, format!("{field} is true or false.")));
        }
    }
    match given.remove("working_hours") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => working_hours(&value).map(Some),
    }
}

/// The note of a calendar once these settings are given: null takes one away, what is missing stays.
fn revise(had: Option<Value>, given: &Map<String, Value>) -> Result<Value, ApiError> {
    let mut note: CalendarNote = had.and_then(world::read_note).unwrap_or_default();
    lay(&mut note.settings, given);
    if note.settings.len() > MAX_SETTINGS {
        return Err(ApiError::invalid(
            "settings",
            "settings has too many entries.",
        ));
    }
    Ok(json!(note))
}

fn working_hours(value: &Value) -> Result<Vec<WorkingHours>, Fault> {
    let part = |name: &str| {
        let field = format!("settings.working_hours.{name}");
        let text = value.get(name).and_then(Value::as_str);
        times::time(&field, text.unwrap_or_default())
    };
    let (from, to) = (part("start")?, part("end")?);
    if to <= from {
        return Err(Fault::invalid(
            "settings.working_hours.end",
            "Working hours end after they begin.",
        ));
    }
    let days = (1..=5).map(|weekday| WorkingHours { weekday, from, to });
    Ok(days.collect())
}

pub(super) async fn create(call: Call, _: Nothing, new: Fields) -> Result<Reply<Made>, Fault> {
    let name = new
        .name
        .ok_or_else(|| Fault::invalid("name", "name is missing."))?;
    if let Some(status) = new.status.filter(|status| status != "active") {
        return Err(Fault::invalid("status", "A new calendar is active.").given(&status));
    }
    let zone = match &new.timezone {
        Some(name) => times::zone("timezone", name)?,
        None => call.app().zone().clone(),
    };
    let mut given = new.settings.unwrap_or_default();
    let hours = split(&mut given)?;
    let note = revise(None, &given)?;
    let draft = CalendarDraft {
        name,
        description: new.description.unwrap_or_default(),
        zone,
        working_hours: hours.unwrap_or_else(usual_working_hours),
        default_accounts: Vec::new(),
        grace_minutes: DEFAULT_GRACE_MINUTES,
        most_posts: None,
    };
    world::noted(&call, CALENDAR, &note)?;
    let made = call
        .app()
        .calendars_create(CalendarCreate {
            workspace_id: call.workspace(),
            draft,
        })
        .await?
        .value;
    world::put_note(&call, CALENDAR, &made.id.to_string(), &note).await?;
    Ok(Reply::created(Made {
        id: calendar_id(&made),
        name: made.name.clone(),
        status: status(&made).to_owned(),
        created_at: times::seconds(made.created_at),
    }))
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct Query {
    /// Only calendars of this team.
    team_id: Option<String>,
    /// active or archived.
    status: Option<String>,
    /// At most this many; 20 when missing, 100 at most.
    limit: Option<u32>,
    /// Leave so many out first.
    offset: Option<u32>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Calendars {
    calendars: Vec<CalendarOf>,
    total: u32,
    limit: u32,
    offset: u32,
}

async fn note(call: &Call, calendar: &Calendar) -> Result<CalendarNote, Fault> {
    world::note(call, CALENDAR, &calendar.id.to_string()).await
}

pub(super) async fn list(call: Call, query: Query, _: Nothing) -> Result<Reply<Calendars>, Fault> {
    let world = World::read(&call).await?;
    let wanted = query.status.as_deref();
    if wanted.is_some_and(|w| w != "active" && w != "archived") {
        return Err(Fault::invalid("status", "status is active or archived.")
            .given(wanted.unwrap_or_default()));
    }
    let own = call.workspace();
    let mine = query.team_id.is_none_or(|team| is_of(&team, own));
    let all: Vec<&Calendar> = world
        .room
        .calendars
        .iter()
        .filter(|c| mine && wanted.is_none_or(|w| status(c) == w))
        .collect();
    let limit = query.limit.unwrap_or(USUAL).clamp(1, MOST);
    let offset = query.offset.unwrap_or(0);
    let changed = changed_at(&call).await?;
    let mut calendars = Vec::new();
    for calendar in all.iter().skip(offset as usize).take(limit as usize) {
        calendars.push(shown(calendar, note(&call, calendar).await?, &changed));
    }
    Ok(Reply::ok(Calendars {
        calendars,
        total: all.len() as u32,
        limit,
        offset,
    }))
}

pub(super) async fn one(call: Call, _: Nothing, _: Nothing) -> Result<Reply<Whole>, Fault> {
    let world = World::read(&call).await?;
    let calendar = world.calendar_by(call.param("calendar_id"))?;
    let query = PostsPageQuery {
        calendars: vec![calendar.id],
        order: PageOrder::Earliest,
        ..PostsPageQuery::default()
    };
    let posts = world.posts(&call, query).await?;
    let ahead = |p: &&Post| p.when.stands_at().is_some_and(|at| call.app().is_ahead(at));
    let upcoming: Vec<Post> = posts.iter().filter(ahead).cloned().collect();
    // What comes next is wanted first; a calendar without any shows what it has.
    let some = if upcoming.is_empty() {
        &posts
    } else {
        &upcoming
    };
    let some: Vec<Post> = some.iter().take(SHOWN).cloned().collect();
    let notes = world::notes::<Note>(&call, KIND, &some).await?;
    let changed = changed_at(&call).await?;
    let own = note(&call, calendar).await?;
    let events = some
        .iter()
        .map(|p| Short {
            id: format!("evt_{}", p.id),
            title: p.title.clone(),
            scheduled_at: p.when.stands_at().map(times::seconds),
            status: Standing::of(p).word(notes.get(&p.id), &own).to_owned(),
        })
        .collect();
    Ok(Reply::ok(Whole {
        calendar: Counted {
            calendar: shown(calendar, own, &changed),
            events_count: posts.len() as u32,
            upcoming_events: upcoming.len() as u32,
        },
        events,
    }))
}

pub(super) async fn update(
    call: Call,
    _: Nothing,
    fields: Fields,
) -> Result<Reply<CalendarOf>, Fault> {
    let world = World::read(&call).await?;
    let calendar = world.calendar_by(call.param("calendar_id"))?;
    let id = calendar.id;
    let mut given = fields.settings.unwrap_or_default();
    // A program that sends back what it read changes no hours that it was not shown.
    let hours = split(&mut given)?.filter(|given| !as_shown(calendar, given));
    let zone = fields
        .timezone
        .map(|name| times::zone("timezone", &name))
        .transpose()?;
    let archived = match fields.status.as_deref() {
        None => None,
        Some("active") => Some(false),
        Some("archived") => Some(true),
        Some(other) => {
            return Err(Fault::invalid("status", "status is active or archived.").given(other));
        }
    };
    // A program that sends back what it read archives nothing.
    let archived = archived.filter(|to| *to != (calendar.status == CalendarStatus::Archived));
    let app = match archived {
        Some(_) => world::may_take_away(&call, &id.to_string()).await?,
        None => call.app().clone(),
    };
    let change = CalendarChange {
        id,
        name: fields.name,
        description: fields.description,
        zone,
        working_hours: hours,
        archived,
        note: Some(ProgramNote::revised(
            call.workspace(),
            CALENDAR,
            given,
            revise,
        )),
    };
    let calendar = app.calendar_change(change).await?.value;
    let own = note(&call, &calendar).await?;
    let changed = changed_at(&call).await?;
    Ok(Reply::ok(shown(&calendar, own, &changed)))
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Deleted {
    id: String,
    deleted: bool,
}

pub(super) async fn delete(call: Call, _: Nothing, _: Nothing) -> Result<Reply<Deleted>, Fault> {
    let world = World::read(&call).await?;
    let calendar = world.calendar_by(call.param("calendar_id"))?;
    let shown = calendar_id(calendar);
    let id = calendar.id;
    let app = world::may_take_away(&call, &id.to_string()).await?;
    app.calendars_remove(OneCalendar { id }).await?;
    Ok(Reply::ok(Deleted {
        id: shown,
        deleted: true,
    }))
}
