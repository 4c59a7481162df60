//! The publisher over a real store, with a clock that the tests own and networks in memory.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has to fail"
)]

mod bad_days;
mod commenting;
mod holding;
mod lacking;
mod lateness;
mod money;
mod person;
mod placing;
mod rescue;
mod restoring;
mod retrying;
mod sending;
mod stage;
mod unconfirmed;
