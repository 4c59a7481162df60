//! How much more goes over the wire than a picture.

use model::MediaId;
use model::failure::Retry;
use networks::connector::{JobMedia, MediaFacts, Outcome};
use serde_json::Value;

use super::{goal, row};
use crate::conformance::{EVERY, Stand};
use crate::desk::{Desk, text};
use crate::fakes::noise;
use crate::sweep::Failure;

/// Sides of the picture, in pixels: some hundred kilobytes, which every network takes.
const SIDES: (u32, u32) = (1_000, 800);
/// Most bytes on the wire for each byte that has to be there.
const MOST: f64 = 1.02;
/// Bytes for each byte of a picture where the documentation wants it in base 64.
const BASE_64: f64 = 4.0 / 3.0;

/// Rows for every network that is sent pictures.
pub fn rows() -> Result<Vec<Value>, Failure> {
    let runtime = tokio::runtime::Runtime::new()?;
    let folder = tempfile::tempdir()?;
    let path = noise(folder.path(), "noise.jpg", SIDES.0, SIDES.1);
    let bytes = std::fs::read(&path)?;
    let picture = JobMedia {
        facts: MediaFacts {
            id: blake3::hash(&bytes).to_hex().parse::<MediaId>()?,
            mime: "image/jpeg".to_owned(),
            bytes: bytes.len() as u64,
            width: Some(SIDES.0),
            height: Some(SIDES.1),
            clip: None,
            document: None,
            tool: media::video::Tool::Ready,
            missing: false,
        },
        path,
        original: None,
        alt: "Noise.".to_owned(),
        captions: vec![],
        poster_ms: None,
        poster: None,
    };
    let mut rows = Vec::new();
    for stand in EVERY {
        rows.extend(runtime.block_on(one(stand, &picture))?);
    }
    Ok(rows)
}

async fn one(stand: &Stand, picture: &JobMedia) -> Result<Option<Value>, Failure> {
    let bench = (stand.start)().await;
    let Some(faults) = bench.faults().filter(|_| bench.entry().publishes.images) else {
        return Ok(None);
    };
    let desk = Desk::new();
    let account = desk.sign_in(bench.connector(), bench.sign_in()).await;
    let account = account.map_err(|refusal| refusal.message)?;
    let mut part = text("A picture");
    part.media = vec![picture.clone()];
    let mut job = desk.job(bench.connector(), &account, vec![part]);
    job.options.extend(bench.options());
    faults.wire().arm(None);
    loop {
        match desk.attempt(bench.connector(), &mut job).await {
            Outcome::Sent(_) => break,
            Outcome::NotSent(refusal) if refusal.retry != Retry::Never && job.attempt < 5 => {}
            other => return Err(format!("{}: {other:?}", stand.name).into()),
        }
    }
    let sent = faults.wire().traffic().received as f64 / picture.facts.bytes as f64;
    let least = if stand.name == "Pinterest (pictures)" {
        BASE_64
    } else {
        1.0
    };
    let most = least * MOST;
    let measure = format!("bytes sent for a byte of a picture, {}", stand.name);
    let words = format!("at most {most:.2}");
    Ok(Some(goal(
        row(&measure, sent, "bytes"),
        &words,
        sent <= most,
    )))
}
