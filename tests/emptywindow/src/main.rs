//! A Tauri window with nothing in it: what the benchmarks of start and memory are compared with.

/// Says on standard output that the page has drawn its first frames.
#[tauri::command]
fn ready() {
    println!("ready");
}

fn main() -> Result<(), tauri::Error> {
    tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![ready])
        .run(tauri::generate_context!())
}
