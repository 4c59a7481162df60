//! The HTTP host: other programs work with Almanac through the five contracts they speak already.
//!
//! The way of a request: `host` takes the connection and cuts slow ones; `guard` looks at `Host` and
//! `Origin`, gives it a number and writes the access log; `pipeline` knows the key, counts it against
//! its limits, reads the body within bounds and makes sure that a named request is done once; a module
//! of `dialect` translates it to commands of `app` and the answer back. There is no rule of the
//! product in here.
//!
//! [`routes`] is the one list of routes. The router, the description, `docs/api.md` and the
//! check against the contracts are made from it. [`doors`] is the same for what Almanac has beside the contracts.

mod access;
mod almanac;
mod answers;
mod arriving;
mod call;
mod compose;
mod contract;
mod dialect;
pub mod doors;
mod events;
mod fault;
mod files;
mod following;
mod guard;
mod hooks;
mod host;
mod limits;
mod listen;
mod mcp;
pub mod media;
mod metrics;
mod once;
pub mod openapi;
mod options;
pub mod owner;
pub mod page;
mod pipeline;
pub mod routes;
mod screen;
mod sheet;
mod signing_in;
mod times;
mod tls;
mod transfer;
mod world;

pub use arriving::Pace;
pub use contract::Contract;
pub use following::follow;
pub use host::{Outside, Running, Server, ServerConfig, ServerError};
pub use limits::Rates;
pub use mcp::{McpError, serve_over};
pub use screen::Screen;
pub use tls::{Tls, TlsError};
