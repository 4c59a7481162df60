//! Record keys chosen by us: timestamp identifiers (TIDs) of the AT Protocol.
//!
//! 64 bits: 0, 53 bits of microseconds since 1970, 10 bits of clock id, written as 13 characters of
//! a sortable base 32. <https://atproto.com/specs/tid>

use model::{Entropy, Timestamp};

const ALPHABET: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";
const LENGTH: usize = 13;

/// The identifier of an instant in microseconds, with a clock id below 1024.
#[must_use]
pub fn write(micros: u64, clock_id: u16) -> String {
    let value = ((micros & ((1 << 53) - 1)) << 10) | u64::from(clock_id & 0x3ff);
    (0..LENGTH)
        .rev()
        .map(|n| char::from(ALPHABET[((value >> (5 * n)) & 31) as usize]))
        .collect()
}

/// The microseconds of an identifier; none when it is not one.
#[must_use]
pub fn micros(tid: &str) -> Option<u64> {
    if tid.len() != LENGTH || !(b'2'..=b'j').contains(tid.as_bytes().first()?) {
        return None;
    }
    let mut value: u64 = 0;
    for byte in tid.bytes() {
        let digit = ALPHABET.iter().position(|b| *b == byte)?;
        value = (value << 5) | digit as u64;
    }
    Some(value >> 10)
}

/// Keys for the parts of a post, strictly increasing and later than `previous`, at `due`.
#[must_use]
pub fn keys(
    due: Timestamp,
    parts: usize,
    previous: Option<&str>,
    entropy: &dyn Entropy,
) -> Vec<String> {
    let due = u64::try_from(due.as_millis())
        .unwrap_or(0)
        .saturating_mul(1_000);
    let after = previous.and_then(micros).map_or(0, |m| m + 1);
    // The low digits are random, so that two computers posting at one minute do not collide.
    let start = (due + entropy.below(1_000)).max(after);
    let clock_id = entropy.below(1_024) as u16;
    (0..parts as u64)
        .map(|n| write(start + n, clock_id))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zero;
    impl Entropy for Zero {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    #[test]
    fn writes_what_the_specification_shows() {
        assert_eq!(write(0, 0), "2222222222222");
        assert_eq!(micros("3jzfcijpj2z2a"), Some(1_688_137_381_887_007));
        for bad in [
            "",
            "3jzfcijpj2z21",
            "zzzzzzzzzzzzz",
            "3jzfcijpj2z2aa",
            "3JZFCIJPJ2Z2A",
        ] {
            assert_eq!(micros(bad), None, "{bad}");
        }
    }

    #[test]
    fn reads_back_and_sorts_like_time() {
        let (a, b) = (
            write(1_779_000_000_000_000, 5),
            write(1_779_000_000_000_001, 0),
        );
        assert_eq!(micros(&a), Some(1_779_000_000_000_000));
        assert!(a < b);
    }

    #[test]
    fn keys_grow_even_when_the_clock_went_back() {
        let first = keys(Timestamp::from_millis(9_000_000), 3, None, &Zero);
        assert!(first.is_sorted() && first.len() == 3);
        let later = keys(
            Timestamp::from_millis(5),
            2,
            first.last().map(String::as_str),
            &Zero,
        );
        assert!(later[0] > first[2] && later[1] > later[0]);
    }
}
