//! The proxy that the desktop has set, for programs that are started from its menu and see none of it
//! in their environment.

use std::sync::Arc;

use app::ProxyAdvice;

#[cfg(target_os = "linux")]
mod linux;

/// What the environment may say, in capitals or not; it wins over the desktop.
const VARIABLES: [&str; 3] = ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY"];

/// Who knows the proxy; none where the environment says it or the system's settings are read anyway.
#[must_use]
pub fn adviser() -> Option<Arc<dyn ProxyAdvice>> {
    let said = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if VARIABLES
        .iter()
        .any(|name| said(name) || said(&name.to_ascii_lowercase()))
    {
        return None;
    }
    #[cfg(target_os = "linux")]
    return Some(Arc::new(linux::Portal::default()));
    #[cfg(not(target_os = "linux"))]
    None
}
