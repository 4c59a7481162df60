//! What tests stand on: sandboxes that speak a network's documented contract and break it on
//! purpose, the suite every connector passes, the printed examples of the contracts, and real servers: the
//! reference server of Bluesky, a WordPress, a relay of Nostr. Never shipped.

pub mod browser;
pub mod conformance;
pub mod desk;
pub mod disk;
pub mod fakes;
pub mod film;
pub mod mcp;
pub mod moved_clock;
pub mod oidc;
pub mod patience;
pub mod pds;
pub mod printed;
pub mod python;
pub mod receiver;
pub mod relay;
#[cfg(unix)]
pub mod wordpress;
pub use sandbox;

#[cfg(feature = "whole")]
pub mod app;
#[cfg(feature = "whole")]
pub mod app_network;
#[cfg(feature = "whole")]
pub mod figures;
#[cfg(feature = "whole")]
pub mod many;
#[cfg(feature = "whole")]
pub mod sweep;
