//! How long one waits while a network works on something.

use std::time::Duration;

/// How long one waits for the network to work on something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Between two looks.
    pub between: Duration,
    /// Looks before it is left for later.
    pub looks: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            between: Duration::from_secs(5),
            looks: 24,
        }
    }
}
