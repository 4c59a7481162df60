//! One row for each network, and one for each other way to sign in that publishes by other calls: how
//! one signs in at its sandbox, and a post that fits it.

use anyhow::Result;
use testkit::sandbox::{
    bluesky, discord, facebook, instagram, linkedin, mastodon, nostr, pinterest, reddit, slack,
    telegram, threads, tiktok, webhook, wordpress, x, youtube,
};

/// What is attached to a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attached {
    Nothing,
    Picture,
    Video,
}

/// A choice among what the network offers: the option, letters to find it by, the choice.
pub type LookUp = (&'static str, &'static str, &'static str);

/// How a network is tried.
pub struct Row {
    /// Key of the network.
    pub key: &'static str,
    /// Key of the way to sign in.
    pub way: &'static str,
    /// What is filled in, by the names of the catalogue.
    pub fields: Vec<(&'static str, String)>,
    /// Gets the fields of a public folder as well.
    pub hosts: bool,
    /// What the post needs besides text.
    pub attached: Attached,
    /// What has to be chosen for the post.
    pub look_up: Option<LookUp>,
    /// Posts stay there: this way to sign in lets a program delete nothing.
    pub stays: bool,
    /// The sandbox's origin; empty where none stands in for the network's own servers.
    pub origin: String,
    /// How many posts the sandbox ever took, and how many it shows now.
    pub count: Box<dyn Fn() -> (usize, usize)>,
}

impl Row {
    fn hosted(self) -> Self {
        Self {
            hosts: true,
            ..self
        }
    }

    fn with(self, attached: Attached) -> Self {
        Self { attached, ..self }
    }

    fn staying(self) -> Self {
        Self {
            stays: true,
            ..self
        }
    }

    fn choosing(self, look_up: LookUp) -> Self {
        Self {
            look_up: Some(look_up),
            ..self
        }
    }
}

/// A row: the network, its way, what is filled in, and how posts are counted (ever made, shown now).
macro_rules! row {
    ($key:ident, $way:literal, |$sandbox:ident| {$($field:literal: $value:expr),* $(,)?}, $made:expr, $shown:expr) => {{
        let $sandbox = $key::Sandbox::start().await?;
        Row {
            key: stringify!($key),
            way: $way,
            fields: vec![$(($field, String::from($value))),*],
            hosts: false,
            attached: Attached::Nothing,
            look_up: None,
            stays: false,
            origin: $sandbox.origin(),
            count: Box::new(move || ($made, $shown)),
        }
    }};
}

/// Every network but those that need no server.
pub async fn rows() -> Result<Vec<Row>> {
    Ok(vec![
        row!(bluesky, "app_password", |s| {"identifier": s.ana().handle, "password": s.ana().password, "server": s.origin()}, s.posts_made(), s.posts().len())
            .with(Attached::Picture),
        row!(mastodon, "oauth", |s| {"server": s.origin()}, s.made(), s.posts().len())
            .with(Attached::Picture),
        row!(x, "oauth", |s| {"clientId": x::CLIENT}, s.made(), s.posts().len())
            .with(Attached::Picture),
        row!(linkedin, "oauth", |s| {"clientId": linkedin::CLIENT, "clientSecret": linkedin::SECRET}, s.made(), s.posts().len())
            .with(Attached::Picture),
        row!(facebook, "oauth", |s| {"client_id": s.app().id, "client_secret": s.app().secret}, s.made(), s.posts().len())
            .with(Attached::Picture),
        row!(instagram, "page", |s| {"page_client_id": s.page_app().id, "page_client_secret": s.page_app().secret}, s.made(), s.posts().len())
            .hosted().with(Attached::Picture),
        row!(threads, "oauth", |s| {"client_id": s.app().id, "client_secret": s.app().secret}, s.made(), s.posts().len())
            .hosted().with(Attached::Picture),
        row!(youtube, "oauth", |s| {"clientId": youtube::CLIENT, "clientSecret": youtube::SECRET}, s.made(), s.videos().len())
            .with(Attached::Video),
        row!(pinterest, "oauth", |s| {"client_id": pinterest::CLIENT_ID, "client_secret": pinterest::CLIENT_SECRET}, s.made(), s.pins().len())
            .with(Attached::Picture).choosing(("board", "Re", "Recipes")),
        row!(tiktok, "oauth", |s| {"clientKey": tiktok::CLIENT, "clientSecret": tiktok::SECRET}, s.made(), s.posts().len())
            .with(Attached::Video).choosing(("privacy", "Ev", "Everyone")),
        row!(reddit, "oauth", |s| {"clientId": reddit::CLIENT, "owner": reddit::OWNER}, s.made(), s.posts().len())
            .choosing(("community", "te", "r/test")),
        row!(telegram, "token", |s| {"token": telegram::TOKEN, "chat": telegram::CHANNEL}, s.made(), s.posts().len())
            .with(Attached::Picture),
        row!(discord, "webhook", |s| {"address": s.address(discord::WEBHOOK)}, s.made(), s.posts().len())
            .with(Attached::Picture),
        row!(slack, "token", |s| {"token": slack::TOKEN}, s.made(), s.posts().len())
            .with(Attached::Picture),
        row!(wordpress, "app_password", |s| {"site": s.origin(), "user": s.ana().login, "password": s.ana().password}, s.made(), s.posts().len()),
        row!(nostr, "key", |s| {"key": s.secret(), "relays": s.relay()}, s.made(), s.posts().len()),
        row!(webhook, "address", |s| {"address": s.address(), "secret": s.secret(), "private": "true"}, s.posts().len(), s.posts().len()),
    ])
}

/// The other ways to sign in with which a network is published to by other calls.
pub async fn other_ways() -> Result<Vec<Row>> {
    Ok(vec![
        row!(linkedin, "oauth_pages", |s| {"clientId": linkedin::PAGES_CLIENT, "clientSecret": linkedin::SECRET}, s.made(), s.posts().len())
            .with(Attached::Picture),
        row!(discord, "bot", |s| {"token": discord::BOT_TOKEN, "channel": discord::CHANNEL}, s.made(), s.posts().len())
            .with(Attached::Picture),
        row!(slack, "webhook", |s| {"address": s.address(), "name": "#news"}, s.made(), s.posts().len())
            .staying(),
    ])
}
