//! Signing in: with a form, or through the browser and back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use model::AccountId;
use networks::catalogue::{Redirect, SignInMethod};
use networks::connector::{Connector, SignInFields, SignedIn};
use networks::oauth::{self, Listener};

use super::form;
use super::returning::ReturnTo;
use super::staging::Staging;
use super::under_way::{Finishing, Meant, SignIn, Stage, over};
use crate::app::App;
use crate::error::Result;
use crate::types::accounts::{
    AccountChoices, AccountConnect, AccountReconnect, Choices, FoundAccount, OneSignIn,
    SignInAnswer, SignInChoose, SignInPaste,
};
use crate::types::{ApiError, Nothing};

/// How long the browser is waited for.
const BROWSER_LIMIT: Duration = Duration::from_mins(10);
/// Most choices that are handed out.
const MAX_CHOICES: usize = 200;
/// Longest address that is taken, in bytes.
const MAX_ADDRESS: usize = 16 * 1024;

impl App {
    /// Signs in to a network, or begins to.
    pub async fn accounts_connect(&self, input: AccountConnect) -> Result<SignInAnswer> {
        let connector = self.connector(&input.network)?;
        self.workspace_is_there(input.workspace_id).await?;
        let meant = Meant::New(input.workspace_id);
        self.start(connector, meant, &input.method, input.fields, input.secrets)
            .await
    }

    /// Signs in again with an account, or begins to; another account of the network is refused.
    pub async fn accounts_reconnect(&self, input: AccountReconnect) -> Result<SignInAnswer> {
        let account = self.account(input.id).await?;
        let connector = self.connector(&account.network)?;
        let meant = Meant::Again(Box::new(account));
        self.start(connector, meant, &input.method, input.fields, input.secrets)
            .await
    }

    async fn start(
        &self,
        connector: Arc<dyn Connector>,
        meant: Meant,
        method: &str,
        plain: BTreeMap<String, String>,
        secret: BTreeMap<String, String>,
    ) -> Result<SignInAnswer> {
        let method = form::method(&*connector, method)?.clone();
        let fields = self.fields(&*connector, &method, plain, secret).await?;
        self.try_typed_folder(&fields).await?;
        let app = form::of_app(&method, &fields);
        // Whose account it is shows only in the answer, and until then nothing may change about an
        // account that is known.
        let vault = Arc::clone(&self.inner.vault);
        let staging = Staging::new(AccountId(self.ids().uuid()), vault);
        if method.browser.is_some() {
            return self
                .send_browser(connector, meant, &method, &fields, staging, app)
                .await;
        }
        let signed_in = connector
            .sign_in(staging.account(), &method.key, fields, self.ctx(&staging))
            .await;
        // All that is wanted of it lies in the staging now.
        connector.forget_session(staging.account());
        let found = signed_in?;
        self.found(connector, meant, staging, app, found, None)
            .await
    }

    async fn send_browser(
        &self,
        connector: Arc<dyn Connector>,
        meant: Meant,
        method: &SignInMethod,
        fields: &SignInFields,
        staging: Staging,
        app: BTreeMap<String, String>,
    ) -> Result<SignInAnswer> {
        let Some(browser) = &method.browser else {
            return Err(over());
        };
        let (listener, redirect) = match &browser.redirect {
            Redirect::Pasted { address } => (None, address.clone()),
            here @ Redirect::Loopback { .. } => {
                let listener = Listener::bind(here)
                    .await
                    .map_err(|e| ApiError::conflict(e.to_string()))?;
                let address = listener.address().to_owned();
                (Some(listener), address)
            }
        };
        let begun = connector
            .begin(&method.key, fields, &redirect, self.ctx(&*self.inner.vault))
            .await?;
        let id = self.ids().uuid().to_string();
        let answer = SignInAnswer::Browser {
            id: id.clone(),
            address: begun.address.clone(),
            redirect,
            pasted: listener.is_none(),
        };
        let sign_in = SignIn {
            connector,
            meant,
            staging,
            app,
            stage: Stage::Browser {
                begun: Box::new(begun),
                listener,
            },
            cancelled: Arc::default(),
        };
        self.end_all(self.inner.sign_ins.put(id, sign_in));
        Ok(answer)
    }

    /// Sends the browser of a sign-in on to an address once it has come back.
    pub fn sign_in_goes_on_to(&self, id: &str, then: ReturnTo) -> Result<()> {
        let mut all = self.inner.sign_ins.lock();
        let sign_in = all.get_mut(id).ok_or_else(over)?;
        let Stage::Browser {
            listener: Some(listener),
            ..
        } = &mut sign_in.stage
        else {
            return Err(over());
        };
        listener.go_on_to(then.address());
        Ok(())
    }

    /// Whether a sign-in waits for the browser, or for the address that a person copies out of it.
    pub fn sign_in_waits(&self, id: &str) -> bool {
        let all = self.inner.sign_ins.lock();
        let sign_in = all.get(id);
        sign_in.is_some_and(|sign_in| matches!(sign_in.stage, Stage::Browser { .. }))
    }

    /// Waits until the browser comes back, at most ten minutes.
    pub async fn accounts_sign_in_wait(&self, input: OneSignIn) -> Result<SignInAnswer> {
        let (listener, state, cancelled) = {
            let mut all = self.inner.sign_ins.lock();
            let sign_in = all.get_mut(&input.id).ok_or_else(over)?;
            let Stage::Browser { begun, listener } = &mut sign_in.stage else {
                return Err(over());
            };
            // Somebody waits already, or nobody can.
            let listener = listener.take().ok_or_else(over)?;
            (
                listener,
                begun.state.clone(),
                Arc::clone(&sign_in.cancelled),
            )
        };
        let answer = tokio::select! {
            answer = listener.answer(&state) => answer,
            () = cancelled.notified() => return Err(over()),
            () = self.inner.config.timer.sleep(BROWSER_LIMIT) => {
                self.inner.sign_ins.lock().remove(&input.id);
                return Err(ApiError::conflict(
                    "The browser did not come back within ten minutes. Start the sign-in again.",
                ));
            }
        };
        self.come_back(&input.id, &answer).await
    }

    /// Goes on with the final address that a person copied out of the browser. A wrong one changes
    /// nothing: the right one may come next.
    pub async fn accounts_sign_in_paste(&self, input: SignInPaste) -> Result<SignInAnswer> {
        let answer = {
            let all = self.inner.sign_ins.lock();
            let sign_in = all.get(&input.id).ok_or_else(over)?;
            let Stage::Browser { begun, .. } = &sign_in.stage else {
                return Err(over());
            };
            if input.address.len() > MAX_ADDRESS {
                return Err(ApiError::invalid("address", "That address is too long."));
            }
            let network = &sign_in.connector.entry().name;
            oauth::pasted(&input.address, &begun.state, network)
                .map_err(|refusal| ApiError::invalid("address", refusal.message))?
        };
        self.come_back(&input.id, &answer).await
    }

    async fn come_back(&self, id: &str, answer: &BTreeMap<String, String>) -> Result<SignInAnswer> {
        let (sign_in, finishing) = self.inner.sign_ins.finish(id)?;
        let Stage::Browser { begun, .. } = &sign_in.stage else {
            return Err(over());
        };
        let (connector, staging) = (sign_in.connector, sign_in.staging);
        let found = connector
            .finish(staging.account(), begun, answer, self.ctx(&staging))
            .await;
        connector.forget_session(staging.account());
        let (meant, app) = (sign_in.meant, sign_in.app);
        self.found(connector, meant, staging, app, found?, Some(finishing))
            .await
    }

    /// Goes on once it is known which accounts it may be; `finishing` is missing where nobody could give it up.
    async fn found(
        &self,
        connector: Arc<dyn Connector>,
        meant: Meant,
        staging: Staging,
        app: BTreeMap<String, String>,
        mut found: Vec<SignedIn>,
        finishing: Option<Finishing<'_>>,
    ) -> Result<SignInAnswer> {
        if finishing.as_ref().is_some_and(Finishing::is_given_up) {
            return Err(self
                .given_up(&*connector, &meant, &staging, found.pop())
                .await);
        }
        // The app works, whichever account is chosen.
        self.keep_app(&*connector, &app).await?;
        if let Meant::Again(account) = &meant
            && let Some(same) = found.iter().position(|f| f.remote_id == account.remote_id)
        {
            found = vec![found.swap_remove(same)];
        }
        match found.len() {
            0 => Err(ApiError::conflict(format!(
                "{} has no account here that Almanac can publish to.",
                connector.entry().name
            ))),
            1 => {
                let chosen = found.swap_remove(0);
                self.keep(&*connector, meant, &staging, chosen, finishing.as_ref())
                    .await
            }
            _ => {
                let accounts = found
                    .iter()
                    .map(|f| FoundAccount {
                        remote_id: f.remote_id.clone(),
                        handle: f.handle.clone(),
                        display_name: f.display_name.clone(),
                    })
                    .collect();
                let sign_in = SignIn {
                    connector,
                    meant,
                    staging,
                    app,
                    stage: Stage::Choosing(found),
                    cancelled: Arc::default(),
                };
                let Some(finishing) = finishing else {
                    let id = self.ids().uuid().to_string();
                    self.end_all(self.inner.sign_ins.put(id.clone(), sign_in));
                    return Ok(SignInAnswer::Choose { id, accounts });
                };
                let id = finishing.id().to_owned();
                match finishing.put_back(sign_in) {
                    Ok(given_up) => self.end_all(given_up),
                    Err(gone) => {
                        self.end_all([*gone]);
                        return Err(over());
                    }
                }
                Ok(SignInAnswer::Choose { id, accounts })
            }
        }
    }

    /// Ends the session of a sign-in that somebody gave up, which all accounts it was for share.
    async fn given_up(
        &self,
        connector: &dyn Connector,
        meant: &Meant,
        staging: &Staging,
        any: Option<SignedIn>,
    ) -> ApiError {
        if let Some(any) = any {
            self.give_up(connector, meant.workspace(), staging, any)
                .await;
        }
        over()
    }

    /// Keeps the account that it turned out to be. From here on it cannot be given up: the secrets of an account
    /// that is connected again are replaced at once.
    async fn keep(
        &self,
        connector: &dyn Connector,
        meant: Meant,
        staging: &Staging,
        chosen: SignedIn,
        finishing: Option<&Finishing<'_>>,
    ) -> Result<SignInAnswer> {
        if finishing.is_some_and(|finishing| !finishing.keeps()) {
            return Err(self
                .given_up(connector, &meant, staging, Some(chosen))
                .await);
        }
        let written = match meant {
            Meant::New(workspace) => self.keep_new(workspace, connector, staging, chosen).await?,
            Meant::Again(account) => {
                self.keep_again(&account, connector, staging, chosen)
                    .await?
            }
        };
        Ok(SignInAnswer::Connected {
            written: Box::new(written),
        })
    }

    /// Takes one of the accounts a sign-in gives access to.
    pub async fn accounts_sign_in_choose(&self, input: SignInChoose) -> Result<SignInAnswer> {
        let (sign_in, finishing) = self.inner.sign_ins.finish(&input.id)?;
        let Stage::Choosing(found) = &sign_in.stage else {
            return Err(over());
        };
        let chosen = found.iter().find(|f| f.remote_id == input.remote_id);
        let chosen = chosen.cloned();
        let (connector, staging) = (&*sign_in.connector, &sign_in.staging);
        let asked = match &chosen {
            Some(chosen) => {
                let ctx = self.ctx(staging);
                let asked = connector.choose(staging.account(), chosen, ctx).await;
                asked.map_err(ApiError::from)
            }
            None => Err(ApiError::missing("account")),
        };
        let chosen = match (asked, chosen) {
            (Ok(()), Some(chosen)) => chosen,
            (asked, _) => {
                self.end_all([sign_in]);
                return Err(asked.err().unwrap_or_else(over));
            }
        };
        connector.forget_session(staging.account());
        self.keep(
            connector,
            sign_in.meant.clone(),
            staging,
            chosen,
            Some(&finishing),
        )
        .await
    }

    /// Ends the sessions of sign-ins that nobody goes on with, where their networks gave any: in the background,
    /// since nobody waits for that.
    fn end_all(&self, gone: impl IntoIterator<Item = SignIn>) {
        for sign_in in gone {
            let SignIn {
                connector,
                meant,
                staging,
                stage,
                ..
            } = sign_in;
            // All accounts that could be chosen share one session.
            let Stage::Choosing(mut found) = stage else {
                continue;
            };
            let Some(any) = found.pop() else {
                continue;
            };
            let app = self.clone();
            tokio::spawn(async move {
                app.give_up(&*connector, meant.workspace(), &staging, any)
                    .await;
            });
        }
    }

    /// Gives up a sign-in; one that is over counts as given up, and one whose account is being kept cannot be.
    #[allow(clippy::unused_async, reason = "every command of the list is awaited")]
    pub async fn accounts_sign_in_cancel(&self, input: OneSignIn) -> Result<Nothing> {
        self.end_all(self.inner.sign_ins.give_up(&input.id)?);
        Ok(Nothing {})
    }

    /// Asks a network what it offers an account for an option.
    pub async fn accounts_choices(&self, input: AccountChoices) -> Result<Choices> {
        if input.option.len() > 100 || input.query.len() > 500 {
            return Err(ApiError::invalid("query", "That is too long."));
        }
        let account = self.account(input.id).await?;
        let connector = self.connector(&account.network)?;
        let ctx = self.ctx(&*self.inner.vault);
        let chosen = input.chosen.unwrap_or_default();
        let mut choices = connector
            .choices_beside(&account, &input.option, &input.query, &chosen, ctx)
            .await?;
        choices.truncate(MAX_CHOICES);
        Ok(Choices { choices })
    }
}
