//! What the network in memory holds until its time.

use std::collections::VecDeque;

use model::{TargetId, Timestamp};
use networks::connector::{Delivered, Kept, Refusal};

use super::network::{Shown, TestNetwork};

/// Something the network holds and publishes by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptThere {
    /// Which delivery.
    pub target_id: TargetId,
    /// The handle it was handed over with.
    pub handle: String,
    /// The text.
    pub text: String,
    /// When it is published.
    pub until: Timestamp,
}

/// What taking back meets.
#[derive(Debug, Clone)]
pub enum TakeBack {
    /// Refused; it stays.
    Refuse(Refusal),
    /// It goes, but the answer is lost.
    LoseAnswer(Refusal),
}

/// The network's memory of what it holds.
#[derive(Debug, Default)]
pub(super) struct Keeping {
    pub(super) kept: Vec<KeptThere>,
    pub(super) looks: VecDeque<Kept>,
    pub(super) take_backs: VecDeque<TakeBack>,
    pub(super) asked: usize,
}

impl TestNetwork {
    /// Everything it holds, oldest first.
    pub fn kept(&self) -> Vec<KeptThere> {
        self.state().keeping.kept.clone()
    }

    /// Somebody else handed it over under this handle, as another machine with the same folder does.
    pub fn keep(&self, target_id: TargetId, handle: &str, until: Timestamp) {
        self.state().keeping.kept.push(KeptThere {
            target_id,
            handle: handle.to_owned(),
            text: String::new(),
            until,
        });
    }

    /// Somebody deletes on the network itself what it holds.
    pub fn drop_kept(&self) {
        self.state().keeping.kept.clear();
    }

    /// Somebody gives what it holds another time on the network itself.
    pub fn move_kept(&self, until: Timestamp) {
        for one in &mut self.state().keeping.kept {
            one.until = until;
        }
    }

    /// What the next looks at what it holds meet; afterwards they tell the truth.
    pub fn looks_at_kept(&self, answers: impl IntoIterator<Item = Kept>) {
        self.state().keeping.looks.extend(answers);
    }

    /// What taking back meets next; afterwards it works.
    pub fn take_backs(&self, acts: impl IntoIterator<Item = TakeBack>) {
        self.state().keeping.take_backs.extend(acts);
    }

    /// How often it was looked at what it holds.
    pub fn asked_for_kept(&self) -> usize {
        self.state().keeping.asked
    }

    /// Publishes what is due by now.
    pub(super) fn publish_due(&self, now: Timestamp) {
        let mut state = self.state();
        let (due, left): (Vec<_>, Vec<_>) = std::mem::take(&mut state.keeping.kept)
            .into_iter()
            .partition(|k| k.until <= now);
        state.keeping.kept = left;
        state.shown.extend(due.into_iter().map(|k| Shown {
            target_id: k.target_id,
            segment: 0,
            handle: k.handle,
            text: k.text,
            files: Vec::new(),
            at: k.until,
        }));
    }

    pub(super) fn look_at_kept(&self, kept: &Delivered, now: Timestamp) -> Kept {
        self.publish_due(now);
        let mut state = self.state();
        state.keeping.asked += 1;
        if let Some(answer) = state.keeping.looks.pop_front() {
            return answer;
        }
        let id = &kept.remote_id;
        if let Some(one) = state.keeping.kept.iter().find(|k| k.handle == *id) {
            return Kept::Until(one.until);
        }
        if state.shown.iter().any(|s| s.handle == *id) {
            return Kept::Published(kept.clone());
        }
        Kept::Gone
    }

    pub(super) fn take_back(&self, kept: &Delivered) -> Result<(), Refusal> {
        let mut state = self.state();
        let act = state.keeping.take_backs.pop_front();
        if let Some(TakeBack::Refuse(refusal)) = act {
            return Err(refusal);
        }
        let id = &kept.remote_id;
        state.keeping.kept.retain(|k| k.handle != *id);
        match act {
            Some(TakeBack::LoseAnswer(refusal)) => Err(refusal),
            _ => Ok(()),
        }
    }
}
