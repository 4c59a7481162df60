//! What every full round begins with: the clock, the leases, and the time after a restore.

use std::time::Duration;

use model::change::Actor;
use model::delivery::DeliveryState;
use store::StoreError;
use store::publishing::{self, HeldOf, Looked, Watched};

use crate::clockwatch::Jump;
use crate::engine::Engine;
use crate::look::Seen;

/// Why nobody can look any more.
const REMOVED: &str = "Its account was removed, so Almanac cannot look.";

/// How long a post waits that could not be read.
const UNREAD_WAIT: Duration = Duration::from_mins(1);

impl Engine {
    /// Clock, leases, the time after a restore.
    pub(crate) async fn keep_house(&mut self) -> Result<(), StoreError> {
        let config = self.shared.config.clone();
        match self.clock.look(&*config.clock) {
            Jump::None => {}
            Jump::Back(by) => {
                tracing::info!(seconds = by.as_secs(), "the clock was set back");
                self.teller.set_back(by);
                let mut tx = config.store.begin(Actor::Publisher).await?;
                publishing::shift_waits(&mut tx, by).await?;
                tx.commit().await?;
                self.watched = false;
            }
            Jump::Ahead(by) => {
                tracing::info!(
                    seconds = by.as_secs(),
                    "the clock ran ahead, or the machine slept"
                );
            }
        }
        self.keep_leases().await?;
        self.look_first().await?;
        self.watch_all().await?;
        self.ask_about_removed().await?;
        self.ask_about_unwatchable().await
    }

    /// After a start, and when the clock went back, everything that networks hold is looked at.
    async fn watch_all(&mut self) -> Result<(), StoreError> {
        if self.watched {
            return Ok(());
        }
        let store = &self.shared.config.store;
        let any = publishing::held_there(&mut store.read().await?, HeldOf::All).await?;
        if any > 0 {
            let mut tx = store.begin(Actor::Publisher).await?;
            publishing::watch_all(&mut tx).await?;
            tx.commit().await?;
        }
        self.watched = true;
        Ok(())
    }

    /// What a network holds for an account that was removed is out of sight.
    async fn ask_about_unwatchable(&mut self) -> Result<(), StoreError> {
        let store = &self.shared.config.store;
        let lost = publishing::unwatchable(&mut store.read().await?).await?;
        if lost.is_empty() {
            return Ok(());
        }
        let mut tx = store.begin(Actor::Publisher).await?;
        let found = publishing::deliveries(&mut tx, &lost).await?;
        let ask = Watched::Lost(REMOVED.to_owned());
        for one in &found {
            publishing::watched(&mut tx, one.target_id, one.post_id, one.fence, &ask).await?;
        }
        tx.commit().await?;
        for one in &found {
            let seen = Seen::Asked(REMOVED.to_owned());
            self.teller.looked(&self.shared, one, seen);
        }
        Ok(())
    }

    async fn keep_leases(&mut self) -> Result<(), StoreError> {
        let config = &self.shared.config;
        let steady = config.clock.monotonic();
        if !self.sending.is_empty() && steady.saturating_sub(self.renewed) >= config.lease / 3 {
            let mut tx = config.store.begin(Actor::Publisher).await?;
            publishing::renew(&mut tx, &self.shared.owner, config.lease).await?;
            tx.commit().await?;
            self.renewed = steady;
        }
        let leases = publishing::leases(&mut config.store.read().await?).await?;
        let sending = &self.sending;
        let holds = |id| sending.contains_key(&id);
        let lost = self
            .leases
            .lost(leases, &self.shared.owner, holds, steady, config.lease);
        if lost.is_empty() {
            return Ok(());
        }
        let (unread, lost): (Vec<_>, Vec<_>) = lost
            .into_iter()
            .partition(|lease| self.unread.contains(&lease.target_id));
        let until = config.clock.now().plus(UNREAD_WAIT);
        let mut tx = config.store.begin(Actor::Publisher).await?;
        publishing::put_back(&mut tx, &unread, until).await?;
        let rescued = publishing::rescue(&mut tx, &lost).await?;
        tx.commit().await?;
        self.unread.clear();
        self.want_look |= rescued
            .iter()
            .any(|r| r.state == DeliveryState::Unconfirmed);
        Ok(())
    }

    /// A send that nobody can look for, since its account was removed, is asked about.
    async fn ask_about_removed(&mut self) -> Result<(), StoreError> {
        let store = &self.shared.config.store;
        let lost = publishing::unlookable(&mut store.read().await?).await?;
        if lost.is_empty() {
            return Ok(());
        }
        let mut tx = store.begin(Actor::Publisher).await?;
        let found = publishing::deliveries(&mut tx, &lost).await?;
        let ask = Looked::Ask(REMOVED.to_owned());
        for one in &found {
            publishing::looked(&mut tx, one.target_id, one.post_id, one.fence, &ask).await?;
        }
        tx.commit().await?;
        for one in &found {
            let seen = Seen::Asked(REMOVED.to_owned());
            self.teller.looked(&self.shared, one, seen);
        }
        Ok(())
    }

    async fn look_first(&mut self) -> Result<(), StoreError> {
        let store = &self.shared.config.store;
        let state = store::holds::state(&mut store.read().await?).await?;
        let foreign = state
            .machine_id
            .as_deref()
            .is_some_and(|m| m != store.machine_id());
        self.teller.held(&state, foreign);
        if state.restored_at.is_some() && state.hold.is_none() {
            let mut tx = store.begin(Actor::Publisher).await?;
            publishing::look_first(&mut tx).await?;
            tx.commit().await?;
            self.want_look = true;
        }
        Ok(())
    }
}
