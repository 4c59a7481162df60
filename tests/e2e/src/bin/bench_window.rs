//! Measures cold start and memory against an empty Tauri window.

fn main() {}
