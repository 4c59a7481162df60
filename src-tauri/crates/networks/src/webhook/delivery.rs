//! The delivery of a post: its name, its JSON, and its files.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::failure::Category;
use reqwest::multipart;
use ring::digest;
use serde_json::{Map, Value, json};
use tokio::io::AsyncReadExt;
use uuid::Uuid;

use super::catalogue::{
    MAX_IMAGE_BYTES, MAX_INLINE, MAX_SIDE, OPTION_LANGUAGE, OPTION_LINK, OPTION_MEDIA, OPTION_TAGS,
};
use crate::api::file_part;
use crate::connector::{Job, JobMedia, Refusal};
use crate::fitting;
use crate::hex::hex;

/// How files go along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Parts of a form.
    Form,
    /// Inside the JSON.
    Inline,
    /// Not at all.
    None,
}

impl Way {
    /// What the option says.
    #[must_use]
    pub fn of(options: &Map<String, Value>) -> Self {
        match options.get(OPTION_MEDIA).and_then(Value::as_str) {
            Some("inline") => Self::Inline,
            Some("none") => Self::None,
            _ => Self::Form,
        }
    }
}

/// The name of a delivery; follows from the target and its turn alone.
#[must_use]
pub fn name(job: &Job) -> String {
    let name = format!("almanac:webhook:{}:{}", job.target_id, job.turn);
    let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes());
    format!("msg_{}", id.simple())
}

/// Where the bytes of a file are.
enum Bytes {
    Memory(Vec<u8>),
    Disk,
}

/// A file as it goes along.
struct Ready<'a> {
    file: &'a JobMedia,
    bytes: Bytes,
    mime: String,
    size: u64,
    width: Option<u32>,
    height: Option<u32>,
    sha256: Option<String>,
    name: String,
}

/// A delivery that is ready to be sent.
pub struct Delivery<'a> {
    /// The JSON, as it is signed.
    pub json: Vec<u8>,
    files: Vec<Ready<'a>>,
}

fn lost() -> Refusal {
    Refusal::never(
        Category::MediaError,
        "A file of this post can no longer be read. Add it again.",
    )
}

/// The digest of a file, read piece by piece.
async fn digest_of(path: &Path) -> Result<String, Refusal> {
    let mut file = tokio::fs::File::open(path).await.map_err(|_| lost())?;
    let mut context = digest::Context::new(&digest::SHA256);
    let mut piece = vec![0_u8; 64 << 10];
    loop {
        match file.read(&mut piece).await.map_err(|_| lost())? {
            0 => return Ok(hex(context.finish().as_ref())),
            read => context.update(piece.get(..read).unwrap_or_default()),
        }
    }
}

fn ending(mime: &str) -> &str {
    match mime {
        "image/jpeg" => "jpg",
        "video/quicktime" => "mov",
        "text/plain" => "txt",
        other => other.rsplit_once('/').map_or("bin", |(_, kind)| kind),
    }
}

async fn ready(file: &JobMedia, way: Way, number: usize) -> Result<Ready<'_>, Refusal> {
    let facts = &file.facts;
    let mut ready = Ready {
        file,
        bytes: Bytes::Disk,
        mime: facts.mime.clone(),
        size: facts.bytes,
        width: facts.width,
        height: facts.height,
        sha256: None,
        name: String::new(),
    };
    if way != Way::None {
        if facts.mime.starts_with("image/") {
            // Made anew, so that it does not tell where it was taken.
            let made = fitting::picture(file, picture_limits()).await?;
            made.mime().clone_into(&mut ready.mime);
            ready.size = made.bytes.len() as u64;
            (ready.width, ready.height) = (Some(made.width), Some(made.height));
            let sum = digest::digest(&digest::SHA256, &made.bytes);
            ready.sha256 = Some(hex(sum.as_ref()));
            ready.bytes = Bytes::Memory(made.bytes);
        } else {
            ready.sha256 = Some(digest_of(&file.path).await?);
        }
    }
    ready.name = format!("file-{}.{}", number + 1, ending(&ready.mime));
    Ok(ready)
}

impl<'a> Delivery<'a> {
    /// Makes the delivery of a post under its name.
    pub async fn make(job: &'a Job, name: &str) -> Result<Self, Refusal> {
        let way = Way::of(&job.options);
        let mut files = Vec::new();
        let mut parts = Vec::new();
        let mut inline: u64 = 0;
        for segment in &job.segments {
            let mut media = Vec::new();
            for file in &segment.media {
                let ready = ready(file, way, files.len()).await?;
                let mut told = json!({
                    "filename": ready.name, "mime": ready.mime, "size": ready.size,
                    "alt": file.alt, "width": ready.width, "height": ready.height,
                });
                if let Some(sum) = &ready.sha256 {
                    told["sha256"] = sum.clone().into();
                }
                match way {
                    Way::Form => told["part"] = format!("file{}", files.len()).into(),
                    Way::Inline => {
                        inline += ready.size;
                        if inline > MAX_INLINE {
                            return Err(too_much());
                        }
                        told["data_base64"] = encoded(&ready).await?.into();
                    }
                    Way::None => {}
                }
                media.push(told);
                files.push(ready);
            }
            parts.push(json!({ "text": segment.text, "media": media }));
        }
        let json = body(job, name, &parts);
        // Maps and texts always make JSON.
        let json = serde_json::to_vec(&json).unwrap_or_default();
        if way != Way::Form {
            files.clear();
        }
        Ok(Self { json, files })
    }

    /// How many bytes of files go along beside the JSON.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|f| f.size).sum()
    }

    /// The files and the JSON as a form; none when there is nothing but JSON.
    pub async fn form(&self) -> Result<Option<multipart::Form>, Refusal> {
        if self.files.is_empty() {
            return Ok(None);
        }
        let odd = |_| lost();
        let payload = multipart::Part::bytes(self.json.clone())
            .mime_str("application/json")
            .map_err(odd)?;
        let mut form = multipart::Form::new().part("payload", payload);
        for (n, ready) in self.files.iter().enumerate() {
            let part = match &ready.bytes {
                Bytes::Memory(bytes) => multipart::Part::bytes(bytes.clone())
                    .file_name(ready.name.clone())
                    .mime_str(&ready.mime)
                    .map_err(odd)?,
                Bytes::Disk => {
                    let (path, name) = (&ready.file.path, ready.name.clone());
                    file_part(path, 0, ready.size, name, &ready.mime).await?
                }
            };
            form = form.part(format!("file{n}"), part);
        }
        Ok(Some(form))
    }
}

async fn encoded(ready: &Ready<'_>) -> Result<String, Refusal> {
    match &ready.bytes {
        Bytes::Memory(bytes) => Ok(STANDARD.encode(bytes)),
        Bytes::Disk => {
            let bytes = tokio::fs::read(&ready.file.path).await;
            Ok(STANDARD.encode(bytes.map_err(|_| lost())?))
        }
    }
}

fn too_much() -> Refusal {
    Refusal::never(
        Category::MediaError,
        "The files of this post are larger than 5 MB together. Send them beside the JSON instead.",
    )
}

/// The JSON of a delivery.
fn body(job: &Job, name: &str, parts: &[Value]) -> Value {
    let text = |option: &str| {
        let value = job.options.get(option).and_then(Value::as_str);
        value.map(str::trim).filter(|v| !v.is_empty())
    };
    let listed = job.options.get(OPTION_TAGS).and_then(Value::as_array);
    let tags: Vec<&str> = match listed.filter(|all| !all.is_empty()) {
        Some(all) => all.iter().filter_map(Value::as_str).collect(),
        None => job.labels.iter().map(String::as_str).collect(),
    };
    let texts: Vec<&str> = job.segments.iter().map(|s| s.text.as_str()).collect();
    let mut data = json!({
        "id": name, "title": job.title, "text": texts.join("\n\n"), "tags": tags,
        "scheduled_at": job.due_at.rfc3339(), "parts": parts,
    });
    for (field, option) in [("link", OPTION_LINK), ("language", OPTION_LANGUAGE)] {
        if let Some(value) = text(option) {
            data[field] = value.into();
        }
    }
    // The time of the post and not of the attempt, so that repeats are the same to the last byte.
    json!({ "type": "post.published", "timestamp": job.due_at.rfc3339(), "data": data })
}

/// What a picture is made to fit.
pub(super) fn picture_limits() -> media::Limits {
    media::Limits::bytes(MAX_IMAGE_BYTES).side(MAX_SIDE)
}
