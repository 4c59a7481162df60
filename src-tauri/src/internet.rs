//! Whether there is a way to the internet, as the system knows it. Where it does not say, it is
//! taken for granted, and a send that fails says otherwise.

#[cfg(target_os = "linux")]
mod linux {
    use futures_util::StreamExt;

    /// The system does not know.
    const UNKNOWN: u32 = 0;
    /// Connected at least to the site; less is only this computer, or nothing.
    const SITE: u32 = 60;

    #[zbus::proxy(
        interface = "org.freedesktop.NetworkManager",
        default_service = "org.freedesktop.NetworkManager",
        default_path = "/org/freedesktop/NetworkManager"
    )]
    trait NetworkManager {
        #[zbus(property)]
        fn state(&self) -> zbus::Result<u32>;
    }

    /// Calls `told` with what is the case now and each time it changes, until the bus goes.
    pub async fn follow(told: impl Fn(bool) + Send) -> zbus::Result<()> {
        let connection = zbus::Connection::system().await?;
        let manager = NetworkManagerProxy::new(&connection).await?;
        let mut states = manager.receive_state_changed().await;
        told(is_way(manager.state().await?));
        while let Some(state) = states.next().await {
            if let Ok(state) = state.get().await {
                told(is_way(state));
            }
        }
        Ok(())
    }

    fn is_way(state: u32) -> bool {
        state == UNKNOWN || state >= SITE
    }
}

/// Follows the way to the internet for as long as the program runs.
pub async fn follow(told: impl Fn(bool) + Send) {
    #[cfg(target_os = "linux")]
    if let Err(error) = linux::follow(told).await {
        tracing::info!(%error, "the system does not say whether there is a way to the internet");
    }
    #[cfg(not(target_os = "linux"))]
    drop(told);
}
