//! Sign-ins that end: known beforehand, renewed in time where that needs nobody, told a week ahead where
//! it does, and told once more when the network says that they have ended.

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
    /// Writes down when the sign-in of an account ends, where its network says so. What cannot be read now is
    /// left as it is.
    pub(super) async fn note_end(&self, connector: &dyn Connector, account: &mut Account) {
        let ctx = self.ctx(&*self.inner.vault);
        if let Ok(end) = connector.sign_in_ends(account, ctx).await {
            put_end(account, end);
        }
    }

    /// Looks once a day which sign-ins end soon: renews them where the network lets a program do that, and
    /// tells of those that end within a week all the same. One that its network says has ended is marked,
    /// and told once.
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
            self.note_end(&*connector, &mut account).await;
            let lasts = match self.keep_going(&*connector, &mut account, &before).await {
                Ok(lasts) => lasts,
                Err(refusal) => {
                    self.signed_out_and_told(&account, refusal.message).await?;
                    continue;
                }
            };
            if account.settings != before.settings {
                let end = end_of(&account);
                self.meet(account.id, Actor::Program, |now| put_end(now, end))
                    .await?;
            }
            if lasts && end_of(&before).is_some() {
                self.tell_lasting(&account, &*connector);
            }
            let end = end_of(&account).filter(|_| account.health == AccountHealth::Ok);
            if let Some(end) = end.filter(|end| *end > now && *end <= now.plus(AHEAD)) {
                self.tell_end(&account, &*connector, end);
            }
        }
        Ok(())
    }

    /// Renews a sign-in that ends soon. Whether one whose end has come lasts beyond it only its network knows,
    /// so it is asked: what was told as the end may be a guess, or the end of a part, such as the reading of data
    /// where publishing goes on. True where it lasts; no end of it is known then. The error is an auth refusal:
    /// the network has signed the account out.
    async fn keep_going(
        &self,
        connector: &dyn Connector,
        account: &mut Account,
        before: &Account,
    ) -> Result<bool, Refusal> {
        let now = self.inner.now();
        if !is_to_renew(account, now) {
            return Ok(false);
        }
        let vault = &*self.inner.vault;
        let renewed = connector.renew_sign_in(account, self.ctx(vault)).await;
        if worked(renewed, "renewed", account)? {
            self.note_end(connector, account).await;
        }
        if !is_past(account, now) {
            return Ok(false);
        }
        let asked = connector.identify(account, self.ctx(vault)).await;
        if !worked(asked, "asked for", account)? {
            // Nobody could say, so what was known stays until the next day.
            put_end(account, end_of(before));
            return Ok(false);
        }
        // Asking may have renewed it.
        self.note_end(connector, account).await;
        let lasts = is_past(account, now);
        if lasts {
            put_end(account, None);
        }
        Ok(lasts)
    }

    /// Marks an account as signed out and tells the reason.
    async fn signed_out_and_told(&self, account: &Account, reason: String) -> Result<()> {
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

    fn tell_lasting(&self, account: &Account, connector: &dyn Connector) {
        if let Some(publisher) = self.inner.publisher() {
            publisher.tell_delayed(format!(
                "The sign-in of {} was to end by now and still works, so its posts go out. Connect it again when you can: it may end at any time.",
                account_name(account, Some(connector))
            ));
        }
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

/// Whether the end of a sign-in has come, as far as it is known.
fn is_past(account: &Account, now: Timestamp) -> bool {
    end_of(account).is_some_and(|end| end <= now)
}

/// Whether a question about a sign-in got its answer. An auth refusal is the error; whatever else goes wrong
/// passes, and is tried again the next day.
fn worked<T>(answer: Result<T, Refusal>, what: &str, account: &Account) -> Result<bool, Refusal> {
    match answer {
        Ok(_) => Ok(true),
        Err(refusal) if refusal.category == Category::AuthError => Err(refusal),
        Err(refusal) => {
            tracing::info!(
                network = %account.network,
                category = refusal.category.word(),
                "a sign-in that ends soon could not be {what}"
            );
            Ok(false)
        }
    }
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
