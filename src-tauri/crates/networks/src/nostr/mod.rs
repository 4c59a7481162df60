//! Nostr: notes signed with the person's own key and handed to relays.
//!
//! After the NIPs: 01 (events, relays, `OK` and its words), 09 (deleting), 10 (threads: marked `e` tags),
//! 18 (`q` tags), 19 and 27 (names of people and notes), 36 (content warnings), 42 (relays that want to
//! know who is there), 65 (a person's relays), 92 (`imeta` for media by address). The name of an event is
//! its hash, so an event that was sent twice is one event. Every note carries in a `d` tag a name that
//! follows from the target and its turn: relays index tags of one letter (NIP-01), and in a note of
//! kind 1 the tag means nothing else.

mod catalogue;
mod confirm;
mod errors;
mod event;
mod keys;
mod note;
mod publish;
mod relay;
mod sign_in;
mod text;

use async_trait::async_trait;
use model::AccountId;
use model::account::Account;
use model::error::{Fix, Problem};
use serde_json::{Value, json};

use crate::catalogue::Entry;
use crate::check;
use crate::connector::{
    CheckInput, Confirmation, Connector, Ctx, Delivered, Job, Measure, Metrics, Missing, Outcome,
    Refusal, SignInFields, SignedIn, StepLog, TextSpan, TextUse,
};
use crate::http::{Clients, HttpConfig, HttpError};
use crate::registry::Addresses;
use crate::sending;
use crate::tokens::{Sessions, no_sign_in};
use catalogue::{KEY, OPTION_IMAGES};
use event::{DELETION, Event, NOTE, REACTION, REPOST};
use futures_util::future::join_all;
use keys::Key;
use note::Handle;
use publish::{Out, worst};
use relay::Relays;

/// Most events that are read for the numbers of a note.
const MAX_COUNTED: u32 = 500;

/// The connector of Nostr.
pub struct Nostr {
    entry: Entry,
    relays: Relays,
    addresses: Addresses,
    sessions: Sessions,
}

impl Nostr {
    /// The connector over its own HTTP clients.
    pub fn new(http: &HttpConfig, addresses: &Addresses) -> Result<Self, HttpError> {
        let clients = Clients::for_websockets(http)?;
        Ok(Self {
            entry: catalogue::entry(),
            relays: Relays::new(clients, http.timeouts.call),
            addresses: addresses.clone(),
            sessions: Sessions::default(),
        })
    }

    async fn key(&self, account: &Account, ctx: Ctx<'_>) -> Result<Key, Refusal> {
        let held = self.sessions.peek(account.id, ctx).await?;
        let held = held.ok_or_else(|| no_sign_in(&account.handle))?;
        Key::read(held.access.reveal()).map_err(|_| no_sign_in(&account.handle))
    }
}

/// The relays of an account.
fn relays_of(account: &Account) -> Vec<String> {
    let listed = account.settings.get("relays").and_then(Value::as_array);
    let all = listed.into_iter().flatten().filter_map(Value::as_str);
    all.filter_map(sign_in::relay_address).collect()
}

fn notes_of(delivered: &Delivered) -> Vec<Out> {
    let all = delivered.remote.get("notes").and_then(Value::as_array);
    all.into_iter().flatten().filter_map(Out::read).collect()
}

#[async_trait]
impl Connector for Nostr {
    fn entry(&self) -> &Entry {
        &self.entry
    }

    fn check(&self, input: CheckInput<'_>) -> Vec<Problem> {
        let mut found = check::common(&self.entry, &input);
        for lack in self.missing(input.account) {
            found.error("no_relays", None, lack.message, vec![lack.mended_by]);
        }
        for odd in note::pictures(&input.draft.options).1 {
            let name = OPTION_IMAGES.to_owned();
            found.error(
                "picture_address",
                None,
                format!("\"{odd}\" is no web address of a picture. It begins with https."),
                vec![Fix::SetOption { name }],
            );
        }
        found.into_problems()
    }

    fn measure(&self, of: &TextUse<'_>) -> Measure {
        check::measure(&self.entry.text, of.text)
    }

    fn spans(&self, text: &str) -> Vec<TextSpan> {
        text::spans(text)
    }

    fn freeze(&self, job: &Job, ctx: Ctx<'_>) -> Value {
        Handle::choose(job, ctx.clock.now()).to_json()
    }

    async fn sign_in(
        &self,
        account_id: AccountId,
        _method: &str,
        fields: SignInFields,
        ctx: Ctx<'_>,
    ) -> Result<Vec<SignedIn>, Refusal> {
        Ok(vec![self.sign_in_with(account_id, &fields, ctx).await?])
    }

    fn missing(&self, account: &Account) -> Vec<Missing> {
        if relays_of(account).is_empty() {
            return vec![Missing::reconnect(
                "This account has no relays. Connect it again and name some.",
            )];
        }
        vec![]
    }

    fn forget_session(&self, account_id: AccountId) {
        self.sessions.let_go(account_id);
    }

    async fn identify(&self, account: &Account, ctx: Ctx<'_>) -> Result<SignedIn, Refusal> {
        self.identify_now(account, ctx).await
    }

    async fn sign_out(&self, account: &Account, ctx: Ctx<'_>) -> Result<(), Refusal> {
        // A key cannot be taken back; it is only forgotten here.
        self.sessions.take(account.id, ctx).await.map(|_| ())
    }

    async fn publish(&self, job: &Job, steps: &mut dyn StepLog, ctx: Ctx<'_>) -> Outcome {
        sending::outcome(self.publish_steps(job, steps, ctx).await)
    }

    async fn confirm(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        self.confirm_now(job, ctx).await
    }

    async fn delete(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<(), Refusal> {
        let key = self.key(account, ctx).await?;
        let notes = notes_of(delivered);
        let mut relays = relays_of(account);
        for relay in notes.iter().flat_map(|n| &n.relays) {
            if !relays.contains(relay) {
                relays.push(relay.clone());
            }
        }
        let tag = |name: &str, value: &str| vec![name.to_owned(), value.to_owned()];
        let mut tags: Vec<Vec<String>> = notes.iter().map(|n| tag("e", &n.id)).collect();
        tags.push(tag("k", &NOTE.to_string()));
        let mut chance = [0; 32];
        ctx.entropy.fill(&mut chance);
        let at = ctx.clock.now().as_millis().div_euclid(1_000);
        let event = Event::make(&key, at, DELETION, tags, String::new(), &chance);
        let Some(event) = event else {
            return Err(no_sign_in(&account.handle));
        };
        let asked = relays
            .iter()
            .map(|relay| self.relays.send(relay, &event, &key, ctx));
        let answers = join_all(asked).await;
        let faults = relays.iter().cloned().zip(answers);
        let faults: Vec<_> = faults.filter_map(|(r, a)| Some((r, a.err()?))).collect();
        // A relay that did not take the note need not forget it.
        let holds = |relay: &String| notes.iter().any(|n| n.relays.contains(relay));
        let open: Vec<_> = faults.into_iter().filter(|(r, _)| holds(r)).collect();
        if open.is_empty() {
            Ok(())
        } else {
            Err(worst(&open))
        }
    }

    async fn metrics(
        &self,
        account: &Account,
        delivered: &Delivered,
        ctx: Ctx<'_>,
    ) -> Result<Option<Metrics>, Refusal> {
        let key = self.key(account, ctx).await?;
        let own: Vec<String> = notes_of(delivered).into_iter().map(|n| n.id).collect();
        let filter = json!({
            "kinds": [NOTE, REPOST, REACTION], "#e": [delivered.remote_id], "limit": MAX_COUNTED,
        });
        let found = self.asked(account, &filter, &key, ctx).await?;
        let mut seen = std::collections::BTreeSet::new();
        let mut numbers = (0, 0, 0);
        for (event, _) in found {
            if own.contains(&event.id) || !seen.insert(event.id.clone()) {
                continue;
            }
            match event.kind {
                NOTE => numbers.0 += 1,
                REPOST => numbers.1 += 1,
                REACTION if event.content != "-" => numbers.2 += 1,
                _ => {}
            }
        }
        Ok(Some(Metrics {
            replies: Some(numbers.0),
            reposts: Some(numbers.1),
            likes: Some(numbers.2),
            ..Metrics::default()
        }))
    }
}
