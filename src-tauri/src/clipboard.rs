//! The clipboard. On X11 and Wayland the text is handed out by the program that copied it, so the
//! handle lives as long as the program.

use std::sync::{Mutex, PoisonError};

use arboard::Error;

/// Opened at the first use: a desktop may lack one.
#[derive(Default)]
pub struct Clipboard(Mutex<Option<arboard::Clipboard>>);

impl Clipboard {
    /// Puts text on it.
    pub fn put(&self, text: String) -> Result<(), Error> {
        let mut clipboard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if clipboard.is_none() {
            *clipboard = Some(arboard::Clipboard::new()?);
        }
        match clipboard.as_mut() {
            Some(clipboard) => clipboard.set_text(text),
            None => Err(Error::ClipboardNotSupported),
        }
    }
}
