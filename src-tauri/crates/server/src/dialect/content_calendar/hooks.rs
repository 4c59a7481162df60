//! What the content calendar tells of events, and subscribing to it.

use app::webhooks::Told;
use model::event::{EventKind, PostFacts};
use serde::Serialize;

use super::CONTRACT;
use super::shapes::{content_type, word};
use crate::call::{Call, Nothing, Reply};
use crate::dialect::subscribing::{self, Subscribe, Subscribed};
use crate::fault::Fault;
use crate::hooks::{Named, TEST, Words, enveloped};
use crate::routes::waits_for::METRICS;
use crate::times;
use crate::world::platform_of;

/// How it tells.
pub(crate) const WORDS: Words = Words {
    key: CONTRACT.key(),
    name: "Content calendar",
    network: None,
    test: "webhook.test",
    events: &[
        Named::told(
            "event.created",
            "A post was made.",
            &[EventKind::PostCreated],
        ),
        Named::told(
            "event.updated",
            "A post was changed or removed, was not sent, or missed its time.",
            &[
                EventKind::PostUpdated,
                EventKind::PostRemoved,
                EventKind::PostFailed,
                EventKind::PostMissed,
            ],
        ),
        Named::told(
            "event.published",
            "A post is on a network.",
            &[EventKind::PostPublished],
        ),
        Named::waits(
            "event.performance_updated",
            "There are new numbers of a post.",
            METRICS,
        ),
        Named::waits(
            "calendar.analytics_ready",
            "There are new numbers of a calendar.",
            METRICS,
        ),
    ],
    body,
};

#[derive(Serialize)]
#[serde(untagged)]
enum Data<'a> {
    Published {
        calendar_id: String,
        event_id: String,
        platform: Option<String>,
        published_at: Option<String>,
        performance_initial: Numbers,
    },
    Event {
        calendar_id: String,
        event_id: String,
        title: &'a str,
        content_type: &'static str,
        platform: Option<String>,
        status: &'static str,
        scheduled_at: Option<String>,
    },
    Message {
        message: &'static str,
    },
}

/// What is known of a post the moment it is out.
#[derive(Serialize)]
struct Numbers {
    impressions: u64,
    engagements: u64,
}

/// How the post itself stood when it happened. That an event waits for a yes is said by what its program
/// wrote beside it, which is no part of what is told: such a plan is `draft` here and `scheduled` when asked for.
fn status(post: &PostFacts) -> &'static str {
    if post.removed {
        "deleted"
    } else {
        word(post.status)
    }
}

fn body(told: &Told<'_>, event: &'static str) -> String {
    let target = told.facts.target.as_ref();
    let account = told.facts.account.as_ref();
    let data = match told.facts.post.as_ref() {
        Some(post) => {
            let network = account.map(|a| &a.network).or(post.networks.first());
            let platform = network.map(|network| platform_of(network));
            let calendar_id = format!("cal_{}", post.calendar_id);
            let event_id = format!("evt_{}", post.id);
            if told.kind == EventKind::PostPublished {
                Data::Published {
                    calendar_id,
                    event_id,
                    platform,
                    published_at: target.and_then(|t| t.published_at).map(times::seconds),
                    performance_initial: Numbers {
                        impressions: 0,
                        engagements: 0,
                    },
                }
            } else {
                Data::Event {
                    calendar_id,
                    event_id,
                    title: &post.title,
                    content_type: content_type(post.content_type),
                    platform,
                    status: status(post),
                    scheduled_at: post.at.map(times::seconds),
                }
            }
        }
        None => Data::Message { message: TEST },
    };
    enveloped(told, event, "wh_", data)
}

/// Subscribes.
pub(super) async fn subscribe(
    call: Call,
    _: Nothing,
    new: Subscribe,
) -> Result<Reply<Subscribed>, Fault> {
    subscribing::subscribe(&call, CONTRACT, new).await
}

#[cfg(test)]
mod tests {
    use model::delivery::DeliveryState;
    use model::status::ShownStatus;
    use serde_json::json;

    use super::*;
    use crate::hooks::samples::{facts, id, written};

    #[test]
    fn the_printed_payload() {
        let sample = facts("instagram", DeliveryState::Published);
        assert_eq!(
            written("content-calendar", EventKind::PostPublished, &sample),
            json!({
                "event": "event.published",
                "id": format!("wh_{}", id(9)),
                "timestamp": "2024-01-15T10:30:00Z",
                "data": {
                    "calendar_id": format!("cal_{}", id(2)),
                    "event_id": format!("evt_{}", id(3)),
                    "platform": "instagram",
                    "published_at": "2024-01-15T10:30:00Z",
                    "performance_initial": { "impressions": 0, "engagements": 0 }
                }
            })
        );
        let mut waiting = sample.clone();
        waiting.post.as_mut().unwrap().status = ShownStatus::InReview;
        let told = written("content-calendar", EventKind::PostCreated, &waiting);
        assert_eq!(told["data"]["status"], "draft", "as its route says");
        let mut removed = sample;
        removed.post.as_mut().unwrap().removed = true;
        let told = written("content-calendar", EventKind::PostRemoved, &removed);
        assert_eq!(told["event"], "event.updated");
        assert_eq!(told["data"]["status"], "deleted");
    }
}
