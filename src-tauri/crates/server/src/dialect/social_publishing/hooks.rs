//! What the social contract tells. It has no route to subscribe: that is done in the window.

use app::webhooks::Told;
use model::event::EventKind;
use serde::Serialize;

use super::CONTRACT;
use crate::hooks::{MISSED, Named, TEST, Words, enveloped};
use crate::routes::waits_for::METRICS;
use crate::times;
use crate::world::platform_of;

/// How it tells.
pub(crate) const WORDS: Words = Words {
    key: CONTRACT.key(),
    name: "Social publishing",
    network: None,
    test: "social.test",
    events: &[
        Named::told(
            "social.post_published",
            "A post is on a network.",
            &[EventKind::PostPublished],
        ),
        Named::told(
            "social.post_failed",
            "A post was not sent, or missed its time.",
            &[EventKind::PostFailed, EventKind::PostMissed],
        ),
        Named::waits(
            "social.engagement_spike",
            "A post gets far more attention than usual.",
            METRICS,
        ),
        Named::told(
            "social.account_disconnected",
            "An account has to be connected again.",
            &[EventKind::AccountDisconnected],
        ),
        Named::waits(
            "social.mention_received",
            "Somebody mentioned an account.",
            METRICS,
        ),
    ],
    body,
};

#[derive(Default, Serialize)]
struct Data<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    post_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform_post_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Problem<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
}

#[derive(Serialize)]
struct Problem<'a> {
    code: &'a str,
    message: &'a str,
}

fn body(told: &Told<'_>, event: &'static str) -> String {
    let (post, target) = (told.facts.post.as_ref(), told.facts.target.as_ref());
    let account = told.facts.account.as_ref();
    let mut data = Data {
        post_id: post.map(|p| format!("post_{}", p.id)),
        account_id: account.map(|a| format!("acc_{}", a.id)),
        platform: account.map(|a| platform_of(&a.network)),
        username: account.map(|a| a.handle.as_str()),
        ..Data::default()
    };
    match told.kind {
        EventKind::PostPublished => {
            data.platform_post_id = target.and_then(|t| t.remote_id.as_deref());
            data.url = target.and_then(|t| t.remote_url.as_deref());
            data.published_at = target.and_then(|t| t.published_at).map(times::seconds);
        }
        EventKind::Test => data.message = Some(TEST),
        EventKind::AccountDisconnected => {
            data.error = Some(Problem {
                code: "account_disconnected",
                message: account
                    .and_then(|a| a.reason.as_deref())
                    .unwrap_or_default(),
            });
        }
        _ => {
            let message = target.and_then(|t| t.message.as_deref());
            let category = target
                .and_then(|t| t.category)
                .map(model::failure::Category::word);
            data.error = Some(Problem {
                code: category.unwrap_or("missed"),
                message: message.unwrap_or(MISSED),
            });
        }
    }
    enveloped(told, event, "evt_", data)
}

#[cfg(test)]
mod tests {
    use model::delivery::DeliveryState;

    use super::*;
    use crate::hooks::samples::{facts, id, written};

    #[test]
    fn posts_and_accounts_are_told_with_their_prefixes() {
        let of = |kind, state| written("social-publishing", kind, &facts("x", state));
        let published = of(EventKind::PostPublished, DeliveryState::Published);
        assert_eq!(published["event"], "social.post_published");
        assert_eq!(published["data"]["post_id"], format!("post_{}", id(3)));
        assert_eq!(published["data"]["platform"], "twitter");
        let failed = of(EventKind::PostFailed, DeliveryState::Failed);
        assert_eq!(failed["data"]["error"]["code"], "validation");
        let mut gone = facts("x", DeliveryState::Waiting);
        (gone.post, gone.target) = (None, None);
        gone.account.as_mut().unwrap().reason = Some("It signed you out.".to_owned());
        let told = written("social-publishing", EventKind::AccountDisconnected, &gone);
        assert_eq!(told["data"]["account_id"], format!("acc_{}", id(5)));
        assert_eq!(told["data"]["error"]["message"], "It signed you out.");
    }
}
