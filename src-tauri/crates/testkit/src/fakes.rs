//! A clock and a source of randomness that a test owns, and files to post.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use model::account::Account;
use model::{Clock, Entropy, Timestamp};
use networks::catalogue::PricedFor;
use networks::connector::Refusal;
use networks::money::{Purse, Receipt};

/// A clock that stands still until it is told to move.
#[derive(Debug)]
pub struct StillClock {
    now: AtomicI64,
    steady: AtomicU64,
}

impl StillClock {
    /// A clock at an instant.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self {
            now: AtomicI64::new(now.as_millis()),
            steady: AtomicU64::new(0),
        }
    }

    /// Time passes.
    pub fn pass(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.steady.fetch_add(millis, Ordering::SeqCst);
        self.now
            .fetch_add(i64::try_from(millis).unwrap_or(i64::MAX), Ordering::SeqCst);
    }

    /// Somebody sets the wall clock; no time passes.
    pub fn set(&self, now: Timestamp) {
        self.now.store(now.as_millis(), Ordering::SeqCst);
    }
}

impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.steady.load(Ordering::SeqCst))
    }
}

/// Numbers that look random and are the same in every run (`SplitMix64`).
#[derive(Debug)]
pub struct Seeded(Mutex<u64>);

impl Seeded {
    /// The numbers of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }
}

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            for (byte, random) in chunk.iter_mut().zip(z.to_le_bytes()) {
                *byte = random;
            }
        }
    }
}

/// A purse that never runs out and remembers what was paid.
#[derive(Debug, Default)]
pub struct Wallet(Mutex<Vec<Option<(PricedFor, u64)>>>);

impl Wallet {
    /// What was paid and not taken back, oldest first.
    #[must_use]
    pub fn paid(&self) -> Vec<(PricedFor, u64)> {
        self.notes().iter().flatten().copied().collect()
    }

    fn notes(&self) -> std::sync::MutexGuard<'_, Vec<Option<(PricedFor, u64)>>> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[async_trait]
impl Purse for Wallet {
    async fn pay(&self, _: &Account, of: PricedFor, price: u64) -> Result<Receipt, Refusal> {
        let mut notes = self.notes();
        notes.push(Some((of, price)));
        Ok(Receipt(notes.len() as i64 - 1))
    }

    async fn take_back(&self, receipt: Receipt) {
        let index = usize::try_from(receipt.0).unwrap_or(usize::MAX);
        if let Some(note) = self.notes().get_mut(index) {
            *note = None;
        }
    }
}

/// Writes a JPEG of this size in one colour and returns where it lies.
///
/// # Panics
/// When it cannot be written.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "a test without its picture cannot go on"
)]
pub fn picture(folder: &Path, name: &str, width: u32, height: u32, colour: [u8; 3]) -> PathBuf {
    let path = folder.join(name);
    image::RgbImage::from_pixel(width, height, image::Rgb(colour))
        .save(&path)
        .expect("the picture is written");
    path
}

/// Writes a JPEG of this size that cannot be made smaller, and returns where it lies.
///
/// # Panics
/// When it cannot be written.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "a test without its picture cannot go on"
)]
pub fn noise(folder: &Path, name: &str, width: u32, height: u32) -> PathBuf {
    let (path, chance) = (folder.join(name), Seeded::new(9));
    image::RgbImage::from_fn(width, height, |_, _| {
        let mut colour = [0; 3];
        chance.fill(&mut colour);
        image::Rgb(colour)
    })
    .save(&path)
    .expect("the picture is written");
    path
}
