//! Accounts connected through the browser.

use app::programs::{Network, ReturnTo};
use app::types::accounts::{AccountConnect, OneNetwork, SignInAnswer};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::profile;
use crate::call::{Call, Nothing, Reply};
use crate::fault::{Fault, Kind};
use crate::signing_in::{self, pasted};
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

/// Begins a sign-in with the app that the person keeps for the network. Where the network sends no browser back to a
/// computer, the browser is sent to a page of ours first. Where the network wants a form filled in, or no app is kept,
/// a person has to begin it in the window.
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
    let method = way(call, &entry).await?;
    let input = AccountConnect {
        workspace_id: call.workspace(),
        network,
        method,
        fields: std::collections::BTreeMap::new(),
        secrets: std::collections::BTreeMap::new(),
    };
    let began = call.app().now();
    let begun = call.app().accounts_connect(input).await?;
    let SignInAnswer::Browser {
        id,
        address,
        redirect,
        pasted: is_pasted,
    } = begun
    else {
        let words = "This account is connected without a browser: use Almanac's window.";
        return Err(Fault::new(Kind::Conflict, words));
    };
    let state = url::Url::parse(&address).ok().and_then(|url| {
        let mut pairs = url.query_pairs();
        pairs
            .find(|(name, _)| name == "state")
            .map(|(_, value)| value.into_owned())
    });
    let state = state.unwrap_or_else(|| id.clone());
    if is_pasted {
        let sign_in = pasted::SignIn {
            id,
            network: entry.name,
            address,
            redirect,
            then,
            began,
        };
        let address = pasted::begin(call, sign_in).await;
        return Ok(SignIn { address, state });
    }
    if let Some(then) = then {
        call.app().sign_in_goes_on_to(&id, then)?;
    }
    tokio::spawn(signing_in::wait(call.app().clone(), id));
    Ok(SignIn { address, state })
}

/// The way through the browser: of several the first whose app the person keeps.
async fn way(call: &Call, entry: &Network) -> Result<String, Fault> {
    let mut ways = entry.sign_in.methods.iter().filter(|m| m.browser.is_some());
    let first = ways.clone().next().ok_or_else(|| {
        let words = format!(
            "{} is connected with a form: connect the account in Almanac's window.",
            entry.name
        );
        Fault::new(Kind::Conflict, words)
    })?;
    let network = entry.key.clone();
    let kept = call.app().accounts_kept_app(OneNetwork { network }).await?;
    let is_kept = |name: &String| kept.fields.contains_key(name) || kept.secrets.contains(name);
    let of_kept = ways.find(|way| way.fields.iter().all(|f| f.optional || is_kept(&f.name)));
    Ok(of_kept.unwrap_or(first).key.clone())
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
