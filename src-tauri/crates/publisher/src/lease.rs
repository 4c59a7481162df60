//! Whose leases have run out, told without the wall clock.
//!
//! A lease in the store carries a beat that its owner renews. Another publisher counts a lease as
//! lost when it saw the same beat for the whole length of a lease *on its own steady clock*. A wall
//! clock that is set forward therefore never makes a living owner look dead, and a machine that
//! sleeps stops both sides alike.

use std::collections::HashMap;
use std::time::Duration;

use model::TargetId;
use store::publishing::Lease;

/// Remembers since when each foreign lease shows the same beat.
#[derive(Debug, Default)]
pub struct LeaseWatch {
    seen: HashMap<TargetId, (Lease, Duration)>,
}

impl LeaseWatch {
    /// Takes in all leases of the store and tells which are lost. `mine` is this publisher's name,
    /// `holds` whether it is at work on a target: a lease of its own that it knows nothing of is
    /// lost at once, since its result could not be recorded.
    pub fn lost(
        &mut self,
        leases: Vec<Lease>,
        mine: &str,
        holds: impl Fn(TargetId) -> bool,
        steady: Duration,
        length: Duration,
    ) -> Vec<Lease> {
        let before = std::mem::take(&mut self.seen);
        let mut lost = Vec::new();
        for lease in leases {
            if lease.owner.as_deref() == Some(mine) {
                if !holds(lease.target_id) {
                    lost.push(lease);
                }
                continue;
            }
            let since = match before.get(&lease.target_id) {
                Some((same, since)) if *same == lease => *since,
                _ => steady,
            };
            if steady.saturating_sub(since) >= length {
                lost.push(lease);
            } else {
                self.seen.insert(lease.target_id, (lease, since));
            }
        }
        lost
    }

    /// Whether a foreign lease is being watched, so that the next look must not be far.
    #[must_use]
    pub fn is_watching(&self) -> bool {
        !self.seen.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTH: Duration = Duration::from_secs(15);

    fn lease(owner: &str, beat: i64) -> Lease {
        let target_id = TargetId(uuid::Uuid::from_u128(1));
        Lease {
            target_id,
            owner: Some(owner.to_owned()),
            fence: 1,
            beat: Some(beat),
        }
    }
    fn look(watch: &mut LeaseWatch, lease: Lease, at: u64) -> usize {
        watch
            .lost(vec![lease], "me", |_| true, Duration::from_secs(at), LENGTH)
            .len()
    }

    #[test]
    fn a_dead_owner_is_found_after_one_length_and_not_before() {
        let mut watch = LeaseWatch::default();
        assert_eq!(look(&mut watch, lease("other", 1), 100), 0);
        assert!(watch.is_watching());
        assert_eq!(look(&mut watch, lease("other", 1), 114), 0);
        assert_eq!(look(&mut watch, lease("other", 1), 115), 1);
    }

    #[test]
    fn an_owner_that_renews_is_alive_for_ever() {
        let mut watch = LeaseWatch::default();
        for beat in 0..50 {
            assert_eq!(
                look(&mut watch, lease("other", beat), beat.unsigned_abs() * 14),
                0
            );
        }
    }

    #[test]
    fn an_own_lease_without_work_is_lost_at_once() {
        let mut watch = LeaseWatch::default();
        assert_eq!(
            watch
                .lost(vec![lease("me", 1)], "me", |_| true, LENGTH, LENGTH)
                .len(),
            0
        );
        assert_eq!(
            watch
                .lost(vec![lease("me", 1)], "me", |_| false, LENGTH, LENGTH)
                .len(),
            1
        );
    }
}
