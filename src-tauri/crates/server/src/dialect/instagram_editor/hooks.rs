//! What the Instagram editor tells of its content, and subscribing to it.

use app::webhooks::Told;
use model::event::EventKind;
use model::post::ContentType;
use serde::Serialize;

use super::{CONTRACT, NETWORK};
use crate::call::{Call, Nothing, Reply};
use crate::compose::Pieces;
use crate::dialect::subscribing::{self, Subscribe, Subscribed};
use crate::fault::Fault;
use crate::hooks::{Named, TEST, Words, enveloped};
use crate::routes::waits_for::{DRAFTING, METRICS};
use crate::times;

/// How it tells.
pub(crate) const WORDS: Words = Words {
    key: CONTRACT.key(),
    name: "Instagram editor",
    network: Some(NETWORK),
    test: "webhook.test",
    events: &[
        Named::waits("content.generated", "A draft is ready.", DRAFTING),
        Named::told(
            "content.published",
            "A post is on Instagram.",
            &[EventKind::PostPublished],
        ),
        Named::waits(
            "analytics.updated",
            "There are new numbers of a post.",
            METRICS,
        ),
        Named::waits("copilot.message", "The copilot answered.", DRAFTING),
    ],
    body,
};

#[derive(Serialize)]
#[serde(untagged)]
enum Data<'a> {
    Content {
        content_id: String,
        content_type: &'static str,
        status: &'static str,
        platform: &'static str,
        content: Content<'a>,
        published_at: Option<String>,
        permalink: Option<&'a str>,
    },
    Message {
        message: &'static str,
    },
}

#[derive(Serialize)]
struct Content<'a> {
    caption: &'a str,
    hashtags: Vec<String>,
}

const fn content_type(kind: ContentType) -> &'static str {
    match kind {
        ContentType::Story => "story",
        ContentType::Reel | ContentType::Video => "reel",
        _ => "feed_post",
    }
}

fn body(told: &Told<'_>, event: &'static str) -> String {
    let target = told.facts.target.as_ref();
    let data = match told.facts.post.as_ref() {
        Some(post) => Data::Content {
            content_id: format!("post_{}", post.id),
            content_type: content_type(post.content_type),
            status: "published",
            platform: NETWORK,
            content: Content {
                caption: &post.text,
                hashtags: Pieces::default().of(&post.text).hashtags,
            },
            published_at: target.and_then(|t| t.published_at).map(times::seconds),
            permalink: target.and_then(|t| t.remote_url.as_deref()),
        },
        None => Data::Message { message: TEST },
    };
    enveloped(told, event, "evt_", data)
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
    use serde_json::json;

    use super::*;
    use crate::hooks::samples::{facts, id, written};

    #[test]
    fn content_is_told_in_the_printed_shape() {
        let sample = facts("instagram", DeliveryState::Published);
        assert_eq!(
            written("instagram-editor", EventKind::PostPublished, &sample),
            json!({
                "event": "content.published",
                "id": format!("evt_{}", id(9)),
                "timestamp": "2024-01-15T10:30:00Z",
                "data": {
                    "content_id": format!("post_{}", id(3)),
                    "content_type": "feed_post",
                    "status": "published",
                    "platform": "instagram",
                    "content": {
                        "caption": "Hello World! #first",
                        "hashtags": ["#first"]
                    },
                    "published_at": "2024-01-15T10:30:00Z",
                    "permalink": "https://example.com/1"
                }
            })
        );
    }
}
