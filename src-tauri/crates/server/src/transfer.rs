//! Files for commands that name one by its path. Whoever calls from elsewhere has no paths here: a file is
//! sent first and then named as `upload:<token>/<name>`, and what a command is to write is named as
//! `download:/<name>` and fetched afterwards.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use app::App;
use app::programs::ArrivingFolder;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use model::key::Permission;
use model::{ErrorCode, KeyId, Timestamp};
use serde_json::{Value, json};
use tokio_util::io::ReaderStream;

use crate::almanac::{Caller, Problem, json_text};
use crate::arriving::{self, Cut};
use crate::host::Host;

/// Largest file that is taken, in bytes: a full export with many pictures.
const MAX_FILE: u64 = app::MAX_FILE_BYTES;
/// How long a file is kept for the command that is to use it, or for whoever is to fetch it.
const KEEPS: Duration = Duration::from_mins(30);
/// Most files at a time.
const MOST: usize = 200;

/// A file that lies ready.
struct Ready {
    key: KeyId,
    path: PathBuf,
    until: Timestamp,
    /// Goes with it.
    _folder: ArrivingFolder,
}

/// Files by token.
#[derive(Default)]
pub(crate) struct Transfers(Mutex<HashMap<String, Ready>>);

/// Files of one command.
#[derive(Default)]
pub(crate) struct Files {
    /// Those that were sent before.
    sent: Vec<PathBuf>,
    /// The one that it writes, under its token.
    written: Option<(String, PathBuf, ArrivingFolder)>,
}

impl Files {
    /// Every path the command may use.
    pub fn paths(&self) -> Vec<PathBuf> {
        let written = self.written.iter().map(|(_, path, _)| path.clone());
        self.sent.iter().cloned().chain(written).collect()
    }
}

fn no_such_file() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        ErrorCode::NotFound,
        "There is no such file, or not any more. Send it again.",
    )
}

impl Transfers {
    /// Puts real paths in the place of the names of files in `path` and `paths`.
    pub fn put_paths(&self, app: &App, key: KeyId, input: &mut Value) -> Result<Files, Problem> {
        let mut files = Files::default();
        if let Some(name) = input["path"].as_str().map(str::to_owned)
            && let Some(path) = self.path_of(app, key, &name, &mut files)?
        {
            input["path"] = json!(path);
        }
        let count = input["paths"].as_array().map_or(0, Vec::len);
        for at in 0..count {
            let name = input["paths"][at].as_str().unwrap_or_default().to_owned();
            if let Some(path) = self.path_of(app, key, &name, &mut files)? {
                input["paths"][at] = json!(path);
            }
        }
        Ok(files)
    }

    fn path_of(
        &self,
        app: &App,
        key: KeyId,
        name: &str,
        files: &mut Files,
    ) -> Result<Option<PathBuf>, Problem> {
        if let Some(named) = name.strip_prefix("upload:") {
            // What follows the token is for people.
            let token = named.split('/').next().unwrap_or(named);
            let ready = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let own = ready.get(token).filter(|file| file.key == key);
            let path = own.ok_or_else(no_such_file)?.path.clone();
            files.sent.push(path.clone());
            return Ok(Some(path));
        }
        let Some(wanted) = name.strip_prefix("download:") else {
            return Ok(None);
        };
        let folder = app.arriving_folder()?;
        let path = folder.file(wanted);
        files.written = Some((app.random_hex(24), path.clone(), folder));
        Ok(Some(path))
    }

    /// Keeps what a command wrote until it is fetched; its token.
    pub fn keep(&self, files: Files, key: KeyId, now: Timestamp) -> Option<String> {
        let (token, path, folder) = files.written.filter(|(_, path, _)| path.exists())?;
        self.put(token.clone(), key, path, folder, now).ok()?;
        Some(token)
    }

    fn put(
        &self,
        token: String,
        key: KeyId,
        path: PathBuf,
        folder: ArrivingFolder,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let mut ready = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ready.retain(|_, file| file.until > now);
        if ready.len() >= MOST {
            return Err(Problem::new(
                StatusCode::CONFLICT,
                ErrorCode::Conflict,
                "Too many files wait to be used. Try again in half an hour.",
            ));
        }
        let until = now.plus(KEEPS);
        let file = Ready {
            key,
            path,
            until,
            _folder: folder,
        };
        ready.insert(token, file);
        Ok(())
    }

    fn take(&self, token: &str, key: KeyId, now: Timestamp) -> Option<Ready> {
        let mut ready = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = ready
            .get(token)
            .is_some_and(|file| file.key == key && file.until > now);
        own.then(|| ready.remove(token)).flatten()
    }
}

/// Takes a file: its bytes are the body, its name stands in the query.
pub(crate) async fn take(
    host: &Host,
    caller: Caller,
    request: Request,
) -> Result<Response, Problem> {
    if !caller
        .bearer
        .permissions
        .contains(&Permission::CreateEvents)
    {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            ErrorCode::Permission,
            "This key lacks the permission create_events. Make one that has it.",
        ));
    }
    let query = request.uri().query().unwrap_or_default();
    let name = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "name")
        .map_or_else(|| "File".to_owned(), |(_, value)| value.into_owned());
    let folder = host.app.arriving_folder()?;
    let path = folder.file(&name);
    let file = tokio::fs::File::create_new(&path).await.map_err(|error| {
        tracing::warn!(%error, "a file for what is sent could not be made");
        Problem::from(Cut::Disk.fault("file", MAX_FILE))
    })?;
    let stream = request.into_body().into_data_stream();
    arriving::to_file(stream, MAX_FILE, file, |_| {})
        .await
        .map_err(|cut| cut.fault("file", MAX_FILE))?;
    let token = host.app.random_hex(24);
    let now = host.app.now();
    host.transfers
        .put(token.clone(), caller.bearer.key, path, folder, now)?;
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let named = format!("upload:{token}/{last}");
    Ok(json_text(json!({ "path": named }).to_string()))
}

/// Gives a file that a command wrote, once.
pub(crate) async fn give(host: &Host, token: &str, caller: Caller) -> Result<Response, Problem> {
    let ready = host
        .transfers
        .take(token, caller.bearer.key, host.app.now())
        .ok_or_else(no_such_file)?;
    let file = tokio::fs::File::open(&ready.path)
        .await
        .map_err(|_| no_such_file())?;
    let length = file.metadata().await.map_or(0, |m| m.len());
    // The folder goes when the last byte is sent.
    let bytes = ReaderStream::new(file).map(move |chunk| {
        let _ = &ready;
        chunk
    });
    let mut response = Body::from_stream(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment"),
    );
    Ok(response)
}
