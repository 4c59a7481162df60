//! The host of tray icons (`StatusNotifierWatcher`).
#![allow(
    missing_docs,
    clippy::unused_self,
    clippy::needless_pass_by_value,
    clippy::used_underscore_binding,
    clippy::cast_possible_truncation,
    reason = "the shape of every call is set by the interface, and the macro writes methods"
)]

use zbus::interface;
use zbus::message::Header;
use zbus::object_server::SignalEmitter;

use super::Record;

/// Where a tray icon can be reached.
#[derive(Debug, Clone)]
pub struct Item {
    /// Name on the bus.
    pub bus: String,
    /// Path of the object.
    pub path: String,
}

/// The service.
pub struct Watcher {
    items: Record<Item>,
}

impl Watcher {
    /// A watcher that writes down who registers.
    #[must_use]
    pub fn new(items: Record<Item>) -> Self {
        Self { items }
    }
}

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    async fn register_status_notifier_item(
        &self,
        service: String,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        // Either the name of a service or, as libayatana does it, the path of an object.
        self.items.push(if service.starts_with('/') {
            Item {
                bus: sender,
                path: service.clone(),
            }
        } else {
            Item {
                bus: service.clone(),
                path: "/StatusNotifierItem".into(),
            }
        });
        let _ = Self::status_notifier_item_registered(&emitter, &service).await;
    }

    fn register_status_notifier_host(&self, _service: String) {}

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.items
            .all()
            .iter()
            .map(|item| format!("{}{}", item.bus, item.path))
            .collect()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(signal)]
    async fn status_notifier_item_registered(
        emitter: &SignalEmitter<'_>,
        service: &str,
    ) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn status_notifier_item_unregistered(
        emitter: &SignalEmitter<'_>,
        service: &str,
    ) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn status_notifier_host_registered(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;
}
