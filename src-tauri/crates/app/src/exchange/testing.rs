//! Accounts and posts for the tests of the formats.

use model::account::{Account, AccountHealth};
use model::content::Segment;
use model::delivery::DeliveryState;
use model::post::{Draft, Post, Target, TargetDraft, TimeSource};
use model::status::{EditorialStatus, shown};
use model::when::When;
use model::{AccountId, CalendarId, MediaId, PostId, TargetId, Timestamp, WorkspaceId};
use uuid::Uuid;

use super::bundle::MediaRow;

pub fn account(n: u128, network: &str, handle: &str) -> Account {
    Account {
        id: AccountId(Uuid::from_u128(n)),
        workspace_id: WorkspaceId(Uuid::from_u128(1)),
        network: network.to_owned(),
        remote_id: format!("remote:{n}"),
        handle: handle.to_owned(),
        display_name: format!("Name {n}"),
        server: String::new(),
        settings: serde_json::json!({}),
        health: AccountHealth::Ok,
        paused: None,
        created_at: Timestamp::from_millis(0),
    }
}

pub fn accounts() -> Vec<Account> {
    vec![
        account(11, "bluesky", "ana.example.com"),
        account(12, "bluesky", "shop.example.com"),
        account(13, "folder", "/home/ana/site, posts"),
    ]
}

pub fn instant(text: &str) -> Timestamp {
    let at: jiff::Timestamp = text.parse().unwrap();
    Timestamp::from_millis(at.as_millisecond())
}

pub fn target(n: u128, draft: TargetDraft) -> Target {
    Target {
        id: TargetId(Uuid::from_u128(n)),
        draft,
        state: DeliveryState::Waiting,
        not_before: None,
        published_at: None,
        remote_id: None,
        remote_url: None,
        failure: None,
        first_comment: None,
    }
}

pub fn post(n: u128, draft: Draft, when: When, editorial: EditorialStatus) -> Post {
    let targets: Vec<Target> = draft
        .targets
        .iter()
        .zip(1000 * n..)
        .map(|(draft, n)| target(n, draft.clone()))
        .collect();
    let states: Vec<DeliveryState> = targets.iter().map(|t| t.state).collect();
    Post {
        id: PostId(Uuid::from_u128(n)),
        calendar_id: CalendarId(Uuid::from_u128(2)),
        title: draft.title,
        segments: draft.segments,
        notes: draft.notes,
        labels: draft.labels,
        content_type: draft.content_type,
        priority: draft.priority,
        assignee: draft.assignee,
        editorial,
        when,
        time_source: TimeSource::Own,
        targets,
        status: shown(editorial, &states),
        working_copy: None,
        held: false,
        version: 3,
        created_at: instant("2026-05-01T08:00:00Z"),
        updated_at: instant("2026-05-02T09:30:15Z"),
        deleted_at: None,
    }
}

pub fn text_post(n: u128, text: &str, when: When) -> Post {
    let draft = Draft {
        segments: vec![Segment::text(text)],
        ..Draft::default()
    };
    let editorial = match when {
        When::Scheduled { .. } => EditorialStatus::Scheduled,
        _ => EditorialStatus::Draft,
    };
    post(n, draft, when, editorial)
}

pub fn scheduled(wall: &str, zone: &str) -> When {
    When::scheduled(wall.parse().unwrap(), zone.parse().unwrap()).unwrap()
}

/// A document of the library that lies in the bin, with everything a person wrote about it.
pub fn document(id: MediaId, bytes: u64, now: Timestamp) -> MediaRow {
    MediaRow {
        id,
        mime: "application/pdf".into(),
        bytes,
        width: None,
        height: None,
        name: "page.pdf".into(),
        alt: "A page".into(),
        imported_at: now,
        labels: vec!["shop".into()],
        rights: "Ours".into(),
        moving: false,
        deleted_at: Some(now),
    }
}
