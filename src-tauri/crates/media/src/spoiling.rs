//! Files spoilt at random, for whatever reads them.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// How a file is spoilt: bytes changed, cut out, doubled, or the file cut off.
#[derive(Debug, Clone)]
pub enum Harm {
    Set(usize, u8),
    Flip(usize, u8),
    Cut(usize, usize),
    Double(usize, usize),
    End(usize),
    Word(usize, u32),
}

fn harm() -> impl Strategy<Value = Harm> {
    prop_oneof![
        (any::<usize>(), any::<u8>()).prop_map(|(at, to)| Harm::Set(at, to)),
        (any::<usize>(), 0_u8..8).prop_map(|(at, bit)| Harm::Flip(at, bit)),
        (any::<usize>(), 1_usize..40).prop_map(|(at, n)| Harm::Cut(at, n)),
        (any::<usize>(), 1_usize..40).prop_map(|(at, n)| Harm::Double(at, n)),
        any::<usize>().prop_map(Harm::End),
        (
            any::<usize>(),
            prop_oneof![Just(0), Just(u32::MAX), Just(1 << 31), any::<u32>()]
        )
            .prop_map(|(at, to)| Harm::Word(at, to)),
    ]
}

/// A few of these.
pub fn harms() -> impl Strategy<Value = Vec<Harm>> {
    proptest::collection::vec(harm(), 1..6)
}

/// The file with that done to it.
pub fn spoilt(mut bytes: Vec<u8>, harms: &[Harm]) -> Vec<u8> {
    for harm in harms {
        let length = bytes.len().max(1);
        match *harm {
            Harm::Set(at, to) => {
                if let Some(byte) = bytes.get_mut(at % length) {
                    *byte = to;
                }
            }
            Harm::Flip(at, bit) => {
                if let Some(byte) = bytes.get_mut(at % length) {
                    *byte ^= 1 << bit;
                }
            }
            Harm::Cut(at, n) => {
                let from = at % length;
                let to = (from + n).min(bytes.len());
                bytes.drain(from.min(to)..to);
            }
            Harm::Double(at, n) => {
                let from = at % length;
                let to = (from + n).min(bytes.len());
                let part = bytes[from.min(to)..to].to_vec();
                bytes.splice(from.min(to)..from.min(to), part);
            }
            Harm::End(at) => bytes.truncate(at % length),
            Harm::Word(at, to) => {
                let from = at % length;
                for (byte, new) in bytes.iter_mut().skip(from).zip(to.to_be_bytes()) {
                    *byte = new;
                }
            }
        }
    }
    bytes
}

/// So many cases; more with `ALMANAC_FUZZ_CASES`, for a long night.
pub fn runner(cases: u32) -> TestRunner {
    let more = std::env::var("ALMANAC_FUZZ_CASES").ok();
    let cases = more.and_then(|n| n.parse().ok()).unwrap_or(cases);
    TestRunner::new(Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    })
}
