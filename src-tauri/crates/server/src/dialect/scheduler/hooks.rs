//! What the scheduler tells of posts.

use app::webhooks::Told;
use model::event::EventKind;
use serde::Serialize;

use super::CONTRACT;
use super::sending::word;
use crate::hooks::{MISSED, Named, TEST, Words, text};
use crate::times;
use crate::world::platform_of;

/// How it tells.
pub(crate) const WORDS: Words = Words {
    key: CONTRACT.key(),
    name: "Scheduler",
    network: None,
    test: "webhook.test",
    events: &[
        Named::told(
            "post.published",
            "A post is on a network.",
            &[EventKind::PostPublished],
        ),
        Named::told(
            "post.failed",
            "A post was not sent, or missed its time.",
            &[EventKind::PostFailed, EventKind::PostMissed],
        ),
        Named::told(
            "post.scheduled",
            "A post got a time, or another one.",
            &[EventKind::PostScheduled],
        ),
        Named::told(
            "delivery.retry",
            "A send did not work and is tried again.",
            &[EventKind::PostRetrying],
        ),
        Named::told(
            "delivery.status",
            "A send is in doubt, held by its network, called off or waiting anew.",
            &[EventKind::PostState],
        ),
    ],
    body,
};

#[derive(Serialize)]
struct Body<'a> {
    event_type: &'a str,
    timestamp: String,
    profile_id: String,
    data: Data<'a>,
}

#[derive(Default, Serialize)]
struct Data<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    post_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    platforms: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_post_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_for: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_retry_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

fn body(told: &Told<'_>, event_type: &'static str) -> String {
    let (post, target) = (told.facts.post.as_ref(), told.facts.target.as_ref());
    let account = told.facts.account.as_ref();
    let first = post.and_then(|p| p.networks.first());
    let mut data = Data {
        post_id: post.map(|p| p.id.to_string()),
        platform: account
            .map(|a| &a.network)
            .or(first)
            .map(|n| platform_of(n)),
        content: post.map(|p| p.text.as_str()),
        ..Data::default()
    };
    match told.kind {
        EventKind::PostPublished => {
            data.published_at = target.and_then(|t| t.published_at).map(times::millis);
            data.external_post_id = target.and_then(|t| t.remote_id.as_deref());
        }
        EventKind::PostScheduled => {
            data.platforms = post.map(|p| p.networks.iter().map(|n| platform_of(n)).collect());
            data.scheduled_for = post.and_then(|p| p.at).map(times::millis);
        }
        EventKind::Test => data.message = Some(TEST),
        kind => {
            data.error_message = target.and_then(|t| t.message.as_deref());
            if kind == EventKind::PostMissed && data.error_message.is_none() {
                data.error_message = Some(MISSED);
            }
            data.next_retry_at = target.and_then(|t| t.next_try_at).map(times::millis);
            data.status = target.map(|t| word(t.state));
        }
    }
    text(&Body {
        event_type,
        timestamp: times::millis(told.at),
        profile_id: told.workspace.to_string(),
        data,
    })
}

#[cfg(test)]
mod tests {
    use model::delivery::DeliveryState;
    use serde_json::json;

    use super::*;
    use crate::hooks::samples::{facts, id, written};

    #[test]
    fn the_printed_payload() {
        let sample = facts("x", DeliveryState::Published);
        assert_eq!(
            written("scheduler", EventKind::PostPublished, &sample),
            json!({
                "event_type": "post.published",
                "timestamp": "2024-01-15T10:30:00.000Z",
                "profile_id": id(1),
                "data": {
                    "post_id": id(3),
                    "platform": "twitter",
                    "content": "Hello World! #first",
                    "published_at": "2024-01-15T10:30:00.000Z",
                    "external_post_id": "1234567890"
                }
            })
        );
        let failed = written(
            "scheduler",
            EventKind::PostFailed,
            &facts("x", DeliveryState::Failed),
        );
        assert_eq!(failed["data"]["error_message"], "It is too long.");
        assert_eq!(failed["data"]["status"], "failed");
        let again = facts("x", DeliveryState::Waiting);
        let told = written("scheduler", EventKind::PostRetrying, &again);
        assert_eq!(told["data"]["status"], "pending", "as its route says");
    }
}
