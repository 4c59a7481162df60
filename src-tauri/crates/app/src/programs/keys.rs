//! Keys: made and shown once, kept as a hash, used, revoked.
//!
//! A key is 256 random bits, so nothing is gained by a slow hash: there is no list of likely keys to
//! try. BLAKE3 of it is kept, and looked up by equality in an index.

use std::time::Duration;

use model::change::Actor;
use model::key::Permission;
use model::{KeyId, Timestamp, WorkspaceId};
use store::keys::{self, Key};

use crate::app::App;
use crate::error::Result;
use crate::types::accounts::OneWorkspace;
use crate::types::programs::{ApiKey, ApiKeys, KeyCreate, KeyMade, OneKey};
use crate::types::{ApiError, Nothing, Written};
use crate::workspaces::a_name;
use crate::written::without_undo;

/// What every key begins with.
const BEGIN: &str = "ak_";
/// Random bytes of a key.
const BYTES: usize = 32;
/// Characters of a key that are kept to tell it apart.
pub(super) const TAIL: usize = 8;
/// Most keys of a workspace that are in use.
const MOST: usize = 100;
/// How exactly the last use is known: writing each would cost a commit a request.
const USED_EVERY: Duration = Duration::from_mins(1);

/// Who shows a good key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// The key.
    pub key: KeyId,
    /// The only workspace it reaches.
    pub workspace: WorkspaceId,
    /// What it may do besides reading.
    pub permissions: Vec<Permission>,
}

/// What is kept of a secret.
pub(super) fn hash_of(secret: &str) -> String {
    blake3::hash(secret.as_bytes()).to_hex().to_string()
}

fn shown(key: Key) -> ApiKey {
    ApiKey {
        id: key.id,
        workspace_id: key.workspace_id,
        name: key.name,
        tail: key.tail,
        role: key.role,
        permissions: key.permissions,
        created_at: key.created_at,
        expires_at: key.expires_at,
        last_used_at: key.last_used_at,
        revoked_at: key.revoked_at,
    }
}

fn good(key: &Key, now: Timestamp) -> bool {
    key.revoked_at.is_none() && key.expires_at.is_none_or(|end| end > now)
}

impl App {
    /// Makes a key. The answer is the only place where it ever stands. Cannot be undone: a key is
    /// revoked instead.
    pub async fn keys_create(&self, input: KeyCreate) -> Result<Written<KeyMade>> {
        let name = a_name(&input.name)?;
        let now = self.inner.now();
        if input.expires_at.is_some_and(|end| end <= now) {
            return Err(ApiError::invalid(
                "expiresAt",
                "That day has passed already. Choose a later one, or none.",
            ));
        }
        let mut permissions = input
            .permissions
            .unwrap_or_else(|| input.role.permissions());
        permissions.sort_unstable();
        permissions.dedup();
        let secret = self.new_key();
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        let there = store::workspaces::all(&mut tx).await?;
        if !there.iter().any(|w| w.id == input.workspace_id) {
            return Err(ApiError::missing("workspace"));
        }
        let known = keys::of_workspace(&mut tx, input.workspace_id).await?;
        if known.iter().filter(|key| good(key, now)).count() >= MOST {
            return Err(ApiError::conflict(format!(
                "A workspace has at most {MOST} keys. Revoke one that is not used any more."
            )));
        }
        let key = Key {
            id: KeyId(tx.new_id()),
            workspace_id: input.workspace_id,
            name,
            tail: secret[secret.len() - TAIL..].to_owned(),
            role: input.role,
            permissions,
            created_at: tx.now(),
            expires_at: input.expires_at,
            last_used_at: None,
            revoked_at: None,
        };
        keys::put(&mut tx, &key, &hash_of(&secret)).await?;
        tx.commit().await?;
        let made = KeyMade {
            key: shown(key),
            secret,
        };
        Ok(without_undo(made, Vec::new()))
    }

    /// A key that nobody has yet.
    pub(super) fn new_key(&self) -> String {
        format!("{BEGIN}{}", self.random_hex(BYTES))
    }

    /// The keys of a workspace.
    pub async fn keys_list(&self, input: OneWorkspace) -> Result<ApiKeys> {
        let found = self.made_keys(input.id).await?;
        Ok(ApiKeys {
            keys: found.into_iter().map(shown).collect(),
        })
    }

    /// Revokes a key: its next request is refused. Cannot be undone.
    pub async fn keys_revoke(&self, input: OneKey) -> Result<Written<Nothing>> {
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        if !keys::revoke(&mut tx, input.workspace_id, input.id).await? {
            return Err(ApiError::missing("key"));
        }
        tx.commit().await?;
        Ok(without_undo(Nothing {}, Vec::new()))
    }

    /// Who shows this key; none when it is not known, revoked or run out. Read anew each time, so that
    /// what is revoked is refused at once.
    pub async fn bearer(&self, secret: &str) -> Result<Option<Bearer>> {
        let well_formed = secret.len() == BEGIN.len() + 2 * BYTES && secret.starts_with(BEGIN);
        if !well_formed {
            return Ok(None);
        }
        let now = self.inner.now();
        let mut conn = self.read().await?;
        let found = keys::by_hash(&mut conn, &hash_of(secret)).await?;
        drop(conn);
        self.as_bearer(found, now).await
    }

    /// The same of whoever showed this key before, as somebody who is signed in: it may have been revoked
    /// since.
    pub async fn bearer_again(&self, before: &Bearer) -> Result<Option<Bearer>> {
        let mut conn = self.read().await?;
        let there = store::workspaces::all(&mut conn).await?;
        let known = keys::of_workspace(&mut conn, before.workspace).await?;
        drop(conn);
        let lives = there.iter().any(|w| w.id == before.workspace);
        let found = known.into_iter().find(|key| key.id == before.key && lives);
        self.as_bearer(found, self.inner.now()).await
    }

    async fn as_bearer(&self, found: Option<Key>, now: Timestamp) -> Result<Option<Bearer>> {
        let Some(key) = found.filter(|key| good(key, now)) else {
            return Ok(None);
        };
        if key
            .last_used_at
            .is_none_or(|last| now.since(last) >= USED_EVERY)
        {
            let mut tx = self.inner.store.begin(Actor::Program).await?;
            keys::used(&mut tx, key.id).await?;
            tx.commit().await?;
        }
        Ok(Some(Bearer {
            key: key.id,
            workspace: key.workspace_id,
            permissions: key.permissions,
        }))
    }
}
