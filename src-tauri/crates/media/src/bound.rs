//! How much of the machine a file may take: bytes, pixels, frames, memory, threads and time.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit, oneshot};

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
/// Most frames of a moving picture: ten minutes of ten a second, which no picture needs.
pub(crate) const MAX_FRAMES: u32 = 6_000;
/// Most memory a decoder may take, in bytes: the largest picture, and some for its own tables.
pub(crate) const MAX_DECODE_MEMORY: u64 = 512 * 1024 * 1024;
/// Most memory that all open pictures of the process may take together, in bytes.
const MAX_OPEN_MEMORY: u64 = 1024 * 1024 * 1024;
/// How long opening a picture, or making a rendition of it, may take.
pub(crate) const MAX_TIME: Duration = Duration::from_mins(1);

/// How long copying a file into the library may take: the largest from a slow stick or line.
const MAX_COPY_TIME: Duration = Duration::from_hours(1);
/// Most threads that are left to themselves because what they do does not end.
const MAX_FORSAKEN: usize = 4;
/// Room for what decoders keep on the stack, in bytes.
const STACK: usize = 8 * 1024 * 1024;

/// The largest file of a kind, in bytes.
pub(crate) const fn largest(kind: Kind) -> u64 {
    match kind {
        Kind::Mp4 | Kind::Mov | Kind::Webm => MAX_FILE_BYTES,
        Kind::Pdf => MAX_DOCUMENT_BYTES,
        _ => MAX_PICTURE_BYTES,
    }
}

/// Threads for one sort of work, shared by the whole process.
struct Pool {
    places: Semaphore,
    forsaken: AtomicUsize,
}

impl Pool {
    const fn new(places: usize) -> Self {
        Self {
            places: Semaphore::const_new(places),
            forsaken: AtomicUsize::new(0),
        }
    }
}

/// Pictures: as many at a time as there are cores, but no more than four: memory is the machine's,
/// whoever asks.
fn open_pool() -> &'static Pool {
    static OPEN: OnceLock<Pool> = OnceLock::new();
    OPEN.get_or_init(|| Pool::new(at_once()))
}

/// How many pictures are opened at a time.
fn at_once() -> usize {
    thread::available_parallelism().map_or(2, |n| n.get().clamp(2, 4))
}

/// Copies have places of their own: they take no memory to speak of, and a large one would keep every
/// thumbnail waiting.
static COPY: Pool = Pool::new(2);
/// So have files that come from the web, which may come slowly.
static FETCH: Pool = Pool::new(2);
/// And those that wait until the disk has them for good: a disk writes several in the time of one.
static SETTLE: Pool = Pool::new(SETTLED_AT_ONCE);
const SETTLED_AT_ONCE: usize = 4;

/// How many files are worth taking in at a time: as many as are opened, while others wait for the disk.
#[must_use]
pub fn taken_at_once() -> usize {
    at_once() + SETTLED_AT_ONCE
}

/// Runs blocking `work` on the file called `name` on a thread of its own, a few at a time, and stops
/// waiting after a minute.
pub(crate) async fn run<T: Send + 'static>(
    name: String,
    work: impl FnOnce() -> Result<T, MediaError> + Send + 'static,
) -> Result<T, MediaError> {
    run_within(MAX_TIME, open_pool(), name, work).await
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

/// The same for waiting until a file is on the disk for good, which takes long with a large one.
pub(crate) async fn settle<T: Send + 'static>(
    name: String,
    work: impl FnOnce() -> Result<T, MediaError> + Send + 'static,
) -> Result<T, MediaError> {
    run_within(MAX_COPY_TIME, &SETTLE, name, work).await
}

/// How a piece of work stands: under way, ended, or nobody waits for it any more.
const UNDER_WAY: u8 = 0;
const ENDED: u8 = 1;
const FORSAKEN: u8 = 2;

async fn run_within<T: Send + 'static>(
    limit: Duration,
    pool: &'static Pool,
    name: String,
    work: impl FnOnce() -> Result<T, MediaError> + Send + 'static,
) -> Result<T, MediaError> {
    if pool.forsaken.load(Ordering::Acquire) >= MAX_FORSAKEN {
        return Err(MediaError::Stuck { name });
    }
    let Ok(place) = pool.places.acquire().await else {
        return Err(MediaError::Fault { name });
    };
    // The place goes with the work, also when the caller goes away; only what does not end in time
    // has to give it up, so that it cannot hold up the files after it.
    let place: Arc<Mutex<Option<SemaphorePermit<'static>>>> = Arc::new(Mutex::new(Some(place)));
    let state = Arc::new(AtomicU8::new(UNDER_WAY));
    let (tell, told) = oneshot::channel();
    let (kept, seen) = (Arc::clone(&place), Arc::clone(&state));
    let started = thread::Builder::new()
        .name("media".to_owned())
        .stack_size(STACK)
        .spawn(move || {
            let done = catch_unwind(AssertUnwindSafe(work));
            if seen.swap(ENDED, Ordering::AcqRel) == FORSAKEN {
                pool.forsaken.fetch_sub(1, Ordering::AcqRel);
            }
            drop(kept);
            // Nobody listens to what came too late.
            tell.send(done).ok();
        });
    if let Err(error) = started {
        tracing::error!(%error, "no thread could be started for a file");
        return Err(MediaError::Fault { name });
    }
    match tokio::time::timeout(limit, told).await {
        Ok(Ok(Ok(done))) => done,
        Ok(_) => {
            tracing::error!("opening a file failed unexpectedly");
            Err(MediaError::Fault { name })
        }
        Err(_) => {
            if state.swap(FORSAKEN, Ordering::AcqRel) == UNDER_WAY {
                pool.forsaken.fetch_add(1, Ordering::AcqRel);
                place.lock().unwrap_or_else(PoisonError::into_inner).take();
            }
            Err(MediaError::TooSlow {
                name,
                seconds: limit.as_secs(),
            })
        }
    }
}

/// Waits for another program on a thread of the pool, which has no runtime, and gives it up when it takes too long.
/// The inner error is that of running it.
pub(crate) fn in_time<T>(
    name: &str,
    limit: Duration,
    program: impl Future<Output = io::Result<T>>,
) -> Result<io::Result<T>, MediaError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            tracing::error!(%error, "a program that opens files could not be waited for");
            MediaError::Fault {
                name: name.to_owned(),
            }
        })?;
    runtime
        .block_on(async { tokio::time::timeout(limit, program).await })
        .map_err(|_| MediaError::TooSlow {
            name: name.to_owned(),
            seconds: limit.as_secs(),
        })
}

/// Memory that open pictures take, in bytes, and who waits for some.
static MEMORY: (Mutex<u64>, Condvar) = (Mutex::new(0), Condvar::new());

/// A part of the memory for open pictures, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Memory(u64);

impl Memory {
    /// Waits until so many bytes are free; a picture that takes more than all of it waits until it is
    /// alone. Blocks, so it is called where pictures are opened; never while holding another part.
    pub fn take(bytes: u64) -> Self {
        let bytes = bytes.min(MAX_OPEN_MEMORY);
        let (taken, freed) = &MEMORY;
        let held = taken.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = freed.wait_while(held, |taken| *taken + bytes > MAX_OPEN_MEMORY);
        *waited.unwrap_or_else(PoisonError::into_inner) += bytes;
        Self(bytes)
    }

    /// Gives back all of it but so many bytes.
    pub fn keep(&mut self, bytes: u64) {
        let kept = self.0.min(bytes);
        give_back(std::mem::replace(&mut self.0, kept) - kept);
    }
}

fn give_back(bytes: u64) {
    let (taken, freed) = &MEMORY;
    *taken.lock().unwrap_or_else(PoisonError::into_inner) -= bytes;
    freed.notify_all();
}

impl Drop for Memory {
    fn drop(&mut self) {
        give_back(self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn what_does_not_come_back_holds_nobody_up_and_is_not_piled_up() {
        static POOL: Pool = Pool::new(1);
        let mut ends = Vec::new();
        for _ in 0..MAX_FORSAKEN {
            let (go, wait) = mpsc::channel::<()>();
            let slow = run_within(Duration::ZERO, &POOL, "slow.png".into(), move || {
                wait.recv().ok();
                Ok(())
            });
            let error = slow.await.unwrap_err();
            assert!(error.to_string().contains("0 seconds"), "{error}");
            ends.push(go);
        }
        let next = || run_within(MAX_TIME, &POOL, "next.png".into(), || Ok(()));
        assert!(matches!(next().await, Err(MediaError::Stuck { .. })));
        // One that ends after all makes room again.
        ends.pop();
        while POOL.forsaken.load(Ordering::Acquire) >= MAX_FORSAKEN {
            tokio::task::yield_now().await;
        }
        next().await.unwrap();
    }

    #[tokio::test]
    async fn a_panic_in_a_decoder_is_an_error_and_not_the_end() {
        let result = run::<()>("bad.png".into(), || panic!("decoder fault")).await;
        assert!(matches!(result, Err(MediaError::Fault { .. })));
    }

    #[test]
    fn memory_is_shared_and_given_back() {
        let mut whole = Memory::take(u64::MAX);
        for part in [1, MAX_OPEN_MEMORY] {
            let (tell, told) = mpsc::channel();
            let waiter = thread::spawn(move || {
                let _part = Memory::take(part);
                tell.send(()).unwrap();
            });
            assert!(told.try_recv().is_err());
            // A part of it first, then all.
            whole.keep(MAX_OPEN_MEMORY - part);
            told.recv().unwrap();
            waiter.join().unwrap();
            whole.keep(u64::MAX);
        }
        assert_eq!(whole.0, 0);
    }
}
