//! The `ffmpeg` of this computer: where it is, whether it is new enough, and how it is run.
//!
//! It is a process of its own, without a shell, that may open local files and nothing else. What it
//! reads is named by this program, and which reader it uses is told by the file's bytes, so a playlist
//! in disguise leads nowhere. It ends with the program: its news go into a pipe, and a pipe that
//! nobody reads ends it.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};

/// Oldest version that knows everything asked of it: it came in 2022.
pub const OLDEST: u32 = 5;

/// How long it may take to say its version.
const VERSION_TIME: Duration = Duration::from_secs(10);
/// How much of its complaints is kept, in bytes.
const KEPT_WORDS: u64 = 4_096;

/// Whether videos can be changed on this computer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tool {
    /// `ffmpeg` was not found.
    #[default]
    Missing,
    /// It is too old.
    Old,
    /// It is there.
    Ready,
}

impl Tool {
    /// What to do, as a sentence behind "…, which needs ffmpeg.".
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Missing if cfg!(target_os = "macos") => {
                "ffmpeg is not installed: brew install ffmpeg."
            }
            Self::Missing if cfg!(windows) => "ffmpeg is not installed: winget install ffmpeg.",
            Self::Missing => "ffmpeg is not installed: sudo apt install ffmpeg.",
            Self::Old => "The ffmpeg on this computer is too old: version 5 or newer is needed.",
            Self::Ready => "",
        }
    }
}

/// An `ffmpeg` that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ffmpeg {
    program: PathBuf,
    /// What runs it behind everything else, where the system has that.
    nice: Option<PathBuf>,
    /// What it says its version is.
    pub version: String,
}

/// What looking for it gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Found {
    /// There is none.
    #[default]
    Missing,
    /// There is one that is too old.
    Old {
        /// What it says its version is.
        version: String,
    },
    /// There is one.
    Ready(Ffmpeg),
}

impl Found {
    /// In short.
    #[must_use]
    pub const fn tool(&self) -> Tool {
        match self {
            Self::Missing => Tool::Missing,
            Self::Old { .. } => Tool::Old,
            Self::Ready(_) => Tool::Ready,
        }
    }
}

/// Where to look.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// The program a person named; looked at alone when it is there.
    pub named: Option<PathBuf>,
    /// Folders in the form of the `PATH` variable.
    pub path: OsString,
}

impl Places {
    /// Where a program of this name is.
    fn find(&self, name: &str) -> Option<PathBuf> {
        let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        // Programs started from a desktop do not know where package managers put things.
        let usual = ["/opt/homebrew/bin", "/usr/local/bin"].map(PathBuf::from);
        std::env::split_paths(&self.path)
            .filter(|folder| folder.is_absolute())
            .chain(usual)
            .map(|folder| folder.join(&name))
            .find(|file| file.is_file())
    }

    /// Looks for `ffmpeg` and asks it for its version.
    pub async fn look(&self) -> Found {
        let named = self.named.clone().filter(|p| p.is_file());
        let Some(program) = named.or_else(|| self.find("ffmpeg")) else {
            return Found::Missing;
        };
        let Some(version) = version(Command::new(&program)).await else {
            tracing::warn!("a program called ffmpeg does not say its version");
            return Found::Missing;
        };
        if is_new_enough(&version) {
            Found::Ready(Ffmpeg {
                nice: self.nice(&program).await,
                program,
                version,
            })
        } else {
            Found::Old { version }
        }
    }

    /// What runs a program behind everything else. Where priorities may not be changed, as in a service that
    /// is shut in, it can end before it runs anything: so it is tried first.
    async fn nice(&self, program: &Path) -> Option<PathBuf> {
        let nice = self.find("nice").filter(|_| cfg!(unix))?;
        if version(behind(&nice, program)).await.is_some() {
            return Some(nice);
        }
        tracing::info!("nice cannot be used here: ffmpeg runs without it");
        None
    }
}

/// A program, run behind everything else by another.
fn behind(nice: &Path, program: &Path) -> Command {
    let mut command = Command::new(nice);
    command.args(["-n", "10"]).arg(program);
    command
}

async fn version(mut command: Command) -> Option<String> {
    let mut child = command
        .arg("-version")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .ok()?;
    let said = tokio::time::timeout(VERSION_TIME, words(child.stdout.take())).await;
    // "ffmpeg version 7.1.2-1 Copyright …", of a build of one's own "ffmpeg version n7.1" or "N-1234-g…".
    let line = said.ok()?.lines().next()?.to_owned();
    let version = line.strip_prefix("ffmpeg version ")?.split(' ').next()?;
    Some(version.chars().take(60).collect())
}

/// Builds from the sources of a day have no number; they are newer than any that has.
fn is_new_enough(version: &str) -> bool {
    let number = version.trim_start_matches('n');
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    match digits.parse::<u32>() {
        // Some count by the year.
        Ok(major) => major >= OLDEST,
        Err(_) => version.starts_with("N-") || version.starts_with("git"),
    }
}

/// Why a run gave nothing.
#[derive(Debug)]
pub(super) enum Broken {
    /// It could not be started.
    Start(std::io::Error),
    /// It took too long.
    Slow,
    /// It gave up; its last words.
    Failed(String),
}

impl Ffmpeg {
    /// Runs it with these arguments. `progress` hears, in milliseconds of the result, how far it is.
    /// Dropping the future ends it.
    pub(super) async fn run(
        &self,
        arguments: &[OsString],
        limit: Duration,
        mut progress: impl FnMut(u64) + Send,
    ) -> Result<(), Broken> {
        let mut child = self.command(arguments).spawn().map_err(Broken::Start)?;
        let (news, complaints) = (child.stdout.take(), child.stderr.take());
        let work = async {
            let told = async {
                let Some(news) = news else { return };
                let mut lines = BufReader::new(news).lines();
                while let Ok(Some(line)) = lines.next_line().await {
                    // Microseconds, whatever its name says.
                    let at = line
                        .strip_prefix("out_time_us=")
                        .or(line.strip_prefix("out_time_ms="));
                    if let Some(us) = at.and_then(|at| at.trim().parse::<u64>().ok()) {
                        progress(us / 1_000);
                    }
                }
            };
            let ((), complaints) = tokio::join!(told, words(complaints));
            ended(&mut child, complaints).await
        };
        tokio::time::timeout(limit, work)
            .await
            .unwrap_or(Err(Broken::Slow))
    }

    fn command(&self, arguments: &[OsString]) -> Command {
        let mut command = match &self.nice {
            Some(nice) => behind(nice, &self.program),
            None => Command::new(&self.program),
        };
        #[cfg(windows)]
        {
            const BELOW_NORMAL_AND_NO_WINDOW: u32 = 0x0000_4000 | 0x0800_0000;
            command.creation_flags(BELOW_NORMAL_AND_NO_WINDOW);
        }
        command
            .args(["-hide_banner", "-nostdin", "-nostats", "-loglevel", "error"])
            .args(["-progress", "pipe:1", "-y"])
            .args(arguments)
            // It would write a report where the variable says.
            .env_remove("FFREPORT")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }
}

async fn ended(child: &mut Child, complaints: String) -> Result<(), Broken> {
    match child.wait().await {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Broken::Failed(format!("{status}: {complaints}"))),
        Err(error) => Err(Broken::Start(error)),
    }
}

/// The beginning of what a program says; the rest is read and forgotten, so that it never waits.
async fn words(from: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut from) = from else {
        return String::new();
    };
    let mut bytes = Vec::new();
    (&mut from)
        .take(KEPT_WORDS)
        .read_to_end(&mut bytes)
        .await
        .ok();
    tokio::io::copy(&mut from, &mut tokio::io::sink())
        .await
        .ok();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A file as an argument that can be nothing else: no option, no address.
pub(super) fn file(path: &Path) -> OsString {
    let mut argument = OsString::from("file:");
    argument.push(path);
    argument
}

/// Arguments from words.
pub(super) fn push(arguments: &mut Vec<OsString>, words: &[&str]) {
    arguments.extend(words.iter().map(|w| OsStr::new(w).to_owned()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_apart_as_they_are_written() {
        for good in [
            "5.1.9-0+deb12u1",
            "7.1",
            "n8.0",
            "N-109542-g4d6cf7b",
            "2026-01-01-git-abc",
        ] {
            assert!(is_new_enough(good), "{good}");
        }
        for bad in ["4.4.2-0ubuntu0.22.04.1", "n4.1", "", "dev"] {
            assert!(!is_new_enough(bad), "{bad}");
        }
    }

    #[test]
    fn a_folder_of_the_page_is_not_searched() {
        let here = tempfile::tempdir().unwrap();
        let name = format!("ffmpeg{}", std::env::consts::EXE_SUFFIX);
        std::fs::write(here.path().join(&name), b"").unwrap();
        let places = |path: &Path| Places {
            named: None,
            path: path.as_os_str().to_owned(),
        };
        assert!(places(Path::new(".")).find("ffmpeg-nowhere").is_none());
        let found = places(here.path()).find("ffmpeg");
        assert_eq!(found, Some(here.path().join(name)));
    }

    #[tokio::test]
    async fn a_program_that_says_nothing_is_none() {
        let here = tempfile::tempdir().unwrap();
        let file = here.path().join("ffmpeg");
        std::fs::write(&file, b"not a program").unwrap();
        let places = Places {
            named: Some(file),
            path: OsString::new(),
        };
        assert_eq!(places.look().await, Found::Missing);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn where_nice_ends_before_it_runs_anything_it_is_left_out() {
        use crate::testing::program;

        let here = tempfile::tempdir().unwrap();
        program(
            here.path(),
            "ffmpeg",
            "echo 'ffmpeg version 7.1.2 Copyright'",
        );
        let places = Places {
            named: None,
            path: here.path().as_os_str().to_owned(),
        };
        for (script, taken) in [("exit 125", false), ("shift 2; exec \"$@\"", true)] {
            program(here.path(), "nice", script);
            let Found::Ready(ffmpeg) = places.look().await else {
                panic!("ffmpeg was not found");
            };
            assert_eq!(ffmpeg.nice.is_some(), taken, "{script}");
            assert_eq!(ffmpeg.version, "7.1.2");
        }
    }
}
