//! Looking for an unconfirmed send on its network.

use std::sync::PoisonError;

use model::Timestamp;
use model::change::Actor;
use model::failure::Category;
use networks::connector::{Confirmation, Delivered};
use serde_json::Value;
use store::StoreError;
use store::publishing::{self, Delivery, Looked};

use crate::config::unknown;
use crate::job::{self, Frozen};
use crate::looks::{self, Verdict, asks_at_once, decide};
use crate::send::{Desk, VAULT_WAIT};
use crate::watched::WatchedVault;

/// How a look ended, for the publisher's loop.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Seen {
    /// It is on the network, with what did not come along.
    Found(Option<String>),
    /// Its network holds it until its time.
    Held,
    /// Its network holds it although its time has long passed.
    LateThere,
    /// Its network holds it for another time; the post followed, or other accounts keep it where it is.
    MovedThere { at: Timestamp, followed: bool },
    /// Its network holds it no more.
    GoneThere(String),
    /// Its first comment is there.
    Commented,
    /// It is out, and its first comment is not there and not tried again by itself, with the reason.
    NotCommented(String),
    /// It goes out again.
    SendAgain,
    /// Looked for again later.
    Later,
    /// Looked for again later, since the keyring could not be opened.
    VaultShut(String),
    /// The person is asked, with the reason.
    Asked(String),
    /// The account was signed out; `news` is false when that was known already.
    SignedOut { reason: String, news: bool },
    /// It could not be recorded: looked for again after a while, as the disk or the database may be at fault.
    Unrecorded,
    /// Somebody else decided meanwhile.
    Passed,
}

enum Answer {
    Decided(Verdict),
    SignedOut(String, Timestamp),
    VaultShut(String, Timestamp),
}

impl Desk {
    /// Looks once and records what that decided.
    pub(crate) async fn look(&self, delivery: &Delivery) -> Seen {
        let answer = self.answer(delivery).await;
        let mut seen = None;
        let verdict = match answer {
            Answer::Decided(verdict) => verdict,
            Answer::SignedOut(reason, now) => {
                // The account first: it is not looked through again before it is connected.
                let news = self.sign_out(delivery.account.id, &reason, now).await;
                seen = Some(Seen::SignedOut { reason, news });
                Verdict::LookAgain(now)
            }
            Answer::VaultShut(why, now) => {
                seen = Some(Seen::VaultShut(why));
                Verdict::PutOff(now.plus(VAULT_WAIT))
            }
        };
        let (looked, plain) = match verdict {
            Verdict::Published(delivered) => {
                let lacks = delivered.lacks();
                (found(delivered), Seen::Found(lacks))
            }
            Verdict::Placed(delivered) => (self.placed(delivery, delivered), Seen::Held),
            Verdict::SendAgain => (Looked::Absent, Seen::SendAgain),
            Verdict::LookAgain(at) => (Looked::Again(at), Seen::Later),
            Verdict::PutOff(at) => (Looked::PutOff(at), Seen::Later),
            Verdict::Ask(why) if self.shared.hands_over(&delivery.account.network) => {
                (Looked::YourTurn(why.clone()), Seen::Asked(why))
            }
            Verdict::Ask(why) => (Looked::Ask(why.clone()), Seen::Asked(why)),
        };
        match self.write_look(delivery, &looked).await {
            Ok(true) => seen.unwrap_or(plain),
            Ok(false) => Seen::Passed,
            Err(error) => {
                tracing::error!(%error, "what a look found could not be recorded");
                Seen::Unrecorded
            }
        }
    }

    /// From when on something counts that may have been shown then.
    pub(crate) fn counted(&self, began: Timestamp) -> Timestamp {
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        since.counted(began, &*self.shared.config.clock)
    }

    fn placed(&self, delivery: &Delivery, delivered: Delivered) -> Looked {
        let due = delivery.place_at.unwrap_or(delivery.due_at);
        Looked::Placed {
            look_at: looks::next_watch(due, self.shared.config.clock.now()),
            remote_id: delivered.remote_id,
            url: delivered.url,
            remote: delivered.remote,
        }
    }

    async fn write_look(&self, delivery: &Delivery, looked: &Looked) -> Result<bool, StoreError> {
        let mut tx = self.shared.config.store.begin(Actor::Publisher).await?;
        let (target, post) = (delivery.target_id, delivery.post_id);
        let written = publishing::looked(&mut tx, target, post, delivery.fence, looked).await?;
        tx.commit().await?;
        Ok(written)
    }

    async fn answer(&self, delivery: &Delivery) -> Answer {
        let network = &delivery.account.network;
        let Some(connector) = self.shared.connectors.get(network) else {
            return Answer::Decided(Verdict::Ask(unknown(network)));
        };
        let entry = connector.entry();
        // Who posts it has to be told where it lies, which the connector knows.
        if asks_at_once(entry.confirms) && !self.shared.hands_over(network) {
            let why = format!("{} cannot be asked whether it is there.", entry.name);
            return Answer::Decided(Verdict::Ask(why));
        }
        let config = &self.shared.config;
        let mut frozen = job::build(
            delivery,
            &**connector,
            delivery.last_number.max(1),
            &config.media,
        );
        // What was sent went out under the handle of that time, whatever the content is now.
        frozen.job.handle = match &delivery.handle {
            Some(handle) => handle.clone(),
            None => connector.freeze(&frozen.job, self.shared.ctx(&*config.vault)),
        };
        let vault = WatchedVault::new(&*config.vault);
        let answer = connector
            .confirm(&frozen.job, self.shared.ctx(&vault))
            .await;
        let now = config.clock.now();
        if let (Confirmation::NotNow(_), Some(why)) = (&answer, vault.trouble()) {
            return Answer::VaultShut(why.to_string(), now);
        }
        if let Confirmation::NotNow(refusal) = &answer
            && refusal.category == Category::AuthError
        {
            return Answer::SignedOut(refusal.message.clone(), now);
        }
        let shown_at = delivery.last_shown_at.unwrap_or(now);
        let seen = looks::Looked {
            confirms: entry.confirms,
            looks: delivery.looks + 1,
            tries: delivery.tries,
            shown_at,
            counts_from: self.counted(shown_at),
            now,
        };
        let verdict = decide(answer, seen, &entry.name);
        if verdict == Verdict::SendAgain
            && connector.knows_by_content()
            && reworded(delivery, &frozen)
        {
            let name = &entry.name;
            return Answer::Decided(Verdict::Ask(format!(
                "{name} has nothing that says the same; it may have gone out in other words."
            )));
        }
        Answer::Decided(verdict)
    }
}

/// Whether what another copy of the calendar may have sent said something else than the post does now. Where it was
/// never tried here nobody knows what it said, and any change of the post counts.
fn reworded(delivery: &Delivery, frozen: &Frozen) -> bool {
    let untried = delivery.content_hash.is_none();
    delivery.changed_since && (untried || frozen.was_edited)
}

fn found(delivered: Delivered) -> Looked {
    let lacks = delivered.lacks();
    let Delivered {
        remote_id,
        url,
        remote,
    } = delivered;
    let remote = if remote.is_null() {
        Value::Object(serde_json::Map::default())
    } else {
        remote
    };
    Looked::Found {
        remote_id,
        url,
        remote,
        lacks,
    }
}
