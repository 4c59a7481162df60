//! Posts, targets, checks, search.

use jiff::civil;
use model::content::{MediaUse, Segment};
use model::error::Problem;
use model::post::{Attempt, Chip, Draft, Post, TargetDraft};
use model::status::EditorialStatus;
use model::when::{ClockChange, WallTime, When, Zone};
use model::{AccountId, CalendarId, MediaId, PostId, TargetId, Timestamp};
use networks::connector::{Measure, TextSpan};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Posts standing in a span of time.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Range {
    /// Calendars; empty for all active ones.
    pub calendars: Vec<CalendarId>,
    /// First instant.
    pub from: Timestamp,
    /// One past the last instant.
    pub to: Timestamp,
}

/// Calendars to look at.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfCalendars {
    /// Calendars; empty for all active ones.
    pub calendars: Vec<CalendarId>,
}

/// Posts by id.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PostIds {
    /// At most 10,000.
    pub ids: Vec<PostId>,
}

/// One post.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OnePost {
    /// Which.
    pub id: PostId,
}

/// One target.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OneTarget {
    /// Which.
    pub id: TargetId,
}

/// Chips in order of time; those without a date by last change, newest first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Chips {
    /// The chips.
    pub chips: Vec<Chip>,
    /// Number of the newest change they include.
    #[ts(type = "number")]
    pub last_seq: i64,
}

/// A place in time as a person gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum Place {
    /// The shelf: no date.
    Shelf,
    /// A day, keeping the time of day the post has. A post without a time gets: today the next full
    /// hour, later its account's next slot that day, else the usual time.
    Day {
        /// The day, in the zone.
        #[ts(type = "string")]
        date: civil::Date,
        /// The zone; the calendar's when missing.
        #[serde(default)]
        zone: Option<Zone>,
    },
    /// A day without a time: it stands there and never publishes by itself.
    Date {
        /// The day, in the zone.
        #[ts(type = "string")]
        date: civil::Date,
        /// The zone; the calendar's when missing.
        #[serde(default)]
        zone: Option<Zone>,
    },
    /// An exact wall time.
    Wall {
        /// The wall time.
        wall: WallTime,
        /// The zone; the calendar's when missing.
        #[serde(default)]
        zone: Option<Zone>,
    },
}

impl Place {
    /// Where a plan stands; none without a time of day.
    #[must_use]
    pub fn of_plan(when: &When) -> Option<Self> {
        let When::Planned {
            date,
            time: Some(time),
            zone,
        } = when
        else {
            return None;
        };
        Some(Self::Wall {
            wall: WallTime(date.to_datetime(*time)),
            zone: Some(zone.clone()),
        })
    }
}

/// Whether giving a draft a time also schedules it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Scheduling {
    /// A post that could go out is scheduled; one that lacks something is planned, and a note says
    /// what it lacks. A post already planned or scheduled stays what it is.
    #[default]
    IfReady,
    /// Must be scheduled; an error says what it lacks.
    Must,
    /// Only planned.
    Plan,
}

/// Make a post.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PostCreate {
    /// The calendar.
    pub calendar_id: CalendarId,
    /// What it says.
    pub draft: Draft,
    /// Where it stands.
    pub place: Place,
    /// Whether it is scheduled at once.
    #[serde(default = "plan")]
    pub scheduling: Scheduling,
}

fn plan() -> Scheduling {
    Scheduling::Plan
}

/// Save what was typed: into the post, or into its working copy when it is scheduled.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PostSave {
    /// Which post.
    pub id: PostId,
    /// All of what it says now.
    pub draft: Draft,
    /// The version the composer started from; a newer one is a conflict that loses nothing.
    pub version: i64,
    /// One value per opening of the composer: all its saves are one step of the history.
    pub session: String,
    /// The draft holds all that was kept apart for this session when an earlier save was refused:
    /// once this one is in place, that copy goes to the bin.
    #[serde(default)]
    pub holds_kept: bool,
}

/// A move of one post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Move {
    /// Which post.
    pub id: PostId,
    /// Where to.
    pub place: Place,
}

/// Move posts, all or none, in one step.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PostsMove {
    /// The moves.
    pub moves: Vec<Move>,
    /// Whether drafts become scheduled. For a key that may not publish, `if_ready` only plans.
    #[serde(default)]
    pub scheduling: Scheduling,
}

/// Copy posts, all or none, in one step. Copies have no delivery of their own yet.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PostsCopy {
    /// What to copy and where to.
    pub copies: Vec<Move>,
}

/// Schedule one post into the next free slot of an account.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleNext {
    /// Which post.
    pub id: PostId,
    /// The account whose plan is used; the post's first account with slots when missing.
    #[serde(default)]
    pub account_id: Option<AccountId>,
}

/// Change labels of posts.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PostsLabel {
    /// Which posts.
    pub ids: Vec<PostId>,
    /// Labels to add.
    pub add: Vec<String>,
    /// Labels to take off.
    pub remove: Vec<String>,
}

/// Change the editorial status of posts.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PostsEditorial {
    /// Which posts.
    pub ids: Vec<PostId>,
    /// The status; `scheduled` only for posts with a time and without errors.
    pub status: EditorialStatus,
}

/// A label and how often it is used.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LabelCount {
    /// The label.
    pub label: String,
    /// Posts that carry it, the bin not counted.
    pub posts: u32,
}

/// Look at a draft as every chosen network does. Pure and instant; called while typing.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PostCheck {
    /// The calendar.
    pub calendar_id: CalendarId,
    /// The post, when it exists, so that it is not warned against itself.
    #[serde(default)]
    pub id: Option<PostId>,
    /// What it says.
    pub draft: Draft,
    /// Where it would stand; the shelf when missing.
    #[serde(default)]
    pub place: Option<Place>,
}

/// What the check found.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Checked {
    /// Everything wrong, errors first.
    pub problems: Vec<Problem>,
    /// One entry per chosen account, in the draft's order.
    pub accounts: Vec<CheckedAccount>,
    /// Why it cannot be scheduled, as one sentence; none when it can.
    pub blocked: Option<String>,
    /// The instant it would stand at and what a clock change did to it.
    pub resolved: Option<ResolvedPlace>,
}

/// A place resolved to an instant.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ResolvedPlace {
    /// The instant.
    pub at: Timestamp,
    /// The wall time in the zone.
    pub wall: WallTime,
    /// The zone.
    pub zone: Zone,
    /// Whether the time is skipped or happens twice that day.
    pub clock_change: ClockChange,
    /// It lies in the past.
    pub past: bool,
    /// A sentence when a clock change touched it.
    pub note: Option<String>,
}

/// A draft as one account would send it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckedAccount {
    /// The account.
    pub account_id: AccountId,
    /// One entry a segment of what this account gets.
    pub segments: Vec<CheckedSegment>,
    /// What sending it costs, in millionths of a US dollar, as far as is known before; none where it
    /// costs nothing.
    #[ts(type = "number | null")]
    pub cost: Option<u64>,
    /// The same as a sentence: "Costs about $0.02 on X."
    pub costs: Option<String>,
    /// Videos that go out otherwise than they lie in the library.
    pub videos: Vec<SentVideo>,
}

/// A video as it goes out.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SentVideo {
    /// The part, from 0.
    pub segment: u32,
    /// The file's place in it.
    pub index: u32,
    /// What goes out: "The video is sent as MP4, 1080 × 1920, about 12 MB."
    pub words: String,
    /// It is made already.
    pub ready: bool,
}

/// A segment as one account would send it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckedSegment {
    /// What was typed for it.
    pub segment: Segment,
    /// How long it is as it goes out; what is too much is shown in the typed text.
    pub measure: Measure,
    /// Links, mentions, tags of the typed text.
    pub spans: Vec<TextSpan>,
    /// The first link, that a card would be made of.
    pub card_url: Option<String>,
    /// The text as it goes out, where links get parameters; none where it goes out as typed.
    pub sent: Option<SentText>,
}

/// A text as it goes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SentText {
    /// The text.
    pub text: String,
    /// Links, mentions, tags.
    pub spans: Vec<TextSpan>,
    /// UTF-16 offset of the first unit too many; none while it fits.
    pub over_from: Option<u32>,
}

/// Split a text into a thread that fits the strictest of the accounts.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TextSplit {
    /// The text.
    pub text: String,
    /// Accounts it goes to, with their options, some of which count as text.
    pub targets: Vec<TargetDraft>,
    /// Files of the text; they stay with the first part.
    #[serde(default)]
    pub media: Vec<MediaUse>,
}

/// Texts of a thread.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TextParts {
    /// One entry a segment.
    pub parts: Vec<String>,
}

/// A web address.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WebAddress {
    /// The address.
    pub url: String,
}

/// A link card as networks would draw it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LinkCard {
    /// The address.
    pub url: String,
    /// The page's title.
    pub title: String,
    /// What it says about itself.
    pub description: String,
    /// The picture, in the library's cache.
    pub image: Option<MediaId>,
}

/// Read a typed date.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DateParse {
    /// What was typed: "fri 9", "+2w", "14.5. 16:30".
    pub text: String,
    /// The zone it is meant in.
    pub zone: Zone,
    /// The time it is meant relative to, when a post has one already.
    #[serde(default)]
    pub base: Option<WallTime>,
    /// Order of day and month, as the screen writes them.
    pub order: model::typed_date::DateOrder,
    /// First day of the week as the screen shows it, 1 = Monday … 7 = Sunday: "next mon" lies in
    /// the week after this one.
    pub week_start: u8,
}

/// A typed date, understood.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DateParsed {
    /// The moment.
    #[serde(flatten)]
    pub place: ResolvedPlace,
    /// A day was typed; otherwise it is the post's, or the next on which the time happens.
    pub date_given: bool,
    /// A time of day was typed; otherwise it is the post's, or a usual one.
    pub time_given: bool,
}

/// Move a post and all later ones of its calendar: what would move.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShiftRest {
    /// The post that is moved.
    pub id: PostId,
    /// Where to.
    pub place: Place,
}

/// What would move, to be shown before `posts.move` does it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShiftPreview {
    /// The moves, in order of time.
    pub moves: Vec<Move>,
    /// The chips as they stand now, in the same order.
    pub chips: Vec<Chip>,
}

/// The person says that an unconfirmed post is on the network.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SayPublished {
    /// The target.
    pub id: TargetId,
    /// Its address, when the person has it.
    #[serde(default)]
    pub url: Option<String>,
}

/// Attempts of a post's targets, newest first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Attempts {
    /// The attempts.
    pub attempts: Vec<Attempt>,
}

/// What was written, with the post it gave.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PostsChanged {
    /// The posts as they stand now.
    pub posts: Vec<Post>,
}
