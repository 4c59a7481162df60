//! How much of the machine a file may take: bytes, pixels, memory, threads and time.

use std::time::Duration;

use tokio::sync::Semaphore;

use crate::error::MediaError;
use crate::kind::Kind;

/// Largest file of any kind, in bytes: the largest video any network but YouTube takes.
pub const MAX_FILE_BYTES: u64 = 4_000_000_000;
/// Largest picture, in bytes. Cameras stay far below it.
pub const MAX_PICTURE_BYTES: u64 = 100_000_000;
/// Largest document, in bytes: the largest any network takes.
pub const MAX_DOCUMENT_BYTES: u64 = 1_000_000_000;
/// Most pixels of a picture that is opened: 100 million take 400 MB at four bytes each.
pub const MAX_PIXELS: u64 = 100_000_000;
/// Most memory a decoder may take, in bytes: the largest picture, and some for its own tables.
pub(crate) const MAX_DECODE_MEMORY: u64 = 512 * 1024 * 1024;
/// How long opening a picture, or making a rendition of it, may take.
pub(crate) const MAX_TIME: Duration = Duration::from_mins(1);

/// How long copying a file into the library may take: the largest from a slow stick or line.
const MAX_COPY_TIME: Duration = Duration::from_hours(1);

/// Two pictures at a time in the whole process: memory is the machine's, whoever asks.
static OPEN: Semaphore = Semaphore::const_new(2);
/// Copies have places of their own: they take no memory to speak of, and a large one would keep every
/// thumbnail waiting.
static COPY: Semaphore = Semaphore::const_new(2);
/// So have files that come from the web, which may come slowly.
static FETCH: Semaphore = Semaphore::const_new(2);

/// The largest file of a kind, in bytes.
pub(crate) const fn largest(kind: Kind) -> u64 {
    match kind {
        Kind::Mp4 | Kind::Mov | Kind::Webm => MAX_FILE_BYTES,
        Kind::Pdf => MAX_DOCUMENT_BYTES,
        _ => MAX_PICTURE_BYTES,
    }
}

/// Runs blocking `work` on the file called `name` off the caller's thread, two at a time, and stops
/// waiting after a minute. The place is given back only when the work has really ended, so that
/// hostile files cannot pile up threads.
pub(crate) async fn run<T: Send + 'static>(
    name: String,
    work: impl FnOnce() -> Result<T, MediaError> + Send + 'static,
) -> Result<T, MediaError> {
    run_within(MAX_TIME, &OPEN, name, work).await
}

/// The same for copying, which a slow disk may draw out.
pub(crate) async fn copy<T: Send + 'static>(
    name: String,
    work: impl FnOnce() -> Result<T, MediaError> + Send + 'static,
) -> Result<T, MediaError> {
    run_within(MAX_COPY_TIME, &COPY, name, work).await
}

/// The same for what comes over a line, which may be slower still.
pub(crate) async fn fetch<T: Send + 'static>(
    name: String,
    work: impl FnOnce() -> Result<T, MediaError> + Send + 'static,
) -> Result<T, MediaError> {
    run_within(MAX_COPY_TIME, &FETCH, name, work).await
}

async fn run_within<T: Send + 'static>(
    limit: Duration,
    places: &'static Semaphore,
    name: String,
    work: impl FnOnce() -> Result<T, MediaError> + Send + 'static,
) -> Result<T, MediaError> {
    let Ok(place) = places.acquire().await else {
        return Err(MediaError::Fault { name });
    };
    let running = tokio::task::spawn_blocking(move || {
        let _held_until_done = place;
        work()
    });
    match tokio::time::timeout(limit, running).await {
        Ok(Ok(done)) => done,
        Ok(Err(panicked)) => {
            tracing::error!(%panicked, "opening a file failed unexpectedly");
            Err(MediaError::Fault { name })
        }
        Err(_) => Err(MediaError::TooSlow {
            name,
            seconds: limit.as_secs(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn slow_work_is_given_up_but_keeps_its_place_until_it_ends() {
        static PLACES: Semaphore = Semaphore::const_new(1);
        let (go, wait) = mpsc::channel::<()>();
        let slow = run_within(Duration::ZERO, &PLACES, "slow.png".into(), move || {
            wait.recv().ok();
            Ok(())
        });
        let error = slow.await.unwrap_err();
        assert!(error.to_string().contains("0 seconds"), "{error}");
        assert_eq!(PLACES.available_permits(), 0);
        go.send(()).unwrap();
        run_within(MAX_TIME, &PLACES, "next.png".into(), || Ok(()))
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_panic_in_a_decoder_is_an_error_and_not_the_end() {
        let result = run::<()>("bad.png".into(), || panic!("decoder fault")).await;
        assert!(matches!(result, Err(MediaError::Fault { .. })));
    }
}
