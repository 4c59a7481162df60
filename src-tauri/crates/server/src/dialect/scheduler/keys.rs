//! Keys, listed without themselves and shown once.

use app::types::accounts::OneWorkspace;
use app::types::programs::{KeyCreate, OneKey};
use model::key::{KeyRole, Permission};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{OfProfile, profile};
use crate::call::{Call, Nothing, Reply};
use crate::fault::Fault;
use crate::times;
use crate::world::id_of;

#[derive(Serialize, JsonSchema)]
pub(super) struct Masked {
    id: String,
    name: String,
    key: String,
    profile_id: String,
    status: String,
    created_at: String,
    last_used_at: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Keys {
    api_keys: Vec<Masked>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewKey {
    /// What to call it.
    name: String,
    /// The workspace; the key's own when missing.
    profile_id: Option<String>,
    /// owner, admin, member, editor or viewer; member when missing.
    role: Option<String>,
    /// What it may do besides reading; what its role says when missing.
    permissions: Option<Vec<String>>,
    /// From when on it is refused.
    expires_at: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Shown {
    id: String,
    name: String,
    key: String,
    profile_id: String,
    status: String,
    created_at: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Made {
    success: bool,
    api_key: Shown,
    warning: String,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Revoked {
    success: bool,
    message: String,
}

pub(super) async fn list(call: Call, query: OfProfile, _: Nothing) -> Result<Reply<Keys>, Fault> {
    profile(&call, query.profile_id.as_deref())?;
    let id = call.workspace();
    let now = call.app().now();
    let found = call.app().keys_list(OneWorkspace { id }).await?.keys;
    let api_keys = found
        .into_iter()
        .map(|key| Masked {
            status: match (key.revoked_at, key.expires_at) {
                (Some(_), _) => "revoked",
                (None, Some(end)) if end <= now => "expired",
                _ => "active",
            }
            .to_owned(),
            id: key.id.to_string(),
            name: key.name,
            key: format!("...{}", key.tail),
            profile_id: key.workspace_id.to_string(),
            created_at: times::millis(key.created_at),
            last_used_at: key.last_used_at.map(times::millis),
        })
        .collect();
    Ok(Reply::ok(Keys { api_keys }))
}

fn word<T: serde::de::DeserializeOwned>(field: &str, text: &str) -> Result<T, Fault> {
    serde_json::from_value(serde_json::Value::String(text.to_owned()))
        .map_err(|_| Fault::invalid(field, format!("{field} is not one there is.")).given(text))
}

pub(super) async fn create(call: Call, _: Nothing, new: NewKey) -> Result<Reply<Made>, Fault> {
    profile(&call, new.profile_id.as_deref())?;
    let role: KeyRole = match &new.role {
        Some(text) => word("role", text)?,
        None => KeyRole::default(),
    };
    let wanted = match new.permissions {
        Some(all) => all
            .iter()
            .map(|text| word("permissions", text))
            .collect::<Result<Vec<Permission>, Fault>>()?,
        None => role.permissions(),
    };
    // A key gives away nothing that it does not have.
    if let Some(more) = wanted.iter().find(|p| !call.allows(**p)) {
        call.may(*more)?;
    }
    let expires_at = new
        .expires_at
        .map(|text| times::instant("expiresAt", &text, call.app().zone()))
        .transpose()?;
    let made = call
        .app()
        .keys_create(KeyCreate {
            workspace_id: call.workspace(),
            name: new.name,
            role,
            permissions: Some(wanted),
            expires_at,
        })
        .await?
        .value;
    Ok(Reply::ok(Made {
        success: true,
        api_key: Shown {
            id: made.key.id.to_string(),
            name: made.key.name,
            key: made.secret,
            profile_id: made.key.workspace_id.to_string(),
            status: "active".to_owned(),
            created_at: times::millis(made.key.created_at),
        },
        warning: "Save this key now. It will not be shown again.".to_owned(),
    }))
}

pub(super) async fn revoke(call: Call, _: Nothing, _: Nothing) -> Result<Reply<Revoked>, Fault> {
    let id = id_of(call.param("keyId"), "key")?;
    let workspace_id = call.workspace();
    call.app()
        .keys_revoke(OneKey { workspace_id, id })
        .await
        .map_err(|error| {
            let fault = Fault::from(error);
            if fault.kind == crate::fault::Kind::NotFound {
                Fault::missing("key")
            } else {
                fault
            }
        })?;
    Ok(Reply::ok(Revoked {
        success: true,
        message: "API key revoked".to_owned(),
    }))
}
