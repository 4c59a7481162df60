//! The publisher over a real store, with a clock that the tests own and networks in memory.

mod holding;
mod lateness;
mod person;
mod rescue;
mod retrying;
mod sending;
mod stage;
mod unconfirmed;
