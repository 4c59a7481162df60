//! AVIF pictures opened by a process of their own. Their decoder is a translation of C whose doors let no panic
//! through: it ends the process, so that had better be another one. The program calls itself for it.

use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use image::{DynamicImage, RgbImage, RgbaImage};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;

use super::avif;
use crate::bound::MAX_PICTURE_BYTES;
use crate::error::MediaError;

/// What the program is called with.
const ARGUMENT: &str = "--open-avif";
/// How long the process may take.
const MAX_TIME: Duration = Duration::from_secs(45);
/// Most memory that it may ask for, in bytes: frames of the largest picture, and its colours.
#[cfg(target_os = "linux")]
const MAX_MEMORY: u64 = 3 * 1024 * 1024 * 1024;
/// How much of its complaints is kept, in bytes.
const KEPT_WORDS: u64 = 4_096;

/// The program; none where nobody said that it can be called.
static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// To be called first of all by a program that opens pictures: where it was called to open one it does, and
/// answers what to end with. From then on it is called for each.
#[must_use]
pub fn opened_apart() -> Option<ExitCode> {
    if std::env::args_os().nth(1).as_deref() == Some(OsStr::new(ARGUMENT)) {
        bounded();
        let done = serve(io::stdin().lock(), io::stdout().lock());
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

/// The program that opens pictures, where there is one.
pub(super) fn program() -> Option<&'static Path> {
    PROGRAM.get().map(PathBuf::as_path)
}

/// The process: a file comes in, and its size, the number of its channels and its pixels go out.
fn serve(from: impl Read, mut to: impl Write) -> Result<(), String> {
    let mut bytes = Vec::new();
    let read = from.take(MAX_PICTURE_BYTES).read_to_end(&mut bytes);
    read.map_err(|e| e.to_string())?;
    let pixels = avif::in_web_colours(&bytes)?;
    let mut head = Vec::new();
    head.extend(pixels.width().to_le_bytes());
    head.extend(pixels.height().to_le_bytes());
    head.push(pixels.color().channel_count());
    let written = to
        .write_all(&head)
        .and_then(|()| to.write_all(pixels.as_bytes()));
    written.and_then(|()| to.flush()).map_err(|e| e.to_string())
}

/// Bounds that the process gives itself, where the system has them.
fn bounded() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let limit = Rlimit {
            current: Some(MAX_MEMORY),
            maximum: Some(MAX_MEMORY),
        };
        // Without it the picture's own bounds hold all the same.
        setrlimit(Resource::Data, limit).ok();
    }
}

/// Has a picture of at most so many pixels opened, in the colours of the web; none when the process could not
/// be begun.
pub(super) fn pixels(
    program: &Path,
    name: &str,
    bytes: &[u8],
    most: u64,
) -> Result<Option<DynamicImage>, MediaError> {
    let fault = |error: io::Error| {
        tracing::error!(%error, "the process that opens AVIF files could not be talked to");
        MediaError::Fault {
            name: name.to_owned(),
        }
    };
    // This is a thread without a runtime; the process has to be waited for and stopped in time.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(fault)?;
    let talk = async { tokio::time::timeout(MAX_TIME, talked(program, bytes, most)).await };
    match runtime.block_on(talk) {
        Err(_) => Err(MediaError::TooSlow {
            name: name.to_owned(),
            seconds: MAX_TIME.as_secs(),
        }),
        Ok(Err(error)) => {
            tracing::warn!(%error, "no process could be begun for a picture");
            Ok(None)
        }
        Ok(Ok((Some(pixels), status, _))) if status.success() => Ok(Some(pixels)),
        Ok(Ok((_, status, words))) => Err(MediaError::Damaged {
            name: name.to_owned(),
            detail: format!("{status}: {words}"),
        }),
    }
}

/// What it answered, how it ended, and what it complained of. An error means that it never began.
async fn talked(
    program: &Path,
    bytes: &[u8],
    most: u64,
) -> io::Result<(Option<DynamicImage>, ExitStatus, String)> {
    let mut child = Command::new(program)
        .arg(ARGUMENT)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    if let Some(mut input) = child.stdin.take() {
        // One that ended early reads no more, and says why.
        input.write_all(bytes).await.ok();
    }
    let mut pixels = None;
    if let Some(output) = child.stdout.take() {
        pixels = answered(output, most).await;
    }
    let mut words = Vec::new();
    if let Some(errors) = child.stderr.take() {
        errors.take(KEPT_WORDS).read_to_end(&mut words).await.ok();
    }
    let words = String::from_utf8_lossy(&words).trim().to_owned();
    Ok((pixels, child.wait().await?, words))
}

async fn answered(
    mut output: impl tokio::io::AsyncRead + Unpin,
    most: u64,
) -> Option<DynamicImage> {
    let (width, height) = (output.read_u32_le().await, output.read_u32_le().await);
    let (width, height, channels) = (width.ok()?, height.ok()?, output.read_u8().await.ok()?);
    let area = u64::from(width) * u64::from(height);
    if area > most || !matches!(channels, 3 | 4) {
        return None;
    }
    let mut raw = Vec::new();
    let length = area * u64::from(channels);
    output.take(length).read_to_end(&mut raw).await.ok()?;
    if channels == 3 {
        RgbImage::from_raw(width, height, raw).map(DynamicImage::ImageRgb8)
    } else {
        RgbaImage::from_raw(width, height, raw).map(DynamicImage::ImageRgba8)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::testing::{avif, program};

    #[tokio::test]
    async fn what_the_process_answers_is_the_picture() {
        let mut out = Vec::new();
        serve(avif().as_slice(), &mut out).unwrap();
        let here = avif::in_web_colours(&avif()).unwrap();
        let most = u64::from(here.width()) * u64::from(here.height());
        assert_eq!(answered(out.as_slice(), most).await, Some(here));
        assert_eq!(answered(out.as_slice(), most - 1).await, None);
        out.pop();
        assert_eq!(answered(out.as_slice(), most).await, None);
        assert!(serve(&b"nothing"[..], &mut out).is_err());
    }

    #[test]
    fn whatever_becomes_of_the_process_the_program_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let opened = |script: &str| {
            let program = program(folder.path(), "opener", script);
            pixels(&program, "a.avif", &avif(), 100)
        };
        // It reads the file, and answers two pixels.
        let good = opened(
            r#"test "$1" = --open-avif && test "$(wc -c)" -gt 300 || exit 3
            printf '\002\000\000\000\001\000\000\000\003abcdef'"#,
        );
        let good = good.unwrap().unwrap();
        assert_eq!(good.as_bytes(), b"abcdef");
        for (script, told) in [
            ("echo 'panicked at obu.rs' >&2; kill -KILL $$", "panicked"),
            ("cat > /dev/null; echo odd >&2; exit 1", "odd"),
            ("printf '\\377\\377\\377\\377\\377\\377\\377\\377\\003'", ""),
            ("exit 0", ""),
        ] {
            let error = opened(script).unwrap_err();
            let MediaError::Damaged { detail, .. } = &error else {
                panic!("{script}: {error:?}");
            };
            assert!(detail.contains(told), "{detail}");
        }
        let nowhere = folder.path().join("nowhere");
        assert!(pixels(&nowhere, "a", &avif(), 100).unwrap().is_none());
    }
}
