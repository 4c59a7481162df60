//! The store on real files in temporary folders, with a clock the tests own.
#![allow(missing_docs, reason = "tests name what they show")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail as tests do"
)]

mod activity;
mod calling_off;
mod fixture;
mod guards;
mod history;
mod history_random;
mod library;
mod lists;
mod looked_for;
mod migrating;
mod money;
mod opening;
mod parts_out;
mod portable;
mod posts;
mod schema;
mod searching;
mod shelf;
mod webhooks;
mod working_copies;
