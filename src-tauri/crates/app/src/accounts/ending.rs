//! Sign-ins that end: known beforehand, renewed in time where that needs nobody, told a week ahead where
//! it does, and told once more when they have ended.

use std::sync::PoisonError;
use std::time::Duration;

use model::Timestamp;
use model::account::{Account, AccountHealth, SIGN_IN_ENDS};
use model::change::Actor;
use model::failure::Category;
use networks::connector::{Connector, Refusal};
use serde_json::{Value, json};
use store::accounts;

use crate::app::App;
use crate::checks::account_name;
use crate::error::Result;

/// How long before its end a sign-in is told to run out.
pub(super) const AHEAD: Duration = Duration::from_hours(7 * 24);
/// How long before its end a sign-in is renewed where nobody is needed for it: a week of tries before the
/// person is told of it.
const RENEW_AHEAD: Duration = Duration::from_hours(14 * 24);
/// How often it is told.
const EVERY: Duration = Duration::from_hours(24);

impl App {
    /// Writes down when the sign-in of an account ends, where its network says so, and whether that could be
    /// read. What cannot be read now is left as it is.
    pub(super) async fn note_end(&self, connector: &dyn Connector, account: &mut Account) -> bool {
        let ctx = self.ctx(&*self.inner.vault);
        let end = connector.sign_in_ends(account, ctx).await;
        let known = end.is_ok();
        if let Ok(end) = end {
            put_end(account, end);
        }
        known
    }

    /// Looks once a day which sign-ins end soon: renews them where the network lets a program do that, and
    /// tells of those that end within a week all the same. One that has ended is marked, and told once.
    pub async fn look_at_sign_ins(&self) -> Result<()> {
        let now = self.inner.now();
        {
            let mut last = self
                .inner
                .sign_ins_looked_at
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if last.is_some_and(|at| now < at.plus(EVERY) && now >= at) {
                return Ok(());
            }
            *last = Some(now);
        }
        let all = accounts::all(&mut self.read().await?).await?;
        for before in all {
            let Ok(connector) = self.connector(&before.network) else {
                continue;
            };
            let mut account = before.clone();
            let mut known = self.note_end(&*connector, &mut account).await;
            if is_to_renew(&account, now) {
                match self.renew(&*connector, &account).await {
                    Err(refusal) if refusal.category == Category::AuthError => {
                        self.has_ended(&account, refusal.message).await?;
                        continue;
                    }
                    Err(_) => known = false,
                    Ok(()) => known = self.note_end(&*connector, &mut account).await,
                }
            }
            if account.settings != before.settings {
                let end = end_of(&account);
                self.meet(account.id, Actor::Program, |now| put_end(now, end))
                    .await?;
            }
            let Some(end) = end_of(&account).filter(|_| account.health == AccountHealth::Ok) else {
                continue;
            };
            if end > now && end <= now.plus(AHEAD) {
                self.tell_end(&account, &*connector, end);
            }
            // Where network or vault could not be asked, they are asked again the next day.
            if end <= now && known {
                let reason = format!(
                    "The sign-in of {} has ended. Connect it again; its posts and slots stay.",
                    account_name(&account, Some(&*connector))
                );
                self.has_ended(&account, reason).await?;
            }
        }
        Ok(())
    }

    /// Tries to renew a sign-in. An auth refusal says that the network has signed the account out; whatever
    /// else goes wrong passes, and is tried again the next day.
    async fn renew(&self, connector: &dyn Connector, account: &Account) -> Result<(), Refusal> {
        let ctx = self.ctx(&*self.inner.vault);
        let renewed = connector.renew_sign_in(account, ctx).await;
        if let Err(refusal) = &renewed {
            tracing::info!(
                network = %account.network,
                category = refusal.category.word(),
                "a sign-in that ends soon could not be renewed"
            );
        }
        renewed
    }

    /// Marks an account as signed out and tells the reason.
    async fn has_ended(&self, account: &Account, reason: String) -> Result<()> {
        if let Some(publisher) = self.inner.publisher() {
            publisher.tell_delayed(reason.clone());
        }
        let now = self.inner.now();
        self.meet(account.id, Actor::Program, |account| {
            signed_out(account, reason, now);
        })
        .await?;
        Ok(())
    }

    fn tell_end(&self, account: &Account, connector: &dyn Connector, end: Timestamp) {
        let Some(publisher) = self.inner.publisher() else {
            return;
        };
        let days = end.since(self.inner.now()).as_secs() / 86_400;
        let when = match days {
            0 => "within a day".to_owned(),
            1 => "in 1 day".to_owned(),
            days => format!("in {days} days"),
        };
        publisher.tell_delayed(format!(
            "The sign-in of {} ends {when}. Connect it again before then; its posts and slots stay.",
            account_name(account, Some(connector))
        ));
    }
}

/// Whether the sign-in of an account ends soon, or did while the program was off.
fn is_to_renew(account: &Account, now: Timestamp) -> bool {
    let soon = |end: Timestamp| end <= now.plus(RENEW_AHEAD);
    account.health == AccountHealth::Ok && end_of(account).is_some_and(soon)
}

/// Marks an account as signed out; since when does not change while it stays so.
pub(super) fn signed_out(account: &mut Account, reason: String, now: Timestamp) {
    let since = match account.health {
        AccountHealth::NeedsReconnect { since, .. } => since,
        AccountHealth::Ok => now,
    };
    account.health = AccountHealth::NeedsReconnect { reason, since };
}

pub(super) fn end_of(account: &Account) -> Option<Timestamp> {
    let end = account.settings.get(SIGN_IN_ENDS)?.as_i64()?;
    Some(Timestamp::from_millis(end))
}

fn put_end(account: &mut Account, end: Option<Timestamp>) {
    if !account.settings.is_object() {
        account.settings = json!({});
    }
    let Value::Object(settings) = &mut account.settings else {
        return;
    };
    match end {
        Some(end) => settings.insert(SIGN_IN_ENDS.to_owned(), json!(end.as_millis())),
        None => settings.remove(SIGN_IN_ENDS),
    };
}
