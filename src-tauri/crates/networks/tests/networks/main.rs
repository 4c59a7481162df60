//! Every network over its sandbox, and over real servers where they are at hand. One program, so that it is
//! linked once and its waiting overlaps.

mod bluesky;
mod bluesky_names;
mod bluesky_video;
mod conformance;
mod discord;
mod facebook;
mod folder;
mod handoff;
mod http;
mod instagram;
mod later;
mod linkedin;
mod mastodon;
mod nostr;
mod nostr_relay;
mod oidc;
mod pds;
mod pinterest;
mod public_files;
mod reddit;
mod slack;
mod telegram;
mod threads;
mod tiktok;
mod tokens;
mod webhook;
mod wordpress;
mod wordpress_site;
mod world;
mod x;
mod youtube;
