//! Events of a calendar, filtered, page by page.

use app::types::programs::{PostsPage, PostsPageQuery};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::shapes::{self, CALENDAR, CalendarNote, Event, KIND, Note};
use crate::call::{Call, Nothing, Reply};
use crate::fault::Fault;
use crate::times;
use crate::world::{self, World};

/// Events of a page while no number is asked for.
const USUAL: u32 = 50;
/// Most events of a page.
const MOST: u32 = 200;
/// Posts read at a time while they are filtered.
const BATCH: u32 = 500;

#[derive(Deserialize, JsonSchema)]
pub(super) struct Query {
    /// Only events from this day or time on.
    start_date: Option<String>,
    /// Only events until this day or time.
    end_date: Option<String>,
    /// Only events of this network.
    platform: Option<String>,
    /// scheduled, published, draft or cancelled.
    status: Option<String>,
    /// Only events of whoever looks after them.
    assigned_to: Option<String>,
    /// Only events of this campaign.
    campaign_id: Option<String>,
    /// At most this many; 50 when missing, 200 at most.
    limit: Option<u32>,
    /// Leave so many out first.
    offset: Option<u32>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Events {
    events: Vec<Event>,
    limit: u32,
    offset: u32,
    has_more: bool,
}

impl Query {
    /// Whether only what a program said of an event can tell if it is wanted.
    fn filters(&self) -> bool {
        self.status.is_some() || self.campaign_id.is_some() || self.platform.is_some()
    }

    fn wants(&self, event: &Event, note: Option<&Note>) -> bool {
        let status = self.status.as_ref().is_none_or(|s| event.status == *s);
        let campaign = self.campaign_id.as_ref().is_none_or(|wanted| {
            let own = note.and_then(|n| n.metadata.get("campaign_id"));
            own.and_then(|v| v.as_str()) == Some(wanted)
        });
        let platform = self.platform.as_ref().is_none_or(|wanted| {
            let ours = world::network_of(wanted);
            event.platforms.iter().any(|p| world::network_of(p) == ours)
        });
        status && campaign && platform
    }
}

pub(super) async fn list(call: Call, query: Query, _: Nothing) -> Result<Reply<Events>, Fault> {
    let world = World::read(&call).await?;
    let calendar = world.calendar_by(call.param("calendar_id"))?;
    let bound = |field, text: &Option<String>, end| {
        text.as_ref()
            .map(|text| times::bound(field, text, &calendar.zone, end))
            .transpose()
    };
    let known = [
        "scheduled",
        "published",
        "draft",
        "cancelled",
        "approved",
        "publishing",
        "failed",
    ];
    if let Some(word) = query.status.as_deref().filter(|w| !known.contains(w)) {
        return Err(Fault::invalid("status", "status is not one there is.").given(word));
    }
    let limit = query.limit.unwrap_or(USUAL).clamp(1, MOST);
    let offset = query.offset.unwrap_or(0);
    let page = PostsPageQuery {
        calendars: vec![calendar.id],
        from: bound("start_date", &query.start_date, false)?,
        to: bound("end_date", &query.end_date, true)?,
        assignee: query.assigned_to.clone(),
        limit,
        offset,
        ..PostsPageQuery::default()
    };
    if page.from.zip(page.to).is_some_and(|(from, to)| to < from) {
        return Err(Fault::invalid(
            "end_date",
            "end_date lies before start_date.",
        ));
    }
    let own: CalendarNote = world::note(&call, CALENDAR, &calendar.id.to_string()).await?;
    if !query.filters() {
        let PostsPage { posts, more } = call.app().posts_page(page).await?;
        let notes = world::notes::<Note>(&call, KIND, &posts).await?;
        let events = posts
            .iter()
            .map(|p| shapes::shown(&call, &world, p, notes.get(&p.id), &own))
            .collect();
        return Ok(Reply::ok(Events {
            events,
            limit,
            offset,
            has_more: more,
        }));
    }
    let (mut skip, mut events, mut has_more) = (offset, Vec::new(), false);
    let mut page = PostsPageQuery {
        limit: BATCH,
        offset: 0,
        ..page
    };
    'all: loop {
        let PostsPage { posts, more } = call.app().posts_page(page.clone()).await?;
        let notes = world::notes::<Note>(&call, KIND, &posts).await?;
        for post in &posts {
            let note = notes.get(&post.id);
            let event = shapes::shown(&call, &world, post, note, &own);
            if !query.wants(&event, note) {
                continue;
            }
            if skip > 0 {
                skip -= 1;
            } else if (events.len() as u32) < limit {
                events.push(event);
            } else {
                has_more = true;
                break 'all;
            }
        }
        if !more {
            break;
        }
        page.offset += posts.len() as u32;
    }
    Ok(Reply::ok(Events {
        events,
        limit,
        offset,
        has_more,
    }))
}
