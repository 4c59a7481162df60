//! Planning entries: a title, a day, perhaps a time and networks. They never publish by themselves.

use app::programs::PostChange;
use app::types::posts::{Place, Scheduling};
use app::types::programs::PostsPageQuery;
use axum::http::Method;
use model::key::Permission;
use model::post::{Draft, Post};
use model::when::{WallTime, When, Zone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::call::{Call, Nothing, Reply, Success, given};
use crate::contract::Contract;
use crate::fault::Fault;
use crate::routes::Route;
use crate::times;
use crate::world::{self, New, World};

const CONTRACT: Contract = Contract::CalendarEntries;
/// The kind of notes on entries.
const KIND: &str = "entry";
/// Longest title, in characters.
const MAX_TITLE: usize = 500;
/// Longest description, in characters.
const MAX_DESCRIPTION: usize = 5_000;
/// Most networks of an entry.
const MAX_PLATFORMS: usize = 50;

/// Its routes.
pub(crate) fn routes() -> Vec<Route> {
    const ALL: &str = "/api/v1/calendar/entries";
    const ONE: &str = "/api/v1/calendar/entries/{id}";
    vec![
        Route::json(
            CONTRACT,
            Method::GET,
            ALL,
            "list entries in a required date range",
            list,
        )
        .read_from_store(),
        Route::json(CONTRACT, Method::POST, ALL, "create an entry", create)
            .needs(Permission::CreateEvents),
        Route::json(CONTRACT, Method::GET, ONE, "one entry", one).read_from_store(),
        Route::json(CONTRACT, Method::PATCH, ONE, "change given fields", update)
            .needs(Permission::EditEvents),
        Route::json(CONTRACT, Method::DELETE, ONE, "delete", delete)
            .needs(Permission::DeleteEvents),
    ]
}

/// What an entry says that a post has no room for.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Note {
    platforms: Vec<String>,
}

#[derive(Deserialize, JsonSchema)]
struct RangeQuery {
    /// First day, as YYYY-MM-DD.
    start_date: String,
    /// Last day, as YYYY-MM-DD.
    end_date: String,
}

#[derive(Deserialize, JsonSchema)]
struct NewEntry {
    /// Title, at most 500 characters.
    title: String,
    /// Description, at most 5000 characters.
    description: Option<String>,
    /// Day, as YYYY-MM-DD.
    scheduled_date: String,
    /// Time, as HH:MM.
    scheduled_time: Option<String>,
    /// Networks.
    platforms: Option<Vec<String>>,
}

#[derive(Deserialize, JsonSchema)]
struct ChangedEntry {
    /// Title, at most 500 characters.
    title: Option<String>,
    /// Description, at most 5000 characters; null takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<String>")]
    description: Option<Option<String>>,
    /// Day, as YYYY-MM-DD.
    scheduled_date: Option<String>,
    /// Time, as HH:MM; null takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<String>")]
    scheduled_time: Option<Option<String>>,
    /// Networks.
    platforms: Option<Vec<String>>,
}

#[derive(Serialize, JsonSchema)]
struct Entry {
    entry_id: String,
    title: String,
    description: Option<String>,
    scheduled_date: String,
    scheduled_time: Option<String>,
    platforms: Vec<String>,
    created_at: String,
    updated_at: String,
}

#[derive(Serialize, JsonSchema)]
struct Entries {
    entries: Vec<Entry>,
}

fn title(text: &str) -> Result<String, Fault> {
    let length = text.chars().count();
    if text.trim().is_empty() {
        return Err(Fault::invalid("title", "title must not be empty."));
    }
    if length > MAX_TITLE {
        return Err(Fault::invalid(
            "title",
            format!("title has {length} characters; {MAX_TITLE} are the most."),
        ));
    }
    Ok(text.to_owned())
}

fn description(text: Option<String>) -> Result<String, Fault> {
    let text = text.unwrap_or_default();
    let length = text.chars().count();
    if length > MAX_DESCRIPTION {
        return Err(Fault::invalid(
            "description",
            format!("description has {length} characters; {MAX_DESCRIPTION} are the most."),
        ));
    }
    Ok(text)
}

fn platforms(call: &Call, given: Vec<String>) -> Result<Vec<String>, Fault> {
    if given.len() > MAX_PLATFORMS {
        return Err(Fault::invalid(
            "platforms",
            "platforms names too many networks.",
        ));
    }
    if let Some(name) = world::strange_network(call, &given) {
        return Err(
            Fault::invalid("platforms", "platforms names a network that is not known.").given(name),
        );
    }
    Ok(given)
}

/// Where an entry stands: a day, or a day with a time.
fn spot(date: &str, time: Option<&str>, zone: &Zone) -> Result<Place, Fault> {
    let date = times::date("scheduled_date", date)?;
    let zone = Some(zone.clone());
    Ok(match time {
        None => Place::Date { date, zone },
        Some(text) => {
            let time = times::time("scheduled_time", text)?;
            let wall = WallTime(date.to_datetime(time));
            Place::Wall { wall, zone }
        }
    })
}

fn shown(world: &World, post: &Post, note: Option<&Note>) -> Option<Entry> {
    let (date, time) = times::shown(&post.when, &world.zone(post))?;
    let own = note.map(|n| n.platforms.clone()).unwrap_or_default();
    let mut platforms = own;
    for target in &post.targets {
        // An entry that got accounts in the window goes to their networks as well.
        let network = world
            .account(target.draft.account_id)
            .map(|a| a.network.clone());
        let known = |name: &String| network.as_deref() == Some(&world::network_of(name));
        if let Some(network) = &network
            && !platforms.iter().any(known)
        {
            platforms.push(network.clone());
        }
    }
    let title = if post.title.is_empty() {
        model::content::first_words("", &post.segments, 80)
    } else {
        post.title.clone()
    };
    Some(Entry {
        entry_id: post.id.to_string(),
        title,
        description: (!post.notes.is_empty()).then(|| post.notes.clone()),
        scheduled_date: date.to_string(),
        scheduled_time: time.map(times::clock),
        platforms,
        created_at: times::seconds(post.created_at),
        updated_at: times::seconds(post.updated_at),
    })
}

async fn answer(call: &Call, world: &World, post: &Post) -> Result<Entry, Fault> {
    let note: Note = world::note(call, KIND, &post.id.to_string()).await?;
    shown(world, post, Some(&note)).ok_or_else(missing)
}

fn missing() -> Fault {
    Fault {
        message: "Calendar entry not found.".to_owned(),
        ..Fault::missing("entry")
    }
}

/// An entry: a post on a day. One on the shelf is none.
async fn entry(call: &Call, world: &World) -> Result<Post, Fault> {
    let post = world.post(call, call.param("id")).await;
    let post = post.map_err(|fault| {
        if fault.what == "post" {
            missing()
        } else {
            fault
        }
    })?;
    if post.when == When::Unplanned {
        return Err(missing());
    }
    Ok(post)
}

async fn list(call: Call, query: RangeQuery, _: Nothing) -> Result<Reply<Entries>, Fault> {
    let world = World::read(&call).await?;
    let first = times::date("start_date", &query.start_date)?;
    let last = times::date("end_date", &query.end_date)?;
    if last < first {
        return Err(Fault::invalid(
            "end_date",
            "end_date lies before start_date.",
        ));
    }
    // A day begins and ends elsewhere in each calendar's zone, none of which is a day away from this one.
    let utc = Zone::utc();
    let before = first.yesterday().unwrap_or(first);
    let after = last.tomorrow().unwrap_or(last);
    let query = PostsPageQuery {
        from: Some(times::day_start(before, &utc)?),
        to: Some(times::day_end(after, &utc)?),
        ..PostsPageQuery::default()
    };
    let mut posts = world.posts(&call, query).await?;
    posts.retain(|post| {
        let shown = times::shown(&post.when, &world.zone(post));
        shown.is_some_and(|(date, _)| (first..=last).contains(&date))
    });
    let notes = world::notes::<Note>(&call, KIND, &posts).await?;
    // What is scheduled in the window and was never an entry publishes by itself: it is none.
    let entries = posts
        .iter()
        .filter(|p| matches!(p.when, When::Planned { .. }) || notes.contains_key(&p.id))
        .filter_map(|p| shown(&world, p, notes.get(&p.id)))
        .collect();
    Ok(Reply::ok(Entries { entries }))
}

async fn create(call: Call, _: Nothing, new: NewEntry) -> Result<Reply<Entry>, Fault> {
    let world = World::read(&call).await?;
    let calendar = world.calendar()?;
    let note = Note {
        platforms: platforms(&call, new.platforms.unwrap_or_default())?,
    };
    let draft = Draft {
        title: title(&new.title)?,
        notes: description(new.description)?,
        ..Draft::default()
    };
    let place = spot(
        &new.scheduled_date,
        new.scheduled_time.as_deref(),
        &calendar.zone,
    )?;
    let new = New {
        place,
        note: Some(world::noted(&call, KIND, &note)?),
        ..New::of(calendar.id, draft)
    };
    let post = world::create(&call, new).await?;
    Ok(Reply::created(answer(&call, &world, &post).await?))
}

async fn one(call: Call, _: Nothing, _: Nothing) -> Result<Reply<Entry>, Fault> {
    let world = World::read(&call).await?;
    let post = entry(&call, &world).await?;
    Ok(Reply::ok(answer(&call, &world, &post).await?))
}

async fn update(call: Call, _: Nothing, change: ChangedEntry) -> Result<Reply<Entry>, Fault> {
    let world = World::read(&call).await?;
    let post = entry(&call, &world).await?;
    world::may_change(&call, &post)?;
    let zone = world.zone(&post);
    let mut draft = world::draft_of(&post);
    if let Some(text) = &change.title {
        draft.title = title(text)?;
    }
    if let Some(text) = change.description {
        draft.notes = description(text)?;
    }
    let networks = change.platforms.map(|p| platforms(&call, p)).transpose()?;
    let moved = change.scheduled_date.is_some() || change.scheduled_time.is_some();
    let place = if moved {
        let (date, time) = times::shown(&post.when, &zone).ok_or_else(missing)?;
        let now = (date.to_string(), time.map(times::clock));
        let date = change.scheduled_date.unwrap_or_else(|| now.0.clone());
        let time = change.scheduled_time.unwrap_or_else(|| now.1.clone());
        // What is sent back as it was read stays where it stands, in the zone in which it was typed.
        if (&date, &time) == (&now.0, &now.1) {
            None
        } else {
            Some(spot(&date, time.as_deref(), &zone)?)
        }
    } else {
        None
    };
    let note = networks.map(|platforms| Note { platforms });
    let change = PostChange {
        draft: Some(draft),
        // Scheduled in the window meanwhile: another day is another day for that as well.
        place: place.map(|place| (place, Scheduling::IfReady)),
        note: note.map(|n| world::noted(&call, KIND, &n)).transpose()?,
        ..PostChange::of(&post)
    };
    let post = world::change(&call, change).await?;
    Ok(Reply::ok(answer(&call, &world, &post).await?))
}

async fn delete(call: Call, _: Nothing, _: Nothing) -> Result<Reply<Success>, Fault> {
    let world = World::read(&call).await?;
    let post = entry(&call, &world).await?;
    world::remove(&call, &post).await?;
    Ok(Reply::ok(Success::YES))
}
