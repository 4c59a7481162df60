//! Files: sent in a form, looked at, deleted.

use std::collections::BTreeMap;

use app::MediaWanted;
use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use model::error::{Fix, Problem};
use schemars::JsonSchema;
use serde::Serialize;

use crate::arriving::{self, Cut};
use crate::call::{Call, Nothing, Reply};
use crate::fault::{Fault, Kind};
use crate::files::{self, Arrived, Upload};
use crate::limits::Bucket;
use crate::routes::Fingerprint;
use crate::world::{network_of, platform_of};

/// Longest text in a form, in bytes: it is kept beside the file.
const MAX_TEXT: usize = 16 * 1024;
/// Most networks that a form names.
const MAX_HINTS: usize = 50;

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
    id: &str,
    upload: &Upload,
    hints: Option<&[String]>,
) -> Result<MediaOf, Fault> {
    let info = files::info(call, &upload.media).await?;
    let kind = info.mime.split('/').next().unwrap_or("file");
    let address = files::address(call, id);
    // A document shows its first page, and a video a picture of its own where it can be made.
    let small = call.app().media_file(&upload.media, MediaWanted::Thumb);
    let small = kind == "image" || small.await.is_ok_and(|file| file.is_some());
    let wanted = |key: &str| hints.is_none_or(|h| h.iter().any(|name| network_of(name) == key));
    let fits = call.app().network_fits(&upload.media, &[]).await?;
    let platform_compatibility = fits
        .iter()
        .filter(|fit| wanted(&fit.network))
        .map(|fit| {
            (
                platform_of(&fit.network),
                compatibility(kind, &fit.problems),
            )
        })
        .collect();
    Ok(MediaOf {
        media_id: format!("media_{id}"),
        r#type: kind.to_owned(),
        thumbnails: small.then(|| Thumbnails {
            small: format!("{address}.small"),
            medium: format!("{address}.small"),
        }),
        url: address,
        alt_text: if upload.alt.is_empty() {
            info.alt
        } else {
            upload.alt.clone()
        },
        dimensions: info
            .width
            .zip(info.height)
            .map(|(width, height)| Dimensions { width, height }),
        platform_compatibility,
    })
}

/// What a network makes of a file: nothing stands in its way, or this.
fn compatibility(kind: &str, problems: &[Problem]) -> Compatibility {
    let Some(first) = problems.first() else {
        return Compatibility {
            compatible: true,
            // Pictures and videos go out as versions that meet the limits; other files as they are.
            optimized: Some(matches!(kind, "image" | "video")),
            reason: None,
            suggestion: None,
        };
    };
    let (reason, suggestion) = match first.fixes.first() {
        Some(Fix::Crop {
            narrowest, widest, ..
        }) => (
            "Aspect ratio not supported".to_owned(),
            format!("Crop to {}", shapes(*narrowest, *widest)),
        ),
        Some(Fix::Trim { most_ms, .. }) => (
            first.message.clone(),
            format!("Cut it to {} seconds or less", most_ms / 1_000),
        ),
        _ => (
            first.message.clone(),
            "Use another file, or leave it out there".to_owned(),
        ),
    };
    Compatibility {
        compatible: false,
        optimized: None,
        reason: Some(reason),
        suggestion: Some(suggestion),
    }
}

/// Shapes between two of them, as people crop to: `1:1 or 4:5`.
fn shapes(narrowest: (u32, u32), widest: (u32, u32)) -> String {
    let words = |(across, down): (u32, u32)| format!("{across}:{down}");
    let square = narrowest.0 <= narrowest.1 && widest.0 >= widest.1;
    if square && narrowest != (1, 1) {
        format!("1:1 or {}", words(narrowest))
    } else if square || narrowest == widest {
        words(narrowest)
    } else {
        format!("between {} and {}", words(narrowest), words(widest))
    }
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

/// A form that has arrived.
pub(super) struct Sent {
    file: Arrived,
    alt: String,
    hints: Option<Vec<String>>,
}

impl Fingerprint for Sent {
    /// Its fields: what stands between them differs each time the same is sent.
    fn parts(&self) -> Vec<Vec<u8>> {
        let hints = self.hints.as_ref().map(|hints| hints.join(","));
        vec![
            self.file.hash.as_bytes().to_vec(),
            self.alt.clone().into_bytes(),
            hints.unwrap_or_default().into_bytes(),
        ]
    }
}

/// Reads the form of an upload, its file to the disk.
pub(super) async fn receive(call: Call, request: Request) -> Result<(Call, Sent), Fault> {
    call.counts(Bucket::Media)?;
    let mut form = form(request).await?;
    let broken = |error: MultipartError| match Cut::of(&error) {
        slow @ Cut::Slow => slow.fault("form", app::MAX_FILE_BYTES),
        _ => Fault::new(Kind::Invalid, "The form broke off or is not one."),
    };
    let mut file: Option<Arrived> = None;
    let (mut alt, mut wanted) = (String::new(), None::<Vec<String>>);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name().unwrap_or_default() {
            "file" if file.is_none() => {
                let name = field.file_name().unwrap_or("file").to_owned();
                file = Some(files::receive(&call, field, &name).await?);
            }
            name @ ("alt_text" | "platform_hints") => {
                let name = name.to_owned();
                let text = arriving::all(field, MAX_TEXT)
                    .await
                    .map_err(|cut| match cut {
                        Cut::TooLarge => Fault::invalid(&name, format!("{name} is too long.")),
                        cut => cut.fault("form", app::MAX_FILE_BYTES),
                    })?;
                let text = String::from_utf8_lossy(&text).into_owned();
                if name == "alt_text" {
                    alt = text;
                } else {
                    // A form says a list as a field that is there several times as well.
                    let all = wanted.get_or_insert_default();
                    all.extend(hints(&text));
                    if all.len() > MAX_HINTS {
                        return Err(Fault::invalid(&name, format!("{name} names too much.")));
                    }
                }
            }
            _ => {}
        }
    }
    let file = file.ok_or_else(|| Fault::invalid("file", "file is missing."))?;
    let hints = wanted;
    Ok((call, Sent { file, alt, hints }))
}

pub(super) async fn upload(call: Call, sent: Sent) -> Result<Reply<MediaOf>, Fault> {
    let (id, upload) = files::take(&call, &sent.file, &sent.alt).await?;
    let media = shown(&call, &id.to_string(), &upload, sent.hints.as_deref()).await?;
    Ok(Reply::created(media))
}

pub(super) async fn one(call: Call, _: Nothing, _: Nothing) -> Result<Reply<MediaOf>, Fault> {
    let (id, upload) = files::upload(&call, call.param("media_id")).await?;
    Ok(Reply::ok(shown(&call, &id, &upload, None).await?))
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Deleted {
    media_id: String,
    deleted: bool,
}

pub(super) async fn delete(call: Call, _: Nothing, _: Nothing) -> Result<Reply<Deleted>, Fault> {
    let id = files::forget(&call, call.param("media_id")).await?;
    Ok(Reply::ok(Deleted {
        media_id: format!("media_{id}"),
        deleted: true,
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn told(kind: &str, fix: Fix) -> Value {
        let problem = Problem {
            severity: model::error::Severity::Error,
            rule: "rule".to_owned(),
            message: "It does not fit.".to_owned(),
            account_id: None,
            segment: None,
            fixes: vec![fix],
        };
        serde_json::to_value(compatibility(kind, &[problem])).unwrap()
    }

    #[test]
    fn a_shape_is_told_as_printed_and_anything_else_in_its_own_words() {
        let crop = Fix::Crop {
            index: 0,
            narrowest: (4, 5),
            widest: (191, 100),
        };
        assert_eq!(
            told("image", crop),
            json!({ "compatible": false, "reason": "Aspect ratio not supported", "suggestion": "Crop to 1:1 or 4:5" })
        );
        let other = told("image", Fix::RemoveMedia { index: 0 });
        assert_eq!(other["reason"], "It does not fit.");
        let fits = |kind| serde_json::to_value(compatibility(kind, &[])).unwrap();
        assert_eq!(
            fits("image"),
            json!({ "compatible": true, "optimized": true })
        );
        assert_eq!(fits("application")["optimized"], false);
        assert_eq!(shapes((9, 16), (9, 16)), "9:16");
        assert_eq!(shapes((2, 3), (3, 4)), "between 2:3 and 3:4");
    }
}
