//! The log: one file a day in the data folder, the last seven kept. The folder may change while the
//! program runs, when the data is moved.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tracing_appender::non_blocking::{NonBlocking, WorkerGuard};
use tracing_appender::rolling::{Builder, Rotation};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Days of log that are kept.
const DAYS: usize = 7;
/// Our own crates in detail, everybody else's only when something is wrong.
const USUAL: &str = "warn,almanac_desktop=info,app=info,publisher=info,store=info,networks=info,\
                     media=info,model=info";

/// Where the log is written now. Clones share it.
#[derive(Clone, Default)]
pub struct Log {
    current: Arc<Mutex<Option<Current>>>,
}

struct Current {
    folder: PathBuf,
    writer: NonBlocking,
    /// Writes what is left when it is dropped.
    _guard: WorkerGuard,
}

impl Log {
    /// Starts logging, to standard error until there is a folder.
    #[must_use]
    pub fn start() -> Self {
        let log = Self::default();
        let filter =
            EnvFilter::try_from_env("ALMANAC_LOG").unwrap_or_else(|_| EnvFilter::new(USUAL));
        let writer = log.clone();
        let layer = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(move || writer.line());
        // It fails only when logging was started before, which then goes on.
        let _ = tracing_subscriber::registry()
            .with(filter)
            .with(layer)
            .try_init();
        log
    }

    /// Writes to this folder from now on. When nothing can be written there (a read-only disk) the
    /// log goes to standard error: the program must still start and say what is wrong.
    pub fn write_to(&self, folder: &Path) {
        if self
            .lock()
            .as_ref()
            .is_some_and(|current| current.folder == folder)
        {
            return;
        }
        // Looking through a folder that is not there yet the builder would tell a person's terminal of an error,
        // and then make it. One that cannot be made is its answer.
        std::fs::create_dir_all(folder).ok();
        let made = Builder::new()
            .rotation(Rotation::DAILY)
            .filename_prefix("almanac")
            .filename_suffix("log")
            .max_log_files(DAYS)
            .build(folder);
        let before = match made {
            Ok(file) => {
                let (writer, guard) = tracing_appender::non_blocking(file);
                let current = Current {
                    folder: folder.to_owned(),
                    writer,
                    _guard: guard,
                };
                self.lock().replace(current)
            }
            Err(_) => self.lock().take(),
        };
        // Outside the lock: dropping it waits until its last lines are written.
        drop(before);
    }

    /// Writes what is left and stops.
    pub fn finish(&self) {
        let current = self.lock().take();
        drop(current);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Current>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn line(&self) -> Line {
        match &*self.lock() {
            Some(current) => Line::File(current.writer.clone()),
            None => Line::StandardError,
        }
    }
}

/// Where one line goes.
enum Line {
    File(NonBlocking),
    StandardError,
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.write(bytes),
            Self::StandardError => io::stderr().write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(file) => file.flush(),
            Self::StandardError => io::stderr().flush(),
        }
    }
}
