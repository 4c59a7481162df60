//! The program over one real connector and the server that plays its network.

use std::path::Path;
use std::sync::Arc;

use app::{App, AppConfig, SystemFormats, VaultChoice};
use networks::connector::Connector;
use networks::http::{HttpConfig, ProxyChoice, Reach};
use networks::registry::Registry;
use networks::vault::memory::MemoryVault;
use publisher::testing::{SeededEntropy, TestClock};

/// How this program speaks to servers: directly.
pub fn http() -> HttpConfig {
    HttpConfig {
        proxy: ProxyChoice::Direct,
        ..HttpConfig::new("0.0.0-test")
    }
}

/// The program in an empty folder, with this connector alone. It sends by itself where `publishes`.
pub async fn open(
    folder: &Path,
    connector: impl Connector + 'static,
    (clock, vault): (&Arc<TestClock>, &Arc<MemoryVault>),
    publishes: bool,
) -> App {
    let config = AppConfig {
        data_dir: folder.join("data"),
        pointer_file: None,
        log_dir: None,
        program_version: "0.0.0-test".to_owned(),
        machine_id: "this-machine".to_owned(),
        clock: clock.clone(),
        timer: clock.clone(),
        entropy: Arc::new(SeededEntropy::new(1)),
        registry: Registry::of(vec![Arc::new(connector)]),
        vault: VaultChoice::Given(vault.clone()),
        start_publisher: publishes,
        online: tokio::sync::watch::channel(Some(true)).1,
        http: http(),
        reach: Reach::PublicAndLoopback,
        system_zone: "Europe/Berlin".parse().unwrap(),
        program_path: std::ffi::OsString::new(),
        formats: SystemFormats::default(),
    };
    App::open(config).await.unwrap()
}
