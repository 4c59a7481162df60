//! What other programs said of a thing that the thing itself has no room for, in their own words.

use std::collections::HashMap;

use model::WorkspaceId;
use model::change::Actor;
use serde_json::{Map, Value};
use store::{Tx, programs as rows};

use crate::app::App;
use crate::error::Result;
use crate::types::ApiError;

/// Largest note as JSON, in bytes.
const MAX_NOTE: usize = 64 * 1024;

/// What a program says of a thing, kept in the same write as a change of that thing.
#[derive(Debug, Clone)]
pub struct ProgramNote {
    workspace: WorkspaceId,
    kind: &'static str,
    said: Said,
}

/// What a note says once some fields are given, by what it says when it is written.
pub type Revise = fn(Option<Value>, &Map<String, Value>) -> Result<Value>;

#[derive(Debug, Clone)]
enum Said {
    /// All of it.
    Whole(Value),
    /// Some fields.
    Fields(Map<String, Value>, Revise),
}

impl ProgramNote {
    /// What is said of a thing of a sort, in the words of a contract. Refused when it is more than is
    /// kept.
    pub fn new(workspace: WorkspaceId, kind: &'static str, value: Value) -> Result<Self> {
        small(&value)?;
        Ok(Self {
            workspace,
            kind,
            said: Said::Whole(value),
        })
    }

    /// The same of which only some fields are given: the rest is what it is when the note is written, so that two
    /// programs that change it at once both have their part of it.
    #[must_use]
    pub const fn revised(
        workspace: WorkspaceId,
        kind: &'static str,
        given: Map<String, Value>,
        revise: Revise,
    ) -> Self {
        Self {
            workspace,
            kind,
            said: Said::Fields(given, revise),
        }
    }

    /// Writes it on a thing.
    pub(crate) async fn put(&self, tx: &mut Tx, id: &str) -> Result<()> {
        let (workspace, kind) = (self.workspace, self.kind);
        match &self.said {
            Said::Whole(value) => rows::put_note(tx, workspace, kind, id, value).await?,
            Said::Fields(given, revise) => {
                let value = revise(rows::note(tx, workspace, kind, id).await?, given)?;
                small(&value)?;
                rows::put_note(tx, workspace, kind, id, &value).await?;
            }
        }
        Ok(())
    }
}

fn small(value: &Value) -> Result<()> {
    if value.to_string().len() <= MAX_NOTE {
        return Ok(());
    }
    Err(ApiError::invalid(
        "input",
        "That is more than Almanac keeps beside a post: 64 kB at most.",
    ))
}

impl App {
    /// A note of a workspace.
    pub async fn note(
        &self,
        workspace: WorkspaceId,
        kind: &str,
        id: &str,
    ) -> Result<Option<Value>> {
        let mut conn = self.read().await?;
        Ok(rows::note(&mut conn, workspace, kind, id).await?)
    }

    /// A note, whosever it is: for addresses that are known to nobody but those who were told.
    pub async fn note_of_any(&self, kind: &str, id: &str) -> Result<Option<Value>> {
        let mut conn = self.read().await?;
        Ok(rows::note_of_any(&mut conn, kind, id).await?)
    }

    /// Notes of one kind on these things.
    pub async fn notes(
        &self,
        workspace: WorkspaceId,
        kind: &str,
        ids: &[String],
    ) -> Result<HashMap<String, Value>> {
        let mut conn = self.read().await?;
        Ok(rows::notes(&mut conn, workspace, kind, ids).await?)
    }

    /// Writes a note. Not undone: it says nothing on its own.
    pub async fn put_note(
        &self,
        workspace: WorkspaceId,
        kind: &str,
        id: &str,
        value: &Value,
    ) -> Result<()> {
        small(value)?;
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        rows::put_note(&mut tx, workspace, kind, id, value).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Forgets a note. Whether there was one.
    pub async fn forget_note(&self, workspace: WorkspaceId, kind: &str, id: &str) -> Result<bool> {
        let mut tx = self.inner.store.begin(Actor::Person).await?;
        let there = rows::forget_note(&mut tx, workspace, kind, id).await?;
        tx.commit().await?;
        Ok(there)
    }
}
