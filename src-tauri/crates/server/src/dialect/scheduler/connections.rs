//! Networks and accounts.

use app::App;
use app::programs::{Network, Support};
use app::types::accounts::{AccountConnect, OneAccount, OneSignIn, SignInAnswer, SignInChoose};
use app::types::ahead::AccountReadiness;
use app::types::queue::OfWorkspace;
use model::account::{Account, AccountHealth};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{OfProfile, profile};
use crate::call::{Call, Nothing, Reply, Success};
use crate::fault::{Fault, Kind};
use crate::world::{World, network_of, platform_of};

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Publish {
    supported: bool,
    text: bool,
    images: bool,
    video: bool,
    requires_media: bool,
    supported_media_types: Vec<String>,
    scheduling: bool,
}

#[derive(Serialize, JsonSchema)]
struct Supported {
    supported: bool,
}

/// A network as the catalogue of this contract has it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Platform {
    platform: String,
    display_name: String,
    account_type: String,
    support_status: String,
    scopes: Vec<String>,
    publish: Publish,
    analytics: Supported,
    notes: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Platforms {
    platforms: Vec<Platform>,
}

/// Every network as this contract words it: what it really can.
pub(super) fn catalogue(call: &Call) -> Vec<Platform> {
    call.app().networks().iter().map(platform).collect()
}

fn platform(entry: &Network) -> Platform {
    let can = entry.publishes;
    let mut media = Vec::new();
    if can.images {
        media.push("image/*".to_owned());
    }
    if can.video {
        media.push("video/*".to_owned());
    }
    let support = match entry.support {
        Support::Full => "full",
        Support::Partial | Support::HandOff => "partial",
    };
    Platform {
        platform: platform_of(&entry.key),
        display_name: entry.name.clone(),
        account_type: "social_profile".to_owned(),
        support_status: support.to_owned(),
        scopes: Vec::new(),
        publish: Publish {
            supported: true,
            text: can.text,
            images: can.images,
            video: can.video,
            requires_media: can.needs_media,
            supported_media_types: media,
            scheduling: true,
        },
        // Numbers of networks are still to come.
        analytics: Supported { supported: false },
        notes: entry.notes.clone(),
    }
}

#[derive(Serialize, JsonSchema)]
struct Capabilities {
    text: bool,
    images: bool,
    video: bool,
    scheduling: bool,
    analytics: bool,
}

#[derive(Serialize, JsonSchema)]
struct ShortPublish {
    supported: bool,
    scheduling: bool,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ShortContract {
    display_name: String,
    support_status: String,
    publish: ShortPublish,
    notes: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Readiness {
    status: String,
    can_publish: bool,
    can_schedule: bool,
    missing_requirements: Vec<String>,
    warnings: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Connection {
    id: String,
    platform: String,
    username: String,
    external_account_id: String,
    external_account_name: String,
    connection_status: String,
    capabilities: Capabilities,
    contract: ShortContract,
    readiness: Readiness,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Connections {
    connections: Vec<Connection>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Synced {
    connection: Connection,
}

fn handle(account: &Account) -> String {
    let name = if account.handle.is_empty() {
        &account.display_name
    } else {
        &account.handle
    };
    if account.handle.is_empty() || name.starts_with('@') || name.contains(['/', ' ', '.']) {
        name.clone()
    } else {
        format!("@{name}")
    }
}

fn connection(account: &Account, all: &[Platform], ready: Option<&AccountReadiness>) -> Connection {
    let name = platform_of(&account.network);
    let known = all.iter().find(|p| p.platform == name);
    let can = |what: fn(&Publish) -> bool| known.is_some_and(|p| what(&p.publish));
    let lacks = |stops: bool| -> Vec<String> {
        let all = ready.into_iter().flat_map(|r| &r.lacks);
        all.filter(|l| l.stops == stops)
            .map(|l| l.message.clone())
            .collect()
    };
    let is_ready = ready.is_some_and(|r| r.ready);
    let status = match account.health {
        AccountHealth::Ok => "connected",
        AccountHealth::NeedsReconnect { .. } => "needs_reconnect",
    };
    Connection {
        id: format!("{name}_{}", account.id),
        username: handle(account),
        external_account_id: account.remote_id.clone(),
        external_account_name: handle(account),
        connection_status: status.to_owned(),
        capabilities: Capabilities {
            text: can(|p| p.text),
            images: can(|p| p.images),
            video: can(|p| p.video),
            scheduling: true,
            analytics: false,
        },
        contract: ShortContract {
            display_name: known.map_or_else(|| name.clone(), |p| p.display_name.clone()),
            support_status: known
                .map_or("unsupported", |p| p.support_status.as_str())
                .to_owned(),
            publish: ShortPublish {
                supported: known.is_some(),
                scheduling: known.is_some(),
            },
            notes: known.map(|p| p.notes.clone()).unwrap_or_default(),
        },
        readiness: Readiness {
            status: if is_ready { "ready" } else { "not_ready" }.to_owned(),
            can_publish: is_ready,
            can_schedule: is_ready,
            missing_requirements: lacks(true),
            warnings: lacks(false),
        },
        platform: name,
    }
}

async fn readiness(call: &Call) -> Result<Vec<AccountReadiness>, Fault> {
    let id = call.workspace();
    Ok(call
        .app()
        .accounts_readiness(OfWorkspace { id })
        .await?
        .accounts)
}

pub(super) async fn platforms(
    call: Call,
    _: Nothing,
    _: Nothing,
) -> Result<Reply<Platforms>, Fault> {
    let platforms = catalogue(&call);
    Ok(Reply::ok(Platforms { platforms }))
}

pub(super) async fn list(
    call: Call,
    query: OfProfile,
    _: Nothing,
) -> Result<Reply<Connections>, Fault> {
    profile(&call, query.profile_id.as_deref())?;
    let world = World::read(&call).await?;
    let (all, ready) = (catalogue(&call), readiness(&call).await?);
    let connections = world
        .room
        .accounts
        .iter()
        .map(|a| connection(a, &all, ready.iter().find(|r| r.account_id == a.id)))
        .collect();
    Ok(Reply::ok(Connections { connections }))
}

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

/// Begins a sign-in with the app that the person keeps for the network. Where the network wants a form
/// filled in, or no app is kept, a person has to begin it in the window.
pub(in crate::dialect) async fn sign_in(call: &Call, name: &str) -> Result<SignIn, Fault> {
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
    if init
        .return_url
        .as_ref()
        .is_some_and(|url| url::Url::parse(url).is_err())
    {
        return Err(Fault::invalid(
            "returnUrl",
            "returnUrl is not a web address.",
        ));
    }
    let begun = sign_in(&call, &init.platform).await?;
    Ok(Reply::ok(Started {
        url: Some(begun.address),
        error: None,
    }))
}

pub(super) async fn disconnect(
    call: Call,
    _: Nothing,
    _: Nothing,
) -> Result<Reply<Success>, Fault> {
    let world = World::read(&call).await?;
    let id = world.account_by(call.param("connectionId"))?.id;
    call.app().accounts_remove(OneAccount { id }).await?;
    Ok(Reply::ok(Success::YES))
}

pub(super) async fn sync(call: Call, _: Nothing, _: Nothing) -> Result<Reply<Synced>, Fault> {
    let world = World::read(&call).await?;
    let id = world.account_by(call.param("connectionId"))?.id;
    let account = call.app().accounts_check(OneAccount { id }).await?;
    let (all, ready) = (catalogue(&call), readiness(&call).await?);
    let ready = ready.iter().find(|r| r.account_id == id);
    Ok(Reply::ok(Synced {
        connection: connection(&account, &all, ready),
    }))
}
