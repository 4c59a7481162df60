//! How many requests a key may make in an hour, and the headers that say so.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use model::{KeyId, Timestamp};

use crate::fault::Fault;

/// Length of a window.
const WINDOW: Duration = Duration::from_hours(1);
/// Keys remembered at most; windows that are over go first.
const MOST: usize = 10_000;

/// Limits of an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Requests of a key.
    pub requests: u32,
    /// Posts of a key that go out or are scheduled.
    pub posts: u32,
    /// Files of a key.
    pub media: u32,
    /// Requests of all who show no good key, together.
    pub strangers: u32,
}

impl Default for Rates {
    /// As the contracts document them.
    fn default() -> Self {
        Self {
            requests: 1_000,
            posts: 100,
            media: 50,
            strangers: 1_000,
        }
    }
}

/// Whose requests are counted together. Nobody can use up what is another's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    /// Those with a key, and those at addresses that were given to it.
    Key(KeyId),
    /// Those of a registered program that asks for a key or renews one, by its identifier.
    Program(String),
    /// Those of all who show nothing that is good.
    Strangers,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Bucket {
    /// Every request.
    Requests,
    /// Posts that go out or are scheduled.
    Posts,
    /// Files.
    Media,
}

/// Where a count stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count {
    /// Most in the window.
    pub limit: u32,
    /// How many are left.
    pub remaining: u32,
    /// When the window is over.
    pub reset: Timestamp,
    /// Seconds until then, rounded up.
    pub wait: u64,
    /// This one was too many.
    pub over: bool,
}

impl Count {
    /// Writes the headers, unless another count stands there already.
    pub fn write(&self, headers: &mut HeaderMap) {
        if headers.contains_key("x-ratelimit-limit") {
            return;
        }
        let reset = self.reset.as_millis().div_euclid(1_000);
        headers.insert("x-ratelimit-limit", HeaderValue::from(self.limit));
        headers.insert("x-ratelimit-remaining", HeaderValue::from(self.remaining));
        headers.insert("x-ratelimit-reset", HeaderValue::from(reset));
        headers.insert("x-ratelimit-retry-after", HeaderValue::from(self.wait));
        if self.over {
            headers.insert("retry-after", HeaderValue::from(self.wait));
        }
    }
}

struct Window {
    began: Timestamp,
    used: u32,
}

/// The counts of all keys.
pub(crate) struct Limits {
    rates: Rates,
    windows: Mutex<HashMap<(Who, Bucket), Window>>,
}

impl Limits {
    /// Nothing counted yet.
    pub fn new(rates: Rates) -> Self {
        Self {
            rates,
            windows: Mutex::default(),
        }
    }

    /// Counts one, and refuses it when it is too many.
    pub fn take(&self, who: Who, bucket: Bucket, now: Timestamp) -> Result<Count, Fault> {
        let count = self.count(who, bucket, now);
        if count.over {
            return Err(Fault::too_many(count));
        }
        Ok(count)
    }

    /// Counts one.
    pub fn count(&self, who: Who, bucket: Bucket, now: Timestamp) -> Count {
        self.look(who, bucket, now, 1)
    }

    /// How it stands, without counting.
    pub fn stands(&self, who: Who, bucket: Bucket, now: Timestamp) -> Count {
        self.look(who, bucket, now, 0)
    }

    fn look(&self, who: Who, bucket: Bucket, now: Timestamp, more: u32) -> Count {
        let limit = match (&who, bucket) {
            (Who::Strangers, _) => self.rates.strangers,
            (_, Bucket::Requests) => self.rates.requests,
            (_, Bucket::Posts) => self.rates.posts,
            (_, Bucket::Media) => self.rates.media,
        };
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= MOST {
            windows.retain(|_, window| now.since(window.began) < WINDOW);
        }
        let window = windows.entry((who, bucket)).or_insert(Window {
            began: now,
            used: 0,
        });
        // A clock that was set back begins anew as well: nobody waits longer than an hour.
        if now.since(window.began) >= WINDOW || now < window.began {
            *window = Window {
                began: now,
                used: 0,
            };
        }
        let over = more > 0 && window.used >= limit;
        if !over {
            window.used += more;
        }
        let reset = window.began.plus(WINDOW);
        let wait = (reset.since(now).as_millis() as u64).div_ceil(1_000);
        Count {
            limit,
            remaining: limit - window.used,
            reset,
            wait,
            over,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    #[test]
    fn one_too_many_waits_for_the_end_of_the_hour() {
        let rates = Rates {
            requests: 2,
            ..Rates::default()
        };
        let limits = Limits::new(rates);
        let key = Who::Key(KeyId(uuid::Uuid::nil()));
        let count = |now| limits.count(key.clone(), Bucket::Requests, at(now));
        assert_eq!(count(0).remaining, 1);
        assert_eq!(count(10).remaining, 0);
        let over = count(20);
        assert!(over.over);
        assert_eq!((over.wait, over.reset), (3_580, at(3_600)));
        let mut headers = HeaderMap::new();
        over.write(&mut headers);
        assert_eq!(headers["retry-after"], "3580");
        assert_eq!(headers["x-ratelimit-reset"], "3600");
        assert!(!count(3_600).over);
        // Others are not touched by it, and looking counts nothing.
        let strangers = || limits.stands(Who::Strangers, Bucket::Requests, at(20));
        assert!(!strangers().over);
        assert_eq!(strangers().remaining, strangers().limit);
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out() {
        let limits = Limits::new(Rates {
            strangers: 1,
            ..Rates::default()
        });
        let count = |now| limits.count(Who::Strangers, Bucket::Requests, at(now));
        count(1_000_000);
        assert!(!count(5).over);
    }
}
