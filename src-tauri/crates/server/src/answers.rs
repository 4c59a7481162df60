//! What was read lately, given again as long as nothing was written since: programs ask for the same list
//! over and over. A second at most, since a little of what an answer says may follow from the clock.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::Timestamp;

/// How long something is given again.
const LIFE: Duration = Duration::from_secs(1);
/// Most things that are kept.
const MOST: usize = 128;

/// A moment, as far as the store is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// How often something was written.
    pub writes: u64,
    /// The clock.
    pub now: Timestamp,
}

impl Moment {
    /// Whether what was read then is what would be read now.
    fn holds(self, now: Self) -> bool {
        // A clock that was set back makes it old as well.
        let age = now.now.as_millis().abs_diff(self.now.as_millis());
        self.writes == now.writes && u128::from(age) < LIFE.as_millis()
    }
}

/// Things by what they were asked with.
pub(crate) struct Lately<K, V>(Mutex<HashMap<K, (Moment, V)>>);

impl<K, V> Default for Lately<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq, V: Clone> Lately<K, V> {
    fn lock(&self) -> MutexGuard<'_, HashMap<K, (Moment, V)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was read for this, where it still holds.
    pub fn get(&self, asked: &K, now: Moment) -> Option<V> {
        let all = self.lock();
        let (then, value) = all.get(asked)?;
        then.holds(now).then(|| value.clone())
    }

    /// Keeps what was read. The moment is the one before it was read.
    pub fn put(&self, asked: K, then: Moment, value: V) {
        let mut all = self.lock();
        if all.len() >= MOST {
            all.retain(|_, (kept, _)| kept.holds(then));
        }
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(asked, (then, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(writes: u64, millis: i64) -> Moment {
        Moment {
            writes,
            now: Timestamp::from_millis(millis),
        }
    }

    #[test]
    fn it_holds_for_a_second_and_until_something_is_written() {
        let lately = Lately::default();
        lately.put("list", moment(7, 10_000), 1);
        assert_eq!(lately.get(&"list", moment(7, 10_999)), Some(1));
        assert_eq!(lately.get(&"other", moment(7, 10_000)), None);
        assert_eq!(lately.get(&"list", moment(8, 10_000)), None);
        assert_eq!(lately.get(&"list", moment(7, 11_000)), None);
        assert_eq!(lately.get(&"list", moment(7, 9_000)), None);
    }

    #[test]
    fn only_so_much_is_kept() {
        let lately = Lately::default();
        for n in 0..10 * MOST {
            lately.put(n, moment(0, 0), n);
        }
        assert!(lately.lock().len() <= MOST);
        assert_eq!(
            lately.get(&(10 * MOST - 1), moment(0, 0)),
            Some(10 * MOST - 1)
        );
    }
}
