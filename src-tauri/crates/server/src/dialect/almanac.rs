//! Almanac's own words for what happens, for programs that speak none of the contracts.

use app::webhooks::Told;
use model::event::{AccountFacts, EventKind, PostFacts, TargetFacts};
use serde::Serialize;
use serde_json::{Value, json};

use crate::hooks::{Named, Words, text};
use crate::times::millis;

/// See the module.
pub(crate) const WORDS: Words = Words {
    key: "almanac",
    name: "Almanac",
    network: None,
    test: "test",
    events: &[
        Named::told(
            "post.created",
            "A post was made.",
            &[EventKind::PostCreated],
        ),
        Named::told(
            "post.updated",
            "A post was changed.",
            &[EventKind::PostUpdated],
        ),
        Named::told(
            "post.removed",
            "A post went to the bin.",
            &[EventKind::PostRemoved],
        ),
        Named::told(
            "post.scheduled",
            "A post got a time, or another one.",
            &[EventKind::PostScheduled],
        ),
        Named::told(
            "post.published",
            "A post is on a network.",
            &[EventKind::PostPublished],
        ),
        Named::told(
            "post.failed",
            "A post was not sent.",
            &[EventKind::PostFailed],
        ),
        Named::told(
            "post.missed",
            "A post missed its time.",
            &[EventKind::PostMissed],
        ),
        Named::told(
            "post.retrying",
            "A send did not work and is tried again.",
            &[EventKind::PostRetrying],
        ),
        Named::told(
            "post.state",
            "A send is in doubt, held by its network, called off or waiting anew.",
            &[EventKind::PostState],
        ),
        Named::told(
            "account.disconnected",
            "An account has to be connected again.",
            &[EventKind::AccountDisconnected],
        ),
    ],
    body,
};

#[derive(Serialize)]
struct Body<'a> {
    id: String,
    event: &'a str,
    at: String,
    workspace_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    post: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<Value>,
}

fn body(told: &Told<'_>, event: &'static str) -> String {
    text(&Body {
        id: told.delivery.to_string(),
        event,
        at: millis(told.at),
        workspace_id: told.workspace.to_string(),
        post: told.facts.post.as_ref().map(post),
        target: told.facts.target.as_ref().map(target),
        account: told.facts.account.as_ref().map(account),
    })
}

fn post(post: &PostFacts) -> Value {
    json!({
        "id": post.id, "calendar_id": post.calendar_id, "title": post.title, "text": post.text,
        "status": post.status, "content_type": post.content_type, "at": post.at.map(millis),
        "removed": post.removed, "networks": post.networks,
    })
}

fn target(target: &TargetFacts) -> Value {
    json!({
        "id": target.id, "state": target.state, "published_at": target.published_at.map(millis),
        "remote_id": target.remote_id, "url": target.remote_url, "category": target.category,
        "message": target.message, "next_try_at": target.next_try_at.map(millis),
    })
}

fn account(account: &AccountFacts) -> Value {
    json!({
        "id": account.id, "network": account.network, "handle": account.handle,
        "reason": account.reason,
    })
}

#[cfg(test)]
mod tests {
    use model::delivery::DeliveryState;

    use super::*;
    use crate::hooks::samples::{facts, id, written};

    #[test]
    fn says_what_happened_to_what() {
        let found = written(
            "almanac",
            EventKind::PostFailed,
            &facts("x", DeliveryState::Failed),
        );
        assert_eq!(found["event"], "post.failed");
        assert_eq!(found["id"], id(9));
        assert_eq!(found["post"]["text"], "Hello World! #first");
        assert_eq!(found["target"]["category"], "validation");
        assert_eq!(found["account"]["network"], "x");
        let test = written(
            "almanac",
            EventKind::Test,
            &model::event::EventFacts::default(),
        );
        assert_eq!(test.as_object().unwrap().len(), 4, "{test}");
    }
}
