//! Doubting the system when it says that there is no way to the internet.
//!
//! Its word is a hint. Where something else than the system's own manager makes the connection (a
//! bridge, a tunnel, a phone on a cable) it is wrong without end, and posts would wait in silence. So
//! while some are due the networks themselves are asked now and then who an account is, which changes
//! nothing there and uses up no try.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use model::account::{Account, AccountHealth};
use model::failure::Category;
use store::{StoreError, accounts, troubles};

use crate::app::{App, Inner};
use crate::words::posts as counted_posts;

/// How long the word is taken, and how often the networks are asked then.
const EVERY: Duration = Duration::from_mins(3);

/// What came of asking.
enum Heard {
    /// Nothing is due, so nothing was asked.
    NothingDue,
    /// A network answered.
    Reached,
    /// None answered; so many posts wait.
    Silence(usize),
}

/// Asks for as long as the system says that there is no way.
pub(crate) async fn doubt(inner: Weak<Inner>, period: u64) {
    let mut told = false;
    while let Some(timer) = inner.upgrade().map(|i| Arc::clone(&i.config.timer)) {
        timer.sleep(EVERY).await;
        let Some(app) = inner.upgrade().map(App::of) else {
            return;
        };
        if !matches!(app.inner.offline(), (now, Some(_)) if now == period) {
            return;
        }
        match app.ask_networks().await {
            Ok(Heard::NothingDue) => {}
            Ok(Heard::Reached) => {
                tracing::warn!("the system says there is no internet, but a network answers");
                app.set_online(true);
                return;
            }
            Ok(Heard::Silence(posts)) if !told => {
                told = true;
                if let Some(publisher) = app.inner.publisher() {
                    let verb = if posts == 1 { "goes" } else { "go" };
                    publisher.tell_delayed(format!(
                        "There is no internet. {} {verb} out when it is back.",
                        counted_posts(posts)
                    ));
                }
            }
            Ok(Heard::Silence(_)) => {}
            Err(StoreError::Closed) => return,
            Err(error) => tracing::warn!(%error, "what is due could not be read"),
        }
    }
}

impl Inner {
    /// Which period without a way to the internet this is, and since when.
    pub(crate) fn offline(&self) -> (u64, Option<model::Timestamp>) {
        *self.offline.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    async fn ask_networks(&self) -> Result<Heard, StoreError> {
        let (waiting, posts) = self.waiting_for_the_internet().await?;
        if waiting.is_empty() {
            return Ok(Heard::NothingDue);
        }
        let mut asked: Vec<&str> = Vec::new();
        for account in &waiting {
            if asked.contains(&account.network.as_str()) {
                continue;
            }
            asked.push(&account.network);
            if self.answers(account).await {
                return Ok(Heard::Reached);
            }
        }
        Ok(Heard::Silence(posts))
    }

    /// Accounts on which posts are due that need the internet, and how many posts those are.
    async fn waiting_for_the_internet(&self) -> Result<(Vec<Account>, usize), StoreError> {
        let now = self.inner.now();
        let registry = &self.inner.config.registry;
        let mut conn = self.inner.store.read().await?;
        let (mut found, mut posts) = (Vec::new(), BTreeSet::new());
        for account in accounts::all(&mut conn).await? {
            let usable = account.paused.is_none() && account.health == AccountHealth::Ok;
            let connector = registry.get(&account.network).filter(|_| usable);
            if connector.is_none_or(|c| !c.entry().needs_internet) {
                continue;
            }
            let due = troubles::waiting_for(&mut conn, account.id).await?;
            let due = due.iter().filter(|row| row.at.is_some_and(|at| at <= now));
            let due: Vec<_> = due.map(|row| row.post_id).collect();
            if !due.is_empty() {
                found.push(account);
            }
            posts.extend(due);
        }
        Ok((found, posts.len()))
    }

    /// Whether the account's network answers.
    async fn answers(&self, account: &Account) -> bool {
        let Some(connector) = self.inner.config.registry.get(&account.network) else {
            return false;
        };
        let answer = connector
            .identify(account, self.ctx(&*self.inner.vault))
            .await;
        match answer {
            Ok(_) => true,
            // Every other refusal may come from this computer: a locked keyring, a Wi-Fi sign-in page.
            Err(refusal) => refusal.category == Category::RateLimited,
        }
    }
}
