//! What a keyring does to the programs that use it: it locks, it says nothing, it goes.

use anyhow::{Context, Result, ensure};
use zbus::zvariant::{ObjectPath, OwnedObjectPath};

use crate::{Desk, desk, processes, until};

const SERVICE: &str = "org.freedesktop.secrets";
const PATH: &str = "/org/freedesktop/secrets";
const INTERFACE: &str = "org.freedesktop.Secret.Service";

impl Desk {
    /// Locks the keyring. Nobody on this desktop could ask the person for the password, so that every
    /// question is as one that the person dismissed.
    pub async fn lock_keyring(&self) -> Result<()> {
        let bus = self.bus().await?;
        let service = zbus::Proxy::new(&bus, SERVICE, PATH, INTERFACE).await?;
        let path: OwnedObjectPath = service.call("ReadAlias", &("default",)).await?;
        let paths: Vec<ObjectPath<'_>> = vec![path.as_ref()];
        let (locked, _): (Vec<OwnedObjectPath>, OwnedObjectPath) =
            service.call("Lock", &(paths,)).await?;
        ensure!(!locked.is_empty(), "the keyring did not lock");
        Ok(())
    }

    /// Stops the keyring for good, and waits until the bus knows.
    pub async fn stop_keyring(&mut self) -> Result<()> {
        let pid = self.keyring.take().context("there is a keyring")?;
        processes::kill(pid);
        let bus = self.bus().await?;
        until::holds("the keyring to go", || async {
            !desk::has_owner(&bus, SERVICE).await
        })
        .await
    }
}
