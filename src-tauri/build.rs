//! Embeds the screen, the icons and the security policy into the desktop program.

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=ui/dist");
    if Path::new("ui/dist/index.html").exists() {
        tauri_build::build();
    } else {
        println!(
            "cargo::error=ui/dist is missing. `cargo xtask run` builds the screen and then this."
        );
    }
}
