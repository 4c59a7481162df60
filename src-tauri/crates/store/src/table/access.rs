//! Programs that ask a person for access (OAuth 2.0): who they are, what they ask, and the one-time values
//! they were given, of which only hashes are kept.

use model::change::Subject;
use model::key::KeyRole;
use model::{KeyId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};

use super::words::{at, of_word, parse, word};
use crate::conn::Conn;
use crate::error::{Result, StoreError};
use crate::tx::Tx;

/// A program that may ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Program {
    /// Its public identifier.
    pub id: String,
    /// The workspace it asks for.
    pub workspace_id: WorkspaceId,
    /// What people call it.
    pub name: String,
    /// Where the browser goes back to, exactly.
    pub redirect_uri: String,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// A program as a full export holds it: with the hash of its secret, so that it may go on asking. What it
/// was given before is not part of it: a person says yes anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Portable {
    /// The program.
    #[serde(flatten)]
    pub program: Program,
    /// BLAKE3 of its secret, in hex.
    pub secret_hash: String,
}

/// What a program asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its identifier, a random number that only the browser knows.
    pub id: String,
    /// Who asks.
    pub program: Program,
    /// What it wants to do.
    pub role: KeyRole,
    /// What goes back as it came.
    pub state: String,
    /// SHA-256 of the verifier, in base64 for addresses (RFC 7636); none without one.
    pub challenge: Option<String>,
    /// What the person said.
    pub answer: Option<bool>,
    /// The key it was given for its code.
    pub key: Option<KeyId>,
}

/// The columns of [`ProgramRow`].
macro_rules! program {
    () => {
        "p.id, p.workspace_id, p.name, p.redirect_uri, p.created_at, p.secret_hash"
    };
}

#[derive(sqlx::FromRow)]
struct ProgramRow {
    id: String,
    workspace_id: String,
    name: String,
    redirect_uri: String,
    created_at: i64,
    secret_hash: String,
}

impl TryFrom<ProgramRow> for Portable {
    type Error = StoreError;
    fn try_from(row: ProgramRow) -> Result<Self> {
        Ok(Self {
            program: Program {
                id: row.id,
                workspace_id: parse(&row.workspace_id)?,
                name: row.name,
                redirect_uri: row.redirect_uri,
                created_at: at(row.created_at),
            },
            secret_hash: row.secret_hash,
        })
    }
}

/// The programs of a workspace, the newest first.
pub async fn programs(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<Program>> {
    let rows: Vec<ProgramRow> = sqlx::query_as(concat!(
        "SELECT ",
        program!(),
        " FROM oauth_programs p WHERE p.workspace_id = ? AND p.removed_at IS NULL
          ORDER BY p.created_at DESC, p.id",
    ))
    .bind(workspace.to_string())
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|row| Portable::try_from(row).map(|known| known.program))
        .collect()
}

/// Every program of every workspace, the oldest first.
pub async fn all(conn: &mut Conn) -> Result<Vec<Portable>> {
    let rows: Vec<ProgramRow> = sqlx::query_as(concat!(
        "SELECT ",
        program!(),
        " FROM oauth_programs p WHERE p.removed_at IS NULL ORDER BY p.created_at, p.id",
    ))
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter().map(Portable::try_from).collect()
}

/// A program of a workspace that is not in the bin, with the hash of its secret.
pub async fn by_id(conn: &mut Conn, id: &str) -> Result<Option<Portable>> {
    let row: Option<ProgramRow> = sqlx::query_as(concat!(
        "SELECT ",
        program!(),
        " FROM oauth_programs p JOIN workspaces w ON w.id = p.workspace_id
          WHERE p.id = ? AND p.removed_at IS NULL AND w.deleted_at IS NULL",
    ))
    .bind(id)
    .fetch_optional(conn.sql())
    .await?;
    row.map(Portable::try_from).transpose()
}

/// The keys that programs of a workspace were given, each with its program.
pub async fn given(conn: &mut Conn, workspace: WorkspaceId) -> Result<Vec<(String, KeyId)>> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT r.program_id, r.key_id FROM oauth_requests r
           JOIN oauth_programs p ON p.id = r.program_id
         WHERE p.workspace_id = ? AND r.key_id IS NOT NULL ORDER BY r.at, r.id",
    )
    .bind(workspace.to_string())
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter()
        .map(|(program, key)| Ok((program, parse(&key)?)))
        .collect()
}

/// Registers a program.
pub async fn put(tx: &mut Tx, new: &Program, secret_hash: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO oauth_programs (id, workspace_id, name, redirect_uri, secret_hash, created_at)
         VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(&new.id)
    .bind(new.workspace_id.to_string())
    .bind(&new.name)
    .bind(&new.redirect_uri)
    .bind(secret_hash)
    .bind(new.created_at.as_millis())
    .execute(tx.sql())
    .await?;
    tx.changed(Subject::Key, &new.id);
    Ok(())
}

/// Removes a program and revokes every key it was given. Whether there was one.
pub async fn remove(tx: &mut Tx, workspace: WorkspaceId, id: &str) -> Result<bool> {
    let now = tx.now().as_millis();
    let there = sqlx::query(
        "UPDATE oauth_programs SET removed_at = ?
         WHERE id = ? AND workspace_id = ? AND removed_at IS NULL",
    )
    .bind(now)
    .bind(id)
    .bind(workspace.to_string())
    .execute(tx.sql())
    .await?
    .rows_affected();
    if there > 0 {
        let revoked: Vec<String> = sqlx::query_scalar(
            "UPDATE api_keys SET revoked_at = ?
             WHERE revoked_at IS NULL
               AND id IN (SELECT key_id FROM oauth_requests WHERE program_id = ?) RETURNING id",
        )
        .bind(now)
        .bind(id)
        .fetch_all(tx.sql())
        .await?;
        tx.changed(Subject::Key, id);
        // Whoever listens with one of them hears nothing from now on.
        for key in revoked {
            tx.changed(Subject::Key, key);
        }
    }
    Ok(there > 0)
}

#[derive(sqlx::FromRow)]
struct RequestRow {
    request_id: String,
    role: String,
    state: String,
    challenge: Option<String>,
    answer: Option<String>,
    key_id: Option<String>,
    #[sqlx(flatten)]
    program: ProgramRow,
}

impl TryFrom<RequestRow> for Request {
    type Error = StoreError;
    fn try_from(row: RequestRow) -> Result<Self> {
        Ok(Self {
            id: row.request_id,
            program: Portable::try_from(row.program)?.program,
            role: of_word(&row.role)?,
            state: row.state,
            challenge: row.challenge,
            answer: row.answer.map(|answer| answer == "yes"),
            key: row.key_id.as_deref().map(parse).transpose()?,
        })
    }
}

/// Requests of programs that are still there, as [`RequestRow`].
macro_rules! requests {
    ($which:literal) => {
        concat!(
            "SELECT r.id AS request_id, r.role, r.state, r.challenge, r.answer, r.key_id, ",
            program!(),
            " FROM oauth_requests r JOIN oauth_programs p ON p.id = r.program_id
               JOIN workspaces w ON w.id = p.workspace_id
             WHERE p.removed_at IS NULL AND w.deleted_at IS NULL AND ",
            $which
        )
    };
}

/// Notes what a program asks; requests older than `since` go. Refused when too many wait.
pub async fn ask(tx: &mut Tx, new: &Request, since: Timestamp, most: u32) -> Result<()> {
    sqlx::query("DELETE FROM oauth_requests WHERE at <= ? AND key_id IS NULL")
        .bind(since.as_millis())
        .execute(tx.sql())
        .await?;
    let waiting: u32 =
        sqlx::query_scalar("SELECT count(*) FROM oauth_requests WHERE answer IS NULL")
            .fetch_one(tx.sql())
            .await?;
    if waiting >= most {
        return Err(StoreError::Conflict(
            "Too many programs ask for access at the moment. Answer those in Almanac first."
                .to_owned(),
        ));
    }
    sqlx::query(
        "INSERT INTO oauth_requests (id, program_id, role, state, challenge, at)
         VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(&new.id)
    .bind(&new.program.id)
    .bind(word(&new.role)?)
    .bind(&new.state)
    .bind(&new.challenge)
    .bind(tx.now().as_millis())
    .execute(tx.sql())
    .await?;
    tx.changed(Subject::Key, &new.program.id);
    Ok(())
}

/// Requests younger than `since` that wait for an answer, the oldest first.
pub async fn waiting(conn: &mut Conn, since: Timestamp) -> Result<Vec<Request>> {
    let rows: Vec<RequestRow> = sqlx::query_as(requests!(
        "r.answer IS NULL AND r.at > ? ORDER BY r.at, r.id"
    ))
    .bind(since.as_millis())
    .fetch_all(conn.sql())
    .await?;
    rows.into_iter().map(Request::try_from).collect()
}

/// A request younger than `since`.
pub async fn one(conn: &mut Conn, id: &str, since: Timestamp) -> Result<Option<Request>> {
    let row: Option<RequestRow> = sqlx::query_as(requests!("r.id = ? AND r.at > ?"))
        .bind(id)
        .bind(since.as_millis())
        .fetch_optional(conn.sql())
        .await?;
    row.map(Request::try_from).transpose()
}

/// The request whose code has this hash, younger than `since`.
pub async fn by_code(conn: &mut Conn, hash: &str, since: Timestamp) -> Result<Option<Request>> {
    let row: Option<RequestRow> = sqlx::query_as(requests!("r.code_hash = ? AND r.at > ?"))
        .bind(hash)
        .bind(since.as_millis())
        .fetch_optional(conn.sql())
        .await?;
    row.map(Request::try_from).transpose()
}

/// What the person said. Whether the question still waited.
pub async fn answer(tx: &mut Tx, id: &str, yes: bool) -> Result<bool> {
    let there = sqlx::query("UPDATE oauth_requests SET answer = ? WHERE id = ? AND answer IS NULL")
        .bind(if yes { "yes" } else { "no" })
        .bind(id)
        .execute(tx.sql())
        .await?
        .rows_affected();
    tx.changed(Subject::Key, id);
    Ok(there > 0)
}

/// Keeps the hash of the code that the browser takes back; one that was given before counts no more.
pub async fn put_code(tx: &mut Tx, id: &str, hash: &str) -> Result<()> {
    sqlx::query("UPDATE oauth_requests SET code_hash = ? WHERE id = ? AND key_id IS NULL")
        .bind(hash)
        .bind(id)
        .execute(tx.sql())
        .await?;
    Ok(())
}

/// A code was exchanged for this key.
pub async fn exchanged(tx: &mut Tx, id: &str, key: KeyId) -> Result<()> {
    sqlx::query("UPDATE oauth_requests SET key_id = ? WHERE id = ?")
        .bind(key.to_string())
        .bind(id)
        .execute(tx.sql())
        .await?;
    Ok(())
}

/// A refresh token: its key, and whether it was used before.
pub async fn refresh(conn: &mut Conn, program: &str, hash: &str) -> Result<Option<(KeyId, bool)>> {
    let row: Option<(String, Option<i64>)> = sqlx::query_as(
        "SELECT key_id, used_at FROM oauth_refresh WHERE hash = ? AND program_id = ?",
    )
    .bind(hash)
    .bind(program)
    .fetch_optional(conn.sql())
    .await?;
    row.map(|(key, used)| Ok((parse(&key)?, used.is_some())))
        .transpose()
}

/// Keeps the hash of a refresh token.
pub async fn put_refresh(tx: &mut Tx, program: &str, key: KeyId, hash: &str) -> Result<()> {
    sqlx::query("INSERT INTO oauth_refresh (hash, program_id, key_id, at) VALUES (?, ?, ?, ?)")
        .bind(hash)
        .bind(program)
        .bind(key.to_string())
        .bind(tx.now().as_millis())
        .execute(tx.sql())
        .await?;
    Ok(())
}

/// A refresh token was used.
pub async fn use_refresh(tx: &mut Tx, hash: &str) -> Result<()> {
    sqlx::query("UPDATE oauth_refresh SET used_at = ? WHERE hash = ?")
        .bind(tx.now().as_millis())
        .bind(hash)
        .execute(tx.sql())
        .await?;
    Ok(())
}
