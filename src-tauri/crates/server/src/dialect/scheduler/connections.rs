//! Networks and accounts.

use app::programs::{Network, Support};
use app::types::accounts::OneAccount;
use app::types::ahead::AccountReadiness;
use app::types::queue::OfWorkspace;
use model::account::{Account, AccountHealth};
use schemars::JsonSchema;
use serde::Serialize;

use super::{OfProfile, profile};
use crate::call::{Call, Nothing, Reply, Success};
use crate::fault::Fault;
use crate::world::{self, World, platform_of};

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

/// What the best way through the browser asks the network to allow.
fn scopes(entry: &Network) -> Vec<String> {
    let browsers = entry
        .sign_in
        .methods
        .iter()
        .filter_map(|m| m.browser.as_ref());
    browsers
        .map(|browser| browser.scopes.clone())
        .find(|scopes| !scopes.is_empty())
        .unwrap_or_default()
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
    if let Some(files) = &entry.files {
        media.extend(files.formats.iter().cloned());
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
        scopes: scopes(entry),
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
        username: world::username(account),
        external_account_id: account.remote_id.clone(),
        external_account_name: world::username(account),
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

pub(super) async fn disconnect(
    call: Call,
    _: Nothing,
    _: Nothing,
) -> Result<Reply<Success>, Fault> {
    let world = World::read(&call).await?;
    let id = world.account_by(call.param("connectionId"))?.id;
    let app = world::may_take_away(&call, &id.to_string()).await?;
    app.accounts_remove(OneAccount { id }).await?;
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

#[cfg(test)]
mod tests {
    use networks::registry::{Config, Registry};

    use super::*;

    #[test]
    fn the_catalogue_says_what_is_asked_for_and_every_kind_of_file() {
        networks::http::choose_cryptography();
        let registry = Registry::new(Config::new("0.0.0-test")).unwrap();
        let all = registry.entries();
        let of = |key: &str| platform(all.iter().find(|n| n.key == key).unwrap());
        let x = of("x");
        assert_eq!(x.platform, "twitter");
        for scope in ["tweet.read", "tweet.write", "users.read", "offline.access"] {
            assert!(x.scopes.iter().any(|s| s == scope), "{scope}");
        }
        assert_eq!(x.publish.supported_media_types, ["image/*", "video/*"]);
        let linkedin = of("linkedin").publish.supported_media_types;
        assert_eq!(linkedin, ["image/*", "video/*", "application/pdf"]);
        // What is connected with a form alone asks for nothing.
        assert!(of("folder").scopes.is_empty());
    }
}
