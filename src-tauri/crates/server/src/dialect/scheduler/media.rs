//! Files: announced, sent to an address that works once, deleted by path.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::Request;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::profile;
use crate::call::{Call, Nothing, Reply, Success};
use crate::fault::Fault;
use crate::files;
use crate::host::Host;
use crate::limits::{Bucket, Count};
use crate::times;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Announced {
    /// The workspace; the key's own when missing.
    profile_id: Option<String>,
    /// What the file is called.
    file_name: String,
    /// Its media type.
    content_type: String,
    /// Its size in bytes.
    file_size: u64,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Address {
    bucket: String,
    path: String,
    token: String,
    signed_url: String,
}

#[derive(Serialize, JsonSchema)]
struct Media {
    id: String,
    post_id: String,
    file_path: String,
    public_url: String,
    mime_type: String,
    file_size: u64,
    file_name: String,
    sort_order: u32,
    created_at: String,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Upload {
    upload: Address,
    media: Media,
}

pub(super) async fn announce(
    call: Call,
    _: Nothing,
    new: Announced,
) -> Result<Reply<Upload>, Fault> {
    profile(&call, new.profile_id.as_deref())?;
    let kind = new.content_type.to_ascii_lowercase();
    if !(kind.starts_with("image/") || kind.starts_with("video/") || kind == "application/pdf") {
        return Err(Fault::invalid(
            "contentType",
            "contentType has to be that of a picture, a video or a PDF.",
        )
        .given(&new.content_type));
    }
    if new.file_size == 0 {
        return Err(Fault::invalid(
            "fileSize",
            "fileSize has to be more than nothing.",
        ));
    }
    call.counts(Bucket::Media)?;
    let (id, token) = files::announce(&call, &new.file_name, new.file_size)?;
    let workspace = call.workspace();
    let path = format!(
        "user_{workspace}/profile_{workspace}/{id}-{}",
        files::slug(&new.file_name)
    );
    Ok(Reply::ok(Upload {
        media: Media {
            id: id.to_string(),
            post_id: String::new(),
            file_path: path.clone(),
            public_url: files::address(&call, &id.to_string()),
            mime_type: new.content_type,
            file_size: new.file_size,
            file_name: new.file_name,
            sort_order: 0,
            created_at: times::millis(call.app().now()),
        },
        upload: Address {
            bucket: "post-media".to_owned(),
            path,
            signed_url: format!("{}/api/v1/media/upload/{token}", call.base),
            token,
        },
    }))
}

pub(super) async fn upload(
    host: Arc<Host>,
    params: HashMap<String, String>,
    request: Request,
) -> Result<(Reply<Success>, Count), Fault> {
    let token = params.get("token").map_or("", String::as_str);
    let count = files::redeem(&host, token, request.into_body()).await?;
    Ok((Reply::ok(Success::YES), count))
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Gone {
    /// The workspace; the key's own when missing.
    profile_id: Option<String>,
    /// The path that the upload was given.
    file_path: String,
}

pub(super) async fn delete(call: Call, _: Nothing, gone: Gone) -> Result<Reply<Success>, Fault> {
    profile(&call, gone.profile_id.as_deref())?;
    files::forget(&call, &gone.file_path).await?;
    Ok(Reply::ok(Success::YES))
}
