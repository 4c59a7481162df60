//! Where things lie in this checkout.

use std::path::PathBuf;

/// The folder of the root `Cargo.toml`.
#[must_use]
pub fn root() -> PathBuf {
    // This crate always lies three folders below the root. Cargo says where when it runs us; what was
    // true when we were built may be another checkout that shares the target folder.
    let own =
        std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let mut root = PathBuf::from(own);
    for _ in 0..3 {
        root.pop();
    }
    root
}

/// A path below the root.
#[must_use]
pub fn path(relative: &str) -> PathBuf {
    root().join(relative)
}

/// Cargo's output folder, which `CARGO_TARGET_DIR` may move.
#[must_use]
pub fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || root().join("target"),
        |dir| root().join(PathBuf::from(dir)),
    )
}

/// The desktop program as Cargo leaves it.
#[must_use]
pub fn program(release: bool) -> PathBuf {
    target_dir()
        .join(if release { "release" } else { "debug" })
        .join(format!("almanac{}", std::env::consts::EXE_SUFFIX))
}

/// The cargo that started us, so that a pinned toolchain stays pinned.
#[must_use]
pub fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}
