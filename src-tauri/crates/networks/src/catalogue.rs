//! What a network can do, as data that the screen, the API and the checks read.

mod common;
mod forms;
mod limits;
pub mod page;

use model::quota::{Limit, Span};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use common::{FirstComment, OPTION_FIRST_COMMENT, OPTION_NATIVE, wants_native};
pub use forms::{
    Browser, FieldKind, OptionField, Redirect, ShownWhen, SignIn, SignInField, SignInMethod,
};
pub use limits::{
    CaptionFormat, CaptionLanguages, CaptionLimits, Cover, FileLimits, NativeSchedule, Price,
    PricedFor, VideoKind, VideoLimits,
};

/// A network in the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Entry {
    /// Key, such as `bluesky`; stable for ever.
    pub key: String,
    /// Its name, such as `Bluesky`.
    pub name: String,
    /// How much of the network the program serves.
    pub support: Support,
    /// What kinds of content it publishes.
    pub publishes: Publishes,
    /// Limits of text.
    pub text: TextLimits,
    /// Limits of pictures; none when it takes none.
    pub images: Option<ImageLimits>,
    /// Limits of videos; none when it takes none.
    pub video: Option<VideoLimits>,
    /// Limits of other files, such as documents; none when it takes none.
    pub files: Option<FileLimits>,
    /// Options a person may set per target.
    pub options: Vec<OptionField>,
    /// How one signs in: fields of the form.
    pub sign_in: SignIn,
    /// How an unknown send is decided.
    pub confirms: Confirms,
    /// Whether a published post can be deleted through the network.
    pub can_delete: bool,
    /// Most targets sent to one account in an hour and a day; none when the network names no number.
    pub quota: Quota,
    /// Limits besides: of some posts only, or of something else than posts.
    pub more_limits: Vec<Limit>,
    /// What its calls cost; empty where they cost nothing.
    pub prices: Vec<Price>,
    /// Whether it can keep a post and publish it by itself; none when it cannot.
    pub native_schedule: Option<NativeSchedule>,
    /// Whether a program may write the first comment below a post of its own account; none when it may
    /// not, or where posts in a row do the same.
    pub first_comment: Option<FirstComment>,
    /// What it fetches from a public address instead of taking it as bytes, such as `photos`; none when it
    /// takes everything.
    pub fetches: Option<String>,
    /// What it holds against the same text on several of its accounts, as a sentence; none where it does not
    /// mind.
    pub same_text_on_several_accounts: Option<String>,
    /// Names of the numbers it gives.
    pub metrics: Vec<String>,
    /// Whether people can be looked up by name for a mention in a text
    /// ([`Connector::choices`](crate::connector::Connector::choices) under `mention`).
    pub finds_people: bool,
    /// Whether a preview can be exact; otherwise it is marked "about like this".
    pub exact_preview: bool,
    /// Whether sending needs the internet.
    pub needs_internet: bool,
    /// Notes for people, one sentence each.
    pub notes: Vec<String>,
}

impl Entry {
    /// An entry that publishes plain text without limits and asks the person in doubt: what differs is
    /// filled in by each network.
    #[must_use]
    pub fn plain(key: &str, name: &str) -> Self {
        Self {
            key: key.to_owned(),
            name: name.to_owned(),
            support: Support::Full,
            publishes: Publishes {
                text: true,
                ..Publishes::default()
            },
            text: TextLimits {
                unit: CountUnit::Graphemes,
                max: None,
                max_bytes: None,
                link: None,
            },
            images: None,
            video: None,
            files: None,
            options: vec![],
            sign_in: SignIn { methods: vec![] },
            confirms: Confirms::AskPerson,
            can_delete: false,
            quota: Quota::default(),
            more_limits: vec![],
            prices: vec![],
            native_schedule: None,
            first_comment: None,
            fetches: None,
            same_text_on_several_accounts: None,
            metrics: vec![],
            finds_people: false,
            exact_preview: false,
            needs_internet: true,
            notes: vec![],
        }
    }

    /// Everything that limits how much one account takes in an hour and a day.
    #[must_use]
    pub fn limits(&self) -> Vec<Limit> {
        let posts = [
            (self.quota.per_hour, Span::Hour),
            (self.quota.per_day, Span::Day),
        ];
        posts
            .into_iter()
            .filter_map(|(most, span)| Some(Limit::posts(most?, span)))
            .chain(self.more_limits.iter().cloned())
            .collect()
    }

    /// What something costs, in millionths of a US dollar; none where it costs nothing.
    #[must_use]
    pub fn price(&self, of: PricedFor) -> Option<u64> {
        let price = self.prices.iter().find(|p| p.of == of)?;
        (price.micro_dollars > 0).then_some(u64::from(price.micro_dollars))
    }
}

/// How much of a network the program serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Support {
    /// Everything the network offers to programs like this one.
    Full,
    /// Some of it; the notes say what is missing.
    Partial,
    /// The program reminds and hands over; the person posts.
    HandOff,
}

/// Kinds of content a network takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Publishes {
    /// Text alone.
    pub text: bool,
    /// Pictures.
    pub images: bool,
    /// Videos.
    pub video: bool,
    /// Several segments in a row.
    pub thread: bool,
    /// A post without a picture, video or file is refused.
    pub needs_media: bool,
    /// Pictures and videos may stand in one post.
    pub mixed: bool,
    /// A post with neither text nor media is refused when false.
    pub empty: bool,
}

/// How a text is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CountUnit {
    /// Grapheme clusters (Unicode Annex 29).
    Graphemes,
    /// UTF-16 units.
    Utf16,
    /// UTF-8 bytes.
    Bytes,
}

/// Limits of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TextLimits {
    /// The unit of `max`.
    pub unit: CountUnit,
    /// Most units of one segment; none without limit.
    pub max: Option<u32>,
    /// Most UTF-8 bytes besides; none without limit.
    pub max_bytes: Option<u32>,
    /// Units that any link counts; none when it counts like other text.
    pub link: Option<u32>,
}

/// Limits of pictures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImageLimits {
    /// Most pictures of one segment.
    pub max_count: u32,
    /// Largest picture in bytes; larger ones are shrunk and re-encoded.
    #[ts(type = "number | null")]
    pub max_bytes: Option<u64>,
    /// Media types taken as they are; others are re-encoded.
    pub formats: Vec<String>,
    /// Whether pictures carry a description.
    pub alt: bool,
    /// Longest description in graphemes.
    pub max_alt: Option<u32>,
}

/// Quota of sends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Quota {
    /// Most posts in an hour on one account.
    pub per_hour: Option<u32>,
    /// Most posts in a day on one account.
    pub per_day: Option<u32>,
}

/// How an uncertain send is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Confirms {
    /// The record's id is chosen before sending: sending again is safe.
    ChosenId,
    /// The feed is read back and matched.
    ReadBack,
    /// The network drops a second send with the same key by itself, for a time.
    IdempotencyKey,
    /// Sending goes in two phases, and the second is harmless when repeated.
    TwoPhase,
    /// Only the person can tell.
    AskPerson,
}
