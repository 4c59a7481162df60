//! Accounts connected through the browser.

use app::App;
use app::programs::ReturnTo;
use app::types::accounts::{AccountConnect, OneSignIn, SignInAnswer, SignInChoose};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::profile;
use crate::call::{Call, Nothing, Reply};
use crate::fault::{Fault, Kind};
use crate::world::network_of;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Init {
    /// The network.
    platform: String,
    /// Where the browser is to go afterwards.
    return_url: Option<String>,
    /// The workspace; the key's own when missing.
    profile_id: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Started {
    url: Option<String>,
    error: Option<String>,
}

/// A sign-in that goes through the browser, begun.
pub(in crate::dialect) struct SignIn {
    /// Where to send the browser.
    pub address: String,
    /// What has to come back with it.
    pub state: String,
}

/// Where the browser is to go on to afterwards, as a field of a request says it.
pub(in crate::dialect) fn then(field: &str, text: Option<&str>) -> Result<Option<ReturnTo>, Fault> {
    let Some(text) = text else { return Ok(None) };
    let then = ReturnTo::parse(text).ok_or_else(|| {
        let message = format!("{field} is an address with https, or one of this computer.");
        Fault::invalid(field, message).given(text)
    })?;
    Ok(Some(then))
}

/// Begins a sign-in with the app that the person keeps for the network. Where the network wants a form
/// filled in, or no app is kept, a person has to begin it in the window.
pub(in crate::dialect) async fn sign_in(
    call: &Call,
    name: &str,
    then: Option<ReturnTo>,
) -> Result<SignIn, Fault> {
    let network = network_of(name);
    let entry = call
        .app()
        .networks()
        .into_iter()
        .find(|n| n.key == network)
        .ok_or_else(|| {
            Fault::invalid("platform", "Almanac does not know that network.").given(name)
        })?;
    let method = entry.sign_in.methods.iter().find(|m| m.browser.is_some());
    let method = method.ok_or_else(|| {
        let words = format!(
            "{} is connected with a form: connect the account in Almanac's window.",
            entry.name
        );
        Fault::new(Kind::Conflict, words)
    })?;
    let input = AccountConnect {
        workspace_id: call.workspace(),
        network,
        method: method.key.clone(),
        fields: std::collections::BTreeMap::new(),
        secrets: std::collections::BTreeMap::new(),
    };
    let begun = call.app().accounts_connect(input).await?;
    let SignInAnswer::Browser {
        id,
        address,
        pasted,
        ..
    } = begun
    else {
        let words = "This account is connected without a browser: use Almanac's window.";
        return Err(Fault::new(Kind::Conflict, words));
    };
    if pasted {
        call.app().accounts_sign_in_cancel(OneSignIn { id }).await?;
        let words = format!(
            "{} does not send the browser back by itself: connect the account in Almanac's window.",
            entry.name
        );
        return Err(Fault::new(Kind::Conflict, words));
    }
    if let Some(then) = then {
        call.app().sign_in_goes_on_to(&id, then)?;
    }
    tokio::spawn(wait(call.app().clone(), id.clone()));
    let state = url::Url::parse(&address).ok().and_then(|url| {
        let mut pairs = url.query_pairs();
        pairs
            .find(|(name, _)| name == "state")
            .map(|(_, value)| value.into_owned())
    });
    Ok(SignIn {
        address,
        state: state.unwrap_or(id),
    })
}

/// Waits for the browser, since no window asks for it. Where it gives access to several accounts the first
/// one is taken: a program chooses none. What came of it shows in the list of accounts.
async fn wait(app: App, id: String) {
    let mut answer = app.accounts_sign_in_wait(OneSignIn { id }).await;
    if let Ok(SignInAnswer::Choose { id, accounts }) = &answer
        && let Some(first) = accounts.first()
    {
        let input = SignInChoose {
            id: id.clone(),
            remote_id: first.remote_id.clone(),
        };
        answer = app.accounts_sign_in_choose(input).await;
    }
    if let Err(error) = answer {
        tracing::info!(code = ?error.code, "a sign-in that a program began ended without an account");
    }
}

pub(super) async fn connect(call: Call, _: Nothing, init: Init) -> Result<Reply<Started>, Fault> {
    profile(&call, init.profile_id.as_deref())?;
    let then = then("returnUrl", init.return_url.as_deref())?;
    let begun = sign_in(&call, &init.platform, then).await?;
    Ok(Reply::ok(Started {
        url: Some(begun.address),
        error: None,
    }))
}
