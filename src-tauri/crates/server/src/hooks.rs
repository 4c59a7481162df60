//! Telling other programs what happens, in the words of each contract: which module knows them. What is
//! told when, and whether it arrived, is the program's own business.

use std::sync::Arc;

use app::App;
use app::types::webhooks::{WebhookContract, WebhookEvent};
use app::webhooks::{Contracts, Told};
use model::event::EventKind;
use serde::Serialize;

use crate::dialect::{almanac, content_calendar, instagram_editor, scheduler, social_publishing};
use crate::times;

/// An event as a contract names it.
pub(crate) struct Named {
    /// Its name.
    pub name: &'static str,
    /// When it is told.
    pub about: &'static str,
    /// The kinds of events that it stands for; none while it waits for a feature.
    pub kinds: &'static [EventKind],
    /// The feature that it waits for.
    pub waits_for: Option<&'static str>,
}

impl Named {
    /// One that is told.
    pub const fn told(
        name: &'static str,
        about: &'static str,
        kinds: &'static [EventKind],
    ) -> Self {
        Self {
            name,
            about,
            kinds,
            waits_for: None,
        }
    }

    /// One that waits for a feature.
    pub const fn waits(name: &'static str, about: &'static str, feature: &'static str) -> Self {
        Self {
            name,
            about,
            kinds: &[],
            waits_for: Some(feature),
        }
    }
}

/// A contract in whose words something is told.
pub(crate) struct Words {
    /// Its key.
    pub key: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// The only network that it is about.
    pub network: Option<&'static str>,
    /// What it calls a test.
    pub test: &'static str,
    /// Its events.
    pub events: &'static [Named],
    /// How one is written; its name comes along.
    pub body: fn(&Told<'_>, &'static str) -> String,
}

/// Every one.
const ALL: [&Words; 5] = [
    &almanac::WORDS,
    &content_calendar::hooks::WORDS,
    &instagram_editor::hooks::WORDS,
    &scheduler::hooks::WORDS,
    &social_publishing::hooks::WORDS,
];

/// The name that stands for every event of a contract.
pub(crate) const EVERY: &str = "*";

/// What a test says.
pub(crate) const TEST: &str = "This is a test of your webhook.";
/// What is said of a post whose time passed, where nothing more is known.
pub(crate) const MISSED: &str = "Its time passed while the computer was off.";

/// What three of the documents print around what they tell.
#[derive(Serialize)]
struct Envelope<'a, D> {
    event: &'a str,
    id: String,
    timestamp: String,
    data: D,
}

/// Writes what is sent in the envelope that three of the documents print; its identifier begins with this.
pub(crate) fn enveloped<D: Serialize>(
    told: &Told<'_>,
    event: &str,
    prefix: &str,
    data: D,
) -> String {
    text(&Envelope {
        event,
        id: format!("{prefix}{}", told.delivery),
        timestamp: times::seconds(told.at),
        data,
    })
}

/// Writes what is sent. Fields stand in the order in which the documents print them.
pub(crate) fn text<T: Serialize>(body: &T) -> String {
    // Texts, numbers and names always make JSON.
    serde_json::to_string(body).unwrap_or_default()
}

/// The contracts that this crate speaks.
struct Dialects;

fn words(contract: &str) -> Option<&'static Words> {
    ALL.into_iter().find(|words| words.key == contract)
}

impl Contracts for Dialects {
    fn all(&self) -> Vec<WebhookContract> {
        ALL.into_iter()
            .map(|words| WebhookContract {
                key: words.key.to_owned(),
                name: words.name.to_owned(),
                events: words.events.iter().map(shown).collect(),
            })
            .collect()
    }

    fn kinds(&self, contract: &str, events: &[String]) -> Result<Vec<EventKind>, String> {
        let known = words(contract).map_or(&[][..], |words| words.events);
        let mut kinds = Vec::new();
        for name in events {
            let found: Vec<&Named> = known
                .iter()
                .filter(|event| name == EVERY || event.name == name)
                .collect();
            if found.is_empty() {
                return Err(name.clone());
            }
            kinds.extend(found.iter().flat_map(|event| event.kinds));
        }
        Ok(kinds)
    }

    fn network(&self, contract: &str) -> Option<&'static str> {
        words(contract)?.network
    }

    fn name(&self, contract: &str, kind: EventKind) -> &'static str {
        let Some(words) = words(contract) else {
            return "event";
        };
        let named = words.events.iter().find(|e| e.kinds.contains(&kind));
        named.map_or(words.test, |event| event.name)
    }

    fn body(&self, told: &Told<'_>) -> String {
        let name = self.name(told.contract, told.kind);
        words(told.contract).map_or_else(String::new, |words| (words.body)(told, name))
    }
}

fn shown(event: &Named) -> WebhookEvent {
    WebhookEvent {
        name: event.name.to_owned(),
        about: event.about.to_owned(),
        waits_for: event.waits_for.map(str::to_owned),
    }
}

/// Tells other programs what happens from now on. A second time does nothing.
pub(crate) fn start(app: &App) {
    app.start_webhooks(Arc::new(Dialects));
}

/// Facts to write events of.
#[cfg(test)]
pub(crate) mod samples {
    use model::delivery::DeliveryState;
    use model::event::{AccountFacts, EventFacts, EventKind, PostFacts, TargetFacts};
    use model::failure::Category;
    use model::status::ShownStatus;
    use model::{
        AccountId, CalendarId, PostId, TargetId, Timestamp, WebhookDeliveryId, WorkspaceId,
    };
    use serde_json::Value;
    use uuid::Uuid;

    use super::{Contracts, Dialects, Told};

    /// The instant of the samples: 2024-01-15T10:30:00Z.
    pub const AT: Timestamp = Timestamp::from_millis(1_705_314_600_000);

    /// An identifier as text.
    pub fn id(n: u128) -> String {
        Uuid::from_u128(n).to_string()
    }

    /// A post of calendar 2 with id 3 that went out on a network, or did not.
    pub fn facts(network: &str, state: DeliveryState) -> EventFacts {
        let out = state == DeliveryState::Published;
        EventFacts {
            post: Some(PostFacts {
                id: PostId(Uuid::from_u128(3)),
                calendar_id: CalendarId(Uuid::from_u128(2)),
                title: "Greeting".to_owned(),
                text: "Hello World! #first".to_owned(),
                status: if out {
                    ShownStatus::Published
                } else {
                    ShownStatus::Failed
                },
                content_type: model::post::ContentType::Post,
                at: Some(AT),
                removed: false,
                networks: vec![network.to_owned()],
                planned: false,
                note: None,
                calendar_note: None,
            }),
            target: Some(TargetFacts {
                id: TargetId(Uuid::from_u128(4)),
                state,
                published_at: out.then_some(AT),
                remote_id: out.then(|| "1234567890".to_owned()),
                remote_url: out.then(|| "https://example.com/1".to_owned()),
                category: (!out).then_some(Category::Validation),
                message: (!out).then(|| "It is too long.".to_owned()),
                next_try_at: None,
            }),
            account: Some(AccountFacts {
                id: AccountId(Uuid::from_u128(5)),
                network: network.to_owned(),
                handle: "ana".to_owned(),
                reason: None,
            }),
        }
    }

    /// What a contract writes of facts, in workspace 1 under delivery 9.
    pub fn written(contract: &str, kind: EventKind, facts: &EventFacts) -> Value {
        let told = Told {
            contract,
            delivery: WebhookDeliveryId(Uuid::from_u128(9)),
            workspace: WorkspaceId(Uuid::from_u128(1)),
            kind,
            at: AT,
            facts,
        };
        serde_json::from_str(&Dialects.body(&told)).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::samples::{facts, written};
    use super::*;
    use model::delivery::DeliveryState;

    #[test]
    fn every_contract_names_and_writes_what_it_tells() {
        for words in ALL {
            for event in words.events {
                assert_eq!(
                    event.kinds.is_empty(),
                    event.waits_for.is_some(),
                    "{}",
                    event.name
                );
                let asked = Dialects.kinds(words.key, &[event.name.to_owned()]).unwrap();
                assert_eq!(asked, event.kinds);
                for kind in event.kinds {
                    assert_eq!(
                        Dialects.name(words.key, *kind),
                        event.name,
                        "one name a kind"
                    );
                    let sample = facts("instagram", DeliveryState::Published);
                    let body = written(words.key, *kind, &sample).to_string();
                    assert!(body.contains(event.name), "{body}");
                }
            }
            let test = written(
                words.key,
                EventKind::Test,
                &model::event::EventFacts::default(),
            );
            assert!(test.to_string().contains(words.test));
            let every = Dialects.kinds(words.key, &[EVERY.to_owned()]).unwrap();
            assert!(every.contains(&EventKind::PostPublished), "{}", words.key);
            assert!(!every.contains(&EventKind::Test));
            let unknown = ["post.eaten".to_owned()];
            assert_eq!(
                Dialects.kinds(words.key, &unknown),
                Err("post.eaten".to_owned())
            );
        }
        assert!(Dialects.kinds("nobody", &[EVERY.to_owned()]).is_err());
    }
}
