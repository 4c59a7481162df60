//! Comments below what the network in memory shows.

use std::collections::VecDeque;
use std::sync::Arc;

use model::failure::{Category, Retry};
use networks::connector::{CommentSeen, Commented, Delivered, Refusal};

use super::network::{Gate, TestNetwork, pass};
use super::plain::refusal;

/// What the network does with the next comment.
#[derive(Debug, Clone)]
pub enum CommentAct {
    /// Takes it and answers.
    Take,
    /// Refuses.
    Refuse(Refusal),
    /// Takes it, but the answer is lost.
    TakeAndLoseAnswer,
    /// The call is lost on its way.
    LoseCall,
    /// Takes it, and the connector dies.
    TakeAndPanic,
    /// Waits at the gate, then takes it.
    Wait(Arc<Gate>),
}

/// The network's memory of comments.
#[derive(Debug, Default)]
pub(super) struct Comments {
    /// Each with the id of its post.
    below: Vec<(String, String)>,
    script: VecDeque<CommentAct>,
    looks: VecDeque<CommentSeen>,
    looked: usize,
}

impl TestNetwork {
    /// Comments, each with the id of its post.
    pub fn comments(&self) -> Vec<(String, String)> {
        self.state().comments.below.clone()
    }

    /// What the next comments meet; afterwards they are taken.
    pub fn comment_script(&self, acts: impl IntoIterator<Item = CommentAct>) {
        self.state().comments.script.extend(acts);
    }

    /// What the next looks for comments meet; afterwards they tell the truth.
    pub fn comment_looks(&self, answers: impl IntoIterator<Item = CommentSeen>) {
        self.state().comments.looks.extend(answers);
    }

    /// How often comments were looked for.
    pub fn looked_for_comments(&self) -> usize {
        self.state().comments.looked
    }

    pub(super) async fn comment(&self, delivered: &Delivered, words: &str) -> Commented {
        let act = self.state().comments.script.pop_front();
        let act = act.unwrap_or(CommentAct::Take);
        if let CommentAct::Wait(gate) = &act {
            pass(Some(Arc::clone(gate))).await;
        }
        let lost = || refusal(Category::NetworkError, Retry::Backoff, "No answer came.");
        match act {
            CommentAct::Refuse(refusal) => return Commented::NotWritten(refusal),
            CommentAct::LoseCall => return Commented::Uncertain(lost()),
            CommentAct::Take
            | CommentAct::TakeAndLoseAnswer
            | CommentAct::TakeAndPanic
            | CommentAct::Wait(_) => {}
        }
        let comment = (delivered.remote_id.clone(), words.to_owned());
        self.state().comments.below.push(comment);
        match act {
            CommentAct::TakeAndLoseAnswer => Commented::Uncertain(lost()),
            CommentAct::TakeAndPanic => panic!("the script says so"),
            _ => Commented::Written,
        }
    }

    pub(super) fn look_for_comment(&self, delivered: &Delivered, words: &str) -> CommentSeen {
        let mut state = self.state();
        state.comments.looked += 1;
        if let Some(answer) = state.comments.looks.pop_front() {
            return answer;
        }
        let below = state.comments.below.iter();
        let below = below.filter(|(id, _)| *id == delivered.remote_id);
        CommentSeen::among(below.map(|(_, words)| words.as_str()), words)
    }
}
