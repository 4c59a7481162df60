//! The text of a file that another program wrote.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The text, whatever wrote it: a byte order mark decides, then UTF-8 if it is, then UTF-16 if every
/// other byte is zero, else what Windows writes in Western Europe. None of what is no text.
pub(crate) fn decoded(bytes: &[u8]) -> Option<String> {
    let zeros = |from: usize| {
        let head = &bytes[..bytes.len().min(2_000)];
        let every_other = head.iter().skip(from).step_by(2);
        every_other.filter(|b| **b == 0).count() * 10 > head.len() * 3
    };
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if zeros(1) => UTF_16LE,
        None if zeros(0) => UTF_16BE,
        None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        None if bytes.contains(&0) => return None,
        None => WINDOWS_1252,
    };
    Some(encoding.decode(bytes).0.into_owned())
}
