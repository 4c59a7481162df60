//! The video service of the sandbox: it takes a video with a token for the account's server, works on it
//! for a look, and puts it onto the server.

use std::collections::HashMap;

use axum::http::header;
use serde_json::{Value, json};

use super::auth::caller;
use super::{Answer, Call, Refused, State, repo};

/// What the service knows.
#[derive(Default)]
pub struct Service {
    /// Accounts by the tokens given out for them.
    tokens: HashMap<String, String>,
    /// The blob of each job, and whether it was looked at before.
    jobs: HashMap<String, (Value, bool)>,
}

impl Service {
    /// How many videos came.
    pub fn jobs(&self) -> usize {
        self.jobs.len()
    }
}

/// A token for one method of the account's server.
pub fn token(state: &mut State, call: &Call<'_>) -> Answer {
    let did = caller(state, call)?;
    if !call.parameter("aud")?.starts_with("did:web:") {
        return Err(Refused::invalid("aud must be a valid did"));
    }
    if call.parameter("lxm")? != "com.atproto.repo.uploadBlob" {
        return Err(Refused::invalid(
            "insufficient access to request a service auth token",
        ));
    }
    call.parameter("exp")?
        .parse::<i64>()
        .map_err(|_| Refused::invalid("exp must be an integer"))?;
    let token = format!("service-token-{}", state.videos.tokens.len());
    state.videos.tokens.insert(token.clone(), did);
    Ok(json!({ "token": token }))
}

/// Takes a video.
pub fn upload(state: &mut State, call: &Call<'_>) -> Answer {
    let token = call.header(header::AUTHORIZATION).strip_prefix("Bearer ");
    let owner = token
        .and_then(|token| state.videos.tokens.get(token))
        .cloned();
    if owner.as_deref() != Some(call.parameter("did")?) {
        return Err(Refused(
            401,
            "AuthMissing",
            "no token of this account".to_owned(),
        ));
    }
    let named = call.parameter("name")?.rsplit_once('.');
    if named.is_none_or(|(_, end)| end != "mp4") || call.header(header::CONTENT_TYPE) != "video/mp4"
    {
        return Err(Refused::invalid("only MP4 is taken"));
    }
    let length = call.header(header::CONTENT_LENGTH).parse::<usize>();
    if length.ok() != Some(call.body.len()) || call.body.get(4..8) != Some(b"ftyp") {
        return Err(Refused::invalid("the bytes are not what was announced"));
    }
    let blob = repo::keep(state, "video/mp4", call.body);
    let job = format!("job-{}", state.videos.jobs.len());
    state.videos.jobs.insert(job.clone(), (blob, false));
    Ok(json!({ "jobStatus": { "jobId": job, "did": owner, "state": "JOB_STATE_CREATED" } }))
}

/// How far a job is: at work at the first look, done at the second.
pub fn status(state: &mut State, call: &Call<'_>) -> Answer {
    let job = call.parameter("jobId")?.to_owned();
    let Some((blob, seen)) = state.videos.jobs.get_mut(&job) else {
        return Err(Refused::invalid("no such job"));
    };
    let mut status = json!({ "jobId": job, "state": "JOB_STATE_ENCODING", "progress": 40 });
    if std::mem::replace(seen, true) {
        status["state"] = json!("JOB_STATE_COMPLETED");
        status["blob"] = blob.clone();
    }
    Ok(json!({ "jobStatus": status }))
}
