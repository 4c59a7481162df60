//! Servers on this computer that play the networks, for trying everything with no account:
//! `cargo xtask sandbox`. With a program named, that is started and pointed at them.

use std::any::Any;
use std::process::ExitCode;

/// A server that plays a network.
struct Stand {
    key: &'static str,
    origin: String,
    /// What to type to sign in.
    hint: String,
    /// Stops when it is dropped.
    _server: Box<dyn Any>,
}

impl Stand {
    fn new<S: Any>(key: &'static str, server: S, origin: String, hint: String) -> Self {
        Self {
            key,
            origin,
            hint,
            _server: Box::new(server),
        }
    }
}

async fn bluesky() -> std::io::Result<Stand> {
    let server = sandbox::bluesky::Sandbox::start().await?;
    let (origin, ana) = (server.origin(), server.ana());
    let hint = format!(
        "handle {}, app password {}, server {origin}",
        ana.handle, ana.password
    );
    Ok(Stand::new("bluesky", server, origin, hint))
}

async fn mastodon() -> std::io::Result<Stand> {
    let server = sandbox::mastodon::Sandbox::start().await?;
    let origin = server.origin();
    let hint = format!("server {origin}, through the browser");
    Ok(Stand::new("mastodon", server, origin, hint))
}

#[tokio::main]
async fn main() -> std::io::Result<ExitCode> {
    let stands = vec![bluesky().await?, mastodon().await?];
    let addresses: Vec<String> = stands
        .iter()
        .map(|s| format!("{}={}", s.key, s.origin))
        .collect();
    let addresses = addresses.join(",");
    println!("These servers play the networks. They forget everything when they stop (Ctrl+C).\n");
    for stand in &stands {
        println!("  {:<10} {}", stand.key, stand.origin);
        println!("  {:<10} {}\n", "", stand.hint);
    }
    let mut arguments = std::env::args_os().skip(1);
    let Some(program) = arguments.next() else {
        println!("To point the program at them:\n\n  ALMANAC_NETWORKS={addresses} cargo xtask run\n");
        tokio::signal::ctrl_c().await?;
        return Ok(ExitCode::SUCCESS);
    };
    let status = tokio::process::Command::new(program)
        .args(arguments)
        .env("ALMANAC_NETWORKS", addresses)
        .status()
        .await?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
