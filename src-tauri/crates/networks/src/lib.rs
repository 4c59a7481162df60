//! One trait, one folder per network, the catalogue, and the way secrets are kept.
//!
//! A network's quirks live in its folder and nowhere else; the registry is the only place that
//! knows which networks there are. Nothing here touches the store.

pub mod after;
pub mod api;
pub mod bluesky;
pub mod catalogue;
pub mod check;
pub mod connector;
pub mod discord;
pub mod edited;
pub mod facebook;
pub mod fitting;
pub mod folder;
pub mod handoff;
mod hex;
pub mod hidden;
pub mod hooks;
pub mod hosting;
pub mod http;
pub mod instagram;
pub mod linkedin;
pub mod locales;
pub mod looking;
pub mod marking;
pub mod mastodon;
pub mod meta;
pub mod money;
pub mod nostr;
pub mod oauth;
pub mod paging;
pub mod pinterest;
pub mod reddit;
pub mod refusal;
pub mod registry;
pub mod sending;
pub mod slack;
pub mod spotting;
pub mod telegram;
pub mod threads;
pub mod tiktok;
pub mod tokens;
pub mod vault;
pub mod video;
pub mod waiting;
pub mod webhook;
pub mod wordpress;
pub mod x;
pub mod youtube;

pub use registry::Registry;
