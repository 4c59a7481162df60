//! Looking for notes on the relays: how an uncertain send is decided.

use futures_util::future::join_all;
use model::account::Account;
use serde_json::{Value, json};

use super::event::{Event, NOTE};
use super::keys::Key;
use super::note::Handle;
use super::publish::{Out, delivered, shown, worst};
use super::{Nostr, relays_of};
use crate::connector::{Confirmation, Ctx, Job, Refusal};

impl Nostr {
    pub(super) async fn confirm_now(&self, job: &Job, ctx: Ctx<'_>) -> Confirmation {
        match self.seen(job, ctx).await {
            Ok(Some(notes)) => Confirmation::Found(delivered(&notes)),
            // Sending again under the same names adds nothing, also to a relay that did not answer.
            Ok(None) => Confirmation::Absent,
            Err(refusal) => Confirmation::NotNow(refusal),
        }
    }

    /// All notes of a post, when all are out.
    async fn seen(&self, job: &Job, ctx: Ctx<'_>) -> Result<Option<Vec<Out>>, Refusal> {
        let handle = Handle::read(&job.handle, job.segments.len())?;
        let key = self.key(&job.account, ctx).await?;
        let there = self.named(&job.account, &handle.names, &key, ctx).await?;
        let mut notes = Vec::new();
        for (n, name) in handle.names.iter().enumerate() {
            let fresh = || {
                let mine = there
                    .iter()
                    .filter(|(event, _)| event.tag("d") == Some(name));
                let mut relays = Vec::new();
                let mut id = None;
                for (event, relay) in mine {
                    let first = id.get_or_insert_with(|| event.id.clone());
                    if *first == event.id {
                        relays.push(relay.clone());
                    }
                }
                id.map(|id| Out { id, relays })
            };
            match shown(job, n).or_else(fresh) {
                Some(out) => notes.push(out),
                None => return Ok(None),
            }
        }
        Ok(Some(notes))
    }

    /// Notes of the account that carry one of these names, each with a relay that has it. An error only
    /// when no relay answered.
    pub(super) async fn named(
        &self,
        account: &Account,
        names: &[String],
        key: &Key,
        ctx: Ctx<'_>,
    ) -> Result<Vec<(Event, String)>, Refusal> {
        let author = key.public();
        let filter = json!({ "authors": [author], "kinds": [NOTE], "#d": names });
        let found = self.asked(account, &filter, key, ctx).await?;
        let mine = |event: &Event| {
            let named = event.tag("d").is_some_and(|d| names.iter().any(|n| n == d));
            named && event.author == author && event.kind == NOTE
        };
        Ok(found.into_iter().filter(|(e, _)| mine(e)).collect())
    }

    /// What the relays of an account know, each event with the relay it came from.
    pub(super) async fn asked(
        &self,
        account: &Account,
        filter: &Value,
        key: &Key,
        ctx: Ctx<'_>,
    ) -> Result<Vec<(Event, String)>, Refusal> {
        let relays = relays_of(account);
        let asked = relays
            .iter()
            .map(|relay| self.relays.ask(relay, filter, key, ctx));
        let (mut found, mut faults) = (Vec::new(), Vec::new());
        for (relay, answer) in relays.iter().zip(join_all(asked).await) {
            match answer {
                Ok(events) => found.extend(events.into_iter().map(|e| (e, relay.clone()))),
                Err(fault) => faults.push((relay.clone(), fault)),
            }
        }
        if faults.len() == relays.len() {
            return Err(worst(&faults));
        }
        Ok(found)
    }
}
