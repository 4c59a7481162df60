//! What a post becomes on Telegram: the method, its fields, and the files it carries.

use std::path::PathBuf;

use media::{Kind, Limits};
use model::failure::Category;
use reqwest::multipart;
use serde_json::{Map, Value, json};

use super::catalogue::{
    FORMAT_MARKS, MAX_FILE_BYTES, MAX_PHOTO_BYTES, OPTION_AS_FILE, OPTION_CAPTION_ABOVE,
    OPTION_FORMAT, OPTION_PREVIEW, OPTION_PROTECT, OPTION_SILENT, OPTION_SPOILER, OPTION_TOPIC,
};
use super::text::Formatted;
use crate::api::file_part;
use crate::connector::{Job, JobMedia, Refusal};
use crate::fitting;

/// Longest side of a picture in pixels: what Telegram keeps of one.
const MAX_SIDE: u32 = 2_560;
/// The pictures that stand for a video, by the names that `sendVideo` and `InputMediaVideo` have for them: what the
/// message shows, and what stands for the file, which has to have less than 200 kB and no more than 320 pixels a
/// side. With each its most bytes and its longest side.
const POSTERS: [(&str, u64, u32); 2] = [
    ("cover", MAX_PHOTO_BYTES, MAX_SIDE),
    ("thumbnail", 199_000, 320),
];

/// Whether an option is on.
#[must_use]
pub fn is_on(options: &Map<String, Value>, name: &str) -> bool {
    options.get(name).and_then(Value::as_bool).unwrap_or(false)
}

/// Whether the marks in a text mean something.
#[must_use]
pub fn with_marks(options: &Map<String, Value>) -> bool {
    options.get(OPTION_FORMAT).and_then(Value::as_str) == Some(FORMAT_MARKS)
}

/// Where the bytes of a file are.
enum Bytes {
    Made(Vec<u8>),
    AsTheyAre(PathBuf, u64),
}

/// A file as it goes out.
struct Ready {
    /// What Telegram calls its kind.
    kind: &'static str,
    name: String,
    mime: String,
    bytes: Bytes,
}

impl Ready {
    fn size(&self) -> u64 {
        match &self.bytes {
            Bytes::Made(bytes) => bytes.len() as u64,
            Bytes::AsTheyAre(_, size) => *size,
        }
    }

    async fn part(&self) -> Result<multipart::Part, Refusal> {
        match &self.bytes {
            Bytes::Made(bytes) => multipart::Part::bytes(bytes.clone())
                .file_name(self.name.clone())
                .mime_str(&self.mime)
                .map_err(|_| unsendable()),
            Bytes::AsTheyAre(path, size) => {
                file_part(path, 0, *size, self.name.clone(), &self.mime).await
            }
        }
    }
}

fn unsendable() -> Refusal {
    Refusal::never(
        Category::MediaError,
        "A file of this post is of a kind Almanac cannot send.",
    )
}

/// A post as it goes out.
pub struct Prepared {
    /// The method that shows it.
    pub method: &'static str,
    fields: Map<String, Value>,
    /// Name of the part and the file in it.
    files: Vec<(String, Ready)>,
}

impl Prepared {
    /// Reads a job and makes its pictures fit.
    pub async fn of(job: &Job) -> Result<Self, Refusal> {
        let nothing = || Refusal::never(Category::Validation, "There is nothing to post.");
        let segment = job.segments.first().ok_or_else(nothing)?;
        let options = &job.options;
        let text = Formatted::read(&segment.text, with_marks(options));
        let (mut files, mut posters, mut posed) = (Vec::new(), Vec::new(), Vec::new());
        let album = segment.media.len() > 1;
        for (n, file) in segment.media.iter().enumerate() {
            let ready = ready(n, file, is_on(options, OPTION_AS_FILE), album).await?;
            // Alone, a file stands under its kind; in an album it is pointed at by name.
            let part = if album {
                format!("file{n}")
            } else {
                ready.kind.to_owned()
            };
            posed.push(posters_of(n, file, &mut posters).await);
            files.push((part, ready));
        }
        let mut fields = common(options);
        let method = match files.as_slice() {
            [] => {
                message(&mut fields, text, options);
                "sendMessage"
            }
            [(_, file)] => {
                caption(&mut fields, text, file.kind, options);
                fields.extend(posed.into_iter().flatten());
                method_of(file.kind)
            }
            several => {
                let media = several.iter().zip(posed).enumerate();
                let media = media.map(|(n, ((name, file), posed))| {
                    let mut one = Map::new();
                    let words = if n == 0 {
                        text.clone()
                    } else {
                        Formatted::default()
                    };
                    caption(&mut one, words, file.kind, options);
                    one.insert("type".to_owned(), json!(file.kind));
                    one.insert("media".to_owned(), attached(name));
                    one.extend(posed);
                    Value::Object(one)
                });
                let media: Vec<Value> = media.collect();
                fields.insert("media".to_owned(), Value::Array(media));
                "sendMediaGroup"
            }
        };
        files.append(&mut posters);
        Ok(Self {
            method,
            fields,
            files,
        })
    }

    /// Leaves out the pictures that stand for its videos; false where it has none of them.
    pub fn leave_posters_out(&mut self) -> bool {
        let before = self.files.len();
        let named = |part: &str| POSTERS.iter().any(|(field, ..)| part.starts_with(field));
        self.files.retain(|(part, _)| !named(part));
        for (field, ..) in POSTERS {
            self.fields.remove(field);
        }
        let album = self.fields.get_mut("media").and_then(Value::as_array_mut);
        for one in album.into_iter().flatten().filter_map(Value::as_object_mut) {
            one.retain(|field, _| !named(field));
        }
        self.files.len() < before
    }

    /// How many bytes of files it carries.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|(_, file)| file.size()).sum()
    }

    /// Whether it carries files.
    #[must_use]
    pub fn has_files(&self) -> bool {
        !self.files.is_empty()
    }

    /// The call's input for this chat.
    #[must_use]
    pub fn input(&self, chat: &str) -> Value {
        let mut fields = self.fields.clone();
        fields.insert("chat_id".to_owned(), json!(chat));
        Value::Object(fields)
    }

    /// The same as a form with the files in it.
    pub async fn form(&self, chat: &str) -> Result<multipart::Form, Refusal> {
        let mut form = multipart::Form::new().text("chat_id", chat.to_owned());
        for (name, value) in &self.fields {
            let value = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            form = form.text(name.clone(), value);
        }
        for (name, file) in &self.files {
            form = form.part(name.clone(), file.part().await?);
        }
        Ok(form)
    }
}

fn method_of(kind: &str) -> &'static str {
    match kind {
        "photo" => "sendPhoto",
        "video" => "sendVideo",
        "animation" => "sendAnimation",
        _ => "sendDocument",
    }
}

/// Fields that every method has.
fn common(options: &Map<String, Value>) -> Map<String, Value> {
    let mut fields = Map::new();
    for (option, field) in [
        (OPTION_SILENT, "disable_notification"),
        (OPTION_PROTECT, "protect_content"),
    ] {
        if is_on(options, option) {
            fields.insert(field.to_owned(), json!(true));
        }
    }
    let topic = options.get(OPTION_TOPIC).and_then(Value::as_u64);
    if let Some(topic) = topic.filter(|topic| *topic > 0) {
        fields.insert("message_thread_id".to_owned(), json!(topic));
    }
    fields
}

fn message(fields: &mut Map<String, Value>, text: Formatted, options: &Map<String, Value>) {
    let preview = match options.get(OPTION_PREVIEW).and_then(Value::as_str) {
        Some("none") => Some(json!({ "is_disabled": true })),
        Some("above") => Some(json!({ "show_above_text": true })),
        Some("large") => Some(json!({ "prefer_large_media": true })),
        _ => None,
    };
    if let Some(preview) = preview {
        fields.insert("link_preview_options".to_owned(), preview);
    }
    fields.insert("text".to_owned(), json!(text.text));
    if !text.entities.is_empty() {
        fields.insert("entities".to_owned(), Value::Array(text.entities));
    }
}

fn caption(
    fields: &mut Map<String, Value>,
    text: Formatted,
    kind: &str,
    options: &Map<String, Value>,
) {
    if !text.text.is_empty() {
        fields.insert("caption".to_owned(), json!(text.text));
    }
    if !text.entities.is_empty() {
        fields.insert("caption_entities".to_owned(), Value::Array(text.entities));
    }
    if kind == "document" {
        return;
    }
    for (option, field) in [
        (OPTION_SPOILER, "has_spoiler"),
        (OPTION_CAPTION_ABOVE, "show_caption_above_media"),
    ] {
        if is_on(options, option) {
            fields.insert(field.to_owned(), json!(true));
        }
    }
    if kind == "video" {
        fields.insert("supports_streaming".to_owned(), json!(true));
    }
}

/// Makes a file ready. Moving pictures move only alone: an album takes none.
async fn ready(n: usize, file: &JobMedia, as_file: bool, album: bool) -> Result<Ready, Refusal> {
    let mime = file.facts.mime.as_str();
    let name = |kind: Kind| format!("{}.{}", n + 1, kind.extension());
    if !mime.starts_with("image/") {
        let kind = Kind::from_mime(mime).ok_or_else(unsendable)?;
        return Ok(Ready {
            kind: if mime.starts_with("video/") {
                "video"
            } else {
                "document"
            },
            name: name(kind),
            mime: mime.to_owned(),
            bytes: Bytes::AsTheyAre(file.path.clone(), file.facts.bytes),
        });
    }
    let made = fitting::picture(file, picture_limits(as_file, album)).await?;
    let kind = match made.kind {
        _ if as_file => "document",
        Kind::Gif => "animation",
        _ => "photo",
    };
    Ok(Ready {
        kind,
        name: name(made.kind),
        mime: made.mime().to_owned(),
        bytes: Bytes::Made(made.bytes),
    })
}

/// A part of the form, as fields point at it.
fn attached(part: &str) -> Value {
    json!(format!("attach://{part}"))
}

/// The fields of the pictures that stand for a video, which are added to `files`; none where nobody chose one.
async fn posters_of(
    n: usize,
    file: &JobMedia,
    files: &mut Vec<(String, Ready)>,
) -> Map<String, Value> {
    let mut fields = Map::new();
    for (field, bytes, side) in POSTERS {
        let limits = Limits::bytes(bytes).side(side);
        if let Some(made) = fitting::poster(file, limits).await {
            let part = format!("{field}{n}");
            fields.insert(field.to_owned(), attached(&part));
            let ready = Ready {
                kind: "photo",
                name: format!("{part}.{}", made.kind.extension()),
                mime: made.mime().to_owned(),
                bytes: Bytes::Made(made.bytes),
            };
            files.push((part, ready));
        }
    }
    fields
}

/// What is taken of a picture: as a file, or as one of an album, or alone.
pub(super) fn picture_limits(as_file: bool, album: bool) -> Limits {
    if as_file {
        return Limits::bytes(MAX_FILE_BYTES);
    }
    let mut formats = vec![Kind::Jpeg, Kind::Png];
    formats.extend((!album).then_some(Kind::Gif));
    Limits {
        formats,
        ..Limits::bytes(MAX_PHOTO_BYTES).side(MAX_SIDE)
    }
}
