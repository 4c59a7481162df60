//! What every write answers.

use model::change::Actor;
use model::{Timestamp, WorkspaceId};
use store::{Committed, Step, Tx};

use crate::app::App;
use crate::error::Result;
use crate::types::{UndoStep, Written};

/// A write that becomes one step of the history.
pub(crate) struct Writing {
    /// The open transaction.
    pub tx: Tx,
    words: String,
    /// Sentences for the person.
    pub notes: Vec<String>,
}

impl App {
    /// Opens a step of the history. `words` are what the status line says afterwards.
    pub(crate) async fn step(&self, words: impl Into<String>) -> Result<Writing> {
        self.step_as(Actor::Person, Step::new(words)).await
    }

    /// The same in a workspace.
    pub(crate) async fn step_in(
        &self,
        workspace: WorkspaceId,
        words: impl Into<String>,
    ) -> Result<Writing> {
        self.step_as(Actor::Person, Step::new(words).in_workspace(workspace))
            .await
    }

    /// The same, joining the newest step of the same key.
    pub(crate) async fn step_joining(
        &self,
        words: impl Into<String>,
        key: impl Into<String>,
    ) -> Result<Writing> {
        self.step_as(Actor::Person, Step::new(words).joining(key))
            .await
    }

    /// The same, told apart by who writes.
    pub(crate) async fn step_as(&self, actor: Actor, step: Step) -> Result<Writing> {
        let words = step.words.clone();
        let tx = self.inner.store.step(actor, step).await?;
        Ok(Writing {
            tx: self.looked(tx).await?,
            words,
            notes: Vec::new(),
        })
    }

    /// Opens a write that makes no step of the history.
    pub(crate) async fn begin(&self, actor: Actor) -> Result<Tx> {
        let tx = self.inner.store.begin(actor).await?;
        self.looked(tx).await
    }

    /// A write that was opened. From here on nobody else writes, so what is looked at stays as it is until
    /// the write is done; one that is refused changes nothing.
    async fn looked(&self, mut tx: Tx) -> Result<Tx> {
        if let Some(look) = &self.look {
            look.refuse(&mut tx).await?;
        }
        Ok(tx)
    }
}

impl Writing {
    /// Commits and answers with the result.
    pub async fn done<T>(self, value: T) -> Result<Written<T>> {
        let at = self.tx.now();
        let committed = self.tx.commit().await?;
        Ok(Written {
            value,
            undo: undo(committed, self.words, at),
            notes: self.notes,
        })
    }
}

/// The step that a commit made, as the screen shows it.
pub(crate) fn undo(committed: Committed, words: String, at: Timestamp) -> Option<UndoStep> {
    committed.step.map(|id| UndoStep { id, words, at })
}

/// An answer of a write that cannot be undone, or that changed nothing.
pub(crate) fn without_undo<T>(value: T, notes: Vec<String>) -> Written<T> {
    Written {
        value,
        undo: None,
        notes,
    }
}
