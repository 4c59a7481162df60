//! Sleep: keeping the machine awake during a send, and hearing that it has woken up.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
pub use linux::Power;
#[cfg(not(target_os = "linux"))]
pub use other::Power;
