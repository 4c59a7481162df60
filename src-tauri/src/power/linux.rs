//! The login manager over the system bus. Without one everything here is silently nothing: the
//! publisher looks at the clock anyway.

use futures_util::StreamExt;
use zbus::zvariant::OwnedFd;

use crate::words;

#[zbus::proxy(
    interface = "org.freedesktop.login1.Manager",
    default_service = "org.freedesktop.login1",
    default_path = "/org/freedesktop/login1"
)]
trait Manager {
    fn inhibit(&self, what: &str, who: &str, why: &str, mode: &str) -> zbus::Result<OwnedFd>;

    #[zbus(signal)]
    fn prepare_for_sleep(&self, start: bool) -> zbus::Result<()>;
}

/// The machine's sleep.
pub struct Power {
    manager: Option<ManagerProxy<'static>>,
    /// Held while something is sent; closing it lets the machine sleep again.
    awake: Option<OwnedFd>,
}

impl Power {
    /// Connects to the system bus and calls `resumed` each time the machine wakes up.
    pub async fn connect(resumed: impl Fn() + Send + 'static) -> Self {
        let manager = match Self::manager().await {
            Ok(manager) => Some(manager),
            Err(error) => {
                tracing::info!(%error, "no login manager: sleep is noticed by the clock alone");
                None
            }
        };
        if let Some(manager) = &manager
            && let Ok(mut signals) = manager.receive_prepare_for_sleep().await
        {
            tauri::async_runtime::spawn(async move {
                while let Some(signal) = signals.next().await {
                    if signal.args().is_ok_and(|args| !args.start) {
                        resumed();
                    }
                }
            });
        }
        Self {
            manager,
            awake: None,
        }
    }

    async fn manager() -> zbus::Result<ManagerProxy<'static>> {
        let connection = zbus::Connection::system().await?;
        ManagerProxy::new(&connection).await
    }

    /// Keeps the machine awake, or lets it sleep again.
    pub async fn keep_awake(&mut self, wanted: bool) {
        let Some(manager) = &self.manager else { return };
        if !wanted {
            self.awake = None;
        } else if self.awake.is_none() {
            match manager
                .inhibit("sleep:idle", "Almanac", words::KEEP_AWAKE, "block")
                .await
            {
                Ok(handle) => self.awake = Some(handle),
                Err(error) => tracing::info!(%error, "the machine cannot be kept awake"),
            }
        }
    }
}
