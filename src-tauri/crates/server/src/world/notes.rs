//! What programs said of things, in their own words.

use std::collections::HashMap;

use app::programs::ProgramNote;
use model::PostId;
use model::post::Post;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::call::Call;
use crate::fault::{Fault, Kind};

/// What a program said of a thing, in its own words.
pub(crate) async fn note<N: DeserializeOwned + Default>(
    call: &Call,
    kind: &str,
    id: &str,
) -> Result<N, Fault> {
    let found = call.app().note(call.workspace(), kind, id).await?;
    Ok(found.and_then(read_note).unwrap_or_default())
}

/// A note as its contract reads it; none when it cannot be read.
pub(crate) fn read_note<N: DeserializeOwned>(value: serde_json::Value) -> Option<N> {
    serde_json::from_value(value)
        .inspect_err(|error| tracing::warn!(%error, "a program's own words could not be read"))
        .ok()
}

/// The same for many posts.
pub(crate) async fn notes<N: DeserializeOwned>(
    call: &Call,
    kind: &str,
    posts: &[Post],
) -> Result<HashMap<PostId, N>, Fault> {
    let ids: Vec<String> = posts.iter().map(|p| p.id.to_string()).collect();
    let found = call.app().notes(call.workspace(), kind, &ids).await?;
    let read = found.into_iter().filter_map(|(id, value)| {
        let id = id.parse().ok()?;
        Some((id, read_note(value)?))
    });
    Ok(read.collect())
}

/// What a program said, to be kept with a change of its thing. Refused when it is more than is kept.
pub(crate) fn noted<N: Serialize>(
    call: &Call,
    kind: &'static str,
    note: &N,
) -> Result<ProgramNote, Fault> {
    let value = serde_json::to_value(note)
        .map_err(|error| Fault::new(Kind::Internal, error.to_string()))?;
    let workspace = call.workspace();
    Ok(ProgramNote::new(workspace, kind, value)?)
}

/// Keeps what a program said.
pub(crate) async fn put_note<N: Serialize + Sync>(
    call: &Call,
    kind: &str,
    id: &str,
    note: &N,
) -> Result<(), Fault> {
    let value = serde_json::to_value(note)
        .map_err(|error| Fault::new(Kind::Internal, error.to_string()))?;
    let app = call.app();
    Ok(app.put_note(call.workspace(), kind, id, &value).await?)
}
