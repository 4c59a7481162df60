//! Memory of the sending process while a large file goes out, and how much more goes over the wire than
//! the file. The sandbox runs in this process, the sender in one of its own.

use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use model::MediaId;
use model::account::Account;
use model::content::{MediaUse, Segment};
use model::error::Severity;
use model::post::TargetDraft;
use networks::connector::{CheckInput, MediaFacts};
use serde_json::Value;

use super::sending::{Said, Told};
use super::{goal, row};
use crate::conformance::{Bench, EVERY, Stand};
use crate::desk::{ACCOUNT, Desk};
use crate::sweep::Failure;

/// Sizes that are tried, in bytes: the first that the network takes is sent.
const SIZES: [u64; 4] = [1_000_000_000, 500_000_000, 300_000_000, 100_000_000];
/// Most memory above what the process had before, in bytes.
const MOST: u64 = 64 << 20;
/// Most bytes on the wire for each byte of the file.
const MOST_SENT: f64 = 1.01;

/// How a file that a network takes begins.
const BEGINNING: &[u8] = b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2";

/// Rows for every network that takes a large video.
pub fn rows() -> Result<Vec<Value>, Failure> {
    let runtime = tokio::runtime::Runtime::new()?;
    let folder = tempfile::tempdir()?;
    let mut rows = Vec::new();
    for stand in EVERY {
        rows.extend(runtime.block_on(one(stand, folder.path()))?);
    }
    Ok(rows)
}

async fn one(stand: &Stand, folder: &Path) -> Result<Vec<Value>, Failure> {
    let bench = (stand.start)().await;
    if !bench.entry().publishes.video {
        return Ok(vec![]);
    }
    bench.true_to_size();
    let desk = Desk::new();
    let account = desk.sign_in(bench.connector(), bench.sign_in()).await;
    let account = account.map_err(|refusal| refusal.message)?;
    let taken = SIZES
        .into_iter()
        .find(|size| takes(&*bench, &account, *size));
    let Some(bytes) = taken else {
        println!("{} takes no large videos.", stand.name);
        return Ok(vec![]);
    };
    let file = folder.join("large.mp4");
    sparse(&file, bytes)?;
    if let Some(faults) = bench.faults() {
        faults.wire().arm(None);
    }
    let told = told(&*bench, &file, bytes);
    let said = tokio::task::spawn_blocking(move || child(&told)).await??;
    if bench.visible() != 1 {
        return Err(format!("{}: {} are there", stand.name, bench.visible()).into());
    }
    let megabytes = bytes / 1_000_000;
    let more = said.peak.saturating_sub(said.idle);
    let measure = format!("memory while {megabytes} MB go out, {}", stand.name);
    let memory = row(&measure, more as f64 / f64::from(1 << 20), "MiB more");
    let mut rows = vec![goal(memory, "below 64", more < MOST)];
    if let Some(faults) = bench.faults() {
        let sent = faults.wire().traffic().received as f64 / bytes as f64;
        // Networks that fetch the file by themselves are sent nothing of it.
        let measure = format!("bytes sent for a byte of the file, {}", stand.name);
        rows.push(goal(
            row(&measure, sent, "bytes"),
            "at most 1.01",
            sent <= MOST_SENT,
        ));
    }
    Ok(rows)
}

/// Whether the network takes a video of this size from this account.
fn takes(bench: &dyn Bench, account: &Account, bytes: u64) -> bool {
    let id: Option<MediaId> = "a".repeat(64).parse().ok();
    let Some(id) = id else { return false };
    let facts = MediaFacts {
        id: id.clone(),
        mime: "video/mp4".to_owned(),
        bytes,
        width: None,
        height: None,
        clip: None,
        document: None,
        tool: media::video::Tool::Ready,
        missing: false,
    };
    let segment = Segment {
        text: "A large video".to_owned(),
        media: vec![MediaUse::new(id, "")],
    };
    let draft = TargetDraft {
        account_id: ACCOUNT,
        override_segments: None,
        options: bench.options(),
    };
    let problems = bench.connector().check(CheckInput {
        account,
        segments: &[segment],
        draft: &draft,
        media: &[facts],
    });
    !problems.iter().any(|p| p.severity == Severity::Error)
}

/// A file that takes no room on the disk.
fn sparse(path: &Path, bytes: u64) -> Result<(), Failure> {
    let mut file = std::fs::File::create(path)?;
    file.write_all(BEGINNING)?;
    file.set_len(bytes)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(())
}

fn told(bench: &dyn Bench, file: &Path, bytes: u64) -> Told {
    let form = bench.sign_in();
    let address = bench.faults().and_then(|faults| faults.wire().address());
    Told {
        network: bench.connector().entry().key.clone(),
        origin: address.map(|at| format!("http://{at}")).unwrap_or_default(),
        plain: form.plain,
        secret: form
            .secret
            .iter()
            .map(|(name, secret)| (name.clone(), secret.reveal().to_owned()))
            .collect(),
        options: bench.options(),
        file: file.to_owned(),
        bytes,
    }
}

/// The sending process.
fn child(told: &Told) -> Result<Said, Failure> {
    let mut child = Command::new(std::env::current_exe()?)
        .arg("--send")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let input = serde_json::to_vec(told)?;
    let mut stdin = child.stdin.take().ok_or("the child has no input")?;
    stdin.write_all(&input)?;
    drop(stdin);
    let output = child.wait_with_output()?;
    if !output.status.success() {
        return Err(format!("{} could not be sent to", told.network).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}
