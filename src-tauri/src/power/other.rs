//! Where no signal of the system is used: the publisher notices sleep by the clock.

/// The machine's sleep.
pub struct Power;

impl Power {
    /// Nothing to connect to.
    pub async fn connect(_resumed: impl Fn() + Send + 'static) -> Self {
        Self
    }

    /// Not asked for on this system.
    pub async fn keep_awake(&mut self, _wanted: bool) {}
}
