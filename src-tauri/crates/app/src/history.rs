//! Undo and redo.

use model::change::Actor;
use store::history::{self, Done};

use crate::app::App;
use crate::error::Result;
use crate::types::session::{HistoryList, HistoryMoved};
use crate::types::{Nothing, UndoStep};
use crate::words;

impl App {
    /// Undoes the last step.
    pub async fn history_undo(&self, _: Nothing) -> Result<HistoryMoved> {
        let mut tx = self.inner.store.begin(Actor::History).await?;
        let done = history::undo(&mut tx).await?;
        tx.commit().await?;
        self.use_public_files().await?;
        Ok(moved("Undone", done))
    }

    /// Does the last undone step again.
    pub async fn history_redo(&self, _: Nothing) -> Result<HistoryMoved> {
        let mut tx = self.inner.store.begin(Actor::History).await?;
        let done = history::redo(&mut tx).await?;
        tx.commit().await?;
        self.use_public_files().await?;
        Ok(moved("Done again", done))
    }

    /// What can be undone and redone.
    pub async fn history_list(&self, _: Nothing) -> Result<HistoryList> {
        let mut conn = self.read().await?;
        let steps = |all: Vec<history::Listed>| {
            all.into_iter()
                .map(|s| UndoStep {
                    id: s.id,
                    words: s.words,
                    at: s.at,
                })
                .collect()
        };
        let listed = history::list(&mut conn).await?;
        Ok(HistoryList {
            undo: steps(listed.undo),
            redo: steps(listed.redo),
        })
    }
}

fn moved(verb: &str, done: Option<Done>) -> HistoryMoved {
    let Some(done) = done else {
        return HistoryMoved {
            words: None,
            posts: Vec::new(),
            look_at: None,
            notes: Vec::new(),
        };
    };
    let notes = match done.undated.len() {
        0 => Vec::new(),
        1 => vec!["Its time has passed, so it came back without a date.".to_owned()],
        n => vec![format!(
            "The time of {} has passed, so they came back without a date.",
            words::posts(n)
        )],
    };
    HistoryMoved {
        words: Some(format!("{verb}: {}", done.words)),
        posts: done.posts,
        look_at: done.look_at,
        notes,
    }
}
