//! Files of the site. Their bytes are counted and dropped.

use axum::extract::Multipart;
use serde_json::{Value, json};

use super::{Answer, Call, File, Person, Refused, State};

/// An upload as it arrived.
pub struct Upload {
    name: String,
    mime: String,
    alt: String,
    size: u64,
}

/// Reads a form: the file, and fields that are known.
pub async fn read(mut form: Multipart) -> Result<Upload, Refused> {
    let broken = || Refused::new(400, "rest_upload_no_data");
    let mut upload = Upload {
        name: String::new(),
        mime: String::new(),
        alt: String::new(),
        size: 0,
    };
    while let Some(mut field) = form.next_field().await.map_err(|_| broken())? {
        match field.name().unwrap_or_default() {
            "file" => {
                field
                    .file_name()
                    .unwrap_or_default()
                    .clone_into(&mut upload.name);
                let kind = field.content_type().unwrap_or_default();
                kind.clone_into(&mut upload.mime);
                while let Some(piece) = field.chunk().await.map_err(|_| broken())? {
                    upload.size += piece.len() as u64;
                }
            }
            "alt_text" => upload.alt = field.text().await.map_err(|_| broken())?,
            _ => return Err(Refused::new(400, "rest_invalid_param")),
        }
    }
    Ok(upload)
}

/// Keeps an upload.
pub fn keep(state: &mut State, caller: Option<Person>, upload: Upload) -> Answer {
    let person = caller.ok_or_else(|| Refused::new(401, "rest_cannot_create"))?;
    if !person.author {
        return Err(Refused::new(403, "rest_cannot_create"));
    }
    if upload.size == 0 {
        return Err(Refused::new(400, "rest_upload_no_data"));
    }
    if upload.size > state.max_upload {
        return Err(Refused::new(400, "rest_upload_file_too_big"));
    }
    let (stem, ending) = upload.name.rsplit_once('.').unwrap_or_default();
    let fits = match ending {
        "jpg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "mp4" => "video/mp4",
        "mov" => "video/quicktime",
        "webm" => "video/webm",
        _ => "",
    };
    if stem.is_empty() || fits != upload.mime {
        return Err(Refused::new(500, "rest_upload_sideload_error"));
    }
    let same = |slug: &str| state.files.iter().any(|f| f.slug == slug);
    let free = (0..).map(|n| match n {
        0 => stem.to_owned(),
        n => format!("{stem}-{n}"),
    });
    let slug = free.into_iter().find(|s| !same(s)).unwrap_or_default();
    let file = File {
        id: 500 + state.files.len() as u64,
        name: format!("{slug}.{ending}"),
        slug,
        mime: upload.mime,
        alt: upload.alt,
        size: upload.size,
    };
    let answer = json(state, &file);
    state.files.push(file);
    Ok((201, answer, None))
}

fn json(state: &State, file: &File) -> Value {
    let source = format!("{}/wp-content/uploads/{}", state.origin, file.name);
    let kind = if file.mime.starts_with("image/") {
        "image"
    } else {
        "file"
    };
    json!({
        "id": file.id, "slug": file.slug, "source_url": source, "media_type": kind,
        "mime_type": file.mime, "alt_text": file.alt,
    })
}

/// Looks for files by their name.
pub fn search(state: &State, call: &Call<'_>) -> Answer {
    call.person()?;
    let wanted = call.parameter("search");
    let files = state.files.iter().filter(|f| f.slug.contains(wanted));
    let found: Vec<Value> = files.map(|f| json(state, f)).collect();
    let total = found.len();
    Ok((200, found.into(), Some(total)))
}
