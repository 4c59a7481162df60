//! The system's manager of networks: whether this computer is connected.
#![allow(
    missing_docs,
    clippy::unused_self,
    clippy::used_underscore_binding,
    reason = "the shape of every call is set by the interface, and the macro writes methods"
)]

use zbus::interface;

use super::Services;

/// Not connected to anything, as the manager counts.
pub const DISCONNECTED: u32 = 20;

/// The service.
struct Manager {
    state: u32,
}

#[interface(name = "org.freedesktop.NetworkManager")]
impl Manager {
    #[zbus(property)]
    fn state(&self) -> u32 {
        self.state
    }
}

/// Has the system say how this computer is connected. Without this it says nothing. Before the program
/// starts.
pub async fn says(services: &Services, state: u32) -> zbus::Result<()> {
    let bus = &services.connection;
    let path = "/org/freedesktop/NetworkManager";
    bus.object_server().at(path, Manager { state }).await?;
    bus.request_name("org.freedesktop.NetworkManager").await
}
