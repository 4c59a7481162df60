//! Embeds the screen, the icons and the security policy into the desktop program.

fn main() {
    tauri_build::build();
}
