//! Calendars and their events: the content calendar's contract.

mod bulk;
mod calendars;
mod course;
mod events;
pub(crate) mod hooks;
mod list;
mod shapes;
mod token;

use axum::http::Method;
use model::key::Permission;

use crate::contract::Contract;
use crate::routes::{Route, waits_for};

const CONTRACT: Contract = Contract::ContentCalendar;

/// Its routes.
pub(crate) fn routes() -> Vec<Route> {
    use Permission::{CreateEvents, DeleteEvents, EditEvents, ManageAccounts};
    use waits_for::{CAMPAIGNS, DRAFTING, METRICS, TEAMS};
    const ALL: &str = "/v1/calendar/calendars";
    const ONE: &str = "/v1/calendar/calendars/{calendar_id}";
    const EVENTS: &str = "/v1/calendar/calendars/{calendar_id}/events";
    const EVENT: &str = "/v1/calendar/calendars/{calendar_id}/events/{event_id}";
    let post = |path, what, feature| Route::waits(CONTRACT, Method::POST, path, what, feature);
    let get = |path, what, feature| Route::waits(CONTRACT, Method::GET, path, what, feature);
    vec![
        Route::open(
            CONTRACT,
            Method::POST,
            "/oauth/token",
            "OAuth 2.0 code and refresh exchange for third-party programs",
            token::exchange,
        ),
        Route::json(
            CONTRACT,
            Method::POST,
            ALL,
            "create a calendar",
            calendars::create,
        )
        .needs(CreateEvents),
        Route::json(
            CONTRACT,
            Method::GET,
            ALL,
            "list (team_id, status, limit, offset)",
            calendars::list,
        )
        .read_from_store(),
        Route::json(
            CONTRACT,
            Method::GET,
            ONE,
            "calendar with counts and events",
            calendars::one,
        )
        .read_from_store(),
        Route::json(
            CONTRACT,
            Method::PATCH,
            ONE,
            "update, settings merged",
            calendars::update,
        )
        .needs(EditEvents),
        Route::json(CONTRACT, Method::DELETE, ONE, "delete", calendars::delete).needs(DeleteEvents),
        Route::json(
            CONTRACT,
            Method::POST,
            EVENTS,
            "create an event",
            events::create,
        )
        .needs(CreateEvents),
        Route::json(
            CONTRACT,
            Method::GET,
            EVENTS,
            "list with filters",
            list::list,
        )
        .read_from_store(),
        Route::json(CONTRACT, Method::GET, EVENT, "one event", events::one).read_from_store(),
        Route::json(
            CONTRACT,
            Method::PATCH,
            EVENT,
            "update, content and metadata merged",
            events::update,
        )
        .needs(EditEvents),
        Route::json(
            CONTRACT,
            Method::PATCH,
            "/v1/calendar/calendars/{calendar_id}/events/bulk",
            "bulk update",
            bulk::update,
        )
        .needs(EditEvents),
        Route::json(CONTRACT, Method::DELETE, EVENT, "delete", events::delete).needs(DeleteEvents),
        post(
            "/v1/calendar/calendars/{calendar_id}/events/generate",
            "draft an event with a language model",
            DRAFTING,
        ),
        post(
            "/v1/calendar/calendars/{calendar_id}/series/generate",
            "draft a series",
            DRAFTING,
        ),
        get(
            "/v1/calendar/calendars/{calendar_id}/timing/analyze",
            "optimal times",
            METRICS,
        ),
        post(
            "/v1/calendar/calendars/{calendar_id}/events/smart-schedule",
            "place events under constraints",
            METRICS,
        ),
        get(
            "/v1/calendar/calendars/{calendar_id}/events/{event_id}/performance",
            "metrics of an event",
            METRICS,
        ),
        get(
            "/v1/calendar/calendars/{calendar_id}/analytics",
            "metrics of a calendar",
            METRICS,
        ),
        post(
            "/v1/calendar/calendars/{calendar_id}/campaigns",
            "create a campaign",
            CAMPAIGNS,
        ),
        get(
            "/v1/calendar/calendars/{calendar_id}/campaigns/{campaign_id}/performance",
            "metrics of a campaign",
            CAMPAIGNS,
        ),
        post(
            "/v1/calendar/calendars/{calendar_id}/share",
            "share with a person",
            TEAMS,
        ),
        post(
            "/v1/calendar/calendars/{calendar_id}/events/{event_id}/approve",
            "approve or reject",
            TEAMS,
        ),
        Route::json(
            CONTRACT,
            Method::POST,
            "/v1/calendar/webhooks",
            "subscribe",
            hooks::subscribe,
        )
        .needs(ManageAccounts),
    ]
}
