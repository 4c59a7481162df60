//! Looking at what a network holds until its time.

use model::Timestamp;
use model::change::Actor;
use model::failure::Category;
use networks::connector::{Connector, Delivered, Job, Kept, lacks_in};
use store::StoreError;
use store::publishing::{self, Delivery, Noted, Watched};

use crate::config::{Shared, unknown};
use crate::job;
use crate::look::Seen;
use crate::looks::next_watch;
use crate::send::{Desk, VAULT_WAIT};
use crate::watched::WatchedVault;

/// From when to when after its time a post that is still held is told once to be late.
const LATE: [std::time::Duration; 2] = [
    std::time::Duration::from_hours(1),
    std::time::Duration::from_hours(2),
];
/// A time that differs by less is the same: networks keep seconds or minutes.
const SAME: u64 = 60_000;

/// What was handed over, as a job.
pub(crate) fn kept_job(shared: &Shared, connector: &dyn Connector, delivery: &Delivery) -> Job {
    let number = delivery.last_number.max(1);
    let mut job = job::build(delivery, connector, number, &shared.config.media).job;
    if let Some(handle) = &delivery.handle {
        job.handle = handle.clone();
    }
    job.place_at = Some(delivery.own_due);
    job
}

impl Desk {
    /// Looks once at what a network holds and records what that decided.
    pub(crate) async fn watch(&self, delivery: &Delivery) -> Seen {
        match self.watched(delivery).await {
            Ok(seen) => seen,
            Err(error) => {
                tracing::error!(%error, "what a network holds could not be looked at");
                Seen::Unrecorded
            }
        }
    }

    async fn watched(&self, delivery: &Delivery) -> Result<Seen, StoreError> {
        let now = self.shared.config.clock.now();
        let (due, network) = (delivery.own_due, &delivery.account.network);
        let found = {
            let mut conn = self.shared.config.store.read().await?;
            publishing::held(&mut conn, delivery.target_id).await
        };
        let found = match found {
            Ok(found) => found,
            // A person says that it is held there, and where is not known.
            Err(StoreError::Conflict(_)) => {
                let out = Watched::Published {
                    remote_id: None,
                    url: None,
                    remote: None,
                };
                return self.by_its_time(delivery, out, now).await;
            }
            Err(error) => return Err(error),
        };
        let Some(connector) = self.shared.connectors.get(network) else {
            let lost = Watched::Lost(unknown(network));
            return self.by_its_time(delivery, lost, now).await;
        };
        let kept = Delivered {
            remote_id: found.remote_id,
            url: found.url,
            remote: found.remote,
        };
        let job = kept_job(&self.shared, &**connector, delivery);
        let vault = WatchedVault::new(&*self.shared.config.vault);
        let answer = connector
            .look_at_kept(&job, &kept, self.shared.ctx(&vault))
            .await;
        if let (Kept::NotNow(_), Some(shut)) = (&answer, vault.trouble()) {
            let again = now.plus(VAULT_WAIT).min(next_watch(due, now));
            let noted = self.note(delivery, &Watched::Held(again)).await?;
            return Ok(match noted {
                Noted::Nothing => Seen::Passed,
                Noted::Seen | Noted::Followed => Seen::VaultShut(shut.to_string()),
            });
        }
        if let Kept::NotNow(refusal) = &answer
            && refusal.category == Category::AuthError
        {
            let reason = refusal.message.clone();
            let news = self.sign_out(delivery.account.id, &reason, now).await;
            self.note(delivery, &Watched::Held(next_watch(due, now)))
                .await?;
            return Ok(Seen::SignedOut { reason, news });
        }
        let name = self.shared.network_name(network);
        let decided = decide(answer, due, now, name);
        let noted = self.note(delivery, &decided).await?;
        Ok(seen(decided, noted, due, now))
    }

    /// What cannot be looked at is taken to be held until its time; then this is decided.
    async fn by_its_time(
        &self,
        delivery: &Delivery,
        then: Watched,
        now: Timestamp,
    ) -> Result<Seen, StoreError> {
        let due = delivery.own_due;
        let decided = if now < due {
            Watched::Held(next_watch(due, now))
        } else {
            then
        };
        let noted = self.note(delivery, &decided).await?;
        Ok(seen(decided, noted, due, now))
    }

    async fn note(&self, delivery: &Delivery, decided: &Watched) -> Result<Noted, StoreError> {
        note(&self.shared, delivery, decided).await
    }
}

/// Records what a look decided.
pub(crate) async fn note(
    shared: &Shared,
    delivery: &Delivery,
    decided: &Watched,
) -> Result<Noted, StoreError> {
    let mut tx = shared.config.store.begin(Actor::Publisher).await?;
    let (target, post) = (delivery.target_id, delivery.post_id);
    let noted = publishing::watched(&mut tx, target, post, delivery.fence, decided).await?;
    tx.commit().await?;
    Ok(noted)
}

/// What an answer decides. `due` is when it is due there as far as is known here.
pub(crate) fn decide(answer: Kept, due: Timestamp, now: Timestamp, network: &str) -> Watched {
    match answer {
        Kept::Until(at) if at.as_millis().abs_diff(due.as_millis()) >= SAME => Watched::Moved {
            at,
            look_at: next_watch(at, now),
        },
        Kept::Until(_) | Kept::NotNow(_) => Watched::Held(next_watch(due, now)),
        Kept::Published(delivered) => Watched::Published {
            remote_id: Some(delivered.remote_id),
            url: delivered.url,
            remote: Some(delivered.remote),
        },
        Kept::Gone => Watched::Gone(format!(
            "{network} held it until its time and has it no more: it was deleted or changed there."
        )),
        Kept::CannotTell(why) => Watched::Lost(why),
    }
}

fn seen(decided: Watched, noted: Noted, due: Timestamp, now: Timestamp) -> Seen {
    if noted == Noted::Nothing {
        return Seen::Passed;
    }
    let late = now.since(due);
    match decided {
        Watched::Held(_) if late >= LATE[0] && late < LATE[1] => Seen::LateThere,
        Watched::Held(_) => Seen::Held,
        Watched::Moved { at, .. } => Seen::MovedThere {
            at,
            followed: noted == Noted::Followed,
        },
        Watched::Published { remote, .. } => Seen::Found(remote.as_ref().and_then(lacks_in)),
        Watched::Gone(why) => Seen::GoneThere(why),
        Watched::Lost(why) => Seen::Asked(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_was_rounded_there_is_the_same_and_another_is_followed() {
        let due = Timestamp::from_millis(600_000);
        let now = Timestamp::from_millis(0);
        let of = |millis| decide(Kept::Until(Timestamp::from_millis(millis)), due, now, "Net");
        assert!(matches!(of(600_999), Watched::Held(_)));
        assert!(matches!(of(900_000), Watched::Moved { at, .. } if at.as_millis() == 900_000));
    }
}
