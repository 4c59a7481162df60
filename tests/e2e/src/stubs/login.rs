//! The login manager: who keeps the machine awake, and going to sleep.
#![allow(
    missing_docs,
    clippy::unused_self,
    clippy::needless_pass_by_value,
    clippy::used_underscore_binding,
    clippy::cast_possible_truncation,
    reason = "the shape of every call is set by the interface, and the macro writes methods"
)]

use std::io::{ErrorKind, Read as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use zbus::interface;
use zbus::object_server::SignalEmitter;
use zbus::zvariant;

use super::{Record, Services};

/// Where the manager answers.
const PATH: &str = "/org/freedesktop/login1";

/// A request to keep the machine awake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inhibitor {
    /// What is held off, such as `sleep`.
    pub what: String,
    /// Who asks.
    pub who: String,
    /// Why, in words.
    pub why: String,
    /// `block` or `delay`.
    pub mode: String,
}

/// The service.
#[derive(Clone, Default)]
pub struct Login {
    /// Everything that was ever asked for.
    pub inhibitors: Record<Inhibitor>,
    /// Our ends of the pipes: the other ends close when an inhibitor is given back.
    ends: Record<Arc<UnixStream>>,
}

impl Login {
    /// How many inhibitors are held now.
    #[must_use]
    pub fn held(&self) -> usize {
        let held = |end: &Arc<UnixStream>| {
            let nothing_yet = (&**end).read(&mut [0]);
            nothing_yet.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
        };
        self.ends.all().iter().filter(|end| held(end)).count()
    }
}

#[interface(name = "org.freedesktop.login1.Manager")]
impl Login {
    fn inhibit(
        &self,
        what: String,
        who: String,
        why: String,
        mode: String,
    ) -> zbus::fdo::Result<zvariant::OwnedFd> {
        // The asker keeps one end of the pipe; closing it gives the inhibitor back.
        let failed = |error: std::io::Error| zbus::fdo::Error::Failed(error.to_string());
        let (ours, theirs) = UnixStream::pair().map_err(failed)?;
        ours.set_nonblocking(true).map_err(failed)?;
        self.ends.push(Arc::new(ours));
        self.inhibitors.push(Inhibitor {
            what,
            who,
            why,
            mode,
        });
        Ok(OwnedFd::from(theirs).into())
    }

    #[zbus(signal)]
    async fn prepare_for_sleep(to: &SignalEmitter<'_>, start: bool) -> zbus::Result<()>;
}

/// Tells everybody that the machine goes to sleep (`true`) or has woken up (`false`).
pub async fn sleep_signal(services: &Services, start: bool) -> zbus::Result<()> {
    let emitter = SignalEmitter::new(&services.connection, PATH)?;
    Login::prepare_for_sleep(&emitter, start).await
}
