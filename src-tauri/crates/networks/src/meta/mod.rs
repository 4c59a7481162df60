//! What the networks of one company have in common: the Graph interface, its errors and the headers
//! in which it says how much of a budget is used, tokens that are prolonged while they live, and
//! posts that are made in two phases.

pub mod client;
pub mod comments;
pub mod containers;
pub mod door;
pub mod errors;
pub mod pages;
pub mod pass;
pub mod text;
pub mod tokens;
pub mod usage;

pub use crate::waiting::Patience;
