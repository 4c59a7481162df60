//! What happened, what needs the person, the bin.

use model::post::{Attempt, FirstComment};
use model::status::ShownStatus;
use model::{AccountId, PostId, TargetId, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::types::programs::AskSeen;

/// Read what happened.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ActivityQuery {
    /// Only what happened before this entry; the newest when missing.
    #[serde(default)]
    pub before: Option<String>,
    /// Only entries that need the person now.
    pub only_needs_person: bool,
    /// At most this many, 1 to 200.
    pub limit: u32,
}

/// One line of what happened: an attempt with its post.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ActivityEntry {
    /// Cursor of this entry.
    pub cursor: String,
    /// The post.
    pub post_id: PostId,
    /// Its first words.
    pub words: String,
    /// The account.
    pub account_id: AccountId,
    /// The target as it stands now.
    pub state: model::delivery::DeliveryState,
    /// The post's status as it stands now.
    pub status: ShownStatus,
    /// Address on the network.
    pub url: Option<String>,
    /// Which of the few tries comes next, from 1; none where nothing is tried again by itself.
    pub next_try: Option<u32>,
    /// The attempt.
    pub attempt: Attempt,
    /// What became of the first comment, on the attempt that published the post.
    pub first_comment: Option<FirstComment>,
}

/// A page of what happened.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// Newest first.
    pub entries: Vec<ActivityEntry>,
    /// There is more.
    pub more: bool,
}

/// The same trouble on one or many posts.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Trouble {
    /// What it is.
    pub kind: TroubleKind,
    /// What did not happen, why, what is safe, what happens next.
    pub message: String,
    /// Words of the network, for *Details*.
    pub detail: Option<String>,
    /// The account.
    pub account_id: Option<AccountId>,
    /// The posts, oldest first, at most 200.
    pub posts: Vec<TroublePost>,
    /// How many posts there are in all.
    pub count: u32,
}

/// A post in trouble.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TroublePost {
    /// The post.
    pub id: PostId,
    /// The target.
    pub target_id: TargetId,
    /// First words.
    pub words: String,
    /// When it was due.
    pub at: Option<Timestamp>,
    /// What a program asks for; an answer says it again. Missing in other trouble.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub asked: Option<AskSeen>,
}

/// Kinds of trouble; each has its own buttons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TroubleKind {
    /// Look at the network: is it there? *It is there*, *Send again*, *Give up*.
    Unconfirmed,
    /// Handed over: *Copy the text*, *Open the folder*, *I posted it*, *Give up*.
    YourTurn,
    /// The month's budget for paid calls does not hold it: *Raise the budget*, *Try now*.
    OverBudget,
    /// *Try now*, *Edit*.
    Failed,
    /// Published, and its first comment is not there: *Write it again*, *Leave it*.
    NotCommented,
    /// *Send now*, *Give a new time*.
    Missed,
    /// An edit was open at the minute: *Send the edited one*, *Send the old one*.
    HeldEdit,
    /// A program whose key may not publish asks for it: *Let it go out*, *Leave it*.
    Asked,
    /// *Connect again*.
    Reconnect,
    /// The keyring is locked or absent.
    Vault,
}

/// What needs the person.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Troubles {
    /// Worst first.
    pub troubles: Vec<Trouble>,
}

/// Something in the bin.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BinEntry {
    /// What it is.
    pub subject: model::change::Subject,
    /// Its identifier.
    pub id: String,
    /// Its name or first words.
    pub words: String,
    /// When it went there.
    pub deleted_at: Timestamp,
    /// When it is gone for good.
    pub gone_at: Timestamp,
}

/// The bin, newest first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Bin {
    /// What is in it.
    pub entries: Vec<BinEntry>,
}

/// Things of the bin.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BinItems {
    /// Subject and identifier of each.
    pub items: Vec<BinItem>,
}

/// One thing of the bin.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BinItem {
    /// What it is.
    pub subject: model::change::Subject,
    /// Its identifier.
    pub id: String,
}
