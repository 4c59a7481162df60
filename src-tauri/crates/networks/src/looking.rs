//! Absence on networks that are read back: it counts after two looks in vain, some time apart.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use model::{TargetId, Timestamp};

use crate::connector::Job;

/// When uncertain sends were first looked for in vain. Kept in memory: after a restart the looks begin
/// anew.
#[derive(Debug, Default)]
pub struct Missed(Mutex<HashMap<(TargetId, u32), Timestamp>>);

impl Missed {
    /// A look in vain; true when the first one of this attempt was at least `apart` ago.
    #[must_use]
    pub fn again(&self, job: &Job, now: Timestamp, apart: Duration) -> bool {
        let key = (job.target_id, job.attempt);
        let mut missed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = *missed.entry(key).or_insert(now);
        // A clock that was set back begins anew.
        if first > now {
            missed.insert(key, now);
        }
        let settled = now.since(first) >= apart;
        if settled {
            missed.remove(&key);
        }
        settled
    }

    /// It was found.
    pub fn found(&self, job: &Job) {
        let mut missed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        missed.remove(&(job.target_id, job.attempt));
    }
}
