//! Files: sent in a form, looked at, deleted.

use std::collections::BTreeMap;

use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::call::{Call, Nothing, Reply};
use crate::fault::{Fault, Kind};
use crate::files::{self, Upload};
use crate::limits::Bucket;
use crate::world::{network_of, platform_of};

/// Longest text in a form, in bytes.
const MAX_TEXT: usize = 64 * 1024;

#[derive(Serialize, JsonSchema)]
struct Thumbnails {
    small: String,
    medium: String,
}

#[derive(Serialize, JsonSchema)]
struct Dimensions {
    width: u32,
    height: u32,
}

#[derive(Serialize, JsonSchema)]
struct Compatibility {
    compatible: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    optimized: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct MediaOf {
    media_id: String,
    r#type: String,
    url: String,
    alt_text: String,
    thumbnails: Option<Thumbnails>,
    dimensions: Option<Dimensions>,
    platform_compatibility: BTreeMap<String, Compatibility>,
}

async fn shown(
    call: &Call,
    id: Uuid,
    upload: &Upload,
    hints: Option<&[String]>,
) -> Result<MediaOf, Fault> {
    let info = files::info(call, &upload.media).await?;
    let kind = info.mime.split('/').next().unwrap_or("file");
    let address = files::address(&call.host, &id.to_string());
    let picture = kind == "image";
    let wanted = |key: &str| hints.is_none_or(|h| h.iter().any(|name| network_of(name) == key));
    let platform_compatibility = call
        .app()
        .networks()
        .into_iter()
        .filter(|n| wanted(&n.key))
        .map(|n| {
            let takes = match kind {
                "image" => n.publishes.images,
                "video" => n.publishes.video,
                _ => n.files.is_some(),
            };
            let compatible = if takes {
                Compatibility {
                    compatible: true,
                    // What is too large for a network is made smaller when it is sent.
                    optimized: Some(true),
                    reason: None,
                    suggestion: None,
                }
            } else {
                Compatibility {
                    compatible: false,
                    optimized: None,
                    reason: Some(format!("{} takes no such files.", n.name)),
                    suggestion: Some("Use another kind of file, or leave it out there.".to_owned()),
                }
            };
            (platform_of(&n.key), compatible)
        })
        .collect();
    Ok(MediaOf {
        media_id: format!("media_{id}"),
        r#type: kind.to_owned(),
        thumbnails: picture.then(|| Thumbnails {
            small: format!("{address}.small"),
            medium: format!("{address}.small"),
        }),
        url: address,
        alt_text: upload.alt.clone(),
        dimensions: info
            .width
            .zip(info.height)
            .map(|(width, height)| Dimensions { width, height }),
        platform_compatibility,
    })
}

/// Hints as a JSON list, or with commas.
fn hints(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_else(|_| {
        let names = text.split(',').map(str::trim).filter(|n| !n.is_empty());
        names.map(str::to_owned).collect()
    })
}

/// The form of a request. Its bound is counted while the file arrives.
async fn form(mut request: Request) -> Result<Multipart, Fault> {
    DefaultBodyLimit::disable().apply(&mut request);
    Multipart::from_request(request, &()).await.map_err(|_| {
        Fault::new(
            Kind::BodyType,
            "The body has to be a form: multipart/form-data.",
        )
    })
}

pub(super) async fn upload(call: Call, request: Request) -> Result<Reply<MediaOf>, Fault> {
    call.counts(Bucket::Media)?;
    let mut form = form(request).await?;
    let broken = |_| Fault::new(Kind::Invalid, "The form broke off or is not one.");
    let mut taken: Option<(Uuid, Upload)> = None;
    let (mut alt, mut wanted) = (String::new(), None);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name().unwrap_or_default() {
            "file" if taken.is_none() => {
                let name = field.file_name().unwrap_or("file").to_owned();
                taken = Some(files::take(&call, field, &name, "").await?);
            }
            name @ ("alt_text" | "platform_hints") => {
                let name = name.to_owned();
                let text = field.text().await.map_err(broken)?;
                if text.len() > MAX_TEXT {
                    return Err(Fault::invalid(&name, format!("{name} is too long.")));
                }
                if name == "alt_text" {
                    alt = text;
                } else {
                    wanted = Some(hints(&text));
                }
            }
            _ => {}
        }
    }
    let Some((id, mut upload)) = taken else {
        return Err(Fault::invalid("file", "file is missing."));
    };
    upload.alt = alt;
    files::describe(&call, id, &upload).await?;
    let media = shown(&call, id, &upload, wanted.as_deref()).await?;
    Ok(Reply::created(media))
}

pub(super) async fn one(call: Call, _: Nothing, _: Nothing) -> Result<Reply<MediaOf>, Fault> {
    let (id, upload) = files::upload(&call, call.param("media_id")).await?;
    Ok(Reply::ok(shown(&call, id, &upload, None).await?))
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Deleted {
    media_id: String,
    deleted: bool,
}

pub(super) async fn delete(call: Call, _: Nothing, _: Nothing) -> Result<Reply<Deleted>, Fault> {
    let media_id = call.param("media_id").to_owned();
    files::forget(&call, &media_id).await?;
    Ok(Reply::ok(Deleted {
        media_id,
        deleted: true,
    }))
}
