//! `keys`.

use std::time::Duration;

use app::types::Written;
use app::types::programs::{ApiKey, ApiKeys, KeyMade};
use serde_json::{Value, json};

use crate::cli::{Keys, KeysWhat};
use crate::door::{self, Door, through};
use crate::place::Place;
use crate::say::Say;
use crate::trouble::Trouble;

const DAY: Duration = Duration::from_hours(24);

/// Does what was asked.
pub async fn run(place: &Place, args: Keys, say: &Say) -> Result<(), Trouble> {
    through(place, false, async |door: &Door| {
        let boot = door.boot().await?;
        let workspace = door::workspace(&boot, args.workspace.as_deref())?.id;
        match args.what {
            KeysWhat::List => {
                let all: ApiKeys = door.call("keys.list", json!({ "id": workspace })).await?;
                say.answer(&all.keys, || all.keys.iter().map(line).collect());
                Ok(())
            }
            KeysWhat::Create { name, role, days } => {
                let expires = days.map(|days| boot.now.plus(DAY * days));
                let input = json!({
                    "workspaceId": workspace,
                    "name": name,
                    "role": role.word(),
                    "expiresAt": expires,
                });
                let made: Written<KeyMade> = door.call("keys.create", input).await?;
                say.note("This key is shown once. Whoever has it can do what it may.");
                say.answer(&made.value, || vec![made.value.secret.clone()]);
                Ok(())
            }
            KeysWhat::Revoke { key } => {
                let all: ApiKeys = door.call("keys.list", json!({ "id": workspace })).await?;
                let found: Vec<&ApiKey> = all
                    .keys
                    .iter()
                    .filter(|k| k.revoked_at.is_none())
                    .filter(|k| k.id.to_string() == key || k.tail == key)
                    .collect();
                let [one] = found[..] else {
                    return Err(Trouble::missing(format!(
                        "There is no key {key} that could be revoked. See: almanac-server keys list"
                    )));
                };
                let input = json!({ "workspaceId": workspace, "id": one.id });
                let _: Value = door.call("keys.revoke", input).await?;
                say.answer(&json!({ "revoked": one.id }), || {
                    vec![format!("Revoked: {}", one.name)]
                });
                Ok(())
            }
        }
    })
    .await
}

fn line(key: &ApiKey) -> String {
    let role = serde_json::to_value(key.role).unwrap_or_default();
    let state = match (key.revoked_at, key.expires_at) {
        (Some(at), _) => format!("revoked {}", at.rfc3339()),
        (None, Some(at)) => format!("until {}", at.rfc3339()),
        (None, None) => "for ever".to_owned(),
    };
    format!(
        "{}  …{}  {}  {state}  {}",
        key.id,
        key.tail,
        role.as_str().unwrap_or_default(),
        key.name
    )
}
