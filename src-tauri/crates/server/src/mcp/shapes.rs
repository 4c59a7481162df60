//! Posts and drafts as tools give and take them.

use model::Timestamp;
use model::content::{MediaUse, Segment};
use model::post::{Draft, Post};
use model::status::EditorialStatus;
use model::when::When;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::fault::Fault;
use crate::files::{self, Given, Had};
use crate::options;
use crate::times;
use crate::world::{self, World};

/// Most files of a part that are taken in one call.
const MAX_FILES: usize = 20;

/// An instant as text, in UTC.
pub(super) fn utc(at: Timestamp) -> String {
    times::seconds(at)
}

/// A word of one of the model's lists.
pub(super) fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// A file of a post.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct FileIn {
    /// Its id, from `import_file` or from another post.
    id: String,
    /// Description for people who cannot see it. Without one a file that the post has keeps its own.
    #[serde(default)]
    alt: Option<String>,
}

/// One part of a thread.
#[derive(Debug, Deserialize, JsonSchema)]
pub(super) struct PartIn {
    /// Its text.
    #[serde(default)]
    text: String,
    /// Its pictures or video.
    #[serde(default)]
    files: Vec<FileIn>,
}

/// What a post says. Fields that are left out stay as they are, or empty in a new post.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub(super) struct DraftIn {
    /// A title for people; networks see it only where they want one.
    #[serde(default)]
    title: Option<String>,
    /// The text of a post of one part. Use `parts` for a thread.
    #[serde(default)]
    text: Option<String>,
    /// Files of a post of one part.
    #[serde(default)]
    files: Option<Vec<FileIn>>,
    /// The parts of a thread; instead of `text` and `files`.
    #[serde(default)]
    parts: Option<Vec<PartIn>>,
    /// Ids of the accounts it goes to, from `get_workspace`.
    #[serde(default)]
    accounts: Option<Vec<String>>,
    /// Labels.
    #[serde(default)]
    labels: Option<Vec<String>>,
    /// Notes for people; never sent.
    #[serde(default)]
    notes: Option<String>,
    /// Options by account id, as `get_account` names them.
    #[serde(default)]
    options: Option<std::collections::BTreeMap<String, serde_json::Map<String, serde_json::Value>>>,
}

async fn files_in(
    call: &Call,
    given: &[FileIn],
    (had, part): (&mut Had, usize),
    field: &str,
) -> Result<Vec<MediaUse>, Fault> {
    if given.len() > MAX_FILES {
        let message = format!("{field} holds more than {MAX_FILES} files.");
        return Err(Fault::invalid(field, message));
    }
    let named = given.iter().map(|file| Given {
        id: Some(&file.id),
        url: None,
        alt: file.alt.as_deref(),
    });
    let named: Vec<Given<'_>> = named.collect();
    files::used(call, &named, had, part, field).await
}

impl DraftIn {
    /// Puts what is given into a draft.
    pub async fn onto(self, call: &Call, world: &World, draft: &mut Draft) -> Result<(), Fault> {
        if self.parts.is_some() && (self.text.is_some() || self.files.is_some()) {
            return Err(Fault::invalid(
                "parts",
                "Give either parts, or text and files.",
            ));
        }
        let mut had = Had::of(&draft.segments);
        if let Some(parts) = &self.parts {
            draft.segments = Vec::new();
            for (n, part) in parts.iter().enumerate() {
                let field = format!("parts.{n}.files");
                draft.segments.push(Segment {
                    text: part.text.clone(),
                    media: files_in(call, &part.files, (&mut had, n), &field).await?,
                });
            }
        }
        if self.text.is_some() || self.files.is_some() {
            draft.segments.truncate(1);
            if draft.segments.is_empty() {
                draft.segments.push(Segment::default());
            }
            let segment = &mut draft.segments[0];
            if let Some(text) = self.text {
                segment.text = text;
            }
            if let Some(files) = &self.files {
                segment.media = files_in(call, files, (&mut had, 0), "files").await?;
            }
        }
        if let Some(accounts) = &self.accounts {
            let mut ids = Vec::new();
            for text in accounts {
                ids.push(world.account_by(text)?.id);
            }
            let known = std::mem::take(&mut draft.targets);
            draft.targets = world::targets(ids);
            for target in &mut draft.targets {
                let before = known.iter().find(|k| k.account_id == target.account_id);
                if let Some(before) = before {
                    target.clone_from(before);
                }
            }
        }
        for (text, options) in self.options.into_iter().flatten() {
            let account = world.account_by(&text)?;
            let (id, network) = (account.id, account.network.as_str());
            let target = draft.targets.iter_mut().find(|t| t.account_id == id);
            let target = target.ok_or_else(|| {
                Fault::invalid(
                    "options",
                    "options names an account the post does not go to.",
                )
            })?;
            for name in options.iter().filter(|(_, v)| v.is_null()).map(|(n, _)| n) {
                target.options.remove(name);
            }
            let entry = call.app().networks().into_iter().find(|n| n.key == network);
            let entry = entry.ok_or_else(|| Fault::missing("network"))?;
            let field = format!("options.{text}");
            let known = options::of_network(&entry, options, &field)?;
            target.options.extend(known);
        }
        if let Some(title) = self.title {
            draft.title = title;
        }
        if let Some(labels) = self.labels {
            draft.labels = labels;
        }
        if let Some(notes) = self.notes {
            draft.notes = notes;
        }
        Ok(())
    }
}

/// A file of a post, as it is told.
#[derive(Serialize)]
struct FileOut {
    id: String,
    alt: String,
}

#[derive(Serialize)]
struct PartOut {
    text: String,
    files: Vec<FileOut>,
}

#[derive(Serialize)]
struct DeliveryOut {
    account: String,
    network: String,
    state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// A post, as it is told.
#[derive(Serialize)]
pub(super) struct PostOut {
    id: String,
    calendar: String,
    status: String,
    /// Wall time in the calendar's zone, or a day; none on the shelf.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_utc: Option<String>,
    title: String,
    parts: Vec<PartOut>,
    labels: Vec<String>,
    notes: String,
    deliveries: Vec<DeliveryOut>,
    /// Why it does not go out at the moment though it is to, where its scheduling or sending was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// The place of a post in the words of its calendar.
fn standing(when: &When, world: &World, post: &Post) -> Option<String> {
    let (date, time) = times::shown(when, &world.zone(post))?;
    Some(match time {
        Some(time) => format!("{date}T{}", times::clock(time)),
        None => date.to_string(),
    })
}

impl PostOut {
    /// As it stands now, with the edit of a scheduled post that is not confirmed yet left out.
    pub fn of(world: &World, post: &Post) -> Self {
        let part = |segment: &Segment| PartOut {
            text: segment.text.clone(),
            files: segment
                .media
                .iter()
                .map(|file| FileOut {
                    id: file.media_id.to_string(),
                    alt: file.alt.clone(),
                })
                .collect(),
        };
        let delivery = |target: &model::post::Target| DeliveryOut {
            account: target.draft.account_id.to_string(),
            network: world.platform(target.draft.account_id),
            state: word(&target.state),
            address: target.remote_url.clone(),
            problem: target.failure.as_ref().map(|f| f.message.clone()),
        };
        Self {
            id: post.id.to_string(),
            calendar: post.calendar_id.to_string(),
            status: word(&post.status),
            at: standing(&post.when, world, post),
            at_utc: post.when.stands_at().map(utc),
            title: post.title.clone(),
            parts: post.segments.iter().map(part).collect(),
            labels: post.labels.clone(),
            notes: post.notes.clone(),
            deliveries: post.targets.iter().map(delivery).collect(),
            message: None,
        }
    }

    /// The same of a post that was scheduled or sent, saying why it waits all the same.
    pub async fn on_its_way(call: &Call, world: &World, post: &Post) -> Result<Self, Fault> {
        let goes = post.editorial == EditorialStatus::Scheduled;
        Ok(Self {
            message: if goes {
                world::why_not_yet(call, post).await?
            } else {
                None
            },
            ..Self::of(world, post)
        })
    }
}
