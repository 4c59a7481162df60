//! The bin: what is in it, taking back, removing for good.

use std::str::FromStr;

use model::account::Account;
use model::change::{Actor, Subject};
use model::{AccountId, CalendarId, MediaId, PostId, WorkspaceId};
use store::bin;

use crate::app::App;
use crate::error::Result;
use crate::types::activity::{Bin, BinEntry, BinItem, BinItems};
use crate::types::{ApiError, Nothing, Written};
use crate::words::counted;

/// Most things in one answer and one call.
const MOST: usize = 10_000;

impl App {
    /// What is in the bin, newest first.
    pub async fn bin_list(&self, _: Nothing) -> Result<Bin> {
        let mut conn = self.read().await?;
        let registry = &self.inner.config.registry;
        let entries = bin::all(&mut conn, MOST as u32)
            .await?
            .into_iter()
            .map(|found| BinEntry {
                words: match (&found.network, found.words.is_empty()) {
                    (Some(network), _) => {
                        let name = registry
                            .get(network)
                            .map_or(network.as_str(), |c| &c.entry().name);
                        format!("{name} ({})", found.words)
                    }
                    (None, true) if found.subject == Subject::Media => {
                        "A file without a name".to_owned()
                    }
                    (None, true) => "A post without words".to_owned(),
                    (None, false) => found.words,
                },
                subject: found.subject,
                id: found.id,
                deleted_at: found.deleted_at,
                gone_at: found.deleted_at.plus(store::posts::BIN_KEEPS),
            })
            // A file stays here for posts that show it, but its days in the bin are over.
            .filter(|entry: &BinEntry| {
                entry.subject != Subject::Media || entry.gone_at > self.inner.now()
            })
            .collect();
        Ok(Bin { entries })
    }

    /// Takes things out of the bin. A post whose time has passed comes back without a date.
    pub async fn bin_restore(&self, input: BinItems) -> Result<Written<Nothing>> {
        bounded(&input.items)?;
        let words = format!(
            "Took {} out of the bin",
            counted(input.items.len(), "thing", "things")
        );
        let mut writing = self.step(words).await?;
        // Workspaces before calendars before posts, so that what lies in a thing finds it again.
        let posts = ids(&input.items, Subject::Post)?;
        for id in ids(&input.items, Subject::Workspace)? {
            store::workspaces::restore(&mut writing.tx, id).await?;
        }
        for id in ids(&input.items, Subject::Account)? {
            store::accounts::restore(&mut writing.tx, id).await?;
        }
        for id in ids(&input.items, Subject::Calendar)? {
            store::calendars::restore(&mut writing.tx, id).await?;
        }
        let files: Vec<MediaId> = ids(&input.items, Subject::Media)?;
        store::library::restore(&mut writing.tx, &files).await?;
        if !posts.is_empty() {
            store::posts::restore(&mut writing.tx, &posts).await?;
        }
        writing.done(Nothing {}).await
    }

    /// Removes things for good, and the secrets of accounts with them. Cannot be undone.
    pub async fn bin_purge(&self, input: BinItems) -> Result<Nothing> {
        bounded(&input.items)?;
        let posts = ids(&input.items, Subject::Post)?;
        let (workspaces, calendars, accounts) = (
            ids(&input.items, Subject::Workspace)?,
            ids(&input.items, Subject::Calendar)?,
            ids(&input.items, Subject::Account)?,
        );
        let files = ids(&input.items, Subject::Media)?;
        // What may be on its way to a network is refused before anything is forgotten.
        let gone = self
            .purged(&posts, &workspaces, &calendars, &accounts, &files, true)
            .await?;
        if let (_, Some(error)) = self.forget_accounts(&gone).await {
            return Err(error.into());
        }
        let webhooks = store::webhooks::all_of(&mut self.read().await?, &workspaces).await?;
        self.forget_webhooks(&webhooks).await;
        self.purged(&posts, &workspaces, &calendars, &accounts, &files, false)
            .await?;
        self.remove_bytes(files).await?;
        Ok(Nothing {})
    }

    /// Removes these for good, or only tries whether that works. Gives the accounts that go with them.
    async fn purged(
        &self,
        posts: &[PostId],
        workspaces: &[WorkspaceId],
        calendars: &[CalendarId],
        accounts: &[AccountId],
        files: &[MediaId],
        only_try: bool,
    ) -> Result<Vec<Account>> {
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        let removed: Vec<Account> = store::accounts::removed(&mut tx)
            .await?
            .into_iter()
            .map(|(a, _)| a)
            .collect();
        let mut gone: Vec<Account> = removed
            .iter()
            .filter(|a| accounts.contains(&a.id))
            .cloned()
            .collect();
        gone.extend(bin::accounts_of(&mut tx, workspaces).await?);
        if !posts.is_empty() {
            store::posts::purge(&mut tx, posts).await?;
        }
        bin::purge(&mut tx, workspaces, calendars, accounts).await?;
        // After the posts: what only they used is free.
        store::library::purge(&mut tx, files).await?;
        if only_try {
            tx.rollback().await?;
        } else {
            tx.commit().await?;
        }
        Ok(gone)
    }
}

fn bounded(items: &[BinItem]) -> Result<()> {
    match items.len() {
        0 => Err(ApiError::invalid("items", "Nothing was chosen.")),
        n if n > MOST => Err(ApiError::invalid(
            "items",
            "Choose at most 10,000 things at once.",
        )),
        _ => Ok(()),
    }
}

fn ids<T: FromStr>(items: &[BinItem], subject: Subject) -> Result<Vec<T>> {
    items
        .iter()
        .filter(|item| item.subject == subject)
        .map(|item| {
            item.id
                .parse()
                .map_err(|_| ApiError::invalid("items", "That is nothing in the bin."))
        })
        .collect()
}
