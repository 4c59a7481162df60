//! A Tauri window with nothing in it: what the benchmarks of start and memory are compared with.

fn main() -> Result<(), tauri::Error> {
    tauri::Builder::default().run(tauri::generate_context!())
}
