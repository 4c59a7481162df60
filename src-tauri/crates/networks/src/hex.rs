//! Bytes as hexadecimal digits, and words nobody can guess made of them.

use std::fmt::Write as _;

use model::Entropy;

/// Bytes as hexadecimal digits in small letters, two a byte.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let text = String::with_capacity(2 * bytes.len());
    bytes.iter().fold(text, |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// So many random bytes, as hexadecimal digits.
#[must_use]
pub fn random(entropy: &dyn Entropy, bytes: usize) -> String {
    let mut raw = vec![0_u8; bytes];
    entropy.fill(&mut raw);
    hex(&raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_two_digits() {
        assert_eq!(hex(&[0, 0x0a, 0xff]), "000aff");
        assert_eq!(hex(&[]), "");
    }
}
