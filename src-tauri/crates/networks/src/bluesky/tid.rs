//! Record keys chosen by us: timestamp identifiers (TIDs) of the AT Protocol.
//!
//! 64 bits: 0, 53 bits of microseconds since 1970, 10 bits of clock id, written as 13 characters of
//! a sortable base 32. <https://atproto.com/specs/tid>

use model::TargetId;

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
#[cfg(test)]
fn micros(tid: &str) -> Option<u64> {
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

/// How far before the target was made its keys may lie, in microseconds: a little over 19 hours. Never
/// after it, since keys that lie ahead of the clock look forged.
const SPREAD: u64 = 1 << 36;
/// The time of targets whose identifier tells none: 2026-01-01.
const UNTOLD: u64 = 1_767_225_600_000;

/// Keys for the parts of a post, increasing, that follow from the target and its turn alone. 46 bits
/// are scattered, so that no two posts of an account meet.
#[must_use]
pub fn keys(target: TargetId, turn: u32, parts: usize) -> Vec<String> {
    let made = match target.0.get_timestamp() {
        Some(time) if target.0.get_version_num() == 7 => {
            let (seconds, nanos) = time.to_unix();
            seconds * 1_000 + u64::from(nanos / 1_000_000)
        }
        _ => UNTOLD,
    };
    let (high, low) = target.0.as_u64_pair();
    let scattered = scatter(scatter(high) ^ low ^ scatter(u64::from(turn)));
    let clock_id = (scattered & 0x3ff) as u16;
    // Earlier by more than a thread has parts.
    let start = (made * 1_000).saturating_sub(SPREAD + 1_000) + (scattered >> 10) % SPREAD;
    (0..parts as u64)
        .map(|n| write(start + n, clock_id))
        .collect()
}

/// Spreads numbers that are alike over all of 64 bits (the end of `SplitMix64`).
const fn scatter(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

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

    /// 2026-05-14 07:00 UTC.
    const MADE: u64 = 1_778_742_000_000;

    fn target(n: u16) -> TargetId {
        let [high, low] = n.to_be_bytes();
        let random = [0, 0, 0, 0, 0, 0, 0, 0, high, low];
        TargetId(uuid::Builder::from_unix_timestamp_millis(MADE, &random).into_uuid())
    }

    #[test]
    fn keys_follow_from_target_and_turn_and_from_nothing_else() {
        let first = keys(target(1), 0, 3);
        assert_eq!(first, keys(target(1), 0, 3));
        assert_eq!(first.len(), 3);
        assert!(first.is_sorted());
        assert_ne!(first, keys(target(1), 1, 3));
        assert_ne!(first, keys(target(2), 0, 3));
    }

    #[test]
    fn a_part_more_leaves_the_first_key_recognisable() {
        assert_eq!(keys(target(1), 0, 1)[0], keys(target(1), 0, 3)[0]);
    }

    #[test]
    fn keys_lie_in_the_day_before_the_target_was_made() {
        for n in 0..1_000 {
            let at = micros(&keys(target(n), 0, 25)[24]).unwrap();
            assert!(at < MADE * 1_000 && at > MADE * 1_000 - 86_400_000_000);
        }
        // Identifiers that tell no time have keys all the same.
        let odd = keys(TargetId(uuid::Uuid::from_u128(0x7a)), 0, 1);
        assert!(micros(&odd[0]).is_some());
    }

    #[test]
    fn targets_made_in_the_same_millisecond_do_not_meet() {
        let all: std::collections::HashSet<String> =
            (0..10_000).flat_map(|n| keys(target(n), 0, 3)).collect();
        assert_eq!(all.len(), 30_000);
    }
}
