//! What the networks of one company have in common: the Graph interface, its errors and the headers
//! in which it says how much of a budget is used, tokens that are prolonged while they live, posts
//! that are made in two phases, and files that it fetches from a public address.

pub mod client;
pub mod containers;
pub mod door;
pub mod errors;
pub mod hosting;
pub mod pages;
pub mod text;
pub mod tokens;
pub mod usage;

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
