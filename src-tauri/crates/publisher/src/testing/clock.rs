//! A clock that stands still until a test moves it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use model::{Clock, Timestamp};
use tokio::sync::{oneshot, watch};

use crate::timer::Timer;

/// Where test time begins: 2026-05-14 07:00 UTC, a Thursday.
pub const START: Timestamp = Timestamp::from_millis(1_778_742_000_000);

struct State {
    wall: Timestamp,
    steady: Duration,
    waiters: Vec<(Duration, oneshot::Sender<()>)>,
}

/// Wall clock, steady clock and timer in one, moved by the test alone.
pub struct TestClock {
    state: Mutex<State>,
    waiting: watch::Sender<usize>,
}

impl Default for TestClock {
    fn default() -> Self {
        Self::new()
    }
}

impl TestClock {
    /// A clock that shows [`START`].
    #[must_use]
    pub fn new() -> Self {
        Self::at(START)
    }

    /// A clock that shows this instant.
    #[must_use]
    pub fn at(wall: Timestamp) -> Self {
        let state = State {
            wall,
            steady: Duration::ZERO,
            waiters: Vec::new(),
        };
        Self {
            state: Mutex::new(state),
            waiting: watch::Sender::new(0),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Time goes by: both clocks move, and waits that are over end.
    pub fn advance(&self, span: Duration) {
        let over: Vec<(Duration, oneshot::Sender<()>)> = {
            let mut state = self.state();
            state.wall = state.wall.plus(span);
            state.steady += span;
            let now = state.steady;
            let (over, left) = std::mem::take(&mut state.waiters)
                .into_iter()
                .partition(|(at, _)| *at <= now);
            state.waiters = left;
            self.waiting.send_replace(state.waiters.len());
            over
        };
        for (_, waiter) in over {
            // The one who waited may have gone away.
            waiter.send(()).ok();
        }
    }

    /// Somebody sets the wall clock; no time goes by.
    pub fn set(&self, wall: Timestamp) {
        self.state().wall = wall;
    }

    /// The machine sleeps: the wall clock moves on, running time stands still.
    pub fn suspend(&self, span: Duration) {
        let mut state = self.state();
        state.wall = state.wall.plus(span);
    }

    /// Returns as soon as at least `count` waits are open.
    pub async fn waiters(&self, count: usize) {
        // The sender lives as long as this clock, so the wait cannot fail.
        self.waiting
            .subscribe()
            .wait_for(|open| *open >= count)
            .await
            .ok();
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        self.state().wall
    }

    fn monotonic(&self) -> Duration {
        self.state().steady
    }
}

#[async_trait]
impl Timer for TestClock {
    async fn sleep(&self, span: Duration) {
        // A wait for nothing is over on any clock: time may have gone by since it was reckoned.
        if span.is_zero() {
            tokio::task::yield_now().await;
            return;
        }
        let (end, ended) = oneshot::channel();
        {
            let mut state = self.state();
            // Waits that were given up would pile up over a long test.
            state.waiters.retain(|(_, waiter)| !waiter.is_closed());
            let at = state.steady + span;
            state.waiters.push((at, end));
            self.waiting.send_replace(state.waiters.len());
        }
        ended.await.ok();
    }
}
