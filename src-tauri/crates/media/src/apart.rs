//! Files opened by a process of their own, for readers that a hostile file can have end the one they run in: the
//! program calls itself for it, with what is asked as its argument and the file as its input.

use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

use crate::error::MediaError;
use crate::{bound, decode, faces, pdf};

/// All that the process can be asked.
const QUESTIONS: [Question; 3] = [decode::PICTURE, pdf::PAGES, faces::FACES];
/// How much of its complaints is kept, in bytes.
const KEPT_WORDS: u64 = 4_096;

/// The program; none where nobody said that it can be called.
static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// What is asked about a file.
pub(crate) struct Question {
    /// What the program is called with.
    pub argument: &'static str,
    /// Most bytes of the file that are read.
    pub largest: u64,
    /// Most memory that the process may ask for, in bytes, where the system bounds it.
    pub memory: u64,
    /// How long the process may take.
    pub time: Duration,
    /// Answers for a file with these bytes, in that process.
    pub answer: fn(Vec<u8>, &mut dyn Write) -> Result<(), String>,
}

/// To be called first of all by a program that opens files: where it was called to open one it does, and answers
/// what to end with. From then on it is called for each.
#[must_use]
pub fn opened_apart() -> Option<ExitCode> {
    let called = std::env::args_os().nth(1);
    let asked = |question: &Question| called.as_deref() == Some(OsStr::new(question.argument));
    if let Some(question) = QUESTIONS.into_iter().find(asked) {
        bounded(question.memory);
        let done = question.answered(io::stdin().lock(), io::stdout().lock());
        return Some(match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(words) => {
                eprintln!("{words}");
                ExitCode::FAILURE
            }
        });
    }
    // On Linux this is the program that runs, whatever became of its file.
    let this = if cfg!(target_os = "linux") {
        Ok(PathBuf::from("/proc/self/exe"))
    } else {
        std::env::current_exe()
    };
    match this {
        Ok(program) => {
            PROGRAM.set(program).ok();
        }
        Err(error) => tracing::warn!(%error, "the program does not know where it is"),
    }
    None
}

/// The program that opens files, where there is one.
pub(crate) fn program() -> Option<&'static Path> {
    PROGRAM.get().map(PathBuf::as_path)
}

/// A bound that the process gives itself, where the system has it. Elsewhere its time holds.
#[cfg(target_os = "linux")]
fn bounded(memory: u64) {
    use rustix::process::{Resource, Rlimit, setrlimit};

    let limit = Rlimit {
        current: Some(memory),
        maximum: Some(memory),
    };
    setrlimit(Resource::Data, limit).ok();
}

#[cfg(not(target_os = "linux"))]
fn bounded(_memory: u64) {}

/// What the process answered, how it ended, and what it complained of.
struct Answer {
    bytes: Vec<u8>,
    status: ExitStatus,
    words: String,
}

impl Question {
    /// The process: a file comes in, and the answer goes out.
    pub fn answered(&self, from: impl Read, mut to: impl Write) -> Result<(), String> {
        let mut bytes = Vec::new();
        let read = from.take(self.largest).read_to_end(&mut bytes);
        read.map_err(|e| e.to_string())?;
        (self.answer)(bytes, &mut to)?;
        to.flush().map_err(|e| e.to_string())
    }

    /// What the process answers about the file called `name` with these bytes, of which at most so many bytes are
    /// read; none when it could not be begun.
    pub fn asked(
        &self,
        program: &Path,
        name: &str,
        bytes: &[u8],
        most: u64,
    ) -> Result<Option<Vec<u8>>, MediaError> {
        match bound::in_time(name, self.time, self.talked(program, bytes, most))? {
            Err(error) => {
                tracing::warn!(%error, "no process could be begun for a file");
                Ok(None)
            }
            Ok(answer) if answer.status.success() => Ok(Some(answer.bytes)),
            Ok(Answer { status, words, .. }) => Err(MediaError::Damaged {
                name: name.to_owned(),
                detail: format!("{status}: {words}"),
            }),
        }
    }

    /// An error means that it never began.
    async fn talked(&self, program: &Path, bytes: &[u8], most: u64) -> io::Result<Answer> {
        let mut child = Command::new(program)
            .arg(self.argument)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        if let Some(mut input) = child.stdin.take() {
            // One that ended early reads no more, and says why.
            input.write_all(bytes).await.ok();
        }
        let mut answer = Vec::new();
        if let Some(output) = child.stdout.take() {
            output.take(most).read_to_end(&mut answer).await.ok();
        }
        let mut words = Vec::new();
        if let Some(errors) = child.stderr.take() {
            errors.take(KEPT_WORDS).read_to_end(&mut words).await.ok();
        }
        Ok(Answer {
            bytes: answer,
            status: child.wait().await?,
            words: String::from_utf8_lossy(&words).trim().to_owned(),
        })
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::testing::program;

    const QUESTION: Question = Question {
        argument: "--count",
        largest: 5,
        memory: 0,
        time: Duration::from_secs(20),
        answer: |bytes, to| write!(to, "{}", bytes.len()).map_err(|e| e.to_string()),
    };

    #[test]
    fn no_more_of_a_file_is_read_than_is_allowed() {
        let mut out = Vec::new();
        QUESTION.answered(&b"seven b"[..], &mut out).unwrap();
        assert_eq!(out, b"5");
        let known: Vec<&str> = QUESTIONS.iter().map(|q| q.argument).collect();
        assert_eq!(known, ["--open-avif", "--count-pages", "--find-faces"]);
    }

    #[test]
    fn whatever_becomes_of_the_process_the_program_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let asked = |script: &str| {
            let program = program(folder.path(), "opener", script);
            QUESTION.asked(&program, "a.pdf", b"words", 4)
        };
        let good = asked(r#"test "$1" = --count && wc -c | tr -d ' \n'"#);
        assert_eq!(good.unwrap().unwrap(), b"5");
        // No more is read than is wanted, and nothing of one that failed.
        let long = asked("printf 'abcdefgh'").unwrap().unwrap();
        assert_eq!(long, b"abcd");
        assert_eq!(asked("exit 0").unwrap().unwrap(), b"");
        for (script, told) in [
            ("echo 'panicked at obu.rs' >&2; kill -KILL $$", "panicked"),
            ("cat > /dev/null; printf 5; echo odd >&2; exit 1", "1: odd"),
        ] {
            let error = asked(script).unwrap_err();
            let MediaError::Damaged { detail, .. } = &error else {
                panic!("{script}: {error:?}");
            };
            assert!(detail.contains(told), "{detail}");
        }
        let nowhere = folder.path().join("nowhere");
        let none = QUESTION.asked(&nowhere, "a.pdf", b"words", 4);
        assert!(none.unwrap().is_none());
    }
}
