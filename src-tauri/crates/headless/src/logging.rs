//! The log goes to standard error, where systemd and containers pick it up.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::cli::{Cli, Command};

/// Our own crates in detail, everybody else's only when something is wrong.
const USUAL: &str = "warn,headless=info,server=info,app=info,publisher=info,store=info,networks=info,\
                     media=info,model=info";
const MORE: &str = "info,headless=debug,server=debug,app=debug,publisher=debug,store=debug,networks=debug,\
                    media=debug,model=debug";

/// Starts logging.
pub fn start(cli: &Cli) {
    let serves = matches!(cli.command, Command::Serve(_));
    let usual = match (cli.common.verbose, cli.common.quiet) {
        (0, true) => "error",
        (0, false) if serves => USUAL,
        (0, false) => "error",
        (1, _) if serves => MORE,
        (1, _) => USUAL,
        _ => MORE,
    };
    let filter = EnvFilter::try_from_env("ALMANAC_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let layer = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(std::io::stderr);
    // It fails only when logging was started before, which then goes on.
    let _ = tracing_subscriber::registry()
        .with(filter)
        .with(layer)
        .try_init();
}
