//! Almanac without a window: `almanac-server serve` keeps the calendar and publishes from a home server or a
//! small host; the other commands work on the same data folder, or go to whoever has it.
//!
//! A command of the line is a few commands of `app`'s list, called through a door: the folder itself when
//! nobody has it, else the running Almanac over HTTP with a key. No rule of the product is in here.

mod accounts;
mod ask;
mod backup;
pub mod cli;
mod client;
mod doctor;
mod door;
mod files;
mod keys;
mod list;
mod logging;
mod mcp;
mod pages;
mod place;
mod role;
mod say;
mod secret;
mod serve;
mod trouble;
mod write;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use place::Place;
use say::Say;
use trouble::Trouble;

/// Runs the program.
#[must_use]
pub fn run() -> ExitCode {
    if let Some(code) = app::opened_apart() {
        return code;
    }
    let cli = Cli::parse();
    let say = Say::new(cli.common.json, cli.common.quiet);
    logging::start(&cli);
    let done = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime.block_on(dispatch(cli, &say)),
        Err(error) => Err(Trouble::from(error)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            say.trouble(&trouble);
            ExitCode::from(trouble.code())
        }
    }
}

async fn dispatch(cli: Cli, say: &Say) -> Result<(), Trouble> {
    let Cli { common, command } = cli;
    let place = Place::new(common)?;
    match command {
        Command::Serve(args) => serve::run(&place, args, say).await,
        Command::Post(args) => write::post(&place, args, say).await,
        Command::Schedule(args) => write::schedule(&place, args, say).await,
        Command::List(args) => list::run(&place, args, say).await,
        Command::Import(args) => files::import(&place, args, say).await,
        Command::Export(args) => files::export(&place, args, say).await,
        Command::Accounts(args) => accounts::run(&place, args, say).await,
        Command::Keys(args) => keys::run(&place, args, say).await,
        Command::Doctor => doctor::run(&place, say).await,
        Command::Backup => backup::make(&place, say).await,
        Command::Restore(args) => backup::restore(&place, args, say).await,
        Command::Mcp => mcp::run(&place).await,
        Command::Completions { shell } => pages::completions(shell),
        Command::Manual { folder } => pages::manual(folder.as_deref()),
    }
}
