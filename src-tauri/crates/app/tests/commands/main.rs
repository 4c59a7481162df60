//! Every command through the one door, with a clock the test owns and a network in memory.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod accounts;
mod ahead;
mod asking;
mod bluesky;
mod changing;
mod checking;
mod connector_alone;
mod data;
mod documents;
mod editing;
mod exchange;
mod first_start;
mod going_out;
mod kept_back;
mod library;
mod moving;
mod pictures;
mod placing;
mod programs;
mod public_files;
mod publishing;
mod queue;
mod rooms;
mod saving;
mod settings;
mod signing_in;
mod telegram;
mod typescript;
mod videos;
mod webhooks;
mod webhooks_sent;
mod writing;
