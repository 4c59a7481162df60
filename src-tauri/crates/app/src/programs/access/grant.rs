//! Codes and tokens: each is exchanged once.

use std::time::Duration;

use model::change::Actor;
use model::{KeyId, Timestamp};
use networks::oauth::challenge_of;
use store::access::{self, Program, Request};
use store::keys::{self, Key};
use store::{StoreError, Tx};

use super::super::keys::{TAIL, hash_of};
use super::BYTES;
use crate::app::App;
use crate::types::ApiError;

/// How long a key lives before it is renewed.
const KEY_LIFE: Duration = Duration::from_hours(1);
/// What a token that renews a key begins with.
const REFRESH: &str = "ar_";

/// A program that shows who it is.
#[derive(Debug, Clone, Copy)]
pub struct Client<'a> {
    /// Its public identifier.
    pub id: &'a str,
    /// Its secret.
    pub secret: &'a str,
}

/// What a program is given.
pub struct Grant {
    /// The key; never logged, never kept.
    pub key: String,
    /// How long it lives.
    pub life: Duration,
    /// What renews it, once.
    pub refresh: String,
    /// What it may do, as a role's word.
    pub role: model::key::KeyRole,
}

/// Why it is given nothing.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// There is no such program, or this is not its secret.
    #[error("The program is not known here, or its secret is wrong.")]
    Client,
    /// The code or token is unknown, used, too old, or of another program, address or proof key.
    #[error("The code or token does not count, or not any more. Ask for access again.")]
    Grant,
    /// The program could not do it.
    #[error("{}", .0.message)]
    Failed(ApiError),
}

impl From<StoreError> for GrantError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<ApiError> for GrantError {
    fn from(error: ApiError) -> Self {
        Self::Failed(error)
    }
}

/// New secrets of a key, and what is kept of them.
struct Fresh {
    key: String,
    refresh: String,
    end: Timestamp,
}

impl App {
    /// Exchanges a code for a key. The address has to be the one that the browser went back to, and the
    /// proof key the one that was asked with.
    pub async fn access_exchange(
        &self,
        client: Client<'_>,
        code: &str,
        redirect_uri: Option<&str>,
        verifier: Option<&str>,
    ) -> Result<Grant, GrantError> {
        let mut tx = self.inner.store.begin(Actor::Program).await?;
        let program = known(&mut tx, client).await?;
        let asked = access::by_code(&mut tx, &hash_of(code), self.since()).await?;
        let asked = asked.filter(|asked| asked.program.id == program.id);
        let asked = asked.ok_or(GrantError::Grant)?;
        if let Some(key) = asked.key {
            return Err(stolen(tx, &program, key).await?);
        }
        let same = redirect_uri.is_none_or(|named| named == program.redirect_uri);
        if !same || !proves(&asked, verifier) {
            return Err(GrantError::Grant);
        }
        let fresh = self.fresh();
        let key = Key {
            id: KeyId(tx.new_id()),
            workspace_id: program.workspace_id,
            name: program.name.clone(),
            tail: tail(&fresh.key),
            role: asked.role,
            permissions: asked.role.permissions(),
            created_at: tx.now(),
            expires_at: Some(fresh.end),
            last_used_at: None,
            revoked_at: None,
        };
        keys::put(&mut tx, &key, &hash_of(&fresh.key)).await?;
        access::exchanged(&mut tx, &asked.id, key.id).await?;
        access::put_refresh(&mut tx, &program.id, key.id, &hash_of(&fresh.refresh)).await?;
        tx.commit().await?;
        Ok(granted(fresh, asked.role))
    }

    /// Exchanges a token for a new key and a new token; the key before counts no more.
    pub async fn access_renew(&self, client: Client<'_>, token: &str) -> Result<Grant, GrantError> {
        let mut tx = self.inner.store.begin(Actor::Program).await?;
        let program = known(&mut tx, client).await?;
        let hash = hash_of(token);
        let found = access::refresh(&mut tx, &program.id, &hash).await?;
        let (id, used) = found.ok_or(GrantError::Grant)?;
        if used {
            return Err(stolen(tx, &program, id).await?);
        }
        let key = keys::by_id(&mut tx, id).await?.ok_or(GrantError::Grant)?;
        let fresh = self.fresh();
        let (hashed, end) = (hash_of(&fresh.key), fresh.end);
        if !keys::renew(&mut tx, id, &hashed, &tail(&fresh.key), end).await? {
            return Err(GrantError::Grant);
        }
        access::use_refresh(&mut tx, &hash).await?;
        access::put_refresh(&mut tx, &program.id, id, &hash_of(&fresh.refresh)).await?;
        tx.commit().await?;
        Ok(granted(fresh, key.role))
    }

    fn fresh(&self) -> Fresh {
        let now = self.inner.now().as_millis();
        Fresh {
            key: self.new_key(),
            refresh: format!("{REFRESH}{}", self.random_hex(BYTES)),
            end: Timestamp::from_millis(now.saturating_add(KEY_LIFE.as_millis() as i64)),
        }
    }
}

/// The program that shows who it is. Hashes are compared, so how long it takes tells nothing of the secret.
async fn known(tx: &mut Tx, client: Client<'_>) -> Result<Program, GrantError> {
    let found = access::by_id(tx, client.id).await?;
    let found = found.filter(|found| found.secret_hash == hash_of(client.secret));
    found.map(|found| found.program).ok_or(GrantError::Client)
}

/// Used twice: what came of it the first time may be in the wrong hands (RFC 6749 section 10.5).
async fn stolen(mut tx: Tx, program: &Program, key: KeyId) -> Result<GrantError, GrantError> {
    keys::revoke(&mut tx, program.workspace_id, key).await?;
    tx.commit().await?;
    tracing::warn!(program = program.id, "a code or a token was used twice");
    Ok(GrantError::Grant)
}

/// Whether the proof key is the one that was asked with. One that was not asked with is refused as well:
/// whoever took the code from the browser would leave it out.
fn proves(asked: &Request, verifier: Option<&str>) -> bool {
    match (&asked.challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => {
            challenge_of(verifier).is_some_and(|made| made == *challenge)
        }
        _ => false,
    }
}

fn tail(key: &str) -> String {
    key[key.len() - TAIL..].to_owned()
}

fn granted(fresh: Fresh, role: model::key::KeyRole) -> Grant {
    Grant {
        key: fresh.key,
        life: KEY_LIFE,
        refresh: fresh.refresh,
        role,
    }
}
