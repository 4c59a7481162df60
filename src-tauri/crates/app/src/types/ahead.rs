//! What is known ahead of sending: whether accounts are ready, how full days are, what it costs.

use jiff::civil;
use model::when::Zone;
use model::{AccountId, Timestamp, WorkspaceId};
use networks::catalogue::Entry;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What mends something that an account lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NextStep {
    /// Connect the account again.
    Reconnect,
    /// Resume publishing to it.
    Resume,
    /// Open the place where secrets are kept.
    OpenSecrets,
    /// Set up a public address for files.
    OpenPublicFiles,
    /// Get a newer Almanac.
    Update,
}

/// What sort of thing an account lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LackKind {
    /// This program does not know its network.
    UnknownNetwork,
    /// It is signed out.
    SignedOut,
    /// Its sign-in ends within a week, or was to end by now.
    SignInEnds,
    /// Something its network needs was not set up, as its connector says.
    Setup,
    /// Secrets cannot be reached: the keyring is locked or absent.
    Secrets,
    /// The person paused it.
    Paused,
}

/// Something that an account lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Lack {
    /// What sort.
    pub kind: LackKind,
    /// What is missing and how to get it, for people.
    pub message: String,
    /// Nothing can be published before it is mended; otherwise some posts can, or it is only soon.
    pub stops: bool,
    /// What mends it.
    pub next: NextStep,
}

/// Whether an account can publish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountReadiness {
    /// The account.
    pub account_id: AccountId,
    /// It can publish now.
    pub ready: bool,
    /// What it lacks, the worst first; may be something although it is ready.
    pub lacks: Vec<Lack>,
}

/// Whether the accounts of a workspace can publish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Readiness {
    /// One entry an account.
    pub accounts: Vec<AccountReadiness>,
}

/// What an account can do: what its network can, with what is the account's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Capabilities {
    /// Whether it can publish now, and what it lacks.
    pub readiness: AccountReadiness,
    /// Longest text of one part for this account, in the network's unit; none without limit. Servers and
    /// subscriptions make it differ from the network's usual one.
    pub max_text: Option<u32>,
    /// What the network publishes: limits, options, quotas, prices.
    pub network: Entry,
}

/// Look for days on which more is planned than networks take.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CrowdedQuery {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// First day.
    #[ts(type = "string")]
    pub from: civil::Date,
    /// Last day; at most 400 days after the first.
    #[ts(type = "string")]
    pub to: civil::Date,
    /// The zone of the days.
    pub zone: Zone,
}

/// A day on which more is planned for an account than its network takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CrowdedDay {
    /// The day.
    #[ts(type = "string")]
    pub date: civil::Date,
    /// The account.
    pub account_id: AccountId,
    /// How many are planned, those that went out that day among them.
    pub planned: u32,
    /// How many the network takes.
    pub most: u32,
    /// Which account, how many, what limit, and what will happen.
    pub message: String,
}

/// Crowded days, in order.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Crowding {
    /// The days.
    pub days: Vec<CrowdedDay>,
}

/// Set how much paid calls of a workspace may cost in a calendar month.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BudgetSet {
    /// The workspace.
    pub id: WorkspaceId,
    /// In millionths of a US dollar; none or 0 takes the limit off.
    #[ts(type = "number | null")]
    pub micro_dollars: Option<u64>,
}

/// What a workspace spends on paid calls in the present calendar month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Spending {
    /// The month, such as `2026-05`, in the zone of the workspace's oldest calendar.
    pub month: String,
    /// Its first instant.
    pub from: Timestamp,
    /// One past its last instant.
    pub to: Timestamp,
    /// The budget in millionths of a US dollar; none without limit.
    #[ts(type = "number | null")]
    pub budget: Option<u64>,
    /// What was spent so far, in millionths of a US dollar. What may have been paid counts as paid.
    #[ts(type = "number")]
    pub spent: u64,
    /// What the scheduled posts of the rest of the month will cost, as far as is known before.
    #[ts(type = "number")]
    pub planned: u64,
    /// How many posts that are, each account counted.
    pub posts: u32,
    /// An account of the workspace is on a network that charges.
    pub charged: bool,
    /// All of it in a sentence or two.
    pub summary: String,
}

/// A post that is handed over, as it lies ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HandedOver {
    /// Its folder on this computer; none on networks that are posted to.
    pub folder: Option<String>,
    /// Its words as they are to be posted, parts after each other: the account's own text where it has one,
    /// with the parameters that its workspace wants in links.
    pub text: String,
}
