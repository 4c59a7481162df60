//! The program itself, as its binary: on a data folder of its own, with networks that the sandbox plays.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod afar;
#[path = "../../../server/tests/api/client.rs"]
mod client;
mod ending;
mod examples;
mod folder;
mod mcp;
mod opening;
mod outside;
#[path = "../../../server/tests/api/printed.rs"]
mod printed;
mod screen;
#[path = "../../../server/tests/api/shape.rs"]
mod shape;
mod support;
mod watching;
mod words;
