//! The program as it is called by itself, to open one file.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use crate::support::PROGRAM;

/// A red AVIF of 16 × 16 pixels, as libaom wrote it.
fn avif() -> Vec<u8> {
    const HEX: &str = "\
    00000020667479706176696600000000617669666d6966316d6961664d41\
    3142000000f96d657461000000000000002f68646c720000000000000000\
    706963740000000000000000000000005069637475726548616e646c6572\
    000000000e7069746d0000000000010000001e696c6f6300000000440000\
    01000100000001000001210000001c0000002869696e6600000000000100\
    00001a696e6665020000000001000061763031436f6c6f72000000006a69\
    7072700000004b6970636f00000014697370650000000000000010000000\
    10000000107069786900000000030808080000000c6176314381000c0000\
    000013636f6c726e636c78000200020002000000001769706d6100000000\
    0000000100010401028304000000246d6461740a06180cffdb008032121a\
    0000005000000000a98e8048a719f01fa0";
    (0..HEX.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&HEX[at..at + 2], 16).unwrap())
        .collect()
}

fn opened(what: &str, bytes: &[u8]) -> Output {
    let mut child = Command::new(PROGRAM)
        .arg(what)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn it_opens_a_picture_and_says_what_is_wrong_with_one() {
    let good = opened("--open-avif", &avif());
    assert!(good.status.success(), "{good:?}");
    // Its pixels, its size and three channels.
    let (pixels, about) = good.stdout.split_at(16 * 16 * 3);
    assert_eq!(about, [16, 0, 0, 0, 16, 0, 0, 0, 3]);
    assert!(pixels[0] > 240 && pixels[1] < 15);
    let mut spoilt = avif();
    let end = spoilt.len();
    spoilt[end - 20..].fill(0xff);
    for bytes in [&spoilt[..], &avif()[..200], b""] {
        let bad = opened("--open-avif", bytes);
        assert!(!bad.status.success() && bad.stdout.is_empty(), "{bad:?}");
        assert!(!bad.stderr.is_empty());
    }
}

#[test]
fn it_counts_the_pages_of_a_document_and_says_when_it_cannot() {
    let document = b"%PDF-1.4\n\
        1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n\
        2 0 obj\n<< /Type /Pages /Count 2 /Kids [3 0 R 4 0 R] >>\nendobj\n\
        3 0 obj\n<< /Type /Page /Parent 2 0 R >>\nendobj\n\
        4 0 obj\n<< /Type /Page /Parent 2 0 R >>\nendobj\n\
        trailer\n<< /Size 5 /Root 1 0 R >>\n";
    for (bytes, told) in [
        (&document[..], r#"{"pages":2,"locked":false}"#),
        (&b"%PDF-1.4\nwords"[..], r#"{"pages":null,"locked":false}"#),
    ] {
        let answer = opened("--count-pages", bytes);
        assert!(answer.status.success(), "{answer:?}");
        assert_eq!(String::from_utf8_lossy(&answer.stdout), told);
    }
}

#[test]
fn it_looks_for_faces_in_the_largest_picture_and_refuses_what_is_none() {
    let side = 800_u32;
    let grey = |height: u32| {
        let pixels = vec![90_u8; (side * height) as usize];
        [&side.to_le_bytes()[..], &pixels].concat()
    };
    let none = opened("--find-faces", &grey(side));
    assert!(none.status.success(), "{none:?}");
    assert_eq!(String::from_utf8_lossy(&none.stdout), "[]");
    let whole = grey(40);
    for bytes in [&whole[..whole.len() - 1], b""] {
        let bad = opened("--find-faces", bytes);
        assert!(!bad.status.success() && bad.stdout.is_empty(), "{bad:?}");
        assert!(!bad.stderr.is_empty());
    }
}
