//! What the host tells the program when it starts.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use model::when::Zone;
use model::{Clock, Entropy};
use networks::http::{HttpConfig, Reach};
use networks::registry::Registry;
use publisher::Timer;
use tokio::sync::watch;

use crate::vault::VaultChoice;
use crate::words::SystemFormats;

/// How to open the program. Everything that differs between a window, a server and a test.
#[derive(Clone)]
pub struct AppConfig {
    /// The data folder; made when it is not there and never held a calendar.
    pub data_dir: PathBuf,
    /// The file that names the data folder after it was moved; none where it cannot be moved.
    pub pointer_file: Option<PathBuf>,
    /// Where the log files lie; none where nothing is logged to files.
    pub log_dir: Option<PathBuf>,
    /// The program's version.
    pub program_version: String,
    /// A stable name of this machine.
    pub machine_id: String,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Waiting.
    pub timer: Arc<dyn Timer>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The networks there are.
    pub registry: Registry,
    /// Where secrets are kept.
    pub vault: VaultChoice,
    /// Start publishing at once.
    pub start_publisher: bool,
    /// What the system says of the way to the internet; none until it has said something. Only the
    /// start reads it: later words come through [`App::set_online`](crate::App::set_online).
    pub online: watch::Receiver<Option<bool>>,
    /// How link cards are fetched.
    pub http: HttpConfig,
    /// How far link cards may reach; the public internet but in tests.
    pub reach: Reach,
    /// The zone of this computer.
    pub system_zone: Zone,
    /// Folders in which programs of the system are looked for, in the form of its `PATH`.
    pub program_path: OsString,
    /// How the system's language writes dates and hours.
    pub formats: SystemFormats,
}
