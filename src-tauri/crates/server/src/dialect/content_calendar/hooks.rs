//! What the content calendar tells of events, and subscribing to it.

use app::webhooks::Told;
use model::event::{EventKind, PostFacts};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::CONTRACT;
use super::shapes::{CalendarNote, Note, Standing};
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
        content_type: String,
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

/// A program's words, as they were when it happened.
fn noted<N: for<'a> Deserialize<'a>>(value: Option<&Value>) -> Option<N> {
    value.and_then(|value| N::deserialize(value).ok())
}

/// A post as an event of this contract, in the words in which its route shows it.
fn event_of<'a>(post: &'a PostFacts, of_account: Option<&str>) -> Data<'a> {
    let note: Option<Note> = noted(post.note.as_ref());
    let own: CalendarNote = noted(post.calendar_note.as_ref()).unwrap_or_default();
    let standing = Standing {
        status: post.status,
        planned: post.planned,
        content_type: post.content_type,
    };
    let said = note.as_ref().and_then(|n| n.platform.clone());
    let first = || post.networks.first().map(|network| platform_of(network));
    Data::Event {
        calendar_id: format!("cal_{}", post.calendar_id),
        event_id: format!("evt_{}", post.id),
        title: &post.title,
        content_type: standing.sort_word(note.as_ref()).to_owned(),
        platform: of_account.map(platform_of).or(said).or_else(first),
        status: if post.removed {
            "deleted"
        } else {
            standing.word(note.as_ref(), &own)
        },
        scheduled_at: post.at.map(times::seconds),
    }
}

fn body(told: &Told<'_>, event: &'static str) -> String {
    let target = told.facts.target.as_ref();
    let account = told.facts.account.as_ref();
    let data = match told.facts.post.as_ref() {
        Some(post) => {
            let of_account = account.map(|a| a.network.as_str());
            if told.kind == EventKind::PostPublished {
                let network = of_account.or(post.networks.first().map(String::as_str));
                Data::Published {
                    calendar_id: format!("cal_{}", post.calendar_id),
                    event_id: format!("evt_{}", post.id),
                    platform: network.map(platform_of),
                    published_at: target.and_then(|t| t.published_at).map(times::seconds),
                    performance_initial: Numbers {
                        impressions: 0,
                        engagements: 0,
                    },
                }
            } else {
                event_of(post, of_account)
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
        let mut asks = waiting;
        (asks.target, asks.account) = (None, None);
        let post = asks.post.as_mut().unwrap();
        post.planned = true;
        post.note = Some(json!({
            "planned": true, "content_type": "carousel_post", "platform": "tiktok",
            "metadata": { "approval_required": true }
        }));
        let told = written("content-calendar", EventKind::PostUpdated, &asks);
        assert_eq!(told["data"]["status"], "scheduled", "it waits for a yes");
        assert_eq!(told["data"]["content_type"], "carousel_post");
        assert_eq!(told["data"]["platform"], "tiktok");
        let mut removed = sample;
        removed.post.as_mut().unwrap().removed = true;
        let told = written("content-calendar", EventKind::PostRemoved, &removed);
        assert_eq!(told["event"], "event.updated");
        assert_eq!(told["data"]["status"], "deleted");
    }
}
