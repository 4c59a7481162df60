//! Bytes as hexadecimal digits.

use std::fmt::Write as _;

/// Bytes as hexadecimal digits in small letters, two a byte.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        // Writing into a String cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}
