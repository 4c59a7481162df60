//! First comments: written below a post once it is out. Whatever becomes of one, the post stays published.

use model::change::Actor;
use model::failure::{Category, MAX_ATTEMPTS, next_try};
use model::{Timestamp, content::Segment};
use networks::connector::{CommentSeen, Commented, Connector, Delivered, Refusal};
use networks::marking::marked;
use networks::vault::VaultError;
use serde_json::Map;
use store::StoreError;
use store::publishing::{self, CommentDue, CommentEnd, Delivery};

use crate::config::unknown;
use crate::job::kept_links;
use crate::look::Seen;
use crate::looks::{SETTLE, WAITS};
use crate::send::{Desk, VAULT_WAIT};
use crate::watched::WatchedVault;

/// Everything about a first comment that is due.
struct Below<'a> {
    delivery: &'a Delivery,
    connector: &'a dyn Connector,
    delivered: Delivered,
    due: CommentDue,
    /// What is written.
    words: String,
}

/// How it goes on with one that is not there yet.
#[derive(Debug, Clone, Copy)]
struct How {
    look_first: bool,
    looked: bool,
    free: bool,
}

impl How {
    /// It may have been written.
    const LOOK: Self = Self {
        look_first: true,
        looked: false,
        free: false,
    };
    /// It was looked for in vain.
    const LOOKED: Self = Self {
        looked: true,
        ..Self::LOOK
    };
}

impl Desk {
    /// Writes a first comment, or looks for it, and records what came of it.
    pub(crate) async fn comment(&self, delivery: &Delivery) -> Seen {
        match self.commented(delivery).await {
            Ok(seen) => seen,
            Err(error) => {
                tracing::error!(%error, "a first comment could not be recorded");
                Seen::Unrecorded
            }
        }
    }

    async fn commented(&self, delivery: &Delivery) -> Result<Seen, StoreError> {
        let (due, found) = {
            let mut conn = self.shared.config.store.read().await?;
            let due = publishing::comment_due(&mut conn, delivery.target_id).await?;
            let found = publishing::deletable(&mut conn, delivery.target_id).await;
            (due, found)
        };
        let Some(due) = due else {
            return Ok(Seen::Passed);
        };
        let network = &delivery.account.network;
        let Some(connector) = self.shared.connectors.get(network) else {
            return self.comment_fails(delivery, unknown(network), None).await;
        };
        let entry = connector.entry();
        if entry.first_comment_of(&delivery.options).is_none() {
            return self
                .noted(delivery, &CommentEnd::NotWanted, Seen::Later)
                .await;
        }
        let found = match found {
            Ok(found) => found,
            Err(StoreError::Conflict(_)) => {
                let message = "Almanac does not know where the post is, since you said that it is there. Write the comment there yourself.";
                return self.comment_fails(delivery, message.to_owned(), None).await;
            }
            Err(error) => return Err(error),
        };
        let below = Below {
            delivery,
            connector: &**connector,
            delivered: Delivered {
                remote_id: found.remote_id,
                url: found.url,
                remote: found.remote,
            },
            words: words_of(&**connector, delivery, &due.words),
            due,
        };
        if below.due.look_first {
            self.look_below(&below).await
        } else {
            self.write_below(&below).await
        }
    }

    async fn look_below(&self, below: &Below<'_>) -> Result<Seen, StoreError> {
        let config = &self.shared.config;
        let vault = WatchedVault::new(&*config.vault);
        let (account, ctx) = (&below.delivery.account, self.shared.ctx(&vault));
        let seen = below
            .connector
            .look_for_comment(account, &below.delivered, &below.words, ctx)
            .await;
        let now = config.clock.now();
        if let (CommentSeen::NotNow(_), Some(shut)) = (&seen, vault.trouble()) {
            return self.keyring_shut(below, &shut, How::LOOK).await;
        }
        match seen {
            CommentSeen::There => self.is_written(below.delivery).await,
            CommentSeen::Absent => match self.settles_at(below, now) {
                // A request that was cut off may still be on its way.
                Some(at) => {
                    let why = "It is not there yet.".to_owned();
                    self.comment_again(below, at, (why, None), How::LOOK).await
                }
                None if below.due.tries >= MAX_ATTEMPTS => {
                    let message =
                        format!("It was sent {} times and is not there.", below.due.tries);
                    self.comment_fails(below.delivery, message, None).await
                }
                None => self.write_below(below).await,
            },
            CommentSeen::CannotTell(why) => self.comment_fails(below.delivery, why, None).await,
            CommentSeen::NotNow(refusal) => self.looked_in_vain(below, refusal, now).await,
        }
    }

    /// Until when its absence proves nothing, if that is still to come.
    fn settles_at(&self, below: &Below<'_>, now: Timestamp) -> Option<Timestamp> {
        // A clock that was set back must not stretch the wait.
        let settled = self.counted(below.due.began_at?).min(now).plus(SETTLE);
        (settled > now).then_some(settled)
    }

    /// Looking did not work: it is looked for a few times more, and then the person is told.
    async fn looked_in_vain(
        &self,
        below: &Below<'_>,
        refusal: Refusal,
        now: Timestamp,
    ) -> Result<Seen, StoreError> {
        let Refusal {
            message, detail, ..
        } = refusal;
        if let Some(wait) = WAITS.get(below.due.looks as usize) {
            let at = now.plus(*wait);
            return self
                .comment_again(below, at, (message, detail), How::LOOKED)
                .await;
        }
        let message =
            format!("It may be there: looking for it did not work. {message} Look below the post.");
        self.comment_fails(below.delivery, message, detail).await
    }

    async fn write_below(&self, below: &Below<'_>) -> Result<Seen, StoreError> {
        let config = &self.shared.config;
        let delivery = below.delivery;
        let mut tx = config.store.begin(Actor::Publisher).await?;
        let until = config.clock.now().plus(SETTLE);
        let begun = publishing::comment_begins(&mut tx, delivery.target_id, until).await?;
        tx.commit().await?;
        if !begun {
            return Ok(Seen::Passed);
        }
        let vault = WatchedVault::new(&*config.vault);
        let ctx = self.shared.ctx(&vault);
        let written = tokio::select! {
            biased;
            written = below.connector.comment(
                &delivery.account, &below.delivered, &below.words, ctx,
            ) => written,
            // As at the death of the program: the next start looks for it.
            () = self.gives_up() => return Ok(Seen::Passed),
            () = config.timer.sleep(config.limits.longest_send) => Commented::Uncertain(Refusal::later(
                Category::NetworkError,
                "The network did not answer for a very long time.",
            )),
        };
        let now = config.clock.now();
        match written {
            Commented::Written => self.is_written(delivery).await,
            Commented::NotWritten(refusal) => {
                if let Some(shut) = vault.trouble() {
                    let how = How {
                        free: true,
                        ..below.untouched()
                    };
                    return self.keyring_shut(below, &shut, how).await;
                }
                let tries = below.due.tries + 1;
                let entropy = &*config.entropy;
                match next_try(refusal.category, refusal.retry, tries, now, entropy) {
                    Some(at) => {
                        let why = (refusal.message, refusal.detail);
                        self.comment_again(below, at, why, below.untouched()).await
                    }
                    None => {
                        self.comment_fails(delivery, refusal.message, refusal.detail)
                            .await
                    }
                }
            }
            Commented::Uncertain(refusal) => {
                let why = (refusal.message, refusal.detail);
                self.comment_again(below, now.plus(SETTLE), why, How::LOOK)
                    .await
            }
        }
    }

    /// The keyring could not be opened: it goes on by itself when it can, and the person is told why not now.
    async fn keyring_shut(
        &self,
        below: &Below<'_>,
        shut: &VaultError,
        how: How,
    ) -> Result<Seen, StoreError> {
        let at = self.shared.config.clock.now().plus(VAULT_WAIT);
        let why = shut.to_string();
        let end = again(at, (why.clone(), None), how);
        self.noted(below.delivery, &end, Seen::VaultShut(why)).await
    }

    async fn comment_again(
        &self,
        below: &Below<'_>,
        at: Timestamp,
        why: (String, Option<String>),
        how: How,
    ) -> Result<Seen, StoreError> {
        let end = again(at, why, how);
        self.noted(below.delivery, &end, Seen::Later).await
    }

    async fn comment_fails(
        &self,
        delivery: &Delivery,
        message: String,
        detail: Option<String>,
    ) -> Result<Seen, StoreError> {
        let end = CommentEnd::Failed {
            message: message.clone(),
            detail,
        };
        self.noted(delivery, &end, Seen::NotCommented(message))
            .await
    }

    async fn is_written(&self, delivery: &Delivery) -> Result<Seen, StoreError> {
        self.noted(delivery, &CommentEnd::Written, Seen::Commented)
            .await
    }

    /// Records an end, and gives what is to be told of it.
    async fn noted(
        &self,
        delivery: &Delivery,
        end: &CommentEnd,
        seen: Seen,
    ) -> Result<Seen, StoreError> {
        let mut tx = self.shared.config.store.begin(Actor::Publisher).await?;
        let (target, post) = (delivery.target_id, delivery.post_id);
        let written = publishing::comment_ends(&mut tx, target, post, end).await?;
        tx.commit().await?;
        Ok(if written { seen } else { Seen::Passed })
    }
}

impl Below<'_> {
    /// The try changed nothing, so what was known before it holds.
    fn untouched(&self) -> How {
        How {
            look_first: self.due.look_first,
            ..How::LOOK
        }
    }
}

fn again(at: Timestamp, (message, detail): (String, Option<String>), how: How) -> CommentEnd {
    CommentEnd::Again {
        at,
        look_first: how.look_first,
        looked: how.looked,
        free: how.free,
        message,
        detail,
    }
}

/// A first comment as it goes out: its links carry what those of the post carried.
fn words_of(connector: &dyn Connector, delivery: &Delivery, typed: &str) -> String {
    let links = kept_links(&delivery.steps);
    let sent = marked(
        connector,
        &[Segment::text(typed)],
        &Map::new(),
        links.as_ref(),
    );
    let first = sent.segments.into_iter().next();
    first.map_or_else(|| typed.to_owned(), |segment| segment.text)
}
