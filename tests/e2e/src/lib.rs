//! Drives the real window on a private virtual desktop.
