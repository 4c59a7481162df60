//! What events look like, and their words.

use app::types::ApiError;
use model::calendar::Calendar;
use model::content::{MediaUse, Segment};
use model::post::{ContentType, Draft, Post, Priority};
use model::status::ShownStatus;
use model::when::When;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::call::Call;
use crate::compose::{Pieces, text_of};
use crate::fault::Fault;
use crate::files::{self, Given, Had};
use crate::times;
use crate::world::{self, World};

/// The kind of notes on events.
pub(super) const KIND: &str = model::event::EVENT_NOTE;
/// The kind of notes on calendars.
pub(super) const CALENDAR: &str = model::event::CALENDAR_NOTE;
/// What is said of an event with a time that is no more than a plan.
const ONLY_PLANNED: &str = "It is planned, not scheduled, and does not go out by itself. Set its status to scheduled to have it go out.";
/// Most entries of `metadata`.
pub(super) const MAX_METADATA: usize = 50;
/// Most files of an event.
const MAX_MEDIA: usize = 20;

/// What a program said of an event that a post has no room for.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Note {
    pub pieces: Pieces,
    pub content_type: Option<String>,
    pub platform: Option<String>,
    pub duration: Option<u64>,
    pub location: Option<String>,
    /// Everything of `metadata`, as it was given.
    pub metadata: Map<String, Value>,
    /// A date and time were given: it is to go out then, or stands as a plan until somebody says yes.
    pub planned: bool,
    /// Why it only stands as a plan though its calendar publishes; none when nobody has to mend anything.
    pub lacks: Option<String>,
}

impl Note {
    /// Whether a person has to say yes to the event before it may go out.
    pub fn needs_a_yes(&self) -> bool {
        let asked = self.metadata.get("approval_required");
        asked.and_then(Value::as_bool) == Some(true)
    }

    /// Says why it only stands as a plan, where that can be kept beside all that the program said.
    pub fn say_what_it_lacks(&mut self, call: &Call, why: String) {
        self.lacks = Some(why);
        if world::noted(call, KIND, self).is_err() {
            self.lacks = None;
        }
    }
}

/// What a change gives of a note, by what the note said when it was read: fields that differ, of `metadata` the entries,
/// with null for one that is gone.
pub(super) fn given(had: &Note, now: &Note) -> Map<String, Value> {
    let fields = |note: &Note| match json!(note) {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    let mut given = changed(&fields(had), &fields(now));
    if let Some(metadata) = given.get_mut("metadata") {
        *metadata = changed(&had.metadata, &now.metadata).into();
    }
    given
}

fn changed(had: &Map<String, Value>, now: &Map<String, Value>) -> Map<String, Value> {
    let other = now
        .iter()
        .filter(|(name, value)| had.get(*name) != Some(*value));
    let other = other.map(|(name, value)| (name.clone(), value.clone()));
    let gone = had.keys().filter(|name| !now.contains_key(*name));
    other
        .chain(gone.map(|name| (name.clone(), Value::Null)))
        .collect()
}

/// The note of an event once these fields are given.
pub(super) fn revise(had: Option<Value>, given: &Map<String, Value>) -> Result<Value, ApiError> {
    let mut note: Note = had.and_then(world::read_note).unwrap_or_default();
    if let Some(Value::Object(more)) = given.get("metadata") {
        lay(&mut note.metadata, more);
        if note.metadata.len() > MAX_METADATA {
            let message = "metadata has too many entries.";
            return Err(ApiError::invalid("metadata", message));
        }
    }
    let mut all = json!(note);
    for (name, value) in given.iter().filter(|(name, _)| *name != "metadata") {
        all[name] = value.clone();
    }
    Ok(all)
}

/// Lays entries onto others: null takes one away, what is missing stays.
pub(super) fn lay(onto: &mut Map<String, Value>, given: &Map<String, Value>) {
    for (name, value) in given {
        if value.is_null() {
            onto.remove(name);
        } else {
            onto.insert(name.clone(), value.clone());
        }
    }
}

/// What a program said of a calendar that the calendar has no room for.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct CalendarNote {
    /// Everything of `settings` but the working hours, which the calendar has.
    pub settings: Map<String, Value>,
}

impl CalendarNote {
    fn is(&self, name: &str, otherwise: bool) -> bool {
        let found = self.settings.get(name).and_then(Value::as_bool);
        found.unwrap_or(otherwise)
    }

    /// Whether events with a time go out by themselves, unless it was said otherwise.
    pub fn publishes(&self) -> bool {
        self.is("auto_publish", true) && !self.is("approval_workflow", false)
    }
}

/// What an event says.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(super) struct Content {
    /// The text.
    pub caption: Option<String>,
    /// Addresses of pictures and videos.
    pub media_urls: Option<Vec<String>>,
    /// Hashtags.
    pub hashtags: Option<Vec<String>>,
    /// Labels.
    pub tags: Option<Vec<String>>,
    /// Where, as free text.
    pub location: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct ContentOf {
    caption: String,
    media_urls: Vec<String>,
    hashtags: Vec<String>,
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
}

/// An event.
#[derive(Serialize, JsonSchema)]
pub(super) struct Event {
    pub id: String,
    calendar_id: String,
    title: String,
    description: String,
    content_type: String,
    platform: Option<String>,
    /// Every network it goes to or is meant for.
    #[serde(skip)]
    pub platforms: Vec<String>,
    pub status: String,
    pub scheduled_at: Option<String>,
    duration: Option<u64>,
    content: ContentOf,
    metadata: Map<String, Value>,
    /// Numbers of networks are still to come.
    performance: Option<u64>,
    published_at: Option<String>,
    created_at: String,
    updated_at: String,
    /// Why it will not go out at its time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

/// How the post of an event stands, whether it is asked for or told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    /// How far it is.
    pub status: ShownStatus,
    /// It stands at its time as a plan.
    pub planned: bool,
    /// What sort of content it is.
    pub content_type: ContentType,
}

impl Standing {
    /// That of a post.
    pub fn of(post: &Post) -> Self {
        Self {
            status: post.status,
            planned: matches!(post.when, When::Planned { .. }),
            content_type: post.content_type,
        }
    }

    /// Whether an event with a time only stands as a plan.
    fn is_plan(self, note: &Note) -> bool {
        note.planned
            && self.planned
            && matches!(
                self.status,
                ShownStatus::Draft | ShownStatus::InReview | ShownStatus::Approved
            )
    }

    /// The word of this contract for it. A plan that waits for a yes counts as scheduled; one that lacks
    /// something does not, since nothing comes of it by itself.
    pub fn word(self, note: Option<&Note>, own: &CalendarNote) -> &'static str {
        let counts = |note: &Note| self.is_plan(note) && waits(note, own);
        if self.status != ShownStatus::Approved && note.is_some_and(counts) {
            return "scheduled";
        }
        word(self.status)
    }

    /// The word for its sort of content: the program's own, while it still is of that sort.
    pub fn sort_word(self, note: Option<&Note>) -> &str {
        let own = note.and_then(|n| n.content_type.as_deref());
        own.filter(|word| sort(word) == self.content_type)
            .unwrap_or_else(|| content_type(self.content_type))
    }
}

/// Whether it was decided that somebody says yes to an event before it goes out.
fn waits(note: &Note, own: &CalendarNote) -> bool {
    !own.publishes() || note.needs_a_yes()
}

/// Why an event with a time will not go out then; none where that is as it was decided.
fn lacks(post: Standing, note: &Note, own: &CalendarNote) -> Option<String> {
    if !post.is_plan(note) {
        return None;
    }
    let plain = (!waits(note, own)).then(|| ONLY_PLANNED.to_owned());
    note.lacks.clone().or(plain)
}

/// The word of this contract for a status.
pub(super) const fn word(status: ShownStatus) -> &'static str {
    match status {
        ShownStatus::Draft | ShownStatus::InReview => "draft",
        ShownStatus::Approved => "approved",
        ShownStatus::Scheduled | ShownStatus::Placed => "scheduled",
        ShownStatus::Publishing | ShownStatus::Unconfirmed | ShownStatus::YourTurn => "publishing",
        ShownStatus::Published => "published",
        ShownStatus::PartlyPublished | ShownStatus::Failed | ShownStatus::Missed => "failed",
        ShownStatus::Cancelled => "cancelled",
    }
}

/// The word of this contract for a sort of content.
const fn content_type(kind: ContentType) -> &'static str {
    match kind {
        ContentType::Post => "social_post",
        ContentType::Thread => "thread",
        ContentType::Story => "story",
        ContentType::Reel => "reel",
        ContentType::Video => "video",
        ContentType::Article => "article",
    }
}

/// Our sort of content for a word of this contract, of which it has many.
pub(super) fn sort(word: &str) -> ContentType {
    match word {
        "thread" | "social_thread" => ContentType::Thread,
        "story" | "stories" => ContentType::Story,
        "reel" | "reels" => ContentType::Reel,
        "video" | "video_post" => ContentType::Video,
        "article" | "blog_post" => ContentType::Article,
        _ => ContentType::Post,
    }
}

const fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "low",
        Priority::Normal => "medium",
        Priority::High => "high",
        Priority::Urgent => "urgent",
    }
}

/// A priority by its word.
pub(super) fn priority_of(word: &str) -> Result<Priority, Fault> {
    match word {
        "low" => Ok(Priority::Low),
        "medium" | "normal" => Ok(Priority::Normal),
        "high" => Ok(Priority::High),
        "urgent" | "critical" => Ok(Priority::Urgent),
        other => Err(Fault::invalid(
            "metadata.priority",
            "A priority is low, medium, high or urgent.",
        )
        .given(other)),
    }
}

/// Files of the first part at addresses, fetched unless they lie here.
pub(super) async fn media(
    call: &Call,
    urls: &[String],
    had: &[Segment],
) -> Result<Vec<MediaUse>, Fault> {
    if urls.len() > MAX_MEDIA {
        return Err(Fault::invalid(
            "content.media_urls",
            format!("An event takes at most {MAX_MEDIA} files."),
        ));
    }
    let named = urls.iter().map(|url| Given {
        url: Some(url),
        ..Given::default()
    });
    let named: Vec<Given<'_>> = named.collect();
    files::used(call, &named, &mut Had::of(had), 0, "content.media_urls").await
}

/// The id of a calendar as this contract shows it.
pub(super) fn calendar_id(calendar: &Calendar) -> String {
    format!("cal_{}", calendar.id)
}

/// Whether all that is given of what an event says is what is shown of it: a program sends back what it read.
pub(super) fn is_shown(call: &Call, draft: &Draft, note: &Note, given: &Content) -> bool {
    let pieces = note.pieces.clone().of(&text_of(&draft.segments));
    let files = draft.segments.iter().flat_map(|s| &s.media);
    let shown = files.map(|m| files::address(call, m.media_id.as_str()));
    pieces.say(given.caption.as_deref(), given.hashtags.as_deref())
        && given
            .media_urls
            .as_ref()
            .is_none_or(|urls| shown.eq(urls.iter().cloned()))
}

/// A post as an event of a calendar with this note.
pub(super) fn shown(
    call: &Call,
    world: &World,
    post: &Post,
    note: Option<&Note>,
    own: &CalendarNote,
) -> Event {
    let draft = world::draft_of(post);
    let standing = Standing::of(post);
    let kind = standing.sort_word(note).to_owned();
    let said = note.cloned().unwrap_or_default();
    let word = standing.word(note, own).to_owned();
    let lacks = lacks(standing, &said, own);
    let pieces = said.pieces.of(&text_of(&draft.segments));
    let files = draft.segments.iter().flat_map(|s: &Segment| &s.media);
    let mut metadata = said.metadata;
    metadata.insert("priority".to_owned(), priority(post.priority).into());
    if !post.assignee.is_empty() {
        metadata.insert("assigned_to".to_owned(), post.assignee.clone().into());
    }
    let published = post.targets.iter().filter_map(|t| t.published_at).max();
    let accounts = post
        .targets
        .iter()
        .map(|t| world.platform(t.draft.account_id));
    let platforms: Vec<String> = said.platform.iter().cloned().chain(accounts).collect();
    Event {
        id: format!("evt_{}", post.id),
        calendar_id: format!("cal_{}", post.calendar_id),
        title: post.title.clone(),
        description: post.notes.clone(),
        content_type: kind,
        platform: platforms.first().cloned(),
        platforms,
        status: word,
        scheduled_at: post.when.stands_at().map(times::seconds),
        duration: said.duration,
        content: ContentOf {
            caption: pieces.text,
            media_urls: files
                .map(|m| files::address(call, m.media_id.as_str()))
                .collect(),
            hashtags: pieces.hashtags,
            tags: post.labels.clone(),
            location: said.location,
        },
        metadata,
        performance: None,
        published_at: published.map(times::seconds),
        created_at: times::seconds(post.created_at),
        updated_at: times::seconds(post.updated_at),
        warnings: lacks.into_iter().collect(),
    }
}
