//! Accounts: listed, connected through the browser, disconnected.

use app::types::accounts::OneAccount;
use model::account::AccountHealth;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::shapes::account_id;
use crate::call::{Call, Nothing, Reply};
use crate::dialect::scheduler;
use crate::fault::Fault;
use crate::signing_in::SIGN_IN_SECONDS;
use crate::times;
use crate::world::{self, World, platform_of};

#[derive(Serialize, JsonSchema)]
struct AccountOf {
    id: String,
    platform: String,
    username: String,
    display_name: String,
    /// Pictures of accounts are not kept.
    profile_image: Option<String>,
    /// Numbers of networks are still to come.
    followers: Option<u64>,
    status: String,
    connected_at: String,
    permissions: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Accounts {
    accounts: Vec<AccountOf>,
}

pub(super) async fn list(call: Call, _: Nothing, _: Nothing) -> Result<Reply<Accounts>, Fault> {
    let world = World::read(&call).await?;
    let accounts = world
        .room
        .accounts
        .iter()
        .map(|a| AccountOf {
            id: account_id(a.id),
            platform: platform_of(&a.network),
            username: world::username(a),
            display_name: if a.display_name.is_empty() {
                a.handle.clone()
            } else {
                a.display_name.clone()
            },
            profile_image: None,
            followers: None,
            status: match a.health {
                AccountHealth::Ok => "connected",
                AccountHealth::NeedsReconnect { .. } => "disconnected",
            }
            .to_owned(),
            connected_at: times::seconds(a.created_at),
            permissions: vec!["post".to_owned()],
        })
        .collect();
    Ok(Reply::ok(Accounts { accounts }))
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct Connect {
    /// The network.
    platform: String,
    /// Where the browser is to go afterwards.
    redirect_uri: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Connecting {
    authorization_url: String,
    state: String,
    expires_in: u32,
}

pub(super) async fn connect(
    call: Call,
    _: Nothing,
    input: Connect,
) -> Result<Reply<Connecting>, Fault> {
    let then = scheduler::then("redirect_uri", input.redirect_uri.as_deref())?;
    let begun = scheduler::sign_in(&call, &input.platform, then).await?;
    Ok(Reply::ok(Connecting {
        authorization_url: begun.address,
        state: begun.state,
        expires_in: SIGN_IN_SECONDS,
    }))
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Disconnected {
    id: String,
    disconnected: bool,
}

pub(super) async fn disconnect(
    call: Call,
    _: Nothing,
    _: Nothing,
) -> Result<Reply<Disconnected>, Fault> {
    let world = World::read(&call).await?;
    let id = world.account_by(call.param("account_id"))?.id;
    let app = world::may_take_away(&call, &id.to_string()).await?;
    app.accounts_remove(OneAccount { id }).await?;
    Ok(Reply::ok(Disconnected {
        id: account_id(id),
        disconnected: true,
    }))
}
