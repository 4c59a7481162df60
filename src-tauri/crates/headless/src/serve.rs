//! `serve`: the calendar is kept and posts go out until somebody says that it is enough.

use std::net::SocketAddr;
use std::path::PathBuf;

use app::{App, Notice, NoticeKind, OpenError, OpenTrouble, endings};
use server::{Outside, Running, Screen, Server, ServerConfig, Tls};
use tokio::sync::broadcast;

use crate::cli::Serve;
use crate::place::Place;
use crate::say::Say;
use crate::trouble::Trouble;

/// Why it ends.
enum Over {
    /// Somebody said so.
    Enough,
    /// The data folder is to be opened anew.
    Again,
    /// The database is damaged.
    Damaged(OpenError),
}

/// Serves until told to stop.
pub async fn run(place: &Place, args: Serve, say: &Say) -> Result<(), Trouble> {
    let outside = outside(&args)?;
    // Before anything is opened: a signal that comes early must not cut a write off.
    let mut told = Told::new()?;
    loop {
        let app = place.open(true).await.map_err(in_use)?;
        let port = match args.port {
            Some(port) => port,
            // Another address may want the usual one.
            None if !outside.listen.is_empty() => 0,
            None => app.settings().await?.programs_port,
        };
        let config = ServerConfig::at(port);
        let started = Server::start_outside(app.clone(), config, outside.clone()).await;
        let running = match started {
            Ok(running) => running,
            Err(error) => {
                app.shutdown().await;
                return Err(Trouble::Listening(error));
            }
        };
        greet(say, &args, &running, outside.screen.is_some());
        let over = until_over(&app, &mut told).await;
        tracing::info!("ending: no new requests, no new sends; those under way may finish");
        running.stop().await;
        app.shutdown().await;
        match over {
            Over::Enough => return Ok(()),
            Over::Again => {}
            Over::Damaged(error) => return Err(Trouble::NotOpen(error)),
        }
    }
}

/// Says that the folder is taken, where that is why.
fn in_use(error: OpenError) -> Trouble {
    if error.trouble != OpenTrouble::InUse {
        return Trouble::NotOpen(error);
    }
    let whose = server::owner::of(&error.folder);
    Trouble::InUse(match whose {
        Some(note) => format!(
            "Another Almanac (process {}) has {} open and listens at {}. One folder has one owner: use that one, or end it.",
            note.process,
            error.folder.display(),
            note.address
        ),
        None => format!(
            "Another Almanac has {} open. One folder has one owner: end it first.",
            error.folder.display()
        ),
    })
}

async fn until_over(app: &App, told: &mut Told) -> Over {
    let (mut restart, mut damage) = (app.restart_wanted(), app.damage());
    let news = tokio::spawn(write_news(app.notices()));
    let over = tokio::select! {
        () = told.come() => Over::Enough,
        () = endings::restart_wanted(&mut restart) => Over::Again,
        error = endings::damaged(&mut damage) => Over::Damaged(error),
    };
    news.abort();
    over
}

/// What a desktop would show as notifications stands in the log.
async fn write_news(notices: Option<broadcast::Receiver<Notice>>) {
    let Some(mut notices) = notices else { return };
    loop {
        match notices.recv().await {
            Ok(notice) if notice.kind == NoticeKind::Published => {
                tracing::info!(posts = notice.count, "{}", notice.sentence);
            }
            Ok(notice) => {
                tracing::warn!(kind = ?notice.kind, posts = notice.count, "{}", notice.sentence);
            }
            Err(broadcast::error::RecvError::Lagged(missed)) => {
                tracing::warn!(missed, "news came too fast to be written down");
            }
            Err(broadcast::error::RecvError::Closed) => return,
        }
    }
}

/// How else to listen than on this computer alone, if that is safe.
fn outside(args: &Serve) -> Result<Outside, Trouble> {
    let tls = match (&args.tls_cert, &args.tls_key) {
        (Some(certificates), Some(key)) => Some(
            Tls::read(certificates, key).map_err(|error| Trouble::invalid(error.to_string()))?,
        ),
        _ => None,
    };
    for address in &args.listen {
        may_listen(*address, tls.is_some(), args.behind_proxy)?;
    }
    if tls.is_some() && args.listen.is_empty() {
        return Err(Trouble::Usage(
            "A certificate is for another address: name it with --listen.".to_owned(),
        ));
    }
    Ok(Outside {
        listen: args.listen.iter().map(|at| (*at, tls.clone())).collect(),
        names: args.hosts.clone(),
        behind_proxy: args.behind_proxy,
        screen: screen(args)?,
    })
}

/// Keys would cross a network in plain.
fn may_listen(address: SocketAddr, tls: bool, behind_proxy: bool) -> Result<(), Trouble> {
    if tls || behind_proxy || address.ip().is_loopback() {
        return Ok(());
    }
    Err(Trouble::Usage(format!(
        "{address} can be reached from other computers, and keys would cross the network in plain. Give a certificate with --tls-cert and --tls-key, or say --behind-proxy when a program in front speaks TLS."
    )))
}

fn screen(args: &Serve) -> Result<Option<Screen>, Trouble> {
    if args.no_screen {
        return Ok(None);
    }
    let Some(folder) = args.screen.clone().or_else(usual_screen) else {
        tracing::warn!("the screen is not served: its files are not beside the program");
        return Ok(None);
    };
    let read = Screen::read(&folder);
    read.map(Some).map_err(|error| {
        Trouble::invalid(format!("{} holds no screen: {error}.", folder.display()))
    })
}

/// The screen that came with the program: beside it, or where packages put it.
pub fn usual_screen() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let folder = program.parent()?;
    let places = ["screen", "../share/almanac/screen"];
    let mut there = places.iter().map(|place| folder.join(place));
    there.find(|place| place.join("index.html").is_file())
}

fn greet(say: &Say, args: &Serve, running: &Running, screen: bool) {
    let own = format!("http://{}", running.address());
    say.note(&format!("Almanac listens at {own}"));
    let scheme = if args.tls_cert.is_some() {
        "https"
    } else {
        "http"
    };
    for address in &args.listen {
        say.note(&format!("Almanac listens at {scheme}://{address}"));
    }
    if screen {
        say.note(&format!("The screen: {own}/app/"));
    }
}

/// Signals that end it.
struct Told {
    #[cfg(unix)]
    term: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Told {
    fn new() -> Result<Self, Trouble> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            term: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn come(&mut self) {
        tokio::select! {
            _ = self.term.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(not(unix))]
impl Told {
    #[expect(clippy::unnecessary_wraps, reason = "as on other systems")]
    fn new() -> Result<Self, Trouble> {
        Ok(Self {})
    }

    async fn come(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_listened_to_in_plain_but_this_computer() {
        let at = |text: &str| text.parse::<SocketAddr>().unwrap();
        assert!(may_listen(at("0.0.0.0:8437"), false, false).is_err());
        assert!(may_listen(at("192.0.2.7:8437"), false, false).is_err());
        assert!(may_listen(at("[::]:8437"), false, false).is_err());
        assert!(may_listen(at("127.0.0.1:8437"), false, false).is_ok());
        assert!(may_listen(at("[::1]:8437"), false, false).is_ok());
        assert!(may_listen(at("0.0.0.0:8437"), true, false).is_ok());
        assert!(may_listen(at("0.0.0.0:8437"), false, true).is_ok());
    }
}
