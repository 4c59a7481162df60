//! The suite every connector passes: whatever a network does, a post is there once or the truth is
//! told about it.
//!
//! A network brings a [`Bench`]: its connector over a sandbox that can be put into [`Trouble`]. The
//! suite asks the catalogue entry what the network can and adds its cases, drives each delivery as
//! the publisher does, and compares what the connector says with what the sandbox holds.
//!
//! What the suite holds every connector to:
//! - *certainly not sent* means that the sandbox holds nothing beyond the steps that are recorded;
//! - *sent* means that it holds everything, once;
//! - *uncertain* is resolved by `confirm`, and sending again after `Absent` never doubles anything;
//! - a finished step has the key under which it was announced by `about_to_show`, and is never done
//!   again after a restart at any step;
//! - each trouble has its category, and no secret stands in any message, step or handle.

mod basics;
mod bluesky;
mod cases;
mod commenting;
mod content;
mod discord;
mod driver;
mod every;
mod expect;
mod facebook;
mod filled;
mod folder;
mod graph;
mod handoff;
mod http;
mod instagram;
mod linkedin;
mod mastodon;
mod nostr;
mod pinterest;
mod placing;
mod reddit;
mod slack;
mod telegram;
mod threads;
mod tiktok;
mod webhook;
mod wordpress;
mod x;
mod youtube;

use std::fmt;

use async_trait::async_trait;
use model::Timestamp;
use model::account::Account;
use networks::catalogue::{Confirms, Entry};
use networks::connector::{Connector, SignInFields};

use sandbox::Canned;

pub use bluesky::{BlueskyBench, form};
pub use cases::{holds, run};
pub use content::Content;
pub use discord::DiscordBench;
pub use driver::{Death, Log};
pub use every::{EVERY, Stand};
pub use facebook::FacebookBench;
pub use filled::filled;
pub use folder::FolderBench;
pub use graph::{form as token_form, refused as graph_refused};
pub use handoff::HandOffBench;
pub use http::{Words, closed_port, http, shared_http};
pub use instagram::{InstagramBench, page_form};
pub use linkedin::LinkedInBench;
pub use mastodon::MastodonBench;
pub use nostr::NostrBench;
pub use pinterest::PinterestBench;
pub use reddit::RedditBench;
pub use slack::SlackBench;
pub use telegram::TelegramBench;
pub use threads::ThreadsBench;
pub use tiktok::TikTokBench;
pub use webhook::WebhookBench;
pub use wordpress::WordPressBench;
pub use x::XBench;
pub use youtube::YouTubeBench;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// Nobody listens at the server's port.
    Refused,
    /// The connection closes before the call has an effect.
    CutBefore,
    /// The connection closes after the call had its effect.
    CutAfter,
    /// The connection closes in the middle of the call, before it has an effect.
    CutInBody,
    /// The connection closes in the middle of the answer, after the call had its effect.
    CutInAnswer,
    /// No answer within the time limit, and no effect.
    SilentBefore,
    /// No answer within the time limit, and the call had its effect.
    SilentAfter,
    /// Signed out, and renewing does not help.
    Unauthorized,
    /// Not allowed.
    Forbidden,
    /// Too many requests, with the time when it ends.
    WaitUntil,
    /// Too many requests, without a time.
    Wait,
    /// The server's own trouble, without an effect.
    ServerError,
    /// The server's own trouble after the call had its effect.
    ServerErrorAfter,
    /// A web page in place of the answer, without an effect.
    Page,
    /// A web page in place of the answer after the call had its effect.
    PageAfter,
    /// An answer that breaks off after the call had its effect.
    BrokenAnswer,
    /// The access token ended; renewing helps.
    AccessEnded,
    /// The whole session ended.
    SessionEnded,
    /// The server lost an uploaded file.
    MediaLost,
    /// The server takes smaller files than most.
    MediaTooLarge,
    /// The network holds something else under the chosen name.
    Duplicate,
    /// The account was deleted.
    AccountGone,
    /// No room on the disk.
    StoreFull,
    /// The folder is not there.
    PlaceGone,
    /// The folder may not be written to.
    NotWritable,
    /// The disk reports a failure after it wrote.
    FailsAfterWriting,
}

impl Trouble {
    /// The fixed list.
    pub const ALL: [Self; 26] = [
        Self::Refused,
        Self::CutBefore,
        Self::CutAfter,
        Self::CutInBody,
        Self::CutInAnswer,
        Self::SilentBefore,
        Self::SilentAfter,
        Self::Unauthorized,
        Self::Forbidden,
        Self::WaitUntil,
        Self::Wait,
        Self::ServerError,
        Self::ServerErrorAfter,
        Self::Page,
        Self::PageAfter,
        Self::BrokenAnswer,
        Self::AccessEnded,
        Self::SessionEnded,
        Self::MediaLost,
        Self::MediaTooLarge,
        Self::Duplicate,
        Self::AccountGone,
        Self::StoreFull,
        Self::PlaceGone,
        Self::NotWritable,
        Self::FailsAfterWriting,
    ];
}

/// At which call it goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// A call that uploads a file.
    Upload,
    /// The call that shows part `n` of a post, from 0.
    Show(usize),
}

/// A connector over its sandbox, fresh for each case.
#[async_trait]
pub trait Bench: Send + Sync {
    /// The connector. Its time limits are short.
    fn connector(&self) -> &dyn Connector;
    /// What a person types to sign in.
    fn sign_in(&self) -> SignInFields;
    /// What does not sign in, each for a reason of its own.
    fn wrong_sign_ins(&self) -> Vec<SignInFields>;
    /// Puts the sandbox into trouble at a call; false when that cannot happen on this network.
    fn order(&self, trouble: Trouble, at: At) -> bool;
    /// Where faults are ordered call by call, and the wire that can be cut; none where nothing is called.
    fn faults(&self) -> Option<&sandbox::Faults> {
        None
    }
    /// From now on the server counts files as the real one does, where it was made to count smaller ones.
    fn true_to_size(&self) {}
    /// Ends a trouble that lasts.
    fn mend(&self);
    /// The account as it looks when nobody listens at its server; none where there is no server.
    fn unreachable(&self, account: &Account) -> Option<Account>;
    /// How many things are visible on the network.
    fn visible(&self) -> usize;
    /// How many things were ever made visible, deleted ones included.
    fn ever_made(&self) -> usize;
    /// How many visible things a post of so many parts makes.
    fn units(&self, parts: usize) -> usize;
    /// Options every job gets, such as the board a network needs.
    fn options(&self) -> serde_json::Map<String, serde_json::Value> {
        serde_json::Map::new()
    }
    /// What the network can with the account this bench signs in: some have a way to sign in with
    /// which they can less.
    fn entry(&self) -> Entry {
        self.connector().entry().clone()
    }
    /// Whether the person is asked in doubt since the network cannot be looked at.
    fn asks(&self) -> bool {
        self.entry().confirms == Confirms::AskPerson
    }
    /// Sets the network's clock, where it holds posts until their time: what is due by then is published.
    fn set_clock(&self, _at: Timestamp) {}
    /// How many posts the network holds until their time.
    fn held(&self) -> usize {
        0
    }
    /// How many things everybody can see.
    fn out(&self) -> usize {
        self.visible()
    }
    /// Somebody deletes on the network itself what it holds.
    fn drop_held(&self) {}
    /// Somebody gives what it holds another time on the network itself.
    fn move_held(&self, _at: Timestamp) {}
    /// Whether the person may be asked in doubt whether the network holds something.
    fn asks_about_held(&self) -> bool {
        self.asks()
    }
    /// Whether a delivery of which every record was lost adds nothing when it goes out anew.
    fn knows_again(&self) -> bool {
        true
    }
    /// Comments below what is visible.
    fn comments(&self) -> Vec<String> {
        vec![]
    }
    /// The call that writes a comment, as faults are ordered for it.
    fn comment_call(&self) -> &'static str {
        "POST comments"
    }
    /// How the network says that this account may not comment.
    fn comment_refused(&self) -> Canned {
        Canned::json(403, &serde_json::json!({ "message": "Forbidden" }))
    }
    /// Texts that must never be told to anybody.
    fn secrets(&self) -> Vec<String>;
}

/// What a run of the suite did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The network.
    pub network: String,
    /// Names of the cases that ran.
    pub ran: Vec<String>,
    /// Names of the cases that cannot happen on this network.
    pub skipped: Vec<String>,
    /// What did not hold, each with its case.
    pub failures: Vec<String>,
}

impl Report {
    /// Whether cases ran and everything held.
    #[must_use]
    pub fn holds(&self) -> bool {
        !self.ran.is_empty() && self.failures.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {} cases ran, {} skipped by capability, {} failures",
            self.network,
            self.ran.len(),
            self.skipped.len(),
            self.failures.len()
        )?;
        for failure in &self.failures {
            writeln!(f, "  {failure}")?;
        }
        Ok(())
    }
}
