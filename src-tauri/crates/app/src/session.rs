//! Starting up, the change feed, the publisher's state.

use model::change::Actor;
use store::{boot, holds, publishing};

use crate::app::{App, since};
use crate::error::Result;
use crate::types::Nothing;
use crate::types::session::{Boot, ChangeBatch, ChangesSince, Hold, PublisherStatus};
use crate::{settings, writing};

/// Longest reason of a hold, in characters.
const MAX_REASON: usize = 200;

impl App {
    /// Everything the screen needs to draw its first frame.
    pub async fn session_boot(&self, _: Nothing) -> Result<Boot> {
        let mut conn = self.read().await?;
        let boot = boot::boot(&mut conn).await?;
        let needs_person = publishing::needs_you(&mut conn).await?;
        drop(conn);
        let named = boot.workspaces.iter().map(|w| w.id);
        let writing = writing::parts(&boot.settings, named);
        let (settings, preferences) = settings::parts(boot.settings);
        let config = &self.inner.config;
        Ok(Boot {
            version: config.program_version.clone(),
            now: self.inner.now(),
            system_zone: config.system_zone.clone(),
            system_formats: config.formats,
            workspaces: boot.workspaces,
            calendars: boot.calendars,
            accounts: boot.accounts,
            catalogue: config.registry.entries(),
            settings,
            preferences,
            writing,
            publisher: self.status_now().await?,
            vault: self.inner.vault.last_status(),
            first_start: self.inner.first_start,
            needs_person,
            last_seq: boot.seq,
        })
    }

    /// Changes after a number.
    pub async fn changes_since(&self, input: ChangesSince) -> Result<ChangeBatch> {
        Ok(since(&self.inner.store, input.seq).await?)
    }

    /// What the publisher is doing.
    pub async fn publisher_status(&self, _: Nothing) -> Result<PublisherStatus> {
        self.status_now().await
    }

    /// Holds all posts.
    pub async fn publisher_hold(&self, input: Hold) -> Result<PublisherStatus> {
        let reason: String = input.reason.trim().chars().take(MAX_REASON).collect();
        let reason = if reason.is_empty() {
            "You hold all posts.".to_owned()
        } else {
            reason
        };
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        holds::hold_all(&mut tx, &reason).await?;
        tx.commit().await?;
        self.status_now().await
    }

    /// Lets posts go out again; on another machine than before, this one publishes from now on.
    pub async fn publisher_release(&self, _: Nothing) -> Result<PublisherStatus> {
        let mine = &self.inner.config.machine_id;
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        let state = holds::state(&mut tx).await?;
        if state.machine_id.as_ref().is_some_and(|other| other != mine) {
            holds::take_over(&mut tx, mine).await?;
        } else {
            holds::release(&mut tx, mine).await?;
        }
        tx.commit().await?;
        self.status_now().await
    }
}
