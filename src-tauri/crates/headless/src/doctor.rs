//! `doctor`: one line for each thing that has to be well, with a mark, and what to do where it is not.

use app::types::ahead::Readiness;
use app::types::data::{DataStatus, VideoTool};
use app::types::session::{Boot, VaultStatus};
use model::{Clock, Timestamp};
use serde::Serialize;
use serde_json::json;

use crate::door::{Door, long_name, through};
use crate::place::Place;
use crate::say::Say;
use crate::serve;
use crate::trouble::Trouble;

/// Room on the disk below which something is said, in bytes.
const LITTLE_ROOM: u64 = 1 << 30;
/// Before this no clock can be right: 2026-01-01.
const EARLIEST: i64 = 1_767_225_600_000;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Mark {
    /// Well.
    Well,
    /// Worth knowing.
    Note,
    /// To be mended.
    Bad,
}

/// One line.
#[derive(Debug, Serialize)]
struct Finding {
    mark: Mark,
    what: String,
    says: String,
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, mark: Mark, what: &str, says: impl Into<String>) {
        self.0.push(Finding {
            mark,
            what: what.to_owned(),
            says: says.into(),
        });
    }
}

/// Looks at everything.
pub async fn run(place: &Place, say: &Say) -> Result<(), Trouble> {
    let mut found = Findings::default();
    clock(&mut found, app::system::SystemClock::new().now());
    disk(&mut found, place);
    let mut theirs = false;
    let looked = through(place, false, async |door: &Door| {
        theirs = matches!(door, Door::Other(_));
        inside(&mut found, door).await
    })
    .await;
    match looked {
        Ok(()) => {}
        Err(Trouble::NotOpen(error)) => found.add(Mark::Bad, "data folder", error.message),
        Err(Trouble::InUse(message)) => {
            theirs = true;
            found.add(Mark::Note, "data folder", message);
        }
        Err(other) => found.add(Mark::Bad, "data folder", other.to_string()),
    }
    computer(&mut found);
    // The one that runs was given its key where it was started.
    if !theirs {
        sealed(&mut found, place);
    }
    screen(&mut found);
    say.answer(&found.0, || found.0.iter().map(line).collect());
    if found.0.iter().any(|f| f.mark == Mark::Bad) {
        return Err(Trouble::Unwell("Something has to be mended.".to_owned()));
    }
    Ok(())
}

fn line(finding: &Finding) -> String {
    let mark = match finding.mark {
        Mark::Well => "ok  ",
        Mark::Note => "note",
        Mark::Bad => "BAD ",
    };
    format!("{mark}  {:<14}{}", finding.what, finding.says)
}

fn clock(found: &mut Findings, now: Timestamp) {
    let zone = app::system::system_zone();
    let at = now.rfc3339();
    if now.as_millis() < EARLIEST {
        let says = format!(
            "{at} cannot be right: posts would go out at the wrong time. Set the clock, or switch on NTP."
        );
        found.add(Mark::Bad, "clock", says);
    } else {
        found.add(Mark::Well, "clock", format!("{at}, zone {zone}"));
    }
}

#[cfg(unix)]
fn disk(found: &mut Findings, place: &Place) {
    // Of a folder that is not there yet its parent counts.
    let there = place.data.ancestors().find(|folder| folder.exists());
    let Some(Ok(stat)) = there.map(rustix::fs::statvfs) else {
        return found.add(Mark::Note, "disk", "Its room cannot be told.");
    };
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    let says = format!("{} MB free", free >> 20);
    if free < LITTLE_ROOM {
        let says = format!("{says}: make room before pictures and backups fill it.");
        found.add(Mark::Bad, "disk", says);
    } else {
        found.add(Mark::Well, "disk", says);
    }
}

#[cfg(not(unix))]
fn disk(found: &mut Findings, _: &Place) {
    found.add(
        Mark::Note,
        "disk",
        "Its room cannot be told on this system.",
    );
}

async fn inside(found: &mut Findings, door: &Door) -> Result<(), Trouble> {
    let boot = door.boot().await?;
    let through = match door {
        Door::Own(_) => "nobody else has it",
        Door::Other(_) => "the Almanac that is running has it and answers",
    };
    found.add(Mark::Well, "data folder", through);
    match door.call::<DataStatus>("data.status", json!({})).await {
        Ok(data) => {
            let says = format!(
                "{}, database {} kB, files {} MB, {} backups",
                data.folder,
                data.database_bytes >> 10,
                data.media_bytes >> 20,
                data.backups.len()
            );
            found.add(Mark::Well, "database", says);
        }
        Err(Trouble::Refused(error)) => found.add(Mark::Note, "database", error.message),
        Err(other) => return Err(other),
    }
    let vault: VaultStatus = door.call("vault.status", json!({})).await?;
    match vault.problem {
        None => found.add(Mark::Well, "passwords", "can be read and written"),
        Some(problem) => {
            let says = format!("{problem} On a server: give a key with --secret-key-file.");
            found.add(Mark::Bad, "passwords", says);
        }
    }
    port(found, door, &boot).await;
    accounts(found, door, &boot).await?;
    if let Some(held) = &boot.publisher.held {
        found.add(
            Mark::Bad,
            "publishing",
            format!("Everything is held: {held}"),
        );
    } else if let Some(delayed) = &boot.publisher.delayed {
        found.add(Mark::Bad, "publishing", delayed.clone());
    } else {
        found.add(Mark::Well, "publishing", "nothing is held");
    }
    if boot.needs_person > 0 {
        let says = format!("{} need a person; see the activity.", boot.needs_person);
        found.add(Mark::Note, "posts", says);
    }
    let tool: VideoTool = door.call("media.tools", json!({})).await?;
    if tool.ready {
        let version = tool.version.unwrap_or_default();
        found.add(Mark::Well, "videos", format!("ffmpeg {version}"));
    } else {
        found.add(Mark::Note, "videos", tool.advice);
    }
    Ok(())
}

/// Whether `serve` could listen, while it does not.
async fn port(found: &mut Findings, door: &Door, boot: &Boot) {
    let port = boot.settings.programs_port;
    if matches!(door, Door::Other(_)) {
        return found.add(Mark::Well, "port", "programs are answered");
    }
    match tokio::net::TcpListener::bind(("127.0.0.1", port)).await {
        Ok(_) => found.add(Mark::Well, "port", format!("{port} is free")),
        Err(error) => {
            let says = format!("{port} cannot be used: {error}. Choose another with serve --port.");
            found.add(Mark::Bad, "port", says);
        }
    }
}

async fn accounts(found: &mut Findings, door: &Door, boot: &Boot) -> Result<(), Trouble> {
    if boot.accounts.is_empty() {
        let says = "None is connected yet: almanac-server accounts connect <network>";
        found.add(Mark::Note, "accounts", says);
    }
    for workspace in &boot.workspaces {
        let input = json!({ "id": workspace.id });
        let ready: Readiness = door.call("accounts.readiness", input).await?;
        for one in ready.accounts {
            let account = boot.accounts.iter().find(|a| a.id == one.account_id);
            let name = account.map_or_else(String::new, long_name);
            match one.lacks.first() {
                Some(lack) if !one.ready => {
                    found.add(Mark::Bad, "account", format!("{name}: {}", lack.message));
                }
                Some(lack) => found.add(Mark::Note, "account", format!("{name}: {}", lack.message)),
                None => found.add(Mark::Well, "account", format!("{name} is ready")),
            }
        }
    }
    Ok(())
}

fn computer(found: &mut Findings) {
    if app::is_numbered() {
        let says = "a copy of the data on another one is held until you say which publishes";
        found.add(Mark::Well, "computer", says);
    } else {
        let says = "This one has no machine-id, so a copy of the data elsewhere would publish as well. Give a container its host's, --volume /etc/machine-id:/etc/machine-id:ro, and say once that it publishes: everything is held until then.";
        found.add(Mark::Note, "computer", says);
    }
}

fn sealed(found: &mut Findings, place: &Place) {
    if place.seals() {
        let says = "passwords are sealed with the key that was given";
        found.add(Mark::Well, "secret key", says);
    } else {
        let says =
            "None was given: passwords go to the keyring of this computer, where there is one.";
        found.add(Mark::Note, "secret key", says);
    }
}

fn screen(found: &mut Findings) {
    if let Some(folder) = serve::usual_screen() {
        found.add(Mark::Well, "screen", folder.display().to_string());
    } else {
        let says = "Its files are not beside the program: name their folder with serve --screen.";
        found.add(Mark::Note, "screen", says);
    }
}
