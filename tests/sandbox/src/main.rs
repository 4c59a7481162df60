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

/// Starts a network's sandbox; `hint` says what to type.
macro_rules! stand {
    ($key:ident, $hint:expr) => {{
        let server = sandbox::$key::Sandbox::start().await?;
        let origin = server.origin();
        let hint: fn(&sandbox::$key::Sandbox) -> String = $hint;
        let words = hint(&server);
        Stand::new(stringify!($key), server, origin, words)
    }};
}

async fn all() -> std::io::Result<Vec<Stand>> {
    use sandbox::{discord, linkedin, pinterest, reddit, slack, telegram, tiktok, x, youtube};
    Ok(vec![
        stand!(bluesky, |s| {
            let ana = s.ana();
            format!(
                "handle {}, app password {}, server {}",
                ana.handle,
                ana.password,
                s.origin()
            )
        }),
        stand!(mastodon, |s| format!(
            "server {}, with the browser",
            s.origin()
        )),
        stand!(x, |_| format!("client ID {}, with the browser", x::CLIENT)),
        stand!(linkedin, |_| format!(
            "client ID {} (pages: {}), client secret {}",
            linkedin::CLIENT,
            linkedin::PAGES_CLIENT,
            linkedin::SECRET
        )),
        stand!(facebook, |s| format!("token {}", s.user_token())),
        stand!(instagram, |s| format!("token {}", s.token())),
        stand!(threads, |s| format!("token {}", s.token())),
        stand!(tiktok, |_| format!(
            "client key {}, client secret {}, with the browser",
            tiktok::CLIENT,
            tiktok::SECRET
        )),
        stand!(youtube, |_| format!(
            "client ID {}, client secret {}, with the browser",
            youtube::CLIENT,
            youtube::SECRET
        )),
        stand!(pinterest, |_| format!(
            "token {}, or client ID {} and secret {}",
            pinterest::TOKEN,
            pinterest::CLIENT_ID,
            pinterest::CLIENT_SECRET
        )),
        stand!(reddit, |_| format!(
            "client ID {}, no secret, owner {}, with the browser",
            reddit::CLIENT,
            reddit::OWNER
        )),
        stand!(telegram, |_| format!(
            "token {}, channel {}",
            telegram::TOKEN,
            telegram::CHANNEL
        )),
        stand!(discord, |s| format!(
            "webhook {}, or bot token {} and channel {}",
            s.address(discord::WEBHOOK),
            discord::BOT_TOKEN,
            discord::CHANNEL
        )),
        stand!(slack, |s| format!(
            "webhook {}, or token {} and channel {}",
            s.address(),
            slack::TOKEN,
            slack::CHANNEL
        )),
        stand!(wordpress, |s| {
            let ana = s.ana();
            format!(
                "site {}, name {}, application password {}",
                s.origin(),
                ana.login,
                ana.password
            )
        }),
        stand!(nostr, |s| format!(
            "key {}, relay {}",
            s.secret(),
            s.origin()
        )),
        stand!(webhook, |s| format!(
            "address {}, secret {}",
            s.address(),
            s.secret()
        )),
    ])
}

#[tokio::main]
async fn main() -> std::io::Result<ExitCode> {
    let stands = all().await?;
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
        println!(
            "To point the program at them:\n\n  ALMANAC_NETWORKS={addresses} cargo xtask run\n"
        );
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
