//! The program itself, as its binary: on a data folder of its own, with networks that the sandbox plays.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod afar;
mod ending;
mod examples;
mod folder;
mod mcp;
mod opening;
mod outside;
mod screen;
mod support;
mod unit;
mod watching;
mod words;
